//! Arithmetic and bitwise operations on numbers. A success skips the MMBIN that follows.
//!
//! Each handler does two integers and two floats itself; an integer with a float goes on in
//! a handler of its own, everything else in [`slow`].

use std::ops::{Add, Div, Mul, Sub};

use moonproof_bytecode::number::arith as number;

use super::unchecked::Place;
use super::{control::slow, handlers, next};
use crate::value::{Tag, Value};

/// The result of two integers or two floats.
macro_rules! arith {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $int:expr, $float:expr, $other:ident) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let result: i64 = $int(x.int(), y.int());
            $base.reg($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            let result: f64 = $float(x.float(), y.float());
            $base.reg($i.a()).set(Value::float(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        return $other($vm, $pc, $base, $k, $i, $t);
    }};
}

/// Operations whose result is a float.
macro_rules! float_arith {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $float:expr, $other:ident) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            let result: f64 = $float(x.float(), y.float());
            $base.reg($i.a()).set(Value::float(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let result: f64 = $float(x.int() as f64, y.int() as f64);
            $base.reg($i.a()).set(Value::float(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        return $other($vm, $pc, $base, $k, $i, $t);
    }};
}

/// Division and modulo: 32-bit division where both are small, which is faster.
macro_rules! divide {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $small:tt, $int:path, $float:expr, $other:ident) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let (a, b) = (x.int(), y.int());
            let result = if (a | b) as u64 >> 31 == 0 && b != 0 {
                i64::from(a as u32 $small b as u32)
            } else {
                match $int(a, b) {
                    Some(result) => result,
                    None => return slow($vm, $pc, $base, $k, $i, $t),
                }
            };
            $base.reg($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        if x.tag() == Tag::FLOAT && y.tag() == Tag::FLOAT {
            let result: f64 = $float(x.float(), y.float());
            $base.reg($i.a()).set(Value::float(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        return $other($vm, $pc, $base, $k, $i, $t);
    }};
}

/// Both integers; floats and strings with an integer value take the slow path.
macro_rules! bitwise {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $x:expr, $y:expr, $int:expr) => {{
        let (x, y) = ($x, $y);
        if x.tag() == Tag::INT && y.tag() == Tag::INT {
            let result: i64 = $int(x.int(), y.int());
            $base.reg($i.a()).set(Value::int(result));
            next!($vm, $pc.next(), $base, $k, $t)
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

macro_rules! reg {
    ($base:ident, $offset:expr) => {
        $base.reg($offset)
    };
}

/// Handlers for an integer and a float, out of line.
macro_rules! mixed {
    ($($name:ident $constant:ident $float:expr,)*) => {
        handlers! {$(
            #[inline(never)]
            fn $name(vm, pc, base, k, i, t) {
                let (x, y) = (reg!(base, i.b()), reg!(base, i.c()));
                if let (Some(a), Some(b)) = (x.get().to_float(), y.get().to_float()) {
                    base.reg(i.a()).set(Value::float($float(a, b)));
                    next!(vm, pc.next(), base, k, t)
                }
                return slow(vm, pc, base, k, i, t);
            }

            #[inline(never)]
            fn $constant(vm, pc, base, k, i, t) {
                let (x, y) = (reg!(base, i.b()), k.place(i.c()));
                if let (Some(a), Some(b)) = (x.get().to_float(), y.get().to_float()) {
                    base.reg(i.a()).set(Value::float($float(a, b)));
                    next!(vm, pc.next(), base, k, t)
                }
                return slow(vm, pc, base, k, i, t);
            }
        )*}
    };
}

mixed! {
    mixed_add mixed_add_k f64::add,
    mixed_sub mixed_sub_k f64::sub,
    mixed_mul mixed_mul_k f64::mul,
    mixed_div mixed_div_k f64::div,
    mixed_mod mixed_mod_k number::float_mod,
    mixed_idiv mixed_idiv_k number::float_idiv,
    mixed_pow mixed_pow_k number::float_pow,
}

handlers! {
    fn add_i(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.reg(i.a()).set(Value::int(x.int().wrapping_add(i.sc())));
            next!(vm, pc.next(), base, k, t)
        }
        if x.tag() == Tag::FLOAT {
            base.reg(i.a()).set(Value::float(x.float() + i.sc() as f64));
            next!(vm, pc.next(), base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn add_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), i64::wrapping_add, |a, b| a + b, mixed_add_k)
    }

    fn sub_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), i64::wrapping_sub, |a, b| a - b, mixed_sub_k)
    }

    fn mul_k(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), i64::wrapping_mul, |a, b| a * b, mixed_mul_k)
    }

    fn mod_k(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), %, number::int_mod, number::float_mod, mixed_mod_k)
    }

    fn pow_k(vm, pc, base, k, i, t) {
        float_arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), number::float_pow, mixed_pow_k)
    }

    fn div_k(vm, pc, base, k, i, t) {
        float_arith!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), |a, b| a / b, mixed_div_k)
    }

    fn idiv_k(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), /, number::int_idiv, number::float_idiv, mixed_idiv_k)
    }

    fn band_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), |a, b| a & b)
    }

    fn bor_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), |a, b| a | b)
    }

    fn bxor_k(vm, pc, base, k, i, t) {
        bitwise!(vm, pc, base, k, i, t, reg!(base, i.b()), k.place(i.c()), |a, b| a ^ b)
    }

    fn shr_i(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.reg(i.a()).set(Value::int(number::shift_right(x.int(), i.sc())));
            next!(vm, pc.next(), base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn shl_i(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.reg(i.a()).set(Value::int(number::shift_left(i.sc(), x.int())));
            next!(vm, pc.next(), base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn add(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_add, |a, b| a + b, mixed_add)
    }

    fn sub(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_sub, |a, b| a - b, mixed_sub)
    }

    fn mul(vm, pc, base, k, i, t) {
        arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), i64::wrapping_mul, |a, b| a * b, mixed_mul)
    }

    fn modulo(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), %, number::int_mod, number::float_mod, mixed_mod)
    }

    fn pow(vm, pc, base, k, i, t) {
        float_arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), number::float_pow, mixed_pow)
    }

    fn div(vm, pc, base, k, i, t) {
        float_arith!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), |a, b| a / b, mixed_div)
    }

    fn idiv(vm, pc, base, k, i, t) {
        divide!(vm, pc, base, k, i, t, reg!(base, i.b()), reg!(base, i.c()), /, number::int_idiv, number::float_idiv, mixed_idiv)
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
            base.reg(i.a()).set(Value::int(x.int().wrapping_neg()));
            next!(vm, pc, base, k, t)
        }
        if x.tag() == Tag::FLOAT {
            base.reg(i.a()).set(Value::float(-x.float()));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn bnot(vm, pc, base, k, i, t) {
        let x = reg!(base, i.b());
        if x.tag() == Tag::INT {
            base.reg(i.a()).set(Value::int(!x.int()));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn not(vm, pc, base, k, i, t) {
        let falsy = reg!(base, i.b()).tag().is_falsy();
        base.reg(i.a()).set(Value::bool(falsy));
        next!(vm, pc, base, k, t)
    }
}
