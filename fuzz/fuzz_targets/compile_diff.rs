//! See `moonproof_fuzz::compile_diff`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use moonproof_fuzz::{compile_diff, mutate};

fuzz_target!(|source: &[u8]| -> Corpus {
    let keep = compile_diff::run(source);
    if let Some(line) = compile_diff::REACHED.due() {
        eprintln!("{line}");
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // One input in four is changed blindly, for the lexer's sake. Looking for mutations that
    // compile would cost more than it brings, as errors are compared, too.
    if seed % 4 != 0
        && let Some(mutated) = mutate::mutate_source(&data[..size], max_size, seed.into())
    {
        data[..mutated.len()].copy_from_slice(&mutated);
        return mutated.len();
    }
    fuzzer_mutate(data, size, max_size)
});
