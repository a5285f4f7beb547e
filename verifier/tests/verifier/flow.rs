//! Every rule of the dataflow is broken by a minimal edit of a chunk that verifies, and the
//! rejection names it.

use std::collections::BTreeSet;

use crate::kit::*;
use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{Chunk, Constant, Instruction, Proto, UpvalDesc};
use moonproof_verifier::{Pass, Rule, check};

fn check_rejected(what: &str, chunk: &Chunk, rules: &[Rule]) {
    let rejection = match check(chunk) {
        Ok(()) => panic!("{what}: verifies"),
        Err(rejection) => rejection,
    };
    let found: BTreeSet<Rule> = rejection.findings().iter().map(|f| f.rule).collect();
    assert_eq!(found, rules.iter().copied().collect(), "{what}: {rejection}");
}

/// Good code, what is replaced in it, and the rules that breaks.
pub(crate) type Case = (&'static str, Vec<Instruction>, usize, Instruction, &'static [Rule]);

/// Code, a register that a closure may capture in it, one that it may not, and the rules that
/// breaks.
pub(crate) type CaptureCase = (&'static str, Vec<Instruction>, u8, u8, &'static [Rule]);

/// Register 0 is captured by closures of the nested function; all ten have values at the start.
const CAPTURE: Instruction = Instruction::abx(Closure, 4, 0);
const NEW: Instruction = abc(NewTable, 0, 0, 0);
const LOAD: Instruction = abc(LoadTrue, 9, 0, 0);

fn then(parts: &[&[Instruction]]) -> Vec<Instruction> {
    parts.concat()
}

pub(crate) fn values() -> Vec<Case> {
    use Rule::*;
    let x = extra(0);
    let nil = |a, b| abc(LoadNil, a, b, 0);
    let tests = |r| abc(Test, r, 0, 0);
    let call = |a| abc(Call, a, 1, 1);
    vec![
        (
            "the step is overwritten",
            vec![abx(ForPrep, 0, 1), nil(3, 0), abx(ForLoop, 0, 2)],
            1,
            nil(2, 0),
            &[T1],
        ),
        (
            "a call runs over the limit",
            vec![abx(ForPrep, 0, 1), abc(Call, 4, 1, 4), abx(ForLoop, 0, 2)],
            1,
            // It returns values for all that is read later.
            abc(Call, 1, 1, 7),
            &[T1],
        ),
        (
            "the index is overwritten on one path",
            vec![abx(ForPrep, 0, 3), tests(3), jmp(1), nil(4, 0), abx(ForLoop, 0, 4)],
            3,
            nil(0, 0),
            &[T1],
        ),
        (
            "a way around FORPREP",
            vec![tests(0), jmp(0), abx(ForPrep, 0, 0), abx(ForLoop, 0, 1)],
            1,
            jmp(1),
            &[T1],
        ),
        ("no table", table(vec![abc(SetList, 0, 1, 0)]), 2, nil(0, 9), &[T3]),
        (
            "no table on one path",
            table(vec![tests(1), jmp(1), nil(2, 0), abc(SetList, 0, 1, 0)]),
            5,
            nil(0, 0),
            &[T3],
        ),
        (
            "a call below the table",
            vec![abc(NewTable, 3, 0, 0), x, nil(4, 2), abc(Call, 5, 1, 1), abc(SetList, 3, 1, 0)],
            3,
            abc(Call, 2, 1, 4),
            &[T3],
        ),
        (
            "a number as method",
            vec![abx(LoadK, 9, 0), abc(SelfOp, 7, 0, 9)],
            0,
            abx(LoadK, 9, 1),
            &[T4],
        ),
        (
            "another register",
            vec![abx(LoadK, 9, 0), abc(SelfOp, 7, 0, 9)],
            0,
            abx(LoadK, 8, 0),
            &[T4],
        ),
        (
            "nil by LOADKX as method",
            vec![abx(LoadKx, 9, 0), extra(3), abc(SelfOp, 7, 0, 9)],
            1,
            extra(4),
            &[T4],
        ),
        (
            "a jump to a method's call",
            vec![tests(0), jmp(0), abx(LoadK, 9, 0), abc(SelfOp, 7, 0, 9)],
            1,
            jmp(1),
            &[T4],
        ),
        ("above a new table", vec![NEW, x, abc(Move, 1, 0, 0)], 2, abc(Move, 1, 2, 0), &[T5]),
        (
            "behind a call's results",
            vec![abc(Call, 3, 1, 3), abc(Move, 0, 4, 0)],
            0,
            abc(Call, 3, 1, 2),
            &[T5],
        ),
        (
            "lost on one path",
            vec![tests(0), jmp(1), abc(Call, 6, 1, 1), abc(Move, 0, 5, 0)],
            2,
            abc(Call, 4, 1, 1),
            &[T5],
        ),
        (
            "an argument between",
            vec![call(3), nil(3, 0), nil(4, 0), nil(5, 0), abc(Call, 5, 1, 0), abc(Call, 3, 0, 1)],
            2,
            nil(3, 0),
            &[T5],
        ),
        (
            "a function in a lost register",
            vec![abc(Call, 3, 1, 1), nil(3, 2), abc(Call, 3, 3, 1)],
            1,
            nil(4, 1),
            &[T5],
        ),
        ("metamethod operand", vec![abc(Call, 3, 1, 1), ADD, MMBIN], 2, abc(MmBin, 1, 3, 6), &[T5]),
        (
            "returned",
            vec![abc(Call, 3, 1, 1), abc(Return1, 2, 0, 0)],
            1,
            abc(Return1, 3, 0, 0),
            &[T5],
        ),
        (
            "returned, several",
            vec![abc(Call, 3, 1, 1), abc(Return, 2, 2, 0)],
            1,
            abc(Return, 2, 3, 0),
            &[T5],
        ),
        (
            "TESTSET writes on one path",
            vec![abc(Call, 3, 1, 1), abc(TestSet, 3, 0, 0), jmp(1), nil(3, 0), abc(Move, 0, 3, 0)],
            3,
            nil(4, 0),
            &[T5],
        ),
        (
            "the loop's variable after it was skipped",
            vec![abc(Call, 3, 1, 1), abx(ForPrep, 0, 0), abx(ForLoop, 0, 1), abc(Move, 0, 2, 0)],
            3,
            abc(Move, 0, 3, 0),
            &[T5],
        ),
        (
            "loop variables of the next round",
            then(&[
                &[abx(TForPrep, 0, 1), abc(Move, 4, 4, 0)],
                &tfor()[1..2],
                &[abx(TForLoop, 0, 3), CLOSE],
            ]),
            1,
            abc(Move, 4, 5, 0),
            &[T5],
        ),
        (
            "below a closed register",
            vec![abc(Close, 5, 0, 0), abc(Move, 0, 4, 0)],
            1,
            abc(Move, 0, 5, 0),
            &[T5],
        ),
    ]
}

pub(crate) fn lifetimes() -> Vec<Case> {
    use Rule::*;
    let x = extra(0);
    let tbc = |a| abc(Tbc, a, 0, 0);
    let call = |a| abc(Call, a, 1, 1);
    let tail = |a| [abc(TailCall, a, 1, 0), abc(Return, a, 0, 0)];
    let concat = |a| abc(Concat, a, 2, 0);
    vec![
        ("one register twice", vec![tbc(3), tbc(4), CLOSE], 1, tbc(3), &[C1]),
        ("a lower register", vec![tbc(3), tbc(4), CLOSE], 1, tbc(2), &[C1]),
        ("a lower generic loop", then(&[&[tbc(1)], &tfor()]), 0, tbc(3), &[C1]),
        (
            "twice in a loop",
            vec![tbc(3), CLOSE, abc(LoadNil, 0, 9, 0), jmp(-4)],
            1,
            abc(Close, 4, 0, 0),
            &[C1, C4],
        ),
        ("RETURN0", vec![tbc(3), CLOSE], 1, abc(Close, 4, 0, 0), &[C2]),
        (
            "RETURN1",
            vec![tbc(3), abc(Close, 3, 0, 0), abc(Return1, 0, 0, 0)],
            1,
            abc(Close, 4, 0, 0),
            &[C2],
        ),
        ("RETURN", vec![tbc(3), abck(Return, 0, 2, 0)], 1, abc(Return, 0, 2, 0), &[C2]),
        (
            "TAILCALL",
            then(&[&[tbc(3), abc(Close, 3, 0, 0)], &tail_k(1)]),
            1,
            abc(Close, 4, 0, 0),
            &[C2],
        ),
        ("on one path", vec![abc(Test, 0, 0, 0), jmp(0), LOAD], 2, tbc(9), &[C2]),
        ("CALL", vec![tbc(3), call(4), CLOSE], 1, call(3), &[C3]),
        (
            "NEWTABLE",
            vec![tbc(3), abc(NewTable, 4, 0, 0), x, CLOSE],
            1,
            abc(NewTable, 2, 0, 0),
            &[C3],
        ),
        ("CLOSURE", vec![tbc(3), CAPTURE, CLOSE], 0, tbc(4), &[C4]),
        ("CLOSURE above", vec![tbc(3), CAPTURE, CLOSE], 0, tbc(5), &[C3]),
        ("CONCAT", vec![tbc(3), concat(4), CLOSE], 1, concat(2), &[C3]),
        ("LOADNIL", vec![tbc(3), abc(LoadNil, 4, 1, 0), CLOSE], 1, abc(LoadNil, 2, 1, 0), &[C4]),
        ("MOVE", vec![tbc(3), abc(Move, 4, 0, 0), CLOSE], 1, abc(Move, 3, 0, 0), &[C4]),
        ("SELF", vec![tbc(3), abck(SelfOp, 4, 0, 0), CLOSE], 1, abck(SelfOp, 2, 0, 0), &[C4]),
        ("FORPREP", vec![tbc(4), abx(ForPrep, 0, 0), abx(ForLoop, 0, 1), CLOSE], 0, tbc(3), &[C4]),
        ("arithmetic", vec![tbc(3), ADD, MMBIN, CLOSE], 0, tbc(0), &[C4]),
        ("a call below the captured register", vec![CAPTURE, call(1), CLOSE], 1, call(0), &[V2]),
        ("RETURN0 with an upvalue", vec![CAPTURE, CLOSE], 1, abc(Close, 1, 0, 0), &[V3]),
        ("RETURN with one", vec![CAPTURE, abck(Return, 0, 2, 0)], 1, abc(Return, 0, 2, 0), &[V3]),
        (
            "RETURN1 with one",
            vec![CAPTURE, CLOSE, abc(LoadNil, 0, 0, 0), abc(Return1, 0, 0, 0)],
            1,
            LOAD,
            &[V3],
        ),
        (
            "TAILCALL with one",
            then(&[&[CAPTURE, CLOSE, abc(LoadNil, 0, 1, 0)], &tail(1)]),
            1,
            LOAD,
            &[V3],
        ),
        ("on one path", vec![abc(Test, 0, 0, 0), jmp(0), LOAD], 2, CAPTURE, &[V3]),
        (
            "the index before the loop",
            vec![abc(LoadNil, 5, 0, 0), abx(ForPrep, 0, 0), abx(ForLoop, 0, 1), CLOSE],
            0,
            CAPTURE,
            &[V4],
        ),
        (
            "the table before the list",
            vec![NEW, x, abc(LoadNil, 1, 3, 0), LOAD, abc(SetList, 0, 1, 0), CLOSE],
            3,
            CAPTURE,
            &[V4],
        ),
        (
            "the index within the loop",
            vec![abx(ForPrep, 0, 1), LOAD, abx(ForLoop, 0, 2), CLOSE],
            1,
            CAPTURE,
            &[V1, V4],
        ),
    ]
}

#[test]
fn one_edited_word_breaks_one_rule() {
    for (what, good, at, bad, rules) in values().into_iter().chain(lifetimes()) {
        let mut chunk = chunk(good);
        accepts(what, &chunk);
        chunk.main.code[at] = bad;
        check_rejected(what, &chunk, rules);
    }
}

fn tail_k(a: u32) -> [Instruction; 2] {
    [abck(TailCall, a, 1, 0), abck(Return, a, 0, 0)]
}

pub(crate) fn capture_cases() -> Vec<CaptureCase> {
    vec![
        ("above A", vec![CAPTURE, CLOSE], 4, 5, &[Rule::V1]),
        (
            "in a new table's way",
            vec![CAPTURE, abc(NewTable, 2, 0, 0), extra(0), CLOSE],
            2,
            3,
            &[Rule::V2],
        ),
        (
            "in a closure's way",
            vec![CAPTURE, abx(Closure, 2, 0), CLOSE],
            2,
            3,
            &[Rule::V1, Rule::V2],
        ),
        ("in a concatenation's way", vec![CAPTURE, abc(Concat, 0, 3, 0), CLOSE], 0, 1, &[Rule::V2]),
        ("an argument", vec![CAPTURE, abc(Call, 1, 3, 1), CLOSE], 0, 2, &[Rule::V2]),
        ("in an iterator's way", then(&[&[abx(Closure, 9, 0)], &tfor()]), 3, 4, &[Rule::V2]),
        (
            "the key",
            vec![abx(Closure, 9, 0), abx(LoadK, 8, 0), abc(SelfOp, 6, 0, 8), CLOSE],
            7,
            8,
            &[Rule::V4],
        ),
        (
            "the step",
            vec![CAPTURE, abx(ForPrep, 0, 0), abx(ForLoop, 0, 1), CLOSE],
            3,
            2,
            &[Rule::V4],
        ),
        ("behind what is closed", vec![CAPTURE, abc(Close, 2, 0, 0)], 2, 1, &[Rule::V3]),
        ("in a tail call's way", then(&[&[CAPTURE], &tail_k(1)]), 0, 3, &[Rule::V2]),
        ("lost", vec![abc(Call, 2, 1, 1), CAPTURE, CLOSE], 1, 2, &[Rule::T5]),
    ]
}

/// What the nested function captures decides.
#[test]
fn captured_registers() {
    for (what, code, good, bad, rules) in capture_cases() {
        let mut chunk = chunk(code.clone());
        // One closure captures itself where another may not. Whatever is not zero is a mark.
        for in_stack in [1, 2, 3, 128, 255] {
            chunk.main.protos[0].upvalues = vec![UpvalDesc { in_stack, idx: good, kind: 0 }];
            accepts(what, &chunk);
            chunk.main.protos[0].upvalues[0].idx = bad;
            check_rejected(what, &chunk, rules);
        }
    }
}

/// The same in a frame of 250 registers, high up in it.
#[test]
fn large_frames() {
    for offset in [0, 55, 58, 61, 62, 63, 64, 120, 124, 127, 128, 186, 190, 230, 239] {
        for (what, good, at, bad, rules) in values().into_iter().chain(lifetimes()) {
            let shift = |code: &[Instruction]| code.iter().map(|&w| shifted(w, offset)).collect();
            let mut chunk = chunk(shift(&good));
            chunk.main.max_stack = 250;
            chunk.main.n_params = offset as u8 + 10;
            for upvalue in &mut chunk.main.protos[0].upvalues {
                upvalue.idx += u8::from(upvalue.in_stack != 0) * offset as u8;
            }
            let what = format!("{what}, {offset} higher");
            accepts(&what, &chunk);
            chunk.main.code[at] = shifted(bad, offset);
            check_rejected(&what, &chunk, rules);
        }
    }
}

/// The word with all its registers so much higher.
fn shifted(word: Instruction, by: u32) -> Instruction {
    use moonproof_bytecode::opcode::Role;
    let Some(op) = word.opcode() else { return word };
    let [a, b, c, _] = op.info().roles;
    let is_register = |role| {
        matches!(role, Role::Out | Role::In | Role::InOut | Role::Limit)
            || (matches!(role, Role::Rk | Role::RkStr) && !word.k())
    };
    let mut shifted = word;
    if is_register(a) {
        shifted = shifted.with_a(word.a() + by);
    }
    if is_register(b) {
        shifted = shifted.with_b(word.b() + by);
    }
    if is_register(c) {
        shifted = shifted.with_c(word.c() + by);
    }
    shifted
}

/// What a path does counts only where it leads.
#[test]
fn dead_code_is_not_followed() {
    let dead = vec![abc(Return0, 0, 0, 0), abc(Call, 0, 1, 1), abc(Move, 0, 5, 0)];
    accepts("dead code", &chunk(dead));
    let mut without_values = chunk(vec![abc(Return0, 0, 0, 0), abc(Move, 0, 5, 0)]);
    without_values.main.n_params = 0;
    accepts("dead reads", &without_values);
    without_values.main.code[0] = abc(Return, 0, 2, 0);
    check_rejected("reads", &without_values, &[Rule::T5]);
}

#[test]
fn findings_say_why() {
    let lost = vec![
        abc(Test, 0, 0, 0),
        jmp(1),
        abc(Call, 4, 1, 1),
        abc(Move, 0, 5, 0),
        abc(Return0, 0, 0, 0),
    ];
    let rejection = check(&chunk(lost)).unwrap_err();
    let [finding] = rejection.findings() else { panic!("{rejection}") };
    assert_eq!((finding.rule, finding.pass, finding.pc()), (Rule::T5, Pass::Flow, Some(3)));
    let notes: Vec<_> = finding.notes.iter().map(|(pc, text)| (*pc, text.as_str())).collect();
    assert_eq!(
        notes,
        [(2, "on the path from here R5 has no value"), (0, "on the path from here R5 has a value"),]
    );
    let frame = finding.frame.as_ref().unwrap();
    assert_eq!(frame.to_string(), "defined R0-R3");

    let captured = vec![CAPTURE, abc(Call, 0, 1, 1), CLOSE];
    let rejection = check(&chunk(captured)).unwrap_err();
    let finding = &rejection.findings()[0];
    assert_eq!(finding.notes, [(0, "R0 is captured here".to_string())]);
    assert_eq!(finding.frame.as_ref().unwrap().to_string(), "defined R0-R4; captured R0");

    let mut never = chunk(vec![abc(Move, 0, 5, 0)]);
    never.main.n_params = 5;
    let rejection = check(&never).unwrap_err();
    assert_eq!(
        rejection.findings()[0].notes,
        [(0, "R5 has no value when the function begins".to_string())]
    );
}

/// A chain of jumps back is taken once for each fact that comes to its start, and facts come one
/// by one.
fn endless(n_facts: u32, n_links: usize) -> Chunk {
    let mut code = vec![jmp(0)];
    // The chain: entered at its last word.
    code.extend(vec![jmp(-2); n_links]);
    code[1] = abc(Return, 0, 1, 0).with_k(true);
    let entrance = n_links;
    // Each part captures a register, then goes to the chain or to the part before it.
    let part = |fact: u32, pc: usize| {
        let to_chain = entrance as i32 - (pc as i32 + 3);
        vec![abx(Closure, 60, fact), abc(Test, 60, 0, 0), jmp(to_chain), jmp(-8)]
    };
    for fact in (0..n_facts).rev() {
        let pc = code.len();
        code.extend(part(fact, pc));
    }
    let first = code.len() - 4;
    let last = entrance + 4;
    code[last] = jmp(to(last, 1));
    code[0] = jmp(to(0, first));
    code.push(abc(Return, 0, 1, 0).with_k(true));
    let nested = |fact: u32| Proto {
        max_stack: 2,
        code: vec![abc(Return0, 0, 0, 0)],
        upvalues: vec![UpvalDesc { in_stack: 1, idx: fact as u8, kind: 0 }],
        ..Proto::default()
    };
    let main = Proto {
        n_params: 60,
        max_stack: 61,
        code,
        protos: (0..n_facts).map(nested).collect(),
        ..Proto::default()
    };
    Chunk { n_upvalues: 0, main }
}

/// Distance of a jump.
fn to(from: usize, target: usize) -> i32 {
    target as i32 - from as i32 - 1
}

#[test]
fn an_analysis_that_takes_too_long_ends() {
    accepts("few facts", &endless(5, 5000));
    accepts("a short chain", &endless(60, 10));
    let chunk = endless(60, 5000);
    check_rejected("60 rounds", &chunk, &[Rule::F7]);
    assert_eq!(check(&chunk).unwrap_err().findings()[0].path.len(), 0);
}

/// What no compiler does, but hurts nobody.
#[test]
fn odd_but_harmless() {
    let long_string =
        |c: &mut Chunk| c.main.constants[0] = Constant::String("x".repeat(99).as_str().into());
    let mut self_of_long = chunk(vec![abx(LoadK, 9, 0), abc(SelfOp, 7, 0, 9)]);
    long_string(&mut self_of_long);
    accepts("a long method name", &self_of_long);
    let cases: &[(&str, Vec<Instruction>)] = &[
        ("a captured loop variable", vec![abx(ForPrep, 0, 1), CAPTURE, abx(ForLoop, 0, 2)]),
        ("a loop after its end", {
            let again = [abx(ForPrep, 0, 0), abx(ForLoop, 0, 1)];
            [again, again].concat()
        }),
        ("a jump to a test's jump", vec![jmp(1), abc(Test, 0, 0, 0), jmp(0), LOAD]),
        ("a jump to itself", vec![jmp(-1)]),
        ("two lists", {
            let item = [abc(LoadNil, 1, 0, 0), abc(SetList, 0, 1, 0)];
            then(&[&[NEW, extra(0)], &item, &item])
        }),
        (
            "nothing pending after CLOSE",
            vec![abc(Tbc, 3, 0, 0), CLOSE, abc(Tbc, 3, 0, 0).with_a(2)],
        ),
    ];
    for (what, code) in cases {
        let mut chunk = chunk(code.clone());
        if *what == "a captured loop variable" {
            chunk.main.protos[0].upvalues[0].idx = 3;
            chunk.main.code.insert(3, CLOSE);
        }
        if *what == "nothing pending after CLOSE" {
            chunk.main.code[2] = abc(LoadNil, 0, 3, 0);
        }
        accepts(what, &chunk);
    }
}

#[test]
fn every_rule_has_cases() {
    let words = values().into_iter().chain(lifetimes()).flat_map(|(.., rules)| rules);
    let mut counts = std::collections::BTreeMap::new();
    for rule in words {
        *counts.entry(*rule).or_insert(0) += 1;
    }
    for rule in Rule::ALL {
        let id = rule.id();
        if id.starts_with(['T', 'C', 'V']) {
            // What V1, V2 and V4 say is mostly a matter of what the nested function captures.
            let least = if matches!(rule, Rule::V1 | Rule::V2 | Rule::V4) { 1 } else { 2 };
            assert!(counts.get(rule).is_some_and(|&n| n >= least), "{rule}");
        }
    }
}

/// What one rule alone rejects would verify without it.
#[cfg(feature = "ablation")]
#[test]
fn every_rule_is_needed() {
    use moonproof_verifier::verify_without;
    let mut needed = BTreeSet::new();
    let mut look = |what: &str, bad: &Chunk, rules: &[Rule]| {
        if let &[rule] = rules {
            if let Err(rejection) = verify_without(bad.clone(), rule) {
                panic!("{what}: without {rule}: {rejection}");
            }
            needed.insert(rule);
        }
    };
    for (what, good, at, bad, rules) in values().into_iter().chain(lifetimes()) {
        look(what, &chunk(with(good, at, bad)), rules);
    }
    for (what, code, _, bad, rules) in capture_cases() {
        let mut chunk = chunk(code);
        chunk.main.protos[0].upvalues = vec![UpvalDesc { in_stack: 1, idx: bad, kind: 0 }];
        look(what, &chunk, rules);
    }
    look("endless", &endless(60, 5000), &[Rule::F7]);
    let is_of_flow = |rule: &Rule| *rule == Rule::F7 || rule.id().starts_with(['T', 'C', 'V']);
    let missing: Vec<_> =
        Rule::ALL.iter().filter(|r| is_of_flow(r) && !needed.contains(r)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
