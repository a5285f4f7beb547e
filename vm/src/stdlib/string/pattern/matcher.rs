//! Running a program over a subject.
//!
//! The machine goes through the operations in a loop and calls itself only where a repetition may
//! have to be taken back. `depth` counts what the reference's `match` would have nested, which
//! bounds the recursion here as well ([`MAX_DEPTH`]).

use super::super::plain;
use super::{Filter, Item, MAX_CAPTURES, MAX_DEPTH, Op, PatternError, Program, Shape, Start};
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

/// A unit of work goes over this many bytes, as a power of two.
const BYTES_PER_UNIT_LOG2: u32 = 4;

/// A program at work on a subject.
pub(in super::super) struct Matcher<'a> {
    program: &'a Program,
    subject: &'a [u8],
    captures: &'a mut [Capture; MAX_CAPTURES],
    error: PatternError,
    /// Work done, in units of about an instruction of the VM, and the most that may be done.
    work: u64,
    most_work: u64,
}

impl<'a> Matcher<'a> {
    pub(in super::super) fn new(
        program: &'a Program,
        subject: &'a [u8],
        captures: &'a mut [Capture; MAX_CAPTURES],
        most_work: u64,
    ) -> Self {
        Self { program, subject, captures, error: PatternError::TooComplex, work: 0, most_work }
    }

    /// The work that searches have taken so far; more than was allowed if that is why one ended.
    pub(in super::super) fn work(&self) -> u64 {
        self.work
    }

    /// Counts work over so many bytes.
    #[inline(always)]
    fn count(&mut self, n_bytes: usize) {
        self.work += (n_bytes >> BYTES_PER_UNIT_LOG2) as u64;
    }

    /// The first match from `at` on that does not end at `last`; at `at` only if the pattern is
    /// anchored.
    #[inline(always)]
    pub(in super::super) fn search(&mut self, at: usize, last: Option<usize>) -> Outcome {
        match self.program.shape {
            Shape::One { captured } => self.search_one(at, captured),
            Shape::Two { then, plus, captured } => self.search_two(at, then, plus, captured),
            _ => self.search_more(at, last.unwrap_or(FAIL)),
        }
    }

    /// As `search`, for what is more than one item.
    fn search_more(&mut self, at: usize, last: usize) -> Outcome {
        if self.program.anchored {
            return match self.run(0, at, 1) {
                RAISED => Outcome::Raised(self.error),
                FAIL => Outcome::NotFound,
                end if end == last => Outcome::NotFound,
                end => Outcome::Found { start: at, end },
            };
        }
        match self.program.shape {
            Shape::Span { item, plus, captured } => {
                self.search_span(at, last, item, plus, captured)
            }
            Shape::Lead { item, rest } => self.search_by_lead(at, item, rest),
            _ => self.search_by_run(at, last),
        }
    }

    /// As `search`, for any program that is not anchored.
    fn search_by_run(&mut self, at: usize, last: usize) -> Outcome {
        let mut at = at;
        while let Some(start) = self.next_start(at) {
            match self.run(0, start, 1) {
                FAIL => {}
                RAISED => return Outcome::Raised(self.error),
                end if end == last => {}
                end => return Outcome::Found { start, end },
            }
            if start >= self.subject.len() {
                break;
            }
            at = start + 1;
        }
        Outcome::NotFound
    }

    /// As `search`, for a program that is a span.
    #[inline]
    fn search_span(
        &mut self,
        at: usize,
        last: usize,
        item: Item,
        plus: bool,
        captured: bool,
    ) -> Outcome {
        self.work += 1;
        let mut at = at;
        // Two rounds at most: where a match begins, there is a span, or it may be empty; and an
        // empty one is refused only at `last`.
        while let Some(start) = self.next_start(at) {
            let end = self.span(item, start);
            if (end > start || !plus) && end != last {
                return self.found(start, end, captured);
            }
            if start >= self.subject.len() {
                break;
            }
            at = start + 1;
        }
        Outcome::NotFound
    }

    /// As `search`, for a program that is one item: it is wherever a match can begin but at the end.
    /// A match is never empty, so that it ends at no earlier match's end.
    #[inline(always)]
    fn search_one(&mut self, at: usize, captured: bool) -> Outcome {
        self.work += 1;
        match self.next_start(at) {
            Some(start) if start < self.subject.len() => self.found(start, start + 1, captured),
            _ => Outcome::NotFound,
        }
    }

    /// As `search`, for a program that is one item, which is wherever a match can begin but at the
    /// end, and a span. A match is never empty, so that it ends at no earlier match's end.
    #[inline]
    fn search_two(&mut self, at: usize, then: Item, plus: bool, captured: bool) -> Outcome {
        let mut at = at;
        while let Some(start) = self.next_start(at)
            && start < self.subject.len()
        {
            self.work += 1;
            let end = self.span(then, start + 1);
            if end > start + 1 || !plus {
                return self.found(start, end, captured);
            }
            at = end;
        }
        Outcome::NotFound
    }

    #[inline(always)]
    fn found(&mut self, start: usize, end: usize, captured: bool) -> Outcome {
        if captured {
            self.captures[0] = Capture { start, end };
        }
        Outcome::Found { start, end }
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
    #[inline(always)]
    fn next_start(&mut self, at: usize) -> Option<usize> {
        let rest = &self.subject[at..];
        let distance = match self.program.start {
            Start::Everywhere => return Some(at),
            Start::Byte(byte) => memchr(byte, rest).unwrap_or(rest.len()),
            Start::Set(set) => {
                let table = self.program.table(set);
                let found = rest.iter().position(|byte| table[usize::from(*byte)] & set.mask != 0);
                found.unwrap_or(rest.len())
            }
            Start::Literal { start, len, rare } => {
                let literal = &self.program.text[start..start + len];
                let found = plain::find(rest, literal, rare);
                self.count(found.unwrap_or(rest.len()));
                return found.map(|i| at + i);
            }
        };
        self.count(distance);
        Some(at + distance)
    }

    /// Where the longest run of an item from `at` on ends.
    #[inline(always)]
    fn span(&mut self, item: Item, at: usize) -> usize {
        let rest = &self.subject[at..];
        let len = match item {
            Item::Any => None,
            Item::Byte(b) => rest.iter().position(|byte| *byte != b),
            Item::NotByte(b) => memchr(b, rest),
            Item::Set(set) => {
                let table = self.program.table(set);
                rest.iter().position(|byte| table[usize::from(*byte)] & set.mask == 0)
            }
        };
        let len = len.unwrap_or(rest.len());
        self.count(len);
        at + len
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
        self.work += 1;
        if self.work > self.most_work {
            return self.raise(PatternError::OutOfFuel);
        }
        loop {
            let op = program.ops[pc];
            pc += 1;
            match op {
                Op::Match => return at,
                Op::Literal { start, len } => {
                    let literal = &program.text[start..start + len];
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
                        return self.give_back(pc, least, end, next, depth);
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
                self.count(taken.len() - found.unwrap_or(0));
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
            let from = at;
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
            self.count(at - from);
            let result = self.run(pc, at, depth);
            if result != FAIL || !self.accepts_at(item, at) {
                return result;
            }
            at += 1;
        }
    }

    /// Where the text that opens at `at` is balanced (`matchbalance`).
    fn balance(&mut self, at: usize, open: u8, close: u8) -> Option<usize> {
        if self.subject.get(at) != Some(&open) {
            return None;
        }
        let end = self.end_of_balance(at, open, close);
        self.count(end.unwrap_or(self.subject.len()) - at);
        end
    }

    fn end_of_balance(&self, at: usize, open: u8, close: u8) -> Option<usize> {
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
