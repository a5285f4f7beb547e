//! Strings: short ones interned, so that equality is identity; long ones hashed when first needed.

use crate::heap::{Gc, Header};
use crate::value::Tag;

/// A string object. Its bytes stand behind it ([G6]); `small` is the length of a short string, or
/// whether a long string's hash is known; `word` is the hash.
#[repr(C)]
pub(crate) struct Str {
    header: Header,
}

impl Str {
    pub(crate) const fn new(tag: Tag) -> Self {
        Self { header: Header::new(tag) }
    }
}

impl Gc<Str> {
    pub(crate) fn len(self) -> usize {
        self.bytes().len()
    }

    /// The hash of a short string.
    #[inline(always)]
    pub(crate) fn short_hash(self) -> u32 {
        self.header().word.get()
    }

    #[inline(always)]
    pub(crate) fn is_short(self) -> bool {
        self.tag() == Tag::SHORT_STR
    }

    /// The hash of any string; that of a long one is computed once.
    pub(crate) fn hash(self, seed: u64) -> u32 {
        let header = self.header();
        if self.tag() == Tag::LONG_STR && header.small.get() == 0 {
            header.word.set(hash_bytes(self.bytes(), seed));
            header.small.set(1);
        }
        header.word.get()
    }
}

/// A seeded hash, eight bytes a step.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8], seed: u64) -> u32 {
    const K0: u64 = 0x9E37_79B9_7F4A_7C15;
    const K1: u64 = 0xD6E8_FEB8_6659_FD93;
    #[inline(always)]
    fn mix(a: u64, b: u64) -> u64 {
        let wide = u128::from(a) * u128::from(b);
        wide as u64 ^ (wide >> 64) as u64
    }
    let mut h = seed ^ (bytes.len() as u64).wrapping_mul(K0);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        h = mix(h ^ word, K1);
    }
    let rest = chunks.remainder();
    let mut word = 0_u64;
    if rest.len() >= 4 {
        let low = u32::from_le_bytes(rest[..4].try_into().expect("four bytes"));
        let high = u32::from_le_bytes(rest[rest.len() - 4..].try_into().expect("four bytes"));
        word = u64::from(low) | u64::from(high) << 32;
    } else if !rest.is_empty() {
        word = u64::from(rest[0])
            | u64::from(rest[rest.len() / 2]) << 8
            | u64::from(rest[rest.len() - 1]) << 16;
    }
    h = mix(h ^ word, K0);
    (h ^ h >> 32) as u32
}

/// The set of all short strings: open addressing over words that hold a string's address in the low
/// 48 bits and 16 bits of its hash above, so that a miss touches no string.
pub(crate) struct Interner {
    entries: Box<[u64]>,
    n_strings: usize,
    n_removed: usize,
    pub(crate) seed: u64,
}

/// Enough for the names that the libraries bring.
const MIN_ENTRIES: usize = 336;

const ADDR_BITS: u32 = 48;
const ADDR_MASK: u64 = (1 << ADDR_BITS) - 1;
const EMPTY: u64 = 0;
/// A removed entry, over which a search goes on.
const REMOVED: u64 = 1;

fn entry(string: Gc<Str>, hash: u32) -> u64 {
    debug_assert!(string.addr() <= ADDR_MASK);
    string.addr() | u64::from(hash) << ADDR_BITS
}

impl Interner {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            entries: vec![EMPTY; MIN_ENTRIES].into_boxed_slice(),
            n_strings: 0,
            n_removed: 0,
            seed,
        }
    }

    /// Where the search for a hash begins: its high bits, while the entries hold the low ones.
    #[inline(always)]
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.entries.len() as u64) >> 32) as usize
    }

    #[inline(always)]
    fn behind(&self, i: usize) -> usize {
        if i + 1 == self.entries.len() { 0 } else { i + 1 }
    }

    /// The string of those bytes, dead or alive, if it is there.
    #[inline]
    pub(crate) fn find(&self, bytes: &[u8], hash: u32) -> Option<Gc<Str>> {
        let mut i = self.home(hash);
        loop {
            let e = self.entries[i];
            if e == EMPTY {
                return None;
            }
            if e >> ADDR_BITS == u64::from(hash as u16) && e > REMOVED {
                let string: Gc<Str> = Gc::from_addr(e & ADDR_MASK);
                if string.bytes() == bytes {
                    return Some(string);
                }
            }
            i = self.behind(i);
        }
    }

    /// Adds a string that is not there. False if the set ought to grow, and the system has not got
    /// the memory.
    pub(crate) fn insert(&mut self, string: Gc<Str>, hash: u32) -> bool {
        let is_full = (self.n_strings + self.n_removed + 1) * 4 > self.entries.len() * 3;
        let has_grown = !is_full || self.rebuild();
        self.n_strings += 1;
        self.place(entry(string, hash), hash);
        has_grown
    }

    fn place(&mut self, word: u64, hash: u32) {
        let mut i = self.home(hash);
        while self.entries[i] > REMOVED {
            i = self.behind(i);
        }
        if self.entries[i] == REMOVED {
            self.n_removed -= 1;
        }
        self.entries[i] = word;
    }

    /// False if there is no memory, although there is still an entry left.
    #[cold]
    fn rebuild(&mut self) -> bool {
        let size = (self.n_strings * 3).max(MIN_ENTRIES);
        let mut entries = Vec::new();
        if entries.try_reserve_exact(size).is_err()
            && self.n_strings + self.n_removed + 1 < self.entries.len()
        {
            return false;
        }
        entries.resize(size, EMPTY);
        let old = std::mem::replace(&mut self.entries, entries.into_boxed_slice());
        self.n_removed = 0;
        for &e in old.iter().filter(|e| **e > REMOVED) {
            let string: Gc<Str> = Gc::from_addr(e & ADDR_MASK);
            self.place(e, string.short_hash());
        }
        true
    }

    /// Removes a string that is about to be freed.
    pub(crate) fn remove(&mut self, string: Gc<Str>) {
        let hash = string.short_hash();
        let word = entry(string, hash);
        let mut i = self.home(hash);
        while self.entries[i] != word {
            if self.entries[i] == EMPTY {
                return;
            }
            i = self.behind(i);
        }
        // An entry before an empty one ends no search that goes further.
        let next_is_empty = self.entries[self.behind(i)] == EMPTY;
        self.entries[i] = if next_is_empty { EMPTY } else { REMOVED };
        self.n_removed += usize::from(!next_is_empty);
        self.n_strings -= 1;
    }

    /// Bytes that the set itself takes.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.len() * 8
    }
}
