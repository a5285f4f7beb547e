//! Hooks and inspection.

use std::sync::{Arc, Mutex};

use moonproof_vm::{Error, HookEvent, HookTriggers, Lua, Thread};

use crate::{eval, exec, failure};

#[test]
fn lines_are_seen() {
    let lua = Lua::new();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let chunk = lua.load("local x = 1\nx = x + 1\n\nreturn x").set_name("=lines");
    let f = chunk.into_function().expect("a function");
    lua.set_hook(HookTriggers::EVERY_LINE, move |lua, event| {
        let activation = event.activation(lua).expect("a function runs");
        if let HookEvent::Line(line) = event {
            assert_eq!(activation.current_line, Some(line));
            assert_eq!(activation.info.short_src.as_deref(), Some("lines"));
            seen.lock().expect("no panic").push(line);
        }
        Ok(())
    })
    .expect("a hook");
    f.call::<()>(()).expect("a call");
    lua.remove_hook();
    f.call::<()>(()).expect("a call");
    assert_eq!(*lines.lock().expect("no panic"), [1, 2, 4]);
}

#[test]
fn errors_of_a_hook_are_raised() {
    let lua = Lua::new();
    lua.set_hook(HookTriggers::new().every_nth_instruction(100), |_, event| {
        assert_eq!(event, HookEvent::Count);
        Err(Error::runtime("enough"))
    })
    .expect("a hook");
    assert_eq!(failure(&lua, "while true do end"), "enough");
    lua.remove_hook();
    exec(&lua, "for i = 1, 1000 do end");
}

#[test]
fn a_coroutine_has_its_own() {
    let lua = Lua::new();
    let calls = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&calls);
    let thread: Thread =
        eval(&lua, "coroutine.create(function() local function f() end f() f() end)");
    thread
        .set_hook(HookTriggers::ON_CALLS | HookTriggers::ON_RETURNS, move |_, event| {
            assert!(matches!(event, HookEvent::Call | HookEvent::Return));
            *seen.lock().expect("no panic") += 1;
            Ok(())
        })
        .expect("a hook");
    exec(&lua, "(function() end)()");
    assert_eq!(*calls.lock().expect("no panic"), 0);
    thread.resume::<()>(()).expect("it runs");
    assert_eq!(*calls.lock().expect("no panic"), 6);
}

#[test]
fn a_panic_in_a_hook_does_not_disable_hooks() {
    let lua = Lua::new();
    let set = |text: &'static str| {
        lua.set_hook(HookTriggers::ON_CALLS, move |_, _| panic!("{text}")).expect("a hook");
    };
    for _ in 0..2 {
        set("in a hook");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = lua.load("(function() end)()").exec();
        }));
        assert!(outcome.is_err());
        lua.remove_hook();
        exec(&lua, "(function() end)()");
    }
}

#[test]
fn the_stack_can_be_inspected() {
    let lua = Lua::new();
    let look = lua
        .create_function(|lua, level: usize| {
            Ok(lua
                .inspect_stack(level)
                .map(|activation| {
                    let line = activation.current_line.map_or(-1, i64::from);
                    (line, activation.name.unwrap_or_default(), activation.info.what)
                })
                .unwrap_or((-2, String::new(), "")))
        })
        .expect("a function");
    lua.globals().set("look", look).expect("a global");
    exec(
        &lua,
        "local function f(level)
            local line, name, what = look(level)
            return line, name, what
         end
         local line, name, what = f(0) assert(line == -1 and name == 'look' and what == 'C')
         local line, name, what = f(1) assert(line == 2 and name == 'f' and what == 'Lua')
         local line, name, what = f(2) assert(line == 7 and what == 'main')
         local line = f(50) assert(line == -2)",
    );
    assert!(lua.inspect_stack(0).is_none());
    assert!(lua.traceback(Some("message"), 0).starts_with("message\nstack traceback:"));
}

#[test]
fn warnings_go_to_the_host() {
    let lua = Lua::new();
    let texts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&texts);
    lua.set_warning_function(move |lua, text, _| {
        lua.globals().set("warned", true)?;
        seen.lock().expect("no panic").push(text.to_owned());
        if text == "fail" { Err(Error::runtime("refused")) } else { Ok(()) }
    });
    exec(&lua, "warn('a', 'b') warn('@on') assert(warned)");
    exec(&lua, "assert(not pcall(warn, 'fail'))");
    exec(&lua, "setmetatable({}, {__gc = function() error('oops', 0) end}) collectgarbage()");
    lua.warning("from the host");
    assert_eq!(
        *texts.lock().expect("no panic"),
        ["ab", "@on", "fail", "error in __gc (oops)", "from the host"]
    );
    lua.remove_warning_function();
    exec(&lua, "warn('nobody hears it')");
}
