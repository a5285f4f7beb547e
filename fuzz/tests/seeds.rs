//! The fuzz bodies on the stable toolchain: over their seeds, and over mutations of those. Memory
//! is capped as in the fuzz targets.

use std::alloc::System;
use std::sync::{Mutex, PoisonError};

use cap::Cap;
use moonproof_fuzz::{
    Rng, Seed, api, certificate, compile_diff, exec, load, memory, mutate, seeds, verify,
};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The allocator counts for the whole process: one target at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a body with that much memory on top of what is in use.
fn with_limit(limit: usize, body: impl FnOnce() -> bool) -> bool {
    let set_limit = |limit| ALLOCATOR.set_limit(limit).expect("a limit above what is in use");
    memory::limited(set_limit, ALLOCATOR.allocated() + limit, body)
}

/// Runs a body over seeds and `n` mutations of each, and over cut and damaged seeds.
fn smoke(
    seeds: &[Seed],
    n: u64,
    mutate: fn(&[u8], usize, u64) -> Option<Vec<u8>>,
    run: fn(&[u8]) -> bool,
) {
    assert!(seeds.len() > 20, "only {} seeds", seeds.len());
    let mut rng = Rng::new(5);
    for seed in seeds {
        run(&seed.bytes);
        run(&seed.bytes[..rng.below(seed.bytes.len())]);
        let mut damaged = seed.bytes.clone();
        for _ in 0..3 {
            let at = rng.below(damaged.len());
            if let Some(byte) = damaged.get_mut(at) {
                *byte ^= 1 << rng.below(8);
            }
            run(&damaged);
        }
        let mut bytes = seed.bytes.clone();
        for i in 0..n {
            // Every other mutation starts from the one before, so that edits add up.
            if i % 2 == 0 {
                bytes.clone_from(&seed.bytes);
            }
            if let Some(mutated) = mutate(&bytes, 1 << 14, rng.bits()) {
                run(&mutated);
                bytes = mutated;
            }
        }
    }
}

#[test]
fn load_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let seeds = seeds("load");
    for seed in seeds.iter().filter(|seed| seed.name.starts_with("codegen.")) {
        with_limit(load::memory_bound(seed.bytes.len()), || load::run(&seed.bytes));
    }
    assert_eq!(load::REACHED.n(load::REJECTED), 0, "chunks made by the compiler verify");
    smoke(&seeds, 40, mutate::mutate_chunk, |bytes| {
        with_limit(load::memory_bound(bytes.len()), || load::run(bytes))
    });
    println!("{}", load::REACHED.line());
    for end in [load::REFUSED, load::REJECTED, load::VERIFIED] {
        assert!(load::REACHED.n(end) > 100, "{}", load::REACHED.line());
    }
}

#[test]
fn compile_diff_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(()) = moonproof_reference::check() else {
        println!("skipped: no reference to compare with");
        return;
    };
    smoke(&seeds("compile_diff"), 40, mutate::mutate_source, compile_diff::run);
    println!("{}", compile_diff::REACHED.line());
    for end in [compile_diff::REJECTED, compile_diff::COMPILED] {
        assert!(compile_diff::REACHED.n(end) > 100, "{}", compile_diff::REACHED.line());
    }
}

#[test]
fn verify_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    smoke(&seeds("verify"), 100, mutate::mutate_chunk, verify::run);
    println!("{}", verify::REACHED.line());
    for end in [verify::REJECTED, verify::VERIFIED] {
        assert!(verify::REACHED.n(end) > 1000, "{}", verify::REACHED.line());
    }
}

#[test]
fn certificate_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    smoke(&seeds("certificate"), 150, certificate::mutate, certificate::run);
    println!("{}", certificate::REACHED.line());
    for end in [certificate::REJECTED, certificate::UNPROVED, certificate::PROVED] {
        assert!(certificate::REACHED.n(end) > 1000, "{}", certificate::REACHED.line());
    }
}

#[test]
fn exec_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    exec::prepare();
    smoke(&seeds("exec"), 20, mutate::mutate_valid, |input| {
        with_limit(exec::memory_bound(input.len()), || exec::run(input))
    });
    println!("{}", exec::REACHED.line());
    for end in [exec::REFUSED, exec::REJECTED, exec::FAILED, exec::RETURNED] {
        assert!(exec::REACHED.n(end) > 100, "{}", exec::REACHED.line());
    }
}

#[test]
fn api_target() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for seed in seeds("api") {
        with_limit(api::memory_bound(seed.bytes.len()), || api::run(&seed.bytes));
    }
    let mut rng = Rng::new(5);
    for _ in 0..10_000 {
        let input: Vec<u8> = (0..rng.below(600)).map(|_| rng.bits() as u8).collect();
        with_limit(api::memory_bound(input.len()), || api::run(&input));
    }
    println!("{}", api::REACHED.line());
    for end in [api::DONE, api::FAILED, api::LIMITED, api::REFUSED] {
        assert!(api::REACHED.n(end) > 1000, "{}", api::REACHED.line());
    }
}
