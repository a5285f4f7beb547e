//! Runs a campaign against the verifier; `campaign --help` says how.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[cfg(feature = "ablation")]
use moonproof_bytecode::Chunk;
#[cfg(feature = "ablation")]
use moonproof_fuzz::campaign::Judge;
use moonproof_fuzz::campaign::machines::{Machine, Machines, OURS, Plan, Sanitize};
use moonproof_fuzz::campaign::{self, Options, ours};
use moonproof_hard::{Gauntlet, Job, Verdict, Way};
use moonproof_verifier::{Rule, check};
use serde_json::{Value, json};

const HELP: &str = "\
usage: campaign MODE [OPTION VALUE]...

modes
  soundness     accepted mutants run in the hard reference and in our VM
  completeness  generated programs verify
  precision     what is rejected of the mutants that nothing happens to
  ablation      with one rule less each time, how soon is that noticed? (feature `ablation`)
  replay FILE   one chunk in both machines

options
  --seed N        where chance begins; 1
  --mutants N     mutants, or programs; 100000
  --seconds N     the end, whatever was reached
  --ways N        of eight, how many each mutant goes in the reference and in our VM; 4
  --sanitize WAYS of each mutant, how many have sanitizers: one, all, none; one
  --jobs N        mutants that are run at the same time; one for each processor
  --findings DIR  where findings are written to
  --json FILE     the report once more, for programs
  --rule ID     of an ablation: the only rule to leave out
  --run-seed N    of a replay: how the chunk is run; 0 to 49 if there is none
  --least PERCENT mutants that must be accepted; 5

Exit status: 0 fine, 1 findings, or too little was accepted, 2 could not do it.
";

/// The command line.
#[derive(Default)]
struct Arguments {
    mode: String,
    file: Option<PathBuf>,
    options: Options,
    json: Option<PathBuf>,
    run_seed: Option<u64>,
    rule: Option<Rule>,
    least: f64,
    plan: Plan,
}

fn parse() -> Option<Arguments> {
    let mut words = std::env::args().skip(1);
    let mut arguments = Arguments { mode: words.next()?, least: 5.0, ..Arguments::default() };
    arguments.options.is_talkative = true;
    while let Some(word) = words.next() {
        let options = &mut arguments.options;
        match word.as_str() {
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--mutants" => options.n_mutants = words.next()?.parse().ok()?,
            "--seconds" => options.time = Duration::from_secs(words.next()?.parse().ok()?),
            "--findings" => options.findings = Some(words.next()?.into()),
            "--json" => arguments.json = Some(words.next()?.into()),
            "--run-seed" => arguments.run_seed = Some(words.next()?.parse().ok()?),
            "--rule" => arguments.rule = Some(Rule::from_id(&words.next()?)?),
            "--sanitize" => arguments.plan.sanitize = sanitize(&words.next()?)?,
            "--ways" => arguments.plan.n_ways = number_to(&words.next()?, Way::ALL.len())?,
            "--jobs" => arguments.plan.n_jobs = number_to(&words.next()?, 1024)?,
            "--least" => arguments.least = words.next()?.parse().ok()?,
            _ if arguments.mode == "replay" => arguments.file = Some(word.into()),
            _ => return None,
        }
    }
    Some(arguments)
}

/// A number from 1.
fn number_to(word: &str, last: usize) -> Option<usize> {
    word.parse().ok().filter(|n| (1..=last).contains(n))
}

fn sanitize(word: &str) -> Option<Sanitize> {
    match word {
        "one" => Some(Sanitize::OneWay),
        "all" => Some(Sanitize::All),
        "none" => Some(Sanitize::None),
        _ => None,
    }
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(OURS) {
        return if ours::serve().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let Some(arguments) = parse() else {
        eprint!("{HELP}");
        return ExitCode::from(2);
    };
    let outcome = match arguments.mode.as_str() {
        "soundness" => soundness(&arguments),
        "completeness" => completeness(&arguments),
        "precision" => precision(&arguments),
        "ablation" => ablation(&arguments),
        "replay" => replay(&arguments),
        _ => Err(HELP.into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("campaign: {error}");
            ExitCode::from(2)
        }
    }
}

type Outcome = Result<bool, Box<dyn std::error::Error>>;

fn write(arguments: &Arguments, report: &Value) -> std::io::Result<()> {
    match &arguments.json {
        Some(path) => std::fs::write(path, format!("{report:#}\n")),
        None => Ok(()),
    }
}

fn soundness(arguments: &Arguments) -> Outcome {
    if !cfg!(feature = "checked") {
        eprintln!("campaign: our VM's unchecked accesses are not checked (feature `checked`)");
    }
    let mut machines = Machines::both(std::env::current_exe()?, arguments.plan)?;
    let stats = campaign::soundness(&arguments.options, &check, &mut machines)?;
    print!("{}", stats.text());
    write(arguments, &stats.json())?;
    let percent = 100.0 * stats.all.accepted();
    if percent < arguments.least {
        println!("\nonly {percent:.1} % were accepted: that cannot be right");
    }
    Ok(stats.findings.is_empty() && percent >= arguments.least)
}

fn completeness(arguments: &Arguments) -> Outcome {
    let options = &arguments.options;
    let result = campaign::completeness(options.seed, options.n_mutants, &check);
    for rejection in result.rejected.iter().take(20) {
        println!("{rejection}");
    }
    let (n_programs, n_rejected) = (result.n_programs, result.rejected.len());
    let (n_functions, n_instructions) = (result.n_functions, result.n_instructions);
    println!(
        "{n_programs} programs, {n_functions} functions, {n_instructions} instructions, plain and \
         stripped: {n_rejected} rejections"
    );
    write(
        arguments,
        &json!({
            "programs": n_programs,
            "functions": n_functions,
            "instructions": n_instructions,
            "rejections": result.rejected,
        }),
    )?;
    Ok(n_rejected == 0)
}

fn precision(arguments: &Arguments) -> Outcome {
    let mut machines = Machines::reference()?;
    let result = campaign::precision(&arguments.options, &check, &mut machines)?;
    let share = 100.0 * result.n_rejected as f64 / result.n_clean.max(1) as f64;
    println!(
        "{} mutants, {} without a complaint of the reference; {} of these are rejected ({share:.1} %)",
        result.n_mutants, result.n_clean, result.n_rejected
    );
    println!(
        "of {} that executed nine in ten of their instructions or more, {} ({:.1} %)",
        result.n_executed,
        result.n_executed_rejected,
        100.0 * result.n_executed_rejected as f64 / result.n_executed.max(1) as f64
    );
    let mut rules: Vec<_> = result.rules.iter().collect();
    rules.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    for (rule, n) in rules {
        println!("{rule:6} {n:9} {:5.1} %", 100.0 * *n as f64 / result.n_rejected as f64);
    }
    write(
        arguments,
        &json!({
            "mutants": result.n_mutants,
            "clean": result.n_clean,
            "rejected": result.n_rejected,
            "rules": result.rules,
            "executed": result.n_executed,
            "executed_rejected": result.n_executed_rejected,
        }),
    )?;
    Ok(true)
}

#[cfg(not(feature = "ablation"))]
fn ablation(_arguments: &Arguments) -> Outcome {
    Err("built without the feature `ablation`".into())
}

/// Rules whose absence a campaign can notice, or that one.
#[cfg(feature = "ablation")]
fn ablation(arguments: &Arguments) -> Outcome {
    use moonproof_verifier::{Keeper, Strength, verify_without};

    let is_wanted = |rule: &Rule| match arguments.rule {
        Some(only) => *rule == only,
        None => {
            let info = rule.info();
            info.keeper == Keeper::Verifier
                && matches!(info.strength, Strength::Memory | Strength::Assertion)
        }
    };
    let mut report = Vec::new();
    let mut is_fine = true;
    println!("rule  noticed  seconds   mutants candidates  as");
    for &rule in Rule::ALL.iter().filter(|rule| is_wanted(rule)) {
        let without = |chunk: &Chunk| verify_without(chunk.clone(), rule).map(drop);
        let mut machines = Machines::oracle(arguments.plan)?;
        let judges: (Judge<'_>, Judge<'_>) = (&check, &without);
        let result = campaign::ablation(&arguments.options, judges, &mut machines)?;
        let seconds = result.time.as_secs_f64();
        let (n_mutants, n_candidates) = (result.n_mutants, result.n_candidates);
        let noticed = if result.finding.is_some() { "yes" } else { "no" };
        let finding = result.finding.as_deref().unwrap_or("");
        println!("{rule:5} {noticed:7} {seconds:8.1} {n_mutants:9} {n_candidates:10}  {finding}");
        is_fine &= result.finding.is_some();
        report.push(json!({
            "rule": rule.id(),
            "seconds": seconds,
            "mutants": n_mutants,
            "candidates": n_candidates,
            "finding": result.finding,
        }));
    }
    write(arguments, &Value::Array(report))?;
    Ok(is_fine)
}

fn replay(arguments: &Arguments) -> Outcome {
    let path = arguments.file.as_ref().ok_or("no file to replay")?;
    let chunk = std::fs::read(path)?;
    let verdict = moonproof_bytecode::load(&chunk).map(|chunk| check(&chunk));
    match verdict {
        Err(error) => println!("it does not load: {error}"),
        Ok(Err(rejection)) => println!("it is rejected: {rejection}"),
        Ok(Ok(())) => println!("it verifies"),
    }
    let seeds = arguments.run_seed.map_or(0..50, |seed| seed..seed + 1);
    let program = std::env::current_exe()?;
    let ours = || Gauntlet::of(program.clone(), vec![OURS.into()]);
    let some = |machine| arguments.plan.ways(machine);
    // All ways first, then those that a campaign would have gone.
    let machines = [
        ("hard", Gauntlet::hard()?, false),
        ("oracle", Gauntlet::hard()?, true),
        ("monitored", Gauntlet::monitored()?, true),
        ("ours", ours(), false),
        ("sanitized, one way", Gauntlet::hard()?.ways(some(Machine::Sanitized)), true),
        ("monitored, some ways", Gauntlet::monitored()?.ways(some(Machine::Reference)), true),
        ("ours, some ways", ours().ways(some(Machine::Ours)), false),
    ];
    let mut is_fine = true;
    for (name, mut gauntlet, is_oracle) in machines {
        let mut end = "nothing to complain about".to_owned();
        for seed in seeds.clone() {
            if let Verdict::Finding(report) =
                gauntlet.run_one(Job { chunk: &chunk, seed, is_oracle })?
            {
                end = format!("run seed {seed}:\n{report}");
                is_fine = false;
                break;
            }
        }
        println!("\n{name}: {end}");
    }
    Ok(is_fine)
}
