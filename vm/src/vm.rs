//! The state of one VM.

use std::sync::Arc;

use moonproof_verifier::VerifiedChunk;

use crate::api::HostState;
use crate::chance::Chance;
use crate::heap::{Gc, Heap, Shortage, Stress, can_allocate};
use crate::hook::HookNames;
use crate::interp::Dispatch;
use crate::interrupt::Alarm;
use crate::metamethod::Event;
use crate::metamethod::N_EVENTS;
use crate::proto::SharedProto;
use crate::shared::Shared;
use crate::stack::{Slot, Stack};
use crate::stdlib::{
    Compiler, DEFAULT_INPUT, DEFAULT_OUTPUT, FILE_HANDLE, IoLib, OsLib, Standard, Stream, StringLib,
};
use crate::string::Str;
use crate::table::{KeyError, Table};
use crate::thread::{Status, Thread};
use crate::userdata::Userdata;
use crate::value::{N_LUA_TYPES, Value};
use moonproof_bytecode::EVENT_NAMES;
use moonproof_bytecode::limits::MAX_STACK;

/// What the reference says if there is no memory (`MEMERRMSG`).
pub(crate) const NO_MEMORY: &str = "not enough memory";

/// An error was raised; its value is in [`Vm::error`]. A word, so that results stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raised;

/// Slots beyond the limit that a message handler may use after a stack overflow.
const ERROR_SLOTS: usize = 4096;

/// A protected call of the host's: the thread and depth above which errors are its own.
#[derive(Clone, Copy)]
pub(crate) struct HostHandler {
    pub(crate) thread: Gc<Thread>,
    pub(crate) depth: usize,
    /// The message handler; without one, a traceback is made.
    pub(crate) handler: Option<Value>,
}

/// Strings that the VM itself looks up.
pub(crate) struct Names {
    pub(crate) events: [Gc<Str>; N_EVENTS],
    pub(crate) name: Gc<Str>,
    pub(crate) tostring: Gc<Str>,
    pub(crate) pairs: Gc<Str>,
    pub(crate) metatable: Gc<Str>,
    /// Registry key of the loaded modules (`LUA_LOADED_TABLE`).
    pub(crate) loaded: Gc<Str>,
    /// Registry keys of the io library: the metatable of files, and the default files.
    pub(crate) file_handle: Gc<Str>,
    pub(crate) io_input: Gc<Str>,
    pub(crate) io_output: Gc<Str>,
    pub(crate) hooks: Option<Box<HookNames>>,
}

impl Names {
    fn new(heap: &mut Heap) -> Self {
        Self {
            events: EVENT_NAMES.map(|name| heap.new_string(name.as_bytes())),
            name: heap.new_string(b"__name"),
            tostring: heap.new_string(b"__tostring"),
            pairs: heap.new_string(b"__pairs"),
            metatable: heap.new_string(b"__metatable"),
            loaded: heap.new_string(b"_LOADED"),
            file_handle: heap.new_string(FILE_HANDLE.as_bytes()),
            io_input: heap.new_string(DEFAULT_INPUT.as_bytes()),
            io_output: heap.new_string(DEFAULT_OUTPUT.as_bytes()),
            hooks: None,
        }
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(Gc<Str>)) {
        let others = [
            self.name,
            self.tostring,
            self.pairs,
            self.metatable,
            self.loaded,
            self.file_handle,
            self.io_input,
            self.io_output,
        ];
        self.events.iter().chain(&others).for_each(|name| visit(*name));
        if let Some(hooks) = &self.hooks {
            hooks.for_each(visit);
        }
    }
}

/// One VM: the running thread's stacks, the heap, and the roots.
pub(crate) struct Vm {
    pub(crate) cur: Stack,
    pub(crate) heap: Heap,
    pub(crate) thread: Gc<Thread>,
    pub(crate) main_thread: Gc<Thread>,
    pub(crate) registry: Gc<Table>,
    pub(crate) globals: Gc<Table>,
    /// Metatables of the types that have one each.
    pub(crate) metatables: [Option<Gc<Table>>; N_LUA_TYPES],
    pub(crate) names: Names,
    /// The value of an error on its way.
    pub(crate) error: Value,
    /// Thread and depth of a call whose errors no message handler below sees.
    pub(crate) shield: Option<(Gc<Thread>, usize)>,
    /// What looks at errors of the host's call where they are raised.
    pub(crate) host_handler: Option<HostHandler>,
    /// Values that natives keep alive across calls.
    pub(crate) pinned: Vec<Value>,
    /// Calls on the Rust stack, and resumed coroutines.
    pub(crate) n_native_calls: u32,
    /// How many of them there were when the running coroutine was resumed.
    pub(crate) n_calls_below: u32,
    /// Whether a message handler has seen that error.
    pub(crate) error_handled: bool,
    /// The handlers in use: plain, or with hooks and fuel.
    pub(crate) dispatch: Dispatch,
    /// How others interrupt what runs, if any may. It stays once it is there.
    pub(crate) alarm: Option<Arc<Alarm>>,
    /// Instructions left, if they are counted.
    pub(crate) fuel: u64,
    pub(crate) metering: bool,
    /// The coroutine that the native function which is just returning resumes.
    pub(crate) resumed: Option<Gc<Thread>>,
    /// What the running thread's hooks are called for.
    pub(crate) hook_mask: u8,
    /// What they were called for when the handlers were chosen.
    pub(crate) dispatched_mask: u8,
    /// Which limit of the host's ended the current call.
    pub(crate) exhausted: Option<&'static str>,
    /// Bytes that the VM may take.
    pub(crate) memory_limit: usize,
    /// Slots that a thread's stack may have.
    pub(crate) max_slots: usize,
    pub(crate) closed: bool,
    /// Standard output, as `print` and the io library write it.
    pub(crate) output: Stream,
    pub(crate) io_lib: IoLib,
    pub(crate) os_lib: OsLib,
    /// What the string library keeps: buffers and compiled patterns.
    pub(crate) string_lib: StringLib,
    pub(crate) compiler: Compiler,
    /// Where seeds come from.
    pub(crate) chance: Chance,
    /// State of `math.random`.
    pub(crate) random: [u64; 4],
    /// Whether `warn` prints.
    pub(crate) warnings: bool,
    /// What the embedding API keeps.
    pub(crate) host: HostState,
}

impl Vm {
    /// A VM with an empty table of globals.
    pub(crate) fn new(shared: Arc<Shared>, mut chance: Chance) -> Box<Self> {
        let mut heap = Heap::new(chance.draw());
        let names = Names::new(&mut heap);
        heap.collector.set_mode_name(names.events[Event::Mode as usize]);
        let thread = heap.new_thread(Thread::new(None, Status::Running));
        // Room for what the libraries enter, so that the tables do not grow step by step.
        let registry = heap.new_table_sized(0, 8);
        let globals = heap.new_table_sized(0, 40);
        let mut vm = Box::new(Self {
            cur: Stack::new(),
            heap,
            thread,
            main_thread: thread,
            registry,
            globals,
            metatables: [None; N_LUA_TYPES],
            names,
            error: Value::NIL,
            shield: None,
            host_handler: None,
            pinned: Vec::new(),
            n_native_calls: 0,
            n_calls_below: 0,
            error_handled: false,
            dispatch: Dispatch::plain(),
            alarm: None,
            fuel: 0,
            metering: false,
            resumed: None,
            hook_mask: 0,
            dispatched_mask: 0,
            exhausted: None,
            memory_limit: usize::MAX,
            max_slots: MAX_STACK,
            closed: false,
            output: Stream::standard(Standard::Output),
            io_lib: IoLib::default(),
            os_lib: OsLib::default(),
            string_lib: StringLib::default(),
            compiler: Compiler::default(),
            chance,
            random: [0; 4],
            warnings: false,
            host: HostState::new(shared),
        });
        vm.account_stack();
        // As the reference: registry[1] is the main thread, registry[2] the globals.
        let pairs = [(1, Value::thread(thread)), (2, Value::table(globals))];
        for (i, value) in pairs {
            // It was made with room for them.
            let _ = vm.raw_set_int(registry, i, value);
        }
        vm
    }

    /// The closure of a chunk's main function; its first upvalue is the table of globals.
    pub(crate) fn load_verified(&mut self, chunk: VerifiedChunk) -> Value {
        self.instantiate_main(&SharedProto::from_chunk(chunk))
    }

    /// As [`load_verified`](Self::load_verified).
    pub(crate) fn instantiate_main(&mut self, shared: &Arc<SharedProto>) -> Value {
        let n_upvals = shared.proto.upvalues.len() as u8;
        let proto = self.heap.instantiate(shared);
        let closure = self.heap.new_closure(proto, n_upvals);
        for i in 0..usize::from(n_upvals) {
            let value = if i == 0 { Value::table(self.globals) } else { Value::NIL };
            let upval = self.heap.new_closed_upval(value);
            closure.set_upval(i, upval);
        }
        Value::closure(closure)
    }

    /// Sets a field without metamethods.
    pub(crate) fn raw_set(
        &mut self,
        table: Gc<Table>,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        self.heap.collector.barrier_table(table, value);
        self.heap.collector.barrier_table(table, key);
        match table.set(&mut self.heap, key, value) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.key_error(error)),
        }
    }

    #[cold]
    pub(crate) fn key_error(&mut self, error: KeyError) -> Raised {
        match error {
            KeyError::Nil => self.runtime_error(b"table index is nil"),
            KeyError::Nan => self.runtime_error(b"table index is NaN"),
            KeyError::Overflow => self.runtime_error(b"table overflow"),
            KeyError::NoMemory => self.raise_text(NO_MEMORY.as_bytes()),
        }
    }

    /// Sets an item without metamethods; integers are always good keys.
    pub(crate) fn raw_set_int(
        &mut self,
        table: Gc<Table>,
        key: i64,
        value: Value,
    ) -> Result<(), Raised> {
        self.heap.collector.barrier_table(table, value);
        match table.set_int(&mut self.heap, key, value) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.key_error(error)),
        }
    }

    /// Sets a field by name of a table that has few, for which there is memory.
    pub(crate) fn raw_set_name(&mut self, table: Gc<Table>, name: &str, value: Value) {
        let key = Value::string(self.heap.new_string(name.as_bytes()));
        self.heap.collector.barrier_table(table, value);
        self.heap.collector.barrier_table(table, key);
        // Small tables cannot fail to grow.
        let _ = table.set(&mut self.heap, key, value);
    }

    #[inline(always)]
    pub(crate) fn raw_get(&self, table: Gc<Table>, key: Value) -> Value {
        table.get(&self.heap, key)
    }

    /// Sets the items behind `first` of a constructor (`OP_SETLIST`).
    pub(crate) fn set_items(&mut self, table: Gc<Table>, first: usize, values: Slot, n: usize) {
        // There is room for all of them then.
        let last = (first + n).min(u32::MAX as usize) as u32;
        table.ensure_array(&mut self.heap, last);
        for i in 0..n {
            let value = values.add(i).get();
            self.heap.collector.barrier_table(table, value);
            table.array_set((first + i) as i64 + 1, value);
        }
    }

    /// Refuses what would not fit into the memory that a VM may take, or the system has not got.
    #[inline]
    pub(crate) fn check_memory(&mut self, bytes: usize) -> Result<(), Raised> {
        if !can_allocate(bytes) {
            return Err(self.raise_text(NO_MEMORY.as_bytes()));
        }
        self.check_memory_limit(bytes)
    }

    /// Whether memory is looked for wherever it may be, so that tests see what is not reached.
    #[inline]
    pub(crate) fn is_stressed(&self) -> bool {
        cfg!(debug_assertions) && self.heap.collector.stress != Stress::Off
    }

    /// Whether the VM may take that much, and the system has it, without a collection.
    #[inline]
    pub(crate) fn has_memory(&self, bytes: usize) -> bool {
        can_allocate(bytes) && bytes <= self.memory_limit.saturating_sub(self.heap.used())
    }

    /// As [`check_memory`](Self::check_memory), but garbage is collected before anything is refused:
    /// to be called where the stack or a root reaches all that is in use.
    #[inline]
    pub(crate) fn find_memory(&mut self, bytes: usize) -> Result<(), Raised> {
        if self.has_memory(bytes) && !self.is_stressed() {
            return Ok(());
        }
        self.collect_in_need();
        self.check_memory(bytes)
    }

    /// Bytes that the VM may take; if they are less than what is wanted, garbage is collected first,
    /// as by [`find_memory`](Self::find_memory).
    #[inline]
    pub(crate) fn free_memory(&mut self, wanted: usize) -> usize {
        if wanted > self.memory_limit.saturating_sub(self.heap.used()) || self.is_stressed() {
            self.collect_in_need();
        }
        self.memory_limit.saturating_sub(self.heap.used())
    }

    /// Collects everything in the middle of an instruction or a native function, as the reference does
    /// when memory is refused (`luaM_malloc_`); finalizers run later.
    #[cold]
    #[inline(never)]
    fn collect_in_need(&mut self) {
        let position = self.cur.position(self.cur.top);
        // All registers of a Lua function may be in use.
        self.cur.top = self.frame_top().max(self.cur.top);
        if !self.heap.collector.suspended {
            self.full_gc();
        }
        self.cur.top = self.cur.slot_at(position);
    }

    /// Refuses what would not fit into the memory that a VM may take.
    #[inline]
    pub(crate) fn check_memory_limit(&mut self, bytes: usize) -> Result<(), Raised> {
        if bytes > self.memory_limit.saturating_sub(self.heap.used()) {
            return Err(self.raise_text(NO_MEMORY.as_bytes()));
        }
        Ok(())
    }

    /// Lets the collector work, and calls finalizers. Everything in use is below `top` or reached
    /// from a root.
    #[cold]
    #[inline(never)]
    pub(crate) fn safepoint(&mut self) -> Result<(), Raised> {
        match self.heap.take_shortage() {
            Shortage::None => self.gc_step(),
            shortage => {
                self.full_gc();
                if !self.heap.end_shortage() && shortage == Shortage::Refused {
                    return Err(self.raise_text(NO_MEMORY.as_bytes()));
                }
            }
        }
        if self.heap.used() > self.memory_limit {
            self.full_gc();
            if self.heap.used() > self.memory_limit {
                return Err(self.exhaust(NO_MEMORY));
            }
        }
        if !self.heap.collector.suspended {
            self.follow_collection();
        }
        Ok(())
    }

    /// What collecting leaves to be done at a safepoint: finalizers, and the running thread's stack.
    pub(crate) fn follow_collection(&mut self) {
        if self.heap.has_work_for_host() {
            self.run_finalizers(usize::MAX);
        }
        if std::mem::take(&mut self.heap.collector.is_stack_due) {
            self.cur.shrink(self.max_slots);
            self.account_stack();
        }
    }

    /// Raises the end of a resource that the host limits: nothing can catch it.
    #[cold]
    pub(crate) fn exhaust(&mut self, what: &'static str) -> Raised {
        self.exhausted = Some(what);
        self.raise_text(what.as_bytes())
    }

    /// Takes fuel for work that cannot be refused any more: if none is left, that shows at the next
    /// instruction.
    #[inline]
    pub(crate) fn spend(&mut self, units: usize) {
        if self.metering {
            self.fuel = self.fuel.saturating_sub(units as u64);
        }
    }

    /// Charges the work of a native function, in units of about an instruction.
    ///
    /// # Errors
    ///
    /// The fuel is used up.
    #[inline]
    pub(crate) fn charge(&mut self, units: usize) -> Result<(), Raised> {
        if self.metering {
            self.fuel = self.fuel.saturating_sub(units as u64);
            if self.fuel == 0 {
                return Err(self.exhaust("out of fuel"));
            }
        }
        Ok(())
    }

    /// Calls finalizers of dead objects; errors in them are warnings (`GCTM`, lgc.c).
    pub(crate) fn run_finalizers(&mut self, n: usize) {
        let position = self.cur.position(self.cur.top);
        if !self.heap.dead_data.is_empty() {
            self.cur.top = self.frame_top().max(self.cur.top);
            self.drop_dead_data();
        }
        for _ in 0..n {
            let Some(object) = self.heap.collector.take_finalizable() else { break };
            let handler = self.handler(object, Event::Gc);
            if !handler.tag().is_function() {
                continue;
            }
            let (error, handled) = (self.error, self.error_handled);
            self.pinned.push(error);
            let was_suspended = std::mem::replace(&mut self.heap.collector.suspended, true);
            self.cur.top = self.frame_top().max(self.cur.top);
            let depth = self.cur.depth() as u32;
            let finalizing_at = self.cur.finalizing_at.replace(depth);
            if self.shielded(|vm| vm.call_for_one(handler, &[object])).is_err() {
                self.warn_of_error();
            }
            self.cur.finalizing_at = finalizing_at;
            self.heap.collector.suspended = was_suspended;
            self.pinned.pop();
            (self.error, self.error_handled) = (error, handled);
        }
        self.cur.top = self.cur.slot_at(position);
    }

    /// "warning: error in __gc" (`luaE_warnerror`).
    fn warn_of_error(&mut self) {
        let message =
            self.error.as_string().map_or(&b"error object is not a string"[..], Gc::bytes);
        let text = [b"error in __gc (", message, b")"].concat();
        // An error of the host's warning function is one more that nobody is told of.
        let _ = self.warn(&text);
    }

    /// Gives a warning to the host, or prints it.
    ///
    /// # Errors
    ///
    /// Those of the host's warning function.
    pub(crate) fn warn(&mut self, message: &[u8]) -> Result<(), Raised> {
        if self.has_warning_function() {
            return self.warn_host(message);
        }
        if self.warnings {
            let text = [b"Lua warning: ", message, b"\n"].concat();
            // Nothing can be done if stderr is closed.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), &text);
        }
        Ok(())
    }

    /// Sets a table's metatable, with its finalizer (`lua_setmetatable`).
    pub(crate) fn set_table_metatable(&mut self, table: Gc<Table>, metatable: Option<Gc<Table>>) {
        table.set_metatable(metatable);
        if let Some(metatable) = metatable {
            self.heap.collector.barrier(table, Value::table(metatable));
            if !self.handler_in(Some(metatable), Event::Gc).is_nil() {
                self.heap.collector.add_finalizable(table.erase());
            }
        }
    }

    /// Sets a userdata's metatable, with its finalizer.
    pub(crate) fn set_userdata_metatable(
        &mut self,
        userdata: Gc<Userdata>,
        metatable: Option<Gc<Table>>,
    ) {
        userdata.set_metatable(metatable);
        if let Some(metatable) = metatable {
            self.heap.collector.barrier(userdata, Value::table(metatable));
            if !self.handler_in(Some(metatable), Event::Gc).is_nil() {
                self.heap.collector.add_finalizable(userdata.erase());
            }
        }
    }

    /// Runs all finalizers, as the VM ends.
    pub(crate) fn close(&mut self) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        if self.exhausted.is_some() {
            // Whoever reads it has gone if this fails.
            let _ = self.output.flush();
            return;
        }
        self.finalize_all();
        self.run_finalizers(usize::MAX);
        let _ = self.output.flush();
    }

    /// Where the registers of the running function end, and what is pushed may begin.
    #[inline(always)]
    pub(crate) fn frame_top(&self) -> Slot {
        let frame = self.cur.frame;
        match frame.function().as_closure() {
            Some(closure) if frame.is_lua() => {
                frame.base.get().add(usize::from(closure.proto().max_stack))
            }
            _ => self.cur.top,
        }
    }

    #[inline(always)]
    pub(crate) fn has_room(&self, n: usize) -> bool {
        self.cur.limit.above(self.cur.top) >= n
    }

    /// Makes room for `n` slots above `top`.
    #[cold]
    #[inline(never)]
    pub(crate) fn grow_stack(&mut self, n: usize) -> Result<(), Raised> {
        if self.try_grow_stack(n) {
            return Ok(());
        }
        if self.cur.capacity() > self.max_slots {
            // The overflow is being handled already: `luaD_growstack` gives up here.
            return Err(self.error_in_error());
        }
        let room = self.max_slots + ERROR_SLOTS;
        self.resize_stack(room);
        Err(self.runtime_error(b"stack overflow"))
    }

    pub(crate) fn try_grow_stack(&mut self, n: usize) -> bool {
        let size = self.cur.capacity();
        let used = self.cur.position(self.cur.top);
        let needed = used.saturating_add(n);
        if needed > self.max_slots {
            return false;
        }
        if size < needed {
            let size = (size * 2).clamp(needed, self.max_slots);
            if !can_allocate(size * size_of::<Value>()) {
                return false;
            }
            self.resize_stack(size);
        }
        true
    }

    pub(crate) fn resize_stack(&mut self, n: usize) {
        self.cur.resize(n);
        self.account_stack();
    }

    /// Tells the heap how large the running thread's stack is; that more frames were needed shows here
    /// as well.
    pub(crate) fn account_stack(&mut self) {
        self.thread.account_stack(&self.cur, |old, new| self.heap.account(old, new));
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.close();
    }
}
