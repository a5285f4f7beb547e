//! A process that runs chunks, and what it says about them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Jobs that are handed over at a time: their answers must fit into a pipe, for nobody reads them
/// while jobs are written.
pub const MAX_JOBS: usize = 512;

/// Longest report that is kept of a process that was ended by a chunk.
const MAX_REPORT: u64 = 1 << 20;

/// A way of running a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    /// Called without arguments, among the standard libraries.
    Called,
    /// Called with a few arguments.
    Arguments,
    /// Called with up to 3000.
    Many,
    /// Resumed as a coroutine that yields wherever it can.
    Resumed,
    /// Dumped, with or without debug information, and loaded again.
    Again,
    /// Called while there is no memory left.
    NoMemory,
    /// Interrupted by an error at any instruction, with a traceback.
    Interrupted,
    /// Called under hooks that ask for everything.
    Watched,
}

impl Way {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Called,
        Self::Arguments,
        Self::Many,
        Self::Resumed,
        Self::Again,
        Self::NoMemory,
        Self::Interrupted,
        Self::Watched,
    ];
}

/// A chunk to run.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The chunk.
    pub chunk: &'a [u8],
    /// Decides whatever is left open: how many arguments, when to collect, to yield, to fail.
    pub seed: u64,
    /// Whether the invariants of verified code are asserted.
    pub is_oracle: bool,
}

/// What a process says of a chunk that did not end it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Ways that were gone to their end.
    pub n_ways: u8,
    /// Of these, how many ended with an error.
    pub n_errors: u8,
    /// Of its instructions, how many in a hundred were executed; of the reference only.
    pub percent: u8,
    /// Instructions that were executed.
    pub n_steps: u32,
}

/// What became of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to complain about.
    Fine(Answer),
    /// It was not loaded.
    Refused,
    /// It takes too long, which is no complaint.
    TimedOut(Answer),
    /// It has ended the process, which said this.
    Finding(String),
}

impl Verdict {
    /// Whether something has gone wrong.
    pub fn is_finding(&self) -> bool {
        matches!(self, Self::Finding(_))
    }
}

/// A process that runs chunks; started when it is first needed, and again when one ended it.
#[derive(Debug)]
pub struct Gauntlet {
    exe: PathBuf,
    args: Vec<OsString>,
    report: PathBuf,
    running: Option<Running>,
    /// Which of the ways each job goes, in an order of its own.
    ways: Range<usize>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Gauntlet {
    fn drop(&mut self) {
        self.running = None;
        let _ = fs::remove_file(&self.report);
    }
}

impl Gauntlet {
    /// The hard reference.
    ///
    /// # Errors
    ///
    /// If it was not built.
    pub fn hard() -> Result<Self, String> {
        Ok(Self::of(crate::executable()?.to_path_buf(), Vec::new()))
    }

    /// The reference without sanitizers, which takes a third of the time: assertions and the monitor
    /// see most, and blocks of memory that are overwritten or used after they were freed are noticed
    /// most likely, if later.
    ///
    /// # Errors
    ///
    /// If it was not built.
    pub fn monitored() -> Result<Self, String> {
        Ok(Self::of(crate::monitored()?.to_path_buf(), Vec::new()))
    }

    /// Each job goes some of the ways only. Its seed puts them in an order; these of them.
    #[must_use]
    pub fn ways(mut self, ways: Range<usize>) -> Self {
        self.ways = ways;
        self
    }

    /// Another executable that understands the protocol of `driver/gauntlet.c`.
    pub fn of(exe: PathBuf, args: Vec<OsString>) -> Self {
        static N: AtomicU32 = AtomicU32::new(0);
        let n = N.fetch_add(1, Ordering::Relaxed);
        let name = format!("moonproof-gauntlet-{}-{n}", std::process::id());
        Self {
            exe,
            args,
            report: std::env::temp_dir().join(name),
            running: None,
            ways: 0..Way::ALL.len(),
        }
    }

    /// Runs chunks, and says of each what became of it.
    ///
    /// # Errors
    ///
    /// If the process cannot be started, or does not do what it should.
    pub fn run(&mut self, jobs: &[Job<'_>]) -> io::Result<Vec<Verdict>> {
        let mut verdicts = Vec::with_capacity(jobs.len());
        while let Some(rest) = jobs.get(verdicts.len()..).filter(|rest| !rest.is_empty()) {
            let batch = &rest[..rest.len().min(MAX_JOBS)];
            let mut bytes = Vec::new();
            for job in batch {
                let flags =
                    u32::from(job.is_oracle) | some_ways(job.seed, &self.ways) << WAYS_SHIFT;
                put(&mut bytes, flags, job.seed, &[job.chunk]);
            }
            self.run_batch(&bytes, batch.len(), &mut verdicts)?;
        }
        Ok(verdicts)
    }

    /// Runs a script among all libraries there are, `debug` included, which finds the chunk in the
    /// global `chunk`. Only the reference can do that. It does so a few times, collecting at other
    /// places each time, for it may depend on the size of the stack whether something happens.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub fn run_host(&mut self, host: &str, chunk: &[u8], is_oracle: bool) -> io::Result<Verdict> {
        let flags = u32::from(is_oracle) | HOST;
        let len = (host.len() as u32).to_ne_bytes();
        let mut verdicts = Vec::new();
        for seed in 0..HOST_RUNS {
            let mut bytes = Vec::new();
            put(&mut bytes, flags, seed, &[&len, host.as_bytes(), chunk]);
            self.run_batch(&bytes, 1, &mut verdicts)?;
            if verdicts.last().is_some_and(Verdict::is_finding) {
                break;
            }
        }
        Ok(verdicts.swap_remove(verdicts.len() - 1))
    }

    /// Runs one chunk.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub fn run_one(&mut self, job: Job<'_>) -> io::Result<Verdict> {
        Ok(self.run(&[job])?.remove(0))
    }

    /// Adds a verdict for each of `n` requests, or for those up to one that ended the process.
    fn run_batch(&mut self, bytes: &[u8], n: usize, verdicts: &mut Vec<Verdict>) -> io::Result<()> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        // If it has died meanwhile, there will be answers up to that point.
        let _ = running.stdin.write_all(bytes);
        for _ in 0..n {
            let mut answer = [0; 8];
            if running.stdout.read_exact(&mut answer).is_err() {
                let status = running.child.wait()?;
                let report = self.read_report();
                verdicts.push(Verdict::Finding(format!("{}\n{status}", report.trim_end())));
                return Ok(());
            }
            let [status, n_ways, n_errors, percent, n_steps @ ..] = answer;
            let answer = Answer { n_ways, n_errors, percent, n_steps: u32::from_ne_bytes(n_steps) };
            verdicts.push(match status {
                b'd' => Verdict::Fine(answer),
                b'r' | b's' => Verdict::Refused,
                b't' => Verdict::TimedOut(answer),
                _ => return Err(io::ErrorKind::InvalidData.into()),
            });
            if status == b't' {
                return Ok(());
            }
        }
        self.running = Some(running);
        Ok(())
    }

    fn start(&self) -> io::Result<Running> {
        let mut child = Command::new(&self.exe)
            .args(&self.args)
            .env(
                "ASAN_OPTIONS",
                "detect_leaks=0:quarantine_size_mb=8:allocator_may_return_null=1:handle_abort=0:\
                 detect_stack_use_after_return=0:hard_rss_limit_mb=2048:malloc_context_size=1",
            )
            .env("UBSAN_OPTIONS", "print_stacktrace=1")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&self.report)?)
            .spawn()?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let prelude = crate::PRELUDE.as_bytes();
        let mut bytes = (prelude.len() as u32).to_ne_bytes().to_vec();
        bytes.extend_from_slice(prelude);
        // If it cannot even read this, it has no answers either.
        let _ = stdin.write_all(&bytes);
        Ok(Running { child, stdin, stdout: BufReader::new(stdout) })
    }

    fn read_report(&self) -> String {
        let mut bytes = Vec::new();
        if let Ok(file) = File::open(&self.report) {
            let _ = file.take(MAX_REPORT).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Flag of a request that brings a host along.
const HOST: u32 = 2;
/// Runs of such a request, unless one is a finding.
const HOST_RUNS: u64 = 6;
/// Where the flags of a request have the ways to go, as bits. None is all.
pub const WAYS_SHIFT: u32 = 8;

/// Some of the ways, as bits, of the order in which the seed puts them.
fn some_ways(seed: u64, wanted: &Range<usize>) -> u32 {
    let mut left = Way::ALL.to_vec();
    let mut chance = seed >> 7;
    let mut ways = 0;
    for at in 0..Way::ALL.len() {
        let n_left = left.len() as u64;
        let way = left.swap_remove((chance % n_left) as usize);
        chance /= n_left;
        ways |= u32::from(wanted.contains(&at)) << way as u32;
    }
    ways
}

/// Adds a request with a body in parts.
fn put(bytes: &mut Vec<u8>, flags: u32, seed: u64, body: &[&[u8]]) {
    let len: usize = body.iter().map(|part| part.len()).sum();
    bytes.extend((len as u32).to_ne_bytes());
    bytes.extend(flags.to_ne_bytes());
    bytes.extend(seed.to_ne_bytes());
    bytes.extend(body.iter().copied().flatten());
}

/// The line of a report that tells one kind of finding from another, without addresses.
pub fn signature(report: &str) -> String {
    let kinds = [
        ("moonproof: ", ""),
        ("AddressSanitizer: ", "ASan: "),
        ("runtime error: ", "UBSan: "),
        ("panicked at ", "panic: "),
    ];
    let line = report.lines().find_map(|line| {
        if let Some((place, _)) = line.split_once(": Assertion `") {
            // The expression, with its macros, is longer than it helps.
            let place = place.rsplit('/').next().unwrap_or(place);
            return Some(format!("assertion at {place}"));
        }
        let (mark, kind) = kinds.iter().find(|(mark, _)| line.contains(mark))?;
        let at = line.find(mark)? + mark.len();
        (!line.starts_with("moonproof: way")).then(|| format!("{kind}{}", &line[at..]))
    });
    let line = line.unwrap_or_else(|| report.lines().last().unwrap_or_default().to_owned());
    let words: Vec<&str> = line.split(' ').filter(|word| !word.starts_with("0x")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_shared_out() {
        for seed in [0, 1, 0x1234_5678_9ABC, u64::MAX] {
            let some = |wanted| some_ways(seed, &wanted);
            assert_eq!(some(0..8), 0xFF);
            assert_eq!((some(0..4).count_ones(), some(7..8).count_ones()), (4, 1));
            assert_eq!(some(0..4) | some(4..8), 0xFF);
        }
        assert_ne!(some_ways(1 << 7, &(0..1)), some_ways(2 << 7, &(0..1)));
    }

    #[test]
    fn signatures_tell_what_happened() {
        let check = |report: &str, expected: &str| assert_eq!(signature(report), expected);
        check("moonproof: V3: open\nmoonproof: way: called\nexit status: 134", "V3: open");
        check("x: /y/lvm.c:1: f: Assertion `a == b' failed.\n", "assertion at lvm.c:1: f");
        check(
            "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1 at pc 0x2\n",
            "ASan: heap-use-after-free on address at pc",
        );
        check("lvm.c:3:9: runtime error: shift of 1\n", "UBSan: shift of 1");
        check("moonproof: way: called\nsignal: 11", "signal: 11");
    }
}
