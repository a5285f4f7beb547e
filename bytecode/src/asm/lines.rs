//! Line tables from lines, as a compiler makes them.

use crate::chunk::AbsLine;
use crate::limits::{ABS_LINE_MARK, LINE_DELTA_LIMIT, MAX_INSTRUCTIONS_WITHOUT_ABS_LINE};

/// Both tables for instructions of these lines, in a function defined in line `first`. Mirrors
/// `savelineinfo`, lcode.c.
pub(super) fn encode(first: u32, lines: impl Iterator<Item = u32>) -> (Vec<i8>, Vec<AbsLine>) {
    let mut deltas = Vec::new();
    let mut abs_lines = Vec::new();
    let mut previous = first;
    let mut n_without_abs = 0;
    for (pc, line) in (0..).zip(lines) {
        let delta = i64::from(line) - i64::from(previous);
        let is_far = delta.abs() >= i64::from(LINE_DELTA_LIMIT);
        if is_far || n_without_abs >= MAX_INSTRUCTIONS_WITHOUT_ABS_LINE {
            abs_lines.push(AbsLine { pc, line });
            deltas.push(ABS_LINE_MARK);
            n_without_abs = 1;
        } else {
            // Near enough to fit.
            deltas.push(delta as i8);
            n_without_abs += 1;
        }
        previous = line;
    }
    (deltas, abs_lines)
}
