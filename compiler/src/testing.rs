//! What unit tests compare: code, constants and errors as short texts.

use std::fmt::Write;

use moonproof_bytecode::opcode::Column;
use moonproof_bytecode::{Chunk, Constant, Instruction, OpCode, Proto};

use crate::compile;

pub(crate) fn chunk(source: &str) -> Chunk {
    compile(source.as_bytes(), b"=t").unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// Instructions of all functions, inner ones behind a `|`, without the last return of each and the
/// main function's VARARGPREP.
pub(crate) fn code(source: &str) -> String {
    let main = chunk(source).main;
    let mut text = String::new();
    list(&main, &mut text);
    text
}

fn list(proto: &Proto, text: &mut String) {
    let is_main = proto.line_defined == 0;
    let words = &proto.code[usize::from(is_main)..proto.code.len() - 1];
    let words: Vec<String> = words.iter().map(|&word| instruction(word)).collect();
    text.push_str(&words.join("; "));
    for inner in &proto.protos {
        text.push_str(" | ");
        list(inner, text);
    }
}

pub(crate) fn instruction(word: Instruction) -> String {
    let Some(op) = word.opcode() else {
        return "?".to_owned();
    };
    let mut text = op.name().to_owned();
    for column in op.info().columns {
        let operand = match column {
            Column::A => word.a() as i32,
            Column::B => word.b() as i32,
            Column::SB => word.sb(),
            Column::C => word.c() as i32,
            Column::SC => word.sc(),
            Column::Bx => word.bx() as i32,
            Column::SBx => word.sbx(),
            Column::Ax => word.ax() as i32,
            Column::SJ => word.sj(),
            Column::K => i32::from(word.k()),
            Column::KMark => {
                text.push_str(if word.k() { "k" } else { "" });
                continue;
            }
        };
        let _ = write!(text, " {operand}");
    }
    // Comparisons note in C, which listings leave out, that a float was compared with.
    if (OpCode::Eq..=OpCode::GeI).contains(&op) && word.c() != 0 {
        text.push_str(" float");
    }
    text
}

/// Constants of the main function.
pub(crate) fn constants(source: &str) -> String {
    let constants = chunk(source).main.constants;
    let texts: Vec<String> = constants
        .iter()
        .map(|constant| match constant {
            Constant::Nil => "nil".to_owned(),
            Constant::Bool(value) => value.to_string(),
            Constant::Integer(value) => value.to_string(),
            Constant::Float(value) => format!("{value:?}"),
            Constant::String(string) => format!("'{}'", string.escape_ascii()),
        })
        .collect();
    texts.join(" ")
}

#[track_caller]
pub(crate) fn check_code(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(code(source), *expected, "{source}");
    }
}

#[track_caller]
pub(crate) fn check_constants(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(constants(source), *expected, "{source}");
    }
}

/// Compares error texts; the chunk is named `t`.
#[track_caller]
pub(crate) fn check_errors(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        match compile(source.as_bytes(), b"=t") {
            Ok(_) => panic!("{source}: accepted"),
            Err(error) => {
                assert_eq!(error.message().escape_ascii().to_string(), *expected, "{source}");
            }
        }
    }
}
