//! Stands in for the reference where it could not be built.

use std::ffi::CStr;
use std::ffi::CString;
use std::path::Path;

use crate::{Allocations, Compiled, Opcode, Times, Wanted};

const ABSENT: &[u8] = b"the reference Lua was not built in";

/// The release of the reference: none.
pub fn release() -> Option<&'static str> {
    None
}

/// An opcode of the reference: none.
pub fn opcode(_number: u8) -> Option<Opcode> {
    None
}

/// Fails.
///
/// # Errors
///
/// Always.
pub fn compile(
    _source: &[u8],
    _chunk_name: &CStr,
    _wanted: Wanted,
    _memory: usize,
) -> Result<Compiled, Vec<u8>> {
    Err(ABSENT.to_vec())
}

/// Fails.
///
/// # Errors
///
/// Always.
pub fn compile_file(_path: &Path, _wanted: Wanted, _memory: usize) -> Result<Compiled, Vec<u8>> {
    Err(ABSENT.to_vec())
}

/// Fails.
pub fn run(_arguments: &[CString]) -> i32 {
    2
}

/// Measures nothing.
pub fn time(_source: &[u8], _chunk_name: &CStr) -> Option<Times> {
    None
}

/// Measures nothing.
pub fn time_states(_n: u32) -> f64 {
    f64::NAN
}

/// Counts nothing.
pub fn count_state() -> Allocations {
    Allocations::default()
}
