//! The hard reference sees what it is for: chunks that break a rule are found out, and those that
//! a compiler made are not.

use moonproof_bytecode::{
    AbsLine, Chunk, Constant, Instruction, OpCode, Proto, Strip, UpvalDesc, dump,
};
use moonproof_compiler::compile;
use moonproof_hard::{Gauntlet, Job, Verdict, executable, signature};

/// The process, or a reason to skip; in CI there must be one.
fn gauntlet() -> Option<Gauntlet> {
    match executable() {
        Ok(_) => Some(Gauntlet::hard().expect("it is there")),
        Err(reason) if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) => {
            panic!("{reason}")
        }
        Err(reason) => {
            println!("skipped: {reason}");
            None
        }
    }
}

/// Both executables: with sanitizers and without.
fn gauntlets() -> Vec<Gauntlet> {
    gauntlet().into_iter().chain(gauntlet().and_then(|_| Gauntlet::monitored().ok())).collect()
}

fn abc(op: OpCode, a: u32, b: u32, c: u32) -> Instruction {
    Instruction::abc(op, a, b, c, false)
}

fn with_k(op: OpCode, a: u32, b: u32, c: u32) -> Instruction {
    Instruction::abc(op, a, b, c, true)
}

fn int(a: u32, n: i32) -> Instruction {
    Instruction::asbx(OpCode::LoadI, a, n)
}

fn proto(max_stack: u8, code: Vec<Instruction>) -> Proto {
    Proto { max_stack, code, ..Proto::default() }
}

/// `function(v) up = v end`
fn setter(register: u8) -> Proto {
    Proto {
        n_params: 1,
        upvalues: vec![UpvalDesc { in_stack: 1, idx: register, kind: 0 }],
        ..proto(2, vec![abc(OpCode::SetUpval, 0, 0, 0), abc(OpCode::Return0, 1, 1, 0)])
    }
}

/// A chunk whose upvalue is the table of globals.
fn chunk(main: Proto) -> Vec<u8> {
    let upvalues = vec![UpvalDesc { in_stack: 1, idx: 0, kind: 0 }];
    dump(&Chunk { n_upvalues: 1, main: Proto { upvalues, ..main } }, Strip::Nothing)
}

const SEEDS: u64 = 6;

/// The first finding in a chunk, under some seeds.
fn finding(gauntlet: &mut Gauntlet, chunk: &[u8], is_oracle: bool) -> Option<String> {
    (0..SEEDS).find_map(|seed| {
        match gauntlet.run_one(Job { chunk, seed, is_oracle }).expect("a process") {
            Verdict::Finding(report) => Some(signature(&report)),
            _ => None,
        }
    })
}

/// What the hard reference finds without any help of ours.
#[test]
fn attacks_crash_the_hard_reference() {
    let Some(mut gauntlet) = gauntlet() else { return };
    let mut check = |name: &str, main: Proto| {
        let found = finding(&mut gauntlet, &chunk(main), false);
        println!("{name}: {}", found.as_deref().unwrap_or("nothing"));
        assert!(found.is_some(), "{name} is not found");
    };
    let end = || abc(OpCode::Return0, 0, 1, 0);
    let jump = |n| Instruction::new_sj(OpCode::Jmp, n);
    check("C1, jump out of the code", proto(2, vec![jump(1 << 20), end()]));
    check("C3, no such opcode", proto(2, vec![Instruction(127), end()]));
    check(
        "C10, loop that was not prepared",
        proto(
            6,
            vec![
                int(0, 1),
                abc(OpCode::NewTable, 1, 0, 0),
                Instruction::new_ax(OpCode::ExtraArg, 0),
                int(2, 1),
                Instruction::abx(OpCode::ForLoop, 0, 1),
                end(),
            ],
        ),
    );
    check(
        "C12, list for an integer",
        proto(4, vec![int(0, 1), int(1, 2), abc(OpCode::SetList, 0, 1, 0), end()]),
    );
    check(
        "C13, method named by a number",
        proto(4, vec![int(0, 1), int(1, 1), abc(OpCode::SelfOp, 2, 0, 1), end()]),
    );
    check(
        "C14, bits of a string",
        Proto {
            constants: vec![Constant::String("x".into())],
            ..proto(
                3,
                vec![
                    int(0, 1),
                    abc(OpCode::BAndK, 1, 0, 0),
                    abc(OpCode::MmBinK, 0, 0, 13),
                    abc(OpCode::Return1, 1, 2, 0),
                ],
            )
        },
    );
    check(
        "F7, lines of a single instruction",
        Proto {
            source: Some("=x".into()),
            line_info: vec![1],
            abs_line_info: Vec::<AbsLine>::new(),
            ..proto(2, vec![int(0, 1), int(0, 1), abc(OpCode::Call, 0, 1, 1), end()])
        },
    );
    check(
        "U1, variable to be closed twice",
        Proto {
            constants: vec![Constant::String("object".into())],
            ..proto(
                3,
                vec![
                    abc(OpCode::GetTabUp, 0, 0, 0),
                    abc(OpCode::Tbc, 0, 0, 0),
                    abc(OpCode::Tbc, 0, 0, 0),
                    with_k(OpCode::Return, 0, 1, 0),
                ],
            )
        },
    );
}

/// What only the added assertions see, at least so soon.
#[test]
fn attacks_on_lifetimes_are_seen() {
    let mut gauntlets = gauntlets();
    let mut check = |rule: &str, main: Proto| {
        let bytes = chunk(main);
        for gauntlet in &mut gauntlets {
            let found = finding(gauntlet, &bytes, true);
            let is_expected = found.as_deref().is_some_and(|found| found.starts_with(rule));
            assert!(is_expected, "{rule}: {found:?} by {gauntlet:?}");
        }
    };
    let capturing = |register, code| Proto {
        protos: vec![setter(register)],
        constants: vec![Constant::String("handler".into()), Constant::String("object".into())],
        ..proto(5, code)
    };
    let closure = Instruction::abx(OpCode::Closure, 1, 0);
    check(
        "V3: return with an open upvalue",
        capturing(0, vec![int(0, 1), closure, abc(OpCode::Return1, 1, 2, 0)]),
    );
    check("V1: ", capturing(2, vec![int(0, 1), closure, with_k(OpCode::Return, 0, 1, 0)]));
    check(
        "V2: open where a callee begins",
        capturing(
            0,
            vec![
                int(0, 1),
                closure,
                abc(OpCode::GetTabUp, 0, 0, 0),
                abc(OpCode::Call, 0, 1, 1),
                with_k(OpCode::Return, 0, 1, 0),
            ],
        ),
    );
    check(
        "C2: return with a pending variable",
        capturing(
            0,
            vec![
                abc(OpCode::GetTabUp, 0, 0, 1),
                abc(OpCode::Tbc, 0, 0, 0),
                abc(OpCode::Return0, 0, 1, 0),
            ],
        ),
    );
    check("S11: ", {
        let code = vec![abc(OpCode::VarargPrep, 0, 0, 0), abc(OpCode::Return0, 0, 1, 0)];
        Proto { is_vararg: 1, ..proto(2, code) }
    });
    check("O1: ", proto(3, vec![int(0, 1), abc(OpCode::Return, 2, 0, 0)]));
    check("S2: ", proto(2, vec![int(2, 1), abc(OpCode::Return0, 0, 1, 0)]));
}

/// Without sanitizers and the monitor, what is written behind the stack is noticed nearly always.
#[test]
fn memory_has_marks() {
    let Some(_) = gauntlet() else { return };
    let mut gauntlet = Gauntlet::monitored().expect("it is there");
    let registers = 60..120;
    let n = registers.len();
    let found: Vec<String> = registers
        .filter_map(|register| {
            let code = vec![int(register, 1), abc(OpCode::Return0, 0, 1, 0)];
            finding(&mut gauntlet, &chunk(proto(2, code)), false)
        })
        .collect();
    assert!(10 * found.len() >= 9 * n, "{} of {n}: {found:?}", found.len());
    assert!(found.iter().any(|found| found.starts_with("memory: ")), "{found:?}");
}

#[test]
fn compiled_code_is_fine() {
    let mut gauntlets = gauntlets();
    let sources = [
        "return 1",
        "local t = {} for i = 1, 10 do t[i] = function() i = i + 1 return i end end handler(t) return t",
        "local a <close> = object; for k, v in pairs({1, 2}) do local b <close> = object; handler(k, v) end",
        // Its variable loses what closes it. Nothing is wrong with the chunk.
        "local x <close> = setmetatable({}, {__close = print}); setmetatable(x, {})",
        "local function f(...) return select('#', ...), ... end return f(f(...))",
        "return coroutine.wrap(function(...) coroutine.yield(...) return x.y.z .. 1 end)(...)",
    ];
    for source in sources {
        let chunk = compile(source.as_bytes(), b"=canary").expect("a source of ours");
        let bytes = dump(&chunk, Strip::Nothing);
        for seed in 0..SEEDS {
            let job = Job { chunk: &bytes, seed, is_oracle: true };
            for gauntlet in &mut gauntlets {
                match gauntlet.run_one(job).expect("a process") {
                    Verdict::Fine(answer) => assert_eq!(answer.n_ways, 8),
                    other => panic!("{source}: {other:?} by {gauntlet:?}"),
                }
            }
        }
    }
}

/// Nor is what no compiler makes, and yet breaks nothing: instructions whose A is pending, and which
/// leave it alone.
#[test]
fn odd_code_is_fine() {
    let constants = || vec![Constant::String("object".into())];
    let object = || vec![abc(OpCode::GetTabUp, 0, 0, 0), abc(OpCode::Tbc, 0, 0, 0)];
    let none = [abc(OpCode::VarargPrep, 0, 0, 0)]
        .into_iter()
        .chain(object())
        .chain([abc(OpCode::Vararg, 0, 0, 1), with_k(OpCode::Return, 0, 1, 1)]);
    let none = Proto { is_vararg: 1, constants: constants(), ..proto(3, none.collect()) };
    let iterator = object().into_iter().chain([
        abc(OpCode::LoadNil, 1, 2, 0),
        Instruction::abx(OpCode::TForPrep, 0, 0),
        abc(OpCode::TForCall, 0, 0, 1),
        Instruction::abx(OpCode::TForLoop, 0, 2),
        abc(OpCode::Close, 0, 0, 0),
        with_k(OpCode::Return, 0, 1, 0),
    ]);
    let iterator = Proto { constants: constants(), ..proto(8, iterator.collect()) };
    let chunks = [chunk(none), chunk(iterator)];
    for gauntlet in &mut gauntlets() {
        for bytes in &chunks {
            assert_eq!(finding(gauntlet, bytes, true), None);
        }
    }
}

/// The reference breaks when there is no memory to say why a coroutine cannot be resumed, whatever
/// the chunk; this build has some left for that.
#[test]
fn refused_resumptions_are_mended() {
    let source = "
        local outer
        outer = coroutine.wrap(function()
            local dead = coroutine.wrap(function() end)
            dead()
            for i = 1, 9 do pcall(dead, i .. '') pcall(outer, i .. '') end
        end)
        for i = 1, 9 do pcall(outer) end";
    let chunk = compile(source.as_bytes(), b"=canary").expect("a source of ours");
    let bytes = dump(&chunk, Strip::Nothing);
    let Some(_) = gauntlet() else { return };
    let mut gauntlet = Gauntlet::monitored().expect("it is there");
    for seed in 0..200 {
        let job = Job { chunk: &bytes, seed, is_oracle: true };
        let verdict = gauntlet.run_one(job).expect("a process");
        assert!(matches!(verdict, Verdict::Fine(_)), "seed {seed}: {verdict:?}");
    }
}

/// A chunk that is refused, one that does not end, and one behind them.
#[test]
fn whatever_happens_the_next_one_is_run() {
    let Some(mut gauntlet) = gauntlet() else { return };
    let compiled = |source: &str| {
        dump(&compile(source.as_bytes(), b"=canary").expect("a source of ours"), Strip::Nothing)
    };
    let endless = compiled("local s = ('a'):rep(100000) return s:find(('.-'):rep(50) .. 'b')");
    let good = compiled("return 1");
    let bad = chunk(proto(2, vec![Instruction(127), abc(OpCode::Return0, 0, 1, 0)]));
    let chunks = [&good[..20], &endless, &good, &bad, &good];
    let jobs = chunks.map(|chunk| Job { chunk, seed: 1, is_oracle: false });
    let verdicts = gauntlet.run(&jobs).expect("a process");
    assert_eq!(verdicts[0], Verdict::Refused);
    assert!(matches!(verdicts[1], Verdict::TimedOut(_)), "{:?}", verdicts[1]);
    assert!(matches!(verdicts[2], Verdict::Fine(_)), "{:?}", verdicts[2]);
    assert!(verdicts[3].is_finding(), "{:?}", verdicts[3]);
    assert!(matches!(verdicts[4], Verdict::Fine(_)), "{:?}", verdicts[4]);
}
