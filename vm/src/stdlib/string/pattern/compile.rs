//! Patterns to programs.
//!
//! The parser goes through the pattern as the reference's `match` does when every operation
//! succeeds; captures open and close in the same order on every way through, so that their
//! numbers, and errors in them, are known here. Then the operations are chosen from the last to
//! the first, each knowing with what the rest can begin.

use super::super::plain;
use super::set::{ByteSet, CLASS_TABLES, bracket, class, class_index};
use super::{Filter, Item, MAX_CAPTURES, Op, PatternError, Program, SetRef, Shape, Start};

/// What one compilation leaves for the next one to reuse.
#[derive(Default)]
pub(super) struct Scratch {
    nodes: Vec<Node>,
    sets: Vec<ByteSet>,
}

/// Compiles a pattern. A `^` at its beginning is an anchor if `with_anchor`, as everywhere but in
/// `gmatch`.
pub(super) fn compile(pattern: &[u8], with_anchor: bool, scratch: &mut Scratch) -> Program {
    let anchored = with_anchor && pattern.first() == Some(&b'^');
    let Scratch { nodes, sets } = scratch;
    nodes.clear();
    sets.clear();
    let mut text = Vec::with_capacity(2 * pattern.len());
    text.extend_from_slice(pattern);
    let mut parser = Parser {
        pattern: if anchored { &pattern[1..] } else { pattern },
        at: 0,
        captures: [CaptureState::Open; MAX_CAPTURES],
        n_captures: 0,
        nodes,
        text,
    };
    while let Some(byte) = parser.pattern.get(parser.at) {
        if let Err(error) = parser.step(*byte) {
            parser.nodes.push(Node::Plain(Op::Error(error)));
            break;
        }
    }
    let Parser { n_captures, nodes, text, .. } = parser;
    let mut builder = Builder {
        ops: Vec::with_capacity(nodes.len() + 1),
        text,
        sets,
        rest: Rest { first: ByteSet::EMPTY, may_end: true },
    };
    builder.ops.push(Op::Match);
    for node in nodes.iter().rev() {
        builder.add(node);
    }
    builder.finish(pattern.len(), anchored, n_captures)
}

/// How often an item is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Star,
    Plus,
    Minus,
    Question,
}

/// A part of the pattern as read.
enum Node {
    One(ByteSet),
    Repeated(ByteSet, Repeat),
    Frontier(ByteSet),
    /// What is an operation already.
    Plain(Op),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CaptureState {
    Open,
    Closed,
    Position,
}

struct Parser<'a> {
    pattern: &'a [u8],
    at: usize,
    captures: [CaptureState; MAX_CAPTURES],
    n_captures: usize,
    nodes: &'a mut Vec<Node>,
    text: Vec<u8>,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.pattern.get(self.at + ahead).copied()
    }

    /// Reads the part that begins with `byte` (`match`).
    fn step(&mut self, byte: u8) -> Result<(), PatternError> {
        match (byte, self.peek(1)) {
            (b'(', next) => self.open_capture(next == Some(b')')),
            (b')', _) => {
                let captures = &self.captures[..self.n_captures];
                let open = captures.iter().rposition(|state| *state == CaptureState::Open);
                let i = open.ok_or(PatternError::NoCaptureToClose)?;
                self.captures[i] = CaptureState::Closed;
                self.push_plain(Op::Close(i as u8), 1);
                Ok(())
            }
            (b'$', None) => {
                self.push_plain(Op::End, 1);
                Ok(())
            }
            (b'%', Some(b'b')) => match (self.peek(2), self.peek(3)) {
                (Some(open), Some(close)) => {
                    self.push_plain(Op::Balance { open, close }, 4);
                    Ok(())
                }
                _ => Err(PatternError::MissingBalanceArguments),
            },
            (b'%', Some(b'f')) => {
                let start = self.at + 2;
                if self.peek(2) != Some(b'[') {
                    return Err(PatternError::MissingFrontierSet);
                }
                self.at = class_end(self.pattern, start)?;
                let set = bracket(self.pattern, start, self.at - 1);
                self.nodes.push(Node::Frontier(set));
                Ok(())
            }
            (b'%', Some(digit @ b'0'..=b'9')) => self.back_reference(digit - b'0'),
            _ => self.single(byte),
        }
    }

    fn push_plain(&mut self, op: Op, len: usize) {
        self.nodes.push(Node::Plain(op));
        self.at += len;
    }

    fn open_capture(&mut self, is_position: bool) -> Result<(), PatternError> {
        let i = self.n_captures;
        let state = self.captures.get_mut(i).ok_or(PatternError::TooManyCaptures)?;
        self.n_captures += 1;
        if is_position {
            *state = CaptureState::Position;
            self.push_plain(Op::Position(i as u8), 2);
        } else {
            *state = CaptureState::Open;
            self.push_plain(Op::Open(i as u8), 1);
        }
        Ok(())
    }

    fn back_reference(&mut self, digit: u8) -> Result<(), PatternError> {
        let capture = usize::from(digit).checked_sub(1);
        let op = match capture.and_then(|i| self.captures[..self.n_captures].get(i)) {
            Some(CaptureState::Closed) => Op::Back(digit - 1),
            // Quirk: a position counts as text that is too long for any subject.
            Some(CaptureState::Position) => Op::Fail,
            Some(CaptureState::Open) | None => return Err(PatternError::CaptureIndex(digit)),
        };
        self.push_plain(op, 2);
        Ok(())
    }

    /// Reads a single character class with its suffix.
    fn single(&mut self, byte: u8) -> Result<(), PatternError> {
        let start = self.at;
        let end = class_end(self.pattern, start)?;
        let set = match byte {
            b'.' => ByteSet::ALL,
            b'%' => class(self.pattern[start + 1]),
            b'[' => bracket(self.pattern, start, end - 1),
            _ => ByteSet::of(byte),
        };
        let repeat = match self.pattern.get(end) {
            Some(b'*') => Some(Repeat::Star),
            Some(b'+') => Some(Repeat::Plus),
            Some(b'-') => Some(Repeat::Minus),
            Some(b'?') => Some(Repeat::Question),
            _ => None,
        };
        self.at = end + usize::from(repeat.is_some());
        match (repeat, set.first()) {
            (Some(repeat), _) => self.nodes.push(Node::Repeated(set, repeat)),
            (None, Some(byte)) if set.len() == 1 => self.push_literal(byte),
            _ => self.nodes.push(Node::One(set)),
        }
        Ok(())
    }

    /// Adds a byte that stands for itself, to the literal before it if there is one.
    fn push_literal(&mut self, byte: u8) {
        self.text.push(byte);
        if let Some(Node::Plain(Op::Literal { len, .. })) = self.nodes.last_mut() {
            *len += 1;
        } else {
            let start = self.text.len() - 1;
            self.nodes.push(Node::Plain(Op::Literal { start, len: 1 }));
        }
    }
}

/// Where the single character class that begins at `start` ends (`classend`).
fn class_end(pattern: &[u8], start: usize) -> Result<usize, PatternError> {
    let mut i = start + 1;
    match pattern[start] {
        b'%' if i == pattern.len() => Err(PatternError::EndsWithPercent),
        b'%' => Ok(i + 1),
        b'[' => {
            if pattern.get(i) == Some(&b'^') {
                i += 1;
            }
            // The first character is in the set even if it is a bracket.
            loop {
                let byte = *pattern.get(i).ok_or(PatternError::MissingBracket)?;
                i += 1;
                if byte == b'%' && i < pattern.len() {
                    i += 1;
                }
                if pattern.get(i) == Some(&b']') {
                    return Ok(i + 1);
                }
            }
        }
        _ => Ok(i),
    }
}

/// What is known of the operations behind the one to be chosen.
#[derive(Clone, Copy)]
struct Rest {
    /// If the next byte is not in it, the rest fails, unless `may_end`.
    first: ByteSet,
    /// Whether the rest may succeed, or raise an error, without looking at the next byte.
    may_end: bool,
}

/// The sets with which a new one is compared, so that equal ones are stored once.
const N_COMPARED_SETS: usize = 16;

struct Builder<'a> {
    /// In reverse order.
    ops: Vec<Op>,
    text: Vec<u8>,
    /// Those that are no classes.
    sets: &'a mut Vec<ByteSet>,
    rest: Rest,
}

impl Builder<'_> {
    fn set(&mut self, set: ByteSet) -> SetRef {
        if let Some(i) = class_index(set) {
            return SetRef { table: (i / 8) as u32, mask: 1 << (i % 8) };
        }
        let known = self.sets.iter().rev().take(N_COMPARED_SETS).position(|s| *s == set);
        let i = match known {
            Some(back) => self.sets.len() - 1 - back,
            None => {
                self.sets.push(set);
                self.sets.len() - 1
            }
        };
        SetRef { table: (CLASS_TABLES.len() + i / 8) as u32, mask: 1 << (i % 8) }
    }

    fn item(&mut self, set: ByteSet) -> Item {
        match (set.len(), set.first(), set.not().first()) {
            (256, ..) => Item::Any,
            (1, Some(byte), _) => Item::Byte(byte),
            (255, _, Some(byte)) => Item::NotByte(byte),
            _ => Item::Set(self.set(set)),
        }
    }

    /// What the rest needs next, if that is worth a look.
    fn filter(&mut self) -> Filter {
        let Rest { first, may_end } = self.rest;
        match (first.len(), first.first()) {
            _ if may_end => Filter::Nothing,
            (256, _) => Filter::Nothing,
            (1, Some(byte)) => Filter::Byte(byte),
            _ => Filter::Set(self.set(first)),
        }
    }

    /// Adds the operation of a node in front of the rest.
    fn add(&mut self, node: &Node) {
        let op = match *node {
            Node::One(set) => {
                self.rest = Rest { first: set, may_end: false };
                Op::One(self.item(set))
            }
            Node::Frontier(set) => {
                let first = if self.rest.may_end { set } else { set.and(self.rest.first) };
                self.rest = Rest { first, may_end: false };
                Op::Frontier(self.set(set))
            }
            Node::Repeated(set, repeat) => self.repeated(set, repeat),
            Node::Plain(op) => {
                self.pass(op);
                match op {
                    Op::Literal { start, len: 1 } => Op::One(Item::Byte(self.text[start])),
                    _ => op,
                }
            }
        };
        self.ops.push(op);
    }

    /// Notes what an operation that needs no choice leaves for the ones before it.
    fn pass(&mut self, op: Op) {
        self.rest = match op {
            Op::Literal { start, .. } => {
                Rest { first: ByteSet::of(self.text[start]), may_end: false }
            }
            Op::Balance { open, .. } => Rest { first: ByteSet::of(open), may_end: false },
            Op::Fail | Op::End => Rest { first: ByteSet::EMPTY, may_end: false },
            Op::Error(_) => Rest { first: ByteSet::EMPTY, may_end: true },
            // It may hold anything, or nothing.
            Op::Back(_) => Rest { first: ByteSet::ALL, may_end: true },
            _ => self.rest,
        };
    }

    /// A repetition takes what it can at once if the rest cannot begin with it: then the rest
    /// fails wherever one more could have been taken. A rest that may end succeeds behind the
    /// last one.
    fn repeated(&mut self, set: ByteSet, repeat: Repeat) -> Op {
        let item = self.item(set);
        let Rest { first, may_end } = self.rest;
        let is_disjoint = set.and(first).is_empty();
        let next = if is_disjoint { Filter::Nothing } else { self.filter() };
        let plus = repeat == Repeat::Plus;
        self.rest = if plus {
            Rest { first: set, may_end: false }
        } else {
            Rest { first: set.or(first), may_end }
        };
        match repeat {
            Repeat::Star | Repeat::Plus if is_disjoint => Op::Span { item, plus },
            Repeat::Star | Repeat::Plus => Op::Greedy { item, plus, next },
            Repeat::Minus if is_disjoint && !may_end => Op::Span { item, plus },
            Repeat::Minus => Op::Lazy { item, next },
            Repeat::Question if is_disjoint => Op::Take(item),
            Repeat::Question => Op::Optional { item, next },
        }
    }

    fn finish(mut self, pattern_len: usize, anchored: bool, n_captures: usize) -> Program {
        self.ops.reverse();
        // `Match` ends the search at the latest.
        let is_opening = |op: &&Op| matches!(op, Op::Open(_) | Op::Position(_));
        let n_opens = self.ops.iter().take_while(is_opening).count();
        let first = self.ops[n_opens];
        let start = if anchored { Start::Everywhere } else { self.start(first) };
        let shape = if anchored { Shape::General } else { shape(&self.ops, n_opens) };
        let mut tables = vec![[0; 256]; self.sets.len().div_ceil(8)];
        for (i, set) in self.sets.iter().enumerate() {
            set.mark(&mut tables[i / 8], 1 << (i % 8));
        }
        Program {
            anchored,
            n_captures,
            ops: self.ops,
            text: self.text,
            pattern_len,
            tables,
            start,
            shape,
        }
    }

    /// Where a match can begin, `first` being the first operation that is not about captures.
    fn start(&mut self, first: Op) -> Start {
        match (first, self.filter()) {
            (Op::Literal { start, len }, _) => {
                Start::Literal { start, len, rare: plain::rarest(&self.text[start..start + len]) }
            }
            (_, Filter::Nothing) => Start::Everywhere,
            (_, Filter::Byte(byte)) => Start::Byte(byte),
            (_, Filter::Set(set)) => Start::Set(set),
        }
    }
}

/// What a search can make use of, the first operations being openings of captures.
fn shape(ops: &[Op], n_opens: usize) -> Shape {
    match *ops {
        [Op::Span { item, plus }, Op::Match] => Shape::Span { item, plus, captured: false },
        [Op::Open(_), Op::Span { item, plus }, Op::Close(_), Op::Match] => {
            Shape::Span { item, plus, captured: true }
        }
        [Op::One(_), Op::Match] => Shape::One { captured: false },
        [Op::Open(_), Op::One(_), Op::Close(_), Op::Match] => Shape::One { captured: true },
        [Op::One(_), Op::Span { item, plus }, Op::Match] => {
            Shape::Two { then: item, plus, captured: false }
        }
        [Op::Open(_), Op::One(_), Op::Span { item, plus }, Op::Close(_), Op::Match] => {
            Shape::Two { then: item, plus, captured: true }
        }
        _ => match ops[n_opens] {
            // A back reference may depend on where the span began.
            Op::Span { item, plus: true } if !ops.iter().any(|op| matches!(op, Op::Back(_))) => {
                Shape::Lead { item, rest: n_opens + 1 }
            }
            _ => Shape::General,
        },
    }
}
