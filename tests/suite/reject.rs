//! Suite `reject`: known attacks on a VM that believes its bytecode. Each is an edit to what the
//! compiler made of a small source. It survives dumping and loading, and is rejected by the rule
//! that it breaks, at the place where it was made.
//!
//! Attacks that only knowledge of values or of lifetimes could refuse verify; the suite `runtime`
//! has them.

use libtest_mimic::Trial;
use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{
    AbsLine, Chunk, Constant, Instruction, OpCode, Proto, Strip, UpvalDesc, dump, load_with_offsets,
};
use moonproof_compiler::compile;
use moonproof_tests::trial::asserting;
use moonproof_verifier::{Rule, verify};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        asserting("reject::attacks_are_rejected", attacks_are_rejected),
        asserting("reject::findings_point_at_the_edit", findings_point_at_the_edit),
        asserting("reject::attacks_cover_the_catalogue", attacks_cover_the_catalogue),
    ]
}

/// A source, an edit of the chunk made of it, and what is to be found.
struct Attack {
    what: &'static str,
    source: &'static str,
    edit: fn(&mut Chunk),
    rule: Rule,
}

const fn attack(
    what: &'static str,
    source: &'static str,
    edit: fn(&mut Chunk),
    rule: Rule,
) -> Attack {
    Attack { what, source, edit, rule }
}

/// Index of the first instruction of that opcode.
fn at(proto: &Proto, op: OpCode) -> usize {
    proto.code.iter().position(|word| word.opcode() == Some(op)).expect("an instruction to edit")
}

/// Changes the first instruction of that opcode in the main function.
fn set(chunk: &mut Chunk, op: OpCode, change: impl Fn(Instruction) -> Instruction) {
    let pc = at(&chunk.main, op);
    chunk.main.code[pc] = change(chunk.main.code[pc]);
}

fn set_last(chunk: &mut Chunk, word: Instruction) {
    *chunk.main.code.last_mut().expect("code") = word;
}

/// The function that the main function returns.
fn nested(chunk: &mut Chunk) -> &mut Proto {
    &mut chunk.main.protos[0]
}

const FIXED: &str = "return function(a, b) local c = a; return c, a(b) end";

const ATTACKS: &[Attack] = &[
    attack("one upvalue of two", "local x; return x, y", |c| c.n_upvalues = 0, Rule::H2),
    attack(
        "300 upvalues",
        "return function() return x end",
        |c| {
            nested(c).upvalues = vec![UpvalDesc { in_stack: 0, idx: 0, kind: 0 }; 300];
            nested(c).upvalue_names.clear();
        },
        Rule::H2,
    ),
    attack("no code", FIXED, |c| nested(c).code.clear(), Rule::F1),
    attack("jump as last word", "return", |c| set_last(c, Instruction::new_sj(Jmp, -1)), Rule::F2),
    attack(
        "tail call as last word",
        "return f()",
        |c| set_last(c, c.main.code[at(&c.main, TailCall)]),
        Rule::F2,
    ),
    attack("255 parameters in 2 registers", FIXED, |c| nested(c).n_params = 255, Rule::F3),
    attack(
        "varargs without VARARGPREP",
        "local x",
        |c| set(c, VarargPrep, |_| Instruction::abc(LoadTrue, 0, 0, 0, false)),
        Rule::F4,
    ),
    attack(
        "VARARGPREP without varargs",
        FIXED,
        |c| nested(c).code[0] = Instruction::abc(VarargPrep, 2, 0, 0, false),
        Rule::F4,
    ),
    attack(
        "VARARGPREP of more parameters",
        "return",
        |c| set(c, VarargPrep, |word| word.with_a(9)),
        Rule::F4,
    ),
    attack(
        "jump to VARARGPREP",
        "::a:: goto a",
        |c| set(c, Jmp, |word| word.with_sj(-2)),
        Rule::F4,
    ),
    attack(
        "capture of a foreign register",
        "local x; return function() return x end",
        |c| nested(c).upvalues[0].idx = 250,
        Rule::F5,
    ),
    attack(
        "capture of a foreign upvalue",
        "return function() return x end",
        |c| nested(c).upvalues[0].idx = 200,
        Rule::F5,
    ),
    attack("shift by 254", "x = {1}", |c| set(c, NewTable, |w| w.with_b(255)), Rule::F6),
    attack(
        "a table of 2^31 items",
        "x = {1}",
        |c| {
            set(c, NewTable, |word| word.with_k(true));
            set(c, ExtraArg, |_| Instruction::new_ax(ExtraArg, 0xFF_FFFF));
        },
        Rule::F6,
    ),
    attack("short line table", "x = 1 + y", |c| c.main.line_info.truncate(1), Rule::D1),
    attack("mark without entry", "x = 1", |c| c.main.line_info[1] = -128, Rule::D2),
    attack(
        "entry without mark",
        "x = 1",
        |c| c.main.abs_line_info = vec![AbsLine { pc: 1, line: 1 }],
        Rule::D2,
    ),
    attack(
        "line overflow",
        "x = 1",
        |c| {
            // The format's last int is 128 below that of C.
            c.main.line_defined = i32::MAX as u32 - 128;
            c.main.line_info.fill(127);
        },
        Rule::D3,
    ),
    attack("no name", "local x = y", |c| c.main.loc_vars[0].name = None, Rule::D4),
    attack(
        "more variables than registers",
        "local x = y",
        |c| {
            let var = c.main.loc_vars[0].clone();
            c.main.loc_vars = vec![var; 1000];
        },
        Rule::D5,
    ),
    attack("opcode 127", "x = 1", |c| set(c, SetTabUp, |_| Instruction(127)), Rule::S1),
    attack("nils over the stack", "local x", |c| set(c, LoadNil, |w| w.with_b(255)), Rule::S2),
    attack("results over the stack", "f()", |c| set(c, Call, |w| w.with_c(255)), Rule::S2),
    attack("foreign arguments", "f()", |c| set(c, Call, |w| w.with_b(255)), Rule::S2),
    attack(
        "generic loop in a small frame",
        "for k in x do end",
        |c| c.main.max_stack -= 2,
        Rule::S2,
    ),
    attack(
        "method at the frame's end",
        "return x:y()",
        |c| {
            let last = u32::from(c.main.max_stack) - 1;
            set(c, SelfOp, |word| word.with_a(last));
        },
        Rule::S2,
    ),
    attack(
        "foreign constant",
        "x = 1.5",
        |c| c.main.constants.truncate(c.main.constants.len() - 1),
        Rule::S3,
    ),
    attack(
        "integer as a field name",
        "return x",
        |c| c.main.constants[0] = Constant::Integer(0x4141_4141),
        Rule::S4,
    ),
    attack(
        "long field name",
        "return x",
        |c| c.main.constants[0] = Constant::String("k".repeat(41).as_str().into()),
        Rule::S4,
    ),
    attack(
        "bits of a string",
        "local x; return x & 0x1234",
        |c| c.main.constants[0] = Constant::String("s".into()),
        Rule::S4,
    ),
    attack(
        "sum of a string",
        "local x; return x + 0.5",
        |c| c.main.constants[0] = Constant::String("s".into()),
        Rule::S4,
    ),
    attack(
        "foreign upvalue read",
        "return function() local y = x return _ENV end",
        |c| {
            let pc = at(nested(c), GetUpval);
            nested(c).code[pc] = nested(c).code[pc].with_b(99);
        },
        Rule::S5,
    ),
    attack("foreign upvalue written", "x = 1", |c| set(c, SetTabUp, |w| w.with_a(7)), Rule::S5),
    attack("foreign function", FIXED, |c| set(c, Closure, |w| w.with_bx(40_000)), Rule::S6),
    attack("jump out", "while x do end", |c| set(c, Jmp, |w| w.with_sj(100_000)), Rule::S7),
    attack(
        "loop from before the code",
        "for i = 1, 2 do end",
        |c| set(c, ForLoop, |word| word.with_bx(60_000)),
        Rule::S7,
    ),
    attack(
        "comparison before MOVE",
        "local a; if a == x then a = a end",
        |c| {
            let pc = at(&c.main, Eq) + 1;
            c.main.code[pc] = Instruction::abc(Move, 0, 0, 0, false);
        },
        Rule::S8,
    ),
    attack(
        "MMBIN first",
        FIXED,
        |c| nested(c).code[0] = Instruction::abc(MmBin, 0, 0, 6, false),
        Rule::S8,
    ),
    attack(
        "result to register 255",
        "local a, b; a = a + b",
        |c| {
            let pc = at(&c.main, Add);
            c.main.code[pc] = Instruction::new_ax(ExtraArg, 255);
        },
        Rule::S8,
    ),
    attack(
        "skip off the end",
        "return x == y",
        |c| {
            let pc = c.main.code.len() - 2;
            c.main.code[pc] = Instruction::abc(LFalseSkip, 0, 0, 0, false);
        },
        Rule::S8,
    ),
    attack(
        "loop prepared into MOVE",
        "for k in x do local y = k end",
        |c| set(c, TForPrep, |word| word.with_bx(0)),
        Rule::S8,
    ),
    attack(
        "iterator without its loop",
        "for k in x do end",
        |c| set(c, TForLoop, |_| Instruction::abc(LoadTrue, 0, 0, 0, false)),
        Rule::S8,
    ),
    attack(
        "jump onto MMBIN",
        "local a, b; if a then a = a + b end",
        |c| set(c, Jmp, |word| word.with_sj(1)),
        Rule::S9,
    ),
    attack(
        "jump onto EXTRAARG",
        "local a; if a then a = {} end",
        |c| set(c, Jmp, |word| word.with_sj(1)),
        Rule::S9,
    ),
    attack("event 255", "local a, b; a = a + b", |c| set(c, MmBin, |w| w.with_c(255)), Rule::S10),
    attack("size without k", "x = {1}", |c| set(c, ExtraArg, |w| w.with_c(1)), Rule::S10),
    attack("CONCAT of nothing", "return x .. y", |c| set(c, Concat, |w| w.with_b(0)), Rule::S10),
    attack(
        "varargs of a fixed function",
        FIXED,
        |c| {
            let pc = at(nested(c), Move);
            nested(c).code[pc] = Instruction::abc(Vararg, 2, 0, 2, false);
        },
        Rule::S11,
    ),
    attack(
        "RETURN0 with varargs",
        "return",
        |c| set(c, Return, |word| word.with_opcode(Return0)),
        Rule::S11,
    ),
    attack(
        "return shifted by 199",
        FIXED,
        |c| {
            let pc = nested(c).code.len() - 1;
            nested(c).code[pc] = Instruction::abc(Return, 0, 1, 200, false);
        },
        Rule::S11,
    ),
    attack(
        "tail call shifted by 49",
        "return f()",
        |c| set(c, TailCall, |word| word.with_c(50)),
        Rule::S11,
    ),
    attack(
        "counter never prepared",
        "for i = 1, 2 do end",
        |c| set(c, ForPrep, |_| Instruction::new_sj(Jmp, 0)),
        Rule::S12,
    ),
    attack(
        "loop skipped onto its end",
        "for i = x, y do f(i) end",
        |c| set(c, ForPrep, |word| word.with_bx(word.bx() - 1)),
        Rule::S12,
    ),
    attack(
        "foreign constant in dead code",
        "do return end return 1.5",
        |c| c.main.constants.truncate(c.main.constants.len() - 1),
        Rule::S3,
    ),
    attack("open call of nothing", "f(x)", |c| set(c, Call, |word| word.with_b(0)), Rule::O1),
    attack(
        "open return of nothing",
        FIXED,
        |c| {
            let pc = nested(c).code.len() - 1;
            nested(c).code[pc] = Instruction::abc(Return, 0, 0, 0, false);
        },
        Rule::O1,
    ),
    attack("open list of nothing", "x = {y}", |c| set(c, SetList, |w| w.with_b(0)), Rule::O1),
    attack("results nobody takes", "f()", |c| set(c, Call, |word| word.with_c(0)), Rule::O2),
];

fn attacks_are_rejected() {
    let mut failures = Vec::new();
    for Attack { what, source, edit, rule } in ATTACKS {
        let good = compile(source.as_bytes(), b"=attack").expect("a source that compiles");
        assert!(verify(good.clone()).is_ok(), "{what}: before the edit");
        let mut bad = good;
        edit(&mut bad);
        let (loaded, offsets) = load_with_offsets(&dump(&bad, Strip::Nothing)).expect("a chunk");
        let mut rejection = match verify(loaded) {
            Ok(_) => {
                failures.push(format!("{what}: verifies"));
                continue;
            }
            Err(rejection) => rejection,
        };
        if !rejection.findings().iter().any(|finding| finding.rule == *rule) {
            failures.push(format!("{what}: not {rule}, but {rejection}"));
        }
        rejection.locate(&offsets);
        for finding in rejection.findings() {
            assert!(finding.offset.is_some_and(|offset| offset < offsets.consumed()), "{finding}");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The offset of a finding is that of the edited word.
fn findings_point_at_the_edit() {
    let mut chunk = compile(FIXED.as_bytes(), b"=attack").expect("a source that compiles");
    let pc = at(nested(&mut chunk), Move);
    let good = dump(&chunk, Strip::Nothing);
    nested(&mut chunk).code[pc] = nested(&mut chunk).code[pc].with_b(77);
    let bad = dump(&chunk, Strip::Nothing);
    let edited = good.iter().zip(&bad).position(|(good, bad)| good != bad).expect("an edit");
    let (loaded, offsets) = load_with_offsets(&bad).expect("a chunk");
    let mut rejection = verify(loaded).expect_err("a register out of range");
    rejection.locate(&offsets);
    let [finding] = rejection.findings() else { panic!("{rejection}") };
    // B is the third byte of a word.
    assert_eq!(finding.offset, Some(edited - 2));
    assert_eq!((finding.line, &*finding.path), (Some(1), &[0][..]));
}

/// Every rule that the verifier keeps is broken by an attack, but for those that the unit tests of
/// the verifier break better.
fn attacks_cover_the_catalogue() {
    let missing: Vec<&str> = Rule::ALL
        .iter()
        .filter(|rule| !ATTACKS.iter().any(|attack| attack.rule == **rule))
        .map(|rule| rule.id())
        .collect();
    assert_eq!(missing, ["H1", "H3", "H4", "H5", "H6", "D6", "S13"]);
}
