//! `asm`: the chunk that a text states.

use std::fs;
use std::str;

use moonproof_bytecode::asm::assemble;

use crate::args::AsmArgs;
use crate::io::{Failure, Input, stdout_is_terminal, write_stdout};
use crate::report::harmless;

/// Assembles a file.
pub(crate) fn run(args: &AsmArgs) -> Result<bool, Failure> {
    let input = Input::read(&args.file)?;
    let assembled = match str::from_utf8(&input.bytes) {
        Ok(text) => assemble(text).map_err(|error| error.to_string()),
        Err(error) => Err(not_text(&input.bytes, error.valid_up_to())),
    };
    let bytes = match assembled {
        Ok(assembly) => assembly.bytes,
        Err(message) => {
            anstream::eprintln!("{}", harmless(&format!("{}:{message}", input.name)));
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

/// Says where the bytes are no text.
fn not_text(bytes: &[u8], at: usize) -> String {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    format!("{line}: not UTF-8")
}
