//! What the host can see of running code, and warnings.

use super::Function;
use super::error::Result;
use super::function::{FunctionInfo, info_of};
use super::handle::Lua;
use super::state::WarnFunction;
use crate::debug_info::line_of;
use crate::vm::{Raised, Vm};
use std::sync::Arc;

/// A function that is running, see [`Lua::inspect_stack`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Activation {
    /// The function.
    pub function: Function,
    /// What is known of it.
    pub info: FunctionInfo,
    /// The line that runs, if it is known.
    pub current_line: Option<u32>,
    /// What the name is: "global", "local", "method", "field" and so on.
    pub name_what: Option<&'static str>,
    /// A name by which the function was called.
    pub name: Option<String>,
}

impl Lua {
    /// The functions that run, as text, behind a message: for error messages.
    #[must_use]
    pub fn traceback(&self, message: Option<&str>, level: usize) -> String {
        let text = self.with(|vm| Ok(vm.traceback(&vm.cur, message.map(str::as_bytes), level)));
        String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()
    }

    /// The function that runs at a level: 0 is the host function that asks, 1 the one that called
    /// it. `None` if there are not so many.
    #[must_use]
    pub fn inspect_stack(&self, level: usize) -> Option<Activation> {
        let activation = self.with(|vm| {
            let Some(depth) = vm.cur.depth().checked_sub(level).filter(|depth| *depth > 0) else {
                return Ok(None);
            };
            let frame = vm.cur.frame_at(depth);
            let function = frame.function();
            let (name_what, name) = vm.function_name(&vm.cur, depth).unzip();
            Ok(Some(Activation {
                info: info_of(function),
                current_line: line_of(frame),
                name_what,
                name: name.map(|name| String::from_utf8_lossy(&name).into_owned()),
                function: Function(vm.root(function)),
            }))
        });
        activation.unwrap_or(None)
    }

    /// Receives what Lua's `warn` is given, and errors in finalizers, instead of standard error.
    /// The flag says whether more of the same message follows (`lua_WarnFunction`); this VM hands
    /// over whole messages only.
    pub fn set_warning_function(
        &self,
        function: impl Fn(&Self, &str, bool) -> Result<()> + Send + 'static,
    ) {
        let function: Box<WarnFunction> = Box::new(function);
        let lua = self.share();
        // A VM that is gone does not warn.
        let _ = self.with(|vm| {
            let held = size_of::<Warner>() + size_of_val(&*function);
            let data = vm.heap.new_userdata(Box::new(Warner { lua, function }), 0, held);
            vm.host.warn = Some(data);
            Ok(())
        });
    }

    /// Warnings go to standard error again, if the script wants them.
    pub fn remove_warning_function(&self) {
        // As above.
        let _ = self.with(|vm| {
            vm.host.warn = None;
            Ok(())
        });
    }

    /// Gives a warning, as Lua's `warn` does.
    pub fn warning(&self, message: impl AsRef<str>) {
        // As above; there is nobody to be told of an error.
        let _ = self.with(|vm| vm.protect(|vm| vm.warn(message.as_ref().as_bytes())));
    }
}

/// The host's warning function.
struct Warner {
    lua: Lua,
    function: Box<WarnFunction>,
}

impl Vm {
    pub(crate) fn has_warning_function(&self) -> bool {
        self.host.warn.is_some()
    }

    /// Calls the host's warning function.
    ///
    /// # Errors
    ///
    /// Its own.
    pub(crate) fn warn_host(&mut self, message: &[u8]) -> std::result::Result<(), Raised> {
        let Some(data) = self.host.warn else { return Ok(()) };
        let Some(warner) = data.data::<Warner>() else { return Ok(()) };
        let n_pinned = self.pinned.len();
        // [G1] keeps it alive if it removes itself.
        self.pinned.push(crate::value::Value::userdata(data));
        let shared = Arc::clone(self.host.shared());
        let message = String::from_utf8_lossy(message);
        let result = self.within_call(|vm| {
            let result = shared.lend(vm, || (warner.function)(&warner.lua, &message, false));
            result.map_err(|error| vm.raise_host(error))
        });
        self.pinned.truncate(n_pinned);
        result
    }
}
