//! Input and output: files or standard input, sources or chunks, and data on standard output.

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moonproof_bytecode::{Chunk, LoadError, Offsets, header, load_with_offsets};
use moonproof_compiler::{compile, skip_shebang};

/// Why a subcommand has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of our output has had enough.
    ClosedPipe,
    /// Something could not be done.
    Message(String),
}

impl From<io::Error> for Failure {
    /// For output, where it is said nowhere else what failed.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Message(format!("cannot write: {error}")),
        }
    }
}

/// A file's bytes and what to call it.
pub(crate) struct Input {
    /// For messages of our own.
    pub(crate) name: String,
    /// For the compiler: `@file`, or `=stdin`.
    pub(crate) chunk_name: Vec<u8>,
    /// As they are.
    pub(crate) bytes: Vec<u8>,
}

/// Whether a path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

impl Input {
    /// Reads a file, or standard input if it is `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        if is_stdin(path) {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| {
                Failure::Message(format!("cannot read standard input: {error}"))
            })?;
            return Ok(Self { name: "stdin".to_owned(), chunk_name: b"=stdin".to_vec(), bytes });
        }
        let name = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|error| Failure::Message(format!("cannot read {name}: {error}")))?;
        let chunk_name = [b"@", path.as_os_str().as_bytes()].concat();
        Ok(Self { name, chunk_name, bytes })
    }

    /// Compiles a source or loads a chunk, whichever it is.
    pub(crate) fn chunk(&self) -> Result<Loaded<'_>, Refusal> {
        let text = skip_shebang(&self.bytes);
        if text.first() != Some(&header::SIGNATURE[0]) {
            let chunk = compile(&text, &self.chunk_name)
                .map_err(|error| Refusal::Source(error.message().to_vec()))?;
            return Ok(Loaded { chunk, offsets: None, bytes: None });
        }
        let (chunk, offsets) = load_with_offsets(&text).map_err(Refusal::Chunk)?;
        // Offsets are told from the start of the file, which is almost always that of the chunk.
        let is_whole = text.len() == self.bytes.len();
        let offsets = is_whole.then_some(offsets);
        Ok(Loaded { chunk, offsets, bytes: Some(text) })
    }
}

/// A chunk from either kind of file.
pub(crate) struct Loaded<'a> {
    pub(crate) chunk: Chunk,
    /// Where things are in the file, if that holds a chunk.
    pub(crate) offsets: Option<Offsets>,
    /// The bytes of the chunk, if it was not a source.
    pub(crate) bytes: Option<Cow<'a, [u8]>>,
}

/// Why a file gives no chunk.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The compiler's message.
    Source(Vec<u8>),
    /// What the loader objects to.
    Chunk(LoadError),
}

impl Refusal {
    /// In words.
    pub(crate) fn describe(&self, name: &str) -> String {
        match self {
            Self::Source(message) => String::from_utf8_lossy(message).into_owned(),
            Self::Chunk(error) => format!("{name}: {error}"),
        }
    }
}

/// Standard output for much data.
pub(crate) fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Whether standard output is a terminal, to which nothing binary goes.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes all of `bytes` to standard output.
pub(crate) fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
