//! Pass 1: a function as a whole, before any of its words is looked at.
//!
//! Counts, frame size, vararg mark, upvalue descriptors against the enclosing function, and the
//! debug information that error messages and the debug library index without checking. The line
//! table is walked instruction by instruction only if a quick bound cannot exclude an overflow.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use moonproof_bytecode::limits::{
    ABS_LINE_MARK, MAX_INSTRUCTIONS_WITHOUT_ABS_LINE, MAX_INT, MAX_UPVALUES,
};
use moonproof_bytecode::{Proto, UpvalDesc};

use crate::diagnostic::{Gatherer, Pass, Place};
use crate::rules::Rule;

/// Room for the local variable check, kept from function to function.
pub(crate) struct Scratch {
    /// By instruction: variables that start there less variables that end there.
    changes: Vec<i32>,
    /// Where variables end that have started and may not have ended.
    ends: [u32; 256],
}

impl Scratch {
    /// Items of the longest list that is kept.
    pub(crate) fn capacity(&self) -> usize {
        self.changes.capacity()
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self { changes: Vec::new(), ends: [0; 256] }
    }
}

/// Checks one function; `parent` is absent for the main function, whose upvalue descriptors are
/// never read.
pub(crate) fn check(
    proto: &Proto,
    parent: Option<&Proto>,
    scratch: &mut Scratch,
    out: &mut Gatherer,
) {
    check_counts(proto, out);
    if let Some(parent) = parent {
        check_upvalues(proto, parent, out);
    }
    check_definition_lines(proto, out);
    if !proto.line_info.is_empty() {
        check_lines(proto, out);
    }
    check_loc_vars(proto, scratch, out);
}

fn check_counts(proto: &Proto, out: &mut Gatherer) {
    let n = proto.code.len();
    if n == 0 || n > MAX_INT as usize {
        report(out, Rule::F1, proto, Place::Function, || {
            (format!("1 to {MAX_INT} instructions"), format!("{n}"))
        });
    }
    if proto.n_params > proto.max_stack {
        report(out, Rule::F3, proto, Place::Function, || {
            (
                format!("a frame of at least {} registers", proto.n_params),
                format!("{}", proto.max_stack),
            )
        });
    }
    if proto.is_vararg > 1 {
        report(out, Rule::F4, proto, Place::Function, || {
            ("a vararg mark of 0 or 1".to_string(), format!("{}", proto.is_vararg))
        });
    }
    let n_upvalues = proto.upvalues.len();
    if n_upvalues > MAX_UPVALUES {
        report(out, Rule::H2, proto, Place::Function, || {
            (format!("at most {MAX_UPVALUES} upvalues"), format!("{n_upvalues}"))
        });
    }
    let n_names = proto.upvalue_names.len();
    if n_names != 0 && n_names != n_upvalues {
        report(out, Rule::D6, proto, Place::Function, || {
            (format!("no upvalue names or {n_upvalues}"), format!("{n_names}"))
        });
    }
}

fn check_upvalues(proto: &Proto, parent: &Proto, out: &mut Gatherer) {
    let n_upvalues = u16::try_from(parent.upvalues.len()).unwrap_or(u16::MAX);
    let limit = |upvalue: &UpvalDesc| {
        if upvalue.in_stack != 0 { u16::from(parent.max_stack) } else { n_upvalues }
    };
    // No branch depends on what an upvalue is.
    let is_wrong = |upvalue: &UpvalDesc| u16::from(upvalue.idx) >= limit(upvalue);
    if !proto.upvalues.iter().any(is_wrong) {
        return;
    }
    for (i, upvalue) in (0_u32..).zip(&proto.upvalues).filter(|(_, upvalue)| is_wrong(upvalue)) {
        let what = if upvalue.in_stack != 0 { "register" } else { "upvalue" };
        report(out, Rule::F5, proto, Place::Upvalue(i), || {
            (
                format!("a {what} below {} of the enclosing function", limit(upvalue)),
                format!("{}", upvalue.idx),
            )
        });
    }
}

fn check_definition_lines(proto: &Proto, out: &mut Gatherer) {
    for line in [proto.line_defined, proto.last_line_defined] {
        if line > MAX_INT {
            report(out, Rule::D6, proto, Place::Function, || {
                (format!("a definition line of at most {MAX_INT}"), format!("{line}"))
            });
        }
    }
}

/// Line information that is there; without it the absolute entries are never read, and a chunk
/// combined from several files may have them alone.
fn check_lines(proto: &Proto, out: &mut Gatherer) {
    let n = proto.code.len();
    if proto.line_info.len() != n {
        report(out, Rule::D1, proto, Place::Function, || {
            (format!("line information for none or {n}"), format!("{}", proto.line_info.len()))
        });
        return;
    }
    if check_abs_lines(proto, out) {
        check_estimate(proto, out);
        check_line_range(proto, out);
    }
}

/// The absolute entries by themselves and against the marks in the line table. Says whether they
/// may be used to walk it.
fn check_abs_lines(proto: &Proto, out: &mut Gatherer) -> bool {
    let mut previous = None;
    let mut fine = true;
    for (i, abs) in (0_u32..).zip(&proto.abs_line_info) {
        if previous.is_some_and(|pc| abs.pc <= pc) {
            report(out, Rule::D2, proto, Place::AbsLine(i), || {
                (format!("an instruction after {previous:?}"), format!("{}", abs.pc))
            });
            fine = false;
        } else if proto.line_info.get(abs.pc as usize) != Some(&ABS_LINE_MARK) {
            report(out, Rule::D2, proto, Place::AbsLine(i), || {
                ("an instruction marked in the line table".to_string(), format!("{}", abs.pc))
            });
            fine = false;
        }
        if abs.line > MAX_INT {
            report(out, Rule::D3, proto, Place::AbsLine(i), || {
                (format!("a line of at most {MAX_INT}"), format!("{}", abs.line))
            });
            fine = false;
        }
        previous = Some(abs.pc);
    }
    if proto.abs_line_info.is_empty() && !has_mark(&proto.line_info) {
        return true;
    }
    // Every entry has a mark of its own, so equal numbers mean that every mark has an entry.
    let n_marks = count_marks(&proto.line_info);
    if fine && n_marks != proto.abs_line_info.len() {
        report(out, Rule::D2, proto, Place::Function, || {
            (
                format!("an absolute line for each of {n_marks} marks"),
                format!("{}", proto.abs_line_info.len()),
            )
        });
        fine = false;
    }
    fine
}

/// Looks at pieces of one size, which the compiler turns into vector code; the last may overlap
/// with the one before.
fn has_mark(line_info: &[i8]) -> bool {
    const PIECE: usize = 16;
    let any = |piece: &[i8]| piece.iter().fold(false, |any, &delta| any | (delta == ABS_LINE_MARK));
    let (pieces, _) = line_info.as_chunks::<PIECE>();
    match line_info.last_chunk::<PIECE>() {
        Some(last) => any(last) || pieces.iter().fold(false, |found, piece| found | any(piece)),
        None => any(line_info),
    }
}

/// Counts in bytes first, which the compiler turns into vector code.
fn count_marks(line_info: &[i8]) -> usize {
    line_info
        .chunks(255)
        .map(|chunk| {
            let n = chunk
                .iter()
                .fold(0_u8, |n, &delta| n.wrapping_add(u8::from(delta == ABS_LINE_MARK)));
            usize::from(n)
        })
        .fold(0, usize::saturating_add)
}

/// The reference starts its search for the line of `pc` at entry `pc / 128 - 1`, which must exist
/// and not lie behind `pc` (`getbaseline`, ldebug.c). It is enough to look at the first such pc of
/// every entry.
fn check_estimate(proto: &Proto, out: &mut Gatherer) {
    const STEP: usize = MAX_INSTRUCTIONS_WITHOUT_ABS_LINE as usize;
    let Some(first) = proto.abs_line_info.first() else { return };
    let n = proto.code.len();
    for (entry, block_start) in (0_u32..).zip((STEP..n).step_by(STEP)) {
        let block_end = n.min(block_start.saturating_add(STEP));
        let pc = block_start.max(first.pc as usize);
        if pc >= block_end {
            continue;
        }
        let estimate = proto.abs_line_info.get(entry as usize);
        if estimate.is_none_or(|abs| abs.pc as usize > pc) {
            report(out, Rule::D2, proto, Place::AbsLine(entry), || {
                (
                    format!("an absolute line at or before instruction {pc}"),
                    estimate.map_or("none".to_string(), |abs| format!("one at {}", abs.pc)),
                )
            });
            return;
        }
    }
}

fn check_line_range(proto: &Proto, out: &mut Gatherer) {
    const INT: core::ops::RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;
    let highest_base =
        proto.abs_line_info.iter().map(|abs| abs.line).fold(proto.line_defined, u32::max);
    let reach = i64::try_from(proto.line_info.len()).unwrap_or(i64::MAX).saturating_mul(128);
    if INT.contains(&i64::from(highest_base).saturating_add(reach)) {
        return;
    }
    let mut abs_lines = proto.abs_line_info.iter();
    let mut line = i64::from(proto.line_defined);
    for (pc, &delta) in (0_u32..).zip(&proto.line_info) {
        if delta == ABS_LINE_MARK {
            line = abs_lines.next().map_or(0, |abs| i64::from(abs.line));
        } else {
            line = line.saturating_add(i64::from(delta));
        }
        if !INT.contains(&line) {
            report(out, Rule::D3, proto, Place::LineInfo(pc), || {
                ("a line that is an int".to_string(), format!("{line}"))
            });
            return;
        }
    }
}

fn check_loc_vars(proto: &Proto, scratch: &mut Scratch, out: &mut Gatherer) {
    if proto.loc_vars.iter().any(|var| var.name.is_none()) {
        for (i, _) in (0_u32..).zip(&proto.loc_vars).filter(|(_, var)| var.name.is_none()) {
            report(out, Rule::D4, proto, Place::LocVar(i), || {
                ("a name".to_string(), "none".to_string())
            });
        }
    }
    if proto.loc_vars.len() > usize::from(proto.max_stack) && !is_a_stack(proto, &mut scratch.ends)
    {
        check_active_vars(proto, scratch, out);
    }
}

/// Whether variables start in order, as a compiler lists them, and no more of them are active at
/// once than there are registers. When one starts, those on top of it that have ended by then are
/// gone for good, so that all that are active are among those that are left.
fn is_a_stack(proto: &Proto, ends: &mut [u32; 256]) -> bool {
    let mut n = 0_usize;
    let mut previous = 0;
    for var in &proto.loc_vars {
        if var.start_pc < previous {
            return false;
        }
        previous = var.start_pc;
        while let Some(top) = n.checked_sub(1)
            && ends.get(top).is_some_and(|&end| end <= var.start_pc)
        {
            n = top;
        }
        if n >= usize::from(proto.max_stack) {
            return false;
        }
        if let Some(end) = ends.get_mut(n) {
            *end = var.end_pc;
        }
        n = n.wrapping_add(1);
    }
    true
}

/// More variables than registers: counts those active at each instruction. The table need not be
/// sorted; counting more than the reference would, if it is not, errs on the safe side.
fn check_active_vars(proto: &Proto, scratch: &mut Scratch, out: &mut Gatherer) {
    let changes = &mut scratch.changes;
    changes.clear();
    changes.resize(proto.code.len(), 0);
    for var in &proto.loc_vars {
        if var.start_pc < var.end_pc {
            if let Some(change) = changes.get_mut(var.start_pc as usize) {
                *change = change.saturating_add(1);
            }
            if let Some(change) = changes.get_mut(var.end_pc as usize) {
                *change = change.saturating_sub(1);
            }
        }
    }
    let mut n_active = 0_i64;
    for (pc, &change) in (0_u32..).zip(changes.iter()) {
        n_active = n_active.saturating_add(i64::from(change));
        if n_active > i64::from(proto.max_stack) {
            report(out, Rule::D5, proto, Place::Code(pc), || {
                (format!("at most {} active variables", proto.max_stack), format!("{n_active}"))
            });
            return;
        }
    }
}

fn report(
    out: &mut Gatherer,
    rule: Rule,
    proto: &Proto,
    place: Place,
    texts: impl FnOnce() -> (String, String),
) {
    out.report((Pass::Structure, rule), proto, place, texts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_seen_wherever_it_is() {
        for len in 0..100 {
            let mut line_info: Vec<i8> = (0..len).map(|i| i as i8 - 50).collect();
            assert!(!has_mark(&line_info), "{len} bytes");
            for at in 0..len {
                let delta = std::mem::replace(&mut line_info[at], ABS_LINE_MARK);
                assert!(has_mark(&line_info), "{len} bytes, marked at {at}");
                assert_eq!(count_marks(&line_info), 1);
                line_info[at] = delta;
            }
        }
    }

    #[test]
    fn each_upvalue_is_looked_at() {
        let of = |in_stack, idx| UpvalDesc { in_stack, idx, kind: 0 };
        let parent = Proto { max_stack: 5, upvalues: vec![of(1, 0); 3], ..Proto::default() };
        for (in_stack, limit) in [(0, 3), (1, 5), (255, 5)] {
            for (idx, at) in (0..=255).flat_map(|idx| (0..20).map(move |at| (idx, at))) {
                let mut upvalues = vec![of(1, 4); 20];
                upvalues[at] = of(in_stack, idx);
                let proto = Proto { upvalues, ..Proto::default() };
                let mut out = Gatherer::default();
                check_upvalues(&proto, &parent, &mut out);
                assert_eq!(out.is_empty(), idx < limit, "{in_stack} {idx} at {at}");
            }
        }
    }
}
