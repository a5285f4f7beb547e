//! Parsers of a function's parts (`loadFunction` and what it calls, lundump.c).
//!
//! Nested functions stand in the middle of a function, so that it is read in two halves, [`begin`]
//! and [`finish`], with the loader's own stack between them.

use alloc::vec::Vec;

use super::ProtoOffsets;
use super::wire::{
    Parsed, Strings, block, byte, emptied, fail, float, int, integer, items, items_or,
    optional_string, short_int, short_string, spend, string,
};
use crate::byte_string::ByteString;
use crate::chunk::{AbsLine, Constant, LocVar, Proto, UpvalDesc};
use crate::error::LoadErrorKind;
use crate::header::tag;
use crate::instruction::Instruction;

/// Fewest bytes of each item, from which follows how many the rest of the input can hold.
mod min_size {
    pub(super) const INSTRUCTION: usize = 4;
    pub(super) const CONSTANT: usize = 1;
    pub(super) const UPVALUE: usize = 3;
    pub(super) const ABS_LINE: usize = 2;
    pub(super) const LOC_VAR: usize = 3;
    pub(super) const NAME: usize = 1;
}

/// Reads a function up to its nested functions, and how many of those there are. Sections are
/// entered in `left` as bytes left, and memory is taken off the budget, but for what takes no more
/// than the input does. The function is filled in where it is: it is large to move.
pub(super) fn begin<'a>(
    input: &'a [u8],
    proto: &mut Proto,
    left: &mut ProtoOffsets,
    budget: &mut usize,
    strings: &impl Strings,
) -> Parsed<'a, u32> {
    spend(input, budget, size_of::<Proto>())?;
    left.start = input.len();
    let (input, source) = optional_string(input, strings)?;
    proto.source = source;
    let (input, line) = int(input)?;
    proto.line_defined = line;
    let (input, line) = int(input)?;
    proto.last_line_defined = line;
    let (input, n_params) = byte(input)?;
    proto.n_params = n_params;
    let (input, is_vararg) = byte(input)?;
    proto.is_vararg = is_vararg;
    let (input, max_stack) = byte(input)?;
    proto.max_stack = max_stack;
    let (input, n_instructions) = int(input)?;
    left.code = input.len();
    let (input, ()) = code(input, &mut proto.code, n_instructions)?;
    let (input, n_constants) = int(input)?;
    left.constants = input.len();
    let (input, ()) = items_or(
        input,
        &mut proto.constants,
        budget,
        (n_constants, min_size::CONSTANT),
        |input| short_constant(input, strings),
        |input| constant(input, strings),
    )?;
    let (input, n_upvalues) = int(input)?;
    left.upvalues = input.len();
    let (input, ()) = upvalues(input, &mut proto.upvalues, budget, n_upvalues)?;
    int(input)
}

/// Reads the debug information of a function that has all its nested functions (`loadDebug`).
pub(super) fn finish<'a>(
    input: &'a [u8],
    proto: &mut Proto,
    left: &mut ProtoOffsets,
    budget: &mut usize,
    strings: &impl Strings,
) -> Parsed<'a, ()> {
    let (input, n_lines) = int(input)?;
    left.line_info = input.len();
    let (input, lines) = block(input, n_lines as usize)?;
    refill(&mut proto.line_info, lines.iter().map(|delta| *delta as i8));
    let (input, n_abs_lines) = int(input)?;
    left.abs_line_info = input.len();
    let (input, ()) = items(
        input,
        &mut proto.abs_line_info,
        budget,
        (n_abs_lines, min_size::ABS_LINE),
        abs_line,
    )?;
    let (input, n_loc_vars) = int(input)?;
    left.loc_vars = input.len();
    let (input, ()) = items_or(
        input,
        &mut proto.loc_vars,
        budget,
        (n_loc_vars, min_size::LOC_VAR),
        |input| short_loc_var(input, strings),
        |input| loc_var(input, strings),
    )?;
    let (input, n_names) = int(input)?;
    left.upvalue_names = input.len();
    // Quirk: any count but zero stands for that of the upvalues.
    let n_names = if n_names == 0 { 0 } else { proto.upvalues.len() as u32 };
    let (input, ()) = items_or(
        input,
        &mut proto.upvalue_names,
        budget,
        (n_names, min_size::NAME),
        |input| short_name(input, strings),
        |input| optional_string(input, strings),
    )?;
    left.end = input.len();
    Ok((input, ()))
}

/// Replaces what a list holds.
#[inline(always)]
fn refill<T>(place: &mut Vec<T>, items: impl ExactSizeIterator<Item = T>) {
    let mut list = emptied(place, items.len());
    list.extend(items);
    *place = list;
}

fn code<'a>(input: &'a [u8], code: &mut Vec<Instruction>, n: u32) -> Parsed<'a, ()> {
    let (rest, bytes) = block(input, (n as usize).saturating_mul(min_size::INSTRUCTION))?;
    let (words, _) = bytes.as_chunks();
    refill(code, words.iter().map(|word| Instruction(u32::from_le_bytes(*word))));
    Ok((rest, ()))
}

#[inline]
fn constant<'a>(input: &'a [u8], strings: &impl Strings) -> Parsed<'a, Constant> {
    let (rest, tag) = byte(input)?;
    match tag {
        tag::NIL => Ok((rest, Constant::Nil)),
        tag::FALSE => Ok((rest, Constant::Bool(false))),
        tag::TRUE => Ok((rest, Constant::Bool(true))),
        tag::INTEGER => integer(rest).map(|(rest, i)| (rest, Constant::Integer(i))),
        tag::FLOAT => float(rest).map(|(rest, f)| (rest, Constant::Float(f))),
        // Quirk: which of the two tags it is does not matter.
        tag::SHORT_STRING | tag::LONG_STRING => {
            string(rest, strings).map(|(rest, s)| (rest, Constant::String(s)))
        }
        _ => fail(input, LoadErrorKind::UnknownConstant { tag }),
    }
}

#[inline(always)]
fn short_constant<'a>(input: &'a [u8], strings: &impl Strings) -> Option<(&'a [u8], Constant)> {
    match input {
        [tag::SHORT_STRING | tag::LONG_STRING, rest @ ..] => {
            short_string(rest, strings).map(|(rest, s)| (rest, Constant::String(s)))
        }
        _ => None,
    }
}

fn upvalues<'a>(
    input: &'a [u8],
    list: &mut Vec<UpvalDesc>,
    budget: &mut usize,
    n: u32,
) -> Parsed<'a, ()> {
    let n_bytes = (n as usize).saturating_mul(min_size::UPVALUE);
    let Some((bytes, rest)) = input.split_at_checked(n_bytes) else {
        // It fails where the input ends.
        return items(input, list, budget, (n, min_size::UPVALUE), upvalue);
    };
    let (all, _) = bytes.as_chunks();
    let desc = |&[in_stack, idx, kind]: &[u8; min_size::UPVALUE]| UpvalDesc { in_stack, idx, kind };
    refill(list, all.iter().map(desc));
    Ok((rest, ()))
}

#[inline]
fn upvalue(input: &[u8]) -> Parsed<'_, UpvalDesc> {
    let (input, in_stack) = byte(input)?;
    let (input, idx) = byte(input)?;
    let (input, kind) = byte(input)?;
    Ok((input, UpvalDesc { in_stack, idx, kind }))
}

#[inline]
fn abs_line(input: &[u8]) -> Parsed<'_, AbsLine> {
    let (input, pc) = int(input)?;
    let (input, line) = int(input)?;
    Ok((input, AbsLine { pc, line }))
}

#[inline(always)]
fn short_loc_var<'a>(input: &'a [u8], strings: &impl Strings) -> Option<(&'a [u8], LocVar)> {
    let (input, name) = short_string(input, strings)?;
    let (input, start_pc) = short_int(input)?;
    let (input, end_pc) = short_int(input)?;
    Some((input, LocVar { name: Some(name), start_pc, end_pc }))
}

#[inline(always)]
fn short_name<'a>(
    input: &'a [u8],
    strings: &impl Strings,
) -> Option<(&'a [u8], Option<ByteString>)> {
    short_string(input, strings).map(|(rest, name)| (rest, Some(name)))
}

#[inline]
fn loc_var<'a>(input: &'a [u8], strings: &impl Strings) -> Parsed<'a, LocVar> {
    let (input, name) = optional_string(input, strings)?;
    let (input, start_pc) = int(input)?;
    let (input, end_pc) = int(input)?;
    Ok((input, LocVar { name, start_pc, end_pc }))
}
