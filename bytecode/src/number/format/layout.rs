//! Where digits, points, zeros and exponents go, once the digits are known.

use alloc::vec::Vec;

use super::integer;

/// Where text is appended.
pub(super) trait Sink {
    /// Appends a byte.
    fn put(&mut self, byte: u8);
    /// Appends bytes.
    fn put_all(&mut self, bytes: &[u8]);
    /// Appends `n` digits zero.
    fn put_zeros(&mut self, n: usize);
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, byte: u8) {
        self.push(byte);
    }

    #[inline]
    fn put_all(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn put_zeros(&mut self, n: usize) {
        self.resize(self.len() + n, b'0');
    }
}

/// Lays out `digits` (the first of which has the decimal weight `exponent`) with `precision`
/// decimals. Digits beyond those are cut; the caller has rounded.
pub(super) fn fixed(
    out: &mut impl Sink,
    digits: &[u8],
    exponent: i32,
    precision: usize,
    alternate: bool,
) {
    let n_integral = usize::try_from(i64::from(exponent) + 1).unwrap_or(0);
    if n_integral == 0 {
        out.put(b'0');
    } else {
        let at_hand = n_integral.min(digits.len());
        out.put_all(&digits[..at_hand]);
        out.put_zeros(n_integral - at_hand);
    }
    if precision > 0 || alternate {
        out.put(b'.');
    }
    let n_zeros = usize::try_from(-1 - i64::from(exponent)).unwrap_or(0).min(precision);
    out.put_zeros(n_zeros);
    let decimals = digits.get(n_integral..).unwrap_or_default();
    let wanted = precision - n_zeros;
    let at_hand = wanted.min(decimals.len());
    out.put_all(&decimals[..at_hand]);
    out.put_zeros(wanted - at_hand);
}

/// Lays out `digits` in scientific notation with `precision` decimals.
pub(super) fn exponent(
    out: &mut impl Sink,
    digits: &[u8],
    exponent: i32,
    precision: usize,
    alternate: bool,
) {
    let (first, rest) = digits.split_first().unwrap_or((&b'0', &[]));
    out.put(*first);
    if precision > 0 || alternate {
        out.put(b'.');
    }
    let at_hand = precision.min(rest.len());
    out.put_all(&rest[..at_hand]);
    out.put_zeros(precision - at_hand);
    out.put(b'e');
    out.put(if exponent < 0 { b'-' } else { b'+' });
    if exponent.unsigned_abs() < 10 {
        out.put(b'0');
    }
    integer::put_unsigned(out, u64::from(exponent.unsigned_abs()));
}
