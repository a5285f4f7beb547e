//! Jumps, and the ways out of the fast path.

use super::{Step, Table, handlers, next};
use crate::call::{Flow, Next};
use crate::vm::{Raised, Vm};

/// Goes on with the frame on top.
macro_rules! dispatch {
    ($vm:expr, $t:expr) => {{
        let frame = $vm.cur.frame;
        $crate::interp::next!($vm, frame.pc.get(), frame.base.get(), frame.consts.get(), $t)
    }};
}

/// Does what is next, and goes on with what is then on top.
macro_rules! follow {
    ($vm:expr, $t:expr, $next:expr) => {{
        let next: Result<$crate::call::Next, $crate::vm::Raised> = $next;
        match $crate::interp::control::settle($vm, next) {
            Ok($crate::call::Flow::Run) => $crate::interp::control::dispatch!($vm, $t),
            Ok($crate::call::Flow::Exit) => $crate::interp::exit!($crate::interp::Exit::Done),
            Err($crate::vm::Raised) => $crate::interp::exit!($crate::interp::Exit::Raised),
        }
    }};
}

pub(super) use {dispatch, follow};

/// Carries out a step, and an error's way to who catches it.
#[inline]
pub(super) fn settle(vm: &mut Vm, next: Result<Next, Raised>) -> Result<Flow, Raised> {
    match next {
        Ok(Next::Run) => Ok(Flow::Run),
        Ok(next) => match vm.drive(next) {
            Ok(flow) => Ok(flow),
            Err(Raised) => vm.unwind(),
        },
        Err(Raised) => vm.unwind(),
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
    let next = Err(vm.runtime_error(b"malformed bytecode"));
    follow!(vm, t, next)
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
    vm.safepoint();
    dispatch!(vm, t)
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
    let next = vm.slow(i);
    follow!(vm, t, next)
}

handlers! {
    fn jmp(vm, pc, base, k, i, t) {
        next!(vm, pc.jump(i.wide()), base, k, t)
    }

    fn close(vm, pc, base, k, i, t) {
        if vm.cur.pending < base.byte_add(i.a()) {
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }
}
