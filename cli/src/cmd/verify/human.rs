//! What is wrong, for people: each finding with the listing around it.
//!
//! Numbers in the margin are those of instructions, from 0, as findings give them. Where a chunk
//! does not load, the bytes around the fault stand there instead.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use moonproof_bytecode::listing::instruction_text;
use moonproof_bytecode::{OpCode, Proto};

use super::{Problem, Subject, Verdict};
use crate::report::{good, harmless};

/// Instructions shown before and behind one that is marked.
const CONTEXT: u32 = 2;
/// Instructions between two marked ones above which they are shown apart.
const FAR: u32 = 8;
/// Bytes in a row.
const ROW: usize = 16;

/// Prints what is said of a file.
pub(super) fn print(verdict: &Verdict, subject: &Subject<'_>) {
    let name = harmless(&verdict.name);
    if verdict.is_good() {
        anstream::println!("{name}: {}", good("verified"));
        return;
    }
    let renderer = Renderer::styled();
    for problem in &verdict.problems {
        let report = [report(&name, problem, subject)];
        anstream::println!("{}", without_origins(&renderer.render(&report)));
    }
    if verdict.n_omitted > 0 {
        anstream::println!("{name}: and {} more", verdict.n_omitted);
    }
}

/// Takes out the lines that announce listings as of other files: the place stands in front of them.
fn without_origins(report: &str) -> String {
    let mut out = String::with_capacity(report.len() + 1);
    let mut is_first = true;
    for line in report.lines() {
        if anstream::adapter::strip_str(line).to_string().trim() == ":::" {
            if !std::mem::take(&mut is_first) {
                out.push_str("...\n");
            }
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn report<'a>(name: &str, problem: &'a Problem, subject: &Subject<'_>) -> Group<'a> {
    let info = problem.rule.map(moonproof_verifier::Rule::info);
    let text = harmless(&problem.text);
    let mut group = match info {
        Some(info) => Level::ERROR.primary_title(info.title).id(info.id),
        None => Level::ERROR.primary_title(text.clone()),
    }
    .element(Origin::path(place(name, problem)));
    let snippets = match (problem.pc, subject.function(&problem.path)) {
        (Some(pc), Some(proto)) => instructions(problem, pc, proto),
        _ => bytes(problem, subject).into_iter().collect(),
    };
    let is_told = problem.pc.is_some() && !snippets.is_empty() && problem.difference.is_some();
    group = group.elements(snippets);
    if !is_told && info.is_some() {
        let what = match &problem.difference {
            Some((expected, found)) => format!("expected {expected}, found {found}"),
            None => text,
        };
        group = group.element(Level::NOTE.message(harmless(&what)));
    }
    if let Some(state) = &problem.state {
        group = group.element(Level::NOTE.message(format!("before it: {state}")));
    }
    let reference = format!("the reference {}", problem.reference);
    group = group.element(Level::NOTE.message(reference));
    match info {
        Some(info) => {
            let help = format!("`moonproof explain {}` tells more", info.id);
            group.element(Level::HELP.message(help))
        }
        None => group,
    }
}

/// File, function, line, instruction and byte.
fn place(name: &str, problem: &Problem) -> String {
    let mut parts = Vec::new();
    if problem.rule.is_some() && problem.difference.is_some() {
        parts.push(problem.function());
    }
    parts.extend(problem.item.clone());
    parts.extend(problem.line.map(|line| format!("line {line}")));
    parts.extend(problem.pc.map(|pc| format!("pc {pc}")));
    parts.extend(problem.offset.map(|offset| format!("byte {offset}")));
    let name = match problem.text_line {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    if parts.is_empty() { name } else { format!("{name}: {}", parts.join(", ")) }
}

/// The listing around the instruction and those that the notes are about.
fn instructions(
    problem: &Problem,
    pc: u32,
    proto: &Proto,
) -> Vec<Snippet<'static, Annotation<'static>>> {
    let n = u32::try_from(proto.code.len()).unwrap_or(u32::MAX);
    let difference = problem.difference.as_ref();
    let label = difference.map(|(expected, found)| format!("expected {expected}, found {found}"));
    let mut marks = vec![(pc, AnnotationKind::Primary, label.unwrap_or_default())];
    let notes = problem.notes.iter().filter(|note| note.pc < n);
    marks.extend(notes.map(|note| (note.pc, AnnotationKind::Context, note.text.clone())));
    marks.retain(|(pc, ..)| *pc < n);
    marks.sort_by_key(|(pc, ..)| *pc);
    let mut groups: Vec<Vec<(u32, AnnotationKind, String)>> = Vec::new();
    for mark in marks {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|(pc, ..)| mark.0 - pc <= FAR) => {
                group.push(mark)
            }
            _ => groups.push(vec![mark]),
        }
    }
    groups
        .into_iter()
        .filter_map(|group| {
            let (first, last) = (group.first()?.0, group.last()?.0);
            let range = first.saturating_sub(CONTEXT)..n.min(last.saturating_add(CONTEXT + 1));
            Some(listing(proto, range, group))
        })
        .collect()
}

/// Some of a function's instructions, some of them marked.
fn listing(
    proto: &Proto,
    range: Range<u32>,
    marks: Vec<(u32, AnnotationKind, String)>,
) -> Snippet<'static, Annotation<'static>> {
    let mut source = String::new();
    let mut annotations = Vec::new();
    let mut marks = marks.into_iter().peekable();
    for pc in range.clone() {
        let (line, len) = listed(proto, pc);
        while let Some((_, kind, label)) = marks.next_if(|(marked, ..)| *marked == pc) {
            let span = source.len()..source.len() + len;
            annotations.push(kind.span(span).label(harmless(&label)));
        }
        source.push_str(&line);
        source.push('\n');
    }
    Snippet::source(source).line_start(range.start as usize).fold(false).annotations(annotations)
}

/// An instruction in one line, and how long it is without its comment.
fn listed(proto: &Proto, pc: u32) -> (String, usize) {
    let text = harmless(&instruction_text(proto, pc)).replace('\n', "\\n");
    let (instruction, comment) = match text.split_once("\t; ") {
        Some((instruction, comment)) => (instruction, Some(comment)),
        None => (&*text, None),
    };
    let instruction = instruction.replace('\t', " ").trim_end().to_owned();
    let len = instruction.len();
    match comment {
        Some(comment) => {
            let comment = target_comment(proto, pc).unwrap_or_else(|| comment.replace('\t', " "));
            (format!("{instruction:<28}; {comment}"), len)
        }
        None => (instruction, len),
    }
}

/// Where a jump goes, in the numbers of the margin: listings count from 1.
fn target_comment(proto: &Proto, pc: u32) -> Option<String> {
    let word = proto.code.get(pc as usize)?;
    let (next, bx) = (i64::from(pc) + 1, i64::from(word.bx()));
    let (before, target) = match word.opcode()? {
        OpCode::Jmp => ("to", next + i64::from(word.sj())),
        OpCode::ForLoop | OpCode::TForLoop => ("to", next - bx),
        OpCode::ForPrep => ("exit to", next + bx + 1),
        OpCode::TForPrep => ("to", next + bx),
        _ => return None,
    };
    Some(format!("{before} {target}"))
}

/// The row of bytes in which a chunk ceases to make sense.
fn bytes(
    problem: &Problem,
    subject: &Subject<'_>,
) -> Option<Snippet<'static, Annotation<'static>>> {
    let at = problem.offset.filter(|at| *at <= subject.bytes.len())?;
    let first = at / ROW * ROW;
    let row = subject.bytes.get(first..subject.bytes.len().min(first + ROW))?;
    let mut source: String = row.iter().map(|byte| format!("{byte:02x} ")).collect();
    let start = 3 * (at - first);
    let len = if at < subject.bytes.len() { 2 } else { 0 };
    source.truncate(source.trim_end().len());
    let annotation = AnnotationKind::Primary.span(start..(start + len).min(source.len()));
    Some(Snippet::source(source).line_start(first).fold(false).annotation(annotation))
}
