//! The interpreter: one handler an instruction, each ending in the dispatch of the next.
//!
//! Handlers are written once. In an optimised build for a known target they call each other in tail
//! position, which becomes a jump with the whole state in registers; elsewhere the same functions
//! are arms of a loop (`build.rs` chooses). A handler keeps to the fast path and calls nothing that
//! returns to it; what is rarer continues in [`slow`](Vm::slow) by way of [`control::slow`].
//!
//! State: `pc` (the next instruction), `base` (register 0), `k` (constants), `i` (the instruction).
//! `pc` is saved in the frame before anything that can fail, call or collect.

mod arith;
mod calls;
#[cfg(feature = "checked")]
pub(crate) mod checked;
mod compare;
mod concat;
mod control;
mod fuel;
mod load;
mod loops;
mod run;
mod slow;
mod tables;
mod translate;
mod unchecked;

pub(crate) use fuel::units_to_next;
pub(crate) use run::{Dispatch, Handlers};
pub(crate) use slow::{Access, compare as compare_values};
pub(crate) use translate::translate;
pub(crate) use unchecked::{Code, ConstTable, Consts, Insn, Pc, SLOT_BYTES};

use moonproof_bytecode::OpCode;

/// The opcode that an internal instruction stands for.
pub(crate) fn plain_opcode(op: u8) -> Option<OpCode> {
    OpCode::from_u8(op)
}

/// How the interpreter returns to Rust.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The host's call has returned.
    Done,
    /// It failed.
    Raised,
}

/// What a handler returns.
#[cfg(tail_calls)]
mod protocol {
    pub(crate) type Step = super::Exit;
}

#[cfg(not(tail_calls))]
mod protocol {
    use super::{Consts, Exit, Pc};
    use crate::stack::Slot;

    /// What the loop does after a handler.
    pub(crate) enum Step {
        Go(Pc, Slot, Consts),
        Exit(Exit),
    }
}

use protocol::Step;
use run::Table;

/// Goes on with the instruction at `pc`.
#[cfg(tail_calls)]
macro_rules! next {
    ($vm:expr, $pc:expr, $base:expr, $k:expr, $t:expr) => {{
        let pc = $pc;
        #[cfg(feature = "checked")]
        $crate::interp::checked::state($vm, pc, $base, $k);
        let i = pc.fetch();
        return $t.of(i)($vm, pc.next(), $base, $k, i, $t);
    }};
}

#[cfg(not(tail_calls))]
macro_rules! next {
    ($vm:expr, $pc:expr, $base:expr, $k:expr, $t:expr) => {{
        let _ = ($vm, $t);
        return $crate::interp::Step::Go($pc, $base, $k);
    }};
}

/// Returns to Rust.
macro_rules! exit {
    ($exit:expr) => {{
        #[cfg(tail_calls)]
        return $exit;
        #[cfg(not(tail_calls))]
        return $crate::interp::Step::Exit($exit);
    }};
}

/// Defines handlers: functions of the machine state.
macro_rules! handlers {
    ($($(#[$attr:meta])* fn $name:ident($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident) $body:block)*) => {$(
        $(#[$attr])*
        #[allow(unused_variables, unreachable_code)]
        pub(super) fn $name(
            $vm: &mut $crate::vm::Vm,
            $pc: $crate::interp::Pc,
            $base: $crate::stack::Slot,
            $k: $crate::interp::Consts,
            $i: $crate::interp::Insn,
            $t: $crate::interp::Table,
        ) -> $crate::interp::Step $body
    )*};
}

pub(crate) use {exit, handlers, next};
