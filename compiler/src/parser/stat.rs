//! Statements, except those that have files of their own.

use moonproof_bytecode::OpCode;

use crate::error::{CompileError, R};
use crate::expdesc::{ExpDesc, Kind};
use crate::label::{Label, Position};
use crate::parser::func::Sort;
use crate::parser::{MAX_OPCODES, Parser};
use crate::strings::StrId;
use crate::token::Token;

impl Parser<'_> {
    /// Whether the current token ends a block and the scope of its variables, which `until` does
    /// not. Mirrors `block_follow` without `until`.
    pub(super) fn block_ends(&self) -> bool {
        matches!(self.lex.token, Token::Else | Token::ElseIf | Token::End | Token::Eos)
    }

    /// Mirrors `statlist`.
    pub(super) fn stat_list(&mut self) -> R<()> {
        while !self.block_ends() && self.lex.token != Token::Until {
            let is_return = self.lex.token == Token::Return;
            self.statement()?;
            if is_return {
                break;
            }
        }
        Ok(())
    }

    /// Mirrors `statement`.
    fn statement(&mut self) -> R<()> {
        let line = self.lex.line;
        self.enter_level()?;
        match self.lex.token {
            Token::Semicolon => self.advance()?,
            Token::If => self.if_stat(line)?,
            Token::While => self.while_stat(line)?,
            Token::Do => {
                self.advance()?;
                self.block()?;
                self.check_match(Token::End, Token::Do, line)?;
            }
            Token::For => self.for_stat(line)?,
            Token::Repeat => self.repeat_stat(line)?,
            Token::Function => self.function_stat(line)?,
            Token::Local => {
                self.advance()?;
                if self.test_next(Token::Function)? {
                    self.local_function()?;
                } else {
                    self.local_stat()?;
                }
            }
            Token::DoubleColon => {
                self.advance()?;
                let name = self.name()?;
                self.label_stat(name, line)?;
            }
            Token::Return => {
                self.advance()?;
                self.return_stat()?;
            }
            Token::Break => {
                self.advance()?;
                let jump = self.jump();
                self.new_goto(StrId::BREAK, line, jump)?;
            }
            Token::Goto => {
                self.advance()?;
                self.goto_stat()?;
            }
            _ => self.expr_stat()?,
        }
        if self.fs.code.len() >= MAX_OPCODES {
            return Err(self.too_many("opcodes", MAX_OPCODES));
        }
        self.fs.free_reg = self.fs.n_var_regs;
        self.leave_level();
        Ok(())
    }

    /// Mirrors `funcstat` and `funcname`.
    fn function_stat(&mut self, line: u32) -> R<()> {
        self.advance()?;
        let name = self.name()?;
        let mut target = self.single_var(name)?;
        while self.lex.token == Token::Dot {
            self.field_selection(&mut target)?;
        }
        let mut sort = Sort::Function;
        if self.lex.token == Token::Colon {
            sort = Sort::Method;
            self.field_selection(&mut target)?;
        }
        let mut function = ExpDesc::void();
        self.body(&mut function, sort, line)?;
        self.check_writable(&target)?;
        self.store(&target, &mut function)?;
        // The definition is on its first line, not where it ends.
        self.fix_line(line);
        Ok(())
    }

    /// Mirrors `localfunc`.
    fn local_function(&mut self) -> R<()> {
        let var = self.fs.n_active;
        let name = self.name()?;
        self.new_local(name)?;
        self.activate_locals(1)?;
        let mut function = ExpDesc::void();
        let line = self.lex.line;
        self.body(&mut function, Sort::Function, line)?;
        // Debuggers are not to see the variable before it has its value.
        let pc = self.fs.pc();
        self.local_info(var).start_pc = pc;
        Ok(())
    }

    /// Mirrors `retstat`.
    fn return_stat(&mut self) -> R<()> {
        let mut first = self.fs.n_var_regs;
        let mut n = Some(0);
        if !self.block_ends() && !matches!(self.lex.token, Token::Until | Token::Semicolon) {
            let mut e = ExpDesc::void();
            let n_exprs = self.expr_list(&mut e)?;
            n = Some(n_exprs);
            if e.is_multiple() {
                self.set_returns(&e, None)?;
                if let Kind::Call(pc) = e.kind
                    && n_exprs == 1
                    && !self.fs.block().inside_tbc
                {
                    let call = self.fs.instruction(pc);
                    *call = call.with_opcode(OpCode::TailCall);
                }
                n = None;
            } else if n_exprs == 1 {
                first = self.exp_to_any_reg(&mut e)?;
            } else {
                self.exp_to_next_reg(&mut e)?;
            }
        }
        self.emit_return(first, n);
        self.test_next(Token::Semicolon)?;
        Ok(())
    }

    /// Mirrors `gotostat`.
    fn goto_stat(&mut self) -> R<()> {
        let line = self.lex.line;
        let name = self.name()?;
        let Some(label) = self.find_label(name) else {
            let jump = self.jump();
            return self.new_goto(name, line, jump);
        };
        let level = self.reg_level(label.n_active);
        if self.fs.n_var_regs > level {
            self.emit_abc(OpCode::Close, level, 0, 0);
        }
        self.jump_to(label.pc)
    }

    /// Mirrors `labelstat`.
    fn label_stat(&mut self, name: StrId, line: u32) -> R<()> {
        self.check_next(Token::DoubleColon)?;
        while matches!(self.lex.token, Token::Semicolon | Token::DoubleColon) {
            self.statement()?;
        }
        if let Some(label) = self.find_label(name) {
            return Err(self.repeated_label(&label));
        }
        let position = if self.block_ends() { Position::Last } else { Position::Inside };
        self.create_label(name, line, position)?;
        Ok(())
    }

    /// Mirrors `checkrepeated`.
    #[cold]
    fn repeated_label(&self, label: &Label) -> CompileError {
        let name = self.lex.strings.bytes(label.name);
        let line = format!("' already defined on line {}", label.line);
        self.lex.semantic_error(&[b"label '", name, line.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn wrong_statements() {
        check_errors(&[
            ("return 1 2", "t:1: <eof> expected near \\'2\\'"),
            ("return;;", "t:1: <eof> expected near \\';\\'"),
            ("goto", "t:1: <name> expected near <eof>"),
            ("goto 1", "t:1: <name> expected near \\'1\\'"),
            ("::a", "t:1: \\'::\\' expected near <eof>"),
            ("::a::  ::a::", "t:1: label \\'a\\' already defined on line 1"),
            ("::1::", "t:1: <name> expected near \\'1\\'"),
            ("break", "t:1: break outside loop at line 1"),
            ("do return end x", "t:1: syntax error near <eof>"),
        ]);
    }

    #[test]
    fn returns_and_jumps() {
        check_code(&[
            ("return", "RETURN 0 1 1"),
            ("return 1", "LOADI 0 1; RETURN 0 2 1"),
            ("return a, b", "GETTABUP 0 0 0; GETTABUP 1 0 1; RETURN 0 3 1"),
            ("return f()", "GETTABUP 0 0 0; TAILCALL 0 1 1; RETURN 0 0 1"),
            ("return (f())", "GETTABUP 0 0 0; CALL 0 1 2; RETURN 0 2 1"),
            (
                "return f(), g()",
                "GETTABUP 0 0 0; CALL 0 1 2; GETTABUP 1 0 1; CALL 1 1 0; RETURN 0 0 1",
            ),
            ("do return end", "RETURN 0 1 1"),
            ("::a:: goto a", "JMP -1"),
            (
                "do local a; ::b:: f(function() return a end) goto b end",
                "LOADNIL 0 0; GETTABUP 1 0 0; CLOSURE 2 0; CALL 1 2 1; JMP -4; CLOSE 0 | GETUPVAL 0 0; RETURN1 0",
            ),
            ("goto a; ::a::", "JMP 0"),
        ]);
    }
}
