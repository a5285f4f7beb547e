//! Limits of fuel, memory and stack: nothing that a script does catches or outlives them, and the
//! VM can be used afterwards.

use moonproof_compiler::compile;
use moonproof_vm::{Error, Limits, Lua};

use crate::{run, run_well};

/// Ways to go on after an error. `work` is the function that hits the limit.
const WAYS: [(&str, &str); 9] = [
    ("directly", "work()"),
    ("pcall", "pcall(work) survived = true"),
    ("pcall for ever", "while true do pcall(work) end"),
    ("nested pcall", "pcall(pcall, pcall, work) survived = true"),
    ("xpcall", "xpcall(work, function() survived = true end) survived = true"),
    ("coroutine", "coroutine.resume(coroutine.create(work)) survived = true"),
    ("wrap under pcall", "pcall(coroutine.wrap(work)) survived = true"),
    (
        "metamethod",
        "local t = setmetatable({}, {__index = work}) pcall(function() return t.x end) survived = true",
    ),
    (
        "to be closed",
        "local ok = pcall(function() local x <close> = setmetatable({}, {__close = function() survived = true end}) work() end) survived = true",
    ),
];

fn limited(change: impl FnOnce(&mut Limits)) -> Lua {
    let lua = Lua::new();
    let mut limits = Limits::default();
    change(&mut limits);
    lua.set_limits(limits);
    lua
}

/// Runs `work` in every way, each time in a new VM with that limit, and looks at the error and at
/// what is left.
fn check_all(work: &str, expected: &str, change: fn(&mut Limits)) {
    for (name, way) in WAYS {
        let mut lua = limited(change);
        let source = format!("local function work() {work} end {way}");
        let message = run(&mut lua, &source).expect_err(name);
        assert!(message.ends_with(expected), "{name}: {message}");
        lua.set_limits(Limits::default());
        run_well(&mut lua, "assert(survived == nil, 'the limit was caught')");
        run_well(&mut lua, "local t = {} for i = 1, 100 do t[i] = {i} end assert(#t == 100)");
    }
}

#[test]
fn fuel_ends_everything() {
    let few = |limits: &mut Limits| limits.fuel = Some(100_000);
    check_all("while true do end", "out of fuel", few);
    check_all("return work()", "out of fuel", few);
    check_all("for i = 1, math.huge do end", "out of fuel", few);
    check_all("::again:: local s = ('x'):rep(1000) goto again", "out of fuel", few);
    check_all("repeat local ok = pcall(error) until false", "out of fuel", few);
}

#[test]
fn fuel_is_spent_by_libraries() {
    let few = |limits: &mut Limits| limits.fuel = Some(100_000);
    check_all("while true do ('x'):rep(100000) end", "out of fuel", few);
    check_all("local s = ('a'):rep(3000) s:find(('a*'):rep(30) .. 'b')", "out of fuel", few);
    check_all(
        "local t = {} for i = 1, 3000 do t[i] = -i end while true do table.sort(t) table.move(t, 1, #t, 2) end",
        "out of fuel",
        few,
    );
    check_all(
        "while true do table.concat({}, ',', 1, 0) string.format('%99d', 1) end",
        "out of fuel",
        few,
    );
}

#[test]
fn unused_fuel_is_told() {
    let mut lua = limited(|limits| limits.fuel = Some(1_000_000));
    run_well(&mut lua, "for i = 1, 1000 do end");
    let left = lua.fuel();
    assert!((500_000..1_000_000).contains(&left), "{left}");
}

#[test]
fn memory_is_bounded() {
    let little = |limits: &mut Limits| limits.memory = 8 << 20;
    check_all("local t = {} while true do t = {t, {}, 'x'} end", "not enough memory", little);
    check_all(
        "local t = {} for i = 1, math.huge do t[i] = 'string ' .. i end",
        "not enough memory",
        little,
    );
    check_all(
        "local t = {} for i = 1, math.huge do t[i] = function() return i end end",
        "not enough memory",
        little,
    );
    check_all(
        "local t = {} for i = 1, math.huge do t[i] = coroutine.create(work) end",
        "not enough memory",
        little,
    );
}

/// A single request that is too large is an ordinary error: nothing was taken.
#[test]
fn huge_requests_fail_at_once() {
    let mut lua = limited(|limits| limits.memory = 64 << 20);
    for request in [
        "('x'):rep(1 << 40)",
        "('x'):rep(1 << 20, ('y'):rep(1 << 20))",
        "table.concat({('x'):rep(1 << 20)}, ('y'):rep(1 << 20), 1, 1) .. ('x'):rep(1 << 30)",
        "table.move({1}, 1, 1, 1 << 62)[1] .. ('x'):rep(1 << 35)",
    ] {
        run_well(&mut lua, &format!("assert(not pcall(function() return {request} end))"));
    }
    assert!(lua.used_memory() < 32 << 20, "{}", lua.used_memory());
}

#[test]
fn small_stacks_are_full_sooner() {
    let mut lua = limited(|limits| limits.stack_slots = 2000);
    run_well(
        &mut lua,
        "local depth = 0
         local function f() depth = depth + 1 return 1 + f() end
         local ok, message = pcall(f)
         assert(not ok and message:find('stack overflow'), message)
         assert(depth < 2000, depth)",
    );
}

#[test]
fn limits_can_be_set_again() {
    let mut lua = limited(|limits| limits.fuel = Some(1000));
    for _ in 0..10 {
        assert!(run(&mut lua, "while true do end").is_err());
        let mut limits = Limits::default();
        limits.fuel = Some(1000);
        lua.set_limits(limits);
    }
    lua.set_limits(Limits::default());
    run_well(&mut lua, "for i = 1, 100000 do end");
}

/// What garbage takes is not counted against a request: it is collected first.
#[test]
fn garbage_is_collected_before_memory_is_refused() {
    for operation in ["('x'):rep(700000)", "part .. i", "part:sub(2)"] {
        let mut lua = limited(|limits| limits.memory = 4 << 20);
        let script = format!(
            "local kept, part = ('k'):rep(1500000), ('p'):rep(700000)
             local last
             for i = 1, 100 do last = {operation} end
             assert(#kept == 1500000 and #last >= 699999)"
        );
        run_well(&mut lua, &script);
    }
}

/// The pieces of a reader are held by the library, and count as memory all the same.
#[test]
fn pieces_of_a_chunk_count_as_memory() {
    let mut lua = limited(|limits| limits.memory = 4 << 20);
    run_well(
        &mut lua,
        "local spaces, n_pieces = (' '):rep(1 << 18), 0
         local chunk, message = load(function()
             n_pieces = n_pieces + 1
             return n_pieces < 64 and spaces or nil
         end)
         assert(chunk == nil and message:find('not enough memory'), message)",
    );
}

/// Functions are larger than their texts, and count with everything that is theirs.
#[test]
fn functions_count_as_memory() {
    for source in ["x{} ", "f() ", "t = {'text'} ", "f = function() end "] {
        let mut lua = limited(|limits| limits.memory = 8 << 20);
        let script = format!(
            "local piece = '{}'
             -- Compiling alone would take more than there is.
             local chunk, message = load('do ' .. piece:rep((2 << 20) // #piece) .. ' end')
             assert(not chunk and message:find('not enough memory'), message)
             local text = 'do ' .. piece:rep(150) .. ' end'
             local kept, n = {{}}, 0
             while true do
                 n = n + 1
                 kept[n] = assert(load(text))
                 assert(n * #text < 8 << 20)
             end",
            source.escape_default()
        );
        let message = run(&mut lua, &script).expect_err(source);
        assert!(message.contains("not enough memory"), "{source}: {message}");
    }
}

/// A constant of one byte takes many in memory.
#[test]
fn binary_chunks_are_limited_as_they_are_loaded() {
    let mut chunk = compile(b"", b"=test").expect("a chunk");
    chunk.main.constants = vec![moonproof_bytecode::Constant::Nil; 1 << 20];
    let bytes = moonproof_bytecode::dump(&chunk, moonproof_bytecode::Strip::Nothing);
    let lua = Lua::new();
    lua.set_limits(Limits::new().memory(64 << 20));
    assert!(lua.load(&bytes).into_function().is_ok());
    lua.set_limits(Limits::new().memory(12 << 20));
    let error = lua.load(&bytes).into_function().expect_err("16 MB");
    assert!(matches!(error, Error::MemoryError(_)), "{error}");
}

#[test]
fn loading_takes_fuel() {
    let mut lua = limited(|limits| limits.fuel = Some(1_000_000));
    let script = "local text = ('x = 1 '):rep(100000)
                  n = 0
                  while true do n = n + 1 load(text) end";
    assert_eq!(run(&mut lua, script), Err("out of fuel".to_owned()));
    lua.set_limits(Limits::default());
    run_well(&mut lua, "assert(n < 10)");
}
