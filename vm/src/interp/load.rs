//! Moves, constants and upvalues.

use super::unchecked::running;
use super::{SLOT_BYTES, handlers, next};
use crate::value::Value;

handlers! {
    fn mov(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(base.reg(i.b()).get());
        next!(vm, pc, base, k, t)
    }

    fn load_i(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(Value::int(i64::from(i.wide())));
        next!(vm, pc, base, k, t)
    }

    fn load_f(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(Value::float(f64::from(i.wide())));
        next!(vm, pc, base, k, t)
    }

    fn load_k(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(k.value(i.wide() as usize));
        next!(vm, pc, base, k, t)
    }

    fn load_kx(vm, pc, base, k, i, t) {
        let index = pc.fetch().wide() as usize;
        base.reg(i.a()).set(k.value(index * SLOT_BYTES));
        next!(vm, pc.next(), base, k, t)
    }

    fn load_false(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(Value::bool(false));
        next!(vm, pc, base, k, t)
    }

    fn false_skip(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(Value::bool(false));
        next!(vm, pc.next(), base, k, t)
    }

    fn load_true(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(Value::bool(true));
        next!(vm, pc, base, k, t)
    }

    fn load_nil(vm, pc, base, k, i, t) {
        base.reg(i.a()).clear(i.b() + 1);
        next!(vm, pc, base, k, t)
    }

    fn get_upval(vm, pc, base, k, i, t) {
        base.reg(i.a()).set(running(base).upval(i.b()).get());
        next!(vm, pc, base, k, t)
    }

    fn set_upval(vm, pc, base, k, i, t) {
        let value = base.reg(i.a()).get();
        let upval = running(base).upval(i.b());
        upval.set(value);
        if value.tag().is_collectable() && upval.erase().is_black() {
            return upval_barrier(vm, pc, base, k, i, t);
        }
        next!(vm, pc, base, k, t)
    }

    /// The rest of a SETUPVAL whose upvalue the collector has seen.
    #[cold]
    #[inline(never)]
    fn upval_barrier(vm, pc, base, k, i, t) {
        let upval = running(base).upval(i.b());
        vm.heap.collector.barrier(upval, upval.get());
        next!(vm, pc, base, k, t)
    }
}
