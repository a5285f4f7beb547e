//! Whatever a Lua compiler emits verifies.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use moonproof_bytecode::opcode::Role;
use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto, Strip, dump, load};
use moonproof_compiler::{compile, skip_shebang};
use moonproof_tests::trial::asserting;
use moonproof_verifier::{Rule, check, check_by_passes, verify, verify_without};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        asserting("verify::corpus_sources_verify", corpus_sources_verify),
        asserting("verify::odd_sources_verify", odd_sources_verify),
        asserting("verify::many_constants_verify", many_constants_verify),
        asserting("verify::quick_acceptance_is_right", quick_acceptance_is_right),
        asserting(
            "verify::each_rule_matters_to_quick_acceptance",
            each_rule_matters_to_quick_acceptance,
        ),
    ]
}

/// Compiles a source and verifies the chunk: as it is, stripped, and each function of it as a
/// chunk of its own, as `string.dump` makes them.
fn check_source(name: &str, source: &[u8]) -> Chunk {
    let chunk = match compile(&skip_shebang(source), format!("={name}").as_bytes()) {
        Ok(chunk) => chunk,
        Err(error) => panic!("{name}: {}", error.message().escape_ascii()),
    };
    for strip in [Strip::Nothing, Strip::DebugInfo] {
        let loaded = load(&dump(&chunk, strip)).expect("a chunk that was just dumped");
        if let Err(rejection) = verify(loaded) {
            panic!("{name}, {strip:?}: {rejection}");
        }
    }
    check_functions(name, &chunk.main);
    chunk
}

fn check_functions(name: &str, proto: &Proto) {
    for nested in &proto.protos {
        let n_upvalues = u8::try_from(nested.upvalues.len()).expect("at most 255 upvalues");
        if let Err(rejection) = check(&Chunk { n_upvalues, main: nested.clone() }) {
            panic!("{name}, function at line {}: {rejection}", nested.line_defined);
        }
        check_functions(name, nested);
    }
}

fn has(proto: &Proto, op: OpCode) -> bool {
    proto.code.iter().any(|word| word.opcode() == Some(op))
        || proto.protos.iter().any(|nested| has(nested, op))
}

fn corpus_sources_verify() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let mut n = 0;
    for folder in ["codegen", "programs"] {
        let mut folders = vec![corpus.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry of a folder").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "lua") {
                    check_source(&path.display().to_string(), &fs::read(&path).expect("a file"));
                    n += 1;
                }
            }
        }
    }
    assert!(n > 90, "only {n} sources found");
}

/// What a stricter verifier would wrongly reject.
fn odd_sources_verify() {
    let many = |item: &str, separator: &str, n: usize| vec![item; n].join(separator);
    let locals = |n: usize| (0..n).map(|i| format!("local v{i} = {i}\n")).collect::<String>();
    let strings = |n: usize| (0..n).map(|i| format!("'s{i}',")).collect::<String>();
    let captures = (0..200).map(|i| format!("v{i},")).collect::<String>();
    let sources = [
        ("full frame", format!("{}return", locals(200))),
        ("full frame of parameters", format!("return function(a{}) end", many("", ",b", 1))),
        ("dead code", "do return end while true do end return".into()),
        ("dead loops", "for i = 1, 2 do break end for k in x do break end do return 1 end".into()),
        ("dead loop ends", "for i = 1, 2 do return i end for k in x do return k end".into()),
        ("dead goto", "goto out do local x; goto out end ::out:: return".into()),
        ("jump to itself", "::a:: goto a".into()),
        ("jumps to jumps", "while true do while true do if x then break end end end".into()),
        ("no varargs wanted", "local a = 1, 2, ... return a".into()),
        ("varargs cut", "local a, b = ..., ... f((...)) return ...".into()),
        ("close never needed", "do local a <close> = nil end return".into()),
        ("close in the middle", "local x <close>, y = nil, 1 return y".into()),
        ("recursive local", "local function f() return f() end return f".into()),
        ("captured loop variable", "for i = 1, 3 do t[i] = function() return i end end".into()),
        ("captured in repeat", "repeat local x = f(); g = function() return x end until x".into()),
        ("continue", "for i = 1, 3 do local x <close> = y; goto c; ::c:: end".into()),
        ("method of a literal", "return ('x'):rep(3), ({}):f(), (function() end):g()".into()),
        ("method of a long name", format!("return x:{}()", "m".repeat(41))),
        ("long field", format!("x.{0} = x.{0}", "k".repeat(41))),
        ("constants above 255", format!("local t = {{{}}} x.y = x:z() + 1", strings(300))),
        ("table of 1000", format!("return {{{}}}", many("1", ",", 1000))),
        ("table of nils", format!("return {{{}}}", many("nil", ",", 300))),
        ("table of 20000", format!("return {{{}, f()}}", many("x", ",", 20_000))),
        ("190 operands", format!("return {}", many("x", " .. ", 190))),
        ("250 arguments", format!("return f({})", many("x", ",", 250))),
        ("200 captures", format!("{}return function() return {captures}1 end", locals(200))),
        ("190 loop variables", format!("for {} in x do end", names(190))),
        ("and, or, not", "return a and b or not (c == d) and (1 < x) == y or false".into()),
        (
            "constant conditions",
            "if false then f() end while 1 do break end return nil or 1".into(),
        ),
        ("nils merged", "local a local b, c local d = nil, nil do local e, f end".into()),
        ("saved operands", "local i, a = 1, {} i, a[i], a[i + 1] = i + 1, 20, i".into()),
        ("compile-time constants", "local x <const>, y <const> = 1, 's' return x .. y".into()),
        ("local _ENV", "local _ENV <close> = nil; x = 1; do local _ENV = {} y = z end".into()),
        ("float loop", "for i = 1.0, 2, 0.25 do end for i = 3, 1 do end".into()),
        ("last integer", "for i = math.maxinteger - 1, math.maxinteger do end".into()),
        ("tail call of five", "return function(a, b, c, d, ...) return a(b) end".into()),
        ("tail call that closes", "local x = 1 g = function() return x end return f(g)".into()),
        (
            "metamethod constants",
            "return x + 1.5, 2 ^ x, x // 0x10, x & 255, x >> 3, 1 << x".into(),
        ),
        ("comparisons", "return x < 1, 1 < x, x == 's', x ~= 1.0, 2.5 >= x, x == nil".into()),
        (
            "deep nesting",
            format!("{}{}", many("local function f() ", "", 190), many("end ", "", 190)),
        ),
        ("few lines", many("x = 1", "\n", 3000)),
        ("one line", many("x = 1", " ", 3000)),
        ("lines far apart", many("x = 1", &"\n".repeat(200), 300)),
    ];
    for (name, source) in sources {
        check_source(name, source.as_bytes());
    }
}

fn names(n: usize) -> String {
    (0..n).map(|i| format!("n{i}")).collect::<Vec<_>>().join(",")
}

/// More constants than LOADK can name, and so LOADKX, also as the name of a method.
fn many_constants_verify() {
    let numbers = (0..140_000).map(|i| format!("{i}.5,")).collect::<String>();
    let source = format!("local t = {{{numbers}}} t = 'last' .. x.y x:method() return 'end'");
    let chunk = check_source("many constants", source.as_bytes());
    assert!(has(&chunk.main, OpCode::LoadKx));
}

/// Numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// The word with one thing about it changed.
    fn edited(&mut self, word: Instruction, pc: usize, proto: &Proto) -> Instruction {
        let n = proto.code.len();
        let register = self.below(usize::from(proto.max_stack) + 2) as u32;
        let byte = self.below(256) as u32;
        match self.below(14) {
            0 => word.with_a(register),
            1 => word.with_b(register),
            2 => word.with_c(register),
            3 => word.with_k(!word.k()),
            4 => word.with_opcode(OpCode::ALL[self.below(OpCode::ALL.len())]),
            5 => word.with_bx(self.below(n) as u32),
            6 => Instruction::new_sj(OpCode::Jmp, self.below(n) as i32 - pc as i32 - 1),
            7 => Instruction(word.0 ^ 1 << self.below(32)),
            8 => word.with_a(byte),
            9 => word.with_b(byte),
            10 => word.with_c(byte),
            11 => word.with_a(word.a() + 1),
            12 => word.with_a(word.a().saturating_sub(1)),
            _ => proto.code[self.below(n)],
        }
    }

    /// The function with one to four things about it changed, most of them words.
    fn edited_function(&mut self, mut proto: Proto) -> Proto {
        for _ in 0..=self.below(4) {
            let pc = self.below(proto.code.len());
            proto.code[pc] = self.edited(proto.code[pc], pc, &proto);
        }
        if self.below(10) == 0 {
            proto.max_stack = proto.max_stack.saturating_add(1).saturating_sub(self.below(3) as u8);
        }
        let nested = self.below(proto.protos.len() + 1);
        if self.below(4) == 0
            && let Some(nested) = proto.protos.get_mut(nested)
            && !nested.upvalues.is_empty()
        {
            let upvalue = self.below(nested.upvalues.len());
            nested.upvalues[upvalue].in_stack = self.below(3) as u8;
            nested.upvalues[upvalue].idx = self.below(usize::from(proto.max_stack) + 1) as u8;
        }
        proto
    }
}

fn functions(proto: &Proto, all: &mut Vec<Proto>) {
    for nested in &proto.protos {
        functions(nested, all);
    }
    all.push(Proto { line_info: Vec::new(), abs_line_info: Vec::new(), ..proto.clone() });
}

/// Functions to be edited.
const N_EDITED: usize = 300_000;

/// Functions that compilers make, of all kinds, and small.
fn good_functions() -> Vec<Proto> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/codegen");
    let mut all = Vec::new();
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if let Ok(source) = fs::read(path)
            && let Ok(chunk) = compile(&skip_shebang(&source), b"=codegen")
        {
            functions(&chunk.main, &mut all);
        }
    }
    all.retain(|proto| proto.code.len() < 300 && proto.protos.len() < 10);
    all
}

/// The function with all its registers so much higher; those below are parameters.
fn raised(mut proto: Proto, by: u8) -> Proto {
    let wide = u32::from(by);
    for word in &mut proto.code {
        let Some(op) = word.opcode() else { continue };
        let moves = |role| match role {
            Role::Out | Role::In | Role::InOut | Role::Limit | Role::ParamCount => true,
            Role::Rk | Role::RkStr => !word.k(),
            Role::VarargShift => proto.is_vararg != 0,
            _ => false,
        };
        let [a, b, c, _] = op.info().roles;
        let (has_a, has_b, has_c) = (moves(a), moves(b), moves(c));
        if has_a {
            *word = word.with_a(word.a() + wide);
        }
        if has_b {
            *word = word.with_b(word.b() + wide);
        }
        if has_c {
            *word = word.with_c(word.c() + wide);
        }
    }
    for upvalue in proto.protos.iter_mut().flat_map(|nested| &mut nested.upvalues) {
        if upvalue.in_stack != 0 {
            upvalue.idx += by;
        }
    }
    proto.n_params += by;
    proto.max_stack += by;
    proto
}

/// Edited functions as chunks, the same in every run; half of them have large frames.
fn edited_chunks(mut look: impl FnMut(&Chunk)) {
    let all = good_functions();
    let mut dice = Dice(1);
    for _ in 0..N_EDITED {
        let mut good = all[dice.below(all.len())].clone();
        let room = 250_u8.saturating_sub(good.max_stack);
        if room > 0 && dice.below(2) == 0 {
            let by = dice.below(usize::from(room)) + 1;
            good = raised(good, by as u8);
            assert_eq!(check(&chunk_of(good.clone())), Ok(()), "{by} higher: {:#?}", good.code);
        }
        let main = dice.edited_function(good);
        look(&chunk_of(main));
    }
}

fn chunk_of(main: Proto) -> Chunk {
    let n_upvalues = u8::try_from(main.upvalues.len()).expect("at most 255 upvalues");
    Chunk { n_upvalues, main }
}

/// Functions are first looked at by code that can only say yes; it says so if and only if the
/// passes do.
fn quick_acceptance_is_right() {
    let mut n_accepted = 0;
    edited_chunks(|chunk| {
        let (quick, slow) = (check(chunk), check_by_passes(chunk));
        assert_eq!(quick, slow, "{:#?}", chunk.main.code);
        n_accepted += usize::from(quick.is_ok());
    });
    assert!(n_accepted > N_EDITED / 20, "only {n_accepted} edited functions are fine");
}

/// What [`quick_acceptance_is_right`] would not miss: for each of these rules some of its functions
/// break just that, so that quick acceptance could not be without it and agree.
fn each_rule_matters_to_quick_acceptance() {
    use Rule::*;
    const RULES: [Rule; 27] = [
        C1, C2, C4, F2, F4, F5, F6, O1, O2, S10, S11, S12, S2, S3, S4, S5, S6, S7, S8, S9, T1, T3,
        T4, T5, V1, V2, V3,
    ];
    let mut n_alone: BTreeMap<(Rule, bool), usize> = BTreeMap::new();
    edited_chunks(|chunk| {
        if let Err(rejection) = check_by_passes(chunk)
            && verify_without(chunk.clone(), rejection.rule()).is_ok()
        {
            let is_large = chunk.main.max_stack > 63;
            *n_alone.entry((rejection.rule(), is_large)).or_default() += 1;
        }
    });
    for key in RULES.into_iter().flat_map(|rule| [(rule, false), (rule, true)]) {
        assert!(
            n_alone.contains_key(&key),
            "nothing breaks (rule, in a large frame) {key:?} alone: {n_alone:?}"
        );
    }
}
