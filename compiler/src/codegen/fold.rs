//! Constant folding.

use moonproof_bytecode::number::convert::{to_float, to_integer};
use moonproof_bytecode::number::{ArithOp, Number, raw_arith};

use crate::expdesc::{ExpDesc, Kind};

/// The number that an expression is, if it is one. Mirrors `tonumeral`.
fn numeral(e: &ExpDesc) -> Option<Number> {
    if e.has_jumps() {
        return None;
    }
    match e.kind {
        Kind::Integer(value) => Some(Number::Integer(value)),
        Kind::Float(value) => Some(Number::Float(value)),
        _ => None,
    }
}

/// Whether the operation cannot raise an error. Mirrors `validop`.
fn is_safe(op: ArithOp, a: Number, b: Number) -> bool {
    match op {
        ArithOp::Div | ArithOp::IDiv | ArithOp::Mod => to_float(b) != 0.0,
        _ if op.is_bitwise() => to_integer(a).is_some() && to_integer(b).is_some(),
        _ => true,
    }
}

/// The value of `a op b`, if it can be computed now. Neither NaN nor zero is folded as a float,
/// which spares the constants any thought of `-0.0`. Mirrors `constfolding`.
pub(super) fn fold(op: ArithOp, a: &ExpDesc, b: &ExpDesc) -> Option<Kind> {
    let (a, b) = (numeral(a)?, numeral(b)?);
    if !is_safe(op, a, b) {
        return None;
    }
    match raw_arith(op, a, b)? {
        Number::Integer(value) => Some(Kind::Integer(value)),
        Number::Float(value) if value.is_nan() || value == 0.0 => None,
        Number::Float(value) => Some(Kind::Float(value)),
    }
}
