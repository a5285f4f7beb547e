//! Quick acceptance: all rules on words, jumps and registers, in one go over a function.
//!
//! The passes that explain what is wrong with a function look at each word several times. Nearly
//! every function has nothing wrong with it, and for these this module does their work at once: it
//! follows control as the dataflow does, and checks each word as it gets there, knowing from the
//! same look what its operands are. A register that has a value is a register of the frame, so that
//! one test serves S2 and T5.
//!
//! It only ever says yes. If anything at all is out of the ordinary, it gives up, and the passes
//! decide. Its yes means that they would find nothing; tests compare the two on all good chunks and
//! on mutations of them. A frame of more than 63 registers is looked at through several windows, as
//! the dataflow does.

mod words;

use moonproof_bytecode::instruction::MAX_B;
use moonproof_bytecode::{Constant, Instruction, OpCode, Proto};

use crate::captures::Captures;
use crate::diagnostic::Gatherer;
use crate::flow::{
    BUDGET, Claims, Graph, NoClaims, Nobody, SMALL_BUDGET, State, Stated, Table, Window,
};
use crate::{cfg, decode, pairs, table};
use words::{Live, Next};

/// Room for the work, kept from function to function.
#[derive(Default)]
pub(crate) struct Quick {
    captures: Captures,
}

impl Quick {
    /// Whether a function, whose structure has nothing wrong, is seen to be fine.
    pub(crate) fn accepts(&mut self, proto: &Proto, graph: &mut Graph) -> bool {
        if proto.max_stack <= Window::MAX_STACK {
            return self.accepts_in(Window::WHOLE, proto, graph);
        }
        Window::over(proto.max_stack).all(|window| self.accepts_in(window, proto, graph))
    }

    #[inline(always)]
    fn accepts_in<const SHIFTED: bool>(
        &mut self,
        window: Window<SHIFTED>,
        proto: &Proto,
        graph: &mut Graph,
    ) -> bool {
        self.begin(window, proto, graph)
            .is_some_and(|(code, start, entry)| code.settles(start, entry, graph))
    }

    /// As [`Self::accepts`], but in one sweep, with claims.
    pub(crate) fn accepts_with(&mut self, proto: &Proto, graph: &mut Graph, table: &Table) -> bool {
        if proto.max_stack <= Window::MAX_STACK {
            return self.accepts_with_in(Window::WHOLE, proto, graph, table);
        }
        Window::over(proto.max_stack)
            .all(|window| self.accepts_with_in(window, proto, graph, table))
    }

    fn accepts_with_in<const SHIFTED: bool>(
        &mut self,
        window: Window<SHIFTED>,
        proto: &Proto,
        graph: &mut Graph,
        table: &Table,
    ) -> bool {
        let Some((code, start, entry)) = self.begin(window, proto, graph) else { return false };
        let mut claims = Stated::new(table, window, proto.max_stack);
        code.sweep(start, Some(entry), graph, &mut claims).is_some()
            && claims.are_met()
            && graph.is_settled()
    }

    /// The code, where to begin, and what is known there; unless the ends of the code are wrong.
    #[inline(always)]
    fn begin<'a, const SHIFTED: bool>(
        &'a mut self,
        window: Window<SHIFTED>,
        proto: &'a Proto,
        graph: &mut Graph,
    ) -> Option<(Code<'a, SHIFTED>, usize, State)> {
        let words = proto.code.as_slice();
        let is_vararg = proto.is_vararg != 0;
        if is_vararg != is_prep(*words.first()?, proto.n_params) || !ends_with_return(words) {
            return None;
        }
        graph.start(words);
        let max_stack = u32::from(proto.max_stack);
        let code = Code {
            words,
            constants: &proto.constants,
            captures: self.captures.of(proto, window),
            proto,
            window,
            frame: window.between(0, max_stack),
            max_stack,
            n_upvalues: proto.upvalues.len() as u32,
            is_vararg,
            shift: if is_vararg { u32::from(proto.n_params).wrapping_add(1) } else { 0 },
        };
        let entry = State::entry(window.between(0, u32::from(proto.n_params)));
        Some((code, usize::from(is_vararg), entry))
    }
}

/// What words of one function are checked against.
struct Code<'a, const SHIFTED: bool> {
    words: &'a [Instruction],
    constants: &'a [Constant],
    /// By nested function: registers that a closure of it captures.
    captures: &'a [u64],
    proto: &'a Proto,
    window: Window<SHIFTED>,
    /// All registers that it shows.
    frame: u64,
    max_stack: u32,
    n_upvalues: u32,
    is_vararg: bool,
    /// C of returns.
    shift: u32,
}

impl<const SHIFTED: bool> Code<'_, SHIFTED> {
    /// Follows control until there is nothing new. Words that it does not get to are looked at by
    /// themselves (S13).
    fn settles(&self, start: usize, entry: State, graph: &mut Graph) -> bool {
        if self.sweep(start, Some(entry), graph, &mut NoClaims).is_none() {
            return false;
        }
        let mut budget = self.words.len().saturating_mul(BUDGET).saturating_add(SMALL_BUDGET);
        while let Some(start) = graph.take_first_due() {
            let Some(n_looks) = self.sweep(start, None, graph, &mut NoClaims) else { return false };
            let Some(rest) = budget.checked_sub(n_looks) else { return false };
            budget = rest;
        }
        true
    }

    /// As the dataflow's sweep, giving up where a word is not seen to be fine.
    #[inline(never)]
    fn sweep<C: Claims>(
        &self,
        start: usize,
        entry: Option<State>,
        graph: &mut Graph,
        claims: &mut C,
    ) -> Option<usize> {
        let is_first = entry.is_some();
        let mut live = Live::new(entry.unwrap_or(State::UNREACHED), self.frame);
        let mut is_live = is_first;
        let mut pc = start;
        // Where what is looked at now began.
        let mut begin = start;
        let mut n_looks = 0_usize;
        while let Some(&word) = self.words.get(pc) {
            if graph.is_leader(pc) {
                let mut state = live.state;
                is_live = graph.arrive(pc, &mut state, is_live, claims);
                live = Live::new(state, self.frame);
            }
            // Other words are live unless the one before leads elsewhere.
            if !is_live {
                let due = graph.next_due(pc);
                let end = due.unwrap_or(self.words.len());
                if is_first && !self.is_dead_code_fine(pc, end) {
                    return None;
                }
                let dead = end.wrapping_sub(pc);
                n_looks = n_looks
                    .wrapping_add(pc.wrapping_sub(begin))
                    .wrapping_add(dead / 64)
                    .wrapping_add(1);
                pc = end;
                begin = end;
                continue;
            }
            match self.step(pc, word, &mut live, graph) {
                Next::On => pc = pc.wrapping_add(1),
                Next::Past => pc = pc.wrapping_add(2),
                Next::Stop => {
                    is_live = false;
                    pc = pc.wrapping_add(1);
                }
                Next::GiveUp => return None,
            }
        }
        Some(n_looks.wrapping_add(pc.wrapping_sub(begin)))
    }

    /// Follows a jump, if it may be made (S7, S9, F4, T4).
    #[inline(never)]
    fn follow(&self, from: usize, to: usize, state: State, graph: &mut Graph) -> bool {
        let is_target = self.words.get(to).is_some_and(|&word| is_target(word));
        if is_target {
            graph.follow(from, to, &state, &mut Nobody);
        }
        is_target
    }

    /// Whether words from `start` on, which control does not get to from before them, break no rule
    /// by themselves, with their neighbours or by where they jump.
    fn is_dead_code_fine(&self, start: usize, end: usize) -> bool {
        let before = start.wrapping_sub(1);
        if start.wrapping_add(1) == end && self.is_plain_dead_word(start) {
            return true;
        }
        let Some(&previous) = self.words.get(before) else { return false };
        let operands = decode::Operands::new(self.proto);
        let mut neighbours = pairs::Neighbours::after(previous);
        let mut out = Gatherer::default();
        // The word at the end, if there is one, is looked at for its neighbour's sake.
        for (pc, &word) in self.words.iter().enumerate().take(end.saturating_add(1)).skip(start) {
            let row = table::row(word);
            neighbours.check(self.proto, pc, (word, row), &mut out);
            decode::check(&operands, self.proto, pc, (word, row), &mut out);
            if row.jump != table::Jump::None {
                cfg::check(self.proto, pc, (word, row.jump), &mut out);
            }
        }
        out.is_empty()
    }

    /// Compilers put a return behind the last word, even if that is a return, a jump behind a branch of
    /// an `if`, even if that returns, and both words that make booleans behind a condition, even if it
    /// needs but one. What is behind such a word is the end of another jump, which was looked at when
    /// that was followed.
    fn is_plain_dead_word(&self, pc: usize) -> bool {
        let (Some(&word), Some(&before)) = (self.words.get(pc), self.words.get(pc.wrapping_sub(1)))
        else {
            return false;
        };
        if before.opcode() == Some(OpCode::LFalseSkip) {
            return word.opcode() == Some(OpCode::LoadTrue) && word.a() < self.max_stack;
        }
        let is_behind_end = matches!(
            before.opcode(),
            Some(OpCode::Return | OpCode::Return0 | OpCode::Return1 | OpCode::Jmp)
        );
        let is_fine = match word.opcode() {
            Some(OpCode::LFalseSkip) => {
                let is_true = |word: &Instruction| word.opcode() == Some(OpCode::LoadTrue);
                word.a() < self.max_stack && self.words.get(pc.wrapping_add(1)).is_some_and(is_true)
            }
            Some(OpCode::Return0) => !self.is_vararg && word.a() <= self.max_stack,
            Some(OpCode::Return) => {
                word.b() == 1 && word.c() == self.shift && word.a() <= self.max_stack
            }
            Some(OpCode::Jmp) => {
                let to = cfg::target(pc, word, table::Jump::Forward);
                self.words.get(to).is_some_and(|&word| is_target(word))
            }
            _ => false,
        };
        is_behind_end && is_fine
    }
}

fn ends_with_return(words: &[Instruction]) -> bool {
    words.last().is_some_and(|word| {
        matches!(word.opcode(), Some(OpCode::Return | OpCode::Return0 | OpCode::Return1))
    })
}

/// F4, of the first word.
fn is_prep(word: Instruction, n_params: u8) -> bool {
    word.op_bits() == OpCode::VarargPrep as u8 && word.a() == u32::from(n_params) && word.b() == 0
}

/// Whether a jump may lead to that word. Of the classes of words none can be predicted: no branch
/// asks.
#[inline]
fn is_target(word: Instruction) -> bool {
    let wanted = TARGETS.get(usize::from(word.op_bits())).copied().unwrap_or(0);
    (u64::from(word.0) | ALWAYS) & wanted != 0
}

/// A bit above those of words.
const ALWAYS: u64 = 1 << 32;

/// By opcode, bits of which one must be set for a jump to lead to a word.
static TARGETS: [u64; 128] = {
    let mut targets = [0; 128];
    let mut number = 0;
    while number < OpCode::ALL.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        let (target, op) = (&mut targets[number], OpCode::ALL[number]);
        *target = match op {
            OpCode::MmBin | OpCode::MmBinI | OpCode::MmBinK => 0,
            OpCode::ExtraArg | OpCode::VarargPrep | OpCode::TForLoop => 0,
            // Not if it takes open results.
            OpCode::Call | OpCode::TailCall | OpCode::Return | OpCode::SetList => {
                Instruction::abc(OpCode::Move, 0, MAX_B, 0, false).0 as u64
            }
            // Not if it takes its key from the word before.
            OpCode::SelfOp => Instruction::abc(OpCode::Move, 0, 0, 0, true).0 as u64,
            _ => ALWAYS,
        };
        number = number.wrapping_add(1);
    }
    targets
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_agree_with_neighbour_classes() {
        for op in OpCode::ALL {
            for (b, k) in [(0, false), (0, true), (1, false), (1, true)] {
                let word = Instruction::abc(op, 0, b, 0, k);
                let class = table::row(word).word_class(word);
                let expected = class & table::word::TARGET != 0 && (op != OpCode::SelfOp || k);
                assert_eq!(is_target(word), expected, "{word:?}");
            }
        }
        for number in 83..128 {
            assert!(!is_target(Instruction(number)));
        }
    }
}
