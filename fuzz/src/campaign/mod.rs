//! The campaign: whatever the verifier accepts runs, in the reference and in our VM, without a
//! complaint.
//!
//! [`soundness`] makes mutants of seeds ([`workshop`]), asks the verifier about each, and puts all
//! that are accepted through the ways a host may run them ([`machines`]): in the oracle build of
//! the reference and in our VM, each in a process of its own. It counts what it does ([`stats`]),
//! for a verifier that rejects everything would pass, too. What it finds is made small ([`shrink`]).
//!
//! [`completeness`] asks about programs that a compiler made, which must be accepted;
//! [`precision`] about rejected mutants that nothing happens to; and [`ablation`] whether the
//! campaign notices that a rule is missing, without which it would show nothing about that rule.

mod findings;
pub mod machines;
mod modes;
pub mod ours;
pub mod shrink;
pub mod stats;
pub mod workshop;

pub use modes::{Ablation, Completeness, Precision, ablation, completeness, precision};

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use moonproof_bytecode::Chunk;
use moonproof_hard::Verdict;
use moonproof_verifier::Rejection;

use findings::Finding;
use machines::Machines;
use stats::Stats;
use workshop::{Mutant, Workshop};

/// Says whether a chunk may run.
pub type Judge<'a> = &'a (dyn Fn(&Chunk) -> Result<(), Rejection> + Sync);

/// What a campaign is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where chance begins. The same seed makes the same mutants.
    pub seed: u64,
    /// Distinct mutants to try.
    pub n_mutants: u64,
    /// When to end at the latest.
    pub time: Duration,
    /// Findings of different kinds after which it ends.
    pub max_findings: usize,
    /// Where findings are written to, if anywhere.
    pub findings: Option<PathBuf>,
    /// Whether to say how it is going.
    pub is_talkative: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            n_mutants: 100_000,
            time: Duration::from_secs(24 * 3600),
            max_findings: 20,
            findings: None,
            is_talkative: false,
        }
    }
}

/// Accepted mutants that are run at a time.
const BATCH: usize = 256;

/// Which chunks have been seen.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashSet<u64>);

impl Seen {
    /// Whether these bytes are new.
    pub(crate) fn insert(&mut self, bytes: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        self.0.insert(hasher.finish())
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

/// Tries mutants until there were as many as wanted, or time is over, or too much was found.
///
/// # Errors
///
/// If a machine cannot be started, or a finding not be written.
pub fn soundness(
    options: &Options,
    judge: Judge<'_>,
    machines: &mut Machines,
) -> io::Result<Stats> {
    let mut maker = Maker::new(options, judge);
    let mut stats = Stats::default();
    let mut batch = maker.batch(&mut stats);
    while !batch.is_empty() {
        // The next ones are made of what was accepted before these, whatever becomes of them.
        let (outcomes, next) = machines.run_while(&batch, || maker.batch(&mut stats))?;
        for (mutant, outcomes) in batch.into_iter().zip(outcomes) {
            let mut is_fine = true;
            for (machine, verdict) in outcomes {
                let new = stats.verdict(machine, &verdict);
                let Verdict::Finding(report) = &verdict else { continue };
                is_fine = false;
                if let (Some(what), Some(folder)) = (new, &options.findings) {
                    let finding = Finding { mutant: &mutant, machine, what, report };
                    finding.write(folder, judge, machines)?;
                }
            }
            if is_fine {
                maker.workshop.keep(mutant);
            }
        }
        batch = next;
    }
    stats.time = maker.begin.elapsed();
    Ok(stats)
}

/// Makes mutants and asks the verifier about them.
struct Maker<'a> {
    options: &'a Options,
    judge: Judge<'a>,
    workshop: Workshop,
    seen: Seen,
    begin: Instant,
    told: Instant,
}

impl<'a> Maker<'a> {
    fn new(options: &'a Options, judge: Judge<'a>) -> Self {
        let now = Instant::now();
        let workshop = Workshop::new(options.seed);
        Self { options, judge, workshop, seen: Seen::default(), begin: now, told: now }
    }

    /// Whether there were as many as wanted, or time is over, or too much was found.
    fn is_over(&self, stats: &Stats) -> bool {
        self.seen.len() >= self.options.n_mutants
            || self.begin.elapsed() >= self.options.time
            || stats.findings.len() >= self.options.max_findings
    }

    /// Accepted mutants that are to be run; none when it is over.
    fn batch(&mut self, stats: &mut Stats) -> Vec<Mutant> {
        let mut batch = Vec::new();
        while batch.len() < BATCH && !self.is_over(stats) {
            let mutant = self.workshop.mutant();
            if !self.seen.insert(&mutant.bytes) {
                stats.n_repeated += 1;
                continue;
            }
            match (self.judge)(&mutant.chunk) {
                Ok(()) => {
                    stats.accepted(&mutant);
                    batch.push(mutant);
                }
                Err(rejection) => stats.rejected(&mutant, rejection.rule().id()),
            }
            if self.options.is_talkative && self.told.elapsed() > Duration::from_secs(60) {
                self.told = Instant::now();
                stats.time = self.begin.elapsed();
                eprintln!("{}", stats.line());
            }
        }
        batch
    }
}
