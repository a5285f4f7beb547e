//! Hooks of the host's.

use std::ops::BitOr;

use super::error::Result;
use super::handle::Lua;
use super::inspect::Activation;
use super::multi::MultiValue;
use super::value::Value;
use super::{Step, Thread};
use crate::hook::{CALLS, COUNTS, LINES, RETURNS};
use crate::value::Value as Raw;

/// When a hook is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookTriggers {
    /// When a function is called.
    pub on_calls: bool,
    /// When a function returns.
    pub on_returns: bool,
    /// When a new line begins, or a jump goes back.
    pub every_line: bool,
    /// After so many instructions.
    pub every_nth_instruction: Option<u32>,
}

impl HookTriggers {
    /// Only when a function is called.
    pub const ON_CALLS: Self = Self { on_calls: true, ..Self::new() };
    /// Only when a function returns.
    pub const ON_RETURNS: Self = Self { on_returns: true, ..Self::new() };
    /// Only when a line begins.
    pub const EVERY_LINE: Self = Self { every_line: true, ..Self::new() };

    /// Never.
    #[must_use]
    pub const fn new() -> Self {
        Self { on_calls: false, on_returns: false, every_line: false, every_nth_instruction: None }
    }

    /// Also after so many instructions.
    #[must_use]
    pub const fn every_nth_instruction(mut self, n: u32) -> Self {
        self.every_nth_instruction = Some(n);
        self
    }

    fn mask(self) -> u8 {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        bit(self.on_calls, CALLS)
            | bit(self.on_returns, RETURNS)
            | bit(self.every_line, LINES)
            | bit(self.every_nth_instruction.is_some_and(|n| n > 0), COUNTS)
    }
}

impl BitOr for HookTriggers {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            on_calls: self.on_calls || other.on_calls,
            on_returns: self.on_returns || other.on_returns,
            every_line: self.every_line || other.every_line,
            every_nth_instruction: self.every_nth_instruction.or(other.every_nth_instruction),
        }
    }
}

/// What a hook was called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookEvent {
    /// A function was called.
    Call,
    /// A function was called in place of its caller.
    TailCall,
    /// A function returns.
    Return,
    /// A line begins.
    Line(u32),
    /// So many instructions were executed.
    Count,
}

impl HookEvent {
    /// From what the VM gives to a hook.
    fn of(mut args: MultiValue) -> Self {
        let name = args.pop_front().unwrap_or_default();
        let name = name.as_string().map(|name| name.to_string_lossy()).unwrap_or_default();
        let line = args.pop_front().and_then(|line| line.as_integer()).unwrap_or(0);
        match name.as_str() {
            "call" => Self::Call,
            "tail call" => Self::TailCall,
            "return" => Self::Return,
            "line" => Self::Line(u32::try_from(line).unwrap_or(0)),
            _ => Self::Count,
        }
    }
}

impl Lua {
    /// Calls a function at certain events of the running thread; coroutines have hooks of their
    /// own, see [`Thread::set_hook`]. An error of the function is raised in the code that runs. It
    /// cannot yield.
    ///
    /// The function that the event is about is at level 1 of [`Lua::inspect_stack`].
    ///
    /// ```
    /// use moonproof_vm::{Error, HookTriggers, Lua};
    ///
    /// let lua = Lua::new();
    /// lua.set_hook(HookTriggers::new().every_nth_instruction(1000), |_, _| {
    ///     Err(Error::runtime("that takes too long"))
    /// })?;
    /// assert!(lua.load("while true do end").exec().is_err());
    /// lua.remove_hook();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn set_hook(
        &self,
        triggers: HookTriggers,
        hook: impl Fn(&Self, HookEvent) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.set_thread_hook(&self.current_thread(), triggers, hook)
    }

    fn set_thread_hook(
        &self,
        thread: &Thread,
        triggers: HookTriggers,
        hook: impl Fn(&Self, HookEvent) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let function = self.create_host_function(move |lua, args| {
            hook(lua, HookEvent::of(args))?;
            Step::done(lua, ())
        })?;
        let interval = triggers.every_nth_instruction.unwrap_or(0);
        let interval = i32::try_from(interval).unwrap_or(i32::MAX);
        let (thread, function) = (Value::Thread(thread.clone()), Value::Function(function));
        self.with(|vm| {
            let (thread, function) = (vm.import(&thread)?, vm.import(&function)?);
            let Some(thread) = thread.as_thread() else { return Ok(()) };
            vm.protect(|vm| vm.set_hook(thread, function, triggers.mask(), interval))
        })
    }

    /// Removes the running thread's hook, whoever has set it.
    pub fn remove_hook(&self) {
        // A VM that is gone has none.
        let _ = self.with(|vm| {
            let thread = vm.thread;
            vm.protect(|vm| vm.set_hook(thread, Raw::NIL, 0, 0))
        });
    }
}

impl Thread {
    /// As [`Lua::set_hook`], for this thread.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn set_hook(
        &self,
        triggers: HookTriggers,
        hook: impl Fn(&Lua, HookEvent) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.0.lua().set_thread_hook(self, triggers, hook)
    }
}

impl HookEvent {
    /// The function that the event is about.
    #[must_use]
    pub fn activation(self, lua: &Lua) -> Option<Activation> {
        lua.inspect_stack(1)
    }
}
