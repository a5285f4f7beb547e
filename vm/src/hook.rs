//! Debug hooks (`debug.sethook`): when they run, and how they are called (ldebug.c, ldo.c).
//!
//! Each thread has its own. A VM whose running thread has none pays nothing: hooks are another table
//! of handlers ([`crate::interp::Dispatch`]) and a mask that slow paths of calls and returns look
//! at. The function itself is in the registry, as the reference keeps it: a weak table by thread.
//!
//! A hook runs as a call from Rust on top of the frame it is about, so that it cannot yield, and no
//! hook of the same thread runs meanwhile. Instructions and lines are counted all the same.

use std::cell::Cell;

use moonproof_bytecode::OpCode;

use crate::call::{Cont, Next, cont_of};
use crate::closure::NativeFn;
use crate::debug_info::lua_place;
use crate::heap::{Gc, Heap};
use crate::interp::{Insn, Pc};
use crate::stack::{FrameRef, Slot, Stack};
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What a hook is called for, as bits of a mask.
pub(crate) const CALLS: u8 = 1;
pub(crate) const RETURNS: u8 = 2;
pub(crate) const LINES: u8 = 4;
pub(crate) const COUNTS: u8 = 8;

/// Where the registry keeps hook functions, by thread.
const REGISTRY_KEY: &str = "_HOOKKEY";

/// A thread's hooks.
pub(crate) struct Hooks {
    mask: Cell<u8>,
    /// Instructions from one count event to the next, and to the next one from now.
    interval: Cell<i32>,
    left: Cell<i32>,
    /// The instruction of the last line event, or the one that a return led to.
    old_pc: Cell<usize>,
    /// The depth of the frame that a hook is running about; zero if none is.
    running_at: Cell<usize>,
    /// First and number of the values that this call or return moves.
    transfer: Cell<(u16, u16)>,
    /// Behind an instruction that is the rest of the one before it: it is no event if it comes next.
    rest_at: Cell<Pc>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            mask: Cell::new(0),
            interval: Cell::new(0),
            left: Cell::new(0),
            old_pc: Cell::new(0),
            running_at: Cell::new(0),
            transfer: Cell::new((0, 0)),
            rest_at: Cell::new(Pc::NULL),
        }
    }
}

impl Hooks {
    pub(crate) fn mask(&self) -> u8 {
        self.mask.get()
    }

    /// The events that are to be looked for now. While a hook runs nothing can happen but that
    /// instructions are counted.
    fn effective_mask(&self) -> u8 {
        let mask = self.mask.get();
        if self.running_at.get() != 0 && mask & COUNTS == 0 { 0 } else { mask }
    }

    pub(crate) fn interval(&self) -> i32 {
        self.interval.get()
    }

    /// What a coroutine takes from the thread that made it: events but no function.
    pub(crate) fn inherited(&self) -> Self {
        Self {
            mask: self.mask.clone(),
            interval: self.interval.clone(),
            left: self.interval.clone(),
            ..Self::default()
        }
    }

    /// The depth of the frame that a hook is running about, if one is.
    pub(crate) fn running_at(&self) -> usize {
        self.running_at.get()
    }

    /// Goes back to what was running, after a panic in a hook.
    pub(crate) fn cut_back(&self, running_at: usize) {
        self.running_at.set(running_at);
    }

    /// Whether a hook runs about the frame at `depth`.
    pub(crate) fn runs_at(&self, depth: usize) -> bool {
        depth > 0 && self.running_at.get() == depth
    }

    /// First and number of the values that the hooked call or return moves; zeros in other frames.
    pub(crate) fn transfer_at(&self, depth: usize) -> (u16, u16) {
        match self.transfer.get() {
            transfer @ (_, 1..) if self.runs_at(depth) => transfer,
            _ => (0, 0),
        }
    }

    /// Counts an instruction; true at the end of an interval.
    fn count(&self) -> bool {
        let left = self.left.get().wrapping_sub(1);
        self.left.set(if left == 0 { self.interval.get() } else { left });
        left == 0
    }
}

/// What happened.
#[derive(Clone, Copy)]
enum Event {
    Call,
    Return,
    Line,
    Count,
    TailCall,
}

/// Strings that hooks need, once there were any.
pub(crate) struct HookNames {
    /// Where the registry keeps hook functions, by thread.
    key: Gc<Str>,
    /// The events, in their order.
    events: [Gc<Str>; 5],
}

impl HookNames {
    fn new(heap: &mut Heap) -> Self {
        let events: [&[u8]; 5] = [b"call", b"return", b"line", b"count", b"tail call"];
        Self {
            key: heap.new_string(REGISTRY_KEY.as_bytes()),
            events: events.map(|name| heap.new_string(name)),
        }
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(Gc<Str>)) {
        visit(self.key);
        self.events.iter().for_each(|name| visit(*name));
    }
}

impl Vm {
    /// Sets a thread's hook (`lua_sethook`); the function goes to the registry.
    pub(crate) fn set_hook(
        &mut self,
        thread: Gc<Thread>,
        function: Value,
        mask: u8,
        interval: i32,
    ) -> Result<(), Raised> {
        let table = self.hook_table();
        self.raw_set(table, Value::thread(thread), function)?;
        // A hook may be running: what is known of that stays.
        let set = |stack: &mut Stack| {
            let hooks = stack.hooks.get_or_insert_default();
            hooks.mask.set(mask);
            hooks.interval.set(interval);
            hooks.left.set(interval);
        };
        if thread == self.thread {
            set(&mut self.cur);
            self.adopt_hooks();
        } else {
            self.restore_stack(thread);
            thread.with_stack_mut(set);
        }
        Ok(())
    }

    /// The function that a script has set for a thread.
    pub(crate) fn hook_function(&self, thread: Gc<Thread>) -> Value {
        let Some(names) = &self.names.hooks else { return Value::NIL };
        match self.registry.get_name(names.key).as_table() {
            Some(table) => table.get(&self.heap, Value::thread(thread)),
            None => Value::NIL,
        }
    }

    fn hook_table(&mut self) -> Gc<Table> {
        let registry = self.registry;
        let heap = &mut self.heap;
        let names = self.names.hooks.get_or_insert_with(|| Box::new(HookNames::new(heap)));
        if let Some(table) = registry.get_name(names.key).as_table() {
            return table;
        }
        let table = self.heap.new_table();
        self.raw_set_name(registry, REGISTRY_KEY, Value::table(table));
        let keys = Value::string(self.heap.new_string(b"k"));
        self.raw_set_name(table, "__mode", keys);
        self.set_table_metatable(table, Some(table));
        table
    }

    /// Uses the handlers that the hooks of the running thread ask for.
    #[inline]
    pub(crate) fn adopt_hooks(&mut self) {
        self.hook_mask = self.cur.hooks.as_ref().map_or(0, |hooks| hooks.effective_mask());
        if self.hook_mask != self.dispatched_mask {
            self.choose_dispatch();
        }
    }

    /// Calls the running thread's hook, unless one runs. `top` may be anything above the values in
    /// use and stays (`luaD_hook`).
    fn call_hook(
        &mut self,
        event: Event,
        line: Option<u32>,
        transfer: (usize, usize),
    ) -> Result<(), Raised> {
        let Some(hooks) = self.cur.hooks.as_deref() else { return Ok(()) };
        if hooks.mask() == 0 || hooks.running_at.get() != 0 {
            return Ok(());
        }
        let function = self.hook_function(self.thread);
        if !function.tag().is_function() {
            return Ok(());
        }
        hooks.running_at.set(self.cur.depth());
        hooks.transfer.set((transfer.0 as u16, transfer.1 as u16));
        // The handlers stay: those of events are as the plain ones while there are none.
        self.hook_mask = hooks.effective_mask();
        let position = self.cur.position(self.cur.top);
        self.cur.top = self.frame_top().max(self.cur.top);
        let result = self.run_hook(function, event, line);
        if let Some(hooks) = self.cur.hooks.as_deref() {
            hooks.running_at.set(0);
        }
        self.adopt_hooks();
        self.cur.top = self.cur.slot_at(position);
        result
    }

    fn run_hook(&mut self, function: Value, event: Event, line: Option<u32>) -> Result<(), Raised> {
        const N_SLOTS: usize = 3;
        if !self.has_room(N_SLOTS) {
            self.grow_stack(N_SLOTS)?;
        }
        let name = self.names.hooks.as_ref().map(|names| names.events[event as usize]);
        self.push(function);
        self.push(name.map_or(Value::NIL, Value::string));
        self.push(line.map_or(Value::NIL, |line| Value::int(i64::from(line))));
        self.call(N_SLOTS - 1)
    }

    /// A Lua function begins, its frame being on top. One with variable arguments begins behind
    /// VARARGPREP (`luaG_tracecall`).
    pub(crate) fn hook_lua_call(&mut self) -> Result<(), Raised> {
        match lua_place(self.cur.frame) {
            Some((proto, _)) if !proto.is_vararg => self.hook_entry(),
            _ => Ok(()),
        }
    }

    /// Mirrors `luaD_hookcall`.
    fn hook_entry(&mut self) -> Result<(), Raised> {
        let frame = self.cur.frame;
        self.set_old_pc(0);
        if self.hook_mask & CALLS == 0 {
            return Ok(());
        }
        let Some((proto, _)) = lua_place(frame) else { return Ok(()) };
        let event = if frame.is_tail_called() { Event::TailCall } else { Event::Call };
        self.call_hook(event, None, (1, usize::from(proto.n_params)))
    }

    /// A function with variable arguments has adjusted them.
    pub(crate) fn hook_vararg_call(&mut self) -> Result<(), Raised> {
        let frame = self.cur.frame;
        let pc = frame.pc.get();
        // Seen from the hook, the function is at its next instruction.
        frame.pc.set(pc.next());
        self.hook_entry()?;
        self.cur.frame.pc.set(pc);
        // The next instruction will be seen as a new line.
        self.set_old_pc(1);
        Ok(())
    }

    /// Runs a native function whose call is an event.
    pub(crate) fn call_native_hooked(
        &mut self,
        native: &'static NativeFn,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<Next, Raised> {
        self.push_native_frame(func, n_args, want)?;
        if self.hook_mask & CALLS != 0 {
            self.call_hook(Event::Call, None, (1, n_args))?;
        }
        let result = (native.call)(self);
        self.after_native(result)
    }

    /// The top frame returns `n` values from `first` up, which may move (`rethook`).
    pub(crate) fn hook_return(&mut self, first: Slot, n: usize) -> Result<Slot, Raised> {
        let frame = self.cur.frame;
        let cont = if frame.is_lua() { Cont::None } else { cont_of(frame) };
        if cont != Cont::None {
            // What goes wrong from here on is not for a protected call that is over to catch.
            frame.info.set(Cont::None as u32);
        }
        let first = self.raise_results(first, n, cont)?;
        let position = self.cur.position(first);
        if self.hook_mask & RETURNS != 0 {
            self.cur.top = first.add(n);
            let first_index = first.above(self.cur.frame.base.get()) + 1;
            self.call_hook(Event::Return, None, (first_index, n))?;
        }
        if let Some((_, pc)) = lua_place(self.cur.frame.below()) {
            self.set_old_pc(pc);
        }
        Ok(self.cur.slot_at(position))
    }

    /// Results of protected calls begin in the place of the function. A hook finds them where the
    /// reference has them.
    fn raise_results(&mut self, first: Slot, n: usize, cont: Cont) -> Result<Slot, Raised> {
        let base = self.cur.frame.base.get();
        if first >= base {
            return Ok(first);
        }
        let target = base.add(match cont {
            Cont::Pcall => 0,
            Cont::XpcallClosing => 4,
            _ => 2,
        });
        let (from, to) = (self.cur.position(first), self.cur.position(target));
        self.cur.top = target;
        if !self.has_room(n) {
            self.cur.top = first.add(n);
            self.grow_stack(n + 5)?;
        }
        let (first, target) = (self.cur.slot_at(from), self.cur.slot_at(to));
        for i in (0..n).rev() {
            target.add(i).set(first.add(i).get());
        }
        Ok(target)
    }

    fn set_old_pc(&self, pc: usize) {
        if let Some(hooks) = self.cur.hooks.as_deref() {
            hooks.old_pc.set(pc);
        }
    }

    /// The instruction at which the running function is will be executed again, to finish it.
    pub(crate) fn skip_trace(&self) {
        if self.hook_mask != 0
            && let Some(hooks) = self.cur.hooks.as_deref()
        {
            hooks.rest_at.set(self.cur.frame.pc.get().next());
        }
    }

    /// Counts an instruction of which nothing else is to be known, unless it ends an interval.
    #[inline(always)]
    pub(crate) fn counts_quietly(&self, i: Insn) -> bool {
        let Some(hooks) = self.cur.hooks.as_deref() else { return false };
        let left = hooks.left.get();
        let is_special = matches!(
            OpCode::from_u8(i.op()),
            Some(OpCode::Return | OpCode::TForPrep | OpCode::TForLoop | OpCode::VarargPrep) | None
        );
        let is_quiet = left > 1 && !is_special && hooks.rest_at.get().is_null();
        if is_quiet {
            hooks.left.set(left - 1);
        }
        is_quiet
    }

    /// Counts the instruction `i`, which is about to be executed and whose successor is saved in the
    /// frame, and finds new lines (`luaG_traceexec`).
    pub(crate) fn trace_instruction(&mut self, i: Insn) -> Result<(), Raised> {
        let Some(hooks) = self.cur.hooks.as_deref() else { return Ok(()) };
        let mask = self.hook_mask;
        if mask & (LINES | COUNTS) == 0 || is_never_fetched(self.cur.frame, i) {
            hooks.rest_at.set(Pc::NULL);
            return Ok(());
        }
        if hooks.rest_at.replace(Pc::NULL) == self.cur.frame.pc.get() {
            return Ok(());
        }
        if mask & COUNTS != 0 && hooks.count() {
            self.hook_instruction(i, Event::Count, None)?;
        }
        if mask & LINES != 0 {
            self.trace_line(i)?;
        }
        if i.op() == OpCode::TForPrep as u8
            && let Some(hooks) = self.cur.hooks.as_deref()
        {
            hooks.rest_at.set(self.cur.frame.pc.get().jump(i.wide()).next());
        }
        Ok(())
    }

    /// Calls the hook before the instruction `i`.
    fn hook_instruction(&mut self, i: Insn, event: Event, line: Option<u32>) -> Result<(), Raised> {
        let takes_open_result = match OpCode::from_u8(i.op()) {
            Some(OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList) => i.b() == 0,
            _ => false,
        };
        if !takes_open_result {
            self.cur.top = self.frame_top();
        }
        self.call_hook(event, line, (0, 0))
    }

    fn trace_line(&mut self, i: Insn) -> Result<(), Raised> {
        let Some((proto, pc)) = lua_place(self.cur.frame) else { return Ok(()) };
        let Some(hooks) = self.cur.hooks.as_deref() else { return Ok(()) };
        if hooks.running_at.get() == 0 {
            let proto = &proto.shared.proto;
            // The place of the last line event, if it can be one of this function.
            let old_pc = Some(hooks.old_pc.get()).filter(|pc| *pc < proto.code.len()).unwrap_or(0);
            if pc <= old_pc || proto.changes_line(old_pc as u32, pc as u32) {
                self.hook_instruction(i, Event::Line, proto.line_at(pc as u32))?;
            }
        }
        self.set_old_pc(pc);
        Ok(())
    }
}

/// Whether the reference comes to an instruction of the running function only as the end of another
/// one: by falling through from the one before it, or never.
fn is_never_fetched(frame: FrameRef, i: Insn) -> bool {
    match OpCode::from_u8(i.op()) {
        // A native function's tail call returns by itself.
        Some(OpCode::Return) => lua_place(frame).is_some_and(|(proto, pc)| {
            let code = &proto.shared.proto.code;
            pc > 0 && code[pc - 1].opcode() == Some(OpCode::TailCall)
        }),
        Some(OpCode::TForLoop | OpCode::VarargPrep) => true,
        _ => false,
    }
}
