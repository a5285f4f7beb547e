//! Running a program over a subject.
//!
//! The machine goes through the operations in a loop and calls itself only where a repetition may
//! have to be taken back. `depth` counts what the reference's `match` would have nested, which
//! bounds the recursion here as well ([`MAX_DEPTH`]).

use super::{Filter, Item, MAX_CAPTURES, MAX_DEPTH, Op, PatternError, Program, SetRef, Start};
use memchr::{memchr, memrchr};

/// The text between two positions of the subject, or one of the special cases.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Capture {
    pub(in super::super) start: usize,
    /// Where it ends, or [`Capture::UNFINISHED`] or [`Capture::POSITION`].
    pub(in super::super) end: usize,
}

impl Capture {
    /// It was not closed.
    pub(in super::super) const UNFINISHED: usize = usize::MAX;
    /// It is a position.
    pub(in super::super) const POSITION: usize = usize::MAX - 1;
}

/// How a search ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Outcome {
    Found { start: usize, end: usize },
    NotFound,
    Raised(PatternError),
}

/// What the machine returns where there is no match; every other result is where one ends.
const FAIL: usize = usize::MAX;
/// What it returns when an error is in [`Matcher::error`].
const RAISED: usize = usize::MAX - 1;

/// A program at work on a subject.
pub(in super::super) struct Matcher<'a> {
    program: &'a Program,
    subject: &'a [u8],
    captures: &'a mut [Capture; MAX_CAPTURES],
    error: PatternError,
}

impl<'a> Matcher<'a> {
    pub(in super::super) fn new(
        program: &'a Program,
        subject: &'a [u8],
        captures: &'a mut [Capture; MAX_CAPTURES],
    ) -> Self {
        Self { program, subject, captures, error: PatternError::TooComplex }
    }

    /// The first match from `at` on that does not end at `last`; at `at` only if the pattern is
    /// anchored.
    pub(in super::super) fn search(&mut self, at: usize, last: Option<usize>) -> Outcome {
        let last = last.unwrap_or(FAIL);
        let program = self.program;
        if program.anchored {
            return match self.run(0, at, 1) {
                RAISED => Outcome::Raised(self.error),
                FAIL => Outcome::NotFound,
                end if end == last => Outcome::NotFound,
                end => Outcome::Found { start: at, end },
            };
        }
        if let Some(lead) = program.lead {
            return self.search_by_lead(at, lead.item, lead.rest);
        }
        let mut at = at;
        loop {
            at = match self.next_start(at) {
                Some(start) => start,
                None => return Outcome::NotFound,
            };
            match self.run(0, at, 1) {
                FAIL => {}
                RAISED => return Outcome::Raised(self.error),
                end if end == last => {}
                end => return Outcome::Found { start: at, end },
            }
            if at >= self.subject.len() {
                return Outcome::NotFound;
            }
            at += 1;
        }
    }

    /// As `search`, for a program with a lead. A match of it is never empty, so that it ends at no
    /// earlier match's end.
    fn search_by_lead(&mut self, at: usize, item: Item, rest: usize) -> Outcome {
        let mut at = at;
        while let Some(start) = self.next_start(at) {
            let end_of_span = self.span(item, start);
            if end_of_span == start {
                if start >= self.subject.len() {
                    return Outcome::NotFound;
                }
                at = start + 1;
                continue;
            }
            for i in 0..rest - 1 {
                let is_position = matches!(self.program.ops[i], Op::Position(_));
                let end = if is_position { Capture::POSITION } else { Capture::UNFINISHED };
                self.captures[i] = Capture { start, end };
            }
            // The match itself, a capture each, and the span.
            match self.run(rest, end_of_span, rest as u32 + 1) {
                FAIL => at = end_of_span,
                RAISED => return Outcome::Raised(self.error),
                end => return Outcome::Found { start, end },
            }
        }
        Outcome::NotFound
    }

    /// The next place from `at` on where a match may begin; the end is one if nothing else is.
    #[inline]
    fn next_start(&self, at: usize) -> Option<usize> {
        let rest = &self.subject[at..];
        match &self.program.start {
            Start::Everywhere => Some(at),
            Start::Byte(byte) => Some(at + memchr(*byte, rest).unwrap_or(rest.len())),
            Start::Set(set) => Some(at + self.find_in(rest, *set).unwrap_or(rest.len())),
            Start::Literal(finder) => finder.find(rest).map(|i| at + i),
        }
    }

    #[inline(always)]
    fn find_in(&self, bytes: &[u8], set: SetRef) -> Option<usize> {
        let table = &self.program.tables[set.table as usize];
        bytes.iter().position(|byte| table[usize::from(*byte)] & set.mask != 0)
    }

    /// Where the longest run of an item from `at` on ends.
    #[inline(always)]
    fn span(&self, item: Item, at: usize) -> usize {
        let rest = &self.subject[at..];
        let len = match item {
            Item::Any => None,
            Item::Byte(b) => rest.iter().position(|byte| *byte != b),
            Item::NotByte(b) => memchr(b, rest),
            Item::Set(set) => {
                let table = &self.program.tables[set.table as usize];
                rest.iter().position(|byte| table[usize::from(*byte)] & set.mask == 0)
            }
        };
        at + len.unwrap_or(rest.len())
    }

    #[inline(always)]
    fn accepts_at(&self, item: Item, at: usize) -> bool {
        self.subject.get(at).is_some_and(|byte| self.program.accepts(item, *byte))
    }

    #[cold]
    fn raise(&mut self, error: PatternError) -> usize {
        self.error = error;
        RAISED
    }

    /// Matches the operations from `pc` on at `at`: where the match ends, or [`FAIL`] or
    /// [`RAISED`]. Mirrors `match`, lstrlib.c.
    fn run(&mut self, mut pc: usize, mut at: usize, mut depth: u32) -> usize {
        let program = self.program;
        loop {
            let op = program.ops[pc];
            pc += 1;
            match op {
                Op::Match => return at,
                Op::Literal { start, len } => {
                    let literal = &program.literals[start..start + len];
                    if !self.subject[at..].starts_with(literal) {
                        return FAIL;
                    }
                    at += len;
                }
                Op::One(item) => {
                    if !self.accepts_at(item, at) {
                        return FAIL;
                    }
                    at += 1;
                }
                Op::Span { item, plus } => {
                    let end = self.span(item, at);
                    if end == at {
                        if plus {
                            return FAIL;
                        }
                    } else {
                        depth += 1;
                        at = end;
                    }
                }
                Op::Greedy { item, plus, next } => {
                    let end = self.span(item, at);
                    if end == at {
                        if plus {
                            return FAIL;
                        }
                    } else {
                        depth += 1;
                        let least = at + usize::from(plus);
                        match self.give_back(pc, least, end, next, depth) {
                            FAIL => return FAIL,
                            result => return result,
                        }
                    }
                }
                Op::Lazy { item, next } => {
                    if self.accepts_at(item, at) {
                        return self.take_more(pc, at, item, next, depth + 1);
                    }
                }
                Op::Take(item) => {
                    if self.accepts_at(item, at) {
                        at += 1;
                        depth += 1;
                    }
                }
                Op::Optional { item, next } => {
                    if self.accepts_at(item, at) {
                        if depth >= MAX_DEPTH {
                            return self.raise(PatternError::TooComplex);
                        }
                        if self.passes(next, at + 1) {
                            let result = self.run(pc, at + 1, depth + 1);
                            if result != FAIL {
                                return result;
                            }
                        }
                    }
                }
                Op::Open(i) => {
                    self.captures[usize::from(i)] = Capture { start: at, end: Capture::UNFINISHED };
                    depth += 1;
                }
                Op::Position(i) => {
                    self.captures[usize::from(i)] = Capture { start: at, end: Capture::POSITION };
                    depth += 1;
                }
                Op::Close(i) => {
                    self.captures[usize::from(i)].end = at;
                    depth += 1;
                }
                Op::Back(i) => {
                    let Capture { start, end } = self.captures[usize::from(i)];
                    let text = &self.subject[start..end];
                    if !self.subject[at..].starts_with(text) {
                        return FAIL;
                    }
                    at += text.len();
                }
                Op::Fail => return FAIL,
                Op::End => {
                    if at != self.subject.len() {
                        return FAIL;
                    }
                }
                Op::Balance { open, close } => match self.balance(at, open, close) {
                    Some(end) => at = end,
                    None => return FAIL,
                },
                Op::Frontier(set) => {
                    // Both ends of the subject count as zeros.
                    let before = at.checked_sub(1).map_or(0, |i| self.subject[i]);
                    let here = self.subject.get(at).copied().unwrap_or(0);
                    if program.contains(set, before) || !program.contains(set, here) {
                        return FAIL;
                    }
                }
                Op::Error(error) => return self.raise(error),
            }
            if depth > MAX_DEPTH {
                return self.raise(PatternError::TooComplex);
            }
        }
    }

    /// Whether the rest, which needs `next`, may match at `at`.
    #[inline(always)]
    fn passes(&self, next: Filter, at: usize) -> bool {
        match (next, self.subject.get(at)) {
            (Filter::Nothing, _) | (_, None) => true,
            (Filter::Byte(b), Some(byte)) => *byte == b,
            (Filter::Set(set), Some(byte)) => self.program.contains(set, *byte),
        }
    }

    /// Tries the rest from `end` down to `least` (`max_expand`).
    fn give_back(
        &mut self,
        pc: usize,
        least: usize,
        end: usize,
        next: Filter,
        depth: u32,
    ) -> usize {
        if depth > MAX_DEPTH {
            return self.raise(PatternError::TooComplex);
        }
        let mut at = end;
        loop {
            if !self.passes(next, at) {
                let taken = &self.subject[least..at];
                let found = match next {
                    Filter::Nothing => None,
                    Filter::Byte(byte) => memrchr(byte, taken),
                    Filter::Set(set) => {
                        taken.iter().rposition(|byte| self.program.contains(set, *byte))
                    }
                };
                match found {
                    Some(i) => at = least + i,
                    None => return FAIL,
                }
            }
            let result = self.run(pc, at, depth);
            if result != FAIL || at == least {
                return result;
            }
            at -= 1;
        }
    }

    /// Tries the rest from `at` on, going over one item more each time (`min_expand`).
    fn take_more(&mut self, pc: usize, at: usize, item: Item, next: Filter, depth: u32) -> usize {
        if depth > MAX_DEPTH {
            return self.raise(PatternError::TooComplex);
        }
        let mut at = at;
        loop {
            if item == Item::Any
                && let Filter::Byte(byte) = next
            {
                let rest = &self.subject[at..];
                at += memchr(byte, rest).unwrap_or(rest.len());
            } else {
                while !self.passes(next, at) {
                    if !self.accepts_at(item, at) {
                        return FAIL;
                    }
                    at += 1;
                }
            }
            let result = self.run(pc, at, depth);
            if result != FAIL || !self.accepts_at(item, at) {
                return result;
            }
            at += 1;
        }
    }

    /// Where the text that opens at `at` is balanced (`matchbalance`).
    fn balance(&self, at: usize, open: u8, close: u8) -> Option<usize> {
        if self.subject.get(at) != Some(&open) {
            return None;
        }
        let mut level = 1_usize;
        for (i, byte) in self.subject.iter().enumerate().skip(at + 1) {
            // The same byte twice closes.
            if *byte == close {
                level -= 1;
                if level == 0 {
                    return Some(i + 1);
                }
            } else if *byte == open {
                level += 1;
            }
        }
        None
    }
}
