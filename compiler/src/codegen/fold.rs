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

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn folding() {
        check_code(&[
            (
                "return 1 + 2, 3 - 1.5, 2 ^ 3, 7 // 2, 7 % -3, 1 / 4, 1 << 62, ~0, -(3), 5 & 6.0",
                "LOADI 0 3; LOADK 1 0; LOADF 2 8; LOADI 3 3; LOADI 4 -2; LOADK 5 1; LOADK 6 2; LOADI 7 -1; LOADI 8 -3; LOADI 9 4; RETURN 0 11 1",
            ),
            (
                "return 1 // 0, 1 % 0, 1 / 0, 0.0 * 1, 1.5 | 1, 0 / 0, -0.0, 1e308 * 10",
                "LOADI 0 1; IDIVK 0 0 0; MMBINK 0 0 12 0; LOADI 1 1; MODK 1 1 0; MMBINK 1 0 9 0; LOADI 2 1; DIVK 2 2 0; MMBINK 2 0 11 0; LOADI 3 1; MULK 3 3 1; MMBINK 3 1 8 1; LOADK 4 3; BORK 4 4 2; MMBINK 4 2 14 0; LOADI 5 0; DIVK 5 5 0; MMBINK 5 0 11 0; LOADF 6 0; UNM 6 6; LOADK 7 4; RETURN 0 9 1",
            ),
            (
                "return 'a' + 1, 1 .. 2, not 1, not nil, #'a', - - 1",
                "LOADK 0 0; ADDI 0 0 1; MMBINI 0 1 6 0; LOADI 1 1; LOADI 2 2; CONCAT 1 2; LOADFALSE 2; LOADTRUE 3; LOADK 4 0; LEN 4 4; LOADI 5 1; RETURN 0 7 1",
            ),
            (
                "return 9223372036854775807 + 1, 1 << 64, 1 >> -1, 2.0 // 0.0, 5 // 0.0",
                "LOADK 0 0; LOADI 1 0; LOADI 2 2; LOADF 3 2; IDIVK 3 3 1; MMBINK 3 1 12 0; LOADI 4 5; IDIVK 4 4 1; MMBINK 4 1 12 0; RETURN 0 6 1",
            ),
            (
                "return (1) + (2), 1 + 2 + x, x + 1 + 2, 1 < 2",
                "LOADI 0 3; GETTABUP 1 0 0; ADDI 1 1 3; MMBINI 1 3 6 1; GETTABUP 2 0 0; ADDI 2 2 1; MMBINI 2 1 6 0; ADDI 2 2 2; MMBINI 2 2 6 0; LOADI 3 1; LTI 3 2 1; JMP 1; LFALSESKIP 3; LOADTRUE 3; RETURN 0 5 1",
            ),
        ]);
    }
}
