//! From the 32-bit code of a verified chunk to the form that is executed.
//!
//! Instruction for instruction, so that a place in one is a place in the other. What is decided
//! here depends on the function alone: the result is shared by all VMs and never changes.

use moonproof_bytecode::opcode::{Format, OpCode, Role};
use moonproof_bytecode::{Instruction, Proto};

use super::unchecked::{Code, Insn, SLOT_BYTES};

/// The executed form of a verified function.
pub(crate) fn translate(proto: &Proto) -> Code {
    Code::new(proto.code.iter().map(|&word| translate_word(word)).collect())
}

/// Multiplies what counts registers or constants, and leaves what is a number.
fn operand(role: Role, field: u32) -> u16 {
    match role {
        Role::Out
        | Role::In
        | Role::InOut
        | Role::Limit
        | Role::K
        | Role::KField
        | Role::KNum
        | Role::KInt
        | Role::Rk
        | Role::RkStr => (field as usize * SLOT_BYTES) as u16,
        Role::SImm => (field as i32 - moonproof_bytecode::instruction::OFFSET_SC) as i16 as u16,
        _ => field as u16,
    }
}

fn translate_word(word: Instruction) -> Insn {
    // The verifier knows the opcode (rule S1).
    let op = word.opcode().unwrap_or(OpCode::ExtraArg);
    let [a_role, b_role, c_role, _] = op.info().roles;
    let a = operand(a_role, word.a());
    let bytes = size_of::<Insn>() as i32;
    let wide = |n: i32| Insn::new_wide(op as u8, word.k(), a, n);
    match (op.info().format, b_role) {
        (Format::Abc, _) => {
            Insn::new(op as u8, word.k(), a, operand(b_role, word.b()), operand(c_role, word.c()))
        }
        (Format::AsBx, _) => wide(word.sbx()),
        (Format::SJ, _) => Insn::new_wide(op as u8, false, 0, word.sj() * bytes),
        (Format::Ax, _) => Insn::new_wide(op as u8, false, 0, word.ax() as i32),
        (Format::Abx, Role::JumpLoop) => wide(-(word.bx() as i32) * bytes),
        (Format::Abx, Role::JumpPrep) => wide((word.bx() as i32 + 1) * bytes),
        (Format::Abx, Role::JumpTfor) => wide(word.bx() as i32 * bytes),
        (Format::Abx, Role::K) => wide((word.bx() as usize * SLOT_BYTES) as i32),
        (Format::Abx, _) => wide(word.bx() as i32),
    }
}
