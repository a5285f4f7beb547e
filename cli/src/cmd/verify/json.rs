//! What is wrong, for programs.

use moonproof_verifier::Rule;
use serde_json::{Value, json};

use super::{Problem, Verdict};

/// One object per file.
pub(super) fn document(verdicts: &[Verdict]) -> Value {
    verdicts.iter().map(verdict).collect()
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "file": verdict.name,
        "verified": verdict.is_good(),
        "findings": verdict.problems.iter().map(problem).collect::<Vec<_>>(),
        "omitted": verdict.n_omitted,
    })
}

fn problem(problem: &Problem) -> Value {
    let info = problem.rule.map(Rule::info);
    let (expected, found) = problem.difference.clone().unzip();
    let notes: Vec<Value> = problem
        .notes
        .iter()
        .map(|note| json!({ "pc": note.pc, "text_line": note.text_line, "text": note.text }))
        .collect();
    json!({
        "rule": info.map(|info| info.id),
        "title": info.map(|info| info.title),
        "function": problem.path,
        "item": problem.item,
        "pc": problem.pc,
        "line": problem.line,
        "text_line": problem.text_line,
        "byte": problem.offset,
        "instruction": problem.instruction,
        "expected": expected,
        "found": found,
        "message": problem.text,
        "notes": notes,
        "state": problem.state,
        "reference": problem.reference,
    })
}
