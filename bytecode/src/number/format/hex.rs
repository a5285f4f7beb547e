//! Floats in hexadecimal: `%a`.

use super::layout::Sink;
use crate::number::arith::decompose;

const LETTERS: &[u8; 16] = b"0123456789abcdef";

/// Hexadecimal digits behind the point that a double has.
const N_DIGITS: usize = 13;
const FRACTION_BITS: u32 = 4 * N_DIGITS as u32;

/// Appends `value`, which is finite and not negative, with `precision` digits behind the point, or
/// as many as are needed. The digit before the point is 1, or 0 for zero and subnormal numbers, or
/// 2 if rounding made it so.
pub(super) fn hex(out: &mut impl Sink, value: f64, precision: Option<usize>, alternate: bool) {
    let (mut mantissa, unit) = decompose(value);
    let exponent = if mantissa == 0 { 0 } else { unit + FRACTION_BITS as i32 };
    let mut n_digits = N_DIGITS;
    match precision {
        Some(precision) if precision < N_DIGITS => {
            mantissa = round(mantissa, 4 * (N_DIGITS - precision) as u32);
            n_digits = precision;
        }
        Some(_) => {}
        None => {
            let fraction = mantissa & ((1 << FRACTION_BITS) - 1);
            let zeros = fraction.trailing_zeros().min(FRACTION_BITS) as usize / 4;
            n_digits -= zeros;
        }
    }
    out.put_all(b"0x");
    out.put(LETTERS[(mantissa >> FRACTION_BITS) as usize & 15]);
    let precision = precision.unwrap_or(n_digits);
    if precision > 0 || alternate {
        out.put(b'.');
    }
    for i in 1..=n_digits as u32 {
        out.put(LETTERS[(mantissa >> (FRACTION_BITS - 4 * i)) as usize & 15]);
    }
    out.put_zeros(precision - n_digits);
    out.put(b'p');
    out.put(if exponent < 0 { b'-' } else { b'+' });
    super::integer::put_unsigned(out, u64::from(exponent.unsigned_abs()));
}

/// Rounds half to even so that the last `n_bits` bits become zero.
fn round(mantissa: u64, n_bits: u32) -> u64 {
    let half = 1 << (n_bits - 1);
    let rest = mantissa & (half | (half - 1));
    let kept = mantissa - rest;
    let is_odd = mantissa >> n_bits & 1 == 1;
    if rest > half || rest == half && is_odd { kept + (1 << n_bits) } else { kept }
}
