//! Depth: what recurses in Lua does not recurse in Rust, and ends in an error that can be caught.

use std::thread;

use moonproof_vm::Lua;

use crate::run_well;

/// A stack that recursion in Rust would soon fill. Debug builds have large frames.
const SMALL_STACK: usize = if cfg!(debug_assertions) { 1 << 20 } else { 256 << 10 };

/// Runs a program on a small Rust stack.
fn on_small_stack(source: &'static str) {
    thread::Builder::new()
        .stack_size(SMALL_STACK)
        .spawn(move || run_well(&mut Lua::new(), source))
        .expect("a thread")
        .join()
        .expect("a thread that ends well");
}

/// Every way to recurse ends in an error, which can be caught, any number of times.
#[test]
fn recursion_is_bounded() {
    let ways = [
        "local function f() return 1 + f() end return f",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return function() return t.x end",
        "local t = setmetatable({}, {}) getmetatable(t).__add = function(a, b) return 1 + (a + b) end return function() return t + t end",
        "local t = setmetatable({}, {}) getmetatable(t).__call = function(self) return 1 + self() end return t",
        "local t = setmetatable({}, {}) getmetatable(t).__concat = function(a, b) return (a .. b) .. '' end return function() return t .. t end",
        "local function f() return coroutine.wrap(f)() .. '' end return f",
        "local function f() return table.concat({('x'):gsub('x', f)}) end return f",
        "local function f(a, b) table.sort({3, 2, 1}, f) return false end return f",
        "local function f() return load('return ...')(f()) end return f",
        "local function f() for _ in f do end return 1 end return f",
    ];
    for way in ways {
        let source = format!(
            "local f = (function() {way} end)()
             for i = 1, 2 do
                 local ok, message = pcall(f)
                 assert(not ok, 'recursion without end')
                 assert(tostring(message):find('overflow'), message)
             end"
        );
        // The stack of a test's thread has two megabytes: what would recurse in Rust fails.
        run_well(&mut Lua::new(), &source);
    }
}

#[test]
fn deep_lua_calls_take_no_rust_stack() {
    on_small_stack(
        "local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end
         assert(sum(150000) == 150000 * 150001 // 2)
         local function loop(n) if n == 0 then return 'end' end return loop(n - 1) end
         assert(loop(1000000) == 'end')",
    );
}

#[test]
fn deep_structures_are_collected() {
    on_small_stack(
        "local list for i = 1, 300000 do list = {next = list} end
         collectgarbage() collectgarbage('generational') collectgarbage()
         local n = 0 while list do n, list = n + 1, list.next end
         assert(n == 300000)
         local f for i = 1, 100000 do local g = f f = function() return g end end
         collectgarbage()",
    );
}

#[test]
fn many_coroutines() {
    on_small_stack(
        "local all = {}
         for i = 1, 100000 do
             local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return a + b end)
             all[i] = co
             local ok, value = coroutine.resume(co, i)
             assert(ok and value == i + 1)
         end
         local sum = 0
         for i = 1, #all do
             local ok, value = coroutine.resume(all[i], 1)
             sum = sum + value
             assert(coroutine.status(all[i]) == 'dead')
         end
         assert(sum == 100000 * 100001 // 2 + 100000)",
    );
}
