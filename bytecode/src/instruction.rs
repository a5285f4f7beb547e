//! One 32-bit instruction word: its fields, and builders that cannot make a field overflow.
//!
//! ```text
//!       31      24 23      16 15 14       7 6      0
//! ABC  |    C     |    B     |k |    A     |  op   |
//! ABx  |          Bx (17)       |    A     |  op   |   AsBx: Bx - 65535
//! Ax   |               Ax (25)             |  op   |   sJ:   Ax - 16777215
//! ```
//!
//! Layout and excess-K encoding are those of lopcodes.h.

use crate::opcode::OpCode;

/// Greatest value of the 8-bit fields A, B and C (`MAXARG_A`, `MAXARG_B`, `MAXARG_C`).
pub const MAX_A: u32 = 0xFF;
/// See [`MAX_A`].
pub const MAX_B: u32 = 0xFF;
/// See [`MAX_A`].
pub const MAX_C: u32 = 0xFF;
/// Greatest value of Bx (`MAXARG_Bx`).
pub const MAX_BX: u32 = (1 << 17) - 1;
/// Greatest value of Ax (`MAXARG_Ax`).
pub const MAX_AX: u32 = (1 << 25) - 1;
/// What is added to a signed Bx before it is stored (`OFFSET_sBx`).
pub const OFFSET_SBX: i32 = (MAX_BX >> 1) as i32;
/// What is added to a signed jump before it is stored (`OFFSET_sJ`).
pub const OFFSET_SJ: i32 = (MAX_AX >> 1) as i32;
/// What is added to a signed B or C before it is stored (`OFFSET_sC`).
pub const OFFSET_SC: i32 = (MAX_C >> 1) as i32;

/// One instruction word. Any 32 bits are representable; only [`Instruction::opcode`] can fail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Instruction(pub u32);

impl Instruction {
    /// Builds an `ABC` word; fields beyond their width are cut to it.
    #[inline]
    pub const fn abc(op: OpCode, a: u32, b: u32, c: u32, k: bool) -> Self {
        Self(
            op as u32 | (a & MAX_A) << 7 | (k as u32) << 15 | (b & MAX_B) << 16 | (c & MAX_C) << 24,
        )
    }

    /// Builds an `ABx` word.
    #[inline]
    pub const fn abx(op: OpCode, a: u32, bx: u32) -> Self {
        Self(op as u32 | (a & MAX_A) << 7 | (bx & MAX_BX) << 15)
    }

    /// Builds an `AsBx` word; `sbx` lies in -65535..=65536.
    #[inline]
    pub const fn asbx(op: OpCode, a: u32, sbx: i32) -> Self {
        Self::abx(op, a, (sbx + OFFSET_SBX) as u32)
    }

    /// Builds an `Ax` word.
    #[inline]
    pub const fn new_ax(op: OpCode, ax: u32) -> Self {
        Self(op as u32 | (ax & MAX_AX) << 7)
    }

    /// Builds an `sJ` word; `sj` lies in -16777215..=16777216.
    #[inline]
    pub const fn new_sj(op: OpCode, sj: i32) -> Self {
        Self::new_ax(op, (sj + OFFSET_SJ) as u32)
    }

    /// The 7 opcode bits, whether or not an opcode has that number.
    #[inline]
    pub const fn op_bits(self) -> u8 {
        (self.0 & 0x7F) as u8
    }

    /// The opcode, or `None` for the numbers 83..=127.
    #[inline]
    pub const fn opcode(self) -> Option<OpCode> {
        OpCode::from_u8(self.op_bits())
    }

    /// Field A.
    #[inline]
    pub const fn a(self) -> u32 {
        self.0 >> 7 & MAX_A
    }

    /// Field B.
    #[inline]
    pub const fn b(self) -> u32 {
        self.0 >> 16 & MAX_B
    }

    /// Field C.
    #[inline]
    pub const fn c(self) -> u32 {
        self.0 >> 24
    }

    /// Flag k.
    #[inline]
    pub const fn k(self) -> bool {
        self.0 >> 15 & 1 != 0
    }

    /// Field B as a signed number, -127..=128.
    #[inline]
    pub const fn sb(self) -> i32 {
        self.b() as i32 - OFFSET_SC
    }

    /// Field C as a signed number, -127..=128.
    #[inline]
    pub const fn sc(self) -> i32 {
        self.c() as i32 - OFFSET_SC
    }

    /// Field Bx.
    #[inline]
    pub const fn bx(self) -> u32 {
        self.0 >> 15
    }

    /// Field Bx as a signed number, -65535..=65536.
    #[inline]
    pub const fn sbx(self) -> i32 {
        self.bx() as i32 - OFFSET_SBX
    }

    /// Field Ax.
    #[inline]
    pub const fn ax(self) -> u32 {
        self.0 >> 7
    }

    /// Field sJ, -16777215..=16777216.
    #[inline]
    pub const fn sj(self) -> i32 {
        self.ax() as i32 - OFFSET_SJ
    }

    /// The same word with another opcode.
    #[inline]
    pub const fn with_opcode(self, op: OpCode) -> Self {
        Self(self.0 & !0x7F | op as u32)
    }

    /// The same word with another A.
    #[inline]
    pub const fn with_a(self, a: u32) -> Self {
        Self(self.0 & !(MAX_A << 7) | (a & MAX_A) << 7)
    }

    /// The same word with another B.
    #[inline]
    pub const fn with_b(self, b: u32) -> Self {
        Self(self.0 & !(MAX_B << 16) | (b & MAX_B) << 16)
    }

    /// The same word with another C.
    #[inline]
    pub const fn with_c(self, c: u32) -> Self {
        Self(self.0 & !(MAX_C << 24) | (c & MAX_C) << 24)
    }

    /// The same word with another k.
    #[inline]
    pub const fn with_k(self, k: bool) -> Self {
        Self(self.0 & !(1 << 15) | (k as u32) << 15)
    }

    /// The same word with another Bx.
    #[inline]
    pub const fn with_bx(self, bx: u32) -> Self {
        Self(self.0 & 0x7FFF | (bx & MAX_BX) << 15)
    }

    /// The same word with another jump distance.
    #[inline]
    pub const fn with_sj(self, sj: i32) -> Self {
        Self(self.0 & 0x7F | ((sj + OFFSET_SJ) as u32 & MAX_AX) << 7)
    }
}

impl core::fmt::Debug for Instruction {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.opcode() {
            Some(op) => {
                write!(f, "{}({} {} {} {})", op.name(), self.a(), self.b(), self.c(), self.k())
            }
            None => write!(f, "?{:#010x}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_round_trip_at_their_limits() {
        let i = Instruction::abc(OpCode::SetField, 255, 254, 253, true);
        assert_eq!((i.a(), i.b(), i.c(), i.k()), (255, 254, 253, true));
        assert_eq!(i.opcode(), Some(OpCode::SetField));
        for sbx in [-65535, -1, 0, 65536] {
            assert_eq!(Instruction::asbx(OpCode::LoadI, 7, sbx).sbx(), sbx);
        }
        for sj in [-16_777_215, -1, 0, 16_777_216] {
            assert_eq!(Instruction::new_sj(OpCode::Jmp, sj).sj(), sj);
            assert_eq!(Instruction::new_sj(OpCode::Jmp, 0).with_sj(sj).sj(), sj);
        }
        assert_eq!(Instruction(0x7F).opcode(), None);
    }

    #[test]
    fn setters_touch_only_their_field() {
        let i = Instruction::abc(OpCode::Call, 1, 2, 3, false);
        assert_eq!(i.with_a(9), Instruction::abc(OpCode::Call, 9, 2, 3, false));
        assert_eq!(i.with_b(9), Instruction::abc(OpCode::Call, 1, 9, 3, false));
        assert_eq!(i.with_c(9), Instruction::abc(OpCode::Call, 1, 2, 9, false));
        assert_eq!(i.with_k(true), Instruction::abc(OpCode::Call, 1, 2, 3, true));
        assert_eq!(i.with_opcode(OpCode::TailCall).op_bits(), OpCode::TailCall as u8);
        let x = Instruction::abx(OpCode::LoadK, 3, 77);
        assert_eq!(x.with_bx(MAX_BX), Instruction::abx(OpCode::LoadK, 3, MAX_BX));
    }
}
