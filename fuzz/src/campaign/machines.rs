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
    /// The reference, with or without the monitor, and with sanitizers if they are for all ways.
    Reference,
    /// The reference with sanitizers, which goes one way only.
    Sanitized,
    /// Our VM.
    Ours,
}

impl Machine {
    /// Name, for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Sanitized => "sanitized",
            Self::Ours => "ours",
        }
    }
}

/// How much of what the reference runs it runs with sanitizers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sanitize {
    /// One of the ways of each mutant, beside all of them without: assertions and the monitor see
    /// everything, and a pointer that is wrong is seen at once in an eighth of the runs. In the
    /// others it is if it harms a block's end, or memory that was freed, or has it crash.
    #[default]
    OneWay,
    /// All ways of each mutant, which takes three times as long.
    All,
    /// None: for what the others notice by themselves.
    None,
}

/// The machines of a campaign.
#[derive(Debug)]
pub struct Machines {
    reference: Option<Gauntlet>,
    sanitized: Option<Gauntlet>,
    ours: Option<Gauntlet>,
    is_oracle: bool,
}

impl Machines {
    /// The reference as an oracle ([`Self::oracle`]), and our VM by way of a program that gives
    /// itself to [`super::ours::serve`] when it is called with [`OURS`].
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn both(program: PathBuf, sanitize: Sanitize) -> Result<Self, String> {
        let ours = Gauntlet::of(program, vec![OsString::from(OURS)]);
        Ok(Self { ours: Some(ours), ..Self::oracle(sanitize)? })
    }

    /// The reference as an oracle, twice or once.
    ///
    /// # Errors
    ///
    /// If it was not built.
    pub fn oracle(sanitize: Sanitize) -> Result<Self, String> {
        let sanitized = match sanitize {
            Sanitize::All => return Self::reference(true),
            Sanitize::OneWay => Some(Gauntlet::hard()?.one_way()),
            Sanitize::None => None,
        };
        let reference = Some(Gauntlet::monitored()?);
        Ok(Self { reference, sanitized, ours: None, is_oracle: true })
    }

    /// The reference with sanitizers only: as an oracle, or without the monitor.
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn reference(is_oracle: bool) -> Result<Self, String> {
        Ok(Self { reference: Some(Gauntlet::hard()?), sanitized: None, ours: None, is_oracle })
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
        let (reference, sanitized, ours) = thread::scope(|scope| {
            let ours = scope.spawn(|| run(&mut self.ours));
            let sanitized = scope.spawn(|| run(&mut self.sanitized));
            (run(&mut self.reference), sanitized.join(), ours.join())
        });
        let panicked = |_| io::Error::other("a thread has panicked");
        let mut all = [
            (Machine::Reference, reference?.into_iter()),
            (Machine::Sanitized, sanitized.map_err(panicked)??.into_iter()),
            (Machine::Ours, ours.map_err(panicked)??.into_iter()),
        ];
        let next = |_| {
            all.iter_mut()
                .filter_map(|(machine, verdicts)| Some((*machine, verdicts.next()?)))
                .collect()
        };
        Ok(mutants.iter().map(next).collect())
    }
}
