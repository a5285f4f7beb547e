//! Interruption: another thread, or a signal handler, makes the script that runs raise an error.
//!
//! It costs a VM nothing until it happens. A VM that can be interrupted has a table of handlers of
//! its own, and the interruption overwrites every entry: whatever instruction comes next, its
//! handler raises the error and puts the others back. Invariants, cited by `SAFETY` comments:
//!
//! - **I1** Every entry of a table of handlers is a handler at all times.
//! - **I2** A table in use is static, or part of the alarm of the VM that uses it, which keeps it as
//!   long as it exists.
//! - **I3** An alarm that SIGINT was ever told of is never freed.
//! - **I4** A handler of a signal does nothing but set signal actions and store to memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};

use crate::interp::Handlers;
use crate::vm::Vm;

/// Interrupts the script that a VM runs, or the next one if none does.
///
/// The script gets the error "interrupted!", which it can catch, before its next instruction; what
/// library functions do is not interrupted. [`Limits`](crate::Limits) cannot be caught.
///
/// ```
/// use moonproof_vm::Lua;
///
/// let lua = Lua::new();
/// let interrupter = lua.interrupter()?;
/// std::thread::spawn(move || interrupter.interrupt());
/// let error = lua.load("while true do end").exec().unwrap_err();
/// assert!(error.to_string().contains("interrupted!"));
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone)]
pub struct Interrupter(Arc<Alarm>);

impl Interrupter {
    /// Interrupts. Nothing but stores to memory, so that a signal handler can do it.
    pub fn interrupt(&self) {
        self.0.raise();
    }
}

impl std::fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupter").finish_non_exhaustive()
    }
}

/// What a VM shares with those who interrupt it.
pub(crate) struct Alarm {
    is_raised: AtomicBool,
    handlers: Handlers,
}

impl Alarm {
    fn raise(&self) {
        self.is_raised.store(true, Ordering::SeqCst);
        // Whoever overwrites these entries once more looks at the flag after that.
        fence(Ordering::SeqCst);
        self.handlers.interrupt();
    }

    /// Whether there is an interruption, which is then over.
    fn take(&self) -> bool {
        self.is_raised.swap(false, Ordering::SeqCst)
    }

    /// The table, with the handlers that are to be used.
    pub(crate) fn with_handlers(&self, handlers: &Handlers) -> &Handlers {
        self.handlers.copy(handlers);
        // Whoever interrupted meanwhile may have found entries that the copy has overwritten.
        if self.is_raised.load(Ordering::SeqCst) {
            self.handlers.interrupt();
        }
        &self.handlers
    }
}

impl Vm {
    /// Makes the VM one that can be interrupted.
    pub(crate) fn interrupter(&mut self) -> Interrupter {
        if let Some(alarm) = &self.alarm {
            return Interrupter(Arc::clone(alarm));
        }
        let alarm =
            Arc::new(Alarm { is_raised: AtomicBool::new(false), handlers: Handlers::empty() });
        self.alarm = Some(Arc::clone(&alarm));
        self.choose_dispatch();
        Interrupter(alarm)
    }

    /// Whether to raise the error, after an overwritten handler was met; the others are put back.
    pub(crate) fn take_interruption(&mut self) -> bool {
        let is_raised = self.alarm.as_ref().is_some_and(|alarm| alarm.take());
        self.choose_dispatch();
        is_raised
    }
}

#[cfg(feature = "signals")]
pub(crate) use sigint::catch_sigint;

/// SIGINT as the `lua` command treats it (`laction`, lua.c): the first one interrupts, and another
/// one ends the process.
#[cfg(feature = "signals")]
mod sigint {
    use std::ptr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicPtr, Ordering};

    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

    use super::{Alarm, Interrupter};

    /// Whom SIGINT interrupts. A signal belongs to the process, and its handler has no argument.
    static TARGET: AtomicPtr<Alarm> = AtomicPtr::new(ptr::null_mut());

    /// While it exists SIGINT interrupts; then it ends the process, as the system has it.
    pub(crate) struct Caught;

    /// Lets SIGINT interrupt what the VM runs. System calls are not restarted, so that a script
    /// which waits for input goes on.
    pub(crate) fn catch_sigint(interrupter: &Interrupter) -> Caught {
        let alarm = Arc::as_ptr(&interrupter.0);
        if TARGET.load(Ordering::SeqCst).cast_const() != alarm {
            // Leaked, as the one before was: a handler may be about to use it.
            let alarm = Arc::into_raw(Arc::clone(&interrupter.0));
            TARGET.store(alarm.cast_mut(), Ordering::SeqCst);
        }
        set(SigHandler::Handler(on_sigint));
        Caught
    }

    impl Drop for Caught {
        fn drop(&mut self) {
            set(SigHandler::SigDfl);
        }
    }

    fn set(handler: SigHandler) {
        let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
        // SAFETY: [I4] see `on_sigint`. Nothing fails for a signal that exists.
        let _ = unsafe { sigaction(Signal::SIGINT, &action) };
    }

    extern "C" fn on_sigint(_: nix::libc::c_int) {
        set(SigHandler::SigDfl);
        // SAFETY: [I3] what is stored here is an alarm that was leaked.
        if let Some(alarm) = unsafe { TARGET.load(Ordering::SeqCst).as_ref() } {
            alarm.raise();
        }
    }
}
