//! Numerals to numbers (`luaO_str2num`, lobject.c).
//!
//! The whole text must be one numeral, with white space around it if need be. It is an integer if
//! it has the form of one and, when decimal, is in range; hexadecimal integers wrap around. Anything
//! else that C's `strtod` reads is a float, except its names for infinity and NaN. Floats are
//! correctly rounded, however many digits there are.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Number;

/// Converts the whole of `text`, or returns `None` if it is not a numeral.
pub fn parse(text: &[u8]) -> Option<Number> {
    let text = trim(text);
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    match digits {
        [b'0', b'x' | b'X', rest @ ..] => parse_hex(negative, rest),
        _ => parse_decimal(negative, digits),
    }
}

/// Whether C's `isspace` holds in the "C" locale.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

/// A decimal numeral without its sign. Mirrors `l_str2int` and `strtod`.
fn parse_decimal(negative: bool, digits: &[u8]) -> Option<Number> {
    let mut value: u64 = 0;
    let mut fits = !digits.is_empty();
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return parse_decimal_float(negative, digits);
        }
        match value.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit))) {
            Some(next) => value = next,
            None => fits = false,
        }
    }
    if fits && value <= i64::MAX as u64 + u64::from(negative) {
        let value = value as i64;
        return Some(Number::Integer(if negative { value.wrapping_neg() } else { value }));
    }
    parse_decimal_float(negative, digits)
}

/// Digits, a point and an exponent, taken apart.
struct Parts<'a> {
    integral: &'a [u8],
    fraction: &'a [u8],
    /// Saturated; zero if there is none.
    exponent: i64,
}

/// Takes apart what follows sign and prefix; `None` if there is no digit, a stray byte, or an
/// exponent without digits.
fn split(text: &[u8], is_digit: fn(&u8) -> bool, exponent_mark: u8) -> Option<Parts<'_>> {
    let run = |text: &[u8]| text.iter().position(|b| !is_digit(b)).unwrap_or(text.len());
    let (integral, mut rest) = text.split_at(run(text));
    let mut fraction: &[u8] = &[];
    if let [b'.', after @ ..] = rest {
        (fraction, rest) = after.split_at(run(after));
    }
    if integral.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent = match rest {
        [] => 0,
        [mark, rest @ ..] if mark.eq_ignore_ascii_case(&exponent_mark) => parse_exponent(rest)?,
        _ => return None,
    };
    Some(Parts { integral, fraction, exponent })
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value: i64 = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
    }
    Some(if negative { -value } else { value })
}

fn parse_decimal_float(negative: bool, digits: &[u8]) -> Option<Number> {
    /// The standard library's parser saturates exponents; below this length that cannot matter.
    const LONG: usize = 1000;
    let parts = split(digits, u8::is_ascii_digit, b'e')?;
    let magnitude: f64 = if digits.len() < LONG {
        core::str::from_utf8(digits).ok()?.parse().ok()?
    } else {
        parse_long_decimal(&parts)?
    };
    Some(Number::Float(if negative { -magnitude } else { magnitude }))
}

/// As many digits as can matter to the rounding of a float: a float halfway between two others has
/// fewer than 770.
const ENOUGH_DIGITS: usize = 800;

/// Rewrites a long numeral with few digits and a small exponent, then converts that.
fn parse_long_decimal(parts: &Parts<'_>) -> Option<f64> {
    let digits = || parts.integral.iter().chain(parts.fraction).copied();
    let n_zeros = digits().take_while(|b| *b == b'0').count();
    let mut short: Vec<u8> = digits().skip(n_zeros).take(ENOUGH_DIGITS).collect();
    if digits().skip(n_zeros + ENOUGH_DIGITS).any(|b| b != b'0') {
        // Something follows that decides what would be a tie.
        short.push(b'1');
    }
    if short.is_empty() {
        return Some(0.0);
    }
    // The value is 0.short times 10^point.
    let point = (parts.integral.len() as i64 - n_zeros as i64).saturating_add(parts.exponent);
    let text = String::from_utf8(short).ok()?;
    format!("0.{text}e{}", point.clamp(-10_000, 10_000)).parse().ok()
}

/// A hexadecimal numeral without sign and prefix.
fn parse_hex(negative: bool, digits: &[u8]) -> Option<Number> {
    let mut value: u64 = 0;
    for &byte in digits {
        match hex_digit(byte) {
            Some(digit) => value = value << 4 | u64::from(digit),
            None => return parse_hex_float(negative, digits),
        }
    }
    if digits.is_empty() {
        return None;
    }
    let value = value as i64;
    Some(Number::Integer(if negative { value.wrapping_neg() } else { value }))
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn parse_hex_float(negative: bool, digits: &[u8]) -> Option<Number> {
    let parts = split(digits, u8::is_ascii_hexdigit, b'p')?;
    let mut mantissa: u64 = 0;
    // Exponent of the mantissa's unit bit, and whether nonzero digits were dropped.
    let mut scale: i64 = 0;
    let mut sticky = false;
    let mut add = |byte: u8, scale_if_kept: i64, scale_if_dropped: i64| {
        let digit = u64::from(hex_digit(byte).unwrap_or(0));
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
            scale += scale_if_kept;
        } else {
            sticky |= digit != 0;
            scale += scale_if_dropped;
        }
    };
    parts.integral.iter().for_each(|b| add(*b, 0, 4));
    parts.fraction.iter().for_each(|b| add(*b, -4, 0));
    let magnitude = round_binary(mantissa, sticky, scale.saturating_add(parts.exponent));
    Some(Number::Float(if negative { -magnitude } else { magnitude }))
}

/// `mantissa` times 2^`scale`, rounded half to even; `sticky` says that it is a little more.
fn round_binary(mantissa: u64, sticky: bool, scale: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    // Bring the leading bit to bit 63, so that the value is m 2^scale with 2^63 <= m < 2^64.
    let shift = mantissa.leading_zeros();
    let m = mantissa << shift;
    let exponent = scale.saturating_sub(i64::from(shift)).saturating_add(63);
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // 53 bits stay, fewer of a subnormal number.
    let drop = if exponent >= -1022 { 11 } else { 11 + (-1022 - exponent) };
    if drop > 64 {
        return 0.0;
    }
    let wide = u128::from(m) << 64 >> drop;
    let (kept, rest) = ((wide >> 64) as u64, wide as u64);
    const HALF: u64 = 1 << 63;
    let up = rest > HALF || rest == HALF && (sticky || kept & 1 == 1);
    // Adding to the bits carries into the exponent, up to infinity, just as rounding should.
    let biased = if exponent >= -1022 { (exponent + 1022) as u64 } else { 0 };
    f64::from_bits((biased << 52) + kept + u64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Number::{Float, Integer};

    fn check(text: &str, expected: Number) {
        assert_eq!(parse(text.as_bytes()), Some(expected), "{text:?}");
    }

    #[test]
    fn integers() {
        check("0", Integer(0));
        check(" \t\n\x0b\x0c\r42 \n", Integer(42));
        check("-7", Integer(-7));
        check("+7", Integer(7));
        check("007", Integer(7));
        check("9223372036854775807", Integer(i64::MAX));
        check("-9223372036854775808", Integer(i64::MIN));
        check("9223372036854775808", Float(9223372036854775808.0));
        check("-9223372036854775809", Float(-9223372036854775808.0));
        check("18446744073709551616", Float(18446744073709551616.0));
        check("0xff", Integer(255));
        check("-0XfF", Integer(-255));
        check("0xffffffffffffffff", Integer(-1));
        check("0x1ffffffffffffffff", Integer(-1));
        check("0x123456789abcdef012", Integer(0x3456789abcdef012));
    }

    #[test]
    fn floats() {
        check("1.", Float(1.0));
        check(".5", Float(0.5));
        check("-0.0", Float(-0.0));
        check("1e1", Float(10.0));
        check("1E+2", Float(100.0));
        check("5e-324", Float(5e-324));
        check("2e-324", Float(0.0));
        check("1e999", Float(f64::INFINITY));
        check("-1e99999999999999999999", Float(f64::NEG_INFINITY));
        check("1e-99999999999999999999", Float(0.0));
        check("0e99999999999999999999", Float(0.0));
        check("0.1", Float(0.1));
        check("9007199254740993", Integer(9007199254740993));
        check("9007199254740993.0", Float(9007199254740992.0));
        check("9007199254740993.00001", Float(9007199254740994.0));
    }

    #[test]
    fn hexadecimal_floats() {
        check("0x.8", Float(0.5));
        check("0x1.", Float(1.0));
        check("0xA.8p1", Float(21.0));
        check("0x1p-1074", Float(5e-324));
        check("0x1p-1075", Float(0.0));
        check("0x1.00000000000000000000001p-1075", Float(5e-324));
        check("0x1.8p-1074", Float(1e-323));
        check("0x0.fffffffffffff8p-1022", Float(f64::MIN_POSITIVE));
        check("0x1.fffffffffffff8p1023", Float(f64::INFINITY));
        check("0x1.fffffffffffff7p1023", Float(f64::MAX));
        check("0x1p1024", Float(f64::INFINITY));
        check("0x1.00000000000008p0", Float(1.0));
        check("0x1.00000000000018p0", Float(1.0000000000000004));
        check("0x1.000000000000080000001p0", Float(1.0000000000000002));
        check("-0x0p0", Float(-0.0));
        check("0x1p99999999999999999999", Float(f64::INFINITY));
        check("0x0.0000000000000000000000001p100", Float(1.0));
        check("0x10000000000000000000000000p-100", Float(1.0));
    }

    #[test]
    fn long_numerals() {
        let zeros = "0".repeat(100_000);
        check(&format!("0.{zeros}1e100001"), Float(1.0));
        check(&format!("1{zeros}e-100000"), Float(1.0));
        check(&format!("{zeros}5"), Integer(5));
        check(&format!("0x{zeros}5"), Integer(5));
        check(&format!("0x{zeros}.8"), Float(0.5));
        check(&format!("0x1{zeros}p-400000"), Float(1.0));
        let nines = "9".repeat(5000);
        check(&nines, Float(f64::INFINITY));
        check(&format!("0.{nines}"), Float(1.0));
        // Halfway between 1 and the next float, and then the least bit more.
        let tie = "1.00000000000000011102230246251565404236316680908203125";
        check(&format!("{tie}{}", &zeros[..2000]), Float(1.0));
        check(&format!("{tie}{}1", &zeros[..2000]), Float(1.0000000000000002));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "", " ", "-", "+", "--1", "- 1", "1 2", "0x", "0x.", "0xp1", "0x1p", "0x1p+", "0xg",
            "x1", ".", "e1", ".e1", "1e", "1e+", "1e1.0", "1..2", "inf", "-inf", "infinity", "nan",
            "NaN", "nan(1)", "1\0", "0\0", "1_000", "1f", "0x1.8q", "١",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
