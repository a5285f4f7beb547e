//! The math library (lmathlib.c), with the functions that `LUA_COMPAT_MATHLIB` keeps.
//!
//! Functions of real numbers are the system's, as those of the reference are, so that results are
//! the same to the last bit.

mod random;

use moonproof_bytecode::number::convert::float_to_integer;
use moonproof_bytecode::number::{Number, arith, compare};

use super::{natives, new_library};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet, to_integer};
use crate::table::Table;
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "abs" => abs,
        "acos" => |vm| real(vm, f64::acos),
        "asin" => |vm| real(vm, f64::asin),
        "atan" => atan,
        "ceil" => ceil,
        "cos" => |vm| real(vm, f64::cos),
        "deg" => |vm| real(vm, |x| x * (180.0 / std::f64::consts::PI)),
        "exp" => |vm| real(vm, f64::exp),
        "tointeger" => tointeger,
        "floor" => floor,
        "fmod" => fmod,
        "ult" => ult,
        "log" => log,
        "max" => max,
        "min" => min,
        "modf" => modf,
        "rad" => |vm| real(vm, |x| x * (std::f64::consts::PI / 180.0)),
        "sin" => |vm| real(vm, f64::sin),
        "sqrt" => |vm| real(vm, f64::sqrt),
        "tan" => |vm| real(vm, f64::tan),
        "type" => number_type,
        "cosh" => |vm| real(vm, f64::cosh),
        "sinh" => |vm| real(vm, f64::sinh),
        "tanh" => |vm| real(vm, f64::tanh),
        "pow" => pow,
        "frexp" => frexp,
        "ldexp" => ldexp,
        "log10" => |vm| real(vm, f64::log10),
        "random" => random::random,
        "randomseed" => random::randomseed,
    };
    let math = new_library(vm, FUNCTIONS, 5);
    // The same function by two names.
    let atan = math.get_name(vm.heap.new_string(b"atan"));
    vm.raw_set_name(math, "atan2", atan);
    vm.raw_set_name(math, "pi", Value::float(std::f64::consts::PI));
    vm.raw_set_name(math, "huge", Value::float(f64::INFINITY));
    vm.raw_set_name(math, "maxinteger", Value::int(i64::MAX));
    vm.raw_set_name(math, "mininteger", Value::int(i64::MIN));
    random::seed_at_random(vm);
    math
}

/// A function of one real number.
#[inline(always)]
fn real(vm: &mut Vm, function: impl FnOnce(f64) -> f64) -> NativeResult {
    let x = vm.check_float(1)?;
    vm.ret(Value::float(function(x)))
}

/// A float as an integer if it fits, after rounding (`pushnumint`).
#[inline]
fn rounded(x: f64) -> Value {
    float_to_integer(x).map_or(Value::float(x), Value::int)
}

fn abs(vm: &mut Vm) -> NativeResult {
    match vm.arg(1).as_int() {
        Some(int) => vm.ret(Value::int(int.wrapping_abs())),
        None => real(vm, f64::abs),
    }
}

fn floor(vm: &mut Vm) -> NativeResult {
    if let Some(int) = vm.arg(1).as_int() {
        return vm.ret(Value::int(int));
    }
    let x = vm.check_float(1)?;
    vm.ret(rounded(arith::floor(x)))
}

fn ceil(vm: &mut Vm) -> NativeResult {
    if let Some(int) = vm.arg(1).as_int() {
        return vm.ret(Value::int(int));
    }
    let x = vm.check_float(1)?;
    vm.ret(rounded(-arith::floor(-x)))
}

fn atan(vm: &mut Vm) -> NativeResult {
    let y = vm.check_float(1)?;
    let x = vm.opt_float(2, 1.0)?;
    vm.ret(Value::float(y.atan2(x)))
}

fn tointeger(vm: &mut Vm) -> NativeResult {
    let value = vm.arg(1);
    if let Some(int) = to_integer(value) {
        return vm.ret(Value::int(int));
    }
    vm.check_any(1)?;
    vm.ret(Value::NIL)
}

fn fmod(vm: &mut Vm) -> NativeResult {
    if let (Some(a), Some(b)) = (vm.arg(1).as_int(), vm.arg(2).as_int()) {
        if b == 0 {
            return Err(vm.arg_error(2, "zero"));
        }
        return vm.ret(Value::int(a.wrapping_rem(b)));
    }
    // Quirk: the reference's compiler evaluates the second argument first.
    let b = vm.check_float(2)?;
    let a = vm.check_float(1)?;
    vm.ret(Value::float(arith::fmod(a, b)))
}

fn modf(vm: &mut Vm) -> NativeResult {
    if let Some(int) = vm.arg(1).as_int() {
        vm.push(Value::int(int));
        vm.push(Value::float(0.0));
        return Ok(NativeRet::Values(2));
    }
    let x = vm.check_float(1)?;
    let whole = if x < 0.0 { -arith::floor(-x) } else { arith::floor(x) };
    vm.push(rounded(whole));
    vm.push(Value::float(if x == whole { 0.0 } else { x - whole }));
    Ok(NativeRet::Values(2))
}

fn ult(vm: &mut Vm) -> NativeResult {
    let (a, b) = (vm.check_int(1)?, vm.check_int(2)?);
    vm.ret(Value::bool((a as u64) < b as u64))
}

fn log(vm: &mut Vm) -> NativeResult {
    let x = vm.check_float(1)?;
    let result = if vm.arg(2).is_nil() {
        x.ln()
    } else {
        let base = vm.check_float(2)?;
        if base == 2.0 {
            x.log2()
        } else if base == 10.0 {
            x.log10()
        } else {
            x.ln() / base.ln()
        }
    };
    vm.ret(Value::float(result))
}

fn pow(vm: &mut Vm) -> NativeResult {
    let (x, y) = (vm.check_float(1)?, vm.check_float(2)?);
    vm.ret(Value::float(x.powf(y)))
}

fn min(vm: &mut Vm) -> NativeResult {
    match extreme_number(vm, compare::lt) {
        Some(number) => vm.ret(number.into()),
        None => extremum(vm, |vm, candidate, best| vm.less_than(candidate, best)),
    }
}

fn max(vm: &mut Vm) -> NativeResult {
    match extreme_number(vm, |candidate, best| compare::lt(best, candidate)) {
        Some(number) => vm.ret(number.into()),
        None => extremum(vm, |vm, candidate, best| vm.less_than(best, candidate)),
    }
}

/// The argument that no later one beats, if all are numbers.
#[inline(always)]
fn extreme_number(vm: &Vm, beats: impl Fn(Number, Number) -> bool) -> Option<Number> {
    let mut best = vm.arg(1).as_number()?;
    for i in 2..=vm.n_args() {
        let candidate = vm.arg(i).as_number()?;
        if beats(candidate, best) {
            best = candidate;
        }
    }
    Some(best)
}

/// The same for values of any type; arguments are read again each time, since a comparison may run a
/// script.
#[cold]
#[inline(never)]
fn extremum(
    vm: &mut Vm,
    beats: impl Fn(&mut Vm, Value, Value) -> Result<bool, Raised>,
) -> NativeResult {
    let n = vm.n_args();
    if n == 0 {
        return Err(vm.arg_error(1, "value expected"));
    }
    let mut best = 1;
    for i in 2..=n {
        if beats(vm, vm.arg(i), vm.arg(best))? {
            best = i;
        }
    }
    let result = vm.arg(best);
    vm.ret(result)
}

fn number_type(vm: &mut Vm) -> NativeResult {
    match vm.arg(1).tag() {
        Tag::INT => vm.ret_str(b"integer"),
        Tag::FLOAT => vm.ret_str(b"float"),
        _ => {
            vm.check_any(1)?;
            vm.ret(Value::NIL)
        }
    }
}

fn frexp(vm: &mut Vm) -> NativeResult {
    let (fraction, exponent) = split(vm.check_float(1)?);
    vm.push(Value::float(fraction));
    vm.push(Value::int(exponent));
    Ok(NativeRet::Values(2))
}

fn ldexp(vm: &mut Vm) -> NativeResult {
    let x = vm.check_float(1)?;
    // As C's conversion to `int`.
    let exponent = vm.check_int(2)? as i32;
    vm.ret(Value::float(scale(x, exponent)))
}

/// A fraction in [0.5, 1) and an exponent of 2 that make up the number (C's `frexp`).
fn split(x: f64) -> (f64, i64) {
    const EXPONENT: u64 = 0x7FF;
    const TWO_54: f64 = (1_u64 << 54) as f64;
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, shifted) = if x.is_subnormal() { (x * TWO_54, 54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = (bits >> 52 & EXPONENT) as i64 - 1022;
    let fraction = f64::from_bits(bits & !(EXPONENT << 52) | 1022 << 52);
    (fraction, exponent - shifted)
}

/// `x * 2^n`, rounded once (C's `ldexp`).
fn scale(x: f64, n: i32) -> f64 {
    let power = |n: i32| f64::from_bits(((n + 1023) as u64) << 52);
    let (mut x, mut n) = (x, n.clamp(-2200, 2200));
    while n > 1023 {
        x *= power(1023);
        n -= 1023;
    }
    while n < -1022 {
        // Steps that leave 53 bits above the subnormal numbers lose nothing; only the last one
        // rounds.
        x *= power(-1022 + 53);
        n += 1022 - 53;
    }
    x * power(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_split() {
        for (x, fraction, exponent) in [
            (1.0, 0.5, 1),
            (-3.0, -0.75, 2),
            (0.1, 0.8, -3),
            (f64::MIN_POSITIVE / 2.0, 0.5, -1022),
            (5e-324, 0.5, -1073),
            (f64::MAX, 1.0 - f64::EPSILON / 2.0, 1024),
            (0.0, 0.0, 0),
            (f64::INFINITY, f64::INFINITY, 0),
        ] {
            assert_eq!(split(x), (fraction, exponent), "{x}");
            if x.is_finite() {
                assert_eq!(scale(fraction, exponent as i32), x, "{x}");
            }
        }
    }

    #[test]
    fn scaling_rounds_once() {
        for (x, n, expected) in [
            (1.0, 1023, 8.98846567431158e307),
            (1.0, 1024, f64::INFINITY),
            (1.0, -1074, 5e-324),
            (1.0, -1075, 0.0),
            (1.5, -1075, 5e-324),
            (5e-324, 2097, 8.98846567431158e307),
            (1.0, i32::MAX, f64::INFINITY),
            (1.0, i32::MIN, 0.0),
            // One and a half steps of the least number, and a bit: up, not to even.
            (f64::from_bits(0x3FF8_0000_0000_0001), -1074, 1e-323),
            (f64::from_bits(0x3FF7_FFFF_FFFF_FFFF), -1074, 5e-324),
        ] {
            assert_eq!(scale(x, n), expected, "{x} {n}");
        }
    }
}
