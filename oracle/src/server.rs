//! Compile servers: children that compile one file after another, of either side.
//!
//! Starting a process per file would cost more than compiling it. A server that crashes or takes
//! too long is replaced at the next request; the file it was given has an answer that says so.

use std::ffi::CString;
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use moonproof_reference::{Compiled, Wanted, compile, compile_file};

use crate::child::{self, End, Limits};
use crate::entry::{self, Role};
use crate::wire::{get_byte, get_bytes, put_byte, put_bytes};

/// What to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// A file, as `luac` reads it: source or chunk, perhaps with a first line to be skipped.
    File(&'a Path),
    /// A source and its chunk name. Not a chunk.
    Text {
        /// The source.
        source: &'a [u8],
        /// Its name: `@file`, `=name`, or the source again.
        chunk_name: &'a [u8],
    },
}

/// What a side made of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was accepted.
    Accepted(Compiled, Vec<Remark>),
    /// It was refused with this message.
    Refused(Vec<u8>),
    /// The side did not answer; that is how it ended.
    Failed(End),
}

/// Something that our side noticed about its own output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Loading a dump and dumping it again does not give the same.
    RoundTrip(String),
    /// The verifier refuses the chunk.
    Verification(String),
}

/// A request as a server sees it.
pub(crate) enum Job {
    File(PathBuf),
    Text { source: Vec<u8>, chunk_name: Vec<u8> },
}

/// A compile server of one side, started when it is first needed.
#[derive(Debug)]
pub struct Server {
    exe: PathBuf,
    role: Role,
    limits: Limits,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    answers: Receiver<io::Result<Answer>>,
}

/// Which compiler a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The reference's.
    Reference,
    /// This project's.
    Ours,
}

impl Server {
    pub(crate) fn new(exe: &Path, side: Side, limits: Limits) -> Self {
        let role = match side {
            Side::Reference => Role::CompileReference,
            Side::Ours => Role::CompileOurs,
        };
        Self { exe: exe.to_path_buf(), role, limits, running: None }
    }

    /// Compiles something.
    ///
    /// # Errors
    ///
    /// If the child cannot be started. What happens to it afterwards is part of the answer.
    pub fn compile(&mut self, request: Request<'_>) -> io::Result<Answer> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        // A child that has died says so by its answer, or by having none.
        let _ = send(&mut running.stdin, request);
        match running.answers.recv_timeout(self.limits.time) {
            Ok(Ok(answer)) => {
                self.running = Some(running);
                Ok(answer)
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                child::kill_group(&running.child);
                Ok(Answer::Failed(End::of(running.child.wait()?)))
            }
            Err(RecvTimeoutError::Timeout) => {
                child::kill_group(&running.child);
                running.child.wait()?;
                Ok(Answer::Failed(End::TimedOut))
            }
        }
    }

    fn start(&self) -> io::Result<Running> {
        let mut command = entry::command(&self.exe, self.role, &self.limits);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = child::spawn_group(&mut command)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (sender, answers) = channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            loop {
                let answer = receive(&mut stdout);
                let is_last = answer.is_err();
                if sender.send(answer).is_err() || is_last {
                    return;
                }
            }
        });
        Ok(Running { child, stdin: BufWriter::new(stdin), answers })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        child::kill_group(&self.child);
        let _ = self.child.wait();
    }
}

const FILE: u8 = b'f';
const TEXT: u8 = b't';
const ACCEPTED: u8 = b'a';
const REFUSED: u8 = b'r';
const ROUND_TRIP: u8 = b'l';
const VERIFICATION: u8 = b'v';
const END: u8 = b'.';

fn send(out: &mut impl Write, request: Request<'_>) -> io::Result<()> {
    match request {
        Request::File(path) => {
            put_byte(out, FILE)?;
            put_bytes(out, path.as_os_str().as_bytes())?;
        }
        Request::Text { source, chunk_name } => {
            put_byte(out, TEXT)?;
            put_bytes(out, source)?;
            put_bytes(out, chunk_name)?;
        }
    }
    out.flush()
}

fn receive(input: &mut impl io::Read) -> io::Result<Answer> {
    if get_byte(input)? == REFUSED {
        return Ok(Answer::Refused(get_bytes(input)?));
    }
    let plain = get_bytes(input)?;
    let stripped = get_bytes(input)?;
    let listing = get_bytes(input)?;
    let mut remarks = Vec::new();
    loop {
        let kind = get_byte(input)?;
        if kind == END {
            return Ok(Answer::Accepted(Compiled { plain, stripped, listing }, remarks));
        }
        let text = String::from_utf8_lossy(&get_bytes(input)?).into_owned();
        remarks.push(match kind {
            ROUND_TRIP => Remark::RoundTrip(text),
            VERIFICATION => Remark::Verification(text),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        });
    }
}

fn put_answer(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    match answer {
        Answer::Accepted(compiled, remarks) => {
            put_byte(out, ACCEPTED)?;
            put_bytes(out, &compiled.plain)?;
            put_bytes(out, &compiled.stripped)?;
            put_bytes(out, &compiled.listing)?;
            for remark in remarks {
                let (kind, text) = match remark {
                    Remark::RoundTrip(text) => (ROUND_TRIP, text),
                    Remark::Verification(text) => (VERIFICATION, text),
                };
                put_byte(out, kind)?;
                put_bytes(out, text.as_bytes())?;
            }
            put_byte(out, END)?;
        }
        Answer::Refused(message) => {
            put_byte(out, REFUSED)?;
            put_bytes(out, message)?;
        }
        // Only a parent can tell that there was no answer.
        Answer::Failed(_) => return Err(io::ErrorKind::InvalidInput.into()),
    }
    out.flush()
}

/// Answers requests from standard input until it ends. This is what a server process does.
pub(crate) fn serve(answer: &dyn Fn(Job) -> Answer) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    loop {
        let kind = match get_byte(&mut input) {
            Ok(kind) => kind,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let first = get_bytes(&mut input)?;
        let job = match kind {
            FILE => Job::File(PathBuf::from(std::ffi::OsStr::from_bytes(&first))),
            TEXT => Job::Text { source: first, chunk_name: get_bytes(&mut input)? },
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        put_answer(&mut output, &answer(job))?;
    }
}

/// The reference's answer to a request.
pub(crate) fn reference_side(job: Job) -> Answer {
    let outcome = match job {
        Job::File(path) => compile_file(&path, Wanted::ALL, 0),
        Job::Text { source, mut chunk_name } => {
            let end = chunk_name.iter().position(|byte| *byte == 0).unwrap_or(chunk_name.len());
            chunk_name.truncate(end);
            let name = CString::new(chunk_name).unwrap_or_default();
            compile(&source, &name, Wanted { text_only: true, ..Wanted::ALL }, 0)
        }
    };
    match outcome {
        Ok(compiled) => Answer::Accepted(compiled, Vec::new()),
        Err(message) => Answer::Refused(message),
    }
}
