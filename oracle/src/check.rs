//! Everything there is to compare about one file.

use std::io;
use std::path::Path;
use std::time::Instant;

use moonproof_compiler::skip_shebang;
use moonproof_reference::Compiled;

use crate::behaviour::{self, Behaviour};
use crate::bytes::describe_difference;
use crate::diff;
use crate::listing;
use crate::reference::Oracle;
use crate::report::{Checked, FileReport, Finding, FindingKind};
use crate::server::{Answer, Remark, Request, Server, Side};

/// What to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Run the script under both sides as well, with empty standard input.
    pub run: bool,
}

/// The compile servers of one thread of work.
#[derive(Debug)]
pub struct Servers {
    reference: Server,
    ours: Server,
}

impl Servers {
    /// Servers that are started when the first file comes.
    pub fn new(oracle: &Oracle) -> Self {
        Self { reference: oracle.server(Side::Reference), ours: oracle.server(Side::Ours) }
    }

    /// Compiles the same with both sides: the reference's answer, then ours.
    ///
    /// # Errors
    ///
    /// If a child cannot be started.
    pub fn compile(&mut self, request: Request<'_>) -> io::Result<(Answer, Answer)> {
        Ok((self.reference.compile(request)?, self.ours.compile(request)?))
    }
}

/// Compares what both sides make of a file.
///
/// # Errors
///
/// If a child cannot be started.
pub fn check_file(
    oracle: &Oracle,
    servers: &mut Servers,
    path: &Path,
    options: &Options,
) -> io::Result<FileReport> {
    let start = Instant::now();
    let answers = servers.compile(Request::File(path))?;
    let (findings, checked) = judge(&answers, options, || behaviour::compare(oracle, path, b""))?;
    Ok(FileReport { path: path.to_path_buf(), findings, checked, elapsed: start.elapsed() })
}

/// Compares what both sides make of a script that comes by standard input.
///
/// # Errors
///
/// If a child cannot be started.
pub fn check_stdin(
    oracle: &Oracle,
    servers: &mut Servers,
    script: &[u8],
    options: &Options,
) -> io::Result<FileReport> {
    let start = Instant::now();
    let source = skip_shebang(script);
    let answers = servers.compile(Request::Text { source: &source, chunk_name: b"=stdin" })?;
    let path = Path::new("-");
    let (findings, checked) =
        judge(&answers, options, || behaviour::compare(oracle, path, script))?;
    Ok(FileReport { path: path.to_path_buf(), findings, checked, elapsed: start.elapsed() })
}

/// The findings about both sides' answers and, if it is wanted and to any purpose, about runs.
fn judge(
    (reference, ours): &(Answer, Answer),
    options: &Options,
    run: impl FnOnce() -> io::Result<Behaviour>,
) -> io::Result<(Vec<Finding>, Checked)> {
    let mut findings = compare_answers(reference, ours);
    let checked = match (reference, ours) {
        (Answer::Failed(_), _) => Checked::Nothing,
        (Answer::Refused(_), _) => Checked::Refused,
        (Answer::Accepted(..), Answer::Accepted(..)) if options.run => match run()? {
            Behaviour::Same => Checked::Run,
            Behaviour::Different(more) => {
                findings.extend(more);
                Checked::Run
            }
            Behaviour::Unknown(why) => Checked::CompiledOnly(why),
        },
        (Answer::Accepted(..), _) => Checked::Compiled,
    };
    Ok((findings, checked))
}

/// The differences between two answers to the same request.
fn compare_answers(reference: &Answer, ours: &Answer) -> Vec<Finding> {
    match (reference, ours) {
        (Answer::Failed(end), _) => {
            vec![Finding::new(FindingKind::Reference, format!("the reference's compiler: {end}"))]
        }
        (_, Answer::Failed(end)) => {
            vec![Finding::new(FindingKind::Crash, format!("moonproof's compiler: {end}"))]
        }
        (Answer::Refused(reference), Answer::Refused(ours)) if reference == ours => Vec::new(),
        (Answer::Refused(reference), Answer::Refused(ours)) => {
            let finding = Finding::new(FindingKind::Message, "error messages differ".to_owned());
            vec![finding.with_diff(diff::unified(&line(reference), &line(ours)))]
        }
        (Answer::Refused(message), Answer::Accepted(..)) => vec![Finding::new(
            FindingKind::Message,
            format!("only the reference refuses it: {}", String::from_utf8_lossy(message)),
        )],
        (Answer::Accepted(..), Answer::Refused(message)) => vec![Finding::new(
            FindingKind::Message,
            format!("only moonproof refuses it: {}", String::from_utf8_lossy(message)),
        )],
        (Answer::Accepted(reference, _), Answer::Accepted(ours, remarks)) => {
            let mut findings = compare_compiled(reference, ours);
            findings.extend(remarks.iter().map(|remark| match remark {
                Remark::RoundTrip(text) => Finding::new(FindingKind::RoundTrip, text.clone()),
                Remark::Verification(text) => Finding::new(FindingKind::Verification, text.clone()),
            }));
            findings
        }
    }
}

fn line(text: &[u8]) -> Vec<u8> {
    [text, b"\n"].concat()
}

fn compare_compiled(reference: &Compiled, ours: &Compiled) -> Vec<Finding> {
    let mut findings = Vec::new();
    let listing = listing::difference(&reference.listing, &ours.listing);
    let dumps = [
        (FindingKind::Bytes, &reference.plain, &ours.plain),
        (FindingKind::StrippedBytes, &reference.stripped, &ours.stripped),
    ];
    for (kind, reference, ours) in dumps {
        if let Some(summary) = describe_difference(reference, ours) {
            findings.push(Finding::new(kind, summary));
        }
    }
    if let Some(diff) = listing {
        // The listing is the readable form of a difference in bytes.
        match findings.first_mut() {
            Some(finding) => finding.diff = Some(diff),
            None => findings.push(
                Finding::new(FindingKind::Listing, "listings differ".to_owned()).with_diff(diff),
            ),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::End;

    fn accepted(plain: &[u8], listing: &[u8]) -> Answer {
        let compiled =
            Compiled { plain: plain.to_vec(), stripped: Vec::new(), listing: listing.to_vec() };
        Answer::Accepted(compiled, Vec::new())
    }

    #[test]
    fn answers_are_compared() {
        let check = |reference: &Answer, ours: &Answer, expected: &[FindingKind]| {
            let findings = compare_answers(reference, ours);
            assert_eq!(findings.iter().map(|f| f.kind).collect::<Vec<_>>(), expected);
        };
        let refused = |message: &str| Answer::Refused(message.into());
        check(&accepted(b"a", b"at 0x55550"), &accepted(b"a", b"at 0x66660"), &[]);
        check(&accepted(b"a", b"x"), &accepted(b"b", b"y"), &[FindingKind::Bytes]);
        check(&accepted(b"a", b"x"), &accepted(b"a", b"y"), &[FindingKind::Listing]);
        check(&refused("x:1: no"), &refused("x:1: no"), &[]);
        check(&refused("x:1: no"), &refused("x:2: no"), &[FindingKind::Message]);
        check(&refused("x:1: no"), &accepted(b"", b""), &[FindingKind::Message]);
        check(&accepted(b"", b""), &refused("x:1: no"), &[FindingKind::Message]);
        check(&accepted(b"", b""), &Answer::Failed(End::Signalled(6)), &[FindingKind::Crash]);
        check(&Answer::Failed(End::TimedOut), &accepted(b"", b""), &[FindingKind::Reference]);
    }
}
