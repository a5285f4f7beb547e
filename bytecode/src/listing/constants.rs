//! Constants in listings.

use crate::chunk::{Constant, Proto};
use crate::number::{self, Number};

/// Appends constant `idx` of the function.
pub(super) fn constant_at(out: &mut Vec<u8>, proto: &Proto, idx: u32) {
    match proto.constants.get(idx as usize) {
        Some(value) => constant(out, value),
        None => out.push(b'?'),
    }
}

/// Mirrors `PrintConstant`.
pub(super) fn constant(out: &mut Vec<u8>, constant: &Constant) {
    match constant {
        Constant::Nil => out.extend_from_slice(b"nil"),
        Constant::Bool(false) => out.extend_from_slice(b"false"),
        Constant::Bool(true) => out.extend_from_slice(b"true"),
        Constant::Integer(i) => number::format::number(out, Number::Integer(*i)),
        Constant::Float(f) => number::format::number(out, Number::Float(*f)),
        Constant::String(string) => quoted(out, string),
    }
}

/// Mirrors `PrintType`.
pub(super) fn type_letter(constant: &Constant) -> &'static [u8] {
    match constant {
        Constant::Nil => b"N",
        Constant::Bool(_) => b"B",
        Constant::Integer(_) => b"I",
        Constant::Float(_) => b"F",
        Constant::String(_) => b"S",
    }
}

/// Mirrors `PrintString`.
fn quoted(out: &mut Vec<u8>, string: &[u8]) {
    out.push(b'"');
    for &byte in string {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x07 => out.extend_from_slice(b"\\a"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0C => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x0B => out.extend_from_slice(b"\\v"),
            b' '..=b'~' => out.push(byte),
            _ => {
                let digits = [byte / 100, byte / 10 % 10, byte % 10].map(|digit| b'0' + digit);
                out.push(b'\\');
                out.extend_from_slice(&digits);
            }
        }
    }
    out.push(b'"');
}
