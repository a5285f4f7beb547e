//! The debug library (ldblib.c).
//!
//! It can change any local variable, upvalue or metatable: the interpreter therefore looks at the
//! type of each value whenever it uses one.

use std::io::Write;

use super::{natives, new_library};
use crate::call::N_EXTRA_MASK;
use crate::closure::NativeFn;
use crate::debug_info::{line_of, local_at, local_name, lua_place, short_source, upvalue_name};
use crate::heap::Gc;
use crate::hook::{CALLS, COUNTS, LINES, RETURNS};
use crate::native::{NativeResult, NativeRet};
use crate::proto::FuncProto;
use crate::stack::{Slot, Stack};
use crate::string::c_string;
use crate::table::Table;
use crate::thread::Thread;
use crate::value::{LuaType, Value};
use crate::vm::{Raised, Vm};
use moonproof_bytecode::limits::MAX_C_CALLS;

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "debug" => debug_prompt,
        "gethook" => get_hook,
        "getinfo" => get_info,
        "getlocal" => get_local,
        "getmetatable" => get_metatable,
        "getregistry" => get_registry,
        "getupvalue" => get_upvalue,
        "getuservalue" => get_user_value,
        "sethook" => set_hook,
        "setcstacklimit" => set_c_stack_limit,
        "setlocal" => set_local,
        "setmetatable" => set_metatable,
        "setupvalue" => set_upvalue,
        "setuservalue" => set_user_value,
        "traceback" => traceback,
        "upvalueid" => upvalue_id,
        "upvaluejoin" => upvalue_join,
    };
    new_library(vm, FUNCTIONS, 0)
}

/// The thread that a function is about, and how many arguments that takes.
fn thread_arg(vm: &mut Vm) -> (Gc<Thread>, usize) {
    match vm.arg(1).as_thread() {
        Some(thread) => {
            vm.restore_stack(thread);
            (thread, 1)
        }
        None => (vm.thread, 0),
    }
}

/// Looks at a thread's stack, wherever it is.
fn with_stack<R>(vm: &Vm, thread: Gc<Thread>, f: impl FnOnce(&Stack) -> R) -> Option<R> {
    if thread == vm.thread { Some(f(&vm.cur)) } else { thread.with_stack(f) }
}

/// The depth of the frame at a level, 0 being the running function.
fn depth_at(stack: &Stack, level: i64) -> Option<usize> {
    let level = usize::try_from(level).ok()?;
    stack.depth().checked_sub(level).filter(|depth| *depth > 0)
}

/// What `getinfo` is asked about.
#[derive(Clone, Copy)]
enum Subject {
    Frame(Gc<Thread>, usize),
    Function(Value),
}

fn get_info(vm: &mut Vm) -> NativeResult {
    let (thread, skip) = thread_arg(vm);
    let options = match vm.opt_str(skip + 2)? {
        Some(options) => options.bytes().to_vec(),
        None => b"flnSrtu".to_vec(),
    };
    if options.first() == Some(&b'>') {
        return Err(vm.arg_error(skip + 2, "invalid option '>'"));
    }
    let first = vm.arg(skip + 1);
    let subject = if first.tag().is_function() {
        Subject::Function(first)
    } else {
        let level = vm.check_int(skip + 1)?;
        match with_stack(vm, thread, |stack| depth_at(stack, level)).flatten() {
            Some(depth) => Subject::Frame(thread, depth),
            None => return vm.ret(Value::NIL),
        }
    };
    if options.iter().any(|option| !b"SlnrutLf".contains(option)) {
        return Err(vm.arg_error(skip + 2, "invalid option"));
    }
    charge_description(vm, subject, &options)?;
    let table = describe(vm, subject, &options)?;
    vm.ret(Value::table(table))
}

/// Pays for what takes long of a description.
fn charge_description(vm: &mut Vm, subject: Subject, options: &[u8]) -> Result<(), Raised> {
    if !vm.metering {
        return Ok(());
    }
    let mut units = 0;
    let function = match subject {
        Subject::Function(function) => Some(function),
        Subject::Frame(thread, depth) => {
            if options.contains(&b'n') {
                let naming = |stack: &Stack| vm.naming_units(stack, depth.saturating_sub(1));
                units += with_stack(vm, thread, naming).unwrap_or(0);
            }
            with_stack(vm, thread, |stack| stack.frame_at(depth).function())
        }
    };
    if options.contains(&b'L')
        && let Some(closure) = function.and_then(Value::as_closure)
    {
        units += closure.proto().shared.proto.code.len();
    }
    vm.charge(units)
}

fn describe(vm: &mut Vm, subject: Subject, options: &[u8]) -> Result<Gc<Table>, Raised> {
    let function = match subject {
        Subject::Function(function) => function,
        Subject::Frame(thread, depth) => {
            with_stack(vm, thread, |stack| stack.frame_at(depth).function()).unwrap_or(Value::NIL)
        }
    };
    let table = vm.heap.new_table();
    let shared = function.as_closure().map(|closure| closure.proto().shared.clone());
    let set_int = |vm: &mut Vm, name: &str, n: i64| vm.raw_set_name(table, name, Value::int(n));
    let set_str = |vm: &mut Vm, name: &str, text: &[u8]| {
        let text = Value::string(vm.heap.new_string(text));
        vm.raw_set_name(table, name, text);
    };
    for option in options {
        match option {
            b'S' => match &shared {
                Some(shared) => {
                    let main = shared.proto.line_defined == 0;
                    set_str(vm, "source", shared.source.as_deref().unwrap_or(b"=?"));
                    set_str(vm, "short_src", &short_source(shared));
                    set_str(vm, "what", if main { b"main" } else { b"Lua" });
                    set_int(vm, "linedefined", i64::from(shared.proto.line_defined));
                    set_int(vm, "lastlinedefined", i64::from(shared.proto.last_line_defined));
                }
                None => {
                    set_str(vm, "source", b"=[C]");
                    set_str(vm, "short_src", b"[C]");
                    set_str(vm, "what", b"C");
                    set_int(vm, "linedefined", -1);
                    set_int(vm, "lastlinedefined", -1);
                }
            },
            b'l' => {
                let line = match subject {
                    Subject::Frame(thread, depth) => {
                        with_stack(vm, thread, |stack| line_of(stack.frame_at(depth))).flatten()
                    }
                    Subject::Function(_) => None,
                };
                set_int(vm, "currentline", line.map_or(-1, i64::from));
            }
            b'u' => {
                let n_upvalues = match (&shared, function.as_native_closure()) {
                    (Some(shared), _) => shared.proto.upvalues.len(),
                    (None, Some(closure)) => closure.n_upvalues(),
                    (None, None) => 0,
                };
                set_int(vm, "nups", n_upvalues as i64);
                let n_params = shared.as_ref().map_or(0, |shared| shared.proto.n_params);
                set_int(vm, "nparams", i64::from(n_params));
                let is_vararg = shared.as_ref().is_none_or(|shared| shared.proto.is_vararg != 0);
                vm.raw_set_name(table, "isvararg", Value::bool(is_vararg));
            }
            b'n' => {
                let name = match subject {
                    Subject::Frame(thread, depth) => {
                        with_stack(vm, thread, |stack| vm.function_name(stack, depth)).flatten()
                    }
                    Subject::Function(_) => None,
                };
                match name {
                    Some((kind, name)) => {
                        set_str(vm, "name", &name);
                        set_str(vm, "namewhat", kind.as_bytes());
                    }
                    None => set_str(vm, "namewhat", b""),
                }
            }
            b'r' => {
                let transfer = match subject {
                    Subject::Frame(thread, depth) => with_stack(vm, thread, |stack| {
                        stack.hooks.as_ref().map(|hooks| hooks.transfer_at(depth))
                    }),
                    Subject::Function(_) => None,
                };
                let (first, n) = transfer.flatten().unwrap_or_default();
                set_int(vm, "ftransfer", i64::from(first));
                set_int(vm, "ntransfer", i64::from(n));
            }
            b't' => {
                let tail = match subject {
                    Subject::Frame(thread, depth) => {
                        with_stack(vm, thread, |stack| stack.frame_at(depth).is_tail_called())
                    }
                    Subject::Function(_) => None,
                };
                vm.raw_set_name(table, "istailcall", Value::bool(tail == Some(true)));
            }
            b'L' => {
                let lines = match &shared {
                    Some(shared) => {
                        let lines = vm.heap.new_table();
                        let skip = usize::from(shared.proto.is_vararg != 0);
                        for line in shared.proto.lines().skip(skip) {
                            vm.raw_set_int(lines, i64::from(line), Value::bool(true))?;
                        }
                        Value::table(lines)
                    }
                    None => Value::NIL,
                };
                vm.raw_set_name(table, "activelines", lines);
            }
            _ => vm.raw_set_name(table, "func", function),
        }
    }
    Ok(table)
}

/// What a variable is called.
#[derive(Clone, Copy)]
enum VarName {
    Local(Gc<FuncProto>, usize),
    Upvalue(Gc<FuncProto>, usize),
    Other(&'static [u8]),
}

impl VarName {
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Local(proto, i) => local_name(&proto.shared.proto, *i),
            Self::Upvalue(proto, i) => upvalue_name(&proto.shared.proto, *i),
            Self::Other(name) => name,
        }
    }
}

/// Name and place of a local variable of a thread. Inlined, as what it finds would take longer to be
/// handed on than to be found.
#[inline(always)]
fn locate(vm: &Vm, thread: Gc<Thread>, depth: usize, n: i64) -> Option<(VarName, Slot)> {
    if thread == vm.thread {
        return find_local(vm, &vm.cur, depth, n);
    }
    thread.with_stack(|stack| find_local(vm, stack, depth, n)).flatten()
}

/// Mirrors `luaG_findlocal`.
#[inline(always)]
fn find_local(vm: &Vm, stack: &Stack, depth: usize, n: i64) -> Option<(VarName, Slot)> {
    let frame = stack.frame_at(depth);
    let base = frame.base.get();
    if let Some((proto, pc)) = lua_place(frame) {
        if n < 0 {
            let n_extra = i64::from(frame.info.get() & N_EXTRA_MASK);
            let index = proto.is_vararg.then_some(-n)?;
            return (index <= n_extra)
                .then(|| (VarName::Other(b"(vararg)"), base.sub((n_extra - index + 2) as usize)));
        }
        // Rule D5: no more variables are active than there are registers.
        if n <= i64::from(proto.max_stack)
            && let Some(i) = local_at(&proto.shared.proto, n as usize, pc)
        {
            return Some((VarName::Local(proto, i), base.add(n as usize - 1)));
        }
    }
    let limit =
        if depth == stack.depth() { stack.top } else { vm.func_slot(stack.frame_at(depth + 1)) };
    let n = usize::try_from(n).ok().filter(|n| *n > 0)?;
    (limit.above(base) >= n).then(|| {
        let name: &'static [u8] = if frame.is_lua() { b"(temporary)" } else { b"(C temporary)" };
        (VarName::Other(name), base.add(n - 1))
    })
}

fn get_local(vm: &mut Vm) -> NativeResult {
    let (thread, skip) = thread_arg(vm);
    let n = vm.check_int(skip + 2)?;
    let first = vm.arg(skip + 1);
    if first.tag().is_function() {
        let name = first.as_closure().and_then(|closure| {
            let proto = closure.proto();
            local_at(&proto.shared.proto, usize::try_from(n).ok()?, 0)
                .map(|i| VarName::Local(proto, i))
        });
        return match name {
            Some(name) => vm.ret_str(name.bytes()),
            None => vm.ret(Value::NIL),
        };
    }
    let depth = check_level(vm, thread, skip + 1)?;
    charge_naming(vm, thread, depth)?;
    match locate(vm, thread, depth, n) {
        Some((name, slot)) => {
            let value = slot.get();
            vm.push_str(name.bytes());
            vm.push(value);
            Ok(NativeRet::Values(2))
        }
        None => vm.ret(Value::NIL),
    }
}

/// Pays for looking through the variables of a frame's function.
#[inline]
fn charge_naming(vm: &mut Vm, thread: Gc<Thread>, depth: usize) -> Result<(), Raised> {
    if !vm.metering {
        return Ok(());
    }
    let units = with_stack(vm, thread, |stack| vm.naming_units(stack, depth));
    vm.charge(units.unwrap_or(0))
}

fn set_local(vm: &mut Vm) -> NativeResult {
    let (thread, skip) = thread_arg(vm);
    vm.check_int(skip + 1)?;
    let n = vm.check_int(skip + 2)?;
    let depth = check_level(vm, thread, skip + 1)?;
    let value = vm.check_any(skip + 3)?;
    charge_naming(vm, thread, depth)?;
    match locate(vm, thread, depth, n) {
        Some((name, slot)) => {
            slot.set(value);
            vm.ret_str(name.bytes())
        }
        None => vm.ret(Value::NIL),
    }
}

fn check_level(vm: &mut Vm, thread: Gc<Thread>, i: usize) -> Result<usize, Raised> {
    let level = vm.check_int(i)?;
    match with_stack(vm, thread, |stack| depth_at(stack, level)).flatten() {
        Some(depth) => Ok(depth),
        None => Err(vm.arg_error(i, "level out of range")),
    }
}

/// Name and value of a function's upvalue (`aux_upvalue`).
#[inline(always)]
fn find_upvalue(function: Value, n: i64) -> Option<(VarName, Value)> {
    let index = usize::try_from(n.checked_sub(1)?).ok()?;
    if let Some(closure) = function.as_closure() {
        let proto = closure.proto();
        let is_named = matches!(proto.shared.proto.upvalue_names.get(index), Some(Some(_)));
        let name =
            if is_named { VarName::Upvalue(proto, index) } else { VarName::Other(b"(no name)") };
        return (index < closure.n_upvals()).then(|| (name, closure.upval(index).get()));
    }
    let closure = function.as_native_closure()?;
    (index < closure.n_upvalues()).then(|| (VarName::Other(b""), closure.upvalue(index)))
}

fn get_upvalue(vm: &mut Vm) -> NativeResult {
    let n = vm.check_int(2)?;
    let function = vm.check_type(1, LuaType::Function)?;
    match find_upvalue(function, n) {
        Some((name, value)) => {
            vm.push_str(name.bytes());
            vm.push(value);
            Ok(NativeRet::Values(2))
        }
        None => Ok(NativeRet::Values(0)),
    }
}

fn set_upvalue(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(3)?;
    let n = vm.check_int(2)?;
    let function = vm.check_type(1, LuaType::Function)?;
    let Some((name, _)) = find_upvalue(function, n) else { return Ok(NativeRet::Values(0)) };
    let index = n as usize - 1;
    if let Some(closure) = function.as_closure() {
        let upval = closure.upval(index);
        upval.set(value);
        vm.heap.collector.barrier(upval, value);
    } else if let Some(closure) = function.as_native_closure() {
        closure.init_upvalue(index, value);
        vm.heap.collector.barrier(closure, value);
    }
    vm.ret_str(name.bytes())
}

/// A Lua function argument with an upvalue of that number.
fn check_upvalue(vm: &mut Vm, i: usize) -> Result<Option<usize>, Raised> {
    let n = vm.check_int(i + 1)?;
    let function = vm.check_type(i, LuaType::Function)?;
    Ok(find_upvalue(function, n).map(|_| n as usize - 1))
}

fn upvalue_id(vm: &mut Vm) -> NativeResult {
    let Some(index) = check_upvalue(vm, 1)? else { return vm.ret(Value::NIL) };
    let function = vm.arg(1);
    let id = match function.as_closure() {
        Some(closure) => closure.upval(index).addr(),
        None => function.payload() + 16 * (index as u64 + 1),
    };
    vm.ret(Value::light(id))
}

fn upvalue_join(vm: &mut Vm) -> NativeResult {
    let mut ends = [(Value::NIL, 0); 2];
    for (end, i) in ends.iter_mut().zip([1, 3]) {
        let Some(index) = check_upvalue(vm, i)? else {
            return Err(vm.arg_error(i + 1, "invalid upvalue index"));
        };
        *end = (vm.arg(i), index);
    }
    let [(first, n1), (second, n2)] = ends;
    let Some(first) = first.as_closure() else {
        return Err(vm.arg_error(1, "Lua function expected"));
    };
    let Some(second) = second.as_closure() else {
        return Err(vm.arg_error(3, "Lua function expected"));
    };
    let upval = second.upval(n2);
    first.set_upval(n1, upval);
    vm.heap.collector.barrier_object(first, upval);
    Ok(NativeRet::Values(0))
}

fn get_metatable(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    let metatable = vm.metatable_of(value).map_or(Value::NIL, Value::table);
    vm.ret(metatable)
}

fn set_metatable(vm: &mut Vm) -> NativeResult {
    let value = vm.arg(1);
    let metatable = match vm.arg(2) {
        given if given.is_nil() && vm.has_arg(2) => None,
        given => match given.as_table() {
            Some(table) => Some(table),
            None => return Err(vm.type_error(2, "nil or table")),
        },
    };
    if let Some(table) = value.as_table() {
        vm.set_table_metatable(table, metatable);
    } else if let Some(userdata) = value.as_userdata() {
        vm.set_userdata_metatable(userdata, metatable);
    } else {
        vm.metatables[value.tag().lua_type() as usize] = metatable;
    }
    vm.ret(value)
}

fn get_registry(vm: &mut Vm) -> NativeResult {
    let registry = Value::table(vm.registry);
    vm.ret(registry)
}

fn get_user_value(vm: &mut Vm) -> NativeResult {
    let n = vm.opt_int(2, 1)?;
    let Some(userdata) = vm.arg(1).as_userdata() else { return vm.ret(Value::NIL) };
    match usize::try_from(n - 1).ok().and_then(|i| userdata.user_value(i)) {
        Some(value) => {
            vm.push(value);
            vm.push(Value::bool(true));
            Ok(NativeRet::Values(2))
        }
        None => vm.ret(Value::NIL),
    }
}

fn set_user_value(vm: &mut Vm) -> NativeResult {
    let n = vm.opt_int(3, 1)?;
    let userdata_value = vm.check_type(1, LuaType::Userdata)?;
    let value = vm.check_any(2)?;
    let Some(userdata) = userdata_value.as_userdata() else {
        return Err(vm.type_error(1, "userdata"));
    };
    if !usize::try_from(n - 1).is_ok_and(|i| userdata.set_user_value(i, value)) {
        return vm.ret(Value::NIL);
    }
    vm.heap.collector.barrier(userdata, value);
    vm.ret(userdata_value)
}

/// Longest line that is taken as one.
const MAX_COMMAND: usize = 249;

/// Runs lines of the standard input until one is `cont` (`db_debug`).
fn debug_prompt(vm: &mut Vm) -> NativeResult {
    loop {
        // Nothing can be done if stderr is closed.
        let _ = std::io::stderr().write_all(b"lua_debug> ");
        let line = vm.io_lib.stdin().next_line(MAX_COMMAND);
        let Some(line) = line.filter(|line| line != b"cont\n") else {
            vm.set_n_args(0);
            return Ok(NativeRet::Values(0));
        };
        vm.charge(line.len())?;
        let result = match vm.load_chunk(c_string(&line), b"=(debug command)", b"bt") {
            Ok(function) => {
                vm.push(function);
                vm.shielded(|vm| vm.call(0)).map_err(|Raised| vm.error)
            }
            Err(message) => Err(Value::string(vm.heap.new_string(&message))),
        };
        if let Err(error) = result {
            let text = vm.display(error)?;
            let _ = std::io::stderr().write_all(&[text.bytes(), b"\n"].concat());
        }
        vm.set_n_args(0);
    }
}

/// The letters of events, in the order in which they are told.
const EVENT_LETTERS: [(u8, u8); 3] = [(b'c', CALLS), (b'r', RETURNS), (b'l', LINES)];

fn set_hook(vm: &mut Vm) -> NativeResult {
    let (thread, skip) = thread_arg(vm);
    let function = vm.arg(skip + 1);
    let (mut mask, mut count) = (0, 0);
    if !function.is_nil() {
        let letters = vm.check_str(skip + 2)?;
        vm.check_type(skip + 1, LuaType::Function)?;
        count = vm.opt_int(skip + 3, 0)? as i32;
        for (letter, event) in EVENT_LETTERS {
            if letters.bytes().split(|b| *b == 0).next().is_some_and(|text| text.contains(&letter))
            {
                mask |= event;
            }
        }
        if count > 0 {
            mask |= COUNTS;
        }
    }
    vm.set_hook(thread, function, mask, count)?;
    Ok(NativeRet::Values(0))
}

fn get_hook(vm: &mut Vm) -> NativeResult {
    let (thread, _) = thread_arg(vm);
    let hooks = with_stack(vm, thread, |stack| {
        stack.hooks.as_ref().map(|hooks| (hooks.mask(), hooks.interval()))
    });
    let (mask, count) = hooks.flatten().unwrap_or_default();
    if mask == 0 {
        return vm.ret(Value::NIL);
    }
    let function = vm.hook_function(thread);
    vm.push(function);
    let letters: Vec<u8> = EVENT_LETTERS
        .into_iter()
        .filter(|(_, event)| mask & event != 0)
        .map(|(letter, _)| letter)
        .collect();
    vm.push_str(&letters);
    vm.push(Value::int(i64::from(count)));
    Ok(NativeRet::Values(3))
}

/// The limit cannot be set any more, in the reference either.
fn set_c_stack_limit(vm: &mut Vm) -> NativeResult {
    vm.check_int(1)?;
    vm.ret(Value::int(i64::from(MAX_C_CALLS)))
}

fn traceback(vm: &mut Vm) -> NativeResult {
    let (thread, skip) = thread_arg(vm);
    let message = vm.arg(skip + 1);
    if !message.is_nil() && !message.tag().is_string() && !message.tag().is_number() {
        return vm.ret(message);
    }
    let message = vm.opt_str(skip + 1)?;
    let level = vm.opt_int(skip + 2, i64::from(thread == vm.thread))?;
    let level = usize::try_from(level).unwrap_or(usize::MAX);
    let units = with_stack(vm, thread, |stack| vm.traceback_units(stack));
    vm.charge(units.unwrap_or(0))?;
    let text = with_stack(vm, thread, |stack| {
        vm.traceback(stack, message.map(|message| message.bytes()), level)
    });
    vm.ret_str(&text.unwrap_or_default())
}
