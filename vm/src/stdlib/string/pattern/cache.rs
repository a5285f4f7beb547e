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

/// What was asked for last, as long as the collector has freed nothing since: the first entry of a
/// set.
#[derive(Clone, Copy)]
struct Latest {
    /// The address of the pattern's string, or zero.
    addr: u64,
    kind: Kind,
    set: u8,
}

impl Latest {
    const NONE: Self = Self { addr: 0, kind: Kind::Anchorable, set: 0 };
}

/// Programs by the text of their patterns, made at the first use.
#[derive(Default)]
pub(in super::super) struct Cache(Option<Box<Kept>>);

/// What a cache holds. Entries hold no strings of the VM, so that only `latest` needs to know what
/// the collector does.
struct Kept {
    /// Two for each residue of the hash, the newer one first.
    sets: [[Option<Entry>; 2]; N_SETS],
    /// The last one that was too long to be kept.
    long: Option<Entry>,
    latest: Latest,
    scratch: Scratch,
}

impl Cache {
    /// The program of a pattern.
    #[inline]
    pub(in super::super) fn get(&mut self, pattern: Gc<Str>, kind: Kind) -> &Arc<Program> {
        let kept = self.0.get_or_insert_with(Kept::new);
        if kept.latest.addr != pattern.addr() || kept.latest.kind != kind {
            if pattern.len() > MAX_LEN {
                let entry = Entry::new(pattern.bytes(), kind, &mut Scratch::default());
                return &kept.long.insert(entry).program;
            }
            kept.bring_to_front(pattern, kind);
        }
        let Kept { sets, scratch, latest, .. } = &mut **kept;
        let entry = &mut sets[usize::from(latest.set) % N_SETS][0];
        &entry.get_or_insert_with(|| Entry::new(pattern.bytes(), kind, scratch)).program
    }

    /// To be called before strings are freed.
    pub(in super::super) fn forget_latest(&mut self) {
        if let Some(kept) = &mut self.0 {
            kept.latest = Latest::NONE;
        }
    }
}

impl Kept {
    #[cold]
    fn new() -> Box<Self> {
        Box::new(Self {
            sets: [const { [None, None] }; N_SETS],
            long: None,
            latest: Latest::NONE,
            scratch: Scratch::default(),
        })
    }

    #[inline(never)]
    fn bring_to_front(&mut self, pattern: Gc<Str>, kind: Kind) {
        let bytes = pattern.bytes();
        let hash = if pattern.is_short() { pattern.short_hash() as usize } else { bytes.len() };
        let i = hash % N_SETS;
        let set = &mut self.sets[i];
        let key = Key::new(bytes, kind);
        let is_it = |entry: &Option<Entry>| entry.as_ref().is_some_and(|e| e.is_of(bytes, key));
        if !is_it(&set[0]) {
            set.swap(0, 1);
            if !is_it(&set[0]) {
                set[0] = Some(Entry::new(bytes, kind, &mut self.scratch));
            }
        }
        self.latest = Latest { addr: pattern.addr(), kind, set: i as u8 };
    }
}
