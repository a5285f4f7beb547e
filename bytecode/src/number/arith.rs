//! Arithmetic on Lua numbers (lvm.c, `luaO_rawarith` of lobject.c).
//!
//! The primitives are what the interpreter's handlers call when they already know the operand
//! types; [`raw_arith`] chooses among them as the reference does, for constant folding and for
//! `lua_arith`-like uses. Division of integers by zero is `None` throughout: the caller raises.

#[cfg(feature = "std")]
use super::{Number, convert};

/// An arithmetic or bitwise operation, numbered as `LUA_OPADD` and its successors (lua.h), which
/// is also the order of the metamethod events from `__add` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ArithOp {
    /// `a + b`.
    Add = 0,
    /// `a - b`.
    Sub = 1,
    /// `a * b`.
    Mul = 2,
    /// `a % b`.
    Mod = 3,
    /// `a ^ b`.
    Pow = 4,
    /// `a / b`.
    Div = 5,
    /// `a // b`.
    IDiv = 6,
    /// `a & b`.
    BAnd = 7,
    /// `a | b`.
    BOr = 8,
    /// `a ~ b`.
    BXor = 9,
    /// `a << b`.
    Shl = 10,
    /// `a >> b`.
    Shr = 11,
    /// `-a`; the second operand is ignored.
    Unm = 12,
    /// `~a`; the second operand is ignored.
    BNot = 13,
}

impl ArithOp {
    /// Every operation, in number order.
    pub const ALL: [Self; 14] = [
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Mod,
        Self::Pow,
        Self::Div,
        Self::IDiv,
        Self::BAnd,
        Self::BOr,
        Self::BXor,
        Self::Shl,
        Self::Shr,
        Self::Unm,
        Self::BNot,
    ];

    /// Whether both operands must be integers, or floats with integral values.
    #[inline]
    pub const fn is_bitwise(self) -> bool {
        matches!(self, Self::BAnd | Self::BOr | Self::BXor | Self::Shl | Self::Shr | Self::BNot)
    }
}

/// Floor division; `None` if `n` is zero. Mirrors `luaV_idiv`.
#[inline]
pub const fn int_idiv(m: i64, n: i64) -> Option<i64> {
    if (n as u64).wrapping_add(1) <= 1 {
        return if n == 0 { None } else { Some(m.wrapping_neg()) };
    }
    let q = m / n;
    Some(if (m ^ n) < 0 && m % n != 0 { q - 1 } else { q })
}

/// Remainder with the divisor's sign; `None` if `n` is zero. Mirrors `luaV_mod`.
#[inline]
pub const fn int_mod(m: i64, n: i64) -> Option<i64> {
    if (n as u64).wrapping_add(1) <= 1 {
        return if n == 0 { None } else { Some(0) };
    }
    let r = m % n;
    Some(if r != 0 && (r ^ n) < 0 { r + n } else { r })
}

/// `x << y`, which is `x >> -y` for negative `y`; zeros come in on both sides, and a distance of
/// 64 or more leaves nothing. Mirrors `luaV_shiftl`.
#[inline]
pub const fn shift_left(x: i64, y: i64) -> i64 {
    if y <= -64 || y >= 64 {
        0
    } else if y < 0 {
        ((x as u64) >> -y) as i64
    } else {
        ((x as u64) << y) as i64
    }
}

/// `x >> y`; see [`shift_left`]. Mirrors `luaV_shiftr`.
#[inline]
pub const fn shift_right(x: i64, y: i64) -> i64 {
    shift_left(x, y.wrapping_neg())
}

/// Greatest integral value at or below `x`: C's `floor`, inlined.
///
/// The baseline x86-64 has no rounding instruction, so that `f64::floor` is a call there.
#[inline]
pub fn floor(x: f64) -> f64 {
    // From 2^52 up every float is integral; the comparison is false for NaN as well.
    if x.abs() < 4_503_599_627_370_496.0 {
        let t = x as i64 as f64;
        let t = if t > x { t - 1.0 } else { t };
        // The detour loses the sign of -0.0 and nothing else.
        t.copysign(x)
    } else {
        x
    }
}

/// Floor division of floats (`luai_numidiv`).
#[inline]
pub fn float_idiv(a: f64, b: f64) -> f64 {
    floor(a / b)
}

/// Power of floats (`luai_numpow`), squares without a call.
#[cfg(feature = "std")]
#[inline]
pub fn float_pow(a: f64, b: f64) -> f64 {
    if b == 2.0 { a * a } else { a.powf(b) }
}

/// Remainder of floats with the divisor's sign. Mirrors `luaV_modf`.
#[inline]
pub fn float_mod(a: f64, b: f64) -> f64 {
    let r = fmod(a, b);
    // Quirk: adding b to a tiny r may round to b itself, and the reference lets it.
    let signs_differ = if r > 0.0 { b < 0.0 } else { r < 0.0 && b > 0.0 };
    if signs_differ { r + b } else { r }
}

/// C's `fmod`: the exact remainder with the sign of `a`.
#[inline]
pub fn fmod(a: f64, b: f64) -> f64 {
    /// Below it, integral floats convert to `i64` and back without loss.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if a.abs() < b.abs() {
        return a;
    }
    if a.abs() < EXACT && b.abs() < EXACT {
        let (m, n) = (a as i64, b as i64);
        if n as f64 == b && n != 0 {
            // What m cuts off is below the divisor and stays; the sum has no more digits than a
            // and is exact. n is not -1 with m = i64::MIN, since both are small.
            let fraction = a - m as f64;
            return ((m % n) as f64 + fraction).copysign(a);
        }
    }
    fmod_general(a, b)
}

const MANTISSA_BITS: u32 = 52;
const HIDDEN_BIT: u64 = 1 << MANTISSA_BITS;
const EXPONENT_MASK: u64 = 0x7FF;

/// Mantissa as an integer and the exponent of its unit bit, for a finite `x` without its sign.
#[inline]
pub(super) const fn decompose(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA_BITS & EXPONENT_MASK) as i32;
    let fraction = bits & (HIDDEN_BIT - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | HIDDEN_BIT, exponent - 1075) }
}

#[expect(clippy::eq_op, reason = "dividing a number by itself is how the C library makes this NaN")]
fn fmod_general(a: f64, b: f64) -> f64 {
    if b == 0.0 || !a.is_finite() || b.is_nan() {
        // A NaN operand keeps its sign and payload; otherwise the NaN is the processor's own.
        return (a * b) / (a * b);
    }
    if a.abs() < b.abs() {
        return a;
    }
    if a.abs() < 2.0 * b.abs() {
        // The difference of two numbers that near to each other is exact.
        return (a.abs() - b.abs()).copysign(a);
    }
    let (mut m, e) = decompose(a);
    let (n, f) = decompose(b);
    // |a| >= |b|, so that e >= f; an infinite b was dealt with above. The remainder of
    // m 2^(e-f) by n is found eleven bits at a time, as n leaves eleven of 64 free.
    let mut distance = e - f;
    m %= n;
    while distance > 0 && m != 0 {
        let step = distance.min(11);
        m = (m << step) % n;
        distance -= step;
    }
    compose(m, f).copysign(a)
}

/// `m` times 2^`e`, for `m` below 2^53 and `e` such that the product is representable.
fn compose(m: u64, e: i32) -> f64 {
    if m == 0 {
        return 0.0;
    }
    // Shift the leading bit to the hidden bit's place, or as far as subnormals allow.
    let shift = (m.leading_zeros() as i32 - 11).min(e + 1074);
    let m = m << shift;
    let exponent = if m & HIDDEN_BIT == 0 { 0 } else { (e - shift + 1075) as u64 };
    f64::from_bits(exponent << MANTISSA_BITS | m & (HIDDEN_BIT - 1))
}

/// Applies `op` to two numbers without metamethods, or to `a` alone if `op` is unary. `None` if an
/// operand of a bitwise operation has no integer value, and for integer division by zero, where the
/// reference raises an error. Mirrors `luaO_rawarith`.
#[cfg(feature = "std")]
pub fn raw_arith(op: ArithOp, a: Number, b: Number) -> Option<Number> {
    match op {
        ArithOp::BAnd
        | ArithOp::BOr
        | ArithOp::BXor
        | ArithOp::Shl
        | ArithOp::Shr
        | ArithOp::BNot => {
            int_arith(op, convert::to_integer(a)?, convert::to_integer(b)?).map(Number::Integer)
        }
        ArithOp::Div | ArithOp::Pow => {
            Some(Number::Float(float_arith(op, convert::to_float(a), convert::to_float(b))))
        }
        _ => match (a, b) {
            (Number::Integer(a), Number::Integer(b)) => int_arith(op, a, b).map(Number::Integer),
            _ => Some(Number::Float(float_arith(op, convert::to_float(a), convert::to_float(b)))),
        },
    }
}

/// The integer operation `op`; `None` for division by zero and for `Div` and `Pow`, which integers
/// do not have. Mirrors `intarith`.
pub const fn int_arith(op: ArithOp, a: i64, b: i64) -> Option<i64> {
    Some(match op {
        ArithOp::Add => a.wrapping_add(b),
        ArithOp::Sub => a.wrapping_sub(b),
        ArithOp::Mul => a.wrapping_mul(b),
        ArithOp::Mod => return int_mod(a, b),
        ArithOp::IDiv => return int_idiv(a, b),
        ArithOp::BAnd => a & b,
        ArithOp::BOr => a | b,
        ArithOp::BXor => a ^ b,
        ArithOp::Shl => shift_left(a, b),
        ArithOp::Shr => shift_right(a, b),
        ArithOp::Unm => a.wrapping_neg(),
        ArithOp::BNot => !a,
        ArithOp::Div | ArithOp::Pow => return None,
    })
}

/// The float operation `op`; the bitwise ones, which floats do not have, give NaN. Mirrors
/// `numarith`.
#[cfg(feature = "std")]
pub fn float_arith(op: ArithOp, a: f64, b: f64) -> f64 {
    match op {
        ArithOp::Add => a + b,
        ArithOp::Sub => a - b,
        ArithOp::Mul => a * b,
        ArithOp::Mod => float_mod(a, b),
        ArithOp::Pow => float_pow(a, b),
        ArithOp::Div => a / b,
        ArithOp::IDiv => float_idiv(a, b),
        ArithOp::Unm => -a,
        ArithOp::BAnd
        | ArithOp::BOr
        | ArithOp::BXor
        | ArithOp::Shl
        | ArithOp::Shr
        | ArithOp::BNot => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Number::{Float, Integer};

    #[test]
    fn integer_division_rounds_down() {
        let check = |m, n, quotient, remainder| {
            assert_eq!((int_idiv(m, n), int_mod(m, n)), (quotient, remainder), "{m} by {n}");
        };
        check(7, 2, Some(3), Some(1));
        check(-7, 2, Some(-4), Some(1));
        check(7, -2, Some(-4), Some(-1));
        check(-7, -2, Some(3), Some(-1));
        check(-8, 2, Some(-4), Some(0));
        check(i64::MIN, -1, Some(i64::MIN), Some(0));
        check(i64::MIN, i64::MAX, Some(-2), Some(i64::MAX - 1));
        check(5, 0, None, None);
    }

    #[test]
    fn shifts_of_any_distance() {
        let check = |x, y, expected| assert_eq!(shift_left(x, y), expected, "{x} << {y}");
        check(1, 63, i64::MIN);
        check(1, 64, 0);
        check(-1, -63, 1);
        check(-1, -64, 0);
        check(-1, i64::MIN, 0);
        assert_eq!(shift_right(-1, i64::MIN), 0);
        assert_eq!(shift_right(-1, 1), i64::MAX);
        assert_eq!(shift_right(1, -3), 8);
    }

    #[test]
    fn float_remainders_follow_the_divisor() {
        let check = |a: f64, b: f64, expected: f64| {
            assert_eq!(float_mod(a, b).to_bits(), expected.to_bits(), "{a} % {b}");
        };
        check(5.5, 2.0, 1.5);
        check(-5.5, 2.0, 0.5);
        check(5.5, -2.0, -0.5);
        check(-6.0, 3.0, -0.0);
        check(6.0, -3.0, 0.0);
        check(1.0, f64::INFINITY, 1.0);
        check(-1.0, f64::INFINITY, f64::INFINITY);
        check(-1e-20, 3.0, 3.0);
        check(-1.0, -5e-324, -0.0);
        assert!(float_mod(1.0, 0.0).is_nan());
        assert!(float_mod(f64::INFINITY, 1.0).is_nan());
    }

    #[test]
    fn general_remainder_is_exact() {
        let check = |a: f64, b: f64| {
            assert_eq!(fmod_general(a, b).to_bits(), (a % b).to_bits(), "{a} fmod {b}");
        };
        let samples = [
            5e-324,
            1e-310,
            2.2250738585072014e-308,
            0.1,
            1.0,
            3.0,
            1e15 + 0.5,
            9_007_199_254_740_993.0,
            1e100,
            1.7976931348623157e308,
        ];
        for a in samples {
            for b in samples {
                check(a, b);
                check(-a, b);
                check(a, -b);
            }
        }
    }

    #[test]
    fn floors() {
        let samples =
            [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 4503599627370495.5, -1e300, 1e300];
        for x in samples {
            assert_eq!(floor(x).to_bits(), x.floor().to_bits(), "{x}");
        }
        assert!(floor(f64::NAN).is_nan());
        assert_eq!(floor(f64::NEG_INFINITY), f64::NEG_INFINITY);
    }

    #[test]
    fn raw_arithmetic_chooses_the_subtype() {
        let check =
            |op, a, b, expected| assert_eq!(raw_arith(op, a, b), expected, "{op:?} {a:?} {b:?}");
        check(ArithOp::Add, Integer(i64::MAX), Integer(1), Some(Integer(i64::MIN)));
        check(ArithOp::Add, Integer(1), Float(0.5), Some(Float(1.5)));
        check(ArithOp::Div, Integer(1), Integer(2), Some(Float(0.5)));
        check(ArithOp::Pow, Integer(3), Integer(2), Some(Float(9.0)));
        check(ArithOp::IDiv, Integer(1), Integer(0), None);
        check(ArithOp::IDiv, Float(1.0), Integer(0), Some(Float(f64::INFINITY)));
        check(ArithOp::Mod, Integer(1), Integer(0), None);
        check(ArithOp::BAnd, Float(6.0), Integer(3), Some(Integer(2)));
        check(ArithOp::BAnd, Float(6.5), Integer(3), None);
        check(ArithOp::BNot, Integer(0), Integer(0), Some(Integer(-1)));
        check(ArithOp::Unm, Float(0.0), Float(0.0), Some(Float(-0.0)));
    }
}
