//! Integers to text.

use alloc::vec::Vec;

use super::layout::Sink;
use super::{Case, Spec, pad, push_sign};

/// "00", "01", … "99".
static PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut i = 0;
    while i < 100 {
        pairs[2 * i] = b'0' + (i / 10) as u8;
        pairs[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    pairs
};

/// Most digits of a 64-bit number in decimal.
pub(super) const MAX_DIGITS: usize = 20;

/// Writes `value` in decimal to the end of `buffer` and returns where it begins.
#[inline]
pub(super) fn decimal(value: u64, buffer: &mut [u8; MAX_DIGITS]) -> usize {
    let mut rest = value;
    let mut at = MAX_DIGITS;
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        let pair = rest as usize * 2;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        buffer[at] = b'0' + rest as u8;
    }
    at
}

/// Appends an unsigned number in decimal.
#[inline]
pub(super) fn put_unsigned(out: &mut impl Sink, value: u64) {
    let mut buffer = [0; MAX_DIGITS];
    let start = decimal(value, &mut buffer);
    out.put_all(&buffer[start..]);
}

/// Appends a signed number in decimal.
#[inline]
pub(super) fn put(out: &mut impl Sink, value: i64) {
    if value < 0 {
        out.put(b'-');
    }
    put_unsigned(out, value.unsigned_abs());
}

/// Appends `value` in decimal.
#[inline]
pub fn push_integer(out: &mut Vec<u8>, value: i64) {
    put(out, value);
}

/// Appends `value` as `%d` would under `spec`.
pub fn integer(out: &mut Vec<u8>, value: i64, spec: &Spec) {
    let start = out.len();
    push_sign(out, value < 0, spec);
    let mut buffer = [0; MAX_DIGITS];
    let at = decimal(value.unsigned_abs(), &mut buffer);
    finish(out, start, &buffer[at..], value == 0, spec);
}

/// Base of an unsigned conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radix {
    /// `%u`.
    Decimal,
    /// `%o`.
    Octal,
    /// `%x` or `%X`.
    Hex(Case),
}

/// Appends `value` as `%u`, `%o`, `%x` or `%X` would under `spec`.
pub fn unsigned(out: &mut Vec<u8>, radix: Radix, value: u64, spec: &Spec) {
    let start = out.len();
    let mut buffer = [0; MAX_DIGITS];
    let mut bits_buffer = [b'0'; MAX_BINARY_DIGITS];
    let digits = match radix {
        Radix::Decimal => {
            let at = decimal(value, &mut buffer);
            &buffer[at..]
        }
        Radix::Octal => {
            // The prefix is a digit zero, and not needed by zero itself.
            let prefix = spec.alternate && value != 0;
            let at = binary_digits(&mut bits_buffer, value, 3, b"01234567");
            &bits_buffer[at - usize::from(prefix)..]
        }
        Radix::Hex(case) => {
            let (prefix, letters) = match case {
                Case::Lower => (b"0x", b"0123456789abcdef"),
                Case::Upper => (b"0X", b"0123456789ABCDEF"),
            };
            if spec.alternate && value != 0 {
                out.extend_from_slice(prefix);
            }
            let at = binary_digits(&mut bits_buffer, value, 4, letters);
            &bits_buffer[at..]
        }
    };
    let vanishes = value == 0 && !(spec.alternate && radix == Radix::Octal);
    finish(out, start, digits, vanishes, spec);
}

/// Most octal digits of a 64-bit number, and one zero as their prefix.
const MAX_BINARY_DIGITS: usize = 23;

/// Writes digits of `bits_per_digit` bits each to the end of a buffer of digits zero, and returns where
/// they begin, which is not its start.
fn binary_digits(
    buffer: &mut [u8; MAX_BINARY_DIGITS],
    value: u64,
    bits_per_digit: u32,
    letters: &[u8],
) -> usize {
    let mask = (1 << bits_per_digit) - 1;
    let mut rest = value;
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = letters[(rest & mask) as usize];
        rest >>= bits_per_digit;
        if rest == 0 {
            return at;
        }
    }
}

/// Appends digits behind the sign and prefix that begin at `start`, and pads. If they `vanish`, a
/// precision of zero leaves no digit at all.
fn finish(out: &mut Vec<u8>, start: usize, digits: &[u8], vanishes: bool, spec: &Spec) {
    let digits_at = out.len();
    match spec.precision {
        None => out.extend_from_slice(digits),
        Some(0) if vanishes => {}
        Some(precision) => {
            let n_zeros = precision.saturating_sub(digits.len());
            out.resize(digits_at + n_zeros, b'0');
            out.extend_from_slice(digits);
        }
    }
    pad(out, start, digits_at, spec, spec.zero && spec.precision.is_none());
}
