//! Tests: each decides whether the jump that follows is taken.

use super::{control::slow, handlers, next};
use crate::value::{Tag, Value};

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
        let (x, y) = ($base.byte_add($i.a()).get(), $base.byte_add($i.b()).get());
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            branch!($vm, $pc, $base, $k, $i, $t, x.int_bits() $op y.int_bits())
        }
        if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            branch!($vm, $pc, $base, $k, $i, $t, x.float_bits() $op y.float_bits())
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

macro_rules! order_imm {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $op:tt) => {{
        let x = $base.byte_add($i.a()).get();
        if x.tag() == Tag::INT {
            branch!($vm, $pc, $base, $k, $i, $t, x.int_bits() $op $i.sb())
        }
        if x.tag() == Tag::FLOAT {
            branch!($vm, $pc, $base, $k, $i, $t, x.float_bits() $op $i.sb() as f64)
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

handlers! {
    fn eq(vm, pc, base, k, i, t) {
        let (x, y) = (base.byte_add(i.a()).get(), base.byte_add(i.b()).get());
        if x.tag() == y.tag() {
            match x.tag() {
                Tag::FLOAT => branch!(vm, pc, base, k, i, t, x.float_bits() == y.float_bits()),
                Tag::TABLE | Tag::USERDATA | Tag::LONG_STR if x.payload() != y.payload() => {
                    return slow(vm, pc, base, k, i, t);
                }
                // The payload of nil and booleans says nothing.
                tag => branch!(vm, pc, base, k, i, t, tag <= Tag::TRUE || x.payload() == y.payload()),
            }
        }
        branch!(vm, pc, base, k, i, t, x.raw_equals(y))
    }

    fn lt(vm, pc, base, k, i, t) {
        order!(vm, pc, base, k, i, t, <)
    }

    fn le(vm, pc, base, k, i, t) {
        order!(vm, pc, base, k, i, t, <=)
    }

    fn eq_k(vm, pc, base, k, i, t) {
        let (x, y) = (base.byte_add(i.a()).get(), k.value(i.b()));
        if x.tag() == Tag::SHORT_STR || x.tag() == Tag::INT && y.tag() == Tag::INT {
            branch!(vm, pc, base, k, i, t, x.is_identical(y))
        }
        branch!(vm, pc, base, k, i, t, x.raw_equals(y))
    }

    fn eq_i(vm, pc, base, k, i, t) {
        let x = base.byte_add(i.a()).get();
        if x.tag() == Tag::INT {
            branch!(vm, pc, base, k, i, t, x.int_bits() == i.sb())
        }
        branch!(vm, pc, base, k, i, t, x.raw_equals(Value::int(i.sb())))
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
        branch!(vm, pc, base, k, i, t, !base.byte_add(i.a()).get().is_falsy())
    }

    fn test_set(vm, pc, base, k, i, t) {
        let x = base.byte_add(i.b()).get();
        if x.is_falsy() == i.k() {
            next!(vm, pc.next(), base, k, t)
        }
        base.byte_add(i.a()).set(x);
        next!(vm, pc.next().jump(pc.fetch().wide()), base, k, t)
    }
}
