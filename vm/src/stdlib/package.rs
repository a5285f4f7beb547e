//! `require` and the package library (loadlib.c), without dynamic libraries: modules are Lua files
//! and what is preloaded.

use std::borrow::Cow;

use super::os::env_var;
use super::{LoadError, Reach, natives, new_library, os_path};
use crate::closure::NativeFn;
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::string::c_string;
use crate::table::Table;
use crate::value::{LuaType, Value};
use crate::vm::{Raised, Vm};

/// Between the templates of a path.
const PATH_SEPARATOR: u8 = b';';
/// Where a template takes the module's name.
const MARK: &[u8] = b"?";
#[cfg(not(windows))]
const DIRECTORY_SEPARATOR: &str = "/";
#[cfg(not(windows))]
const CONFIG: &[u8] = b"/\n;\n?\n!\n-\n";
#[cfg(windows)]
const DIRECTORY_SEPARATOR: &str = "\\";
#[cfg(windows)]
const CONFIG: &[u8] = b"\\\n;\n?\n!\n-\n";

/// As luaconf.h sets them for Unix.
const DEFAULT_PATH: &[u8] = b"/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;\
    /usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;./?.lua;./?/init.lua";
const DEFAULT_CPATH: &[u8] =
    b"/usr/local/lib/lua/5.4/?.so;/usr/local/lib/lua/5.4/loadall.so;./?.so";

const NO_DYNAMIC_LIBRARIES: &str = "dynamic libraries not enabled; check your Lua installation";

/// Without reach, `require` finds what is loaded or preloaded, and nothing else.
pub(super) fn open(vm: &mut Vm, reach: Reach) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "loadlib" => loadlib,
        "searchpath" => searchpath,
    };
    static SEARCHERS: &[NativeFn] = natives! {
        "?" => search_preloaded,
        "?" => search_lua,
        "?" => search_native,
        "?" => search_native_root,
    };
    static REQUIRE: NativeFn = NativeFn { name: "require", call: require };
    // What is there without reach are the searchers, and the tables of what is loaded.
    let (functions, n_others, searcher_list) = match reach {
        Reach::Everything => (FUNCTIONS, 6, SEARCHERS),
        Reach::Nothing => (&[][..], 3, &SEARCHERS[..1]),
    };
    let package = new_library(vm, functions, n_others);
    // Its items are not behind it, so that it is as large as the other tables.
    let searchers = vm.heap.new_table();
    searchers.ensure_array(&mut vm.heap, searcher_list.len() as u32);
    for (i, searcher) in (1..).zip(searcher_list) {
        let searcher = vm.heap.new_native_closure(searcher, &[Value::table(package)]);
        searchers.array_set(i, Value::native_closure(searcher));
    }
    vm.raw_set_name(package, "searchers", Value::table(searchers));
    if reach == Reach::Everything {
        let path = from_environment(vm, ["LUA_PATH_5_4", "LUA_PATH"], DEFAULT_PATH);
        let cpath = from_environment(vm, ["LUA_CPATH_5_4", "LUA_CPATH"], DEFAULT_CPATH);
        for (name, text) in [("path", &*path), ("cpath", &*cpath), ("config", CONFIG)] {
            let text = Value::string(vm.heap.new_string(text));
            vm.raw_set_name(package, name, text);
        }
    }
    let registry = vm.registry;
    let loaded = registry.get_name(vm.names.loaded);
    vm.raw_set_name(package, "loaded", loaded);
    let preload = Value::table(vm.heap.new_table());
    vm.raw_set_name(registry, "_PRELOAD", preload);
    vm.raw_set_name(package, "preload", preload);
    let require = vm.heap.new_native_closure(&REQUIRE, &[Value::table(package)]);
    let globals = vm.globals;
    vm.raw_set_name(globals, "require", Value::native_closure(require));
    package
}

/// A path that the first of two environment variables sets, where `;;` stands for the default
/// (`setpath`).
fn from_environment(vm: &Vm, names: [&str; 2], default: &'static [u8]) -> Cow<'static, [u8]> {
    let given = match vm.host.ignores_environment {
        true => None,
        false => names.iter().find_map(|name| env_var(name.as_bytes())),
    };
    given.map_or(default.into(), |path| with_default(&path, default).into())
}

/// A path with the default in the place of its first `;;`.
fn with_default(path: &[u8], default: &[u8]) -> Vec<u8> {
    let Some(at) = path.windows(2).position(|pair| pair == b";;") else { return path.to_vec() };
    let (before, after) = (&path[..at], &path[at + 2..]);
    let parts: Vec<&[u8]> =
        [before, default, after].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(&PATH_SEPARATOR)
}

/// `text` with every `from`, which is not empty, replaced (`luaL_gsub`). All of them are reached, or
/// not in the heap.
fn replace(vm: &mut Vm, text: &[u8], from: &[u8], to: &[u8]) -> Result<Vec<u8>, Raised> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, from) {
        vm.append(&mut out, &rest[..at])?;
        vm.append(&mut out, to)?;
        rest = &rest[at + from.len()..];
    }
    vm.append(&mut out, rest)?;
    Ok(out)
}

/// The first readable file of a path, or else the message that lists them (`searchpath`).
fn search_path(
    vm: &mut Vm,
    name: &[u8],
    path: &[u8],
    separator: &[u8],
    directory_separator: &[u8],
) -> Result<Found, Raised> {
    /// What it costs to ask the system for a file.
    const FILE_UNITS: usize = 500;
    let name = match separator {
        [] => name.into(),
        _ => Cow::from(replace(vm, name, separator, directory_separator)?),
    };
    let files = replace(vm, path, MARK, &name)?;
    if !files.is_empty() {
        for file in files.split(|byte| *byte == PATH_SEPARATOR) {
            vm.charge(FILE_UNITS)?;
            if std::fs::File::open(os_path(file)).is_ok() {
                return Ok(Ok(file.to_vec()));
            }
        }
    }
    let mut message = b"no file '".to_vec();
    message.extend(replace(vm, &files, &[PATH_SEPARATOR], b"'\n\tno file '")?);
    message.push(b'\'');
    Ok(Err(message))
}

/// A file, or the message that there is none.
type Found = Result<Vec<u8>, Vec<u8>>;

fn searchpath(vm: &mut Vm) -> NativeResult {
    // Quirk: the last argument is looked at first.
    let directory = vm.opt_str(4)?.map_or(DIRECTORY_SEPARATOR.as_bytes(), |text| text.bytes());
    let separator = vm.opt_str(3)?.map_or(&b"."[..], |text| text.bytes());
    let path = vm.check_str(2)?;
    let name = vm.check_str(1)?;
    let [name, path, separator, directory] =
        [name.bytes(), path.bytes(), separator, directory].map(c_string);
    match search_path(vm, name, path, separator, directory)? {
        Ok(file) => vm.ret_str(&file),
        Err(message) => vm.ret_fail(&message),
    }
}

fn loadlib(vm: &mut Vm) -> NativeResult {
    vm.check_str(1)?;
    vm.check_str(2)?;
    vm.push(Value::NIL);
    vm.push_str(NO_DYNAMIC_LIBRARIES.as_bytes());
    vm.push_str(b"absent");
    Ok(NativeRet::Values(3))
}

/// A field of the package table, which is the running function's upvalue.
fn package_field(vm: &mut Vm, name: &str) -> Result<Value, Raised> {
    let function = vm.cur.frame.function().as_native_closure();
    let package = function.map_or(Value::NIL, |function| function.upvalue(0));
    let key = Value::string(vm.heap.new_string(name.as_bytes()));
    vm.index(package, key)
}

/// The name of the module to be found, as C sees it; a copy, as finding it may run scripts.
#[inline(never)]
fn module_name(vm: &mut Vm) -> Result<Vec<u8>, Raised> {
    Ok(c_string(vm.check_str(1)?.bytes()).to_vec())
}

/// Looks for a module along a field of the package table (`findfile`).
fn find_file(vm: &mut Vm, name: &[u8], field: &str) -> Result<Found, Raised> {
    let path = package_field(vm, field)?;
    match path.as_string().or_else(|| vm.number_to_string(path)) {
        Some(path) => {
            // A metamethod may have made it, and nothing but this function knows it.
            vm.pinned.push(Value::string(path));
            let found =
                search_path(vm, name, c_string(path.bytes()), b".", DIRECTORY_SEPARATOR.as_bytes());
            vm.pinned.pop();
            found
        }
        None => {
            let message = format!("'package.{field}' must be a string");
            Err(vm.error_at_caller(message.as_bytes()))
        }
    }
}

/// A file was found, but is no module (`checkload`).
fn load_error(vm: &mut Vm, name: &[u8], file: &[u8], problem: &[u8]) -> Raised {
    let message =
        [b"error loading module '", name, b"' from file '", file, b"':\n\t", problem].concat();
    vm.error_at_caller(&message)
}

fn search_preloaded(vm: &mut Vm) -> NativeResult {
    let name = module_name(vm)?;
    let keys = [&b"_PRELOAD"[..], &name].map(|key| Value::string(vm.heap.new_string(key)));
    let preload = vm.raw_get(vm.registry, keys[0]);
    let loader = vm.index(preload, keys[1])?;
    if loader.is_nil() {
        return vm.ret_str(&[b"no field package.preload['", name.as_slice(), b"']"].concat());
    }
    vm.push(loader);
    vm.push_str(b":preload:");
    Ok(NativeRet::Values(2))
}

fn search_lua(vm: &mut Vm) -> NativeResult {
    let name = module_name(vm)?;
    match find_file(vm, &name, "path")? {
        Err(message) => vm.ret_str(&message),
        Ok(file) => match vm.load_file(Some(&file), b"bt") {
            Ok(loader) => {
                vm.push(loader);
                vm.push_str(&file);
                Ok(NativeRet::Values(2))
            }
            Err(LoadError::Message(problem)) => Err(load_error(vm, &name, &file, &problem)),
            Err(LoadError::Raised) => Err(Raised),
        },
    }
}

fn search_native(vm: &mut Vm) -> NativeResult {
    let name = module_name(vm)?;
    match find_file(vm, &name, "cpath")? {
        Err(message) => vm.ret_str(&message),
        Ok(file) => Err(load_error(vm, &name, &file, NO_DYNAMIC_LIBRARIES.as_bytes())),
    }
}

/// Looks for the library of a package that a submodule may be in (`searcher_Croot`).
fn search_native_root(vm: &mut Vm) -> NativeResult {
    let name = module_name(vm)?;
    let Some(dot) = name.iter().position(|byte| *byte == b'.') else {
        return Ok(NativeRet::Values(0));
    };
    match find_file(vm, &name[..dot], "cpath")? {
        Err(message) => vm.ret_str(&message),
        Ok(file) => Err(load_error(vm, &name, &file, NO_DYNAMIC_LIBRARIES.as_bytes())),
    }
}

/// Slots of `require`: the name, the table of loaded modules, the searchers, what the searcher said
/// about the loader.
const LOADED: usize = 2;
const SEARCHERS: usize = 3;
const DATA: usize = 4;

fn require(vm: &mut Vm) -> NativeResult {
    let given = vm.check_str(1)?;
    let name = c_string(given.bytes());
    let key = if name.len() == given.len() { given } else { vm.heap.new_string(name) };
    vm.set_n_args(DATA);
    let loaded = vm.registry.get_name(vm.names.loaded);
    vm.set_arg(LOADED, loaded);
    let module = vm.index(loaded, Value::string(key))?;
    if !module.is_falsy() {
        return vm.ret(module);
    }
    load_module(vm)
}

/// The rest of `require`, for what is not loaded.
#[inline(never)]
fn load_module(vm: &mut Vm) -> NativeResult {
    let name = module_name(vm)?;
    let (loader, data) = find_loader(vm, &name)?;
    vm.set_arg(DATA, data);
    vm.push(loader);
    vm.push_str(&name);
    vm.push(data);
    let (result, _) = call_for_two(vm, 2)?;
    if !result.is_nil() {
        set_loaded(vm, &name, result)?;
    }
    let key = Value::string(vm.heap.new_string(&name));
    let mut module = vm.index(vm.arg(LOADED), key)?;
    if module.is_nil() {
        module = Value::bool(true);
        set_loaded(vm, &name, module)?;
    }
    vm.push(module);
    vm.push(vm.arg(DATA));
    Ok(NativeRet::Values(2))
}

fn set_loaded(vm: &mut Vm, name: &[u8], module: Value) -> Result<(), Raised> {
    let key = Value::string(vm.heap.new_string(name));
    vm.set_index(vm.arg(LOADED), key, module)
}

/// Asks the searchers, one after the other, for a loader (`findloader`).
fn find_loader(vm: &mut Vm, name: &[u8]) -> Result<(Value, Value), Raised> {
    let searchers = package_field(vm, "searchers")?;
    if searchers.tag().lua_type() != LuaType::Table {
        return Err(vm.error_at_caller(b"'package.searchers' must be a table"));
    }
    vm.set_arg(SEARCHERS, searchers);
    let mut reasons = Vec::new();
    for i in 1.. {
        let searcher = vm.arg(SEARCHERS).as_table().map_or(Value::NIL, |list| list.get_int(i));
        if searcher.is_nil() {
            break;
        }
        vm.push(searcher);
        vm.push_str(name);
        let (loader, data) = call_for_two(vm, 1)?;
        if loader.tag().is_function() {
            return Ok((loader, data));
        }
        if let Some(reason) = loader.as_string().or_else(|| vm.number_to_string(loader)) {
            reasons.extend_from_slice(b"\n\t");
            vm.append_string(&mut reasons, reason)?;
        }
    }
    let message = [b"module '", name, b"' not found:", &reasons].concat();
    Err(vm.error_at_caller(&message))
}

/// Calls what stands under the last `n_args` values and takes two results off the stack.
fn call_for_two(vm: &mut Vm, n_args: usize) -> Result<(Value, Value), Raised> {
    vm.call(n_args)?;
    let first = vm.cur.frame.base.get().add(DATA);
    let n = vm.cur.top.above(first);
    let result = |i: usize| if i < n { first.add(i).get() } else { Value::NIL };
    let results = (result(0), result(1));
    vm.cur.top = first;
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_semicolons_are_the_default() {
        for (path, expected) in [
            ("", ""),
            (";;", "D"),
            ("a;;", "a;D"),
            (";;b", "D;b"),
            ("a;;b;;c", "a;D;b;;c"),
            ("a;b", "a;b"),
        ] {
            assert_eq!(with_default(path.as_bytes(), b"D"), expected.as_bytes(), "{path}");
        }
    }
}
