//! What is known of a frame at an instruction: five sets of registers.
//!
//! A set is a word of 64 bits, so that an effect is a few operations on words and a state fits a
//! cache line. A function of more registers than that is analysed several times, each time through
//! another [`Window`]: what is known of one register never depends on what is known of a register
//! far from it. Registers outside the window have no bits, and what is asked of them holds.

/// Registers that one window shows.
const WIDTH: u32 = u64::BITS;
/// Registers above a loop's first one that the loop's fact is about as well.
const LOOP_REACH: u32 = 2;

/// What is known before an instruction, whichever way led to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// Registers written on every path, and not lost since.
    pub(crate) defined: u64,
    /// Registers that NEWTABLE wrote last, on every path.
    pub(crate) table: u64,
    /// Registers A of which FORPREP's body edge wrote A to A+2 last, on every path.
    pub(crate) looping: u64,
    /// Registers that an open upvalue may point to.
    pub(crate) captured: u64,
    /// Registers that may be waiting to be closed.
    pub(crate) pending: u64,
}

impl State {
    /// What is known where no path leads. Joining it changes nothing, and no other state is equal to
    /// it: a register that holds a new table is not one of a loop's.
    pub(crate) const UNREACHED: Self =
        Self { defined: u64::MAX, table: u64::MAX, looping: u64::MAX, captured: 0, pending: 0 };

    /// What is known at the start of a function: its parameters have values.
    pub(crate) fn entry(parameters: u64) -> Self {
        Self { defined: parameters, table: 0, looping: 0, captured: 0, pending: 0 }
    }

    /// What is known if either path may have been taken.
    #[inline]
    pub(crate) fn joined(&self, other: &Self) -> Self {
        Self {
            defined: self.defined & other.defined,
            table: self.table & other.table,
            looping: self.looping & other.looping,
            captured: self.captured | other.captured,
            pending: self.pending | other.pending,
        }
    }

    /// Registers that no call may run over.
    #[inline]
    pub(crate) fn held(&self) -> u64 {
        self.captured | self.pending
    }

    /// These registers get values of which nothing is known.
    #[inline]
    pub(crate) fn write(&mut self, registers: u64) {
        self.defined |= registers;
        self.forget(registers);
    }

    /// These registers lose their values.
    #[inline]
    pub(crate) fn kill(&mut self, registers: u64) {
        self.defined &= !registers;
        self.forget(registers);
    }

    #[inline]
    fn forget(&mut self, registers: u64) {
        self.table &= !registers;
        self.looping &= !(registers | registers >> 1 | registers >> LOOP_REACH);
    }
}

/// The registers that a state speaks of: those from `first` on if `SHIFTED`, else all of a small
/// frame.
#[derive(Clone, Copy)]
pub(crate) struct Window<const SHIFTED: bool> {
    first: u32,
}

impl Window<false> {
    /// The only window on a frame of less than 64 registers.
    pub(crate) const WHOLE: Self = Self { first: 0 };
    /// Greatest frame of which every register, and the one behind the last, can be shifted by.
    pub(crate) const MAX_STACK: u8 = WIDTH as u8 - 1;
}

impl Window<true> {
    /// Windows that show all registers of a frame. They overlap, so that each loop's registers are
    /// together in one of them.
    pub(crate) fn over(max_stack: u8) -> impl Iterator<Item = Self> {
        (0..u32::from(max_stack).max(1))
            .step_by(WIDTH.saturating_sub(LOOP_REACH) as usize)
            .map(|first| Self { first })
    }
}

impl<const SHIFTED: bool> Window<SHIFTED> {
    /// One register.
    #[inline]
    pub(crate) fn bit(self, register: u32) -> u64 {
        self.bit_if(1, register)
    }

    /// One register if `flag` is 1, none if it is 0.
    #[inline]
    pub(crate) fn bit_if(self, flag: u64, register: u32) -> u64 {
        if SHIFTED {
            flag.checked_shl(register.wrapping_sub(self.first)).unwrap_or(0)
        } else {
            flag.wrapping_shl(register)
        }
    }

    /// That register and all above it.
    #[inline]
    pub(crate) fn from(self, register: u32) -> u64 {
        if SHIFTED {
            u64::MAX.checked_shl(register.saturating_sub(self.first)).unwrap_or(0)
        } else {
            u64::MAX.wrapping_shl(register)
        }
    }

    /// So many registers from that one up.
    #[inline]
    pub(crate) fn range(self, register: u32, n: u32) -> u64 {
        self.between(register, register.wrapping_add(n))
    }

    /// Registers from that one up to the one before `end`.
    #[inline]
    pub(crate) fn between(self, register: u32, end: u32) -> u64 {
        self.from(register) & !self.from(end)
    }

    /// The register, if it is this window in which facts about loops from there are kept.
    #[inline]
    pub(crate) fn base(self, register: u32) -> u64 {
        let bit = self.bit(register);
        if SHIFTED { bit & (u64::MAX >> LOOP_REACH) } else { bit }
    }

    /// Numbers of the registers in a set, in order.
    pub(crate) fn registers(self, set: u64) -> impl Iterator<Item = u32> {
        (0..WIDTH).filter(move |i| set >> i & 1 != 0).map(move |i| i.wrapping_add(self.first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_show_every_register_and_every_loop_once() {
        for max_stack in 1..=255_u8 {
            for register in 0..u32::from(max_stack) {
                let shown = Window::over(max_stack).filter(|w| w.bit(register) != 0).count();
                assert!((1..=2).contains(&shown), "{max_stack} {register}");
                let bases = Window::over(max_stack).filter(|w| w.base(register) != 0).count();
                assert_eq!(bases, 1, "{max_stack} {register}");
            }
        }
    }

    #[test]
    fn shifted_and_whole_windows_agree() {
        let shifted = Window::over(63).next().unwrap();
        for a in 0..=63 {
            if a < 62 {
                assert_eq!(shifted.base(a), Window::WHOLE.base(a));
            }
            assert_eq!(shifted.from(a), Window::WHOLE.from(a));
            for end in a..=63 {
                assert_eq!(shifted.between(a, end), Window::WHOLE.between(a, end));
                assert_eq!(shifted.between(a, end).count_ones(), end - a);
            }
        }
        let second = Window::over(255).nth(1).unwrap();
        assert_eq!((second.bit(61), second.bit(62), second.bit(126)), (0, 1, 0));
        assert_eq!((second.from(3), second.from(126)), (u64::MAX, 0));
        assert_eq!(second.registers(5).collect::<Vec<_>>(), [62, 64]);
    }

    #[test]
    fn a_write_ends_the_loops_that_it_reaches() {
        let mut state = State { looping: 0b11111, table: 0b11111, ..State::entry(0) };
        state.write(1 << 2);
        assert_eq!((state.looping, state.table, state.defined), (0b11000, 0b11011, 1 << 2));
        state.kill(!0);
        assert_eq!(state, State::entry(0));
    }
}
