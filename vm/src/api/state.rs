//! What the embedding API keeps in a VM: root slots, metatables of host types, and the way errors
//! come out.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{Error, Limit, Result};
use super::handle::Lua;
use crate::api::callback::HostError;
use crate::heap::Gc;
use crate::hook::Hooks;
use crate::shared::Shared;
use crate::table::Table;
use crate::thread::{Status, Thread};
use crate::userdata::Userdata;
use crate::value::Value as Raw;
use crate::vm::{HostHandler, NO_MEMORY, Raised, Vm};

/// Receives warnings: a text, and whether more follows.
pub(super) type WarnFunction = dyn Fn(&Lua, &str, bool) -> Result<()> + Send;

/// The API's part of a VM.
pub(crate) struct HostState {
    shared: Arc<Shared>,
    /// Values that handles refer to, by the handles' indices.
    roots: Vec<Raw>,
    free: Vec<u32>,
    /// Host functions that are using the VM, one inside the other.
    pub(crate) n_lent: u32,
    /// Where the last error was raised, if a protected call of the host's is to be told.
    trace: Option<Vec<u8>>,
    /// Whether binary chunks are refused.
    pub(crate) text_only: bool,
    /// Whether libraries leave out what reaches outside of the VM.
    pub(super) sandboxed: bool,
    /// Whether environment variables have no say (`LUA_NOENV`).
    pub(crate) ignores_environment: bool,
    /// Whether the environment does not change as long as the VM exists.
    pub(crate) keeps_environment: bool,
    /// All environment variables, once a script has asked for one.
    pub(crate) environment: Option<Gc<Table>>,
    /// Whether SIGINT interrupts what `Lua::run` and its like run.
    #[cfg(feature = "signals")]
    pub(crate) catches_sigint: bool,
    /// The metatable of errors of the host's.
    pub(crate) error_metatable: Option<Gc<Table>>,
    /// The metatables of host types.
    pub(crate) types: BTreeMap<TypeId, Gc<Table>>,
    /// Receives warnings instead of standard error; a userdata that holds the Rust function.
    pub(super) warn: Option<Gc<Userdata>>,
}

impl HostState {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            roots: Vec::new(),
            free: Vec::new(),
            n_lent: 0,
            trace: None,
            text_only: false,
            sandboxed: false,
            ignores_environment: false,
            keeps_environment: false,
            environment: None,
            #[cfg(feature = "signals")]
            catches_sigint: false,
            error_metatable: None,
            types: BTreeMap::new(),
            warn: None,
        }
    }

    /// What the handles of this VM point to.
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Puts a value into a root slot.
    pub(super) fn root(&mut self, value: Raw) -> u32 {
        if self.free.is_empty() {
            self.forget_released();
        }
        match self.free.pop() {
            Some(index) => {
                if let Some(slot) = self.roots.get_mut(index as usize) {
                    *slot = value;
                }
                index
            }
            None => {
                self.roots.push(value);
                // A VM with 2^32 handles would not fit into memory.
                (self.roots.len() - 1) as u32
            }
        }
    }

    /// The value in a root slot.
    pub(super) fn rooted(&self, index: u32) -> Raw {
        self.roots.get(index as usize).copied().unwrap_or(Raw::NIL)
    }

    /// Empties the slots whose handles are gone.
    pub(crate) fn forget_released(&mut self) {
        let known = self.free.len();
        self.shared.take_released(&mut self.free);
        for index in &self.free[known..] {
            if let Some(slot) = self.roots.get_mut(*index as usize) {
                *slot = Raw::NIL;
            }
        }
    }

    pub(crate) fn for_each_root(&self, mut visit: impl FnMut(Raw)) {
        self.roots.iter().copied().for_each(&mut visit);
        let tables =
            self.types.values().copied().chain(self.error_metatable).chain(self.environment);
        tables.map(Raw::table).chain(self.warn.map(Raw::userdata)).for_each(visit);
    }
}

/// What a panic in a host function leaves behind is cut back to: see [`Vm::guarded`].
struct Checkpoint {
    thread: Gc<Thread>,
    depth: usize,
    top: usize,
    calls: (u32, u32),
    calls_of_thread: u32,
    n_pinned: usize,
    suspended: bool,
    shield: Option<(Gc<Thread>, usize)>,
    finalizing_at: Option<u32>,
    /// The frame that a hook runs about.
    hooked_at: usize,
    host_handler: Option<HostHandler>,
}

/// Cuts the VM back if it is dropped while a panic unwinds.
struct Guard<'a> {
    vm: &'a mut Vm,
    checkpoint: Checkpoint,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.vm.cut_back(&self.checkpoint);
        }
    }
}

impl Vm {
    /// Does what may run Lua code, and with it host functions, which may panic: the VM can be used
    /// again after that.
    pub(super) fn guarded<R>(&mut self, action: impl FnOnce(&mut Self) -> R) -> R {
        let checkpoint = Checkpoint {
            thread: self.thread,
            depth: self.cur.depth(),
            top: self.cur.position(self.cur.top),
            calls: (self.n_native_calls, self.n_calls_below),
            calls_of_thread: self.thread.n_native_calls.get(),
            n_pinned: self.pinned.len(),
            suspended: self.heap.collector.suspended,
            shield: self.shield,
            finalizing_at: self.cur.finalizing_at,
            hooked_at: self.cur.hooks.as_deref().map_or(0, Hooks::running_at),
            host_handler: self.host_handler,
        };
        let guard = Guard { vm: self, checkpoint };
        action(guard.vm)
    }

    /// Leaves everything that was begun since a checkpoint. Coroutines that were resumed are dead;
    /// variables to be closed are not.
    #[cold]
    fn cut_back(&mut self, to: &Checkpoint) {
        while self.thread != to.thread {
            let co = self.thread;
            co.status.set(Status::Dead);
            let Some(resumer) = co.resumer.take() else { break };
            resumer.status.set(Status::Running);
            self.switch_to(resumer);
        }
        while self.cur.depth() > to.depth {
            self.cur.pop_frame();
        }
        let top = self.cur.slot_at(to.top);
        while self.take_to_close(top).is_some() {}
        self.close_upvals(top);
        self.cur.top = top;
        (self.n_native_calls, self.n_calls_below) = to.calls;
        self.thread.n_native_calls.set(to.calls_of_thread);
        self.pinned.truncate(to.n_pinned);
        self.heap.collector.suspended = to.suspended;
        self.shield = to.shield;
        self.cur.finalizing_at = to.finalizing_at;
        if let Some(hooks) = self.cur.hooks.as_deref() {
            hooks.cut_back(to.hooked_at);
        }
        self.adopt_hooks();
        self.host_handler = to.host_handler;
        self.error = Raw::NIL;
    }

    /// Does what may fail or call, for the host.
    ///
    /// # Errors
    ///
    /// What was raised, as an error of the host's.
    pub(crate) fn protect<R>(
        &mut self,
        action: impl FnOnce(&mut Self) -> std::result::Result<R, Raised>,
    ) -> Result<R> {
        if self.host.n_lent == 0 {
            // A new beginning for what a limit has ended.
            self.exhausted = None;
        }
        self.guarded(|vm| {
            let top = vm.cur.position(vm.cur.top);
            let host = HostHandler { thread: vm.thread, depth: vm.cur.depth(), handler: None };
            let previous = vm.host_handler.replace(host);
            let result = match action(vm) {
                Ok(value) => Ok(value),
                Err(Raised) => {
                    // Does nothing if it was done where the error was raised.
                    vm.run_message_handler();
                    vm.cur.top = vm.cur.slot_at(top);
                    let error = vm.take_error();
                    if vm.host.n_lent == 0
                        && matches!(error, Error::LimitExceeded { limit: Limit::Memory })
                    {
                        // What the call has left behind is not to count against the next one.
                        vm.full_gc();
                    }
                    Err(error)
                }
            };
            vm.host_handler = previous;
            result
        })
    }

    /// Lets the collector work if it is time. To be called first in what allocates for the host:
    /// only handles keep their values.
    ///
    /// # Errors
    ///
    /// The memory limit is exceeded.
    pub(super) fn collect_if_due(&mut self) -> Result<()> {
        if self.heap.is_step_due() { self.protect(Self::safepoint) } else { Ok(()) }
    }

    /// Notes where an error is raised.
    #[cold]
    pub(crate) fn note_trace(&mut self) {
        // An error of the host's tells that itself.
        if self.error.as_userdata().is_none_or(|error| error.data::<HostError>().is_none()) {
            self.host.trace = Some(self.traceback(&self.cur, None, 0));
        }
    }

    /// The traceback that was noted, or an empty one.
    pub(super) fn take_trace(&mut self) -> String {
        let trace = self.host.trace.take().unwrap_or_default();
        String::from_utf8_lossy(&trace).into_owned()
    }

    /// The error that was raised, for the host.
    #[cold]
    pub(super) fn take_error(&mut self) -> Error {
        let error = std::mem::replace(&mut self.error, Raw::NIL);
        let traceback = self.take_trace();
        if let Some(what) = self.exhausted {
            return Error::LimitExceeded { limit: Limit::of(what) };
        }
        self.error_of(error, traceback)
    }

    /// An error value as an error of the host's.
    pub(super) fn error_of(&mut self, error: Raw, traceback: String) -> Error {
        if let Some(host) = error.as_userdata()
            && let Some(HostError(error)) = host.data()
        {
            return error.clone();
        }
        let message = match error.as_string() {
            Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
            None => self.describe_error(error),
        };
        if error.as_string().is_none() {
            let value = self.export(error);
            return Error::Thrown { value, message, traceback };
        }
        if message == NO_MEMORY {
            return Error::MemoryError(message);
        }
        let separator = if traceback.is_empty() { "" } else { "\n" };
        Error::RuntimeError(format!("{message}{separator}{traceback}"))
    }

    /// The text of an error that is no string: what `__tostring` makes of it, if it can.
    fn describe_error(&mut self, error: Raw) -> String {
        let has_text = self
            .metatable_of(error)
            .is_some_and(|metatable| !metatable.get_name(self.names.tostring).is_nil());
        if has_text || error.tag().is_number() {
            self.pinned.push(error);
            let top = self.cur.position(self.cur.top);
            let text = self.display(error);
            self.pinned.pop();
            self.cur.top = self.cur.slot_at(top);
            if let Ok(text) = text {
                return String::from_utf8_lossy(text.bytes()).into_owned();
            }
            self.error = Raw::NIL;
            self.host.trace = None;
        }
        format!("(error object is a {} value)", error.tag().lua_type().name())
    }

    /// Runs the destructors of host data whose userdata are gone.
    pub(crate) fn drop_dead_data(&mut self) {
        /// Destructors that run inside of each other, as they may collect garbage themselves.
        const MAX_DEPTH: u32 = 100;
        if self.host.n_lent >= MAX_DEPTH {
            return;
        }
        let data = std::mem::take(&mut self.heap.dead_data);
        let shared = Arc::clone(&self.host.shared);
        shared.lend(self, || drop(data));
    }
}
