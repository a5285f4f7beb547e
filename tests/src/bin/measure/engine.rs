//! Engines that run scripts, each run in a process of its own.
//!
//! Both sides are the programs that their users start: the reference linked as its makefile does,
//! ours as `cargo build` does. What a process took is told of the children of one, and not of each;
//! so between this program and an engine stands another process of this program, with that one
//! child.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::stats::median;

const TIME: &str = "--time";

/// What stands before the figures, behind whatever the engine printed.
const MARK: &str = "\u{1}took ";

/// Looks whether this process was started by one that measures, and does what it shall. `None` if
/// it was not.
pub(crate) fn enter(role: &str, rest: &[&str]) -> Option<ExitCode> {
    (role == TIME).then(|| {
        time(rest).unwrap_or_else(|message| {
            eprintln!("measure: {message}");
            ExitCode::from(2)
        })
    })
}

/// Runs a command, and prints what it took behind what it printed.
fn time(command: &[&str]) -> Result<ExitCode, String> {
    let [program, args @ ..] = command else { return Err("no command".to_owned()) };
    let status =
        Command::new(program).args(args).status().map_err(|error| format!("{program}: {error}"))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let (user, system) = (usage.user_time(), usage.system_time());
    println!("{MARK}{} {} {}", user.num_microseconds(), system.num_microseconds(), usage.max_rss());
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An engine: its name, and the command that a script and its arguments are added to.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    pub(crate) name: String,
    command: Vec<String>,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Seconds of the processor in the program itself.
    pub(crate) user: f64,
    /// Seconds of the processor in the system on its behalf.
    pub(crate) system: f64,
    /// Peak of resident memory.
    pub(crate) megabytes: f64,
    /// How much that is above what the engine takes for an empty script.
    pub(crate) growth: f64,
}

impl Usage {
    /// The median of each figure.
    pub(crate) fn median(all: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| median(&all.iter().map(pick).collect::<Vec<_>>());
        Self {
            user: of(|usage| usage.user),
            system: of(|usage| usage.system),
            megabytes: of(|usage| usage.megabytes),
            growth: of(|usage| usage.growth),
        }
    }
}

/// What a run printed and took.
pub(crate) struct Run {
    pub(crate) output: Vec<u8>,
    pub(crate) usage: Usage,
}

impl Engine {
    /// Parses `NAME=COMMAND`, or a command that is its own name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, command) = text.split_once('=').unwrap_or((text, text));
        let command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        if command.is_empty() {
            return Err("a command is wanted".to_owned());
        }
        Ok(Self { name: name.to_owned(), command })
    }

    fn program(name: &str, path: &Path) -> Self {
        Self { name: name.to_owned(), command: vec![path.to_string_lossy().into_owned()] }
    }

    /// The reference, then our `lua`, which is built first.
    pub(crate) fn both() -> Result<[Self; 2], String> {
        let reference = moonproof_reference::program().ok_or("the reference was not built")?;
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        // This program is in the folder TARGET/TRIPLE/release, and so will be the other.
        let target = exe.ancestors().nth(3).ok_or("this program was moved")?;
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--package", "moonproof-lua"])
            .arg("--target-dir")
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        match status {
            Ok(status) if status.success() => {}
            _ => return Err("cannot build moonproof-lua".to_owned()),
        }
        let ours = exe.with_file_name("lua");
        Ok([Self::program("reference", reference), Self::program("moonproof", &ours)])
    }

    /// Starts the engine without measuring memory.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(args);
        command
    }

    /// Peak memory of a process that runs an empty script, in megabytes; 0 if the engine does not
    /// take its script from standard input.
    pub(crate) fn idle_megabytes(&self) -> f64 {
        self.run(&["-"]).map_or(0.0, |run| run.usage.megabytes)
    }

    /// Runs a script with arguments, and tells what it took.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Run, String> {
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        let output = Command::new(exe)
            .arg(TIME)
            .args(&self.command)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            let line = stderr.lines().next().unwrap_or("failed");
            return Err(format!("{}: {line}", self.name));
        }
        parse_run(&output.stdout).ok_or_else(|| format!("{}: no figures", self.name))
    }
}

fn parse_run(stdout: &[u8]) -> Option<Run> {
    let at = stdout.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())?;
    let figures = std::str::from_utf8(&stdout[at + MARK.len()..]).ok()?;
    let mut figures = figures.split_whitespace().map(str::parse::<f64>);
    let mut next = || figures.next()?.ok();
    let usage = Usage {
        user: next()? / 1e6,
        system: next()? / 1e6,
        megabytes: next()? / 1024.0,
        growth: f64::NAN,
    };
    Some(Run { output: stdout[..at].to_vec(), usage })
}
