//! Raising errors: messages with their place.

use crate::debug_info::{line_of, lua_place, short_source};
use crate::stack::FrameRef;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// Raises any value.
    #[cold]
    pub(crate) fn raise(&mut self, value: Value) -> Raised {
        self.error = value;
        self.error_handled = false;
        Raised
    }

    /// Raises a message as it is.
    #[cold]
    pub(crate) fn raise_text(&mut self, message: &[u8]) -> Raised {
        let message = self.heap.new_string(message);
        self.raise(Value::string(message))
    }

    /// Raises a message of the interpreter's, with the place if a Lua function runs
    /// (`luaG_runerror`).
    #[cold]
    pub(crate) fn runtime_error(&mut self, message: &[u8]) -> Raised {
        let place = place_of(self.cur.frame);
        self.raise_text(&[place.as_slice(), message].concat())
    }

    /// Raises a message of a library function's, with the place of its caller (`luaL_error`).
    #[cold]
    pub(crate) fn error_at_caller(&mut self, message: &[u8]) -> Raised {
        let place = self.where_at(1);
        self.raise_text(&[place.as_slice(), message].concat())
    }

    /// "chunk:line: " of a function by level, or nothing (`luaL_where`).
    pub(crate) fn where_at(&self, level: usize) -> Vec<u8> {
        let depth = self.cur.depth();
        if level >= depth {
            return Vec::new();
        }
        let frame = self.cur.frame_at(depth - level);
        if line_of(frame).is_some() { place_of(frame) } else { Vec::new() }
    }

    /// The error that replaces one which cannot be dealt with (`luaD_errerr`).
    #[cold]
    pub(crate) fn error_in_error(&mut self) -> Raised {
        let raised = self.raise_text(b"error in error handling");
        // No handler is to see it.
        self.error_handled = true;
        raised
    }
}

/// "chunk:line: " if the frame is a Lua function's; the line is -1 if it is not known.
fn place_of(frame: FrameRef) -> Vec<u8> {
    let Some((proto, _)) = lua_place(frame) else { return Vec::new() };
    let line = line_of(frame).map_or(-1, i64::from);
    let mut place = short_source(&proto.shared);
    place.extend_from_slice(format!(":{line}: ").as_bytes());
    place
}
