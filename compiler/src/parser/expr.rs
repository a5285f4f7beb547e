//! Expressions.

use moonproof_bytecode::OpCode;

use crate::codegen::{BinOp, UnOp};
use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::parser::Parser;
use crate::parser::func::Sort;
use crate::token::Token;

/// A binary operator and how tightly it binds on either side (`priority`).
#[derive(Clone, Copy)]
struct Operator {
    op: BinOp,
    left: u8,
    right: u8,
}

/// How tightly unary operators bind.
const UNARY_PRIORITY: u8 = 12;

#[inline]
fn unary_operator(token: Token) -> Option<UnOp> {
    match token {
        Token::Not => Some(UnOp::Not),
        Token::Minus => Some(UnOp::Minus),
        Token::Tilde => Some(UnOp::BNot),
        Token::Hash => Some(UnOp::Len),
        _ => None,
    }
}

#[inline]
fn binary_operator(token: Token) -> Option<Operator> {
    let (op, left, right) = match token {
        Token::Plus => (BinOp::Add, 10, 10),
        Token::Minus => (BinOp::Sub, 10, 10),
        Token::Star => (BinOp::Mul, 11, 11),
        Token::Percent => (BinOp::Mod, 11, 11),
        Token::Caret => (BinOp::Pow, 14, 13),
        Token::Slash => (BinOp::Div, 11, 11),
        Token::IDiv => (BinOp::IDiv, 11, 11),
        Token::Ampersand => (BinOp::BAnd, 6, 6),
        Token::Pipe => (BinOp::BOr, 4, 4),
        Token::Tilde => (BinOp::BXor, 5, 5),
        Token::Shl => (BinOp::Shl, 7, 7),
        Token::Shr => (BinOp::Shr, 7, 7),
        Token::Concat => (BinOp::Concat, 9, 8),
        Token::NotEqual => (BinOp::Ne, 3, 3),
        Token::Equal => (BinOp::Eq, 3, 3),
        Token::Less => (BinOp::Lt, 3, 3),
        Token::LessEqual => (BinOp::Le, 3, 3),
        Token::Greater => (BinOp::Gt, 3, 3),
        Token::GreaterEqual => (BinOp::Ge, 3, 3),
        Token::And => (BinOp::And, 2, 2),
        Token::Or => (BinOp::Or, 1, 1),
        _ => return None,
    };
    Some(Operator { op, left, right })
}

impl Parser<'_> {
    /// Mirrors `expr`.
    pub(crate) fn expr(&mut self, e: &mut ExpDesc) -> R<()> {
        self.sub_expr(e, 0)?;
        Ok(())
    }

    /// Reads an expression as far as operators bind tighter than `limit`, and returns the first
    /// one that does not. Mirrors `subexpr`.
    fn sub_expr(&mut self, e: &mut ExpDesc, limit: u8) -> R<Option<Operator>> {
        self.enter_level()?;
        if let Some(op) = unary_operator(self.lex.token) {
            let line = self.lex.line;
            self.advance()?;
            self.sub_expr(e, UNARY_PRIORITY)?;
            self.prefix(op, e, line)?;
        } else {
            self.simple_expr(e)?;
        }
        let mut next = binary_operator(self.lex.token);
        while let Some(operator) = next
            && operator.left > limit
        {
            let line = self.lex.line;
            self.advance()?;
            self.infix(operator.op, e)?;
            let mut right = ExpDesc::void();
            next = self.sub_expr(&mut right, operator.right)?;
            self.postfix(operator.op, e, &mut right, line)?;
        }
        self.leave_level();
        Ok(next)
    }

    /// Mirrors `simpleexp`.
    fn simple_expr(&mut self, e: &mut ExpDesc) -> R<()> {
        let kind = match self.lex.token {
            Token::Float => Kind::Float(self.lex.float()),
            Token::Integer => Kind::Integer(self.lex.integer()),
            Token::String => Kind::Str(self.lex.string()),
            Token::Nil => Kind::Nil,
            Token::True => Kind::True,
            Token::False => Kind::False,
            Token::Dots => {
                if !self.fs.is_vararg {
                    let message = b"cannot use '...' outside a vararg function";
                    return Err(self.lex.syntax_error(message));
                }
                Kind::Vararg(self.emit_abc(OpCode::Vararg, 0, 0, 1))
            }
            Token::LeftBrace => return self.constructor(e),
            Token::Function => {
                self.advance()?;
                let line = self.lex.line;
                return self.body(e, Sort::Function, line);
            }
            _ => return self.suffixed_expr(e),
        };
        *e = ExpDesc::new(kind);
        self.advance()
    }

    /// Mirrors `primaryexp`.
    fn primary_expr(&mut self, e: &mut ExpDesc) -> R<()> {
        match self.lex.token {
            Token::Name => {
                let name = self.name()?;
                *e = self.single_var(name)?;
                Ok(())
            }
            Token::LeftParen => {
                let line = self.lex.line;
                self.advance()?;
                self.expr(e)?;
                self.check_match(Token::RightParen, Token::LeftParen, line)?;
                self.discharge_vars(e);
                Ok(())
            }
            _ => Err(self.lex.syntax_error(b"unexpected symbol")),
        }
    }

    /// Mirrors `suffixedexp`.
    pub(crate) fn suffixed_expr(&mut self, e: &mut ExpDesc) -> R<()> {
        self.primary_expr(e)?;
        loop {
            match self.lex.token {
                Token::Dot => self.field_selection(e)?,
                Token::LeftBracket => {
                    self.exp_to_any_reg_or_upvalue(e)?;
                    let mut key = ExpDesc::void();
                    self.bracketed_index(&mut key)?;
                    self.index(e, &mut key)?;
                }
                Token::Colon => {
                    self.advance()?;
                    let mut key = ExpDesc::new(Kind::Str(self.name()?));
                    self.method(e, &mut key)?;
                    self.call_args(e)?;
                }
                Token::LeftParen | Token::String | Token::LeftBrace => {
                    self.exp_to_next_reg(e)?;
                    self.call_args(e)?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Reads `.name` or `:name`. Mirrors `fieldsel`.
    pub(crate) fn field_selection(&mut self, e: &mut ExpDesc) -> R<()> {
        self.step()?;
        self.exp_to_any_reg_or_upvalue(e)?;
        self.advance()?;
        let mut key = ExpDesc::new(Kind::Str(self.name()?));
        self.index(e, &mut key)
    }

    /// Reads `[expression]`. Mirrors `yindex`.
    pub(crate) fn bracketed_index(&mut self, key: &mut ExpDesc) -> R<()> {
        self.advance()?;
        self.expr(key)?;
        self.exp_to_value(key)?;
        self.check_next(Token::RightBracket)
    }

    /// Reads the arguments of a call, whose function is in a register already, and emits it.
    /// Mirrors `funcargs`.
    fn call_args(&mut self, function: &mut ExpDesc) -> R<()> {
        self.step()?;
        let line = self.lex.line;
        let mut args = ExpDesc::void();
        match self.lex.token {
            Token::LeftParen => {
                self.advance()?;
                if self.lex.token != Token::RightParen {
                    self.expr_list(&mut args)?;
                    if args.is_multiple() {
                        self.set_returns(&args, None)?;
                    }
                }
                self.check_match(Token::RightParen, Token::LeftParen, line)?;
            }
            Token::LeftBrace => self.constructor(&mut args)?,
            Token::String => {
                args = ExpDesc::new(Kind::Str(self.lex.string()));
                self.advance()?;
            }
            _ => return Err(self.lex.syntax_error(b"function arguments expected")),
        }
        let Kind::NonReloc(base) = function.kind else {
            debug_assert!(false, "the caller put it there");
            return Ok(());
        };
        let b = if args.is_multiple() {
            0
        } else {
            if !args.is_void() {
                self.exp_to_next_reg(&mut args)?;
            }
            self.fs.free_reg - base
        };
        *function = ExpDesc::new(Kind::Call(self.emit_abc(OpCode::Call, base, b, 2)));
        self.fix_line(line);
        // The call takes away the function and its arguments and leaves one result.
        self.fs.free_reg = base + 1;
        Ok(())
    }

    /// Reads a list of expressions, all but the last of which are put into registers, and returns
    /// their number. Mirrors `explist`.
    pub(crate) fn expr_list(&mut self, e: &mut ExpDesc) -> R<u32> {
        let mut n = 1;
        self.expr(e)?;
        while self.test_next(Token::Comma)? {
            self.exp_to_next_reg(e)?;
            self.expr(e)?;
            n += 1;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn priorities() {
        check_code(&[
            (
                "local a, b, c = ...; return a + b * c",
                "VARARG 0 4; MUL 3 1 2; MMBIN 1 2 8; ADD 3 0 3; MMBIN 0 3 6; RETURN 3 2 1",
            ),
            (
                "local a, b, c = ...; return a * b + c",
                "VARARG 0 4; MUL 3 0 1; MMBIN 0 1 8; ADD 3 3 2; MMBIN 3 2 6; RETURN 3 2 1",
            ),
            (
                "local a, b = ...; return a ^ b ^ a",
                "VARARG 0 3; POW 2 1 0; MMBIN 1 0 10; POW 2 0 2; MMBIN 0 2 10; RETURN 2 2 1",
            ),
            (
                "local a, b = ...; return -a ^ b",
                "VARARG 0 3; POW 2 0 1; MMBIN 0 1 10; UNM 2 2; RETURN 2 2 1",
            ),
            (
                "local a, b, c = ...; return a .. b .. c",
                "VARARG 0 4; MOVE 3 0; MOVE 4 1; MOVE 5 2; CONCAT 3 3; RETURN 3 2 1",
            ),
            (
                "local a, b, c = ...; return a | b & c ~ a << b",
                "VARARG 0 4; BAND 3 1 2; MMBIN 1 2 13; SHL 4 0 1; MMBIN 0 1 16; BXOR 3 3 4; MMBIN 3 4 15; BOR 3 0 3; MMBIN 0 3 14; RETURN 3 2 1",
            ),
            (
                "local a, b = ...; return not a == b",
                "VARARG 0 3; NOT 2 0; EQ 2 1 1; JMP 1; LFALSESKIP 2; LOADTRUE 2; RETURN 2 2 1",
            ),
        ]);
    }

    #[test]
    fn suffixes() {
        check_code(&[
            ("a.b.c = 1", "GETTABUP 0 0 0; GETFIELD 0 0 1; SETFIELD 0 2 3k"),
            (
                "a:b(1):c 'x' {}",
                "GETTABUP 0 0 0; SELF 0 0 1k; LOADI 2 1; CALL 0 3 2; SELF 0 0 2k; LOADK 2 3; CALL 0 3 2; NEWTABLE 1 0 0; EXTRAARG 0; CALL 0 2 1",
            ),
            (
                "return a[1], a['x'], a[b], a[256], a[-1], a[1.0]",
                "GETTABUP 0 0 0; GETI 0 0 1; GETTABUP 1 0 0; GETFIELD 1 1 1; GETTABUP 2 0 0; GETTABUP 3 0 2; GETTABLE 2 2 3; GETTABUP 3 0 0; LOADI 4 256; GETTABLE 3 3 4; GETTABUP 4 0 0; LOADI 5 -1; GETTABLE 4 4 5; GETTABUP 5 0 0; LOADF 6 1; GETTABLE 5 5 6; RETURN 0 7 1",
            ),
            ("(f)(...)", "GETTABUP 0 0 0; VARARG 1 0; CALL 0 0 1"),
            ("return (f()), (...)", "GETTABUP 0 0 0; CALL 0 1 2; VARARG 1 2; RETURN 0 3 1"),
            ("local t <const> = 'k'; return a[t]", "GETTABUP 0 0 0; GETFIELD 0 0 1; RETURN 0 2 1"),
        ]);
    }

    #[test]
    fn wrong_expressions() {
        check_errors(&[
            ("x = 1 +", "t:1: unexpected symbol near <eof>"),
            ("x = (1", "t:1: \\')\\' expected near <eof>"),
            ("x = (\n1", "t:2: \\')\\' expected (to close \\'(\\' at line 1) near <eof>"),
            ("x = f(1", "t:1: \\')\\' expected near <eof>"),
            ("x = f(\n1 2", "t:2: \\')\\' expected (to close \\'(\\' at line 1) near \\'2\\'"),
            ("x = a.1", "t:1: unexpected symbol near \\'.1\\'"),
            ("x = a:b", "t:1: function arguments expected near <eof>"),
            ("x = a[1", "t:1: \\']\\' expected near <eof>"),
            (
                "function f() return ... end",
                "t:1: cannot use \\'...\\' outside a vararg function near \\'...\\'",
            ),
            ("x = 'a':b()", "t:1: unexpected symbol near \\':\\'"),
            ("x = #", "t:1: unexpected symbol near <eof>"),
            ("return return", "t:1: unexpected symbol near \\'return\\'"),
            ("x = and", "t:1: unexpected symbol near \\'and\\'"),
        ]);
    }
}
