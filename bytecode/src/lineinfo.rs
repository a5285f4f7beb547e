//! Lines of instructions, from the relative and the absolute table (ldebug.c).

use crate::chunk::Proto;
use crate::limits::{ABS_LINE_MARK, MAX_INSTRUCTIONS_WITHOUT_ABS_LINE};

impl Proto {
    /// The source line of the instruction at `pc`, or `None` if the function has no line
    /// information for it. Mirrors `luaG_getfuncline`.
    ///
    /// In a chunk that does not verify, the tables may contradict each other; the line is then
    /// meaningless, but computing it is safe.
    pub fn line_at(&self, pc: u32) -> Option<u32> {
        let end = pc as usize;
        if end >= self.line_info.len() {
            return None;
        }
        let (start, base) = self.base_line(pc);
        let deltas = self.line_info.get(start..=end).unwrap_or_default();
        Some(deltas.iter().fold(base, |line, delta| line.wrapping_add_signed(i32::from(*delta))))
    }

    /// Whether `pc` is on another line than `old_pc`, which is before it. Without line information
    /// nothing is. Mirrors `changedline`.
    pub fn changes_line(&self, old_pc: u32, pc: u32) -> bool {
        let between = self.line_info.get(old_pc as usize + 1..=pc as usize).unwrap_or_default();
        if between.len() >= MAX_INSTRUCTIONS_WITHOUT_ABS_LINE as usize / 2
            || between.contains(&ABS_LINE_MARK)
        {
            return self.line_at(old_pc) != self.line_at(pc);
        }
        between.iter().map(|delta| i32::from(*delta)).sum::<i32>() != 0
    }

    /// A line from which to start, and the first instruction whose difference is to be added to it.
    /// Mirrors `getbaseline`.
    fn base_line(&self, pc: u32) -> (usize, u32) {
        let entries = &self.abs_line_info;
        match entries.first() {
            Some(first) if pc >= first.pc => {}
            _ => return (0, self.line_defined),
        }
        // There is an entry at least every so many instructions, so that the one wanted is not
        // before the estimate.
        let estimate = (pc / MAX_INSTRUCTIONS_WITHOUT_ABS_LINE).saturating_sub(1) as usize;
        let mut at = estimate.min(entries.len() - 1);
        while entries.get(at + 1).is_some_and(|next| pc >= next.pc) {
            at += 1;
        }
        (entries[at].pc as usize + 1, entries[at].line)
    }

    /// The source lines of all instructions in order; empty without line information. Faster than
    /// asking for each.
    pub fn lines(&self) -> impl Iterator<Item = u32> {
        let mut abs_lines = self.abs_line_info.iter();
        self.line_info.iter().scan(self.line_defined, move |line, delta| {
            *line = match *delta {
                ABS_LINE_MARK => abs_lines.next().map_or(*line, |entry| entry.line),
                delta => line.wrapping_add_signed(i32::from(delta)),
            };
            Some(*line)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::AbsLine;

    #[test]
    fn lines_of_both_tables() {
        let mut proto = Proto { line_defined: 10, ..Proto::default() };
        proto.line_info = vec![1, 0, -3, ABS_LINE_MARK, 2];
        proto.abs_line_info = vec![AbsLine { pc: 3, line: 500 }];
        let expected = [11, 11, 8, 500, 502];
        assert_eq!(proto.lines().collect::<Vec<_>>(), expected);
        for (pc, line) in (0..).zip(expected) {
            assert_eq!(proto.line_at(pc), Some(line), "pc {pc}");
        }
        assert_eq!(proto.line_at(5), None);
        for pc in 1..5 {
            for old_pc in 0..pc {
                let differs = expected[old_pc as usize] != expected[pc as usize];
                assert_eq!(proto.changes_line(old_pc, pc), differs, "pc {old_pc} to {pc}");
            }
        }
        assert!(!Proto::default().changes_line(0, 1));
    }

    #[test]
    fn estimates_start_behind_the_first_entries() {
        let mut proto = Proto { line_defined: 1, ..Proto::default() };
        proto.line_info = vec![1; 1000];
        for pc in (100..1000).step_by(100) {
            proto.line_info[pc] = ABS_LINE_MARK;
            proto.abs_line_info.push(AbsLine { pc: pc as u32, line: pc as u32 + 2 });
        }
        for (pc, line) in (0..).zip(proto.lines()) {
            assert_eq!(line, pc + 2);
            assert_eq!(proto.line_at(pc), Some(line), "pc {pc}");
        }
    }

    #[test]
    fn contradictory_tables_do_no_harm() {
        let mut proto = Proto { line_defined: u32::MAX, ..Proto::default() };
        proto.line_info = vec![ABS_LINE_MARK; 600];
        proto.abs_line_info = vec![AbsLine { pc: 0, line: 1 }, AbsLine { pc: 599, line: 2 }];
        assert_eq!(proto.lines().count(), 600);
        assert!((0..600).all(|pc| proto.line_at(pc).is_some()));
        proto.abs_line_info = vec![AbsLine { pc: 0, line: 1 }, AbsLine { pc: 0, line: 2 }];
        assert!((0..600).all(|pc| proto.line_at(pc).is_some()));
    }
}
