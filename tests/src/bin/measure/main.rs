//! Measurements against the reference, which no test could decide:
//!
//! - `measure bench`: programs of `benchmarks/`, their time and memory;
//! - `measure startup`: starting a process, and making a VM;
//! - `measure objects`: how many bytes an object of each kind takes;
//! - `measure throughput`: compiling, dumping, loading, verifying;
//! - `measure packages`: sources of Debian packages, compared byte for byte.
//!
//! Both sides run in the same session, taking turns, and what is told are ratios: of time and of
//! memory, so that below 1 we take less.
#![forbid(unsafe_code)]

mod bench;
mod engine;
mod objects;
mod packages;
mod report;
mod startup;
mod stats;
mod throughput;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// Compare speed and memory with the reference Lua, and sources of packages byte for byte.
#[derive(Debug, Parser)]
#[command(name = "measure", max_term_width = 100)]
enum Args {
    /// Run programs of benchmarks/ under both, taking turns.
    Bench(bench::Options),
    /// Time the start of a process, and making and closing a VM.
    Startup(startup::Options),
    /// Tell how many bytes of memory an object of each kind takes.
    Objects(objects::Options),
    /// Time compiling, dumping, loading and verifying.
    Throughput(throughput::Options),
    /// Compare what sources of Debian packages compile to.
    Packages(packages::Options),
}

/// How results are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let texts: Option<Vec<&str>> = args.iter().skip(1).map(|arg| arg.to_str()).collect();
    // What measurements start: this program again, as one side.
    if let Some([role, rest @ ..]) = texts.as_deref()
        && let Some(status) = engine::enter(role, rest)
    {
        return status;
    }
    let outcome = match Args::parse() {
        Args::Bench(options) => bench::main(&options),
        Args::Startup(options) => startup::main(&options),
        Args::Objects(options) => objects::main(&options),
        Args::Throughput(options) => throughput::main(&options),
        Args::Packages(options) => packages::main(&options),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("measure: {message}");
            ExitCode::from(2)
        }
    }
}
