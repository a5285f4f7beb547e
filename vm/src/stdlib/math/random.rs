//! `math.random` and `math.randomseed`: xoshiro256**, seeded as the reference seeds it, so that a
//! seed gives the same sequence there and here.

use crate::native::{NativeResult, NativeRet};
use crate::value::Value;
use crate::vm::Vm;

/// The next 64 random bits (`nextrand`).
#[inline]
fn next(state: &mut [u64; 4]) -> u64 {
    let [s0, s1, s2, s3] = *state;
    let (s2, s3) = (s2 ^ s0, s3 ^ s1);
    *state = [s0 ^ s3, s1 ^ s2, s2 ^ s1 << 17, s3.rotate_left(45)];
    s1.wrapping_mul(5).rotate_left(7).wrapping_mul(9)
}

/// The state that two numbers lead to (`setseed`).
fn seeded(n1: u64, n2: u64) -> [u64; 4] {
    let mut state = [n1, 0xFF, n2, 0];
    for _ in 0..16 {
        next(&mut state);
    }
    state
}

/// A float in [0, 1) of the upper 53 bits (`I2d`).
fn unit_float(bits: u64) -> f64 {
    const TWO_53: f64 = (1_u64 << 53) as f64;
    (bits >> 11) as f64 / TWO_53
}

/// Takes random bits to `0..=n` without bias: to the next power of two, and again with new bits
/// until the result is in range (`project`).
fn project(state: &mut [u64; 4], bits: u64, n: u64) -> u64 {
    if n & n.wrapping_add(1) == 0 {
        return bits & n;
    }
    let mask = u64::MAX >> n.leading_zeros();
    let mut bits = bits & mask;
    while bits > n {
        bits = next(state) & mask;
    }
    bits
}

pub(super) fn random(vm: &mut Vm) -> NativeResult {
    let bits = next(&mut vm.random);
    let (low, up) = match vm.n_args() {
        0 => return vm.ret(Value::float(unit_float(bits))),
        1 => {
            let up = vm.check_int(1)?;
            if up == 0 {
                return vm.ret(Value::int(bits as i64));
            }
            (1, up)
        }
        2 => (vm.check_int(1)?, vm.check_int(2)?),
        _ => return Err(vm.error_at_caller(b"wrong number of arguments")),
    };
    if low > up {
        return Err(vm.arg_error(1, "interval is empty"));
    }
    let offset = project(&mut vm.random, bits, up.wrapping_sub(low) as u64);
    vm.ret(Value::int(low.wrapping_add(offset as i64)))
}

pub(super) fn randomseed(vm: &mut Vm) -> NativeResult {
    let (n1, n2) = if vm.has_arg(1) {
        let n1 = vm.check_int(1)?;
        (n1, vm.opt_int(2, 0)?)
    } else {
        seed_at_random(vm)
    };
    vm.random = seeded(n1 as u64, n2 as u64);
    vm.push(Value::int(n1));
    vm.push(Value::int(n2));
    Ok(NativeRet::Values(2))
}

/// Sets a state that differs from run to run, unless the host chose the seed; returns the seeds.
pub(super) fn seed_at_random(vm: &mut Vm) -> (i64, i64) {
    let (n1, n2) = (vm.chance.draw(), vm.chance.draw());
    vm.random = seeded(n1, n2);
    (n1 as i64, n2 as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Lua 5.4 gives after `math.randomseed(42)`, with `math.random(0)`.
    #[test]
    fn a_seed_gives_the_known_sequence() {
        let mut state = seeded(42, 0);
        let expected: [i64; 4] =
            [-1276290044721465627, 8333941968102511665, -8358531260401861301, -3807604385970496171];
        for expected in expected {
            assert_eq!(next(&mut state) as i64, expected);
        }
    }

    #[test]
    fn projection_stays_in_range() {
        let mut state = seeded(1, 2);
        for n in [0, 1, 2, 5, 6, 7, 8, 99, 1 << 40, u64::MAX - 1, u64::MAX] {
            for _ in 0..100 {
                let bits = next(&mut state);
                assert!(project(&mut state, bits, n) <= n, "{n}");
            }
        }
        assert_eq!(project(&mut state, 0b1011, 3), 0b11);
    }

    #[test]
    fn floats_are_below_one() {
        assert_eq!(unit_float(u64::MAX), 1.0 - f64::EPSILON / 2.0);
        assert_eq!(unit_float(0), 0.0);
    }
}
