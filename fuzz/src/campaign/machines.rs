//! The machines that mutants are run by.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::thread;

use moonproof_hard::{Gauntlet, Job, Verdict};

use super::workshop::Mutant;

/// The argument with which a program becomes a process that runs chunks in our VM.
pub const OURS: &str = "--run-chunks";

/// One of the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Machine {
    /// The hard reference, with or without the monitor.
    Reference,
    /// Our VM.
    Ours,
}

impl Machine {
    /// Name, for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Ours => "ours",
        }
    }
}

/// The machines of a campaign.
#[derive(Debug)]
pub struct Machines {
    reference: Option<Gauntlet>,
    ours: Option<Gauntlet>,
    is_oracle: bool,
}

impl Machines {
    /// The hard reference as an oracle, and our VM by way of a program that gives itself to
    /// [`super::ours::serve`] when it is called with [`OURS`].
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn both(program: PathBuf) -> Result<Self, String> {
        let ours = Gauntlet::of(program, vec![OsString::from(OURS)]);
        Ok(Self { reference: Some(Gauntlet::hard()?), ours: Some(ours), is_oracle: true })
    }

    /// The reference only: as an oracle, or without the monitor.
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn reference(is_oracle: bool) -> Result<Self, String> {
        Ok(Self { reference: Some(Gauntlet::hard()?), ours: None, is_oracle })
    }

    /// Runs mutants by all machines, at the same time, and says of each what became of it.
    ///
    /// # Errors
    ///
    /// If a machine cannot be started.
    pub fn run(&mut self, mutants: &[Mutant]) -> io::Result<Vec<Vec<(Machine, Verdict)>>> {
        let is_oracle = self.is_oracle;
        let jobs: Vec<Job<'_>> = mutants
            .iter()
            .map(|mutant| Job { chunk: &mutant.bytes, seed: mutant.seed, is_oracle })
            .collect();
        let run = |gauntlet: &mut Option<Gauntlet>| match gauntlet {
            Some(gauntlet) => gauntlet.run(&jobs),
            None => Ok(Vec::new()),
        };
        let (reference, ours) = thread::scope(|scope| {
            let ours = scope.spawn(|| run(&mut self.ours));
            let reference = run(&mut self.reference);
            (reference, ours.join())
        });
        let mut reference = reference?.into_iter();
        let mut ours = ours.map_err(|_| io::Error::other("a thread has panicked"))??.into_iter();
        let both = |_| {
            let reference = reference.next().map(|verdict| (Machine::Reference, verdict));
            let ours = ours.next().map(|verdict| (Machine::Ours, verdict));
            reference.into_iter().chain(ours).collect()
        };
        Ok(mutants.iter().map(both).collect())
    }
}
