//! See `moonproof_fuzz::certificate`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use moonproof_fuzz::certificate;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    moonproof_fuzz_targets::verdict(certificate::run(bytes), certificate::REACHED.due())
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Blindly, to reach what the loader refuses.
    moonproof_fuzz_targets::mutate(data, (size, max_size), seed, 8, certificate::mutate)
});
