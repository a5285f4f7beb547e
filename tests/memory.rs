//! What loading and verifying take of memory, at their peak, against the size of the chunk.
//!
//! This program's allocator counts, so that the figures are exact, and the same in every run; one
//! test does all, as the allocator counts for the whole process.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::fs;
use std::path::Path;

use cap::Cap;
use moonproof_bytecode::{
    AbsLine, Chunk, Constant, Instruction, LocVar, OpCode, Proto, Strip, UpvalDesc, dump, load,
};
use moonproof_compiler::{compile, skip_shebang};
use moonproof_verifier::{check, check_by_passes, verify_image};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Bytes of the large chunks.
const SIZE: usize = 1 << 20;
/// Bytes at the peak per byte of a chunk must stay below.
const MOST: f64 = 20.0;

/// The most bytes that `work` holds at a time. It must give back what it took.
fn peak(work: impl FnOnce()) -> usize {
    // The allocator knows the highest mark so far: what is above it shows in a higher one.
    let below = ALLOCATOR.max_allocated() - ALLOCATOR.allocated();
    let ballast: Vec<u8> = Vec::with_capacity(below);
    let before = ALLOCATOR.max_allocated();
    work();
    drop(ballast);
    ALLOCATOR.max_allocated() - before
}

fn jump(from: usize, to: usize) -> Instruction {
    Instruction::new_sj(OpCode::Jmp, to as i32 - from as i32 - 1)
}

fn op(op: OpCode, a: u32, b: u32, c: u32) -> Instruction {
    Instruction::abc(op, a, b, c, false)
}

/// A function of that code and a return.
fn function(max_stack: u8, mut code: Vec<Instruction>) -> Proto {
    code.push(op(OpCode::Return0, 0, 1, 0));
    Proto { n_params: max_stack, max_stack, code, ..Proto::default() }
}

/// Numeric loops in each other, as many as the frame has room for, again and again.
fn loops(max_stack: u8) -> Proto {
    let depth = usize::from(max_stack) / 4;
    let mut code = Vec::new();
    while code.len() < SIZE / 4 {
        let start = code.len();
        for i in 0..depth {
            code.push(Instruction::abx(OpCode::ForPrep, 4 * i as u32, 2 * (depth - 1 - i) as u32));
        }
        for i in (0..depth).rev() {
            let back = code.len() - (start + i);
            code.push(Instruction::abx(OpCode::ForLoop, 4 * i as u32, back as u32));
        }
    }
    function(max_stack, code)
}

/// Each jump leads to the one before it.
fn backwards(max_stack: u8) -> Proto {
    let n = SIZE / 4;
    let mut code = vec![jump(0, n), op(OpCode::Return0, 0, 1, 0)];
    code.extend((2..=n).map(|pc| jump(pc, pc - 1)));
    function(max_stack, code)
}

/// A test and a jump at the start and one back at the end of each loop, all inside each other.
fn nested(max_stack: u8) -> Proto {
    let depth = SIZE / 12;
    let heads = (0..depth).flat_map(|i| [op(OpCode::Test, 0, 0, 0), jump(2 * i + 1, 2 * depth)]);
    let mut code: Vec<_> = heads.collect();
    for i in (0..depth).rev() {
        code.push(jump(code.len(), 2 * i));
    }
    function(max_stack, code)
}

fn with(proto: Proto) -> Chunk {
    Chunk { n_upvalues: proto.upvalues.len() as u8, main: proto }
}

/// Names and chunks that take as much as can be had for a chunk's size.
fn hostile() -> Vec<(String, Chunk)> {
    let mut all = Vec::new();
    for max_stack in [60, 252] {
        let n = SIZE / 4;
        let words: [(&str, Proto); 6] = [
            ("jumps", function(max_stack, (0..n).map(|pc| jump(pc, pc + 1)).collect())),
            ("backwards", backwards(max_stack)),
            ("nested", nested(max_stack)),
            ("loops", loops(max_stack)),
            ("straight on", function(max_stack, vec![op(OpCode::Move, 1, 0, 0); n])),
            ("no opcodes", function(max_stack, vec![Instruction(u32::MAX); n])),
        ];
        all.extend(
            words.map(|(name, main)| (format!("{name}, {max_stack} registers"), with(main))),
        );
    }
    let small = || function(2, Vec::new());
    let name = || Some("i".into());
    let var = LocVar { name: name(), start_pc: 0, end_pc: 1 };
    let lines = AbsLine { pc: 0, line: 1 };
    let captured = UpvalDesc { in_stack: 1, idx: 0, kind: 0 };
    for (what, main) in [
        ("functions", Proto { protos: vec![small(); SIZE / 18], ..small() }),
        ("functions, one more than 2^15", Proto { protos: vec![small(); 32_769], ..small() }),
        ("nils", Proto { constants: vec![Constant::Nil; SIZE], ..small() }),
        ("constants", Proto { constants: vec![Constant::String("".into()); SIZE / 2], ..small() }),
        ("variables", Proto { loc_vars: vec![var; SIZE / 4], ..small() }),
        ("lines", Proto { abs_line_info: vec![lines; SIZE / 2], ..small() }),
        ("upvalues", Proto { upvalues: vec![captured; SIZE / 3], ..small() }),
        (
            "upvalue names",
            Proto {
                upvalues: vec![captured; SIZE / 5],
                upvalue_names: vec![name(); SIZE / 5],
                ..small()
            },
        ),
        (
            "closures",
            Proto {
                code: [vec![Instruction::abx(OpCode::Closure, 0, 0); SIZE / 4], small().code]
                    .concat(),
                protos: vec![Proto { upvalues: vec![captured; 255], ..small() }],
                ..small()
            },
        ),
    ] {
        all.push((what.to_owned(), with(main)));
    }
    all
}

/// What a compiler makes of the corpus' programs.
fn honest() -> Vec<(String, Chunk)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/programs");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "lua")) {
        let source = fs::read(path).expect("a file");
        let chunk = compile(&skip_shebang(&source), b"=program").expect("a program");
        all.push((path.display().to_string(), chunk));
    }
    all
}

#[test]
fn memory_is_in_proportion_to_the_chunk() {
    let mut worst = (0.0, String::new());
    let mut chunks = hostile();
    let n_hostile = chunks.len();
    chunks.extend(honest());
    assert!(chunks.len() > n_hostile + 5, "only {} programs", chunks.len() - n_hostile);
    for (name, chunk) in chunks {
        let bytes = dump(&chunk, Strip::Nothing);
        drop(chunk);
        let ratio = |peak: usize| peak as f64 / bytes.len() as f64;
        let loading = ratio(peak(|| drop(load(&bytes))));
        let both = ratio(peak(|| drop(load(&bytes).map(|chunk| check(&chunk)))));
        let passes = ratio(peak(|| drop(load(&bytes).map(|chunk| check_by_passes(&chunk)))));
        let image = ratio(peak(|| drop(verify_image(&bytes, usize::MAX))));
        println!("{loading:6.2} {both:6.2} {passes:6.2} {image:6.2} {:9} {name}", bytes.len());
        let highest = both.max(passes).max(image);
        // A chunk of a few hundred bytes is not larger than what every chunk takes.
        if bytes.len() > 4000 && highest > worst.0 {
            worst = (highest, name);
        }
    }
    println!("{:6.2} at most: {}", worst.0, worst.1);
    assert!(worst.0 < MOST, "{} takes {:.1} times its size", worst.1, worst.0);
    assert!(worst.0 > 5.0, "nothing takes {} times its size: is anything counted?", worst.0);
}
