//! `verify`: whether chunks verify, and if not, everything that is wrong with them.

mod human;
mod json;
mod sarif;

use std::fs;
use std::path::Path;

use moonproof_bytecode::asm::{Assembly, Item};
use moonproof_bytecode::listing::instruction_text;
use moonproof_bytecode::{Chunk, LoadError, LoadErrorKind, Proto};
use moonproof_verifier::{
    CertificateError, Finding, Place, Rejection, Rule, certify, check, check_with_certificate,
};

use crate::args::{VerifyArgs, VerifyFormat};
use crate::io::{Failure, Input, Refusal, write_stdout};

/// Verifies files.
pub(crate) fn run(args: &VerifyArgs) -> Result<bool, Failure> {
    let certificate = Certificate::of(args)?;
    let mut verdicts = Vec::new();
    let mut all_well = true;
    for path in &args.files {
        let input = Input::read_any_form(path)?;
        let subject = Subject::of(&input);
        let verdict = verify(&input, &subject, &certificate)?;
        all_well &= verdict.is_good();
        match args.format {
            VerifyFormat::Human => human::print(&verdict, &subject),
            VerifyFormat::Json | VerifyFormat::Sarif => verdicts.push(verdict),
        }
    }
    let document = match args.format {
        VerifyFormat::Human => None,
        VerifyFormat::Json => Some(json::document(&verdicts)),
        VerifyFormat::Sarif => Some(sarif::document(&verdicts)?),
    };
    if let Some(document) = document {
        write_stdout(format!("{document:#}\n").as_bytes())?;
    }
    Ok(all_well)
}

/// What is done with a certificate.
enum Certificate<'a> {
    None,
    /// The chunk is verified by means of it.
    Given(Vec<u8>),
    /// It is written there.
    Wanted(&'a Path),
}

impl<'a> Certificate<'a> {
    fn of(args: &'a VerifyArgs) -> Result<Self, Failure> {
        let certificate = match (&args.certificate, &args.certify) {
            (Some(path), _) => Self::Given(Input::read(path)?.bytes),
            (_, Some(path)) => Self::Wanted(path),
            _ => return Ok(Self::None),
        };
        if args.files.len() != 1 {
            return Err(Failure::Message("a certificate is that of one file".to_owned()));
        }
        Ok(certificate)
    }
}

/// What is verified: a chunk, or bytes that are none.
struct Subject<'a> {
    bytes: &'a [u8],
    /// Where things are in the text, if that is what states it.
    assembly: Option<&'a Assembly>,
    chunk: Result<crate::io::Loaded<'a>, Refusal>,
}

impl<'a> Subject<'a> {
    fn of(input: &'a Input) -> Self {
        Self { bytes: input.chunk_bytes(), assembly: input.assembly(), chunk: input.chunk() }
    }

    /// The function at a path.
    fn function(&self, path: &[u32]) -> Option<&Proto> {
        function_at(&self.chunk.as_ref().ok()?.chunk, path)
    }

    /// The line of a text in which a function begins, or an item of it is stated.
    fn text_line(&self, path: &[u32], item: Option<Item>) -> Option<u32> {
        let assembly = self.assembly?;
        let function = assembly.function(path)?;
        let line = match item {
            Some(item) => assembly.line_of(function, item),
            None => assembly.first_line(function),
        };
        line.filter(|line| *line > 0)
    }
}

/// What is said of one file.
struct Verdict {
    name: String,
    problems: Vec<Problem>,
    /// Findings beyond those that are told.
    n_omitted: usize,
}

impl Verdict {
    fn is_good(&self) -> bool {
        self.problems.is_empty() && self.n_omitted == 0
    }
}

/// One thing that is wrong with a file.
struct Problem {
    /// The rule that is broken; none if the file is a source that does not compile.
    rule: Option<Rule>,
    path: Box<[u32]>,
    /// What in the function is meant, if it is no instruction: `upvalue 3`.
    item: Option<String>,
    pc: Option<u32>,
    line: Option<u32>,
    /// Where a text states it.
    text_line: Option<u32>,
    offset: Option<usize>,
    /// The instruction in its listing.
    instruction: Option<String>,
    /// What is wanted and what there is, if that is a matter of two.
    difference: Option<(String, String)>,
    /// All of it in words.
    text: String,
    /// How it came about.
    notes: Vec<Note>,
    /// What is known of the frame before the instruction.
    state: Option<String>,
    /// What the reference does with such a file.
    reference: &'static str,
}

/// What is to be said of an instruction.
struct Note {
    pc: u32,
    text_line: Option<u32>,
    text: String,
}

impl Problem {
    /// A problem with the whole file.
    fn with_file(text: String, reference: &'static str) -> Self {
        Self {
            rule: None,
            path: Box::default(),
            item: None,
            pc: None,
            line: None,
            text_line: None,
            offset: None,
            instruction: None,
            difference: None,
            text,
            notes: Vec::new(),
            state: None,
            reference,
        }
    }

    /// The function in words.
    fn function(&self) -> String {
        if self.path.is_empty() {
            return "main function".to_owned();
        }
        let path: Vec<String> = self.path.iter().map(u32::to_string).collect();
        format!("function {}", path.join("."))
    }
}

fn verify(
    input: &Input,
    subject: &Subject<'_>,
    certificate: &Certificate<'_>,
) -> Result<Verdict, Failure> {
    let mut verdict = Verdict { name: input.name.clone(), problems: Vec::new(), n_omitted: 0 };
    match &subject.chunk {
        Err(Refusal::Source(message)) => {
            let message = String::from_utf8_lossy(message).into_owned();
            verdict.problems.push(Problem::with_file(message, REFUSES));
        }
        Err(Refusal::Text(error)) => verdict.problems.push(Problem {
            text_line: Some(error.line),
            ..Problem::with_file(error.message.clone(), "reads no such texts")
        }),
        Err(Refusal::Chunk(error)) => verdict.problems.push(of_load_error(error, subject)),
        Ok(loaded) => match check_by(certificate, &loaded.chunk)? {
            Ok(()) => {}
            Err(CertificateError::Rejected(mut rejection)) => {
                if let Some(offsets) = &loaded.offsets {
                    rejection.locate(offsets);
                }
                verdict.n_omitted = rejection.n_omitted();
                verdict.problems = of_rejection(&rejection, subject);
            }
            Err(error) => verdict.problems.push(of_certificate_error(&error)),
        },
    }
    Ok(verdict)
}

fn check_by(
    certificate: &Certificate<'_>,
    chunk: &Chunk,
) -> Result<Result<(), CertificateError>, Failure> {
    let plainly = || check(chunk).map_err(CertificateError::Rejected);
    match certificate {
        Certificate::None => Ok(plainly()),
        Certificate::Given(bytes) => match check_with_certificate(chunk, bytes) {
            // If there is something wrong with the chunk, that matters more.
            Err(error) => Ok(plainly().and(Err(error))),
            Ok(()) => Ok(Ok(())),
        },
        Certificate::Wanted(path) => match moonproof_verifier::verify(chunk.clone()) {
            Err(rejection) => Ok(Err(CertificateError::Rejected(rejection))),
            Ok(verified) => fs::write(path, certify(&verified)).map(Ok).map_err(|error| {
                Failure::Message(format!("cannot write {}: {error}", path.display()))
            }),
        },
    }
}

fn of_certificate_error(error: &CertificateError) -> Problem {
    let mut problem = Problem::with_file(error.to_string(), "wants no certificate");
    if let CertificateError::Unproved { path } = error {
        problem.path.clone_from(path);
    }
    problem
}

/// What the reference does with most files that it cannot load.
const REFUSES: &str = "refuses it, too";

fn of_load_error(error: &LoadError, subject: &Subject<'_>) -> Problem {
    let rule = Rule::of_load_error(error.kind());
    // Only these two it does not notice.
    let reference = match error.kind() {
        LoadErrorKind::UnknownConstant { .. } | LoadErrorKind::TooDeep => rule.info().reference,
        _ => REFUSES,
    };
    Problem {
        rule: Some(rule),
        path: error.path().into(),
        text_line: subject.text_line(error.path(), None),
        offset: Some(error.offset()),
        ..Problem::with_file(error.to_string(), reference)
    }
}

fn of_rejection(rejection: &Rejection, subject: &Subject<'_>) -> Vec<Problem> {
    rejection.findings().iter().map(|finding| of_finding(finding, subject)).collect()
}

fn of_finding(finding: &Finding, subject: &Subject<'_>) -> Problem {
    let (item, pc, stated) = match finding.place {
        Place::Function => (None, None, None),
        Place::Code(pc) => (None, Some(pc), Some(Item::Code(pc))),
        Place::LineInfo(pc) => (Some("line difference".to_owned()), Some(pc), Some(Item::Code(pc))),
        Place::Upvalue(idx) => (Some(format!("upvalue {idx}")), None, Some(Item::Upvalue(idx))),
        Place::LocVar(idx) => {
            (Some(format!("local variable {idx}")), None, Some(Item::LocVar(idx)))
        }
        Place::AbsLine(idx) => {
            (Some(format!("absolute line {idx}")), None, Some(Item::AbsLine(idx)))
        }
    };
    let path = &*finding.path;
    let proto = subject.function(path);
    let text_line = |item| subject.text_line(path, item);
    let note = |(pc, text): &(u32, String)| Note {
        pc: *pc,
        text_line: text_line(Some(Item::Code(*pc))),
        text: text.clone(),
    };
    Problem {
        rule: Some(finding.rule),
        path: finding.path.clone(),
        item,
        pc,
        line: finding.line,
        text_line: text_line(stated).or_else(|| text_line(None)),
        offset: finding.offset,
        instruction: proto.zip(pc).map(|(proto, pc)| instruction_text(proto, pc)),
        difference: Some((finding.expected.clone(), finding.found.clone())),
        notes: finding.notes.iter().map(note).collect(),
        state: finding.frame.as_ref().map(|frame| frame.to_string()),
        ..Problem::with_file(finding.to_string(), finding.rule.info().reference)
    }
}

fn function_at<'a>(chunk: &'a Chunk, path: &[u32]) -> Option<&'a Proto> {
    path.iter().try_fold(&chunk.main, |proto, idx| proto.protos.get(*idx as usize))
}
