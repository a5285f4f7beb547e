//! Functions of the host as Lua functions, with and without continuations.
//!
//! A host function is a native closure whose upvalue holds the Rust closure. What it returns is a
//! [`Step`]: its results, or a call or yield together with what goes on afterwards. Continuations
//! wait in a userdata in the function's own frame, so that the VM needs no Rust stack for them and a
//! coroutine that is never resumed drops them with itself.

use parking_lot::Mutex;

use super::Function;
use super::convert::{FromLuaMulti, IntoLuaMulti};
use super::error::{Error, Result};
use super::handle::Lua;
use super::multi::MultiValue;
use crate::call::{CONT, Cont, Next};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::stack::Slot;
use crate::table::Table;
use crate::value::Value as Raw;
use crate::vm::{Raised, Vm};
use std::sync::Arc;

/// A Rust closure that Lua calls.
pub(super) struct HostFn {
    lua: Lua,
    call: Box<Callback>,
}

/// An error of the host's, as a Lua error object holds it.
pub(crate) struct HostError(pub(super) Error);

type Callback = dyn Fn(&Lua, MultiValue) -> Result<Step> + Send;

type Continuation = Box<dyn FnOnce(&Lua, Result<MultiValue>) -> Result<Step> + Send>;

/// Waits in a frame's first slot.
struct Waiting {
    lua: Lua,
    then: Mutex<Option<Continuation>>,
}

/// How a host function made by [`Lua::create_step_function`] ends, or goes on.
///
/// A step that calls or yields has a continuation, which gets the results and returns the next
/// step. In between nothing of the function is on the Rust stack, so that what it calls may yield,
/// and calls may be nested as deeply as Lua's own.
///
/// ```
/// use moonproof_vm::{Lua, Result, Step};
///
/// fn count(lua: &Lua, n: i64, last: i64) -> Result<Step> {
///     if n > last {
///         return Step::done(lua, ());
///     }
///     Step::yield_with(lua, n, move |lua, ()| count(lua, n + 1, last))
/// }
///
/// # fn main() -> Result<()> {
/// let lua = Lua::new();
/// let counter = lua.create_step_function(|lua, last: i64| count(lua, 1, last))?;
/// lua.globals().set("counter", counter)?;
/// let sum: i64 = lua
///     .load("local sum = 0 for n in coroutine.wrap(function() counter(4) end) do sum = sum + n end return sum")
///     .eval()?;
/// assert_eq!(sum, 10);
/// # Ok(()) }
/// ```
pub struct Step(Kind);

enum Kind {
    Done(MultiValue),
    Call { function: Function, args: MultiValue, then: Continuation, protected: bool },
    TailCall { function: Function, args: MultiValue },
    Yield { values: MultiValue, then: Continuation },
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.0 {
            Kind::Done(_) => "Step::done",
            Kind::Call { protected: false, .. } => "Step::call",
            Kind::Call { .. } => "Step::pcall",
            Kind::TailCall { .. } => "Step::tail_call",
            Kind::Yield { .. } => "Step::yield_with",
        })
    }
}

impl Step {
    /// Returns values.
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn done(lua: &Lua, values: impl IntoLuaMulti) -> Result<Self> {
        Ok(Self(Kind::Done(values.into_lua_multi(lua)?)))
    }

    /// Calls a function, whose results go to `then` (`lua_callk`). Its errors are not caught.
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn call<R: FromLuaMulti>(
        lua: &Lua,
        function: &Function,
        args: impl IntoLuaMulti,
        then: impl FnOnce(&Lua, R) -> Result<Self> + Send + 'static,
    ) -> Result<Self> {
        let then: Continuation =
            Box::new(move |lua, results| then(lua, R::from_lua_multi(results?, lua)?));
        let args = args.into_lua_multi(lua)?;
        Ok(Self(Kind::Call { function: function.clone(), args, then, protected: false }))
    }

    /// Calls a function, whose results or error go to `then` (`lua_pcallk`).
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn pcall<R: FromLuaMulti>(
        lua: &Lua,
        function: &Function,
        args: impl IntoLuaMulti,
        then: impl FnOnce(&Lua, Result<R>) -> Result<Self> + Send + 'static,
    ) -> Result<Self> {
        let then: Continuation = Box::new(move |lua, results| {
            then(lua, results.and_then(|results| R::from_lua_multi(results, lua)))
        });
        let args = args.into_lua_multi(lua)?;
        Ok(Self(Kind::Call { function: function.clone(), args, then, protected: true }))
    }

    /// Calls a function and returns its results.
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn tail_call(lua: &Lua, function: &Function, args: impl IntoLuaMulti) -> Result<Self> {
        let args = args.into_lua_multi(lua)?;
        Ok(Self(Kind::TailCall { function: function.clone(), args }))
    }

    /// Yields values from the running coroutine; what it is resumed with goes to `then`
    /// (`lua_yieldk`).
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn yield_with<R: FromLuaMulti>(
        lua: &Lua,
        values: impl IntoLuaMulti,
        then: impl FnOnce(&Lua, R) -> Result<Self> + Send + 'static,
    ) -> Result<Self> {
        let then: Continuation =
            Box::new(move |lua, resumed| then(lua, R::from_lua_multi(resumed?, lua)?));
        Ok(Self(Kind::Yield { values: values.into_lua_multi(lua)?, then }))
    }
}

impl Lua {
    /// A Lua function that calls a Rust one.
    ///
    /// Arguments and results are converted. The Rust function can use the VM, and call Lua
    /// functions with [`Function::call`], but nothing that these call can yield across it, and no
    /// more than about 200 such calls can be nested: see [`Lua::create_step_function`].
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_function<F, A, R>(&self, function: F) -> Result<Function>
    where
        F: Fn(&Self, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.create_host_function(move |lua, args| {
            let args = A::from_lua_args(args, 1, None, lua)?;
            Step::done(lua, function(lua, args)?)
        })
    }

    /// As [`Lua::create_function`], for a Rust function that changes what it captures.
    ///
    /// When it is called again while it runs, that call fails.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_function_mut<F, A, R>(&self, function: F) -> Result<Function>
    where
        F: FnMut(&Self, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let function = std::cell::RefCell::new(function);
        self.create_function(move |lua, args| match function.try_borrow_mut() {
            Ok(mut function) => function(lua, args),
            Err(_) => Err(Error::runtime("mutable callback called recursively")),
        })
    }

    /// A Lua function that calls a Rust one, which can call and yield by way of [`Step`]s.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_step_function<F, A>(&self, function: F) -> Result<Function>
    where
        F: Fn(&Self, A) -> Result<Step> + Send + 'static,
        A: FromLuaMulti,
    {
        self.create_host_function(move |lua, args| {
            function(lua, A::from_lua_args(args, 1, None, lua)?)
        })
    }

    pub(super) fn create_host_function(
        &self,
        call: impl Fn(&Self, MultiValue) -> Result<Step> + Send + 'static,
    ) -> Result<Function> {
        static HOST: NativeFn = NativeFn { name: "?", call: call_host };
        let function = HostFn { lua: self.share(), call: Box::new(call) };
        self.with(|vm| {
            vm.collect_if_due()?;
            let held = size_of::<HostFn>() + size_of_val(&*function.call);
            let data = vm.heap.new_userdata(Box::new(function), 0, held);
            let closure = vm.heap.new_native_closure(&HOST, &[Raw::userdata(data)]);
            Ok(Function(vm.root(Raw::native_closure(closure))))
        })
    }
}

/// The native side of every host function.
fn call_host(vm: &mut Vm) -> NativeResult {
    let function = vm.cur.frame.function().as_native_closure();
    let data = function.and_then(|function| function.upvalue(0).as_userdata());
    // The debug library can put something else there.
    let Some((data, host)) = data.as_ref().and_then(|data| Some((*data, data.data::<HostFn>()?)))
    else {
        return Err(vm.runtime_error(b"host function has been changed"));
    };
    let base = vm.cur.frame.base.get();
    let args = vm.export_many(base, vm.n_args())?;
    let n_pinned = vm.pinned.len();
    // [G1] keeps it alive, whatever happens to the closure meanwhile.
    vm.pinned.push(Raw::userdata(data));
    let shared = Arc::clone(vm.host.shared());
    let result = shared.lend(vm, || (host.call)(&host.lua, args));
    vm.pinned.truncate(n_pinned);
    vm.take_step(result)
}

impl Vm {
    /// Values on the stack, as the host sees them.
    pub(super) fn export_many(
        &mut self,
        first: Slot,
        n: usize,
    ) -> std::result::Result<MultiValue, Raised> {
        /// Up to so many are not worth asking for memory.
        const FEW: usize = 64;
        /// What a handle takes, with its place in a list and its root.
        const HANDLE_BYTES: usize = 128;
        if n > FEW {
            self.charge(n)?;
            self.find_memory(n * HANDLE_BYTES)?;
        }
        Ok((0..n).map(|i| self.export(first.add(i).get())).collect())
    }

    /// Pushes values of the host's, and returns how many they are.
    pub(super) fn push_many(&mut self, values: &MultiValue) -> std::result::Result<usize, Raised> {
        self.check_stack(values.len() + 1, "")?;
        for value in values {
            match self.import(value) {
                Ok(value) => self.push(value),
                Err(error) => return Err(self.raise_host(error)),
            }
        }
        Ok(values.len())
    }

    /// Does what a host function asked for.
    fn take_step(&mut self, step: Result<Step>) -> NativeResult {
        if let Some(what) = self.exhausted {
            // Not even the host can catch it.
            return Err(self.raise_text(what.as_bytes()));
        }
        let step = match step {
            Ok(Step(step)) => step,
            Err(error) => return Err(self.raise_host(error)),
        };
        match step {
            Kind::Done(values) => Ok(NativeRet::Values(self.push_many(&values)?)),
            Kind::TailCall { function, args } => {
                self.push_function(&function)?;
                let n_args = self.push_many(&args)?;
                Ok(self.then_call(n_args, Cont::Results))
            }
            Kind::Call { function, args, then, protected } => {
                self.wait(then);
                if protected {
                    // The error's place.
                    self.push(Raw::NIL);
                }
                self.push_function(&function)?;
                let cont = if protected { Cont::HostProtected } else { Cont::Host };
                let n_args = self.push_many(&args)?;
                Ok(self.then_call(n_args, cont))
            }
            Kind::Yield { values, then } => {
                self.wait(then);
                Ok(NativeRet::YieldHost(self.push_many(&values)?))
            }
        }
    }

    fn push_function(&mut self, function: &Function) -> std::result::Result<(), Raised> {
        self.push_many(&MultiValue::from_iter([super::Value::Function(function.clone())])).map(drop)
    }

    /// Puts a continuation into the running frame's first slot, the only one in use then.
    fn wait(&mut self, then: Continuation) {
        let lua = Lua::unowned(Arc::clone(self.host.shared()));
        let waiting = Waiting { lua, then: Mutex::new(Some(then)) };
        let waiting = self.heap.new_userdata(Box::new(waiting), 0, size_of::<Waiting>());
        let base = self.cur.frame.base.get();
        self.cur.top = base;
        self.push(Raw::userdata(waiting));
    }

    /// The host function on top goes on: what it called, or what it is resumed with, is in `n`
    /// slots from `first` up.
    pub(crate) fn continue_host(
        &mut self,
        first: Slot,
        n: usize,
    ) -> std::result::Result<Next, Raised> {
        let values = self.export_many(first, n)?;
        self.go_on(Ok(values))
    }

    fn go_on(&mut self, outcome: Result<MultiValue>) -> std::result::Result<Next, Raised> {
        let frame = self.cur.frame;
        // Errors from here on are no longer those of what it called.
        frame.info.set(Cont::None as u32);
        let base = frame.base.get();
        let waiting = base.get().as_userdata();
        // The debug library can put something else there.
        let taken = waiting.as_ref().and_then(|waiting| {
            let waiting = waiting.data::<Waiting>()?;
            Some((waiting.lua.share(), waiting.then.lock().take()?))
        });
        self.cur.top = base.add(1);
        let Some((lua, then)) = taken else {
            return Err(self.runtime_error(b"continuation has been changed"));
        };
        let shared = Arc::clone(self.host.shared());
        let result = shared.lend(self, || then(&lua, outcome));
        let result = self.take_step(result);
        self.after_native(result)
    }

    /// What a host function called with protection has failed: its variables are closed before the
    /// function goes on.
    pub(crate) fn catch_for_host(&mut self) -> std::result::Result<Next, Raised> {
        let frame = self.cur.frame;
        frame.info.set(Cont::HostClosing as u32);
        frame.base.get().add(1).set(self.error);
        self.shrink_after_overflow();
        self.close_host_protected()
    }

    /// Closes one variable a call; then the host function goes on with the error.
    pub(crate) fn close_host_protected(&mut self) -> std::result::Result<Next, Raised> {
        let base = self.cur.frame.base.get();
        let level = base.add(2);
        self.close_upvals(level);
        if let Some(variable) = self.take_to_close(level) {
            return self.call_close(variable, base.add(1).get(), CONT);
        }
        self.cur.top = level;
        let traceback = self.take_trace();
        let error = self.error_of(base.add(1).get(), traceback);
        self.go_on(Err(error))
    }

    /// Raises an error of the host's.
    #[cold]
    pub(super) fn raise_host(&mut self, error: Error) -> Raised {
        if let Error::Thrown { value, .. } = &error {
            return match self.import(value) {
                Ok(value) => self.raise(value),
                Err(error) => self.raise_host(error),
            };
        }
        /// An error with more marks of those through which it went loses them: a script may let one
        /// go through host functions again and again.
        const MAX_MARKS: usize = 32;
        let has_few = error.chain().nth(MAX_MARKS).is_none();
        let cause = Arc::new(if has_few { error } else { error.root_cause().clone() });
        self.spend(self.traceback_units(&self.cur));
        let traceback = self.traceback(&self.cur, None, 0);
        let traceback = String::from_utf8_lossy(&traceback).into_owned();
        let error = self.host_error(Error::CallbackError { traceback, cause });
        self.raise(error)
    }

    /// An error of the host's as a Lua value.
    pub(super) fn host_error(&mut self, error: Error) -> Raw {
        let metatable = self.error_metatable();
        let held = size_of::<HostError>() + error.held_bytes();
        let object = self.heap.new_userdata(Box::new(HostError(error)), 0, held);
        self.set_userdata_metatable(object, Some(metatable));
        Raw::userdata(object)
    }

    fn error_metatable(&mut self) -> Gc<Table> {
        static TO_STRING: NativeFn = NativeFn { name: "__tostring", call: error_text };
        if let Some(metatable) = self.host.error_metatable {
            return metatable;
        }
        let metatable = self.heap.new_table();
        let name = Raw::string(self.heap.new_string(b"error"));
        self.raw_set_name(metatable, "__name", name);
        self.raw_set_name(metatable, "__tostring", Raw::native(&TO_STRING));
        self.raw_set_name(metatable, "__metatable", Raw::bool(false));
        self.host.error_metatable = Some(metatable);
        metatable
    }
}

fn error_text(vm: &mut Vm) -> NativeResult {
    let Some(object) = vm.arg(1).as_userdata() else { return Err(vm.type_error(1, "error")) };
    match object.data::<HostError>() {
        Some(HostError(error)) => vm.ret_str(error.message().as_bytes()),
        None => Err(vm.type_error(1, "error")),
    }
}
