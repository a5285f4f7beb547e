//! Many VMs: each thread has its own, and they share nothing but chunks.

use std::sync::mpsc;
use std::thread;

use moonproof_vm::{HookTriggers, Limits, Lua};

use crate::{chunk, run_well};

#[test]
fn a_vm_for_each_thread() {
    let shared = chunk(
        "local words = {}
         for i = 1, 20000 do words[#words + 1] = 'w' .. i % 97 end
         local n = 0
         for _, word in ipairs(words) do if word == 'w13' then n = n + 1 end end
         result = (result or 0) + n",
    );
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || {
                let mut lua = Lua::new();
                for _ in 0..3 {
                    lua.run(shared.clone(), &[]).expect("a program without errors");
                }
                run_well(&mut lua, "assert(result == 3 * 207, result)");
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread that ends well");
    }
}

#[test]
fn thousands_of_vms() {
    let shared = chunk("local t = {} for i = 1, 10 do t[i] = i end x = #t");
    let mut all: Vec<Lua> = (0..2000).map(|_| Lua::new()).collect();
    for lua in &mut all {
        lua.run(shared.clone(), &[]).expect("a program without errors");
    }
    let each = all.iter().map(Lua::used_memory).max().unwrap_or(0);
    assert!(each < 256 << 10, "{each} bytes for a small VM");
    for lua in all.iter_mut().rev() {
        run_well(lua, "assert(x == 10)");
    }
}

/// Interruptions at any time, with every set of handlers: each is an error once, and none is lost.
#[test]
fn interruptions_from_another_thread() {
    const N: usize = 200;
    for (fuel, hooked) in [(false, false), (true, false), (false, true), (true, true)] {
        let lua = Lua::new();
        let interrupter = lua.interrupter().expect("a VM");
        if fuel {
            lua.set_limits(Limits::new().fuel(u64::MAX));
        }
        if hooked {
            lua.set_hook(HookTriggers::EVERY_LINE, |_, _| Ok(())).expect("a VM");
        }
        let (ask, asked) = mpsc::channel();
        let other = thread::spawn(move || asked.iter().for_each(|()| interrupter.interrupt()));
        let endless = lua
            .load("local function f(...) return select('#', ...) end while true do f(1, 2) end")
            .into_function()
            .expect("a function");
        for _ in 0..N {
            ask.send(()).expect("a thread that listens");
            let error = endless.call::<()>(()).expect_err("no end but by an interruption");
            assert!(error.to_string().contains("interrupted!"), "{error}");
        }
        lua.load("for i = 1, 1000 do f = function(...) end f(i) end")
            .exec()
            .expect("no interruption");
        drop(ask);
        other.join().expect("a thread that ends well");
    }
}
