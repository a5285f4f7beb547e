//! Many VMs: each thread has its own, and they share nothing but chunks.

use std::thread;

use moonproof_vm::Lua;

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
