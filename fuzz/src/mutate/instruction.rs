//! Words that nearly make sense in a function.

use moonproof_bytecode::opcode::{Format, OpInfo, Role};
use moonproof_bytecode::{Instruction, OpCode, Proto};

use crate::Rng;

/// A word of any opcode whose operands are mostly in range for `proto` at `pc`.
pub(crate) fn make(proto: &Proto, pc: usize, rng: &mut Rng) -> Instruction {
    let op = OpCode::ALL[rng.below(OpCode::ALL.len())];
    let info = op.info();
    let [first, second, third, fourth] = info.roles;
    match info.format {
        Format::Abc => Instruction::abc(
            op,
            operand(proto, pc, first, rng),
            operand(proto, pc, second, rng),
            operand(proto, pc, third, rng),
            flag(fourth, rng),
        ),
        Format::Abx => {
            Instruction::abx(op, operand(proto, pc, first, rng), operand(proto, pc, second, rng))
        }
        Format::AsBx => {
            Instruction::asbx(op, operand(proto, pc, first, rng), rng.below(200) as i32 - 100)
        }
        Format::Ax => Instruction::new_ax(op, rng.below(4) as u32),
        Format::SJ => Instruction::new_sj(op, distance(proto, pc, rng)),
    }
}

/// Changes one field of a word, mostly by a little or to a value at the edge of its range.
pub(crate) fn tweak(proto: &Proto, pc: usize, word: Instruction, rng: &mut Rng) -> Instruction {
    let Some(info) = word.opcode().map(OpCode::info) else {
        return make(proto, pc, rng);
    };
    match rng.below(16) {
        0 => Instruction(word.0 ^ 1 << rng.below(32)),
        1 => similar_opcode(word, info, rng),
        2 | 3 => word.with_k(!word.k()),
        _ => tweak_field(proto, pc, word, info, rng),
    }
}

fn tweak_field(
    proto: &Proto,
    pc: usize,
    word: Instruction,
    info: &OpInfo,
    rng: &mut Rng,
) -> Instruction {
    let [first, second, third, _] = info.roles;
    match (info.format, rng.below(3)) {
        (Format::SJ, _) => word.with_sj(distance(proto, pc, rng)),
        (Format::Ax, _) => Instruction::new_ax(OpCode::ExtraArg, near(word.ax(), rng)),
        (_, 0) => word.with_a(value(proto, pc, first, word.a(), rng)),
        (Format::Abx | Format::AsBx, _) => word.with_bx(value(proto, pc, second, word.bx(), rng)),
        (Format::Abc, 1) => word.with_b(value(proto, pc, second, word.b(), rng)),
        (Format::Abc, _) => word.with_c(value(proto, pc, third, word.c(), rng)),
    }
}

/// An opcode of the same format and, half the time, of the same roles.
fn similar_opcode(word: Instruction, info: &OpInfo, rng: &mut Rng) -> Instruction {
    let strict = rng.one_in(2);
    let similar: Vec<OpCode> = OpCode::ALL
        .into_iter()
        .filter(|op| op.info().format == info.format)
        .filter(|op| !strict || op.info().roles == info.roles)
        .collect();
    rng.pick(&similar).map_or(word, |&op| word.with_opcode(op))
}

fn value(proto: &Proto, pc: usize, role: Role, now: u32, rng: &mut Rng) -> u32 {
    if rng.one_in(3) { near(now, rng) } else { operand(proto, pc, role, rng) }
}

fn near(now: u32, rng: &mut Rng) -> u32 {
    match rng.below(4) {
        0 => now.wrapping_add(1),
        1 => now.wrapping_sub(1),
        2 => now ^ 1 << rng.below(8),
        _ => 0,
    }
}

/// A value for that role: in range seven times in eight, else at its edge.
fn operand(proto: &Proto, pc: usize, role: Role, rng: &mut Rng) -> u32 {
    let bound = match role {
        Role::Out | Role::In | Role::InOut | Role::Rk | Role::RkStr => usize::from(proto.max_stack),
        Role::Limit => usize::from(proto.max_stack) + 1,
        Role::K | Role::KField | Role::KNum | Role::KInt => proto.constants.len(),
        Role::Upval => proto.upvalues.len(),
        Role::Proto => proto.protos.len(),
        Role::JumpLoop => pc + 2,
        Role::JumpPrep | Role::JumpTfor => proto.code.len().saturating_sub(pc),
        Role::VarargShift if proto.is_vararg != 0 => return u32::from(proto.n_params) + 1,
        Role::VarargShift => return 0,
        Role::ParamCount => return u32::from(proto.n_params),
        Role::Event => return 6 + rng.below(12) as u32,
        Role::HashSize => 6,
        Role::Count | Role::CountPlus1 => 4,
        _ => 256,
    };
    match rng.below(8) {
        0 => bound as u32,
        _ => rng.below(bound) as u32,
    }
}

fn flag(role: Role, rng: &mut Rng) -> bool {
    role != Role::Unused && rng.one_in(3)
}

/// A jump from `pc` to anywhere in the code, or just outside.
fn distance(proto: &Proto, pc: usize, rng: &mut Rng) -> i32 {
    rng.below(proto.code.len() + 1) as i32 - pc as i32 - 1
}
