//! See `moonproof_fuzz::load`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use moonproof_fuzz::{load, memory, mutate};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn set_limit(limit: usize) {
    ALLOCATOR.set_limit(limit).expect("a limit above what is in use");
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let limit = ALLOCATOR.allocated() + load::memory_bound(bytes.len());
    let keep = memory::limited(set_limit, limit, || load::run(bytes));
    if let Some(line) = load::REACHED.due() {
        eprintln!("{line}");
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // One in eight inputs is damaged blindly, to reach what the loader refuses.
    if seed % 8 != 0
        && let Some(mutated) = mutate::mutate_chunk(&data[..size], max_size, seed.into())
    {
        data[..mutated.len()].copy_from_slice(&mutated);
        return mutated.len();
    }
    fuzzer_mutate(data, size, max_size)
});
