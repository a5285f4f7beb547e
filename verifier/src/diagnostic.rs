//! What the verifier says of a chunk that it rejects.
//!
//! A [`Finding`] names a rule, a place and what was expected and found there. Findings are made in
//! cold code only; a chunk that verifies pays nothing for them. Their number is bounded, so that a
//! hostile chunk cannot make its rejection larger than itself.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use moonproof_bytecode::opcode::Column;
use moonproof_bytecode::{Instruction, Offsets, Proto, bad_format};

use crate::rules::Rule;

/// Findings that a [`Rejection`] lists; further ones are only counted.
pub const MAX_FINDINGS: usize = 200;

/// The passes of the verifier, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// Limits, counts, debug information, upvalue descriptors.
    Structure,
    /// Each word by itself.
    Decode,
    /// Each word with the next one.
    Pairs,
    /// Jumps.
    Cfg,
    /// What is known of registers where control gets.
    Flow,
}

/// Which item of a function a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The function as a whole.
    Function,
    /// The instruction of that index, from 0.
    Code(u32),
    /// An entry of the upvalue table.
    Upvalue(u32),
    /// An entry of the local variable table.
    LocVar(u32),
    /// A line difference, by its instruction.
    LineInfo(u32),
    /// An entry of the absolute line table.
    AbsLine(u32),
}

/// One violation of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// The pass that found it.
    pub pass: Pass,
    /// Way to the function: indices of nested functions from the main function, which is empty.
    pub path: Box<[u32]>,
    /// What in the function is wrong.
    pub place: Place,
    /// The instruction, if the place is one.
    pub instruction: Option<Instruction>,
    /// Source line of the instruction, if the chunk states it.
    pub line: Option<u32>,
    /// What the rule asks for, here.
    pub expected: String,
    /// What there is instead.
    pub found: String,
    /// How that came about: instructions, by index, and what is to be said of each. Where paths
    /// disagree, the last instruction of either.
    pub notes: Vec<(u32, String)>,
    /// What is known of the frame before the instruction; only for the first findings of
    /// [`Pass::Flow`] in a function.
    pub frame: Option<Box<Frame>>,
    /// Offset in bytes from the start of the chunk, once [`Rejection::locate`] was called.
    pub offset: Option<usize>,
}

impl Finding {
    /// Index of the instruction, from 0, if the place is one.
    pub fn pc(&self) -> Option<u32> {
        match self.place {
            Place::Code(pc) => Some(pc),
            _ => None,
        }
    }
}

/// What is known of a frame's registers before an instruction, whichever path led there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// Registers that have values.
    pub defined: RegisterSet,
    /// Registers that hold a table from NEWTABLE.
    pub tables: RegisterSet,
    /// First registers of numeric loops that FORPREP has prepared.
    pub loops: RegisterSet,
    /// Registers that may be captured by closures.
    pub captured: RegisterSet,
    /// Registers that may be waiting to be closed.
    pub pending: RegisterSet,
}

/// Registers, in order.
pub type RegisterSet = alloc::collections::BTreeSet<u8>;

impl core::fmt::Display for Frame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let sets = [
            ("defined", &self.defined),
            ("new tables", &self.tables),
            ("loops", &self.loops),
            ("captured", &self.captured),
            ("to be closed", &self.pending),
        ];
        let mut separator = "";
        for (name, set) in sets.into_iter().filter(|(_, set)| !set.is_empty()) {
            write!(f, "{separator}{name}")?;
            for range in ranges(set) {
                write!(f, " {range}")?;
            }
            separator = "; ";
        }
        if separator.is_empty() {
            f.write_str("nothing")?;
        }
        Ok(())
    }
}

/// Runs of neighbours in a set, as `R1` or `R1-R3`.
fn ranges(set: &RegisterSet) -> Vec<String> {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for &register in set {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(register) => *last = register,
            _ => runs.push((register, register)),
        }
    }
    let name = |(first, last)| {
        if first == last { format!("R{first}") } else { format!("R{first}-R{last}") }
    };
    runs.into_iter().map(name).collect()
}

/// Why a chunk is refused: all findings of the first pass that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection(Box<Findings>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Findings {
    list: Vec<Finding>,
    n_omitted: usize,
}

impl Rejection {
    /// The findings, at least one and at most [`MAX_FINDINGS`], in order of the functions.
    pub fn findings(&self) -> &[Finding] {
        &self.0.list
    }

    /// How many more findings there were.
    pub fn n_omitted(&self) -> usize {
        self.0.n_omitted
    }

    /// The first finding's rule.
    pub fn rule(&self) -> Rule {
        // A rejection is only made of at least one finding.
        self.0.list.first().map_or(Rule::S13, |finding| finding.rule)
    }

    /// The message for who loads a chunk of that name, as [`LoadError::message`] has it: the first
    /// finding, and how many more there are.
    ///
    /// [`LoadError::message`]: moonproof_bytecode::LoadError::message
    pub fn message(&self, chunk_name: &[u8]) -> Vec<u8> {
        let findings = self.findings();
        let mut reason = findings.first().map_or_else(String::new, ToString::to_string);
        match findings.len().saturating_sub(1).saturating_add(self.n_omitted()) {
            0 => {}
            1 => reason.push_str(", and 1 more finding"),
            n_more => reason.push_str(&format!(", and {n_more} more findings")),
        }
        bad_format(chunk_name, &reason)
    }

    /// Fills in byte offsets. `offsets` are those of the chunk's bytes (`load_with_offsets`); the
    /// data model does not keep them. Findings about an item of variable length, or of a table
    /// that is absent, get the offset of their table.
    pub fn locate(&mut self, offsets: &Offsets) {
        for finding in &mut self.0.list {
            finding.offset = offsets.of(&finding.path).map(|proto| match finding.place {
                Place::Function => proto.start,
                Place::Code(pc) => proto.instruction(pc),
                Place::Upvalue(i) => item(proto.upvalues, i, UPVALUE_SIZE),
                Place::LineInfo(pc) => item(proto.line_info, pc, 1),
                Place::AbsLine(_) => proto.abs_line_info,
                Place::LocVar(_) => proto.loc_vars,
            });
        }
    }
}

/// Bytes of an upvalue descriptor in a chunk.
const UPVALUE_SIZE: usize = 3;

/// Offset of an item of a table.
fn item(table: usize, idx: u32, size: usize) -> usize {
    table.saturating_add((idx as usize).saturating_mul(size))
}

impl core::error::Error for Rejection {}

impl core::fmt::Display for Rejection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, finding) in self.findings().iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{finding}")?;
        }
        match self.n_omitted() {
            0 => Ok(()),
            n => write!(f, "\nand {n} more"),
        }
    }
}

impl core::fmt::Display for Finding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({}): ", self.rule, self.rule.info().title)?;
        write_path(f, &self.path)?;
        match self.place {
            Place::Function => {}
            Place::Code(pc) => write!(f, ", pc {pc}")?,
            Place::Upvalue(i) => write!(f, ", upvalue {i}")?,
            Place::LocVar(i) => write!(f, ", local variable {i}")?,
            Place::LineInfo(pc) => write!(f, ", line difference of pc {pc}")?,
            Place::AbsLine(i) => write!(f, ", absolute line {i}")?,
        }
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        if let Some(instruction) = self.instruction {
            write!(f, ": {}", Listed(instruction))?;
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)
    }
}

/// A word as listings show it, without what its operands refer to.
pub(crate) struct Listed(pub(crate) Instruction);

impl core::fmt::Display for Listed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let word = self.0;
        let Some(op) = word.opcode() else {
            return write!(f, "{:#010x}", word.0);
        };
        f.write_str(op.name())?;
        for column in op.info().columns {
            match column {
                Column::A => write!(f, " {}", word.a())?,
                Column::B => write!(f, " {}", word.b())?,
                Column::SB => write!(f, " {}", word.sb())?,
                Column::C => write!(f, " {}", word.c())?,
                Column::SC => write!(f, " {}", word.sc())?,
                Column::Bx => write!(f, " {}", word.bx())?,
                Column::SBx => write!(f, " {}", word.sbx())?,
                Column::Ax => write!(f, " {}", word.ax())?,
                Column::SJ => write!(f, " {}", word.sj())?,
                Column::K => write!(f, " {}", u8::from(word.k()))?,
                Column::KMark => f.write_str(if word.k() { "k" } else { "" })?,
            }
        }
        Ok(())
    }
}

/// Names a function by the way to it.
pub(crate) fn write_path(f: &mut core::fmt::Formatter<'_>, path: &[u32]) -> core::fmt::Result {
    if path.is_empty() {
        return f.write_str("main function");
    }
    f.write_str("function ")?;
    for (i, idx) in path.iter().enumerate() {
        write!(f, "{}{idx}", if i == 0 { "" } else { "." })?;
    }
    Ok(())
}

/// Gathers findings over all functions, keeping those of the earliest pass.
#[derive(Default)]
pub(crate) struct Gatherer {
    path: Vec<u32>,
    list: Vec<Finding>,
    n_omitted: usize,
    /// Rules that are not looked at.
    without: u64,
}

const _: () = assert!(Rule::ALL.len() <= 64);

fn bit(rule: Rule) -> u64 {
    1 << (rule as u32 % 64)
}

impl Gatherer {
    /// Gathers findings, but none of those rules.
    #[cfg(feature = "ablation")]
    pub(crate) fn without(rules: &[Rule]) -> Self {
        Self { without: rules.iter().fold(0, |set, &rule| set | bit(rule)), ..Self::default() }
    }

    /// The findings that follow are about that nested function of the present one.
    pub(crate) fn descend(&mut self, idx: u32) {
        self.path.push(idx);
    }

    /// Back to the enclosing function.
    pub(crate) fn ascend(&mut self) {
        self.path.pop();
    }

    /// Way to the present function.
    pub(crate) fn path(&self) -> &[u32] {
        &self.path
    }

    /// Records a finding. The texts are only made if it is kept.
    #[cold]
    #[inline(never)]
    pub(crate) fn report(
        &mut self,
        (pass, rule): (Pass, Rule),
        proto: &Proto,
        place: Place,
        texts: impl FnOnce() -> (String, String),
    ) -> Option<&mut Finding> {
        if self.without & bit(rule) != 0 {
            return None;
        }
        match self.list.first().map(|first| first.pass) {
            Some(earliest) if earliest < pass => return None,
            Some(earliest) if earliest > pass => {
                self.list.clear();
                self.n_omitted = 0;
            }
            _ => {}
        }
        if self.list.len() >= MAX_FINDINGS {
            self.n_omitted = self.n_omitted.saturating_add(1);
            return None;
        }
        let (expected, found) = texts();
        let (instruction, line) = match place {
            Place::Code(pc) => (proto.code.get(pc as usize).copied(), line_of(proto, pc)),
            _ => (None, None),
        };
        let path = self.path.clone().into_boxed_slice();
        self.list.push(Finding {
            rule,
            pass,
            path,
            place,
            instruction,
            line,
            expected,
            found,
            notes: Vec::new(),
            frame: None,
            offset: None,
        });
        self.list.last_mut()
    }

    /// How much has been found, listed or not.
    pub(crate) fn n_found(&self) -> usize {
        self.list.len().saturating_add(self.n_omitted)
    }

    /// Whether no rule is switched off.
    pub(crate) fn looks_at_all(&self) -> bool {
        self.without == 0
    }

    /// Whether nothing has been found.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether an earlier pass has found something, so that this one's findings do not count.
    #[inline]
    pub(crate) fn has_found_before(&self, pass: Pass) -> bool {
        self.list.first().is_some_and(|first| first.pass < pass)
    }

    /// The verdict.
    pub(crate) fn finish(self) -> Result<(), Rejection> {
        if self.list.is_empty() {
            return Ok(());
        }
        Err(Rejection(Box::new(Findings { list: self.list, n_omitted: self.n_omitted })))
    }
}

/// Line of an instruction as far as the chunk states one that makes sense. Asked only of functions
/// whose structure passed, so that marks in the line table have their entries.
fn line_of(proto: &Proto, pc: u32) -> Option<u32> {
    let last_abs = proto.abs_line_info.iter().rev().find(|abs| abs.pc <= pc);
    let (from, base) = match last_abs {
        Some(abs) => (abs.pc.checked_add(1)?, abs.line),
        None => (0, proto.line_defined),
    };
    let deltas = proto.line_info.get(from as usize..=pc as usize).or_else(|| {
        // The absolute entry is that of the instruction itself.
        (from > pc && (pc as usize) < proto.line_info.len()).then_some(&[])
    })?;
    let total: i64 = deltas.iter().map(|&delta| i64::from(delta)).sum();
    u32::try_from(i64::from(base).checked_add(total)?).ok()
}
