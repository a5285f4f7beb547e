//! Putting the value of an expression where it is wanted.

use moonproof_bytecode::instruction::{MAX_BX, OFFSET_SBX};
use moonproof_bytecode::number::convert::float_to_integer;
use moonproof_bytecode::{Instruction, OpCode};

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{NO_JUMP, Pc, Reg, Value};
use crate::parser::Parser;

/// The operand of LOADI and LOADF, if the value fits. Mirrors `fitsBx`.
fn small_operand(value: i64) -> Option<i32> {
    let range = -i64::from(OFFSET_SBX)..=i64::from(MAX_BX) - i64::from(OFFSET_SBX);
    if range.contains(&value) { Some(value as i32) } else { None }
}

impl Parser<'_> {
    /// Loads an integer. Mirrors `luaK_int`.
    pub(crate) fn load_integer(&mut self, reg: Reg, value: i64) -> R<()> {
        if let Some(operand) = small_operand(value) {
            self.emit(Instruction::asbx(OpCode::LoadI, reg, operand));
        } else {
            let constant = self.integer_constant(value)?;
            self.emit_load_constant(reg, constant);
        }
        Ok(())
    }

    /// Loads a float. Mirrors `luaK_float`.
    fn load_float(&mut self, reg: Reg, value: f64) -> R<()> {
        if let Some(operand) = float_to_integer(value).and_then(small_operand) {
            self.emit(Instruction::asbx(OpCode::LoadF, reg, operand));
        } else {
            let constant = self.float_constant(value)?;
            self.emit_load_constant(reg, constant);
        }
        Ok(())
    }

    /// The value of a constant expression. Mirrors `luaK_exp2const`.
    pub(crate) fn constant_value(&self, e: &ExpDesc) -> Option<Value> {
        if e.has_jumps() {
            return None;
        }
        match e.kind {
            Kind::Nil => Some(Value::Nil),
            Kind::True => Some(Value::Bool(true)),
            Kind::False => Some(Value::Bool(false)),
            Kind::Str(string) => Some(Value::Str(string)),
            Kind::Integer(value) => Some(Value::Integer(value)),
            Kind::Float(value) => Some(Value::Float(value)),
            Kind::CompileTime(position) => Some(self.vars[position as usize].value),
            _ => None,
        }
    }

    /// Makes a call or `...` give `n` values, or all it has for `None`. Mirrors `luaK_setreturns`.
    pub(crate) fn set_returns(&mut self, e: &ExpDesc, n: Option<u32>) -> R<()> {
        let c = n.map_or(0, |n| n + 1);
        match e.kind {
            Kind::Call(pc) => {
                let call = self.fs.instruction(pc);
                *call = call.with_c(c);
            }
            Kind::Vararg(pc) => {
                let reg = self.fs.free_reg;
                let vararg = self.fs.instruction(pc);
                *vararg = vararg.with_c(c).with_a(reg);
                self.reserve_regs(1)?;
            }
            _ => debug_assert!(false, "only these give several values"),
        }
        Ok(())
    }

    /// Makes a call or `...` give one value. Mirrors `luaK_setoneret`.
    #[inline]
    pub(crate) fn set_one_return(&mut self, e: &mut ExpDesc) {
        match e.kind {
            Kind::Call(pc) => e.kind = Kind::NonReloc(self.fs.instruction(pc).a()),
            Kind::Vararg(pc) => {
                let vararg = self.fs.instruction(pc);
                *vararg = vararg.with_c(2);
                e.kind = Kind::Reloc(pc);
            }
            _ => {}
        }
    }

    /// Makes the expression a value instead of a variable. Mirrors `luaK_dischargevars`.
    #[inline]
    pub(crate) fn discharge_vars(&mut self, e: &mut ExpDesc) {
        match e.kind {
            Kind::Local { reg, .. } => e.kind = Kind::NonReloc(reg),
            Kind::CompileTime(_)
            | Kind::Upval(_)
            | Kind::IndexUp { .. }
            | Kind::IndexInt { .. }
            | Kind::IndexStr { .. }
            | Kind::Indexed { .. } => e.kind = self.discharge_access(e.kind),
            Kind::Vararg(_) | Kind::Call(_) => self.set_one_return(e),
            _ => {}
        }
    }

    fn discharge_access(&mut self, variable: Kind) -> Kind {
        let pc = match variable {
            Kind::CompileTime(position) => {
                return match self.vars[position as usize].value {
                    Value::Nil => Kind::Nil,
                    Value::Bool(true) => Kind::True,
                    Value::Bool(false) => Kind::False,
                    Value::Integer(value) => Kind::Integer(value),
                    Value::Float(value) => Kind::Float(value),
                    Value::Str(string) => Kind::Str(string),
                };
            }
            Kind::Upval(idx) => self.emit_abc(OpCode::GetUpval, 0, idx, 0),
            Kind::IndexUp { table, key } => self.emit_abc(OpCode::GetTabUp, 0, table, key),
            Kind::IndexInt { table, key } => {
                self.free_reg(table);
                self.emit_abc(OpCode::GetI, 0, table, key)
            }
            Kind::IndexStr { table, key } => {
                self.free_reg(table);
                self.emit_abc(OpCode::GetField, 0, table, key)
            }
            Kind::Indexed { table, key } => {
                self.free_regs(table, key);
                self.emit_abc(OpCode::GetTable, 0, table, key)
            }
            value => return value,
        };
        Kind::Reloc(pc)
    }

    /// Puts the value into `reg`; jumps and tests are left for later. Mirrors `discharge2reg`.
    fn discharge_to_reg(&mut self, e: &mut ExpDesc, reg: Reg) -> R<()> {
        self.discharge_vars(e);
        match e.kind {
            Kind::Nil => self.emit_nil(reg, 1),
            Kind::False => {
                self.emit_abc(OpCode::LoadFalse, reg, 0, 0);
            }
            Kind::True => {
                self.emit_abc(OpCode::LoadTrue, reg, 0, 0);
            }
            Kind::Str(string) => {
                let constant = self.string_constant(string)?;
                self.emit_load_constant(reg, constant);
            }
            Kind::Constant(constant) => {
                self.emit_load_constant(reg, constant);
            }
            Kind::Float(value) => self.load_float(reg, value)?,
            Kind::Integer(value) => self.load_integer(reg, value)?,
            Kind::Reloc(pc) => {
                let word = self.fs.instruction(pc);
                *word = word.with_a(reg);
            }
            Kind::NonReloc(from) => {
                if from != reg {
                    self.emit_abc(OpCode::Move, reg, from, 0);
                }
            }
            _ => {
                debug_assert!(matches!(e.kind, Kind::Jump(_)), "nothing else is left");
                return Ok(());
            }
        }
        e.kind = Kind::NonReloc(reg);
        Ok(())
    }

    /// Mirrors `discharge2anyreg`.
    pub(super) fn discharge_to_any_reg(&mut self, e: &mut ExpDesc) -> R<Reg> {
        if let Kind::NonReloc(reg) = e.kind {
            return Ok(reg);
        }
        self.reserve_regs(1)?;
        let reg = self.fs.free_reg - 1;
        self.discharge_to_reg(e, reg)?;
        Ok(reg)
    }

    /// Emits one of the two loads at the end of a test. Mirrors `code_loadbool`.
    fn emit_bool(&mut self, reg: Reg, op: OpCode) -> Pc {
        self.get_label();
        self.emit_abc(op, reg, 0, 0)
    }

    /// Puts the final value, whichever way it comes about, into `reg`. Mirrors `exp2reg`.
    pub(super) fn exp_to_reg(&mut self, e: &mut ExpDesc, reg: Reg) -> R<()> {
        self.discharge_to_reg(e, reg)?;
        if let Kind::Jump(pc) = e.kind {
            self.concat_jumps(&mut e.when_true, pc)?;
        }
        if e.has_jumps() {
            self.join_values(e, reg)?;
        }
        *e = ExpDesc::new(Kind::NonReloc(reg));
        Ok(())
    }

    /// Makes all jumps of the expression end here with their value in `reg`. Tests that give no
    /// value of their own go by way of two instructions that load `false` or `true`.
    fn join_values(&mut self, e: &ExpDesc, reg: Reg) -> R<()> {
        let mut load_false = NO_JUMP;
        let mut load_true = NO_JUMP;
        if self.needs_value(e.when_true) || self.needs_value(e.when_false) {
            let is_test = matches!(e.kind, Kind::Jump(_));
            let past_loads = if is_test { NO_JUMP } else { self.jump() };
            load_false = self.emit_bool(reg, OpCode::LFalseSkip);
            load_true = self.emit_bool(reg, OpCode::LoadTrue);
            self.patch_to_here(past_loads)?;
        }
        let end = self.get_label();
        self.patch_list_values(e.when_false, end, Some(reg), load_false)?;
        self.patch_list_values(e.when_true, end, Some(reg), load_true)
    }

    /// Puts the final value into the next free register. Mirrors `luaK_exp2nextreg`.
    pub(crate) fn exp_to_next_reg(&mut self, e: &mut ExpDesc) -> R<()> {
        self.discharge_vars(e);
        self.free_exp(e);
        self.reserve_regs(1)?;
        self.exp_to_reg(e, self.fs.free_reg - 1)
    }

    /// Puts the final value into some register, which it returns. Mirrors `luaK_exp2anyreg`.
    pub(crate) fn exp_to_any_reg(&mut self, e: &mut ExpDesc) -> R<Reg> {
        self.discharge_vars(e);
        if let Kind::NonReloc(reg) = e.kind {
            if !e.has_jumps() {
                return Ok(reg);
            }
            // The register of a variable must not take the values that come by jumps.
            if reg >= self.fs.n_var_regs {
                self.exp_to_reg(e, reg)?;
                return Ok(reg);
            }
        }
        self.exp_to_next_reg(e)?;
        Ok(self.fs.free_reg - 1)
    }

    /// Leaves the value in its upvalue or puts it into some register. Mirrors
    /// `luaK_exp2anyregup`.
    pub(crate) fn exp_to_any_reg_or_upvalue(&mut self, e: &mut ExpDesc) -> R<()> {
        if !matches!(e.kind, Kind::Upval(_)) || e.has_jumps() {
            self.exp_to_any_reg(e)?;
        }
        Ok(())
    }

    /// Makes the expression a register or a constant. Mirrors `luaK_exp2val`.
    ///
    /// Quirk: a test counts as having jumps even if nothing but itself jumps.
    pub(crate) fn exp_to_value(&mut self, e: &mut ExpDesc) -> R<()> {
        if matches!(e.kind, Kind::Jump(_)) || e.has_jumps() {
            self.exp_to_any_reg(e)?;
        } else {
            self.discharge_vars(e);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn loads() {
        check_code(&[
            (
                "return nil, true, false, 0, -65535, 65536, 65537, 1.0, -65535.0, 65537.0, 0.5, 'x'",
                "LOADNIL 0 0; LOADTRUE 1; LOADFALSE 2; LOADI 3 0; LOADI 4 -65535; LOADI 5 65536; LOADK 6 0; LOADF 7 1; LOADF 8 -65535; LOADK 9 1; LOADK 10 2; LOADK 11 3; RETURN 0 13 1",
            ),
            (
                "local a = ...; return a, (a), {a}",
                "VARARG 0 2; MOVE 1 0; MOVE 2 0; NEWTABLE 3 0 1; EXTRAARG 0; MOVE 4 0; SETLIST 3 1 0; RETURN 1 4 1",
            ),
            (
                "local a = f; return a == 1 and a",
                "GETTABUP 0 0 0; EQI 0 1 0; JMP 2; MOVE 1 0; JMP 2; LFALSESKIP 1; LOADTRUE 1; RETURN 1 2 1",
            ),
            (
                "return ..., f(), ...",
                "VARARG 0 2; GETTABUP 1 0 0; CALL 1 1 2; VARARG 2 0; RETURN 0 0 1",
            ),
            (
                "local a <const>, b <const> = 'k', 1.5; return b",
                "LOADK 0 0; LOADK 1 1; RETURN 1 2 1",
            ),
        ]);
    }
}
