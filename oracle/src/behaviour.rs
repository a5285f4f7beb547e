//! Comparison of what a script does: standard output, standard error, exit status.
//!
//! Some scripts do not do the same twice: they print the time, or walk a table in the order of
//! hashes, which the reference seeds anew each time. Before a difference is reported, the reference
//! is run again; if its own runs differ, nothing can be said.

use std::io;
use std::path::Path;

use crate::child::{End, Outcome};
use crate::diff;
use crate::normal::hide_addresses;
use crate::reference::Oracle;
use crate::report::{Finding, FindingKind};
use crate::server::Side;

/// What comparing two runs gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// They did the same.
    Same,
    /// They did not.
    Different(Vec<Finding>),
    /// It cannot be said, for this reason.
    Unknown(&'static str),
}

/// How often the reference is run again before a difference counts.
const N_REPEATS: usize = 2;

/// Runs a script under both sides and compares.
///
/// # Errors
///
/// If a child cannot be started.
pub fn compare(oracle: &Oracle, script: &Path, stdin: &[u8]) -> io::Result<Behaviour> {
    let reference = oracle.run(Side::Reference, script, &[], stdin)?;
    match reference.end {
        End::TimedOut => return Ok(Behaviour::Unknown("the reference ran out of time")),
        End::TooMuchOutput => return Ok(Behaviour::Unknown("the reference printed too much")),
        End::Exited(_) | End::Signalled(_) => {}
    }
    let ours = oracle.run(Side::Ours, script, &[], stdin)?;
    let findings = differences(&reference, &ours);
    if findings.is_empty() {
        return Ok(Behaviour::Same);
    }
    for _ in 0..N_REPEATS {
        let again = oracle.run(Side::Reference, script, &[], stdin)?;
        if !differences(&reference, &again).is_empty() {
            return Ok(Behaviour::Unknown("the reference does not do the same twice"));
        }
    }
    Ok(Behaviour::Different(findings))
}

/// Exit status of a Rust program that panicked.
const PANIC: i32 = 101;

/// The differences between two runs, but for addresses.
pub fn differences(reference: &Outcome, ours: &Outcome) -> Vec<Finding> {
    let mut findings = Vec::new();
    if reference.end != ours.end {
        let kind = match ours.end {
            End::Exited(PANIC) => FindingKind::Crash,
            End::Exited(_) => FindingKind::Status,
            End::TimedOut => FindingKind::Timeout,
            End::TooMuchOutput => FindingKind::Stdout,
            End::Signalled(_) => FindingKind::Crash,
        };
        let summary = format!("reference: {}, moonproof: {}", reference.end, ours.end);
        findings.push(Finding::new(kind, summary));
    }
    let streams = [
        (FindingKind::Stdout, &reference.stdout, &ours.stdout),
        (FindingKind::Stderr, &reference.stderr, &ours.stderr),
    ];
    for (kind, reference, ours) in streams {
        let (reference, ours) = (hide_addresses(reference), hide_addresses(ours));
        if reference != ours {
            let summary = format!("{} differs", kind.noun());
            findings.push(Finding::new(kind, summary).with_diff(diff::unified(&reference, &ours)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_status_are_compared() {
        let run = |stdout: &str, status| Outcome {
            stdout: stdout.into(),
            stderr: Vec::new(),
            end: End::Exited(status),
        };
        let kinds = |a, b| differences(&a, &b).iter().map(|f| f.kind).collect::<Vec<_>>();
        assert_eq!(kinds(run("table: 0x5555551234", 0), run("table: 0x7f0000001234", 0)), []);
        assert_eq!(kinds(run("1", 0), run("1.0", 0)), [FindingKind::Stdout]);
        assert_eq!(kinds(run("1", 0), run("2", 1)), [FindingKind::Status, FindingKind::Stdout]);
        let crash = Outcome { end: End::Signalled(11), ..run("", 0) };
        assert_eq!(kinds(run("", 1), crash), [FindingKind::Crash]);
    }
}
