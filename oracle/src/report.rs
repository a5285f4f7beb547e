//! What comparing found, and the formats in which it is told.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The dump with debug information.
    Bytes,
    /// The dump without.
    StrippedBytes,
    /// The listing alone.
    Listing,
    /// The error message, or whether there is one.
    Message,
    /// Loading a dump and dumping it again.
    RoundTrip,
    /// The verifier refuses what the compiler made.
    Verification,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The exit status.
    Status,
    /// Ours took too long.
    Timeout,
    /// Ours was killed.
    Crash,
    /// The reference failed to answer.
    Reference,
}

impl FindingKind {
    /// A word for it, as in reports.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::StrippedBytes => "stripped bytes",
            Self::Listing => "listing",
            Self::Message => "message",
            Self::RoundTrip => "round trip",
            Self::Verification => "verification",
            Self::Stdout => "standard output",
            Self::Stderr => "standard error",
            Self::Status => "exit status",
            Self::Timeout => "time",
            Self::Crash => "crash",
            Self::Reference => "reference",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// What differs, in a line.
    pub summary: String,
    /// A unified diff that shows it.
    pub diff: Option<String>,
}

impl Finding {
    /// A finding without a diff.
    pub fn new(kind: FindingKind, summary: String) -> Self {
        Self { kind, summary, diff: None }
    }

    /// The same with a diff.
    #[must_use]
    pub fn with_diff(self, diff: String) -> Self {
        Self { diff: Some(diff), ..self }
    }
}

/// How far a file could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The reference did not answer.
    Nothing,
    /// It refused the file, and its message was compared.
    Refused,
    /// The compiled file was compared; nobody asked to run it.
    Compiled,
    /// The compiled file was compared; comparing runs was to no purpose, for this reason.
    CompiledOnly(&'static str),
    /// Compiled file and run were compared.
    Run,
}

impl Checked {
    fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Refused => "refused",
            Self::Compiled | Self::CompiledOnly(_) => "compiled",
            Self::Run => "run",
        }
    }
}

/// What comparing one file found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Differences; none if it is identical.
    pub findings: Vec<Finding>,
    /// How far it could be compared.
    pub checked: Checked,
    /// How long that took.
    pub elapsed: Duration,
}

impl FileReport {
    /// Whether nothing differs.
    pub fn is_identical(&self) -> bool {
        self.findings.is_empty()
    }

    /// The report as a JSON object.
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|f| json!({ "kind": f.kind.noun(), "summary": f.summary, "diff": f.diff }))
            .collect();
        let note = match self.checked {
            Checked::CompiledOnly(why) => Some(why),
            _ => None,
        };
        json!({
            "path": self.path.to_string_lossy(),
            "identical": self.is_identical(),
            "checked": self.checked.word(),
            "note": note,
            "seconds": self.elapsed.as_secs_f64(),
            "findings": findings,
        })
    }
}

/// All reports as a JSON document.
pub fn json(reports: &[FileReport]) -> Value {
    let n_identical = reports.iter().filter(|report| report.is_identical()).count();
    json!({
        "files": reports.len(),
        "identical": n_identical,
        "reports": reports.iter().map(FileReport::to_json).collect::<Vec<_>>(),
    })
}

/// All reports as a JUnit XML document: one test case per file.
pub fn junit(reports: &[FileReport]) -> String {
    let n_failures = reports.iter().filter(|report| !report.is_identical()).count();
    let seconds: f64 = reports.iter().map(|report| report.elapsed.as_secs_f64()).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        xml,
        "<testsuite name=\"moonproof check\" tests=\"{}\" failures=\"{n_failures}\" \
         time=\"{seconds:.3}\">",
        reports.len()
    );
    for report in reports {
        let name = escape_xml(&report.path.to_string_lossy());
        let time = report.elapsed.as_secs_f64();
        let _ = write!(xml, "  <testcase name=\"{name}\" time=\"{time:.3}\"");
        if report.is_identical() {
            xml.push_str("/>\n");
            continue;
        }
        xml.push_str(">\n");
        for finding in &report.findings {
            let _ = writeln!(
                xml,
                "    <failure type=\"{}\" message=\"{}\">{}</failure>",
                finding.kind.noun(),
                escape_xml(&finding.summary),
                escape_xml(finding.diff.as_deref().unwrap_or_default())
            );
        }
        xml.push_str("  </testcase>\n");
    }
    xml.push_str("</testsuite>\n");
    xml
}

/// Escapes markup, and replaces the control characters that XML cannot contain.
fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(&c) => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports() -> Vec<FileReport> {
        let finding = Finding::new(FindingKind::Bytes, "a < b & \"c\"\u{1}".to_owned());
        let report = |path: &str, findings| FileReport {
            path: path.into(),
            findings,
            checked: Checked::CompiledOnly("why"),
            elapsed: Duration::from_millis(1500),
        };
        vec![report("good.lua", vec![]), report("bad.lua", vec![finding.with_diff("-x\n".into())])]
    }

    #[test]
    fn junit_documents() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuite name=\"moonproof check\" tests=\"2\" failures=\"1\" time=\"3.000\">
  <testcase name=\"good.lua\" time=\"1.500\"/>
  <testcase name=\"bad.lua\" time=\"1.500\">
    <failure type=\"bytes\" message=\"a &lt; b &amp; &quot;c&quot;\u{FFFD}\">-x
</failure>
  </testcase>
</testsuite>
";
        assert_eq!(junit(&reports()), expected);
    }

    #[test]
    fn json_documents() {
        let document = json(&reports());
        assert_eq!(document["files"], 2);
        assert_eq!(document["identical"], 1);
        assert_eq!(document["reports"][1]["findings"][0]["kind"], "bytes");
        assert_eq!(document["reports"][0]["note"], "why");
    }
}
