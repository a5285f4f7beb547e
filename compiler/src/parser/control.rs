//! Conditions and loops.

use moonproof_bytecode::OpCode;
use moonproof_bytecode::instruction::MAX_BX;

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{NO_JUMP, Pc, Reg};
use crate::parser::Parser;
use crate::strings::StrId;
use crate::token::Token;

/// The two sorts of `for`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Numeric,
    Generic,
}

impl Parser<'_> {
    /// Reads a condition and returns the list of jumps taken if it is false. Mirrors `cond`.
    fn condition(&mut self) -> R<Pc> {
        let mut e = ExpDesc::void();
        self.expr(&mut e)?;
        if matches!(e.kind, Kind::Nil) {
            e.kind = Kind::False;
        }
        self.go_if_true(&mut e)?;
        Ok(e.when_false)
    }

    /// Mirrors `block`.
    pub(super) fn block(&mut self) -> R<()> {
        self.enter_block();
        self.stat_list()?;
        self.leave_block()?;
        Ok(())
    }

    /// Mirrors `whilestat`.
    pub(super) fn while_stat(&mut self, line: u32) -> R<()> {
        self.advance()?;
        let start = self.get_label();
        let exit = self.condition()?;
        self.enter_loop();
        self.check_next(Token::Do)?;
        self.block()?;
        self.jump_to(start)?;
        self.check_match(Token::End, Token::While, line)?;
        self.leave_block()?;
        self.patch_to_here(exit)
    }

    /// Mirrors `repeatstat`.
    pub(super) fn repeat_stat(&mut self, line: u32) -> R<()> {
        let start = self.get_label();
        self.enter_loop();
        self.enter_block();
        self.advance()?;
        self.stat_list()?;
        self.check_match(Token::Until, Token::Repeat, line)?;
        let mut again = self.condition()?;
        let scope = self.leave_block()?;
        if scope.has_upvalue {
            // The way out must not close what the way back has to close.
            let exit = self.jump();
            self.patch_to_here(again)?;
            let level = self.reg_level(scope.n_active);
            self.emit_abc(OpCode::Close, level, 0, 0);
            again = self.jump();
            self.patch_to_here(exit)?;
        }
        self.patch_list(again, start)?;
        self.leave_block()?;
        Ok(())
    }

    /// Mirrors `ifstat`.
    pub(super) fn if_stat(&mut self, line: u32) -> R<()> {
        let mut escapes = NO_JUMP;
        self.test_then_block(&mut escapes)?;
        while self.lex.token == Token::ElseIf {
            self.test_then_block(&mut escapes)?;
        }
        if self.test_next(Token::Else)? {
            self.block()?;
        }
        self.check_match(Token::End, Token::If, line)?;
        self.patch_to_here(escapes)
    }

    /// Reads from `if` or `elseif` to the end of its block. Mirrors `test_then_block`.
    fn test_then_block(&mut self, escapes: &mut Pc) -> R<()> {
        self.advance()?;
        let mut e = ExpDesc::void();
        self.expr(&mut e)?;
        self.check_next(Token::Then)?;
        let skip = if self.lex.token == Token::Break {
            // The jump out of the loop is the condition's own.
            let line = self.lex.line;
            self.go_if_false(&mut e)?;
            self.advance()?;
            self.enter_block();
            self.new_goto(StrId::BREAK, line, e.when_true)?;
            while self.test_next(Token::Semicolon)? {}
            if self.block_ends() {
                self.leave_block()?;
                return Ok(());
            }
            self.jump()
        } else {
            self.go_if_true(&mut e)?;
            self.enter_block();
            e.when_false
        };
        self.stat_list()?;
        self.leave_block()?;
        if matches!(self.lex.token, Token::Else | Token::ElseIf) {
            let escape = self.jump();
            self.concat_jumps(escapes, escape)?;
        }
        self.patch_to_here(skip)
    }

    /// Mirrors `forstat`.
    pub(super) fn for_stat(&mut self, line: u32) -> R<()> {
        self.enter_loop();
        self.advance()?;
        let name = self.name()?;
        match self.lex.token {
            Token::Assign => self.numeric_for(name, line)?,
            Token::Comma | Token::In => self.generic_for(name)?,
            _ => return Err(self.lex.syntax_error(b"'=' or 'in' expected")),
        }
        self.check_match(Token::End, Token::For, line)?;
        self.leave_block()?;
        Ok(())
    }

    /// Reads an expression into the next register. Mirrors `exp1`.
    fn expr_to_next_reg(&mut self) -> R<()> {
        let mut e = ExpDesc::void();
        self.expr(&mut e)?;
        self.exp_to_next_reg(&mut e)
    }

    /// Mirrors `fornum`.
    fn numeric_for(&mut self, name: StrId, line: u32) -> R<()> {
        let base = self.fs.free_reg;
        for name in [StrId::FOR_STATE, StrId::FOR_STATE, StrId::FOR_STATE, name] {
            self.new_local(name)?;
        }
        self.check_next(Token::Assign)?;
        self.expr_to_next_reg()?;
        self.check_next(Token::Comma)?;
        self.expr_to_next_reg()?;
        if self.test_next(Token::Comma)? {
            self.expr_to_next_reg()?;
        } else {
            self.load_integer(self.fs.free_reg, 1)?;
            self.reserve_regs(1)?;
        }
        self.activate_locals(3)?;
        self.for_body(base, line, 1, For::Numeric)
    }

    /// Mirrors `forlist`.
    fn generic_for(&mut self, name: StrId) -> R<()> {
        let base = self.fs.free_reg;
        for _ in 0..4 {
            self.new_local(StrId::FOR_STATE)?;
        }
        self.new_local(name)?;
        let mut n_vars = 1;
        while self.test_next(Token::Comma)? {
            let name = self.name()?;
            self.new_local(name)?;
            n_vars += 1;
        }
        self.check_next(Token::In)?;
        let line = self.lex.line;
        let mut e = ExpDesc::void();
        let n_exprs = self.expr_list(&mut e)?;
        self.adjust_assign(4, n_exprs, &mut e)?;
        self.activate_locals(4)?;
        self.mark_to_be_closed();
        // Room for calling the iterator.
        self.check_stack(3)?;
        self.for_body(base, line, n_vars, For::Generic)
    }

    /// Mirrors `forbody`.
    fn for_body(&mut self, base: Reg, line: u32, n_vars: u32, sort: For) -> R<()> {
        let (prep_op, loop_op) = match sort {
            For::Numeric => (OpCode::ForPrep, OpCode::ForLoop),
            For::Generic => (OpCode::TForPrep, OpCode::TForLoop),
        };
        self.check_next(Token::Do)?;
        let prep = self.emit_abx(prep_op, base, 0);
        self.enter_block();
        self.activate_locals(n_vars)?;
        self.reserve_regs(n_vars)?;
        self.block()?;
        self.leave_block()?;
        let body_end = self.get_label();
        self.set_loop_distance(prep, body_end - (prep + 1))?;
        if sort == For::Generic {
            self.emit_abc(OpCode::TForCall, base, 0, n_vars);
            self.fix_line(line);
        }
        let end = self.emit_abx(loop_op, base, 0);
        self.set_loop_distance(end, end - prep)?;
        self.fix_line(line);
        Ok(())
    }

    /// Mirrors `fixforjump`.
    fn set_loop_distance(&mut self, pc: Pc, distance: i32) -> R<()> {
        match u32::try_from(distance) {
            Ok(distance) if distance <= MAX_BX => {
                let word = self.fs.instruction(pc);
                *word = word.with_bx(distance);
                Ok(())
            }
            _ => Err(self.structure_too_long()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn conditions() {
        check_code(&[
            ("if a then b() end", "GETTABUP 0 0 0; TEST 0 0; JMP 2; GETTABUP 0 0 1; CALL 0 1 1"),
            (
                "if a then b() else c() end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 3; GETTABUP 0 0 1; CALL 0 1 1; JMP 2; GETTABUP 0 0 2; CALL 0 1 1",
            ),
            (
                "if a then b() elseif c then d() else e() end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 3; GETTABUP 0 0 1; CALL 0 1 1; JMP 8; GETTABUP 0 0 2; TEST 0 0; JMP 3; GETTABUP 0 0 3; CALL 0 1 1; JMP 2; GETTABUP 0 0 4; CALL 0 1 1",
            ),
            ("if nil then a() end", "LOADNIL 0 0; TEST 0 0; JMP 2; GETTABUP 0 0 0; CALL 0 1 1"),
            ("if true then a() end", "GETTABUP 0 0 0; CALL 0 1 1"),
            (
                "if not a then b() end",
                "GETTABUP 0 0 0; TEST 0 1; JMP 2; GETTABUP 0 0 1; CALL 0 1 1",
            ),
            (
                "while a do if b then break end end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 4; GETTABUP 0 0 1; TEST 0 1; JMP 1; JMP -7",
            ),
            ("while true do end", "JMP -1"),
            (
                "while a do if b then break end c() end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 6; GETTABUP 0 0 1; TEST 0 1; JMP 3; GETTABUP 0 0 2; CALL 0 1 1; JMP -9",
            ),
            (
                "while a do if b then break else c() end end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 6; GETTABUP 0 0 1; TEST 0 1; JMP 3; GETTABUP 0 0 2; CALL 0 1 1; JMP -9",
            ),
        ]);
    }

    #[test]
    fn loops() {
        check_code(&[
            (
                "for i = 1, 10 do f(i) end",
                "LOADI 0 1; LOADI 1 10; LOADI 2 1; FORPREP 0 3; GETTABUP 4 0 0; MOVE 5 3; CALL 4 2 1; FORLOOP 0 4",
            ),
            (
                "for i = a, b, -1 do end",
                "GETTABUP 0 0 0; GETTABUP 1 0 1; LOADI 2 -1; FORPREP 0 0; FORLOOP 0 1",
            ),
            (
                "for k, v in pairs(t) do f(k, v) end",
                "GETTABUP 0 0 0; GETTABUP 1 0 1; CALL 0 2 5; TFORPREP 0 4; GETTABUP 6 0 2; MOVE 7 4; MOVE 8 5; CALL 6 3 1; TFORCALL 0 2; TFORLOOP 0 6; CLOSE 0",
            ),
            (
                "for a in b, c, d, e, f do end",
                "GETTABUP 0 0 0; GETTABUP 1 0 1; GETTABUP 2 0 2; GETTABUP 3 0 3; GETTABUP 4 0 4; TFORPREP 0 0; TFORCALL 0 1; TFORLOOP 0 2; CLOSE 0",
            ),
            ("repeat local x = f() until x", "GETTABUP 0 0 0; CALL 0 1 2; TEST 0 0; JMP -4"),
            (
                "repeat local x = f(); g = function() return x end until x",
                "GETTABUP 0 0 0; CALL 0 1 2; CLOSURE 1 0; SETTABUP 0 1 1; TEST 0 0; JMP 2; CLOSE 0; JMP 2; CLOSE 0; JMP -10 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "while a do local x; g = function() return x end end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 5; LOADNIL 0 0; CLOSURE 1 0; SETTABUP 0 1 1; CLOSE 0; JMP -8 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "for i = 1, 2 do local x; g = function() return x end break end",
                "LOADI 0 1; LOADI 1 2; LOADI 2 1; FORPREP 0 5; LOADNIL 4 0; CLOSURE 5 0; SETTABUP 0 0 5; JMP 2; CLOSE 4; FORLOOP 0 6; CLOSE 0 | GETUPVAL 0 0; RETURN1 0",
            ),
        ]);
    }

    #[test]
    fn wrong_control_structures() {
        check_errors(&[
            ("if x", "t:1: \\'then\\' expected near <eof>"),
            ("if x then", "t:1: \\'end\\' expected near <eof>"),
            (
                "if x then\n\nelse",
                "t:3: \\'end\\' expected (to close \\'if\\' at line 1) near <eof>",
            ),
            ("while x", "t:1: \\'do\\' expected near <eof>"),
            ("while x do", "t:1: \\'end\\' expected near <eof>"),
            ("repeat", "t:1: \\'until\\' expected near <eof>"),
            ("repeat until", "t:1: unexpected symbol near <eof>"),
            ("for", "t:1: <name> expected near <eof>"),
            ("for x", "t:1: \\'=\\' or \\'in\\' expected near <eof>"),
            ("for x, y = 1", "t:1: \\'in\\' expected near \\'=\\'"),
            ("for x = 1 do end", "t:1: \\',\\' expected near \\'do\\'"),
            ("for x in do end", "t:1: unexpected symbol near \\'do\\'"),
            ("until x", "t:1: <eof> expected near \\'until\\'"),
            ("end", "t:1: <eof> expected near \\'end\\'"),
            ("else", "t:1: <eof> expected near \\'else\\'"),
            ("do", "t:1: \\'end\\' expected near <eof>"),
            ("do\n\n", "t:3: \\'end\\' expected (to close \\'do\\' at line 1) near <eof>"),
        ]);
    }
}
