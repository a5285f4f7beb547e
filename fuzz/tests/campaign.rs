//! Short campaigns with a fixed seed, as part of the ordinary tests. `tests/campaign.sh` runs long
//! ones.

use std::path::PathBuf;

use moonproof_fuzz::campaign::machines::{Machines, Plan, Sanitize};
use moonproof_fuzz::campaign::{Options, completeness, precision, soundness, workshop::Workshop};
use moonproof_hard::executable;
use moonproof_verifier::{Rule, check};

/// Whether there is a reference to run mutants in; in CI there must be one.
fn is_there() -> bool {
    match executable() {
        Ok(_) => true,
        Err(reason) if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) => {
            panic!("{reason}")
        }
        Err(reason) => {
            println!("skipped: {reason}");
            false
        }
    }
}

fn both(sanitize: Sanitize) -> Machines {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_campaign"));
    Machines::both(program, Plan { sanitize, ..Plan::default() }).expect("a hard reference")
}

/// Whether a finding is about something that the verifier does not claim.
fn is_beyond(finding: &str) -> bool {
    let rule = finding.split(": ").nth(1).unwrap_or_default();
    finding.starts_with("reference: ")
        && rule.starts_with(|c: char| c.is_ascii_uppercase())
        && rule.len() <= 3
        && Rule::from_id(rule).is_none()
}

#[test]
fn what_verifies_runs_clean() {
    if !is_there() {
        return;
    }
    let options = Options { seed: 2, n_mutants: 2000, max_findings: 100, ..Options::default() };
    let mut machines = both(Sanitize::OneWay);
    let stats = soundness(&options, &check, &mut machines).expect("machines that start");
    println!("{}", stats.text());
    for finding in stats.findings.keys() {
        assert!(is_beyond(finding), "{finding}");
    }
    assert_eq!(stats.all.n_tried, 2000);
    let percent = 100.0 * stats.all.accepted();
    assert!((10.0..90.0).contains(&percent), "{percent} % were accepted");
    assert!(stats.mutators.len() > 50, "{:?}", stats.mutators.keys());
    assert!(stats.rules.len() > 15, "{:?}", stats.rules);
    for machine in ["reference", "sanitized", "ours"] {
        let n: u64 =
            stats.ends.iter().filter(|((name, _), _)| *name == machine).map(|(_, n)| n).sum();
        assert_eq!(n, stats.all.n_accepted, "{machine}");
        let n_steps = stats.n_steps.get(machine).copied().unwrap_or(0);
        let least = if machine == "sanitized" { 10 } else { 100 };
        assert!(n_steps > least * n, "{machine} executes {n_steps} instructions");
    }
}

/// So it does with sanitizers in all the ways, which then take the reference's place.
#[test]
fn what_verifies_runs_clean_when_sanitized() {
    if !is_there() {
        return;
    }
    let options = Options { seed: 3, n_mutants: 500, max_findings: 100, ..Options::default() };
    let mut machines = both(Sanitize::All);
    let stats = soundness(&options, &check, &mut machines).expect("machines that start");
    println!("{}", stats.text());
    assert!(stats.findings.keys().all(|finding| is_beyond(finding)), "{:?}", stats.findings);
    assert!(stats.n_steps["reference"] > 100 * stats.all.n_accepted);
    assert!(!stats.n_steps.contains_key("sanitized"));
}

/// A verifier that accepts what it should not is found out at once, and so is one that says no to
/// everything.
#[test]
fn a_bad_verifier_is_noticed() {
    if !is_there() {
        return;
    }
    let options = Options { n_mutants: 2000, max_findings: 3, ..Options::default() };
    let mut machines = both(Sanitize::OneWay);
    let stats = soundness(&options, &|_| Ok(()), &mut machines).expect("machines that start");
    assert!(stats.findings.len() >= 3, "{}", stats.text());
    assert!(stats.all.n_tried <= 1000, "{}", stats.line());
}

/// A finding is written down small: what is left of it is found wrong in the same way, is stated as text
/// as well, and has little that does not matter.
#[cfg(feature = "ablation")]
#[test]
fn findings_are_made_small() {
    use moonproof_bytecode::asm::assemble;
    use moonproof_bytecode::load;
    use moonproof_fuzz::campaign::machines::Machine;
    use moonproof_fuzz::campaign::shrink::n_instructions;
    use moonproof_hard::{Gauntlet, Job, Verdict, signature};
    use moonproof_verifier::verify_without;

    if !is_there() {
        return;
    }
    for (rule, most) in [(Rule::V3, 16), (Rule::S2, 6)] {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("findings-{rule}"));
        let _ = std::fs::remove_dir_all(&folder);
        let without =
            |chunk: &moonproof_bytecode::Chunk| verify_without(chunk.clone(), rule).map(drop);
        let options = Options { n_mutants: 20_000, max_findings: 1, ..Options::default() };
        let options = Options { findings: Some(folder.clone()), ..options };
        let plan = Plan { sanitize: Sanitize::None, ..Plan::default() };
        let mut machines = Machines::oracle(plan).expect("a hard reference");
        let stats = soundness(&options, &without, &mut machines).expect("machines that start");
        assert!(!stats.findings.is_empty(), "{rule}: {}", stats.line());
        let mut n_small = 0;
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            let Some(name) = path.to_string_lossy().strip_suffix(".txt").map(str::to_owned) else {
                continue;
            };
            let report = std::fs::read_to_string(&path).expect("a report");
            let bytes = std::fs::read(format!("{name}.luac")).expect("a chunk");
            let whole = std::fs::read(format!("{name}.whole.luac")).expect("a chunk");
            let text = std::fs::read_to_string(format!("{name}.luasm")).expect("a text");
            assert_eq!(assemble(&text).expect("a text of a chunk").bytes, bytes, "{name}");
            let chunk = load(&bytes).expect("a chunk");
            assert_eq!(check(&chunk).expect_err("rejected").rule(), rule, "{report}");
            let n = n_instructions(&chunk.main);
            println!(
                "{rule}: {} bytes to {}, {n} instructions\n{report}",
                whole.len(),
                bytes.len()
            );
            assert!(bytes.len() < whole.len(), "{report}");
            n_small += usize::from(n <= most);

            let (what, seed) = report.split_once("--run-seed ").expect("how to run it");
            let seed = seed.lines().next().and_then(|seed| seed.parse().ok()).expect("a seed");
            let gauntlet = Gauntlet::monitored().expect("it is there");
            let mut gauntlet = gauntlet.ways(plan.ways(Machine::Reference));
            let job = Job { chunk: &bytes, seed, is_oracle: true };
            match gauntlet.run_one(job).expect("a machine that starts") {
                Verdict::Finding(found) => assert!(what.contains(&signature(&found)), "{found}"),
                other => panic!("{other:?}: {report}"),
            }
        }
        assert!(n_small > 0, "{rule}: nothing has become small");
    }
}

#[test]
fn generated_programs_verify() {
    let result = completeness(1_000_000, 1000, &check);
    assert_eq!(result.rejected, Vec::<String>::new());
    assert!(result.n_functions > 5000, "{}", result.n_functions);
}

#[test]
fn precision_is_measured() {
    if !is_there() {
        return;
    }
    let mut machines = Machines::reference().expect("a hard reference");
    let options = Options { n_mutants: 256, ..Options::default() };
    let result = precision(&options, &check, &mut machines).expect("a machine that starts");
    assert_eq!(result.n_mutants, 256);
    assert!(result.n_clean > 100 && result.n_rejected < result.n_clean, "{result:?}");
    assert_eq!(result.rules.values().sum::<u64>(), result.n_rejected);
}

/// The same seed makes the same mutants, and another one others.
#[test]
fn mutants_are_reproducible() {
    let make = |seed| {
        let mut workshop = Workshop::new(seed);
        assert!(workshop.n_seeds() >= 200);
        let mutants: Vec<Vec<u8>> = (0..50).map(|_| workshop.mutant().bytes).collect();
        mutants
    };
    assert_eq!(make(3), make(3));
    assert_ne!(make(3), make(4));
}

/// Without any one of the rules that memory or types depend on, a campaign finds something, mostly
/// within seconds.
#[cfg(feature = "ablation")]
#[test]
fn every_rule_is_missed() {
    use moonproof_verifier::{Keeper, Strength};

    /// Rules that others stand in for, or that no mutant is long enough to break; the suite `hard`
    /// shows what they are good for.
    const OTHERWISE: [Rule; 4] = [Rule::H6, Rule::F1, Rule::S1, Rule::S13];
    if !is_there() {
        return;
    }
    let matters = |rule: &Rule| {
        let info = rule.info();
        let matters = matches!(info.strength, Strength::Memory | Strength::Assertion);
        info.keeper == Keeper::Verifier && matters && !OTHERWISE.contains(rule)
    };
    let rules: Vec<Rule> = Rule::ALL.iter().copied().filter(matters).collect();
    check_missed(&rules, 400_000, Sanitize::OneWay);
}

/// Each of the rules is missed before there were so many mutants.
#[cfg(feature = "ablation")]
fn check_missed(rules: &[Rule], n_mutants: u64, sanitize: Sanitize) {
    use std::time::Duration;

    use moonproof_fuzz::campaign::{Judge, ablation};
    use moonproof_verifier::verify_without;

    let options = Options { n_mutants, time: Duration::from_secs(120), ..Options::default() };
    let mut missed = Vec::new();
    for &rule in rules {
        let without =
            |chunk: &moonproof_bytecode::Chunk| verify_without(chunk.clone(), rule).map(drop);
        let judges: (Judge<'_>, Judge<'_>) = (&check, &without);
        let plan = Plan { sanitize, ..Plan::default() };
        let mut machines = Machines::oracle(plan).expect("a hard reference");
        let result = ablation(&options, judges, &mut machines).expect("a machine that starts");
        println!("{rule}: after {} mutants, {:?}", result.n_mutants, result.finding);
        if result.finding.is_none() {
            missed.push(rule);
        }
    }
    assert!(missed.is_empty(), "nobody notices that these are missing: {missed:?}");
}

/// What the runs without sanitizers are worth by themselves: rules about lifetimes and about memory
/// are missed there, too, and so soon that the long campaign misses them many times over.
#[cfg(feature = "ablation")]
#[test]
fn rules_are_missed_without_sanitizers() {
    if !is_there() {
        return;
    }
    let rules = [Rule::V2, Rule::V3, Rule::C2, Rule::C3, Rule::S2, Rule::S5, Rule::S7, Rule::F5];
    check_missed(&rules, 100_000, Sanitize::None);
}
