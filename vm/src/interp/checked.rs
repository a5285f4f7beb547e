//! The feature `checked`: what unchecked access rests on, asserted before every instruction and at
//! every operand. It says in running code what the verifier claims, and shares none of its code.

use moonproof_bytecode::opcode::Span;

use super::unchecked::{SLOT_BYTES, running};
use super::{Consts, Pc};
use crate::stack::Slot;
use crate::vm::Vm;

/// Asserts that the machine's state belongs together, and that the instruction at `pc` stays within
/// its function's registers.
pub(crate) fn state(vm: &Vm, pc: Pc, base: Slot, k: Consts) {
    let frame = vm.cur.frame;
    assert!(frame.is_lua() && frame.base.get() == base, "base");
    assert!(base.sub(1).tag() == crate::value::Tag::CLOSURE, "no function below the base");
    let proto = running(base).proto();
    let n_registers = usize::from(proto.max_stack);
    assert!(base.add(n_registers) <= vm.cur.limit, "registers behind the stack's limit");
    assert!(k == proto.consts(), "constants of another function");
    let code = &proto.shared.proto.code;
    // A place before the entry is a large number here.
    let index = pc.index_from(proto.entry());
    assert!(index < code.len(), "pc {index} of {}", code.len());

    let word = code[index];
    let Some(op) = word.opcode() else { panic!("no opcode") };
    assert!(op as u8 == pc.fetch().op(), "another opcode than in the chunk");
    let (a, b, c) = (word.a() as usize, word.b() as usize, word.c() as usize);
    let end = match op.info().span {
        Span::None => 0,
        Span::One => a + 1,
        Span::Two => a + 2,
        Span::Four => a + 4,
        Span::Five => a + 5,
        Span::NilFill | Span::List => a + b + 1,
        Span::CountB => a + b,
        Span::Call => a + b.max(c.saturating_sub(1)).max(1),
        Span::Return => a + b.saturating_sub(1),
        Span::Results => a + c.saturating_sub(1).max(1),
        Span::ForCall => a + 4 + c.max(3),
    };
    assert!(end <= n_registers, "{op:?} up to register {end} of {n_registers}");
}

/// Asserts that the function with that base has the register at `offset` bytes.
pub(crate) fn register(base: Slot, offset: usize) {
    let n_registers = usize::from(running(base).proto().max_stack);
    assert!(offset.is_multiple_of(SLOT_BYTES), "offset {offset}");
    // CLOSE, RETURN0 and their like may name the end.
    assert!(
        offset / SLOT_BYTES <= n_registers,
        "register {} of {n_registers}",
        offset / SLOT_BYTES
    );
}
