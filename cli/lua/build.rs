//! Hands `layout.ld` to the linker, where that is one which understands it.
use std::env;

fn main() {
    println!("cargo:rerun-if-changed=layout.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|v| v == value);
    // lld, the linker of this target, and GNU ld do; who asks for another one gets no layout.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && !is("OPT_LEVEL", "0")
        && !flags.contains("fuse-ld")
        && !flags.contains("linker")
    {
        let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{folder}/layout.ld");
    }
}
