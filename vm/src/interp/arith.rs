//! Arithmetic and bitwise operations on numbers. A success skips the MMBIN that follows.

use moonproof_bytecode::number::arith as number;

use super::{control::slow, handlers, next};
use crate::value::{Tag, Value};

/// Both integers or both numbers; anything else takes the slow path.
macro_rules! arith {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $int:expr, $float:expr) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let result: i64 = $int(x.int_bits(), y.int_bits());
            $base.byte_add($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        arith!(@float $vm, $pc, $base, $k, $i, $t, x, y, $float)
    }};
    (@float $vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $float:expr) => {{
        let (x, y) = ($x, $y);
        let (a, b) = if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            (x.float_bits(), y.float_bits())
        } else {
            match (x.to_float(), y.to_float()) {
                (Some(a), Some(b)) => (a, b),
                _ => return slow($vm, $pc, $base, $k, $i, $t),
            }
        };
        let result: f64 = $float(a, b);
        $base.byte_add($i.a()).set(Value::float(result));
        next!($vm, $pc.next(), $base, $k, $t)
    }};
}

/// Division and modulo of integers, which fail on zero.
macro_rules! divide {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $int:expr, $float:expr) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let (a, b) = (x.int_bits(), y.int_bits());
            if b == 0 {
                return slow($vm, $pc, $base, $k, $i, $t);
            }
            let result: i64 = $int(a, b);
            $base.byte_add($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        arith!(@float $vm, $pc, $base, $k, $i, $t, x, y, $float)
    }};
}

/// Both integers; floats and strings with an integer value take the slow path.
macro_rules! bitwise {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $int:expr) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let result: i64 = $int(x.int_bits(), y.int_bits());
            $base.byte_add($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

/// Floor division by a divisor that is not zero; 32-bit division where both fit, which is faster.
#[inline(always)]
fn floor_div(a: i64, b: i64) -> i64 {
    if (a | b) >> 31 == 0 {
        return i64::from(a as u32 / b as u32);
    }
    number::int_idiv(a, b).unwrap_or(0)
}

/// Modulo by a divisor that is not zero.
#[inline(always)]
fn floor_mod(a: i64, b: i64) -> i64 {
    if (a | b) >> 31 == 0 {
        return i64::from(a as u32 % b as u32);
    }
    number::int_mod(a, b).unwrap_or(0)
}

macro_rules! reg {
    ($base:ident, $offset:expr) => {
        $base.byte_add($offset).get()
    };
}

handlers! {
    fn add_i(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.byte_add(i.a()).set(Value::int(x.int_bits().wrapping_add(i.sc())));
            next!(vm, pc.next(), base, k, t)
        }
        if x.tag() == Tag::FLOAT {
            base.byte_add(i.a()).set(Value::float(x.float_bits() + i.sc() as f64));
            next!(vm, pc.next(), base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn add_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), i64::wrapping_add, |a, b| a + b)
    }

    fn sub_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), i64::wrapping_sub, |a, b| a - b)
    }

    fn mul_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), i64::wrapping_mul, |a, b| a * b)
    }

    fn mod_k(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), floor_mod, number::float_mod)
    }

    fn pow_k(vm, pc, base, k, i, t) {
        arith!(@float vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), number::float_pow)
    }

    fn div_k(vm, pc, base, k, i, t) {
        arith!(@float vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), |a, b| a / b)
    }

    fn idiv_k(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), floor_div, number::float_idiv)
    }

    fn band_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), |a, b| a & b)
    }

    fn bor_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), |a, b| a | b)
    }

    fn bxor_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.value(i.c()), |a, b| a ^ b)
    }

    fn shr_i(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), Value::int(i.sc()), number::shift_right)
    }

    fn shl_i(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, Value::int(i.sc()), reg!(base, i.b()), number::shift_left)
    }

    fn add(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_add, |a, b| a + b)
    }

    fn sub(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_sub, |a, b| a - b)
    }

    fn mul(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_mul, |a, b| a * b)
    }

    fn modulo(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), floor_mod, number::float_mod)
    }

    fn pow(vm, pc, base, k, i, t) {
        arith!(@float vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), number::float_pow)
    }

    fn div(vm, pc, base, k, i, t) {
        arith!(@float vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), |a, b| a / b)
    }

    fn idiv(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), floor_div, number::float_idiv)
    }

    fn band(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), |a, b| a & b)
    }

    fn bor(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), |a, b| a | b)
    }

    fn bxor(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), |a, b| a ^ b)
    }

    fn shl(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), number::shift_left)
    }

    fn shr(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), number::shift_right)
    }

    fn unm(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.byte_add(i.a()).set(Value::int(x.int_bits().wrapping_neg()));
            next!(vm, pc, base, k, t)
        }
        if x.tag() == Tag::FLOAT {
            base.byte_add(i.a()).set(Value::float(-x.float_bits()));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn bnot(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.byte_add(i.a()).set(Value::int(!x.int_bits()));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn not(vm, pc, base, k, i, t) {
        let falsy = reg!(base, i.b()).is_falsy();
        base.byte_add(i.a()).set(Value::bool(falsy));
        next!(vm, pc, base, k, t)
    }
}
