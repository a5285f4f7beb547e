//! What the string library keeps from call to call: compiled patterns, and a buffer in which results
//! are built.
//!
//! A function takes the buffer out of the VM, so that a Lua function that it calls finds none and
//! makes its own, and puts it back when its result is a string.

use super::pattern::{Cache, Capture, MAX_CAPTURES};
use crate::heap::Gc;
use crate::native::NativeResult;
use crate::string::Str;
use crate::value::Value;
use crate::vm::{NO_MEMORY, Raised, Vm};

/// A buffer that has grown beyond this is given back to the system.
const MAX_KEPT: usize = 1 << 20;

/// Buffers and strings up to this size are made without asking whether there is memory.
pub(super) const MAX_UNCHECKED: usize = 1 << 16;

/// A unit of fuel pays for this many bytes of a string, as a power of two.
pub(crate) const BYTES_PER_FUEL_LOG2: u32 = 4;

/// What the string library keeps in a VM.
#[derive(Default)]
pub(crate) struct StringLib {
    buffer: Vec<u8>,
    pub(super) patterns: Cache,
    /// Captures of the latest match; from the first match on.
    captures: Option<Box<[Capture; MAX_CAPTURES]>>,
}

impl StringLib {
    /// Compiled patterns, and the room for captures of a match.
    #[inline]
    pub(super) fn for_matching(&mut self) -> (&mut Cache, &mut [Capture; MAX_CAPTURES]) {
        (&mut self.patterns, self.captures.get_or_insert_default())
    }

    /// To be called before strings are freed.
    pub(crate) fn forget_addresses(&mut self) {
        self.patterns.forget_latest();
    }

    /// A capture of the latest match.
    #[inline]
    pub(super) fn capture(&self, i: usize) -> Capture {
        self.captures.as_ref().map_or_else(Capture::default, |captures| captures[i])
    }
}

impl Vm {
    /// An empty buffer.
    #[inline]
    pub(in crate::stdlib) fn take_buffer(&mut self) -> Vec<u8> {
        let mut buffer = std::mem::take(&mut self.string_lib.buffer);
        buffer.clear();
        buffer
    }

    /// Keeps a buffer for later.
    #[inline]
    pub(super) fn keep_buffer(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() <= MAX_KEPT {
            self.string_lib.buffer = buffer;
        }
    }

    /// The string of what is in a buffer, which is kept.
    ///
    /// # Errors
    ///
    /// There is no memory for both. What is in use must be reached as for
    /// [`find_memory`](Self::find_memory).
    #[inline]
    pub(super) fn buffer_to_string(&mut self, buffer: Vec<u8>) -> Result<Gc<Str>, Raised> {
        self.charge(buffer.len() >> BYTES_PER_FUEL_LOG2)?;
        if buffer.len() > MAX_UNCHECKED {
            self.find_memory(buffer.capacity() + buffer.len())?;
        }
        let string = self.heap.new_string(&buffer);
        self.keep_buffer(buffer);
        Ok(string)
    }

    /// Returns the string of what is in a buffer.
    #[inline]
    pub(in crate::stdlib) fn ret_buffer(&mut self, buffer: Vec<u8>) -> NativeResult {
        let string = self.buffer_to_string(buffer)?;
        self.ret(Value::string(string))
    }

    /// Appends bytes to a buffer. They, and all else that is in use, must be reached by the stack or
    /// a root, as there may be a collection.
    ///
    /// # Errors
    ///
    /// There is no memory.
    #[inline]
    pub(in crate::stdlib) fn append(
        &mut self,
        buffer: &mut Vec<u8>,
        bytes: &[u8],
    ) -> Result<(), Raised> {
        if buffer.capacity() - buffer.len() < bytes.len() {
            self.grow_buffer(buffer, bytes.len())?;
        }
        buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends a string to a buffer, which need not be reached by anything.
    #[inline]
    pub(in crate::stdlib) fn append_string(
        &mut self,
        buffer: &mut Vec<u8>,
        string: Gc<Str>,
    ) -> Result<(), Raised> {
        let bytes = string.bytes();
        if buffer.capacity() - buffer.len() < bytes.len() {
            self.pinned.push(Value::string(string));
            let grown = self.grow_buffer(buffer, bytes.len());
            self.pinned.pop();
            grown?;
        }
        buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Makes room for `n` more bytes; see [`append`](Self::append).
    #[inline]
    pub(in crate::stdlib) fn make_room(
        &mut self,
        buffer: &mut Vec<u8>,
        n: usize,
    ) -> Result<(), Raised> {
        if buffer.capacity() - buffer.len() < n { self.grow_buffer(buffer, n) } else { Ok(()) }
    }

    /// Makes room for `n` more bytes, if the VM may take that much memory and the system has it.
    #[cold]
    #[inline(never)]
    pub(super) fn grow_buffer(&mut self, buffer: &mut Vec<u8>, n: usize) -> Result<(), Raised> {
        self.charge(n >> BYTES_PER_FUEL_LOG2)?;
        let n = n.max(64);
        let grown = buffer.len().saturating_add(n);
        // As a Vec grows: to twice its size at least, but not if that would be too much.
        let ample = grown.max(buffer.capacity().saturating_mul(2));
        let is_there = ample <= MAX_UNCHECKED || self.has_memory(ample);
        if is_there && !self.is_stressed() && buffer.try_reserve(n).is_ok() {
            return Ok(());
        }
        self.find_memory(grown)?;
        if buffer.try_reserve_exact(n).is_err() {
            return Err(self.raise_text(NO_MEMORY.as_bytes()));
        }
        Ok(())
    }
}
