//! Tests: each decides whether the jump that follows is taken.

use super::control::{Outcome, follow, settle, slow};
use super::slow::compare;
use super::unchecked::Place;
use super::{Insn, handlers, next};
use crate::metamethod::Event;
use crate::stack::Slot;
use crate::value::Tag;
use crate::vm::Vm;
use moonproof_bytecode::OpCode;

/// Takes the jump that follows, or goes on behind it.
macro_rules! branch {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $outcome:expr) => {{
        let outcome: bool = $outcome;
        if outcome == $i.k() {
            next!($vm, $pc.next().jump($pc.fetch().wide()), $base, $k, $t)
        }
        next!($vm, $pc.next(), $base, $k, $t)
    }};
}

macro_rules! order {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $op:tt) => {{
        let (x, y) = ($base.reg($i.a()), $base.reg($i.b()));
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            branch!($vm, $pc, $base, $k, $i, $t, x.int() $op y.int())
        }
        if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            branch!($vm, $pc, $base, $k, $i, $t, x.float() $op y.float())
        }
        return order_other($vm, $pc, $base, $k, $i, $t);
    }};
}

macro_rules! order_imm {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $op:tt) => {{
        let x = $base.reg($i.a());
        if x.tag() == Tag::INT {
            branch!($vm, $pc, $base, $k, $i, $t, x.int() $op $i.sb())
        }
        if x.tag() == Tag::FLOAT {
            branch!($vm, $pc, $base, $k, $i, $t, x.float() $op $i.sb() as f64)
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

handlers! {
    fn eq(vm, pc, base, k, i, t) {
        let (x, y) = (base.reg(i.a()), base.reg(i.b()));
        if x.tag() == y.tag() && (x.tag() == Tag::INT || x.tag() == Tag::SHORT_STR) {
            branch!(vm, pc, base, k, i, t, x.payload() == y.payload())
        }
        return eq_other(vm, pc, base, k, i, t);
    }

    fn eq_other(vm, pc, base, k, i, t) {
        let (x, y) = (base.reg(i.a()).get(), base.reg(i.b()).get());
        let may_call = x.tag() == y.tag() && (x.tag() == Tag::TABLE || x.tag() == Tag::USERDATA);
        if may_call && x.payload() != y.payload() {
            vm.cur.frame.pc.set(pc);
            let outcome = equal_step(vm, base, i);
            follow!(vm, t, outcome)
        }
        branch!(vm, pc, base, k, i, t, x.raw_equals(y))
    }

    fn lt(vm, pc, base, k, i, t) {
        order!(vm, pc, base, k, i, t, <)
    }

    fn le(vm, pc, base, k, i, t) {
        order!(vm, pc, base, k, i, t, <=)
    }

    #[inline(never)]
    fn order_other(vm, pc, base, k, i, t) {
        let or_equal = i.op() == OpCode::Le as u8;
        match compare(or_equal, base.reg(i.a()).get(), base.reg(i.b()).get()) {
            Some(outcome) => branch!(vm, pc, base, k, i, t, outcome),
            None => {
                vm.cur.frame.pc.set(pc);
                let outcome = order_step(vm, base, i);
                follow!(vm, t, outcome)
            }
        }
    }

    fn eq_k(vm, pc, base, k, i, t) {
        let (x, y) = (base.reg(i.a()), k.place(i.b()));
        if x.tag() == Tag::SHORT_STR {
            branch!(vm, pc, base, k, i, t, x.payload() == y.payload() && y.tag() == Tag::SHORT_STR)
        }
        return eq_k_other(vm, pc, base, k, i, t);
    }

    fn eq_k_other(vm, pc, base, k, i, t) {
        let (x, y) = (base.reg(i.a()).get(), k.value(i.b()));
        branch!(vm, pc, base, k, i, t, x.raw_equals(y))
    }

    fn eq_i(vm, pc, base, k, i, t) {
        let x = base.reg(i.a());
        if x.tag() == Tag::INT {
            branch!(vm, pc, base, k, i, t, x.int() == i.sb())
        }
        branch!(vm, pc, base, k, i, t, x.tag() == Tag::FLOAT && x.float() == i.sb() as f64)
    }

    fn lt_i(vm, pc, base, k, i, t) {
        order_imm!(vm, pc, base, k, i, t, <)
    }

    fn le_i(vm, pc, base, k, i, t) {
        order_imm!(vm, pc, base, k, i, t, <=)
    }

    fn gt_i(vm, pc, base, k, i, t) {
        order_imm!(vm, pc, base, k, i, t, >)
    }

    fn ge_i(vm, pc, base, k, i, t) {
        order_imm!(vm, pc, base, k, i, t, >=)
    }

    fn test(vm, pc, base, k, i, t) {
        branch!(vm, pc, base, k, i, t, !base.reg(i.a()).tag().is_falsy())
    }

    fn test_set(vm, pc, base, k, i, t) {
        let x = base.reg(i.b());
        if x.tag().is_falsy() == i.k() {
            next!(vm, pc.next(), base, k, t)
        }
        base.reg(i.a()).set(x.get());
        next!(vm, pc.next().jump(pc.fetch().wide()), base, k, t)
    }
}

#[inline(never)]
fn equal_step(vm: &mut Vm, base: Slot, i: Insn) -> Outcome {
    let next = vm.equal_by_handler(i, base.reg(i.a()).get(), base.reg(i.b()).get());
    settle(vm, next)
}

#[inline(never)]
fn order_step(vm: &mut Vm, base: Slot, i: Insn) -> Outcome {
    let event = if i.op() == OpCode::Le as u8 { Event::Le } else { Event::Lt };
    let next = vm.order_by_handler(event, base.reg(i.a()).get(), base.reg(i.b()).get());
    settle(vm, next)
}
