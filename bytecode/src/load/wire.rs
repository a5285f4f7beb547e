//! Parsers of what chunks are made of: bytes, variable-length numbers, strings (lundump.c).
//!
//! Input is complete. An error holds how many bytes were left, from which the loader works out the
//! offset; nom's types go no further than the loader.

use alloc::vec::Vec;
use core::cell::Cell;

use nom::IResult;
use nom::bytes::complete::take;
use nom::error::{ErrorKind, ParseError};
use nom::number::complete::{le_f64, le_i64, le_u8};

use crate::byte_string::ByteString;
use crate::error::LoadErrorKind;
use crate::limits::MAX_INT;

/// What is wrong, and the bytes left where it is.
#[derive(Debug)]
pub(super) struct WireError {
    pub(super) kind: LoadErrorKind,
    pub(super) n_left: usize,
}

impl ParseError<&[u8]> for WireError {
    /// nom's own parsers fail on complete input for want of bytes alone.
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self { kind: LoadErrorKind::Truncated, n_left: input.len() }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a parser of this module returns.
pub(super) type Parsed<'a, T> = IResult<&'a [u8], T, WireError>;

/// Fails with `kind`, `input` being what is left at the fault.
#[cold]
pub(super) fn fail<T>(input: &[u8], kind: LoadErrorKind) -> Parsed<'_, T> {
    Err(nom::Err::Failure(WireError { kind, n_left: input.len() }))
}

/// Takes what is about to be allocated off the bytes that may still be.
#[inline]
pub(super) fn spend(
    input: &[u8],
    budget: &mut usize,
    bytes: usize,
) -> Result<(), nom::Err<WireError>> {
    match budget.checked_sub(bytes) {
        Some(left) => {
            *budget = left;
            Ok(())
        }
        None => fail(input, LoadErrorKind::Memory).map(|(_, ())| ()),
    }
}

/// A byte (`loadByte`).
#[inline]
pub(super) fn byte(input: &[u8]) -> Parsed<'_, u8> {
    le_u8(input)
}

/// An integer of eight bytes (`loadInteger`).
#[inline]
pub(super) fn integer(input: &[u8]) -> Parsed<'_, i64> {
    le_i64(input)
}

/// A float of eight bytes (`loadNumber`).
#[inline]
pub(super) fn float(input: &[u8]) -> Parsed<'_, f64> {
    le_f64(input)
}

/// `n` bytes as they are (`loadBlock`).
#[inline]
pub(super) fn block(input: &[u8], n: usize) -> Parsed<'_, &[u8]> {
    take(n)(input)
}

/// A number in groups of seven bits, most significant first, the last group marked by its eighth
/// bit. Zero groups in front are legal, as in the reference. Mirrors `loadUnsigned`.
#[inline]
fn unsigned(input: &[u8], limit: u64) -> Parsed<'_, u64> {
    match input {
        [first, rest @ ..] if first & 0x80 != 0 => Ok((rest, u64::from(first & 0x7F))),
        _ => long_unsigned(input, limit >> 7),
    }
}

fn long_unsigned(input: &[u8], limit: u64) -> Parsed<'_, u64> {
    let mut value = 0;
    let mut rest = input;
    loop {
        let (after, group) = byte(rest)?;
        if value >= limit {
            return fail(rest, LoadErrorKind::IntegerOverflow);
        }
        value = value << 7 | u64::from(group & 0x7F);
        rest = after;
        if group & 0x80 != 0 {
            return Ok((rest, value));
        }
    }
}

/// A count or position, at most 2147483519 (`loadInt`).
#[inline]
pub(super) fn int(input: &[u8]) -> Parsed<'_, u32> {
    let (rest, value) = unsigned(input, u64::from(MAX_INT))?;
    // The limit keeps it below 2^31.
    Ok((rest, value as u32))
}

/// As [`int`], of a number of one or two bytes; most are.
#[inline(always)]
pub(super) fn short_int(input: &[u8]) -> Option<(&[u8], u32)> {
    match input {
        [a, rest @ ..] if a & 0x80 != 0 => Some((rest, u32::from(a & 0x7F))),
        [a, b, rest @ ..] if b & 0x80 != 0 => {
            Some((rest, u32::from(*a) << 7 | u32::from(b & 0x7F)))
        }
        _ => None,
    }
}

/// What becomes of the strings of a chunk.
pub(super) trait Strings {
    /// The first `len` bytes, if they can be kept in place and the input does not end soon.
    fn short(&self, input: &[u8], len: usize) -> Option<ByteString>;

    /// The first `len` bytes, which are there.
    fn any(&self, input: &[u8], len: usize) -> ByteString;
}

/// What becomes of them, and how many bytes those take that are not kept in place.
#[derive(Default)]
pub(super) struct Counted<S> {
    strings: S,
    heap_bytes: Cell<usize>,
}

impl<S> Counted<S> {
    pub(super) fn heap_bytes(&self) -> usize {
        self.heap_bytes.get()
    }
}

impl<S: Strings> Strings for Counted<S> {
    #[inline(always)]
    fn short(&self, input: &[u8], len: usize) -> Option<ByteString> {
        self.strings.short(input, len)
    }

    #[inline]
    fn any(&self, input: &[u8], len: usize) -> ByteString {
        let n_bytes = ByteString::heap_bytes_of(len);
        self.heap_bytes.set(self.heap_bytes.get().saturating_add(n_bytes));
        self.strings.any(input, len)
    }
}

/// They are copied.
#[derive(Default)]
pub(super) struct Copies;

impl Strings for Copies {
    #[inline(always)]
    fn short(&self, input: &[u8], len: usize) -> Option<ByteString> {
        ByteString::from_space(input.first_chunk()?, len)
    }

    #[inline]
    fn any(&self, input: &[u8], len: usize) -> ByteString {
        ByteString::from_prefix(input, len)
    }
}

/// As [`string`], of one that is kept in place, unless the input ends soon; most are, and most of
/// the time a loader takes is spent here.
#[inline(always)]
pub(super) fn short_string<'a>(
    input: &'a [u8],
    strings: &impl Strings,
) -> Option<(&'a [u8], ByteString)> {
    let (size, rest) = input.split_first()?;
    // One more than the length, marked as its own last group.
    let len = usize::from(size.checked_sub(0x80 + 1)?);
    let string = strings.short(rest, len)?;
    Some((rest.get(len..)?, string))
}

/// A string, or none (`loadStringN`).
#[inline]
pub(super) fn optional_string<'a>(
    input: &'a [u8],
    strings: &impl Strings,
) -> Parsed<'a, Option<ByteString>> {
    let (rest, size) = unsigned(input, u64::MAX)?;
    let Some(len) = size.checked_sub(1) else {
        return Ok((rest, None));
    };
    let start = rest;
    let (rest, bytes) = block(rest, usize::try_from(len).unwrap_or(usize::MAX))?;
    Ok((rest, Some(strings.any(start, bytes.len()))))
}

/// A string that must be there (`loadString`).
#[inline]
pub(super) fn string<'a>(input: &'a [u8], strings: &impl Strings) -> Parsed<'a, ByteString> {
    match optional_string(input, strings)? {
        (rest, Some(string)) => Ok((rest, string)),
        (rest, None) => fail(rest, LoadErrorKind::NullString),
    }
}

/// Fills `list` with `n` items, each of at least `min_size` bytes. Room is made for no more of them
/// than can be left in the input, so that a count that lies costs nothing; it then fails where the
/// input ends. What they take is taken off the budget.
#[inline]
pub(super) fn items<'a, T>(
    input: &'a [u8],
    list: &mut Vec<T>,
    budget: &mut usize,
    (n, min_size): (u32, usize),
    item: impl FnMut(&'a [u8]) -> Parsed<'a, T>,
) -> Parsed<'a, ()> {
    items_or(input, list, budget, (n, min_size), |_| None, item)
}

/// Takes a list out of its place, to fill it with so many items.
#[inline(always)]
pub(super) fn emptied<T>(place: &mut Vec<T>, room: usize) -> Vec<T> {
    let mut list = core::mem::take(place);
    if list.capacity() < room {
        return Vec::with_capacity(room);
    }
    list.clear();
    list
}

/// As [`items`]; `short` reads most items, and what it does not read, `item` does.
#[inline]
pub(super) fn items_or<'a, T>(
    mut input: &'a [u8],
    place: &mut Vec<T>,
    budget: &mut usize,
    (n, min_size): (u32, usize),
    short: impl Fn(&'a [u8]) -> Option<(&'a [u8], T)>,
    mut item: impl FnMut(&'a [u8]) -> Parsed<'a, T>,
) -> Parsed<'a, ()> {
    let n = n as usize;
    let room = n.min(input.len() / min_size);
    spend(input, budget, room.saturating_mul(size_of::<T>()))?;
    let mut list = emptied(place, room);
    for _ in 0..n {
        if let Some((rest, value)) = short(input) {
            list.push(value);
            input = rest;
            continue;
        }
        let (rest, value) = item(input)?;
        list.push(value);
        input = rest;
    }
    *place = list;
    Ok((input, ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome<T>(parsed: Parsed<'_, T>) -> Result<(usize, T), (LoadErrorKind, usize)> {
        match parsed {
            Ok((rest, value)) => Ok((rest.len(), value)),
            Err(nom::Err::Error(e) | nom::Err::Failure(e)) => Err((e.kind, e.n_left)),
            Err(nom::Err::Incomplete(_)) => unreachable!("input is complete"),
        }
    }

    #[test]
    fn counts() {
        use LoadErrorKind::{IntegerOverflow, Truncated};
        let check =
            |bytes: &[u8], expected| assert_eq!(outcome(int(bytes)), expected, "{bytes:x?}");
        check(&[0x80], Ok((0, 0)));
        check(&[0xFF, 9], Ok((1, 127)));
        check(&[0x01, 0x80], Ok((0, 128)));
        check(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81], Ok((0, 1)));
        check(&[0x07, 0x7F, 0x7F, 0x7E, 0xFF], Ok((0, 2_147_483_519)));
        check(&[0x07, 0x7F, 0x7F, 0x7F, 0x80], Err((IntegerOverflow, 1)));
        check(&[], Err((Truncated, 0)));
        check(&[0, 1], Err((Truncated, 0)));
    }

    #[test]
    fn strings() {
        let check = |bytes: &[u8], expected: Result<(usize, Option<&str>), _>| {
            let expected = expected.map(|(n, s)| (n, s.map(ByteString::from)));
            assert_eq!(outcome(optional_string(bytes, &Copies)), expected, "{bytes:x?}");
        };
        check(&[0x80], Ok((0, None)));
        check(&[0x81], Ok((0, Some(""))));
        check(b"\x83ab!", Ok((1, Some("ab"))));
        check(b"\x83a", Err((LoadErrorKind::Truncated, 1)));
        check(
            &[0x01, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7E, 0xFF],
            Err((LoadErrorKind::Truncated, 0)),
        );
        check(
            &[0x01, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0xFF],
            Err((LoadErrorKind::IntegerOverflow, 1)),
        );
        assert_eq!(outcome(string(&[0x80, 1], &Copies)), Err((LoadErrorKind::NullString, 1)));
    }

    #[test]
    fn short_forms_agree_with_others() {
        let space = [b'x'; 40];
        for first in 0..=255 {
            for second in [0, 1, 0x7F, 0x80, 0x81, 0xFF] {
                let bytes = [&[first, second], &space[..]].concat();
                let same_int = short_int(&bytes)
                    .is_none_or(|(rest, value)| outcome(int(&bytes)) == Ok((rest.len(), value)));
                assert!(same_int, "{first} {second}");
                for end in 0..=bytes.len() {
                    let bytes = &bytes[..end];
                    let same_string = short_string(bytes, &Copies).is_none_or(|(rest, value)| {
                        outcome(string(bytes, &Copies)) == Ok((rest.len(), value))
                    });
                    assert!(same_string, "{first} {second}");
                }
            }
        }
        assert!(short_int(&[0x80]).is_some() && short_int(&[1, 0x80]).is_some());
        assert!(short_string(&[&[0x81], &space[..]].concat(), &Copies).is_some());
    }

    #[test]
    fn lying_counts_reserve_little() {
        let mut list = Vec::new();
        let parsed = items(&[1, 2, 3], &mut list, &mut { usize::MAX }, (2_000_000_000, 1), byte);
        assert_eq!(outcome(parsed), Err((LoadErrorKind::Truncated, 0)));
        assert_eq!(list.capacity(), 0);
    }
}
