//! Variables to be closed: which are pending, and what is done to their registers (C1 to C4).

use moonproof_bytecode::{Instruction, OpCode, Proto};

use super::code::{close_on_return, insert, near, nothing, pick, register, seam};
use crate::Rng;

fn tbc(register: u32) -> Instruction {
    Instruction::abc(OpCode::Tbc, register, 0, 0, false)
}

/// The register that an instruction marks, and the place behind it.
fn marked(proto: &Proto, rng: &mut Rng) -> Option<(u32, usize)> {
    let pc = pick(proto, rng, &[OpCode::Tbc, OpCode::TForPrep])?;
    let word = proto.code[pc];
    match word.opcode()? {
        OpCode::Tbc => Some((word.a(), pc + 1)),
        // Behind it is the loop's body; its registers begin at A + 4.
        _ => Some((word.a() + 3, pc + 1)),
    }
}

/// The same register is marked twice.
pub(super) fn tbc_twice(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let (register, behind) = marked(proto, rng)?;
    insert(proto, behind, &[tbc(register)])
}

/// A lower register is marked while a higher one is pending.
pub(super) fn tbc_lower(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let (register, behind) = marked(proto, rng)?;
    let lower = register.checked_sub(1 + rng.below(3) as u32)?;
    insert(proto, behind, &[tbc(lower)])
}

/// Any register is marked anywhere; returns close it, or they do not.
pub(super) fn tbc_anywhere(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let at = seam(proto, rng)?;
    let register = register(proto, rng);
    if !rng.one_in(3) {
        close_on_return(proto);
    }
    insert(proto, at, &[tbc(register)])
}

/// A register of a call is marked right before it.
pub(super) fn tbc_before_call(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let ops = [OpCode::Call, OpCode::Concat, OpCode::NewTable, OpCode::Closure, OpCode::TailCall];
    let pc = pick(proto, rng, &ops)?;
    let word = proto.code[pc];
    if !super::code::is_seam(proto, pc) {
        return None;
    }
    let marked = if rng.one_in(2) { near(word.a(), rng) } else { word.a() };
    if rng.one_in(2) {
        close_on_return(proto);
    }
    insert(proto, pc, &[tbc(marked)])
}

/// Something is written over a pending variable.
pub(super) fn tbc_overwritten(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let (register, behind) = marked(proto, rng)?;
    let word = match rng.below(3) {
        0 => Instruction::asbx(OpCode::LoadI, register, 7),
        1 => Instruction::abc(OpCode::Move, register, near(register, rng), 0, false),
        _ => Instruction::abc(OpCode::LoadNil, register, rng.below(2) as u32, 0, false),
    };
    insert(proto, behind, &[word])
}

/// A register of a generic loop's own is marked within it.
pub(super) fn tbc_in_generic_loop(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::TForPrep])?;
    let a = proto.code[pc].a();
    insert(proto, pc + 1, &[tbc(a + rng.below(7) as u32)])
}

/// What was closed stays open.
pub(super) fn close_removed(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Close])?;
    proto.code[pc] = nothing();
    Some(())
}

/// Something else is closed.
pub(super) fn close_moved(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::Close])?;
    let word = proto.code[pc];
    if rng.one_in(2) {
        proto.code[pc] = word.with_a(near(word.a(), rng));
        return Some(());
    }
    let at = seam(proto, rng)?;
    proto.code[pc] = nothing();
    insert(proto, at, &[word])
}
