//! Mutators that know what their inputs are, so that most of what they make gets past the first
//! check.

mod chunk;
mod instruction;
mod tokens;

pub use chunk::mutate_chunk;
pub use tokens::mutate_source;
