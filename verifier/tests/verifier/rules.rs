//! Every rule of the catalogue is broken by a minimal edit of a chunk that verifies, and the
//! rejection names exactly that rule.

use std::collections::BTreeSet;

use crate::kit::*;
use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{Chunk, Instruction, LocVar, Strip, UpvalDesc, dump, load_with_offsets};
use moonproof_verifier::{Keeper, Pass, Place, Rule, check};

/// Asserts that a chunk is rejected for that rule and no other.
fn check_rejected(what: &str, chunk: &Chunk, rule: Rule) {
    let rejection = match check(chunk) {
        Ok(()) => panic!("{what}: verifies"),
        Err(rejection) => rejection,
    };
    let rules: BTreeSet<Rule> = rejection.findings().iter().map(|f| f.rule).collect();
    assert_eq!(rules, BTreeSet::from([rule]), "{what}: {rejection}");
}

/// What an edit does, the rule that it breaks, and the edit.
type Edit = (&'static str, Rule, fn(&mut Chunk));

/// What an edit does, and the edit, which breaks nothing.
type Oddity = (&'static str, fn(&mut Chunk));

/// Good code, what is replaced in it, and the rule that breaks.
struct Case {
    what: &'static str,
    good: Vec<Instruction>,
    at: usize,
    bad: Instruction,
    rule: Rule,
}

fn case(
    what: &'static str,
    good: Vec<Instruction>,
    at: usize,
    bad: Instruction,
    rule: Rule,
) -> Case {
    Case { what, good, at, bad, rule }
}

/// Edits to one word of a function of fixed arity. Constants: 0 short string, 1 integer, 2 float,
/// 3 long string, 4 nil; 10 registers, 1 upvalue, 1 nested function (see `kit::chunk`).
fn word_cases() -> Vec<Case> {
    use Rule::*;
    let l = || abc(LoadTrue, 0, 0, 0);
    vec![
        case("opcode 83", vec![l()], 0, Instruction(83), S1),
        case("opcode 127", vec![l()], 0, Instruction(127), S1),
        case("MOVE A", vec![abc(Move, 9, 0, 0)], 0, abc(Move, 10, 0, 0), S2),
        case("MOVE B", vec![abc(Move, 0, 9, 0)], 0, abc(Move, 0, 10, 0), S2),
        case("GETTABLE C", vec![abc(GetTable, 0, 0, 9)], 0, abc(GetTable, 0, 0, 10), S2),
        case("SETTABLE C", vec![abc(SetTable, 0, 0, 9)], 0, abc(SetTable, 0, 0, 10), S2),
        case("LOADNIL B", vec![abc(LoadNil, 8, 1, 0)], 0, abc(LoadNil, 8, 2, 0), S2),
        case("SELF A+1", vec![abck(SelfOp, 8, 0, 0)], 0, abck(SelfOp, 9, 0, 0), S2),
        case("SELF C", vec![abx(LoadK, 9, 0), abc(SelfOp, 8, 0, 9)], 1, abc(SelfOp, 8, 0, 10), S2),
        case("CONCAT B", vec![abc(Concat, 7, 3, 0)], 0, abc(Concat, 7, 4, 0), S2),
        case("CLOSE A", vec![abc(Close, 10, 0, 0)], 0, abc(Close, 11, 0, 0), S2),
        case("TBC A", vec![abc(Tbc, 9, 0, 0), CLOSE], 0, abc(Tbc, 10, 0, 0), S2),
        case("CALL arguments", vec![abc(Call, 7, 3, 1)], 0, abc(Call, 7, 4, 1), S2),
        case("CALL results", vec![abc(Call, 7, 1, 4)], 0, abc(Call, 7, 1, 5), S2),
        case("CALL A", vec![abc(Call, 9, 1, 1)], 0, abc(Call, 10, 1, 1), S2),
        case("RETURN A", vec![abc(Return, 10, 1, 0)], 0, abc(Return, 11, 1, 0), S2),
        case("RETURN B", vec![abc(Return, 8, 3, 0)], 0, abc(Return, 8, 4, 0), S2),
        case("RETURN0 A", vec![abc(Return0, 10, 0, 0)], 0, abc(Return0, 11, 0, 0), S2),
        case("RETURN1 A", vec![abc(Return1, 9, 0, 0)], 0, abc(Return1, 10, 0, 0), S2),
        case("SETLIST B", table(vec![abc(SetList, 0, 9, 0)]), 3, abc(SetList, 0, 10, 0), S2),
        case("MMBIN B", vec![ADD, abc(MmBin, 0, 9, 6)], 1, abc(MmBin, 0, 10, 6), S2),
        case("LOADK Bx", vec![abx(LoadK, 0, 4)], 0, abx(LoadK, 0, 5), S3),
        case("LOADKX Ax", vec![abx(LoadKx, 0, 0), extra(4)], 1, extra(5), S3),
        case("EQK B", vec![abc(EqK, 0, 4, 0), jmp(0)], 0, abc(EqK, 0, 5, 0), S3),
        case("SETI C with k", vec![abck(SetI, 0, 0, 4)], 0, abck(SetI, 0, 0, 5), S3),
        case("GETFIELD C", vec![abc(GetField, 0, 0, 0)], 0, abc(GetField, 0, 0, 200), S3),
        case("GETFIELD number", vec![abc(GetField, 0, 0, 0)], 0, abc(GetField, 0, 0, 1), S4),
        case("GETFIELD long", vec![abc(GetField, 0, 0, 0)], 0, abc(GetField, 0, 0, 3), S4),
        case("SETFIELD long", vec![abc(SetField, 0, 0, 0)], 0, abc(SetField, 0, 3, 0), S4),
        case("GETTABUP nil", vec![abc(GetTabUp, 0, 0, 0)], 0, abc(GetTabUp, 0, 0, 4), S4),
        case("SETTABUP long", vec![abc(SetTabUp, 0, 0, 0)], 0, abc(SetTabUp, 0, 3, 0), S4),
        case("SELF nil", vec![abck(SelfOp, 0, 0, 3)], 0, abck(SelfOp, 0, 0, 4), S4),
        case("ADDK string", vec![abc(AddK, 0, 0, 2), MMBINK], 0, abc(AddK, 0, 0, 0), S4),
        case("BANDK float", vec![abc(BAndK, 0, 0, 1), MMBINK], 0, abc(BAndK, 0, 0, 2), S4),
        case("GETUPVAL B", vec![abc(GetUpval, 0, 0, 0)], 0, abc(GetUpval, 0, 1, 0), S5),
        case("SETUPVAL B", vec![abc(SetUpval, 0, 0, 0)], 0, abc(SetUpval, 0, 1, 0), S5),
        case("SETTABUP A", vec![abc(SetTabUp, 0, 0, 0)], 0, abc(SetTabUp, 1, 0, 0), S5),
        case("CLOSURE Bx", vec![abx(Closure, 0, 0), CLOSE], 0, abx(Closure, 0, 1), S6),
        case("JMP before", vec![jmp(-1)], 0, jmp(-2), S7),
        case("JMP behind", vec![jmp(0)], 0, jmp(1), S7),
        case("JMP far", vec![jmp(0)], 0, jmp(16_777_216), S7),
        case("test without JMP", vec![abc(Test, 0, 0, 0), jmp(0), l()], 1, l(), S8),
        case("ADD without MMBIN", vec![ADD, MMBIN, l()], 1, l(), S8),
        case("ADD with MMBINK", vec![ADD, MMBIN], 1, MMBINK, S8),
        case("ADDK with MMBIN", vec![abc(AddK, 0, 0, 1), MMBINK], 1, MMBIN, S8),
        case("SHRI with MMBIN", vec![abc(ShrI, 0, 0, 1), abc(MmBinI, 0, 0, 17)], 1, MMBIN, S8),
        case("MMBIN alone", vec![l(), l()], 1, MMBIN, S8),
        case("MMBIN first", vec![l(), l()], 0, MMBIN, S8),
        case("EXTRAARG alone", vec![l(), l()], 1, extra(0), S8),
        case("EXTRAARG after SETLIST", table(vec![abc(SetList, 0, 1, 0), l()]), 4, extra(0), S8),
        case("SETLIST k", table(vec![abc(SetList, 0, 1, 0), l()]), 3, abck(SetList, 0, 1, 0), S8),
        case("NEWTABLE alone", vec![abc(NewTable, 0, 0, 0), extra(0)], 1, l(), S8),
        case("LOADKX alone", vec![abx(LoadKx, 0, 0), extra(0)], 1, l(), S8),
        case("LFALSESKIP", vec![abc(LFalseSkip, 0, 0, 0), l()], 1, abc(LoadNil, 0, 0, 0), S8),
        case("TFORLOOP alone", vec![l(), l()], 1, abx(TForLoop, 0, 1), S8),
        case("TFORCALL alone", tfor(), 2, l(), S8),
        case("TFORLOOP other A", tfor(), 2, abx(TForLoop, 2, 2), S8),
        case("TFORPREP other A", tfor(), 0, abx(TForPrep, 2, 0), S8),
        case("TFORPREP elsewhere", tfor(), 0, abx(TForPrep, 0, 2), S8),
        case("TAILCALL alone", tail(), 1, abc(Return, 0, 1, 0), S8),
        case("TAILCALL, other A", tail(), 1, abc(Return, 1, 0, 0), S8),
        case("TAILCALL, other k", tail(), 1, abck(Return, 0, 0, 0), S8),
        case("JMP to MMBIN", vec![jmp(0), ADD, MMBIN], 0, jmp(1), S9),
        case("JMP to EXTRAARG", vec![jmp(0), abx(LoadKx, 0, 0), extra(0)], 0, jmp(1), S9),
        case("JMP to TFORLOOP", [vec![jmp(0)], tfor()].concat(), 0, jmp(2), S9),
        case("JMP to open CALL", [vec![jmp(0)], open(CALL_OPEN)].concat(), 0, jmp(1), S9),
        case("JMP to open RETURN", [vec![jmp(0)], tail()].concat(), 0, jmp(1), S9),
        case("TFORLOOP to MMBIN", [vec![ADD, MMBIN], tfor()].concat(), 4, abx(TForLoop, 0, 4), S9),
        case("CONCAT B = 1", vec![abc(Concat, 0, 2, 0)], 0, abc(Concat, 0, 1, 0), S10),
        case("CONCAT B = 0", vec![abc(Concat, 2, 2, 0)], 0, abc(Concat, 2, 0, 0), S10),
        case("TFORCALL C = 0", tfor(), 1, abc(TForCall, 0, 0, 0), S10),
        case("MMBIN event 25", vec![ADD, MMBIN], 1, abc(MmBin, 0, 0, 25), S10),
        case("MMBIN event 5", vec![ADD, MMBIN], 1, abc(MmBin, 0, 0, 5), S10),
        case("NEWTABLE k", vec![abc(NewTable, 0, 0, 0), extra(0)], 0, abck(NewTable, 0, 0, 0), S10),
        case("NEWTABLE no k", vec![abc(NewTable, 0, 0, 0), extra(0)], 1, extra(5), S10),
        case("NEWTABLE B", vec![abc(NewTable, 0, 3, 0), extra(0)], 0, abc(NewTable, 0, 4, 0), F6),
        case("NEWTABLE B = 255", vec![abc(NewTable, 0, 0, 0), extra(0)], 0, NEW255, F6),
        case(
            "NEWTABLE C",
            vec![abc(NewTable, 0, 0, 150), extra(0)],
            0,
            abc(NewTable, 0, 0, 151),
            F6,
        ),
        case(
            "SETLIST Ax",
            table(vec![abck(SetList, 0, 1, 0), extra(0)]),
            4,
            extra(0x00FF_FFFF),
            F6,
        ),
        case("RETURN C", vec![abc(Return, 0, 1, 0)], 0, abc(Return, 0, 1, 200), S11),
        case("TAILCALL C", tail(), 0, abc(TailCall, 0, 1, 50), S11),
        case("VARARG", vec![abc(LoadNil, 0, 0, 0)], 0, abc(Vararg, 0, 0, 2), S11),
        case("FORPREP other A", numeric_loop(), 0, abx(ForPrep, 1, 2), S12),
        case("FORPREP short", numeric_loop(), 0, abx(ForPrep, 0, 1), S12),
        case("FORLOOP to FORPREP", numeric_loop(), 3, abx(ForLoop, 0, 4), S12),
        case("FORLOOP alone", vec![l(), l()], 1, abx(ForLoop, 0, 1), S12),
        case("FORPREP alone", vec![l(), l()], 0, abx(ForPrep, 0, 0), S12),
        case("FORPREP twice", two_preps(), 0, abx(ForPrep, 0, 1), S12),
        case("open CALL alone", vec![l(), l()], 1, CALL_OPEN, O1),
        case("open CALL first", vec![l(), l()], 0, CALL_OPEN, O1),
        case("open RETURN alone", vec![l()], 0, abc(Return, 0, 0, 0), O1),
        case("open SETLIST alone", vec![l(), l()], 1, abc(SetList, 0, 0, 0), O1),
        case("open CALL at A", open(CALL_OPEN), 0, abc(Call, 0, 1, 0), O1),
        case("open SETLIST at A", table(open(abc(SetList, 0, 0, 0))), 4, abc(SetList, 1, 0, 0), O1),
        case("open TAILCALL at A", open_tail(), 0, abc(Call, 0, 1, 0), O1),
        case("open RETURN above", open(abc(Return, 1, 0, 0)), 1, abc(Return, 2, 0, 0), O1),
        case("results lost", vec![abc(Call, 0, 1, 1), l()], 0, abc(Call, 0, 1, 0), O2),
        case("VARARGPREP", vec![l()], 0, abc(VarargPrep, 0, 0, 0), F4),
        case("no return at the end", vec![], 0, l(), F2),
        case("a call at the end", vec![], 0, abc(Call, 0, 1, 1), F2),
        case("a jump at the end", vec![], 0, jmp(-1), F2),
    ]
}

/// A word, and a loop without body.
fn two_preps() -> Vec<Instruction> {
    vec![abc(LoadTrue, 0, 0, 0), abx(ForPrep, 0, 0), abx(ForLoop, 0, 1)]
}

#[test]
fn one_edited_word_breaks_one_rule() {
    for Case { what, good, at, bad, rule } in word_cases() {
        let mut chunk = chunk(good);
        accepts(what, &chunk);
        assert_ne!(chunk.main.code[at], bad, "{what}: no edit");
        chunk.main.code[at] = bad;
        check_rejected(what, &chunk, rule);
    }
}

/// Loops whose registers run past the frame, one register missing each.
#[test]
fn loops_need_all_their_registers() {
    for (what, code, least, n_params) in [
        ("FORPREP", numeric_loop(), 4, 3),
        ("TFORCALL", tfor(), 7, 4),
        ("TFORCALL of 5", with(tfor(), 1, abc(TForCall, 0, 0, 5)), 9, 4),
    ] {
        let mut chunk = chunk(code);
        chunk.main.protos.clear();
        (chunk.main.max_stack, chunk.main.n_params) = (least, n_params);
        accepts(what, &chunk);
        chunk.main.max_stack = least - 1;
        check_rejected(what, &chunk, Rule::S2);
    }
}

#[test]
fn vararg_functions() {
    let good = vararg_chunk();
    accepts("vararg", &good);
    let cases: &[Edit] = &[
        ("mark 2", Rule::F4, |c| c.main.is_vararg = 2),
        ("no VARARGPREP", Rule::F4, |c| c.main.code[0] = abc(LoadNil, 3, 0, 0)),
        ("A not the parameters", Rule::F4, |c| c.main.code[0] = abc(VarargPrep, 1, 0, 0)),
        ("B not zero", Rule::F4, |c| c.main.code[0] = abc(VarargPrep, 2, 1, 0)),
        ("second VARARGPREP", Rule::F4, |c| c.main.code[1] = abc(VarargPrep, 2, 0, 0)),
        ("jump to VARARGPREP", Rule::F4, |c| c.main.code[3] = jmp(-4)),
        ("return without shift", Rule::S11, |c| c.main.code[4] = abc(Return, 0, 1, 0)),
        ("RETURN0", Rule::S11, |c| c.main.code[4] = abc(Return0, 0, 0, 0)),
        ("RETURN1", Rule::S11, |c| c.main.code[4] = abc(Return1, 0, 0, 0)),
        ("open VARARG", Rule::O2, |c| c.main.code[1] = abc(Vararg, 3, 0, 0)),
    ];
    for (what, rule, edit) in cases {
        let mut chunk = good.clone();
        edit(&mut chunk);
        check_rejected(what, &chunk, *rule);
    }
}

#[test]
fn functions_as_a_whole() {
    let cases: &[Edit] = &[
        ("count before the main function", Rule::H2, |c| c.n_upvalues = 2),
        ("300 upvalues", Rule::H2, |c| {
            c.main.protos[0].upvalues = vec![UpvalDesc { in_stack: 0, idx: 0, kind: 0 }; 300];
        }),
        ("201 levels", Rule::H6, |c| *c = nested(201)),
        ("no code", Rule::F1, |c| c.main.protos[0].code.clear()),
        ("parameters past the frame", Rule::F3, |c| c.main.protos[0].n_params = 4),
        ("register of the parent", Rule::F5, |c| c.main.protos[0].upvalues[0].idx = 10),
        ("upvalue of the parent", Rule::F5, |c| c.main.protos[0].upvalues[1].idx = 1),
        ("two names", Rule::D6, |c| c.main.upvalue_names = vec![None, None]),
        ("negative line", Rule::D6, |c| c.main.last_line_defined = 1 << 31),
    ];
    accepts("nothing edited", &chunk(vec![]));
    accepts("200 levels", &nested(200));
    for (what, rule, edit) in cases {
        let mut chunk = chunk(vec![]);
        edit(&mut chunk);
        check_rejected(what, &chunk, *rule);
    }
}

#[test]
fn debug_information() {
    let cases: &[Edit] = &[
        ("one line for 600 words", Rule::D1, |c| c.main.line_info.truncate(1)),
        ("mark without entry", Rule::D2, |c| c.main.line_info[5] = -128),
        ("mark, and no entries at all", Rule::D2, |c| {
            c.main.line_info.fill(0);
            c.main.line_info[5] = -128;
            c.main.abs_line_info.clear();
        }),
        ("entry without mark", Rule::D2, |c| c.main.line_info[128] = 0),
        ("entry outside", Rule::D2, |c| c.main.abs_line_info[3].pc = 600),
        ("entries not increasing", Rule::D2, |c| c.main.abs_line_info[1].pc = 128),
        ("no entry at 256", Rule::D2, |c| {
            c.main.line_info[256] = 0;
            c.main.abs_line_info.remove(1);
        }),
        ("one entry", Rule::D2, |c| {
            for pc in [256, 384, 512] {
                c.main.line_info[pc] = 0;
            }
            c.main.abs_line_info.truncate(1);
        }),
        ("entry too late", Rule::D2, |c| {
            c.main.line_info[384] = 0;
            c.main.line_info[385] = -128;
            c.main.abs_line_info[2].pc = 385;
        }),
        ("absolute line", Rule::D3, |c| c.main.abs_line_info[2].line = 1 << 31),
        ("line overflow", Rule::D3, |c| {
            c.main.line_defined = i32::MAX as u32;
            c.main.line_info[5] = 1;
        }),
        ("no name", Rule::D4, |c| c.main.loc_vars[2].name = None),
        ("eleven active", Rule::D5, |c| c.main.loc_vars[10].start_pc = 299),
    ];
    accepts("debug information", &debug_chunk());
    for (what, rule, edit) in cases {
        let mut chunk = debug_chunk();
        edit(&mut chunk);
        check_rejected(what, &chunk, *rule);
    }
}

/// Four parameters and a call in the last register: C of TAILCALL counts no results.
#[test]
fn vararg_tail_call_at_the_frame_end() {
    let mut chunk = vararg_chunk();
    chunk.main.n_params = 4;
    chunk.main.max_stack = 5;
    chunk.main.protos.clear();
    chunk.main.code = vec![
        abc(VarargPrep, 4, 0, 0),
        abc(LoadNil, 4, 0, 0),
        abc(TailCall, 4, 1, 5),
        abc(Return, 4, 0, 5),
    ];
    accepts("at the frame end", &chunk);
    chunk.main.code[2] = abc(TailCall, 4, 2, 5);
    check_rejected("an argument behind the frame", &chunk, Rule::S2);
}

/// Legal oddities of debug information.
#[test]
fn odd_debug_information() {
    let cases: &[Oddity] = &[
        ("absolute lines alone", |c| c.main.line_info.clear()),
        ("first entry late", |c| {
            c.main.abs_line_info[0].pc = 130;
            c.main.line_info.swap(128, 130);
        }),
        ("last line", |c| c.main.line_defined = i32::MAX as u32),
        ("variables outside the code", |c| {
            c.main.loc_vars = vec![LocVar { name: Some("v".into()), start_pc: 700, end_pc: 9 }; 50];
        }),
        ("variables unsorted", |c| c.main.loc_vars.reverse()),
        ("upvalue without name", |c| c.main.upvalue_names = vec![None]),
    ];
    for (what, edit) in cases {
        let mut chunk = debug_chunk();
        edit(&mut chunk);
        accepts(what, &chunk);
    }
}

#[test]
fn every_rule_has_a_case() {
    let words = word_cases().into_iter().map(|case| case.rule);
    // Those of the tests above that edit something else than a word.
    let others = {
        use Rule::*;
        [H2, H6, F1, F3, F4, F5, D1, D2, D3, D4, D5, D6]
    };
    let covered: BTreeSet<Rule> = words.chain(others).collect();
    let kept = Rule::ALL.iter().filter(|rule| rule.info().keeper == Keeper::Verifier);
    let missing: Vec<_> = kept.filter(|rule| !covered.contains(rule)).collect();
    // S13 says where the other rules hold; `dead_code_counts` is its case. The dataflow's have tests
    // of their own.
    let missing: Vec<_> = missing.into_iter().filter(|rule| !is_of_flow(**rule)).collect();
    assert_eq!(missing, [&Rule::S13]);
}

fn is_of_flow(rule: Rule) -> bool {
    rule == Rule::F7 || rule.id().starts_with(['T', 'C', 'V'])
}

#[test]
fn dead_code_counts() {
    let dead = vec![abc(Return0, 0, 0, 0), abc(Move, 0, 9, 0)];
    let mut chunk = chunk(dead);
    accepts("dead code", &chunk);
    chunk.main.code[1] = abc(Move, 0, 10, 0);
    check_rejected("dead code", &chunk, Rule::S2);
}

#[test]
fn findings_say_where() {
    let mut chunk = nested(3);
    chunk.main.protos[0].protos[0].code[0] = abc(Move, 200, 0, 0);
    chunk.main.protos[0].code.push(Instruction(100));
    // A later pass would also refuse this one, but is not reported beside an earlier one's.
    chunk.main.code[0] = jmp(1000);
    let mut rejection = check(&chunk).unwrap_err();
    let found: Vec<_> =
        rejection.findings().iter().map(|f| (f.rule, f.pass, f.path.to_vec(), f.place)).collect();
    assert_eq!(
        found,
        [
            (Rule::S1, Pass::Decode, vec![0], Place::Code(2)),
            (Rule::S2, Pass::Decode, vec![0, 0], Place::Code(0)),
        ]
    );
    let bytes = dump(&chunk, Strip::Nothing);
    rejection.locate(&load_with_offsets(&bytes).unwrap().1);
    let offset = rejection.findings()[0].offset.unwrap();
    assert_eq!(bytes[offset..offset + 4], [100, 0, 0, 0]);
    assert_eq!(
        rejection.to_string(),
        "S1 (opcodes exist): function 0, pc 2, byte 65: 0x00000064: \
         expected an opcode of at most 82, found 100\n\
         S2 (registers lie in the frame): function 0.0, pc 0, byte 79: MOVE 200 0: \
         expected a register below 3, found A = 200"
    );
}

#[test]
fn findings_are_bounded() {
    let chunk = chunk(vec![Instruction(127); 10_000]);
    let rejection = check(&chunk).unwrap_err();
    assert_eq!(rejection.findings().len(), moonproof_verifier::MAX_FINDINGS);
    assert_eq!(rejection.n_omitted(), 10_000 - moonproof_verifier::MAX_FINDINGS);
}
