//! Which libraries a VM has, and what it may use.

use std::ops::{BitOr, BitOrAssign, Sub};

use super::Interrupter;
use super::error::{Error, Result};
use super::handle::Lua;
use crate::chance::Chance;
use crate::shared::Shared;
use crate::stdlib::{ALL_LIBRARIES, Library, Reach};
use crate::value::Value as Raw;
use crate::vm::Vm;
use moonproof_bytecode::limits::MAX_STACK;

/// A set of standard libraries. The basic functions are always there.
///
/// ```
/// use moonproof_vm::{Lua, LuaOptions, StdLib};
///
/// let lua = Lua::new_with(StdLib::STRING | StdLib::TABLE, LuaOptions::new())?;
/// assert_eq!(lua.load("type(string), type(os)").eval::<(String, String)>()?, ("table".into(), "nil".into()));
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StdLib(u32);

impl StdLib {
    /// No library but the basic functions.
    pub const NONE: Self = Self(0);
    /// `coroutine`
    pub const COROUTINE: Self = Self(Library::Coroutine as u32);
    /// `table`
    pub const TABLE: Self = Self(Library::Table as u32);
    /// `io`
    pub const IO: Self = Self(Library::Io as u32);
    /// `os`
    pub const OS: Self = Self(Library::Os as u32);
    /// `string`, and methods of strings.
    pub const STRING: Self = Self(Library::String as u32);
    /// `utf8`
    pub const UTF8: Self = Self(Library::Utf8 as u32);
    /// `math`
    pub const MATH: Self = Self(Library::Math as u32);
    /// `package` and `require`
    pub const PACKAGE: Self = Self(Library::Package as u32);
    /// `debug`
    pub const DEBUG: Self = Self(Library::Debug as u32);
    /// All of them.
    pub const ALL: Self = Self(ALL_LIBRARIES);
    /// All but `debug`, as mlua has it. This VM is memory-safe with `debug` as well.
    pub const ALL_SAFE: Self = Self(ALL_LIBRARIES & !(Library::Debug as u32));

    /// Whether all of the others are in it.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl BitOr for StdLib {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for StdLib {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl Sub for StdLib {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// How a VM is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LuaOptions {
    /// Environment variables such as `LUA_PATH` do not count.
    pub ignore_environment: bool,
    /// Scripts cannot load binary chunks. Those that the host loads are not concerned, and all are
    /// verified in any case.
    pub text_chunks_only: bool,
    /// Scripts reach nothing outside of the VM: no files, no processes, no environment.
    pub sandboxed: bool,
    /// Where chance begins: hashes of strings, and so the order in which `next` gives them, and what
    /// `math.random` gives until a script sets its seed. `None` for other numbers in each VM, so that
    /// nobody can foresee which strings collide.
    pub seed: Option<u64>,
}

impl LuaOptions {
    /// Everything is allowed.
    #[must_use]
    pub const fn new() -> Self {
        Self { ignore_environment: false, text_chunks_only: false, sandboxed: false, seed: None }
    }

    /// Sets [`LuaOptions::ignore_environment`].
    #[must_use]
    pub const fn ignore_environment(mut self, yes: bool) -> Self {
        self.ignore_environment = yes;
        self
    }

    /// Sets [`LuaOptions::text_chunks_only`].
    #[must_use]
    pub const fn text_chunks_only(mut self, yes: bool) -> Self {
        self.text_chunks_only = yes;
        self
    }

    /// Sets [`LuaOptions::sandboxed`].
    #[must_use]
    pub const fn sandboxed(mut self, yes: bool) -> Self {
        self.sandboxed = yes;
        self
    }

    /// Sets [`LuaOptions::seed`], so that a VM does the same again.
    ///
    /// ```
    /// use moonproof_vm::{Lua, LuaOptions, StdLib};
    ///
    /// let draw = || {
    ///     let lua = Lua::new_with(StdLib::MATH, LuaOptions::new().seed(42))?;
    ///     lua.load("math.random(0)").eval::<i64>()
    /// };
    /// assert_eq!(draw()?, draw()?);
    /// # Ok::<(), moonproof_vm::Error>(())
    /// ```
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// What a script may use. Exceeding a limit ends the call; a script cannot catch it.
///
/// ```
/// use moonproof_vm::{Error, Limit, Limits, Lua};
///
/// let lua = Lua::sandboxed();
/// lua.set_limits(Limits::new().fuel(10_000).memory(1 << 20));
/// let error = lua.load("while true do pcall(error) end").exec().unwrap_err();
/// assert!(matches!(error, Error::LimitExceeded { limit: Limit::Fuel }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Instructions to execute, library work included; `None` for any number.
    pub fuel: Option<u64>,
    /// Bytes of heap, with stacks, functions and what libraries and the compiler build. What
    /// verifying takes for a while is not counted: up to 18 times the chunk. A table may have
    /// grown beyond the limit, to twice its size, when that is noticed.
    pub memory: usize,
    /// Stack slots of a thread, at least 1,000: what bounds the depth of calls. Exceeding this one
    /// is an ordinary error, "stack overflow".
    pub stack_slots: usize,
}

impl Limits {
    /// No limits but the reference's stack size.
    #[must_use]
    pub const fn new() -> Self {
        Self { fuel: None, memory: usize::MAX, stack_slots: MAX_STACK }
    }

    /// Sets [`Limits::fuel`].
    #[must_use]
    pub const fn fuel(mut self, instructions: u64) -> Self {
        self.fuel = Some(instructions);
        self
    }

    /// Sets [`Limits::memory`].
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets [`Limits::stack_slots`].
    #[must_use]
    pub const fn stack_slots(mut self, slots: usize) -> Self {
        self.stack_slots = slots;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Lua {
    fn default() -> Self {
        Self::new()
    }
}

impl Lua {
    /// A VM with all standard libraries.
    #[must_use]
    pub fn new() -> Self {
        Self::make(StdLib::ALL, LuaOptions::new())
    }

    /// A VM with all standard libraries, whose paths for modules are the default ones: environment
    /// variables do not change them.
    #[must_use]
    pub fn ignoring_environment() -> Self {
        Self::make(StdLib::ALL, LuaOptions::new().ignore_environment(true))
    }

    /// A VM with some libraries.
    ///
    /// # Errors
    ///
    /// None: every choice of libraries can be had.
    pub fn new_with(libraries: StdLib, options: LuaOptions) -> Result<Self> {
        Ok(Self::make(libraries, options))
    }

    /// A VM for scripts that are not trusted: without `io`, `debug` and what in `os`, `package` and
    /// the basic functions reaches files, processes or the environment, and without binary chunks
    /// in `load`. See [`Limits`] for what it may use.
    #[must_use]
    pub fn sandboxed() -> Self {
        let libraries = StdLib::ALL - StdLib::IO - StdLib::DEBUG;
        Self::make(libraries, LuaOptions::new().text_chunks_only(true).sandboxed(true))
    }

    fn make(libraries: StdLib, options: LuaOptions) -> Self {
        let mut vm = Vm::new(Shared::new(), Chance::new(options.seed));
        vm.host.text_only = options.text_chunks_only;
        vm.host.sandboxed = options.sandboxed;
        vm.host.ignores_environment = options.ignore_environment || options.sandboxed;
        if vm.host.ignores_environment {
            let registry = vm.registry;
            vm.raw_set_name(registry, "LUA_NOENV", Raw::bool(true));
        }
        vm.open_libraries(libraries);
        Self::own(vm)
    }

    /// Opens further libraries.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or sandboxed and the library is `io` or `debug`.
    pub fn load_std_libs(&self, libraries: StdLib) -> Result<()> {
        self.with(|vm| {
            let refused = StdLib(StdLib::IO.0 | StdLib::DEBUG.0);
            if vm.host.sandboxed && libraries.0 & refused.0 != 0 {
                return Err(Error::runtime("the library is not for a sandboxed VM"));
            }
            vm.open_libraries(libraries);
            Ok(())
        })
    }

    /// What interrupts this VM from another thread.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn interrupter(&self) -> Result<Interrupter> {
        self.with(|vm| Ok(vm.interrupter()))
    }

    /// Limits what is run from now on.
    pub fn set_limits(&self, limits: Limits) {
        // A VM that is gone needs no limits.
        let _ = self.with(|vm| {
            vm.metering = limits.fuel.is_some();
            vm.fuel = limits.fuel.unwrap_or(0);
            vm.choose_dispatch();
            vm.memory_limit = limits.memory;
            vm.max_slots = limits.stack_slots.clamp(1000, MAX_STACK);
            if vm.host.n_lent == 0 {
                vm.exhausted = None;
            }
            Ok(())
        });
    }

    /// Limits the heap to that many bytes, 0 for no limit, and returns the limit before.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn set_memory_limit(&self, bytes: usize) -> Result<usize> {
        self.with(|vm| {
            let limit = if bytes == 0 { usize::MAX } else { bytes };
            let previous = std::mem::replace(&mut vm.memory_limit, limit);
            Ok(if previous == usize::MAX { 0 } else { previous })
        })
    }

    /// Fuel that is left; 0 if it is not limited.
    #[must_use]
    pub fn fuel(&self) -> u64 {
        self.with(|vm| Ok(vm.fuel)).unwrap_or(0)
    }

    /// Bytes of heap in use.
    #[must_use]
    pub fn used_memory(&self) -> usize {
        self.with(|vm| Ok(vm.heap.used())).unwrap_or(0)
    }
}

impl Vm {
    fn open_libraries(&mut self, libraries: StdLib) {
        let reach = if self.host.sandboxed { Reach::Nothing } else { Reach::Everything };
        crate::stdlib::open(self, libraries.0, reach);
    }
}
