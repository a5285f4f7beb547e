//! What is known of values without looking: tables of constructors, names of methods, constants;
//! and what lies above the registers that the collector sees.

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::{ByteString, Constant, Instruction, OpCode, Proto};

use super::code::{find, insert, is_seam, near, pick, register, seam, seam_in};
use crate::Rng;

/// Something that writes to a register.
fn write(proto: &Proto, a: u32, rng: &mut Rng) -> Instruction {
    match rng.below(5) {
        0 => Instruction::asbx(OpCode::LoadI, a, 1),
        1 => Instruction::abc(OpCode::LoadNil, a, rng.below(2) as u32, 0, false),
        2 => Instruction::abc(OpCode::GetUpval, a, 0, 0, false),
        3 => Instruction::abc(OpCode::Call, a, 1, 1 + rng.below(3) as u32, false),
        _ => Instruction::abc(OpCode::Move, a, register(proto, rng), 0, false),
    }
}

/// A constructor's table is replaced before its items are stored.
pub(super) fn list_table_overwritten(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::SetList])?;
    let a = proto.code[pc].a();
    let by_call = rng.one_in(2);
    let at = seam_in(proto, rng, pc.saturating_sub(8), pc + 1)?;
    let word = if by_call {
        let below = a.saturating_sub(rng.below(3) as u32);
        Instruction::abc(OpCode::Call, below, 1, 1 + rng.below(5) as u32, false)
    } else {
        write(proto, a, rng)
    };
    insert(proto, at, &[word])
}

/// Items are stored into another register.
pub(super) fn list_shifted(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::SetList])?;
    let word = proto.code[pc];
    proto.code[pc] = match rng.below(3) {
        0 => word.with_a(near(word.a(), rng)),
        1 => word.with_b(near(word.b(), rng)),
        _ => word.with_c(near(word.c(), rng)),
    };
    Some(())
}

/// A method's name is in a register, whatever that holds.
pub(super) fn self_key(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::SelfOp])?;
    let word = proto.code[pc];
    if rng.one_in(3) {
        proto.code[pc] = word.with_k(false).with_c(register(proto, rng));
        return Some(());
    }
    // As the compiler does for names beyond the reach of C.
    let key = super::code::new_register(proto)?;
    let constant = if word.k() { word.c() } else { 0 };
    proto.code[pc] = word.with_k(false).with_c(key);
    if !is_seam(proto, pc) {
        return None;
    }
    insert(proto, pc, &[Instruction::abx(OpCode::LoadK, key, constant)])
}

/// Such a register is written to in between.
pub(super) fn self_key_overwritten(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let in_register: Vec<usize> = find(proto, |op| op == OpCode::SelfOp)
        .into_iter()
        .filter(|&pc| !proto.code[pc].k())
        .collect();
    let Some(&pc) = rng.pick(&in_register) else {
        self_key(proto, rng)?;
        return Some(());
    };
    let key = proto.code[pc].c();
    let at = seam_in(proto, rng, pc.saturating_sub(3), pc + 1)?;
    let word = write(proto, key, rng);
    insert(proto, at, &[word])
}

/// An instruction that may collect garbage is given a lower register.
pub(super) fn liveness_lowered(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let ops = [OpCode::NewTable, OpCode::Closure, OpCode::Concat, OpCode::Call, OpCode::Vararg];
    let pc = pick(proto, rng, &ops)?;
    let word = proto.code[pc];
    proto.code[pc] = word.with_a(word.a().saturating_sub(1 + rng.below(4) as u32));
    Some(())
}

/// Another number of operands is concatenated.
pub(super) fn concat_count(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let Some(pc) = pick(proto, rng, &[OpCode::Concat]) else {
        let at = seam(proto, rng)?;
        let a = register(proto, rng);
        let word = Instruction::abc(OpCode::Concat, a, rng.below(4) as u32, 0, false);
        return insert(proto, at, &[word]);
    };
    let word = proto.code[pc];
    proto.code[pc] = word.with_b(near(word.b(), rng));
    Some(())
}

/// A loop's end stands somewhere else once more.
pub(super) fn loop_doubled(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ForLoop])?;
    let word = proto.code[pc];
    let at = if rng.one_in(2) { pc + 1 } else { seam(proto, rng)? };
    let back = 1 + rng.below(at.min(20) + 1) as u32;
    insert(proto, at, &[word.with_bx(back)])
}

/// A constant is another one, of another type perhaps.
pub(super) fn constant_swapped(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let n = proto.constants.len();
    if n == 0 {
        return None;
    }
    if rng.one_in(2) {
        proto.constants.swap(rng.below(n), rng.below(n));
        return Some(());
    }
    proto.constants[rng.below(n)] = match rng.below(6) {
        0 => Constant::Nil,
        1 => Constant::Integer(rng.bits() as i64 >> rng.below(64)),
        2 => Constant::Float(f64::from_bits(rng.bits())),
        3 => Constant::String(ByteString::new(&vec![b'k'; MAX_SHORT_LEN + rng.below(2)])),
        4 => Constant::String("__close".into()),
        _ => Constant::Bool(true),
    };
    Some(())
}

/// A second half says something else.
pub(super) fn extra_argument(proto: &mut Proto, rng: &mut Rng) -> Option<()> {
    let pc = pick(proto, rng, &[OpCode::ExtraArg])?;
    let ax = [0, 1, 2, 1000, 0x7F_FFFF, 0xFF_FFFF, 0x1FF_FFFF][rng.below(7)];
    proto.code[pc] = Instruction::new_ax(OpCode::ExtraArg, ax);
    if rng.one_in(2)
        && let Some(before) = pc.checked_sub(1)
    {
        let word = proto.code[before];
        proto.code[before] = match rng.below(3) {
            0 => word.with_k(!word.k()),
            1 => word.with_b(rng.below(40) as u32),
            _ => word.with_c(rng.below(256) as u32),
        };
    }
    Some(())
}
