//! The parser: one pass over the tokens that emits code as it goes (lparser.c).
//!
//! There is no syntax tree, because the order in which instructions, constants and variables
//! appear in a chunk is the order in which the reference meets them. Every production is a function
//! of the same name or nearly so as there.

mod assign;
mod control;
mod expr;
mod func;
mod stat;
mod table;

use moonproof_bytecode::limits::{MAX_C_CALLS, MAX_INT};
use moonproof_bytecode::{ByteString, Chunk, Proto};

use crate::codegen::ConstCache;
use crate::error::{CompileError, ErrorKind, R};
use crate::func_state::FuncState;
use crate::label::{Goto, Label};
use crate::lexer::Lexer;
use crate::memory::Kept;
use crate::scope::VarDesc;
use crate::strings::StrId;
use crate::token::Token;

/// Greatest C `short` (`SHRT_MAX`), which bounds the lists that all functions share.
pub(crate) const MAX_SHORT: usize = i16::MAX as usize;
/// Instructions a function may have (`MAX_INT`).
pub(crate) const MAX_OPCODES: usize = MAX_INT as usize;

/// So many steps - statements, operands, fields and calls, each of which needs little memory - are
/// between two looks at how much memory is in use.
const CHECK_EVERY: u32 = 512;

/// Everything that is known while a chunk is being compiled.
pub(crate) struct Parser<'s> {
    pub(crate) lex: Lexer<'s>,
    /// The innermost function being compiled.
    pub(crate) fs: Box<FuncState>,
    /// The functions around it, outermost first.
    #[expect(clippy::vec_box, reason = "states change places with `fs`")]
    pub(crate) outer: Vec<Box<FuncState>>,
    /// States of finished functions, for their memory.
    #[expect(clippy::vec_box, reason = "states change places with `fs`")]
    spare: Vec<Box<FuncState>>,
    /// Finished functions that their outer function has not taken yet.
    protos: Vec<Proto>,
    /// Declared variables of all functions being compiled.
    pub(crate) vars: Vec<VarDesc>,
    /// Gotos of all functions being compiled that were pending or are followed by pending ones.
    pub(crate) gotos: Vec<Goto>,
    /// How many of them are pending.
    pub(crate) n_pending: usize,
    /// Visible labels of all functions being compiled.
    pub(crate) labels: Vec<Label>,
    pub(crate) consts: ConstCache,
    /// Levels of nesting, counted as C calls.
    n_c_calls: u32,
    /// Bytes that this compilation may take.
    pub(crate) max_bytes: usize,
    /// Steps to go until it is looked at how many it takes.
    until_check: u32,
    /// Bytes of the finished functions.
    finished_bytes: usize,
}

impl<'s> Parser<'s> {
    pub(crate) fn new(
        source: &'s [u8],
        chunk_name: &'s [u8],
        n_c_calls: u32,
        memory: Kept,
    ) -> Self {
        let lex = Lexer::new(source, chunk_name, memory.strings);
        let consts = ConstCache::new(lex.strings.key());
        Self {
            lex,
            fs: memory.fs,
            outer: Vec::new(),
            spare: memory.spare,
            protos: Vec::new(),
            vars: memory.vars,
            gotos: Vec::new(),
            n_pending: 0,
            labels: Vec::new(),
            consts,
            n_c_calls,
            max_bytes: usize::MAX,
            until_check: CHECK_EVERY,
            finished_bytes: 0,
        }
    }

    /// Compiles the whole source. Mirrors `luaY_parser` and `mainfunc`.
    pub(crate) fn chunk(&mut self, chunk_name: &[u8]) -> R<Chunk> {
        let mut main = self.main_function()?;
        main.source = Some(ByteString::new(chunk_name));
        Ok(Chunk { n_upvalues: main.upvalues.len() as u8, main })
    }

    /// What the next compilation can use again.
    pub(crate) fn into_memory(mut self) -> Kept {
        self.vars.clear();
        Kept {
            strings: self.lex.strings.into_memory(),
            fs: self.fs,
            spare: self.spare,
            vars: self.vars,
        }
    }

    /// Fails with "X expected". Mirrors `error_expected`.
    #[cold]
    pub(crate) fn expected(&self, token: Token) -> CompileError {
        self.lex.syntax_error(format!("{} expected", token.quoted()).as_bytes())
    }

    /// A limit of a single function, defined on `line`. Mirrors `errorlimit`.
    #[cold]
    pub(crate) fn too_many_in(&self, line: u32, limit: usize, what: &str) -> CompileError {
        let place =
            if line == 0 { "main function".into() } else { format!("function at line {line}") };
        let message = format!("too many {what} (limit is {limit}) in {place}");
        self.lex.syntax_error(message.as_bytes())
    }

    /// A limit of one of the reference's lists. Mirrors `luaM_growaux_`.
    #[cold]
    pub(crate) fn too_many(&self, what: &str, limit: usize) -> CompileError {
        let message = format!("too many {what} (limit is {limit})");
        self.lex.limit_error(ErrorKind::Limit, message)
    }

    #[inline]
    pub(crate) fn advance(&mut self) -> R<()> {
        self.lex.advance()
    }

    /// Mirrors `testnext`.
    #[inline]
    pub(crate) fn test_next(&mut self, token: Token) -> R<bool> {
        if self.lex.token != token {
            return Ok(false);
        }
        self.lex.advance()?;
        Ok(true)
    }

    /// Mirrors `check`.
    #[inline]
    pub(crate) fn check(&self, token: Token) -> R<()> {
        if self.lex.token == token { Ok(()) } else { Err(self.expected(token)) }
    }

    /// Mirrors `checknext`.
    #[inline]
    pub(crate) fn check_next(&mut self, token: Token) -> R<()> {
        self.check(token)?;
        self.lex.advance()
    }

    /// Skips the token that ends what `opening` began on `line`. Mirrors `check_match`.
    #[inline]
    pub(crate) fn check_match(&mut self, closing: Token, opening: Token, line: u32) -> R<()> {
        if self.test_next(closing)? { Ok(()) } else { Err(self.unmatched(closing, opening, line)) }
    }

    #[cold]
    fn unmatched(&self, closing: Token, opening: Token, line: u32) -> CompileError {
        if line == self.lex.line {
            return self.expected(closing);
        }
        let (closing, opening) = (closing.quoted(), opening.quoted());
        let message = format!("{closing} expected (to close {opening} at line {line})");
        self.lex.syntax_error(message.as_bytes())
    }

    /// Skips a name. Mirrors `str_checkname`.
    #[inline]
    pub(crate) fn name(&mut self) -> R<StrId> {
        self.check(Token::Name)?;
        let name = self.lex.string();
        self.lex.advance()?;
        Ok(name)
    }

    /// Counts a level of nesting. Mirrors `luaE_incCstack` and `luaE_checkcstack`.
    #[inline]
    pub(crate) fn enter_level(&mut self) -> R<()> {
        self.n_c_calls += 1;
        if self.n_c_calls >= MAX_C_CALLS {
            self.check_depth()?;
        }
        self.step()
    }

    /// To be called for whatever a source can have any number of.
    #[inline]
    pub(crate) fn step(&mut self) -> R<()> {
        self.until_check -= 1;
        if self.until_check == 0 { self.check_memory() } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn check_memory(&mut self) -> R<()> {
        self.until_check = CHECK_EVERY;
        let functions = self.outer.iter().chain(&self.spare).chain([&self.fs]);
        let in_use = functions.map(|fs| fs.bytes()).sum::<usize>()
            + self.protos.capacity() * size_of::<Proto>()
            + self.finished_bytes
            + size_of_val(&self.vars[..])
            + size_of_val(&self.gotos[..])
            + size_of_val(&self.labels[..])
            + self.lex.strings.heap_bytes()
            + self.consts.bytes();
        if in_use > self.max_bytes {
            return Err(CompileError::out_of_memory(self.lex.line));
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn leave_level(&mut self) {
        self.n_c_calls -= 1;
    }

    /// Fails at the limit. A caller that is beyond it already, because it is handling that very
    /// error, gets a tenth more.
    #[cold]
    fn check_depth(&self) -> R<()> {
        if self.n_c_calls == MAX_C_CALLS {
            Err(self.lex.limit_error(ErrorKind::Limit, "C stack overflow".into()))
        } else if self.n_c_calls >= MAX_C_CALLS / 10 * 11 {
            let message = "error in error handling".into();
            Err(self.lex.limit_error(ErrorKind::ErrorHandling, message))
        } else {
            Ok(())
        }
    }
}
