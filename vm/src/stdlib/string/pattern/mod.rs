//! Lua patterns, compiled once and matched many times.
//!
//! [`compile`] turns a pattern into a [`Program`]: a line of operations without branches, since
//! patterns have neither alternatives nor repeated groups. [`Matcher`] runs it with the order of
//! attempts, the limits and the errors of lstrlib.c. What the reference finds wrong with a pattern
//! only when the match gets there is an operation that raises ([`Op::Error`]).
//!
//! Because a program is a line, what may follow an operation is known when it is compiled: the set
//! of bytes with which the rest can begin. Repetitions use it to skip attempts that would fail, and
//! need not go back at all if the rest cannot begin with what they repeat.

mod cache;
mod compile;
mod matcher;
mod set;

pub(super) use cache::{Cache, Kind};
pub(super) use matcher::{Capture, Matcher, Outcome};

/// Most captures of a pattern (`LUA_MAXCAPTURES`).
pub(super) const MAX_CAPTURES: usize = 32;

/// Deepest nesting of `match` in the reference (`MAXCCALLS`): each repetition that matched and
/// each capture counts one.
const MAX_DEPTH: u32 = 200;

/// What is wrong with a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PatternError {
    EndsWithPercent,
    MissingBracket,
    MissingBalanceArguments,
    MissingFrontierSet,
    NoCaptureToClose,
    CaptureIndex(u8),
    TooManyCaptures,
    TooComplex,
    /// The match took more work than the VM has fuel for.
    OutOfFuel,
}

impl PatternError {
    /// The reference's message.
    pub(super) fn message(self) -> String {
        match self {
            Self::EndsWithPercent => "malformed pattern (ends with '%')".into(),
            Self::MissingBracket => "malformed pattern (missing ']')".into(),
            Self::MissingBalanceArguments => "malformed pattern (missing arguments to '%b')".into(),
            Self::MissingFrontierSet => "missing '[' after '%f' in pattern".into(),
            Self::NoCaptureToClose => "invalid pattern capture".into(),
            Self::CaptureIndex(i) => format!("invalid capture index %{i}"),
            Self::TooManyCaptures => "too many captures".into(),
            Self::TooComplex => "pattern too complex".into(),
            Self::OutOfFuel => "out of fuel".into(),
        }
    }
}

/// A set by its place in the tables of classes, or behind those in the program's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct SetRef {
    table: u32,
    mask: u8,
}

/// What matches a single byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Byte(u8),
    NotByte(u8),
    Any,
    Set(SetRef),
}

/// What the rest of a pattern needs next; at the end of the subject it may need nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Filter {
    Nothing,
    Byte(u8),
    Set(SetRef),
}

/// One step of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Op {
    /// The end of the pattern.
    Match,
    /// Bytes of [`Program::text`], two and more.
    Literal {
        start: usize,
        len: usize,
    },
    One(Item),
    /// As many as there are and no fewer, at least one if `plus`: the rest cannot begin with them.
    Span {
        item: Item,
        plus: bool,
    },
    /// As many as the rest allows (`max_expand`).
    Greedy {
        item: Item,
        plus: bool,
        next: Filter,
    },
    /// As few as the rest allows (`min_expand`).
    Lazy {
        item: Item,
        next: Filter,
    },
    /// One if there is: the rest cannot begin with it.
    Take(Item),
    /// One if the rest allows, or none.
    Optional {
        item: Item,
        next: Filter,
    },
    Open(u8),
    Position(u8),
    Close(u8),
    /// What a capture holds.
    Back(u8),
    /// Matches nothing: a back reference to a position.
    Fail,
    /// The end of the subject.
    End,
    Balance {
        open: u8,
        close: u8,
    },
    Frontier(SetRef),
    Error(PatternError),
}

const _: () = assert!(size_of::<Op>() <= 32);

/// Where a match can begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    Everywhere,
    Byte(u8),
    Set(SetRef),
    /// At a literal of two bytes and more, of which one is rare.
    Literal {
        start: usize,
        len: usize,
        rare: usize,
    },
}

/// What a search can make use of, if the pattern is not anchored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    General,
    /// A first operation that takes a span of one and more, with only captures opened before it. If
    /// what begins at `rest` fails behind the span, it fails as well from every other place in it.
    Lead {
        item: Item,
        rest: usize,
    },
    /// A span is all there is, captured as a whole or not.
    Span {
        item: Item,
        plus: bool,
        captured: bool,
    },
    /// A single byte is all there is, captured or not.
    One {
        captured: bool,
    },
    /// A single byte and a span are all there is, captured as a whole or not.
    Two {
        then: Item,
        plus: bool,
        captured: bool,
    },
}

/// A compiled pattern.
pub(super) struct Program {
    /// Whether it begins with `^`.
    pub(super) anchored: bool,
    /// Captures, finished or not, in a match.
    pub(super) n_captures: usize,
    ops: Vec<Op>,
    /// The pattern, and the literals of the operations.
    text: Vec<u8>,
    pattern_len: usize,
    /// Eight sets each, one a bit.
    tables: Vec<[u8; 256]>,
    start: Start,
    shape: Shape,
}

impl Program {
    fn pattern(&self) -> &[u8] {
        &self.text[..self.pattern_len]
    }

    /// The table in which a set has a bit.
    #[inline(always)]
    fn table(&self, set: SetRef) -> &[u8; 256] {
        let i = set.table as usize;
        match set::CLASS_TABLES.get(i) {
            Some(table) => table,
            None => &self.tables[i - set::CLASS_TABLES.len()],
        }
    }

    #[inline(always)]
    fn contains(&self, set: SetRef, byte: u8) -> bool {
        self.table(set)[usize::from(byte)] & set.mask != 0
    }

    #[inline(always)]
    fn accepts(&self, item: Item, byte: u8) -> bool {
        match item {
            Item::Byte(b) => byte == b,
            Item::NotByte(b) => byte != b,
            Item::Any => true,
            Item::Set(set) => self.contains(set, byte),
        }
    }
}

#[cfg(test)]
mod tests;
