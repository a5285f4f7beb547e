//! See `moonproof_fuzz::compile_diff`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use moonproof_fuzz::{compile_diff, mutate};

fuzz_target!(|source: &[u8]| -> Corpus {
    moonproof_fuzz_targets::verdict(compile_diff::run(source), compile_diff::REACHED.due())
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Blindly, for the lexer's sake. Looking for mutations that compile would cost more than it
    // brings, as errors are compared, too.
    moonproof_fuzz_targets::mutate(data, (size, max_size), seed, 4, mutate::mutate_source)
});
