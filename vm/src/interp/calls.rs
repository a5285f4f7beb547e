//! Calls, returns, closures and variable arguments.

use super::control::{self, Outcome, dispatch, follow, settle};
use super::unchecked::running;
use super::{Consts, Exit, Insn, Pc, Step, Table, exit, handlers, next};
use crate::call::{
    CLOSING_RETURN, CONCAT_SHIFT, FINISH_OP, HOST, MULTI, N_EXTRA_MASK, Next, SWAPPED_LT,
    TAIL_CALLED,
};
use crate::closure::{Closure, NativeFn};
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::native::{NativeResult, NativeRet};
use crate::stack::{FrameRef, Slot};
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};
use moonproof_bytecode::OpCode;

handlers! {
    fn call(vm, pc, base, k, i, t) {
        let func = base.reg(i.a());
        vm.cur.frame.pc.set(pc);
        // The second test is rule V2 once more: it costs nothing that could be measured.
        if func.tag() == Tag::CLOSURE && vm.cur.pending < func {
            let proto = Gc::<Closure>::from_addr(func.payload()).proto();
            let new_base = func.add(1);
            if i.b() > usize::from(proto.n_params)
                && func.add(i.b()).add(usize::from(proto.max_stack)) <= vm.cur.limit
                && vm.cur.has_frame_room()
            {
                vm.cur.top = func.add(i.b());
                let (entry, consts) = (proto.entry(), proto.consts());
                vm.cur.push_frame(new_base, entry, consts, i.c() as i32 - 1, 0);
                next!(vm, entry, new_base, consts, t)
            }
        }
        return call_other(vm, pc, base, k, i, t);
    }

    fn tail_call(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let outcome = tail_call_step(vm, base, i);
        follow!(vm, t, outcome)
    }

    fn ret(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let outcome = return_step(vm, base, i);
        follow!(vm, t, outcome)
    }

    fn return0(vm, pc, base, k, i, t) {
        let frame = vm.cur.frame;
        let want = frame.want.get();
        if want as u32 <= 1 && vm.cur.pending < base {
            if want == 1 {
                base.sub(1).set(Value::NIL);
            }
            vm.cur.frame = frame.below();
            dispatch!(vm, t)
        }
        return return_other(vm, pc, base, k, i, t);
    }

    fn return1(vm, pc, base, k, i, t) {
        let frame = vm.cur.frame;
        let want = frame.want.get();
        if want as u32 <= 1 && vm.cur.pending < base {
            if want == 1 {
                base.sub(1).set(base.reg(i.a()).get());
            }
            vm.cur.frame = frame.below();
            dispatch!(vm, t)
        }
        return return_other(vm, pc, base, k, i, t);
    }

    fn closure(vm, pc, base, k, i, t) {
        let target = base.reg(i.a());
        vm.make_closure(running(base), i.wide() as usize, base, target);
        if vm.heap.is_step_due() {
            return control::collect(vm, pc, target.add(1), k, i, t);
        }
        next!(vm, pc, base, k, t)
    }

    fn vararg(vm, pc, base, k, i, t) {
        let n = (vm.cur.frame.info.get() & N_EXTRA_MASK) as usize;
        if i.c() == 0 {
            vm.cur.frame.pc.set(pc);
            let outcome = varargs_step(vm, base.reg(i.a()), n);
            follow!(vm, t, outcome)
        }
        let want = i.c() - 1;
        let first = base.sub(n + 1);
        let target = base.reg(i.a());
        let copied = n.min(want);
        target.copy_from(first, copied);
        target.add(copied).clear(want - copied);
        next!(vm, pc, base, k, t)
    }

    fn vararg_prep(vm, pc, base, k, i, t) {
        let outcome = shift_step(vm, pc, base, i.a());
        follow!(vm, t, outcome)
    }

    fn call_with_events(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let func = base.reg(i.a());
        if vm.cur.pending >= func {
            return control::malformed(vm, pc, base, k, i, t);
        }
        let outcome = hooked_call_step(vm, func, i);
        follow!(vm, t, outcome)
    }

    fn return_with_events(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let outcome = hooked_return_step(vm, base, i);
        follow!(vm, t, outcome)
    }

    fn vararg_prep_with_events(vm, pc, base, k, i, t) {
        let outcome = hooked_shift_step(vm, pc, base, i.a());
        follow!(vm, t, outcome)
    }
}

/// A return that is not the plain one: to a metamethod's caller, to the host, with other results.
#[inline(never)]
fn return_other(vm: &mut Vm, pc: Pc, base: Slot, _k: Consts, i: Insn, t: Table) -> Step {
    let n = usize::from(i.op() == OpCode::Return1 as u8);
    let want = vm.cur.frame.want.get();
    if vm.cur.pending < base && want == FINISH_OP {
        let caller = vm.cur.frame.below();
        let value = if n == 0 { Value::NIL } else { base.reg(i.a()).get() };
        if let Some(target) = result_slot(vm, caller, base.sub(1)) {
            target.set(value);
            vm.cur.frame = caller;
            vm.uncount_c_calls(1);
            dispatch!(vm, t)
        }
        if let Some(test) = plain_test(caller) {
            vm.cur.frame = caller;
            vm.uncount_c_calls(1);
            vm.branch(test, !value.is_falsy());
            dispatch!(vm, t)
        }
    }
    if vm.cur.pending < base && want == HOST {
        // The end of a native function's call, such as of a comparison of `sort`.
        let dest = base.sub(1);
        dest.copy_from(base.reg(i.a()), n);
        vm.cur.top = dest.add(n);
        vm.cur.pop_frame();
        exit!(Exit::Done)
    }
    vm.cur.frame.pc.set(pc);
    let outcome = end_step(vm, base, base.reg(i.a()), n);
    follow!(vm, t, outcome)
}

/// Where the result of a metamethod goes, if that is all there is to finishing the instruction that
/// called it, the last one of `frame`; `nowhere` is a slot that nobody needs any more.
#[inline(always)]
pub(super) fn result_slot(vm: &Vm, frame: FrameRef, nowhere: Slot) -> Option<Slot> {
    let (pc, base) = (frame.pc.get(), frame.base.get());
    let i = pc.current();
    match OpCode::from_u8(i.op())? {
        OpCode::GetTabUp
        | OpCode::GetTable
        | OpCode::GetI
        | OpCode::GetField
        | OpCode::SelfOp
        | OpCode::Unm
        | OpCode::BNot
        | OpCode::Len => Some(base.reg(i.a())),
        OpCode::MmBin | OpCode::MmBinI | OpCode::MmBinK => Some(base.reg(pc.previous().a())),
        OpCode::SetTabUp | OpCode::SetTable | OpCode::SetI | OpCode::SetField => Some(nowhere),
        // With nothing left of it to the left.
        OpCode::Concat if frame.info.get() >> CONCAT_SHIFT & 0xFF == 1 => Some(base.reg(i.a())),
        OpCode::Close if vm.cur.pending < base.reg(i.a()) => Some(nowhere),
        _ => None,
    }
}

/// The last instruction of a frame, if it is a comparison whose metamethod answers it as it is.
#[inline(always)]
fn plain_test(frame: FrameRef) -> Option<Insn> {
    let i = frame.pc.get().current();
    (is_comparison(i) && frame.info.get() & SWAPPED_LT == 0).then_some(i)
}

/// Whether a metamethod may answer a test.
#[inline(always)]
pub(super) fn is_comparison(i: Insn) -> bool {
    matches!(
        OpCode::from_u8(i.op()),
        Some(
            OpCode::Eq
                | OpCode::Lt
                | OpCode::Le
                | OpCode::LtI
                | OpCode::LeI
                | OpCode::GtI
                | OpCode::GeI
        )
    )
}

/// A call of anything, with any number of arguments; its place is saved.
#[inline(never)]
fn call_other(vm: &mut Vm, pc: Pc, base: Slot, k: Consts, i: Insn, t: Table) -> Step {
    let func = base.reg(i.a());
    if vm.cur.pending >= func {
        return control::malformed(vm, pc, base, k, i, t);
    }
    let Some(native) = func.get().as_native() else {
        let outcome = call_step(vm, func, i);
        follow!(vm, t, outcome)
    };
    let top = if i.b() == 0 { vm.cur.top } else { func.add(i.b()) };
    if !vm.cur.has_native_room(top) {
        let outcome = native_step(vm, native, func, i);
        follow!(vm, t, outcome)
    }
    // All that lives across the call is the VM.
    vm.cur.top = top;
    vm.cur.push_frame(func.add(1), Pc::NULL, Consts::NULL, i.c() as i32 - 1, 0);
    let result = (native.call)(vm);
    if let Ok(NativeRet::Values(n)) = result
        && vm.cur.frame.want.get() as u32 <= 1
        && !vm.heap.is_step_due()
        && vm.hook_mask == 0
    {
        let frame = vm.cur.frame;
        if frame.want.get() == 1 {
            let value = if n == 0 { Value::NIL } else { vm.cur.top.sub(n).get() };
            frame.base.get().sub(1).set(value);
        }
        vm.cur.pop_frame();
        // It may have had fuel taken or given.
        let t = vm.dispatch.table();
        dispatch!(vm, t)
    }
    let outcome = native_ends(vm, result);
    follow!(vm, t, outcome)
}

#[inline(never)]
fn native_ends(vm: &mut Vm, result: NativeResult) -> Outcome {
    let next = vm.after_native(result);
    settle(vm, next)
}

#[inline(never)]
fn end_step(vm: &mut Vm, base: Slot, first: Slot, n: usize) -> Outcome {
    if vm.cur.pending >= base {
        vm.close_upvals(base);
        if vm.cur.pending >= base {
            // Rule C2 once more, off the fast path.
            let raised = vm.runtime_error(b"malformed bytecode (rule C2)");
            return settle(vm, Err(raised));
        }
    }
    let next = vm.end_frame(first, n);
    settle(vm, next)
}

/// A call of a native function, which mostly returns at once.
#[inline(never)]
fn native_step(vm: &mut Vm, native: &'static NativeFn, func: Slot, i: Insn) -> Outcome {
    let n_args = if i.b() == 0 { vm.cur.top.above(func.add(1)) } else { i.b() - 1 };
    native_call(vm, native, func, n_args, i.c() as i32 - 1)
}

/// A call of a native function while there are no hooks.
#[inline(always)]
pub(super) fn native_call(
    vm: &mut Vm,
    native: &'static NativeFn,
    func: Slot,
    n_args: usize,
    want: i32,
) -> Outcome {
    let result = match vm.enter_native(native, func, n_args, want) {
        Ok(result) => result,
        Err(Raised) => return settle(vm, Err(Raised)),
    };
    if let Ok(NativeRet::Values(n)) = result
        && !vm.heap.is_step_due()
        && vm.hook_mask == 0
    {
        let first = vm.cur.top.sub(n);
        let dest = vm.cur.frame.base.get().sub(1);
        vm.cur.pop_frame();
        if want == 1 {
            dest.set(if n == 0 { Value::NIL } else { first.get() });
        } else {
            vm.move_results(dest, first, n, want);
        }
        return Outcome::Run;
    }
    let next = vm.after_native(result);
    settle(vm, next)
}

/// A call of a Lua function, or by way of `__call`.
#[inline(never)]
fn call_step(vm: &mut Vm, func: Slot, i: Insn) -> Outcome {
    let n_args = if i.b() == 0 { vm.cur.top.above(func.add(1)) } else { i.b() - 1 };
    let next = vm.begin_call(func, n_args, i.c() as i32 - 1);
    settle(vm, next)
}

#[inline(never)]
fn hooked_call_step(vm: &mut Vm, func: Slot, i: Insn) -> Outcome {
    let n_args = if i.b() == 0 { vm.cur.top.above(func.add(1)) } else { i.b() - 1 };
    let next = vm.begin_call(func, n_args, i.c() as i32 - 1);
    settle(vm, next)
}

#[inline(never)]
fn hooked_return_step(vm: &mut Vm, base: Slot, i: Insn) -> Outcome {
    let n = usize::from(i.op() == OpCode::Return1 as u8);
    if i.op() == OpCode::Return as u8 {
        return return_step(vm, base, i);
    }
    end_step(vm, base, base.reg(i.a()), n)
}

#[inline(never)]
fn hooked_shift_step(vm: &mut Vm, pc: Pc, base: Slot, n_params: usize) -> Outcome {
    let next = vm.shift_varargs(pc, base, n_params).and_then(|next| {
        vm.hook_vararg_call()?;
        Ok(next)
    });
    settle(vm, next)
}

#[inline(never)]
fn tail_call_step(vm: &mut Vm, base: Slot, i: Insn) -> Outcome {
    let next = vm.tail_call(base, i);
    settle(vm, next)
}

#[inline(never)]
fn return_step(vm: &mut Vm, base: Slot, i: Insn) -> Outcome {
    let next = vm.return_op(base, i);
    settle(vm, next)
}

#[inline(never)]
fn varargs_step(vm: &mut Vm, target: Slot, n: usize) -> Outcome {
    let next = vm.all_varargs(target, n);
    settle(vm, next)
}

#[inline(never)]
fn shift_step(vm: &mut Vm, pc: Pc, base: Slot, n_params: usize) -> Outcome {
    let next = vm.shift_varargs(pc, base, n_params);
    settle(vm, next)
}

impl Vm {
    fn tail_call(&mut self, base: Slot, i: Insn) -> Result<Next, Raised> {
        let mut func = base.reg(i.a());
        let mut n_args = if i.b() == 0 { self.cur.top.above(func.add(1)) } else { i.b() - 1 };
        if self.cur.pending >= base {
            self.close_upvals(base);
            if self.cur.pending >= base {
                return Err(self.runtime_error(b"malformed bytecode (rule C2)"));
            }
        }
        while !func.get().tag().is_function() {
            func = self.insert_call_handler(func, n_args)?;
            n_args += 1;
        }
        let Some(closure) = func.get().as_closure() else {
            // A native function is called as always; the RETURN that follows passes its results on.
            return self.begin_call(func, n_args, MULTI);
        };
        let frame = self.cur.frame;
        let (want, dest) = (frame.want.get(), self.func_slot(frame));
        dest.copy_from(func, n_args + 1);
        self.cur.pop_frame();
        self.push_lua_frame(closure, dest, n_args, want)?;
        self.cur.frame.info.set(TAIL_CALLED);
        if self.hook_mask != 0 {
            self.hook_lua_call()?;
        }
        Ok(Next::RUN)
    }

    /// RETURN in all its forms (`OP_RETURN`, lvm.c).
    fn return_op(&mut self, base: Slot, i: Insn) -> Result<Next, Raised> {
        let first = base.reg(i.a());
        let n = if i.b() == 0 { self.cur.top.above(first) } else { i.b() - 1 };
        if self.cur.pending >= base {
            self.close_upvals(base);
            if let Some(variable) = self.take_to_close(base) {
                if !i.k() {
                    return Err(self.runtime_error(b"malformed bytecode (rule C2)"));
                }
                // Executed again when the handler has returned; it finds the number of results
                // below the handler's place.
                let place = self.frame_top().max(first.add(n));
                self.cur.top = place;
                let value = variable.get();
                if !self.has_room(5) {
                    let position = self.cur.position(place);
                    self.grow_stack(5)?;
                    self.cur.top = self.cur.slot_at(position);
                }
                let handler = self.handler(value, Event::Close);
                self.push(Value::int(n as i64));
                let info = &self.cur.frame.info;
                info.set(info.get() | CLOSING_RETURN);
                let func = self.cur.top;
                self.push(handler);
                self.push(value);
                self.push(Value::NIL);
                if handler.is_nil() {
                    return Err(self.call_error_for(Value::NIL, "metamethod 'close'"));
                }
                return Ok(Next::call(func, 2, FINISH_OP));
            }
        }
        self.end_frame(first, n)
    }

    #[inline(never)]
    fn make_closure(&mut self, parent: Gc<Closure>, index: usize, base: Slot, target: Slot) {
        let proto = self.heap.child_proto(parent.proto(), index);
        let upvalues = &proto.shared.proto.upvalues;
        let closure = self.heap.new_closure(proto, upvalues.len() as u8);
        // The closure may capture its own register.
        for (n, desc) in upvalues.iter().enumerate() {
            let upval = if desc.in_stack != 0 {
                self.capture(base.add(usize::from(desc.idx)))
            } else {
                parent.upval(usize::from(desc.idx))
            };
            closure.set_upval(n, upval);
        }
        target.set(Value::closure(closure));
    }

    /// Copies all variable arguments to `target` and above, and sets top.
    fn all_varargs(&mut self, target: Slot, n: usize) -> Result<Next, Raised> {
        let position = self.cur.position(target);
        self.cur.top = target;
        if !self.has_room(n) {
            self.cur.top = self.frame_top().max(target);
            self.grow_stack(n)?;
        }
        let target = self.cur.slot_at(position);
        let first = self.cur.frame.base.get().sub(n + 1);
        target.copy_from(first, n);
        self.cur.top = target.add(n);
        Ok(Next::RUN)
    }

    /// Moves a vararg function's frame above its arguments (`luaT_adjustvarargs`).
    fn shift_varargs(&mut self, pc: Pc, base: Slot, n_params: usize) -> Result<Next, Raised> {
        let n_args = self.cur.top.above(base).max(n_params);
        let n_extra = n_args - n_params;
        let func = base.sub(1);
        let Some(closure) = func.get().as_closure() else { return Ok(Next::RUN) };
        let size = usize::from(closure.proto().max_stack) + 1;
        let position = self.cur.position(func);
        self.cur.top = base.add(n_args);
        if !self.has_room(size) {
            self.grow_stack(size)?;
        }
        let func = self.cur.slot_at(position);
        let new_func = func.add(n_args + 1);
        new_func.copy_from(func, n_params + 1);
        // The originals must not keep what the parameters no longer do.
        func.add(1).clear(n_params);
        // The variable arguments stand right below the new frame.
        let frame = self.cur.frame;
        frame.base.set(new_func.add(1));
        frame.info.set(frame.info.get() | n_extra as u32);
        frame.pc.set(pc);
        Ok(Next::RUN)
    }
}
