//! Pass 5: what is known of registers at each instruction that can be reached.
//!
//! The pass follows control through a function, keeping a [`State`] and asking of it what each
//! instruction needs: T (values and their kinds), C (to-be-closed variables), V (captured
//! variables). Where paths meet, only what all of them agree on is known. It looks at words that
//! the other passes accept, and relies on them: operands are in range, jumps inside, pairs whole.
//!
//! A sweep goes over the code once, in order. What comes to an instruction from before it is all
//! there when the sweep gets there; only if a jump back brings something new is the code from its
//! target on looked at again, as far as anything changes. Code that a compiler made needs less
//! than two looks per instruction; an analysis that needs more than [`BUDGET`] of them ends (F7).
//! States are kept at targets of jumps only: memory is less than 60 bytes per instruction.
//!
//! Findings are made in a second run, over states that have settled, once the first has found that
//! there is something to be found.

mod claims;
mod effect;
mod graph;
mod report;
mod state;
mod transfer;

use moonproof_bytecode::Proto;

use crate::captures::Captures;
use crate::diagnostic::Gatherer;
use crate::rules::Rule;
pub(crate) use claims::{Claims, Kind, NoClaims, Span, Stated, Table};
use claims::{Recorded, Recorder, table_of};
use graph::Witness;
pub(crate) use graph::{Graph, Nobody};
pub(crate) use state::{State, Window};
use transfer::{Code, Next, step};

/// Looks per instruction, and window of registers, that an analysis may take beyond the first.
pub(crate) const BUDGET: usize = 16;
/// Looks that it may take besides, so that small functions need not be modest.
pub(crate) const SMALL_BUDGET: usize = 1000;

/// Room for the analysis, kept from function to function.
#[derive(Default)]
pub(crate) struct Flow {
    graph: Graph,
    captures: Captures,
    /// Looks at instructions after the first ones, over all functions.
    n_again: usize,
}

/// The analysis took more looks than it may.
struct OverBudget;

impl Flow {
    /// Begins with a chunk.
    pub(crate) fn restart(&mut self) {
        self.n_again = 0;
    }

    /// Items of the longest list that is kept.
    pub(crate) fn capacity(&self) -> usize {
        self.graph.capacity()
    }

    /// The graph, for who needs one for a while.
    #[inline]
    pub(crate) fn graph(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Checks one function, of which the other passes found nothing.
    #[inline]
    pub(crate) fn check(&mut self, proto: &Proto, out: &mut Gatherer) {
        let is_fine = if proto.max_stack <= Window::MAX_STACK {
            self.is_fine(proto, Window::WHOLE)
        } else {
            Window::over(proto.max_stack).all(|window| self.is_fine(proto, window))
        };
        if !is_fine {
            self.report(proto, out);
        }
    }

    /// Whether there is nothing to be found, seen through one window.
    fn is_fine<const SHIFTED: bool>(&mut self, proto: &Proto, window: Window<SHIFTED>) -> bool {
        let mut alarm = Alarm { has_rung: false };
        self.graph.start(&proto.code);
        let settled = self.settle(proto, window, &mut alarm);
        settled.is_ok() && !alarm.has_rung
    }

    /// Whether one sweep with these claims shows that there is nothing to be found in a function of
    /// which the other passes found nothing.
    pub(crate) fn holds(&mut self, proto: &Proto, table: &Table) -> bool {
        if proto.max_stack <= Window::MAX_STACK {
            self.holds_in(proto, Window::WHOLE, table)
        } else {
            Window::over(proto.max_stack).all(|window| self.holds_in(proto, window, table))
        }
    }

    fn holds_in<const SHIFTED: bool>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
        table: &Table,
    ) -> bool {
        let mut alarm = Alarm { has_rung: false };
        let mut claims = Stated::new(table, window, proto.max_stack);
        self.sweep_once(proto, window, &mut alarm, &mut claims);
        !alarm.has_rung && claims.are_met() && self.graph.is_settled()
    }

    /// The claims with which [`Self::holds`], if there are such, of a function of which every rule
    /// holds.
    pub(crate) fn certify(&mut self, proto: &Proto) -> Option<Table> {
        let mut recorded = Recorded::new();
        let is_certified = if proto.max_stack <= Window::MAX_STACK {
            self.record(proto, Window::WHOLE, &mut recorded)
        } else {
            Window::over(proto.max_stack).all(|window| self.record(proto, window, &mut recorded))
        };
        is_certified.then(|| table_of(&recorded)).filter(|table| self.holds(proto, table))
    }

    /// Says whether claims suffice.
    fn record<const SHIFTED: bool>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
        recorded: &mut Recorded,
    ) -> bool {
        self.graph.start(&proto.code);
        if self.settle(proto, window, &mut Nobody).is_err() {
            return false;
        }
        let settled = core::mem::take(&mut self.graph);
        let mut recorder = Recorder { settled: &settled, window, recorded, is_beyond: false };
        self.sweep_once(proto, window, &mut Nobody, &mut recorder);
        !recorder.is_beyond && self.graph.is_settled()
    }

    /// Follows control through a function, but not back.
    fn sweep_once<const SHIFTED: bool, W: Witness, C: Claims>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
        witness: &mut W,
        claims: &mut C,
    ) {
        self.graph.start(&proto.code);
        let captures = self.captures.of(proto, window);
        let code = Code { words: &proto.code, constants: &proto.constants, window, captures };
        let entry = State::entry(window.range(0, u32::from(proto.n_params)));
        sweep(&code, (0, Some(entry)), &mut self.graph, witness, claims);
    }

    /// Follows control until there is nothing new.
    fn settle<const SHIFTED: bool, W: Witness>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
        witness: &mut W,
    ) -> Result<(), OverBudget> {
        let captures = self.captures.of(proto, window);
        let code = Code { words: &proto.code, constants: &proto.constants, window, captures };
        let graph = &mut self.graph;
        let entry = State::entry(window.range(0, u32::from(proto.n_params)));
        sweep(&code, (0, Some(entry)), graph, witness, &mut NoClaims);
        let mut budget = proto.code.len().saturating_mul(BUDGET).saturating_add(SMALL_BUDGET);
        while let Some(start) = graph.take_first_due() {
            let n_looks = sweep(&code, (start, None), graph, witness, &mut NoClaims);
            self.n_again = self.n_again.saturating_add(n_looks);
            budget = budget.checked_sub(n_looks).ok_or(OverBudget)?;
        }
        Ok(())
    }
}

/// Goes over the code from an instruction on, until there is nothing to do ahead. Says how many
/// looks that took.
#[inline]
fn sweep<const SHIFTED: bool, W: Witness, C: Claims>(
    code: &Code<'_, SHIFTED>,
    (start, entry): (usize, Option<State>),
    graph: &mut Graph,
    witness: &mut W,
    claims: &mut C,
) -> usize {
    let mut pc = start;
    let mut is_live = entry.is_some();
    let mut state = entry.unwrap_or(State::UNREACHED);
    let mut n_looks = 0_usize;
    while pc < code.words.len() {
        is_live = graph.arrive(pc, &mut state, is_live, claims);
        n_looks = n_looks.wrapping_add(1);
        if !is_live {
            // A long way over what cannot be reached counts a little.
            let Some(due) = graph.next_due(pc) else { break };
            n_looks = n_looks.wrapping_add(due.wrapping_sub(pc) / 64);
            pc = due;
            continue;
        }
        let mut next = pc.wrapping_add(1);
        match step(code, pc, &mut state, graph, witness) {
            Next::On => {}
            Next::Past => next = pc.wrapping_add(2),
            Next::Stop => is_live = false,
        }
        pc = next;
    }
    n_looks
}

/// Only wants to know whether there is anything to be found.
struct Alarm {
    has_rung: bool,
}

impl Witness for Alarm {
    #[inline]
    fn breaks(&mut self, _: usize, _: Rule, _: u64) {
        self.has_rung = true;
    }

    #[inline]
    fn edge(&mut self, _: usize, _: usize, _: &State) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use moonproof_bytecode::{Instruction, OpCode};

    const N: usize = 30_000;

    fn jump(from: usize, to: usize) -> Instruction {
        Instruction::new_sj(OpCode::Jmp, to as i32 - from as i32 - 1)
    }

    /// Looks beyond the first that a function takes, through all windows.
    fn n_again(max_stack: u8, mut code: Vec<Instruction>) -> usize {
        code.push(Instruction::abc(OpCode::Return0, 0, 0, 0, false));
        let proto = Proto { n_params: max_stack, max_stack, code, ..Proto::default() };
        let mut flow = Flow::default();
        let mut out = Gatherer::default();
        flow.check(&proto, &mut out);
        assert!(out.is_empty(), "{}", out.finish().unwrap_err());
        flow.n_again
    }

    fn loops(depth: usize) -> Vec<Instruction> {
        let mut code = Vec::new();
        while code.len() < N {
            let start = code.len();
            for i in 0..depth {
                let skip = 2 * (depth - 1 - i);
                code.push(Instruction::abx(OpCode::ForPrep, 4 * i as u32, skip as u32));
            }
            for i in (0..depth).rev() {
                let back = code.len() - (start + i);
                code.push(Instruction::abx(OpCode::ForLoop, 4 * i as u32, back as u32));
            }
        }
        code
    }

    /// Each jump leads to the one before it.
    fn backwards() -> Vec<Instruction> {
        let mut code = vec![jump(0, N), Instruction::abc(OpCode::Return0, 0, 0, 0, false)];
        code.extend((2..=N).map(|pc| jump(pc, pc - 1)));
        code
    }

    /// A test and a jump at the start and one back at the end of each loop, all inside each other.
    fn nested() -> Vec<Instruction> {
        let depth = N / 3;
        let test = Instruction::abc(OpCode::Test, 0, 0, 0, false);
        let heads = (0..depth).flat_map(|i| [test, jump(2 * i + 1, 2 * depth)]);
        let mut code: Vec<_> = heads.collect();
        for i in (0..depth).rev() {
            code.push(jump(code.len(), 2 * i));
        }
        code
    }

    #[test]
    fn slow_functions_take_few_looks() {
        for (what, max_stack, code, most) in [
            ("loops", 60, loops(1), N),
            ("nested loops", 60, loops(15), N),
            ("nested loops in a large frame", 255, loops(60), 5 * N),
            ("backwards", 60, backwards(), 2 * N),
            ("backwards in a large frame", 255, backwards(), 10 * N),
            ("nested", 60, nested(), N),
            ("straight on", 60, (0..N).map(|pc| jump(pc, pc + 1)).collect(), 0),
        ] {
            let n = n_again(max_stack, code);
            assert!(n <= most, "{what}: {n}");
        }
    }
}
