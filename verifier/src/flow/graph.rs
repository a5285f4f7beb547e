//! Where control flow meets: what is known at instructions that are jumped to, and which of them
//! are to be looked at (again).

use alloc::vec::Vec;

use moonproof_bytecode::{Instruction, OpCode};

use super::claims::Claims;
use super::state::State;
use crate::cfg::target;
use crate::rules::Rule;
use crate::table::{Jump, row};

/// Watches an analysis.
pub(crate) trait Witness {
    /// A rule is broken at `pc`, by these registers.
    fn breaks(&mut self, pc: usize, rule: Rule, registers: u64);

    /// Control goes from the instruction at `from` to the leader at `to` with that state.
    fn edge(&mut self, from: usize, to: usize, state: &State);
}

/// Watches nothing.
pub(crate) struct Nobody;

impl Witness for Nobody {
    #[inline]
    fn breaks(&mut self, _: usize, _: Rule, _: u64) {}

    #[inline]
    fn edge(&mut self, _: usize, _: usize, _: &State) {}
}

/// Leaders that most functions do not exceed, so that memory is asked for once.
const USUAL_LEADERS: usize = 64;

/// The leaders of a function. Kept from function to function for the sake of its memory.
#[derive(Default)]
pub(crate) struct Graph {
    /// What is known at each leader, an instruction that something jumps to;
    /// [`State::UNREACHED`] if nothing has come there.
    leaders: Vec<State>,
    /// By instruction: the number of its leader, from one, if it is one; else zero.
    leader_of: Vec<u32>,
    /// By instruction, 64 to a word: whether it is a leader to which more has come since it was last
    /// looked at.
    due: Vec<u64>,
    /// Instructions of the function.
    n_words: usize,
    /// No leader before this one is due.
    first_due: usize,
    /// No leader after this one is due.
    last_due: usize,
}

impl Graph {
    /// Items of the longest list that is kept.
    pub(crate) fn capacity(&self) -> usize {
        self.leaders.capacity().max(self.leader_of.capacity())
    }

    /// Begins with a function. Targets of jumps back by JMP are leaders from the start, as nothing
    /// else would say so before control gets there; targets of jumps ahead become leaders when the
    /// jump is followed, as do beginnings of loops.
    pub(crate) fn start(&mut self, code: &[Instruction]) {
        self.leaders.clear();
        self.leaders.reserve(USUAL_LEADERS);
        self.leader_of.clear();
        self.leader_of.resize(code.len(), 0);
        self.n_words = code.len();
        self.due.clear();
        self.due.resize((code.len() / 64).wrapping_add(1), 0);
        self.first_due = usize::MAX;
        self.last_due = 0;
        if code.iter().fold(0, |any, &word| any | u32::from(is_jump_back(word))) != 0 {
            for (pc, &word) in code.iter().enumerate() {
                if is_jump_back(word) {
                    self.mark(target(pc, word, Jump::Forward));
                }
            }
        }
    }

    /// Makes leaders of all targets of jumps, in dead code too.
    pub(crate) fn mark_all(&mut self, code: &[Instruction]) {
        for (pc, &word) in code.iter().enumerate() {
            let jump = row(word).jump;
            if jump != Jump::None {
                self.mark(target(pc, word, jump));
            }
        }
    }

    fn mark(&mut self, pc: usize) {
        if pc < self.n_words && !self.is_leader(pc) {
            self.add(pc, State::UNREACHED);
        }
    }

    /// Makes a leader.
    #[inline]
    fn add(&mut self, pc: usize, state: State) {
        if let Some(leader) = self.leader_of.get_mut(pc) {
            // In a hostile function every instruction may be a leader: doubling would take more
            // memory than there is need for.
            if self.leaders.len() == self.leaders.capacity() {
                self.leaders.reserve_exact((self.leaders.len() / 4).max(USUAL_LEADERS));
            }
            self.leaders.push(state);
            *leader = self.leaders.len() as u32;
        }
    }

    /// Whether something jumps to that instruction, as far as is known.
    #[inline]
    pub(crate) fn is_leader(&self, pc: usize) -> bool {
        self.leader_of.get(pc).is_some_and(|&number| number != 0)
    }

    /// What is known at a leader that is reached.
    pub(crate) fn known(&self, pc: usize) -> Option<State> {
        let number = *self.leader_of.get(pc)? as usize;
        let state = *self.leaders.get(number.wrapping_sub(1))?;
        (state != State::UNREACHED).then_some(state)
    }

    /// Whether nothing is due.
    pub(crate) fn is_settled(&mut self) -> bool {
        self.take_first_due().is_none()
    }

    /// The first leader that is due.
    pub(crate) fn take_first_due(&mut self) -> Option<usize> {
        let first = self.next_due(self.first_due)?;
        self.first_due = usize::MAX;
        Some(first)
    }

    /// The first leader that is due, from an instruction on.
    #[inline]
    pub(crate) fn next_due(&mut self, from: usize) -> Option<usize> {
        let mut word = from / 64;
        let mut mask = u64::MAX << (from % 64);
        while word <= self.last_due / 64 {
            let bits = self.due.get(word)? & mask;
            if bits != 0 {
                return Some(word.wrapping_mul(64).wrapping_add(bits.trailing_zeros() as usize));
            }
            word = word.wrapping_add(1);
            mask = u64::MAX;
        }
        // What was looked over once is not looked over again.
        self.last_due = self.last_due.min(from);
        None
    }

    /// Follows a jump.
    #[inline(always)]
    pub(crate) fn follow<W: Witness>(
        &mut self,
        from: usize,
        to: usize,
        state: &State,
        witness: &mut W,
    ) {
        witness.edge(from, to, state);
        if to >= self.n_words {
            return;
        }
        if let Some(known) = self.state_mut(to) {
            let joined = known.joined(state);
            if joined == *known {
                return;
            }
            *known = joined;
        } else {
            self.add(to, *state);
        }
        if let Some(due) = self.due.get_mut(to / 64) {
            *due |= 1 << (to % 64);
        }
        self.last_due = self.last_due.max(to);
        if to <= from {
            self.first_due = self.first_due.min(to);
        }
    }

    #[inline]
    fn state_mut(&mut self, leader: usize) -> Option<&mut State> {
        let number = *self.leader_of.get(leader)? as usize;
        self.leaders.get_mut(number.wrapping_sub(1))
    }

    /// Control arrives at `pc`, with a state if the instruction before leads there. Gives the
    /// state to go on with, if there is anything new; `claims` may make it less.
    #[inline]
    pub(crate) fn arrive(
        &mut self,
        pc: usize,
        state: &mut State,
        is_live: bool,
        claims: &mut impl Claims,
    ) -> bool {
        if !self.is_leader(pc) {
            return is_live;
        }
        let Some(due) = self.due.get_mut(pc / 64) else { return is_live };
        let bit = 1 << (pc % 64);
        let mut is_new = *due & bit != 0;
        *due &= !bit;
        let Some(known) = self.state_mut(pc) else { return is_live };
        if is_live {
            let joined = known.joined(state);
            is_new |= joined != *known;
            *known = joined;
        }
        if is_new {
            claims.arrive(pc, known);
        }
        *state = *known;
        is_new
    }
}

/// Whether a word is a JMP back, or one to the next word.
#[inline]
fn is_jump_back(word: Instruction) -> bool {
    // The greatest distance that does not set the field's highest bit is zero.
    const HIGHEST: u32 = 1 << 31;
    word.0 & (HIGHEST | 0x7F) == OpCode::Jmp as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_back_are_told_by_their_words() {
        for op in OpCode::ALL {
            for distance in [-16_777_215, -128, -2, -1, 0, 1, 2, 127, 16_777_215, 16_777_216] {
                let is_back = op == OpCode::Jmp && distance <= 0;
                assert_eq!(is_jump_back(Instruction::new_sj(op, distance)), is_back, "{op:?}");
            }
        }
    }
}
