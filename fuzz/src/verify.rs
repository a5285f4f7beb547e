//! Any chunk, verified twice: by the verifier and by [`model`].
//!
//! The two agree on every chunk that loads, in both directions: what breaks a rule is rejected,
//! and nothing else is.

use std::sync::{LazyLock, Mutex, PoisonError};

use moonproof_bytecode::load;
use moonproof_verifier::{Verifier, check};

use crate::{Reached, model};

/// Where inputs of this target end.
pub static REACHED: Reached<3> = Reached::new(["refused", "rejected", "verified"]);
/// Index in [`REACHED`] of inputs that do not load.
pub const REFUSED: usize = 0;
/// Index in [`REACHED`] of inputs that load and do not verify.
pub const REJECTED: usize = 1;
/// Index in [`REACHED`] of inputs that verify.
pub const VERIFIED: usize = 2;

static VERIFIER: LazyLock<Mutex<Verifier>> = LazyLock::new(Mutex::default);

/// Runs the body over one input and counts where it ended. Says whether the input is worth keeping
/// for further mutation: what is wrong in one place and does not verify hides what is wrong in
/// another.
///
/// # Panics
///
/// If the two verifiers disagree.
pub fn run(bytes: &[u8]) -> bool {
    let end = reach(bytes);
    REACHED.count(end);
    end == VERIFIED
}

fn reach(bytes: &[u8]) -> usize {
    let Ok(chunk) = load(bytes) else { return REFUSED };
    let verdict = check(&chunk);
    // One that has verified all inputs before says the same.
    let used = VERIFIER.lock().unwrap_or_else(PoisonError::into_inner).verify(chunk.clone());
    assert_eq!(used.map(drop), verdict, "{chunk:?}");
    match (verdict, model::accepts(&chunk)) {
        (Ok(()), true) => VERIFIED,
        (Err(_), false) => REJECTED,
        (Ok(()), false) => panic!("only the model rejects {chunk:?}"),
        (Err(rejection), true) => panic!("only the verifier rejects {chunk:?}: {rejection}"),
    }
}
