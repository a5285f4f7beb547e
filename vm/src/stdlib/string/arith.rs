//! Arithmetic on strings that are numbers: handlers in the metatable of strings.

use super::natives;
use crate::closure::NativeFn;
use crate::metamethod::Event;
use crate::native::{NativeResult, to_number};
use crate::vm::Vm;
use moonproof_bytecode::number::{ArithOp, raw_arith};

pub(super) static HANDLERS: &[NativeFn] = natives! {
    "__add" => |vm| arith(vm, ArithOp::Add, Event::Add),
    "__sub" => |vm| arith(vm, ArithOp::Sub, Event::Sub),
    "__mul" => |vm| arith(vm, ArithOp::Mul, Event::Mul),
    "__mod" => |vm| arith(vm, ArithOp::Mod, Event::Mod),
    "__pow" => |vm| arith(vm, ArithOp::Pow, Event::Pow),
    "__div" => |vm| arith(vm, ArithOp::Div, Event::Div),
    "__idiv" => |vm| arith(vm, ArithOp::IDiv, Event::IDiv),
    "__unm" => |vm| arith(vm, ArithOp::Unm, Event::Unm),
};

/// Computes with both operands as numbers, or leaves it to the second one's metatable.
fn arith(vm: &mut Vm, op: ArithOp, event: Event) -> NativeResult {
    let (Some(a), Some(b)) = (to_number(vm.arg(1)), to_number(vm.arg(2))) else {
        return by_second_operand(vm, event);
    };
    match raw_arith(op, a, b) {
        Some(result) => vm.ret(result.into()),
        // No place: the reference raises it while this function runs.
        None if op == ArithOp::Mod => Err(vm.runtime_error(b"attempt to perform 'n%0'")),
        None => Err(vm.runtime_error(b"attempt to divide by zero")),
    }
}

/// One operand is no number: the second one's handler, if it is not a string's (`trymt`).
fn by_second_operand(vm: &mut Vm, event: Event) -> NativeResult {
    vm.set_n_args(2);
    let (a, b) = (vm.arg(1), vm.arg(2));
    let handler = vm.handler(b, event);
    if b.tag().is_string() || handler.is_nil() {
        let message = format!(
            "attempt to {} a '{}' with a '{}'",
            &moonproof_bytecode::EVENT_NAMES[event as usize][2..],
            a.tag().lua_type().name(),
            b.tag().lua_type().name(),
        );
        return Err(vm.error_at_caller(message.as_bytes()));
    }
    let result = vm.call_for_one(handler, &[a, b])?;
    vm.ret(result)
}
