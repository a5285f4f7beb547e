//! Findings of the dataflow, with what was known and why.
//!
//! Nothing here is on the way of a chunk that verifies. The analysis is run again with every target
//! of a jump as a leader; then each instruction is looked at once more with the settled states, and
//! what it asks for in vain becomes a finding. For the first findings of a function the code is
//! searched for what brought the state about: an instruction, or paths that disagree.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use moonproof_bytecode::Proto;

use super::graph::{Graph, Nobody, Witness};
use super::state::{State, Window};
use super::transfer::{Code, Next, step};
use super::{Flow, OverBudget};
use crate::diagnostic::{Frame, Gatherer, MAX_FINDINGS, Pass, Place, RegisterSet};
use crate::rules::Rule;

/// Findings per function that come with reasons, unless it is large.
const MAX_EXPLAINED: usize = 16;
/// Instructions that may be looked at for reasons, which takes all of the function for each.
const MAX_EXPLAINED_WORDS: usize = 500_000;
/// How many joins a reason is looked for behind.
const MAX_HOPS: usize = 32;

/// A demand that is not met.
struct Broken<const SHIFTED: bool> {
    pc: usize,
    rule: Rule,
    registers: u64,
    window: Window<SHIFTED>,
}

impl Flow {
    /// Reports what is wrong with a function in which there is something wrong.
    #[cold]
    #[inline(never)]
    pub(super) fn report(&mut self, proto: &Proto, out: &mut Gatherer) {
        let n_before = out.n_found();
        self.report_broken(proto, out);
        // That something is wrong is certain, even if what it is should not be found again.
        if out.n_found() == n_before && out.looks_at_all() {
            report_budget(proto, out);
        }
    }

    fn report_broken(&mut self, proto: &Proto, out: &mut Gatherer) {
        let mut all = Vec::new();
        for window in Window::over(proto.max_stack) {
            let mut collector = Collector { window, found: Vec::new() };
            if self.replay(proto, window, &mut collector).is_err() {
                report_budget(proto, out);
                return;
            }
            all.extend(collector.found);
        }
        all.sort_by_key(|broken| (broken.pc, broken.rule));
        // Windows overlap.
        all.dedup_by_key(|broken| (broken.pc, broken.rule));
        let n_explained =
            MAX_EXPLAINED.min(MAX_EXPLAINED_WORDS.checked_div(proto.code.len()).unwrap_or(0));
        for (i, broken) in all.into_iter().enumerate() {
            let place = Place::Code(u32::try_from(broken.pc).unwrap_or(u32::MAX));
            let finding = out.report((Pass::Flow, broken.rule), proto, place, || texts(&broken));
            if let Some(finding) = finding
                && i < n_explained
            {
                finding.notes = self.reasons(proto, &broken);
                finding.frame = Some(Box::new(self.frame(proto, broken.pc)));
            }
        }
    }

    /// Settles a function's states, then shows each instruction that can be reached to `watcher`,
    /// once and in order.
    fn replay<const SHIFTED: bool>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
        watcher: &mut impl Watcher,
    ) -> Result<(), OverBudget> {
        self.graph.start(&proto.code);
        self.graph.mark_all(&proto.code);
        self.settle(proto, window, &mut Nobody)?;
        let captures = self.captures.of(proto, window);
        let code = Code { words: &proto.code, constants: &proto.constants, window, captures };
        show(
            &code,
            State::entry(window.range(0, u32::from(proto.n_params))),
            &mut self.graph,
            watcher,
        );
        Ok(())
    }

    /// What is known of all registers before an instruction.
    fn frame(&mut self, proto: &Proto, pc: usize) -> Frame {
        let mut frame = Frame::default();
        for window in Window::over(proto.max_stack) {
            let mut snapshot = Snapshot { pc, state: State::UNREACHED };
            if self.replay(proto, window, &mut snapshot).is_err() {
                continue;
            }
            let state = snapshot.state;
            let add = |set: &mut RegisterSet, bits| {
                let shown = window.registers(bits).filter(|&r| r < u32::from(proto.max_stack));
                set.extend(shown.filter_map(|r| u8::try_from(r).ok()));
            };
            add(&mut frame.defined, state.defined);
            add(&mut frame.tables, state.table);
            add(&mut frame.loops, state.looping);
            add(&mut frame.captured, state.captured);
            add(&mut frame.pending, state.pending);
        }
        frame
    }

    /// Where the state came from that breaks the rule.
    fn reasons<const SHIFTED: bool>(
        &mut self,
        proto: &Proto,
        broken: &Broken<SHIFTED>,
    ) -> Vec<(u32, String)> {
        let Some(fact) = Fact::of(broken.rule) else { return Vec::new() };
        let bit = broken.registers & broken.registers.wrapping_neg();
        let Some(register) = broken.window.registers(bit).next() else { return Vec::new() };
        let mut history = History { fact, bit, changes: Vec::new(), edges: Vec::new() };
        if self.replay(proto, broken.window, &mut history).is_err() {
            return Vec::new();
        }
        let note = |pc: usize, text: &str| {
            (u32::try_from(pc).unwrap_or(u32::MAX), text.replace('@', &format!("R{register}")))
        };
        let mut pc = broken.pc;
        for _ in 0..MAX_HOPS {
            let leader = (0..=pc).rev().find(|&pc| self.graph.is_leader(pc)).unwrap_or(0);
            // What the instruction at `pc` does comes too late.
            let in_block = |&&changed: &&usize| (leader..pc).contains(&changed);
            if let Some(&changed) = history.changes.iter().rev().find(in_block) {
                return vec![note(changed, fact.lost())];
            }
            let edges = history.edges.iter().filter(|edge| edge.to == leader);
            let (bad, good): (Vec<_>, Vec<_>) = edges.partition(|edge| edge.is_bad);
            match (bad.first(), good.first()) {
                (Some(bad), Some(good)) => {
                    return vec![note(bad.from, fact.bad()), note(good.from, fact.good())];
                }
                // The beginning is a path, too.
                (Some(bad), None) if leader != 0 => pc = bad.from.saturating_add(1),
                (Some(bad), None) => return vec![note(bad.from, fact.bad())],
                _ => return vec![note(0, fact.initial())],
            }
        }
        Vec::new()
    }
}

fn report_budget(proto: &Proto, out: &mut Gatherer) {
    out.report((Pass::Flow, Rule::F7), proto, Place::Function, || {
        (
            format!("an analysis of at most {} looks per instruction", super::BUDGET),
            "more".to_string(),
        )
    });
}

/// Shows every instruction that can be reached, with the states that have settled.
fn show<const SHIFTED: bool>(
    code: &Code<'_, SHIFTED>,
    entry: State,
    graph: &mut Graph,
    watcher: &mut impl Watcher,
) {
    let mut state = Some(entry);
    let mut previous = 0;
    let mut pc = 0;
    while pc < code.words.len() {
        if graph.is_leader(pc) {
            if let Some(state) = &state {
                watcher.edge(previous, pc, state);
            }
            state = graph.known(pc);
        }
        previous = pc;
        pc = pc.wrapping_add(1);
        let Some(mut now) = state else { continue };
        let before = now;
        let next = step(code, previous, &mut now, graph, watcher);
        watcher.passes(previous, &before, &now);
        state = (next != Next::Stop).then_some(now);
        if next == Next::Past {
            pc = pc.wrapping_add(1);
        }
    }
}

/// What a rule wants and what there is.
fn texts<const SHIFTED: bool>(broken: &Broken<SHIFTED>) -> (String, String) {
    let list: Vec<_> = broken.window.registers(broken.registers).take(8).collect();
    let names: Vec<_> = list.iter().map(|register| format!("R{register}")).collect();
    let are = if names.len() == 1 { "is" } else { "are" };
    let names = names.join(", ");
    let (expected, found) = match broken.rule {
        Rule::T1 => (
            "registers that FORPREP has prepared, on every path".to_string(),
            format!("those from {names} on are not"),
        ),
        Rule::T3 => (
            "a table that NEWTABLE has put there, on every path".to_string(),
            format!("{names} holds something else"),
        ),
        Rule::T4 => (
            "a LOADK of a string as the key, right before".to_string(),
            format!("something else in {names}"),
        ),
        Rule::T5 => (
            "registers that have values, on every path".to_string(),
            format!("{names} may have none"),
        ),
        Rule::C1 => (
            "no register from there on that may be waiting to be closed".to_string(),
            format!("{names} {are}"),
        ),
        Rule::C2 => {
            ("no register that may be waiting to be closed".to_string(), format!("{names} {are}"))
        }
        Rule::C3 => (
            "no register waiting to be closed where a call may run".to_string(),
            format!("{names} {are}"),
        ),
        Rule::C4 => (
            "no write to a register that may be waiting to be closed".to_string(),
            format!("{names} {are}"),
        ),
        Rule::V1 => (
            "a capture of registers up to A, none of which controls a loop".to_string(),
            format!("{names} captured"),
        ),
        Rule::V2 => (
            "no captured register where a call may run".to_string(),
            format!("{names} may be captured"),
        ),
        Rule::V3 => ("no captured register".to_string(), format!("{names} may be captured")),
        _ => (
            "a register that nobody else can write".to_string(),
            format!("{names} may be captured"),
        ),
    };
    (expected, found)
}

/// One of the sets that a state consists of.
#[derive(Clone, Copy)]
enum Fact {
    Defined,
    Table,
    Looping,
    Captured,
    Pending,
}

impl Fact {
    /// The one that a rule asks for, if its reason lies before the instruction.
    fn of(rule: Rule) -> Option<Self> {
        match rule {
            Rule::T5 => Some(Self::Defined),
            Rule::T3 => Some(Self::Table),
            Rule::T1 => Some(Self::Looping),
            Rule::V2 | Rule::V3 | Rule::V4 => Some(Self::Captured),
            Rule::C1 | Rule::C2 | Rule::C3 | Rule::C4 => Some(Self::Pending),
            _ => None,
        }
    }

    fn is_bad(self, state: &State, bit: u64) -> bool {
        match self {
            Self::Defined => state.defined & bit == 0,
            Self::Table => state.table & bit == 0,
            Self::Looping => state.looping & bit == 0,
            Self::Captured => state.captured & bit != 0,
            Self::Pending => state.pending & bit != 0,
        }
    }

    /// Said of the instruction that made it bad; `@` is the register.
    fn lost(self) -> &'static str {
        match self {
            Self::Defined => "@ loses its value here",
            Self::Table => "@ is overwritten here",
            Self::Looping => "the loop's registers from @ on are overwritten here",
            Self::Captured => "@ is captured here",
            Self::Pending => "@ is marked to be closed here",
        }
    }

    /// Said of a path on which it is bad.
    fn bad(self) -> &'static str {
        match self {
            Self::Defined => "on the path from here @ has no value",
            Self::Table => "on the path from here @ holds no new table",
            Self::Looping => {
                "on the path from here no FORPREP has prepared the registers from @ on"
            }
            Self::Captured => "on the path from here @ is captured",
            Self::Pending => "on the path from here @ is waiting to be closed",
        }
    }

    /// Said of a path on which it is good.
    fn good(self) -> &'static str {
        match self {
            Self::Defined => "on the path from here @ has a value",
            Self::Table => "on the path from here @ holds a new table",
            Self::Looping => "on the path from here the registers from @ on are prepared",
            Self::Captured => "on the path from here @ is not captured",
            Self::Pending => "on the path from here @ is not waiting to be closed",
        }
    }

    /// Said of the beginning of the function.
    fn initial(self) -> &'static str {
        match self {
            Self::Defined => "@ has no value when the function begins",
            Self::Table => "@ holds no new table when the function begins",
            Self::Looping => "no loop has been prepared when the function begins",
            Self::Captured => "@ is captured",
            Self::Pending => "@ is waiting to be closed",
        }
    }
}

/// A witness that is shown instructions, too.
trait Watcher: Witness {
    /// Control passes that instruction.
    fn passes(&mut self, pc: usize, before: &State, after: &State);
}

/// Gathers what is broken.
struct Collector<const SHIFTED: bool> {
    window: Window<SHIFTED>,
    found: Vec<Broken<SHIFTED>>,
}

impl<const SHIFTED: bool> Witness for Collector<SHIFTED> {
    fn breaks(&mut self, pc: usize, rule: Rule, registers: u64) {
        // One more than are listed, so that it is known that there are more.
        if self.found.len() <= MAX_FINDINGS {
            self.found.push(Broken { pc, rule, registers, window: self.window });
        }
    }

    fn edge(&mut self, _: usize, _: usize, _: &State) {}
}

impl<const SHIFTED: bool> Watcher for Collector<SHIFTED> {
    fn passes(&mut self, _: usize, _: &State, _: &State) {}
}

/// Wants the state at one instruction.
struct Snapshot {
    pc: usize,
    state: State,
}

impl Witness for Snapshot {
    fn breaks(&mut self, _: usize, _: Rule, _: u64) {}

    fn edge(&mut self, _: usize, _: usize, _: &State) {}
}

impl Watcher for Snapshot {
    fn passes(&mut self, pc: usize, before: &State, _: &State) {
        if pc == self.pc {
            self.state = *before;
        }
    }
}

/// What became of one fact about one register.
struct History {
    fact: Fact,
    bit: u64,
    /// Instructions that made it bad.
    changes: Vec<usize>,
    edges: Vec<Edge>,
}

struct Edge {
    from: usize,
    to: usize,
    is_bad: bool,
}

impl Witness for History {
    fn breaks(&mut self, _: usize, _: Rule, _: u64) {}

    fn edge(&mut self, from: usize, to: usize, state: &State) {
        let is_bad = self.fact.is_bad(state, self.bit);
        self.edges.push(Edge { from, to, is_bad });
    }
}

impl Watcher for History {
    fn passes(&mut self, pc: usize, before: &State, after: &State) {
        if !self.fact.is_bad(before, self.bit) && self.fact.is_bad(after, self.bit) {
            self.changes.push(pc);
        }
    }
}
