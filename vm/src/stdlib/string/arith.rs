//! Arithmetic on strings that are numbers: handlers in the metatable of strings.

use super::natives;
use crate::closure::NativeFn;
use crate::metamethod::Event;
use crate::native::{NativeResult, to_number};
use crate::value::Value;
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

/// What a handler of a string's metatable returns, if it is one of these and returns at once.
pub(crate) fn computed_by(handler: Value, event: Event, a: Value, b: Value) -> Option<Value> {
    let (op, n) = match event {
        Event::Add => (ArithOp::Add, 0),
        Event::Sub => (ArithOp::Sub, 1),
        Event::Mul => (ArithOp::Mul, 2),
        Event::Mod => (ArithOp::Mod, 3),
        Event::Pow => (ArithOp::Pow, 4),
        Event::Div => (ArithOp::Div, 5),
        Event::IDiv => (ArithOp::IDiv, 6),
        Event::Unm => (ArithOp::Unm, 7),
        _ => return None,
    };
    if !handler.is_identical(Value::native(&HANDLERS[n])) {
        return None;
    }
    raw_arith(op, to_number(a)?, to_number(b)?).map(Value::from)
}

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
#[cold]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_found_by_their_events() {
        for (event, expected) in [
            (Event::Add, 9.0),
            (Event::Sub, 5.0),
            (Event::Mul, 14.0),
            (Event::Mod, 1.0),
            (Event::Pow, 49.0),
            (Event::Div, 3.5),
            (Event::IDiv, 3.0),
            (Event::Unm, -7.0),
        ] {
            let name = moonproof_bytecode::EVENT_NAMES[event as usize];
            let handler = HANDLERS.iter().find(|handler| handler.name == name);
            let handler = Value::native(handler.expect("every event has a handler"));
            let result = computed_by(handler, event, Value::int(7), Value::float(2.0));
            assert_eq!(result.and_then(Value::to_float), Some(expected), "{name}");
            assert!(computed_by(handler, Event::Concat, Value::int(7), Value::int(2)).is_none());
            assert!(computed_by(handler, event, Value::NIL, Value::int(2)).is_none());
        }
    }
}
