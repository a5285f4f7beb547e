//! The `moonproof` command, as a library so that tests can be the command without finding it.
//!
//! Each subcommand has a file of its own in `cmd`. Called by a link named `lua` or `luac`, the
//! program is that command, with its command line, messages and exit codes. Everywhere else,
//! the exit code is 0 if all is well, 1 if the answer is no, and 2 if there is none.
#![forbid(unsafe_code)]

mod args;
mod cfg;
mod cmd;
mod files;
mod io;
mod report;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Subcommand};
use io::Failure;
use moonproof_oracle::entry::{Entered, enter};

/// What the program does; its arguments are those of the process.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// What the program does with these arguments; the first is its name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match enter(args) {
        Entered::Finished(status) => return ExitCode::from(status),
        Entered::Command(args) => args,
    };
    ExitCode::from(match Called::from(&args) {
        Called::Lua(args) => moonproof_lua::run(args),
        Called::Luac(args) => cmd::luac::main(args),
        Called::Moonproof => moonproof(&args),
    })
}

/// Whose command line it is. Those of `lua` and `luac` begin with the name for their messages.
enum Called<'a> {
    Lua(&'a [OsString]),
    Luac(&'a [OsString]),
    Moonproof,
}

impl<'a> Called<'a> {
    /// Looks at the name of the program, then at the subcommand: the command lines of `lua` and
    /// `luac` are theirs alone, down to how they misunderstand options.
    fn from(args: &'a [OsString]) -> Self {
        let own_name = args.first().and_then(|name| Path::new(name).file_name());
        let subcommand = args.get(1).map(OsString::as_os_str);
        let is = |name: Option<&OsStr>, wanted| name == Some(OsStr::new(wanted));
        if is(own_name, "lua") {
            Self::Lua(args)
        } else if is(own_name, "luac") {
            Self::Luac(args)
        } else if is(subcommand, "lua") {
            Self::Lua(&args[1..])
        } else if is(subcommand, "luac") {
            Self::Luac(&args[1..])
        } else {
            Self::Moonproof
        }
    }
}

fn moonproof(args: &[OsString]) -> u8 {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    let outcome = match args.subcommand {
        Subcommand::Check(args) => cmd::check::run(&args),
        Subcommand::Verify(args) => cmd::verify::run(&args),
        Subcommand::Explain(args) => cmd::explain::run(&args),
        Subcommand::List(args) => cmd::list::run(&args),
        Subcommand::Asm(args) => cmd::asm::run(&args),
        Subcommand::Diff(args) => cmd::diff::run(&args),
        // Dealt with before; clap knows of it for the sake of its help.
        Subcommand::Lua(_) | Subcommand::Luac(_) => Ok(false),
    };
    match outcome {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(Failure::ClosedPipe) => 0,
        Err(Failure::Message(message)) => {
            anstream::eprintln!("{}: {message}", report::error("moonproof"));
            2
        }
    }
}
