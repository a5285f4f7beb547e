//! The other questions: is everything accepted that must be, and how much that need not be
//! rejected is?

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use moonproof_bytecode::{Strip, dump, load};
use moonproof_compiler::compile;
use moonproof_hard::{Verdict, signature};

use super::machines::Machines;
use super::workshop::{Mutant, Workshop};
use super::{BATCH, Judge, Options, Seen};
use crate::generate::program;

/// What came of generated programs.
#[derive(Clone, Debug, Default)]
pub struct Completeness {
    /// Programs that were compiled.
    pub n_programs: u64,
    /// Functions in them.
    pub n_functions: u64,
    /// Instructions in them.
    pub n_instructions: u64,
    /// Programs that do not verify, with why: `seed, plain or stripped: rejection`.
    pub rejected: Vec<String>,
}

/// Asks about generated programs, plain and stripped: the one of `seed` and those behind it.
///
/// # Panics
///
/// If a program does not compile.
pub fn completeness(seed: u64, n: u64, judge: Judge<'_>) -> Completeness {
    let mut result = Completeness::default();
    for seed in seed..seed.saturating_add(n) {
        let source = program(seed);
        let chunk = match compile(source.as_bytes(), b"=generated") {
            Ok(chunk) => chunk,
            Err(error) => panic!("{seed}: {}", error.message().escape_ascii()),
        };
        result.n_programs += 1;
        let mut functions = vec![&chunk.main];
        while let Some(function) = functions.pop() {
            result.n_functions += 1;
            result.n_instructions += function.code.len() as u64;
            functions.extend(&function.protos);
        }
        for strip in [Strip::Nothing, Strip::DebugInfo] {
            let loaded = load(&dump(&chunk, strip)).expect("a chunk that was dumped");
            if let Err(rejection) = judge(&loaded) {
                result.rejected.push(format!("{seed}, {strip:?}: {rejection}"));
            }
        }
    }
    result
}

/// What came of a verifier without one of its rules.
#[derive(Clone, Debug, Default)]
pub struct Ablation {
    /// Mutants that were made.
    pub n_mutants: u64,
    /// Of these, only that rule rejects so many.
    pub n_candidates: u64,
    /// The complaint about one of them.
    pub finding: Option<String>,
    /// Time until then, or in all.
    pub time: Duration,
}

/// Candidates of an ablation that are run at a time.
const FEW: usize = 32;

/// Runs mutants that only one rule rejects until there is a complaint: `without` is the verifier
/// without that rule. What is accepted by `full` as well is not run, only built upon.
///
/// # Errors
///
/// If a machine cannot be started, or a finding not be written.
pub fn ablation(
    options: &Options,
    (full, without): (Judge<'_>, Judge<'_>),
    machines: &mut Machines,
) -> io::Result<Ablation> {
    let mut workshop = Workshop::new(options.seed);
    let mut seen = Seen::default();
    let mut result = Ablation::default();
    let begin = Instant::now();
    let mut batch: Vec<Mutant> = Vec::new();
    while result.finding.is_none() {
        let is_over = result.n_mutants >= options.n_mutants || begin.elapsed() >= options.time;
        if batch.len() >= FEW || is_over {
            let outcomes = machines.run(&batch)?;
            let mut verdicts = outcomes.iter().flatten();
            result.finding = verdicts.find_map(|(_, verdict)| match verdict {
                Verdict::Finding(report) => Some(signature(report)),
                _ => None,
            });
            batch.clear();
        }
        if is_over {
            break;
        }
        let mutant = workshop.mutant();
        if !seen.insert(&mutant.bytes) {
            continue;
        }
        result.n_mutants += 1;
        if full(&mutant.chunk).is_ok() {
            workshop.keep(mutant);
        } else if without(&mutant.chunk).is_ok() {
            result.n_candidates += 1;
            batch.push(mutant);
        }
    }
    result.time = begin.elapsed();
    Ok(result)
}

/// What came of mutants that were rejected, or not, for nothing.
#[derive(Clone, Debug, Default)]
pub struct Precision {
    /// Mutants that were made.
    pub n_mutants: u64,
    /// Of these, the reference ran so many without a complaint.
    pub n_clean: u64,
    /// Of those, so many were rejected.
    pub n_rejected: u64,
    /// Of those, by rule.
    pub rules: BTreeMap<String, u64>,
    /// Clean ones of which nine in ten instructions, or more, were executed.
    pub n_executed: u64,
    /// Of these, so many were rejected.
    pub n_executed_rejected: u64,
}

/// Runs mutants in the hard reference, whether they are accepted or not, and counts those it has
/// no complaint about that the verifier rejects. No complaint is not to say that there is nothing
/// wrong: a few runs see what happens in them.
///
/// # Errors
///
/// If the reference cannot be started.
pub fn precision(
    options: &Options,
    judge: Judge<'_>,
    machines: &mut Machines,
) -> io::Result<Precision> {
    let mut workshop = Workshop::new(options.seed);
    let mut seen = Seen::default();
    let mut result = Precision::default();
    let begin = Instant::now();
    let mut batch: Vec<Mutant> = Vec::new();
    while result.n_mutants < options.n_mutants && begin.elapsed() < options.time {
        while batch.len() < BATCH {
            let mutant = workshop.mutant();
            if seen.insert(&mutant.bytes) {
                batch.push(mutant);
            }
        }
        let outcomes = machines.run(&batch)?;
        for (mutant, verdicts) in batch.drain(..).zip(outcomes) {
            result.n_mutants += 1;
            let [(_, Verdict::Fine(answer))] = verdicts.as_slice() else { continue };
            let is_executed = answer.percent >= 90;
            result.n_clean += 1;
            result.n_executed += u64::from(is_executed);
            match judge(&mutant.chunk) {
                Ok(()) => workshop.keep(mutant),
                Err(rejection) => {
                    result.n_rejected += 1;
                    result.n_executed_rejected += u64::from(is_executed);
                    *result.rules.entry(rejection.rule().id().to_owned()).or_default() += 1;
                }
            }
        }
    }
    Ok(result)
}
