//! Mutators that know what their inputs are, so that most of what they make gets past the first
//! check.

mod chunk;
mod directed;
mod instruction;
mod tokens;

pub use chunk::{edit_chunk, mutate_chunk};
pub use directed::{DIRECTED, Mutator};
pub(crate) use directed::{nothing, remove};
pub use tokens::mutate_source;

use moonproof_bytecode::load;
use moonproof_compiler::compile;
use moonproof_verifier::check;

/// Mutations that are tried until one is valid.
const TRIES: u64 = 12;

/// Edits a chunk or a source so that it still verifies or compiles, if a few tries bring that about;
/// else in some way.
pub fn mutate_valid(bytes: &[u8], max_len: usize, seed: u64) -> Option<Vec<u8>> {
    let is_chunk = load(bytes).is_ok();
    let mut last = None;
    for i in 0..TRIES {
        // Seeds are 32 bits of libFuzzer's.
        let seed = seed | i << 32;
        if is_chunk {
            let mutated = mutate_chunk(bytes, max_len, seed)?;
            if load(&mutated).is_ok_and(|chunk| check(&chunk).is_ok()) {
                return Some(mutated);
            }
            last = Some(mutated);
        } else if let Some(mutated) = mutate_source(bytes, max_len, seed) {
            if compile(&mutated, b"=mutated").is_ok() {
                return Some(mutated);
            }
            last = Some(mutated);
        }
    }
    last
}
