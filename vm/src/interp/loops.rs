//! Numeric and generic loops.

use moonproof_bytecode::number::{Number, convert};

use super::calls::native_call;
use super::control::{self, Outcome, settle, slow};
use super::{Insn, handlers, next};
use crate::call::Next;
use crate::closure::NativeFn;
use crate::stack::Slot;
use crate::stdlib::{IPAIRS_STEP, NEXT};
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};

handlers! {
    /// The types are looked at each time, since `debug.setlocal` can change them.
    fn for_loop(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let (count, step) = (state.add(1), state.add(2));
        if step.tag() == Tag::INT && count.tag() == Tag::INT && state.tag() == Tag::INT {
            if count.payload() > 0 {
                count.set(Value::int(count.int().wrapping_sub(1)));
                let next = Value::int(state.int().wrapping_add(step.int()));
                state.set(next);
                state.add(3).set(next);
                next!(vm, pc.jump(i.wide()), base, k, t)
            }
            next!(vm, pc, base, k, t)
        }
        return float_loop(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn float_loop(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let (limit, step) = (state.add(1), state.add(2));
        if step.tag() == Tag::FLOAT && limit.tag() == Tag::FLOAT && state.tag() == Tag::FLOAT {
            let next = state.float() + step.float();
            if if step.float() > 0.0 { next <= limit.float() } else { limit.float() <= next } {
                state.set(Value::float(next));
                state.add(3).set(Value::float(next));
                next!(vm, pc.jump(i.wide()), base, k, t)
            }
            next!(vm, pc, base, k, t)
        }
        return control::malformed(vm, pc, base, k, i, t);
    }

    fn for_prep(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let (index, limit, step) = (state.get(), state.add(1).get(), state.add(2).get());
        if index.tag() == Tag::INT && limit.tag() == Tag::INT && step.tag() == Tag::INT && step.int_bits() == 1 {
            let (from, to) = (index.int_bits(), limit.int_bits());
            if from > to {
                next!(vm, pc.jump(i.wide()), base, k, t)
            }
            state.add(1).set(Value::int(to.wrapping_sub(from)));
            state.add(3).set(index);
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn t_for_prep(vm, pc, base, k, i, t) {
        if base.reg(i.a()).add(3).get().is_falsy() {
            next!(vm, pc.jump(i.wide()), base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn t_for_call(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let func = state.add(4);
        func.copy_from(state, 3);
        vm.cur.frame.pc.set(pc);
        if vm.cur.pending >= func {
            return control::malformed(vm, pc, base, k, i, t);
        }
        if func.tag() == Tag::NATIVE && iterate_native(vm, func, i.c()) {
            next!(vm, pc, base, k, t)
        }
        let outcome = match func.get().as_native() {
            Some(native) => iterate_with(vm, native, func, i.c() as i32),
            None => iterate(vm, func, i.c() as i32),
        };
        control::follow!(vm, t, outcome)
    }

    fn t_for_call_with_events(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let func = state.add(4);
        func.copy_from(state, 3);
        vm.cur.frame.pc.set(pc);
        if vm.cur.pending >= func {
            return control::malformed(vm, pc, base, k, i, t);
        }
        let outcome = iterate(vm, func, i.c() as i32);
        control::follow!(vm, t, outcome)
    }

    fn t_for_loop(vm, pc, base, k, i, t) {
        let state = base.reg(i.a());
        let control = state.add(4).get();
        if control.is_nil() {
            next!(vm, pc, base, k, t)
        }
        state.add(2).set(control);
        next!(vm, pc.jump(i.wide()), base, k, t)
    }
}

/// The steps of `pairs` and `ipairs` on tables, without a call. The function, the table and the
/// control value are in `func` and above, where `want` results go; false if it is another iterator.
#[inline(never)]
fn iterate_native(vm: &mut Vm, func: Slot, want: usize) -> bool {
    let Some(table) = func.add(1).get().as_table() else { return false };
    let control = func.add(2).get();
    let (key, value) = if func.get().is_identical(Value::native(&NEXT)) {
        match table.next(&vm.heap, control) {
            Ok(Some(pair)) => pair,
            Ok(None) => (Value::NIL, Value::NIL),
            Err(_) => return false,
        }
    } else if func.get().is_identical(Value::native(&IPAIRS_STEP)) {
        let Some(index) = control.as_int() else { return false };
        let index = index.wrapping_add(1);
        let value = table.get_int(index);
        if value.is_nil() {
            if table.metatable().is_some() {
                return false;
            }
            (Value::NIL, Value::NIL)
        } else {
            (Value::int(index), value)
        }
    } else {
        return false;
    };
    func.set(key);
    if want > 1 {
        func.add(1).set(value);
        func.add(2).clear(want - 2);
    }
    true
}

#[inline(never)]
fn iterate_with(vm: &mut Vm, native: &'static NativeFn, func: Slot, want: i32) -> Outcome {
    native_call(vm, native, func, 2, want)
}

#[inline(never)]
fn iterate(vm: &mut Vm, func: Slot, want: i32) -> Outcome {
    let next = vm.begin_call(func, 2, want);
    settle(vm, next)
}

impl Vm {
    /// Checks and converts a numeric loop's values (`forprep`, lvm.c).
    pub(super) fn prepare_loop(&mut self, i: Insn, state: Slot) -> Result<Next, Raised> {
        let (init, limit, step) = (state.get(), state.add(1).get(), state.add(2).get());
        let runs = if let (Some(from), Some(by)) = (init.as_int(), step.as_int()) {
            if by == 0 {
                return Err(self.runtime_error(b"'for' step is zero"));
            }
            state.add(3).set(init);
            match self.loop_limit(from, limit, by)? {
                Some(to) => {
                    // The distance fits in 64 bits without sign; so does the count.
                    let count = if by > 0 {
                        (to as u64).wrapping_sub(from as u64) / by as u64
                    } else {
                        (from as u64).wrapping_sub(to as u64)
                            / (by.wrapping_add(1).wrapping_neg() as u64 + 1)
                    };
                    state.add(1).set(Value::int(count as i64));
                    true
                }
                None => false,
            }
        } else {
            let Some(to) = self.loop_float(limit) else {
                return Err(self.for_error(limit, "limit"));
            };
            let Some(by) = self.loop_float(step) else { return Err(self.for_error(step, "step")) };
            let Some(from) = self.loop_float(init) else {
                return Err(self.for_error(init, "initial value"));
            };
            if by == 0.0 {
                return Err(self.runtime_error(b"'for' step is zero"));
            }
            // A limit that is not a number skips nothing.
            let skips = if by > 0.0 { to < from } else { from < to };
            let runs = !skips;
            if runs {
                state.set(Value::float(from));
                state.add(1).set(Value::float(to));
                state.add(2).set(Value::float(by));
                state.add(3).set(Value::float(from));
            }
            runs
        };
        if !runs {
            self.jump_to(i.wide());
        }
        Ok(Next::RUN)
    }

    fn loop_float(&self, value: Value) -> Option<f64> {
        crate::native::to_number(value).map(convert::to_float)
    }

    /// The limit as an integer, clipped; `None` if the loop does not run (`forlimit`).
    fn loop_limit(&mut self, from: i64, limit: Value, by: i64) -> Result<Option<i64>, Raised> {
        let to = match crate::native::to_number(limit) {
            Some(Number::Integer(to)) => to,
            Some(Number::Float(float)) => {
                let rounding =
                    if by < 0 { convert::Rounding::Ceil } else { convert::Rounding::Floor };
                match convert::float_to_integer_rounded(float, rounding) {
                    Some(to) => to,
                    None if float > 0.0 => {
                        if by < 0 {
                            return Ok(None);
                        }
                        i64::MAX
                    }
                    // Below all integers, or not a number, which counts as that.
                    None => {
                        if by > 0 {
                            return Ok(None);
                        }
                        i64::MIN
                    }
                }
            }
            None => return Err(self.for_error(limit, "limit")),
        };
        let runs = if by > 0 { from <= to } else { from >= to };
        Ok(runs.then_some(to))
    }
}
