//! See `moonproof_fuzz::exec`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use moonproof_fuzz::{exec, memory, mutate};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn set_limit(limit: usize) {
    ALLOCATOR.set_limit(limit).expect("a limit above what is in use");
}

fuzz_target!(|input: &[u8]| -> Corpus {
    exec::prepare();
    let limit = ALLOCATOR.allocated() + exec::memory_bound(input.len());
    let keep = memory::limited(set_limit, limit, || exec::run(input));
    if let Some(line) = exec::REACHED.due() {
        eprintln!("{line}");
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Hardly any blind change leaves something to run.
    let mutated = mutate::mutate_valid(&data[..size], max_size, seed.into());
    match mutated {
        Some(mutated) if seed % 16 != 0 => {
            data[..mutated.len()].copy_from_slice(&mutated);
            mutated.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
