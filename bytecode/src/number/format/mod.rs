//! Numbers to text, equal to what C's `printf` of glibc prints in the "C" locale.
//!
//! - [`number`] and [`NumberBuffer`] give what Lua's `tostring` gives (`tostringbuff`, lobject.c).
//! - [`integer`], [`unsigned`] and [`float`] are one conversion specification of `printf` each, for
//!   `string.format`, with its flags, width and precision in a [`Spec`].
//!
//! Rounding is to nearest, ties to even, on the exact binary value. The usual case is one
//! multiplication by a 128-bit power of ten (module `decimal`); the rare value too near to a tie, and
//! wishes for more than 17 digits, are served by exact arithmetic (module `exact`).

mod decimal;
mod exact;
mod hex;
mod integer;
mod layout;

use alloc::vec::Vec;

use super::Number;
use decimal::{Decimal, Place};
use layout::Sink;

pub use integer::{Radix, integer, push_integer, unsigned};

/// Flags, width and precision of a conversion specification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`: pad on the right.
    pub left: bool,
    /// `+`: positive numbers get a sign as well.
    pub plus: bool,
    /// Space: positive numbers get a space where the sign would be.
    pub space: bool,
    /// `#`: prefix, or always a point, or trailing zeros kept, depending on the conversion.
    pub alternate: bool,
    /// `0`: pad with zeros behind the sign.
    pub zero: bool,
    /// Least number of bytes.
    pub width: usize,
    /// Precision, if given.
    pub precision: Option<usize>,
}

/// A conversion of `printf` for floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatStyle {
    /// `%f`.
    Fixed,
    /// `%e`.
    Exponent,
    /// `%g`.
    General,
    /// `%a`.
    Hex,
}

/// Upper or lower case of letters in a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `%e`, `%g`, `%a`, `%x`.
    Lower,
    /// `%E`, `%G`, `%A`, `%X`.
    Upper,
}

/// Appends `value` as `printf` would under `style`, `case` and `spec`.
pub fn float(out: &mut Vec<u8>, style: FloatStyle, case: Case, value: f64, spec: &Spec) {
    let start = out.len();
    push_sign(out, value.is_sign_negative(), spec);
    let mut digits_at = out.len();
    let magnitude = value.abs();
    let finite = value.is_finite();
    if !finite {
        out.extend_from_slice(if value.is_nan() { b"nan" } else { b"inf" });
    } else {
        match style {
            FloatStyle::Fixed => fixed(out, magnitude, spec.precision.unwrap_or(6), spec.alternate),
            FloatStyle::Exponent => {
                exponent(out, magnitude, spec.precision.unwrap_or(6), spec.alternate);
            }
            FloatStyle::General => {
                general(out, magnitude, spec.precision.unwrap_or(6), spec.alternate);
            }
            FloatStyle::Hex => {
                hex::hex(out, magnitude, spec.precision, spec.alternate);
                digits_at += 2;
            }
        }
    }
    if case == Case::Upper {
        out[start..].make_ascii_uppercase();
    }
    pad(out, start, digits_at, spec, spec.zero && finite);
}

/// `%.{precision}f` of a finite number at or above zero.
fn fixed(out: &mut impl Sink, value: f64, precision: usize, alternate: bool) {
    let decimal = Decimal::of(value, Place::Decimals(precision));
    layout::fixed(out, decimal.digits(), decimal.exponent(), precision, alternate);
}

/// `%.{precision}e` of a finite number at or above zero.
fn exponent(out: &mut impl Sink, value: f64, precision: usize, alternate: bool) {
    let decimal = Decimal::of(value, Place::Digits(precision.saturating_add(1)));
    layout::exponent(out, decimal.digits(), decimal.exponent(), precision, alternate);
}

/// `%.{precision}g` of a finite number at or above zero.
fn general(out: &mut impl Sink, value: f64, precision: usize, alternate: bool) {
    let precision = precision.max(1);
    let decimal = Decimal::of(value, Place::Digits(precision));
    let exponent = decimal.exponent();
    let mut digits = decimal.digits();
    if !alternate {
        while let [rest @ .., b'0'] = digits
            && !rest.is_empty()
        {
            digits = rest;
        }
    }
    // Digits to print; trailing zeros beyond those at hand only with `#`.
    let n_digits = if alternate { precision } else { digits.len() };
    if exponent < -4 || usize::try_from(exponent).is_ok_and(|e| e >= precision) {
        // Quirk: glibc has laid out for fixed style what rounding then makes too long for it, and
        // forgets the zeros that `#` asks for.
        let outgrown = exponent as usize == precision && rounds_up_to(value, exponent);
        let n_decimals = if alternate && outgrown { 0 } else { n_digits - 1 };
        layout::exponent(out, digits, exponent, n_decimals, alternate);
    } else {
        let decimals = (n_digits as i64 - 1 - i64::from(exponent)).max(0) as usize;
        layout::fixed(out, digits, exponent, decimals, alternate);
    }
}

/// Whether a value that was rounded to 10^`exponent` lies below that. From 10^16 up floats are
/// integral and cannot.
fn rounds_up_to(value: f64, exponent: i32) -> bool {
    const POWERS: [f64; 17] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    ];
    let power = usize::try_from(exponent).ok().filter(|&i| i > 0).and_then(|i| POWERS.get(i));
    power.is_some_and(|&power| value < power)
}

/// Appends the sign that `printf` would print.
fn push_sign(out: &mut Vec<u8>, negative: bool, spec: &Spec) {
    if negative {
        out.push(b'-');
    } else if spec.plus {
        out.push(b'+');
    } else if spec.space {
        out.push(b' ');
    }
}

/// Widens what was appended since `start` to the width asked for. Zeros go in at `digits_at`,
/// behind sign and prefix.
fn pad(out: &mut Vec<u8>, start: usize, digits_at: usize, spec: &Spec, zeros: bool) {
    let missing = spec.width.saturating_sub(out.len() - start);
    if missing == 0 {
        return;
    }
    let old_len = out.len();
    if spec.left {
        out.resize(old_len + missing, b' ');
        return;
    }
    let (at, fill) = if zeros { (digits_at, b'0') } else { (start, b' ') };
    out.resize(old_len + missing, fill);
    out.copy_within(at..old_len, at + missing);
    out[at..at + missing].fill(fill);
}

/// Appends `value` as `tostring` gives it: integers in decimal, floats by `%.14g` with `.0` behind
/// what would look like an integer. Mirrors `tostringbuff`.
pub fn number(out: &mut Vec<u8>, value: Number) {
    match value {
        Number::Integer(i) => push_integer(out, i),
        Number::Float(f) => out.extend_from_slice(NumberBuffer::new().float(f)),
    }
}

/// Room for a number's text, for callers that want no allocation.
#[derive(Clone, Debug)]
pub struct NumberBuffer {
    bytes: [u8; Self::LEN],
    len: usize,
}

impl NumberBuffer {
    /// The longest texts are those like `-1.2345678901234e-308` and `-9223372036854775808`.
    const LEN: usize = 24;

    /// An empty buffer.
    #[inline]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::LEN], len: 0 }
    }

    /// The text of `value` as [`number`] gives it, valid until the next use.
    pub fn format(&mut self, value: Number) -> &[u8] {
        match value {
            Number::Integer(i) => self.integer(i),
            Number::Float(f) => self.float(f),
        }
    }

    /// The text of an integer.
    pub fn integer(&mut self, value: i64) -> &[u8] {
        self.len = 0;
        integer::put(self, value);
        &self.bytes[..self.len]
    }

    /// The text of a float.
    pub fn float(&mut self, value: f64) -> &[u8] {
        /// Integral floats below it have at most 14 digits, which `%.14g` prints as they are.
        const SMALL: f64 = 1e14;
        self.len = 0;
        let magnitude = value.abs();
        if magnitude < SMALL && magnitude as i64 as f64 == magnitude {
            if value.is_sign_negative() {
                self.put(b'-');
            }
            integer::put(self, magnitude as i64);
            self.put_all(b".0");
        } else if value.is_finite() {
            if value.is_sign_negative() {
                self.put(b'-');
            }
            general(self, magnitude, 14, false);
            if !self.bytes[..self.len].iter().any(|b| matches!(b, b'.' | b'e')) {
                self.put_all(b".0");
            }
        } else {
            self.put_all(match (value.is_nan(), value.is_sign_negative()) {
                (true, false) => b"nan",
                (true, true) => b"-nan",
                (false, false) => b"inf",
                (false, true) => b"-inf",
            });
        }
        &self.bytes[..self.len]
    }
}

impl Default for NumberBuffer {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes beyond the buffer are dropped; its length is such that there are none.
impl Sink for NumberBuffer {
    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    #[inline]
    fn put_all(&mut self, bytes: &[u8]) {
        if let Some(slots) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            slots.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    #[inline]
    fn put_zeros(&mut self, n: usize) {
        (0..n).for_each(|_| self.put(b'0'));
    }
}

#[cfg(test)]
mod tests;
