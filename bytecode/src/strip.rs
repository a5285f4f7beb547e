//! Removal of debug information, as `luac -s` and `string.dump(f, true)` do it.

use alloc::vec::Vec;

use crate::chunk::Proto;

impl Proto {
    /// Removes source, lines, and the names of variables from this function and all nested ones.
    /// The lines on which functions begin and end stay.
    pub fn strip(&mut self) {
        self.source = None;
        self.line_info = Vec::new();
        self.abs_line_info = Vec::new();
        self.loc_vars = Vec::new();
        self.upvalue_names = Vec::new();
        self.protos.iter_mut().for_each(Self::strip);
    }
}
