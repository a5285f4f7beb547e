//! Decimal digits of a float, rounded at a given place.
//!
//! A value `m 2^e` is multiplied by the power of ten that brings the wanted digits before the
//! point, the power truncated to 128 bits. The true product then lies less than `2^64` above the
//! 192-bit one, so that the rounding is decided unless the fraction comes out that close below one
//! half. Powers up to 10^55 are exact, and so are ties found with them.

use alloc::vec::Vec;

use super::exact;
use super::integer::{self, MAX_DIGITS};
use crate::number::arith::decompose;

/// Where to round.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// After so many significant digits, at least one.
    Digits(usize),
    /// After so many digits behind the point.
    Decimals(usize),
}

/// Rounded digits and their weight.
pub(super) struct Decimal {
    /// Digits of the usual case, from `start`.
    near: [u8; MAX_DIGITS],
    start: usize,
    /// Digits of the exact case, if not empty.
    far: Vec<u8>,
    exponent: i32,
}

/// Significant digits that the quick way can give: such numbers stay below 2^57.
const MAX_QUICK_DIGITS: usize = 17;

impl Decimal {
    /// Rounds a finite `value` at or above zero.
    pub(super) fn of(value: f64, place: Place) -> Self {
        let quick = if value == 0.0 {
            Some(Self::from_integer(0, 0))
        } else {
            match place {
                Place::Digits(n) if n <= MAX_QUICK_DIGITS => quick_digits(value, n),
                Place::Digits(_) => None,
                Place::Decimals(n) => quick_decimals(value, n),
            }
        };
        quick.unwrap_or_else(|| {
            let (far, exponent) = exact::digits(value, place);
            Self { near: [0; MAX_DIGITS], start: 0, far, exponent }
        })
    }

    /// The number `integer` times 10^-`scale`.
    fn from_integer(integer: u64, scale: i32) -> Self {
        let mut near = [0; MAX_DIGITS];
        let start = integer::decimal(integer, &mut near);
        let exponent = (MAX_DIGITS - start) as i32 - 1 - scale;
        Self { near, start, far: Vec::new(), exponent }
    }

    /// The digits, at least one, in ASCII; the first is zero only if all are.
    pub(super) fn digits(&self) -> &[u8] {
        if self.far.is_empty() { &self.near[self.start..] } else { &self.far }
    }

    /// Decimal exponent of the first digit.
    pub(super) fn exponent(&self) -> i32 {
        self.exponent
    }
}

fn quick_digits(value: f64, n: usize) -> Option<Decimal> {
    let n = n as i32;
    let exponent = estimate_exponent(value);
    let mut scale = n - 1 - exponent;
    let mut integer = round_scaled(value, scale)?;
    if integer >= TEN_TO[n as usize] {
        // The estimate was one too low, or rounding reached the next power of ten.
        scale -= 1;
        integer = round_scaled(value, scale)?;
    }
    Some(Decimal::from_integer(integer, scale))
}

fn quick_decimals(value: f64, n: usize) -> Option<Decimal> {
    let scale = i32::try_from(n).ok()?;
    Some(Decimal::from_integer(round_scaled(value, scale)?, scale))
}

/// 10^0 to 10^17.
static TEN_TO: [u64; MAX_QUICK_DIGITS + 1] = {
    let mut powers = [1; MAX_QUICK_DIGITS + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// The decimal exponent of `value`, or one less.
fn estimate_exponent(value: f64) -> i32 {
    let (mantissa, unit) = decompose(value);
    let zeros = mantissa.leading_zeros() as i32;
    // The binary logarithm with 20 binary places; between powers of two a straight line runs
    // below the true curve.
    let fraction = ((mantissa << zeros) << 1 >> 44) as i64;
    let log2 = (i64::from(unit + 63 - zeros) << 20) + fraction;
    // Times log10(2), and a little lower for the rounding of that constant.
    ((log2 * 315_653 - (1 << 30)) >> 40) as i32
}

/// `value` times 10^`scale`, rounded to an integer; `None` if that is too large or the
/// multiplication leaves the rounding open.
fn round_scaled(value: f64, scale: i32) -> Option<u64> {
    let index = usize::try_from(scale - MIN_POWER).ok()?;
    let (power, power_unit) = *POWERS.get(index)?;
    let (mantissa, unit) = decompose(value);
    let zeros = mantissa.leading_zeros();
    let m = u128::from(mantissa << zeros);
    // The product's upper 128 bits, and the 64 below them.
    let low = m * u128::from(power as u64);
    let product = m * (power >> 64) + (low >> 64);
    let rest = low as u64;
    // The value is product 2^-places, the first bit of product being bit 126 or 127.
    let places = -(unit - zeros as i32 + i32::from(power_unit) + 64);
    if places > 128 {
        return Some(0);
    }
    if places < 65 {
        return None;
    }
    let integer = if places == 128 { 0 } else { (product >> places) as u64 };
    let half = 1u128 << (places - 1);
    let fraction = product & (half | (half - 1));
    let is_exact = (0..=MAX_EXACT_POWER).contains(&scale);
    if is_exact {
        let odd = integer & 1 == 1;
        let up = fraction > half || fraction == half && (rest != 0 || odd);
        return Some(integer + u64::from(up));
    }
    if fraction > half {
        Some(integer + 1)
    } else if fraction + 2 <= half {
        Some(integer)
    } else {
        None
    }
}

/// Exponents of the least and greatest power in the table.
const MIN_POWER: i32 = -325;
const MAX_POWER: i32 = 345;
/// 5^55 is the last power of five below 2^128.
const MAX_EXACT_POWER: i32 = 55;

/// For each power of ten: its first 128 bits as an integer, the rest cut off, and the weight of that
/// integer's unit bit.
static POWERS: [(u128, i16); (MAX_POWER - MIN_POWER + 1) as usize] = powers();

const N_LIMBS: usize = 21;

const fn powers() -> [(u128, i16); (MAX_POWER - MIN_POWER + 1) as usize] {
    let mut table = [(0, 0); (MAX_POWER - MIN_POWER + 1) as usize];
    // Upwards the number itself is kept, downwards its 2^BELOW-fold.
    let mut limbs = [0; N_LIMBS];
    limbs[0] = 1;
    let mut power = 0;
    while power <= MAX_POWER {
        table[(power - MIN_POWER) as usize] = leading_bits(&limbs, 0);
        let mut carry = 0;
        let mut i = 0;
        while i < N_LIMBS {
            let wide = limbs[i] as u128 * 10 + carry;
            limbs[i] = wide as u64;
            carry = wide >> 64;
            i += 1;
        }
        power += 1;
    }
    const BELOW: i16 = 64 * (N_LIMBS as i16 - 1);
    limbs = [0; N_LIMBS];
    limbs[N_LIMBS - 1] = 1;
    power = -1;
    while power >= MIN_POWER {
        let mut rest = 0;
        let mut i = N_LIMBS;
        while i > 0 {
            i -= 1;
            let wide = rest << 64 | limbs[i] as u128;
            limbs[i] = (wide / 10) as u64;
            rest = wide % 10;
        }
        table[(power - MIN_POWER) as usize] = leading_bits(&limbs, BELOW);
        power -= 1;
    }
    table
}

/// The first 128 bits of a number, and the weight of the last of them less `below`.
const fn leading_bits(limbs: &[u64; N_LIMBS], below: i16) -> (u128, i16) {
    let mut top = N_LIMBS - 1;
    while limbs[top] == 0 {
        top -= 1;
    }
    let zeros = limbs[top].leading_zeros();
    let second = if top >= 1 { limbs[top - 1] } else { 0 };
    let third = if top >= 2 { limbs[top - 2] } else { 0 };
    let mut bits = ((limbs[top] as u128) << 64 | second as u128) << zeros;
    if zeros > 0 {
        bits |= (third >> (64 - zeros)) as u128;
    }
    (bits, top as i16 * 64 - 64 - zeros as i16 - below)
}
