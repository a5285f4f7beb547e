//! The standard libraries, one a file.

mod base;
mod coroutine;
mod debug;
mod io;
mod load;
mod math;
mod os;
mod package;
mod string;
mod system;
mod table;
mod utf8;

pub(crate) use base::{IPAIRS_STEP, NEXT};
pub(crate) use io::{DEFAULT_INPUT, DEFAULT_OUTPUT, FILE_HANDLE, IoLib, Standard, Stream};
pub(crate) use os::OsLib;
pub(crate) use string::StringLib;

use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::NativeResult;
use crate::table::Table;
use crate::value::Value;
use crate::vm::Vm;

/// Opens every library and enters it into the table of loaded modules.
pub(crate) fn open_all(vm: &mut Vm) {
    let loaded = vm.heap.new_table();
    let registry = vm.registry;
    vm.raw_set_name(registry, "_LOADED", Value::table(loaded));
    base::open(vm);
    let globals = vm.globals;
    vm.raw_set_name(loaded, "_G", Value::table(globals));
    type Open = fn(&mut Vm) -> Gc<Table>;
    let libraries: &[(&str, Open)] = &[
        ("package", package::open),
        ("coroutine", coroutine::open),
        ("debug", debug::open),
        ("table", table::open),
        ("io", io::open),
        ("os", os::open),
        ("string", string::open),
        ("math", math::open),
        ("utf8", utf8::open),
    ];
    for &(name, open) in libraries {
        let library = open(vm);
        vm.raw_set_name(globals, name, Value::table(library));
        vm.raw_set_name(loaded, name, Value::table(library));
    }
}

/// A path given by a script.
#[cfg(unix)]
pub(crate) fn os_path(path: &[u8]) -> &std::path::Path {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(path).as_ref()
}

/// A path given by a script.
#[cfg(not(unix))]
pub(crate) fn os_path(path: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(path).into_owned().into()
}

/// The system's message for an error, as `strerror` words it.
pub(crate) fn os_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// A table of native functions by their names.
pub(crate) fn new_library(vm: &mut Vm, functions: &'static [NativeFn]) -> Gc<Table> {
    let table = vm.heap.new_table_sized(0, functions.len() as u32);
    add_functions(vm, table, functions);
    table
}

/// Enters native functions into a table by their names.
pub(crate) fn add_functions(vm: &mut Vm, table: Gc<Table>, functions: &'static [NativeFn]) {
    for function in functions {
        vm.raw_set_name(table, function.name, Value::native(function));
    }
}

/// A list of native functions, named as in Lua.
macro_rules! natives {
    ($($name:literal => $function:expr,)*) => {
        &[$($crate::closure::NativeFn { name: $name, call: $function },)*]
    };
}
pub(crate) use natives;

/// Turns an error into the text that a host shows: the message with a traceback (`msghandler` of
/// the `lua` command).
pub(crate) static MESSAGE_HANDLER: NativeFn = NativeFn { name: "?", call: message_handler };

fn message_handler(vm: &mut Vm) -> NativeResult {
    let error = vm.arg(1);
    let message = if let Some(string) = error.as_string() {
        string.bytes().to_vec()
    } else if let Some(string) = vm.number_to_string(error) {
        string.bytes().to_vec()
    } else {
        let handler = vm.metatable_of(error).map_or(Value::NIL, |m| m.get_name(vm.names.tostring));
        if !handler.is_nil() {
            let text = vm.call_for_one(handler, &[error])?;
            if text.as_string().is_some() {
                return vm.ret(text);
            }
        }
        format!("(error object is a {} value)", error.tag().lua_type().name()).into_bytes()
    };
    let trace = vm.traceback(&vm.cur, Some(&message), 1);
    vm.ret_str(&trace)
}
