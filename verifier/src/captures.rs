//! Which registers of a function the closures that it makes capture.
//!
//! An upvalue of a nested function names a register of the enclosing function or one of its
//! upvalues; that it exists is F5, looked at once per nested function (`structure.rs`). The
//! dataflow asks at every CLOSURE which registers those are (V1).

use alloc::vec::Vec;

use moonproof_bytecode::Proto;

use crate::flow::Window;

/// Room for the sets of one function, kept from function to function.
#[derive(Default)]
pub(crate) struct Captures {
    sets: Vec<u64>,
}

impl Captures {
    /// By nested function, the registers of `proto` that a closure of it captures.
    pub(crate) fn of<const SHIFTED: bool>(
        &mut self,
        proto: &Proto,
        window: Window<SHIFTED>,
    ) -> &[u64] {
        self.sets.clear();
        self.sets.extend(proto.protos.iter().map(|nested| {
            nested.upvalues.iter().fold(0, |set, upvalue| {
                // Which of the two it is cannot be predicted: no branch asks. Any value but zero
                // makes it a register, as in `pushclosure`, lvm.c.
                let is_register = u64::from(upvalue.in_stack != 0);
                set | window.bit_if(is_register, u32::from(upvalue.idx))
            })
        }));
        &self.sets
    }
}
