//! Line information: a byte of difference per instruction, and absolute entries where that does
//! not do.

use moonproof_bytecode::AbsLine;
use moonproof_bytecode::limits::{
    ABS_LINE_MARK, LINE_DELTA_LIMIT, MAX_INSTRUCTIONS_WITHOUT_ABS_LINE,
};

use crate::parser::Parser;

impl Parser<'_> {
    /// Notes the line of the instruction just emitted. Mirrors `savelineinfo`.
    #[inline]
    pub(super) fn save_line(&mut self, line: u32) {
        let fs = &mut *self.fs;
        let delta = line.wrapping_sub(fs.previous_line) as i32;
        let is_near = -LINE_DELTA_LIMIT < delta && delta < LINE_DELTA_LIMIT;
        // The count is only kept while differences are near; it restarts otherwise.
        if is_near && fs.since_abs_line < MAX_INSTRUCTIONS_WITHOUT_ABS_LINE {
            fs.since_abs_line += 1;
            fs.line_info.push(delta as i8);
        } else {
            let pc = fs.code.len() as u32 - 1;
            fs.abs_line_info.push(AbsLine { pc, line });
            fs.line_info.push(ABS_LINE_MARK);
            fs.since_abs_line = 1;
        }
        fs.previous_line = line;
    }

    /// Forgets the line of the last instruction, but leaves its byte in place. Mirrors
    /// `removelastlineinfo`.
    ///
    /// If the entry was absolute, the one that replaces it has to be absolute too; the count is
    /// set so that it will be.
    pub(super) fn remove_last_line(&mut self) {
        let fs = &mut *self.fs;
        match fs.line_info.last() {
            Some(&ABS_LINE_MARK) => {
                fs.abs_line_info.pop();
                fs.since_abs_line = MAX_INSTRUCTIONS_WITHOUT_ABS_LINE + 1;
            }
            Some(&delta) => {
                fs.previous_line = fs.previous_line.wrapping_add_signed(-i32::from(delta));
                fs.since_abs_line -= 1;
            }
            None => {}
        }
    }

    /// Moves the instruction emitted last to `line`. Mirrors `luaK_fixline`.
    pub(crate) fn fix_line(&mut self, line: u32) {
        self.remove_last_line();
        self.fs.line_info.pop();
        self.save_line(line);
    }
}
