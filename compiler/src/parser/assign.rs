//! Assignments, calls as statements, and `local`.

use moonproof_bytecode::OpCode;

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::parser::Parser;
use crate::scope::VarKind;
use crate::token::Token;

impl Parser<'_> {
    /// Mirrors `exprstat`.
    pub(super) fn expr_stat(&mut self) -> R<()> {
        let mut e = ExpDesc::void();
        self.suffixed_expr(&mut e)?;
        if matches!(self.lex.token, Token::Assign | Token::Comma) {
            return if self.lex.token == Token::Assign {
                self.single_assignment(&e)
            } else {
                let mut targets = vec![e];
                self.rest_of_assignment(&mut targets)
            };
        }
        let Kind::Call(pc) = e.kind else {
            return Err(self.lex.syntax_error(b"syntax error"));
        };
        let call = self.fs.instruction(pc);
        *call = call.with_c(1);
        Ok(())
    }

    /// Fails unless the expression can be assigned to.
    fn check_target(&mut self, target: &ExpDesc) -> R<()> {
        if !target.is_variable() {
            return Err(self.lex.syntax_error(b"syntax error"));
        }
        self.check_writable(target)
    }

    /// Reads `= expressions` after the only target, which is at hand.
    fn single_assignment(&mut self, target: &ExpDesc) -> R<()> {
        self.check_target(target)?;
        self.assign_last(target, 1)
    }

    /// Reads the rest of an assignment; the last of `targets` has not been checked yet. Mirrors
    /// `restassign`.
    fn rest_of_assignment(&mut self, targets: &mut Vec<ExpDesc>) -> R<()> {
        let here = targets.len() - 1;
        let target = targets[here];
        self.check_target(&target)?;
        if !self.test_next(Token::Comma)? {
            return self.assign_last(&targets[here], here as u32 + 1);
        }
        let mut next = ExpDesc::void();
        self.suffixed_expr(&mut next)?;
        if !next.is_indexed() {
            self.check_conflict(targets, &next)?;
        }
        targets.push(next);
        self.enter_level()?;
        self.rest_of_assignment(targets)?;
        self.leave_level();
        self.assign_top(&targets[here])
    }

    /// Reads `= expressions` and assigns the value of the last target.
    fn assign_last(&mut self, target: &ExpDesc, n_targets: u32) -> R<()> {
        self.check_next(Token::Assign)?;
        let mut e = ExpDesc::void();
        let n_exprs = self.expr_list(&mut e)?;
        if n_exprs == n_targets {
            self.set_one_return(&mut e);
            return self.store(target, &mut e);
        }
        self.adjust_assign(n_targets, n_exprs, &mut e)?;
        self.assign_top(target)
    }

    /// Assigns the value in the highest register in use.
    fn assign_top(&mut self, target: &ExpDesc) -> R<()> {
        let mut top = ExpDesc::new(Kind::NonReloc(self.fs.free_reg - 1));
        self.store(target, &mut top)
    }

    /// Sees to it that assigning to `variable`, a local variable or upvalue, does not change the
    /// table or key of a target to its left: those use a copy then. Mirrors `check_conflict`.
    fn check_conflict(&mut self, targets: &mut [ExpDesc], variable: &ExpDesc) -> R<()> {
        let copy = self.fs.free_reg;
        let mut has_conflict = false;
        for target in targets.iter_mut().rev() {
            has_conflict |= avoid_conflict(target, variable, copy);
        }
        if !has_conflict {
            return Ok(());
        }
        match variable.kind {
            Kind::Local { reg, .. } => self.emit_abc(OpCode::Move, copy, reg, 0),
            Kind::Upval(idx) => self.emit_abc(OpCode::GetUpval, copy, idx, 0),
            _ => return Ok(()),
        };
        self.reserve_regs(1)
    }

    /// Makes the values of a list of `n_exprs` expressions, of which `e` is the last, `n_vars`
    /// values. Mirrors `adjust_assign`.
    pub(super) fn adjust_assign(&mut self, n_vars: u32, n_exprs: u32, e: &mut ExpDesc) -> R<()> {
        if e.is_multiple() {
            self.set_returns(e, Some((n_vars + 1).saturating_sub(n_exprs)))?;
        } else {
            if !e.is_void() {
                self.exp_to_next_reg(e)?;
            }
            if n_vars > n_exprs {
                self.emit_nil(self.fs.free_reg, n_vars - n_exprs);
            }
        }
        if n_vars > n_exprs {
            self.reserve_regs(n_vars - n_exprs)?;
        } else {
            self.fs.free_reg -= n_exprs - n_vars;
        }
        Ok(())
    }

    /// Reads `<const>`, `<close>`, or nothing. Mirrors `getlocalattribute`.
    fn attribute(&mut self) -> R<VarKind> {
        if !self.test_next(Token::Less)? {
            return Ok(VarKind::Regular);
        }
        let attribute = self.name()?;
        self.check_next(Token::Greater)?;
        match self.lex.strings.bytes(attribute) {
            b"const" => Ok(VarKind::Const),
            b"close" => Ok(VarKind::Close),
            other => {
                let message = [b"unknown attribute '", other, b"'"].concat();
                Err(self.lex.semantic_error(&message))
            }
        }
    }

    /// Mirrors `localstat`.
    pub(super) fn local_stat(&mut self) -> R<()> {
        let mut to_close = None;
        let mut n_vars = 0;
        let mut last;
        loop {
            let name = self.name()?;
            last = self.new_local(name)?;
            let kind = self.attribute()?;
            self.var(last).kind = kind;
            if kind == VarKind::Close {
                if to_close.is_some() {
                    let message = b"multiple to-be-closed variables in local list";
                    return Err(self.lex.semantic_error(message));
                }
                to_close = Some(self.fs.n_active + n_vars);
            }
            n_vars += 1;
            if !self.test_next(Token::Comma)? {
                break;
            }
        }
        let mut e = ExpDesc::void();
        let n_exprs = if self.test_next(Token::Assign)? { self.expr_list(&mut e)? } else { 0 };
        if n_vars == n_exprs
            && self.var(last).kind == VarKind::Const
            && let Some(value) = self.constant_value(&e)
        {
            self.activate_locals(n_vars - 1)?;
            self.activate_constant(value);
        } else {
            self.adjust_assign(n_vars, n_exprs, &mut e)?;
            self.activate_locals(n_vars)?;
        }
        if let Some(var) = to_close {
            self.mark_to_be_closed();
            let reg = self.reg_level(var);
            self.emit_abc(OpCode::Tbc, reg, 0, 0);
        }
        Ok(())
    }
}

/// Makes `target` use the register `copy` where it uses `variable`, and says whether it did.
fn avoid_conflict(target: &mut ExpDesc, variable: &ExpDesc, copy: u32) -> bool {
    match (&mut target.kind, variable.kind) {
        (&mut Kind::IndexUp { table, key }, Kind::Upval(idx)) if table == idx => {
            target.kind = Kind::IndexStr { table: copy, key };
            true
        }
        (Kind::IndexInt { table, .. } | Kind::IndexStr { table, .. }, Kind::Local { reg, .. })
            if *table == reg =>
        {
            *table = copy;
            true
        }
        (Kind::Indexed { table, key }, Kind::Local { reg, .. }) => {
            let mut conflicts = false;
            for used in [table, key] {
                if *used == reg {
                    *used = copy;
                    conflicts = true;
                }
            }
            conflicts
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn assignments() {
        check_code(&[
            ("local a; a = 1", "LOADNIL 0 0; LOADI 0 1"),
            ("local a; a = f()", "LOADNIL 0 0; GETTABUP 1 0 0; CALL 1 1 2; MOVE 0 1"),
            ("x = y", "GETTABUP 0 0 1; SETTABUP 0 0 0"),
            ("x, y = 1", "LOADI 0 1; LOADNIL 1 0; SETTABUP 0 1 1; SETTABUP 0 0 0"),
            ("x, y = f()", "GETTABUP 0 0 2; CALL 0 1 3; SETTABUP 0 1 1; SETTABUP 0 0 0"),
            ("x, y = 1, 2, 3", "LOADI 0 1; LOADI 1 2; LOADI 2 3; SETTABUP 0 1 1; SETTABUP 0 0 0"),
            ("local a, b; a, b = b, a", "LOADNIL 0 1; MOVE 2 1; MOVE 1 0; MOVE 0 2"),
            (
                "local a; a = a + 1; a.x = a",
                "LOADNIL 0 0; ADDI 0 0 1; MMBINI 0 1 6 0; SETFIELD 0 0 0",
            ),
            (
                "local a <const>, b = 1, 2; return a, b",
                "LOADI 0 1; LOADI 1 2; MOVE 2 0; MOVE 3 1; RETURN 2 3 1",
            ),
            ("local a, b = f()", "GETTABUP 0 0 0; CALL 0 1 3"),
            (
                "local a <const> = 1; local b <const> = a; return a, b, -a",
                "LOADI 0 1; LOADI 1 1; LOADI 2 -1; RETURN 0 4 1",
            ),
            ("local a <close>, b = f()", "GETTABUP 0 0 0; CALL 0 1 3; TBC 0"),
        ]);
    }

    #[test]
    fn targets_keep_the_tables_they_started_with() {
        check_code(&[
            (
                "local a, b; a.x, a = 1, 2",
                "LOADNIL 0 1; MOVE 2 0; LOADI 3 1; LOADI 0 2; SETFIELD 2 0 3",
            ),
            (
                "local a, i; a[i], i = 1, 2",
                "LOADNIL 0 1; MOVE 2 1; LOADI 3 1; LOADI 1 2; SETTABLE 0 2 3",
            ),
            (
                "local a; a[1], b, a = 1, 2, 3",
                "LOADNIL 0 0; MOVE 1 0; LOADI 2 1; LOADI 3 2; LOADI 0 3; SETTABUP 0 0 3; SETI 1 1 2",
            ),
            (
                "local a; function f() a.x, a = 1, 2 end",
                "LOADNIL 0 0; CLOSURE 1 0; SETTABUP 0 0 1 | GETUPVAL 0 0; LOADI 1 1; LOADI 2 2; SETUPVAL 2 0; SETFIELD 0 0 1",
            ),
        ]);
    }

    #[test]
    fn wrong_assignments() {
        check_errors(&[
            ("x", "t:1: syntax error near <eof>"),
            ("x + 1", "t:1: syntax error near \\'+\\'"),
            ("f() = 1", "t:1: syntax error near \\'=\\'"),
            ("(x) = 1", "t:1: syntax error near \\'=\\'"),
            ("x, f() = 1", "t:1: syntax error near \\'=\\'"),
            ("x, y", "t:1: \\'=\\' expected near <eof>"),
            ("local x <const> = 1; x = 2", "t:1: attempt to assign to const variable \\'x\\'"),
            ("local x <close> = f(); x = 2", "t:1: attempt to assign to const variable \\'x\\'"),
            (
                "local x <const> = f(); function g() x = 1 end",
                "t:1: attempt to assign to const variable \\'x\\'",
            ),
            (
                "local x <const> = 1; function x() end",
                "t:1: attempt to assign to const variable \\'x\\'",
            ),
            ("local x <foo> = 1", "t:1: unknown attribute \\'foo\\'"),
            ("local x < const", "t:1: \\'>\\' expected near <eof>"),
            (
                "local a <close>, b <close> = 1",
                "t:1: multiple to-be-closed variables in local list",
            ),
            ("local x = ", "t:1: unexpected symbol near <eof>"),
            ("local 1", "t:1: <name> expected near \\'1\\'"),
            ("a.b:c = 1", "t:1: function arguments expected near \\'=\\'"),
        ]);
    }
}
