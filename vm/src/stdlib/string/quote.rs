//! `%q`: values as Lua reads them back.

use moonproof_bytecode::number::format::{Case, FloatStyle, Spec, float, push_integer};

use crate::value::Tag;
use crate::vm::{Raised, Vm};

/// Appends an argument as a literal (`addliteral`).
pub(super) fn push_literal(vm: &mut Vm, out: &mut Vec<u8>, arg: usize) -> Result<(), Raised> {
    let value = vm.arg(arg);
    match value.tag() {
        Tag::SHORT_STR | Tag::LONG_STR => {
            let bytes = value.as_string().map_or(&b""[..], |string| string.bytes());
            return push_string(vm, out, bytes);
        }
        // Its decimal form would be read as a float's.
        Tag::INT if value.int_bits() == i64::MIN => out.extend_from_slice(b"0x8000000000000000"),
        Tag::INT => push_integer(out, value.int_bits()),
        Tag::FLOAT => push_float(out, value.float_bits()),
        Tag::NIL => out.extend_from_slice(b"nil"),
        Tag::FALSE => out.extend_from_slice(b"false"),
        Tag::TRUE => out.extend_from_slice(b"true"),
        _ => return Err(vm.arg_error(arg, "value has no literal form")),
    }
    Ok(())
}

/// Appends a string in quotes (`addquoted`).
fn push_string(vm: &mut Vm, out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Raised> {
    /// Room is made for so many bytes at a time.
    const PART: usize = 1 << 10;
    vm.make_room(out, bytes.len() + 2)?;
    out.push(b'"');
    for start in (0..bytes.len()).step_by(PART) {
        let end = bytes.len().min(start + PART);
        vm.make_room(out, 4 * (end - start) + 1)?;
        push_quoted(out, &bytes[start..end], bytes.get(end).copied());
    }
    vm.make_room(out, 1)?;
    out.push(b'"');
    Ok(())
}

/// Appends a part of a string as it is within quotes; `next` is the byte behind it.
fn push_quoted(out: &mut Vec<u8>, bytes: &[u8], next: Option<u8>) {
    let mut plain_from = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if !matches!(byte, 0..=31 | 127 | b'"' | b'\\') {
            continue;
        }
        out.extend_from_slice(&bytes[plain_from..i]);
        plain_from = i + 1;
        out.push(b'\\');
        match byte {
            b'"' | b'\\' | b'\n' => out.push(byte),
            _ => {
                // All three digits where one more follows.
                let next = bytes.get(i + 1).copied().or(next);
                if next.is_some_and(|next| next.is_ascii_digit()) && byte < 100 {
                    out.extend_from_slice(if byte < 10 { b"00" } else { b"0" });
                }
                push_integer(out, i64::from(byte));
            }
        }
    }
    out.extend_from_slice(&bytes[plain_from..]);
}

/// Appends a float without loss (`quotefloat`).
fn push_float(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        out.extend_from_slice(b"(0/0)");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"1e9999" } else { b"-1e9999" });
    } else {
        float(out, FloatStyle::Hex, Case::Lower, value, &Spec::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted() {
        let check = |bytes: &[u8], next: Option<u8>, expected: &str| {
            let mut out = Vec::new();
            push_quoted(&mut out, bytes, next);
            assert_eq!(
                out.escape_ascii().to_string(),
                expected.as_bytes().escape_ascii().to_string()
            );
        };
        check(b"", None, "");
        check(b"plain", Some(b'"'), "plain");
        check(b"a\"b\\c\nd", None, "a\\\"b\\\\c\\\nd");
        check(b"\0", None, r"\0");
        check(b"\0", Some(b'x'), r"\0");
        check(b"\0", Some(b'1'), r"\000");
        check(b"\x001", None, r"\0001");
        check(b"\r9\x7f0\x7f", None, r"\0139\1270\127");
        check(b"\x1fx", None, r"\31x");
    }

    #[test]
    fn floats_are_quoted() {
        let check = |value, expected: &str| {
            let mut out = Vec::new();
            push_float(&mut out, value);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        };
        check(1.0, "0x1p+0");
        check(-0.0, "-0x0p+0");
        check(0.1, "0x1.999999999999ap-4");
        check(f64::INFINITY, "1e9999");
        check(f64::NEG_INFINITY, "-1e9999");
        check(f64::NAN, "(0/0)");
    }
}
