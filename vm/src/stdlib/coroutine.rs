//! The coroutine library (lcorolib.c).

use super::{natives, new_library};
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::table::Table;
use crate::thread::{Status, Thread};
use crate::value::Value;
use crate::vm::{Raised, Vm};

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "create" => create,
        "resume" => resume,
        "running" => running,
        "status" => status,
        "wrap" => wrap,
        "yield" => yield_,
        "isyieldable" => is_yieldable,
        "close" => close,
    };
    new_library(vm, FUNCTIONS, 0)
}

fn check_thread(vm: &mut Vm) -> Result<Gc<Thread>, Raised> {
    match vm.arg(1).as_thread() {
        Some(thread) => Ok(thread),
        None => Err(vm.type_error(1, "thread")),
    }
}

fn check_body(vm: &mut Vm) -> Result<Gc<Thread>, Raised> {
    let body = vm.check_type(1, crate::value::LuaType::Function)?;
    Ok(vm.new_coroutine(body))
}

fn create(vm: &mut Vm) -> NativeResult {
    let co = check_body(vm)?;
    vm.ret(Value::thread(co))
}

fn resume(vm: &mut Vm) -> NativeResult {
    let thread = check_thread(vm)?;
    Ok(vm.then_resume(thread, vm.n_args() - 1, Cont::Resume))
}

fn wrap(vm: &mut Vm) -> NativeResult {
    static WRAPPED: NativeFn = NativeFn { name: "?", call: resume_wrapped };
    let co = check_body(vm)?;
    let function = vm.heap.new_native_closure(&WRAPPED, &[Value::thread(co)]);
    vm.ret(Value::native_closure(function))
}

fn resume_wrapped(vm: &mut Vm) -> NativeResult {
    let function = vm.cur.frame.function().as_native_closure();
    match function.and_then(|function| function.upvalue(0).as_thread()) {
        Some(thread) => Ok(vm.then_resume(thread, vm.n_args(), Cont::Wrap)),
        None => Err(vm.error_at_caller(b"not a wrapped coroutine")),
    }
}

fn yield_(vm: &mut Vm) -> NativeResult {
    Ok(NativeRet::Yield(vm.n_args()))
}

fn running(vm: &mut Vm) -> NativeResult {
    let (thread, is_main) = (vm.thread, vm.thread == vm.main_thread);
    vm.push(Value::thread(thread));
    vm.push(Value::bool(is_main));
    Ok(NativeRet::Values(2))
}

fn status_name(status: Status) -> &'static [u8] {
    match status {
        Status::Suspended => b"suspended",
        Status::Running => b"running",
        Status::Normal => b"normal",
        Status::Dead => b"dead",
    }
}

fn status(vm: &mut Vm) -> NativeResult {
    let co = check_thread(vm)?;
    vm.ret_str(status_name(co.status.get()))
}

fn is_yieldable(vm: &mut Vm) -> NativeResult {
    let co = if vm.has_arg(1) { check_thread(vm)? } else { vm.thread };
    let yieldable = co != vm.main_thread && co.n_native_calls.get() == 0;
    vm.ret(Value::bool(yieldable))
}

fn close(vm: &mut Vm) -> NativeResult {
    let co = check_thread(vm)?;
    match co.status.get() {
        Status::Suspended | Status::Dead => {
            let error = co.failure.take();
            match vm.close_coroutine(co, error) {
                Ok(()) => vm.ret(Value::bool(true)),
                Err(error) => {
                    vm.push(Value::bool(false));
                    vm.push(error);
                    Ok(NativeRet::Values(2))
                }
            }
        }
        status => {
            let text = [b"cannot close a ", status_name(status), b" coroutine"].concat();
            Err(vm.error_at_caller(&text))
        }
    }
}
