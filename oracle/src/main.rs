//! A command that is nothing but a child of the oracle, for tests that have no `moonproof` at hand.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use moonproof_oracle::entry::{Entered, enter};

fn main() -> ExitCode {
    match enter(std::env::args_os()) {
        Entered::Finished(status) => ExitCode::from(status),
        Entered::Command(_) => {
            eprintln!("moonproof-child: to be started by the oracle only");
            ExitCode::from(2)
        }
    }
}
