//! Chunks as text that is meant to be written: an assembler and a disassembler.
//!
//! [`disassemble`] states everything that a chunk's bytes say, and [`assemble`] gives these bytes
//! back, whatever the chunk: instructions may name registers and constants that there are not, and
//! a word without an opcode is a number. Beyond that a text can state bytes that no loader takes.
//! Nothing is checked for sense; that is what the texts are for, the verifier's tests above all.
//!
//! ```
//! use moonproof_bytecode::asm::{assemble, disassemble};
//! use moonproof_bytecode::load;
//!
//! let text = r#"
//! .upvalue R0 "_ENV"
//!     GETTABUP R0 U0 K"print"      ; the constant is added to the table
//!     LOADI    R1 1
//! again:
//!     ADDI     R1 R1 1
//!     MMBINI   R1 1 __add
//!     LTI      R1 10 1
//!     JMP      again
//!     CALL     R0 2 1
//!     RETURN0
//! "#;
//! let bytes = assemble(text)?.bytes;
//! let chunk = load(&bytes)?;
//! assert_eq!((chunk.main.max_stack, chunk.main.code.len()), (2, 8));
//! assert_eq!(assemble(&disassemble(&bytes)?)?.bytes, bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The language
//!
//! A line holds labels, each with a colon behind it, then a directive or an instruction, then a
//! comment, all optional. A comment begins with `;`. Commas are blanks.
//!
//! The text as a whole is the main function; `.function [NAME]` and `.end` enclose one that is
//! nested in the function around it.
//!
//! | directive | states | if absent |
//! |---|---|---|
//! | `.source "NAME"` | chunk name | none |
//! | `.lines FIRST LAST` | where the function is defined | 0 0 |
//! | `.params N` | fixed parameters | 0 |
//! | `.vararg [N]` | the vararg mark; without N it is 1 | 0 |
//! | `.stack N` | registers of a frame | as the code needs, at least 2 |
//! | `.const VALUE` | the next constant | |
//! | `.upvalue PLACE [kind=N] [NAME]` | the next upvalue; its place in the enclosing function is `R3` or `U3`, or `N/N`: mark and index | |
//! | `.local NAME FROM TO` | a local variable; the bounds are labels or numbers | |
//! | `.line N` | the line of what follows, until the next | no line information |
//! | `.lineinfo N...` | line differences as they are; may be repeated | by `.line` |
//! | `.absline PC LINE`, `.absline none` | absolute lines as they are | by `.line` |
//! | `.word N` | an instruction as a number | |
//! | `.repeat N`, `.endrepeat` | the lines between, N times | |
//!
//! Values are `nil`, `true`, `false`, integers (`-5`, `0xFF`), floats (`1.5`, `1e300`, `inf`,
//! `-inf`, `nan`, `nan(0xFFF8000000000001)`) and strings (`"a\n\x00\\"`). Names are strings, or
//! `none` if absent.
//!
//! Operands are written in the order A, B, C as far as the opcode has them: registers `R3`,
//! constants `K3`, upvalues `U3`, functions `F3` (or their name), all of which may be plain numbers
//! as well; signed and unsigned numbers; events (`__add`, or a number); labels as targets of jumps,
//! where a number is the field as it is. Where a register or a constant may stand, a plain number
//! is a register, and the letter decides flag k. `K"x"` and `K(1.5)` are the constant of that
//! value, which is added behind those stated if there is none. Tests end with their condition, 0 or
//! 1; elsewhere a `k` at the end sets flag k. Fields that have no place of their own are stated by
//! name: `C=1`, `k=1`, `Bx=7`; they are zero otherwise, but for the B of RETURN0 and RETURN1, which
//! is what compilers put there.
//!
//! | beyond what a loader takes | |
//! |---|---|
//! | `.header_upvalues N` | the byte in front of the main function |
//! | `.const hex"0480"` | tag and value of a constant as bytes |
//! | `.count WHAT N` | the count that is written for `code`, `constants`, `upvalues`, `functions`, `lineinfo`, `abslines`, `locals` or `names`, whatever there is |
//! | `.splice AT LENGTH hex"..."` | once all bytes are there, replaces so many, from the byte AT on |
//! | `.append hex"..."` | bytes behind the chunk |
//!
//! A comment that begins with `;!` is a [`Note`], which the assembler hands on: what is to be found
//! wrong there.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod assemble;
mod disassemble;
mod function;
mod lines;
mod operand;
mod token;

pub use assemble::{MAX_REPEATED, assemble};
pub use disassemble::{disassemble, disassemble_chunk};
pub use token::quote;

/// A text that was assembled.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The chunk.
    pub bytes: Vec<u8>,
    /// Comments that begin with `;!`, in the order of the text.
    pub notes: Vec<Note>,
    functions: Vec<FunctionLines>,
}

/// A comment that begins with `;!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its line, from 1.
    pub line: u32,
    /// What it says.
    pub text: String,
    /// Whether nothing else is in the line: the note is about the function.
    pub stands_alone: bool,
    /// The function in which it is, as [`Assembly::function`] numbers them.
    pub function: usize,
}

/// An item of a function that stands in a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the fields of `Proto`, and by their index there")]
pub enum Item {
    Code(u32),
    Constant(u32),
    Upvalue(u32),
    LocVar(u32),
    AbsLine(u32),
}

impl Assembly {
    /// The number of the function at `path`, indices of nested functions from the main function.
    pub fn function(&self, path: &[u32]) -> Option<usize> {
        path.iter()
            .try_fold(0, |at, idx| self.functions.get(at)?.children.get(*idx as usize).copied())
    }

    /// The line of the text in which a function begins; 0 for the main function.
    pub fn first_line(&self, function: usize) -> Option<u32> {
        self.functions.get(function).map(|lines| lines.first)
    }

    /// The line of the text in which an item of a function is stated.
    pub fn line_of(&self, function: usize, item: Item) -> Option<u32> {
        let lines = self.functions.get(function)?;
        let (list, idx) = match item {
            Item::Code(idx) => (&lines.code, idx),
            Item::Constant(idx) => (&lines.constants, idx),
            Item::Upvalue(idx) => (&lines.upvalues, idx),
            Item::LocVar(idx) => (&lines.loc_vars, idx),
            Item::AbsLine(idx) => (&lines.abs_lines, idx),
        };
        list.get(idx as usize).copied()
    }
}

/// Lines of the text in which a function's items are.
#[derive(Clone, Debug, Default)]
struct FunctionLines {
    /// Where it begins.
    first: u32,
    code: Vec<u32>,
    constants: Vec<u32>,
    upvalues: Vec<u32>,
    loc_vars: Vec<u32>,
    abs_lines: Vec<u32>,
    /// Numbers of the nested functions.
    children: Vec<usize>,
}

/// Why a text cannot be assembled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsmError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    line: u32,
    column: u32,
    message: String,
}

impl AsmError {
    #[cold]
    fn new(line: u32, column: u32, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { line, column, message: message.into() }))
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.0.line
    }

    /// The character in that line, from 1.
    pub fn column(&self) -> u32 {
        self.0.column
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl std::error::Error for AsmError {}

impl std::fmt::Display for AsmError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line(), self.column(), self.message())
    }
}

#[cfg(test)]
mod tests;
