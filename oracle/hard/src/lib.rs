//! The hard reference: PUC Lua 5.4.9 with sanitizers, assertions and a monitor, as a process that
//! runs chunks the ways a host would.
//!
//! It is called *hard* for what the reference can check itself: ASan, UBSan, `lua_assert` and the
//! checks of its API, a stack that moves at each check and a collector that runs wherever it may.
//! As an *oracle* it asserts the invariants of verified code as well (`driver/checks.c`): that an
//! upvalue is open where a callee's registers begin is wrong even if nothing comes of it this time.
//!
//! There is a second executable without sanitizers and with all the rest, for what has to be quick
//! ([`Gauntlet::monitored`]).
//!
//! A process takes many chunks ([`Gauntlet::run`]) and is replaced when one of them ends it. That
//! one is a finding. Nothing that a chunk does can harm the program that asks.
//!
//! The same protocol serves any other machine that is put through the same ways, see
//! [`Gauntlet::of`]; [`PRELUDE`] is what chunks find around them in each.
#![forbid(unsafe_code)]

mod process;

pub use process::{Answer, Gauntlet, Job, MAX_JOBS, Verdict, WAYS_SHIFT, Way, signature};

use std::path::Path;

/// What chunks are run among, in Lua.
pub const PRELUDE: &str = include_str!("../prelude.lua");

/// The executable.
///
/// # Errors
///
/// Why there is none, in words.
pub fn executable() -> Result<&'static Path, String> {
    built(option_env!("MOONPROOF_HARD"))
}

/// The executable without sanitizers.
///
/// # Errors
///
/// Why there is none, in words.
pub fn monitored() -> Result<&'static Path, String> {
    built(option_env!("MOONPROOF_HARD_MONITORED"))
}

fn built(path: Option<&'static str>) -> Result<&'static Path, String> {
    path.map(Path::new).ok_or_else(|| {
        format!(
            "the hard reference was not built: {}",
            option_env!("MOONPROOF_HARD_ERROR").unwrap_or("no C compiler")
        )
    })
}
