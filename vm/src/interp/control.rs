//! Jumps, and the ways out of the fast path.

use super::{Step, Table, handlers, next};
use crate::call::{Flow, Next};
use crate::hook::{COUNTS, LINES};
use crate::vm::{Raised, Vm};
use moonproof_bytecode::OpCode;

/// Goes on with the frame on top.
macro_rules! dispatch {
    ($vm:expr, $t:expr) => {{
        let frame = $vm.cur.frame;
        $crate::interp::next!($vm, frame.pc.get(), frame.base.get(), frame.consts.get(), $t)
    }};
}

/// Goes on as the outcome of a step outside the handlers says. Such a step is never inlined and
/// returns one byte: a handler with anything of its own in memory could not end in a jump.
macro_rules! follow {
    ($vm:expr, $t:expr, $outcome:expr) => {{
        let outcome: $crate::interp::control::Outcome = $outcome;
        match outcome {
            $crate::interp::control::Outcome::Run => {
                // It may have set a hook.
                let _ = $t;
                let t = $vm.dispatch.table();
                $crate::interp::control::dispatch!($vm, t)
            }
            $crate::interp::control::Outcome::Done => {
                $crate::interp::exit!($crate::interp::Exit::Done)
            }
            $crate::interp::control::Outcome::Raised => {
                $crate::interp::exit!($crate::interp::Exit::Raised)
            }
        }
    }};
}

pub(super) use {dispatch, follow};

/// What a step outside the handlers came to.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Outcome {
    /// Go on with the frame on top.
    Run,
    Done,
    Raised,
}

/// Carries out a step, and an error's way to who catches it.
#[inline]
pub(super) fn settle(vm: &mut Vm, next: Result<Next, Raised>) -> Outcome {
    let flow = match next {
        Ok(next) if next.is_run() => return Outcome::Run,
        Ok(next) => vm.drive(next),
        Err(Raised) => Err(Raised),
    };
    match flow {
        Ok(flow) => flow.into(),
        Err(Raised) => unwind(vm),
    }
}

#[cold]
#[inline(never)]
fn unwind(vm: &mut Vm) -> Outcome {
    match vm.unwind() {
        Ok(flow) => flow.into(),
        Err(Raised) => Outcome::Raised,
    }
}

impl From<Flow> for Outcome {
    fn from(flow: Flow) -> Self {
        match flow {
            Flow::Run => Self::Run,
            Flow::Exit => Self::Done,
        }
    }
}

/// An instruction that the verifier lets through only as the second half of another.
#[cold]
#[inline(never)]
pub(super) fn malformed(
    vm: &mut Vm,
    pc: super::Pc,
    _base: crate::stack::Slot,
    _k: super::Consts,
    _i: super::Insn,
    t: Table,
) -> Step {
    vm.cur.frame.pc.set(pc);
    let outcome = refuse(vm);
    follow!(vm, t, outcome)
}

#[inline(never)]
fn refuse(vm: &mut Vm) -> Outcome {
    let raised = vm.runtime_error(b"malformed bytecode");
    settle(vm, Err(raised))
}

/// Charges an instruction, then does what it says.
#[inline(never)]
pub(super) fn metered(
    vm: &mut Vm,
    pc: super::Pc,
    base: crate::stack::Slot,
    k: super::Consts,
    i: super::Insn,
    t: Table,
) -> Step {
    if vm.fuel == 0 {
        vm.cur.frame.pc.set(pc);
        let outcome = out_of_fuel(vm);
        follow!(vm, t, outcome)
    }
    vm.fuel -= 1;
    if super::fuel::depends_on_operands(i) {
        let units = super::fuel::extra_units(vm, base, k, i);
        vm.spend(units as usize);
    }
    super::run::plain(i)(vm, pc, base, k, i, t)
}

/// Charges and counts an instruction and finds new lines, then does what it says.
#[inline(never)]
pub(super) fn traced(
    vm: &mut Vm,
    pc: super::Pc,
    base: crate::stack::Slot,
    k: super::Consts,
    i: super::Insn,
    t: Table,
) -> Step {
    if !vm.metering && vm.hook_mask & LINES == 0 {
        if vm.hook_mask & COUNTS == 0 {
            // A hook runs.
            return super::run::plain(i)(vm, pc, base, k, i, t);
        }
        if vm.counts_quietly(i) {
            return super::run::with_events(i)(vm, pc, base, k, i, t);
        }
    }
    // VARARGPREP tells by the place whether it was executed, and is not traced.
    if i.op() != OpCode::VarargPrep as u8 {
        vm.cur.frame.pc.set(pc);
    }
    if let Err(outcome) = trace_step(vm, i) {
        follow!(vm, t, outcome)
    }
    let (base, t) = (vm.cur.frame.base.get(), vm.dispatch.table());
    super::run::with_events(i)(vm, pc, base, k, i, t)
}

/// The error is where to go on instead of the instruction.
#[inline(never)]
fn trace_step(vm: &mut Vm, i: super::Insn) -> Result<(), Outcome> {
    if vm.metering {
        if vm.fuel == 0 {
            return Err(out_of_fuel(vm));
        }
        vm.fuel -= 1;
        if super::fuel::depends_on_operands(i) {
            let frame = vm.cur.frame;
            let units = super::fuel::extra_units(vm, frame.base.get(), frame.consts.get(), i);
            vm.spend(units as usize);
        }
    }
    match vm.trace_instruction(i) {
        Ok(()) => Ok(()),
        Err(raised) => Err(settle(vm, Err(raised))),
    }
}

#[inline(never)]
fn interrupt_step(vm: &mut Vm) -> Outcome {
    // As a hook of the reference's raises it: the place is the caller's.
    let raised = vm.error_at_caller(b"interrupted!");
    settle(vm, Err(raised))
}

#[cold]
#[inline(never)]
fn out_of_fuel(vm: &mut Vm) -> Outcome {
    let raised = vm.exhaust("out of fuel");
    settle(vm, Err(raised))
}

/// Collects a little after an instruction that allocated; the registers end at `live`, which is
/// passed in the place of the base.
#[cold]
#[inline(never)]
pub(super) fn collect(
    vm: &mut Vm,
    pc: super::Pc,
    live: crate::stack::Slot,
    _k: super::Consts,
    _i: super::Insn,
    t: Table,
) -> Step {
    vm.cur.frame.pc.set(pc);
    vm.cur.top = live;
    let outcome = collect_step(vm);
    follow!(vm, t, outcome)
}

#[inline(never)]
fn collect_step(vm: &mut Vm) -> Outcome {
    let next = vm.safepoint().map(|()| Next::RUN);
    settle(vm, next)
}

/// The instruction's whole meaning, metamethods and errors included.
#[cold]
#[inline(never)]
pub(super) fn slow(
    vm: &mut Vm,
    pc: super::Pc,
    _base: crate::stack::Slot,
    _k: super::Consts,
    i: super::Insn,
    t: Table,
) -> Step {
    vm.cur.frame.pc.set(pc);
    let outcome = slow_step(vm, i);
    follow!(vm, t, outcome)
}

#[inline(never)]
fn slow_step(vm: &mut Vm, i: super::Insn) -> Outcome {
    let next = vm.slow(i);
    settle(vm, next)
}

handlers! {
    /// Raises what interrupts the script, if it does still, or puts the handlers back and goes on.
    #[cold]
    #[inline(never)]
    fn interrupted(vm, pc, base, k, i, t) {
        // VARARGPREP tells by the place whether it was executed; the instruction after it will do.
        if i.op() == OpCode::VarargPrep as u8 {
            return vm.handlers().of(i)(vm, pc, base, k, i, t);
        }
        if !vm.take_interruption() {
            let t = vm.dispatch.table();
            return t.of(i)(vm, pc, base, k, i, t);
        }
        vm.cur.frame.pc.set(pc);
        let outcome = interrupt_step(vm);
        follow!(vm, t, outcome)
    }

    fn jmp(vm, pc, base, k, i, t) {
        next!(vm, pc.jump(i.wide()), base, k, t)
    }

    fn close(vm, pc, base, k, i, t) {
        if vm.cur.pending < base.reg(i.a()) {
            next!(vm, pc, base, k, t)
        }
        vm.cur.frame.pc.set(pc);
        let outcome = close_step(vm, base.reg(i.a()));
        follow!(vm, t, outcome)
    }

    fn tbc(vm, pc, base, k, i, t) {
        vm.cur.frame.pc.set(pc);
        let outcome = tbc_step(vm, base, i);
        follow!(vm, t, outcome)
    }
}

#[inline(never)]
fn close_step(vm: &mut Vm, level: crate::stack::Slot) -> Outcome {
    let next = vm.close_op(level);
    settle(vm, next)
}

#[inline(never)]
fn tbc_step(vm: &mut Vm, base: crate::stack::Slot, i: super::Insn) -> Outcome {
    let next = vm.mark_to_close(base.reg(i.a()), i.a() / super::SLOT_BYTES).map(|()| Next::RUN);
    settle(vm, next)
}
