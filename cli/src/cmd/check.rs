//! `check`: the main job. Compares files with the reference, several at a time.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use moonproof_oracle::check::{Servers, check_stdin};
use moonproof_oracle::child::Limits;
use moonproof_oracle::report::{Checked, json, junit};
use moonproof_oracle::{FileReport, Options, Oracle, check_file};

use crate::args::{CheckArgs, CheckFormat};
use crate::files;
use crate::io::{Failure, is_stdin, write_stdout};
use crate::report;

/// Compares files.
pub(crate) fn run(args: &CheckArgs) -> Result<bool, Failure> {
    let files = files::find(&args.paths)?;
    if files.is_empty() {
        return Err(Failure::Message("there are no Lua files".to_owned()));
    }
    let limits = Limits { time: Duration::from_secs_f64(args.timeout), ..Limits::default() };
    let oracle = Oracle::new(limits).map_err(|error| Failure::Message(error.to_string()))?;
    let options = Options { run: !args.no_run };
    let stdin = if files.iter().any(|file| is_stdin(file)) { read_stdin()? } else { Vec::new() };
    let job = Job { oracle, options, files: &files, stdin };
    let n_threads = args.jobs.or_else(|| thread::available_parallelism().ok());
    let reports = job.run(n_threads.map_or(1, std::num::NonZero::get), |report, bar| {
        if args.format == CheckFormat::Human {
            bar.suspend(|| print_human(report));
        }
    })?;
    let n_identical = reports.iter().filter(|report| report.is_identical()).count();
    match args.format {
        CheckFormat::Human => print_summary(n_identical, reports.len()),
        CheckFormat::Json => write_stdout(format!("{:#}\n", json(&reports)).as_bytes())?,
        CheckFormat::Junit => write_stdout(junit(&reports).as_bytes())?,
    }
    Ok(n_identical == reports.len())
}

fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match io::stdin().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::Message(format!("cannot read standard input: {error}"))),
    }
}

struct Job<'a> {
    oracle: Oracle,
    options: Options,
    files: &'a [PathBuf],
    stdin: Vec<u8>,
}

impl Job<'_> {
    /// Compares all files on so many threads, and hands on reports in the order of the files.
    fn run(
        &self,
        n_threads: usize,
        mut done: impl FnMut(&FileReport, &ProgressBar),
    ) -> Result<Vec<FileReport>, Failure> {
        let bar = progress_bar(self.files.len() as u64);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            for _ in 0..n_threads.min(self.files.len()) {
                let sender = sender.clone();
                let next = &next;
                scope.spawn(move || {
                    let mut servers = Servers::new(&self.oracle);
                    loop {
                        let idx = next.fetch_add(1, Ordering::Relaxed);
                        let Some(path) = self.files.get(idx) else { return };
                        let report = self.check(&mut servers, path);
                        if sender.send((idx, report)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut waiting = BTreeMap::new();
            let mut reports = Vec::with_capacity(self.files.len());
            for (idx, report) in receiver {
                bar.inc(1);
                waiting.insert(idx, report);
                while let Some(report) = waiting.remove(&reports.len()) {
                    let report = report.map_err(|error| {
                        // The others need not go on.
                        next.store(self.files.len(), Ordering::Relaxed);
                        Failure::Message(format!("cannot start a child process: {error}"))
                    })?;
                    done(&report, &bar);
                    reports.push(report);
                }
            }
            bar.finish_and_clear();
            Ok(reports)
        })
    }

    fn check(&self, servers: &mut Servers, path: &Path) -> io::Result<FileReport> {
        if is_stdin(path) {
            check_stdin(&self.oracle, servers, &self.stdin, &self.options)
        } else {
            check_file(&self.oracle, servers, path, &self.options)
        }
    }
}

/// On standard error, and only if that is a terminal.
fn progress_bar(n: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(n), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// A line for each finding, with the diff that shows it.
fn print_human(file: &FileReport) {
    let path = report::harmless(&file.path.display().to_string());
    if let Checked::CompiledOnly(why) = file.checked {
        anstream::println!("{path}: {}", report::faint(&format!("runs not compared: {why}")));
    }
    for finding in &file.findings {
        let summary = report::harmless(&finding.summary);
        anstream::println!("{path}: {}: {summary}", report::error(finding.kind.noun()));
        if let Some(diff) = &finding.diff {
            anstream::print!("{}", report::diff(&report::harmless(diff)));
        }
    }
}

fn print_summary(n_identical: usize, n: usize) {
    let text = format!("{n_identical} of {n} files identical");
    let text = if n_identical == n { report::good(&text) } else { report::strong(&text) };
    anstream::println!("{text}");
}
