//! Any source, compiled by us and by the reference.
//!
//! - What the reference accepts, we accept, and the chunks are equal byte for byte, with debug
//!   information and without.
//! - What it rejects, we reject with the same message.
//! - What we compile verifies, with debug information and without.

use std::ffi::CStr;

use moonproof_bytecode::{Strip, dump};
use moonproof_compiler::compile;
use moonproof_reference::Wanted;
use moonproof_verifier::{check, verify};

use crate::Reached;

/// Where inputs of this target end.
pub static REACHED: Reached<3> = Reached::new(["skipped", "rejected", "compiled"]);
/// Index in [`REACHED`] of inputs that are no source, or too much for the reference.
pub const SKIPPED: usize = 0;
/// Index in [`REACHED`] of inputs with an error.
pub const REJECTED: usize = 1;
/// Index in [`REACHED`] of inputs that compile.
pub const COMPILED: usize = 2;

/// Name of every source.
const NAME: &CStr = c"=fuzz";
/// Bytes that the reference may allocate; no input of a fuzzer needs as much.
const MEMORY: usize = 256 << 20;
/// First byte of a binary chunk, which the reference would load as such.
const SIGNATURE: u8 = 0x1B;

/// Longest source with an error that is worth mutating further: mutations of such hardly ever
/// compile, and many of them would crowd out those that do.
const MAX_REJECTED: usize = 96;

/// Runs the body over one input and counts where it ended. Says whether the input is worth keeping
/// for further mutation.
///
/// # Panics
///
/// If a promise is broken.
pub fn run(source: &[u8]) -> bool {
    let end = reach(source);
    REACHED.count(end);
    end == COMPILED || source.len() <= MAX_REJECTED
}

fn reach(source: &[u8]) -> usize {
    if source.first() == Some(&SIGNATURE) {
        return SKIPPED;
    }
    let wanted = Wanted { plain: true, stripped: true, text_only: true, ..Wanted::default() };
    let theirs = moonproof_reference::compile(source, NAME, wanted, MEMORY);
    let ours = compile(source, NAME.to_bytes());
    match (theirs, ours) {
        (Err(message), _) if message == b"not enough memory" => SKIPPED,
        (Err(message), Err(error)) => {
            same("message", &message, error.message());
            REJECTED
        }
        (Ok(theirs), Ok(chunk)) => {
            same("chunk", &theirs.plain, &dump(&chunk, Strip::Nothing));
            same("stripped chunk", &theirs.stripped, &dump(&chunk, Strip::DebugInfo));
            if let Err(rejection) = check(&chunk) {
                panic!("what was compiled does not verify: {rejection}");
            }
            let mut stripped = chunk;
            stripped.main.strip();
            if let Err(rejection) = verify(stripped) {
                panic!("what was compiled and stripped does not verify: {rejection}");
            }
            COMPILED
        }
        (Ok(_), Err(error)) => {
            panic!("only we reject it: {}", error.message().escape_ascii())
        }
        (Err(message), Ok(_)) => {
            panic!("only the reference rejects it: {}", message.escape_ascii())
        }
    }
}

fn same(what: &str, theirs: &[u8], ours: &[u8]) {
    if theirs == ours {
        return;
    }
    let at = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
    panic!(
        "{what} differs at byte {at}\nreference: {}\nours:      {}",
        theirs.escape_ascii(),
        ours.escape_ascii()
    );
}
