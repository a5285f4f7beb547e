//! Suite `reject`: chunks that break a rule of the verifier, `corpus/reject/RULE/*.luasm`. Each is
//! rejected by that rule alone, with the findings that its notes state, where they stand. Each
//! known attack is among them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use moonproof_tests::corpus::{files, test_name};
use moonproof_tests::reject::{EXTENSION, bless, check, head};
use moonproof_tests::trial::plain;
use moonproof_verifier::Rule;

const FOLDER: &str = "corpus/reject";

/// Attacks on the reference that are known to work, or would if the verifier were not there. Left
/// out are what is wrong with no chunk at all (a host that uses `debug.setlocal`), and bytes that
/// say what others say in fewer.
const ATTACKS: &str = "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 F13 F14 F17 F18 F19 F21 F22 F28 F29 \
                       F30 F31 F32 F33 C1 C2 C3 C4 C5 C6b C7 C8 C9 C10 C14 C15 C16 C17 C18 C19 \
                       C21b C22 C23 C24 C25 C26 C27 C28 C29b C30 C31 C32 C33 C34 C35b C35c X1 X2 \
                       X3 X4 X5 X6 X7 X8 X9 X10 X11 X12 X13 X14 X15 X16 X17 X21 C11 C12 C13 U1 U2 U3 U4 \
                       U5 U6b U7 U8b U9b U10 U11 U14 U15b U16 Y1 Y2 Y3 Y4 Y5 Y6 S1";

/// Rules that no chunk can break whose bytes load.
const UNBREAKABLE: [Rule; 1] = [Rule::D6];

pub(crate) fn tests() -> Vec<Trial> {
    let mut tests: Vec<Trial> = files(FOLDER, EXTENSION)
        .into_iter()
        .map(|path| plain(format!("reject::{}", test_name(&path)), move || case(&path)))
        .collect();
    tests.push(plain("reject::every_rule_is_broken_twice", every_rule_is_broken_twice));
    tests.push(plain("reject::every_attack_is_there", every_attack_is_there));
    tests
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| error.to_string())
}

/// The folder that a file is in.
fn rule_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

fn case(path: &Path) -> Result<(), String> {
    let mut text = read(path)?;
    head(&text)?;
    if std::env::var_os("BLESS").is_some() {
        text = bless(&text)?;
        fs::write(path, &text).map_err(|error| error.to_string())?;
    }
    check(&text, &rule_of(path))
}

fn every_rule_is_broken_twice() -> Result<(), String> {
    let mut n_files: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(FOLDER, EXTENSION) {
        *n_files.entry(rule_of(&path)).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for rule in Rule::ALL {
        let n = n_files.remove(rule.id()).unwrap_or_default();
        if (n < 2) != UNBREAKABLE.contains(rule) {
            wrong.push(format!("{rule}: {n} files"));
        }
    }
    wrong.extend(n_files.into_keys().map(|folder| format!("{folder} is no rule")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn every_attack_is_there() -> Result<(), String> {
    let mut missing: Vec<&str> = ATTACKS.split_whitespace().collect();
    let mut unknown = Vec::new();
    for path in files(FOLDER, EXTENSION) {
        let head = head(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        for attack in head.attacks {
            if !ATTACKS.split_whitespace().any(|known| known == attack) {
                unknown.push(format!("{}: {attack}", path.display()));
            }
            missing.retain(|known| *known != attack);
        }
    }
    if missing.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    Err(format!("missing: {missing:?}, unknown: {unknown:?}"))
}
