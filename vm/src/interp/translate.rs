//! From the 32-bit code of a verified chunk to the form that is executed.
//!
//! Instruction for instruction, so that a place in one is a place in the other. What is decided
//! here depends on the function alone: the result is shared by all VMs and never changes. How the
//! fields of an opcode are changed is worked out at compile time; a word takes no branch, as none
//! could be predicted.

use moonproof_bytecode::instruction::{OFFSET_SBX, OFFSET_SC, OFFSET_SJ};
use moonproof_bytecode::opcode::{Format, N_OPCODES, OPCODES, Role};
use moonproof_bytecode::{Instruction, Proto};

use super::unchecked::{Code, Insn, SLOT_BYTES};

/// The executed form of a verified function.
pub(crate) fn translate(proto: &Proto) -> Code {
    Code::new(proto.code.iter().map(|&word| translate_word(word)).collect())
}

fn translate_word(word: Instruction) -> Insn {
    let op = word.op_bits();
    let row = &ROWS[usize::from(op)];
    let a = row.a.narrow(word.a());
    let narrow = Insn::new(op, word.k(), a, row.b.narrow(word.b()), row.c.narrow(word.c()));
    let wide = Insn::new_wide(op, false, a, row.wide.of(word.0 >> row.wide_shift));
    if row.is_wide { wide } else { narrow }
}

/// What becomes of a field.
#[derive(Clone, Copy)]
struct Scale {
    /// This is taken off the field first.
    less: i32,
    times: i32,
}

impl Scale {
    const NOTHING: Self = Self { less: 0, times: 0 };
    const SAME: Self = Self { less: 0, times: 1 };
    /// Registers and constants are counted in bytes.
    const SLOTS: Self = Self { less: 0, times: SLOT_BYTES as i32 };

    #[inline(always)]
    fn of(self, field: u32) -> i32 {
        // No field is so large, nor any factor, that this would not fit.
        (field as i32).wrapping_sub(self.less).wrapping_mul(self.times)
    }

    #[inline(always)]
    fn narrow(self, field: u32) -> u16 {
        self.of(field) as u16
    }

    const fn of_role(role: Role) -> Self {
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
            | Role::RkStr => Self::SLOTS,
            Role::SImm => Self { less: OFFSET_SC, times: 1 },
            _ => Self::SAME,
        }
    }

    /// Of a field that takes B and C, or A as well; jumps are counted in bytes from the next word.
    const fn of_wide(format: Format, role: Role) -> Self {
        let bytes = size_of::<Insn>() as i32;
        match (format, role) {
            (Format::AsBx, _) => Self { less: OFFSET_SBX, times: 1 },
            (Format::SJ, _) => Self { less: OFFSET_SJ, times: bytes },
            (_, Role::JumpLoop) => Self { less: 0, times: -bytes },
            (_, Role::JumpPrep) => Self { less: -1, times: bytes },
            (_, Role::JumpTfor) => Self { less: 0, times: bytes },
            (_, Role::K) => Self::SLOTS,
            _ => Self::SAME,
        }
    }
}

/// What becomes of an opcode's words.
#[derive(Clone, Copy)]
struct Row {
    is_wide: bool,
    /// Bits below the wide field.
    wide_shift: u8,
    a: Scale,
    b: Scale,
    c: Scale,
    wide: Scale,
}

/// One for each value of the seven bits; those without an opcode do not occur (rule S1).
static ROWS: [Row; 128] = {
    let nothing = Scale::NOTHING;
    let mut rows =
        [Row { is_wide: false, wide_shift: 0, a: nothing, b: nothing, c: nothing, wide: nothing };
            128];
    let mut number = 0;
    while number < N_OPCODES {
        let format = OPCODES[number].format;
        let [a, b, c, _] = OPCODES[number].roles;
        let has_a = !matches!(format, Format::Ax | Format::SJ);
        rows[number] = Row {
            is_wide: !matches!(format, Format::Abc),
            wide_shift: if has_a { 15 } else { 7 },
            a: if has_a { Scale::of_role(a) } else { nothing },
            b: Scale::of_role(b),
            c: Scale::of_role(c),
            wide: Scale::of_wide(format, b),
        };
        number += 1;
    }
    rows
};

#[cfg(test)]
mod tests {
    use super::*;
    use moonproof_bytecode::OpCode;

    fn check(word: Instruction, expected: Insn) {
        let found = translate_word(word);
        let fields = |insn: Insn| (insn.op(), insn.k(), insn.a(), insn.b(), insn.c());
        assert_eq!(fields(found), fields(expected), "{word:?}");
    }

    #[test]
    fn fields_are_scaled_by_their_roles() {
        let abc = Instruction::abc;
        let narrow = |op: OpCode, k, a, b, c| Insn::new(op as u8, k, a, b, c);
        let wide = |op: OpCode, a, n| Insn::new_wide(op as u8, false, a, n);
        use OpCode::*;
        check(abc(Move, 255, 254, 0, false), narrow(Move, false, 4080, 4064, 0));
        check(abc(SetField, 1, 2, 3, true), narrow(SetField, true, 16, 32, 48));
        check(abc(GetUpval, 1, 7, 0, false), narrow(GetUpval, false, 16, 7, 0));
        check(abc(AddI, 1, 2, 0, false), narrow(AddI, false, 16, 32, -127_i16 as u16));
        check(abc(EqI, 1, 128, 1, true), narrow(EqI, true, 16, 1, 1));
        check(abc(Call, 3, 2, 1, false), narrow(Call, false, 48, 2, 1));
        check(Instruction::asbx(LoadI, 2, -5), wide(LoadI, 32, -5));
        check(Instruction::abx(LoadK, 2, 70_000), wide(LoadK, 32, 1_120_000));
        check(Instruction::abx(Closure, 2, 9), wide(Closure, 32, 9));
        check(Instruction::new_ax(ExtraArg, (1 << 25) - 1), wide(ExtraArg, 0, (1 << 25) - 1));
        for sj in [-16_777_215, -1, 0, 16_777_216] {
            check(Instruction::new_sj(Jmp, sj), wide(Jmp, 0, sj * 8));
        }
        check(Instruction::abx(ForLoop, 1, 4), wide(ForLoop, 16, -32));
        check(Instruction::abx(ForPrep, 1, 4), wide(ForPrep, 16, 40));
        check(Instruction::abx(TForPrep, 1, 4), wide(TForPrep, 16, 32));
    }
}
