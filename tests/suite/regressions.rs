//! Suite `regressions`: inputs that once broke something, kept in `corpus/regressions/<target>/`
//! with the name of the fuzz target that found them, and given to that target again.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use moonproof_fuzz::{api, certificate, compile_diff, exec, load, verify};
use moonproof_tests::corpus::{all_files, test_name};
use moonproof_tests::trial::{plain, with_reference};

const FOLDER: &str = "corpus/regressions";

pub(crate) fn tests() -> Vec<Trial> {
    all_files(FOLDER)
        .into_iter()
        .map(|path| {
            // Several inputs may differ in their endings only.
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            let name = format!("regressions::{}.{ending}", test_name(&path));
            match target(&path).as_str() {
                "compile_diff" => with_reference(name, move || replay(&path)),
                _ => plain(name, move || replay(&path)),
            }
        })
        .collect()
}

/// The name of the folder below `corpus/regressions`.
fn target(path: &Path) -> String {
    let below = path.strip_prefix(FOLDER).unwrap_or(path);
    below.iter().next().unwrap_or_default().to_string_lossy().into_owned()
}

/// Gives an input to its target, which panics if a promise is broken.
fn replay(path: &Path) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    match target(path).as_str() {
        "load" => drop(load::run(&bytes)),
        "verify" => drop(verify::run(&bytes)),
        "certificate" => drop(certificate::run(&bytes)),
        "compile_diff" => drop(compile_diff::run(&bytes)),
        "exec" => drop(exec::run(&bytes)),
        "api" => drop(api::run(&bytes)),
        other => return Err(format!("no target is named {other}")),
    }
    Ok(())
}
