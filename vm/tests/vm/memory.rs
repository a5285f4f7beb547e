//! Memory in the long run: garbage goes, whatever it is made of, and the heap stays as large as what
//! is alive.

use moonproof_vm::{Lua, Stress};

use crate::run_well;

/// Runs a program that makes garbage, with as many rounds, and returns bytes in use behind it.
fn used_after(lua: &mut Lua, body: &str, rounds: u32) -> usize {
    run_well(lua, &format!("for i = 1, {rounds} do {body} end"));
    lua.used_memory()
}

/// Ten times the garbage needs no more memory.
fn stays_constant(body: &str, rounds: u32) {
    for generational in [false, true] {
        let mut lua = Lua::new();
        lua.set_generational(generational);
        used_after(&mut lua, body, rounds / 10);
        let after = used_after(&mut lua, body, rounds);
        assert!(after < 6 << 20, "{after} bytes after {body}, generational: {generational}");
    }
}

#[test]
fn garbage_goes() {
    stays_constant("local t = {i, x = {}}", 1_000_000);
    stays_constant("local s = 'string ' .. i", 1_000_000);
    stays_constant("local s = ('long string'):rep(100) .. i", 100_000);
    stays_constant("local f = function() return i end", 1_000_000);
    stays_constant("local a, b = {}, {} a.b, b.a = b, a", 500_000);
    stays_constant("setmetatable({}, {__gc = function() end})", 100_000);
    stays_constant("setmetatable({{}, {}}, {__mode = 'kv'})", 100_000);
    stays_constant("local t = {} for j = 1, 100 do t[j] = j end", 20_000);
    stays_constant("pcall(error, {i})", 200_000);
    stays_constant("pcall(string.rep)", 500_000);
    stays_constant("coroutine.wrap(function() coroutine.yield(i) end)()", 100_000);
    stays_constant("load('return ' .. i)()", 20_000);
}

/// A stack that was large once is not for ever, be it of the main thread or of another.
#[test]
fn deep_recursion_gives_its_memory_back() {
    let script = "
        local function down(n) if n == 0 then return 0 end return 1 + down(n - 1) end
        local function deep(n) for i = 1, 2 do assert(down(n) == n) coroutine.yield() end end
        local co = coroutine.wrap(function() return deep(100000) end)
        co()
        assert(down(100000) == 100000)
        collectgarbage() collectgarbage()
        assert(collectgarbage('count') < 200, collectgarbage('count'))
        co()
        assert(down(100000) == 100000)";
    for generational in [false, true] {
        let mut lua = Lua::new();
        lua.set_generational(generational);
        run_well(&mut lua, script);
    }
}

#[test]
fn what_is_alive_stays() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "local keep = {}
         for i = 1, 300000 do
             local t = {i, tostring(i)}
             if i % 100 == 0 then keep[#keep + 1] = t end
         end
         collectgarbage()
         for i, t in ipairs(keep) do
             assert(t[1] == i * 100 and t[2] == tostring(i * 100))
         end",
    );
}

/// Items change places while the collector has come half through a large array.
#[test]
fn items_that_move_stay() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "collectgarbage('incremental')
         for steps = 0, 20 do
             items = {}
             for i = 1, 6000 do items[i] = {i} end
             collectgarbage()
             collectgarbage('stop')
             for _ = 1, steps do collectgarbage('step', 4) end
             table.move(items, 4001, 6000, 1)
             for i = 4001, 6000 do items[i] = false end
             repeat until collectgarbage('step', 100)
             local others = {}
             for i = 1, 6000 do others[i] = {-1} end
             for i = 1, 2000 do assert(items[i][1] == 4000 + i) end
         end",
    );
}

#[test]
fn a_full_collection_frees_everything() {
    let mut lua = Lua::new();
    run_well(&mut lua, "collectgarbage()");
    let before = lua.used_memory();
    run_well(&mut lua, "t = {} for i = 1, 200000 do t[i] = {i} end");
    assert!(lua.used_memory() > before + (8 << 20), "{}", lua.used_memory());
    run_well(&mut lua, "t = nil collectgarbage()");
    assert!(lua.used_memory() < before + (1 << 20), "{before} and {}", lua.used_memory());
}

/// A collection wherever one may be, while metamethods are entered and left.
#[test]
fn metamethods_under_stress() {
    let mut lua = Lua::new();
    lua.set_stress(Stress::Collections);
    run_well(
        &mut lua,
        "local mt = {}
         local v = setmetatable({}, mt)
         for _, event in ipairs {
             'add', 'sub', 'band', 'shl', 'unm', 'bnot', 'concat', 'len', 'eq', 'lt', 'le', 'call', 'index',
         } do
             mt['__' .. event] = function(a, b) return event == 'len' and 3 or a end
         end
         mt.__newindex = function(t, k, x) rawset(t, k, x) end
         for i = 1, 3 do
             assert(v .. 'x' .. v == v and 'x' .. v == 'x' and v .. 1 .. 2 == v)
             assert(v + 1 == v and v & 1 == v and v << 1 == v and -v == v and ~v == v and #v == 3)
             assert(v < 1 and v <= v and v(1) == v and v.x == v and v[i] == v)
             v[i] = i
             assert(rawget(v, i) == i)
         end",
    );
}

/// Runs a program in steps of every size up to a cycle, and with a collector that examines itself.
fn under_steps(program: &str) {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "function steps(n) for _ = 1, n do collectgarbage('step', 1) end end
         function finish()
             for _ = 1, 20 do if collectgarbage('step', 100) then return end end
         end",
    );
    run_well(
        &mut lua,
        &format!(
            "collectgarbage('stop')
             for n = 0, 100 do
                 collectgarbage()
                 local function step() steps(n) end
                 {program}
             end
             collectgarbage('restart')"
        ),
    );
    for generational in [false, true] {
        lua.set_generational(generational);
        lua.set_stress(Stress::Steps);
        run_well(
            &mut lua,
            &format!("for n = 0, 3 do local function step() steps(n) end {program} end"),
        );
        lua.set_stress(Stress::Off);
    }
}

#[test]
fn an_upvalue_that_is_closed_keeps_its_value() {
    under_steps(
        "kept = {work = {}}
         for i = 1, 100 do kept.work[i] = {i} end
         local seen = setmetatable({}, {__mode = 'v'})
         local co = coroutine.wrap(function()
             local x
             kept.get = function() return x end
             coroutine.yield()
             x = {n}
             seen[1] = x
         end)
         co()
         step()
         co()
         co = nil
         finish()
         assert(seen[1] and kept.get() == seen[1])",
    );
}

#[test]
fn a_coroutine_that_is_found_late_shares_its_variables() {
    under_steps(
        "kept = {work = {}, threads = {}}
         for i = 1, 100 do kept.work[i] = {i} end
         step()
         local function start()
             local set
             local co = coroutine.create(function()
                 local x = 1
                 function set(value) x = value end
                 coroutine.yield()
                 return x
             end)
             coroutine.resume(co)
             kept.threads[1], kept.set = co, set
         end
         start()
         finish()
         kept.set(n)
         local _, x = coroutine.resume(kept.threads[1])
         assert(x == n)",
    );
}

/// A step of generational collection takes the young that are dead, and leaves what is old.
#[test]
fn the_old_are_left_to_whole_collections() {
    let mut lua = Lua::new();
    run_well(
        &mut lua,
        "collectgarbage('generational')
         local seen = setmetatable({}, {__mode = 'v'})
         local kept = {{}}
         seen.old = kept[1]
         collectgarbage()
         kept[1] = {inner = {}}
         seen.young, seen.kept, seen.inner = {}, kept[1], kept[1].inner
         local old = seen.old
         collectgarbage('step')
         old = nil
         collectgarbage('step')
         assert(seen.old and not seen.young)
         assert(seen.kept == kept[1] and seen.inner == kept[1].inner)
         collectgarbage()
         assert(not seen.old and seen.kept)
         -- Back to where everything is young.
         collectgarbage('incremental')
         kept[1] = nil
         repeat until collectgarbage('step')
         assert(not seen.kept)",
    );
}
