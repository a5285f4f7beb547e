//! A Lua 5.4 compiler whose chunks equal those of the reference byte for byte.
//!
//! [`compile`] turns a source into a [`Chunk`], or into an error whose text is the reference's. It
//! follows the reference's compiler in structure, a single pass without a syntax tree, because
//! nearly every choice that compiler makes can be seen in the bytes: the order of instructions and
//! constants, registers, line tables, even which constants are stored twice. Such behaviour is
//! marked `Quirk:` where it is reproduced for no other reason.
//!
//! Sources may be hostile. Nesting is bounded as in the reference, so that the compiler uses a
//! bounded amount of stack; memory stays proportional to the source; nothing panics.
//!
//! ```
//! use moonproof_compiler::compile;
//!
//! let chunk = compile(b"local answer <const> = 42; return answer", b"=example")?;
//! assert_eq!(chunk.main.code.len(), 4);
//!
//! let error = compile(b"return return", b"@example.lua").unwrap_err();
//! assert_eq!(error.message(), b"example.lua:1: unexpected symbol near 'return'");
//! # Ok::<(), moonproof_compiler::CompileError>(())
//! ```
#![forbid(unsafe_code)]

mod codegen;
mod error;
mod expdesc;
mod file;
mod func_state;
mod label;
mod lexer;
mod memory;
mod parser;
mod scope;
mod strings;
#[cfg(test)]
mod testing;
mod token;

use moonproof_bytecode::Chunk;

pub use error::{CompileError, ErrorKind};
pub use file::{read_error, read_file, skip_shebang};
pub use memory::Memory;

/// Nested C calls when `lua` and `luac` load a file: the protected call around their own main
/// function.
pub const DEFAULT_C_CALLS: u32 = 1;

/// Compiles a source as `lua` or `luac` would.
///
/// `chunk_name` is the reference's: `@` and a file name, `=` and any text, or the source itself. It
/// ends at its first NUL, if it has one. A first line beginning with `#` is not skipped here, nor
/// is a byte order mark; see [`skip_shebang`].
///
/// # Errors
///
/// Whenever the reference has one, with its text; and if the source is 4 GiB long or longer.
pub fn compile(source: &[u8], chunk_name: &[u8]) -> Result<Chunk, CompileError> {
    compile_nested(source, chunk_name, DEFAULT_C_CALLS)
}

/// Compiles a source from within so many nested C calls (`getCcalls`): that number decides how
/// deeply the source may be nested before the error "C stack overflow".
///
/// # Errors
///
/// As [`compile`].
pub fn compile_nested(
    source: &[u8],
    chunk_name: &[u8],
    n_c_calls: u32,
) -> Result<Chunk, CompileError> {
    Memory::default().compile_nested(source, chunk_name, n_c_calls)
}
