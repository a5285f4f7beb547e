//! The VM as a host uses it, without the reference: limits, memory in the long run, depth, threads,
//! and dispatch.
#![forbid(unsafe_code)]

mod depth;
mod dispatch;
mod libraries;
mod limits;
mod memory;
mod threads;

use moonproof_compiler::compile;
use moonproof_verifier::{VerifiedChunk, verify};
use moonproof_vm::Lua;

/// A source as the VM takes it.
fn chunk(source: &str) -> VerifiedChunk {
    let chunk = match compile(source.as_bytes(), b"=test") {
        Ok(chunk) => chunk,
        Err(error) => panic!("{}: {source}", error.message().escape_ascii()),
    };
    verify(chunk).expect("what was compiled verifies")
}

/// Runs a source; the error is its message without the traceback.
fn run(lua: &mut Lua, source: &str) -> Result<(), String> {
    lua.run(chunk(source), &[]).map_err(|error| {
        let message = String::from_utf8_lossy(&error.message).into_owned();
        message.split("\nstack traceback:").next().unwrap_or_default().to_owned()
    })
}

/// Runs a source that must not fail.
fn run_well(lua: &mut Lua, source: &str) {
    if let Err(message) = run(lua, source) {
        panic!("{message}: {source}");
    }
}
