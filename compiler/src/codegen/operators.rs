//! Operators: logic, arithmetic, concatenation.

use moonproof_bytecode::instruction::OFFSET_SC;
use moonproof_bytecode::number::ArithOp;
use moonproof_bytecode::number::convert::float_to_integer;
use moonproof_bytecode::{Instruction, OpCode};

use super::fold::fold;
use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{NO_JUMP, Pc};
use crate::parser::Parser;

/// Binary operators, in the order of `BinOpr` (lcode.h): the arithmetic ones are numbered as the
/// opcodes from ADD and from ADDK, as [`ArithOp`], and as the metamethod events from `__add`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum BinOp {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Concat,
    Eq,
    Lt,
    Le,
    Ne,
    Gt,
    Ge,
    And,
    Or,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnOp {
    Minus,
    BNot,
    Not,
    Len,
}

/// Number of the event `__add` (`TM_ADD`, ltm.h).
const EVENT_ADD: u32 = 6;

impl BinOp {
    /// The operation, if it is arithmetic or bitwise.
    #[inline]
    fn arith(self) -> Option<ArithOp> {
        ArithOp::ALL[..=ArithOp::Shr as usize].get(self as usize).copied()
    }

    /// The opcode as far behind `first` as the operator is behind ADD.
    fn opcode(self, first: OpCode) -> OpCode {
        OpCode::ALL[first as usize + self as usize]
    }

    fn event(self) -> u32 {
        EVENT_ADD + self as u32
    }
}

/// Whether the operands of an operation have changed places, to have a constant second.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    AsWritten,
    Flipped,
}

/// How a binary operation calls its metamethod.
struct Fallback {
    op: OpCode,
    event: u32,
    order: Order,
}

impl Fallback {
    /// For an operation with an immediate operand.
    fn immediate(op: BinOp, order: Order) -> Self {
        Self { op: OpCode::MmBinI, event: op.event(), order }
    }
}

/// The number as an operand in excess notation, if it fits. Mirrors `fitsC` and `int2sC`.
pub(super) fn small_operand(value: i64) -> Option<u32> {
    let excess = value.wrapping_add(i64::from(OFFSET_SC)) as u64;
    if excess <= 0xFF { Some(excess as u32) } else { None }
}

/// A literal integer as such an operand. Mirrors `isSCint`.
fn small_integer(e: &ExpDesc) -> Option<u32> {
    match e.kind {
        Kind::Integer(value) if !e.has_jumps() => small_operand(value),
        _ => None,
    }
}

/// A literal number with an integral value as such an operand. Mirrors `isSCnumber`.
///
/// Quirk: a float raises the flag `is_float` even if it then does not fit, and nothing lowers it
/// again, so that the instruction chosen in the end carries the flag.
pub(super) fn small_number(e: &ExpDesc, is_float: &mut bool) -> Option<u32> {
    let value = match e.kind {
        Kind::Integer(value) => value,
        Kind::Float(value) => {
            let value = float_to_integer(value)?;
            *is_float = true;
            value
        }
        _ => return None,
    };
    if e.has_jumps() { None } else { small_operand(value) }
}

impl Parser<'_> {
    /// Applies a unary operator. Mirrors `luaK_prefix`.
    pub(crate) fn prefix(&mut self, op: UnOp, e: &mut ExpDesc, line: u32) -> R<()> {
        self.discharge_vars(e);
        let (arith, opcode) = match op {
            UnOp::Minus => (Some(ArithOp::Unm), OpCode::Unm),
            UnOp::BNot => (Some(ArithOp::BNot), OpCode::BNot),
            UnOp::Len => (None, OpCode::Len),
            UnOp::Not => return self.not(e),
        };
        let unused = ExpDesc::new(Kind::Integer(0));
        if let Some(kind) = arith.and_then(|arith| fold(arith, e, &unused)) {
            e.kind = kind;
            return Ok(());
        }
        let reg = self.exp_to_any_reg(e)?;
        self.free_exp(e);
        e.kind = Kind::Reloc(self.emit_abc(opcode, 0, reg, 0));
        self.fix_line(line);
        Ok(())
    }

    /// Mirrors `codenot`.
    fn not(&mut self, e: &mut ExpDesc) -> R<()> {
        e.kind = match e.kind {
            Kind::Nil | Kind::False => Kind::True,
            Kind::Constant(_) | Kind::Float(_) | Kind::Integer(_) | Kind::Str(_) | Kind::True => {
                Kind::False
            }
            Kind::Jump(pc) => {
                self.negate_condition(pc);
                e.kind
            }
            _ => {
                let reg = self.discharge_to_any_reg(e)?;
                self.free_exp(e);
                Kind::Reloc(self.emit_abc(OpCode::Not, 0, reg, 0))
            }
        };
        std::mem::swap(&mut e.when_true, &mut e.when_false);
        self.remove_values(e.when_false);
        self.remove_values(e.when_true);
        Ok(())
    }

    /// Emits a jump on a value being `condition`. A `not` before it is taken back and inverts the
    /// condition instead. Mirrors `jumponcond`.
    fn jump_on(&mut self, e: &mut ExpDesc, condition: bool) -> R<Pc> {
        if let Kind::Reloc(pc) = e.kind {
            let word = *self.fs.instruction(pc);
            if word.opcode() == Some(OpCode::Not) {
                self.remove_last_instruction();
                let test = Instruction::abc(OpCode::Test, word.b(), 0, 0, !condition);
                return Ok(self.conditional_jump(test));
            }
        }
        const NO_REG: u32 = 0xFF;
        let reg = self.discharge_to_any_reg(e)?;
        self.free_exp(e);
        let test = Instruction::abc(OpCode::TestSet, NO_REG, reg, 0, condition);
        Ok(self.conditional_jump(test))
    }

    /// Emits code that goes on here if the value is true and jumps if not. Mirrors
    /// `luaK_goiftrue`.
    pub(crate) fn go_if_true(&mut self, e: &mut ExpDesc) -> R<()> {
        self.discharge_vars(e);
        let pc = match e.kind {
            Kind::Jump(pc) => {
                self.negate_condition(pc);
                pc
            }
            Kind::Constant(_) | Kind::Float(_) | Kind::Integer(_) | Kind::Str(_) | Kind::True => {
                NO_JUMP
            }
            _ => self.jump_on(e, false)?,
        };
        self.concat_jumps(&mut e.when_false, pc)?;
        self.patch_to_here(e.when_true)?;
        e.when_true = NO_JUMP;
        Ok(())
    }

    /// Emits code that goes on here if the value is false and jumps if not. Mirrors
    /// `luaK_goiffalse`.
    pub(crate) fn go_if_false(&mut self, e: &mut ExpDesc) -> R<()> {
        self.discharge_vars(e);
        let pc = match e.kind {
            Kind::Jump(pc) => pc,
            Kind::Nil | Kind::False => NO_JUMP,
            _ => self.jump_on(e, true)?,
        };
        self.concat_jumps(&mut e.when_true, pc)?;
        self.patch_to_here(e.when_false)?;
        e.when_false = NO_JUMP;
        Ok(())
    }

    /// Prepares the first operand before the second one is read. Mirrors `luaK_infix`.
    pub(crate) fn infix(&mut self, op: BinOp, e: &mut ExpDesc) -> R<()> {
        self.discharge_vars(e);
        match op {
            BinOp::And => self.go_if_true(e)?,
            BinOp::Or => self.go_if_false(e)?,
            BinOp::Concat => self.exp_to_next_reg(e)?,
            BinOp::Eq | BinOp::Ne => {
                if !e.is_numeral() {
                    self.exp_to_operand(e)?;
                }
            }
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                if small_number(e, &mut false).is_none() {
                    self.exp_to_any_reg(e)?;
                }
            }
            _ => {
                if !e.is_numeral() {
                    self.exp_to_any_reg(e)?;
                }
            }
        }
        Ok(())
    }

    /// Finishes an operation whose operands have been read; the result is in `a`. Mirrors
    /// `luaK_posfix`.
    pub(crate) fn postfix(
        &mut self,
        op: BinOp,
        a: &mut ExpDesc,
        b: &mut ExpDesc,
        line: u32,
    ) -> R<()> {
        self.discharge_vars(b);
        if let Some(arith) = op.arith()
            && let Some(kind) = fold(arith, a, b)
        {
            a.kind = kind;
            return Ok(());
        }
        match op {
            BinOp::And => {
                self.concat_jumps(&mut b.when_false, a.when_false)?;
                *a = *b;
                Ok(())
            }
            BinOp::Or => {
                self.concat_jumps(&mut b.when_true, a.when_true)?;
                *a = *b;
                Ok(())
            }
            BinOp::Concat => {
                self.exp_to_next_reg(b)?;
                self.concat(a, b, line);
                Ok(())
            }
            BinOp::Add | BinOp::Mul => self.commutative(op, a, b, line),
            BinOp::Sub => match self.negated(OpCode::AddI, op, a, b, line)? {
                true => Ok(()),
                false => self.arithmetic(op, a, b, Order::AsWritten, line),
            },
            BinOp::Div | BinOp::IDiv | BinOp::Mod | BinOp::Pow => {
                self.arithmetic(op, a, b, Order::AsWritten, line)
            }
            BinOp::BAnd | BinOp::BOr | BinOp::BXor => self.bitwise(op, a, b, line),
            BinOp::Shl => self.shift_left(a, b, line),
            BinOp::Shr => match small_integer(b) {
                Some(operand) => {
                    let fallback = Fallback::immediate(op, Order::AsWritten);
                    self.finish_binary(OpCode::ShrI, a, b, operand, &fallback, line)
                }
                None => self.with_registers(op, a, b, line),
            },
            BinOp::Eq | BinOp::Ne => self.equality(op == BinOp::Eq, a, b),
            BinOp::Lt => self.order(OpCode::Lt, a, b),
            BinOp::Le => self.order(OpCode::Le, a, b),
            BinOp::Gt | BinOp::Ge => {
                std::mem::swap(a, b);
                self.order(if op == BinOp::Gt { OpCode::Lt } else { OpCode::Le }, a, b)
            }
        }
    }

    /// Joins `a` and `b`, which are in consecutive registers; if `b` is a concatenation itself, it
    /// takes `a` in. Mirrors `codeconcat`.
    fn concat(&mut self, a: &ExpDesc, b: &ExpDesc, line: u32) {
        let Kind::NonReloc(reg) = a.kind else {
            return debug_assert!(false, "put there before the second operand was read");
        };
        if let Some(previous) = self.previous_instruction()
            && previous.opcode() == Some(OpCode::Concat)
        {
            *previous = previous.with_a(reg).with_b(previous.b() + 1);
            self.free_exp(b);
            return;
        }
        self.emit_abc(OpCode::Concat, reg, 2, 0);
        self.free_exp(b);
        self.fix_line(line);
    }

    /// Emits an operation, whose second operand is `operand`, and the metamethod call after it.
    /// Mirrors `finishbinexpval`.
    fn finish_binary(
        &mut self,
        op: OpCode,
        a: &mut ExpDesc,
        b: &ExpDesc,
        operand: u32,
        fallback: &Fallback,
        line: u32,
    ) -> R<()> {
        let reg = self.exp_to_any_reg(a)?;
        let pc = self.emit_abc(op, 0, reg, operand);
        self.free_exps(a, b);
        a.kind = Kind::Reloc(pc);
        self.fix_line(line);
        let is_flipped = fallback.order == Order::Flipped;
        self.emit_abck(fallback.op, reg, operand, fallback.event, is_flipped);
        self.fix_line(line);
        Ok(())
    }

    /// Mirrors `codebinexpval`.
    fn with_registers(&mut self, op: BinOp, a: &mut ExpDesc, b: &mut ExpDesc, line: u32) -> R<()> {
        let operand = self.exp_to_any_reg(b)?;
        let fallback = Fallback { op: OpCode::MmBin, event: op.event(), order: Order::AsWritten };
        self.finish_binary(op.opcode(OpCode::Add), a, b, operand, &fallback, line)
    }

    /// Tries to emit the operation as `opcode` with the negated second operand, and says whether it
    /// did; the metamethod gets the operand as it was written. Mirrors `finishbinexpneg`.
    fn negated(
        &mut self,
        opcode: OpCode,
        op: BinOp,
        a: &mut ExpDesc,
        b: &ExpDesc,
        line: u32,
    ) -> R<bool> {
        let Kind::Integer(value) = b.kind else {
            return Ok(false);
        };
        let operands = (small_operand(value), small_operand(value.wrapping_neg()));
        let (Some(written), Some(negated)) = operands else {
            return Ok(false);
        };
        if b.has_jumps() {
            return Ok(false);
        }
        let fallback = Fallback::immediate(op, Order::AsWritten);
        self.finish_binary(opcode, a, b, negated, &fallback, line)?;
        if let Some(fallback) = self.fs.code.last_mut() {
            *fallback = fallback.with_b(written);
        }
        Ok(true)
    }

    /// Emits an operation with a constant second operand if that is a number that fits. Mirrors
    /// `codearith`.
    fn arithmetic(
        &mut self,
        op: BinOp,
        a: &mut ExpDesc,
        b: &mut ExpDesc,
        order: Order,
        line: u32,
    ) -> R<()> {
        let constant = if b.is_numeral() { self.exp_to_constant(b)? } else { None };
        self.with_constant_or_registers(op, a, b, constant, order, line)
    }

    /// Mirrors `codebinK` and, when there is no constant, `codebinNoK`.
    fn with_constant_or_registers(
        &mut self,
        op: BinOp,
        a: &mut ExpDesc,
        b: &mut ExpDesc,
        constant: Option<u32>,
        order: Order,
        line: u32,
    ) -> R<()> {
        if let Some(constant) = constant {
            let fallback = Fallback { op: OpCode::MmBinK, event: op.event(), order };
            return self.finish_binary(op.opcode(OpCode::AddK), a, b, constant, &fallback, line);
        }
        if order == Order::Flipped {
            std::mem::swap(a, b);
        }
        self.with_registers(op, a, b, line)
    }

    /// Emits `+` or `*`, with a numeral as the second operand if either is one. Mirrors
    /// `codecommutative`.
    fn commutative(&mut self, op: BinOp, a: &mut ExpDesc, b: &mut ExpDesc, line: u32) -> R<()> {
        let order = if a.is_numeral() { Order::Flipped } else { Order::AsWritten };
        if order == Order::Flipped {
            std::mem::swap(a, b);
        }
        if op == BinOp::Add
            && let Some(operand) = small_integer(b)
        {
            let fallback = Fallback::immediate(op, order);
            return self.finish_binary(OpCode::AddI, a, b, operand, &fallback, line);
        }
        self.arithmetic(op, a, b, order, line)
    }

    /// Emits `&`, `|` or `~`, with an integer as the second operand if either is one. Mirrors
    /// `codebitwise`.
    fn bitwise(&mut self, op: BinOp, a: &mut ExpDesc, b: &mut ExpDesc, line: u32) -> R<()> {
        let is_integer = |e: &ExpDesc| matches!(e.kind, Kind::Integer(_));
        let order = if is_integer(a) { Order::Flipped } else { Order::AsWritten };
        if order == Order::Flipped {
            std::mem::swap(a, b);
        }
        let constant = if is_integer(b) { self.exp_to_constant(b)? } else { None };
        self.with_constant_or_registers(op, a, b, constant, order, line)
    }

    fn shift_left(&mut self, a: &mut ExpDesc, b: &mut ExpDesc, line: u32) -> R<()> {
        if let Some(operand) = small_integer(a) {
            std::mem::swap(a, b);
            let fallback = Fallback::immediate(BinOp::Shl, Order::Flipped);
            return self.finish_binary(OpCode::ShlI, a, b, operand, &fallback, line);
        }
        match self.negated(OpCode::ShrI, BinOp::Shl, a, b, line)? {
            true => Ok(()),
            false => self.with_registers(BinOp::Shl, a, b, line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check_code;

    #[test]
    fn operators_are_numbered_as_opcodes_and_operations() {
        for (op, opcode, opcode_k) in [
            (BinOp::Add, OpCode::Add, OpCode::AddK),
            (BinOp::Mod, OpCode::Mod, OpCode::ModK),
            (BinOp::BXor, OpCode::BXor, OpCode::BXorK),
        ] {
            assert_eq!(op.opcode(OpCode::Add), opcode);
            assert_eq!(op.opcode(OpCode::AddK), opcode_k);
        }
        assert_eq!(BinOp::Shr.opcode(OpCode::Add), OpCode::Shr);
        assert_eq!(BinOp::IDiv.arith(), Some(ArithOp::IDiv));
        assert_eq!(BinOp::Shr.arith(), Some(ArithOp::Shr));
        assert_eq!(BinOp::Concat.arith(), None);
    }

    #[test]
    fn small_operands_stop_at_the_field_width() {
        for (value, expected) in [
            (-128, None),
            (-127, Some(0)),
            (0, Some(127)),
            (128, Some(255)),
            (129, None),
            (i64::MIN, None),
            (i64::MAX, None),
        ] {
            assert_eq!(small_operand(value), expected, "{value}");
        }
    }

    #[test]
    fn operands() {
        check_code(&[
            (
                "local a = ...; return a + 1, 1 + a, a - 1, 1 - a, a + 128, a + 129, a - 128, a - -127",
                "VARARG 0 2; ADDI 1 0 1; MMBINI 0 1 6 0; ADDI 2 0 1; MMBINI 0 1 6 1; ADDI 3 0 -1; MMBINI 0 1 7 0; LOADI 4 1; SUB 4 4 0; MMBIN 4 0 7; ADDI 5 0 128; MMBINI 0 128 6 0; ADDK 6 0 0; MMBINK 0 0 6 0; SUBK 7 0 1; MMBINK 0 1 7 0; ADDI 8 0 127; MMBINI 0 -127 7 0; RETURN 1 9 1",
            ),
            (
                "local a = ...; return a * 2, 2 * a, a / 2, 2 / a, a % 2.5, a // 3, a ^ 2",
                "VARARG 0 2; MULK 1 0 0; MMBINK 0 0 8 0; MULK 2 0 0; MMBINK 0 0 8 1; DIVK 3 0 0; MMBINK 0 0 11 0; LOADI 4 2; DIV 4 4 0; MMBIN 4 0 11; MODK 5 0 1; MMBINK 0 1 9 0; IDIVK 6 0 2; MMBINK 0 2 12 0; POWK 7 0 0; MMBINK 0 0 10 0; RETURN 1 8 1",
            ),
            (
                "local a = ...; return a & 1, 1 | a, a ~ 1.0, 1.0 & a",
                "VARARG 0 2; BANDK 1 0 0; MMBINK 0 0 13 0; BORK 2 0 0; MMBINK 0 0 14 1; LOADF 3 1; BXOR 3 0 3; MMBIN 0 3 15; LOADF 4 1; BAND 4 4 0; MMBIN 4 0 13; RETURN 1 5 1",
            ),
            (
                "local a = ...; return a << 1, 1 << a, a >> 1, 1 >> a, a << -1, a << 129",
                "VARARG 0 2; SHRI 1 0 -1; MMBINI 0 1 16 0; SHLI 2 0 1; MMBINI 0 1 16 1; SHRI 3 0 1; MMBINI 0 1 17 0; LOADI 4 1; SHR 4 4 0; MMBIN 4 0 17; SHRI 5 0 1; MMBINI 0 -1 16 0; LOADI 6 129; SHL 6 0 6; MMBIN 0 6 16; RETURN 1 7 1",
            ),
            (
                "local a = ...; return -a, ~a, #a, not a",
                "VARARG 0 2; UNM 1 0; BNOT 2 0; LEN 3 0; NOT 4 0; RETURN 1 5 1",
            ),
            (
                "local a, b = ...; return a + b, a .. b, a .. b .. 'c'",
                "VARARG 0 3; ADD 2 0 1; MMBIN 0 1 6; MOVE 3 0; MOVE 4 1; CONCAT 3 2; MOVE 4 0; MOVE 5 1; LOADK 6 0; CONCAT 4 3; RETURN 2 4 1",
            ),
        ]);
    }

    #[test]
    fn logic() {
        check_code(&[
            (
                "local a, b = ...; return a and b, a or b",
                "VARARG 0 3; TESTSET 2 0 0; JMP 1; MOVE 2 1; TESTSET 3 0 1; JMP 1; MOVE 3 1; RETURN 2 3 1",
            ),
            (
                "local a, b, c = ...; return a and b or c",
                "VARARG 0 4; TEST 0 0; JMP 2; TESTSET 3 1 1; JMP 1; MOVE 3 2; RETURN 3 2 1",
            ),
            (
                "local a, b = ...; return not (a and b), not not a",
                "VARARG 0 3; TEST 0 0; JMP 3; NOT 2 1; JMP 2; LFALSESKIP 2; LOADTRUE 2; NOT 3 0; NOT 3 3; RETURN 2 3 1",
            ),
            (
                "local a = ...; return a or nil, nil or a, 1 and a, a and false",
                "VARARG 0 2; TESTSET 1 0 1; JMP 1; LOADNIL 1 0; MOVE 2 0; MOVE 3 0; TESTSET 4 0 0; JMP 1; LOADFALSE 4; RETURN 1 5 1",
            ),
            (
                "local a, b = ...; local c = a == 1 and b",
                "VARARG 0 3; EQI 0 1 0; JMP 2; MOVE 2 1; JMP 2; LFALSESKIP 2; LOADTRUE 2",
            ),
            (
                "local a, b = ...; a = a and b; b = not a",
                "VARARG 0 3; TEST 0 0; JMP 1; MOVE 0 1; NOT 1 0",
            ),
            (
                "return x and y and z",
                "GETTABUP 0 0 0; TEST 0 0; JMP 4; GETTABUP 0 0 1; TEST 0 0; JMP 1; GETTABUP 0 0 2; RETURN 0 2 1",
            ),
            (
                "if a or b and not c then d() end",
                "GETTABUP 0 0 0; TEST 0 1; JMP 6; GETTABUP 0 0 1; TEST 0 0; JMP 5; GETTABUP 0 0 2; TEST 0 1; JMP 2; GETTABUP 0 0 3; CALL 0 1 1",
            ),
        ]);
    }
}
