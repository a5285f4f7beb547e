//! What a fresh VM with its libraries takes of memory, and what the reference takes: exact figures,
//! since this program's allocator counts.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::process::ExitCode;

use moonproof_reference::{Allocations, check, count_state};
use moonproof_vm::Lua;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    if let Err(why) = check() {
        eprintln!("allocations: {why}");
        return ExitCode::from(2);
    }
    // What a process makes only once is not what a VM takes.
    drop(Lua::new());
    let (theirs, ours) = (count_state(), count_ours());
    println!("{:10} {:>9} {:>9} {:>6}", "a fresh VM", "reference", "moonproof", "ratio");
    for (what, theirs, ours) in
        [("bytes", theirs.bytes, ours.bytes), ("requests", theirs.n_requests, ours.n_requests)]
    {
        println!("{what:10} {theirs:9} {ours:9} {:6.2}", ours as f64 / theirs as f64);
    }
    ExitCode::SUCCESS
}

fn count_ours() -> Allocations {
    let region = Region::new(ALLOCATOR);
    let lua = Lua::new();
    let change = region.change();
    drop(lua);
    Allocations {
        bytes: change.bytes_allocated - change.bytes_deallocated,
        n_requests: change.allocations + change.reallocations,
    }
}
