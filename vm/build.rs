//! Chooses how handlers are dispatched: by tail calls where the compiler is known to make jumps of
//! them, else by a loop. Rust does not promise tail calls; optimised builds for these targets make
//! them as long as all arguments are in registers, and `tests/vm/dispatch.rs` fails if they do not.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(tail_calls)");
    println!("cargo::rerun-if-env-changed=MOONPROOF_DISPATCH");
    println!("cargo::rerun-if-changed=build.rs");
    let var = |name: &str| env::var(name).unwrap_or_default();
    let optimised = matches!(var("OPT_LEVEL").as_str(), "2" | "3");
    let target = matches!(var("CARGO_CFG_TARGET_ARCH").as_str(), "x86_64" | "aarch64")
        && var("CARGO_CFG_TARGET_OS") != "windows";
    let flags = var("CARGO_ENCODED_RUSTFLAGS");
    let instrumented = flags.contains("sanitizer") || flags.contains("instrument-coverage");
    let plain = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none()
        && env::var_os("CARGO_FEATURE_CHECKED").is_none()
        && !instrumented;
    let tail = match var("MOONPROOF_DISPATCH").as_str() {
        "loop" => false,
        "tail" => true,
        _ => optimised && target && plain,
    };
    if tail {
        println!("cargo::rustc-cfg=tail_calls");
    }
}
