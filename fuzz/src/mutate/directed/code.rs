//! Editing code so that the rest of it stays as it was: jumps go where they went, and debug
//! information moves along.

use moonproof_bytecode::{Instruction, LocVar, OpCode, Proto};

use crate::Rng;

/// Instructions with that opcode.
pub(super) fn find(proto: &Proto, is_wanted: impl Fn(OpCode) -> bool) -> Vec<usize> {
    let wanted =
        |(pc, word): (usize, &Instruction)| word.opcode().is_some_and(&is_wanted).then_some(pc);
    proto.code.iter().enumerate().filter_map(wanted).collect()
}

/// One of the instructions with one of these opcodes.
pub(super) fn pick(proto: &Proto, rng: &mut Rng, ops: &[OpCode]) -> Option<usize> {
    rng.pick(&find(proto, |op| ops.contains(&op))).copied()
}

/// Where the instruction may jump to, if it may.
pub(super) fn target(pc: usize, word: Instruction) -> Option<i64> {
    let from = pc as i64 + 1;
    match word.opcode()? {
        OpCode::Jmp => Some(from + i64::from(word.sj())),
        OpCode::ForLoop | OpCode::TForLoop => Some(from - i64::from(word.bx())),
        OpCode::ForPrep => Some(from + 1 + i64::from(word.bx())),
        OpCode::TForPrep => Some(from + i64::from(word.bx())),
        _ => None,
    }
}

/// The instruction, jumping to another place; as it was if it cannot jump there.
pub(super) fn retarget(pc: usize, word: Instruction, to: i64) -> Instruction {
    let distance = to - (pc as i64 + 1);
    let forward = |n: i64| u32::try_from(n).map_or(word, |n| word.with_bx(n));
    match word.opcode() {
        Some(OpCode::Jmp) => i32::try_from(distance).map_or(word, |n| word.with_sj(n)),
        Some(OpCode::ForLoop | OpCode::TForLoop) => forward(-distance),
        Some(OpCode::ForPrep) => forward(distance - 1),
        Some(OpCode::TForPrep) => forward(distance),
        _ => word,
    }
}

/// Whether control passes from the word before `pc` to this one in no other way than it would to
/// any: nothing belongs together here that something between would separate.
pub(super) fn is_seam(proto: &Proto, pc: usize) -> bool {
    // A generic loop jumps to its call, and to nothing in front of it.
    if proto.code.get(pc).and_then(|word| word.opcode()) == Some(OpCode::TForCall) {
        return false;
    }
    let Some(before) = pc.checked_sub(1).and_then(|pc| proto.code.get(pc)) else {
        // Nothing may come before VARARGPREP.
        return proto.is_vararg == 0;
    };
    match before.opcode() {
        Some(OpCode::Call | OpCode::Vararg) => before.c() != 0,
        Some(OpCode::SetList) => !before.k(),
        Some(OpCode::LoadKx | OpCode::NewTable | OpCode::LFalseSkip) => false,
        Some(OpCode::TailCall | OpCode::TForCall) => false,
        Some(op) if (OpCode::AddI as u8..=OpCode::Shr as u8).contains(&(op as u8)) => false,
        Some(op) => !(OpCode::Eq as u8..=OpCode::TestSet as u8).contains(&(op as u8)),
        None => true,
    }
}

/// A place where something can be inserted.
pub(super) fn seam(proto: &Proto, rng: &mut Rng) -> Option<usize> {
    for _ in 0..16 {
        let pc = rng.below(proto.code.len());
        if pc < proto.code.len() && is_seam(proto, pc) {
            return Some(pc);
        }
    }
    None
}

/// A place in that range where something can be inserted.
pub(super) fn seam_in(proto: &Proto, rng: &mut Rng, from: usize, to: usize) -> Option<usize> {
    let places: Vec<usize> =
        (from..to.min(proto.code.len())).filter(|&pc| is_seam(proto, pc)).collect();
    rng.pick(&places).copied()
}

/// Inserts words before `at`. Whatever jumped to `at` jumps to the first of them.
pub(super) fn insert(proto: &mut Proto, at: usize, words: &[Instruction]) -> Option<()> {
    if at > proto.code.len() || proto.code.len() > 4000 {
        return None;
    }
    let n = words.len();
    let moved = |to: i64| if to > at as i64 { to + n as i64 } else { to };
    let old: Vec<Option<i64>> =
        proto.code.iter().enumerate().map(|(pc, &word)| target(pc, word)).collect();
    for (pc, old) in old.into_iter().enumerate() {
        if let Some(to) = old {
            let new_pc = if pc >= at { pc + n } else { pc };
            proto.code[pc] = retarget(new_pc, proto.code[pc], moved(to));
        }
    }
    proto.code.splice(at..at, words.iter().copied());
    if at <= proto.line_info.len() && !proto.line_info.is_empty() {
        proto.line_info.splice(at..at, vec![0; n]);
        // Entries that are too far apart now are estimated wrong; the verifier knows.
        for abs in proto.abs_line_info.iter_mut().filter(|abs| abs.pc as usize >= at) {
            abs.pc += n as u32;
        }
    }
    let shift = |pc: &mut u32| {
        if *pc as usize > at {
            *pc += n as u32
        }
    };
    for LocVar { start_pc, end_pc, .. } in &mut proto.loc_vars {
        shift(start_pc);
        shift(end_pc);
    }
    Some(())
}

/// Takes a word away. Whatever jumped there jumps to what was behind it.
pub(crate) fn remove(proto: &mut Proto, at: usize) {
    if at >= proto.code.len() {
        return;
    }
    let moved = |to: i64| if to > at as i64 { to - 1 } else { to };
    for pc in 0..proto.code.len() {
        if let Some(to) = target(pc, proto.code[pc]) {
            let new_pc = if pc > at { pc - 1 } else { pc };
            proto.code[pc] = retarget(new_pc, proto.code[pc], moved(to));
        }
    }
    proto.code.remove(at);
    if at < proto.line_info.len() {
        proto.line_info.remove(at);
    }
    let shift = |pc: &mut u32| *pc -= u32::from(*pc as usize > at);
    proto.abs_line_info.iter_mut().for_each(|abs| shift(&mut abs.pc));
    for LocVar { start_pc, end_pc, .. } in &mut proto.loc_vars {
        shift(start_pc);
        shift(end_pc);
    }
}

/// An instruction that does nothing.
pub(crate) fn nothing() -> Instruction {
    Instruction::new_sj(OpCode::Jmp, 0)
}

/// Any register of the function, and now and then the one behind.
pub(super) fn register(proto: &Proto, rng: &mut Rng) -> u32 {
    let beyond = usize::from(rng.one_in(16));
    rng.below(usize::from(proto.max_stack) + beyond) as u32
}

/// A register near another one.
pub(super) fn near(register: u32, rng: &mut Rng) -> u32 {
    let distance = [-3, -2, -1, -1, 1, 1, 2, 3, 4][rng.below(9)];
    register.saturating_add_signed(distance).min(255)
}

/// One more register, above all others.
pub(super) fn new_register(proto: &mut Proto) -> Option<u32> {
    let register = proto.max_stack;
    proto.max_stack = register.checked_add(1).filter(|n| *n < 255)?;
    Some(u32::from(register))
}

/// Has the function's returns close what is open, as the compiler does if anything is captured.
pub(super) fn close_on_return(proto: &mut Proto) {
    let c = if proto.is_vararg != 0 { u32::from(proto.n_params) + 1 } else { 0 };
    for word in &mut proto.code {
        *word = match word.opcode() {
            Some(OpCode::Return0) => Instruction::abc(OpCode::Return, word.a(), 1, c, true),
            Some(OpCode::Return1) => Instruction::abc(OpCode::Return, word.a(), 2, c, true),
            Some(OpCode::Return | OpCode::TailCall) => word.with_k(true),
            _ => continue,
        };
    }
}

#[cfg(test)]
mod tests {
    use moonproof_bytecode::Strip;
    use moonproof_compiler::compile;
    use moonproof_verifier::verify;

    use super::*;

    /// What is inserted at seams leaves a chunk as good as it was.
    #[test]
    fn insertions_keep_chunks_whole() {
        let source = b"local t = {}\nfor i = 1, 10 do t[i] = i * 2; if i > 5 then goto done end end ::done::\n\
            for k, v in pairs(t) do t[k] = v + 1; while v < 3 do v = v + 1 end end\nreturn #t, ...";
        let chunk = compile(source, b"=x").unwrap();
        let mut rng = Rng::new(1);
        let mut n = 0;
        for _ in 0..200 {
            let mut mutant = chunk.clone();
            let at = seam(&mutant.main, &mut rng).unwrap();
            insert(&mut mutant.main, at, &[nothing(), nothing()]).unwrap();
            assert_eq!(verify(mutant.clone()).err(), None, "at {at}");
            n += 1;
            let bytes = moonproof_bytecode::dump(&mutant, Strip::Nothing);
            assert_eq!(moonproof_bytecode::load(&bytes).unwrap(), mutant);
            remove(&mut mutant.main, at);
            remove(&mut mutant.main, at);
            assert_eq!(mutant.main.code, chunk.main.code, "at {at}");
            assert_eq!(mutant.main.loc_vars, chunk.main.loc_vars, "at {at}");
        }
        assert_eq!(n, 200);
    }
}
