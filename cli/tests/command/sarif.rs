//! Logs in SARIF 2.1.0 against its schema, which comes with the crate `serde-sarif`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use serde_sarif::sarif::Sarif;

use super::{folder, run};

/// The platform that cargo runs on: what only others need may never have been downloaded.
fn host() -> String {
    let output = Command::new(env!("CARGO")).arg("-vV").output().expect("cargo");
    let about = String::from_utf8(output.stdout).expect("text");
    about.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

/// The schema among the sources of `serde-sarif`, wherever cargo keeps them.
fn schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .args(["--filter-platform", &host(), "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's answer");
    let packages = metadata["packages"].as_array().expect("packages");
    let package =
        packages.iter().find(|package| package["name"] == "serde-sarif").expect("a package");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    let schema =
        std::fs::read(manifest.with_file_name("src").join("schema.json")).expect("a schema");
    serde_json::from_slice(&schema).expect("JSON")
}

/// A chunk for every rule, every other one as text, one that verifies, one source that does not compile, and a name that
/// is no URI as it is.
fn log() -> Value {
    let folder = folder("sarif", &[("good one.lua", b"return 1"), ("bad.lua", b"return =")]);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/reject");
    let mut args = vec!["verify".to_owned(), "--format".to_owned(), "sarif".to_owned()];
    args.extend(["good one.lua".to_owned(), "bad.lua".to_owned()]);
    for (i, rule) in std::fs::read_dir(corpus).expect("the corpus").flatten().enumerate() {
        let text =
            std::fs::read_dir(rule.path()).expect("a rule").flatten().next().expect("a text");
        if i % 2 == 0 {
            args.push(text.path().to_string_lossy().into_owned());
            continue;
        }
        let name = format!("bad {i}.luac");
        let ran = run(&folder, &["asm", &text.path().to_string_lossy(), "-o", &name]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        args.push(name);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = run(&folder, &args);
    assert_eq!((ran.code, &*ran.stderr), (1, ""));
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn logs_keep_to_the_schema() {
    // Patterns of the schema have a bracket too many, which not every engine overlooks.
    let mut schema = schema();
    for owner in ["run", "toolComponent"] {
        schema["definitions"][owner]["properties"]["language"]["pattern"] =
            "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let log = log();
    let errors: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    // The schema is one that says no.
    let mut wrong = log.clone();
    wrong["runs"][0]["results"][0]["level"] = "dreadful".into();
    assert!(!validator.is_valid(&wrong));

    let typed: Sarif = serde_json::from_value(log.clone()).expect("a log");
    let results = typed.runs[0].results.as_ref().expect("results");
    assert!(results.len() > 30);
    for result in results {
        let Some(idx) = result.rule_index else { continue };
        let rules = typed.runs[0].tool.driver.rules.as_ref().expect("rules");
        let idx = usize::try_from(idx).expect("an index");
        assert_eq!(Some(&rules[idx].id), result.rule_id.as_ref());
    }
    // Texts have lines, and chunks have bytes.
    let has = |ending: &str, key: &str| {
        let results = log["runs"][0]["results"].as_array().into_iter().flatten();
        let mut places = results.map(|result| &result["locations"][0]["physicalLocation"]);
        places.any(|place| {
            let uri = place["artifactLocation"]["uri"].as_str().unwrap_or_default();
            uri.ends_with(ending) && place["region"][key].is_u64()
        })
    };
    assert!(has(".luasm", "startLine") && has(".luac", "byteOffset"));
    assert!(!has(".luac", "startLine"));
    let again = serde_json::to_value(&typed).expect("JSON");
    assert_eq!(again, log);
}
