//! Certificates of good chunks prove them, and no certificate proves a bad one.

use crate::flow::{capture_cases, lifetimes, values};
use crate::kit::*;
use moonproof_bytecode::OpCode::*;
use moonproof_bytecode::{Chunk, Instruction, UpvalDesc};
use moonproof_verifier::{
    CertificateError, certify, check_with_certificate, verify, verify_with_certificate,
};

const SIGNATURE: &[u8] = b"\x1BMPC\x01";

fn certificate(what: &str, chunk: &Chunk) -> Vec<u8> {
    match verify(chunk.clone()) {
        Ok(verified) => certify(&verified),
        Err(rejection) => panic!("{what}: {rejection}"),
    }
}

/// Whether the bytes prove the chunk; the quick look and the passes agree.
fn proves(chunk: &Chunk, certificate: &[u8]) -> bool {
    let found = check_with_certificate(chunk, certificate);
    #[cfg(feature = "ablation")]
    {
        let slow = moonproof_verifier::check_with_certificate_by_passes(chunk, certificate);
        assert_eq!(found, slow, "{certificate:02x?} of {:?}", chunk.main.code);
    }
    found.is_ok()
}

fn check_proved(what: &str, chunk: &Chunk, entries: &[u8]) {
    let certificate = certificate(what, chunk);
    assert_eq!(certificate, [SIGNATURE, entries].concat(), "{what}");
    assert!(proves(chunk, &certificate), "{what}");
    assert!(verify_with_certificate(chunk.clone(), &certificate).is_ok(), "{what}");
    // There is nothing in it that it could do without.
    if !entries.is_empty() {
        assert!(!proves(chunk, SIGNATURE), "{what}: proved by nothing");
    }
}

/// Registers from 1 up are lost, in the second round of a loop.
fn losing_loop() -> Chunk {
    chunk(vec![abc(Move, 1, 0, 0), abc(Call, 1, 1, 1), jmp(-3)])
}

#[test]
fn claims_say_what_jumps_back_bring() {
    check_proved("straight on", &chunk(vec![abc(LoadTrue, 0, 0, 0)]), &[]);
    check_proved("a loop", &chunk(numeric_loop()), &[]);
    check_proved("a generic loop", &chunk(tfor()), &[]);
    check_proved("a call in a loop", &losing_loop(), &[0, 1, 0, 0, 1, 9]);
    let capture = Instruction::abx(Closure, 9, 0);
    check_proved("a capture in a loop", &chunk(vec![capture, jmp(-2)]), &[0, 1, 0, 2, 0, 0]);
    let new = [abc(NewTable, 9, 0, 0), extra(0)];
    let overwritten = [&new[..], &[abc(LoadTrue, 9, 0, 0), jmp(-2)]].concat();
    check_proved("a table that is overwritten", &chunk(overwritten), &[0, 1, 2, 1, 9, 9]);
    let only_back = vec![jmp(2), abc(LoadTrue, 0, 0, 0), abc(Return0, 0, 0, 0), jmp(-3)];
    check_proved("reached by a jump back alone", &chunk(only_back), &[0, 0]);
}

#[test]
fn claims_are_about_all_of_a_large_frame() {
    let code = vec![abc(Move, 245, 0, 0), abc(Move, 244, 0, 0), abc(Call, 244, 1, 1), jmp(-3)];
    let mut chunk = chunk(code);
    (chunk.main.max_stack, chunk.main.n_params) = (250, 240);
    check_proved("a large frame", &chunk, &[0, 1, 1, 0, 245, 245]);
    // What no jump back brings can be given up as well, but not what is used.
    for (first, last, is_fine) in
        [(245, 245, true), (240, 249, true), (1, 249, true), (0, 249, false), (245, 250, false)]
    {
        let entries = [0, 1, 1, 0, first, last];
        assert_eq!(proves(&chunk, &[SIGNATURE, &entries].concat()), is_fine, "{first} {last}");
    }
}

#[test]
fn claims_are_about_targets_that_control_arrives_at() {
    for (what, entries) in [
        ("nothing", &[][..]),
        ("no target", &[0, 1, 1, 0, 1, 9]),
        ("behind the code", &[0, 1, 99, 0, 1, 9]),
        ("too little", &[0, 1, 0, 0, 2, 9]),
        ("one more", &[0, 2, 0, 0, 1, 9, 3, 0, 1, 1]),
        ("another function", &[1, 1, 0, 0, 1, 9]),
    ] {
        let found = check_with_certificate(&losing_loop(), &[SIGNATURE, entries].concat());
        assert!(matches!(found, Err(CertificateError::Unproved { .. })), "{what}: {found:?}");
    }
    let error = check_with_certificate(&losing_loop(), SIGNATURE).unwrap_err();
    assert_eq!(error.to_string(), "the certificate does not fit main function");
    let error = check_with_certificate(&losing_loop(), b"\x1BLua").unwrap_err();
    assert_eq!(error.to_string(), "malformed certificate, at byte 0");
    let left = [SIGNATURE, &[2, 0]].concat();
    let error = check_with_certificate(&chunk(Vec::new()), &left).unwrap_err();
    assert_eq!(error.to_string(), "malformed certificate, at byte 6");
}

/// All certificates of one claim of one span, and some others.
fn proved_by(chunk: &Chunk, others: &[Vec<u8>]) -> Option<Vec<u8>> {
    let n = chunk.main.code.len() as u8;
    let spans = (0..10_u8).flat_map(|first| (first..10).map(move |last| (first, last)));
    let claims = (0..n).flat_map(|pc| (0..4).map(move |kind| (pc, kind)));
    claims
        .flat_map(|(pc, kind)| spans.clone().map(move |span| (pc, kind, span)))
        .map(|(pc, kind, (first, last))| [SIGNATURE, &[0, 1, pc, kind, first, last]].concat())
        .chain(others.iter().cloned())
        .find(|certificate| check_with_certificate(chunk, certificate).is_ok())
}

#[test]
fn nothing_proves_what_is_bad() {
    let check_bad = |what: &str, bad: &Chunk, others: &[Vec<u8>]| {
        assert!(verify(bad.clone()).is_err(), "{what}");
        assert_eq!(proved_by(bad, others), None, "{what}");
    };
    for (what, mut code, at, bad, _) in values().into_iter().chain(lifetimes()) {
        let good = chunk(code.clone());
        let own = certificate(what, &good);
        assert!(proves(&good, &own), "{what}");
        code[at] = bad;
        check_bad(what, &chunk(code), &[own, SIGNATURE.to_vec()]);
    }
    for (what, code, good, bad, _) in capture_cases() {
        let mut chunk = chunk(code);
        chunk.main.protos[0].upvalues = vec![UpvalDesc { in_stack: 1, idx: good, kind: 0 }];
        let own = certificate(what, &chunk);
        assert!(proves(&chunk, &own), "{what}");
        chunk.main.protos[0].upvalues[0].idx = bad;
        check_bad(what, &chunk, &[own, SIGNATURE.to_vec()]);
    }
}

/// Less knowledge about loops would let a capture pass that is refused because of it.
#[test]
fn facts_about_loops_are_not_given_up() {
    let capture = Instruction::abx(Closure, 4, 0);
    let code = vec![abx(ForPrep, 0, 2), capture, jmp(1), abx(ForLoop, 0, 3), CLOSE];
    let bad = chunk(code);
    assert!(verify(bad.clone()).is_err());
    assert_eq!(proved_by(&bad, &[]), None);
}

/// A register that has no value in the first round cannot be claimed to have one.
#[test]
fn claims_add_no_values() {
    let mut bad = chunk(vec![abc(Move, 0, 5, 0), abc(LoadTrue, 5, 0, 0), jmp(-3)]);
    bad.main.n_params = 1;
    assert!(verify(bad.clone()).is_err());
    assert_eq!(proved_by(&bad, &[]), None);
}

/// A variable that waits to be closed cannot be claimed not to.
#[test]
fn claims_close_nothing() {
    let bad = chunk(vec![abc(Tbc, 5, 0, 0), abc(Test, 0, 0, 0), jmp(1), jmp(-3)]);
    assert!(verify(bad.clone()).is_err());
    assert_eq!(proved_by(&bad, &[]), None);
}
