//! Suite `cli`: sessions of the command.

use std::path::Path;

use libtest_mimic::Trial;
use moonproof_tests::corpus::{files, test_name};
use moonproof_tests::directive;
use moonproof_tests::trial::{plain, with_reference};

use crate::COMMAND;

pub(crate) fn tests() -> Vec<Trial> {
    files("corpus/cli", "txt")
        .into_iter()
        .map(|path| {
            let name = format!("cli::{}", test_name(&path));
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test_name(&path));
            // Sessions of `check` compare with the reference.
            let needs_reference = test_name(&path).starts_with("cli/check");
            let test = move || directive::check(&path, Path::new(COMMAND), &folder);
            if needs_reference { with_reference(name, test) } else { plain(name, test) }
        })
        .collect()
}
