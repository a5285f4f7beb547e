//! See `moonproof_fuzz::certificate`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use moonproof_fuzz::certificate;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let keep = certificate::run(bytes);
    if let Some(line) = certificate::REACHED.due() {
        eprintln!("{line}");
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // One in eight inputs is damaged blindly, to reach what the loader refuses.
    if seed % 8 != 0
        && let Some(mutated) = certificate::mutate(&data[..size], max_size, seed.into())
    {
        data[..mutated.len()].copy_from_slice(&mutated);
        return mutated.len();
    }
    fuzzer_mutate(data, size, max_size)
});
