//! What each opcode does to a state, as far as the opcode table says it.
//!
//! Which of A, B and C are registers that the instruction reads follows from their roles. The
//! kinds name the arms of the transfer function; opcodes that only read registers and write A need
//! no arm of their own.

use moonproof_bytecode::Instruction;
use moonproof_bytecode::opcode::{N_OPCODES, OPCODES, OpCode, Role};

/// How an opcode is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Reads registers, goes on.
    Reads,
    /// Reads registers, writes A, goes on.
    Writes,
    /// Reads registers; it or the MMBIN that follows writes A.
    Arithmetic,
    /// Reads registers; the JMP that follows is taken or skipped.
    Test,
    /// As a test, and writes A if the JMP is taken.
    TestSet,
    LFalseSkip,
    LoadNil,
    NewTable,
    SelfOp,
    Concat,
    Close,
    Tbc,
    Jmp,
    Call,
    TailCall,
    Return,
    /// RETURN0 and RETURN1.
    ReturnFew,
    ForLoop,
    ForPrep,
    TForPrep,
    TForCall,
    TForLoop,
    SetList,
    Closure,
    Vararg,
    /// No opcode: decoding has refused the function.
    Nothing,
}

/// The packed row of an opcode.
#[derive(Clone, Copy)]
pub(crate) struct Effect {
    pub(crate) kind: Kind,
    /// Bits 0 and 1: A and B are read. Bits 2 and 3: C is read without k, and with it.
    reads: u8,
}

impl Effect {
    /// 1 if A is a register that is read, else 0.
    #[inline]
    pub(crate) fn reads_a(self) -> u64 {
        u64::from(self.reads & 1)
    }

    /// As for A.
    #[inline]
    pub(crate) fn reads_b(self) -> u64 {
        u64::from(self.reads >> 1 & 1)
    }

    /// As for A.
    #[inline]
    pub(crate) fn reads_c(self, k: bool) -> u64 {
        u64::from(self.reads >> 2 >> u8::from(k) & 1)
    }
}

static EFFECTS: [Effect; 128] = make_effects();

static NO_EFFECT: Effect = Effect { kind: Kind::Nothing, reads: 0 };

/// The row of a word's opcode, existing or not.
#[inline]
pub(crate) fn effect(word: Instruction) -> Effect {
    // Seven bits index 128 rows.
    *EFFECTS.get(usize::from(word.op_bits())).unwrap_or(&NO_EFFECT)
}

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
const fn make_effects() -> [Effect; 128] {
    let mut effects = [NO_EFFECT; 128];
    let mut number = 0;
    while number < N_OPCODES {
        let op = OpCode::ALL[number];
        let roles = OPCODES[number].roles;
        let mut reads = 0;
        let mut field = 0;
        while field < 3 {
            let (plain, with_k) = match roles[field] {
                Role::In | Role::InOut => (true, true),
                Role::Rk | Role::RkStr => (true, false),
                _ => (false, false),
            };
            reads |= (plain as u8) << field;
            if field == 2 {
                reads |= (with_k as u8) << 3;
            }
            field += 1;
        }
        effects[number] = Effect { kind: kind_of(op), reads };
        number += 1;
    }
    effects
}

const fn kind_of(op: OpCode) -> Kind {
    match op {
        OpCode::Move
        | OpCode::LoadI
        | OpCode::LoadF
        | OpCode::LoadK
        | OpCode::LoadKx
        | OpCode::LoadFalse
        | OpCode::LoadTrue
        | OpCode::GetUpval
        | OpCode::GetTabUp
        | OpCode::GetTable
        | OpCode::GetI
        | OpCode::GetField
        | OpCode::Unm
        | OpCode::BNot
        | OpCode::Not
        | OpCode::Len => Kind::Writes,
        OpCode::SetUpval
        | OpCode::SetTabUp
        | OpCode::SetTable
        | OpCode::SetI
        | OpCode::SetField
        // These three are looked at with the word before them, or by other passes.
        | OpCode::VarargPrep
        | OpCode::ExtraArg
        | OpCode::MmBin
        | OpCode::MmBinI
        | OpCode::MmBinK => Kind::Reads,
        OpCode::AddI
        | OpCode::AddK
        | OpCode::SubK
        | OpCode::MulK
        | OpCode::ModK
        | OpCode::PowK
        | OpCode::DivK
        | OpCode::IDivK
        | OpCode::BAndK
        | OpCode::BOrK
        | OpCode::BXorK
        | OpCode::ShrI
        | OpCode::ShlI
        | OpCode::Add
        | OpCode::Sub
        | OpCode::Mul
        | OpCode::Mod
        | OpCode::Pow
        | OpCode::Div
        | OpCode::IDiv
        | OpCode::BAnd
        | OpCode::BOr
        | OpCode::BXor
        | OpCode::Shl
        | OpCode::Shr => Kind::Arithmetic,
        OpCode::Eq
        | OpCode::Lt
        | OpCode::Le
        | OpCode::EqK
        | OpCode::EqI
        | OpCode::LtI
        | OpCode::LeI
        | OpCode::GtI
        | OpCode::GeI
        | OpCode::Test => Kind::Test,
        OpCode::TestSet => Kind::TestSet,
        OpCode::LFalseSkip => Kind::LFalseSkip,
        OpCode::LoadNil => Kind::LoadNil,
        OpCode::NewTable => Kind::NewTable,
        OpCode::SelfOp => Kind::SelfOp,
        OpCode::Concat => Kind::Concat,
        OpCode::Close => Kind::Close,
        OpCode::Tbc => Kind::Tbc,
        OpCode::Jmp => Kind::Jmp,
        OpCode::Call => Kind::Call,
        OpCode::TailCall => Kind::TailCall,
        OpCode::Return => Kind::Return,
        OpCode::Return0 | OpCode::Return1 => Kind::ReturnFew,
        OpCode::ForLoop => Kind::ForLoop,
        OpCode::ForPrep => Kind::ForPrep,
        OpCode::TForPrep => Kind::TForPrep,
        OpCode::TForCall => Kind::TForCall,
        OpCode::TForLoop => Kind::TForLoop,
        OpCode::SetList => Kind::SetList,
        OpCode::Closure => Kind::Closure,
        OpCode::Vararg => Kind::Vararg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opcodes that write A, as the reference's mode bits say, are not among those that only read.
    #[test]
    fn kinds_agree_with_modes() {
        for op in OpCode::ALL {
            let modes = op.info().modes;
            let kind = effect(Instruction::new_ax(op, 0)).kind;
            // VARARGPREP's bit is odd: it writes no register of the frame that it makes.
            if matches!(kind, Kind::Reads) && op != OpCode::VarargPrep {
                assert!(!modes.a, "{op:?} writes A");
            }
            if matches!(kind, Kind::Writes | Kind::Arithmetic | Kind::LoadNil | Kind::TestSet) {
                assert!(modes.a, "{op:?} does not write A");
            }
            assert_eq!(matches!(kind, Kind::Test | Kind::TestSet), modes.t, "{op:?}: tests");
        }
    }

    #[test]
    fn reads_follow_from_roles() {
        let reads = |op, k| {
            let effect = effect(Instruction::abc(op, 0, 0, 0, k));
            (effect.reads_a(), effect.reads_b(), effect.reads_c(k))
        };
        assert_eq!(reads(OpCode::Move, false), (0, 1, 0));
        assert_eq!(reads(OpCode::SetTable, false), (1, 1, 1));
        assert_eq!(reads(OpCode::SetTable, true), (1, 1, 0));
        assert_eq!(reads(OpCode::SelfOp, true), (0, 1, 0));
        assert_eq!(reads(OpCode::SelfOp, false), (0, 1, 1));
        assert_eq!(reads(OpCode::GetTable, true), (0, 1, 1));
        assert_eq!(reads(OpCode::MmBin, true), (1, 1, 0));
    }
}
