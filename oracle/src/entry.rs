//! What the command does when it is started again as its own child.
//!
//! The first thing in `main` is [`enter`]. Without the hidden first argument it hands back the
//! arguments, and the command goes on as it was called. With it, the process limits itself, and is
//! a compile server, a run of the reference, or the command after all.

use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::child::Limits;
use crate::server;

/// The hidden first argument. Memory, processor time and role follow.
const MARK: &str = "--moonproof-child";

/// What became of the process.
#[derive(Debug)]
pub enum Entered {
    /// It was a child, has done its work, and shall exit with this status.
    Finished(u8),
    /// It shall be the command, with these arguments; the first is its name.
    Command(Vec<OsString>),
}

/// What a child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Answers compile requests with the reference's compiler.
    CompileReference,
    /// Answers compile requests with ours.
    CompileOurs,
    /// Runs a script under the reference: name for messages, script, arguments.
    RunReference,
    /// Is the command: arguments.
    Command,
}

impl Role {
    const ALL: [(Self, &'static str); 4] = [
        (Self::CompileReference, "compile-reference"),
        (Self::CompileOurs, "compile-ours"),
        (Self::RunReference, "run-reference"),
        (Self::Command, "command"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }
}

/// How to start `exe` in that role, within the limits that a child sets itself. The time is that of
/// one run; a server has as much for each request, and is watched from outside.
pub(crate) fn command(exe: &Path, role: Role, limits: &Limits) -> Command {
    let is_server = matches!(role, Role::CompileReference | Role::CompileOurs);
    let seconds = if is_server { 0 } else { limits.time.as_secs() + 2 };
    let mut command = Command::new(exe);
    command.args([MARK, &limits.memory.to_string(), &seconds.to_string(), role.name()]);
    // Settings of the user's that change what an interpreter does.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"LUA_") {
            command.env_remove(name);
        }
    }
    // If our side panics, that it did and where is enough to know.
    command.env("RUST_BACKTRACE", "0");
    command
}

/// Looks whether the process is a child of the oracle, and if so does what it was started for.
pub fn enter(args: impl IntoIterator<Item = OsString>) -> Entered {
    let mut args = args.into_iter();
    let Some(name) = args.next() else {
        return Entered::Command(Vec::new());
    };
    let rest: Vec<OsString> = args.collect();
    let command =
        |rest: &[OsString]| Entered::Command([std::slice::from_ref(&name), rest].concat());
    let [mark, memory, seconds, role, rest_of_child @ ..] = &rest[..] else {
        return command(&rest);
    };
    if mark != MARK {
        return command(&rest);
    }
    let parse = |text: &OsString| text.to_str().and_then(|text| text.parse().ok());
    let role = Role::ALL.iter().find(|(_, name)| role == name).map(|(role, _)| *role);
    let (Some(memory), Some(seconds), Some(role)) = (parse(memory), parse(seconds), role) else {
        return Entered::Finished(2);
    };
    limit(memory, seconds);
    let finished = |result: io::Result<()>| Entered::Finished(if result.is_ok() { 0 } else { 2 });
    match role {
        Role::CompileReference => finished(server::serve(&server::reference_side)),
        Role::CompileOurs => finished(server::serve(&crate::ours::answer)),
        Role::RunReference => Entered::Finished(run_reference(rest_of_child)),
        Role::Command => command(rest_of_child),
    }
}

/// Limits this process. Where a limit cannot be set, the parent's watch has to do.
fn limit(memory: u64, seconds: u64) {
    let set = |resource, value| {
        let _ = setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) });
    };
    set(Resource::Core, 0);
    if memory > 0 {
        set(Resource::As, memory);
    }
    if seconds > 0 {
        set(Resource::Cpu, seconds);
    }
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

fn run_reference(args: &[OsString]) -> u8 {
    let args: Result<Vec<CString>, _> =
        args.iter().map(|arg| CString::new(arg.clone().into_vec())).collect();
    // The status of a process is a byte.
    args.map_or(2, |args| moonproof_reference::run(&args) as u8)
}
