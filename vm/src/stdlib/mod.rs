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
pub(crate) use load::{Compiler, LoadError, skip_first_line};
pub(crate) use os::OsLib;
pub(crate) use string::{BYTES_PER_FUEL_LOG2, StringLib, binary_chunk, computed_by};

use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::NativeResult;
use crate::table::Table;
use crate::value::Value;
use crate::vm::Vm;

/// A library that can be opened on its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(crate) enum Library {
    Package = 1,
    Coroutine = 2,
    Debug = 4,
    Table = 8,
    Io = 16,
    Os = 32,
    String = 64,
    Math = 128,
    Utf8 = 256,
}

/// All libraries, as a set of bits.
pub(crate) const ALL_LIBRARIES: u32 = 511;

/// Whether scripts may reach what is outside the VM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    Everything,
    /// No files, processes or environment: what is left of a library is what cannot have effects.
    Nothing,
}

/// Opens the basic functions and a set of libraries, and enters them into the table of loaded
/// modules.
pub(crate) fn open(vm: &mut Vm, libraries: u32, reach: Reach) {
    let registry = vm.registry;
    let loaded = match registry.get_name(vm.names.loaded).as_table() {
        Some(loaded) => loaded,
        None => {
            let loaded = vm.heap.new_table_sized(0, 10);
            vm.raw_set_name(registry, "_LOADED", Value::table(loaded));
            base::open(vm);
            if reach == Reach::Everything {
                load::open_files(vm);
            }
            let globals = vm.globals;
            vm.raw_set_name(loaded, "_G", Value::table(globals));
            loaded
        }
    };
    type Open = fn(&mut Vm, Reach) -> Gc<Table>;
    let all: &[(Library, &str, Open)] = &[
        (Library::Package, "package", package::open),
        (Library::Coroutine, "coroutine", |vm, _| coroutine::open(vm)),
        (Library::Debug, "debug", |vm, _| debug::open(vm)),
        (Library::Table, "table", |vm, _| table::open(vm)),
        (Library::Io, "io", |vm, _| io::open(vm)),
        (Library::Os, "os", os::open),
        (Library::String, "string", |vm, _| string::open(vm)),
        (Library::Math, "math", |vm, _| math::open(vm)),
        (Library::Utf8, "utf8", |vm, _| utf8::open(vm)),
    ];
    let globals = vm.globals;
    for &(library, name, open) in all {
        if libraries & library as u32 != 0 {
            let library = open(vm, reach);
            vm.raw_set_name(globals, name, Value::table(library));
            vm.raw_set_name(loaded, name, Value::table(library));
        }
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
    let mut text = error.to_string();
    if error.raw_os_error().is_some()
        && let Some(end) = text.bytes().rposition(|byte| byte == b'(')
    {
        // What follows is the number.
        text.truncate(end.saturating_sub(1));
    }
    text
}

/// A table of native functions by their names, with room for more fields.
pub(crate) fn new_library(
    vm: &mut Vm,
    functions: &'static [NativeFn],
    n_others: usize,
) -> Gc<Table> {
    let table = vm.heap.new_table_sized(0, (functions.len() + n_others) as u32);
    for function in functions {
        let name = Value::string(vm.heap.new_string(function.name.as_bytes()));
        // There is room, and the names differ.
        let _ = table.insert(&mut vm.heap, name, Value::native(function));
    }
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
    vm.spend(vm.traceback_units(&vm.cur));
    let trace = vm.traceback(&vm.cur, Some(&message), 1);
    vm.ret_str(&trace)
}
