//! How libraries report what the operating system did (`luaL_fileresult`, `luaL_execresult`), and
//! the strings they give it.

use std::io;
use std::process::{Command, ExitStatus};

use super::os_message;
use crate::native::{NativeResult, NativeRet};
use crate::string::c_string;
use crate::value::Value;
use crate::vm::Vm;

/// The system's number and message for an error, as `strerror` words it.
pub(super) fn describe(error: &io::Error) -> (i32, String) {
    match error.raw_os_error() {
        Some(number) => (number, os_message(error)),
        None => (0, "(no extra info)".to_owned()),
    }
}

/// Returns true, or nil with a message, which names the file if there is a path, and a number.
pub(super) fn file_result(
    vm: &mut Vm,
    result: io::Result<()>,
    path: Option<&[u8]>,
) -> NativeResult {
    let Err(error) = result else { return vm.ret(Value::bool(true)) };
    let (number, message) = describe(&error);
    vm.push(Value::NIL);
    match path {
        Some(path) => vm.push_str(&[path, b": ", message.as_bytes()].concat()),
        None => vm.push_str(message.as_bytes()),
    }
    vm.push(Value::int(number.into()));
    Ok(NativeRet::Values(3))
}

/// Returns whether a command succeeded, how it ended, and its exit code or signal.
pub(super) fn exec_result(vm: &mut Vm, result: io::Result<ExitStatus>) -> NativeResult {
    let status = match result {
        Ok(status) => status,
        Err(error) => return file_result(vm, Err(error), None),
    };
    let (how, number) = match status.code() {
        Some(code) => ("exit", code),
        None => ("signal", signal_of(status)),
    };
    vm.push(if status.success() { Value::bool(true) } else { Value::NIL });
    vm.push_str(how.as_bytes());
    vm.push(Value::int(number.into()));
    Ok(NativeRet::Values(3))
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn signal_of(_: ExitStatus) -> i32 {
    0
}

/// The system's shell with a command to run.
#[cfg(unix)]
pub(super) fn shell(command: &[u8]) -> Command {
    use std::os::unix::ffi::OsStrExt;
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(std::ffi::OsStr::from_bytes(c_string(command)));
    shell
}

/// The system's shell with a command to run.
#[cfg(not(unix))]
pub(super) fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(&*String::from_utf8_lossy(c_string(command)));
    shell
}

/// A new file of a name that did not exist, open for reading and writing (`mkstemp`).
pub(super) fn temporary_file() -> io::Result<(Vec<u8>, std::fs::File)> {
    use std::hash::{BuildHasher, RandomState};
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const ATTEMPTS: usize = 100;
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut failure = io::ErrorKind::AlreadyExists.into();
    for _ in 0..ATTEMPTS {
        let mut random = RandomState::new().hash_one(0) as usize;
        let mut name = temporary_prefix();
        for _ in 0..6 {
            name.push(LETTERS[random % LETTERS.len()]);
            random /= LETTERS.len();
        }
        match options.open(super::os_path(&name)) {
            Ok(file) => return Ok((name, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => failure = error,
            Err(error) => return Err(error),
        }
    }
    Err(failure)
}

#[cfg(unix)]
fn temporary_prefix() -> Vec<u8> {
    b"/tmp/lua_".to_vec()
}

#[cfg(not(unix))]
fn temporary_prefix() -> Vec<u8> {
    std::env::temp_dir().join("lua_").into_os_string().into_encoded_bytes()
}
