//! Suite `opcodes`: the corpus makes the compiler emit every opcode, with both values of every flag
//! and with and without a count. What is not emitted by any file is not tested by any.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use moonproof_bytecode::opcode::Role;
use moonproof_bytecode::{Instruction, OpCode, Proto};
use moonproof_tests::corpus::files;
use moonproof_tests::gates::{self, Compilations};
use moonproof_tests::trial::{plain, with_reference};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        plain("opcodes::all_occur_in_the_corpus", all_occur),
        with_reference("opcodes::loadkx_equals_the_reference", many_constants),
    ]
}

/// An opcode with a value of one of its fields: what has to occur.
type Seen = BTreeSet<String>;

fn describe(op: OpCode, field: &str, is_zero: bool) -> String {
    format!("{} with {field} {} zero", op.info().name, if is_zero { "=" } else { "above" })
}

/// Fields that say one of two things: flags, and counts of which zero means "up to top".
fn two_valued(op: OpCode) -> Vec<&'static str> {
    let names = ["A", "B", "C", "k"];
    let roles = op.info().roles.iter().zip(names);
    roles
        .filter(|(role, _)| {
            matches!(
                role,
                Role::SelectsK
                    | Role::Condition
                    | Role::Flip
                    | Role::Closes
                    | Role::HasExtra
                    | Role::FloatMark
                    | Role::VarargShift
                    | Role::CountPlus1
                    | Role::HashSize
            )
        })
        .map(|(_, name)| name)
        .collect()
}

fn value(word: Instruction, field: &str) -> u32 {
    match field {
        "B" => word.b(),
        "C" => word.c(),
        _ => u32::from(word.k()),
    }
}

fn see(proto: &Proto, seen: &mut Seen) {
    for word in &proto.code {
        let Some(op) = word.opcode() else { continue };
        seen.insert(op.info().name.to_owned());
        for field in two_valued(op) {
            seen.insert(describe(op, field, value(*word, field) == 0));
        }
    }
    for nested in &proto.protos {
        see(nested, seen);
    }
}

/// What the compiler never emits, and why no source can make it.
const NEVER: [&str; 2] = [
    // A tail call passes on all results of a call or none; RETURN's B is as the call's results.
    "MMBINI with k above zero and C",
    "EXTRAARG with k above zero",
];

fn all_occur() -> Result<(), String> {
    let mut seen = Seen::new();
    let mut sources = files("corpus/codegen", "lua");
    sources.extend(files("corpus/programs", "lua"));
    for path in sources {
        let both = Compilations::of_file(&path);
        let chunk = both.ours.map_err(|message| message.escape_ascii().to_string())?;
        see(&chunk.main, &mut seen);
    }
    see(&loadkx()?.ours.map_err(|message| message.escape_ascii().to_string())?.main, &mut seen);
    let mut missing = Vec::new();
    for op in OpCode::ALL {
        let mut wanted = vec![op.info().name.to_owned()];
        for field in two_valued(op) {
            wanted.extend([true, false].map(|is_zero| describe(op, field, is_zero)));
        }
        missing.extend(wanted.into_iter().filter(|wanted| !seen.contains(wanted)));
    }
    missing.retain(|what| !NEVER.contains(&what.as_str()));
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

/// A function of more constants than LOADK can name: a source of that size has no place in the
/// repository.
fn loadkx() -> Result<Compilations, String> {
    let mut source = String::from("local t = {");
    for i in 0..140_000 {
        source += &format!("{i}.5,");
    }
    source += "}\nt.last = 'last' .. #t\nreturn t.x, t:method('end'), t == 'end', 7 + t[1]\n";
    Ok(Compilations::of_text(source.as_bytes(), "=many constants"))
}

fn many_constants() -> Result<(), String> {
    let both = loadkx()?;
    let (reference, ours) = both.accepted()?;
    gates::bytes(reference, ours)?;
    gates::same_listing(&reference.listing, ours)?;
    gates::round_trip(&reference.plain)?;
    gates::verifies(&reference.stripped)
}
