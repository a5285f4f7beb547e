//! Chunks that break a rule: `corpus/reject/RULE/NAME.luasm`, and what is expected of them.
//!
//! Such a file is a text for the assembler that begins with comments:
//!
//! ```text
//! ; What is wrong with it, in words.
//! ; attack: C9                 ids of known attacks, if it is one
//! ; also: T5                   rules that cannot but break with it
//! ; reference: crashes: ...    what the reference does with it, and more on that
//! ; host: load(chunk)()        Lua that makes the reference do so; one line each
//! ```
//!
//! Comments that begin with `;!` are the findings, each behind the statement that it is about, or in
//! a line of its own in the function that it is about. `BLESS=1` renews them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use moonproof_bytecode::asm::{Assembly, Item, assemble};
use moonproof_bytecode::load_with_offsets;
use moonproof_verifier::{Finding, Place, Rule, check as verify};

/// Ending of the files.
pub const EXTENSION: &str = "luasm";

/// What the reference does with a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Memory is read or written that is not the program's to touch.
    Crashes,
    /// A build with assertions aborts; the others stay safe.
    Asserts,
    /// Memory or time are taken out of all proportion.
    Exhausts,
    /// It is not loaded.
    Refuses,
    /// It runs.
    Accepts,
}

/// What the comments at the beginning say.
#[derive(Clone, Debug)]
pub struct Head {
    /// What is wrong with the chunk.
    pub title: String,
    /// Ids of the attacks that it is.
    pub attacks: Vec<String>,
    /// Ids of rules that are broken as well.
    pub also: Vec<String>,
    /// What the reference does.
    pub fate: Fate,
    /// Lua that is given the chunk as `chunk`.
    pub host: String,
}

/// What a host does if nothing else is said.
const USUAL_HOST: &str = "local f = load(chunk, '=chunk', 'b') if f then pcall(f) end\n";

/// Reads the comments at the beginning.
///
/// # Errors
///
/// What is missing or not understood.
pub fn head(text: &str) -> Result<Head, String> {
    let mut title = Vec::new();
    let mut attacks = Vec::new();
    let mut also = Vec::new();
    let mut fate = None;
    let mut host = String::new();
    let comments = text.lines().map_while(|line| line.strip_prefix("; "));
    for comment in comments {
        let (key, value) = comment.split_once(": ").unwrap_or(("", comment));
        match key {
            "attack" => attacks.extend(value.split(", ").map(str::to_owned)),
            "also" => also.extend(value.split(", ").map(str::to_owned)),
            "reference" => fate = Some(fate_of(value)?),
            "host" => {
                host.push_str(value);
                host.push('\n');
            }
            _ if fate.is_none() && host.is_empty() => title.push(comment),
            _ => return Err(format!("unexpected comment: {comment}")),
        }
    }
    if host.is_empty() {
        host = USUAL_HOST.to_owned();
    }
    match fate {
        Some(fate) if !title.is_empty() => {
            Ok(Head { title: title.join(" "), attacks, also, fate, host })
        }
        Some(_) => Err("it does not say what is wrong".to_owned()),
        None => Err("it does not say what the reference does".to_owned()),
    }
}

fn fate_of(value: &str) -> Result<Fate, String> {
    match value.split([',', ':', ';', ' ']).next() {
        Some("crashes") => Ok(Fate::Crashes),
        Some("asserts") => Ok(Fate::Asserts),
        Some("exhausts") => Ok(Fate::Exhausts),
        Some("refuses") => Ok(Fate::Refuses),
        Some("accepts") => Ok(Fate::Accepts),
        _ => Err(format!("the reference does not `{value}`")),
    }
}

/// Where a finding belongs in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// It is the only one, about bytes that do not load.
    Chunk,
    /// A function as a whole.
    Function(usize),
    /// A line.
    Line(u32),
}

/// Findings with their places.
type Findings = BTreeSet<(Spot, String)>;

/// What is wrong with an assembled chunk, and which rules that breaks.
fn findings(assembly: &Assembly) -> (Findings, BTreeSet<Rule>) {
    let (chunk, offsets) = match load_with_offsets(&assembly.bytes) {
        Ok(loaded) => loaded,
        Err(error) => {
            let rule = Rule::of_load_error(error.kind());
            let message = error.to_string();
            let what = message.split(", at byte ").next().unwrap_or_default();
            let findings = [(Spot::Chunk, format!("{rule}: {what}"))];
            return (findings.into(), [rule].into());
        }
    };
    let Err(mut rejection) = verify(&chunk) else { return Default::default() };
    rejection.locate(&offsets);
    let list = rejection.findings();
    for finding in list {
        // What is said to be at an offset is there.
        let at = finding.offset.expect("an offset");
        if let Some(word) = finding.instruction {
            assert_eq!(
                assembly.bytes.get(at..at + 4),
                Some(&word.0.to_le_bytes()[..]),
                "{finding}"
            );
        }
    }
    (
        list.iter().map(|finding| (spot(assembly, finding), text_of(finding))).collect(),
        list.iter().map(|finding| finding.rule).collect(),
    )
}

fn text_of(finding: &Finding) -> String {
    format!("{}: expected {}, found {}", finding.rule, finding.expected, finding.found)
}

fn spot(assembly: &Assembly, finding: &Finding) -> Spot {
    let function = assembly.function(&finding.path).unwrap_or_default();
    let item = match finding.place {
        Place::Function => None,
        Place::Code(pc) | Place::LineInfo(pc) => Some(Item::Code(pc)),
        Place::Upvalue(idx) => Some(Item::Upvalue(idx)),
        Place::LocVar(idx) => Some(Item::LocVar(idx)),
        Place::AbsLine(idx) => Some(Item::AbsLine(idx)),
    };
    item.and_then(|item| assembly.line_of(function, item))
        .map_or(Spot::Function(function), Spot::Line)
}

/// What is found in a text is what its notes say, and breaks that rule alone, or with those that the
/// text names.
///
/// # Errors
///
/// What differs.
pub fn check(text: &str, rule: &str) -> Result<(), String> {
    let assembly = assemble(text).map_err(|error| error.to_string())?;
    let (found, rules) = findings(&assembly);
    let at_chunk = found.iter().any(|(spot, _)| *spot == Spot::Chunk);
    let expected: Findings = assembly
        .notes
        .iter()
        .flat_map(|note| {
            let spot = match note.stands_alone {
                true if at_chunk => Spot::Chunk,
                true => Spot::Function(note.function),
                false => Spot::Line(note.line),
            };
            // There may be several findings in a line.
            note.text.split(" ;! ").map(move |text| (spot, text.to_owned()))
        })
        .collect();
    if found.is_empty() {
        return Err("it verifies".to_owned());
    }
    let mut message = String::new();
    for (what, list) in
        [("found", found.difference(&expected)), ("not found", expected.difference(&found))]
    {
        for (spot, text) in list {
            // Writing to a string cannot fail.
            let _ = writeln!(message, "{what}: {spot:?}: {text}");
        }
    }
    // Unreachable code breaks the rules of its words.
    let also = head(text)?.also;
    let is_meant = |found: &Rule| found.id() == rule || also.iter().any(|id| id == found.id());
    let has_all = rules.len() == 1 + also.len();
    if rule != Rule::S13.id() && !(has_all && rules.iter().all(is_meant)) {
        let _ = writeln!(message, "breaks {rules:?} instead of {rule}");
    }
    if message.is_empty() { Ok(()) } else { Err(message) }
}

/// The text with notes of what is found.
///
/// # Errors
///
/// If it cannot be assembled.
pub fn bless(text: &str) -> Result<String, String> {
    let mut lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(";!"))
        .map(|line| line.split(";!").next().unwrap_or_default().trim_end().to_owned())
        .collect();
    let assembly = assemble(&lines.join("\n")).map_err(|error| error.to_string())?;
    let head_len = lines.iter().take_while(|line| line.starts_with(';')).count();
    // From the end, so that numbers of lines stay right.
    let mut alone = Vec::new();
    for (spot, text) in findings(&assembly).0 {
        match spot {
            Spot::Line(line) => {
                if let Some(line) = lines.get_mut(line as usize - 1) {
                    let _ = write!(line, " ;! {text}");
                }
            }
            Spot::Chunk => alone.push((head_len, text)),
            Spot::Function(function) => {
                let first = assembly.first_line(function).unwrap_or_default() as usize;
                alone.push((first.max(head_len), text));
            }
        }
    }
    alone.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, text) in alone {
        lines.insert(at, format!(";! {text}"));
    }
    Ok(lines.join("\n") + "\n")
}
