//! How the figures of `bench` are told: as a table while programs run, or as JSON at the end.
//!
//! Memory is told twice: as the peak of the whole process, and as the growth of that peak over what
//! the engine takes for an empty script, where one of the two grows by half a megabyte or more.

use std::io::Write;

use moonproof_tests::benchmarks::Program;
use serde_json::{Map, Value, json};

use crate::engine::{Engine, Usage};
use crate::stats::geometric_mean;

/// What one engine took for a program, or why there are no figures.
pub(crate) type Cell = Result<Usage, String>;

/// What of the figures is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Time,
    Memory,
    Growth,
}

impl Measure {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Time, "time"), (Self::Memory, "memory"), (Self::Growth, "growth")];

    /// What is below this counts as this, and is not compared if it is so on both sides.
    fn least(self) -> f64 {
        match self {
            Self::Time => 0.001,
            Self::Memory => 0.0,
            Self::Growth => 0.5,
        }
    }

    fn of(self, usage: &Usage) -> f64 {
        match self {
            Self::Time => usage.user,
            Self::Memory => usage.megabytes,
            Self::Growth => usage.growth,
        }
    }
}

/// A program under all engines; the first is the reference, the second ours.
pub(crate) struct Row {
    program: Program,
    cells: Vec<Cell>,
}

impl Row {
    pub(crate) fn new(program: Program, cells: Vec<Cell>) -> Self {
        Self { program, cells }
    }

    /// Whether both sides ran and printed the same. Other engines may fail.
    pub(crate) fn ran_well(&self) -> bool {
        self.cells[..2].iter().all(Result::is_ok)
    }

    /// What an engine took, as a multiple of what the reference took; `None` if there are no figures,
    /// or if they are too small.
    fn ratio(&self, engine: usize, measure: Measure) -> Option<f64> {
        let (Ok(reference), Ok(usage)) = (&self.cells[0], &self.cells[engine]) else { return None };
        let (reference, own) = (measure.of(reference), measure.of(usage));
        let least = measure.least();
        (reference.max(own) > least).then(|| own.max(least) / reference.max(least))
    }
}

/// What our ratios should not exceed.
pub(crate) struct Limits {
    pub(crate) time: Option<f64>,
    pub(crate) memory: Option<f64>,
}

impl Limits {
    /// Programs that do exceed them, with the ratio: what is exceeded is "time" or "memory".
    pub(crate) fn exceeded<'a>(
        &self,
        rows: &'a [Row],
    ) -> impl Iterator<Item = (&'a str, &'static str, f64)> {
        let limits = [self.time, self.memory, None];
        Measure::ALL.into_iter().zip(limits).flat_map(move |((measure, name), limit)| {
            ranked(rows, measure)
                .into_iter()
                .filter(move |(_, ratio)| limit.is_some_and(|limit| *ratio > limit))
                .map(move |(program, ratio)| (program, name, ratio))
        })
    }
}

/// Our ratios, the worst first.
fn ranked(rows: &[Row], measure: Measure) -> Vec<(&str, f64)> {
    let ratios = rows.iter().filter_map(|row| Some((&*row.program.name, row.ratio(1, measure)?)));
    let mut ranked: Vec<_> = ratios.collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

/// Groups in the order of their programs, and `None` for all.
fn groups(rows: &[Row]) -> Vec<Option<&str>> {
    let mut groups: Vec<_> = rows.iter().map(|row| Some(&*row.program.group)).collect();
    groups.dedup();
    groups.push(None);
    groups
}

/// The mean of an engine's ratios over a group, if it ran a program of it.
fn mean(rows: &[Row], group: Option<&str>, engine: usize, measure: Measure) -> Option<f64> {
    let of_group = rows.iter().filter(|row| group.is_none_or(|name| row.program.group == name));
    let ratios: Vec<_> = of_group.filter_map(|row| row.ratio(engine, measure)).collect();
    (!ratios.is_empty()).then(|| geometric_mean(&ratios))
}

pub(crate) fn print_head(engines: &[Engine]) {
    print!("{:22} {:10} {:>9} {:>7}", "program", "class", "reference", "MB");
    for engine in &engines[1..] {
        print!(" {:>10} {:>7} {:>7}", engine.name, "memory", "growth");
    }
    println!();
}

pub(crate) fn print_row(row: &Row) {
    print!("{:22} {:10}", row.program.name, row.program.group);
    match &row.cells[0] {
        Ok(usage) => print!(" {:8.3}s {:7.1}", usage.user, usage.megabytes),
        Err(_) => print!(" {:>9} {:>7}", "failed", ""),
    }
    for engine in 1..row.cells.len() {
        print_ratios(|measure| row.ratio(engine, measure));
    }
    println!();
    for why in row.cells.iter().filter_map(|cell| cell.as_ref().err()) {
        println!("    {why}");
    }
    // A long run is watched while it goes on.
    let _ = std::io::stdout().flush();
}

fn print_ratios(ratio: impl Fn(Measure) -> Option<f64>) {
    for (measure, width) in [(Measure::Time, 10), (Measure::Memory, 7), (Measure::Growth, 7)] {
        match ratio(measure) {
            Some(ratio) => print!(" {ratio:width$.2}"),
            None => print!(" {:>width$}", "-"),
        }
    }
}

/// How many of the worst programs are told.
const N_WORST: usize = 12;

/// Prints means by group, what is worst, and what exceeds the limits.
pub(crate) fn print_summary(engines: &[Engine], rows: &[Row], limits: &Limits) {
    println!();
    for group in groups(rows) {
        print!("{:22} {:10} {:17}", "geometric mean", group.unwrap_or("all"), "");
        for engine in 1..engines.len() {
            print_ratios(|measure| mean(rows, group, engine, measure));
        }
        println!();
    }
    println!();
    for (measure, name) in Measure::ALL {
        let worst = ranked(rows, measure).into_iter().take(N_WORST);
        let worst: Vec<_> = worst.map(|(name, ratio)| format!("{name} {ratio:.2}")).collect();
        println!("worst by {name}: {}", worst.join(", "));
    }
    for (program, name, ratio) in limits.exceeded(rows) {
        println!("above the limit: {program}, {name} {ratio:.2}");
    }
}

/// Prints everything as one object.
pub(crate) fn print_json(engines: &[Engine], rows: &[Row], limits: &Limits) {
    let by_engine = |value: &dyn Fn(usize) -> Value, from: usize| -> Map<String, Value> {
        let named = engines.iter().enumerate().skip(from);
        named.map(|(i, engine)| (engine.name.clone(), value(i))).collect()
    };
    let ratios = |ratio: &dyn Fn(Measure) -> Option<f64>| -> Value {
        Measure::ALL
            .iter()
            .map(|(measure, name)| ((*name).to_owned(), json!(ratio(*measure))))
            .collect()
    };
    let programs = rows.iter().map(|row| {
        let took = |engine: usize| match &row.cells[engine] {
            Ok(usage) => json!({
                "user_seconds": usage.user,
                "system_seconds": usage.system,
                "megabytes": usage.megabytes,
                "growth_megabytes": usage.growth,
            }),
            Err(why) => json!({ "error": why }),
        };
        json!({
            "name": row.program.name,
            "class": row.program.group,
            "took": by_engine(&took, 0),
            "ratios": by_engine(&|engine| ratios(&|measure| row.ratio(engine, measure)), 1),
        })
    });
    let means = groups(rows).into_iter().map(|group| {
        let of_engine = |engine: usize| ratios(&|measure| mean(rows, group, engine, measure));
        (group.unwrap_or("all").to_owned(), Value::Object(by_engine(&of_engine, 1)))
    });
    let exceeded = limits
        .exceeded(rows)
        .map(|(program, name, ratio)| json!({ "name": program, "measure": name, "ratio": ratio }));
    let report = json!({
        "programs": programs.collect::<Vec<_>>(),
        "geometric_means": means.collect::<Map<_, _>>(),
        "above_limits": exceeded.collect::<Vec<_>>(),
    });
    println!("{report:#}");
}
