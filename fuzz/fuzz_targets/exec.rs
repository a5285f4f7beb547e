//! See `moonproof_fuzz::exec`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use moonproof_fuzz::{exec, mutate};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fuzz_target!(|input: &[u8]| -> Corpus {
    exec::prepare();
    let bound = exec::memory_bound(input.len());
    let keep = moonproof_fuzz_targets::limited(&ALLOCATOR, bound, || exec::run(input));
    moonproof_fuzz_targets::verdict(keep, exec::REACHED.due())
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Hardly any blind change leaves something to run.
    moonproof_fuzz_targets::mutate(data, (size, max_size), seed, 16, mutate::mutate_valid)
});
