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
