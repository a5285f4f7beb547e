//! Compiled patterns kept for the next use.

use std::sync::Arc;

use super::Program;
use super::compile::{Scratch, compile};
use crate::heap::Gc;
use crate::string::Str;

const N_SETS: usize = 128;

/// Longer patterns are compiled each time.
const MAX_LEN: usize = 512;

/// Which reading of a pattern is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Kind {
    /// A `^` at the beginning is an anchor.
    Anchorable,
    /// It is a character like others: `gmatch`.
    Repeated,
}

/// What a pattern is recognised by: all of it, if it is short.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    len: usize,
    kind: Kind,
}

impl Key {
    /// Patterns of at most this many bytes differ in their keys.
    const EXACT_LEN: usize = 16;

    #[inline(always)]
    fn new(pattern: &[u8], kind: Kind) -> Self {
        let len = pattern.len();
        let (first, last) = match (pattern.first_chunk::<8>(), pattern.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (pattern.first_chunk::<4>(), pattern.last_chunk::<4>()) {
                (Some(first), Some(last)) => {
                    (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
                }
                _ => (pattern.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
            },
        };
        Self { first, last, len, kind }
    }
}

struct Entry {
    key: Key,
    program: Arc<Program>,
}

impl Entry {
    fn new(pattern: &[u8], kind: Kind, scratch: &mut Scratch) -> Self {
        let program = compile(pattern, kind == Kind::Anchorable, scratch);
        Self { key: Key::new(pattern, kind), program: Arc::new(program) }
    }

    #[inline(always)]
    fn is_of(&self, pattern: &[u8], key: Key) -> bool {
        self.key == key && (key.len <= Key::EXACT_LEN || self.program.pattern() == pattern)
    }
}

/// Programs by the text of their patterns, made at the first use.
#[derive(Default)]
pub(in super::super) struct Cache(Option<Box<Kept>>);

/// What a cache holds. Entries hold no strings of the VM, so that they need not know what the
/// collector does.
struct Kept {
    /// Two for each residue of the hash, the newer one first.
    sets: [[Option<Entry>; 2]; N_SETS],
    /// The last one that was too long to be kept.
    long: Option<Entry>,
    scratch: Scratch,
}

impl Cache {
    /// The program of a pattern.
    #[inline]
    pub(in super::super) fn get(&mut self, pattern: Gc<Str>, kind: Kind) -> &Arc<Program> {
        let kept = self.0.get_or_insert_with(Kept::new);
        let bytes = pattern.bytes();
        let hash = if pattern.is_short() { pattern.short_hash() as usize } else { bytes.len() };
        let i = hash % N_SETS;
        let key = Key::new(bytes, kind);
        let newest = kept.sets[i][0].as_ref();
        if !newest.is_some_and(|entry| entry.is_of(bytes, key)) {
            if bytes.len() > MAX_LEN {
                let entry = Entry::new(bytes, kind, &mut Scratch::default());
                return &kept.long.insert(entry).program;
            }
            kept.bring_to_front(i, bytes, kind);
        }
        let scratch = &mut kept.scratch;
        &kept.sets[i][0].get_or_insert_with(|| Entry::new(bytes, kind, scratch)).program
    }
}

impl Kept {
    #[cold]
    fn new() -> Box<Self> {
        Box::new(Self {
            sets: [const { [None, None] }; N_SETS],
            long: None,
            scratch: Scratch::default(),
        })
    }

    #[inline(never)]
    fn bring_to_front(&mut self, i: usize, pattern: &[u8], kind: Kind) {
        let set = &mut self.sets[i];
        set.swap(0, 1);
        let key = Key::new(pattern, kind);
        if !set[0].as_ref().is_some_and(|entry| entry.is_of(pattern, key)) {
            set[0] = Some(Entry::new(pattern, kind, &mut self.scratch));
        }
    }
}
