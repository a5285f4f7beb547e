//! What a certificate claims, so that one sweep over a function is enough.
//!
//! A sweep knows all that comes to an instruction from before it. What a jump back will bring it
//! does not know yet; a claim says it in advance, as what is to be given up at the jump's target:
//! registers that are not to count as defined or as tables, and some that are to count as captured
//! or pending. If no jump back then brings anything new, the states are such that every
//! instruction keeps them, and no second sweep is needed.
//!
//! A claim can only take knowledge away, so that a wrong one cannot make anything hold. Facts about
//! loops it cannot touch at all: V1 refuses a capture *because* such a fact is known, so that less
//! knowledge must not be had for the asking. Since claims are made only where control gets from
//! before, these facts are the same with and without a certificate. (`SOUNDNESS.md`, section 9.)

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::graph::Graph;
use super::state::{State, Window};

/// What becomes of a register that a claim names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    NotDefined,
    NotTable,
    Captured,
    Pending,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::NotDefined, Self::NotTable, Self::Captured, Self::Pending];
}

/// Registers from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) kind: Kind,
    pub(crate) first: u8,
    pub(crate) last: u8,
}

/// The claims about one function, in order of their instructions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    claims: Vec<Claim>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Claim {
    pc: usize,
    /// Index of the first span that is not its own.
    end: usize,
}

impl Table {
    pub(crate) fn clear(&mut self) {
        self.claims.clear();
        self.spans.clear();
    }

    /// Begins with the claim about the instruction at `pc`, which is behind all others.
    pub(crate) fn begin(&mut self, pc: usize) {
        self.claims.push(Claim { pc, end: self.spans.len() });
    }

    /// Adds to the last claim.
    pub(crate) fn push(&mut self, span: Span) {
        self.spans.push(span);
        if let Some(claim) = self.claims.last_mut() {
            claim.end = self.spans.len();
        }
    }

    /// Claims, by their instructions.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (usize, &[Span])> {
        self.claims.iter().enumerate().map(|(i, claim)| {
            let before = i.checked_sub(1).and_then(|i| self.claims.get(i));
            let start = before.map_or(0, |claim| claim.end);
            (claim.pc, self.spans.get(start..claim.end).unwrap_or_default())
        })
    }
}

/// Has a say where control arrives at a leader.
pub(crate) trait Claims {
    /// `state` is what all that comes from before the instruction at `pc` agrees on. It may be made
    /// less.
    fn arrive(&mut self, pc: usize, state: &mut State);
}

/// Says nothing.
pub(crate) struct NoClaims;

impl Claims for NoClaims {
    #[inline]
    fn arrive(&mut self, _: usize, _: &mut State) {}
}

/// Claims that someone made.
pub(crate) struct Stated<'a, const SHIFTED: bool> {
    table: &'a Table,
    window: Window<SHIFTED>,
    /// Registers of the frame.
    max_stack: u8,
    /// Claims that are behind.
    n_met: usize,
    /// Spans that are behind.
    n_spans: usize,
    /// Whether one was about an instruction that control did not arrive at from before, or about a
    /// register that there is not.
    is_wrong: bool,
}

impl<'a, const SHIFTED: bool> Stated<'a, SHIFTED> {
    pub(crate) fn new(table: &'a Table, window: Window<SHIFTED>, max_stack: u8) -> Self {
        Self { table, window, max_stack, n_met: 0, n_spans: 0, is_wrong: false }
    }

    /// Whether every claim was met, at its instruction.
    pub(crate) fn are_met(&self) -> bool {
        !self.is_wrong && self.n_met == self.table.claims.len()
    }

    #[inline(never)]
    fn apply(&mut self, claim: Claim, state: &mut State) {
        let spans = self.table.spans.get(self.n_spans..claim.end).unwrap_or_default();
        for span in spans {
            self.is_wrong |= span.last >= self.max_stack;
            let end = u32::from(span.last).wrapping_add(1);
            let registers = self.window.between(u32::from(span.first), end);
            match span.kind {
                // What more is known of a register implies that it has a value.
                Kind::NotDefined => {
                    let loops = state.looping | state.looping << 1 | state.looping << 2;
                    state.defined &= !registers | loops;
                    state.table &= !registers;
                }
                Kind::NotTable => state.table &= !registers,
                Kind::Captured => state.captured |= registers,
                Kind::Pending => state.pending |= registers,
            }
        }
    }
}

impl<const SHIFTED: bool> Claims for Stated<'_, SHIFTED> {
    #[inline]
    fn arrive(&mut self, pc: usize, state: &mut State) {
        while let Some(&claim) = self.table.claims.get(self.n_met)
            && claim.pc <= pc
        {
            if claim.pc == pc {
                self.apply(claim, state);
            } else {
                self.is_wrong = true;
            }
            self.n_met = self.n_met.wrapping_add(1);
            self.n_spans = claim.end;
        }
    }
}

/// Makes claims: at each leader, what the settled state knows less than what comes from before.
pub(super) struct Recorder<'a, const SHIFTED: bool> {
    pub(super) settled: &'a Graph,
    pub(super) window: Window<SHIFTED>,
    pub(super) recorded: &'a mut Recorded,
    /// Whether claims cannot say what is settled.
    pub(super) is_beyond: bool,
}

/// By instruction and kind: registers, 64 to a word.
pub(super) type Recorded = BTreeMap<usize, [[u64; 4]; 4]>;

impl<const SHIFTED: bool> Claims for Recorder<'_, SHIFTED> {
    fn arrive(&mut self, pc: usize, state: &mut State) {
        let Some(settled) = self.settled.known(pc) else {
            self.is_beyond = true;
            return;
        };
        self.is_beyond |= settled.looping != state.looping || state.joined(&settled) != settled;
        let less = [
            state.defined & !settled.defined,
            state.table & !settled.table,
            settled.captured & !state.captured,
            settled.pending & !state.pending,
        ];
        *state = settled;
        if less == [0; 4] {
            return;
        }
        let entry = self.recorded.entry(pc).or_default();
        for (set, bits) in entry.iter_mut().zip(less) {
            for register in self.window.registers(bits) {
                if let Some(word) = set.get_mut(register as usize / 64) {
                    *word |= 1_u64.wrapping_shl(register);
                }
            }
        }
    }
}

/// Claims in the form in which they are stated.
pub(super) fn table_of(recorded: &Recorded) -> Table {
    let mut table = Table::default();
    for (&pc, sets) in recorded {
        table.begin(pc);
        for (kind, set) in Kind::ALL.into_iter().zip(sets) {
            let has = |register: u8| {
                let word = set.get(usize::from(register) / 64).copied().unwrap_or(0);
                word.wrapping_shr(u32::from(register)) & 1 != 0
            };
            let mut open: Option<Span> = None;
            for register in (0..=u8::MAX).filter(|&register| has(register)) {
                match &mut open {
                    Some(span) if span.last.checked_add(1) == Some(register) => {
                        span.last = register
                    }
                    _ => {
                        open.replace(Span { kind, first: register, last: register })
                            .into_iter()
                            .for_each(|span| table.push(span));
                    }
                }
            }
            open.into_iter().for_each(|span| table.push(span));
        }
    }
    table
}
