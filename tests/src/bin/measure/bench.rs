//! Programs under our VM, the reference and other engines: processor time and peak memory.

use moonproof_tests::benchmarks::{Program, library, programs};
use moonproof_tests::corpus;

use crate::Format;
use crate::engine::{Engine, Usage};
use crate::report::{self, Cell, Row};

/// What is run, how often, and how it is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Programs, or classes of programs; by default all.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Measure single functions of the library instead of programs.
    #[arg(long)]
    library: bool,
    /// How often each program is run.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Give programs this argument: how much work to do. 1 is the least.
    #[arg(long, value_name = "N")]
    size: Option<u32>,
    /// Measure another engine too. Its command is followed by a script.
    #[arg(long = "engine", value_name = "NAME=COMMAND", value_parser = Engine::parse)]
    engines: Vec<Engine>,
    /// The answer is no if our time on some program is above this many times the reference's.
    #[arg(long, value_name = "RATIO")]
    max_time: Option<f64>,
    /// The same for memory.
    #[arg(long, value_name = "RATIO")]
    max_memory: Option<f64>,
    /// How results are told.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Runs all programs, telling each as it is done, and then means and the worst.
pub(crate) fn main(options: &Options) -> Result<bool, String> {
    if cfg!(debug_assertions) {
        return Err("this is not a release build".to_owned());
    }
    moonproof_reference::check()?;
    std::env::set_current_dir(corpus::root()).map_err(|error| error.to_string())?;
    let mut programs = if options.library { library() } else { programs() };
    let chosen = |program: &Program| {
        let mut names = options.names.iter();
        names.any(|name| *name == program.name || *name == program.group)
    };
    programs.retain(|program| options.names.is_empty() || chosen(program));
    if programs.is_empty() {
        return Err("there are no such programs".to_owned());
    }
    let mut engines = Engine::both()?.to_vec();
    engines.extend(options.engines.iter().cloned());
    let is_table = options.format == Format::Table;
    if is_table {
        report::print_head(&engines);
    }
    let bases: Vec<f64> = engines.iter().map(Engine::idle_megabytes).collect();
    let mut rows = Vec::new();
    for program in programs {
        let row = measure(&engines, &bases, program, options);
        if is_table {
            report::print_row(&row);
        }
        rows.push(row);
    }
    let limits = report::Limits { time: options.max_time, memory: options.max_memory };
    match options.format {
        Format::Table => report::print_summary(&engines, &rows, &limits),
        Format::Json => report::print_json(&engines, &rows, &limits),
    }
    let fine = rows.iter().all(Row::ran_well) && limits.exceeded(&rows).next().is_none();
    Ok(fine)
}

/// Runs a program under every engine in turn, round by round.
fn measure(engines: &[Engine], bases: &[f64], program: Program, options: &Options) -> Row {
    let size = options.size.map(|size| size.to_string());
    let path = program.path.to_string_lossy().into_owned();
    let mut args = vec![path.as_str()];
    args.extend(size.as_deref());
    let mut cells: Vec<Result<Vec<Usage>, String>> = engines.iter().map(|_| Ok(vec![])).collect();
    let mut expected: Option<Vec<u8>> = None;
    for _ in 0..options.rounds {
        for ((engine, base), cell) in engines.iter().zip(bases).zip(&mut cells) {
            let Ok(usages) = cell else { continue };
            match engine.run(&args) {
                // The first that runs is the reference, unless that fails.
                Ok(run) if *expected.get_or_insert(run.output.clone()) != run.output => {
                    *cell = Err(format!("{}: prints something else", engine.name));
                }
                Ok(run) => {
                    let growth = run.usage.megabytes - base;
                    usages.push(Usage { growth, ..run.usage });
                }
                Err(why) => *cell = Err(why),
            }
        }
    }
    let cells = cells.into_iter().map(|cell| cell.map(|usages| Usage::median(&usages)));
    Row::new(program, cells.collect::<Vec<Cell>>())
}
