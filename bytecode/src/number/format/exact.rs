//! Decimal digits of a float by exact arithmetic: any number of them, never in doubt, not quick.

use alloc::vec;
use alloc::vec::Vec;

use super::decimal::Place;
use crate::number::arith::decompose;

/// Limbs of 64 bits for the longest expansion, that of an odd multiple of 2^-1074, which is one of
/// 5^1074 with less than 2^2548.
const N_LIMBS: usize = 40;

/// Digits per limb when a number is cut into decimal pieces, and the power of ten it is cut by.
const DIGITS_PER_PIECE: usize = 19;
const PIECE: u64 = 10_000_000_000_000_000_000;

/// A natural number, least limb first; limbs from `len` on are zero.
struct Big {
    limbs: [u64; N_LIMBS],
    len: usize,
}

impl Big {
    fn new(value: u64) -> Self {
        let mut limbs = [0; N_LIMBS];
        limbs[0] = value;
        Self { limbs, len: 1 }
    }

    fn multiply(&mut self, factor: u64) {
        let mut carry = 0u64;
        for limb in &mut self.limbs[..self.len] {
            let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            *limb = wide as u64;
            carry = (wide >> 64) as u64;
        }
        if carry != 0 && self.len < N_LIMBS {
            self.limbs[self.len] = carry;
            self.len += 1;
        }
    }

    /// Divides by [`PIECE`] and returns the remainder.
    fn cut_piece(&mut self) -> u64 {
        let mut rest = 0u64;
        for limb in self.limbs[..self.len].iter_mut().rev() {
            let wide = u128::from(rest) << 64 | u128::from(*limb);
            *limb = (wide / u128::from(PIECE)) as u64;
            rest = (wide % u128::from(PIECE)) as u64;
        }
        while self.len > 0 && self.limbs[self.len - 1] == 0 {
            self.len -= 1;
        }
        rest
    }
}

/// All decimal digits of a positive finite `value`, without zeros in front, and the exponent of the
/// last of them.
fn expand(value: f64) -> (Vec<u8>, i32) {
    /// 5^27 is the last power of five below 2^64.
    const FIVE_TO_27: u64 = 7_450_580_596_923_828_125;
    let (mantissa, unit) = decompose(value);
    // Without zero bits at the end there are no zero digits at the end of a fraction.
    let zeros = mantissa.trailing_zeros();
    let (mantissa, unit) = (mantissa >> zeros, unit + zeros as i32);
    let mut big = Big::new(mantissa);
    // m 2^-n is m 5^n 10^-n.
    let (mut left, step, step_factor, base) =
        if unit >= 0 { (unit, 63, 1 << 63, 2u64) } else { (-unit, 27, FIVE_TO_27, 5) };
    while left >= step {
        big.multiply(step_factor);
        left -= step;
    }
    big.multiply(base.pow(left as u32));
    (to_digits(big), unit.min(0))
}

fn to_digits(mut big: Big) -> Vec<u8> {
    let mut digits = Vec::with_capacity(N_LIMBS * DIGITS_PER_PIECE + DIGITS_PER_PIECE);
    while big.len > 0 {
        let mut piece = big.cut_piece();
        for _ in 0..DIGITS_PER_PIECE {
            digits.push(b'0' + (piece % 10) as u8);
            piece /= 10;
        }
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    digits.reverse();
    digits
}

/// Digits of a positive finite `value` rounded at `place`, and the exponent of the first. There is
/// at least one digit.
pub(super) fn digits(value: f64, place: Place) -> (Vec<u8>, i32) {
    let (mut digits, last) = expand(value);
    let exponent = last + digits.len() as i32 - 1;
    let keep = match place {
        Place::Digits(n) => n as i128,
        Place::Decimals(n) => n as i128 + i128::from(exponent) + 1,
    };
    if keep < 0 {
        return (vec![b'0'], 0);
    }
    let keep = usize::try_from(keep).unwrap_or(usize::MAX);
    if keep >= digits.len() {
        return (digits, exponent);
    }
    let is_odd = keep > 0 && digits[keep - 1] & 1 == 1;
    let up = match digits[keep] {
        b'5' => is_odd || digits[keep + 1..].iter().any(|d| *d != b'0'),
        digit => digit > b'5',
    };
    digits.truncate(keep);
    let exponent = if up && carry(&mut digits) { exponent + 1 } else { exponent };
    if digits.is_empty() { (vec![b'0'], 0) } else { (digits, exponent) }
}

/// Adds one to the last digit; whether that made a digit more, in which case the digits are a one
/// and zeros.
fn carry(digits: &mut Vec<u8>) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    true
}
