//! Suites `bytes`, `listing`, `round_trip`, `verify` and `errors`: what compiling a file gives, one
//! test for each file and question. Bytes come first: a difference there explains the others.

use std::path::Path;

use libtest_mimic::Trial;
use moonproof_bytecode::{Strip, dump, load};
use moonproof_compiler::compile;
use moonproof_fuzz::Rng;
use moonproof_fuzz::mutate::mutate_chunk;
use moonproof_tests::corpus::{files, test_name};
use moonproof_tests::gates::{self, Compilations};
use moonproof_tests::trial::{asserting, plain, with_reference};

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
    trials.push(plain("round_trip::mutants_have_texts", mutants_have_texts));
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

/// Edited chunks, and chunks of which bytes were changed, removed or added at random: if they load,
/// they come back from their text.
fn mutants_have_texts() -> Result<(), String> {
    const PER_SOURCE: u64 = 40;
    let mut n_loaded = 0;
    for path in files("corpus/codegen", "lua") {
        let source = std::fs::read(&path).map_err(|error| error.to_string())?;
        // Long chunks have no more kinds of damage.
        let Ok(chunk) = compile(&source, b"=mutant") else { continue };
        let good = dump(&chunk, Strip::Nothing);
        for seed in 0..PER_SOURCE {
            let mut rng = Rng::new(seed ^ good.len() as u64);
            let mut bytes = good.clone();
            if rng.one_in(2) {
                bytes = mutate_chunk(&bytes, 1 << 20, seed).unwrap_or(bytes);
            }
            for _ in 0..rng.below(3) {
                let at = rng.below(bytes.len());
                match rng.below(4) {
                    0 => drop(bytes.remove(at)),
                    1 => bytes.insert(at, rng.bits() as u8),
                    _ => bytes[at] = rng.bits() as u8,
                }
            }
            if load(&bytes).is_ok() {
                n_loaded += 1;
                gates::same_assembly(&bytes)
                    .map_err(|error| format!("{}, seed {seed}: {error}", path.display()))?;
            }
        }
    }
    if n_loaded > 1000 { Ok(()) } else { Err(format!("only {n_loaded} mutants load")) }
}
