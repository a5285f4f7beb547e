//! Comparisons: each becomes a test and a jump.

use moonproof_bytecode::{Instruction, OpCode};

use super::operators::small_number;
use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::parser::Parser;

impl Parser<'_> {
    /// Emits `a < b` or `a <= b`, by `op`. Mirrors `codeorder`.
    pub(super) fn order(&mut self, op: OpCode, a: &mut ExpDesc, b: &mut ExpDesc) -> R<()> {
        let is_less = op == OpCode::Lt;
        let mut is_float = false;
        let (op, reg, operand) = if let Some(operand) = small_number(b, &mut is_float) {
            let op = if is_less { OpCode::LtI } else { OpCode::LeI };
            (op, self.exp_to_any_reg(a)?, operand)
        } else if let Some(operand) = small_number(a, &mut is_float) {
            // `1 < x` is `x > 1`.
            let op = if is_less { OpCode::GtI } else { OpCode::GeI };
            (op, self.exp_to_any_reg(b)?, operand)
        } else {
            let reg = self.exp_to_any_reg(a)?;
            (op, reg, self.exp_to_any_reg(b)?)
        };
        self.free_exps(a, b);
        let test = Instruction::abc(op, reg, operand, u32::from(is_float), true);
        a.kind = Kind::Jump(self.conditional_jump(test));
        Ok(())
    }

    /// Emits `a == b`, or `a ~= b` if not `is_equal`. Mirrors `codeeq`.
    pub(super) fn equality(&mut self, is_equal: bool, a: &mut ExpDesc, b: &mut ExpDesc) -> R<()> {
        if !matches!(a.kind, Kind::NonReloc(_)) {
            std::mem::swap(a, b);
        }
        let reg = self.exp_to_any_reg(a)?;
        let mut is_float = false;
        let (op, operand) = if let Some(operand) = small_number(b, &mut is_float) {
            (OpCode::EqI, operand)
        } else {
            let (operand, is_constant) = self.exp_to_operand(b)?;
            (if is_constant { OpCode::EqK } else { OpCode::Eq }, operand)
        };
        self.free_exps(a, b);
        let test = Instruction::abc(op, reg, operand, u32::from(is_float), is_equal);
        a.kind = Kind::Jump(self.conditional_jump(test));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn comparisons() {
        check_code(&[
            (
                "local a, b = ...; return a < b, a > b, a <= b, a >= b",
                "VARARG 0 3; LT 0 1 1; JMP 1; LFALSESKIP 2; LOADTRUE 2; LT 1 0 1; JMP 1; LFALSESKIP 3; LOADTRUE 3; LE 0 1 1; JMP 1; LFALSESKIP 4; LOADTRUE 4; LE 1 0 1; JMP 1; LFALSESKIP 5; LOADTRUE 5; RETURN 2 5 1",
            ),
            (
                "local a = ...; return a < 1, a > 1, a <= 1, a >= 1, 1 < a, 1 >= a",
                "VARARG 0 2; LTI 0 1 1; JMP 1; LFALSESKIP 1; LOADTRUE 1; GTI 0 1 1; JMP 1; LFALSESKIP 2; LOADTRUE 2; LEI 0 1 1; JMP 1; LFALSESKIP 3; LOADTRUE 3; GEI 0 1 1; JMP 1; LFALSESKIP 4; LOADTRUE 4; GTI 0 1 1; JMP 1; LFALSESKIP 5; LOADTRUE 5; LEI 0 1 1; JMP 1; LFALSESKIP 6; LOADTRUE 6; RETURN 1 7 1",
            ),
            (
                "local a = ...; return a == 1, a ~= 1, 1 == a, a == 'x', nil ~= a, a == 129",
                "VARARG 0 2; EQI 0 1 1; JMP 1; LFALSESKIP 1; LOADTRUE 1; EQI 0 1 0; JMP 1; LFALSESKIP 2; LOADTRUE 2; EQI 0 1 1; JMP 1; LFALSESKIP 3; LOADTRUE 3; EQK 0 0 1; JMP 1; LFALSESKIP 4; LOADTRUE 4; EQK 0 1 0; JMP 1; LFALSESKIP 5; LOADTRUE 5; EQK 0 2 1; JMP 1; LFALSESKIP 6; LOADTRUE 6; RETURN 1 7 1",
            ),
            (
                "local a = ...; if a < -127 then elseif a < -128 then elseif a < 128 then elseif a < 129 then end",
                "VARARG 0 2; LTI 0 -127 0; JMP 1; JMP 10; LOADI 1 -128; LT 0 1 0; JMP 1; JMP 6; LTI 0 128 0; JMP 1; JMP 3; LOADI 1 129; LT 0 1 0; JMP 0",
            ),
            (
                "local a, b = ...; return a == b, a ~= b",
                "VARARG 0 3; EQ 0 1 1; JMP 1; LFALSESKIP 2; LOADTRUE 2; EQ 0 1 0; JMP 1; LFALSESKIP 3; LOADTRUE 3; RETURN 2 3 1",
            ),
        ]);
    }

    /// Quirk: even if the float is too large for an operand, or the operand is the other number.
    #[test]
    fn floats_leave_their_mark() {
        check_code(&[
            (
                "local a = ...; return a < 1.0, a == 2.0, 3.0 <= a",
                "VARARG 0 2; LTI 0 1 1 float; JMP 1; LFALSESKIP 1; LOADTRUE 1; EQI 0 2 1 float; JMP 1; LFALSESKIP 2; LOADTRUE 2; GEI 0 3 1 float; JMP 1; LFALSESKIP 3; LOADTRUE 3; RETURN 1 4 1",
            ),
            (
                "local a = ...; return a < 1000.0, a == 1000.0, a < 0.5",
                "VARARG 0 2; LOADF 1 1000; LT 0 1 1 float; JMP 1; LFALSESKIP 1; LOADTRUE 1; EQK 0 0 1 float; JMP 1; LFALSESKIP 2; LOADTRUE 2; LOADK 3 1; LT 0 3 1; JMP 1; LFALSESKIP 3; LOADTRUE 3; RETURN 1 4 1",
            ),
            (
                "return 1 < 1000.0",
                "LOADF 0 1000; GTI 0 1 1 float; JMP 1; LFALSESKIP 0; LOADTRUE 0; RETURN 0 2 1",
            ),
        ]);
    }
}
