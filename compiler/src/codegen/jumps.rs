//! Jumps, and the lists that thread open jumps together through their own offset fields.

use moonproof_bytecode::instruction::{MAX_AX, OFFSET_SJ};
use moonproof_bytecode::{Instruction, OpCode};

use crate::error::{CompileError, R};
use crate::func_state::{NO_JUMP, Pc, Reg};
use crate::parser::Parser;

/// So many jumps make it worth noting where a list ends.
const LONG_LIST: u32 = 16;

impl Parser<'_> {
    /// Emits a jump to somewhere yet unknown. Mirrors `luaK_jump`.
    pub(crate) fn jump(&mut self) -> Pc {
        self.emit(Instruction::new_sj(OpCode::Jmp, NO_JUMP))
    }

    /// Emits a jump to `target`, which has been passed. Mirrors `luaK_jumpto`.
    pub(crate) fn jump_to(&mut self, target: Pc) -> R<()> {
        let jump = self.jump();
        self.patch_list(jump, target)
    }

    /// Emits a test and its jump, and returns where the jump is. Mirrors `condjump`.
    pub(super) fn conditional_jump(&mut self, test: Instruction) -> Pc {
        self.emit(test);
        self.jump()
    }

    /// The next position, now a jump target. Mirrors `luaK_getlabel`.
    pub(crate) fn get_label(&mut self) -> Pc {
        self.fs.last_target = self.fs.pc();
        self.fs.last_target
    }

    /// Next jump of the list. Mirrors `getjump`.
    fn next_jump(&self, pc: Pc) -> Pc {
        match self.fs.code[pc as usize].sj() {
            NO_JUMP => NO_JUMP,
            offset => pc + 1 + offset,
        }
    }

    /// Mirrors `fixjump`.
    pub(super) fn fix_jump(&mut self, pc: Pc, target: Pc) -> R<()> {
        let offset = target - (pc + 1);
        if !(-OFFSET_SJ <= offset && offset <= MAX_AX as i32 - OFFSET_SJ) {
            return Err(self.structure_too_long());
        }
        let jump = self.fs.instruction(pc);
        *jump = jump.with_sj(offset);
        Ok(())
    }

    #[cold]
    pub(crate) fn structure_too_long(&self) -> CompileError {
        self.lex.syntax_error(b"control structure too long")
    }

    /// Appends the list `tail` to `list`. Mirrors `luaK_concat`.
    ///
    /// The reference walks to the end of `list` each time. Here a long list is walked on from
    /// where it ended last time, which must be one of its jumps still: lists lose none until they
    /// are patched as a whole, and no jump begins a list again after that.
    pub(crate) fn concat_jumps(&mut self, list: &mut Pc, tail: Pc) -> R<()> {
        if tail == NO_JUMP {
            return Ok(());
        }
        if *list == NO_JUMP {
            *list = tail;
            return Ok(());
        }
        let mut last = *list;
        let mut n_passed = 0;
        loop {
            match self.next_jump(last) {
                NO_JUMP => break,
                next => last = next,
            }
            n_passed += 1;
            if n_passed == LONG_LIST {
                last = self.fs.list_ends.get(list).copied().unwrap_or(last);
            }
        }
        if let Some(&end) = self.fs.list_ends.get(&tail) {
            self.fs.list_ends.insert(*list, end);
        } else if n_passed >= LONG_LIST {
            self.fs.list_ends.insert(*list, last);
        }
        self.fix_jump(last, tail)
    }

    /// The test that decides whether the jump at `pc` is taken, or the jump itself. Mirrors
    /// `getjumpcontrol`.
    fn jump_control(&mut self, pc: Pc) -> &mut Instruction {
        let pc = pc as usize;
        let is_test = |word: &Instruction| word.opcode().is_some_and(|op| op.info().modes.t);
        let at = if pc > 0 && is_test(&self.fs.code[pc - 1]) { pc - 1 } else { pc };
        &mut self.fs.code[at]
    }

    /// Makes the TESTSET of the jump at `node` put its value into `reg`, or into nothing if that is
    /// `None` or the value is there already; says whether it was one. Mirrors `patchtestreg`.
    fn patch_test_reg(&mut self, node: Pc, reg: Option<Reg>) -> bool {
        let control = self.jump_control(node);
        if control.opcode() != Some(OpCode::TestSet) {
            return false;
        }
        *control = match reg {
            Some(reg) if reg != control.b() => control.with_a(reg),
            _ => Instruction::abc(OpCode::Test, control.b(), 0, 0, control.k()),
        };
        true
    }

    /// Makes no test of the list give a value. Mirrors `removevalues`.
    pub(super) fn remove_values(&mut self, mut list: Pc) {
        while list != NO_JUMP {
            self.patch_test_reg(list, None);
            list = self.next_jump(list);
        }
    }

    /// Sends the list's tests that give a value, into `reg`, to `value_target`, and the others to
    /// `target`. Mirrors `patchlistaux`.
    pub(super) fn patch_list_values(
        &mut self,
        mut list: Pc,
        value_target: Pc,
        reg: Option<Reg>,
        target: Pc,
    ) -> R<()> {
        while list != NO_JUMP {
            let next = self.next_jump(list);
            let gives_value = self.patch_test_reg(list, reg);
            self.fix_jump(list, if gives_value { value_target } else { target })?;
            list = next;
        }
        Ok(())
    }

    /// Sends all jumps of the list to `target`, which has been passed or is here. Mirrors
    /// `luaK_patchlist`.
    pub(crate) fn patch_list(&mut self, list: Pc, target: Pc) -> R<()> {
        self.patch_list_values(list, target, None, target)
    }

    /// Mirrors `luaK_patchtohere`.
    pub(crate) fn patch_to_here(&mut self, list: Pc) -> R<()> {
        let here = self.get_label();
        self.patch_list(list, here)
    }

    /// Whether some jump of the list gives no value, or the inverse one. Mirrors `need_value`.
    pub(super) fn needs_value(&mut self, mut list: Pc) -> bool {
        while list != NO_JUMP {
            if self.jump_control(list).opcode() != Some(OpCode::TestSet) {
                return true;
            }
            list = self.next_jump(list);
        }
        false
    }

    /// Inverts the comparison whose jump is at `pc`. Mirrors `negatecondition`.
    pub(super) fn negate_condition(&mut self, pc: Pc) {
        let control = self.jump_control(pc);
        *control = control.with_k(!control.k());
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn jumps_to_jumps_go_to_the_end() {
        check_code(&[
            (
                "while a do while b do while c do end end end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 9; GETTABUP 0 0 1; TEST 0 0; JMP -6; GETTABUP 0 0 2; TEST 0 0; JMP -6; JMP -4; JMP -8; JMP -12",
            ),
            (
                "while a do if b then goto x end ::x:: end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 5; GETTABUP 0 0 1; TEST 0 0; JMP -6; JMP -7; JMP -8",
            ),
            ("::a:: ::b:: goto a", "JMP -1"),
        ]);
    }
}
