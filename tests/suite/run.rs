//! Suite `run`: programs of the corpus under our VM and under the reference. Standard output,
//! standard error and exit code are equal.

use libtest_mimic::Trial;
use moonproof_tests::corpus::{files, stdin_of, test_name};
use moonproof_tests::gates;
use moonproof_tests::trial::{oracle, with_reference};

use crate::COMMAND;
use crate::bytes::COMPILING;

pub(crate) fn tests() -> Vec<Trial> {
    COMPILING
        .iter()
        .flat_map(|set| files(set, "lua"))
        .map(|path| {
            with_reference(format!("run::{}", test_name(&path)), move || {
                gates::same_run(&oracle(COMMAND)?, &path, &stdin_of(&path))
            })
        })
        .collect()
}
