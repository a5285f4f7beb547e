//! See `moonproof_fuzz::load`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use moonproof_fuzz::{load, mutate};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let bound = load::memory_bound(bytes.len());
    let keep = moonproof_fuzz_targets::limited(&ALLOCATOR, bound, || load::run(bytes));
    moonproof_fuzz_targets::verdict(keep, load::REACHED.due())
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Blindly, to reach what the loader refuses.
    moonproof_fuzz_targets::mutate(data, (size, max_size), seed, 8, mutate::mutate_chunk)
});
