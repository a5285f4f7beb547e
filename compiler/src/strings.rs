//! Strings of one compilation: each is kept once and known by a number.
//!
//! Equality of names is then equality of numbers, and what the compiler wants to know about a
//! name or a string constant (see [`Entry`]) is one array access away. Reserved words own the first
//! numbers.
//!
//! The table is open addressing over a keyed 64-bit hash; the key is random, once per process, so
//! that a source cannot be made to collide. Strings up to 16 bytes are compared by two words and a length.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use moonproof_bytecode::ByteString;

use crate::token::{N_RESERVED, Token};

/// A string's number within its compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StrId(pub(crate) u32);

impl StrId {
    /// The name under which `break` is a pending goto; no label can have it.
    pub(crate) const BREAK: Self = Self(Token::Break as u32);
    /// `_ENV`.
    pub(crate) const ENV: Self = Self(N_RESERVED);
    /// `self`.
    pub(crate) const SELF: Self = Self(N_RESERVED + 1);
    /// Name of the hidden variables of a loop.
    pub(crate) const FOR_STATE: Self = Self(N_RESERVED + 2);
}

/// Strings behind the reserved words that the compiler itself names.
const FIXED: [&[u8]; 3] = [b"_ENV", b"self", b"(for state)"];

/// In [`Entry`]: nowhere.
pub(crate) const NONE: u32 = u32::MAX;

/// A string and what the compiler notes about it.
#[derive(Clone)]
pub(crate) struct Entry<'s> {
    words: [u64; 2],
    len: usize,
    /// Its slot in the constant cache: where some function last put it among its constants, or
    /// [`NONE`].
    pub(crate) constant: u32,
    /// Position of the innermost active variable of that name in the list of all variables, or
    /// [`NONE`].
    pub(crate) binding: u32,
    /// Position of the innermost visible label of that name in the list of all labels, or
    /// [`NONE`].
    pub(crate) label: u32,
    /// Position of the last pending goto to that name in the list of all gotos, or [`NONE`].
    pub(crate) goto: u32,
    bytes: Cow<'s, [u8]>,
}

/// All strings of one compilation.
pub(crate) struct Strings<'s> {
    keys: [u64; 2],
    /// Upper half of the hash, and the number plus one; zero is free.
    slots: Vec<u64>,
    entries: Vec<Entry<'s>>,
    /// Strings as chunks hold them, made at first use; may be shorter than `entries`.
    shared: Vec<Option<ByteString>>,
    /// Bytes of strings that the source does not hold, and of shared ones.
    copied: usize,
}

/// The lists of a compilation that is over, empty.
#[derive(Default)]
pub(crate) struct Memory {
    slots: Vec<u64>,
    entries: Vec<Entry<'static>>,
    shared: Vec<Option<ByteString>>,
}

impl<'s> Strings<'s> {
    /// The strings that every compilation starts with.
    pub(crate) fn new(memory: Memory) -> Self {
        static START: OnceLock<Strings<'static>> = OnceLock::new();
        let start = START.get_or_init(Strings::with_fixed);
        let Memory { mut slots, entries, shared } = memory;
        slots.clear();
        slots.extend_from_slice(&start.slots);
        let mut entries: Vec<Entry<'s>> = entries;
        entries.reserve(64);
        entries.extend_from_slice(&start.entries);
        Self { keys: start.keys, slots, entries, shared, copied: 0 }
    }

    /// Bytes that all of them take.
    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&self.slots[..])
            + self.entries.capacity() * size_of::<Entry<'_>>()
            + self.shared.capacity() * size_of::<Option<ByteString>>()
            + self.copied
    }

    /// Empties the lists.
    pub(crate) fn into_memory(mut self) -> Memory {
        self.shared.clear();
        self.entries.clear();
        // The list itself, with a lifetime that none of its entries has.
        let entries = self.entries.into_iter().map_while(|_| None).collect();
        Memory { slots: self.slots, entries, shared: self.shared }
    }

    fn with_fixed() -> Self {
        let random = RandomState::new();
        let key = |n| {
            let mut hasher = random.build_hasher();
            hasher.write_u8(n);
            hasher.finish()
        };
        let mut strings = Self {
            keys: [key(0), key(1)],
            slots: vec![0; 128],
            entries: Vec::new(),
            shared: Vec::new(),
            copied: 0,
        };
        for number in 0..N_RESERVED {
            let word = Token::reserved(number).map_or("", Token::spelling);
            strings.intern(word.as_bytes());
        }
        for text in FIXED {
            strings.intern(text);
        }
        strings
    }

    /// A number from the same random source, for other tables.
    pub(crate) fn key(&self) -> u64 {
        self.keys[0] ^ self.keys[1].rotate_left(32)
    }

    /// The number of `text`, which the source (or the program) holds.
    #[inline]
    pub(crate) fn intern(&mut self, text: &'s [u8]) -> StrId {
        self.intern_words(text, words_of(text))
    }

    /// As [`Self::intern`], for a caller who has [`words_of`] the text.
    #[inline]
    pub(crate) fn intern_words(&mut self, text: &'s [u8], words: [u64; 2]) -> StrId {
        let hash = self.hash(text, words);
        match self.find(text, words, hash) {
            Ok(id) => id,
            Err(slot) => self.insert(slot, hash, words, Cow::Borrowed(text)),
        }
    }

    /// The number of `text`, which is copied if it is new.
    pub(crate) fn intern_copy(&mut self, text: &[u8]) -> StrId {
        let words = words_of(text);
        let hash = self.hash(text, words);
        match self.find(text, words, hash) {
            Ok(id) => id,
            Err(slot) => {
                self.copied += text.len();
                self.insert(slot, hash, words, Cow::Owned(text.to_vec()))
            }
        }
    }

    /// The bytes of a string.
    #[inline]
    pub(crate) fn bytes(&self, id: StrId) -> &[u8] {
        &self.entries[id.0 as usize].bytes
    }

    /// What is noted about a string.
    #[inline]
    pub(crate) fn entry(&mut self, id: StrId) -> &mut Entry<'s> {
        &mut self.entries[id.0 as usize]
    }

    /// The string as a chunk holds it. Long ones share their bytes however often they occur.
    #[inline]
    pub(crate) fn byte_string(&mut self, id: StrId) -> ByteString {
        match self.shared.get(id.0 as usize) {
            Some(Some(string)) => string.clone(),
            _ => self.make_byte_string(id),
        }
    }

    #[inline(never)]
    fn make_byte_string(&mut self, id: StrId) -> ByteString {
        if self.shared.len() < self.entries.len() {
            self.shared.resize(self.entries.len(), None);
        }
        let string = ByteString::new(self.bytes(id));
        self.copied += string.len();
        self.shared[id.0 as usize] = Some(string.clone());
        string
    }

    #[inline]
    fn hash(&self, text: &[u8], words: [u64; 2]) -> u64 {
        let state = if text.len() <= 16 { text.len() as u64 } else { self.hash_middle(text) };
        fold(state ^ self.keys[0] ^ words[0], self.keys[1] ^ words[1])
    }

    /// A hash of the bytes that the first and the last eight leave out.
    #[inline(never)]
    fn hash_middle(&self, text: &[u8]) -> u64 {
        let mut state = text.len() as u64;
        // What is left over of the last chunk is in the second word.
        for chunk in text[8..].as_chunks::<8>().0 {
            state = fold(state ^ self.keys[0] ^ u64::from_le_bytes(*chunk), self.keys[1]);
        }
        state
    }

    /// The string's number, or the free slot where it belongs.
    #[inline(always)]
    fn find(&self, text: &[u8], words: [u64; 2], hash: u64) -> Result<StrId, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            if slot >> 32 == hash >> 32 {
                let number = slot as u32 - 1;
                let entry = &self.entries[number as usize];
                if entry.words == words
                    && entry.len == text.len()
                    && (text.len() <= 16 || is_equal(&entry.bytes, text))
                {
                    return Ok(StrId(number));
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[inline(never)]
    fn insert(&mut self, slot: usize, hash: u64, words: [u64; 2], bytes: Cow<'s, [u8]>) -> StrId {
        let number = self.entries.len() as u32;
        self.slots[slot] = hash >> 32 << 32 | u64::from(number + 1);
        let len = bytes.len();
        self.entries.push(Entry {
            words,
            len,
            constant: NONE,
            binding: NONE,
            label: NONE,
            goto: NONE,
            bytes,
        });
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        StrId(number)
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        self.slots = vec![0; mask + 1];
        for (number, entry) in self.entries.iter().enumerate() {
            let hash = self.hash(&entry.bytes, entry.words);
            let mut at = hash as usize & mask;
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = hash >> 32 << 32 | (number as u64 + 1);
        }
    }
}

/// The first eight bytes, filled up with zeros, and, of a text longer than that, the last eight;
/// together with the length they determine any text of up to 16 bytes.
#[inline]
pub(crate) fn words_of(text: &[u8]) -> [u64; 2] {
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) if text.len() > 8 => {
            [u64::from_le_bytes(*first), u64::from_le_bytes(*last)]
        }
        (Some(only), _) => [u64::from_le_bytes(*only), 0],
        _ => {
            let mut filled = [0; 8];
            filled[..text.len()].copy_from_slice(text);
            [u64::from_le_bytes(filled), 0]
        }
    }
}

#[inline(never)]
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a == b
}

/// Both halves of the 128-bit product, folded.
#[inline]
pub(crate) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_and_fixed_names_have_known_numbers() {
        let mut strings = Strings::new(Memory::default());
        for number in 0..N_RESERVED {
            let token = Token::reserved(number).unwrap();
            assert_eq!(strings.intern_copy(token.spelling().as_bytes()), StrId(number));
        }
        assert_eq!(strings.intern(b"_ENV"), StrId::ENV);
        assert_eq!(strings.intern(b"self"), StrId::SELF);
        assert_eq!(strings.intern(b"(for state)"), StrId::FOR_STATE);
        assert_eq!(strings.bytes(StrId::BREAK), b"break");
    }

    #[test]
    fn equal_bytes_get_equal_numbers_at_every_length() {
        let mut strings = Strings::new(Memory::default());
        let text: Vec<u8> = (0..200_u8).collect();
        let mut ids = Vec::new();
        for len in 0..200 {
            ids.push(strings.intern_copy(&text[..len]));
            // The same length, different in one place only.
            for at in [0, len / 3, len / 2, len.saturating_sub(1)] {
                let mut other = text[..len].to_vec();
                if let Some(byte) = other.get_mut(at) {
                    *byte ^= 0x80;
                    assert!(!ids.contains(&strings.intern_copy(&other)), "{len} {at}");
                }
            }
        }
        for len in 0..200 {
            assert_eq!(strings.intern_copy(&text[..len]), ids[len]);
            assert_eq!(strings.bytes(ids[len]), &text[..len]);
            assert_eq!(strings.byte_string(ids[len]).as_bytes(), &text[..len]);
        }
    }
}
