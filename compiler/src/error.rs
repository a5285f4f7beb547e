//! Compile errors: text, kind and place.

use std::fmt;

/// Shorthand for everything in this crate that can find an error.
pub(crate) type R<T> = Result<T, CompileError>;

/// Why a source was rejected. The text equals the reference's, letter for letter.
pub struct CompileError(Box<Details>);

struct Details {
    kind: ErrorKind,
    line: u32,
    message: Vec<u8>,
}

/// What sort of error it is, as the status of `lua_load` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The source is not a Lua program (`LUA_ERRSYNTAX`).
    Syntax,
    /// It is too much for the compiler: too deeply nested, or a list too long (`LUA_ERRRUN`).
    /// Such messages do not say where.
    Limit,
    /// Nested too deeply while the caller was already handling a C stack overflow
    /// (`LUA_ERRERR`).
    ErrorHandling,
    /// The source is longer than this compiler takes, which is 4 GiB, or needs more memory than it
    /// may ([`Memory::set_limit`](crate::Memory::set_limit)) (`LUA_ERRMEM`).
    Memory,
}

impl CompileError {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, line: u32, message: Vec<u8>) -> Self {
        Self(Box::new(Details { kind, line, message }))
    }

    #[cold]
    pub(crate) fn out_of_memory(line: u32) -> Self {
        Self::new(ErrorKind::Memory, line, b"not enough memory".to_vec())
    }

    /// The message as the reference gives it, such as `file.lua:3: '=' expected near 'x'`. Names
    /// and strings of the source are quoted in it byte for byte, so it need not be UTF-8.
    pub fn message(&self) -> &[u8] {
        &self.0.message
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Line, from 1, up to which the source had been read.
    pub fn line(&self) -> u32 {
        self.0.line
    }

    /// Whether the source only ends too early, so that an interactive prompt should ask for more
    /// (`incomplete`, lua.c).
    pub fn is_incomplete(&self) -> bool {
        self.0.kind == ErrorKind::Syntax && self.0.message.ends_with(b"<eof>")
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0.message))
    }
}

impl fmt::Debug for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompileError")
            .field("kind", &self.0.kind)
            .field("line", &self.0.line)
            .field("message", &self.0.message.escape_ascii().to_string())
            .finish()
    }
}

impl std::error::Error for CompileError {}

const _: () = assert!(size_of::<R<()>>() == size_of::<usize>());
