//! Byte strings of a chunk: names, string constants, sources.

use alloc::sync::Arc;

/// Bytes kept in place; chosen so that a string takes 24 bytes, as `Box<[u8]>` and a length would.
pub(crate) const INLINE: usize = 22;

/// An immutable byte string. Short ones, which nearly all names are, need no allocation, and
/// clones of long ones share their bytes.
#[derive(Clone)]
pub struct ByteString(Repr);

#[derive(Clone)]
enum Repr {
    Inline { len: u8, bytes: [u8; INLINE] },
    Shared(Arc<[u8]>),
}

const _: () = assert!(size_of::<ByteString>() == 24);

impl ByteString {
    /// Copies `bytes`.
    #[inline]
    pub fn new(bytes: &[u8]) -> Self {
        if bytes.len() <= INLINE {
            let mut inline = [0; INLINE];
            inline[..bytes.len()].copy_from_slice(bytes);
            Self(Repr::Inline { len: bytes.len() as u8, bytes: inline })
        } else {
            Self(Repr::Shared(bytes.into()))
        }
    }

    /// Copies the first `len` bytes of `input`, all of it if that is shorter. Quicker than [`new`]
    /// on short strings in the midst of long input, as it copies a fixed number of bytes.
    ///
    /// [`new`]: Self::new
    #[inline]
    pub(crate) fn from_prefix(input: &[u8], len: usize) -> Self {
        match input.first_chunk::<INLINE>() {
            // What is behind the string is copied as well, but never looked at.
            Some(bytes) if len <= INLINE => Self(Repr::Inline { len: len as u8, bytes: *bytes }),
            _ => Self::new(input.get(..len).unwrap_or(input)),
        }
    }

    /// The first `len` bytes of `space`, if they can be kept in place. What is behind them is copied as
    /// well, but never looked at.
    #[inline(always)]
    pub(crate) fn from_space(space: &[u8; INLINE], len: usize) -> Option<Self> {
        (len <= INLINE).then_some(Self(Repr::Inline { len: len as u8, bytes: *space }))
    }

    /// The whole space of a string kept in place, and how much of it is the string.
    #[inline]
    pub(crate) fn inline_space(&self) -> Option<(&[u8; INLINE], usize)> {
        match &self.0 {
            Repr::Inline { len, bytes } => Some((bytes, usize::from(*len))),
            Repr::Shared(_) => None,
        }
    }

    /// Whether a string of that length is kept in place.
    #[inline(always)]
    pub(crate) const fn fits_in_place(len: usize) -> bool {
        len <= INLINE
    }

    /// Bytes that it takes elsewhere than in place, be they shared or not.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        Self::heap_bytes_of(self.len())
    }

    /// The same for any string of that length.
    #[inline]
    pub(crate) const fn heap_bytes_of(len: usize) -> usize {
        // Two counts are in front of them.
        if Self::fits_in_place(len) { 0 } else { len.saturating_add(2 * size_of::<usize>()) }
    }

    /// Whether there are clones of it with which it shares its bytes: the compiler makes one string
    /// of equal ones, the loader does not.
    #[inline]
    pub fn has_clones(&self) -> bool {
        match &self.0 {
            Repr::Inline { .. } => false,
            Repr::Shared(bytes) => Arc::strong_count(bytes) > 1,
        }
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => &bytes[..usize::from(*len)],
            Repr::Shared(bytes) => bytes,
        }
    }
}

impl Default for ByteString {
    #[inline]
    fn default() -> Self {
        Self(Repr::Inline { len: 0, bytes: [0; INLINE] })
    }
}

impl core::ops::Deref for ByteString {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&[u8]> for ByteString {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes)
    }
}

impl From<&str> for ByteString {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl PartialEq for ByteString {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ByteString {}

impl core::hash::Hash for ByteString {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl core::fmt::Debug for ByteString {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.as_bytes().escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_bytes_of_any_length() {
        for len in [0, 1, INLINE - 1, INLINE, INLINE + 1, 1000] {
            let bytes: Vec<u8> = (0..len).map(|i| i as u8).collect();
            assert_eq!(ByteString::new(&bytes).as_bytes(), bytes, "{len} bytes");
            let longer = [&bytes[..], b"behind it, more bytes than are kept in place"].concat();
            assert_eq!(ByteString::from_prefix(&longer, len).as_bytes(), bytes, "{len} bytes");
            assert_eq!(ByteString::from_prefix(&bytes, len).as_bytes(), bytes, "{len} bytes");
        }
    }
}
