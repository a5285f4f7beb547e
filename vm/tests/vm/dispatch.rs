//! Dispatch does not grow the Rust stack.
//!
//! In an optimised build a handler calls the next one in tail position, and everything rests on the
//! compiler making a jump of that. One call that is left costs at least 16 bytes each time it is
//! executed; every opcode is executed often enough here to fill a stack of 256 KiB with those. The
//! test says something about such builds only: `cargo test --release -p moonproof-vm`.

use std::thread;

use moonproof_vm::{Limits, Lua};

use crate::{chunk, run_well};

/// Bytes of the Rust stack. A build without optimisation has large frames for everything.
const STACK: usize = if cfg!(debug_assertions) { 2 << 20 } else { 256 << 10 };

/// Executes each opcode that a loop can contain, in forms that succeed and, where there is one, that
/// go by the metamethod.
const PROGRAM: &str = r#"
local N = 40000
local mt = {}
for _, event in ipairs{"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor",
                       "bxor", "shl", "shr", "bnot", "concat", "len", "eq", "lt", "le", "call"} do
    mt["__" .. event] = function() return 1 end
end
mt.__index = function() return 1 end
mt.__newindex = function() end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local function id(...) return ... end
local function varargs(...) local a, b = ... return select('#', ...), a, b, ... end
local function tail(x) return id(x) end
local function one() return 1 end
local function none() end
local up = 0
local function set() up = false end
g = 1
local s, x, y, f, t = "abc", 7, 3, 2.5, {1, 2, 3, name = "n"}
for i = 1, N do
    local a, b, c = x + y, x - y, x * y
    a, b, c = x / y, x % y, x // y
    a, b, c = x & y, x | y, x ~ y
    a, b, c = x << y, x >> y, x ^ y
    a, b, c = x + 1, x - 1, x * 2
    a, b, c = x / 2, x % 2, x // 2
    a, b, c = x & 2, x | 2, x ~ 2
    a, b, c = x << 2, 2 << x, x ^ 2
    a, b, c = -x, ~x, #s
    a, b, c = f + x, f * f, f - 1.5
    a, b, c = x + 1000, x * 3, set()
    a, b, c = not x, s .. x .. f, nil
    a, b, c = o + 1, 1 + o, o - p
    a, b, c = o * 2, o / p, o % p
    a, b, c = o & 1, 1 | o, o ~ p
    a, b, c = o << 1, 1 << o, o >> p
    a, b, c = -o, ~o, #o
    a, b, c = o .. s, o ^ 2, o // 2
    a, b, c = o == p, o < p, o <= p
    a, b, c = x < y, x <= y, x == y
    a, b, c = x < 1, x > 1, x == 1
    a, b, c = x <= 1, x >= 1, x == "s"
    a = x and y or f
    if not a then a = 1 end
    a, b, c = t[1], t.name, t[x]
    a, b, c = o[1], o.name, o[x]
    t[1], t.name, t[x] = i, s, i
    o[1], o.name, o[x] = i, s, i
    a, g = g, i
    a, up = up, i
    a = s:len()
    a = {x, y, f, id(x, y)}
    a = {name = 1, id()}
    a, b = varargs(1, 2, 3)
    a = tail(x)
    a = one(none())
    a = o(1)
    a = function() return up, a end
    for j = 1, 2 do local k = j end
    for j = 1.0, 2.0 do local k = j end
    for k, v in next, t do a = v end
    for k, v in pairs(t) do a = v end
    for _, v in ipairs(t) do a = v end
    do local q <close> = nil end
    repeat local z = i; a = function() return z end until true
    goto next
    ::next::
end
local closing = setmetatable({}, {__close = none})
for i = 1, N do
    local q <close> = closing
    pcall(error)
    pcall(none)
end
local co = coroutine.wrap(function() for i = 1, N + 1 do coroutine.yield(i) end end)
for i = 1, N do co() end
"#;

#[test]
fn the_stack_does_not_grow() {
    for fuel in [None, Some(u64::MAX)] {
        let outcome = thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || {
                let mut lua = Lua::new();
                let mut limits = Limits::default();
                limits.fuel = fuel;
                lua.set_limits(limits);
                run_well(&mut lua, PROGRAM);
            })
            .expect("a thread")
            .join();
        assert!(outcome.is_ok(), "with fuel {fuel:?}");
    }
}

#[test]
fn the_program_has_every_opcode_that_loops_can_have() {
    use moonproof_bytecode::{OpCode, Proto};
    fn add(proto: &Proto, seen: &mut Vec<OpCode>) {
        seen.extend(proto.code.iter().filter_map(|word| word.opcode()));
        proto.protos.iter().for_each(|nested| add(nested, seen));
    }
    let mut seen = Vec::new();
    add(&chunk(PROGRAM).chunk().main, &mut seen);
    let missing: Vec<&str> =
        OpCode::ALL.iter().filter(|op| !seen.contains(op)).map(|op| op.info().name).collect();
    // One needs 131,072 constants.
    assert_eq!(missing, ["LOADKX"]);
}
