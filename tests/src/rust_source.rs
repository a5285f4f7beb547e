//! Rules for our own Rust sources that neither the compiler nor clippy knows.

use std::collections::BTreeSet;

/// Lines of a file, at most.
pub const MAX_LINES: usize = 1000;

/// A rule that is broken: in which line, counted from 1, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line.
    pub line: usize,
    /// The rule.
    pub what: String,
}

fn finding(line: usize, what: impl Into<String>) -> Finding {
    Finding { line, what: what.into() }
}

/// Rules that every source keeps.
pub fn check_any(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let n_lines = text.lines().count();
    if n_lines > MAX_LINES {
        findings.push(finding(n_lines, format!("a file of {n_lines} lines")));
    }
    let is_documented = text.lines().find(|line| !line.is_empty()).is_some_and(|line| {
        line.starts_with("//!") || line.starts_with("#!/") || line.starts_with("// ")
    });
    if !is_documented {
        findings.push(finding(1, "no documentation of the module"));
    }
    // Put together here, so that this file does not contain them.
    let markers = [["TO", "DO"], ["FIX", "ME"], ["/wo", "rk/"], ["todo", "!("]];
    for (i, line) in text.lines().enumerate() {
        for marker in &markers {
            if line.contains(&marker.concat()) {
                findings.push(finding(i + 1, format!("contains {}", marker.concat())));
            }
        }
    }
    findings
}

/// Whether a line opens an unsafe block or implements an unsafe trait. Declarations of unsafe
/// functions are no such lines: their contract is in their documentation.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.contains("unsafe {") || code.contains("unsafe impl")
}

/// Ids of rules in a comment: `[S2]` or `[S2, G3]`.
fn cited(comment: &str) -> Vec<&str> {
    comment
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split(']').next())
        .flat_map(|inside| inside.split(','))
        .map(str::trim)
        .filter(|id| {
            let mut chars = id.chars();
            chars.next().is_some_and(|c| c.is_ascii_uppercase())
                && chars.clone().next().is_some()
                && chars.all(|c| c.is_ascii_digit())
        })
        .collect()
}

/// Every unsafe block has a `SAFETY` comment directly above it that cites a rule which exists.
/// Returns the rules that are cited, too.
pub fn check_unsafe(text: &str, known: &BTreeSet<String>) -> (Vec<Finding>, BTreeSet<String>) {
    let mut findings = Vec::new();
    let mut all_cited = BTreeSet::new();
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| is_unsafe(line)) {
        let comment = comment_above(&lines[..i]);
        let Some(at) = comment.find("SAFETY:") else {
            findings
                .push(finding(i + 1, format!("unsafe without a SAFETY comment: {}", line.trim())));
            continue;
        };
        let ids = cited(&comment[at..]);
        if ids.is_empty() {
            findings.push(finding(i + 1, "a SAFETY comment that cites no rule"));
        }
        for id in ids {
            if known.contains(id) {
                all_cited.insert(id.to_owned());
            } else {
                findings.push(finding(i + 1, format!("a SAFETY comment that cites {id}, no rule")));
            }
        }
    }
    (findings, all_cited)
}

/// The comment that ends directly above a statement. A statement may begin lines before its unsafe
/// block: those are looked past up to the nearest comment, but not past the statement before.
fn comment_above(lines: &[&str]) -> String {
    let mut rest = lines;
    while let [before @ .., line] = rest {
        let line = line.trim();
        let is_comment = line.starts_with("//");
        let ends_statement = line.ends_with(';') || line.ends_with('{') || line.ends_with('}');
        if is_comment || line.starts_with("#[") {
            break;
        }
        if line.is_empty() || ends_statement {
            return String::new();
        }
        rest = before;
    }
    let mut comment: Vec<&str> = rest
        .iter()
        .rev()
        .map(|line| line.trim())
        .skip_while(|line| line.starts_with("#["))
        .take_while(|line| line.starts_with("//"))
        .collect();
    comment.reverse();
    comment.join("\n")
}

/// Ids that a text defines in the form `- **G1** what holds`.
pub fn defined_ids(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.trim_start_matches("//!").trim().strip_prefix("- **"))
        .filter_map(|rest| rest.split("**").next())
        .map(str::to_owned)
        .collect()
}

/// Names of the modules below whose declaration `unsafe` is allowed, in the text of a `lib.rs`.
pub fn unsafe_modules(lib: &str) -> Vec<String> {
    let lines: Vec<&str> = lib.lines().map(str::trim).collect();
    lines
        .windows(2)
        .filter(|pair| pair[0].starts_with("#[allow(unsafe_code"))
        .filter_map(|pair| pair[1].strip_suffix(';'))
        .filter_map(|declaration| declaration.rsplit(' ').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeSet<String> {
        ["S2", "G1"].map(str::to_owned).into()
    }

    #[test]
    fn unsafe_blocks_cite_rules() {
        let check = |text: &str, expected: &[&str]| {
            let (findings, _) = check_unsafe(text, &known());
            let whats: Vec<&str> = findings.iter().map(|f| f.what.as_str()).collect();
            assert_eq!(whats.len(), expected.len(), "{text}: {whats:?}");
            for (what, expected) in whats.iter().zip(expected) {
                assert!(what.contains(expected), "{text}: {what}");
            }
        };
        check("// SAFETY: [S2] in range.\nlet x = unsafe { f() };", &[]);
        check("// SAFETY: in range,\n// [S2, G1] and alive.\nunsafe { f() }", &[]);
        check("// SAFETY: [G1] alive.\n#[inline]\nunsafe impl Send for X {}", &[]);
        check("// SAFETY: [G1] alive.\nlet x =\n    unsafe { f() };", &[]);
        check("let x = unsafe { f() };", &["without"]);
        check("// SAFETY: [S2] ok\nlet y = 1;\nlet x = unsafe { f() };", &["without"]);
        check("// SAFETY: [S2] ok\n\nunsafe { f() }", &["without"]);
        check("// SAFETY: surely.\nunsafe { f() }", &["cites no rule"]);
        check("// SAFETY: [S99] ok\nunsafe { f() }", &["S99"]);
        check("// unsafe { in a comment }", &[]);
    }

    #[test]
    fn markers_and_lengths() {
        assert_eq!(check_any("//! Doc.\nfn f() {}\n"), []);
        let marker = ["FIX", "ME"].concat();
        assert_eq!(check_any(&format!("//! Doc.\n// {marker}\n"))[0].line, 2);
        assert_eq!(check_any("fn f() {}\n")[0].what, "no documentation of the module");
        assert_eq!(check_any(&format!("//! Doc.\n{}", "\n".repeat(MAX_LINES))).len(), 1);
    }

    #[test]
    fn definitions_are_found() {
        assert_eq!(defined_ids("//! - **G1** x\n//!   more\n//! - **G2** y"), {
            ["G1", "G2"].map(str::to_owned).into()
        });
        let lib = "mod a;\n#[allow(unsafe_code, reason = \"x\")]\npub(crate) mod b;\n";
        assert_eq!(unsafe_modules(lib), ["b"]);
    }
}
