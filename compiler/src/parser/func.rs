//! Functions: opening and closing them, parameters, bodies, the main function.

use moonproof_bytecode::instruction::MAX_BX;
use moonproof_bytecode::{Constant, LocVar, OpCode, Proto, UpvalDesc};

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{Upvalue, Value};
use crate::parser::Parser;
use crate::scope::VarKind;
use crate::strings::StrId;
use crate::token::Token;

/// What a function is defined as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Function,
    /// With a first parameter `self` that is not written.
    Method,
}

/// Functions that a function may contain (`MAXARG_Bx`).
const MAX_PROTOS: u32 = MAX_BX;
/// Bytes of a function after which it is looked at once how many all have taken.
const LARGE: usize = 1 << 16;

impl Parser<'_> {
    /// Mirrors `mainfunc`.
    pub(super) fn main_function(&mut self) -> R<Proto> {
        self.open_function(0);
        self.set_vararg(0);
        self.fs.upvalues.push(Upvalue {
            name: StrId::ENV,
            in_stack: true,
            idx: 0,
            kind: VarKind::Regular,
        });
        self.advance()?;
        self.stat_list()?;
        self.check(Token::Eos)?;
        self.finish_function()
    }

    /// Makes `self.fs` the state of a new function. Mirrors `open_func`.
    fn open_function(&mut self, line: u32) {
        self.fs.reset(line);
        self.fs.first_proto = self.protos.len();
        self.fs.first_local = self.vars.len();
        self.fs.first_label = self.labels.len();
        self.enter_block();
    }

    /// Emits the last return and ends the function. Mirrors `close_func`.
    fn finish_function(&mut self) -> R<Proto> {
        self.emit_return(self.fs.n_var_regs, Some(0));
        self.leave_block()?;
        self.finish()?;
        if self.fs.code.len() >= super::MAX_OPCODES {
            return Err(self.too_many("opcodes", super::MAX_OPCODES));
        }
        let proto = self.take_proto();
        let bytes = proto.list_bytes();
        self.finished_bytes += bytes;
        if bytes > LARGE {
            self.check_memory()?;
        }
        Ok(proto)
    }

    /// The finished function as a chunk holds it.
    fn take_proto(&mut self) -> Proto {
        let strings = &mut self.lex.strings;
        let fs = &*self.fs;
        Proto {
            source: None,
            line_defined: fs.line_defined,
            last_line_defined: fs.last_line_defined,
            n_params: fs.n_params,
            is_vararg: u8::from(fs.is_vararg),
            max_stack: fs.max_stack,
            code: fs.code.clone(),
            constants: fs
                .constants
                .iter()
                .map(|constant| match *constant {
                    Value::Nil => Constant::Nil,
                    Value::Bool(value) => Constant::Bool(value),
                    Value::Integer(value) => Constant::Integer(value),
                    Value::Float(value) => Constant::Float(value),
                    Value::Str(string) => Constant::String(strings.byte_string(string)),
                })
                .collect(),
            upvalues: fs
                .upvalues
                .iter()
                .map(|upvalue| UpvalDesc {
                    in_stack: u8::from(upvalue.in_stack),
                    idx: upvalue.idx,
                    kind: upvalue.kind as u8,
                })
                .collect(),
            protos: self.protos.split_off(fs.first_proto),
            line_info: fs.line_info.clone(),
            abs_line_info: fs.abs_line_info.clone(),
            loc_vars: fs
                .locals
                .iter()
                .map(|local| LocVar {
                    name: Some(strings.byte_string(local.name)),
                    start_pc: local.start_pc as u32,
                    end_pc: local.end_pc as u32,
                })
                .collect(),
            upvalue_names: fs
                .upvalues
                .iter()
                .map(|upvalue| Some(strings.byte_string(upvalue.name)))
                .collect(),
        }
    }

    /// Declares the function vararg. Mirrors `setvararg`.
    fn set_vararg(&mut self, n_params: u8) {
        self.fs.is_vararg = true;
        self.emit_abc(OpCode::VarargPrep, u32::from(n_params), 0, 0);
    }

    /// Mirrors `parlist`.
    fn parameters(&mut self) -> R<()> {
        let mut n_params = 0;
        let mut is_vararg = false;
        if self.lex.token != Token::RightParen {
            loop {
                match self.lex.token {
                    Token::Name => {
                        let name = self.name()?;
                        self.new_local(name)?;
                        n_params += 1;
                    }
                    Token::Dots => {
                        self.advance()?;
                        is_vararg = true;
                    }
                    _ => return Err(self.lex.syntax_error(b"<name> or '...' expected")),
                }
                if is_vararg || !self.test_next(Token::Comma)? {
                    break;
                }
            }
        }
        self.activate_locals(n_params)?;
        self.fs.n_params = self.fs.n_active as u8;
        if is_vararg {
            self.set_vararg(self.fs.n_params);
        }
        self.reserve_regs(self.fs.n_active)
    }

    /// Reads a function from its parameters on. Mirrors `body`.
    pub(crate) fn body(&mut self, e: &mut ExpDesc, sort: Sort, line: u32) -> R<()> {
        if self.fs.n_protos >= MAX_PROTOS {
            return Err(self.too_many("functions", MAX_PROTOS as usize));
        }
        self.fs.n_protos += 1;
        let fs = self.spare.pop().unwrap_or_default();
        self.outer.push(std::mem::replace(&mut self.fs, fs));
        self.open_function(line);
        self.check_next(Token::LeftParen)?;
        if sort == Sort::Method {
            self.new_local(StrId::SELF)?;
            self.activate_locals(1)?;
        }
        self.parameters()?;
        self.check_next(Token::RightParen)?;
        self.stat_list()?;
        self.fs.last_line_defined = self.lex.line;
        self.check_match(Token::End, Token::Function, line)?;
        self.closure(e)?;
        let proto = self.finish_function()?;
        self.protos.push(proto);
        if let Some(outer) = self.outer.pop() {
            self.spare.push(std::mem::replace(&mut self.fs, outer));
        }
        Ok(())
    }

    /// Emits, in the function around the current one, the instruction that makes the closure.
    /// Mirrors `codeclosure`.
    ///
    /// It comes before the end of the inner function, as in the reference, because both may fail.
    fn closure(&mut self, e: &mut ExpDesc) -> R<()> {
        self.swap_with_outer();
        let pc = self.emit_abx(OpCode::Closure, 0, self.fs.n_protos - 1);
        *e = ExpDesc::new(Kind::Reloc(pc));
        let result = self.exp_to_next_reg(e);
        self.swap_with_outer();
        result
    }

    fn swap_with_outer(&mut self) {
        if let Some(outer) = self.outer.last_mut() {
            std::mem::swap(&mut self.fs, outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn functions() {
        check_code(&[
            ("local function f(a, b) return f end", "CLOSURE 0 0 | GETUPVAL 2 0; RETURN1 2"),
            (
                "function a.b.c(x, ...) return ... end",
                "GETTABUP 0 0 0; GETFIELD 0 0 1; CLOSURE 1 0; SETFIELD 0 2 1 | VARARGPREP 1; VARARG 1 0; RETURN 1 0 2",
            ),
            (
                "function a:b(x) return self, x end",
                "GETTABUP 0 0 0; CLOSURE 1 0; SETFIELD 0 1 1 | MOVE 2 0; MOVE 3 1; RETURN 2 3 0",
            ),
            ("return function() end", "CLOSURE 0 0; RETURN 0 2 1 | "),
            (
                "local function f(...) local a = ... return a end",
                "CLOSURE 0 0 | VARARGPREP 0; VARARG 0 2; RETURN 0 2 1",
            ),
            (
                "function f(a) return f(a) end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | GETTABUP 1 0 0; MOVE 2 0; TAILCALL 1 2 0; RETURN 1 0 0",
            ),
            (
                "function f(a) local x <close> = a; return f(a) end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | MOVE 1 0; TBC 1; GETTABUP 2 0 0; MOVE 3 0; CALL 2 2 0; RETURN 2 0 0k",
            ),
        ]);
    }

    #[test]
    fn wrong_functions() {
        check_errors(&[
            ("function", "t:1: <name> expected near <eof>"),
            ("function f", "t:1: \\'(\\' expected near <eof>"),
            ("function f(", "t:1: <name> or \\'...\\' expected near <eof>"),
            ("function f(a,)", "t:1: <name> or \\'...\\' expected near \\')\\'"),
            ("function f(a", "t:1: \\')\\' expected near <eof>"),
            ("function f(..., a) end", "t:1: \\')\\' expected near \\',\\'"),
            ("function f:a.b() end", "t:1: \\'(\\' expected near \\'.\\'"),
            ("local function f.a() end", "t:1: \\'(\\' expected near \\'.\\'"),
            ("function f() end end", "t:1: <eof> expected near \\'end\\'"),
            (
                "function f()\n\n",
                "t:3: \\'end\\' expected (to close \\'function\\' at line 1) near <eof>",
            ),
            ("function 1() end", "t:1: <name> expected near \\'1\\'"),
        ]);
    }
}
