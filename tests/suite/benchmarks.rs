//! Suite `benchmarks`: programs that are measured print the same under our VM and the reference.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use libtest_mimic::Trial;
use moonproof_oracle::behaviour::differences;
use moonproof_oracle::child::End;
use moonproof_oracle::server::Side;
use moonproof_tests::benchmarks::{SMALLEST, library, programs};
use moonproof_tests::corpus::files;
use moonproof_tests::trial::{oracle, plain, with_reference};

use crate::COMMAND;

pub(crate) fn tests() -> Vec<Trial> {
    let mut tests = vec![plain("benchmarks::every_program_has_a_class", every_program_has_a_class)];
    for program in programs().into_iter().chain(library()) {
        let name = format!("benchmarks::{}/{}", program.group, program.name);
        tests.push(with_reference(name, move || prints_the_same(&program.path)));
    }
    tests
}

fn every_program_has_a_class() -> Result<(), String> {
    let listed = programs();
    let named: BTreeSet<_> = listed.iter().map(|program| program.path.clone()).collect();
    if named.len() != listed.len() {
        return Err("a program is in two classes".to_owned());
    }
    let mut present: BTreeSet<_> = files("benchmarks", "lua").into_iter().collect();
    present.retain(|path| path.parent() == Some(Path::new("benchmarks")));
    match named.symmetric_difference(&present).next() {
        None => Ok(()),
        Some(path) => Err(format!("{}: no such file, or no class", path.display())),
    }
}

fn prints_the_same(program: &Path) -> Result<(), String> {
    let oracle = oracle(COMMAND)?;
    let run = |side| {
        oracle.run(side, program, &[OsStr::new(SMALLEST)], b"").map_err(|error| error.to_string())
    };
    let (reference, ours) = (run(Side::Reference)?, run(Side::Ours)?);
    if reference.end != End::Exited(0) || reference.stdout.is_empty() {
        let stderr = String::from_utf8_lossy(&reference.stderr);
        return Err(format!("under the reference: {}, {stderr}", reference.end));
    }
    match differences(&reference, &ours).first() {
        None => Ok(()),
        Some(finding) => {
            Err(format!("{}\n{}", finding.summary, finding.diff.as_deref().unwrap_or_default()))
        }
    }
}
