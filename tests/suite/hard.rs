//! Suite `hard`: what `corpus/reject/` says that the reference does with a chunk, its hard build
//! does. A chunk that is said to crash it ends it, and so does one that is said to trip an
//! assertion; others do neither.

use std::fs;
use std::path::Path;

use libtest_mimic::{Completion, Trial};
use moonproof_bytecode::asm::assemble;
use moonproof_hard::{Gauntlet, Verdict, executable, signature};
use moonproof_tests::corpus::{files, test_name};
use moonproof_tests::reject::{EXTENSION, Fate, head};
use moonproof_tests::trial::plain;

pub(crate) fn tests() -> Vec<Trial> {
    let files = files("corpus/reject", EXTENSION);
    files
        .into_iter()
        .map(|path| {
            let name = format!("hard::{}", test_name(&path));
            match executable() {
                Ok(_) => plain(name, move || case(&path)),
                Err(why) if std::env::var_os("CI").is_some() => plain(name, move || Err(why)),
                Err(why) => Trial::ignorable_test(name, || Ok(Completion::ignored_with(why))),
            }
        })
        .collect()
}

fn case(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let head = head(&text)?;
    let chunk = assemble(&text).map_err(|error| error.to_string())?.bytes;
    let mut gauntlet = Gauntlet::hard()?;
    let verdict = gauntlet.run_host(&head.host, &chunk, false);
    let verdict = verdict.map_err(|error| error.to_string())?;
    let found = match &verdict {
        Verdict::Finding(report) => Some(signature(report)),
        _ => None,
    };
    match (head.fate, &found) {
        (Fate::Crashes | Fate::Asserts, None) => Err(format!("nothing happens: {verdict:?}")),
        (Fate::Refuses | Fate::Accepts, Some(found)) => Err(format!("it ends: {found}")),
        _ => Ok(()),
    }
}
