//! Raising errors: messages with their place.

use moonproof_bytecode::ByteString;
use moonproof_bytecode::limits::ID_SIZE;

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
        let place = self.place_of(self.cur.frame);
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
        if level >= depth { Vec::new() } else { self.place_of(self.cur.frame_at(depth - level)) }
    }

    /// "chunk:line: " if the frame is a Lua function's.
    fn place_of(&self, frame: crate::stack::FrameRef) -> Vec<u8> {
        let Some(closure) = frame.function().as_closure().filter(|_| frame.is_lua()) else {
            return Vec::new();
        };
        let proto = closure.proto();
        let mut place = chunk_id(proto.shared.source.as_ref());
        place.push(b':');
        match self.line_of(frame) {
            Some(line) => place.extend_from_slice(line.to_string().as_bytes()),
            None => place.push(b'?'),
        }
        place.extend_from_slice(b": ");
        place
    }

    /// The error that replaces one which cannot be dealt with (`luaD_errerr`).
    #[cold]
    pub(crate) fn error_in_error(&mut self) -> Raised {
        self.raise_text(b"error in error handling")
    }
}

/// A chunk's description in messages (`luaO_chunkid`).
pub(crate) fn chunk_id(source: Option<&ByteString>) -> Vec<u8> {
    const DOTS: &[u8] = b"...";
    let Some(source) = source else { return b"?".to_vec() };
    let source = source.as_bytes();
    match source.first() {
        Some(b'=') => source[1..].iter().take(ID_SIZE - 1).copied().collect(),
        Some(b'@') if source.len() <= ID_SIZE => source[1..].to_vec(),
        Some(b'@') => [DOTS, &source[source.len() - (ID_SIZE - 1 - DOTS.len())..]].concat(),
        _ => {
            let line = source.split(|b| *b == b'\n').next().unwrap_or_default();
            // `[string "` and `..."]` and the end of a C string.
            let room = ID_SIZE - 9 - 3 - 2 - 1;
            if line.len() == source.len() && line.len() < room {
                [b"[string \"", line, b"\"]"].concat()
            } else {
                [b"[string \"", &line[..line.len().min(room)], DOTS, b"\"]"].concat()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_ids_are_cut_as_in_the_reference() {
        let check = |source: &str, expected: &str| {
            let id = chunk_id(Some(&ByteString::from(source)));
            assert_eq!(String::from_utf8_lossy(&id), expected);
        };
        check("=stdin", "stdin");
        check("@x.lua", "x.lua");
        check("return 1", "[string \"return 1\"]");
        check("return 1\nx", "[string \"return 1...\"]");
        check("", "[string \"\"]");
        check(&format!("@{}", "a".repeat(59)), &"a".repeat(59));
        check(&format!("@{}", "a".repeat(60)), &format!("...{}", "a".repeat(56)));
        check(&"b".repeat(44), &format!("[string \"{}\"]", "b".repeat(44)));
        check(&"b".repeat(45), &format!("[string \"{}...\"]", "b".repeat(45)));
    }
}
