//! What the targets have in common: how libFuzzer is told what became of an input, and how it gets
//! the next.

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzzer_mutate};
use moonproof_fuzz::memory;

/// Makes an input of another one: at most so long, and decided by a number. None if it can make
/// nothing of it.
pub type Mutator = fn(&[u8], usize, u64) -> Option<Vec<u8>>;

/// Prints a line that is due, and says whether an input is worth keeping.
pub fn verdict(keep: bool, due: Option<String>) -> Corpus {
    if let Some(line) = due {
        eprintln!("{line}");
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
}

/// Runs a body with so many bytes of memory on top of what is in use.
pub fn limited(allocator: &'static Cap<System>, more: usize, body: impl FnOnce() -> bool) -> bool {
    let set_limit = |limit| allocator.set_limit(limit).expect("a limit above what is in use");
    memory::limited(set_limit, allocator.allocated() + more, body)
}

/// Mutates an input by a mutator of ours; one in `blind`, and what that can make nothing of, by
/// libFuzzer's, which knows nothing of what it damages. Returns the new length.
pub fn mutate(
    data: &mut [u8],
    (size, max_size): (usize, usize),
    seed: u32,
    blind: u32,
    mutator: Mutator,
) -> usize {
    if seed % blind != 0
        && let Some(mutated) = mutator(&data[..size], max_size, seed.into())
        && let Some(room) = data.get_mut(..mutated.len())
    {
        room.copy_from_slice(&mutated);
        return mutated.len();
    }
    fuzzer_mutate(data, size, max_size)
}
