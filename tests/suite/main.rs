//! Suites over the corpus and over whole crates together.

mod reject;
mod runtime;
mod verify;
