//! Suites over the corpus and over whole crates together.
//!
//! Every module lists its tests; this binary brings its own harness, so that a function marked as a
//! test here would never run. `tidy` sees to it that there is none.

mod benchmarks;
mod bytes;
mod canary;
mod cli;
mod hard;
mod hosts;
mod official;
mod opcodes;
mod regressions;
mod reject;
mod run;
mod runtime;
mod tidy;
mod verify;

use std::process::ExitCode;

use libtest_mimic::{Arguments, run};
use moonproof_tests::corpus;

/// The command as it was built with these tests.
const COMMAND: &str = env!("CARGO_BIN_EXE_moonproof-under-test");

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Names of chunks are paths from here.
    std::env::set_current_dir(corpus::root()).expect("the root of the repository");
    let suites = [
        benchmarks::tests,
        bytes::tests,
        canary::tests,
        cli::tests,
        hard::tests,
        hosts::tests,
        official::tests,
        opcodes::tests,
        regressions::tests,
        reject::tests,
        run::tests,
        runtime::tests,
        tidy::tests,
        verify::tests,
    ];
    run(&arguments, suites.iter().flat_map(|suite| suite()).collect()).exit_code()
}
