//! Control-flow graphs as DOT, for looking at.
//!
//! Any chunk that loads has a graph, verified or not: jumps out of the code go to a node of their
//! own. What an opcode may go on to is taken from the opcode table.

use std::collections::BTreeSet;
use std::io::{self, Write};

use moonproof_bytecode::listing::instruction_text;
use moonproof_bytecode::opcode::Role;
use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto};

/// Writes one graph for each function.
pub(crate) fn write_dot(out: &mut impl Write, chunk: &Chunk) -> io::Result<()> {
    write_function(out, &chunk.main, "main")
}

fn write_function(out: &mut impl Write, proto: &Proto, name: &str) -> io::Result<()> {
    writeln!(out, "digraph \"{name}\" {{")?;
    writeln!(
        out,
        "  label=\"{name} (lines {}-{})\";",
        proto.line_defined, proto.last_line_defined
    )?;
    writeln!(out, "  node [shape=box, fontname=monospace];")?;
    let starts: Vec<usize> = block_starts(proto).into_iter().collect();
    for (i, &start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(proto.code.len());
        write!(out, "  b{start} [label=\"")?;
        for pc in start..end {
            let text = instruction_text(proto, pc as u32).replace('\t', " ");
            write!(out, "{} {}\\l", pc + 1, escape(&text))?;
        }
        writeln!(out, "\"];")?;
        for edge in successors(&proto.code, end - 1) {
            let style = edge.label.map_or(String::new(), |label| format!(" [label=\"{label}\"]"));
            if edge.to < proto.code.len() {
                writeln!(out, "  b{start} -> b{}{style};", edge.to)?;
            } else {
                writeln!(out, "  b{start} -> outside{style};")?;
            }
        }
    }
    writeln!(out, "}}")?;
    for (i, inner) in proto.protos.iter().enumerate() {
        write_function(out, inner, &format!("{name}.{i}"))?;
    }
    Ok(())
}

/// Text inside a DOT string.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Where to, and what for.
struct Edge {
    to: usize,
    label: Option<&'static str>,
}

/// Marks a target outside the code.
const OUTSIDE: usize = usize::MAX;

fn offset(pc: usize, distance: i64) -> usize {
    usize::try_from(pc as i64 + distance).unwrap_or(OUTSIDE)
}

/// The target that a word's jump operand names, if it has one.
fn jump_target(word: Instruction, op: OpCode, pc: usize) -> Option<usize> {
    let bx = i64::from(word.bx());
    op.info().roles.iter().find_map(|role| match role {
        Role::JumpFwd => Some(offset(pc, 1 + i64::from(word.sj()))),
        Role::JumpLoop => Some(offset(pc, 1 - bx)),
        Role::JumpPrep => Some(offset(pc, 2 + bx)),
        Role::JumpTfor => Some(offset(pc, 1 + bx)),
        _ => None,
    })
}

/// What can be executed after the word at `pc`.
fn successors(code: &[Instruction], pc: usize) -> Vec<Edge> {
    let Some(word) = code.get(pc) else {
        return Vec::new();
    };
    let edge = |to, label| Edge { to, label };
    let next = || edge(pc + 1, None);
    let Some(op) = word.opcode() else {
        return vec![next()];
    };
    let target = jump_target(*word, op, pc);
    match op {
        OpCode::Return | OpCode::Return0 | OpCode::Return1 => Vec::new(),
        OpCode::Jmp | OpCode::TForPrep => target.map(|to| edge(to, None)).into_iter().collect(),
        OpCode::ForLoop | OpCode::TForLoop => {
            let back = target.map(|to| edge(to, Some("loop")));
            back.into_iter().chain([next()]).collect()
        }
        OpCode::ForPrep => {
            let skip = target.map(|to| edge(to, Some("skip")));
            [next()].into_iter().chain(skip).collect()
        }
        OpCode::LoadKx | OpCode::NewTable | OpCode::LFalseSkip => vec![edge(pc + 2, None)],
        OpCode::SetList if word.k() => vec![edge(pc + 2, None)],
        _ if op.info().modes.t => vec![edge(pc + 1, Some("yes")), edge(pc + 2, Some("no"))],
        _ if is_arithmetic(code, pc) => {
            vec![edge(pc + 2, None), edge(pc + 1, Some("metamethod"))]
        }
        _ => vec![next()],
    }
}

/// Whether a word is followed by the metamethod call that it skips when it needs none.
fn is_arithmetic(code: &[Instruction], pc: usize) -> bool {
    let is_fallback = |word: &Instruction| word.opcode().is_some_and(|op| op.info().modes.mm);
    code.get(pc + 1).is_some_and(is_fallback) && !is_fallback(&code[pc])
}

/// First instructions of blocks: the first of all, targets, and what follows a word that has other
/// successors than the next word. Arithmetic does not end a block, since its fallback comes back.
fn block_starts(proto: &Proto) -> BTreeSet<usize> {
    let code = &proto.code;
    let mut starts = BTreeSet::new();
    if !code.is_empty() {
        starts.insert(0);
    }
    for pc in 0..code.len() {
        let edges = successors(code, pc);
        let goes_on = matches!(&edges[..], [edge] if edge.to == pc + 1 || edge.to == pc + 2 && edge.label.is_none());
        if goes_on || is_arithmetic(code, pc) {
            continue;
        }
        starts.extend(edges.iter().map(|edge| edge.to).filter(|to| *to < code.len()));
        if pc + 1 < code.len() {
            starts.insert(pc + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use moonproof_compiler::compile;

    fn dot(source: &str) -> String {
        let chunk = compile(source.as_bytes(), b"=test").unwrap();
        let mut out = Vec::new();
        write_dot(&mut out, &chunk).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn straight_code_is_one_block() {
        let text = dot("local a = ... return a + 1");
        assert_eq!(text.matches("[label=\"1 VARARGPREP").count(), 1);
        assert!(!text.contains("->"), "{text}");
    }

    #[test]
    fn branches_and_loops_have_edges() {
        let text = dot("local a = ... for i = 1, a do if i > 2 then a = i end end");
        for label in ["skip", "loop", "yes", "no"] {
            assert!(text.contains(&format!("[label=\"{label}\"]")), "{label}: {text}");
        }
        assert!(!text.contains("outside"), "{text}");
    }

    #[test]
    fn hostile_code_has_a_graph() {
        let code = vec![Instruction(0x7F), Instruction::new_sj(OpCode::Jmp, -9_000)];
        let main = Proto { code, ..Proto::default() };
        let mut out = Vec::new();
        write_dot(&mut out, &Chunk { n_upvalues: 0, main }).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("-> outside"));
    }
}
