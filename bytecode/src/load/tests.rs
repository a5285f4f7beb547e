use super::*;
use crate::chunk::{AbsLine, Constant, LocVar, UpvalDesc};
use crate::dump::{Strip, dump, dump_function};
use crate::instruction::Instruction;
use proptest::collection::vec;
use proptest::prelude::*;

/// A chunk with something in every section, and two levels of nesting.
fn sample() -> Chunk {
    let inner = Proto { line_defined: 300, last_line_defined: 301, ..Proto::default() };
    let middle = Proto {
        source: Some("@other.lua".into()),
        protos: vec![inner.clone()],
        upvalues: vec![UpvalDesc { in_stack: 1, idx: 0, kind: 0 }],
        code: vec![Instruction(0x46)],
        ..Proto::default()
    };
    let main = Proto {
        source: Some("@sample.lua".into()),
        n_params: 1,
        is_vararg: 1,
        max_stack: 3,
        code: vec![Instruction(0x51), Instruction(0xDEAD_BEEF)],
        constants: vec![
            Constant::Nil,
            Constant::Bool(true),
            Constant::Bool(false),
            Constant::Integer(i64::MIN),
            Constant::Float(-0.0),
            Constant::Float(f64::from_bits(0x7FF8_0000_0000_0001)),
            Constant::String("a\0b".into()),
            Constant::String("x".repeat(40).as_str().into()),
            Constant::String("x".repeat(500).as_str().into()),
        ],
        upvalues: vec![UpvalDesc { in_stack: 1, idx: 0, kind: 0 }],
        protos: vec![inner, middle],
        line_info: vec![1, -128],
        abs_line_info: vec![AbsLine { pc: 1, line: 2_000_000 }],
        loc_vars: vec![LocVar { name: Some("i".into()), start_pc: 1, end_pc: 2 }],
        upvalue_names: vec![Some("_ENV".into())],
        ..Proto::default()
    };
    Chunk { n_upvalues: 1, main }
}

#[test]
fn loading_undoes_dumping() {
    let chunk = sample();
    let bytes = dump(&chunk, Strip::Nothing);
    assert_eq!(load(&bytes), Ok(chunk.clone()));
    let mut stripped = chunk.clone();
    stripped.main.strip();
    let stripped_bytes = dump(&chunk, Strip::DebugInfo);
    assert_eq!(stripped_bytes, dump(&stripped, Strip::Nothing));
    assert_eq!(load(&stripped_bytes), Ok(stripped));
}

#[test]
fn functions_in_memory_are_dumped_as_the_reference_does() {
    let mut chunk = sample();
    let source = chunk.main.source.clone();
    let bytes = dump(&chunk, Strip::Nothing);
    // Only the nested function without upvalue names differs.
    let redumped = load(&dump_function(&chunk.main, source.as_ref(), Strip::Nothing)).unwrap();
    assert_ne!(redumped, chunk);
    chunk.main.protos[1].upvalue_names = vec![None];
    assert_eq!(redumped, chunk);
    assert_eq!(load(&bytes).unwrap().main.protos[1].upvalue_names, []);
    // A source that the function around states as well is inherited again.
    chunk.main.protos[0].source = source.clone();
    let redumped = load(&dump_function(&chunk.main, source.as_ref(), Strip::Nothing)).unwrap();
    assert_eq!(redumped.main.protos[0].source, None);
}

#[test]
fn every_prefix_is_truncated_or_refused() {
    let bytes = dump(&sample(), Strip::Nothing);
    for n in 0..bytes.len() {
        let error = load(&bytes[..n]).unwrap_err();
        assert_eq!(*error.kind(), LoadErrorKind::Truncated, "{n} bytes");
        assert!(error.offset() <= n);
    }
}

#[test]
fn header_errors_in_order() {
    let good = dump(&sample(), Strip::Nothing);
    let check = |at: usize, byte: u8, reason: &str, text: &str| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        let error = load(&bytes).unwrap_err();
        let message = format!("f.luac: bad binary format ({reason})");
        assert_eq!(String::from_utf8(error.message(b"@f.luac")).unwrap(), message);
        assert_eq!(error.to_string(), text);
    };
    check(0, b'#', "not a binary chunk", "not a binary chunk, at byte 0");
    check(3, b'b', "not a binary chunk", "not a binary chunk, at byte 0");
    check(
        4,
        0x51,
        "version mismatch",
        "version mismatch: found Lua 5.1, expected Lua 5.4, at byte 4",
    );
    check(5, 7, "format mismatch", "format mismatch: found format 7, expected 0, at byte 5");
    check(
        8,
        b'\n',
        "corrupted chunk",
        "corrupted chunk: found \"\\x19\\x93\\n\\n\\x1a\\n\", expected \"\\x19\\x93\\r\\n\\x1a\\n\", at byte 6",
    );
    check(
        12,
        8,
        "Instruction size mismatch",
        "Instruction size mismatch: found 8 bytes, expected 4, at byte 12",
    );
    check(
        13,
        4,
        "lua_Integer size mismatch",
        "lua_Integer size mismatch: found 4 bytes, expected 8, at byte 13",
    );
    check(
        14,
        4,
        "lua_Number size mismatch",
        "lua_Number size mismatch: found 4 bytes, expected 8, at byte 14",
    );
    check(
        15,
        0x79,
        "integer format mismatch",
        "integer format mismatch: found 0x5679, expected 0x5678, at byte 15",
    );
    check(
        23,
        1,
        "float format mismatch",
        "float format mismatch: found bits 0x4077280000000001, expected 0x4077280000000000, at byte 23",
    );
    let mut swapped = good.clone();
    swapped[15..23].reverse();
    assert!(load(&swapped).unwrap_err().to_string().contains("byte order is reversed"));
}

#[test]
fn names_in_messages() {
    let error = load(b"").unwrap_err();
    let check = |name: &str, expected: &str| {
        let message = String::from_utf8(error.message(name.as_bytes())).unwrap();
        assert_eq!(message, format!("{expected}: bad binary format (truncated chunk)"));
    };
    check("@a.luac", "a.luac");
    check("=stdin", "stdin");
    check("\x1bLuaT", "binary string");
    check("other", "other");
}

#[test]
fn errors_name_the_function() {
    let mut chunk = sample();
    chunk.main.protos[1].protos[0].constants = vec![Constant::Nil];
    let mut bytes = dump(&chunk, Strip::Nothing);
    let (_, offsets) = load_with_offsets(&bytes).unwrap();
    let at = offsets.of(&[1, 0]).unwrap().constants;
    bytes[at] = 0x45;
    let error = load(&bytes).unwrap_err();
    assert_eq!(*error.kind(), LoadErrorKind::UnknownConstant { tag: 0x45 });
    assert_eq!((error.offset(), error.path()), (at, &[1, 0][..]));
    assert_eq!(
        error.to_string(),
        format!("unknown constant type: tag 69, at byte {at} in function 1.0")
    );
}

#[test]
fn offsets_of_every_function() {
    let chunk = sample();
    let mut bytes = dump(&chunk, Strip::Nothing);
    let len = bytes.len();
    bytes.extend_from_slice(b"behind");
    let (loaded, offsets) = load_with_offsets(&bytes).unwrap();
    assert_eq!((loaded, offsets.consumed()), (chunk, len));
    let main = offsets.of(&[]).unwrap();
    assert_eq!((main.start, main.end), (header::LEN + 1, len));
    assert_eq!(bytes[main.instruction(1)..][..4], [0xEF, 0xBE, 0xAD, 0xDE]);
    assert_eq!(bytes[main.line_info..][..2], [1, 0x80]);
    assert_eq!(bytes[offsets.of(&[1]).unwrap().code], 0x46);
    assert!(offsets.of(&[1, 0]).is_some());
    for missing in [&[2][..], &[0, 0], &[1, 1], &[1, 0, 0], &[9]] {
        assert_eq!(offsets.of(missing), None, "{missing:?}");
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: u32| {
        let innermost = Proto::default();
        let main = (1..depth)
            .fold(innermost, |inner, _| Proto { protos: vec![inner], ..Proto::default() });
        dump(&Chunk { n_upvalues: 0, main }, Strip::Nothing)
    };
    assert!(load(&nested(MAX_C_CALLS)).is_ok());
    let error = load(&nested(MAX_C_CALLS + 1)).unwrap_err();
    assert_eq!(*error.kind(), LoadErrorKind::TooDeep);
    assert_eq!(error.path().len(), MAX_C_CALLS as usize);
}

fn any_name() -> impl Strategy<Value = Option<crate::ByteString>> {
    prop::option::of(vec(any::<u8>(), 0..60).prop_map(|bytes| bytes[..].into()))
}

fn any_constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        Just(Constant::Nil),
        any::<bool>().prop_map(Constant::Bool),
        any::<i64>().prop_map(Constant::Integer),
        any::<u64>().prop_map(|bits| Constant::Float(f64::from_bits(bits))),
        vec(any::<u8>(), 0..60).prop_map(|bytes| Constant::String(bytes[..].into())),
    ]
}

/// Numbers that the format can hold.
fn any_int() -> impl Strategy<Value = u32> {
    prop_oneof![0..300_u32, 0..=2_147_483_519_u32]
}

fn any_leaf() -> impl Strategy<Value = Proto> {
    let numbers = (any_int(), any_int(), any::<[u8; 3]>());
    let lists = (
        vec(any::<u32>().prop_map(Instruction), 0..20),
        vec(any_constant(), 0..10),
        vec(any::<[u8; 3]>(), 0..5),
        vec(any::<i8>(), 0..200),
        vec((any_int(), any_int()), 0..4),
        vec((any_name(), any_int(), any_int()), 0..5),
        vec(any_name(), 5),
    );
    (any_name(), numbers, lists).prop_map(|(source, numbers, lists)| {
        let (line_defined, last_line_defined, [n_params, is_vararg, max_stack]) = numbers;
        let (code, constants, upvalues, line_info, abs_lines, loc_vars, names) = lists;
        let n_names = if line_info.is_empty() { 0 } else { upvalues.len() };
        Proto {
            source,
            line_defined,
            last_line_defined,
            n_params,
            is_vararg,
            max_stack,
            code,
            constants,
            upvalues: upvalues
                .into_iter()
                .map(|[in_stack, idx, kind]| UpvalDesc { in_stack, idx, kind })
                .collect(),
            protos: Vec::new(),
            line_info,
            abs_line_info: abs_lines.into_iter().map(|(pc, line)| AbsLine { pc, line }).collect(),
            loc_vars: loc_vars
                .into_iter()
                .map(|(name, start_pc, end_pc)| LocVar { name, start_pc, end_pc })
                .collect(),
            upvalue_names: names[..n_names].to_vec(),
        }
    })
}

fn any_proto() -> impl Strategy<Value = Proto> {
    any_leaf().prop_recursive(3, 12, 3, |inner| {
        (any_leaf(), vec(inner, 0..3)).prop_map(|(proto, protos)| Proto { protos, ..proto })
    })
}

proptest! {
    #[test]
    fn any_chunk_comes_back(n_upvalues: u8, main in any_proto()) {
        let chunk = Chunk { n_upvalues, main };
        let bytes = dump(&chunk, Strip::Nothing);
        let (loaded, offsets) = load_with_offsets(&bytes).unwrap();
        prop_assert_eq!(offsets.consumed(), bytes.len());
        prop_assert_eq!(dump(&loaded, Strip::Nothing), bytes);
        prop_assert_eq!(loaded, chunk);
    }

    #[test]
    fn what_is_too_large_is_refused(main in any_proto()) {
        fn counted(proto: &Proto) -> usize {
            size_of::<Proto>()
                + size_of_val(&proto.constants[..])
                + size_of_val(&proto.abs_line_info[..])
                + size_of_val(&proto.loc_vars[..])
                + size_of_val(&proto.upvalue_names[..])
                + proto.protos.iter().map(counted).sum::<usize>()
        }
        let counted = counted(&main);
        let input = dump(&Chunk { n_upvalues: 1, main }, Strip::Nothing);
        prop_assert!(load_within(&input, input.len() + counted).is_ok());
        let error = load_within(&input, input.len() + counted - 1).unwrap_err();
        prop_assert_eq!(error.kind(), &LoadErrorKind::Memory);
    }

    #[test]
    fn changed_bytes_do_no_harm(main in any_proto(), at: prop::sample::Index, byte: u8) {
        let mut bytes = dump(&Chunk { n_upvalues: 1, main }, Strip::Nothing);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(chunk) = load(&bytes) {
            prop_assert_eq!(load(&dump(&chunk, Strip::Nothing)), Ok(chunk));
        }
    }
}

fn image_of(bytes: &[u8], max_bytes: usize) -> Option<Image> {
    ImageReader::default().read(bytes, max_bytes, |_, _| true)
}

#[test]
fn images_make_the_functions_of_chunks() {
    fn check(image: &Image, index: u32, proto: &Proto) -> (usize, u32) {
        let alone = Proto { protos: Vec::new(), ..proto.clone() };
        assert_eq!(image.function(index), Some(alone));
        let nested: Vec<u32> = image.nested(index).collect();
        assert_eq!(nested.len(), proto.protos.len());
        let (mut n_bytes, mut n_functions) = (proto.item_bytes() + proto.string_bytes(), 1);
        for (index, proto) in nested.into_iter().zip(&proto.protos) {
            let (bytes, functions) = check(image, index, proto);
            n_bytes += bytes;
            n_functions += functions;
        }
        assert_eq!(image.function_bytes(index), n_bytes, "function {index}");
        assert_eq!(image.n_functions(index), n_functions, "function {index}");
        (n_bytes, n_functions)
    }
    let chunk = sample();
    let mut bytes = dump(&chunk, Strip::Nothing);
    let mut image = image_of(&bytes, usize::MAX).unwrap();
    check(&image, 0, &chunk.main);
    assert_eq!((image.function(4), image.nested(4).count()), (None, 0));
    let main = image.take_main();
    assert_eq!(main, image.function(0));
    assert_eq!(image.take_main(), main);
    // What is behind the chunk is not kept.
    let own_bytes = image.own_bytes();
    bytes.extend_from_slice(b"behind");
    assert_eq!(image_of(&bytes, usize::MAX).unwrap().own_bytes(), own_bytes);
}

#[test]
fn images_are_refused_as_chunks_are() {
    let bytes = dump(&sample(), Strip::Nothing);
    for n in 0..bytes.len() {
        assert!(image_of(&bytes[..n], usize::MAX).is_none(), "{n} bytes");
    }
    for max_bytes in (0..4000).step_by(7) {
        let loads = load_within(&bytes, max_bytes).is_ok();
        assert_eq!(image_of(&bytes, max_bytes).is_some(), loads, "{max_bytes} bytes");
    }
    let nested = |depth: u32| {
        let main = (1..depth)
            .fold(Proto::default(), |inner, _| Proto { protos: vec![inner], ..Proto::default() });
        dump(&Chunk { n_upvalues: 0, main }, Strip::Nothing)
    };
    assert!(image_of(&nested(MAX_C_CALLS), usize::MAX).is_some());
    assert!(image_of(&nested(MAX_C_CALLS + 1), usize::MAX).is_none());
}

#[test]
fn functions_are_shown_as_they_end() {
    let name_of = |name: usize| Constant::String("x".repeat(name).as_str().into());
    let inner = |line: u32| Proto {
        line_defined: line,
        upvalues: vec![UpvalDesc { in_stack: 1, idx: line as u8, kind: 0 }],
        constants: vec![name_of(3), name_of(23), name_of(40), name_of(41), name_of(1000)],
        ..Proto::default()
    };
    let main = Proto { max_stack: 9, protos: vec![inner(1), inner(2)], ..Proto::default() };
    let bytes = dump(&Chunk { n_upvalues: 0, main }, Strip::Nothing);
    let mut reader = ImageReader::default();
    for refused in [0, 1, 2, 9] {
        let mut shown = Vec::new();
        let image = reader.read(&bytes, usize::MAX, |proto, parent| {
            for (constant, is_long) in proto.constants.iter().zip([false, false, false, true, true])
            {
                let Constant::String(string) = constant else { panic!("{constant:?}") };
                assert_eq!(string.len() > crate::limits::MAX_SHORT_LEN, is_long);
            }
            let captured: Vec<u8> = proto.protos.iter().map(|p| p.upvalues[0].idx).collect();
            shown.push((proto.line_defined, parent.map(|parent| parent.max_stack), captured));
            proto.line_defined != refused
        });
        let all = [(1, Some(9), vec![]), (2, Some(9), vec![]), (0, None, vec![1, 2])];
        let n = all.iter().position(|(line, ..)| *line == refused).map_or(3, |at| at + 1);
        assert_eq!((shown.as_slice(), image.is_some()), (&all[..n], refused == 9));
    }
}
