//! The io library (liolib.c).
//!
//! A file is a userdata that holds a [`Handle`]. Wherever a script could have put something else,
//! through the registry or upvalues, what is there is checked when it is used.

mod read;
mod stream;

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io;
use std::process::{Child, Stdio};

pub(crate) use stream::{READ_AT_ONCE, Standard, Stream};

use moonproof_bytecode::number::format::NumberBuffer;

use super::system::{describe, exec_result, file_result, shell, temporary_file};
use super::{natives, new_library, os_path};
use crate::closure::NativeFn;
use crate::heap::{Gc, Heap};
use crate::native::{NativeResult, NativeRet};
use crate::string::c_string;
use crate::table::Table;
use crate::userdata::Userdata;
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};
use stream::{BUFFER, Buffering, Whence};

/// A userdata that is known to be a file, open or closed.
type File = Gc<Userdata>;

/// The name of a file's metatable, and its key in the registry (`LUA_FILEHANDLE`).
pub(crate) const FILE_HANDLE: &str = "FILE*";
/// Registry keys of the default files.
pub(crate) const DEFAULT_INPUT: &str = "_IO_input";
pub(crate) const DEFAULT_OUTPUT: &str = "_IO_output";

/// Bytes that are read or written in the time of an instruction.
pub(super) const BYTES_PER_FUEL: usize = 256;

/// Most formats of an iterator of lines (`MAXARGLINE`).
const MAX_LINE_FORMATS: usize = 250;

/// Streams that belong to the VM, beside its standard output; made at their first use.
#[derive(Default)]
pub(crate) struct IoLib {
    stdin: Option<Box<Stream>>,
    stderr: Option<Box<Stream>>,
}

impl IoLib {
    pub(crate) fn stdin(&mut self) -> &mut Stream {
        self.stdin.get_or_insert_with(|| Box::new(Stream::standard(Standard::Input)))
    }

    fn stderr(&mut self) -> &mut Stream {
        self.stderr.get_or_insert_with(|| Box::new(Stream::standard(Standard::Error)))
    }
}

/// What the userdata of a file holds.
struct Handle(RefCell<State>);

/// Most files are those of the VM, so that the others' streams are elsewhere.
enum State {
    Closed,
    File(Box<Stream>),
    Process(Box<(Stream, Child)>),
    /// A stream of the VM, which is never closed.
    Standard(Standard),
}

impl State {
    fn file(stream: Stream) -> Self {
        Self::File(Box::new(stream))
    }

    /// The stream, if it is the file's own.
    fn stream(&mut self) -> Option<&mut Stream> {
        match self {
            Self::File(stream) => Some(stream),
            Self::Process(process) => Some(&mut process.0),
            Self::Closed | Self::Standard(_) => None,
        }
    }
}

pub(super) fn open(vm: &mut Vm) -> Gc<Table> {
    static FUNCTIONS: &[NativeFn] = natives! {
        "close" => close,
        "flush" => flush,
        "input" => input,
        "lines" => lines,
        "open" => open_file,
        "output" => output,
        "popen" => popen,
        "read" => read_default,
        "tmpfile" => tmpfile,
        "type" => type_of,
        "write" => write_default,
    };
    static METHODS: &[NativeFn] = natives! {
        "read" => file_read,
        "write" => file_write,
        "lines" => file_lines,
        "flush" => file_flush,
        "seek" => file_seek,
        "close" => file_close,
        "setvbuf" => file_setvbuf,
    };
    static METAMETHODS: &[NativeFn] = natives! {
        "__gc" => file_gc,
        "__close" => file_gc,
        "__tostring" => file_tostring,
    };
    let library = new_library(vm, FUNCTIONS, 3);
    let metatable = new_library(vm, METAMETHODS, 2);
    vm.push(Value::table(metatable));
    let name = Value::string(vm.heap.new_string(FILE_HANDLE.as_bytes()));
    vm.raw_set_name(metatable, "__name", name);
    let methods = new_library(vm, METHODS, 0);
    vm.raw_set_name(metatable, "__index", Value::table(methods));
    let registry = vm.registry;
    vm.raw_set_name(registry, FILE_HANDLE, Value::table(metatable));
    vm.pop();
    let standard = [
        (Standard::Input, "stdin", Some(DEFAULT_INPUT)),
        (Standard::Output, "stdout", Some(DEFAULT_OUTPUT)),
        (Standard::Error, "stderr", None),
    ];
    for (which, name, registry_key) in standard {
        let file = new_file(vm, State::Standard(which));
        vm.raw_set_name(library, name, Value::userdata(file));
        if let Some(key) = registry_key {
            vm.raw_set_name(registry, key, Value::userdata(file));
        }
    }
    library
}

/// Writes out what every open file has pending, as the end of a process does (`fflush(NULL)`).
/// Nobody is told of failures.
pub(crate) fn flush_all(vm: &mut Vm) {
    let _ = vm.output.flush();
    vm.heap.collector.for_each_finalizable(|value| {
        if let Some(handle) = value.as_userdata().as_ref().and_then(|file| file.data::<Handle>())
            && let Ok(mut state) = handle.0.try_borrow_mut()
            && let Some(stream) = state.stream()
        {
            let _ = stream.flush();
        }
    });
}

fn new_file(vm: &mut Vm, state: State) -> File {
    let held = match state {
        State::File(_) | State::Process(_) => size_of::<Stream>() + BUFFER,
        State::Closed | State::Standard(_) => 0,
    };
    let file = vm.heap.new_userdata(Box::new(Handle(RefCell::new(state))), 0, held);
    let metatable = vm.registry.get_name(vm.names.file_handle).as_table();
    vm.set_userdata_metatable(file, metatable);
    file
}

/// Returns a new file, or why there is none.
fn return_file(vm: &mut Vm, opened: io::Result<State>, path: Option<&[u8]>) -> NativeResult {
    match opened {
        Ok(state) => {
            let file = new_file(vm, state);
            vm.ret(Value::userdata(file))
        }
        Err(error) => file_result(vm, Err(error), path),
    }
}

/// A value as a file if it is one: it has the metatable of files (`luaL_testudata`).
fn as_file(vm: &Vm, value: Value) -> Option<File> {
    let file = value.as_userdata()?;
    let metatable = vm.registry.get_name(vm.names.file_handle).as_table();
    (file.metatable().is_some() && file.metatable() == metatable && file.data::<Handle>().is_some())
        .then_some(file)
}

fn check_file(vm: &mut Vm) -> Result<File, Raised> {
    match as_file(vm, vm.arg(1)) {
        Some(file) => Ok(file),
        None => Err(vm.type_error(1, FILE_HANDLE)),
    }
}

fn is_closed(file: File) -> bool {
    file.data::<Handle>().is_none_or(|handle| matches!(*handle.0.borrow(), State::Closed))
}

/// The first argument as an open file (`tofile`).
fn check_open(vm: &mut Vm) -> Result<File, Raised> {
    let file = check_file(vm)?;
    if is_closed(file) {
        return Err(vm.error_at_caller(b"attempt to use a closed file"));
    }
    Ok(file)
}

/// The default input or output, which must be open (`getiofile`).
fn default_file(vm: &mut Vm, which: Standard) -> Result<File, Raised> {
    let (key, kind) = match which {
        Standard::Input => (vm.names.io_input, "input"),
        _ => (vm.names.io_output, "output"),
    };
    let value = vm.registry.get_name(key);
    match value.as_userdata().filter(|file| file.data::<Handle>().is_some()) {
        Some(file) if !is_closed(file) => Ok(file),
        _ => Err(vm.error_at_caller(format!("default {kind} file is closed").as_bytes())),
    }
}

/// Does something with the stream of an open file.
#[inline]
fn with_stream<R>(
    vm: &mut Vm,
    file: File,
    action: impl FnOnce(&mut Stream, &mut Heap) -> R,
) -> Result<R, Raised> {
    if let Some(handle) = file.data::<Handle>() {
        let mut state = handle.0.borrow_mut();
        if let State::Standard(which) = *state {
            let stream = match which {
                Standard::Input => {
                    vm.output.flush_to_terminal();
                    vm.io_lib.stdin()
                }
                Standard::Output => &mut vm.output,
                Standard::Error => vm.io_lib.stderr(),
            };
            return Ok(action(stream, &mut vm.heap));
        }
        if let Some(stream) = state.stream() {
            return Ok(action(stream, &mut vm.heap));
        }
    }
    Err(vm.error_at_caller(b"attempt to use a closed file"))
}

fn type_of(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    match as_file(vm, value) {
        None => vm.ret(Value::NIL),
        Some(file) if is_closed(file) => vm.ret_str(b"closed file"),
        Some(_) => vm.ret_str(b"file"),
    }
}

fn file_tostring(vm: &mut Vm) -> NativeResult {
    let file = check_file(vm)?;
    if is_closed(file) {
        return vm.ret_str(b"file (closed)");
    }
    vm.ret_str(format!("file ({:#x})", file.addr()).as_bytes())
}

/// Opens a file in one of C's modes.
fn open_path(path: &[u8], mode: &[u8]) -> io::Result<State> {
    let plus = mode.get(1) == Some(&b'+');
    let mut options = OpenOptions::new();
    match mode.first() {
        Some(b'w') => options.write(true).create(true).truncate(true).read(plus),
        Some(b'a') => options.append(true).create(true).read(plus),
        _ => options.read(true).write(plus),
    };
    let file = options.open(os_path(c_string(path)))?;
    let (reads, writes) = (mode.first() == Some(&b'r'), mode.first() != Some(&b'r'));
    let mut stream = Stream::new(file, reads || plus, writes || plus);
    if mode.first() == Some(&b'a') && !plus {
        stream.seek_to_end();
    }
    Ok(State::file(stream))
}

/// Whether a mode is `[rwa]%+?b*` (`l_checkmode`).
fn is_mode(mode: &[u8]) -> bool {
    match mode {
        [b'r' | b'w' | b'a', rest @ ..] => {
            rest.strip_prefix(b"+").unwrap_or(rest).iter().all(|byte| *byte == b'b')
        }
        _ => false,
    }
}

fn open_file(vm: &mut Vm) -> NativeResult {
    let path = vm.check_str(1)?;
    let mode = vm.opt_str(2)?.map_or(&b"r"[..], |mode| c_string(mode.bytes()));
    if !is_mode(mode) {
        return Err(vm.arg_error(2, "invalid mode"));
    }
    let path = c_string(path.bytes());
    return_file(vm, open_path(path, mode), Some(path))
}

/// Opens a file, or raises an error (`opencheck`).
fn open_or_raise(vm: &mut Vm, path: &[u8], mode: &[u8]) -> Result<File, Raised> {
    let path = c_string(path);
    match open_path(path, mode) {
        Ok(state) => Ok(new_file(vm, state)),
        Err(error) => {
            let reason = format!("' ({})", describe(&error).1);
            let message = [b"cannot open file '", path, reason.as_bytes()].concat();
            Err(vm.error_at_caller(&message))
        }
    }
}

fn popen(vm: &mut Vm) -> NativeResult {
    let command = vm.check_str(1)?;
    let reads = match vm.opt_str(2)?.map_or(&b"r"[..], |mode| c_string(mode.bytes())) {
        b"r" => true,
        b"w" => false,
        _ => return Err(vm.arg_error(2, "invalid mode")),
    };
    flush_all(vm);
    let started = start(command.bytes(), reads);
    return_file(vm, started, Some(c_string(command.bytes())))
}

/// Starts a command with a pipe from its output or to its input.
fn start(command: &[u8], reads: bool) -> io::Result<State> {
    let mut shell = shell(command);
    if reads {
        shell.stdout(Stdio::piped());
    } else {
        shell.stdin(Stdio::piped());
    }
    let mut child = shell.spawn()?;
    let pipe = match (child.stdout.take(), child.stdin.take()) {
        (Some(output), _) => pipe_file(output),
        (None, Some(input)) => pipe_file(input),
        (None, None) => return Err(io::ErrorKind::BrokenPipe.into()),
    };
    Ok(State::Process(Box::new((Stream::new(pipe, reads, !reads), child))))
}

#[cfg(unix)]
fn pipe_file(pipe: impl Into<std::os::fd::OwnedFd>) -> std::fs::File {
    std::fs::File::from(pipe.into())
}

#[cfg(windows)]
fn pipe_file(pipe: impl Into<std::os::windows::io::OwnedHandle>) -> std::fs::File {
    std::fs::File::from(pipe.into())
}

fn tmpfile(vm: &mut Vm) -> NativeResult {
    let opened = temporary_file().map(|(name, file)| {
        // The file lives on without its name until it is closed.
        let _ = std::fs::remove_file(os_path(&name));
        State::file(Stream::new(file, true, true))
    });
    return_file(vm, opened, None)
}

/// Closes the first argument, which is open; its results are those of `close` (`aux_close`).
fn close_file(vm: &mut Vm, file: File) -> NativeResult {
    let Some(handle) = file.data::<Handle>() else { return Ok(NativeRet::Values(0)) };
    if matches!(*handle.0.borrow(), State::Standard(_)) {
        vm.push(Value::NIL);
        vm.push_str(b"cannot close standard file");
        return Ok(NativeRet::Values(2));
    }
    let state = handle.0.replace(State::Closed);
    vm.heap.forget_held(file);
    match state {
        State::File(mut stream) => {
            let result = stream.flush();
            file_result(vm, result, None)
        }
        State::Process(process) => {
            let (mut stream, mut child) = *process;
            // A command that does not read to its end is no failure of ours.
            let _ = stream.flush();
            drop(stream);
            exec_result(vm, child.wait())
        }
        State::Closed | State::Standard(_) => Ok(NativeRet::Values(0)),
    }
}

fn file_close(vm: &mut Vm) -> NativeResult {
    let file = check_open(vm)?;
    close_file(vm, file)
}

fn close(vm: &mut Vm) -> NativeResult {
    if !vm.has_arg(1) {
        let file = vm.registry.get_name(vm.names.io_output);
        vm.push(file);
    }
    file_close(vm)
}

fn file_gc(vm: &mut Vm) -> NativeResult {
    let file = check_file(vm)?;
    if file.data::<Handle>().is_some_and(|handle| handle.0.borrow_mut().stream().is_some()) {
        close_file(vm, file)?;
    }
    Ok(NativeRet::Values(0))
}

fn input(vm: &mut Vm) -> NativeResult {
    set_default(vm, DEFAULT_INPUT, b"r")
}

fn output(vm: &mut Vm) -> NativeResult {
    set_default(vm, DEFAULT_OUTPUT, b"w")
}

/// Sets a default file, given by name or handle, and returns what it is (`g_iofile`).
fn set_default(vm: &mut Vm, key: &str, mode: &[u8]) -> NativeResult {
    let registry = vm.registry;
    let value = vm.arg(1);
    if !value.is_nil() {
        let file = if value.tag().is_string() || value.tag().is_number() {
            let path = vm.check_str(1)?;
            open_or_raise(vm, path.bytes(), mode)?
        } else {
            check_open(vm)?
        };
        vm.raw_set_name(registry, key, Value::userdata(file));
    }
    let key = Value::string(vm.heap.new_string(key.as_bytes()));
    let file = vm.raw_get(registry, key);
    vm.ret(file)
}

/// The iterator of lines: a closure over a file, whether to close it at the end, and formats.
fn line_iterator(vm: &mut Vm, close_at_end: bool) -> Result<Value, Raised> {
    static NEXT_LINE: NativeFn = NativeFn { name: "?", call: next_line };
    let n_formats = vm.n_args() - 1;
    if n_formats > MAX_LINE_FORMATS {
        return Err(vm.arg_error(MAX_LINE_FORMATS + 2, "too many arguments"));
    }
    let mut upvalues = vec![vm.arg(1), Value::bool(close_at_end)];
    upvalues.extend((2..2 + n_formats).map(|i| vm.arg(i)));
    Ok(Value::native_closure(vm.heap.new_native_closure(&NEXT_LINE, &upvalues)))
}

fn file_lines(vm: &mut Vm) -> NativeResult {
    check_open(vm)?;
    let iterator = line_iterator(vm, false)?;
    vm.ret(iterator)
}

fn lines(vm: &mut Vm) -> NativeResult {
    if !vm.has_arg(1) {
        vm.push(Value::NIL);
    }
    if vm.arg(1).is_nil() {
        let file = vm.registry.get_name(vm.names.io_input);
        vm.set_arg(1, file);
        check_open(vm)?;
        let iterator = line_iterator(vm, false)?;
        return vm.ret(iterator);
    }
    let path = vm.check_str(1)?;
    let file = Value::userdata(open_or_raise(vm, path.bytes(), b"r")?);
    vm.set_arg(1, file);
    let iterator = line_iterator(vm, true)?;
    // The file is also the loop's variable to be closed.
    for value in [iterator, Value::NIL, Value::NIL, file] {
        vm.push(value);
    }
    Ok(NativeRet::Values(4))
}

fn next_line(vm: &mut Vm) -> NativeResult {
    let Some(iterator) = vm.cur.frame.function().as_native_closure() else {
        return Ok(NativeRet::Values(0));
    };
    let file = iterator.upvalue(0).as_userdata();
    let Some(file) = file.filter(|file| !is_closed(*file)) else {
        return Err(vm.error_at_caller(b"file is already closed"));
    };
    let n_formats = iterator.n_upvalues() - 2;
    vm.set_n_args(1);
    vm.check_stack(n_formats, "too many arguments")?;
    for i in 0..n_formats {
        vm.push(iterator.upvalue(2 + i));
    }
    let NativeRet::Values(n) = read::read(vm, file, 2)? else { return Ok(NativeRet::Values(0)) };
    let results = vm.cur.top.sub(n);
    if !results.get().is_falsy() {
        return Ok(NativeRet::Values(n));
    }
    if n > 1 {
        let message = results.add(1).get().as_string();
        return Err(vm.error_at_caller(message.map_or(b"", |message| message.bytes())));
    }
    if !iterator.upvalue(1).is_falsy() {
        close_file(vm, file)?;
    }
    Ok(NativeRet::Values(0))
}

fn read_default(vm: &mut Vm) -> NativeResult {
    let file = default_file(vm, Standard::Input)?;
    read::read(vm, file, 1)
}

fn file_read(vm: &mut Vm) -> NativeResult {
    let file = check_open(vm)?;
    read::read(vm, file, 2)
}

fn write_default(vm: &mut Vm) -> NativeResult {
    let file = default_file(vm, Standard::Output)?;
    write(vm, file, 1)
}

fn file_write(vm: &mut Vm) -> NativeResult {
    let file = check_open(vm)?;
    write(vm, file, 2)
}

/// Writes the arguments from `first` on and returns the file (`g_write`).
fn write(vm: &mut Vm, file: File, first: usize) -> NativeResult {
    let mut result = Ok(());
    for i in first..=vm.n_args() {
        let value = vm.arg(i);
        let written = match value.tag() {
            Tag::INT => with_stream(vm, file, |stream, _| {
                stream.write(NumberBuffer::new().integer(value.int_bits()))
            })?,
            Tag::FLOAT => with_stream(vm, file, |stream, _| {
                let mut buffer = NumberBuffer::new();
                let text = buffer.float(value.float_bits());
                // Quirk: a float with an integer value does not show that it is one.
                stream.write(text.strip_suffix(b".0").unwrap_or(text))
            })?,
            _ => {
                let text = vm.check_str(i)?;
                vm.charge(text.len() / BYTES_PER_FUEL)?;
                with_stream(vm, file, |stream, _| stream.write(text.bytes()))?
            }
        };
        result = result.and(written);
    }
    match result {
        Ok(()) => vm.ret(Value::userdata(file)),
        Err(error) => file_result(vm, Err(error), None),
    }
}

fn flush(vm: &mut Vm) -> NativeResult {
    let file = default_file(vm, Standard::Output)?;
    let result = with_stream(vm, file, |stream, _| stream.flush())?;
    file_result(vm, result, None)
}

fn file_flush(vm: &mut Vm) -> NativeResult {
    let file = check_open(vm)?;
    let result = with_stream(vm, file, |stream, _| stream.flush())?;
    file_result(vm, result, None)
}

fn file_seek(vm: &mut Vm) -> NativeResult {
    const WHENCE: [Whence; 3] = [Whence::Start, Whence::Current, Whence::End];
    let file = check_open(vm)?;
    let whence = WHENCE[vm.check_option(2, Some("cur"), &["set", "cur", "end"])?];
    let offset = vm.opt_int(3, 0)?;
    match with_stream(vm, file, |stream, _| stream.seek(whence, offset))? {
        Ok(position) => vm.ret(Value::int(position as i64)),
        Err(error) => file_result(vm, Err(error), None),
    }
}

fn file_setvbuf(vm: &mut Vm) -> NativeResult {
    const MODES: [Buffering; 3] = [Buffering::None, Buffering::Full, Buffering::Line];
    let file = check_open(vm)?;
    let mode = MODES[vm.check_option(2, None, &["no", "full", "line"])?];
    // The size is accepted and not used, as in glibc.
    vm.opt_int(3, 0)?;
    with_stream(vm, file, |stream, _| stream.set_buffering(mode))?;
    file_result(vm, Ok(()), None)
}
