//! Conversions between integers, floats and numerals (lvm.c, lobject.c).

use super::{Number, parse};

/// What to do with a float that is not integral (`F2Imod`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// There is no conversion.
    Exact,
    /// Take the next integer below.
    Floor,
    /// Take the next integer above.
    Ceil,
}

/// 2^63, the least float above every integer.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The integer equal to `x`, if there is one. Mirrors `luaV_flttointns` in mode `F2Ieq`.
#[inline]
pub fn float_to_integer(x: f64) -> Option<i64> {
    // The cast saturates, and gives 0 for NaN; 2^63 saturates to a number that converts back to
    // 2^63, and so needs a test of its own.
    let i = x as i64;
    if i as f64 == x && x < TWO_63 { Some(i) } else { None }
}

/// The integer next to `x` in the sense of `rounding`; `None` for what is not a number or outside
/// the range of integers. Mirrors `luaV_flttointns`.
#[inline]
pub fn float_to_integer_rounded(x: f64, rounding: Rounding) -> Option<i64> {
    if !(-TWO_63..TWO_63).contains(&x) {
        return None;
    }
    let i = x as i64;
    let back = i as f64;
    if back == x {
        return Some(i);
    }
    // A fraction was cut off, so |x| < 2^52 and a step either way cannot overflow.
    match rounding {
        Rounding::Exact => None,
        Rounding::Floor => Some(if back > x { i - 1 } else { i }),
        Rounding::Ceil => Some(if back < x { i + 1 } else { i }),
    }
}

/// The integer equal to `x`, if there is one.
#[inline]
pub fn to_integer(x: Number) -> Option<i64> {
    match x {
        Number::Integer(i) => Some(i),
        Number::Float(f) => float_to_integer(f),
    }
}

/// The float nearest to `x`.
#[inline]
pub fn to_float(x: Number) -> f64 {
    match x {
        Number::Integer(i) => i as f64,
        Number::Float(f) => f,
    }
}

/// The integer that a string converts to in arithmetic, if its numeral has an integral value
/// (`luaV_tointeger` on a string).
pub fn string_to_integer(text: &[u8]) -> Option<i64> {
    to_integer(parse(text)?)
}

/// The float that a string converts to in arithmetic (`luaV_tonumber_` on a string).
pub fn string_to_float(text: &[u8]) -> Option<f64> {
    parse(text).map(to_float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_to_integers() {
        use Rounding::{Ceil, Exact, Floor};
        let check = |x: f64, exact: Option<i64>, floor: Option<i64>, ceil: Option<i64>| {
            assert_eq!(float_to_integer(x), exact, "{x}");
            for (rounding, expected) in [(Exact, exact), (Floor, floor), (Ceil, ceil)] {
                assert_eq!(float_to_integer_rounded(x, rounding), expected, "{x} {rounding:?}");
            }
        };
        let same = |i| (Some(i), Some(i), Some(i));
        for (x, (e, f, c)) in [
            (0.0, same(0)),
            (-0.0, same(0)),
            (-3.0, same(-3)),
            (-TWO_63, same(i64::MIN)),
            (9_223_372_036_854_774_784.0, same(9_223_372_036_854_774_784)),
            (0.5, (None, Some(0), Some(1))),
            (-0.5, (None, Some(-1), Some(0))),
            (4_503_599_627_370_495.5, (None, Some(4_503_599_627_370_495), Some(1 << 52))),
            (TWO_63, (None, None, None)),
            (-1e300, (None, None, None)),
            (f64::INFINITY, (None, None, None)),
            (f64::NAN, (None, None, None)),
        ] {
            check(x, e, f, c);
        }
    }

    #[test]
    fn strings_coerce() {
        assert_eq!(string_to_integer(b" 10 "), Some(10));
        assert_eq!(string_to_integer(b"1e1"), Some(10));
        assert_eq!(string_to_integer(b"1.5"), None);
        assert_eq!(string_to_float(b"0x10"), Some(16.0));
        assert_eq!(string_to_float(b"ten"), None);
    }
}
