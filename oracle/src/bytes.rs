//! Comparison of dumps.

use moonproof_bytecode::{Offsets, load_with_offsets};

/// Says where two dumps differ first, and in which part of a function that is; `None` if they are
/// equal.
pub fn describe_difference(reference: &[u8], ours: &[u8]) -> Option<String> {
    let at = reference
        .iter()
        .zip(ours)
        .position(|(a, b)| a != b)
        .or_else(|| (reference.len() != ours.len()).then(|| reference.len().min(ours.len())))?;
    let byte = |dump: &[u8]| {
        dump.get(at).map_or_else(|| "ends".to_owned(), |byte| format!("has {byte:#04x}"))
    };
    let place = load_with_offsets(reference).ok().and_then(|(_, offsets)| place_of(&offsets, at));
    Some(format!(
        "byte {at}{}: the reference {}, moonproof {} ({} and {} bytes in all)",
        place.map_or_else(String::new, |place| format!(" ({place})")),
        byte(reference),
        byte(ours),
        reference.len(),
        ours.len()
    ))
}

/// The function and the part of it that a byte belongs to.
fn place_of(offsets: &Offsets, at: usize) -> Option<String> {
    let mut path = Vec::new();
    let mut proto = offsets.of(&path)?;
    if at < proto.start {
        return Some("header".to_owned());
    }
    // Goes down into the nested function that contains the byte, if there is one.
    loop {
        let mut idx = 0;
        let inner = loop {
            path.push(idx);
            let Some(child) = offsets.of(&path) else {
                path.pop();
                break None;
            };
            if (child.start..child.end).contains(&at) {
                break Some(child);
            }
            path.pop();
            idx += 1;
        };
        match inner {
            Some(child) => proto = child,
            None => break,
        }
    }
    let part = [
        (proto.upvalue_names, "upvalue names"),
        (proto.loc_vars, "local variables"),
        (proto.abs_line_info, "absolute lines"),
        (proto.line_info, "line differences"),
        (proto.upvalues, "upvalues"),
        (proto.constants, "constants"),
        (proto.code, "code"),
    ]
    .into_iter()
    .find(|(start, _)| at >= *start)
    .map_or("head", |(_, name)| name);
    let pc = if part == "code" { format!(", pc {}", (at - proto.code) / 4) } else { String::new() };
    let path: Vec<String> = path.iter().map(u32::to_string).collect();
    let function = if path.is_empty() {
        "main function".to_owned()
    } else {
        format!("function {}", path.join("."))
    };
    Some(format!("{part} of {function}{pc}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use moonproof_bytecode::{Chunk, Constant, Instruction, Proto, Strip, dump};

    #[test]
    fn the_place_is_named() {
        let inner = Proto { code: vec![Instruction(1), Instruction(2)], ..Proto::default() };
        let constants = vec![Constant::Integer(1)];
        let main = Proto { protos: vec![Proto::default(), inner], constants, ..Proto::default() };
        let chunk = Chunk { n_upvalues: 0, main };
        let reference = dump(&chunk, Strip::Nothing);
        assert_eq!(describe_difference(&reference, &reference), None);
        let check = |change: fn(&mut Chunk), expected: &str| {
            let mut other = chunk.clone();
            change(&mut other);
            let text = describe_difference(&reference, &dump(&other, Strip::Nothing)).unwrap();
            assert!(text.contains(expected), "{text}");
        };
        check(
            |c| c.main.protos[1].code[1].0 = 3,
            "(code of function 1, pc 1): the reference has 0x02",
        );
        check(|c| c.main.constants[0] = Constant::Nil, "(constants of main function)");
        check(|c| c.n_upvalues = 3, "byte 31 (header): the reference has 0x00, moonproof has 0x03");
        check(|c| c.main.protos[0].max_stack = 9, "(head of function 0)");
        let text = describe_difference(&reference, &reference[..50]).unwrap();
        assert!(text.contains("moonproof ends"), "{text}");
    }
}
