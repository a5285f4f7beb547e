//! Limits of the compiler: how deep, how many, how long, and what is said beyond.

use moonproof_bytecode::{Chunk, OpCode};
use moonproof_compiler::{CompileError, ErrorKind, compile, compile_nested};

fn check_error(source: &str, expected: &str) {
    let error = error(source);
    assert_eq!(error.to_string(), expected);
}

fn error(source: &str) -> CompileError {
    let start: String = source.chars().take(60).collect();
    compile(source.as_bytes(), b"=t").expect_err(&start)
}

fn chunk(source: &str) -> Chunk {
    compile(source.as_bytes(), b"=t").unwrap_or_else(|error| panic!("{error}"))
}

/// `name0, name1, ...`, `n` of them.
fn list(name: &str, n: usize) -> String {
    let names: Vec<String> = (0..n).map(|i| format!("{name}{i}")).collect();
    names.join(", ")
}

/// Greatest `n` for which the source is not nested too deeply.
fn deepest(source: impl Fn(usize) -> String) -> usize {
    let fits = |n: usize| match compile(source(n).as_bytes(), b"=t") {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.message(), b"C stack overflow", "{n}");
            assert_eq!(error.kind(), ErrorKind::Limit);
            false
        }
    };
    (1..400).take_while(|&n| fits(n)).last().unwrap_or(0)
}

#[test]
fn nesting_depth() {
    let nested = |start: &'static str, middle: &'static str, end: &'static str| {
        deepest(move |n| format!("{}{middle}{}", start.repeat(n), end.repeat(n)))
    };
    assert_eq!(nested("do ", "", " end"), 198);
    assert_eq!(nested("while x do ", "", " end"), 197);
    assert_eq!(nested("repeat ", "", " until x"), 197);
    assert_eq!(nested("if x then else ", "", " end"), 197);
    assert_eq!(nested("function f() ", "", " end"), 198);
    assert_eq!(nested("x = function() ", "", " end"), 99);
    assert_eq!(deepest(|n| format!("x = {}1{}", "(".repeat(n), ")".repeat(n))), 196);
    assert_eq!(deepest(|n| format!("x = {}{}", "{".repeat(n), "}".repeat(n))), 197);
    assert_eq!(deepest(|n| format!("x = {}1", "- ".repeat(n))), 196);
    assert_eq!(deepest(|n| format!("x = {}1", "2 ^ ".repeat(n))), 196);
    assert_eq!(deepest(|n| format!("x = {}'a'", "'a' .. ".repeat(n))), 196);
    assert_eq!(deepest(|n| format!("{} = 1", list("a", n + 1))), 196);
    assert_eq!(deepest(|n| (0..n).map(|i| format!("::a{i}::")).collect()), 198);
}

#[test]
fn nesting_counts_from_the_callers_depth() {
    for (depth, source, is_accepted) in [
        (1, "x = ((1))", true),
        (196, "x = 1", true),
        (197, "x = 1", true),
        (198, "x = 1", false),
        (198, "", true),
        (198, ";", true),
        (199, ";", false),
        (199, "", true),
        (205, "x = 1", true),
        (230, "", true),
    ] {
        let result = compile_nested(source.as_bytes(), b"=t", depth);
        assert_eq!(result.is_ok(), is_accepted, "{depth} {source}");
    }
    let error = compile_nested(b"x = 1", b"=t", 218).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::ErrorHandling, &b"error in error handling"[..])
    );
}

#[test]
fn local_variables() {
    chunk(&format!("local {}", list("a", 200)));
    check_error(
        &format!("local {}", list("a", 201)),
        "t:1: too many local variables (limit is 200) in main function near <eof>",
    );
    check_error(
        &format!("\nfunction f({})\nend", list("a", 201)),
        "t:2: too many local variables (limit is 200) in function at line 2 near ')'",
    );
    check_error(
        &format!("local {} for i = 1, 2 do end", list("a", 197)),
        "t:1: too many local variables (limit is 200) in main function near '='",
    );
    let chunk = chunk(&"do local a end ".repeat(32767));
    assert_eq!(chunk.main.loc_vars.len(), 32767);
    check_error(&"do local a end ".repeat(32768), "too many local variables (limit is 32767)");
}

/// All functions being compiled share one list of variables.
#[test]
fn local_variables_of_all_functions() {
    let source = |n| {
        let locals = list("a", 198);
        let outer: String =
            (0..164).map(|_| format!("local function f() local {locals};")).collect();
        let inner = format!("local function f() local {} end", list("b", n));
        outer + &inner + &" end".repeat(164)
    };
    chunk(&source(129));
    check_error(&source(130), "too many local variables (limit is 32767)");
}

#[test]
fn upvalues() {
    let source = |n: usize| {
        let (a, b) = (list("a", 150), list("b", n - 150));
        format!("local {a}; function f() local {b};\nreturn function() return {{{a}, {b}}} end end")
    };
    let main = chunk(&source(255)).main;
    assert_eq!(main.protos[0].protos[0].upvalues.len(), 255);
    check_error(
        &source(256),
        "t:2: too many upvalues (limit is 255) in function at line 2 near '}'",
    );
}

#[test]
fn registers() {
    let main = chunk(&format!("return {}", list("a", 254))).main;
    assert_eq!(main.max_stack, 254);
    for source in [format!("return {}", list("a", 255)), format!("f({})", list("a", 254))] {
        let message = error(&source).to_string();
        let expected = "t:1: function or expression needs too many registers near ";
        assert!(message.starts_with(expected), "{message}");
    }
    // The closure's register is missed before the function's goto is.
    check_error(
        &format!("local {}; f({}, function() goto a end)", list("a", 200), list("b", 53)),
        "t:1: function or expression needs too many registers near ')'",
    );
}

#[test]
fn labels_and_gotos() {
    chunk(&("goto a ".repeat(32767) + "::a::"));
    check_error(&("goto a ".repeat(32768) + "::a::"), "too many labels/gotos (limit is 32767)");
    check_error(
        &(0..32768).map(|i| format!("::a{i}:: f()")).collect::<String>(),
        "too many labels/gotos (limit is 32767)",
    );
}

#[test]
fn functions() {
    let source = |n| format!("x = {{{}}}", "function() end,".repeat(n));
    assert_eq!(chunk(&source(131_071)).main.protos.len(), 131_071);
    check_error(&source(131_072), "too many functions (limit is 131071)");
}

#[test]
fn loops() {
    let numeric = |n| format!("local x for i = 1, 2 do {}\nend", "x = i ".repeat(n));
    let generic = |n| format!("local x for i in x do {}\nend", "x = i ".repeat(n));
    chunk(&numeric(131_070));
    chunk(&generic(131_069));
    for source in [numeric(131_071), generic(131_070)] {
        check_error(&source, "t:2: control structure too long near 'end'");
    }
}

#[test]
fn constants_beyond_the_operands() {
    // With the 1, these names are 256 constants, as many as operands can hold.
    let names: String = (0..255).map(|i| format!("a{i} = 1 ")).collect();
    let main = chunk(&format!("{names} b = c == 'd'; e.f = 1.5")).main;
    let ops: Vec<_> = main.code[256..].iter().filter_map(|word| word.opcode()).collect();
    use OpCode::{Eq, ExtraArg, GetTable, GetUpval, Jmp, LFalseSkip, LoadK, LoadKx, LoadTrue};
    use OpCode::{Return, SetTable};
    let indexed = [GetUpval, LoadK];
    let expected = [
        &indexed[..],
        &indexed,
        &[GetTable, LoadK, Eq, Jmp, LFalseSkip, LoadTrue, SetTable],
        &indexed,
        &[GetTable, LoadK, LoadK, SetTable, Return],
    ];
    assert_eq!(ops, expected.concat());

    let many: String = (0..131_072).map(|i| format!("{i}.5,")).collect();
    let main = chunk(&format!("x = {{{many}}} return 'y', 'z'")).main;
    let words: Vec<_> = main.code.iter().rev().take(6).rev().copied().collect();
    let ops: Vec<_> = words.iter().filter_map(|word| word.opcode()).collect();
    assert_eq!(ops, [LoadKx, ExtraArg, LoadKx, ExtraArg, Return, Return]);
    assert_eq!((words[1].ax(), words[3].ax()), (131_073, 131_074));
}

#[test]
fn constructors_flush_every_fifty_items() {
    let sizes = |source: &str| {
        let words = chunk(source).main.code;
        let lists = words.iter().filter(|word| word.opcode() == Some(OpCode::SetList));
        lists.map(|word| (word.b(), word.c(), word.k())).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&format!("x = {{{}}}", "1,".repeat(50))), [(50, 0, false)]);
    assert_eq!(sizes(&format!("x = {{{}}}", "1,".repeat(51))), [(50, 0, false), (1, 50, false)]);
    assert_eq!(sizes(&format!("x = {{{}...}}", "1,".repeat(50))), [(50, 0, false), (0, 50, false)]);
    let last = sizes(&format!("x = {{{}}}", "1,".repeat(301))).pop();
    assert_eq!(last, Some((1, 300 % 256, true)));
}

#[test]
fn lines() {
    let main = chunk(&format!("x = 1{}y = 2{}z = 3", "\n".repeat(127), "\n".repeat(128))).main;
    assert_eq!(main.line_info, [1, 0, 127, -128, 0]);
    let lines: Vec<_> = main.abs_line_info.iter().map(|entry| (entry.pc, entry.line)).collect();
    assert_eq!(lines, [(3, 256)]);

    let main = chunk(&"x = 1 ".repeat(300)).main;
    let lines: Vec<_> = main.abs_line_info.iter().map(|entry| (entry.pc, entry.line)).collect();
    assert_eq!(lines, [(128, 1), (256, 1)]);
}

/// What would take time in the square of their length if every list were walked to its end.
#[test]
fn long_chains() {
    let n = 50_000;
    for source in [
        format!("if a then {} end", "elseif a then b() ".repeat(n)),
        format!("x = {}c", "a and ".repeat(n)),
        format!("x = {}c", "a or ".repeat(n)),
        format!("x = {}c", "not (a or b and c) and ".repeat(n)),
    ] {
        chunk(&source);
    }
    let gotos: String = (0..32_000).map(|i| format!("goto a{i} ")).collect();
    let labels: String = (0..32_000).map(|i| format!("::a{i}:: b() ")).collect();
    chunk(&(gotos + &labels));
}

#[test]
fn names_of_chunks() {
    for (name, expected) in [
        (&b"=name"[..], "name:1: "),
        (b"@dir/file.lua", "dir/file.lua:1: "),
        (b"x x\ny", "[string \"x x...\"]:1: "),
        (b"@a\0b", "a:1: "),
        (b"", "[string \"\"]:1: "),
    ] {
        let error = compile(b"x x", name).unwrap_err();
        assert_eq!(error.to_string(), format!("{expected}syntax error near 'x'"));
        assert_eq!((error.kind(), error.line()), (ErrorKind::Syntax, 1));
    }
    let main = compile(b"return function() end", b"@a\0b").unwrap().main;
    assert_eq!(main.source.as_deref(), Some(&b"@a"[..]));
    assert_eq!(main.protos[0].source, None);
}

#[test]
fn incomplete_sources() {
    for (source, is_incomplete) in [
        ("if x then", true),
        ("x = [[", true),
        ("x = 'a", true),
        ("x = 'a\n", false),
        ("x", true),
        ("f(", true),
        ("x = 1 1", false),
        ("return return", false),
    ] {
        assert_eq!(error(source).is_incomplete(), is_incomplete, "{source}");
    }
}
