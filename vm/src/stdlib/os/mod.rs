//! The os library (loslib.c).

mod date;
mod zone;

use super::system::{exec_result, file_result, shell, temporary_file};
use super::{Reach, add_functions, natives, os_path};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet, to_integer};
use crate::string::c_string;
use crate::table::Table;
use crate::value::{LuaType, Tag, Value};
use crate::vm::{Raised, Vm};
use date::{Date, Offset};
use zone::Zone;

/// State of the library: the time zone, once it was asked for.
#[derive(Default)]
pub(crate) struct OsLib {
    zone: Option<Zone>,
}

impl OsLib {
    fn zone(&mut self) -> &mut Zone {
        self.zone.get_or_insert_with(Zone::system)
    }
}

pub(super) fn open(vm: &mut Vm, reach: Reach) -> Gc<Table> {
    static CLOCKS: &[NativeFn] = natives! {
        "clock" => clock,
        "date" => date,
        "difftime" => difftime,
        "time" => time,
    };
    static OTHERS: &[NativeFn] = natives! {
        "execute" => execute,
        "exit" => exit,
        "getenv" => getenv,
        "remove" => remove,
        "rename" => rename,
        "setlocale" => setlocale,
        "tmpname" => tmpname,
    };
    let has_all = reach == Reach::Everything;
    let n_functions = CLOCKS.len() + if has_all { OTHERS.len() } else { 0 };
    let library = vm.heap.new_table_sized(0, n_functions as u32);
    add_functions(vm, library, CLOCKS);
    if has_all {
        add_functions(vm, library, OTHERS);
    }
    library
}

#[cfg(unix)]
fn clock(vm: &mut Vm) -> NativeResult {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    // In the steps of C's `clock`.
    let micros = time.tv_sec * 1_000_000 + time.tv_nsec / 1000;
    vm.ret(Value::float(micros as f64 / 1_000_000.0))
}

#[cfg(not(unix))]
fn clock(vm: &mut Vm) -> NativeResult {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(std::time::Instant::now);
    vm.ret(Value::float(start.elapsed().as_secs_f64()))
}

/// Seconds since 1970, of the clock that C's `time` reads: it is as often behind by a tick.
#[cfg(target_os = "linux")]
fn now() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse).tv_sec
}

/// Seconds since 1970.
#[cfg(not(target_os = "linux"))]
fn now() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs() as i64,
        Err(before) => -(before.duration().as_secs() as i64),
    }
}

/// No conversion specifier stands for as many bytes, but for the zone's name.
const MAX_SPECIFIED: usize = 128;

fn date(vm: &mut Vm) -> NativeResult {
    let pattern = vm.opt_str(1)?.map_or(&b"%c"[..], |pattern| pattern.bytes());
    let time = if vm.arg(2).is_nil() { now() } else { vm.check_int(2)? };
    let (offset, pattern) = match pattern.strip_prefix(b"!") {
        Some(pattern) => (Offset::utc(), pattern),
        None => (vm.os_lib.zone().offset_at(time), pattern),
    };
    let Some(date) = Date::at(time, &offset) else {
        return Err(vm.error_at_caller(b"date result cannot be represented in this installation"));
    };
    if c_string(pattern) == b"*t" {
        let table = vm.heap.new_table_sized(0, 9);
        vm.push(Value::table(table));
        set_fields(vm, &date)?;
        return Ok(NativeRet::Values(1));
    }
    vm.charge(pattern.len())?;
    let mut text = vm.take_buffer();
    let mut rest = pattern;
    while let Some((byte, after)) = rest.split_first() {
        vm.make_room(&mut text, MAX_SPECIFIED + offset.name.len())?;
        rest = after;
        if *byte != b'%' {
            text.push(*byte);
            continue;
        }
        match date::specifier(after) {
            Some((letter, after)) => {
                date::format(&mut text, letter, &date, &offset);
                rest = after;
            }
            None => {
                let what = [b"invalid conversion specifier '%", c_string(after), b"'"].concat();
                return Err(vm.arg_error_bytes(1, &what));
            }
        }
    }
    vm.ret_buffer(text)
}

/// Sets the fields of the table on top of the stack (`setallfields`).
fn set_fields(vm: &mut Vm, date: &Date) -> Result<(), Raised> {
    let fields = [
        ("year", i64::from(date.year) + 1900),
        ("month", i64::from(date.month) + 1),
        ("day", date.day.into()),
        ("hour", date.hour.into()),
        ("min", date.min.into()),
        ("sec", date.sec.into()),
        ("yday", i64::from(date.year_day) + 1),
        ("wday", i64::from(date.week_day) + 1),
    ];
    for (name, value) in fields {
        set_field(vm, name, Value::int(value))?;
    }
    match date.is_dst {
        Some(is_dst) => set_field(vm, "isdst", Value::bool(is_dst)),
        None => Ok(()),
    }
}

fn set_field(vm: &mut Vm, name: &str, value: Value) -> Result<(), Raised> {
    let table = vm.cur.top.sub(1).get();
    let key = Value::string(vm.heap.new_string(name.as_bytes()));
    vm.set_index(table, key, value)
}

fn field(vm: &mut Vm, name: &str) -> Result<Value, Raised> {
    let table = vm.arg(1);
    let key = Value::string(vm.heap.new_string(name.as_bytes()));
    vm.index(table, key)
}

/// A field that fits C's `int` after `delta` was taken from it (`getfield`).
fn int_field(vm: &mut Vm, name: &str, default: Option<i32>, delta: i32) -> Result<i32, Raised> {
    let value = field(vm, name)?;
    let problem = match (to_integer(value), default) {
        (Some(int), _) => match int.checked_sub(delta.into()).map(i32::try_from) {
            Some(Ok(int)) => return Ok(int),
            _ => "is out-of-bound",
        },
        (None, _) if !value.is_nil() => "is not an integer",
        (None, Some(default)) => return Ok(default),
        (None, None) => "missing in date table",
    };
    Err(vm.error_at_caller(format!("field '{name}' {problem}").as_bytes()))
}

fn time(vm: &mut Vm) -> NativeResult {
    if vm.arg(1).is_nil() {
        return vm.ret(Value::int(now()));
    }
    vm.check_type(1, LuaType::Table)?;
    vm.set_n_args(1);
    let date = Date {
        year: int_field(vm, "year", None, 1900)?,
        month: int_field(vm, "month", None, 1)?,
        day: int_field(vm, "day", None, 0)?,
        hour: int_field(vm, "hour", Some(12), 0)?,
        min: int_field(vm, "min", Some(0), 0)?,
        sec: int_field(vm, "sec", Some(0), 0)?,
        week_day: 0,
        year_day: 0,
        is_dst: match field(vm, "isdst")? {
            value if value.is_nil() => None,
            value => Some(!value.is_falsy()),
        },
    };
    let found = vm.os_lib.zone().time_of(&date);
    set_fields(vm, found.as_ref().map_or(&date, |(_, normal)| normal))?;
    match found {
        // Quirk: the second before 1970 is C's sign of failure.
        Some((time, _)) if time != -1 => vm.ret(Value::int(time)),
        _ => Err(vm.error_at_caller(b"time result cannot be represented in this installation")),
    }
}

fn difftime(vm: &mut Vm) -> NativeResult {
    let (a, b) = (vm.check_int(1)?, vm.check_int(2)?);
    vm.ret(Value::float((i128::from(a) - i128::from(b)) as f64))
}

fn getenv(vm: &mut Vm) -> NativeResult {
    let given = vm.check_str(1)?;
    let name = c_string(given.bytes());
    // A name with `=` may still be found: `A=B` is a variable if the one called `A` begins with `B=`.
    if vm.host.keeps_environment && memchr::memchr(b'=', name).is_none() {
        let environment = kept_environment(vm);
        let key = if name.len() == given.len() { given } else { vm.heap.new_string(name) };
        let value = vm.raw_get(environment, Value::string(key));
        return vm.ret(value);
    }
    match env_var(name) {
        Some(value) => vm.ret_str(&value),
        None => vm.ret(Value::NIL),
    }
}

/// All environment variables, read once.
#[inline]
fn kept_environment(vm: &mut Vm) -> Gc<Table> {
    match vm.host.environment {
        Some(environment) => environment,
        None => keep_environment(vm),
    }
}

#[cold]
#[inline(never)]
fn keep_environment(vm: &mut Vm) -> Gc<Table> {
    let environment = vm.heap.new_table();
    vm.host.environment = Some(environment);
    for (name, value) in std::env::vars_os() {
        let [name, value] =
            [name, value].map(|text| Value::string(vm.heap.new_string(text.as_encoded_bytes())));
        // Of several, C finds the first. Strings are good keys.
        if vm.raw_get(environment, name).is_nil() {
            let _ = vm.raw_set(environment, name, value);
        }
    }
    environment
}

/// An environment variable's content.
pub(super) fn env_var(name: &[u8]) -> Option<Vec<u8>> {
    let name = os_path(name);
    std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes)
}

fn execute(vm: &mut Vm) -> NativeResult {
    match vm.opt_str(1)? {
        Some(command) => {
            let result = shell(command.bytes()).status();
            exec_result(vm, result)
        }
        None => {
            let has_shell = cfg!(not(unix)) || std::path::Path::new("/bin/sh").exists();
            vm.ret(Value::bool(has_shell))
        }
    }
}

fn exit(vm: &mut Vm) -> NativeResult {
    let status = match vm.arg(1).tag() {
        Tag::TRUE => 0,
        Tag::FALSE => 1,
        // As C's conversion to `int`.
        _ => vm.opt_int(1, 0)? as i32,
    };
    if !vm.arg(2).is_falsy() {
        if vm.closed {
            // A finalizer that runs as the VM closes: the others follow now.
            vm.run_finalizers(usize::MAX);
        } else {
            vm.close_main_thread();
            vm.close();
        }
    }
    super::io::flush_all(vm);
    std::process::exit(status)
}

fn remove(vm: &mut Vm) -> NativeResult {
    let name = vm.check_str(1)?;
    let name = c_string(name.bytes());
    let result = match std::fs::remove_file(os_path(name)) {
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
            std::fs::remove_dir(os_path(name))
        }
        result => result,
    };
    file_result(vm, result, Some(name))
}

fn rename(vm: &mut Vm) -> NativeResult {
    let (from, to) = (vm.check_str(1)?, vm.check_str(2)?);
    let result = std::fs::rename(os_path(c_string(from.bytes())), os_path(c_string(to.bytes())));
    file_result(vm, result, None)
}

fn tmpname(vm: &mut Vm) -> NativeResult {
    match temporary_file() {
        Ok((name, _)) => vm.ret_str(&name),
        Err(_) => Err(vm.error_at_caller(b"unable to generate a unique filename")),
    }
}

/// There is one locale, "C", by any of its names.
fn setlocale(vm: &mut Vm) -> NativeResult {
    const CATEGORIES: &[&str] = &["all", "collate", "ctype", "monetary", "numeric", "time"];
    let locale = vm.opt_str(1)?;
    vm.check_option(2, Some("all"), CATEGORIES)?;
    match locale.map(|locale| c_string(locale.bytes())) {
        None | Some(b"" | b"C" | b"POSIX") => vm.ret_str(b"C"),
        Some(_) => vm.ret(Value::NIL),
    }
}
