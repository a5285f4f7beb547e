//! PUC Lua 5.4.9, the reference, linked in.
//!
//! [`compile`] and [`compile_file`] run in process: the reference's compiler takes any source.
//! Binary chunks it believes blindly, and scripts do what they like, so that
//! [`compile_file`] on chunks and [`run`] belong in a child process.
//!
//! This crate holds the only calls to C outside the VM, in the module `ffi`. Nothing but
//! `moonproof-oracle` should use it.

use std::path::Path;

#[cfg(reference)]
mod ffi;
#[cfg(not(reference))]
#[path = "absent.rs"]
mod ffi;

pub use ffi::{compile, compile_file, count_state, opcode, release, run, time, time_states};

/// The only release that is a reference: bytecode, messages and listings are specific to it.
pub const EXPECTED_RELEASE: &str = "Lua 5.4.9";

/// Whether the reference is there and of the expected release.
///
/// # Errors
///
/// What is missing, in words.
pub fn check() -> Result<(), String> {
    match release() {
        None => Err(format!(
            "the reference Lua was not built in: {}",
            option_env!("MOONPROOF_REFERENCE_ERROR").unwrap_or("no C compiler")
        )),
        Some(EXPECTED_RELEASE) => Ok(()),
        Some(other) => Err(format!("the reference is {other}, expected {EXPECTED_RELEASE}")),
    }
}

/// The reference as a program of its own, built as its makefile would: a script and its arguments
/// follow. `None` if it was not built. For measurements; it is in the build folder.
pub fn program() -> Option<&'static Path> {
    option_env!("MOONPROOF_REFERENCE_PROGRAM").map(Path::new)
}

/// What to compute of an accepted source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The dump with debug information.
    pub plain: bool,
    /// The dump without.
    pub stripped: bool,
    /// The listing of `luac -l -l`.
    pub listing: bool,
    /// Refuse binary chunks.
    pub text_only: bool,
}

impl Wanted {
    /// Everything, of source or chunk.
    pub const ALL: Self = Self { plain: true, stripped: true, listing: true, text_only: false };
}

/// What the reference made of a source: those parts that were wanted, others empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// The dump with debug information.
    pub plain: Vec<u8>,
    /// The dump without.
    pub stripped: Vec<u8>,
    /// The listing of `luac -l -l`, with real addresses.
    pub listing: Vec<u8>,
}

/// An opcode of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opcode {
    /// Name in listings.
    pub name: String,
    /// Property byte (`luaP_opmodes`).
    pub mode: u8,
}

/// Seconds that the reference took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Times {
    /// To compile a source.
    pub compile: f64,
    /// To dump it with debug information.
    pub dump: f64,
    /// To load the dump in the state that compiled it, which has its strings already.
    pub load: f64,
    /// To load the dump in a new state with its libraries.
    pub load_new: f64,
}

/// What was asked of an allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Allocations {
    /// Bytes that have not been given back.
    pub bytes: usize,
    /// Requests for memory, to begin with or for more.
    pub n_requests: usize,
}
