//! A function while its lines are read, and its bytes once they all are.

use std::collections::HashMap;

use super::operand::{Field, fields};
use super::token::Line;
use super::{AsmError, FunctionLines, lines};
use crate::chunk::{AbsLine, UpvalDesc};
use crate::dump::{push_size, push_string};
use crate::instruction::Instruction;
use crate::opcode::{Role, Span};

/// Line and column of a token.
pub(super) type Position = (u32, u32);

/// An operand that is known only when the function is complete.
#[derive(Debug)]
pub(super) struct Fixup<'a> {
    pub(super) place: Position,
    pub(super) field: Field,
    pub(super) target: Target<'a>,
}

/// What such an operand means.
#[derive(Debug)]
pub(super) enum Target<'a> {
    /// A constant by its bytes in a chunk.
    Constant(Vec<u8>),
    /// A nested function by its name.
    Function(&'a str),
    /// An instruction, reached by a jump of that role.
    Label { label: &'a str, role: Role },
}

/// A bound of a local variable.
#[derive(Debug)]
pub(super) enum Bound<'a> {
    Number(u32),
    Label(&'a str, Position),
}

/// Counts that may be stated otherwise than they are.
pub(super) const COUNTED: [&str; 8] =
    ["code", "constants", "upvalues", "functions", "lineinfo", "abslines", "locals", "names"];

/// What was said of a function so far.
#[derive(Debug, Default)]
pub(super) struct Function<'a> {
    /// Its number in the text.
    pub(super) number: usize,
    pub(super) source: Option<Vec<u8>>,
    pub(super) line_defined: u32,
    pub(super) last_line_defined: u32,
    pub(super) n_params: u8,
    pub(super) is_vararg: u8,
    pub(super) max_stack: Option<u8>,
    code: Vec<Instruction>,
    fixups: Vec<(usize, Fixup<'a>)>,
    labels: HashMap<&'a str, u32>,
    /// Bytes of the constants, and the first index of each.
    constants: Vec<Vec<u8>>,
    constant_idxs: HashMap<Vec<u8>, u32>,
    upvalues: Vec<UpvalDesc>,
    /// By upvalue: nothing, or a name that may be absent.
    upvalue_names: Vec<Option<Option<Vec<u8>>>>,
    function_names: HashMap<&'a str, u32>,
    n_functions: u32,
    locals: Vec<(Option<Vec<u8>>, Bound<'a>, Bound<'a>)>,
    /// By instruction, the line that is in force there.
    code_lines: Vec<Option<u32>>,
    pub(super) line: Option<u32>,
    pub(super) deltas: Option<Vec<i8>>,
    pub(super) abs_lines: Option<Vec<AbsLine>>,
    /// By `COUNTED`.
    pub(super) counts: [Option<u64>; COUNTED.len()],
    pub(super) places: FunctionLines,
}

/// A function's bytes before and behind those of its nested functions.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) head: Vec<u8>,
    pub(super) tail: Vec<u8>,
}

impl<'a> Function<'a> {
    /// The function of that number, which begins in line `first`.
    pub(super) fn new(number: usize, first: u32) -> Self {
        let places = FunctionLines { first, ..FunctionLines::default() };
        Self { number, places, ..Self::default() }
    }

    pub(super) fn push_word(&mut self, word: Instruction, line: u32) {
        self.code.push(word);
        self.code_lines.push(self.line);
        self.places.code.push(line);
    }

    /// Keeps an operand of the next instruction for later.
    pub(super) fn fix(&mut self, fixup: Fixup<'a>) {
        self.fixups.push((self.code.len(), fixup));
    }

    /// Names the next instruction. False if something else has that name.
    pub(super) fn label(&mut self, label: &'a str) -> bool {
        let pc = self.code.len() as u32;
        self.labels.insert(label, pc).is_none()
    }

    pub(super) fn push_constant(&mut self, bytes: Vec<u8>, line: u32) {
        let idx = self.constants.len() as u32;
        self.constant_idxs.entry(bytes.clone()).or_insert(idx);
        self.constants.push(bytes);
        self.places.constants.push(line);
    }

    pub(super) fn push_upvalue(
        &mut self,
        upvalue: UpvalDesc,
        name: Option<Option<Vec<u8>>>,
        line: u32,
    ) {
        self.upvalues.push(upvalue);
        self.upvalue_names.push(name);
        self.places.upvalues.push(line);
    }

    pub(super) fn push_local(
        &mut self,
        name: Option<Vec<u8>>,
        (from, to): (Bound<'a>, Bound<'a>),
        line: u32,
    ) {
        self.locals.push((name, from, to));
        self.places.loc_vars.push(line);
    }

    pub(super) fn push_abs_line(&mut self, entry: AbsLine, line: u32) {
        self.abs_lines.get_or_insert_default().push(entry);
        self.places.abs_lines.push(line);
    }

    pub(super) fn n_upvalues(&self) -> usize {
        self.upvalues.len()
    }

    /// Counts one more nested function. False if another one has that name.
    pub(super) fn push_function(&mut self, name: Option<&'a str>, number: usize) -> bool {
        let idx = self.n_functions;
        self.n_functions += 1;
        self.places.children.push(number);
        name.is_none_or(|name| self.function_names.insert(name, idx).is_none())
    }

    /// The function in bytes.
    pub(super) fn encode(&mut self) -> Result<Encoded, AsmError> {
        self.resolve()?;
        let locals = self.encode_locals()?;
        Ok(Encoded { head: self.head(), tail: self.tail(&locals) })
    }

    fn resolve(&mut self) -> Result<(), AsmError> {
        for (pc, Fixup { place, field, target }) in std::mem::take(&mut self.fixups) {
            let error = |message: String| AsmError::new(place.0, place.1, message);
            let value = match target {
                Target::Constant(bytes) => {
                    let next = self.constants.len() as u32;
                    let idx = *self.constant_idxs.entry(bytes.clone()).or_insert(next);
                    if idx == next {
                        self.constants.push(bytes);
                        self.places.constants.push(place.0);
                    }
                    i64::from(idx)
                }
                Target::Function(name) => match self.function_names.get(name) {
                    Some(idx) => i64::from(*idx),
                    None => return Err(error(format!("there is no function {name} in this one"))),
                },
                Target::Label { label, role } => {
                    let to = self.label_at(label, place)?;
                    distance(role, pc, to)
                }
            };
            if !(0..=i64::from(field.max())).contains(&value) {
                let max = field.max();
                let message =
                    format!("{value} is out of reach: {} lies from 0 to {max}", field.name());
                return Err(error(message));
            }
            if let Some(word) = self.code.get_mut(pc) {
                *word = field.set(*word, value as u32);
            }
        }
        Ok(())
    }

    fn label_at(&self, label: &str, place: Position) -> Result<u32, AsmError> {
        self.labels.get(label).copied().ok_or_else(|| {
            AsmError::new(place.0, place.1, format!("there is no label {label} in this function"))
        })
    }

    /// The frame that holds every register named, of two at least, which a compiler gives.
    fn stack_needed(&self) -> u8 {
        let needed = |word: &Instruction| -> u32 {
            let Some(op) = word.opcode() else { return 0 };
            let of_fields = fields(op).map(|(field, role)| match role {
                Role::Out | Role::In | Role::InOut => field.get(*word) + 1,
                Role::Rk | Role::RkStr if !word.k() => field.get(*word) + 1,
                Role::Limit => field.get(*word),
                _ => 0,
            });
            let span = op.info().span;
            let of_span =
                if span == Span::None { 0 } else { word.a() + span.len(word.b(), word.c()) };
            of_fields.fold(of_span, u32::max)
        };
        let of_code = self.code.iter().map(needed).max().unwrap_or_default();
        of_code.max(u32::from(self.n_params)).clamp(2, 255) as u8
    }

    fn count(&self, what: &str, n: usize) -> u64 {
        let stated = COUNTED.iter().zip(self.counts).find(|(name, _)| **name == what);
        stated.and_then(|(_, stated)| stated).unwrap_or(n as u64)
    }

    /// Everything in front of the nested functions. Mirrors `dumpFunction`, ldump.c.
    fn head(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + 4 * self.code.len());
        push_string(&mut out, self.source.as_deref());
        push_size(&mut out, u64::from(self.line_defined));
        push_size(&mut out, u64::from(self.last_line_defined));
        let max_stack = self.max_stack.unwrap_or_else(|| self.stack_needed());
        out.extend_from_slice(&[self.n_params, self.is_vararg, max_stack]);
        push_size(&mut out, self.count("code", self.code.len()));
        out.extend(self.code.iter().flat_map(|word| word.0.to_le_bytes()));
        push_size(&mut out, self.count("constants", self.constants.len()));
        out.extend(self.constants.iter().flatten());
        push_size(&mut out, self.count("upvalues", self.upvalues.len()));
        for upvalue in &self.upvalues {
            out.extend_from_slice(&[upvalue.in_stack, upvalue.idx, upvalue.kind]);
        }
        push_size(&mut out, self.count("functions", self.n_functions as usize));
        out
    }

    /// Everything behind them. Mirrors `dumpDebug`, ldump.c.
    fn tail(&self, locals: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let (deltas, abs_lines) = self.line_tables();
        push_size(&mut out, self.count("lineinfo", deltas.len()));
        out.extend(deltas.iter().map(|delta| *delta as u8));
        push_size(&mut out, self.count("abslines", abs_lines.len()));
        for AbsLine { pc, line } in abs_lines {
            push_size(&mut out, u64::from(pc));
            push_size(&mut out, u64::from(line));
        }
        push_size(&mut out, self.count("locals", self.locals.len()));
        out.extend_from_slice(locals);
        let has_names = self.upvalue_names.iter().any(Option::is_some);
        let n_names = if has_names { self.upvalue_names.len() } else { 0 };
        push_size(&mut out, self.count("names", n_names));
        for name in self.upvalue_names.iter().take(n_names) {
            push_string(&mut out, name.as_ref().and_then(Option::as_deref));
        }
        out
    }

    fn line_tables(&self) -> (Vec<i8>, Vec<AbsLine>) {
        let has_lines = self.code_lines.iter().any(Option::is_some);
        let (deltas, abs_lines) = if has_lines {
            let lines = self.code_lines.iter().map(|line| line.unwrap_or(self.line_defined));
            lines::encode(self.line_defined, lines)
        } else {
            (Vec::new(), Vec::new())
        };
        match (&self.deltas, &self.abs_lines) {
            (Some(deltas), stated) => (deltas.clone(), stated.clone().unwrap_or_default()),
            (None, Some(stated)) => (deltas, stated.clone()),
            (None, None) => (deltas, abs_lines),
        }
    }

    fn encode_locals(&self) -> Result<Vec<u8>, AsmError> {
        let mut out = Vec::new();
        for (name, from, to) in &self.locals {
            push_string(&mut out, name.as_deref());
            for bound in [from, to] {
                let pc = match bound {
                    Bound::Number(pc) => *pc,
                    Bound::Label(label, place) => self.label_at(label, *place)?,
                };
                push_size(&mut out, u64::from(pc));
            }
        }
        Ok(out)
    }
}

/// What a jump of that role from `pc` to `to` has in its field; negative if it does not reach.
fn distance(role: Role, pc: usize, to: u32) -> i64 {
    let (pc, to) = (pc as i64, i64::from(to));
    match role {
        Role::JumpFwd => to - pc - 1 + i64::from(crate::instruction::OFFSET_SJ),
        Role::JumpLoop => pc + 1 - to,
        Role::JumpPrep => to - pc - 2,
        _ => to - pc - 1,
    }
}

/// A bound of a local variable.
pub(super) fn bound<'a>(line: &mut Line<'a>) -> Result<Bound<'a>, AsmError> {
    let place = line.place();
    match line.peek() {
        Some(super::token::Token::Word(label)) => {
            let label = *label;
            line.skip();
            Ok(Bound::Label(label, place))
        }
        _ => line.int("an instruction's number or a label").map(Bound::Number),
    }
}
