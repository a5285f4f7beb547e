//! The basic functions (lbaselib.c).

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::number;

use super::{BYTES_PER_FUEL_LOG2, add_functions, natives};
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::interp::units_to_next;
use crate::metamethod::Event;
use crate::native::{NativeResult, NativeRet};
use crate::string::{Str, c_string};
use crate::value::{LuaType, Tag, Value};
use crate::vm::{Raised, Vm};

pub(super) fn open(vm: &mut Vm) {
    static FUNCTIONS: &[NativeFn] = natives! {
        "assert" => assert,
        "collectgarbage" => collect_garbage,
        "error" => error,
        "getmetatable" => get_metatable,
        "ipairs" => ipairs,
        "pairs" => pairs,
        "pcall" => pcall,
        "print" => print,
        "rawequal" => raw_equal,
        "rawget" => raw_get,
        "rawlen" => raw_len,
        "rawset" => raw_set,
        "select" => select,
        "setmetatable" => set_metatable,
        "tonumber" => to_number,
        "tostring" => to_string,
        "type" => type_of,
        "warn" => warn,
        "xpcall" => xpcall,
    };
    let globals = vm.globals;
    add_functions(vm, globals, FUNCTIONS);
    vm.raw_set_name(globals, "next", Value::native(&NEXT));
    super::load::open(vm);
    vm.raw_set_name(globals, "_G", Value::table(globals));
    let version = Value::string(vm.heap.new_string(b"Lua 5.4"));
    vm.raw_set_name(globals, "_VERSION", version);
}

impl Vm {
    /// A value as `tostring` gives it (`luaL_tolstring`).
    pub(crate) fn display(&mut self, value: Value) -> Result<Gc<Str>, Raised> {
        if let Some(string) = value.as_string() {
            return Ok(string);
        }
        let metatable = self.metatable_of(value);
        let handler = metatable.map_or(Value::NIL, |m| m.get_name(self.names.tostring));
        if !handler.is_nil() {
            let text = self.call_for_one(handler, &[value])?;
            return match text.as_string().or_else(|| self.number_to_string(text)) {
                Some(string) => Ok(string),
                None => Err(self.error_at_caller(b"'__tostring' must return a string")),
            };
        }
        if let Some(string) = self.number_to_string(value) {
            return Ok(string);
        }
        let fixed: &[u8] = match value.tag() {
            Tag::NIL => b"nil",
            Tag::FALSE => b"false",
            Tag::TRUE => b"true",
            _ => {
                let name = metatable.and_then(|m| m.get_name(self.names.name).as_string());
                let kind = match name {
                    Some(name) => name.bytes().to_vec(),
                    None => value.tag().lua_type().name().as_bytes().to_vec(),
                };
                let address = format!(": {:#x}", value.payload());
                return Ok(self.heap.new_string(&[kind.as_slice(), address.as_bytes()].concat()));
            }
        };
        Ok(self.heap.new_string(fixed))
    }
}

fn print(vm: &mut Vm) -> NativeResult {
    for i in 1..=vm.n_args() {
        if i > 1 {
            write(vm, b"\t")?;
        }
        let value = vm.arg(i);
        if let Some(string) = value.as_string() {
            write(vm, string.bytes())?;
        } else {
            let text = vm.display(value)?;
            write(vm, text.bytes())?;
        }
    }
    write(vm, b"\n")?;
    // As `lua_writeline`: what is printed is there for others to see.
    let _ = vm.output.flush();
    Ok(NativeRet::Values(0))
}

/// As `lua_writestring`, which does not look whether it worked.
fn write(vm: &mut Vm, bytes: &[u8]) -> Result<(), Raised> {
    vm.charge(bytes.len() / super::io::BYTES_PER_FUEL)?;
    let _ = vm.output.write(bytes);
    Ok(())
}

fn warn(vm: &mut Vm) -> NativeResult {
    vm.check_str(1)?;
    for i in 2..=vm.n_args() {
        vm.check_str(i)?;
    }
    let first = vm.check_str(1)?;
    if vm.n_args() == 1 && first.bytes().first() == Some(&b'@') && !vm.has_warning_function() {
        match first.bytes() {
            b"@on" => vm.warnings = true,
            b"@off" => vm.warnings = false,
            _ => {}
        }
    } else if vm.warnings || vm.has_warning_function() {
        let mut text = vm.take_buffer();
        for i in 1..=vm.n_args() {
            let piece = c_string(vm.check_str(i)?.bytes());
            vm.append(&mut text, piece)?;
        }
        vm.warn(&text)?;
    }
    Ok(NativeRet::Values(0))
}

fn to_number(vm: &mut Vm) -> NativeResult {
    if vm.arg(2).is_nil() {
        let value = vm.arg(1);
        if value.tag().is_number() {
            return vm.ret(value);
        }
        vm.charge_for_text(value);
        if let Some(number) = value.as_string().and_then(|s| number::parse(s.bytes())) {
            return vm.ret(number.into());
        }
        vm.check_any(1)?;
        return vm.ret(Value::NIL);
    }
    let base = vm.check_int(2)?;
    vm.check_type(1, LuaType::String)?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=36).contains(base)) else {
        return Err(vm.arg_error(2, "base out of range"));
    };
    let text = vm.check_str(1)?;
    vm.charge_for_text(Value::string(text));
    vm.ret(digits(text.bytes(), base).map_or(Value::NIL, Value::int))
}

/// A numeral in a base of up to 36, with wrap-around (`b_str2int`).
fn digits(text: &[u8], base: u32) -> Option<i64> {
    let text = text.trim_ascii();
    let (negative, text) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if text.is_empty() {
        return None;
    }
    let mut n = 0_i64;
    for byte in text {
        let digit = char::from(*byte).to_digit(36).filter(|digit| *digit < base)?;
        n = n.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit));
    }
    Some(if negative { n.wrapping_neg() } else { n })
}

fn to_string(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    let text = vm.display(value)?;
    vm.ret(Value::string(text))
}

fn type_of(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    vm.ret_str(value.tag().lua_type().name().as_bytes())
}

fn error(vm: &mut Vm) -> NativeResult {
    let level = vm.opt_int(2, 1)?;
    let value = vm.arg(1);
    Err(raise_with_place(vm, value, level))
}

fn raise_with_place(vm: &mut Vm, value: Value, level: i64) -> Raised {
    if let Some(message) = value.as_string()
        && level > 0
    {
        let place = vm.where_at(level as usize);
        if !place.is_empty() {
            // The text is made, and then the string of it. A long message is the caller's.
            let len = message.len().saturating_mul(2);
            if len > MAX_SHORT_LEN
                && let Err(raised) =
                    vm.charge(len >> BYTES_PER_FUEL_LOG2).and_then(|()| vm.find_memory(len))
            {
                return raised;
            }
            let text = [place.as_slice(), message.bytes()].concat();
            return vm.raise_text(&text);
        }
    }
    vm.raise(value)
}

fn assert(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_falsy() {
        return Ok(NativeRet::Values(vm.n_args()));
    }
    vm.check_any(1)?;
    // The message gets a place if it is a string, as one of `error` does.
    let message = if vm.has_arg(2) {
        vm.arg(2)
    } else {
        Value::string(vm.heap.new_string(b"assertion failed!"))
    };
    Err(raise_with_place(vm, message, 1))
}

fn select(vm: &mut Vm) -> NativeResult {
    let n = vm.n_args() as i64;
    if vm.arg(1).as_string().is_some_and(|s| s.bytes().first() == Some(&b'#')) {
        return vm.ret(Value::int(n - 1));
    }
    let i = vm.check_int(1)?;
    let i = if i < 0 { n.saturating_add(i) } else { i.min(n) };
    if i < 1 {
        return Err(vm.arg_error(1, "index out of range"));
    }
    Ok(NativeRet::Values((n - i) as usize))
}

fn raw_equal(vm: &mut Vm) -> NativeResult {
    let (a, b) = (vm.check_any(1)?, vm.check_any(2)?);
    vm.charge_for_text(a);
    vm.ret(Value::bool(a.raw_equals(b)))
}

fn raw_len(vm: &mut Vm) -> NativeResult {
    let value = vm.arg(1);
    if let Some(table) = value.as_table() {
        return vm.ret(Value::int(table.border()));
    }
    match value.as_string() {
        Some(string) => vm.ret(Value::int(string.len() as i64)),
        None => Err(vm.type_error(1, "table or string")),
    }
}

fn raw_get(vm: &mut Vm) -> NativeResult {
    let table = vm.check_table(1)?;
    let key = vm.check_any(2)?;
    vm.charge_for_text(key);
    let value = vm.raw_get(table, key);
    vm.ret(value)
}

fn raw_set(vm: &mut Vm) -> NativeResult {
    let table = vm.check_table(1)?;
    let (key, value) = (vm.check_any(2)?, vm.check_any(3)?);
    vm.charge_for_text(key);
    vm.raw_set(table, key, value)?;
    vm.ret(Value::table(table))
}

fn get_metatable(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    let result = match vm.metatable_of(value) {
        None => Value::NIL,
        Some(metatable) => {
            let protection = metatable.get_name(vm.names.metatable);
            if protection.is_nil() { Value::table(metatable) } else { protection }
        }
    };
    vm.ret(result)
}

fn set_metatable(vm: &mut Vm) -> NativeResult {
    let table = vm.check_table(1)?;
    let metatable = match vm.arg(2) {
        value if value.is_nil() && vm.has_arg(2) => None,
        value => match value.as_table() {
            Some(metatable) => Some(metatable),
            None => return Err(vm.type_error(2, "nil or table")),
        },
    };
    if table.metatable().is_some_and(|m| !m.get_name(vm.names.metatable).is_nil()) {
        return Err(vm.error_at_caller(b"cannot change a protected metatable"));
    }
    vm.set_table_metatable(table, metatable);
    vm.ret(Value::table(table))
}

/// The iterator of `pairs`.
pub(crate) static NEXT: NativeFn = NativeFn { name: "next", call: next };
/// The iterator of `ipairs`.
pub(crate) static IPAIRS_STEP: NativeFn = NativeFn { name: "?", call: ipairs_step };

fn next(vm: &mut Vm) -> NativeResult {
    let table = vm.check_table(1)?;
    if vm.metering {
        vm.charge(units_to_next(vm, table, vm.arg(2)))?;
    }
    match table.next(&vm.heap, vm.arg(2)) {
        Ok(Some((key, value))) => {
            vm.push(key);
            vm.push(value);
            Ok(NativeRet::Values(2))
        }
        Ok(None) => vm.ret(Value::NIL),
        Err(_) => Err(vm.runtime_error(b"invalid key to 'next'")),
    }
}

fn pairs(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    let handler = vm.metatable_of(value).map_or(Value::NIL, |m| m.get_name(vm.names.pairs));
    if handler.is_nil() {
        vm.push(Value::native(&NEXT));
        vm.push(value);
        vm.push(Value::NIL);
        return Ok(NativeRet::Values(3));
    }
    vm.push(handler);
    vm.push(value);
    Ok(vm.then_call(1, Cont::Pairs))
}

fn ipairs(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    vm.push(Value::native(&IPAIRS_STEP));
    vm.push(value);
    vm.push(Value::int(0));
    Ok(NativeRet::Values(3))
}

fn ipairs_step(vm: &mut Vm) -> NativeResult {
    let i = vm.check_int(2)?.wrapping_add(1);
    let object = vm.arg(1);
    let value = match object.as_table().map(|table| table.get_int(i)) {
        Some(value) if !value.is_nil() => value,
        _ => vm.index(object, Value::int(i))?,
    };
    if value.is_nil() {
        return vm.ret(Value::NIL);
    }
    vm.push(Value::int(i));
    vm.push(value);
    Ok(NativeRet::Values(2))
}

fn pcall(vm: &mut Vm) -> NativeResult {
    vm.check_any(1)?;
    Ok(vm.then_call(vm.n_args() - 1, Cont::Pcall))
}

fn xpcall(vm: &mut Vm) -> NativeResult {
    vm.check_type(2, LuaType::Function)?;
    // f, handler, arguments: the function again below its arguments.
    let n = vm.n_args();
    let function = vm.arg(1);
    vm.push(Value::NIL);
    for i in (3..=n).rev() {
        let value = vm.arg(i);
        vm.set_arg(i + 1, value);
    }
    vm.set_arg(3, function);
    Ok(vm.then_call(n - 2, Cont::Xpcall))
}

/// Quirk: the reference keeps a quarter of these numbers, in a byte (`setgcparam`).
fn gc_parameter(n: i32) -> usize {
    usize::from((n / 4) as u8) * 4
}

fn collect_garbage(vm: &mut Vm) -> NativeResult {
    const OPTIONS: &[&str] = &[
        "stop",
        "restart",
        "collect",
        "count",
        "step",
        "setpause",
        "setstepmul",
        "isrunning",
        "generational",
        "incremental",
    ];
    let option = OPTIONS[vm.check_option(1, Some("collect"), OPTIONS)?];
    let n_arguments = match option {
        "step" | "setpause" | "setstepmul" => 1,
        "generational" => 2,
        "incremental" => 3,
        _ => 0,
    };
    let mut arguments = [0; 3];
    for (i, argument) in arguments.iter_mut().take(n_arguments).enumerate() {
        *argument = vm.opt_int(i + 2, 0)? as i32;
    }
    let argument = arguments[0];
    if vm.heap.collector.suspended {
        // Inside a finalizer the collector is not at anybody's service.
        return vm.ret(Value::NIL);
    }
    let result = match option {
        "stop" => {
            vm.heap.collector.stopped = true;
            Value::int(0)
        }
        "restart" => {
            vm.heap.collector.stopped = false;
            vm.heap.collector.threshold = 0;
            Value::int(0)
        }
        "collect" => {
            vm.charge_collection(usize::MAX)?;
            vm.full_gc();
            vm.follow_collection();
            Value::int(0)
        }
        "count" => Value::float(vm.heap.used() as f64 / 1024.0),
        "step" => {
            // Without an argument, a step of the collector's own measure. A generation is collected as a
            // whole.
            let bytes = usize::try_from(argument).unwrap_or(0).max(64) << 10;
            let is_whole = vm.heap.collector.generations.wanted;
            vm.charge_collection(if is_whole { usize::MAX } else { bytes })?;
            Value::bool(vm.gc_step_of(i64::from(argument)))
        }
        "setpause" => {
            let previous = vm.heap.collector.pause;
            vm.heap.collector.pause = gc_parameter(argument);
            Value::int(previous as i64)
        }
        "setstepmul" => {
            let previous = vm.heap.collector.step_multiplier;
            vm.heap.collector.step_multiplier = gc_parameter(argument);
            Value::int(previous as i64)
        }
        "isrunning" => Value::bool(!vm.heap.collector.stopped),
        mode => {
            vm.charge_collection(usize::MAX)?;
            let generational = mode == "generational";
            let [first, second, _] = arguments;
            let collector = &mut vm.heap.collector;
            let (first_parameter, second_parameter) = if generational {
                let generations = &mut collector.generations;
                (&mut generations.minor_multiplier, &mut generations.major_multiplier)
            } else {
                (&mut collector.pause, &mut collector.step_multiplier)
            };
            if first != 0 {
                *first_parameter =
                    if generational { usize::from(first as u8) } else { gc_parameter(first) };
            }
            if second != 0 {
                *second_parameter = gc_parameter(second);
            }
            let previous = vm.set_generational(generational);
            let name: &[u8] = if previous { b"generational" } else { b"incremental" };
            return vm.ret_str(name);
        }
    };
    vm.ret(result)
}

impl Vm {
    /// Pays for collecting what is in use, or so many bytes of it.
    fn charge_collection(&mut self, bytes: usize) -> Result<(), Raised> {
        const BYTES_PER_FUEL: usize = 256;
        self.charge(self.heap.used().min(bytes) / BYTES_PER_FUEL)
    }

    /// `object[key]` with metamethods, from a native function: what it calls cannot yield.
    pub(crate) fn index(&mut self, object: Value, key: Value) -> Result<Value, Raised> {
        use crate::interp::Access;
        match self.find(object, key, crate::debug_info::Operand::None)? {
            Access::Value(value) => Ok(value),
            Access::Handler(handler, object) => self.call_for_one(handler, &[object, key]),
        }
    }

    /// `object[key] = value` with metamethods, from a native function.
    pub(crate) fn set_index(
        &mut self,
        object: Value,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        use crate::interp::Access;
        match self.assign(object, key, value, crate::debug_info::Operand::None)? {
            Access::Value(_) => Ok(()),
            Access::Handler(handler, object) => {
                self.call_for_one(handler, &[object, key, value]).map(|_| ())
            }
        }
    }

    /// `#object` with metamethods, as an integer (`luaL_len`).
    pub(crate) fn length(&mut self, object: Value) -> Result<i64, Raised> {
        if let Some(table) = object.as_table()
            && table.metatable().is_none()
        {
            return Ok(table.border());
        }
        if let Some(string) = object.as_string() {
            return Ok(string.len() as i64);
        }
        let handler = self.handler(object, Event::Len);
        let length = if !handler.is_nil() {
            self.call_for_one(handler, &[object, object])?
        } else if let Some(table) = object.as_table() {
            return Ok(table.border());
        } else {
            return Err(self.type_error_of(
                object,
                "get length of",
                crate::debug_info::Operand::None,
            ));
        };
        match crate::native::to_integer(length) {
            Some(length) => Ok(length),
            None => Err(self.error_at_caller(b"object length is not an integer")),
        }
    }

    /// `a == b` with metamethods, from a native function.
    pub(crate) fn equals(&mut self, a: Value, b: Value) -> Result<bool, Raised> {
        let comparable = a.tag() == b.tag() && matches!(a.tag(), Tag::TABLE | Tag::USERDATA);
        if !comparable || a.is_identical(b) {
            return Ok(a.raw_equals(b));
        }
        let mut handler = self.handler(a, Event::Eq);
        if handler.is_nil() {
            handler = self.handler(b, Event::Eq);
        }
        if handler.is_nil() {
            return Ok(false);
        }
        Ok(!self.call_for_one(handler, &[a, b])?.is_falsy())
    }

    /// `a < b` with metamethods, from a native function.
    pub(crate) fn less_than(&mut self, a: Value, b: Value) -> Result<bool, Raised> {
        if let Some(outcome) = crate::interp::compare_values(false, a, b) {
            return Ok(outcome);
        }
        let mut handler = self.handler(a, Event::Lt);
        if handler.is_nil() {
            handler = self.handler(b, Event::Lt);
        }
        if handler.is_nil() {
            return Err(self.compare_error(a, b));
        }
        Ok(!self.call_for_one(handler, &[a, b])?.is_falsy())
    }
}
