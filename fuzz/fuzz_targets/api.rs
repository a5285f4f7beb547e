//! See `moonproof_fuzz::api`.
#![no_main]

use std::alloc::System;

use cap::Cap;
use libfuzzer_sys::{Corpus, fuzz_target};
use moonproof_fuzz::api;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fuzz_target!(|input: &[u8]| -> Corpus {
    let bound = api::memory_bound(input.len());
    let keep = moonproof_fuzz_targets::limited(&ALLOCATOR, bound, || api::run(input));
    moonproof_fuzz_targets::verdict(keep, api::REACHED.due())
});
