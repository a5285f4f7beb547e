//! What is wrong, as a SARIF 2.1.0 log: one run, one result per finding.
//!
//! A chunk has no lines of its own, so that regions are counted in bytes, except for a chunk that a
//! text states; the line of the source is among a result's properties.

use std::path::Path;

use moonproof_verifier::Rule;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString,
    PhysicalLocation, PropertyBag, Region, ReportingDescriptor, Result as SarifResult, ResultLevel,
    Run, SCHEMA_URL, Sarif, Tool, ToolComponent, Version,
};

use super::{Note, Problem, Verdict};
use crate::io::Failure;

/// Bytes of an instruction.
const INSTRUCTION: i64 = 4;

/// The log.
pub(super) fn document(verdicts: &[Verdict]) -> Result<Value, Failure> {
    let results = verdicts
        .iter()
        .flat_map(|verdict| verdict.problems.iter().map(|problem| result(&verdict.name, problem)));
    let driver = ToolComponent::builder()
        .name("moonproof")
        .version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_HOMEPAGE"))
        .rules(Rule::ALL.iter().map(|rule| descriptor(*rule)).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .results(results.collect::<Vec<_>>())
        .build();
    let log =
        Sarif::builder().version(json!(Version::V2_1_0)).schema(SCHEMA_URL).runs(vec![run]).build();
    serde_json::to_value(log).map_err(|error| Failure::Message(error.to_string()))
}

fn descriptor(rule: Rule) -> ReportingDescriptor {
    let info = rule.info();
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(info.id)
        .name(info.title)
        .short_description(text(info.title))
        .full_description(text(info.claim))
        .help(text(&format!("With a chunk that breaks it, the reference {}.", info.reference)))
        .build()
}

fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn result(name: &str, problem: &Problem) -> SarifResult {
    let length = if problem.pc.is_some() { INSTRUCTION } else { 1 };
    let place = location(name, problem, region(problem.text_line, problem.offset, length), None);
    let related: Vec<Location> = problem
        .notes
        .iter()
        .map(|note| {
            let offset = problem.offset.zip(problem.pc).and_then(|(at, own_pc)| {
                (at + 4 * note.pc as usize).checked_sub(4 * own_pc as usize)
            });
            location(name, problem, region(note.text_line, offset, INSTRUCTION), Some(note))
        })
        .collect();
    let mut properties = PropertyBag::default();
    for (key, value) in [
        ("pc", json!(problem.pc)),
        ("line", json!(problem.line)),
        ("instruction", json!(problem.instruction)),
        ("state", json!(problem.state)),
        ("reference", json!(problem.reference)),
    ] {
        if !value.is_null() {
            properties.additional_properties.insert(key.to_owned(), value);
        }
    }
    let mut result = SarifResult::builder()
        .level(ResultLevel::Error)
        .message(message(&problem.text))
        .locations(vec![place])
        .properties(properties)
        .build();
    if let Some(rule) = problem.rule {
        result.rule_id = Some(rule.id().to_owned());
        let idx = Rule::ALL.iter().position(|listed| *listed == rule);
        result.rule_index = idx.and_then(|idx| i64::try_from(idx).ok());
    }
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    result
}

/// A line of a text, or bytes of a chunk.
fn region(text_line: Option<u32>, offset: Option<usize>, length: i64) -> Option<Region> {
    if let Some(line) = text_line {
        return Some(Region::builder().start_line(i64::from(line)).build());
    }
    let offset = i64::try_from(offset?).ok()?;
    Some(Region::builder().byte_offset(offset).byte_length(length).build())
}

/// A place in the chunk; `note` is about another instruction of the problem's function.
fn location(
    name: &str,
    problem: &Problem,
    region: Option<Region>,
    note: Option<&Note>,
) -> Location {
    let artifact = ArtifactLocation::builder().uri(uri(name)).build();
    let mut physical = PhysicalLocation::builder().artifact_location(artifact).build();
    physical.region = region;
    let function = LogicalLocation::builder()
        .fully_qualified_name(problem.function())
        .kind("function")
        .build();
    let mut location =
        Location::builder().physical_location(physical).logical_locations(vec![function]).build();
    if let Some(note) = note {
        location.id = Some(i64::from(note.pc));
        location.message = Some(message(&note.text));
    }
    location
}

/// The name of a file as a reference by URI.
fn uri(name: &str) -> String {
    let mut uri = String::new();
    if Path::new(name).is_absolute() {
        uri.push_str("file://");
    }
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_as_uris() {
        let check = |name: &str, expected: &str| assert_eq!(uri(name), expected, "{name}");
        check("a/b.luac", "a/b.luac");
        check("a b:c.luac", "a%20b%3Ac.luac");
        check("/tmp/é", "file:///tmp/%C3%A9");
    }
}
