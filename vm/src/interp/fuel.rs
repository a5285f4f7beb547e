//! What instructions cost beyond their one unit of fuel: those whose work grows with their operands.
//!
//! Only the handlers that meter ask. The work is done all the same: what it costs shows at the next
//! instruction.

use moonproof_bytecode::OpCode;

use super::{Consts, Insn};
use crate::call::N_EXTRA_MASK;
use crate::heap::Gc;
use crate::stack::Slot;
use crate::stdlib::NEXT;
use crate::table::Table;
use crate::value::{Tag, Value};
use crate::vm::Vm;

/// Bytes that are compared, as a power of two, or items that are passed, in the time of an
/// instruction.
const COMPARED_LOG2: u32 = 8;
const ITEMS: u32 = 8;
/// A number of this many characters is read in that time.
const DIGITS: usize = 64;

/// Whether an instruction may take longer than others.
#[inline(always)]
pub(super) fn depends_on_operands(i: Insn) -> bool {
    matches!(
        OpCode::from_u8(i.op()),
        Some(
            OpCode::Eq
                | OpCode::Lt
                | OpCode::Le
                | OpCode::EqK
                | OpCode::GetTable
                | OpCode::SetTable
                | OpCode::MmBin
                | OpCode::MmBinI
                | OpCode::MmBinK
                | OpCode::Vararg
                | OpCode::TForCall
        )
    )
}

/// Units for such an instruction, which is about to be executed.
#[inline(never)]
pub(super) fn extra_units(vm: &Vm, base: Slot, k: Consts, i: Insn) -> u64 {
    let reg = |offset: usize| base.reg(offset).get();
    let units = match OpCode::from_u8(i.op()) {
        Some(OpCode::Eq | OpCode::Lt | OpCode::Le) => comparison(reg(i.a()), reg(i.b())),
        Some(OpCode::EqK) => comparison(reg(i.a()), k.value(i.b())),
        Some(OpCode::GetTable) => long_length(reg(i.c())) >> COMPARED_LOG2,
        Some(OpCode::SetTable) => long_length(reg(i.b())) >> COMPARED_LOG2,
        Some(OpCode::MmBin) => (long_length(reg(i.a())) + long_length(reg(i.b()))) / DIGITS,
        Some(OpCode::MmBinI | OpCode::MmBinK) => long_length(reg(i.a())) / DIGITS,
        Some(OpCode::Vararg) if i.c() == 0 => {
            ((vm.cur.frame.info.get() & N_EXTRA_MASK) / ITEMS) as usize
        }
        Some(OpCode::TForCall) if reg(i.a()).is_identical(Value::native(&NEXT)) => {
            let [table, key] = [1, 2].map(|n| base.reg(i.a()).add(n).get());
            table.as_table().map_or(0, |table| units_to_next(vm, table, key))
        }
        _ => 0,
    };
    units as u64
}

fn comparison(a: Value, b: Value) -> usize {
    long_length(a).min(long_length(b)) >> COMPARED_LOG2
}

/// The length of a long string; nothing else takes long to look at.
fn long_length(value: Value) -> usize {
    if value.tag() == Tag::LONG_STR { value.as_string().map_or(0, |s| s.len()) } else { 0 }
}

/// Units for what a traversal passes on its way to the next item.
pub(crate) fn units_to_next(vm: &Vm, table: Gc<Table>, key: Value) -> usize {
    (table.steps_to_next(&vm.heap, key) / ITEMS) as usize
}

impl Vm {
    /// Pays for reading a value as a number, and for comparing it.
    #[inline]
    pub(crate) fn charge_for_text(&mut self, value: Value) {
        if self.metering {
            self.spend(long_length(value) / DIGITS);
        }
    }
}
