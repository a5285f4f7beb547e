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
