//! Exact comparison of numbers of either subtype (`LTnum`, `LEnum` and `luaV_equalobj`, lvm.c).
//!
//! An integer beyond 2^53 may have no equal float. Comparing by rounding it would make `<` lose its
//! transitivity, so that the float is brought to the integers instead, rounded to the safe side.

use super::Number;
use super::convert::{Rounding, float_to_integer, float_to_integer_rounded};

/// Whether every integer as small as `i` is a float, too (`l_intfitsf`).
#[inline]
const fn fits_float(i: i64) -> bool {
    const LIMIT: u64 = 1 << 53;
    (i as u64).wrapping_add(LIMIT) <= 2 * LIMIT
}

/// `i < f`. Mirrors `LTintfloat`.
#[inline]
fn int_lt_float(i: i64, f: f64) -> bool {
    if fits_float(i) {
        return (i as f64) < f;
    }
    match float_to_integer_rounded(f, Rounding::Ceil) {
        Some(limit) => i < limit,
        None => f > 0.0,
    }
}

/// `i <= f`. Mirrors `LEintfloat`.
#[inline]
fn int_le_float(i: i64, f: f64) -> bool {
    if fits_float(i) {
        return (i as f64) <= f;
    }
    match float_to_integer_rounded(f, Rounding::Floor) {
        Some(limit) => i <= limit,
        None => f > 0.0,
    }
}

/// `f < i`. Mirrors `LTfloatint`.
#[inline]
fn float_lt_int(f: f64, i: i64) -> bool {
    if fits_float(i) {
        return f < i as f64;
    }
    match float_to_integer_rounded(f, Rounding::Floor) {
        Some(limit) => limit < i,
        None => f < 0.0,
    }
}

/// `f <= i`. Mirrors `LEfloatint`.
#[inline]
fn float_le_int(f: f64, i: i64) -> bool {
    if fits_float(i) {
        return f <= i as f64;
    }
    match float_to_integer_rounded(f, Rounding::Ceil) {
        Some(limit) => limit <= i,
        None => f < 0.0,
    }
}

/// Lua's `a < b` on numbers.
#[inline]
pub fn lt(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => a < b,
        (Number::Integer(a), Number::Float(b)) => int_lt_float(a, b),
        (Number::Float(a), Number::Integer(b)) => float_lt_int(a, b),
        (Number::Float(a), Number::Float(b)) => a < b,
    }
}

/// Lua's `a <= b` on numbers.
#[inline]
pub fn le(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => a <= b,
        (Number::Integer(a), Number::Float(b)) => int_le_float(a, b),
        (Number::Float(a), Number::Integer(b)) => float_le_int(a, b),
        (Number::Float(a), Number::Float(b)) => a <= b,
    }
}

/// Lua's `a == b` on numbers.
#[inline]
pub fn eq(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => a == b,
        (Number::Float(a), Number::Float(b)) => a == b,
        (Number::Integer(i), Number::Float(f)) | (Number::Float(f), Number::Integer(i)) => {
            int_eq_float(i, f)
        }
    }
}

/// `i == f`.
#[inline]
fn int_eq_float(i: i64, f: f64) -> bool {
    float_to_integer(f) == Some(i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    #[test]
    fn mixed_comparisons_are_exact() {
        let check = |i: i64, f: f64, expected: Option<Ordering>| {
            let (a, b) = (Number::Integer(i), Number::Float(f));
            let le_ge =
                (expected.is_some_and(Ordering::is_le), expected.is_some_and(Ordering::is_ge));
            assert_eq!(lt(a, b), expected == Some(Less), "{i} < {f}");
            assert_eq!(le(a, b), le_ge.0, "{i} <= {f}");
            assert_eq!(lt(b, a), expected == Some(Greater), "{f} < {i}");
            assert_eq!(le(b, a), le_ge.1, "{f} <= {i}");
            assert_eq!(eq(a, b), expected == Some(Equal), "{i} == {f}");
        };
        const TWO_53: i64 = 1 << 53;
        const TWO_63: f64 = 9_223_372_036_854_775_808.0;
        check(1, 1.0, Some(Equal));
        check(1, 1.5, Some(Less));
        check(-1, -1.5, Some(Greater));
        check(TWO_53 + 1, TWO_53 as f64, Some(Greater));
        check(-TWO_53 - 1, -TWO_53 as f64, Some(Less));
        check(i64::MAX, TWO_63, Some(Less));
        check(i64::MIN, -TWO_63, Some(Equal));
        check(i64::MIN + 1, -TWO_63, Some(Greater));
        check(i64::MAX, f64::INFINITY, Some(Less));
        check(i64::MIN, f64::NEG_INFINITY, Some(Greater));
        check(i64::MAX, 0.5, Some(Greater));
        check(i64::MAX, f64::NAN, None);
        check(0, f64::NAN, None);
    }
}
