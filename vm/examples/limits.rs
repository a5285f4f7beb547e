//! Scripts that nobody trusts: a sandbox, limits that they cannot catch, and a VM that goes on.

use moonproof_vm::{Error, Limits, Lua, Result};

/// How a script ended.
pub(crate) fn run(lua: &Lua, script: &str) -> Result<String> {
    lua.set_limits(Limits::new().fuel(1_000_000).memory(4 << 20).stack_slots(10_000));
    match lua.load(script).set_name("=script").eval::<Option<String>>() {
        Ok(result) => Ok(result.unwrap_or_else(|| "nothing".to_owned())),
        Err(Error::LimitExceeded { limit }) => Ok(format!("limit exceeded: {limit:?}")),
        Err(error) => {
            Ok(error.to_string().lines().next().unwrap_or("an error without text").to_owned())
        }
    }
}

pub(crate) const SCRIPTS: [&str; 7] = [
    "return 'hello, ' .. ('x'):rep(3)",
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "local t = {} while true do t[#t + 1] = {} end",
    "return ('x'):rep(1 << 40)",
    "local function f() return 1 + f() end return f()",
    "return tostring(io or os.execute or debug or load(string.dump(function() end)))",
];

fn main() -> Result<()> {
    let lua = Lua::sandboxed();
    for script in SCRIPTS {
        println!("{script}\n    {}", run(&lua, script)?);
    }
    Ok(())
}
