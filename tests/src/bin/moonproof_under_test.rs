//! The `moonproof` command for the suites, which start it and link to it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    moonproof::main()
}
