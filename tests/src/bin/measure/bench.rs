//! Programs under our VM and under the reference: user time of the processor and peak memory.

use std::ffi::CString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use moonproof_tests::corpus::{self, files};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::stats::{geometric_mean, median, rounds};

/// Is the reference, as a child.
pub(crate) fn run_reference(script: &str) -> ExitCode {
    let arguments = ["lua", script].map(|argument| CString::new(argument).unwrap_or_default());
    ExitCode::from(moonproof_reference::run(&arguments) as u8)
}

/// Runs a command and prints its user time in microseconds and its peak memory in kilobytes. A
/// process of its own: what it is told of its children is told of this one.
pub(crate) fn time_child(command: &[&str]) -> Result<bool, String> {
    let [program, args @ ..] = command else { return Err("no command".to_owned()) };
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    println!("{} {}", usage.user_time().num_microseconds(), usage.max_rss());
    Ok(status.success())
}

/// What one run took.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    megabytes: f64,
}

fn measure(command: &[String]) -> Result<Run, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(own)
        .arg("--time")
        .args(command)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{} failed", command.join(" ")));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(microseconds)), Some(Ok(kilobytes))) => {
            Ok(Run { seconds: microseconds / 1e6, megabytes: kilobytes / 1024.0 })
        }
        _ => Err(format!("not a measurement: {text}")),
    }
}

/// An engine: its name and the command that a script's path is added to.
struct Engine {
    name: String,
    command: Vec<String>,
}

fn engines(others: &[&str]) -> Result<Vec<Engine>, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let own = own.to_string_lossy().into_owned();
    let side = |name: &str, flag: &str| Engine {
        name: name.to_owned(),
        command: vec![own.clone(), flag.to_owned()],
    };
    let mut engines = vec![side("reference", "--reference"), side("moonproof", "--ours")];
    engines.extend(others.iter().map(|command| Engine {
        name: (*command).to_owned(),
        command: command.split_whitespace().map(str::to_owned).collect(),
    }));
    Ok(engines)
}

/// Prints a line for each program: seconds and megabytes of the reference, then for each other
/// engine its ratios to that. Medians of all rounds.
pub(crate) fn main(args: &[&str]) -> Result<bool, String> {
    if cfg!(debug_assertions) {
        return Err("this is not a release build".to_owned());
    }
    moonproof_reference::check()?;
    std::env::set_current_dir(corpus::root()).map_err(|error| error.to_string())?;
    let (n_rounds, rest) = rounds(args, 5)?;
    let mut others = Vec::new();
    let mut names = Vec::new();
    let mut rest = rest.into_iter();
    while let Some(arg) = rest.next() {
        if arg == "--engine" {
            others.push(rest.next().ok_or("--engine wants a command")?);
        } else {
            names.push(arg);
        }
    }
    let engines = engines(&others)?;
    let mut programs = files("benchmarks", "lua");
    programs.retain(|path| names.is_empty() || names.iter().any(|name| is_named(path, name)));
    if programs.is_empty() {
        return Err("there are no such programs".to_owned());
    }
    print!("{:12} {:>9} {:>8}", "program", "reference", "MB");
    for engine in &engines[1..] {
        print!(" {:>12} {:>8}", engine.name, "memory");
    }
    println!();
    let mut ratios = vec![Vec::new(); engines.len()];
    let mut memory_ratios = vec![Vec::new(); engines.len()];
    let mut all_ran = true;
    for program in &programs {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        match compare(&engines, program, n_rounds) {
            Ok(medians) => {
                print!("{name:12} {:8.2}s {:8.1}", medians[0].seconds, medians[0].megabytes);
                for (i, run) in medians.iter().enumerate().skip(1) {
                    let time = run.seconds / medians[0].seconds;
                    let memory = run.megabytes / medians[0].megabytes;
                    ratios[i].push(time);
                    memory_ratios[i].push(memory);
                    print!(" {time:12.2} {memory:8.2}");
                }
                println!();
            }
            Err(why) => {
                all_ran = false;
                println!("{name:12} {why}");
            }
        }
    }
    print!("{:31}", "geometric mean of ratios");
    for i in 1..engines.len() {
        print!(" {:12.2} {:8.2}", geometric_mean(&ratios[i]), geometric_mean(&memory_ratios[i]));
    }
    println!();
    Ok(all_ran)
}

fn is_named(path: &Path, name: &str) -> bool {
    path.file_stem().is_some_and(|stem| stem == name)
}

/// Runs a program under every engine in turn, several times, and returns medians.
fn compare(engines: &[Engine], program: &Path, n_rounds: usize) -> Result<Vec<Run>, String> {
    let mut runs = vec![Vec::new(); engines.len()];
    for _ in 0..n_rounds {
        for (engine, runs) in engines.iter().zip(&mut runs) {
            let mut command = engine.command.clone();
            command.push(program.to_string_lossy().into_owned());
            runs.push(measure(&command)?);
        }
    }
    Ok(runs
        .iter()
        .map(|runs| Run {
            seconds: median(&runs.iter().map(|run| run.seconds).collect::<Vec<_>>()),
            megabytes: median(&runs.iter().map(|run| run.megabytes).collect::<Vec<_>>()),
        })
        .collect())
}
