//! Byte strings of a chunk: names, string constants, sources.

use triomphe::ThinArc;

/// Bytes kept in place; chosen so that a string takes 16 bytes, and a constant no more.
pub(crate) const INLINE: usize = 15;

/// An immutable byte string. Short ones, which nearly all names are, need no allocation, and
/// clones of long ones share their bytes.
#[derive(Clone)]
pub struct ByteString(Repr);

#[derive(Clone)]
enum Repr {
    Inline { len: Len, bytes: [u8; INLINE] },
    Shared(ThinArc<(), u8>),
}

const _: () = assert!(size_of::<ByteString>() == 16);

/// Length of a string kept in place: what else its byte can be tells other things, of constants too.
#[derive(Clone, Copy)]
#[repr(u8)]
#[rustfmt::skip]
enum Len { L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15 }

impl Len {
    #[rustfmt::skip]
    const ALL: [Self; INLINE + 1] = {
        use Len::*;
        [L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15]
    };

    #[inline(always)]
    fn new(len: usize) -> Option<Self> {
        Self::ALL.get(len).copied()
    }
}

impl ByteString {
    /// Copies `bytes`.
    #[inline]
    pub fn new(bytes: &[u8]) -> Self {
        match Len::new(bytes.len()) {
            Some(len) => {
                let mut inline = [0; INLINE];
                inline[..bytes.len()].copy_from_slice(bytes);
                Self(Repr::Inline { len, bytes: inline })
            }
            None => Self(Repr::Shared(ThinArc::from_header_and_slice((), bytes))),
        }
    }

    /// Copies the first `len` bytes of `input`, all of it if that is shorter. Quicker than [`new`]
    /// on short strings in the midst of long input, as it copies a fixed number of bytes.
    ///
    /// [`new`]: Self::new
    #[inline]
    pub(crate) fn from_prefix(input: &[u8], len: usize) -> Self {
        input
            .first_chunk()
            .and_then(|space| Self::from_space(space, len))
            .unwrap_or_else(|| Self::new(input.get(..len).unwrap_or(input)))
    }

    /// The first `len` bytes of `space`, if they can be kept in place. What is behind them is copied as
    /// well, but never looked at.
    #[inline(always)]
    pub(crate) fn from_space(space: &[u8; INLINE], len: usize) -> Option<Self> {
        Len::new(len).map(|len| Self(Repr::Inline { len, bytes: *space }))
    }

    /// The whole space of a string kept in place, and how much of it is the string.
    #[inline]
    pub(crate) fn inline_space(&self) -> Option<(&[u8; INLINE], usize)> {
        match &self.0 {
            Repr::Inline { len, bytes } => Some((bytes, *len as usize)),
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
        // A count of clones and their own number are in front of them.
        if Self::fits_in_place(len) { 0 } else { len.saturating_add(2 * size_of::<usize>()) }
    }

    /// Whether there are clones of it with which it shares its bytes: the compiler makes one string
    /// of equal ones, the loader does not.
    #[inline]
    pub fn has_clones(&self) -> bool {
        match &self.0 {
            Repr::Inline { .. } => false,
            Repr::Shared(bytes) => ThinArc::strong_count(bytes) > 1,
        }
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => &bytes[..*len as usize],
            Repr::Shared(bytes) => &bytes.slice,
        }
    }
}

impl Default for ByteString {
    #[inline]
    fn default() -> Self {
        Self(Repr::Inline { len: Len::L0, bytes: [0; INLINE] })
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
