//! Hands the place of the reference's sources on to the suites that compile them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(sources) = std::env::var_os("DEP_MOONPROOF_REFERENCE_SOURCES") {
        println!("cargo:rustc-env=REFERENCE_SOURCES={}", sources.display());
    }
}
