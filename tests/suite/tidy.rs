//! Suite `tidy`: rules of this repository that no compiler knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use moonproof_tests::corpus::files;
use moonproof_tests::rust_source::{Finding, check_any, check_unsafe, defined_ids, unsafe_modules};
use moonproof_tests::trial::plain;
use moonproof_verifier::Rule;

/// Crates, by the folder that they are in.
const CRATES: [&str; 10] = [
    "bytecode",
    "capi",
    "cli",
    "compiler",
    "fuzz",
    "oracle",
    "oracle/reference",
    "tests",
    "verifier",
    "vm",
];

/// Crates with unsafe code: the VM, the one that calls the reference, and the one that C calls.
const UNSAFE_CRATES: [&str; 3] = ["capi", "oracle/reference", "vm"];

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        plain("tidy::sources_are_tidy", sources_are_tidy),
        plain("tidy::crates_forbid_unsafe_code", crates_forbid_unsafe_code),
        plain("tidy::unsafe_blocks_cite_rules", unsafe_blocks_cite_rules),
        plain("tidy::every_suite_is_run", every_suite_is_run),
        plain("tidy::texts_name_no_machine", texts_name_no_machine),
    ]
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn sources() -> Vec<PathBuf> {
    let mut sources: Vec<_> = CRATES.iter().flat_map(|folder| files(folder, "rs")).collect();
    sources.sort();
    sources.dedup();
    // Unit tests of a module are documented by it; build output may lie in any folder of a crate.
    sources.retain(|path| {
        !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "target")
    });
    sources
}

fn tell(path: &Path, findings: Vec<Finding>, out: &mut Vec<String>) {
    out.extend(findings.into_iter().map(|f| format!("{}:{}: {}", path.display(), f.line, f.what)));
}

fn all_well(findings: Vec<String>) -> Result<(), String> {
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

fn sources_are_tidy() -> Result<(), String> {
    let sources = sources();
    if sources.len() < 100 {
        return Err(format!("only {} sources found", sources.len()));
    }
    let mut findings = Vec::new();
    for path in sources {
        tell(&path, check_any(&read(&path)?), &mut findings);
    }
    all_well(findings)
}

/// Roots of libraries and programs, examples and tests of a crate.
fn roots(folder: &str) -> Vec<PathBuf> {
    let all = files(folder, "rs").into_iter();
    all.filter(|path| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        matches!(
            parts.iter().map(|part| &**part).collect::<Vec<_>>()[..],
            ["src", "lib.rs" | "main.rs"] | ["src", "bin", _] | ["src", "bin", _, "main.rs"]
        )
    })
    .collect()
}

fn crates_forbid_unsafe_code() -> Result<(), String> {
    let mut findings = Vec::new();
    for folder in CRATES.iter().filter(|folder| !UNSAFE_CRATES.contains(folder)) {
        for path in roots(folder) {
            if !read(&path)?.contains("#![forbid(unsafe_code)]") {
                findings.push(format!("{} does not forbid unsafe code", path.display()));
            }
        }
    }
    if !read(Path::new("vm/src/lib.rs"))?.contains("#![deny(unsafe_code)]") {
        findings.push("vm/src/lib.rs does not deny unsafe code".to_owned());
    }
    all_well(findings)
}

/// Ids that a `SAFETY` comment of the VM may cite: rules of the verifier, and invariants of its own.
fn known_ids() -> Result<BTreeSet<String>, String> {
    let mut known = BTreeSet::new();
    for path in ["vm/src/heap/mod.rs", "vm/src/interrupt.rs"] {
        let defined = defined_ids(&read(Path::new(path))?);
        if defined.is_empty() {
            return Err(format!("{path} defines no invariants"));
        }
        known.extend(defined);
    }
    known.extend(Rule::ALL.iter().map(|rule| rule.id().to_owned()));
    Ok(known)
}

fn unsafe_blocks_cite_rules() -> Result<(), String> {
    let known = known_ids()?;
    let allowed = unsafe_modules(&read(Path::new("vm/src/lib.rs"))?);
    let mut findings = Vec::new();
    let mut cited = BTreeSet::new();
    for path in files("vm/src", "rs") {
        let text = read(&path)?;
        let (more, ids) = check_unsafe(&text, &known);
        let module = path.iter().nth(2).unwrap_or_default().to_string_lossy().into_owned();
        let module = module.trim_end_matches(".rs");
        if text.contains("allow(unsafe_code") && module != "lib" {
            findings.push(format!("{} allows unsafe code to itself", path.display()));
        }
        if !ids.is_empty() && !allowed.iter().any(|name| name == module) && module != "lib" {
            findings.push(format!("{}: unsafe code outside of {allowed:?}", path.display()));
        }
        tell(&path, more, &mut findings);
        cited.extend(ids);
    }
    if cited.len() < 5 {
        findings.push(format!("only {cited:?} are cited"));
    }
    all_well(findings)
}

/// This binary has its own harness: an attribute would mark a test that never runs.
fn every_suite_is_run() -> Result<(), String> {
    let attribute = ["#[te", "st]"].concat();
    let main = read(Path::new("tests/suite/main.rs"))?;
    let mut findings = Vec::new();
    for path in files("tests/suite", "rs") {
        if read(&path)?.contains(&attribute) {
            findings.push(format!("{}: {attribute} is not run here", path.display()));
        }
        let suite = path.file_stem().unwrap_or_default().to_string_lossy();
        if suite != "main" && !main.contains(&format!("{suite}::tests,")) {
            findings.push(format!("{} is not among the suites", path.display()));
        }
    }
    all_well(findings)
}

/// Nothing in the repository depends on where somebody had it.
fn texts_name_no_machine() -> Result<(), String> {
    let mut paths: Vec<_> = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        ".ci/run",
        ".ci/fuzz",
        "tests/official.sh",
    ]
    .map(PathBuf::from)
    .into();
    for folder in ["corpus", "fuzz", "benchmarks", "oracle/reference/driver"] {
        for ending in ["md", "lua", "luasm", "txt", "c", "h", "toml"] {
            paths.extend(files(folder, ending));
        }
    }
    let marks = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()];
    let mut findings = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        for mark in marks.iter().filter(|mark| text.contains(mark.as_str())) {
            findings.push(format!("{}: contains {mark}", path.display()));
        }
    }
    all_well(findings)
}
