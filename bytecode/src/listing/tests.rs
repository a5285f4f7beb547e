use super::*;
use crate::chunk::{AbsLine, Constant, LocVar, UpvalDesc};
use crate::instruction::Instruction;
use crate::opcode::OpCode;

fn text(chunk: &Chunk, detail: Detail) -> String {
    let mut out = Vec::new();
    list(&mut out, chunk, detail).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample() -> Chunk {
    let inner = Proto {
        line_defined: 2,
        last_line_defined: 4,
        n_params: 1,
        max_stack: 2,
        code: vec![Instruction::abc(OpCode::Return0, 0, 1, 0, false)],
        ..Proto::default()
    };
    let main = Proto {
        source: Some("@dir/a.lua\0hidden".into()),
        is_vararg: 1,
        max_stack: 3,
        code: vec![
            Instruction::abc(OpCode::VarargPrep, 0, 0, 0, false),
            Instruction::abx(OpCode::Closure, 0, 0),
            Instruction::abc(OpCode::SetTabUp, 0, 0, 1, true),
            Instruction::abc(OpCode::Return, 0, 1, 1, false),
        ],
        constants: vec![
            Constant::String("a\"\\\n\x07\x08\x0c\r\t\x0b\0~é".into()),
            Constant::Float(1e15),
        ],
        upvalues: vec![UpvalDesc { in_stack: 1, idx: 0, kind: 0 }],
        protos: vec![inner],
        line_info: vec![1, -128, 0, 3],
        abs_line_info: vec![AbsLine { pc: 1, line: 300 }],
        loc_vars: vec![LocVar { name: Some("f".into()), start_pc: 2, end_pc: 4 }],
        upvalue_names: vec![Some("_ENV".into())],
        ..Proto::default()
    };
    Chunk { n_upvalues: 1, main }
}

const QUOTED: &str = r#""a\"\\\n\a\b\f\r\t\v\000~\195\169""#;

#[test]
fn code() {
    let expected = format!(
        "
main <dir/a.lua:0,0> (4 instructions at 0x1000)
0+ params, 3 slots, 1 upvalue, 1 local, 2 constants, 1 function
\t1\t[1]\tVARARGPREP\t0
\t2\t[300]\tCLOSURE  \t0 0\t; 0x1010
\t3\t[300]\tSETTABUP \t0 0 1k\t; _ENV {QUOTED} 1e+15
\t4\t[303]\tRETURN   \t0 1 1\t; 0 out

function <dir/a.lua:2,4> (1 instruction at 0x1010)
1 param, 2 slots, 0 upvalues, 0 locals, 0 constants, 0 functions
\t1\t[-]\tRETURN0  \t
"
    );
    assert_eq!(text(&sample(), Detail::Code), expected);
}

#[test]
fn tables() {
    let full = text(&sample(), Detail::Full);
    let expected = format!(
        "constants (2) for 0x1000:
\t0\tS\t{QUOTED}
\t1\tF\t1e+15
locals (1) for 0x1000:
\t0\tf\t3\t5
upvalues (1) for 0x1000:
\t0\t_ENV\t1\t0
"
    );
    assert!(full.contains(&expected), "{full}");
    assert!(full.ends_with(
        "constants (0) for 0x1010:\nlocals (0) for 0x1010:\nupvalues (0) for 0x1010:\n"
    ));
}

#[test]
fn names_of_sources() {
    let check = |source: Option<&str>, expected: &str| {
        let main = Proto { source: source.map(Into::into), ..Proto::default() };
        let text = text(&Chunk { n_upvalues: 0, main }, Detail::Code);
        assert!(text.starts_with(&format!("\nmain <{expected}:0,0>")), "{text}");
    };
    check(None, "?");
    check(Some("=stdin"), "stdin");
    check(Some("return 1"), "(string)");
    check(Some("\x1bLua"), "(bstring)");
    check(Some(""), "(string)");
}

#[test]
fn comments() {
    let proto = Proto {
        constants: vec![Constant::Integer(7), Constant::Bool(false), Constant::Nil],
        ..Proto::default()
    };
    let check = |word: Instruction, expected: &str| {
        let code = vec![word, Instruction::new_ax(OpCode::ExtraArg, 3)];
        let proto = Proto { code, ..proto.clone() };
        assert_eq!(instruction_text(&proto, 0), expected);
    };
    use OpCode as Op;
    check(Instruction::abx(Op::LoadK, 1, 2), "LOADK    \t1 2\t; nil");
    check(Instruction::abx(Op::LoadK, 1, 99), "LOADK    \t1 99\t; ?");
    check(Instruction::abx(Op::LoadKx, 1, 0), "LOADKX   \t1\t; ?");
    check(Instruction::asbx(Op::LoadI, 1, -9), "LOADI    \t1 -9");
    check(Instruction::abc(Op::LoadNil, 1, 2, 0, false), "LOADNIL  \t1 2\t; 3 out");
    check(Instruction::abc(Op::GetUpval, 1, 2, 0, false), "GETUPVAL \t1 2\t; ?");
    check(Instruction::abc(Op::NewTable, 1, 0, 5, true), "NEWTABLE \t1 0 5\t; 773");
    check(Instruction::abc(Op::SetList, 1, 0, 5, false), "SETLIST  \t1 0 5");
    check(Instruction::abc(Op::SetList, 1, 0, 5, true), "SETLIST  \t1 0 5\t; 773");
    check(Instruction::abc(Op::SelfOp, 1, 0, 0, true), "SELF     \t1 0 0k\t; 7");
    check(Instruction::abc(Op::SelfOp, 1, 0, 0, false), "SELF     \t1 0 0");
    check(Instruction::abc(Op::AddI, 1, 0, 126, false), "ADDI     \t1 0 -1");
    check(Instruction::abc(Op::MmBinI, 1, 126, 6, true), "MMBINI   \t1 -1 6 1\t; __add flip");
    check(Instruction::abc(Op::MmBinK, 1, 0, 6, false), "MMBINK   \t1 0 6 0\t; __add 7");
    check(Instruction::abc(Op::MmBin, 1, 0, 99, false), "MMBIN    \t1 0 99\t; ?");
    check(Instruction::abc(Op::Call, 1, 0, 0, false), "CALL     \t1 0 0\t; all in all out");
    check(Instruction::abc(Op::Call, 1, 3, 2, false), "CALL     \t1 3 2\t; 2 in 1 out");
    check(Instruction::abc(Op::TailCall, 1, 0, 0, true), "TAILCALL \t1 0 0k\t; -1 in");
    check(Instruction::abc(Op::Vararg, 1, 9, 3, false), "VARARG   \t1 3\t; 2 out");
    check(Instruction::new_sj(Op::Jmp, -5), "JMP      \t-5\t; to -3");
    check(Instruction::abx(Op::ForLoop, 1, 1), "FORLOOP  \t1 1\t; to 1");
    check(Instruction::abx(Op::ForPrep, 1, 1), "FORPREP  \t1 1\t; exit to 4");
    check(Instruction::abx(Op::TForPrep, 1, 1), "TFORPREP \t1 1\t; to 3");
    check(Instruction::abc(Op::EqK, 1, 1, 0, true), "EQK      \t1 1 1\t; false");
    check(Instruction::abx(Op::Closure, 1, 1), "CLOSURE  \t1 1\t; ?");
    check(Instruction(0x7F), "OP_127\t0x0000007f");
}
