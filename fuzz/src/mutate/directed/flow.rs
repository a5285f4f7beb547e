//! Control: returns, tail calls, loops, jumps into what is no instruction of its own.

use moonproof_bytecode::{Instruction, OpCode, Proto};

use super::code::{find, insert, is_seam, near, nothing, pick, register, retarget, seam, target};
use crate::Rng;

const LOOPS: [OpCode; 2] = [OpCode::ForLoop, OpCode::TForLoop];

/// Whether a return closes.
pub(super) fn return_k(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Return, OpCode::TailCall])?;
    let word = proto.code[pc];
    proto.code[pc] = word.with_k(!word.k());
    if word.opcode() == Some(OpCode::TailCall)
        && let Some(next) = proto.code.get_mut(pc + 1)
    {
        *next = next.with_k(!word.k());
    }
    Some(())
}

/// A return becomes one that neither closes nor moves the frame.
pub(super) fn return_shortened(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Return])?;
    let a = proto.code[pc].a();
    proto.code[pc] = if rng.one_in(2) {
        Instruction::abc(OpCode::Return0, a, 1, 0, false)
    } else {
        Instruction::abc(OpCode::Return1, a, 2, 0, false)
    };
    Some(())
}

/// The other way around, or with another number of values.
pub(super) fn return_lengthened(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Return0, OpCode::Return1, OpCode::Return])?;
    let c = if proto.is_vararg != 0 { u32::from(proto.n_params) + 1 } else { 0 };
    let a = register(proto, rng);
    let b = rng.below(4) as u32;
    proto.code[pc] = Instruction::abc(OpCode::Return, a, b, c, rng.one_in(2));
    Some(())
}

/// A return moves the frame by another amount.
pub(super) fn shift_field(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Return, OpCode::TailCall])?;
    let word = proto.code[pc];
    let c = [0, 1, word.c() + 1, word.c().saturating_sub(1), 50, 255][rng.below(6)];
    proto.code[pc] = word.with_c(c);
    Some(())
}

/// A call becomes a tail call, with a return behind it or whatever was there.
pub(super) fn tail_call_made(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Call])?;
    let word = proto.code[pc];
    let c = if proto.is_vararg != 0 { u32::from(proto.n_params) + 1 } else { 0 };
    let k = rng.one_in(2);
    proto.code[pc] = Instruction::abc(OpCode::TailCall, word.a(), word.b(), c, k);
    if !rng.one_in(4) && is_seam(proto, pc) {
        insert(proto, pc + 1, &[Instruction::abc(OpCode::Return, word.a(), 0, c, k)])?;
    }
    Some(())
}

/// What follows a tail call is another thing than a return.
pub(super) fn tail_call_followed(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::TailCall])?;
    let a = proto.code[pc].a();
    let loops = find(proto, |op| LOOPS.contains(&op));
    let word = match (rng.below(4), rng.pick(&loops)) {
        (0, _) => Instruction::abx(OpCode::ForLoop, a, 1),
        (1, Some(&at)) => proto.code[at],
        (2, _) => nothing(),
        _ => Instruction::abc(OpCode::Move, a, register(proto, rng), 0, false),
    };
    if rng.one_in(2) {
        return insert(proto, pc + 1, &[word]);
    }
    *proto.code.get_mut(pc + 1)? = word;
    Some(())
}

/// A loop is entered without being prepared.
pub(super) fn prep_to_jump(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForPrep, OpCode::TForPrep])?;
    let end = target(pc, proto.code[pc])?;
    let to = match rng.below(3) {
        0 => pc as i64 + 1,
        1 => end - 1,
        _ => end,
    };
    proto.code[pc] = retarget(pc, nothing(), to);
    Some(())
}

/// A loop that is not to run at all goes on elsewhere: in the loop, say.
pub(super) fn skip_edge(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForPrep])?;
    let word = proto.code[pc];
    let by = if rng.one_in(2) { 1 } else { 1 + rng.below(6) as u32 };
    proto.code[pc] = word.with_bx(word.bx().saturating_sub(by));
    Some(())
}

/// A loop goes back to another place.
pub(super) fn loop_target(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &LOOPS)?;
    let word = proto.code[pc];
    let to = if rng.one_in(2) {
        target(pc, word)? + rng.below(5) as i64 - 2
    } else {
        rng.below(pc + 2) as i64
    };
    proto.code[pc] = retarget(pc, word, to);
    Some(())
}

/// A loop counts in other registers than it was prepared in.
pub(super) fn loop_shifted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForLoop, OpCode::ForPrep])?;
    let word = proto.code[pc];
    proto.code[pc] = word.with_a(near(word.a(), rng));
    Some(())
}

/// Something writes to a loop's registers, in the loop.
pub(super) fn control_overwritten(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForPrep])?;
    let a = proto.code[pc].a() + rng.below(4) as u32;
    let end = usize::try_from(target(pc, proto.code[pc])?).ok()?;
    let at = super::code::seam_in(proto, rng, pc + 1, end)?;
    let k = rng.below(proto.constants.len()) as u32;
    let word = match rng.below(5) {
        0 => Instruction::abc(OpCode::LoadNil, a, 0, 0, false),
        1 => Instruction::abc(OpCode::GetUpval, a, 0, 0, false),
        2 if !proto.constants.is_empty() => Instruction::abx(OpCode::LoadK, a, k),
        3 => Instruction::asbx(OpCode::LoadF, a, 2),
        _ => Instruction::abc(OpCode::Move, a, register(proto, rng), 0, false),
    };
    insert(proto, at, &[word])
}

/// A closure captures a loop's register.
pub(super) fn control_captured(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForPrep])?;
    let a = u8::try_from(proto.code[pc].a()).ok()?;
    let n = proto.protos.len();
    let nested = proto.protos.get_mut(rng.below(n))?;
    let upvalue = nested.upvalues.iter_mut().find(|upvalue| upvalue.in_stack != 0)?;
    upvalue.idx = a.saturating_add(rng.below(4) as u8);
    Some(())
}

/// A jump leads to the second half of something.
pub(super) fn into_second_half(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let halves: Vec<usize> = find(proto, |op| {
        matches!(
            op,
            OpCode::MmBin
                | OpCode::MmBinI
                | OpCode::MmBinK
                | OpCode::ExtraArg
                | OpCode::VarargPrep
                | OpCode::TForLoop
                | OpCode::TForCall
        )
    });
    let to = *rng.pick(&halves)? as i64;
    let jumps: Vec<usize> = find(proto, |op| op == OpCode::Jmp || LOOPS.contains(&op));
    match rng.pick(&jumps) {
        Some(&pc) => proto.code[pc] = retarget(pc, proto.code[pc], to),
        None => {
            let at = seam(proto, rng)?;
            insert(proto, at, &[nothing()])?;
            let to = if to >= at as i64 { to + 1 } else { to };
            proto.code[at] = retarget(at, nothing(), to);
        }
    }
    Some(())
}

/// A jump leads elsewhere.
pub(super) fn jump_anywhere(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Jmp])?;
    let to = if rng.one_in(2) {
        target(pc, proto.code[pc])? + rng.below(7) as i64 - 3
    } else {
        rng.below(proto.code.len() + 1) as i64
    };
    proto.code[pc] = retarget(pc, proto.code[pc], to);
    Some(())
}

/// A jump, or a test with one, where there was none.
pub(super) fn jump_inserted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let at = seam(proto, rng)?;
    let to = seam(proto, rng)?;
    let a = register(proto, rng);
    let test = Instruction::abc(OpCode::Test, a, 0, 0, rng.one_in(2));
    let words = [test, nothing()];
    let words = if rng.one_in(4) { &words[1..] } else { &words[..] };
    insert(proto, at, words)?;
    let jump = at + words.len() - 1;
    let to = if to > at { to + words.len() } else { to };
    proto.code[jump] = retarget(jump, nothing(), to as i64);
    Some(())
}

/// One half of a pair has another register or opcode than the other expects.
pub(super) fn pairing(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let ops =
        [OpCode::TForPrep, OpCode::TForCall, OpCode::TForLoop, OpCode::ForPrep, OpCode::ForLoop];
    let pc = pick(proto, rng, &ops)?;
    let word = proto.code[pc];
    proto.code[pc] = if rng.one_in(2) {
        word.with_a(near(word.a(), rng))
    } else {
        word.with_opcode(ops[rng.below(ops.len())])
    };
    Some(())
}

/// A generic loop begins at another place, or calls for another number of values.
pub(super) fn generic_target(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::TForPrep, OpCode::TForCall])?;
    let word = proto.code[pc];
    proto.code[pc] = if word.opcode() == Some(OpCode::TForCall) {
        word.with_c([0, 1, 2, 3, 9, 255][rng.below(6)])
    } else {
        retarget(pc, word, target(pc, word)? + rng.below(5) as i64 - 2)
    };
    Some(())
}
