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
use crate::debug_info::{line_of, lua_place};
use crate::heap::Gc;
use crate::stack::{FrameRef, Slot, Stack};
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
const REGISTRY_KEY: &[u8] = b"_HOOKKEY";

/// A thread's hooks.
#[derive(Default)]
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
    /// An instruction that is the rest of the one before it: it is no event if it comes next.
    rest_at: Cell<Option<usize>>,
}

impl Hooks {
    pub(crate) fn mask(&self) -> u8 {
        self.mask.get()
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

/// What happened, in the words that a hook is given.
#[derive(Clone, Copy)]
enum Event {
    Call,
    Return,
    Line,
    Count,
    TailCall,
}

impl Event {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Call => b"call",
            Self::Return => b"return",
            Self::Line => b"line",
            Self::Count => b"count",
            Self::TailCall => b"tail call",
        }
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
            thread.with_stack_mut(set);
        }
        Ok(())
    }

    /// The function that a script has set for a thread.
    pub(crate) fn hook_function(&mut self, thread: Gc<Thread>) -> Value {
        let key = Value::string(self.heap.new_string(REGISTRY_KEY));
        match self.registry.get(&self.heap, key).as_table() {
            Some(table) => table.get(&self.heap, Value::thread(thread)),
            None => Value::NIL,
        }
    }

    fn hook_table(&mut self) -> Gc<Table> {
        let key = Value::string(self.heap.new_string(REGISTRY_KEY));
        let registry = self.registry;
        if let Some(table) = registry.get(&self.heap, key).as_table() {
            return table;
        }
        let table = self.heap.new_table();
        self.raw_set_name(registry, "_HOOKKEY", Value::table(table));
        let keys = Value::string(self.heap.new_string(b"k"));
        self.raw_set_name(table, "__mode", keys);
        self.set_table_metatable(table, Some(table));
        table
    }

    /// Uses the handlers that the hooks of the running thread ask for.
    #[inline]
    pub(crate) fn adopt_hooks(&mut self) {
        let mask = self.cur.hooks.as_ref().map_or(0, |hooks| hooks.mask());
        if mask != self.hook_mask {
            self.hook_mask = mask;
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
        let may_run = |hooks: &Hooks| hooks.mask() != 0 && hooks.running_at.get() == 0;
        if !self.cur.hooks.as_deref().is_some_and(may_run) {
            return Ok(());
        }
        let function = self.hook_function(self.thread);
        let depth = self.cur.depth();
        let Some(hooks) = self.cur.hooks.as_deref() else { return Ok(()) };
        if !function.tag().is_function() {
            return Ok(());
        }
        hooks.running_at.set(depth);
        hooks.transfer.set((transfer.0 as u16, transfer.1 as u16));
        let position = self.cur.position(self.cur.top);
        self.cur.top = self.frame_top().max(self.cur.top);
        let result = self.run_hook(function, event, line);
        if let Some(hooks) = self.cur.hooks.as_deref() {
            hooks.running_at.set(0);
        }
        self.cur.top = self.cur.slot_at(position);
        result
    }

    fn run_hook(&mut self, function: Value, event: Event, line: Option<u32>) -> Result<(), Raised> {
        const N_SLOTS: usize = 3;
        if !self.has_room(N_SLOTS) {
            self.grow_stack(N_SLOTS)?;
        }
        self.push(function);
        self.push_str(event.name());
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
        let first = self.raise_results(first, n)?;
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
    fn raise_results(&mut self, first: Slot, n: usize) -> Result<Slot, Raised> {
        let base = self.cur.frame.base.get();
        if first >= base {
            return Ok(first);
        }
        let target = base.add(match cont_of(self.cur.frame) {
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
            && let Some((proto, _)) = lua_place(self.cur.frame)
        {
            self.set_rest(self.cur.frame.pc.get().index_from(proto.entry()));
        }
    }

    fn set_rest(&self, pc: usize) {
        if let Some(hooks) = self.cur.hooks.as_deref() {
            hooks.rest_at.set(Some(pc));
        }
    }

    /// Counts the instruction that is about to be executed, whose successor is saved in the frame,
    /// and finds new lines (`luaG_traceexec`).
    pub(crate) fn trace_instruction(&mut self) -> Result<(), Raised> {
        let frame = self.cur.frame;
        let mask = self.hook_mask;
        let Some(hooks) = self.cur.hooks.as_deref() else { return Ok(()) };
        if mask & (LINES | COUNTS) == 0 {
            return Ok(());
        }
        let Some((proto, pc)) = lua_place(frame) else { return Ok(()) };
        let code = &proto.shared.proto.code;
        let op = code[pc].opcode();
        let is_rest = hooks.rest_at.take() == Some(pc);
        if is_rest || is_never_fetched(op, pc.checked_sub(1).and_then(|last| code[last].opcode())) {
            return Ok(());
        }
        let counted = mask & COUNTS != 0 && hooks.count();
        let takes_open_result = match op {
            Some(OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList) => {
                code[pc].b() == 0
            }
            _ => false,
        };
        if !takes_open_result {
            self.cur.top = self.frame_top();
        }
        if counted {
            self.call_hook(Event::Count, None, (0, 0))?;
        }
        if mask & LINES != 0 {
            self.trace_line(pc)?;
        }
        if op == Some(OpCode::TForPrep) {
            self.set_rest(pc + 1 + code[pc].bx() as usize);
        }
        Ok(())
    }

    fn trace_line(&mut self, pc: usize) -> Result<(), Raised> {
        let frame = self.cur.frame;
        let old_pc = self.cur.hooks.as_deref().map_or(0, |hooks| hooks.old_pc.get());
        if pc <= old_pc_in(frame, old_pc) || is_new_line(frame, old_pc, pc) {
            self.call_hook(Event::Line, line_of(frame), (0, 0))?;
        }
        self.set_old_pc(pc);
        Ok(())
    }
}

/// Whether the reference comes to an instruction only as the end of another one: by falling through
/// from the one before it, or never.
fn is_never_fetched(op: Option<OpCode>, before: Option<OpCode>) -> bool {
    match op {
        // A native function's tail call returns by itself.
        Some(OpCode::Return) => before == Some(OpCode::TailCall),
        Some(OpCode::TForLoop | OpCode::VarargPrep) => true,
        _ => false,
    }
}

/// The place of the last line event, if it can be one of this function.
fn old_pc_in(frame: FrameRef, old_pc: usize) -> usize {
    let n = lua_place(frame).map_or(0, |(proto, _)| proto.shared.proto.code.len());
    if old_pc < n { old_pc } else { 0 }
}

/// Mirrors `changedline`.
fn is_new_line(frame: FrameRef, old_pc: usize, pc: usize) -> bool {
    let old_pc = old_pc_in(frame, old_pc);
    lua_place(frame).is_some_and(|(proto, _)| {
        let proto = &proto.shared.proto;
        proto.line_at(old_pc as u32) != proto.line_at(pc as u32)
    })
}
