//! Running a body with a limit on memory.
//!
//! The allocator that counts belongs to the program, so that this module only gets the means to set
//! its limit.

use std::sync::Once;

/// Runs a body while allocations beyond `limit` bytes fail, which ends the process. A panic of the
/// body is not limited: reporting it takes memory, too, and must not fail.
pub fn limited<T>(
    set_limit: impl Fn(usize) + Copy + Send + Sync + 'static,
    limit: usize,
    body: impl FnOnce() -> T,
) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            set_limit(usize::MAX);
            report(info);
        }));
    });
    set_limit(limit);
    let result = body();
    set_limit(usize::MAX);
    result
}
