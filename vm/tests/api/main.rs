//! The embedding API, one file for each of its types, and hostile sequences.

mod callback;
mod convert;
mod examples;
mod function;
mod hook;
mod hostile;
mod string;
mod table;
mod thread;
mod userdata;
mod value;

use moonproof_vm::{FromLuaMulti, Lua};

/// What a chunk returns; panics with its error.
fn eval<R: FromLuaMulti>(lua: &Lua, source: &str) -> R {
    lua.load(source).set_name("=test").eval().unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// Runs a chunk; panics with its error.
fn exec(lua: &Lua, source: &str) {
    eval(lua, source)
}

/// The first line of a chunk's error.
fn failure(lua: &Lua, source: &str) -> String {
    match lua.load(source).set_name("=test").exec() {
        Ok(()) => panic!("{source}: no error"),
        Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}
