//! Counts of what a target's inputs reached.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many inputs ended where.
#[derive(Debug)]
pub struct Reached<const N: usize> {
    names: [&'static str; N],
    counts: [AtomicU64; N],
    n_inputs: AtomicU64,
}

impl<const N: usize> Reached<N> {
    /// Nothing reached so far; an input ends at one of the names.
    pub const fn new(names: [&'static str; N]) -> Self {
        Self { names, counts: [const { AtomicU64::new(0) }; N], n_inputs: AtomicU64::new(0) }
    }

    /// One more input ended at the name of that index.
    pub fn count(&self, idx: usize) {
        self.counts[idx].fetch_add(1, Ordering::Relaxed);
        self.n_inputs.fetch_add(1, Ordering::Relaxed);
    }

    /// Inputs that ended at the name of that index.
    pub fn n(&self, idx: usize) -> u64 {
        self.counts[idx].load(Ordering::Relaxed)
    }

    /// A line of shares, each time the number of inputs has doubled.
    pub fn due(&self) -> Option<String> {
        let n_inputs = self.n_inputs.load(Ordering::Relaxed);
        (n_inputs >= 4096 && n_inputs.is_power_of_two()).then(|| self.line())
    }

    /// The shares of all inputs so far.
    pub fn line(&self) -> String {
        let n_inputs = self.n_inputs.load(Ordering::Relaxed);
        let mut line = format!("reached, of {n_inputs} inputs:");
        for (name, count) in self.names.iter().zip(&self.counts) {
            let count = count.load(Ordering::Relaxed);
            let percent = 100.0 * count as f64 / n_inputs.max(1) as f64;
            let _ = write!(line, " {name} {percent:.1} %");
        }
        line
    }
}
