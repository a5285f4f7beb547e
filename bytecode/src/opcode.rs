//! The opcode table: the one place where a fact about an opcode is stated.
//!
//! [`for_each_opcode!`](crate::for_each_opcode) hands every row to a macro of the caller's. This
//! module expands it to the [`OpCode`] enum and the run-time table [`OPCODES`]; the listing, the
//! verifier, the VM's feature `checked` and the fuzz mutators read that table. Written by hand, one
//! by one, are the comments of the listing and the handlers of the interpreter, and neither
//! compiles if a row is forgotten.
//!
//! A row reads
//!
//! ```text
//! Variant = number, "MNEMONIC", format, [roles of A, B, C, k], registers from A, [mode bits],
//!     [listing];
//! ```
//!
//! In the formats ABx, AsBx, Ax and sJ the second role is that of the wide field; Ax and sJ, which
//! have no field A, state it first. Source: lopcodes.h, lopcodes.c and `PrintCode` of luac.

/// Calls the macro `$callback` with every row of the opcode table, in number order.
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
            /// `R[A] := R[B]`.
            Move = 0, "MOVE", Abc, [Out In Unused Unused], One, [A], [A B];
            /// `R[A] := sBx`, an integer.
            LoadI = 1, "LOADI", AsBx, [Out SImm Unused Unused], One, [A], [A SBx];
            /// `R[A] := sBx`, as a float.
            LoadF = 2, "LOADF", AsBx, [Out SImm Unused Unused], One, [A], [A SBx];
            /// `R[A] := K[Bx]`.
            LoadK = 3, "LOADK", Abx, [Out K Unused Unused], One, [A], [A Bx];
            /// `R[A] := K[Ax of the EXTRAARG that follows]`; goes on after it.
            LoadKx = 4, "LOADKX", Abx, [Out Unused Unused Unused], One, [A], [A];
            /// `R[A] := false`.
            LoadFalse = 5, "LOADFALSE", Abc, [Out Unused Unused Unused], One, [A], [A];
            /// `R[A] := false` and skips the next word, which is LOADTRUE.
            LFalseSkip = 6, "LFALSESKIP", Abc, [Out Unused Unused Unused], One, [A], [A];
            /// `R[A] := true`.
            LoadTrue = 7, "LOADTRUE", Abc, [Out Unused Unused Unused], One, [A], [A];
            /// `R[A] ..= R[A+B] := nil`.
            LoadNil = 8, "LOADNIL", Abc, [Out Count Unused Unused], NilFill, [A], [A B];
            /// `R[A] := U[B]`.
            GetUpval = 9, "GETUPVAL", Abc, [Out Upval Unused Unused], One, [A], [A B];
            /// `U[B] := R[A]`.
            SetUpval = 10, "SETUPVAL", Abc, [In Upval Unused Unused], One, [], [A B];
            /// `R[A] := U[B][K[C]]`.
            GetTabUp = 11, "GETTABUP", Abc, [Out Upval KField Unused], One, [A], [A B C];
            /// `R[A] := R[B][R[C]]`.
            GetTable = 12, "GETTABLE", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B][C]`, C an integer.
            GetI = 13, "GETI", Abc, [Out In Imm Unused], One, [A], [A B C];
            /// `R[A] := R[B][K[C]]`.
            GetField = 14, "GETFIELD", Abc, [Out In KField Unused], One, [A], [A B C];
            /// `U[A][K[B]] := RK(C)`.
            SetTabUp = 15, "SETTABUP", Abc, [Upval KField Rk SelectsK], None, [], [A B C KMark];
            /// `R[A][R[B]] := RK(C)`.
            SetTable = 16, "SETTABLE", Abc, [In In Rk SelectsK], One, [], [A B C KMark];
            /// `R[A][B] := RK(C)`, B an integer.
            SetI = 17, "SETI", Abc, [In Imm Rk SelectsK], One, [], [A B C KMark];
            /// `R[A][K[B]] := RK(C)`.
            SetField = 18, "SETFIELD", Abc, [In KField Rk SelectsK], One, [], [A B C KMark];
            /// `R[A] := {}` with room for 2^(B-1) pairs and `C + 256 Ax` items, Ax being that of
            /// the EXTRAARG that follows; goes on after it. Registers above A lose their value.
            NewTable = 19, "NEWTABLE", Abc, [Out HashSize Count HasExtra], One, [A], [A B C];
            /// `R[A+1] := R[B]; R[A] := R[B][RK(C)]`, the key a string.
            SelfOp = 20, "SELF", Abc, [Out In RkStr SelectsK], Two, [A], [A B C KMark];
            /// `R[A] := R[B] + sC`, and skips the MMBINI that follows; otherwise only goes on.
            AddI = 21, "ADDI", Abc, [Out In SImm Unused], One, [A], [A B SC];
            /// `R[A] := R[B] + K[C]`, and skips the MMBINK that follows; otherwise only goes on.
            AddK = 22, "ADDK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] - K[C]`, as ADDK.
            SubK = 23, "SUBK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] * K[C]`, as ADDK.
            MulK = 24, "MULK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] % K[C]`, as ADDK.
            ModK = 25, "MODK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] ^ K[C]`, as ADDK.
            PowK = 26, "POWK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] / K[C]`, as ADDK.
            DivK = 27, "DIVK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] // K[C]`, as ADDK.
            IDivK = 28, "IDIVK", Abc, [Out In KNum Unused], One, [A], [A B C];
            /// `R[A] := R[B] & K[C]`, as ADDK.
            BAndK = 29, "BANDK", Abc, [Out In KInt Unused], One, [A], [A B C];
            /// `R[A] := R[B] | K[C]`, as ADDK.
            BOrK = 30, "BORK", Abc, [Out In KInt Unused], One, [A], [A B C];
            /// `R[A] := R[B] ~ K[C]`, as ADDK.
            BXorK = 31, "BXORK", Abc, [Out In KInt Unused], One, [A], [A B C];
            /// `R[A] := R[B] >> sC`, as ADDI.
            ShrI = 32, "SHRI", Abc, [Out In SImm Unused], One, [A], [A B SC];
            /// `R[A] := sC << R[B]`, as ADDI.
            ShlI = 33, "SHLI", Abc, [Out In SImm Unused], One, [A], [A B SC];
            /// `R[A] := R[B] + R[C]`, and skips the MMBIN that follows; otherwise only goes on.
            Add = 34, "ADD", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] - R[C]`, as ADD.
            Sub = 35, "SUB", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] * R[C]`, as ADD.
            Mul = 36, "MUL", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] % R[C]`, as ADD.
            Mod = 37, "MOD", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] ^ R[C]`, as ADD.
            Pow = 38, "POW", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] / R[C]`, as ADD.
            Div = 39, "DIV", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] // R[C]`, as ADD.
            IDiv = 40, "IDIV", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] & R[C]`, as ADD.
            BAnd = 41, "BAND", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] | R[C]`, as ADD.
            BOr = 42, "BOR", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] ~ R[C]`, as ADD.
            BXor = 43, "BXOR", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] << R[C]`, as ADD.
            Shl = 44, "SHL", Abc, [Out In In Unused], One, [A], [A B C];
            /// `R[A] := R[B] >> R[C]`, as ADD.
            Shr = 45, "SHR", Abc, [Out In In Unused], One, [A], [A B C];
            /// Metamethod C over `R[A]` and `R[B]`; the result goes to A of the arithmetic word
            /// before.
            MmBin = 46, "MMBIN", Abc, [In In Event Unused], One, [MM], [A B C];
            /// Metamethod C over `R[A]` and the integer sB, swapped if k; result as MMBIN.
            MmBinI = 47, "MMBINI", Abc, [In SImm Event Flip], One, [MM], [A SB C K];
            /// Metamethod C over `R[A]` and `K[B]`, swapped if k; result as MMBIN.
            MmBinK = 48, "MMBINK", Abc, [In K Event Flip], One, [MM], [A B C K];
            /// `R[A] := -R[B]`.
            Unm = 49, "UNM", Abc, [Out In Unused Unused], One, [A], [A B];
            /// `R[A] := ~R[B]`.
            BNot = 50, "BNOT", Abc, [Out In Unused Unused], One, [A], [A B];
            /// `R[A] := not R[B]`.
            Not = 51, "NOT", Abc, [Out In Unused Unused], One, [A], [A B];
            /// `R[A] := #R[B]`.
            Len = 52, "LEN", Abc, [Out In Unused Unused], One, [A], [A B];
            /// `R[A] := R[A] .. ... .. R[A+B-1]`. Registers above A lose their value.
            Concat = 53, "CONCAT", Abc, [Out Count Unused Unused], CountB, [A], [A B];
            /// Closes upvalues and to-be-closed variables in registers from A up.
            Close = 54, "CLOSE", Abc, [Limit Unused Unused Unused], None, [], [A];
            /// Marks `R[A]` to be closed.
            Tbc = 55, "TBC", Abc, [In Unused Unused Unused], One, [], [A];
            /// `pc += sJ`.
            Jmp = 56, "JMP", SJ, [JumpFwd Unused Unused Unused], None, [], [SJ];
            /// Goes to the JMP that follows if `(R[A] == R[B]) == k`, else past it.
            Eq = 57, "EQ", Abc, [In In Unused Condition], One, [T], [A B K];
            /// Goes to the JMP that follows if `(R[A] < R[B]) == k`, else past it.
            Lt = 58, "LT", Abc, [In In Unused Condition], One, [T], [A B K];
            /// Goes to the JMP that follows if `(R[A] <= R[B]) == k`, else past it.
            Le = 59, "LE", Abc, [In In Unused Condition], One, [T], [A B K];
            /// Goes to the JMP that follows if `(R[A] == K[B]) == k`, else past it; raw equality.
            EqK = 60, "EQK", Abc, [In K Unused Condition], One, [T], [A B K];
            /// Goes to the JMP that follows if `(R[A] == sB) == k`, else past it.
            EqI = 61, "EQI", Abc, [In SImm FloatMark Condition], One, [T], [A SB K];
            /// Goes to the JMP that follows if `(R[A] < sB) == k`, else past it. C says that sB was
            /// a float.
            LtI = 62, "LTI", Abc, [In SImm FloatMark Condition], One, [T], [A SB K];
            /// Goes to the JMP that follows if `(R[A] <= sB) == k`, else past it. C as LTI.
            LeI = 63, "LEI", Abc, [In SImm FloatMark Condition], One, [T], [A SB K];
            /// Goes to the JMP that follows if `(R[A] > sB) == k`, else past it. C as LTI.
            GtI = 64, "GTI", Abc, [In SImm FloatMark Condition], One, [T], [A SB K];
            /// Goes to the JMP that follows if `(R[A] >= sB) == k`, else past it. C as LTI.
            GeI = 65, "GEI", Abc, [In SImm FloatMark Condition], One, [T], [A SB K];
            /// Goes to the JMP that follows if the truth of `R[A]` is k, else past it.
            Test = 66, "TEST", Abc, [In Unused Unused Condition], One, [T], [A K];
            /// If the truth of `R[B]` is k, `R[A] := R[B]` and goes to the JMP that follows, else
            /// past it.
            TestSet = 67, "TESTSET", Abc, [Out In Unused Condition], One, [T A], [A B K];
            /// Calls `R[A]` with B-1 arguments from A+1, C-1 results from A. B = 0: arguments up to
            /// top. C = 0: all results, setting top.
            Call = 68, "CALL", Abc, [Out CountPlus1 CountPlus1 Unused], Call, [OT IT A], [A B C];
            /// Returns `R[A](...)`, arguments as CALL. Goes on, as an open producer, if a native
            /// callee yields. C as RETURN.
            TailCall = 69, "TAILCALL", Abc, [Out CountPlus1 VarargShift Closes], CountB, [OT IT A], [A B C KMark];
            /// Returns B-1 values from A, or up to top if B = 0; closes variables if k. C-1 is the
            /// number of parameters in a vararg function, else C = 0.
            Return = 70, "RETURN", Abc, [Limit CountPlus1 VarargShift Closes], Return, [IT], [A B C KMark];
            /// Returns nothing.
            Return0 = 71, "RETURN0", Abc, [Limit Unused Unused Unused], None, [], [];
            /// Returns `R[A]`.
            Return1 = 72, "RETURN1", Abc, [In Unused Unused Unused], One, [], [A];
            /// Steps a numeric loop in `R[A]..=R[A+3]`; if it goes on, `pc -= Bx`.
            ForLoop = 73, "FORLOOP", Abx, [InOut JumpLoop Unused Unused], Four, [A], [A Bx];
            /// Checks and prepares a numeric loop; if it does not run, `pc += Bx + 1`.
            ForPrep = 74, "FORPREP", Abx, [InOut JumpPrep Unused Unused], Four, [A], [A Bx];
            /// Marks `R[A+3]` to be closed; `pc += Bx`.
            TForPrep = 75, "TFORPREP", Abx, [In JumpTfor Unused Unused], Four, [], [A Bx];
            /// `R[A+4] ..= R[A+3+C] := R[A](R[A+1], R[A+2])`.
            TForCall = 76, "TFORCALL", Abc, [In Unused Count Unused], ForCall, [], [A C];
            /// If `R[A+4]` is not nil, `R[A+2] := R[A+4]` and `pc -= Bx`.
            TForLoop = 77, "TFORLOOP", Abx, [In JumpLoop Unused Unused], Five, [A], [A Bx];
            /// `R[A][C+i] := R[A+i]` for i in 1..=B, or up to top if B = 0; with k, C grows by `256
            /// Ax` of the EXTRAARG that follows.
            SetList = 78, "SETLIST", Abc, [In Count Imm HasExtra], List, [IT], [A B C];
            /// `R[A] := closure(P[Bx])`. Registers above A lose their value.
            Closure = 79, "CLOSURE", Abx, [Out Proto Unused Unused], One, [A], [A Bx];
            /// `R[A] ..= R[A+C-2] :=` variable arguments; C = 0: all, setting top.
            Vararg = 80, "VARARG", Abc, [Out Unused CountPlus1 Unused], Results, [OT A], [A C];
            /// Adjusts a vararg function's frame for its A parameters.
            VarargPrep = 81, "VARARGPREP", Abc, [ParamCount Unused Unused Unused], None, [IT A], [A];
            /// Operand of the word before; never executed.
            ExtraArg = 82, "EXTRAARG", Ax, [Extra Unused Unused Unused], None, [], [Ax];
        }
    };
}

/// How the 25 operand bits of a word are divided (`enum OpMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Format {
    /// A, k, B, C.
    Abc = 0,
    /// A and an unsigned 17-bit number.
    Abx = 1,
    /// A and a signed 17-bit number.
    AsBx = 2,
    /// An unsigned 25-bit number.
    Ax = 3,
    /// A signed 25-bit number.
    SJ = 4,
}

/// What an operand field means, and so what it may range over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ignored by the VM; any value is legal.
    Unused,
    /// Register that the instruction defines.
    Out,
    /// Register that it reads.
    In,
    /// Register that it reads and then redefines.
    InOut,
    /// Register number that is only compared with, so that it may equal the frame size.
    Limit,
    /// Constant of any type.
    K,
    /// Constant that is a short string: a field name.
    KField,
    /// Constant that is a number.
    KNum,
    /// Constant that is an integer.
    KInt,
    /// Register, or constant of any type if k is set.
    Rk,
    /// Register, or string constant if k is set.
    RkStr,
    /// Upvalue of the running closure.
    Upval,
    /// Nested prototype.
    Proto,
    /// Unsigned number.
    Imm,
    /// Signed number.
    SImm,
    /// Number of registers or items.
    Count,
    /// Number of values plus one; zero means "up to top".
    CountPlus1,
    /// Binary logarithm, plus one, of a table's hash size; zero means no hash part.
    HashSize,
    /// Parameter count plus one in a vararg function, else zero.
    VarargShift,
    /// Number of fixed parameters.
    ParamCount,
    /// Metamethod event.
    Event,
    /// Payload of EXTRAARG.
    Extra,
    /// Whether the immediate operand was written as a float.
    FloatMark,
    /// Target `pc + 1 + sJ`.
    JumpFwd,
    /// Target `pc + 1 - Bx`.
    JumpLoop,
    /// Target `pc + 2 + Bx`, when the loop is skipped.
    JumpPrep,
    /// Target `pc + 1 + Bx`.
    JumpTfor,
    /// Flag: C is a constant.
    SelectsK,
    /// Flag: the outcome on which the jump is taken.
    Condition,
    /// Flag: the operands were swapped.
    Flip,
    /// Flag: variables must be closed first.
    Closes,
    /// Flag: the next word's Ax extends C.
    HasExtra,
}

/// Which registers, from A up, an instruction touches in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// None: A is not a register, or is only compared with.
    None,
    /// A alone.
    One,
    /// A and A+1.
    Two,
    /// A to A+3.
    Four,
    /// A to A+4.
    Five,
    /// A to A+B.
    NilFill,
    /// B registers.
    CountB,
    /// A, B-1 arguments above it, and C-1 results from A.
    Call,
    /// B-1 returned values.
    Return,
    /// C-1 results, and A itself.
    Results,
    /// The loop state, three copies of it for the call, and C results from A+4.
    ForCall,
    /// The table in A and B items above it.
    List,
}

/// One column of an instruction's operands in the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of that name")]
pub enum Column {
    A,
    B,
    SB,
    C,
    SC,
    Bx,
    SBx,
    Ax,
    SJ,
    /// Flag k as a number.
    K,
    /// A letter `k` behind the last column if the flag is set.
    KMark,
}

/// The reference's five property bits of an opcode (`luaP_opmodes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Modes {
    /// Calls a metamethod for the arithmetic word before it.
    pub mm: bool,
    /// Sets top for the next instruction when C is zero.
    pub ot: bool,
    /// Uses the top set by the previous instruction when B is zero.
    pub it: bool,
    /// Is a test: the next instruction is a jump.
    pub t: bool,
    /// Sets register A.
    pub a: bool,
}

impl Modes {
    const NONE: Self = Self { mm: false, ot: false, it: false, t: false, a: false };
}

/// Everything the table says of one opcode.
#[derive(Debug)]
pub struct OpInfo {
    /// Name in listings.
    pub name: &'static str,
    /// Division of the operand bits.
    pub format: Format,
    /// Roles of A, B (or the wide field), C and k.
    pub roles: [Role; 4],
    /// Registers touched from A up.
    pub span: Span,
    /// Property bits.
    pub modes: Modes,
    /// Operands that the listing prints, in order.
    pub columns: &'static [Column],
}

macro_rules! mode_bits {
    () => {
        Modes::NONE
    };
    (MM) => {
        Modes { mm: true, ..Modes::NONE }
    };
    (A) => {
        Modes { a: true, ..Modes::NONE }
    };
    (T) => {
        Modes { t: true, ..Modes::NONE }
    };
    (T A) => {
        Modes { t: true, a: true, ..Modes::NONE }
    };
    (IT) => {
        Modes { it: true, ..Modes::NONE }
    };
    (IT A) => {
        Modes { it: true, a: true, ..Modes::NONE }
    };
    (OT A) => {
        Modes { ot: true, a: true, ..Modes::NONE }
    };
    (OT IT A) => {
        Modes { ot: true, it: true, a: true, ..Modes::NONE }
    };
}

macro_rules! define_opcodes {
    ($( $(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $format:ident,
        [$ra:ident $rb:ident $rc:ident $rk:ident], $span:ident, [$($mode:ident)*],
        [$($column:ident)*]; )*) => {
        /// An instruction's operation, numbered as in the reference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum OpCode {
            $( $(#[$doc])* $variant = $number, )*
        }

        impl OpCode {
            /// Every opcode, in number order.
            pub const ALL: [Self; N_OPCODES] = [$(Self::$variant,)*];

            /// The opcode of that number, if there is one.
            #[inline]
            pub const fn from_u8(number: u8) -> Option<Self> {
                // The compiler sees that this is the number itself, and needs no table.
                match number {
                    $( $number => Some(Self::$variant), )*
                    _ => None,
                }
            }
        }

        /// What the table says of each opcode, indexed by its number.
        pub static OPCODES: [OpInfo; N_OPCODES] = [$(OpInfo {
            name: $name,
            format: Format::$format,
            roles: [Role::$ra, Role::$rb, Role::$rc, Role::$rk],
            span: Span::$span,
            modes: mode_bits!($($mode)*),
            columns: &[$(Column::$column,)*],
        },)*];
    };
}

/// Number of opcodes.
pub const N_OPCODES: usize = 83;

for_each_opcode!(define_opcodes);

impl OpCode {
    /// Its row of the table.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &OPCODES[self as usize]
    }

    /// Its name in listings.
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

impl Modes {
    /// The property byte of the reference: format in bits 0–2, then A, T, IT, OT, MM.
    pub const fn bits(self, format: Format) -> u8 {
        format as u8
            | (self.a as u8) << 3
            | (self.t as u8) << 4
            | (self.it as u8) << 5
            | (self.ot as u8) << 6
            | (self.mm as u8) << 7
    }
}

impl Span {
    /// How many registers, counted from A, must lie within the frame for this word's B and C.
    pub const fn len(self, b: u32, c: u32) -> u32 {
        const fn max(x: u32, y: u32) -> u32 {
            if x > y { x } else { y }
        }
        match self {
            Self::None => 0,
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Five => 5,
            Self::NilFill | Self::List => b + 1,
            Self::CountB => max(b, 1),
            Self::Call => max(1, max(b, c.saturating_sub(1))),
            Self::Return => b.saturating_sub(1),
            Self::Results => max(1, c.saturating_sub(1)),
            Self::ForCall => max(7, 4 + c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_rows() {
        for (number, op) in OpCode::ALL.iter().enumerate() {
            assert_eq!(*op as usize, number, "{op:?}");
        }
        assert_eq!(OpCode::from_u8(82), Some(OpCode::ExtraArg));
        assert_eq!(OpCode::from_u8(83), None);
    }
}
