//! The harness of the suites in `suite/`.
//!
//! Every file of the corpus is a test with a name of its own, so that a failure names its file and
//! one file can be run alone: `cargo test -p moonproof-tests -- bytes::codegen/tail_calls`.
//!
//! - [`corpus`]: which files there are; [`benchmarks`]: which programs are measured;
//! - [`gates`]: what must hold of a file. A gate is a plain function, so that the suite `canary` can
//!   hand it something broken and see that it complains;
//! - [`directive`]: sessions of the command with their expected output, and their renewal;
//! - [`reject`]: chunks that break a rule, with what is to be found wrong in them;
//! - [`rust_source`]: what the tidiness tests look for in our own sources;
//! - [`trial`]: tests that need the reference. Without it they are shown as ignored, and fail if
//!   the variable `CI` is set.
#![forbid(unsafe_code)]

pub mod benchmarks;
pub mod corpus;
pub mod directive;
pub mod gates;
pub mod reject;
pub mod rust_source;
pub mod trial;
