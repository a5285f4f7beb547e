//! The program `lua`; see the library `moonproof_lua`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(moonproof_lua::run(&std::env::args_os().collect::<Vec<_>>()))
}
