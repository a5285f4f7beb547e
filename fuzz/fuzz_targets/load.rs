//! See `moonproof_fuzz::load`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use moonproof_fuzz::{load, memory, mutate};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn set_limit(limit: usize) {
    ALLOCATOR.set_limit(limit).expect("a limit above what is in use");
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let limit = ALLOCATOR.allocated() + load::memory_bound(bytes.len());
    let keep = memory::limited(set_limit, limit, || load::run(bytes));
    moonproof_fuzz_targets::verdict(keep, load::REACHED.due())
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Blindly, to reach what the loader refuses.
    moonproof_fuzz_targets::mutate(data, (size, max_size), seed, 8, mutate::mutate_chunk)
});
