//! What a campaign has done.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use moonproof_hard::{Verdict, signature};
use serde_json::{Value, json};

use super::machines::Machine;
use super::workshop::Mutant;

/// Mutants with the same complaint that are written down.
const MAX_SAME: u64 = 3;

/// Tried and accepted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Share {
    /// How many were tried.
    pub n_tried: u64,
    /// How many of them were accepted.
    pub n_accepted: u64,
}

impl Share {
    /// The share that was accepted.
    pub fn accepted(self) -> f64 {
        self.n_accepted as f64 / self.n_tried.max(1) as f64
    }

    fn json(self) -> Value {
        json!({ "tried": self.n_tried, "accepted": self.n_accepted })
    }
}

/// Counts of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// All mutants.
    pub all: Share,
    /// Mutants that had been made before.
    pub n_repeated: u64,
    /// By the mutators of the last edits.
    pub mutators: BTreeMap<&'static str, Share>,
    /// Rejected ones, by rule.
    pub rules: BTreeMap<String, u64>,
    /// Accepted mutants by the number of their edits.
    pub chains: BTreeMap<usize, u64>,
    /// Of each machine: how runs ended.
    pub ends: BTreeMap<(&'static str, &'static str), u64>,
    /// Of each machine: instructions.
    pub n_steps: BTreeMap<&'static str, u64>,
    /// Runs of the reference by how many in ten of their chunk's instructions were executed.
    pub executed: [u64; 11],
    /// The same as the sum of the hundredths of each, to be divided by the number of the runs.
    pub n_percent: u64,
    /// Complaints, each with how often it came and after how many mutants it first did.
    pub findings: BTreeMap<String, (u64, u64)>,
    /// How long it took.
    pub time: Duration,
}

impl Stats {
    pub(super) fn accepted(&mut self, mutant: &Mutant) {
        self.tried(mutant, true);
        *self.chains.entry(mutant.n_edits()).or_default() += 1;
    }

    pub(super) fn rejected(&mut self, mutant: &Mutant, rule: &str) {
        self.tried(mutant, false);
        *self.rules.entry(rule.to_owned()).or_default() += 1;
    }

    fn tried(&mut self, mutant: &Mutant, is_accepted: bool) {
        let count = |share: &mut Share| {
            share.n_tried += 1;
            share.n_accepted += u64::from(is_accepted);
        };
        count(&mut self.all);
        for &name in &mutant.edits {
            count(self.mutators.entry(name).or_default());
        }
    }

    /// Counts what a machine says. Returns the kind of a complaint that is worth writing down.
    pub(super) fn verdict(&mut self, machine: Machine, verdict: &Verdict) -> Option<String> {
        let end = match verdict {
            Verdict::Fine(answer) if answer.n_errors == 0 => "without error",
            Verdict::Fine(answer) if answer.n_errors < answer.n_ways => "with some errors",
            Verdict::Fine(_) => "with errors only",
            Verdict::Refused => "not loaded",
            Verdict::TimedOut(_) => "out of time",
            Verdict::Finding(_) => "finding",
        };
        *self.ends.entry((machine.name(), end)).or_default() += 1;
        if let Verdict::Fine(answer) = verdict {
            *self.n_steps.entry(machine.name()).or_default() += u64::from(answer.n_steps);
            if machine == Machine::Reference
                && let Some(n) = self.executed.get_mut(usize::from(answer.percent / 10))
            {
                *n += 1;
                self.n_percent += u64::from(answer.percent);
            }
        }
        let Verdict::Finding(report) = verdict else { return None };
        let signature = format!("{}: {}", machine.name(), signature(report));
        let first = self.all.n_tried;
        let (n, _) = self.findings.entry(signature.clone()).or_insert((0, first));
        *n += 1;
        (*n <= MAX_SAME).then_some(signature)
    }

    /// Of an accepted mutant's instructions, how many in a hundred the reference executed on average.
    pub fn percent(&self) -> f64 {
        self.n_percent as f64 / self.executed.iter().sum::<u64>().max(1) as f64
    }

    /// How it is going.
    pub fn line(&self) -> String {
        let seconds = self.time.as_secs_f64().max(0.001);
        format!(
            "{} mutants, {} accepted ({:.1} %), {} findings of {} kinds; {:.0} s, {:.0} mutants/s, {:.0} runs/s",
            self.all.n_tried,
            self.all.n_accepted,
            100.0 * self.all.accepted(),
            self.findings.values().map(|(n, _)| n).sum::<u64>(),
            self.findings.len(),
            seconds,
            self.all.n_tried as f64 / seconds,
            self.all.n_accepted as f64 / seconds,
        )
    }

    /// Everything, to be read.
    pub fn text(&self) -> String {
        let mut text = self.line();
        text.push_str("\n\nmutator                      tried accepted\n");
        for (name, share) in &self.mutators {
            let _ =
                writeln!(text, "{name:26} {:7} {:7.1} %", share.n_tried, 100.0 * share.accepted());
        }
        text.push_str("\nrule    rejected\n");
        for (rule, n) in &self.rules {
            let _ = writeln!(text, "{rule:6} {n:9}");
        }
        text.push_str("\nruns\n");
        for ((machine, end), n) in &self.ends {
            let _ = writeln!(text, "{machine:10} {end:18} {n:9}");
        }
        let _ = writeln!(
            text,
            "\nof an accepted mutant's instructions {:.1} % are executed; mutants by tenths of them",
            self.percent()
        );
        for (tenths, n) in self.executed.iter().enumerate() {
            let _ = writeln!(text, "{tenths:2} {n:9}");
        }
        if !self.findings.is_empty() {
            text.push_str("\nfindings\n");
        }
        for (signature, (n, first)) in &self.findings {
            let _ = writeln!(text, "{n:6} times, first after {first} mutants: {signature}");
        }
        text
    }

    /// Everything, for programs.
    pub fn json(&self) -> Value {
        let by_name = |(name, share): (&&'static str, &Share)| ((*name).to_owned(), share.json());
        let ends: Vec<Value> = self
            .ends
            .iter()
            .map(|((machine, end), n)| json!({ "machine": machine, "end": end, "runs": n }))
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|(what, (n, first))| json!({ "what": what, "times": n, "first_after": first }))
            .collect();
        let chains: BTreeMap<String, u64> =
            self.chains.iter().map(|(n, count)| (n.to_string(), *count)).collect();
        json!({
            "mutants": self.all.n_tried,
            "accepted": self.all.n_accepted,
            "repeated": self.n_repeated,
            "seconds": self.time.as_secs_f64(),
            "instructions": self.n_steps,
            "mutators": self.mutators.iter().map(by_name).collect::<BTreeMap<_, _>>(),
            "rejected_by_rule": self.rules,
            "accepted_by_edits": chains,
            "runs": ends,
            "executed_tenths": self.executed,
            "executed_percent": self.percent(),
            "findings": findings,
        })
    }
}
