//! What a small device needs in order to look at bytecode before it trusts it: `alloc`, and nothing
//! of an operating system.
//!
//! The library has a panic handler of its own, as firmware has. If anything that it uses brought
//! the standard library, there would be two of them, and this would not build: that is checked
//! (`.ci/run`). What else firmware has, an allocator, depends on the device.
#![no_std]
#![forbid(unsafe_code)]

use core::fmt;

/// Why a chunk is refused.
#[derive(Debug)]
pub enum Refusal {
    /// The bytes are no chunk.
    Load(moonproof_bytecode::LoadError),
    /// The chunk breaks a rule.
    Verify(moonproof_verifier::Rejection),
}

impl core::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Verify(rejection) => rejection.fmt(f),
        }
    }
}

/// Whether the device's Lua may be given these bytes.
pub fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let chunk = moonproof_bytecode::load(bytes).map_err(Refusal::Load)?;
    moonproof_verifier::check(&chunk).map_err(Refusal::Verify)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
