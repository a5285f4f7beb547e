//! Running a command to its end, within limits.
//!
//! A child is the leader of a process group of its own, so that whatever it starts is ended with
//! it. Output is read while it runs, up to a limit; time is watched from here. Memory is limited by
//! the child itself as the first thing it does, see [`crate::entry`].

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// What a child may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time from start to end.
    pub time: Duration,
    /// Address space, in bytes.
    pub memory: u64,
    /// Bytes of standard output, and as many of standard error.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), memory: 2 << 30, output: 64 << 20 }
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status.
    Exited(i32),
    /// By a signal that was not ours.
    Signalled(i32),
    /// It was killed since its time was over.
    TimedOut,
    /// It was killed since it printed too much.
    TooMuchOutput,
}

impl End {
    /// How a process that ended by itself did so.
    pub fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Exited(code),
            (None, signal) => Self::Signalled(signal.unwrap_or(0)),
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Signalled(signal) => write!(f, "killed by signal {signal}"),
            Self::TimedOut => f.write_str("out of time"),
            Self::TooMuchOutput => f.write_str("too much output"),
        }
    }
}

/// What a child left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How long output is waited for once the child itself has ended.
const GRACE: Duration = Duration::from_millis(500);

/// Runs `command` with `stdin` to its end, or to its limits.
///
/// # Errors
///
/// If the command cannot be started or waited for.
pub fn run(mut command: Command, stdin: &[u8], limits: &Limits) -> io::Result<Outcome> {
    command.stdin(if stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = spawn_group(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (in_pipe, out_pipe, err_pipe) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let too_much = AtomicBool::new(false);
    let n_open = AtomicUsize::new(2);
    thread::scope(|scope| {
        if let Some(mut pipe) = in_pipe {
            // A child that does not read all of its input is no concern of ours.
            scope.spawn(move || drop(pipe.write_all(stdin)));
        }
        let stdout = scope.spawn(|| drain(out_pipe, limits.output, &too_much, &n_open));
        let stderr = scope.spawn(|| drain(err_pipe, limits.output, &too_much, &n_open));
        let end = watch(&mut child, limits.time, &too_much, &n_open);
        // Whatever it has started and left behind must not hold the pipes open.
        kill_group(&child);
        Ok(Outcome {
            stdout: stdout.join().unwrap_or_default(),
            stderr: stderr.join().unwrap_or_default(),
            end: end?,
        })
    })
}

/// Starts a command as the leader of a new process group.
pub(crate) fn spawn_group(command: &mut Command) -> io::Result<Child> {
    command.process_group(0).spawn()
}

/// Kills a child that leads a process group, with all of the group.
pub(crate) fn kill_group(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may be gone already.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Reads a pipe to its end, or until there is too much.
fn drain(
    pipe: Option<impl Read>,
    limit: usize,
    too_much: &AtomicBool,
    n_open: &AtomicUsize,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // An error ends the text where it occurs.
        let _ = pipe.take(limit as u64 + 1).read_to_end(&mut bytes);
    }
    if bytes.len() > limit {
        bytes.truncate(limit);
        too_much.store(true, Ordering::Relaxed);
    }
    n_open.fetch_sub(1, Ordering::Relaxed);
    bytes
}

/// Waits for the child and its pipes, and kills it when a limit is reached.
fn watch(
    child: &mut Child,
    time: Duration,
    too_much: &AtomicBool,
    n_open: &AtomicUsize,
) -> io::Result<End> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(100);
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status, Instant::now()));
        }
        if too_much.load(Ordering::Relaxed) {
            kill_group(child);
            child.wait()?;
            return Ok(End::TooMuchOutput);
        }
        if let Some((status, at)) = ended {
            if n_open.load(Ordering::Relaxed) == 0 || at.elapsed() > GRACE {
                return Ok(End::of(status));
            }
        } else if start.elapsed() > time {
            kill_group(child);
            child.wait()?;
            return Ok(End::TimedOut);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}
