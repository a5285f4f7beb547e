//! Compiled patterns kept for the next use.

use std::sync::Arc;

use super::Program;
use super::compile::compile;
use crate::heap::Gc;
use crate::string::Str;

const N_SETS: usize = 64;

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

struct Entry {
    pattern: Box<[u8]>,
    kind: Kind,
    program: Arc<Program>,
}

impl Entry {
    fn new(pattern: &[u8], kind: Kind) -> Self {
        let program = compile(pattern, kind == Kind::Anchorable);
        Self { pattern: pattern.into(), kind, program: Arc::new(program) }
    }
}

/// Programs by the text of their patterns, two for each residue of the hash, the newer one first.
/// Entries hold no strings of the VM, so that they need not know what the collector does.
pub(in super::super) struct Cache {
    sets: Box<[[Option<Entry>; 2]]>,
    /// The last one that was too long to be kept.
    long: Option<Entry>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { sets: (0..N_SETS).map(|_| [None, None]).collect(), long: None }
    }
}

impl Cache {
    /// The program of a pattern.
    #[inline]
    pub(in super::super) fn get(&mut self, pattern: Gc<Str>, kind: Kind) -> &Arc<Program> {
        let bytes = pattern.bytes();
        let hash = if pattern.is_short() { pattern.short_hash() as usize } else { bytes.len() };
        let is_it = |entry: &Option<Entry>| {
            entry.as_ref().is_some_and(|entry| *entry.pattern == *bytes && entry.kind == kind)
        };
        let set = &mut self.sets[hash % N_SETS];
        if !is_it(&set[0]) {
            if bytes.len() > MAX_LEN {
                return &self.long.insert(Entry::new(bytes, kind)).program;
            }
            set.swap(0, 1);
            if !is_it(&set[0]) {
                set[0] = Some(Entry::new(bytes, kind));
            }
        }
        &set[0].get_or_insert_with(|| Entry::new(bytes, kind)).program
    }
}
