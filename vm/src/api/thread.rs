//! Coroutines.

use std::ffi::c_void;

use super::Function;
use super::convert::{FromLuaMulti, IntoLuaMulti};
use super::error::{Error, Result};
use super::handle::{Lua, Root};
use super::multi::MultiValue;
use super::value::Value;
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::NativeResult;
use crate::thread::{Status, Thread as RawThread};
use crate::value::Value as Raw;
use crate::vm::Vm;

/// What a coroutine is doing, see [`Thread::status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadStatus {
    /// It was made, or it yielded.
    Resumable,
    /// It runs.
    Running,
    /// It resumed another, which runs.
    Normal,
    /// It returned, or was closed.
    Finished,
    /// It failed.
    Error,
}

/// A handle to a coroutine.
///
/// ```
/// use moonproof_vm::{Lua, Thread, ThreadStatus};
///
/// let lua = Lua::new();
/// let thread: Thread = lua
///     .load("coroutine.create(function(a) local b = coroutine.yield(a + 1) return a * b end)")
///     .eval()?;
/// assert_eq!(thread.resume::<i64>(10)?, 11);
/// assert_eq!(thread.resume::<i64>(5)?, 50);
/// assert_eq!(thread.status(), ThreadStatus::Finished);
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone)]
pub struct Thread(pub(super) Root);

/// Resumes its first argument with the others, as `coroutine.resume`.
static RESUME: NativeFn = NativeFn { name: "resume", call: resume };

fn resume(vm: &mut Vm) -> NativeResult {
    match vm.arg(1).as_thread() {
        Some(thread) => Ok(vm.then_resume(thread, vm.n_args() - 1, Cont::Resume)),
        None => Err(vm.type_error(1, "thread")),
    }
}

impl Thread {
    fn with<R>(&self, action: impl FnOnce(&mut Vm, Gc<RawThread>) -> Result<R>) -> Result<R> {
        self.0.with(|vm, value| match value.as_thread() {
            Some(thread) => action(vm, thread),
            None => Err(Error::VmDestroyed),
        })
    }

    /// Runs the coroutine until it yields, returns or fails, and returns what it yields or returns.
    ///
    /// # Errors
    ///
    /// [`Error::CoroutineUnresumable`]; what it raises; those of the conversions.
    pub fn resume<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        let _alive = self.0.lua().keep();
        let mut args = args.into_lua_multi(self.0.lua())?;
        args.push_front(Value::Thread(self.clone()));
        let results = self.with(|vm, thread| {
            vm.collect_if_due()?;
            if thread.status.get() != Status::Suspended {
                return Err(Error::CoroutineUnresumable);
            }
            let mut results = vm.call_for_host(Raw::native(&RESUME), &args)?;
            if results.pop_front() == Some(Value::Boolean(true)) {
                return Ok(results);
            }
            Err(failure(vm, thread, results))
        })?;
        R::from_lua_multi(results, self.0.lua())
    }

    /// What the coroutine is doing; finished if the VM is destroyed.
    #[must_use]
    pub fn status(&self) -> ThreadStatus {
        let status = self.with(|_, thread| {
            Ok(match thread.status.get() {
                Status::Suspended => ThreadStatus::Resumable,
                Status::Running => ThreadStatus::Running,
                Status::Normal => ThreadStatus::Normal,
                Status::Dead if thread.failure.get().is_some() => ThreadStatus::Error,
                Status::Dead => ThreadStatus::Finished,
            })
        });
        status.unwrap_or(ThreadStatus::Finished)
    }

    /// Whether it can be resumed.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.status() == ThreadStatus::Resumable
    }

    /// Ends the coroutine, and closes its variables that are to be closed (`coroutine.close`).
    ///
    /// # Errors
    ///
    /// It is running; the error of which it died, or one of closing.
    pub fn close(&self) -> Result<()> {
        self.with(|vm, thread| {
            if !matches!(thread.status.get(), Status::Suspended | Status::Dead) {
                return Err(Error::runtime("cannot close a running coroutine"));
            }
            let closed = vm.protect(|vm| {
                let failure = thread.failure.take();
                vm.within_call(|vm| Ok(vm.close_coroutine(thread, failure)))
            })?;
            closed.map_err(|error| vm.error_of(error, String::new()))
        })
    }

    /// Ends the coroutine as [`Thread::close`], and makes it new with that function.
    ///
    /// # Errors
    ///
    /// It is running; the function is of another VM.
    pub fn reset(&self, function: Function) -> Result<()> {
        match self.close() {
            // How it ended is of no interest any more.
            Ok(())
            | Err(Error::RuntimeError(_) | Error::Thrown { .. } | Error::CallbackError { .. })
                if self.status() != ThreadStatus::Running
                    && self.status() != ThreadStatus::Normal => {}
            other => return other,
        }
        let function = Value::Function(function);
        self.with(|vm, thread| {
            let function = vm.import(&function)?;
            vm.restore_stack(thread);
            thread.with_stack_mut(|stack| {
                stack.top = stack.bottom().add(1);
                stack.top.set(function);
                stack.top = stack.top.add(1);
            });
            thread.n_native_calls.set(0);
            thread.status.set(Status::Suspended);
            Ok(())
        })
    }

    /// The coroutine's frames as text.
    #[must_use]
    pub fn traceback(&self) -> String {
        self.with(|vm, thread| Ok(trace(vm, thread))).unwrap_or_default()
    }

    /// The address of the coroutine.
    #[must_use]
    pub fn to_pointer(&self) -> *const c_void {
        self.0.to_pointer()
    }
}

fn trace(vm: &mut Vm, thread: Gc<RawThread>) -> String {
    vm.restore_stack(thread);
    let text = if thread == vm.thread {
        vm.traceback(&vm.cur, None, 0)
    } else {
        thread.with_stack(|stack| vm.traceback(stack, None, 0)).unwrap_or_default()
    };
    String::from_utf8_lossy(&text).into_owned()
}

/// Why a coroutine failed, with its own frames.
fn failure(vm: &mut Vm, thread: Gc<RawThread>, mut results: MultiValue) -> Error {
    let error = results.pop_front().unwrap_or(Value::Nil);
    if let Value::Error(error) = error {
        return *error;
    }
    let traceback = trace(vm, thread);
    match vm.import(&error) {
        Ok(error) => match vm.protect(|vm| Ok(vm.error_of(error, traceback))) {
            Ok(error) | Err(error) => error,
        },
        Err(error) => error,
    }
}

impl Lua {
    /// A coroutine with that function.
    ///
    /// # Errors
    ///
    /// The function is of another VM; the VM is destroyed, or its memory used up.
    pub fn create_thread(&self, function: Function) -> Result<Thread> {
        let function = Value::Function(function);
        self.with(|vm| {
            vm.collect_if_due()?;
            let function = vm.import(&function)?;
            let thread = vm.new_coroutine(function);
            Ok(Thread(vm.root(Raw::thread(thread))))
        })
    }

    /// The coroutine that runs, or the main one; a handle to nothing if the VM is destroyed.
    #[must_use]
    pub fn current_thread(&self) -> Thread {
        self.with(|vm| Ok(Thread(vm.root(Raw::thread(vm.thread)))))
            .unwrap_or_else(|_| Thread(Root::dead(self)))
    }
}

impl PartialEq for Thread {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thread({:p})", self.to_pointer())
    }
}
