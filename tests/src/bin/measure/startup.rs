//! What it takes to start: a process with an empty script, and a VM within a process.

use std::process::Stdio;
use std::time::Instant;

use moonproof_vm::Lua;
use serde_json::json;

use crate::Format;
use crate::engine::Engine;
use crate::stats::median;

/// How often, and how results are told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each is started; VMs, this many hundred times.
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How results are told.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A figure of both sides.
struct Line {
    what: &'static str,
    unit: &'static str,
    reference: f64,
    moonproof: f64,
}

/// Measures processes, then VMs.
pub(crate) fn main(options: &Options) -> Result<bool, String> {
    if cfg!(debug_assertions) {
        return Err("this is not a release build".to_owned());
    }
    moonproof_reference::check()?;
    let [reference, ours] = Engine::both()?;
    // The script is standard input, which is empty.
    let mut seconds = [const { Vec::new() }; 2];
    for _ in 0..options.rounds {
        for (engine, seconds) in [&reference, &ours].into_iter().zip(&mut seconds) {
            seconds.push(start(engine)?);
        }
    }
    let [their_seconds, our_seconds] = seconds.map(|seconds| median(&seconds));
    let megabytes = |engine: &Engine| Ok::<_, String>(engine.run(&["-"])?.usage.megabytes);
    let vms = time_vms(options.rounds);
    let line = |what, unit, reference, moonproof| Line { what, unit, reference, moonproof };
    let lines = [
        line("process, empty script", "us", their_seconds * 1e6, our_seconds * 1e6),
        line(
            "peak memory of that process",
            "KB",
            megabytes(&reference)? * 1024.0,
            megabytes(&ours)? * 1024.0,
        ),
        line("VM with libraries, made and closed", "us", vms.0 * 1e6, vms.1 * 1e6),
    ];
    match options.format {
        Format::Table => print_table(&lines),
        Format::Json => {
            let lines = lines.map(|line| {
                json!({
                    "what": line.what, "unit": line.unit, "reference": line.reference,
                    "moonproof": line.moonproof, "ratio": line.moonproof / line.reference,
                })
            });
            println!("{:#}", json!(lines));
        }
    }
    Ok(true)
}

fn print_table(lines: &[Line]) {
    println!("{:38} {:>9} {:>9} {:>6}", "", "reference", "moonproof", "ratio");
    for Line { what, unit, reference, moonproof } in lines {
        let what = format!("{what}, {unit}");
        println!("{what:38} {reference:9.1} {moonproof:9.1} {:6.2}", moonproof / reference);
    }
}

/// Seconds until a process has been started and has ended.
fn start(engine: &Engine) -> Result<f64, String> {
    let mut command = engine.command(&["-"]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{}: {error}", engine.name))?;
    let seconds = start.elapsed().as_secs_f64();
    if status.success() { Ok(seconds) } else { Err(format!("{}: {status}", engine.name)) }
}

/// VMs made at a time.
const BATCH: u32 = 100;

/// Seconds for each VM, of the reference and of ours: medians over batches.
fn time_vms(n_batches: u32) -> (f64, f64) {
    let (mut theirs, mut own) = (Vec::new(), Vec::new());
    for _ in 0..n_batches {
        theirs.push(moonproof_reference::time_states(BATCH) / f64::from(BATCH));
        let start = Instant::now();
        for _ in 0..BATCH {
            drop(std::hint::black_box(Lua::new()));
        }
        own.push(start.elapsed().as_secs_f64() / f64::from(BATCH));
    }
    (median(&theirs), median(&own))
}
