//! Suites `bytes`, `listing`, `round_trip`, `verify` and `errors`: what compiling a file gives, one
//! test for each file and question. Bytes come first: a difference there explains the others.

use std::path::Path;

use libtest_mimic::Trial;
use moonproof_tests::corpus::{files, test_name};
use moonproof_tests::gates::{self, Compilations};
use moonproof_tests::trial::{asserting, with_reference};

/// Sets of sources that compile.
pub(crate) const COMPILING: [&str; 2] = ["corpus/codegen", "corpus/programs"];

type Gate = fn(&Compilations) -> Result<(), String>;

const GATES: [(&str, Gate); 4] = [
    ("bytes", |both| both.accepted().and_then(|(reference, ours)| gates::bytes(reference, ours))),
    ("listing", |both| {
        both.accepted().and_then(|(reference, ours)| gates::same_listing(&reference.listing, ours))
    }),
    ("round_trip", |both| {
        let (reference, _) = both.accepted()?;
        gates::round_trip(&reference.plain)?;
        gates::round_trip(&reference.stripped)
    }),
    ("verify", |both| {
        let (reference, _) = both.accepted()?;
        gates::verifies(&reference.plain)?;
        gates::verifies(&reference.stripped)
    }),
];

pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (suite, gate) in GATES {
        for path in COMPILING.iter().flat_map(|set| files(set, "lua")) {
            let name = format!("{suite}::{}", test_name(&path));
            trials.push(with_reference(name, move || gate(&Compilations::of_file(&path))));
        }
    }
    for path in files("corpus/errors", "lua") {
        let name = format!("errors::{}", test_name(&path));
        trials.push(with_reference(name, move || is_refused(&path)));
    }
    trials.push(asserting("bytes::the_corpus_is_there", || {
        let n = |set| files(set, "lua").len();
        let counts = [n("corpus/codegen"), n("corpus/programs"), n("corpus/errors")];
        assert!(counts[0] >= 90 && counts[1] >= 38 && counts[2] >= 170, "{counts:?}");
    }));
    trials
}

/// Only a stack overflow has no place in its message.
fn is_refused(path: &Path) -> Result<(), String> {
    let message = gates::same_message(&Compilations::of_file(path))?;
    let message = String::from_utf8_lossy(&message);
    if message.starts_with("corpus/errors/") || message == "C stack overflow" {
        Ok(())
    } else {
        Err(format!("a message without a place: {message}"))
    }
}
