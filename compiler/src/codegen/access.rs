//! Indexing, method look-up, stores, and constants as operands.

use moonproof_bytecode::OpCode;
use moonproof_bytecode::instruction::{MAX_B, MAX_C};
use moonproof_bytecode::limits::MAX_SHORT_LEN;

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{Reg, Value};
use crate::parser::Parser;

/// Greatest constant index that an operand can hold (`MAXINDEXRK`).
const MAX_OPERAND_CONSTANT: u32 = MAX_B;

impl Parser<'_> {
    /// Makes a constant expression a constant that an operand can hold, and returns its index.
    /// Mirrors `luaK_exp2K`.
    ///
    /// Quirk: the constant is added before it is known to fit.
    pub(super) fn exp_to_constant(&mut self, e: &mut ExpDesc) -> R<Option<u32>> {
        if e.has_jumps() {
            return Ok(None);
        }
        let constant = match e.kind {
            Kind::True => self.bool_constant(true)?,
            Kind::False => self.bool_constant(false)?,
            Kind::Nil => self.nil_constant()?,
            Kind::Integer(value) => self.integer_constant(value)?,
            Kind::Float(value) => self.float_constant(value)?,
            Kind::Str(string) => self.string_constant(string)?,
            Kind::Constant(constant) => constant,
            _ => return Ok(None),
        };
        if constant > MAX_OPERAND_CONSTANT {
            return Ok(None);
        }
        e.kind = Kind::Constant(constant);
        Ok(Some(constant))
    }

    /// Makes the expression an operand that is a register or, as the flag says, a constant.
    /// Mirrors `exp2RK`.
    pub(super) fn exp_to_operand(&mut self, e: &mut ExpDesc) -> R<(u32, bool)> {
        match self.exp_to_constant(e)? {
            Some(constant) => Ok((constant, true)),
            None => Ok((self.exp_to_any_reg(e)?, false)),
        }
    }

    /// Mirrors `codeABRK`.
    fn emit_with_operand(&mut self, op: OpCode, a: u32, b: u32, c: &mut ExpDesc) -> R<()> {
        let (c, is_constant) = self.exp_to_operand(c)?;
        self.emit_abck(op, a, b, c, is_constant);
        Ok(())
    }

    /// Assigns `value` to `variable`. Mirrors `luaK_storevar`.
    pub(crate) fn store(&mut self, variable: &ExpDesc, value: &mut ExpDesc) -> R<()> {
        match variable.kind {
            Kind::Local { reg, .. } => {
                self.free_exp(value);
                return self.exp_to_reg(value, reg);
            }
            Kind::Upval(idx) => {
                let reg = self.exp_to_any_reg(value)?;
                self.emit_abc(OpCode::SetUpval, reg, idx, 0);
            }
            Kind::IndexUp { table, key } => {
                self.emit_with_operand(OpCode::SetTabUp, table, key, value)?;
            }
            Kind::IndexInt { table, key } => {
                self.emit_with_operand(OpCode::SetI, table, key, value)?;
            }
            Kind::IndexStr { table, key } => {
                self.emit_with_operand(OpCode::SetField, table, key, value)?;
            }
            Kind::Indexed { table, key } => {
                self.emit_with_operand(OpCode::SetTable, table, key, value)?;
            }
            _ => debug_assert!(false, "not a variable"),
        }
        self.free_exp(value);
        Ok(())
    }

    /// Turns `object` into the function and first argument of `object:key(...)`, and returns the
    /// function's register. Mirrors `luaK_self`.
    pub(crate) fn method(&mut self, object: &mut ExpDesc, key: &mut ExpDesc) -> R<Reg> {
        let object_reg = self.exp_to_any_reg(object)?;
        self.free_exp(object);
        let base = self.fs.free_reg;
        *object = ExpDesc { kind: Kind::NonReloc(base), ..*object };
        self.reserve_regs(2)?;
        self.emit_with_operand(OpCode::SelfOp, base, object_reg, key)?;
        self.free_exp(key);
        Ok(base)
    }

    /// Whether a constant can be the field name of an instruction. Mirrors `isKstr`.
    fn is_field_name(&self, constant: u32) -> bool {
        constant <= MAX_B
            && match self.fs.constants[constant as usize] {
                Value::Str(string) => self.lex.strings.bytes(string).len() <= MAX_SHORT_LEN,
                _ => false,
            }
    }

    /// Turns `table`, a register or an upvalue, into `table[key]`. Mirrors `luaK_indexed`.
    pub(crate) fn index(&mut self, table: &mut ExpDesc, key: &mut ExpDesc) -> R<()> {
        if let Kind::Str(string) = key.kind {
            key.kind = Kind::Constant(self.string_constant(string)?);
        }
        let field = match key.kind {
            Kind::Constant(constant) if !key.has_jumps() && self.is_field_name(constant) => {
                Some(constant)
            }
            _ => None,
        };
        let table_reg = match (table.kind, field) {
            (Kind::Upval(table_idx), Some(key)) => {
                table.kind = Kind::IndexUp { table: table_idx, key };
                return Ok(());
            }
            (Kind::Local { reg, .. } | Kind::NonReloc(reg), _) => reg,
            _ => self.exp_to_any_reg(table)?,
        };
        table.kind = match (field, key.kind) {
            (Some(key), _) => Kind::IndexStr { table: table_reg, key },
            (None, Kind::Integer(value))
                if !key.has_jumps() && value as u64 <= u64::from(MAX_C) =>
            {
                Kind::IndexInt { table: table_reg, key: value as u32 }
            }
            _ => Kind::Indexed { table: table_reg, key: self.exp_to_any_reg(key)? },
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn fields() {
        check_code(&[
            (
                "local t = ...; return t.x, t[1], t[255], t[256], t[-1], t[t], t[1.5], t[nil]",
                "VARARG 0 2; GETFIELD 1 0 0; GETI 2 0 1; GETI 3 0 255; LOADI 4 256; GETTABLE 4 0 4; LOADI 5 -1; GETTABLE 5 0 5; GETTABLE 6 0 0; LOADK 7 1; GETTABLE 7 0 7; LOADNIL 8 0; GETTABLE 8 0 8; RETURN 1 9 1",
            ),
            (
                "local t = ...; t.x = 1; t[1] = t; t[t] = nil; t[2] = 'x'",
                "VARARG 0 2; SETFIELD 0 0 1k; SETI 0 1 0; SETTABLE 0 0 2k; SETI 0 2 0k",
            ),
            (
                "local t = ...; t.x.y.z = t",
                "VARARG 0 2; GETFIELD 1 0 0; GETFIELD 1 1 1; SETFIELD 1 2 0",
            ),
            (
                "return t.a_name_of_more_than_forty_characters_is_no_field_operand, a_name_of_more_than_forty_characters_is_no_global_operand",
                "GETTABUP 0 0 0; LOADK 1 1; GETTABLE 0 0 1; GETUPVAL 1 0; LOADK 2 2; GETTABLE 1 1 2; RETURN 0 3 1",
            ),
        ]);
    }
}
