//! Small chunks that verify, for tests to break.

use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{AbsLine, Chunk, Constant, Instruction, LocVar, OpCode, Proto, UpvalDesc};
use moonproof_verifier::check;

pub(crate) const fn abc(op: OpCode, a: u32, b: u32, c: u32) -> Instruction {
    Instruction::abc(op, a, b, c, false)
}

pub(crate) const fn abck(op: OpCode, a: u32, b: u32, c: u32) -> Instruction {
    Instruction::abc(op, a, b, c, true)
}

pub(crate) fn abx(op: OpCode, a: u32, bx: u32) -> Instruction {
    Instruction::abx(op, a, bx)
}

pub(crate) fn jmp(distance: i32) -> Instruction {
    Instruction::new_sj(Jmp, distance)
}

pub(crate) fn extra(ax: u32) -> Instruction {
    Instruction::new_ax(ExtraArg, ax)
}

pub(crate) const ADD: Instruction = abc(Add, 0, 1, 2);
pub(crate) const MMBIN: Instruction = abc(MmBin, 1, 2, 6);
pub(crate) const MMBINK: Instruction = abc(MmBinK, 0, 1, 6);
pub(crate) const NEW255: Instruction = abc(NewTable, 0, 255, 0);
/// Closes all registers.
pub(crate) const CLOSE: Instruction = abc(Close, 0, 0, 0);
/// Takes open arguments from register 1.
pub(crate) const CALL_OPEN: Instruction = abc(Call, 0, 0, 1);

/// Loops in registers 0 to 3 over an addition to the loop's variable.
pub(crate) fn numeric_loop() -> Vec<Instruction> {
    let (add, mmbin) = (abc(Add, 3, 3, 3), abc(MmBin, 3, 3, 6));
    vec![abx(ForPrep, 0, 2), add, mmbin, abx(ForLoop, 0, 3)]
}

/// A generic loop of one variable and no body, and what closes its fourth register.
pub(crate) fn tfor() -> Vec<Instruction> {
    vec![abx(TForPrep, 0, 0), abc(TForCall, 0, 0, 1), abx(TForLoop, 0, 2), CLOSE]
}

pub(crate) fn tail() -> Vec<Instruction> {
    vec![abc(TailCall, 0, 1, 0), abc(Return, 0, 0, 0)]
}

/// Open results from register 1, and what takes them.
pub(crate) fn open(consumer: Instruction) -> Vec<Instruction> {
    vec![abc(Call, 1, 1, 0), consumer]
}

pub(crate) fn open_tail() -> Vec<Instruction> {
    [open(abc(TailCall, 0, 0, 0)), vec![abc(Return, 0, 0, 0)]].concat()
}

/// A new table in register 0, values above it, and that code, which begins at word 3.
pub(crate) fn table(code: Vec<Instruction>) -> Vec<Instruction> {
    [vec![abc(NewTable, 0, 0, 0), extra(0), abc(LoadNil, 1, 8, 0)], code].concat()
}

pub(crate) fn with(mut code: Vec<Instruction>, at: usize, word: Instruction) -> Vec<Instruction> {
    code[at] = word;
    code
}

/// That code and a return, in a function of fixed arity with 10 registers, all of them parameters,
/// five constants, an upvalue and a nested function that captures register 0.
pub(crate) fn chunk(mut code: Vec<Instruction>) -> Chunk {
    code.push(abc(Return0, 0, 0, 0));
    let nested = Proto {
        n_params: 1,
        max_stack: 3,
        code: vec![abc(Return0, 0, 0, 0)],
        upvalues: vec![
            UpvalDesc { in_stack: 1, idx: 0, kind: 0 },
            UpvalDesc { in_stack: 0, idx: 0, kind: 2 },
        ],
        ..Proto::default()
    };
    let main = Proto {
        n_params: 10,
        max_stack: 10,
        code,
        constants: vec![
            Constant::String("name".into()),
            Constant::Integer(7),
            Constant::Float(1.5),
            Constant::String("k".repeat(41).as_str().into()),
            Constant::Nil,
        ],
        // Descriptors of the main function are never read.
        upvalues: vec![UpvalDesc { in_stack: 1, idx: 200, kind: 0 }],
        protos: vec![nested],
        ..Proto::default()
    };
    Chunk { n_upvalues: 1, main }
}

/// A vararg function of two parameters.
pub(crate) fn vararg_chunk() -> Chunk {
    let mut chunk = chunk(vec![
        abc(VarargPrep, 2, 0, 0),
        abc(Vararg, 3, 0, 3),
        abc(Vararg, 3, 0, 1),
        jmp(0),
        abc(Return, 0, 1, 3),
    ]);
    chunk.main.code.pop();
    chunk.main.is_vararg = 1;
    chunk.main.n_params = 2;
    chunk
}

/// Functions nested so deep, the main function included.
pub(crate) fn nested(depth: usize) -> Chunk {
    let leaf = || Proto {
        max_stack: 3,
        code: vec![abc(LoadNil, 0, 1, 0), abc(Return0, 0, 0, 0)],
        ..Proto::default()
    };
    let mut proto = leaf();
    for _ in 1..depth {
        proto = Proto { protos: vec![proto], ..leaf() };
    }
    Chunk { n_upvalues: 0, main: proto }
}

/// 600 words with lines, absolute lines and local variables: ten up to word 300, more after it.
pub(crate) fn debug_chunk() -> Chunk {
    let mut chunk = chunk(vec![abc(LoadTrue, 0, 0, 0); 599]);
    let main = &mut chunk.main;
    main.line_info = vec![0; 600];
    for (i, pc) in [128, 256, 384, 512].into_iter().enumerate() {
        main.line_info[pc] = -128;
        main.abs_line_info.push(AbsLine { pc: pc as u32, line: i as u32 });
    }
    let var = |start_pc, end_pc| LocVar { name: Some("v".into()), start_pc, end_pc };
    main.loc_vars = vec![var(0, 300); 10];
    main.loc_vars.extend(vec![var(300, 600); 10]);
    main.upvalue_names = vec![Some("_ENV".into())];
    chunk
}

pub(crate) fn accepts(what: &str, chunk: &Chunk) {
    if let Err(rejection) = check(chunk) {
        panic!("{what}: {rejection}");
    }
}
