//! `asm`: the chunk that a text states.

use std::fs;

use crate::args::AsmArgs;
use crate::io::{Failure, Input, stdout_is_terminal, write_stdout};
use crate::report::harmless;

/// Assembles a file.
pub(crate) fn run(args: &AsmArgs) -> Result<bool, Failure> {
    let input = Input::read(&args.file)?;
    let bytes = match input.assemble() {
        Ok(assembly) => assembly.bytes,
        Err(error) => {
            anstream::eprintln!("{}", harmless(&error.message));
            return Ok(false);
        }
    };
    match &args.output {
        Some(path) => fs::write(path, bytes).map_err(|error| {
            Failure::Message(format!("cannot write {}: {error}", path.display()))
        })?,
        None if stdout_is_terminal() => {
            let message = "a chunk is not for terminals; say where it goes with -o";
            return Err(Failure::Message(message.to_owned()));
        }
        None => write_stdout(&bytes)?,
    }
    Ok(true)
}
