//! What the passes need to know of each opcode, packed so that a check is a load and a mask.
//!
//! Everything here is computed at compile time from the opcode table; nothing is stated a second
//! time. There are 128 entries, one for each value of the 7-bit opcode field, so that a look-up
//! needs no check; those without an opcode allow no operand.

use moonproof_bytecode::Instruction;
use moonproof_bytecode::opcode::{Format, N_OPCODES, OPCODES, OpCode, Role, Span};

/// What the value of an 8-bit operand may be used as: a set of classes, one bit each.
pub(crate) mod class {
    /// Anything.
    pub(crate) const ANY: u16 = 1;
    /// A register.
    pub(crate) const REGISTER: u16 = 1 << 1;
    /// A register, or the first one behind the frame.
    pub(crate) const LIMIT: u16 = 1 << 2;
    /// An upvalue.
    pub(crate) const UPVALUE: u16 = 1 << 3;
    /// A constant.
    pub(crate) const CONSTANT: u16 = 1 << 4;
    /// A constant that is a string.
    pub(crate) const STRING: u16 = 1 << 5;
    /// A constant that is a short string.
    pub(crate) const FIELD: u16 = 1 << 6;
    /// A constant that is a number.
    pub(crate) const NUMBER: u16 = 1 << 7;
    /// A constant that is an integer.
    pub(crate) const INTEGER: u16 = 1 << 8;
    /// A metamethod event of arithmetic.
    pub(crate) const EVENT: u16 = 1 << 9;
    /// Logarithm of a table's hash size, plus one.
    pub(crate) const HASH_SIZE: u16 = 1 << 10;
    /// The number of fixed parameters.
    pub(crate) const N_PARAMS: u16 = 1 << 11;
    /// What a return has in C.
    pub(crate) const SHIFT: u16 = 1 << 12;
    /// A number from 1 up.
    pub(crate) const ONE_UP: u16 = 1 << 13;
    /// A number from 2 up.
    pub(crate) const TWO_UP: u16 = 1 << 14;
}

/// What bounds a wide operand, or, where there is none, whether the word may occur at all. Numbers
/// index the bounds that the decode pass makes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Wide {
    /// Nothing: there is no wide operand, or it is a number or a jump.
    Free,
    /// The number of constants.
    Constant,
    /// The number of nested functions.
    Proto,
    /// Zero outside vararg functions.
    OnlyVararg,
    /// Zero in vararg functions.
    OnlyFixed,
    /// Zero: the word has no opcode.
    Nothing,
}

/// Number of [`Wide`] kinds.
pub(crate) const N_WIDE: usize = 6;

/// How a word jumps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jump {
    None,
    /// `pc + 1 + sJ`.
    Forward,
    /// `pc + 1 - Bx`.
    Loop,
    /// `pc + 2 + Bx`.
    Prep,
    /// `pc + 1 + Bx`.
    Tfor,
}

/// What may stand before and after a word, as sets of these classes of words.
pub(crate) mod word {
    /// Needs nothing before it.
    pub(crate) const PLAIN: u16 = 1;
    /// JMP: free to stand anywhere, and what a test wants.
    pub(crate) const JMP: u16 = 1 << 1;
    /// LOADTRUE: free to stand anywhere, and what LFALSESKIP wants.
    pub(crate) const LOAD_TRUE: u16 = 1 << 2;
    /// MMBIN, after arithmetic on registers.
    pub(crate) const MM_BIN: u16 = 1 << 3;
    /// MMBINI, after arithmetic on an immediate.
    pub(crate) const MM_BIN_I: u16 = 1 << 4;
    /// MMBINK, after arithmetic on a constant.
    pub(crate) const MM_BIN_K: u16 = 1 << 5;
    /// EXTRAARG.
    pub(crate) const EXTRA_ARG: u16 = 1 << 6;
    /// VARARGPREP with B zero, the first word of a vararg function.
    pub(crate) const VARARG_PREP: u16 = 1 << 7;
    /// TFORLOOP, after TFORCALL.
    pub(crate) const TFOR_LOOP: u16 = 1 << 8;
    /// CALL, TAILCALL or SETLIST of open results.
    pub(crate) const OPEN_USE: u16 = 1 << 9;
    /// RETURN of open results.
    pub(crate) const OPEN_RETURN: u16 = 1 << 10;
    /// The end of the code.
    pub(crate) const END: u16 = 1 << 11;

    /// What may follow a word that asks for nothing.
    pub(crate) const FREE: u16 = PLAIN | JMP | LOAD_TRUE;
    /// What takes open results.
    pub(crate) const OPEN: u16 = OPEN_USE | OPEN_RETURN;
    /// What a jump may lead to.
    pub(crate) const TARGET: u16 = FREE;
}

/// Which agreement between a word and the next one the pairs pass has to look at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    None,
    /// EXTRAARG is a constant index.
    ExtraConstant,
    /// EXTRAARG extends a table's size.
    ExtraSize,
    /// If it sets top, the next word takes values from there.
    Open,
    /// Sets top, and the next word returns from there.
    TailCall,
    /// The same A.
    SameA,
    /// If k, EXTRAARG extends the first index.
    ExtraIndex,
}

/// How many registers from A up a word touches: a [`Span`] without branches.
#[derive(Clone, Copy)]
pub(crate) struct Length {
    /// Whether it may be anything but A alone, whose class says that it is a register.
    pub(crate) is_more: bool,
    /// At least so many.
    least: u8,
    /// Bits of B that count, all or none.
    b_mask: u8,
    /// What they count more.
    b_more: i8,
    /// As for B.
    c_mask: u8,
    c_more: i8,
}

impl Length {
    const fn new(span: Span) -> Self {
        let (least, b, c) = match span {
            Span::None => (0, None, None),
            Span::One => (1, None, None),
            Span::Two => (2, None, None),
            Span::Four => (4, None, None),
            Span::Five => (5, None, None),
            Span::NilFill | Span::List => (1, Some(1), None),
            Span::CountB => (1, Some(0), None),
            Span::Call => (1, Some(0), Some(-1)),
            Span::Return => (0, Some(-1), None),
            Span::Results => (1, None, Some(-1)),
            Span::ForCall => (7, None, Some(4)),
        };
        const fn masked(more: Option<i8>) -> (u8, i8) {
            match more {
                Some(more) => (u8::MAX, more),
                None => (0, 0),
            }
        }
        let (b_mask, b_more) = masked(b);
        let (c_mask, c_more) = masked(c);
        let is_more = !matches!(span, Span::None | Span::One);
        Self { is_more, least, b_mask, b_more, c_mask, c_more }
    }

    /// The register behind the last one that the word touches, if it touches any.
    #[inline]
    pub(crate) fn behind_last(self, word: Instruction) -> u32 {
        // Masked values are below 256, so that no sum leaves the range of an int.
        let count = |value: u32, mask: u8, more: i8| {
            ((value & u32::from(mask)) as i32).wrapping_add(i32::from(more))
        };
        let of_b = count(word.b(), self.b_mask, self.b_more);
        let of_c = count(word.c(), self.c_mask, self.c_more);
        let length = of_b.max(of_c).max(i32::from(self.least));
        word.a().wrapping_add(length as u32)
    }
}

/// The packed row of an opcode.
pub(crate) struct Row {
    /// Class that A must be in.
    pub(crate) a: u16,
    /// Class that B must be in.
    pub(crate) b: u16,
    /// Class that C must be in, without and with k.
    pub(crate) c: [u16; 2],
    /// Bound of the wide operand.
    pub(crate) wide: Wide,
    /// Registers touched from A up.
    pub(crate) length: Length,
    /// Class of the word, if B is not zero and if it is.
    pub(crate) word: [u16; 2],
    /// Classes of the next word, ordinarily and if the bits under `selector` are zero (compared
    /// after flipping `flip`).
    pub(crate) next: [u16; 2],
    /// Bits of the word that choose from `next`.
    pub(crate) selector: u32,
    /// Bits to flip before they choose.
    pub(crate) flip: u32,
    pub(crate) relation: Relation,
    pub(crate) jump: Jump,
}

impl Row {
    /// Class of this word among its neighbours.
    #[inline]
    pub(crate) fn word_class(&self, word: Instruction) -> u16 {
        let [with_b, without_b] = self.word;
        if word.b() == 0 { without_b } else { with_b }
    }

    /// Classes of words that may follow this one.
    #[inline]
    pub(crate) fn next_classes(&self, word: Instruction) -> u16 {
        let [ordinary, selected] = self.next;
        if (word.0 ^ self.flip) & self.selector == 0 { selected } else { ordinary }
    }
}

static ROWS: [Row; 128] = make_rows();

/// The row of a word's opcode, existing or not.
#[inline]
pub(crate) fn row(word: Instruction) -> &'static Row {
    // Seven bits index 128 rows.
    ROWS.get(usize::from(word.op_bits())).unwrap_or(&NO_ROW)
}

static NO_ROW: Row = no_row();

const fn no_row() -> Row {
    Row {
        a: 0,
        b: 0,
        c: [0, 0],
        wide: Wide::Nothing,
        length: Length::new(Span::None),
        word: [0, 0],
        next: [0, 0],
        selector: 0,
        flip: 0,
        relation: Relation::None,
        jump: Jump::None,
    }
}

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
#[expect(clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
const fn make_rows() -> [Row; 128] {
    let mut rows = [const { no_row() }; 128];
    let mut number = 0;
    while number < N_OPCODES {
        rows[number] = make_row(OpCode::ALL[number]);
        number += 1;
    }
    rows
}

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn make_row(op: OpCode) -> Row {
    let info = &OPCODES[op as usize];
    let [first, second, third, _] = info.roles;
    let mut row = no_row();
    row.length = Length::new(info.span);
    (row.a, row.b, row.c) = match info.format {
        Format::Abc => (narrow(first), narrow(second), by_k(third)),
        Format::Abx | Format::AsBx => (narrow(first), class::ANY, [class::ANY; 2]),
        Format::Ax | Format::SJ => (class::ANY, class::ANY, [class::ANY; 2]),
    };
    let wide = match info.format {
        Format::Abx | Format::AsBx => second,
        Format::Ax | Format::SJ => first,
        Format::Abc => Role::Unused,
    };
    row.wide = match wide {
        Role::K => Wide::Constant,
        Role::Proto => Wide::Proto,
        _ => Wide::Free,
    };
    row.jump = match wide {
        Role::JumpFwd => Jump::Forward,
        Role::JumpLoop => Jump::Loop,
        Role::JumpPrep => Jump::Prep,
        Role::JumpTfor => Jump::Tfor,
        _ => Jump::None,
    };
    // What the roles do not say.
    match op {
        OpCode::Concat => row.b = class::TWO_UP,
        OpCode::TForCall => row.c = [class::ONE_UP; 2],
        OpCode::Vararg => row.wide = Wide::OnlyVararg,
        OpCode::Return0 | OpCode::Return1 => row.wide = Wide::OnlyFixed,
        _ => {}
    }
    with_neighbours(row, op)
}

/// The class of an 8-bit operand of that role; a wide role has none.
const fn narrow(role: Role) -> u16 {
    match role {
        Role::Out | Role::In | Role::InOut => class::REGISTER,
        Role::Limit => class::LIMIT,
        Role::K => class::CONSTANT,
        Role::KField => class::FIELD,
        Role::KNum => class::NUMBER,
        Role::KInt => class::INTEGER,
        // Without k; the other half is in `by_k`.
        Role::Rk | Role::RkStr => class::REGISTER,
        Role::Upval => class::UPVALUE,
        Role::HashSize => class::HASH_SIZE,
        Role::VarargShift => class::SHIFT,
        Role::ParamCount => class::N_PARAMS,
        Role::Event => class::EVENT,
        Role::Unused | Role::Imm | Role::SImm | Role::Count | Role::CountPlus1 => class::ANY,
        Role::Proto | Role::Extra => class::ANY,
        Role::JumpFwd | Role::JumpLoop | Role::JumpPrep | Role::JumpTfor => class::ANY,
        Role::FloatMark | Role::SelectsK | Role::Condition | Role::Flip => class::ANY,
        Role::Closes | Role::HasExtra => class::ANY,
    }
}

/// Classes of C without and with k.
const fn by_k(role: Role) -> [u16; 2] {
    match role {
        Role::Rk => [class::REGISTER, class::CONSTANT],
        Role::RkStr => [class::REGISTER, class::STRING],
        other => [narrow(other); 2],
    }
}

/// Adds what may stand before and after the word.
const fn with_neighbours(mut row: Row, op: OpCode) -> Row {
    const C_FIELD: u32 = 0xFF << 24;
    const K_FIELD: u32 = 1 << 15;
    row.word = [word::PLAIN; 2];
    row.next = [word::FREE; 2];
    match op {
        OpCode::LoadKx => {
            row.next = [word::EXTRA_ARG; 2];
            row.relation = Relation::ExtraConstant;
        }
        OpCode::LFalseSkip => row.next = [word::LOAD_TRUE; 2],
        OpCode::LoadTrue => row.word = [word::LOAD_TRUE; 2],
        OpCode::NewTable => {
            row.next = [word::EXTRA_ARG; 2];
            row.relation = Relation::ExtraSize;
        }
        OpCode::AddI | OpCode::ShrI | OpCode::ShlI => row.next = [word::MM_BIN_I; 2],
        OpCode::AddK
        | OpCode::SubK
        | OpCode::MulK
        | OpCode::ModK
        | OpCode::PowK
        | OpCode::DivK
        | OpCode::IDivK
        | OpCode::BAndK
        | OpCode::BOrK
        | OpCode::BXorK => {
            row.next = [word::MM_BIN_K; 2];
        }
        OpCode::Add
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
        | OpCode::Shr => {
            row.next = [word::MM_BIN; 2];
        }
        OpCode::MmBin => row.word = [word::MM_BIN; 2],
        OpCode::MmBinI => row.word = [word::MM_BIN_I; 2],
        OpCode::MmBinK => row.word = [word::MM_BIN_K; 2],
        OpCode::Jmp => row.word = [word::JMP; 2],
        OpCode::Call => {
            row.word = [word::PLAIN, word::OPEN_USE];
            row.next = [word::FREE, word::OPEN];
            row.selector = C_FIELD;
            row.relation = Relation::Open;
        }
        OpCode::Vararg => {
            row.next = [word::FREE, word::OPEN];
            row.selector = C_FIELD;
            row.relation = Relation::Open;
        }
        OpCode::TailCall => {
            row.word = [word::PLAIN, word::OPEN_USE];
            row.next = [word::OPEN_RETURN; 2];
            row.relation = Relation::TailCall;
        }
        OpCode::Return => {
            row.word = [word::PLAIN, word::OPEN_RETURN];
            row.next = [word::FREE | word::END; 2];
        }
        OpCode::Return0 | OpCode::Return1 => row.next = [word::FREE | word::END; 2],
        OpCode::TForCall => {
            row.next = [word::TFOR_LOOP; 2];
            row.relation = Relation::SameA;
        }
        OpCode::TForLoop => row.word = [word::TFOR_LOOP; 2],
        OpCode::SetList => {
            row.word = [word::PLAIN, word::OPEN_USE];
            row.next = [word::FREE, word::EXTRA_ARG];
            row.selector = K_FIELD;
            row.flip = K_FIELD;
            row.relation = Relation::ExtraIndex;
        }
        OpCode::VarargPrep => row.word = [0, word::VARARG_PREP],
        OpCode::ExtraArg => row.word = [word::EXTRA_ARG; 2],
        OpCode::Eq
        | OpCode::Lt
        | OpCode::Le
        | OpCode::EqK
        | OpCode::EqI
        | OpCode::LtI
        | OpCode::LeI
        | OpCode::GtI
        | OpCode::GeI
        | OpCode::Test
        | OpCode::TestSet => {
            row.next = [word::JMP; 2];
        }
        OpCode::Move
        | OpCode::LoadI
        | OpCode::LoadF
        | OpCode::LoadK
        | OpCode::LoadFalse
        | OpCode::LoadNil
        | OpCode::GetUpval
        | OpCode::SetUpval
        | OpCode::GetTabUp
        | OpCode::GetTable
        | OpCode::GetI
        | OpCode::GetField
        | OpCode::SetTabUp
        | OpCode::SetTable
        | OpCode::SetI
        | OpCode::SetField
        | OpCode::SelfOp
        | OpCode::Unm
        | OpCode::BNot
        | OpCode::Not
        | OpCode::Len
        | OpCode::Concat
        | OpCode::Close
        | OpCode::Tbc
        | OpCode::ForLoop
        | OpCode::ForPrep
        | OpCode::TForPrep
        | OpCode::Closure => {}
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The neighbour classes, which are written by hand, agree with the reference's mode bits.
    #[test]
    fn neighbours_agree_with_modes() {
        for op in OpCode::ALL {
            let modes = op.info().modes;
            let row = row(Instruction::new_ax(op, 0));
            assert_eq!(modes.t, row.next == [word::JMP; 2], "{op:?}: tests");
            let mm = [word::MM_BIN, word::MM_BIN_I, word::MM_BIN_K];
            assert_eq!(modes.mm, mm.contains(&row.word[0]), "{op:?}: metamethods");
            assert_eq!(modes.ot, row.next[1] & word::OPEN != 0, "{op:?}: producers");
            let takes_open = word::OPEN | word::VARARG_PREP;
            assert_eq!(modes.it, row.word[1] & takes_open != 0, "{op:?}: consumers");
        }
    }

    #[test]
    fn lengths_are_those_of_the_spans() {
        for op in OpCode::ALL {
            let span = op.info().span;
            for (b, c) in (0..256).flat_map(|b| (0..256).map(move |c| (b, c))) {
                let word = Instruction::abc(op, 100, b, c, false);
                let length = row(word).length;
                assert_eq!(length.behind_last(word), 100 + span.len(b, c), "{op:?} {b} {c}");
                assert!(length.is_more || span.len(b, c) <= 1, "{op:?} {b} {c}");
            }
        }
    }

    #[test]
    fn words_without_opcode_allow_nothing() {
        for number in 83..128 {
            let row = row(Instruction(number));
            assert_eq!((row.a, row.b, row.c, row.word), (0, 0, [0, 0], [0, 0]));
        }
    }
}
