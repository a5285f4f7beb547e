//! Tests for libtest-mimic, which has the interface of the usual harness.

use std::time::Duration;

use libtest_mimic::{Completion, Failed, Trial};
use moonproof_oracle::Oracle;
use moonproof_oracle::child::Limits;

/// Limits for each program of the corpus. They are far above what one takes, so that a loaded
/// machine does not fail tests.
pub const LIMITS: Limits =
    Limits { time: Duration::from_secs(60), memory: 4 << 30, output: 64 << 20 };

/// A test that needs nothing.
pub fn plain(
    name: impl Into<String>,
    test: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Trial {
    Trial::test(name, move || test().map_err(Failed::from))
}

/// A test made of assertions.
pub fn asserting(name: impl Into<String>, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

/// A test that needs the reference.
pub fn with_reference(
    name: impl Into<String>,
    test: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Trial {
    match moonproof_reference::check() {
        Ok(()) => plain(name, test),
        Err(why) if std::env::var_os("CI").is_some() => plain(name, move || Err(why)),
        Err(why) => Trial::ignorable_test(name, || Ok(Completion::ignored_with(why))),
    }
}

/// The oracle whose children are the command as these tests built it.
///
/// # Errors
///
/// If there is no reference.
pub fn oracle(command: &str) -> Result<Oracle, String> {
    Oracle::with_command(command.as_ref(), LIMITS).map_err(|error| error.to_string())
}
