//! Fuzz bodies and mutators.
//!
//! A body takes any bytes, does what its target is about and panics if a promise is broken; what
//! it reached is counted, because a fuzzer that gets nowhere looks exactly like one that finds
//! nothing. Bodies are ordinary functions: `fuzz_targets/` holds the few lines that hand them to
//! libFuzzer, and `tests/seeds.rs` runs them over their seeds, and over mutations of those, with
//! the stable toolchain.
//!
//! | target | input | promise |
//! |---|---|---|
//! | [`load`] | any bytes | no panic, memory in proportion, what loads dumps back, verdicts agree |
//! | [`compile_diff`] | any source | the reference's bytes or message; what compiles verifies |
//! | [`verify`] | chunks | the verifier agrees with a second one, [`model`] |
//! | [`certificate`] | a chunk, then any bytes | what they prove verifies without them; what verifies can be proved |
//! | [`exec`] | sources and chunks | what verifies runs without a panic and within its limits |
//! | [`api`] | any bytes, each a call | a host that does anything in any order gets errors at worst |
//!
//! [`campaign`] is another kind of fuzzing: everything that verifies is run in a build of the
//! reference that complains about whatever goes wrong.
//!
//! This crate is a member of the workspace so that its bodies are built and tested with it. The
//! glue in `fuzz_targets/` is a workspace of its own, because libFuzzer needs a nightly compiler
//! and sanitizer flags that must not reach anything else.
#![forbid(unsafe_code)]

pub mod api;
pub mod campaign;
pub mod certificate;
pub mod compile_diff;
pub mod exec;
pub mod generate;
pub mod load;
pub mod memory;
pub mod model;
pub mod model_flow;
pub mod mutate;
mod reached;
mod rng;
mod seeds;
pub mod verify;

pub use reached::Reached;
pub use rng::Rng;
pub use seeds::{Seed, seeds};
