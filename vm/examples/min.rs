//! A Lua interpreter with a `print` of its own: `min FILE`, or a built-in greeting.

use moonproof_vm::{Lua, Result, Value, Variadic};

pub(crate) fn run(lua: &Lua, path: Option<String>) -> Result<()> {
    let print = lua.create_function(|_, values: Variadic<Value>| {
        let texts = values.iter().map(Value::to_string).collect::<Result<Vec<_>>>()?;
        println!("{}", texts.join("\t"));
        Ok(())
    })?;
    lua.globals().set("print", print)?;
    match path {
        Some(path) => lua.load(std::path::PathBuf::from(path)).exec(),
        None => lua.load("print('hello from', _VERSION)").exec(),
    }
}

fn main() {
    if let Err(error) = run(&Lua::new(), std::env::args().nth(1)) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
