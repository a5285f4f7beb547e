//! Calls and returns, without recursion on the Rust stack.
//!
//! A call pushes a frame; what happens when it returns is in the frame's `want`: a number of
//! results for the Lua function below, or one of the codes here. Native functions that call are
//! states in the frame stack ([`Cont`]), so that a chain of `pcall`, metamethods and iterators runs
//! in one loop ([`Vm::drive`]) and can be left by a yield or an error at any depth.

use std::num::NonZeroU64;

use crate::closure::{Closure, NativeFn};
use crate::heap::Gc;
use crate::interp::{Consts, Pc};
use crate::metamethod::Event;
use crate::native::{NativeResult, NativeRet};
use crate::stack::{FrameRef, NATIVE_ROOM, Slot};
use crate::thread::Thread;
use crate::value::{Tag, Value};
use crate::vm::{HostHandler, Raised, Vm};
use moonproof_bytecode::limits::MAX_C_CALLS;

/// All results, setting top.
pub(crate) const MULTI: i32 = -1;
/// One result for the interrupted instruction of the Lua function below (`luaV_finishOp`).
pub(crate) const FINISH_OP: i32 = -2;
/// All results, for the Rust code that called.
pub(crate) const HOST: i32 = -3;
/// All results, for the native function below, which has a continuation.
pub(crate) const CONT: i32 = -4;
/// The frame is the body of a coroutine.
pub(crate) const BODY: i32 = -5;

/// Flag in a Lua frame's `info`: it replaced its caller by a tail call.
pub(crate) const TAIL_CALLED: u32 = 1 << 31;
/// Flag in a Lua frame's `info`: a `__close` handler interrupted its return of an open result.
pub(crate) const CLOSING_RETURN: u32 = 1 << 30;
/// The number of variable arguments in a Lua frame's `info`.
pub(crate) const N_EXTRA_MASK: u32 = (1 << 20) - 1;
/// Operands that an interrupted CONCAT has left, in a Lua frame's `info`.
pub(crate) const CONCAT_SHIFT: u32 = 20;
/// Flag in a Lua frame's `info`: a comparison by `<=` is done by the swapped `__lt`.
pub(crate) const SWAPPED_LT: u32 = 1 << 29;

const _: () = assert!(moonproof_bytecode::limits::MAX_STACK <= N_EXTRA_MASK as usize);

/// What a native function does when the function that it called returns, or fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(crate) enum Cont {
    /// It calls nothing.
    None,
    /// `pcall`: true and the results.
    Pcall,
    /// `xpcall`: the same; the handler is the argument before the function.
    Xpcall,
    /// A protected call that failed and is closing variables; the error is in its first slot.
    Closing,
    /// The same for `xpcall`, whose handler still looks at errors.
    XpcallClosing,
    /// `coroutine.resume`.
    Resume,
    /// A function of `coroutine.wrap`.
    Wrap,
    /// The results as they are: `dofile`, `pairs` is another.
    Results,
    /// `pairs` with `__pairs`: three results.
    Pairs,
    /// It yielded: what resumes it are its results.
    Yielded,
    /// A host function, which goes on with the continuation in its first slot.
    Host,
    /// The same, with the error if there is one.
    HostProtected,
    /// The same, closing variables after an error, which is in its second slot.
    HostClosing,
    /// A host function that yielded, and goes on with what resumes it.
    HostYielded,
}

const CONTS: [Cont; 14] = [
    Cont::None,
    Cont::Pcall,
    Cont::Xpcall,
    Cont::Closing,
    Cont::XpcallClosing,
    Cont::Resume,
    Cont::Wrap,
    Cont::Results,
    Cont::Pairs,
    Cont::Yielded,
    Cont::Host,
    Cont::HostProtected,
    Cont::HostClosing,
    Cont::HostYielded,
];

/// The continuation in a native frame's `info`.
pub(crate) fn cont_of(frame: FrameRef) -> Cont {
    CONTS.get(frame.info.get() as usize).copied().unwrap_or(Cont::None)
}

/// The next thing to do, packed into two registers with its `Result`: a larger one would travel
/// through memory at each call and return.
#[derive(Clone, Copy)]
pub(crate) struct Next {
    place: Slot,
    /// Kind in the low bits, then a count, then what is wanted.
    word: NonZeroU64,
}

const _: () = assert!(size_of::<Result<Next, Raised>>() == 16);

/// A [`Next`], unpacked.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// Call the value in `func` with `n_args` arguments above it.
    Call { func: Slot, n_args: usize, want: i32 },
    /// The top frame ends with `n` results from `first` up.
    Return { first: Slot, n: usize },
    /// A Lua function is on top: go on with it.
    Run,
    /// The host's call has returned.
    Exit,
}

impl Next {
    pub(crate) const RUN: Self = Self::new(Slot::NULL, 1, 0, 0);
    pub(crate) const EXIT: Self = Self::new(Slot::NULL, 2, 0, 0);

    #[inline(always)]
    const fn new(place: Slot, kind: u64, n: usize, want: i32) -> Self {
        // The kind is never zero; counts are bounded by the stack's size.
        let word = kind | (n as u64 & 0x3FFF_FFFF) << 2 | (want as u32 as u64) << 32;
        let word = match NonZeroU64::new(word) {
            Some(word) => word,
            None => NonZeroU64::MIN,
        };
        Self { place, word }
    }

    #[inline(always)]
    pub(crate) const fn is_run(self) -> bool {
        self.word.get() & 3 == 1
    }

    /// See [`Step::Call`].
    #[inline(always)]
    pub(crate) const fn call(func: Slot, n_args: usize, want: i32) -> Self {
        Self::new(func, 3, n_args, want)
    }

    /// See [`Step::Return`].
    #[inline(always)]
    pub(crate) const fn ret(first: Slot, n: usize) -> Self {
        // Kind 0 with a mark in the unused half.
        Self::new(first, 0, n, 1)
    }

    #[inline(always)]
    pub(crate) const fn step(self) -> Step {
        let word = self.word.get();
        let n = (word as u32 >> 2) as usize;
        match word & 3 {
            1 => Step::Run,
            2 => Step::Exit,
            3 => Step::Call { func: self.place, n_args: n, want: (word >> 32) as i32 },
            _ => Step::Return { first: self.place, n },
        }
    }
}

/// Whether the interpreter goes on or returns to the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    Run,
    Exit,
}

impl Vm {
    /// Does what is next until a Lua function is to run or the host is to be returned to.
    pub(crate) fn drive(&mut self, mut next: Next) -> Result<Flow, Raised> {
        loop {
            next = match next.step() {
                Step::Call { func, n_args, want } => self.begin_call(func, n_args, want)?,
                Step::Return { first, n } => self.end_frame(first, n)?,
                Step::Run => return Ok(Flow::Run),
                Step::Exit => return Ok(Flow::Exit),
            }
        }
    }

    /// Begins a call (`luaD_precall`).
    pub(crate) fn begin_call(
        &mut self,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<Next, Raised> {
        if counts_as_c_call(want) {
            self.count_c_call()?;
        }
        let callee = func.get();
        match callee.tag() {
            Tag::CLOSURE => match callee.as_closure() {
                Some(closure) => {
                    self.push_lua_frame(closure, func, n_args, want)?;
                    if self.hook_mask != 0 {
                        self.hook_lua_call()?;
                    }
                    Ok(Next::RUN)
                }
                None => Ok(Next::RUN),
            },
            Tag::NATIVE | Tag::NATIVE_CLOSURE => match callee.as_native() {
                Some(native) if self.hook_mask != 0 => {
                    self.call_native_hooked(native, func, n_args, want)
                }
                Some(native) => self.call_native(native, func, n_args, want),
                None => Ok(Next::RUN),
            },
            _ => {
                if counts_as_c_call(want) {
                    self.n_native_calls -= 1;
                }
                let func = self.insert_call_handler(func, n_args)?;
                match func.get().as_closure() {
                    Some(closure) if self.hook_mask == 0 && !counts_as_c_call(want) => {
                        self.push_lua_frame(closure, func, n_args + 1, want)?;
                        Ok(Next::RUN)
                    }
                    _ => Ok(Next::call(func, n_args + 1, want)),
                }
            }
        }
    }

    /// Counts a call that would be one on the C stack in the reference.
    #[inline(always)]
    pub(crate) fn count_c_call(&mut self) -> Result<(), Raised> {
        self.n_native_calls += 1;
        if self.n_c_calls() >= MAX_C_CALLS
            && let Err(raised) = self.check_c_calls()
        {
            self.n_native_calls -= 1;
            return Err(raised);
        }
        Ok(())
    }

    /// Puts the `__call` handler of what is no function under it (`luaD_tryfuncTM`).
    pub(crate) fn insert_call_handler(
        &mut self,
        func: Slot,
        n_args: usize,
    ) -> Result<Slot, Raised> {
        let callee = func.get();
        let handler = self.handler(callee, Event::Call);
        if handler.is_nil() {
            return Err(self.call_error(func));
        }
        let position = self.cur.position(func);
        self.cur.top = func.add(n_args + 1);
        if !self.has_room(1) {
            self.grow_stack(1)?;
        }
        let func = self.cur.slot_at(position);
        for i in (0..=n_args).rev() {
            func.add(i + 1).set(func.add(i).get());
        }
        func.set(handler);
        self.cur.top = func.add(n_args + 2);
        Ok(func)
    }

    /// Pushes the frame of a Lua function, whose missing arguments become nil.
    pub(crate) fn push_lua_frame(
        &mut self,
        closure: Gc<Closure>,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<(), Raised> {
        let proto = closure.proto();
        let size = usize::from(proto.max_stack);
        let mut base = func.add(1);
        self.cur.top = base.add(n_args);
        // Registers are counted from the arguments' end, as the reference does: a script can tell
        // how deep it may recurse.
        if !self.has_room(size) {
            let position = self.cur.position(base);
            self.grow_stack(size)?;
            base = self.cur.slot_at(position);
        }
        let n_params = usize::from(proto.n_params);
        if n_args < n_params {
            base.add(n_args).clear(n_params - n_args);
        }
        self.cur.push_frame(base, proto.entry(), proto.consts(), want, 0);
        Ok(())
    }

    /// Runs a native function in a frame of its own.
    pub(crate) fn call_native(
        &mut self,
        native: &'static NativeFn,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<Next, Raised> {
        let result = self.enter_native(native, func, n_args, want)?;
        self.after_native(result)
    }

    /// The same, up to what the function itself returns.
    ///
    /// # Errors
    ///
    /// "stack overflow", before the function is called.
    #[inline(always)]
    pub(crate) fn enter_native(
        &mut self,
        native: &'static NativeFn,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<NativeResult, Raised> {
        self.push_native_frame(func, n_args, want)?;
        Ok((native.call)(self))
    }

    /// Pushes the frame of a native function, with room for what it pushes.
    #[inline(always)]
    pub(crate) fn push_native_frame(
        &mut self,
        func: Slot,
        n_args: usize,
        want: i32,
    ) -> Result<(), Raised> {
        let mut base = func.add(1);
        self.cur.top = base.add(n_args);
        if self.cur.limit.above(self.cur.top) < NATIVE_ROOM {
            let position = self.cur.position(base);
            self.grow_stack(NATIVE_ROOM)?;
            base = self.cur.slot_at(position);
        }
        self.cur.push_frame(base, Pc::NULL, Consts::NULL, want, 0);
        Ok(())
    }

    /// What follows from how a native function ended.
    pub(crate) fn after_native(&mut self, result: NativeResult) -> Result<Next, Raised> {
        match result? {
            NativeRet::Values(n) => {
                if self.heap.is_step_due() {
                    self.safepoint()?;
                }
                Ok(Next::ret(self.cur.top.sub(n), n))
            }
            NativeRet::Call(n_args) => {
                let func = self.cur.top.sub(n_args + 1);
                Ok(Next::call(func, n_args, CONT))
            }
            NativeRet::Resume(n_args) => match self.resumed.take() {
                Some(thread) => self.resume(thread, n_args),
                None => Ok(Next::RUN),
            },
            NativeRet::Yield(n) => self.yield_values(n, Cont::Yielded),
            NativeRet::YieldHost(n) => self.yield_values(n, Cont::HostYielded),
        }
    }

    /// Ends the top frame with `n` results from `first` up.
    pub(crate) fn end_frame(&mut self, first: Slot, n: usize) -> Result<Next, Raised> {
        let first = if self.hook_mask == 0 { first } else { self.hook_return(first, n)? };
        let frame = self.cur.frame;
        let want = frame.want.get();
        let dest = self.func_slot(frame);
        self.cur.pop_frame();
        if want >= MULTI {
            self.move_results(dest, first, n, want);
            return Ok(Next::RUN);
        }
        if counts_as_c_call(want) {
            self.uncount_c_calls(1);
        }
        match want {
            FINISH_OP => {
                let value = if n == 0 { Value::NIL } else { first.get() };
                self.finish_op(dest, value)
            }
            CONT => {
                dest.copy_from(first, n);
                self.cur.top = dest.add(n);
                self.continue_native(dest, n)
            }
            BODY => self.finish_body(first, n),
            _ => {
                dest.copy_from(first, n);
                self.cur.top = dest.add(n);
                Ok(Next::EXIT)
            }
        }
    }

    /// Moves results to where the caller wants them (`moveresults`).
    #[inline]
    pub(crate) fn move_results(&mut self, dest: Slot, first: Slot, n: usize, want: i32) {
        if want == MULTI {
            dest.copy_from(first, n);
            self.cur.top = dest.add(n);
        } else {
            let want = want as usize;
            let copied = n.min(want);
            dest.copy_from(first, copied);
            dest.add(copied).clear(want - copied);
        }
    }

    /// Where the function of a frame was called, and its results go: a vararg function's frame
    /// stands above its arguments.
    pub(crate) fn func_slot(&self, frame: FrameRef) -> Slot {
        let func = frame.base.get().sub(1);
        match func.get().as_closure() {
            Some(closure)
                if frame.is_lua() && closure.proto().is_vararg && is_shifted(frame, closure) =>
            {
                let n_extra = (frame.info.get() & N_EXTRA_MASK) as usize;
                func.sub(n_extra + usize::from(closure.proto().n_params) + 1)
            }
            _ => func,
        }
    }

    /// The native function below goes on: what it called left `n` results from `dest` up.
    fn continue_native(&mut self, dest: Slot, n: usize) -> Result<Next, Raised> {
        let frame = self.cur.frame;
        let base = frame.base.get();
        match cont_of(frame) {
            Cont::Pcall => {
                // The results begin in the place of the function, which is the first argument's.
                let first = base.sub(1);
                first.set(Value::bool(true));
                debug_assert!(dest == base);
                Ok(Next::ret(first, n + 1))
            }
            Cont::Xpcall => {
                // xpcall(f, handler, ...) called from the third slot: handler, f, arguments.
                let first = dest.sub(1);
                first.set(Value::bool(true));
                Ok(Next::ret(first, n + 1))
            }
            Cont::Pairs => {
                dest.add(n).clear(3_usize.saturating_sub(n));
                Ok(Next::ret(dest, 3))
            }
            Cont::Closing | Cont::XpcallClosing => self.close_protected(),
            Cont::Host | Cont::HostProtected | Cont::HostYielded => self.continue_host(dest, n),
            Cont::HostClosing => self.close_host_protected(),
            Cont::None | Cont::Results | Cont::Resume | Cont::Wrap | Cont::Yielded => {
                Ok(Next::ret(dest, n))
            }
        }
    }

    /// Calls a value from Rust: it and its arguments are pushed, its results take their place.
    /// Nothing in between can yield.
    ///
    /// # Errors
    ///
    /// What the function raises, with the stack as it was below the function.
    #[inline]
    pub(crate) fn call(&mut self, n_args: usize) -> Result<(), Raised> {
        self.within_call(|vm| vm.call_counted(n_args))
    }

    /// Does what may make any number of calls with [`Vm::call_counted`], as one level of calls on
    /// the Rust stack.
    ///
    /// # Errors
    ///
    /// "C stack overflow", or what `action` fails with.
    #[inline]
    pub(crate) fn within_call<R>(
        &mut self,
        action: impl FnOnce(&mut Self) -> Result<R, Raised>,
    ) -> Result<R, Raised> {
        let n_outside = self.n_native_calls;
        self.n_native_calls += 1;
        if self.n_c_calls() >= MAX_C_CALLS
            && let Err(raised) = self.check_c_calls()
        {
            self.n_native_calls = n_outside;
            return Err(raised);
        }
        let thread = self.thread;
        thread.n_native_calls.set(thread.n_native_calls.get() + 1);
        let result = action(self);
        self.n_native_calls = n_outside;
        thread.n_native_calls.set(thread.n_native_calls.get() - 1);
        result
    }

    /// As [`Vm::call`], within a level that was counted already.
    pub(crate) fn call_counted(&mut self, n_args: usize) -> Result<(), Raised> {
        let func = self.cur.top.sub(n_args + 1);
        let position = self.cur.position(func);
        let (thread, depth) = (self.thread, self.cur.depth());
        let flow = match func.get().as_closure() {
            Some(closure) => match self.push_lua_frame(closure, func, n_args, HOST) {
                Ok(()) if self.hook_mask != 0 => self.hook_lua_call().map(|()| Flow::Run),
                pushed => pushed.map(|()| Flow::Run),
            },
            None => self.drive(Next::call(func, n_args, HOST)),
        };
        let result = match flow {
            Ok(Flow::Run) => self.run(),
            Ok(Flow::Exit) => Ok(()),
            Err(Raised) => self.unwind_and_run(thread, depth),
        };
        if result.is_err() {
            self.cur.top = self.cur.slot_at(position);
        }
        result
    }

    /// Calls a value from Rust, showing an error to a handler where it is raised.
    ///
    /// # Errors
    ///
    /// What the handler made of the error.
    pub(crate) fn call_protected(&mut self, n_args: usize, handler: Value) -> Result<(), Raised> {
        let host =
            HostHandler { thread: self.thread, depth: self.cur.depth(), handler: Some(handler) };
        let previous = self.host_handler.replace(host);
        let result = self.call(n_args);
        self.host_handler = previous;
        result
    }

    /// An error before the first Lua function ran: it may still be caught above the host's call.
    fn unwind_and_run(&mut self, thread: Gc<Thread>, depth: usize) -> Result<(), Raised> {
        // In a coroutine that the call resumed, depths are others.
        if self.thread == thread && self.cur.depth() <= depth {
            return Err(Raised);
        }
        match self.unwind() {
            Ok(Flow::Run) => self.run(),
            Ok(Flow::Exit) => Ok(()),
            Err(Raised) => Err(Raised),
        }
    }

    /// Forgets calls that have ended. Those that a coroutine left open when it yielded were not
    /// counted again when it was resumed.
    #[inline(always)]
    pub(crate) fn uncount_c_calls(&mut self, n: u32) {
        self.n_native_calls = self.n_native_calls.saturating_sub(n).max(self.n_calls_below);
    }

    /// Calls of C functions there would be in the reference.
    pub(crate) fn n_c_calls(&self) -> u32 {
        self.n_native_calls
    }

    /// Too many calls on the Rust stack (`luaE_checkcstack`): a few more are there for a message
    /// handler.
    #[cold]
    fn check_c_calls(&mut self) -> Result<(), Raised> {
        if self.n_c_calls() == MAX_C_CALLS {
            let raised = self.runtime_error(b"C stack overflow");
            self.run_message_handler();
            return Err(raised);
        }
        if self.n_c_calls() >= MAX_C_CALLS / 10 * 11 {
            return Err(self.error_in_error());
        }
        Ok(())
    }

    /// Calls a function with arguments and returns its first result.
    pub(crate) fn call_for_one(&mut self, func: Value, args: &[Value]) -> Result<Value, Raised> {
        self.check_stack(args.len() + 1, "")?;
        self.push(func);
        for arg in args {
            self.push(*arg);
        }
        let position = self.cur.position(self.cur.top) - args.len() - 1;
        self.call(args.len())?;
        let first = self.cur.slot_at(position);
        let value = if first < self.cur.top { first.get() } else { Value::NIL };
        self.cur.top = first;
        Ok(value)
    }
}

/// Whether VARARGPREP has moved the frame already.
fn is_shifted(frame: FrameRef, closure: Gc<Closure>) -> bool {
    frame.pc.get() != closure.proto().entry()
}

/// Whether the reference would call on the C stack what we only push a frame for: its limit on such
/// calls is part of what a script can see.
pub(crate) const fn counts_as_c_call(want: i32) -> bool {
    want == FINISH_OP || want == CONT
}
