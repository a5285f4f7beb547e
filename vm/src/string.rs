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

/// A seeded hash, sixteen bytes a step. Both factors of each product hold something of the seed, so
/// that nobody who does not know it can choose one of them.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8], seed: u64) -> u32 {
    const K0: u64 = 0x9E37_79B9_7F4A_7C15;
    const K1: u64 = 0xD6E8_FEB8_6659_FD93;
    let len = bytes.len();
    let mut h = seed ^ (len as u64).wrapping_mul(K0);
    let mix = |h: u64, a: u64, b: u64| {
        let wide = u128::from(a ^ h) * u128::from(b ^ h.rotate_left(32) ^ K1);
        wide as u64 ^ (wide >> 64) as u64
    };
    let (a, b) = if len >= 8 {
        // Each step but the last takes two words that nothing else does; the last, the last two.
        let mut at = 0;
        while len - at > 16 {
            h = mix(h, word_at(bytes, at), word_at(bytes, at + 8));
            at += 16;
        }
        (word_at(bytes, at.min(len - 8)), word_at(bytes, len - 8))
    } else if len >= 4 {
        (half_word_at(bytes, 0), half_word_at(bytes, len - 4))
    } else {
        let word = match *bytes {
            [a] => u32::from(a),
            [a, b] => u32::from_le_bytes([a, b, 0, 0]),
            [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
            _ => 0,
        };
        (word.into(), 0)
    };
    h = mix(h, a, b);
    (h ^ h >> 32) as u32
}

#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[inline(always)]
fn half_word_at(bytes: &[u8], at: usize) -> u64 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")).into()
}

/// A string as C sees it: up to the first zero.
#[inline]
pub(crate) fn c_string(bytes: &[u8]) -> &[u8] {
    // Most are names, which are too short for `memchr` to be worth its call.
    const SHORT: usize = 16;
    let zero = if bytes.len() <= SHORT {
        bytes.iter().position(|byte| *byte == 0)
    } else {
        memchr::memchr(0, bytes)
    };
    zero.map_or(bytes, |end| &bytes[..end])
}

/// Whether two short strings are equal, without a call.
#[inline(always)]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    if len >= 8 {
        let mut at = 0;
        while at + 8 < len {
            if word_at(a, at) != word_at(b, at) {
                return false;
            }
            at += 8;
        }
        word_at(a, len - 8) == word_at(b, len - 8)
    } else if len >= 4 {
        half_word_at(a, 0) == half_word_at(b, 0)
            && half_word_at(a, len - 4) == half_word_at(b, len - 4)
    } else {
        a.iter().zip(b).all(|(a, b)| a == b)
    }
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
const MIN_ENTRIES: usize = 256;

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

    /// The string of those bytes, dead or alive, if it is there. It takes the place where searches
    /// for it begin, so that what is asked for most is found at once, however full the set is.
    #[inline]
    pub(crate) fn find(&mut self, bytes: &[u8], hash: u32) -> Option<Gc<Str>> {
        let home = self.home(hash);
        let mut i = home;
        loop {
            let e = self.entries[i];
            if e == EMPTY {
                return None;
            }
            if e >> ADDR_BITS == u64::from(hash as u16) && e > REMOVED {
                let string: Gc<Str> = Gc::from_addr(e & ADDR_MASK);
                if is_same(string.bytes(), bytes) {
                    // What stood there is met on its way behind it as well.
                    self.entries.swap(home, i);
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

    /// Entries after a rebuild: two to four for each string. Sizes are few and seldom change, so
    /// that the system finds room for them again and again.
    fn next_size(&self) -> usize {
        let least = (self.n_strings * 2).max(MIN_ENTRIES);
        let power = least.next_power_of_two();
        let size = if least <= power / 4 * 3 { power / 4 * 3 } else { power };
        if (least..2 * least).contains(&self.entries.len()) { self.entries.len() } else { size }
    }

    /// False if there is no memory, although there is still an entry left.
    #[cold]
    fn rebuild(&mut self) -> bool {
        let size = self.next_size();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sameness_and_hashes_look_at_every_byte() {
        let text: Vec<u8> = (0..50).collect();
        for len in 0..text.len() {
            let text = &text[..len];
            assert!(is_same(text, text), "{len} bytes");
            assert!(!is_same(text, &[text, b"x"].concat()), "{len} bytes and one more");
            let hash = hash_bytes(text, 1);
            assert_ne!(hash, hash_bytes(text, 2), "{len} bytes");
            for i in 0..len {
                let mut other = text.to_vec();
                other[i] ^= 0x40;
                assert!(!is_same(text, &other), "byte {i} of {len}");
                assert_ne!(hash, hash_bytes(&other, 1), "byte {i} of {len}");
            }
        }
    }
}
