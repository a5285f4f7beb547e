//! Loading chunks: `load`, `loadfile`, `dofile`.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::sync::Arc;

use moonproof_bytecode::{Chunk, LoadErrorKind, load_within};
use moonproof_verifier::{verify, verify_image};

use super::io::{READ_AT_ONCE, Stream};
use super::{BYTES_PER_FUEL_LOG2, add_functions, natives};
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::heap::can_allocate;
use crate::native::{NativeResult, NativeRet};
use crate::proto::SharedProto;
use crate::value::{LuaType, Value};
use crate::vm::{NO_MEMORY, Raised, Vm};

pub(super) fn open(vm: &mut Vm) {
    static FUNCTIONS: &[NativeFn] = natives! {
        "load" => load,
    };
    let globals = vm.globals;
    add_functions(vm, globals, FUNCTIONS);
}

/// Those that read files.
pub(super) fn open_files(vm: &mut Vm) {
    static FUNCTIONS: &[NativeFn] = natives! {
        "dofile" => do_file,
        "loadfile" => load_file,
    };
    let globals = vm.globals;
    add_functions(vm, globals, FUNCTIONS);
}

/// Why there is no function of a file.
pub(crate) enum LoadError {
    /// What is wrong, with the chunk or otherwise: a result of `loadfile`.
    Message(Vec<u8>),
    /// The fuel is used up.
    Raised,
}

impl From<Raised> for LoadError {
    fn from(_: Raised) -> Self {
        Self::Raised
    }
}

impl From<Vec<u8>> for LoadError {
    fn from(message: Vec<u8>) -> Self {
        Self::Message(message)
    }
}

fn no_memory() -> Vec<u8> {
    NO_MEMORY.into()
}

/// A function is made of so many bytes in the time of a few instructions.
const BYTES_PER_FUEL: usize = 4;
/// A function takes, as a rule, not more than so many bytes for one of its chunk: garbage is collected
/// where less is free.
const USUAL_GROWTH: usize = 16;

impl Vm {
    /// The function of a source text or a binary chunk, or the message why there is none (`lua_load`).
    /// Binary chunks are verified. This may collect garbage; what is given must be reached by the
    /// stack, or lie outside the heap.
    pub(crate) fn load_chunk(
        &mut self,
        text: &[u8],
        name: &[u8],
        mode: &[u8],
    ) -> Result<Value, Vec<u8>> {
        let is_binary = text.first() == Some(&b'\x1b');
        let (kind, letter) = if is_binary { ("binary", b'b') } else { ("text", b't') };
        if !mode.contains(&letter) || is_binary && self.host.text_only {
            let mode = if is_binary && self.host.text_only {
                "t".into()
            } else {
                String::from_utf8_lossy(mode)
            };
            let message = format!("attempt to load a {kind} chunk (mode is '{mode}')");
            return Err(message.into_bytes());
        }
        let shared = if is_binary {
            self.undump(text, name)?
        } else {
            let chunk = self.compile(text, name)?;
            SharedProto::from_chunk(verify(chunk).map_err(|rejection| rejection.message(name))?)
        };
        if self.free_memory(shared.bytes()) < shared.bytes() {
            return Err(no_memory());
        }
        Ok(self.instantiate_main(&shared))
    }

    /// The functions of a binary chunk, or the message why it is refused.
    fn undump(&mut self, bytes: &[u8], name: &[u8]) -> Result<Arc<SharedProto>, Vec<u8>> {
        let free = self.free_memory(bytes.len().saturating_mul(USUAL_GROWTH));
        if let Some(image) = verify_image(bytes, free) {
            return Ok(SharedProto::from_image(image));
        }
        // What is wrong is known to those who look at it as a whole.
        let chunk = load_within(bytes, free).map_err(|error| match error.kind() {
            LoadErrorKind::Memory => no_memory(),
            _ => error.message(name),
        })?;
        let chunk = verify(chunk).map_err(|rejection| rejection.message(name))?;
        Ok(SharedProto::from_chunk(chunk))
    }

    /// Sets the first upvalue of a loaded function, if it has one (`load_aux`).
    pub(crate) fn set_first_upvalue(&mut self, function: Value, value: Value) {
        if let Some(closure) = function.as_closure()
            && closure.n_upvals() > 0
        {
            closure.upval(0).set(value);
            self.heap.collector.barrier(closure.upval(0), value);
        }
    }

    /// Charges a script for making a function of a text.
    fn charge_loading(&mut self, text: &[u8]) -> Result<(), Raised> {
        self.charge(text.len() / BYTES_PER_FUEL)
    }

    fn compile(&mut self, text: &[u8], name: &[u8]) -> Result<Chunk, Vec<u8>> {
        let n_c_calls = self.n_c_calls();
        let free = self.free_memory(text.len().saturating_mul(USUAL_GROWTH));
        self.compiler.compile(text, name, n_c_calls, free)
    }

    /// As [`Vm::load_chunk`] for a file; `None` is standard input (`luaL_loadfilex`).
    pub(crate) fn load_file(
        &mut self,
        path: Option<&[u8]>,
        mode: &[u8],
    ) -> Result<Value, LoadError> {
        let name = path.map_or(b"=stdin".to_vec(), |path| [b"@", path].concat());
        match self.read_source(path)? {
            Ok(text) => {
                self.charge_loading(&text)?;
                Ok(self.load_chunk(&skip_first_line(&text), &name, mode)?)
            }
            Err(error) => {
                let what =
                    if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
                let why = super::os_message(&error);
                let parts = [b"cannot ", what.as_bytes(), b" ", &name[1..], b": ", why.as_bytes()];
                Err(parts.concat().into())
            }
        }
    }

    /// All of a file, or of standard input; or as much as is wrong already, if it may never end.
    fn read_source(&mut self, path: Option<&[u8]>) -> Result<io::Result<Vec<u8>>, LoadError> {
        let file = match path.map(|path| File::open(super::os_path(path))).transpose() {
            Ok(file) => file,
            Err(error) => return Ok(Err(error)),
        };
        let is_regular = |metadata: &Metadata| metadata.is_file() && metadata.len() > 0;
        let metadata = file.as_ref().and_then(|file| file.metadata().ok()).filter(is_regular);
        match (file, metadata) {
            (Some(file), Some(metadata)) => {
                let len = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
                let max_len = self.free_memory(len);
                let text = read_file(file, len, max_len);
                if text.as_ref().is_ok_and(|text| text.len() > max_len) {
                    return Err(no_memory().into());
                }
                Ok(text)
            }
            (file, _) => self.read_stream(file.map(|file| Stream::new(file, true, false))),
        }
    }

    /// The same for what does not say how long it is.
    fn read_stream(&mut self, own: Option<Stream>) -> Result<io::Result<Vec<u8>>, LoadError> {
        /// After how many bytes they are looked at first, and again after so many times as many.
        const CHECK_AT: usize = 1 << 20;
        const TIMES: usize = 16;
        let mut own = own;
        let mut next_check = CHECK_AT;
        let mut text = Vec::new();
        own.as_mut().unwrap_or_else(|| self.io_lib.stdin()).begin_reading();
        loop {
            self.charge(READ_AT_ONCE / 256)?;
            // A Vec grows to twice its size.
            let most = text.len().saturating_mul(2);
            if self.free_memory(most) < most || !can_allocate(most) {
                return Err(no_memory().into());
            }
            let stream = own.as_mut().unwrap_or_else(|| self.io_lib.stdin());
            match stream.read_more(&mut text) {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(text)),
                Err(error) => return Ok(Err(error)),
            }
            if text.len() >= next_check {
                next_check = next_check.saturating_mul(TIMES);
                self.charge_loading(&text)?;
                if is_wrong(self, &text) {
                    return Ok(Ok(text));
                }
            }
        }
    }
}

/// A file's bytes, of which there should be `len`; more than `max_len` of them if it has more.
fn read_file(file: File, len: usize, max_len: usize) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    // One byte more, so that the end is found without growing.
    text.try_reserve_exact(len.min(max_len).saturating_add(1))?;
    file.take((max_len as u64).saturating_add(1)).read_to_end(&mut text)?;
    Ok(text)
}

/// The compiler, with what it keeps from text to text; without the feature, nothing.
#[derive(Default)]
pub(crate) struct Compiler {
    #[cfg(feature = "compiler")]
    memory: moonproof_compiler::Memory,
}

impl Compiler {
    #[cfg(feature = "compiler")]
    fn compile(
        &mut self,
        text: &[u8],
        name: &[u8],
        n_c_calls: u32,
        max_bytes: usize,
    ) -> Result<Chunk, Vec<u8>> {
        self.memory.set_limit(max_bytes);
        self.memory.compile_nested(text, name, n_c_calls).map_err(|error| error.message().to_vec())
    }

    #[cfg(not(feature = "compiler"))]
    fn compile(&mut self, _: &[u8], name: &[u8], _: u32, _: usize) -> Result<Chunk, Vec<u8>> {
        let id = moonproof_bytecode::chunk_id(name);
        Err([id.as_slice(), b": attempt to load a text chunk without a compiler"].concat())
    }
}

#[cfg(feature = "compiler")]
pub(crate) fn skip_first_line(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    moonproof_compiler::skip_shebang(text)
}

#[cfg(not(feature = "compiler"))]
pub(crate) fn skip_first_line(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    text.into()
}

fn load(vm: &mut Vm) -> NativeResult {
    let mode = match vm.opt_str(3)? {
        Some(mode) => mode.bytes(),
        None => b"bt",
    };
    let text = vm.arg(1);
    let result = if text.tag().is_string() || text.tag().is_number() {
        let text = vm.check_str(1)?;
        let name = vm.opt_str(2)?.unwrap_or(text);
        vm.charge_loading(text.bytes())?;
        vm.charge(name.len() >> BYTES_PER_FUEL_LOG2)?;
        vm.load_chunk(text.bytes(), name.bytes(), mode)
    } else {
        // Copies: the reader may set the arguments of this function, with the debug library.
        let name = vm.opt_str(2)?.map_or(b"=(load)".to_vec(), |name| name.bytes().to_vec());
        let mode = mode.to_vec();
        vm.check_type(1, LuaType::Function)?;
        match read_pieces(vm, &mode) {
            Ok(text) => {
                vm.charge_loading(&text)?;
                vm.load_chunk(&text, &name, &mode)
            }
            Err(Raised) if vm.exhausted.is_some() => return Err(Raised),
            Err(Raised) => {
                // An error of the reader is a result of `load`, as a message handler left it.
                vm.run_message_handler();
                let error = vm.error;
                vm.push(Value::NIL);
                vm.push(error);
                return Ok(NativeRet::Values(2));
            }
        }
    };
    match result {
        Ok(function) => {
            if vm.has_arg(4) {
                vm.set_first_upvalue(function, vm.arg(4));
            }
            vm.ret(function)
        }
        Err(message) => vm.ret_fail(&message),
    }
}

/// What a reader function gives, until it gives nothing, or what it gave is wrong already: it may
/// never come to an end.
fn read_pieces(vm: &mut Vm, mode: &[u8]) -> Result<Vec<u8>, Raised> {
    /// After how many pieces they are looked at first, and again after so many times as many:
    /// seldom, because they are compiled each time.
    const CHECK_AT: usize = 32;
    let mut next_check = CHECK_AT;
    let mut text = Vec::with_capacity(256);
    for n_pieces in 1_usize.. {
        let reader = vm.arg(1);
        let piece = vm.call_for_one(reader, &[])?;
        if piece.is_nil() {
            return Ok(text);
        }
        match piece.as_string().or_else(|| vm.number_to_string(piece)) {
            Some(piece) if piece.len() == 0 => return Ok(text),
            Some(piece) => vm.append_string(&mut text, piece)?,
            None => return Err(vm.error_at_caller(b"reader function must return a string")),
        }
        let letter = if text[0] == b'\x1b' { b'b' } else { b't' };
        if !mode.contains(&letter) {
            return Ok(text);
        }
        if n_pieces == next_check {
            next_check = next_check.saturating_mul(CHECK_AT);
            vm.charge_loading(&text)?;
            if is_wrong(vm, &text) {
                return Ok(text);
            }
        }
    }
    Ok(text)
}

/// Whether no end can make the text right: there is an error at a word that is complete.
fn is_wrong(vm: &mut Vm, text: &[u8]) -> bool {
    if text.first() == Some(&b'\x1b') {
        return false;
    }
    let mut error_before = |end: usize| match vm.compile(&text[..end], b"=?") {
        Err(message) => {
            let has_word = memchr::memmem::find(&message, b" near ").is_some();
            // A label may still come, but nothing makes good a zero, which is not named either.
            let is_of_word = has_word && !message.ends_with(b"near <eof>")
                || message.ends_with(b": unexpected symbol");
            is_of_word.then_some(message)
        }
        Ok(_) => None,
    };
    match text.iter().rposition(u8::is_ascii_whitespace) {
        Some(end) => error_before(end).is_some(),
        // Where words end is not known, but not at two places by chance.
        None => {
            let error = error_before(text.len());
            error.is_some() && error == error_before(text.len() / 2)
        }
    }
}

fn load_file(vm: &mut Vm) -> NativeResult {
    let path = vm.opt_str(1)?;
    let mode = vm.opt_str(2)?.map_or(&b"bt"[..], |mode| mode.bytes());
    match vm.load_file(path.map(|path| path.bytes()), mode) {
        Ok(function) => {
            if vm.has_arg(3) {
                vm.set_first_upvalue(function, vm.arg(3));
            }
            vm.ret(function)
        }
        Err(LoadError::Message(message)) => vm.ret_fail(&message),
        Err(LoadError::Raised) => Err(Raised),
    }
}

fn do_file(vm: &mut Vm) -> NativeResult {
    let path = vm.opt_str(1)?;
    vm.set_n_args(1);
    match vm.load_file(path.map(|path| path.bytes()), b"bt") {
        Ok(function) => {
            vm.push(function);
            Ok(vm.then_call(0, Cont::Results))
        }
        Err(LoadError::Message(message)) => Err(vm.raise_text(&message)),
        Err(LoadError::Raised) => Err(Raised),
    }
}
