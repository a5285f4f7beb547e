//! Input and output: files or standard input, sources, chunks or texts that state one, and data on
//! standard output.

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::str;

use moonproof_bytecode::asm::{Assembly, assemble};
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
    /// If it is a text that states a chunk: what was made of it, or what is wrong where.
    text: Option<Result<Assembly, TextError>>,
}

/// Ending of the names of texts that state a chunk.
const TEXT_ENDING: &str = "luasm";

/// Whether a path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

impl Input {
    /// Reads a file, or standard input if it is `-`, and assembles it if its name is that of a text.
    pub(crate) fn read_any_form(path: &Path) -> Result<Self, Failure> {
        let mut input = Self::read(path)?;
        if path.extension().is_some_and(|ending| ending == TEXT_ENDING) {
            input.text = Some(input.assemble());
        }
        Ok(input)
    }

    /// Reads a file, or standard input if it is `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        if is_stdin(path) {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| {
                Failure::Message(format!("cannot read standard input: {error}"))
            })?;
            let chunk_name = b"=stdin".to_vec();
            return Ok(Self { name: "stdin".to_owned(), chunk_name, bytes, text: None });
        }
        let name = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|error| Failure::Message(format!("cannot read {name}: {error}")))?;
        let chunk_name = [b"@", path.as_os_str().as_bytes()].concat();
        Ok(Self { name, chunk_name, bytes, text: None })
    }

    /// Makes the chunk that a text states. The error says in which file, line and column it states
    /// none.
    pub(crate) fn assemble(&self) -> Result<Assembly, TextError> {
        let text = str::from_utf8(&self.bytes).map_err(|error| {
            let before = self.bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
            let message = format!("{}:{line}:{column}: not UTF-8", self.name);
            TextError { line: u32::try_from(line).unwrap_or(u32::MAX), message }
        })?;
        assemble(text).map_err(|error| TextError {
            line: error.line(),
            message: format!("{}:{error}", self.name),
        })
    }

    /// What a text was made of, if it is one, and fine.
    pub(crate) fn assembly(&self) -> Option<&Assembly> {
        self.text.as_ref()?.as_ref().ok()
    }

    /// The bytes of what is to be a chunk.
    pub(crate) fn chunk_bytes(&self) -> &[u8] {
        self.assembly().map_or(&self.bytes, |assembly| &assembly.bytes)
    }

    /// Compiles a source or loads a chunk, whichever it is, or the chunk that a text states.
    pub(crate) fn chunk(&self) -> Result<Loaded<'_>, Refusal> {
        if let Some(text) = &self.text {
            let bytes = &text.as_ref().map_err(|error| Refusal::Text(error.clone()))?.bytes;
            let (chunk, offsets) = load_with_offsets(bytes).map_err(Refusal::Chunk)?;
            return Ok(Loaded { chunk, offsets: Some(offsets), bytes: Some(bytes.into()) });
        }
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
    /// Where things are in the file, if that holds a chunk, or in the chunk that it states.
    pub(crate) offsets: Option<Offsets>,
    /// The bytes of the chunk, if it was not a source.
    pub(crate) bytes: Option<Cow<'a, [u8]>>,
}

/// What is wrong with a text.
#[derive(Clone, Debug)]
pub(crate) struct TextError {
    pub(crate) line: u32,
    /// With file, line and column.
    pub(crate) message: String,
}

/// Why a file gives no chunk.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The compiler's message.
    Source(Vec<u8>),
    /// What the assembler objects to, and where.
    Text(TextError),
    /// What the loader objects to.
    Chunk(LoadError),
}

impl Refusal {
    /// In words.
    pub(crate) fn describe(&self, name: &str) -> String {
        match self {
            Self::Source(message) => String::from_utf8_lossy(message).into_owned(),
            Self::Text(error) => error.message.clone(),
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
