//! `verify`: whether chunks verify, and if not, everything that is wrong with them.

use std::path::Path;

use moonproof_bytecode::listing::instruction_text;
use moonproof_bytecode::{Chunk, LoadError, LoadErrorKind, Proto};
use moonproof_verifier::{Finding, Place, Rejection, Rule, check};
use serde_json::{Value, json};

use crate::args::{VerifyArgs, VerifyFormat};
use crate::io::{Failure, Input, Refusal, write_stdout};
use crate::report;

/// Verifies files.
pub(crate) fn run(args: &VerifyArgs) -> Result<bool, Failure> {
    let mut verdicts = Vec::new();
    for path in &args.files {
        let verdict = verify(path)?;
        if args.format == VerifyFormat::Human {
            print_human(&verdict);
        }
        verdicts.push(verdict);
    }
    let document = match args.format {
        VerifyFormat::Human => None,
        VerifyFormat::Json => Some(json!(verdicts.iter().map(to_json).collect::<Vec<_>>())),
        VerifyFormat::Sarif => Some(to_sarif(&verdicts)),
    };
    if let Some(document) = document {
        write_stdout(format!("{document:#}\n").as_bytes())?;
    }
    Ok(verdicts.iter().all(|verdict| verdict.problems.is_empty() && verdict.n_omitted == 0))
}

/// What is said of one file.
struct Verdict {
    name: String,
    problems: Vec<Problem>,
    /// Findings beyond those that are told.
    n_omitted: usize,
}

/// One thing that is wrong with a file.
struct Problem {
    /// The rule that is broken; none if the file is a source that does not compile.
    rule: Option<Rule>,
    path: Box<[u32]>,
    pc: Option<u32>,
    line: Option<u32>,
    offset: Option<usize>,
    /// The instruction in its listing.
    instruction: Option<String>,
    /// All of it in words.
    text: String,
    /// What the reference does with such a file.
    reference: &'static str,
}

fn verify(path: &Path) -> Result<Verdict, Failure> {
    let input = Input::read(path)?;
    let mut verdict = Verdict { name: input.name.clone(), problems: Vec::new(), n_omitted: 0 };
    match input.chunk() {
        Err(Refusal::Source(message)) => verdict.problems.push(Problem {
            rule: None,
            path: Box::default(),
            pc: None,
            line: None,
            offset: None,
            instruction: None,
            text: String::from_utf8_lossy(&message).into_owned(),
            reference: REFUSES,
        }),
        Err(Refusal::Chunk(error)) => verdict.problems.push(of_load_error(&error)),
        Ok(loaded) => {
            if let Err(mut rejection) = check(&loaded.chunk) {
                if let Some(offsets) = &loaded.offsets {
                    rejection.locate(offsets);
                }
                verdict.n_omitted = rejection.n_omitted();
                verdict.problems = of_rejection(&rejection, &loaded.chunk);
            }
        }
    }
    Ok(verdict)
}

/// What the reference does with most files that it cannot load.
const REFUSES: &str = "refuses it, too";

fn of_load_error(error: &LoadError) -> Problem {
    let rule = Rule::of_load_error(error.kind());
    // Only these two it does not notice.
    let reference = match error.kind() {
        LoadErrorKind::UnknownConstant { .. } | LoadErrorKind::TooDeep => rule.info().reference,
        _ => REFUSES,
    };
    Problem {
        rule: Some(rule),
        path: error.path().into(),
        pc: None,
        line: None,
        offset: Some(error.offset()),
        instruction: None,
        text: error.to_string(),
        reference,
    }
}

fn of_rejection(rejection: &Rejection, chunk: &Chunk) -> Vec<Problem> {
    rejection.findings().iter().map(|finding| of_finding(finding, chunk)).collect()
}

fn of_finding(finding: &Finding, chunk: &Chunk) -> Problem {
    let proto = function_at(chunk, &finding.path);
    let pc = match finding.place {
        Place::Code(pc) => Some(pc),
        _ => None,
    };
    Problem {
        rule: Some(finding.rule),
        path: finding.path.clone(),
        pc,
        line: finding.line,
        offset: finding.offset,
        instruction: proto.zip(pc).map(|(proto, pc)| instruction_text(proto, pc)),
        text: finding.to_string(),
        reference: finding.rule.info().reference,
    }
}

fn function_at<'a>(chunk: &'a Chunk, path: &[u32]) -> Option<&'a Proto> {
    path.iter().try_fold(&chunk.main, |proto, idx| proto.protos.get(*idx as usize))
}

fn print_human(verdict: &Verdict) {
    let name = report::harmless(&verdict.name);
    if verdict.problems.is_empty() {
        anstream::println!("{name}: {}", report::good("verified"));
        return;
    }
    for problem in &verdict.problems {
        let text = report::harmless(&problem.text);
        anstream::println!("{name}: {}: {text}", report::error("rejected"));
        if let Some(instruction) = &problem.instruction {
            let pc = problem.pc.map_or_else(String::new, |pc| format!("{}\t", pc + 1));
            anstream::println!("    {pc}{}", report::harmless(instruction));
        }
        let reference = format!("the reference {}", problem.reference);
        anstream::println!("    {}", report::faint(&reference));
    }
    if verdict.n_omitted > 0 {
        anstream::println!("{name}: and {} more", verdict.n_omitted);
    }
}

fn to_json(verdict: &Verdict) -> Value {
    let problems: Vec<Value> = verdict
        .problems
        .iter()
        .map(|problem| {
            let info = problem.rule.map(Rule::info);
            json!({
                "rule": info.map(|info| info.id),
                "title": info.map(|info| info.title),
                "function": problem.path,
                "pc": problem.pc,
                "line": problem.line,
                "byte": problem.offset,
                "instruction": problem.instruction,
                "message": problem.text,
                "reference": problem.reference,
            })
        })
        .collect();
    json!({
        "file": verdict.name,
        "verified": problems.is_empty(),
        "findings": problems,
        "omitted": verdict.n_omitted,
    })
}

/// A SARIF 2.1.0 log of one run.
fn to_sarif(verdicts: &[Verdict]) -> Value {
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|rule| {
            let info = rule.info();
            json!({
                "id": info.id,
                "name": info.title,
                "shortDescription": { "text": info.title },
                "fullDescription": { "text": info.claim },
            })
        })
        .collect();
    let results: Vec<Value> = verdicts
        .iter()
        .flat_map(|verdict| verdict.problems.iter().map(|problem| sarif_result(verdict, problem)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "moonproof",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    })
}

fn sarif_result(verdict: &Verdict, problem: &Problem) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": verdict.name } });
    if let Some(offset) = problem.offset {
        place["region"] = json!({ "byteOffset": offset });
    }
    let path: Vec<String> = problem.path.iter().map(u32::to_string).collect();
    let function = if path.is_empty() { "main".to_owned() } else { path.join(".") };
    let mut result = json!({
        "level": "error",
        "message": { "text": problem.text },
        "locations": [{
            "physicalLocation": place,
            "logicalLocations": [{ "fullyQualifiedName": function, "kind": "function" }],
        }],
    });
    if let Some(rule) = problem.rule {
        result["ruleId"] = json!(rule.info().id);
    }
    result
}
