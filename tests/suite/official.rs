//! Suite `official`: PUC's own test suite, which is not part of this repository. The variable
//! `MOONPROOF_LUA_TESTS` names a folder with its files (`all.lua` and the others, of a 5.4 release);
//! without it the tests are shown as ignored.
//!
//! Each file is compiled and compared like one of the corpus. Then each is run by itself, in its
//! folder and in the suite's mode for users, under both sides: ours succeeds wherever the reference
//! does.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Completion, Trial};
use moonproof_oracle::child::End;
use moonproof_oracle::server::Side;
use moonproof_tests::gates::{self, Compilations};
use moonproof_tests::trial::{oracle, plain, with_reference};

use crate::COMMAND;

const VARIABLE: &str = "MOONPROOF_LUA_TESTS";

/// Files that are not run by themselves: they run others, need the interpreter's own tests built
/// in, or need more memory and time than there is.
const NOT_RUN: [&str; 3] = ["all", "heavy", "main"];

pub(crate) fn tests() -> Vec<Trial> {
    let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        let why = format!("{VARIABLE} names no folder");
        let trial = Trial::ignorable_test("official", || Ok(Completion::ignored_with(why)));
        return vec![trial];
    };
    if let Err(why) = moonproof_reference::check() {
        return vec![with_reference("official", || Err(why))];
    }
    let mut trials = Vec::new();
    let Ok(entries) = fs::read_dir(&folder) else {
        let why = format!("{VARIABLE}: cannot read {}", folder.display());
        return vec![plain("official::folder", move || Err(why))];
    };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "lua")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = path.clone();
        trials.push(with_reference(format!("official::compile/{name}"), move || compile(&source)));
        if !NOT_RUN.contains(&name.as_str()) {
            let folder = folder.clone();
            let trial_name = format!("official::run/{name}");
            trials.push(Trial::ignorable_test(trial_name, move || Ok(run_both(&folder, &name)?)));
        }
    }
    trials
}

fn compile(path: &Path) -> Result<(), String> {
    let both = Compilations::of_file(path);
    if both.reference.is_err() {
        return gates::same_message(&both).map(drop);
    }
    let (reference, ours) = both.accepted()?;
    gates::bytes(reference, ours)?;
    gates::same_listing(&reference.listing, ours)?;
    for bytes in [&reference.plain, &reference.stripped] {
        gates::round_trip(bytes)?;
        gates::verifies(bytes)?;
    }
    Ok(())
}

/// Runs one file of the suite by a script that sets what `all.lua` would.
fn run_both(folder: &Path, name: &str) -> Result<Completion, String> {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("official-{name}.lua"));
    let folder = folder.display().to_string();
    let source = format!(
        "_soft, _port, _nomsg, _U, ARG = true, true, true, true, arg\n\
         package.path = {folder:?} .. '/?.lua;' .. package.path\n\
         collectgarbage('generational') collectgarbage('incremental')\n\
         dofile({folder:?} .. '/{name}.lua')\n"
    );
    fs::write(&script, source).map_err(|error| error.to_string())?;
    let oracle = oracle(COMMAND)?;
    let run = |side| oracle.run(side, &script, &[], b"").map_err(|error| error.to_string());
    let reference = run(Side::Reference)?;
    if reference.end != End::Exited(0) {
        return Ok(Completion::ignored_with("the reference fails as well"));
    }
    let ours = run(Side::Ours)?;
    if ours.end == reference.end {
        return Ok(Completion::Completed);
    }
    let stderr = String::from_utf8_lossy(&ours.stderr);
    Err(format!("{}\n{}", ours.end, stderr.lines().take(12).collect::<Vec<_>>().join("\n")))
}
