//! Why bytes are not a chunk.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::header;

/// What is wrong with the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// They end too early.
    Truncated,
    /// They do not begin with the signature.
    NotBinary,
    /// They are of another version of Lua: major version in the upper four bits.
    Version {
        /// What stands in place of [`header::VERSION`].
        found: u8,
    },
    /// They are in a format of someone's own.
    Format {
        /// What stands in place of [`header::FORMAT`].
        found: u8,
    },
    /// The bytes that guard against text transfers have changed.
    Corrupted {
        /// What stands in place of [`header::DATA`].
        found: [u8; 6],
    },
    /// A type has another size on the machine that wrote them.
    Size {
        /// C name of the type.
        type_name: &'static str,
        /// Its size here.
        expected: u8,
        /// Its size there.
        found: u8,
    },
    /// Integers are written otherwise: another byte order, probably.
    IntegerFormat {
        /// What [`header::TEST_INTEGER`] reads as.
        found: i64,
    },
    /// Floats are written otherwise.
    FloatFormat {
        /// Bits of what [`header::TEST_NUMBER`] reads as.
        found: u64,
    },
    /// A count or length exceeds what its type can hold.
    IntegerOverflow,
    /// A string constant is absent.
    NullString,
    /// A constant is of no known type. The reference, built without assertions, loses track here.
    UnknownConstant {
        /// Its tag.
        tag: u8,
    },
    /// Functions are nested more deeply than any compiler does. The reference recurses until its
    /// stack is full.
    TooDeep,
    /// The chunk would take more memory than it may ([`load_within`](crate::load_within)).
    Memory,
}

impl LoadErrorKind {
    /// The reason in the reference's words, where it has any.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Truncated => "truncated chunk",
            Self::NotBinary => "not a binary chunk",
            Self::Version { .. } => "version mismatch",
            Self::Format { .. } => "format mismatch",
            Self::Corrupted { .. } => "corrupted chunk",
            Self::Size { type_name: "Instruction", .. } => "Instruction size mismatch",
            Self::Size { type_name: "lua_Integer", .. } => "lua_Integer size mismatch",
            Self::Size { .. } => "lua_Number size mismatch",
            Self::IntegerFormat { .. } => "integer format mismatch",
            Self::FloatFormat { .. } => "float format mismatch",
            Self::IntegerOverflow => "integer overflow",
            Self::NullString => "bad format for constant string",
            Self::UnknownConstant { .. } => "unknown constant type",
            Self::TooDeep => "functions nested too deeply",
            Self::Memory => "not enough memory",
        }
    }

    /// What was found and what was expected, where that says more than the reason.
    fn write_detail(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Version { found } => write!(
                f,
                ": found Lua {}.{}, expected Lua {}.{}",
                found >> 4,
                found & 15,
                header::VERSION >> 4,
                header::VERSION & 15
            ),
            Self::Format { found } => {
                write!(f, ": found format {found}, expected {}", header::FORMAT)
            }
            Self::Corrupted { found } => write!(
                f,
                ": found \"{}\", expected \"{}\"",
                found.escape_ascii(),
                header::DATA.escape_ascii()
            ),
            Self::Size { expected, found, .. } => {
                write!(f, ": found {found} bytes, expected {expected}")
            }
            Self::IntegerFormat { found } => {
                write!(f, ": found {found:#x}, expected {:#x}", header::TEST_INTEGER)?;
                if found.swap_bytes() == header::TEST_INTEGER {
                    f.write_str(" (the byte order is reversed)")?;
                }
                Ok(())
            }
            Self::FloatFormat { found } => {
                write!(f, ": found bits {found:#x}, expected {:#x}", header::TEST_NUMBER.to_bits())
            }
            Self::UnknownConstant { tag } => write!(f, ": tag {tag}"),
            Self::TooDeep => write!(f, ": more than {} levels", crate::limits::MAX_C_CALLS),
            Self::Truncated
            | Self::NotBinary
            | Self::IntegerOverflow
            | Self::NullString
            | Self::Memory => Ok(()),
        }
    }
}

/// A refusal to load a chunk: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: LoadErrorKind,
    offset: usize,
    path: Box<[u32]>,
}

impl LoadError {
    #[cold]
    pub(crate) fn new(kind: LoadErrorKind, offset: usize, path: Box<[u32]>) -> Self {
        Self(Box::new(Inner { kind, offset, path }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &LoadErrorKind {
        &self.0.kind
    }

    /// Offset, from the chunk's first byte, of what could not be read.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The function being read: indices of nested functions from the main function, which is empty.
    pub fn path(&self) -> &[u32] {
        &self.0.path
    }

    /// The reference's message for a chunk of that name: `@file` or `=name`, and anything else for
    /// the text of a chunk given as a string. Mirrors `luaU_undump` and `error` of lundump.c.
    pub fn message(&self, chunk_name: &[u8]) -> Vec<u8> {
        bad_format(chunk_name, self.kind().reason())
    }
}

/// The message for a chunk of that name that is refused for a reason, as [`LoadError::message`] has
/// it.
pub fn bad_format(chunk_name: &[u8], reason: &str) -> Vec<u8> {
    let name = match chunk_name {
        [b'@' | b'=', name @ ..] => name,
        [0x1B, ..] => b"binary string",
        name => name,
    };
    [name, b": bad binary format (", reason.as_bytes(), b")"].concat()
}

impl core::error::Error for LoadError {}

impl core::fmt::Display for LoadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.kind().reason())?;
        self.kind().write_detail(f)?;
        write!(f, ", at byte {}", self.offset())?;
        for (i, idx) in self.path().iter().enumerate() {
            write!(f, "{}{idx}", if i == 0 { " in function " } else { "." })?;
        }
        Ok(())
    }
}
