//! Loading of sources and binary chunks.

use std::borrow::Cow;
use std::panic::Location;
use std::path::{Path, PathBuf};

use moonproof_verifier::{VerifiedChunk, VerifiedImage};

use super::Function;
use super::convert::{FromLuaMulti, IntoLuaMulti};
use super::error::{Error, Result};
use super::handle::Lua;
use super::table::Table;
use super::value::Value;
use crate::proto::SharedProto;
use crate::vm::NO_MEMORY;

/// What a chunk may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkMode {
    /// Source text.
    Text,
    /// What `string.dump` or a compiler made. It is verified.
    Binary,
}

/// What can be loaded: texts, bytes, and files by their paths.
pub trait AsChunk {
    /// The text or bytes.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    fn source(&self) -> std::io::Result<Cow<'_, [u8]>>;

    /// The chunk's name, if the source has one; else the place where it is loaded is used.
    fn name(&self) -> Option<String> {
        None
    }
}

/// Sources that are there already.
macro_rules! sources {
    ($($type:ty)*) => {$(
        impl AsChunk for $type {
            fn source(&self) -> std::io::Result<Cow<'_, [u8]>> {
                let bytes: &[u8] = self.as_ref();
                Ok(Cow::Borrowed(bytes))
            }
        }
    )*};
}

sources!(str String [u8] Vec<u8>);

impl<const N: usize> AsChunk for [u8; N] {
    fn source(&self) -> std::io::Result<Cow<'_, [u8]>> {
        Ok(Cow::Borrowed(self))
    }
}

/// A file. Its first line is skipped if it begins with `#`.
impl AsChunk for Path {
    fn source(&self) -> std::io::Result<Cow<'_, [u8]>> {
        let text = std::fs::read(self)?;
        Ok(Cow::Owned(crate::stdlib::skip_first_line(&text).into_owned()))
    }

    fn name(&self) -> Option<String> {
        Some(format!("@{}", self.display()))
    }
}

impl AsChunk for PathBuf {
    fn source(&self) -> std::io::Result<Cow<'_, [u8]>> {
        self.as_path().source()
    }

    fn name(&self) -> Option<String> {
        self.as_path().name()
    }
}

impl<T: AsChunk + ?Sized> AsChunk for &T {
    fn source(&self) -> std::io::Result<Cow<'_, [u8]>> {
        (**self).source()
    }

    fn name(&self) -> Option<String> {
        (**self).name()
    }
}

/// A chunk on its way into a VM, see [`Lua::load`].
///
/// ```
/// use moonproof_vm::Lua;
///
/// let lua = Lua::new();
/// let env = lua.create_table_from([("x", 20)])?;
/// let chunk = lua.load("y = x * 2; return y + 2").set_name("=example").set_environment(env.clone());
/// assert_eq!(chunk.eval::<i64>()?, 42);
/// assert_eq!(env.get::<i64>("y")?, 40);
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[must_use = "a chunk does nothing until it is run or made a function"]
pub struct Chunk<'a> {
    lua: &'a Lua,
    source: std::io::Result<Vec<u8>>,
    name: String,
    mode: Option<ChunkMode>,
    environment: Option<Table>,
}

impl std::fmt::Debug for Chunk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({})", self.name)
    }
}

impl Chunk<'_> {
    /// Names the chunk for messages: `@file`, `=name`, or the source itself.
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Accepts only that; else both.
    pub fn set_mode(mut self, mode: ChunkMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Gives it a table of global variables of its own.
    pub fn set_environment(mut self, environment: Table) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The chunk's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs the chunk.
    ///
    /// # Errors
    ///
    /// It does not load, or what it raises.
    pub fn exec(self) -> Result<()> {
        self.call(())
    }

    /// Runs the chunk, or an expression list, and returns its results.
    ///
    /// # Errors
    ///
    /// It does not load, or what it raises; those of the conversion.
    pub fn eval<R: FromLuaMulti>(self) -> Result<R> {
        if self.mode != Some(ChunkMode::Binary)
            && let Ok(source) = &self.source
            && source.first() != Some(&b'\x1b')
        {
            let expression = [b"return ", source.as_slice()].concat();
            if let Ok(function) = self.load(&expression) {
                return function.call(());
            }
        }
        self.call(())
    }

    /// Runs the chunk with arguments, which are its `...`.
    ///
    /// # Errors
    ///
    /// It does not load, or what it raises; those of the conversions.
    pub fn call<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<R> {
        self.into_function()?.call(args)
    }

    /// The chunk as a function.
    ///
    /// # Errors
    ///
    /// [`Error::SyntaxError`] if it does not compile or verify; its file cannot be read.
    pub fn into_function(self) -> Result<Function> {
        match &self.source {
            Ok(source) => self.load(source),
            Err(error) => {
                Err(Error::external(std::io::Error::new(error.kind(), error.to_string())))
            }
        }
    }

    fn load(&self, source: &[u8]) -> Result<Function> {
        let mode: &[u8] = match self.mode {
            None => b"bt",
            Some(ChunkMode::Text) => b"t",
            Some(ChunkMode::Binary) => b"b",
        };
        let environment = self.environment.clone().map(Value::Table);
        self.lua.with(|vm| {
            vm.collect_if_due()?;
            let environment = environment.map(|env| vm.import(&env)).transpose()?;
            let text_only = std::mem::replace(&mut vm.host.text_only, false);
            let loaded = vm.load_chunk(source, self.name.as_bytes(), mode);
            vm.host.text_only = text_only;
            match loaded {
                Ok(function) => {
                    if let Some(environment) = environment {
                        vm.set_first_upvalue(function, environment);
                    }
                    Ok(Function(vm.root(function)))
                }
                Err(message) => {
                    let message = String::from_utf8_lossy(&message).into_owned();
                    if message == NO_MEMORY {
                        return Err(Error::MemoryError(message));
                    }
                    let incomplete_input = message.ends_with("<eof>");
                    Err(Error::SyntaxError { message, incomplete_input })
                }
            }
        })
    }
}

impl Lua {
    /// A chunk to run or to make a function of: source text, or a binary chunk, which is verified.
    ///
    /// Its name is the place of this call, unless the source has one.
    #[track_caller]
    pub fn load(&self, chunk: impl AsChunk) -> Chunk<'_> {
        let caller = Location::caller();
        Chunk {
            lua: self,
            name: chunk.name().unwrap_or_else(|| format!("@{}:{}", caller.file(), caller.line())),
            source: chunk.source().map(Cow::into_owned),
            mode: None,
            environment: None,
        }
    }

    /// A verified chunk as a function. The chunk can be shared by VMs, on any threads.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn load_verified(&self, chunk: VerifiedChunk) -> Result<Function> {
        self.with(|vm| {
            vm.collect_if_due()?;
            let function = vm.load_verified(chunk);
            Ok(Function(vm.root(function)))
        })
    }

    /// A verified image as a function: the others of the chunk are made when closures of them are, so
    /// that this is the quickest way from a binary chunk to a function.
    ///
    /// ```
    /// use moonproof_verifier::verify_image;
    /// use moonproof_vm::Lua;
    ///
    /// let lua = Lua::new();
    /// let source = "local function add(n) return n + 2 end; return add(...)";
    /// let bytes = lua.load(source).into_function()?.dump(true).expect("a Lua function");
    /// let image = verify_image(&bytes, usize::MAX).expect("a chunk that verifies");
    /// assert_eq!(lua.load_image(image)?.call::<i64>(40)?, 42);
    /// # Ok::<(), moonproof_vm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`load_verified`](Self::load_verified).
    pub fn load_image(&self, image: VerifiedImage) -> Result<Function> {
        self.with(|vm| {
            vm.collect_if_due()?;
            let function = vm.instantiate_main(&SharedProto::from_image(image));
            Ok(Function(vm.root(function)))
        })
    }
}
