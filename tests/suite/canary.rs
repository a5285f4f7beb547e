//! Suite `canary`: every gate complains when something is wrong. A gate that is always content
//! looks exactly like a project without faults.

use std::path::Path;

use libtest_mimic::Trial;
use moonproof_bytecode::{Chunk, Instruction, OpCode, Strip, dump, load};
use moonproof_compiler::compile;
use moonproof_oracle::behaviour::differences;
use moonproof_oracle::server::Side;
use moonproof_reference::Compiled;
use moonproof_tests::directive;
use moonproof_tests::gates::{self, Compilations};
use moonproof_tests::reject;
use moonproof_tests::trial::{asserting, oracle, with_reference};

use crate::COMMAND;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        with_reference("canary::every_byte_counts", every_byte_counts),
        with_reference("canary::every_line_of_a_listing_counts", every_line_counts),
        with_reference("canary::messages_count", messages_count),
        with_reference("canary::runs_that_differ_are_told_apart", runs_count),
        asserting("canary::round_trips_notice_what_is_lost", round_trips_count),
        asserting("canary::what_was_damaged_does_not_verify", damage_is_rejected),
        asserting("canary::sessions_are_compared", sessions_count),
        asserting("canary::every_note_counts", notes_count),
    ]
}

const SOURCE: &[u8] = b"local t = {x = 1.5, 'two'}\nfor i = 1, 3 do t[i] = t.x + i end\nreturn t\n";

fn both() -> (Compiled, Chunk) {
    let both = Compilations::of_text(SOURCE, "=canary");
    (both.reference.expect("a source that compiles"), both.ours.expect("a source that compiles"))
}

/// Whichever byte of the reference's dumps is changed, ours is another.
fn every_byte_counts() -> Result<(), String> {
    let (good, ours) = both();
    gates::bytes(&good, &ours)?;
    for at in 0..good.plain.len() {
        let mut bad = good.clone();
        bad.plain[at] ^= 1;
        assert!(gates::bytes(&bad, &ours).is_err(), "byte {at} does not count");
    }
    for at in 0..good.stripped.len() {
        let mut bad = good.clone();
        bad.stripped[at] ^= 1;
        assert!(
            gates::bytes(&bad, &ours).is_err(),
            "byte {at} of the stripped dump does not count"
        );
    }
    let mut short = good;
    short.plain.pop();
    assert!(gates::bytes(&short, &ours).is_err(), "length does not count");
    Ok(())
}

fn every_line_counts() -> Result<(), String> {
    let (good, ours) = both();
    gates::same_listing(&good.listing, &ours)?;
    let lines: Vec<&[u8]> = good.listing.split_inclusive(|byte| *byte == b'\n').collect();
    for without in 0..lines.len() {
        let mut rest = lines.clone();
        rest.remove(without);
        assert!(
            gates::same_listing(&rest.concat(), &ours).is_err(),
            "line {without} does not count"
        );
    }
    Ok(())
}

fn messages_count() -> Result<(), String> {
    let mut both = Compilations::of_text(b"x = = 1", "=canary");
    let message = gates::same_message(&both)?;
    both.ours = Err(message.to_ascii_uppercase());
    assert!(gates::same_message(&both).is_err(), "another message");
    both.ours = compile(b"x = 1", b"=canary").map_err(|error| error.message().to_vec());
    assert!(gates::same_message(&both).is_err(), "only one refuses");
    assert!(both.accepted().is_err());
    Ok(())
}

/// Scripts that differ by what is about to be compared, one under each side.
fn runs_count() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("canary");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let script = folder.join("script.lua");
    let oracle = oracle(COMMAND)?;
    let run = |side, source: &str| {
        std::fs::write(&script, source).expect("a file in a folder of ours");
        oracle.run(side, &script, &[], b"input").expect("a child")
    };
    let check = |theirs: &str, ours: &str, n_findings: usize| {
        let findings = differences(&run(Side::Reference, theirs), &run(Side::Ours, ours));
        assert_eq!(findings.len(), n_findings, "{theirs} and {ours}: {findings:?}");
    };
    check("print(1)", "print(1)", 0);
    check("print({})", "print({})", 0);
    check("print(1)", "print(2)", 1);
    check("print(1)", "print(1.0)", 1);
    check("error('a', 0)", "error('b', 0)", 1);
    check("os.exit(3)", "os.exit(4)", 1);
    check("print(1)", "print(2) error('x')", 3);
    Ok(())
}

fn chunk() -> Chunk {
    compile(SOURCE, b"=canary").expect("a source that compiles")
}

fn round_trips_count() {
    let good = dump(&chunk(), Strip::Nothing);
    assert_eq!(gates::round_trip(&good), Ok(()));
    assert!(gates::round_trip(&good[..good.len() - 1]).is_err(), "a cut chunk");
    // A length with a zero group in front means the same and is not what is dumped.
    let mut padded = good.clone();
    padded.insert(32, 0);
    assert!(load(&padded).is_ok());
    assert!(gates::round_trip(&padded).is_err(), "a chunk that no compiler writes");
}

fn damage_is_rejected() {
    let verifies = |change: &dyn Fn(&mut Chunk)| {
        let mut chunk = chunk();
        change(&mut chunk);
        gates::verifies(&dump(&chunk, Strip::Nothing))
    };
    assert_eq!(verifies(&|_| {}), Ok(()));
    assert!(verifies(&|chunk| chunk.n_upvalues += 1).is_err());
    assert!(verifies(&|chunk| chunk.main.max_stack = 1).is_err());
    assert!(verifies(&|chunk| chunk.main.line_info.truncate(1)).is_err());
    for pc in 0..chunk().main.code.len() {
        let rejected = verifies(&|chunk| chunk.main.code[pc] = Instruction(127)).is_err();
        assert!(rejected, "an unknown opcode at {pc}");
        let word = chunk().main.code[pc];
        let is_register = !matches!(
            word.opcode(),
            Some(OpCode::ExtraArg | OpCode::Jmp | OpCode::SetTabUp | OpCode::Return0)
        );
        let rejected = verifies(&|chunk| chunk.main.code[pc] = word.with_a(255)).is_err();
        assert!(rejected || !is_register, "register 255 at {pc}");
    }
}

fn sessions_count() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("canary-session");
    let session = "Title.\n== run luac -p -\n== stdin (no newline)\nx =\n== stderr\nluac: stdin:1: unexpected \
                   symbol near <eof>\n== exit 1\n";
    let check = |session: &str| {
        let replayed = directive::replay(session, Path::new(COMMAND), &folder).expect("a session");
        directive::compare(session, &replayed)
    };
    assert_eq!(check(session), Ok(()));
    for wrong in ["exit 2", "exit 0"] {
        assert!(check(&session.replace("exit 1", wrong)).is_err(), "{wrong}");
    }
    assert!(check(&session.replace("unexpected", "expected")).is_err());
    assert!(check(&session.replace("== exit 1\n", "")).is_err());
}

const REJECTED: &str = "\
; A register too far, twice.
; reference: accepts
.stack 2
    MOVE R0 R7 ;! S2: expected a register below 2, found B = 7
    RETURN1 R0

.function
.stack 1
    RETURN1 R1 ;! S2: expected a register below 1, found A = 1
.end
";

/// What is said of a chunk that is rejected must be said there, of that rule, and be all.
fn notes_count() {
    let wrong = |text: &str, rule| reject::check(text, rule).expect_err(text);
    assert_eq!(reject::check(REJECTED, "S2"), Ok(()));
    assert_eq!(reject::bless(REJECTED).as_deref(), Ok(REJECTED));
    wrong(REJECTED, "S3");
    wrong(&REJECTED.replace("B = 7", "B = 8"), "S2");
    wrong(
        &REJECTED.replace("S2: expected a register below 2", "S1: expected a register below 2"),
        "S2",
    );
    wrong(&REJECTED.replace(" ;! S2: expected a register below 1, found A = 1", ""), "S2");
    wrong(&REJECTED.replace("RETURN1 R0\n", "RETURN1 R0 ;! S2: more\n"), "S2");
    wrong(&REJECTED.replace("R7 ;!", "R7\n;!"), "S2");
    wrong("RETURN0", "S2");
    assert!(reject::head(REJECTED).is_ok());
    assert!(reject::head("; A title.\nRETURN0").is_err());
    assert!(reject::head("; A title.\n; reference: explodes\nRETURN0").is_err());
}
