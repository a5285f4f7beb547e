//! Binary chunks to [`Chunk`]s (lundump.c).
//!
//! Any bytes may be given. What the reference's loader checks is checked in its order and refused
//! in its words; beyond that, constants must be of a known type and functions nested no deeper than
//! a compiler can nest them. Whether the chunk makes sense is the verifier's question.
//!
//! Memory taken is proportional to the bytes given, whatever counts they claim, and the depth of
//! nesting is on a stack of the loader's own, not Rust's.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod image;
mod proto;
mod wire;

use alloc::vec::Vec;

pub use image::{Image, ImageReader};

use wire::{Copies, Counted, Parsed, WireError, block, byte, fail, float, integer};

use crate::chunk::{Chunk, Proto};
use crate::error::{LoadError, LoadErrorKind};
use crate::header;
use crate::limits::MAX_C_CALLS;

/// Loads a binary chunk. Bytes behind it are ignored, as the reference does; [`load_with_offsets`]
/// tells whether there are any.
///
/// # Errors
///
/// If the bytes end too early, were written for another version or machine, or are malformed.
pub fn load(bytes: &[u8]) -> Result<Chunk, LoadError> {
    load_within(bytes, usize::MAX)
}

/// Loads a binary chunk, if that takes not more than about so many bytes of memory.
///
/// # Errors
///
/// As [`load`], and [`LoadErrorKind::Memory`].
pub fn load_within(bytes: &[u8], max_bytes: usize) -> Result<Chunk, LoadError> {
    Loader::new(bytes, None, max_bytes).run().map(|(chunk, _)| chunk)
}

/// Loads a binary chunk, and tells where in `bytes` its parts are.
///
/// # Errors
///
/// As [`load`].
pub fn load_with_offsets(bytes: &[u8]) -> Result<(Chunk, Offsets), LoadError> {
    let mut loader = Loader::new(bytes, Some(Vec::new()), usize::MAX);
    let (chunk, consumed) = loader.run()?;
    let mut protos = loader.offsets.unwrap_or_default();
    for entry in &mut protos {
        entry.offsets.count_from_start(bytes.len());
    }
    Ok((chunk, Offsets { consumed, protos }))
}

/// Where the functions of a chunk are in its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offsets {
    consumed: usize,
    /// Functions in the order in which they begin.
    protos: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    offsets: ProtoOffsets,
    /// Index of the first function that is not nested in this one.
    after: usize,
}

/// Offsets of a function's sections: that of their first item, behind its count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the fields of `Proto`")]
pub struct ProtoOffsets {
    /// First byte of the function.
    pub start: usize,
    pub code: usize,
    pub constants: usize,
    pub upvalues: usize,
    pub line_info: usize,
    pub abs_line_info: usize,
    pub loc_vars: usize,
    pub upvalue_names: usize,
    /// First byte behind the function.
    pub end: usize,
}

impl ProtoOffsets {
    /// Offset of the instruction at `pc`.
    pub fn instruction(&self, pc: u32) -> usize {
        self.code + pc as usize * usize::from(header::INSTRUCTION_SIZE)
    }

    /// Turns bytes left into offsets.
    fn count_from_start(&mut self, len: usize) {
        for field in [
            &mut self.start,
            &mut self.code,
            &mut self.constants,
            &mut self.upvalues,
            &mut self.line_info,
            &mut self.abs_line_info,
            &mut self.loc_vars,
            &mut self.upvalue_names,
            &mut self.end,
        ] {
            *field = len - *field;
        }
    }
}

impl Offsets {
    /// Bytes that the chunk takes; there may be more behind them.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Offsets of the function at `path`: indices of nested functions from the main function, which
    /// is empty. `None` if there is none.
    pub fn of(&self, path: &[u32]) -> Option<&ProtoOffsets> {
        let mut at = 0;
        for &idx in path {
            let end = self.protos.get(at)?.after;
            at += 1;
            for _ in 0..idx {
                at = self.protos.get(at).filter(|_| at < end)?.after;
            }
            if at >= end {
                return None;
            }
        }
        self.protos.get(at).map(|entry| &entry.offsets)
    }
}

/// Nested functions for which room is made at once, however many are said to come.
const MAX_RESERVED_PROTOS: usize = 16;

struct Loader<'a> {
    bytes: &'a [u8],
    /// Functions begun, from the main function to the one being read.
    open: Vec<Open>,
    /// One entry per function begun, holding bytes left, if anyone wants to know.
    offsets: Option<Vec<Entry>>,
    /// Bytes that may still be allocated.
    budget: usize,
    strings: Counted<Copies>,
}

/// A function whose nested functions are being read.
struct Open {
    proto: Proto,
    /// Nested functions still to be read.
    n_missing: u32,
    left: ProtoOffsets,
    /// Index of its entry in the offsets.
    entry: usize,
}

impl<'a> Loader<'a> {
    fn new(bytes: &'a [u8], offsets: Option<Vec<Entry>>, max_bytes: usize) -> Self {
        // Code, strings and the like are copied.
        let budget = max_bytes.saturating_sub(bytes.len());
        Self { bytes, open: Vec::new(), offsets, budget, strings: Counted::default() }
    }

    /// The chunk and how many bytes it takes.
    fn run(&mut self) -> Result<(Chunk, usize), LoadError> {
        match self.chunk(self.bytes) {
            Ok((rest, chunk)) => Ok((chunk, self.bytes.len() - rest.len())),
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err(self.place(error)),
            Err(nom::Err::Incomplete(_)) => {
                Err(self.place(WireError { kind: LoadErrorKind::Truncated, n_left: 0 }))
            }
        }
    }

    /// Says where an error is.
    #[cold]
    fn place(&self, error: WireError) -> LoadError {
        let parents = self.open.split_last().map_or(&[][..], |(_, parents)| parents);
        let path = parents.iter().map(|open| open.proto.protos.len() as u32).collect();
        LoadError::new(error.kind, self.bytes.len() - error.n_left, path)
    }

    fn chunk(&mut self, input: &'a [u8]) -> Parsed<'a, Chunk> {
        let (input, ()) = check_header(input)?;
        let (input, n_upvalues) = byte(input)?;
        let (input, main) = self.proto_tree(input)?;
        Ok((input, Chunk { n_upvalues, main }))
    }

    fn proto_tree(&mut self, input: &'a [u8]) -> Parsed<'a, Proto> {
        let mut input = self.begin(input)?;
        while let Some(top) = self.open.last_mut() {
            if let Some(n) = top.n_missing.checked_sub(1) {
                top.n_missing = n;
                input = self.begin(input)?;
                continue;
            }
            (input, ()) = proto::finish(
                input,
                &mut top.proto,
                &mut top.left,
                &mut self.budget,
                &self.strings,
            )?;
            if let Some(main) = self.close() {
                return Ok((input, main));
            }
        }
        fail(input, LoadErrorKind::Truncated)
    }

    /// Reads a function's first half and opens it.
    fn begin(&mut self, input: &'a [u8]) -> Result<&'a [u8], nom::Err<WireError>> {
        let entry = self.offsets.as_ref().map_or(0, Vec::len);
        if self.open.len() == self.open.capacity() {
            // They are large, most chunks nest few, and requests of a kilobyte are slow ones.
            self.open.reserve_exact(self.open.len().max(2));
        }
        // Opened before it is read, so that an error in it has its path.
        self.open.push(Open {
            proto: Proto::default(),
            n_missing: 0,
            left: ProtoOffsets::default(),
            entry,
        });
        if self.open.len() > MAX_C_CALLS as usize {
            return fail(input, LoadErrorKind::TooDeep).map(|(rest, ())| rest);
        }
        let Some(top) = self.open.last_mut() else { return Ok(input) };
        let (rest, n_missing) =
            proto::begin(input, &mut top.proto, &mut top.left, &mut self.budget, &self.strings)?;
        top.n_missing = n_missing;
        // Only functions that are open can lie, and there are few of those at a time.
        top.proto.protos.reserve_exact((n_missing as usize).min(MAX_RESERVED_PROTOS));
        if let Some(offsets) = &mut self.offsets {
            offsets.push(Entry { offsets: top.left, after: 0 });
        }
        Ok(rest)
    }

    /// Closes the last function opened and gives it to the one around it; the main function is
    /// returned.
    fn close(&mut self) -> Option<Proto> {
        let Open { proto, left, entry, .. } = self.open.pop()?;
        if let Some(offsets) = &mut self.offsets {
            let after = offsets.len();
            if let Some(slot) = offsets.get_mut(entry) {
                *slot = Entry { offsets: left, after };
            }
        }
        match self.open.last_mut() {
            Some(parent) => {
                push_nested(&mut parent.proto.protos, proto, parent.n_missing);
                None
            }
            None => Some(proto),
        }
    }
}

/// Adds a function to those it is defined with; so many are missing behind it. A function is large
/// and takes few bytes: doubling the list would go beyond all proportion.
fn push_nested(protos: &mut Vec<Proto>, proto: Proto, n_missing: u32) {
    if protos.len() == protos.capacity() {
        let more = (protos.len() / 8).max(MAX_RESERVED_PROTOS);
        protos.reserve_exact(more.min(n_missing as usize + 1));
    }
    protos.push(proto);
}

/// Checks the header, in the reference's order. Mirrors `checkHeader`.
fn check_header(input: &[u8]) -> Parsed<'_, ()> {
    let start = input;
    let (input, signature) = block(input, header::SIGNATURE.len())?;
    if signature != header::SIGNATURE {
        return fail(start, LoadErrorKind::NotBinary);
    }
    let start = input;
    let (input, version) = byte(input)?;
    if version != header::VERSION {
        return fail(start, LoadErrorKind::Version { found: version });
    }
    let start = input;
    let (input, format) = byte(input)?;
    if format != header::FORMAT {
        return fail(start, LoadErrorKind::Format { found: format });
    }
    let start = input;
    let (input, data) = block(input, header::DATA.len())?;
    if data != header::DATA {
        let mut found = [0; header::DATA.len()];
        found.copy_from_slice(data);
        return fail(start, LoadErrorKind::Corrupted { found });
    }
    let (input, ()) = check_size(input, "Instruction", header::INSTRUCTION_SIZE)?;
    let (input, ()) = check_size(input, "lua_Integer", header::INTEGER_SIZE)?;
    let (input, ()) = check_size(input, "lua_Number", header::NUMBER_SIZE)?;
    let start = input;
    let (input, found) = integer(input)?;
    if found != header::TEST_INTEGER {
        return fail(start, LoadErrorKind::IntegerFormat { found });
    }
    let start = input;
    let (input, number) = float(input)?;
    if number != header::TEST_NUMBER {
        return fail(start, LoadErrorKind::FloatFormat { found: number.to_bits() });
    }
    Ok((input, ()))
}

fn check_size<'a>(input: &'a [u8], type_name: &'static str, expected: u8) -> Parsed<'a, ()> {
    let (rest, found) = byte(input)?;
    if found == expected {
        Ok((rest, ()))
    } else {
        fail(input, LoadErrorKind::Size { type_name, expected, found })
    }
}

#[cfg(test)]
mod tests;
