//! Suite `runtime`: attacks that only knowledge of values or of lifetimes can refuse. The verifier's
//! dataflow does; and if it is told to look away, the VM still fends them off where it runs them,
//! by an error or by doing something harmless, because `debug.setlocal` can do what they do.
//!
//! Each is an edit to what the compiler made of a small source, run a few times, also in a VM that
//! collects garbage and moves its stack whenever it can. A debug build asserts what the
//! interpreter takes for granted.

use libtest_mimic::Trial;
use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto};
use moonproof_compiler::compile;
use moonproof_tests::trial::asserting;
use moonproof_verifier::Rule::{C1, C2, C3, C4, T1, T3, T4, T5, V1, V2, V3, V4};
use moonproof_verifier::{Rule, VerifiedChunk, verify, verify_without_all};
use moonproof_vm::{Limits, Lua, Stress};

pub(crate) fn tests() -> Vec<Trial> {
    vec![asserting("runtime::attacks_are_harmless", attacks_are_harmless)]
}

/// Things that attacks use: garbage with finalizers, a full collection, values that close.
const PRELUDE: &str = "
    function gc() collectgarbage() collectgarbage() return {}, 'fresh' .. #_VERSION end
    function closing(f)
        return setmetatable({}, { __close = function(...) gc() if f then f(...) end end })
    end
    function litter() for i = 1, 50 do setmetatable({}, { __gc = function() return i end }) end end
    function call(f, ...) return f(...) end
    function id(...) return ... end
";

fn trusted(source: &str) -> VerifiedChunk {
    let chunk = compile(source.as_bytes(), b"=trusted").expect("a source of ours");
    verify(chunk).expect("a chunk of ours")
}

/// Runs an edited chunk a few times, looks whether the VM still works, and tells how the last run
/// ended.
fn run(attack: &Attack, stress: Stress) -> String {
    let (what, _, rules, source, edit) = *attack;
    let mut chunk = compile(source.as_bytes(), b"=attack").expect("a source that compiles");
    edit(&mut chunk);
    let verified = without_rules(what, chunk, rules);
    let lua = Lua::new();
    lua.run(trusted(PRELUDE), &[]).expect("the prelude runs");
    let mut limits = Limits::default();
    limits.fuel = Some(10_000);
    limits.memory = 64 << 20;
    lua.set_limits(limits);
    lua.set_stress(stress);
    let mut outcome = String::new();
    for _ in 0..3 {
        outcome = match lua.run(verified.clone(), &[]) {
            Ok(()) => "returns".to_string(),
            Err(error) => String::from_utf8_lossy(&error.message).into_owned(),
        };
    }
    lua.set_limits(Limits::default());
    lua.set_stress(Stress::Off);
    lua.run(trusted("litter() gc() assert(call(id, 7) == 7)"), &[])
        .unwrap_or_else(|error| panic!("{what}: the VM is broken: {error:?}"));
    outcome
}

/// Asserts that a chunk breaks just those rules, and verifies what else there is to verify.
fn without_rules(what: &str, chunk: Chunk, rules: &[Rule]) -> VerifiedChunk {
    let rejection = verify(chunk.clone()).err().unwrap_or_else(|| panic!("{what}: verifies"));
    let mut found: Vec<Rule> = rejection.findings().iter().map(|finding| finding.rule).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, rules, "{what}: {rejection}");
    verify_without_all(chunk, rules).unwrap_or_else(|more| panic!("{what}: {more}"))
}

fn at(proto: &Proto, op: OpCode) -> usize {
    proto.code.iter().position(|word| word.opcode() == Some(op)).expect("an instruction to edit")
}

fn set(proto: &mut Proto, op: OpCode, change: impl Fn(Instruction) -> Instruction) {
    let pc = at(proto, op);
    proto.code[pc] = change(proto.code[pc]);
}

fn nop() -> Instruction {
    Instruction::new_sj(Jmp, 0)
}

/// Makes every CLOSE, and every closing return, close nothing.
fn never_close(proto: &mut Proto) {
    for word in &mut proto.code {
        match word.opcode() {
            Some(Close) => *word = nop(),
            Some(Return | TailCall) => *word = word.with_k(false),
            _ => {}
        }
    }
}

/// What it is, how it ends, the rules that it breaks, the source and the edit.
type Attack = (&'static str, &'static str, &'static [Rule], &'static str, fn(&mut Chunk));

const ATTACKS: &[Attack] = &[
    // T: types that the reference takes on trust.
    ("items into a number", "malformed bytecode", &[T3], "local t = 5; return {id()}", |c| {
        set(&mut c.main, NewTable, |word| Instruction::abc(LoadKx, word.a(), 0, 0, false));
    }),
    ("items into nothing", "malformed bytecode", &[T3], "local t; t = {1, 2}; return t", |c| {
        set(&mut c.main, SetList, |word| word.with_a(word.a() + 1).with_b(1));
    }),
    ("counting a table down", "malformed bytecode", &[T1], "for i = 1, 3 do gc() end", |c| {
        // The body makes the count and the index tables, as nothing in a source could.
        let pc = at(&c.main, ForPrep) + 1;
        c.main.code[pc] = Instruction::abc(GetUpval, 1, 0, 0, false);
        c.main.code[pc + 1] = Instruction::abc(Move, 0, 1, 0, false);
    }),
    (
        "a step that is a string",
        "malformed bytecode",
        &[T1],
        "local s = 's'; for i = 1.0, 3.0 do gc() end",
        |c| {
            let pc = at(&c.main, ForPrep) + 1;
            c.main.code[pc] = Instruction::abc(Move, 3, 0, 0, false);
            c.main.code[pc + 1] = Instruction::abc(Move, 2, 0, 0, false);
        },
    ),
    (
        "loop entered from the side",
        "bad 'for' limit (number expected, got table)",
        &[T1, T5],
        "local t = {}; if t then gc() end for i = t, t do end",
        |c| {
            // Straight to FORLOOP.
            let (from, to) = (at(&c.main, Jmp), at(&c.main, ForLoop));
            c.main.code[from] = c.main.code[from].with_sj(to as i32 - from as i32 - 1);
        },
    ),
    (
        "method whose name is a table",
        "attempt to call a nil value (method '?')",
        &[T4],
        SELF_SOURCE,
        |c| {
            set(&mut c.main, SelfOp, |word| word.with_k(false).with_c(0));
        },
    ),
    (
        "method whose name is unset",
        "attempt to call a nil value (method '?')",
        &[T4, T5],
        SELF_SOURCE,
        |c| {
            set(&mut c.main, SelfOp, |word| word.with_k(false).with_c(word.a()));
        },
    ),
    // C: variables to be closed.
    (
        "closed twice",
        "malformed bytecode (rule C1)",
        &[T5, C1],
        "local x <close> = closing(); gc()",
        |c| {
            let pc = at(&c.main, Tbc);
            c.main.code[pc + 1] = c.main.code[pc];
        },
    ),
    (
        "closed in the wrong order",
        "malformed bytecode (rule C1)",
        &[T5, C1],
        "local x, y <close> = closing(), closing(); gc()",
        |c| {
            let pc = at(&c.main, Tbc);
            c.main.code[pc + 1] = c.main.code[pc].with_a(c.main.code[pc].a() - 1);
        },
    ),
    ("generic loop below a pending variable", "returns", &[T5, C1, C3], GENERIC_BELOW, |c| {
        set(&mut c.main, Tbc, |word| word.with_a(c_last(word)));
    }),
    (
        "return past a pending variable",
        "malformed bytecode (rule C2)",
        &[C2],
        "local x <close> = closing(gc); return id",
        |c| {
            never_close(&mut c.main);
        },
    ),
    (
        "RETURN0 past a pending variable",
        "malformed bytecode (rule C2)",
        &[C2],
        PENDING_IN_FIXED,
        |c| {
            let proto = &mut c.main.protos[0];
            never_close(proto);
            let last = proto.code.len() - 1;
            proto.code[last] = Instruction::abc(Return0, 0, 0, 0, false);
        },
    ),
    (
        "tail call past a pending variable",
        "malformed bytecode (rule C2)",
        &[C2],
        PENDING_AND_CALL,
        |c| {
            let proto = &mut c.main.protos[0];
            let last = proto.code.len() - 1;
            proto.code[last - 1] = Instruction::abc(TailCall, 1, 1, 0, false);
            proto.code[last] = Instruction::abc(Return, 1, 0, 0, false);
        },
    ),
    (
        "pending variable overwritten",
        "attempt to call a nil value",
        &[T5, C4],
        "local x <close> = closing(); gc() gc()",
        |c| {
            let pc = at(&c.main, Tbc);
            c.main.code[pc + 1] = Instruction::asbx(LoadI, c.main.code[pc].a(), 7);
        },
    ),
    (
        "pending variable under a call",
        "attempt to call a nil value",
        &[T5, C3, C4],
        "local x <close> = closing(); return call(id, gc)",
        |c| {
            for word in &mut c.main.code {
                if word.opcode() == Some(Tbc) {
                    *word = word.with_a(2);
                }
            }
        },
    ),
    // V: captured registers.
    ("captured function slot", "malformed bytecode", &[V1, V2], CAPTURE, |c| {
        c.main.protos[0].upvalues[0].idx = 2
    }),
    ("captured argument", "malformed bytecode", &[V1, V2], CAPTURE, |c| {
        c.main.protos[0].upvalues[0].idx = 3
    }),
    ("captured last register", "malformed bytecode", &[V1, V2], CAPTURE, |c| {
        c.main.protos[0].upvalues[0].idx = c.main.max_stack - 1;
    }),
    ("returned with captures open", "returns", &[V3], CAPTURE_AND_RETURN, |c| {
        never_close(&mut c.main.protos[0]);
        let last = c.main.protos[0].code.len() - 1;
        c.main.protos[0].code[last] = Instruction::abc(Return0, 0, 0, 0, false);
        set(&mut c.main.protos[0], Return, |word| Instruction::abc(Return1, word.a(), 2, 0, false));
    }),
    ("tail call with captures open", "returns", &[V3], CAPTURE_AND_TAIL_CALL, |c| {
        never_close(&mut c.main.protos[0]);
    }),
    ("block left with captures open", "malformed bytecode", &[V2, V3], CAPTURE_IN_BLOCK, |c| {
        never_close(&mut c.main)
    }),
    ("loop control captured", "malformed bytecode", &[V1, V4], LOOP_CAPTURE, |c| {
        c.main.protos[0].upvalues[0].idx = 2
    }),
    ("table under construction captured", "malformed bytecode", &[V4], CONSTRUCTOR_CAPTURE, |c| {
        c.main.protos[0].upvalues[0].idx = 1;
    }),
    ("operand of a concatenation captured", "malformed bytecode", &[V1, V2], CONCAT_CAPTURE, |c| {
        c.main.protos[1].upvalues[0].idx = 4;
    }),
    // U: registers that hold what was left in them.
    ("never written registers", "returns", &[T5], "gc() litter() local a; return id(a)", |c| {
        set(&mut c.main, LoadNil, |_| Instruction::abc(Move, 0, 1, 0, false));
    }),
    (
        "registers after a call",
        "returns",
        &[T5],
        "local t = {id(1, 2, 3)} gc() return id(t, t, t, t)",
        |c| {
            let last = u32::from(c.main.max_stack) - 1;
            for word in &mut c.main.code {
                if word.opcode() == Some(Move) {
                    *word = word.with_b(last.min(word.a() + 1));
                }
            }
        },
    ),
];

const SELF_SOURCE: &str = "local t = {}; gc(); return t:name(1)";
const GENERIC_BELOW: &str =
    "local x <close> = closing(); for k, v in next, {1}, nil, closing() do gc() end";
const PENDING_IN_FIXED: &str =
    "local function f() local x <close> = closing() gc() end f() local y <close> = closing() f()";
const PENDING_AND_CALL: &str =
    "local function f() local x <close> = closing() gc() end f() local y <close> = closing() f()";
const CAPTURE: &str =
    "local x = 1; local function f() x = nil gc() litter() x = {} end call(f) id(f, f) f() call(f)";
const CAPTURE_AND_RETURN: &str = "
    local function make() local x = 1; return function(v) x = v; return x end end
    local f = make() litter() f({}) gc() call(f, gc) f(nil) gc() call(call, f, litter)";
const CAPTURE_AND_TAIL_CALL: &str = "
    local f
    local function g(a) local x = a; f = function(v) x = v gc() end; return call(f, litter) end
    g(1) f({}) call(g, f) f(nil) gc()";
const CAPTURE_IN_BLOCK: &str = "
    local f
    for i = 1, 3 do local x = {} f = function(v) x = v gc() return x end end
    call(f, 1) do local x = gc; f = function(v) x = v end end
    call(call, f, nil) id(f(f))";
const LOOP_CAPTURE: &str =
    "local f for i = 1, 3 do f = function() i = {} gc() end f() local a = i call(f) end";
const CONSTRUCTOR_CAPTURE: &str =
    "local x; return {1, (function() x = 5 gc() return x end)(), litter(), gc()}";
const CONCAT_CAPTURE: &str = "
    local x = setmetatable({}, {__concat = function(a, b) gc() return a end})
    local f = function() x = nil gc() end
    return x .. 's' .. (f() or x or 's') .. 's'";

/// A register above that of the word, still in the frame of [`GENERIC_BELOW`].
fn c_last(word: Instruction) -> u32 {
    word.a() + 6
}

fn attacks_are_harmless() {
    for attack in ATTACKS {
        for stress in [Stress::Off, Stress::Collections] {
            let (what, expected, ..) = attack;
            let outcome = run(attack, stress);
            assert!(outcome.contains(expected), "{what}, stress {stress:?}: {outcome}");
        }
    }
}
