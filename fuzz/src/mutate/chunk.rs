//! Edits to loaded chunks.
//!
//! A chunk that loads is edited as data, in a few places, and dumped again: the result always
//! loads, so that the verifier and what lies behind it see most inputs. Some edits keep the chunk
//! consistent on purpose (a word inserted moves the debug information along), for a chunk that is
//! wrong everywhere is rejected before anything of interest happens.

use moonproof_bytecode::limits::{ABS_LINE_MARK, MAX_SHORT_LEN};
use moonproof_bytecode::{
    AbsLine, ByteString, Chunk, Constant, LocVar, Proto, Strip, UpvalDesc, dump, load,
};

use super::instruction;
use crate::Rng;

/// Edits the chunk in `bytes`. `None` if they are none, or if the result would be longer than
/// `max_len`.
pub fn mutate_chunk(bytes: &[u8], max_len: usize, seed: u64) -> Option<Vec<u8>> {
    let mut chunk = load(bytes).ok()?;
    let original = chunk.clone();
    let mut rng = Rng::new(seed);
    // libFuzzer repeats mutations as it likes: mostly one edit, so that some chunks still verify.
    for _ in 0..=usize::from(rng.one_in(4)) {
        edit_chunk(&mut chunk, &mut rng);
    }
    // An edit may find nothing to change where it looks.
    for _ in 0..8 {
        if chunk != original {
            break;
        }
        edit_chunk(&mut chunk, &mut rng);
    }
    let strip = if rng.one_in(32) { Strip::DebugInfo } else { Strip::Nothing };
    Some(dump(&chunk, strip)).filter(|bytes| bytes.len() <= max_len)
}

/// Edits a chunk in one place.
pub fn edit_chunk(chunk: &mut Chunk, rng: &mut Rng) {
    if rng.one_in(64) {
        chunk.n_upvalues = small(rng);
        return;
    }
    let n = count(&chunk.main);
    let mut idx = rng.below(n);
    if let Some(proto) = nth(&mut chunk.main, &mut idx) {
        edit_proto(proto, rng);
    }
    if chunk.main.upvalues.len() < 256 && !rng.one_in(16) {
        chunk.n_upvalues = chunk.main.upvalues.len() as u8;
    }
}

/// Functions in the tree; its depth is that of a chunk that loads.
pub(super) fn count(proto: &Proto) -> usize {
    1 + proto.protos.iter().map(count).sum::<usize>()
}

/// The function of that index in preorder.
pub(super) fn nth<'a>(proto: &'a mut Proto, idx: &mut usize) -> Option<&'a mut Proto> {
    if *idx == 0 {
        return Some(proto);
    }
    *idx -= 1;
    proto.protos.iter_mut().find_map(|nested| nth(nested, idx))
}

fn edit_proto(proto: &mut Proto, rng: &mut Rng) {
    match rng.below(28) {
        24.. => edit_upvalues(proto, rng),
        0..=9 => replace_word(proto, rng),
        10..=12 => insert_word(proto, rng),
        13 | 14 => remove_word(proto, rng),
        15 => move_words(proto, rng),
        16 => edit_frame(proto, rng),
        17 | 18 => edit_constants(proto, rng),
        19 => edit_upvalues(proto, rng),
        20 => edit_protos(proto, rng),
        21 => edit_lines(proto, rng),
        22 => edit_loc_vars(proto, rng),
        _ => edit_names(proto, rng),
    }
}

fn replace_word(proto: &mut Proto, rng: &mut Rng) {
    let pc = rng.below(proto.code.len());
    let Some(&word) = proto.code.get(pc) else { return };
    let word = if rng.one_in(4) {
        instruction::make(proto, pc, rng)
    } else {
        instruction::tweak(proto, pc, word, rng)
    };
    proto.code[pc] = word;
}

/// A new word, or a copy of another one. Jumps are not adjusted: they shift by one.
fn insert_word(proto: &mut Proto, rng: &mut Rng) {
    let pc = rng.below(proto.code.len() + 1);
    let word = match rng.pick(&proto.code) {
        Some(&word) if rng.one_in(2) => word,
        _ => instruction::make(proto, pc, rng),
    };
    proto.code.insert(pc, word);
    if pc <= proto.line_info.len() && !proto.line_info.is_empty() {
        proto.line_info.insert(pc, 0);
        for abs in proto.abs_line_info.iter_mut().filter(|abs| abs.pc as usize >= pc) {
            abs.pc += 1;
        }
    }
}

fn remove_word(proto: &mut Proto, rng: &mut Rng) {
    let pc = rng.below(proto.code.len());
    if pc >= proto.code.len() {
        return;
    }
    proto.code.remove(pc);
    if pc < proto.line_info.len() {
        let is_abs = proto.line_info.remove(pc) == ABS_LINE_MARK;
        proto.abs_line_info.retain(|abs| !is_abs || abs.pc as usize != pc);
        for abs in proto.abs_line_info.iter_mut().filter(|abs| abs.pc as usize > pc) {
            abs.pc -= 1;
        }
    }
}

/// Copies a few words over others.
fn move_words(proto: &mut Proto, rng: &mut Rng) {
    let n = proto.code.len();
    let len = 1 + rng.below(n.min(6));
    let (from, to) = (rng.below(n), rng.below(n));
    let len = len.min(n - from.min(n)).min(n - to.min(n));
    proto.code.copy_within(from..from + len, to);
}

fn edit_frame(proto: &mut Proto, rng: &mut Rng) {
    let field = match rng.below(4) {
        0 => &mut proto.n_params,
        1 => &mut proto.is_vararg,
        _ => &mut proto.max_stack,
    };
    *field = match rng.below(4) {
        0 => field.wrapping_add(1),
        1 => field.wrapping_sub(1),
        2 => *field ^ 1,
        _ => small(rng),
    };
}

fn edit_constants(proto: &mut Proto, rng: &mut Rng) {
    let idx = rng.below(proto.constants.len());
    match rng.below(4) {
        0 if idx < proto.constants.len() => {
            proto.constants.swap_remove(idx);
        }
        1 | 2 if idx < proto.constants.len() => proto.constants[idx] = constant(rng),
        _ => proto.constants.push(constant(rng)),
    }
}

fn constant(rng: &mut Rng) -> Constant {
    match rng.below(8) {
        0 => Constant::Nil,
        1 => Constant::Bool(rng.one_in(2)),
        2 => Constant::Integer(rng.bits() as i64 >> rng.below(64)),
        3 => Constant::Float(f64::from_bits(rng.bits())),
        4 => Constant::Float(rng.below(100) as f64 / 4.0),
        5 => Constant::String(ByteString::new(&vec![b'k'; MAX_SHORT_LEN + rng.below(2)])),
        _ => {
            let names: [&str; 8] =
                ["print", "__index", "__close", "__gc", "x", "", "string", "setmetatable"];
            Constant::String(names[rng.below(names.len())].into())
        }
    }
}

fn edit_upvalues(proto: &mut Proto, rng: &mut Rng) {
    let idx = rng.below(proto.upvalues.len());
    // What breaks lifetimes is a closure that captures a register near the right one.
    if let Some(upvalue) = proto.upvalues.get_mut(idx)
        && upvalue.in_stack != 0
        && !rng.one_in(4)
    {
        let distance = [254, 255, 1, 2, 3, 4][rng.below(6)];
        upvalue.idx = upvalue.idx.wrapping_add(distance);
        return;
    }
    // Any byte but zero says that it is a register.
    let in_stack = [0, 0, 0, 1, 1, 1, 2, 255][rng.below(8)];
    let upvalue = UpvalDesc { in_stack, idx: small(rng), kind: small(rng) };
    match rng.below(4) {
        0 if idx < proto.upvalues.len() => {
            proto.upvalues.remove(idx);
        }
        1 | 2 if idx < proto.upvalues.len() => proto.upvalues[idx] = upvalue,
        _ => proto.upvalues.push(upvalue),
    }
    // The format has as many names as upvalues, or none.
    if !proto.upvalue_names.is_empty() {
        proto.upvalue_names.resize(proto.upvalues.len(), None);
    }
}

fn edit_protos(proto: &mut Proto, rng: &mut Rng) {
    let idx = rng.below(proto.protos.len());
    let Some(nested) = proto.protos.get(idx) else { return };
    match rng.below(3) {
        0 => {
            proto.protos.remove(idx);
        }
        1 => {
            let nested = nested.clone();
            proto.protos.push(nested);
        }
        _ => proto.protos.reverse(),
    }
}

fn edit_lines(proto: &mut Proto, rng: &mut Rng) {
    let pc = rng.below(proto.line_info.len());
    let idx = rng.below(proto.abs_line_info.len());
    match rng.below(8) {
        0 => proto.line_info.clear(),
        1 => proto.abs_line_info.clear(),
        2 => proto.line_info.push(1),
        3 => proto.line_defined = edge(rng),
        4 => proto.last_line_defined = edge(rng),
        5 | 6 if pc < proto.line_info.len() => {
            let abs = AbsLine { pc: pc as u32, line: edge(rng) };
            let at = proto.abs_line_info.partition_point(|abs| (abs.pc as usize) < pc);
            proto.abs_line_info.insert(at, abs);
            proto.line_info[pc] = ABS_LINE_MARK;
        }
        _ if idx < proto.abs_line_info.len() => {
            proto.abs_line_info[idx].line = edge(rng);
        }
        _ if pc < proto.line_info.len() => proto.line_info[pc] = rng.bits() as i8,
        _ => {}
    }
}

fn edit_loc_vars(proto: &mut Proto, rng: &mut Rng) {
    let n = proto.code.len() + 2;
    let name = (!rng.one_in(8)).then(|| ByteString::from("v"));
    let var = LocVar { name, start_pc: rng.below(n) as u32, end_pc: rng.below(n) as u32 };
    let idx = rng.below(proto.loc_vars.len());
    match rng.below(4) {
        0 if idx < proto.loc_vars.len() => {
            proto.loc_vars.remove(idx);
        }
        1 if idx < proto.loc_vars.len() => proto.loc_vars[idx] = var,
        2 => proto.loc_vars.extend(vec![var; usize::from(proto.max_stack)]),
        _ => proto.loc_vars.push(var),
    }
}

fn edit_names(proto: &mut Proto, rng: &mut Rng) {
    match rng.below(4) {
        0 => proto.source = None,
        1 => proto.source = Some("=f".into()),
        2 => proto.upvalue_names.clear(),
        _ => proto.upvalue_names = vec![Some("_ENV".into()); proto.upvalues.len()],
    }
}

fn small(rng: &mut Rng) -> u8 {
    match rng.below(8) {
        0 => 255,
        1 => rng.bits() as u8,
        _ => rng.below(8) as u8,
    }
}

/// A line number, mostly at the edge of its range.
fn edge(rng: &mut Rng) -> u32 {
    // The format's last int is 128 below that of C.
    let edges = [0, 1, 100, i32::MAX as u32 - 1000, i32::MAX as u32 - 128];
    edges[rng.below(edges.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    #[test]
    fn mutations_load_and_differ() {
        let mut n_changed = 0;
        let mut n = 0;
        for seed in seeds("load").iter().step_by(7) {
            for i in 0..40 {
                if let Some(bytes) = mutate_chunk(&seed.bytes, 1 << 16, i) {
                    assert_eq!(load(&bytes).err(), None, "{}, {i}", seed.name);
                    n_changed += usize::from(bytes != seed.bytes);
                    n += 1;
                }
            }
        }
        assert!(n_changed * 10 > n * 9, "{n_changed} of {n} mutations change anything");
    }
}
