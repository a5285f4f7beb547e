use super::*;
use crate::chunk::{AbsLine, Chunk, Constant, LocVar, Proto, UpvalDesc};
use crate::dump::{Strip, dump};
use crate::instruction::Instruction;
use crate::load::load;
use proptest::prelude::*;

fn assembled(text: &str) -> Chunk {
    load(&assemble(text).unwrap_or_else(|error| panic!("{text}: {error}")).bytes)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn round_trip(bytes: &[u8]) {
    let text = disassemble(bytes).expect("a chunk");
    let again = assemble(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(again.bytes, bytes, "{text}");
}

#[test]
fn instructions() {
    use crate::opcode::OpCode::*;
    let check = |line: &str, word: Instruction| {
        let chunk = assembled(&format!(".const 7\n.const \"x\"\na:\n{line}\nb: RETURN0\n"));
        assert_eq!(chunk.main.code[0], word, "{line}");
        round_trip(&dump(&chunk, Strip::Nothing));
    };
    let abc = |op, a, b, c| Instruction::abc(op, a, b, c, false);
    check("MOVE R1 R2", abc(Move, 1, 2, 0));
    check("move 1, 2", abc(Move, 1, 2, 0));
    check("MOVE R1 R2 C=9 k=1", Instruction::abc(Move, 1, 2, 9, true));
    check("LOADI R1 -5", Instruction::asbx(LoadI, 1, -5));
    check("LOADK R1 K\"x\"", Instruction::abx(LoadK, 1, 1));
    check("LOADK R1 K(7)", Instruction::abx(LoadK, 1, 0));
    check("LOADK R1 K(7.0)", Instruction::abx(LoadK, 1, 2));
    check("LOADK R1 K99999", Instruction::abx(LoadK, 1, 99_999));
    check("LOADKX R1 Bx=3", Instruction::abx(LoadKx, 1, 3));
    check("EXTRAARG 33554431", Instruction::new_ax(ExtraArg, 33_554_431));
    check("EXTRAARG K\"x\"", Instruction::new_ax(ExtraArg, 1));
    check("SETFIELD R1 K1 R2", abc(SetField, 1, 1, 2));
    check("SETFIELD R1 K1 2", abc(SetField, 1, 1, 2));
    check("SETFIELD R1 K1 K0", Instruction::abc(SetField, 1, 1, 0, true));
    check("SELF R1 R2 K\"x\"", Instruction::abc(SelfOp, 1, 2, 1, true));
    check("NEWTABLE R1 3 4 k", Instruction::abc(NewTable, 1, 3, 4, true));
    check("MMBINI R1 -2 __sub k", Instruction::abc(MmBinI, 1, 125, 7, true));
    check("MMBIN R1 R2 255", abc(MmBin, 1, 2, 255));
    check("EQI R1 5 1 C=1", Instruction::abc(EqI, 1, 132, 1, true));
    check("TEST R1 0", abc(Test, 1, 0, 0));
    check("JMP a", Instruction::new_sj(Jmp, -1));
    check("JMP b", Instruction::new_sj(Jmp, 0));
    check("JMP 1000", Instruction::new_sj(Jmp, 1000));
    check("FORLOOP R0 a", Instruction::abx(ForLoop, 0, 1));
    check("FORLOOP R0 77", Instruction::abx(ForLoop, 0, 77));
    check("TFORPREP R0 b", Instruction::abx(TForPrep, 0, 0));
    check("RETURN R0 1 0 k", Instruction::abc(Return, 0, 1, 0, true));
    check("RETURN0", abc(Return0, 0, 1, 0));
    check("RETURN0 R3 B=0", abc(Return0, 3, 0, 0));
    check("RETURN1 R3", abc(Return1, 3, 2, 0));
    check(".word 0xFFFFFFFF", Instruction(0xFFFF_FFFF));
    check("CLOSE R5 ; a comment", abc(Close, 5, 0, 0));
}

#[test]
fn errors() {
    let check = |text: &str, expected: &str| {
        assert_eq!(assemble(text).expect_err(text).to_string(), expected, "{text}");
    };
    check("MOV R1 R2", "1:1: there is no instruction MOV");
    check("\n  MOVE R1", "2:10: expected a register, found the end of the line");
    check("MOVE R1 K2", "1:9: expected a register, found K2");
    check("MOVE R1 R256", "1:9: B is at most 255");
    check("MOVE R1 300", "1:9: a register lies from 0 to 255");
    check("MOVE R1 R2 R3", "1:12: expected a field of this opcode, found R3");
    check("MOVE R1 R2 C", "1:13: expected =, found the end of the line");
    check("LOADI R1 100000", "1:10: a signed number lies from -65535 to 65536");
    check("TEST R1", "1:8: expected a condition, found the end of the line");
    check("JMP nowhere", "1:5: there is no label nowhere in this function");
    check("CLOSURE R0 f", "1:12: there is no function f in this one");
    check("FORLOOP R0 b\nRETURN0\nb:", "1:12: -1 is out of reach: Bx lies from 0 to 131071");
    check("MMBIN R0 R1 __foo", "1:13: expected an event, such as __add, found __foo");
    check("a:\na:", "2:1: there is another label a");
    check("R1:", "1:1: R1 cannot be a label");
    check(".function f\n.end\n.function f", "3:11: there is another function f");
    check(".stak 3", "1:1: there is no directive .stak");
    check(".stack 256", "1:8: a number of registers lies from 0 to 255");
    check(
        ".const 99999999999999999999",
        "1:8: expected an integer of 64 bits or a float, found 99999999999999999999",
    );
    check(".const \"a", "1:8: expected a closing quote");
    check(".const \"\\q\"", "1:9: expected \\n, \\r, \\t, \\\\, \\\" or \\x and two hex digits");
    check(".const \"é\\xg0\"", "1:10: expected two hex digits after \\x");
    check(".const hex\"0\"", "1:11: expected pairs of hex digits");
    check(
        ".count things 3",
        "1:8: expected one of code, constants, upvalues, functions, lineinfo, abslines, locals, names",
    );
    check(".function", "1:1: expected .end, found the end of the text");
    check(".end", "1:1: .end without .function");
    check(".repeat 2\n", "1:1: expected .endrepeat, found the end of the text");
    check(".splice 9999 1 hex\"00\"", "1:1: the chunk has only 46 bytes");
    check("RETURN0 #", "1:9: unexpected character '#'");
    let bomb = ".repeat 4000000000\n.repeat 4000000000\nMOVE R0 R0\n.endrepeat\n.endrepeat";
    check(bomb, "4:1: the text is too long with all its repetitions");
}

#[test]
fn values() {
    let check = |text: &str, constant: Constant| {
        let chunk = assembled(&format!(".const {text}\nRETURN0"));
        assert_eq!(chunk.main.constants, [constant], "{text}");
        round_trip(&dump(&chunk, Strip::Nothing));
    };
    check("nil", Constant::Nil);
    check("true", Constant::Bool(true));
    check("-9223372036854775808", Constant::Integer(i64::MIN));
    check("0xFFFFFFFFFFFFFFFF", Constant::Integer(-1));
    check("1.0", Constant::Float(1.0));
    check("-0.0", Constant::Float(-0.0));
    check("1e-5", Constant::Float(1e-5));
    check("-inf", Constant::Float(f64::NEG_INFINITY));
    check("nan(0xfff8000000000001)", Constant::Float(f64::from_bits(0xfff8_0000_0000_0001)));
    check(r#""a\x00\"\\\n; é""#, Constant::String("a\0\"\\\n; é".into()));
}

#[test]
fn everything_that_a_function_has() {
    let chunk = assembled(
        "
        .header_upvalues 7
        .source \"@x.lua\"
        .lines 1 200
        .params 2
        .vararg
        .upvalue R0 kind=1 \"_ENV\"
        .upvalue 9/8 none
        .local \"a\" 0 last
        .local none 1 2
        .line 100
            VARARGPREP 2
        .line 300
            CLOSURE R2 inner
            CLOSURE R3 F1
        last:
            RETURN R2 3 3
        .function first
            RETURN0
        .end
        .function inner
            .stack 9
            .lineinfo 1 -128 3
            .absline 7 8
            .upvalue U1
        .end
        ",
    );
    assert_eq!(chunk.n_upvalues, 7);
    let main = &chunk.main;
    assert_eq!(main.source.as_deref(), Some(&b"@x.lua"[..]));
    assert_eq!((main.line_defined, main.last_line_defined), (1, 200));
    assert_eq!((main.n_params, main.is_vararg, main.max_stack), (2, 1, 4));
    assert_eq!(main.upvalues[1], UpvalDesc { in_stack: 9, idx: 8, kind: 0 });
    assert_eq!(main.upvalue_names, [Some("_ENV".into()), None]);
    assert_eq!(main.loc_vars[0], LocVar { name: Some("a".into()), start_pc: 0, end_pc: 3 });
    assert_eq!(main.loc_vars[1].name, None);
    assert_eq!(main.line_info, [99, -128, 0, 0]);
    assert_eq!(main.abs_line_info, [AbsLine { pc: 1, line: 300 }]);
    assert_eq!(main.code[1].bx(), 1);
    let inner = &main.protos[1];
    assert_eq!((inner.max_stack, &inner.line_info[..]), (9, &[1, -128, 3][..]));
    assert!(inner.code.is_empty() && inner.upvalue_names.is_empty());
    round_trip(&dump(&chunk, Strip::Nothing));
}

#[test]
fn what_no_loader_takes() {
    let check = |text: &str, expected: &str| {
        let error = load(&assemble(text).expect(text).bytes).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    };
    check(
        ".splice 4 1 hex\"53\"\nRETURN0",
        "version mismatch: found Lua 5.3, expected Lua 5.4, at byte 4",
    );
    check(".const hex\"0480\"\nRETURN0", "bad format for constant string, at byte 46");
    check(".const hex\"05\"\nRETURN0", "unknown constant type: tag 5, at byte 44");
    check(".count code 2147483519\nRETURN0", "truncated chunk, at byte 43");
    let deep =
        ".repeat 200\nRETURN0\n.function\n.endrepeat\nRETURN0\n.repeat 200\n.end\n.endrepeat";
    let error = load(&assemble(deep).expect(deep).bytes).expect_err(deep);
    assert_eq!(*error.kind(), crate::LoadErrorKind::TooDeep);
}

/// As deep as a text may state it, which neither assembler nor reader of its bytes recurses into.
#[test]
fn depth_costs_nothing_but_bytes() {
    let text = ".repeat 100000\n.function\n.endrepeat\n.repeat 100000\n.end\n.endrepeat";
    assert_eq!(assemble(text).expect("a text").bytes.len(), 32 + 100_001 * 14);
}

#[test]
fn notes_and_places() {
    let text = ";! about main\nRETURN0 ;! about the word\n.repeat 2\n.function\n;! inner\n\
                .upvalue R0 ;! up\n.end\n.endrepeat\n";
    let assembly = assemble(text).expect("a text");
    let notes: Vec<_> = assembly
        .notes
        .iter()
        .map(|note| (note.line, &*note.text, note.stands_alone, note.function))
        .collect();
    assert_eq!(
        notes,
        [
            (1, "about main", true, 0),
            (2, "about the word", false, 0),
            (5, "inner", true, 1),
            (6, "up", false, 1)
        ]
    );
    assert_eq!(assembly.function(&[]), Some(0));
    assert_eq!(assembly.function(&[1]), Some(2));
    assert_eq!(assembly.function(&[2]), None);
    assert_eq!(assembly.line_of(0, Item::Code(0)), Some(2));
    assert_eq!(assembly.line_of(2, Item::Upvalue(0)), Some(6));
    assert_eq!(assembly.line_of(0, Item::Code(1)), None);
}

/// Chunks that load but that no compiler writes.
#[test]
fn bytes_that_are_not_canonical() {
    let good = assemble(".const \"x\"\n.upvalue R0 \"a\"\nRETURN0").expect("a text").bytes;
    round_trip(&good);
    let mut padded = good.clone();
    padded.splice(32..32, [0, 0, 0]);
    round_trip(&padded);
    let mut longer = good.clone();
    longer.extend_from_slice(b"\0garbage");
    round_trip(&longer);
    let mut tag = good.clone();
    let at = tag.windows(3).position(|bytes| bytes == b"\x04\x82x").expect("the constant");
    tag[at] = 0x14;
    round_trip(&tag);
    let mut names = good;
    let at = names.len() - 3;
    names[at] = 0x87;
    round_trip(&names);
}

fn any_name() -> impl Strategy<Value = Option<crate::ByteString>> {
    proptest::option::of(proptest::collection::vec(any::<u8>(), 0..50))
        .prop_map(|bytes| bytes.map(|bytes| crate::ByteString::new(&bytes)))
}

fn any_constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        Just(Constant::Nil),
        any::<bool>().prop_map(Constant::Bool),
        any::<i64>().prop_map(Constant::Integer),
        (0_i64..3).prop_map(Constant::Integer),
        any::<u64>().prop_map(|bits| Constant::Float(f64::from_bits(bits))),
        (-3..3).prop_map(|i| Constant::Float(f64::from(i))),
        any_name().prop_map(|name| Constant::String(name.unwrap_or("x".into()))),
    ]
}

fn any_int() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..20, 0_u32..2_147_483_519]
}

fn any_proto(children: Vec<Proto>) -> impl Strategy<Value = Proto> {
    use proptest::collection::vec;
    let code = vec(
        prop_oneof![
            any::<u32>(),
            (any::<u32>(), 0_u32..83).prop_map(|(word, op)| word & !0x7F | op),
            (0_u32..16, 0_u32..83).prop_map(|(bits, op)| bits << 7 | op),
        ]
        .prop_map(Instruction),
        0..40,
    );
    let upvalues = vec((0_u8..3, any::<u8>(), 0_u8..4, any_name()), 0..4);
    let lines = vec((any::<i8>(), any_int(), any_int()), 0..6);
    let loc_vars = vec((any_name(), any_int(), any_int()), 0..4);
    let bytes = (any::<u8>(), any::<u8>(), any::<u8>(), any::<bool>(), any::<bool>());
    let head = (any_name(), any_int(), any_int(), bytes);
    (head, code, vec(any_constant(), 0..8), upvalues, lines, loc_vars).prop_map(
        move |((source, first, last, bytes), code, constants, upvalues, lines, loc_vars)| Proto {
            source,
            line_defined: first,
            last_line_defined: last,
            n_params: bytes.0,
            is_vararg: bytes.1,
            max_stack: bytes.2,
            line_info: if bytes.4 {
                vec![1; code.len()]
            } else {
                lines.iter().map(|(delta, ..)| *delta).collect()
            },
            code,
            constants,
            upvalue_names: if bytes.3 {
                upvalues.iter().map(|(.., name)| name.clone()).collect()
            } else {
                Vec::new()
            },
            upvalues: upvalues
                .iter()
                .map(|(in_stack, idx, kind, _)| UpvalDesc {
                    in_stack: *in_stack,
                    idx: *idx,
                    kind: *kind,
                })
                .collect(),
            protos: children.clone(),
            abs_line_info: lines
                .iter()
                .filter(|(delta, ..)| *delta < 0)
                .map(|(_, pc, line)| AbsLine { pc: *pc, line: *line })
                .collect(),
            loc_vars: loc_vars
                .into_iter()
                .map(|(name, start_pc, end_pc)| LocVar { name, start_pc, end_pc })
                .collect(),
        },
    )
}

proptest! {
    /// Whatever loads comes back, byte for byte.
    #[test]
    fn any_chunk_comes_back(
        main in proptest::collection::vec(any_proto(Vec::new()), 0..3).prop_flat_map(any_proto),
        n_upvalues in any::<u8>(),
        junk in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = dump(&Chunk { n_upvalues, main }, Strip::Nothing);
        bytes.extend(junk);
        round_trip(&bytes);
    }

    /// No text makes the assembler panic.
    #[test]
    fn any_text_is_answered(text in "([A-Z]{2,6}|[.][a-z]{3,8}|[RKUF][0-9]{1,4}|\\PC|[ \n:;=(\"]|-?[0-9]{1,3}){0,40}") {
        let _ = assemble(&text);
    }
}
