//! The machines that mutants are run by.

use std::ffi::OsString;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use moonproof_hard::{Gauntlet, Job, Verdict, Way};

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
    /// One way of each mutant, beside those without: a pointer that is wrong is seen at once there.
    /// In the others it is if it harms a block's end, or memory that was freed, or has it crash.
    #[default]
    OneWay,
    /// All ways that the reference goes, which takes more than twice as long.
    All,
    /// None: for what the others notice by themselves.
    None,
}

/// How machines run mutants.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How much is run with sanitizers.
    pub sanitize: Sanitize,
    /// How many of the ways each mutant goes in the reference, and in our VM. Half of them find
    /// almost as much in half the time.
    pub n_ways: usize,
    /// Mutants that are run at the same time.
    pub n_jobs: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            sanitize: Sanitize::default(),
            n_ways: 4,
            n_jobs: thread::available_parallelism().map_or(1, Into::into),
        }
    }
}

impl Plan {
    /// The ways of each machine, in an order that each mutant has for itself: where they do not go
    /// all, they go different ones, if they can.
    pub fn ways(self, machine: Machine) -> Range<usize> {
        let n = Way::ALL.len();
        match machine {
            Machine::Reference => 0..self.n_ways,
            Machine::Sanitized => n - 1..n,
            Machine::Ours => n.saturating_sub(self.n_ways)..n,
        }
    }
}

/// Mutants that are given to a process at a time: few, so that all are at work until the end of a
/// batch.
const PORTION: usize = 16;

/// What became of a mutant in each of the machines.
pub type Outcomes = Vec<(Machine, Verdict)>;

/// The machines of a campaign: so many sets of them that all processors are at work.
#[derive(Debug)]
pub struct Machines {
    /// Each with the same machines in the same order.
    sets: Vec<Vec<(Machine, Gauntlet)>>,
    is_oracle: bool,
}

impl Machines {
    /// The reference as an oracle ([`Self::oracle`]), and our VM by way of a program that gives
    /// itself to [`super::ours::serve`] when it is called with [`OURS`].
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn both(program: PathBuf, plan: Plan) -> Result<Self, String> {
        let mut machines = Self::oracle(plan)?;
        for set in &mut machines.sets {
            let ours = Gauntlet::of(program.clone(), vec![OsString::from(OURS)]);
            set.push((Machine::Ours, ours.ways(plan.ways(Machine::Ours))));
        }
        Ok(machines)
    }

    /// The reference as an oracle, twice or once.
    ///
    /// # Errors
    ///
    /// If it was not built.
    pub fn oracle(plan: Plan) -> Result<Self, String> {
        let mut machines = Self { sets: Vec::new(), is_oracle: true };
        for _ in 0..plan.n_jobs.max(1) {
            let reference = match plan.sanitize {
                Sanitize::All => Gauntlet::hard()?,
                Sanitize::OneWay | Sanitize::None => Gauntlet::monitored()?,
            };
            let reference = reference.ways(plan.ways(Machine::Reference));
            let mut set = vec![(Machine::Reference, reference)];
            if plan.sanitize == Sanitize::OneWay {
                let sanitized = Gauntlet::hard()?.ways(plan.ways(Machine::Sanitized));
                set.push((Machine::Sanitized, sanitized));
            }
            machines.sets.push(set);
        }
        Ok(machines)
    }

    /// The reference with sanitizers only, without the monitor.
    ///
    /// # Errors
    ///
    /// If the hard reference was not built.
    pub fn reference() -> Result<Self, String> {
        let plan = Plan { sanitize: Sanitize::All, n_ways: Way::ALL.len(), ..Plan::default() };
        Ok(Self { is_oracle: false, ..Self::oracle(plan)? })
    }

    /// Runs one chunk by one machine.
    ///
    /// # Errors
    ///
    /// If the machine cannot be started, or there is none.
    pub fn run_one(&mut self, machine: Machine, chunk: &[u8], seed: u64) -> io::Result<Verdict> {
        let is_oracle = self.is_oracle;
        let set = self.sets.iter_mut().flatten();
        let (_, gauntlet) =
            set.into_iter().find(|(own, _)| *own == machine).ok_or_else(panicked)?;
        gauntlet.run_one(Job { chunk, seed, is_oracle })
    }

    /// Runs mutants by all machines, and says of each what became of it.
    ///
    /// # Errors
    ///
    /// If a machine cannot be started.
    pub fn run(&mut self, mutants: &[Mutant]) -> io::Result<Vec<Outcomes>> {
        self.run_while(mutants, || {}).map(|(outcomes, ())| outcomes)
    }

    /// Runs mutants by all machines, and does something else meanwhile.
    ///
    /// # Errors
    ///
    /// If a machine cannot be started.
    pub fn run_while<T>(
        &mut self,
        mutants: &[Mutant],
        meanwhile: impl FnOnce() -> T,
    ) -> io::Result<(Vec<Outcomes>, T)> {
        let n_machines = self.sets.first().map_or(0, Vec::len);
        let portions: Vec<&[Mutant]> = mutants.chunks(PORTION).collect();
        let next = AtomicUsize::new(0);
        // For each machine, a list of verdicts for each portion.
        let verdicts = Mutex::new(vec![vec![Vec::new(); portions.len()]; n_machines]);
        let is_oracle = self.is_oracle;
        let work = |set: &mut Vec<(Machine, Gauntlet)>| -> io::Result<()> {
            loop {
                let item = next.fetch_add(1, Ordering::Relaxed);
                let (machine, at) = (item / portions.len().max(1), item % portions.len().max(1));
                let (Some((_, gauntlet)), Some(portion)) = (set.get_mut(machine), portions.get(at))
                else {
                    return Ok(());
                };
                let job = |mutant| job(mutant, is_oracle);
                let found = gauntlet.run(&portion.iter().map(job).collect::<Vec<_>>())?;
                let mut verdicts = verdicts.lock().map_err(|_| panicked())?;
                verdicts[machine][at] = found;
            }
        };
        let (done, meanwhile) = thread::scope(|scope| {
            let workers: Vec<_> =
                self.sets.iter_mut().map(|set| scope.spawn(|| work(set))).collect();
            let meanwhile = meanwhile();
            let done: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
            (done, meanwhile)
        });
        for done in done {
            done.map_err(|_| panicked())??;
        }
        let verdicts = verdicts.into_inner().map_err(|_| panicked())?;
        let mut verdicts: Vec<_> =
            verdicts.into_iter().map(|portions| portions.into_iter().flatten()).collect();
        let machines = self.sets.first().map_or(&[][..], Vec::as_slice);
        let outcomes = mutants.iter().map(|_| {
            let each = machines.iter().zip(&mut verdicts);
            each.filter_map(|((machine, _), verdicts)| Some((*machine, verdicts.next()?))).collect()
        });
        Ok((outcomes.collect(), meanwhile))
    }
}

fn job(mutant: &Mutant, is_oracle: bool) -> Job<'_> {
    Job { chunk: &mutant.bytes, seed: mutant.seed, is_oracle }
}

fn panicked() -> io::Error {
    io::Error::other("a thread has panicked")
}
