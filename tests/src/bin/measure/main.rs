//! Measurements against the reference, which no test could decide:
//!
//! - `measure bench [--rounds N] [--engine COMMAND]... [NAME...]`: programs of `benchmarks/`;
//! - `measure throughput [--rounds N] [PATH...]`: compiling, dumping, loading, verifying;
//! - `measure packages [PATH...]`: sources of Debian packages, compared byte for byte.
//!
//! Both sides run in the same session, taking turns, and what is told are ratios.
#![forbid(unsafe_code)]

mod bench;
mod packages;
mod stats;
mod throughput;

use std::ffi::OsString;
use std::process::ExitCode;

const USAGE: &str = "usage: measure bench [--rounds N] [--engine COMMAND]... [NAME...]
       measure throughput [--rounds N] [PATH...]
       measure packages [PATH...]";

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let texts: Option<Vec<&str>> = args.iter().skip(1).map(|arg| arg.to_str()).collect();
    let outcome = match texts.as_deref() {
        // What the benchmarks start: this program again, as one side.
        Some(["--ours", script]) => {
            return moonproof::run(["moonproof", "lua", script].map(OsString::from));
        }
        Some(["--reference", script]) => return bench::run_reference(script),
        Some(["--time", command @ ..]) => bench::time_child(command),
        Some(["bench", rest @ ..]) => bench::main(rest),
        Some(["throughput", rest @ ..]) => throughput::main(rest),
        Some(["packages", rest @ ..]) => packages::main(rest),
        _ => Err(USAGE.to_owned()),
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
