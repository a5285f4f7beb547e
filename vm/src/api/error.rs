//! Errors as the host sees them.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::value::Value;

use crate::vm::NO_MEMORY;

/// What operations of this API return.
pub type Result<T> = std::result::Result<T, Error>;

/// A limit that the host has set, see [`Limits`](super::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Instructions to execute.
    Fuel,
    /// Bytes of heap.
    Memory,
}

impl Limit {
    /// By the text with which the VM ends the call.
    pub(super) fn of(what: &str) -> Self {
        if what == "out of fuel" { Self::Fuel } else { Self::Memory }
    }

    /// The text with which the VM ends the call.
    fn text(self) -> &'static str {
        match self {
            Self::Fuel => "out of fuel",
            Self::Memory => NO_MEMORY,
        }
    }
}

/// Why an operation failed.
///
/// A host function that returns one raises it in Lua: as the value itself if it is
/// [`Error::Thrown`], else as an error object whose text is the message. Such an object comes out of
/// Lua as the same error, inside of [`Error::CallbackError`].
///
/// ```
/// use moonproof_vm::{Error, Lua};
///
/// let lua = Lua::new();
/// let error = lua.load("local t = nil; return t.x").exec().unwrap_err();
/// assert!(error.to_string().contains("attempt to index a nil value (local 't')"));
///
/// let fail = lua.create_function(|_, ()| -> moonproof_vm::Result<()> {
///     Err(Error::external(std::io::Error::other("disk on fire")))
/// })?;
/// let error = fail.call::<()>(()).unwrap_err();
/// assert!(error.downcast_ref::<std::io::Error>().is_some());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// A source that does not compile, or a binary chunk that does not load or verify.
    SyntaxError {
        /// The message, with chunk name and line.
        message: String,
        /// Whether more text may make it right: what a prompt asks for.
        incomplete_input: bool,
    },
    /// Lua code raised a string: the message, then the traceback in lines of its own.
    RuntimeError(String),
    /// Lua code raised something else than a string.
    Thrown {
        /// The value that was raised.
        value: Value,
        /// Its text, as `tostring` gives it.
        message: String,
        /// Where it was raised.
        traceback: String,
    },
    /// A request for more memory than there may be. Nothing was taken; Lua code can catch it.
    MemoryError(String),
    /// A limit of the host's ended the call; Lua code cannot catch it.
    LimitExceeded {
        /// Which one.
        limit: Limit,
    },
    /// An argument of a host function is not what it takes.
    BadArgument {
        /// The function, if it has a name.
        to: Option<String>,
        /// The argument's position, from 1.
        pos: usize,
        /// The argument's name, if it has one.
        name: Option<String>,
        /// What is wrong.
        cause: Arc<Self>,
    },
    /// A value of the host's has no counterpart in Lua.
    ToLuaConversionError {
        /// The type that it has.
        from: String,
        /// The type that was asked for.
        to: &'static str,
        /// What is wrong.
        message: Option<String>,
    },
    /// A Lua value is not what the host asked for.
    FromLuaConversionError {
        /// The type that it has.
        from: &'static str,
        /// The type that was asked for.
        to: String,
        /// What is wrong.
        message: Option<String>,
    },
    /// A coroutine that is not suspended cannot be resumed.
    CoroutineUnresumable,
    /// The userdata holds another type.
    UserDataTypeMismatch,
    /// The userdata's value was taken or destroyed.
    UserDataDestructed,
    /// The value is borrowed exclusively, or by another thread.
    UserDataBorrowError,
    /// The value is borrowed already.
    UserDataBorrowMutError,
    /// A metamethod that userdata types cannot define.
    MetaMethodRestricted(String),
    /// A handle of one VM was used with another.
    ForeignHandle,
    /// The VM of the handle is gone.
    VmDestroyed,
    /// The VM is in the middle of something: a destructor of the host's used it while it was being
    /// destroyed.
    VmBusy,
    /// A host function failed.
    CallbackError {
        /// Where it was called.
        traceback: String,
        /// Its error.
        cause: Arc<Self>,
    },
    /// An error of the host's own.
    ExternalError(Arc<dyn StdError + Send + Sync>),
    /// An error with what was being done.
    WithContext {
        /// What was being done.
        context: String,
        /// The error.
        cause: Arc<Self>,
    },
}

impl Error {
    /// An error with a message.
    pub fn runtime(message: impl fmt::Display) -> Self {
        Self::RuntimeError(message.to_string())
    }

    /// Wraps any error, or a text.
    pub fn external(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = error.into();
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::ExternalError(error.into()),
        }
    }

    /// The error of a type that is at the bottom of this one, or in between.
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        self.chain().find_map(|error| error.downcast_ref())
    }

    /// This error and its sources.
    pub fn chain(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let first: &(dyn StdError + 'static) = self;
        std::iter::successors(Some(first), |error| (*error).source())
    }

    /// The error that a host function returned, under the marks of those through which it went.
    pub fn root_cause(&self) -> &Self {
        let mut error = self;
        while let Self::CallbackError { cause, .. }
        | Self::WithContext { cause, .. }
        | Self::BadArgument { cause, .. } = error
        {
            error = cause;
        }
        error
    }

    pub(super) fn from_lua(from: &'static str, to: impl Into<String>) -> Self {
        Self::FromLuaConversionError { from, to: to.into(), message: None }
    }

    pub(super) fn from_lua_because(
        from: &'static str,
        to: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::FromLuaConversionError { from, to: to.into(), message: Some(message.into()) }
    }

    pub(super) fn bad_argument(self, to: Option<&str>, pos: usize, name: Option<&str>) -> Self {
        Self::BadArgument {
            to: to.map(str::to_owned),
            pos,
            name: name.map(str::to_owned),
            cause: Arc::new(self),
        }
    }

    /// Bytes of the texts that it holds, at least; what a host's own error holds is not known.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::CallbackError { traceback, cause } => traceback.len() + cause.held_bytes(),
            Self::WithContext { context, cause } => context.len() + cause.held_bytes(),
            Self::BadArgument { cause, .. } => cause.held_bytes(),
            Self::RuntimeError(message) => message.len(),
            _ => 0,
        }
    }

    /// The message without the traceback: what Lua code sees.
    pub(super) fn message(&self) -> String {
        match self {
            Self::CallbackError { cause, .. } => cause.message(),
            Self::WithContext { context, cause } => format!("{context}\n{}", cause.message()),
            other => other.to_string(),
        }
    }
}

/// Colon and message, if there is one.
fn detail(message: Option<&str>) -> String {
    message.map(|message| format!(" ({message})")).unwrap_or_default()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SyntaxError { message, .. }
            | Self::RuntimeError(message)
            | Self::MemoryError(message) => f.write_str(message),
            Self::Thrown { message, traceback, .. } if traceback.is_empty() => f.write_str(message),
            Self::Thrown { message, traceback, .. } => write!(f, "{message}\n{traceback}"),
            Self::LimitExceeded { limit } => f.write_str(limit.text()),
            Self::BadArgument { to, pos, name, cause } => {
                match name {
                    Some(name) => write!(f, "bad argument '{name}'")?,
                    None => write!(f, "bad argument #{pos}")?,
                }
                if let Some(to) = to {
                    write!(f, " to '{to}'")?;
                }
                write!(f, ": {cause}")
            }
            Self::ToLuaConversionError { from, to, message } => {
                write!(f, "cannot convert {from} to Lua {to}{}", detail(message.as_deref()))
            }
            Self::FromLuaConversionError { from, to, message } => {
                write!(f, "cannot convert Lua {from} to {to}{}", detail(message.as_deref()))
            }
            Self::CoroutineUnresumable => f.write_str("coroutine is not suspended"),
            Self::UserDataTypeMismatch => f.write_str("userdata is not of the expected type"),
            Self::UserDataDestructed => f.write_str("userdata has been destroyed"),
            Self::UserDataBorrowError => f.write_str("userdata is already mutably borrowed"),
            Self::UserDataBorrowMutError => f.write_str("userdata is already borrowed"),
            Self::MetaMethodRestricted(name) => write!(f, "metamethod {name} is restricted"),
            Self::ForeignHandle => f.write_str("a handle of another Lua VM"),
            Self::VmDestroyed => f.write_str("the Lua VM is destroyed"),
            Self::VmBusy => f.write_str("the Lua VM is being used"),
            Self::CallbackError { traceback, cause } if traceback.is_empty() => cause.fmt(f),
            Self::CallbackError { traceback, cause } => {
                write!(f, "{}\n{traceback}", cause.message())
            }
            Self::ExternalError(error) => error.fmt(f),
            Self::WithContext { context, cause } => write!(f, "{context}\n{cause}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::CallbackError { cause, .. }
            | Self::BadArgument { cause, .. }
            | Self::WithContext { cause, .. } => Some(&**cause),
            Self::ExternalError(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::external(error)
    }
}

impl From<std::str::Utf8Error> for Error {
    fn from(error: std::str::Utf8Error) -> Self {
        Self::external(error)
    }
}

impl From<fmt::Error> for Error {
    fn from(error: fmt::Error) -> Self {
        Self::external(error)
    }
}

/// Any error as an error of this API.
pub trait ExternalError {
    /// Wraps it, see [`Error::external`].
    fn into_lua_err(self) -> Error;
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> ExternalError for E {
    fn into_lua_err(self) -> Error {
        Error::external(self)
    }
}

/// Results with any error as results of this API.
pub trait ExternalResult<T> {
    /// Wraps the error, see [`Error::external`].
    ///
    /// # Errors
    ///
    /// The error, if there is one.
    fn into_lua_err(self) -> Result<T>;
}

impl<T, E: ExternalError> ExternalResult<T> for std::result::Result<T, E> {
    fn into_lua_err(self) -> Result<T> {
        self.map_err(ExternalError::into_lua_err)
    }
}

/// Says what was being done when an error occurred.
pub trait ErrorContext: Sized {
    /// Adds a text.
    #[must_use]
    fn context(self, context: impl fmt::Display) -> Self {
        self.with_context(|_| context)
    }

    /// Adds a text that is made only if there is an error.
    #[must_use]
    fn with_context<C: fmt::Display>(self, context: impl FnOnce(&Error) -> C) -> Self;
}

impl ErrorContext for Error {
    fn with_context<C: fmt::Display>(self, context: impl FnOnce(&Error) -> C) -> Self {
        let context = context(&self).to_string();
        Self::WithContext { context, cause: Arc::new(self) }
    }
}

impl<T> ErrorContext for Result<T> {
    fn with_context<C: fmt::Display>(self, context: impl FnOnce(&Error) -> C) -> Self {
        self.map_err(|error| error.with_context(context))
    }
}
