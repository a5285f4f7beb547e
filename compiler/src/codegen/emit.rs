//! Emission of single instructions.

use moonproof_bytecode::instruction::MAX_BX;
use moonproof_bytecode::{Instruction, OpCode};

use crate::func_state::{Pc, Reg};
use crate::parser::{MAX_OPCODES, Parser};

impl Parser<'_> {
    /// Emits a word on the line of the token consumed last. Mirrors `luaK_code`.
    ///
    /// Nothing is emitted beyond the limit; the statement's end reports that.
    #[inline]
    pub(crate) fn emit(&mut self, word: Instruction) -> Pc {
        if self.fs.code.len() < MAX_OPCODES {
            self.fs.code.push(word);
            self.save_line(self.lex.last_line);
        }
        self.fs.pc() - 1
    }

    #[inline]
    pub(crate) fn emit_abc(&mut self, op: OpCode, a: u32, b: u32, c: u32) -> Pc {
        self.emit(Instruction::abc(op, a, b, c, false))
    }

    #[inline]
    pub(crate) fn emit_abck(&mut self, op: OpCode, a: u32, b: u32, c: u32, k: bool) -> Pc {
        self.emit(Instruction::abc(op, a, b, c, k))
    }

    #[inline]
    pub(crate) fn emit_abx(&mut self, op: OpCode, a: u32, bx: u32) -> Pc {
        self.emit(Instruction::abx(op, a, bx))
    }

    /// Loads a constant. Mirrors `luaK_codek`.
    pub(crate) fn emit_load_constant(&mut self, reg: Reg, constant: u32) -> Pc {
        if constant <= MAX_BX {
            return self.emit_abx(OpCode::LoadK, reg, constant);
        }
        let pc = self.emit_abx(OpCode::LoadKx, reg, 0);
        self.emit_extra_arg(constant);
        pc
    }

    pub(crate) fn emit_extra_arg(&mut self, value: u32) -> Pc {
        self.emit(Instruction::new_ax(OpCode::ExtraArg, value))
    }

    /// Sets `n` registers to nil. Mirrors `luaK_nil`: if the instruction before does so to
    /// registers that touch these, it is made to cover all of them.
    pub(crate) fn emit_nil(&mut self, from: Reg, n: u32) {
        let last = from + n - 1;
        if let Some(previous) = self.previous_instruction()
            && previous.opcode() == Some(OpCode::LoadNil)
        {
            let previous_from = previous.a();
            let previous_last = previous_from + previous.b();
            if (previous_from <= from && from <= previous_last + 1)
                || (from <= previous_from && previous_from <= last + 1)
            {
                let from = from.min(previous_from);
                let last = last.max(previous_last);
                *previous = previous.with_a(from).with_b(last - from);
                return;
            }
        }
        self.emit_abc(OpCode::LoadNil, from, n - 1, 0);
    }

    /// Returns `n` values, or all up to top for `None`. Mirrors `luaK_ret`.
    pub(crate) fn emit_return(&mut self, first: Reg, n: Option<u32>) {
        let op = match n {
            Some(0) => OpCode::Return0,
            Some(1) => OpCode::Return1,
            _ => OpCode::Return,
        };
        self.emit_abc(op, first, n.map_or(0, |n| n + 1), 0);
    }

    /// The instruction emitted last, unless a jump may come between it and the next one. Mirrors
    /// `previousinstruction`.
    #[inline]
    pub(crate) fn previous_instruction(&mut self) -> Option<&mut Instruction> {
        if self.fs.pc() > self.fs.last_target { self.fs.code.last_mut() } else { None }
    }

    /// Takes back the instruction emitted last. Mirrors `removelastinstruction`.
    pub(crate) fn remove_last_instruction(&mut self) {
        self.remove_last_line();
        self.fs.line_info.pop();
        self.fs.code.pop();
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn nils_are_joined() {
        check_code(&[
            ("local a; local b; local c", "LOADNIL 0 2"),
            ("local a = nil; do local b end local c", "LOADNIL 0 1"),
            ("local a, b = 1; local c", "LOADI 0 1; LOADNIL 1 1"),
            ("local a; ::x:: local b", "LOADNIL 0 0; LOADNIL 1 0"),
            (
                "local a, b, c = f(); a = nil; b = nil; c = nil; a = nil",
                "GETTABUP 0 0 0; CALL 0 1 4; LOADNIL 0 2",
            ),
            (
                "local a, b, c = f(); c = nil; a = nil",
                "GETTABUP 0 0 0; CALL 0 1 4; LOADNIL 2 0; LOADNIL 0 0",
            ),
        ]);
    }
}
