//! Loading chunks: `load`, `loadfile`, `dofile`.

use std::io::Read;

use moonproof_bytecode::Chunk;

use super::{add_functions, natives};
use crate::call::Cont;
use crate::closure::NativeFn;
use crate::native::{NativeResult, NativeRet};
use crate::proto::SharedProto;
use crate::value::{LuaType, Value};
use crate::vm::{Raised, Vm};

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

/// Why there is no function.
pub(crate) enum LoadError {
    /// What is wrong with the chunk, or that memory is short: a result of `load`.
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

impl LoadError {
    fn no_memory() -> Self {
        Self::Message(b"not enough memory".to_vec())
    }
}

/// A function is made of so many bytes in the time of a few instructions.
const BYTES_PER_FUEL: usize = 4;
/// Compiling takes, as a rule, not more than so many bytes for one of the text: garbage is collected
/// where less is free.
const USUAL_GROWTH: usize = 16;
/// The same for a file, whose length is not known.
const USUAL_FILE: usize = 1 << 20;

impl Vm {
    /// The function of a source text or a binary chunk (`lua_load`). Binary chunks are verified. This
    /// may collect garbage; what is given must be reached by the stack, or lie outside the heap.
    pub(crate) fn load_chunk(
        &mut self,
        text: &[u8],
        name: &[u8],
        mode: &[u8],
    ) -> Result<Value, LoadError> {
        let is_binary = text.first() == Some(&b'\x1b');
        let (kind, letter) = if is_binary { ("binary", b'b') } else { ("text", b't') };
        if !mode.contains(&letter) || is_binary && self.host.text_only {
            let mode = if is_binary && self.host.text_only {
                "t".into()
            } else {
                String::from_utf8_lossy(mode)
            };
            let message = format!("attempt to load a {kind} chunk (mode is '{mode}')");
            return Err(message.into_bytes().into());
        }
        let chunk = if is_binary {
            moonproof_bytecode::load(text).map_err(|error| error.message(name))?
        } else {
            self.compile(text, name)?
        };
        let chunk = moonproof_verifier::verify(chunk).map_err(|rejection| {
            let id = moonproof_bytecode::chunk_id(name);
            let n_more = rejection.findings().len().saturating_sub(1) + rejection.n_omitted();
            let mut why =
                rejection.findings().first().map_or_else(String::new, ToString::to_string);
            if n_more > 0 {
                why += &format!(", and {n_more} more findings");
            }
            [id.as_slice(), b": bad binary format (", why.as_bytes(), b")"].concat()
        })?;
        let shared = SharedProto::from_chunk(chunk);
        if self.free_memory(shared.bytes()) < shared.bytes() {
            return Err(LoadError::no_memory());
        }
        Ok(self.instantiate_main(&shared))
    }

    /// Charges a script for making a function of a text.
    fn charge_loading(&mut self, text: &[u8]) -> Result<(), Raised> {
        self.charge(text.len() / BYTES_PER_FUEL)
    }

    fn compile(&mut self, text: &[u8], name: &[u8]) -> Result<Chunk, LoadError> {
        let n_c_calls = self.n_c_calls();
        let free = self.free_memory(text.len().saturating_mul(USUAL_GROWTH));
        self.compiler.compile(text, name, n_c_calls, free).map_err(LoadError::Message)
    }

    /// As [`Vm::load_chunk`] for a file; `None` is standard input (`luaL_loadfilex`).
    pub(crate) fn load_file(
        &mut self,
        path: Option<&[u8]>,
        mode: &[u8],
    ) -> Result<Value, LoadError> {
        let max_len = self.free_memory(USUAL_FILE);
        let (name, text) = match path {
            None => (b"=stdin".to_vec(), self.io_lib.stdin().read_rest(max_len)),
            Some(path) => ([b"@", path].concat(), read_file(path, max_len)),
        };
        match text {
            Ok(text) if text.len() > max_len => Err(LoadError::no_memory()),
            Ok(text) => {
                self.charge_loading(&text)?;
                self.load_chunk(&skip_first_line(&text), &name, mode)
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
}

/// A file's bytes; more than `max_len` of them if it has more.
fn read_file(path: &[u8], max_len: usize) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(super::os_path(path))?;
    let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
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
        vm.load_chunk(text.bytes(), name.bytes(), mode)
    } else {
        let name = vm.opt_str(2)?.map_or(&b"=(load)"[..], |name| name.bytes());
        vm.check_type(1, LuaType::Function)?;
        match read_pieces(vm, mode) {
            Ok(text) => {
                vm.charge_loading(&text)?;
                vm.load_chunk(&text, name, mode)
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
            if vm.has_arg(4)
                && let Some(closure) = function.as_closure()
                && closure.n_upvals() > 0
            {
                let env = vm.arg(4);
                closure.upval(0).set(env);
                vm.heap.collector.barrier(closure.upval(0), env);
            }
            vm.ret(function)
        }
        Err(LoadError::Message(message)) => vm.ret_fail(&message),
        Err(LoadError::Raised) => Err(Raised),
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
    let end = text.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
    if text.first() == Some(&b'\x1b') {
        return false;
    }
    match vm.compile(&text[..end], b"=?") {
        Err(LoadError::Message(message)) => {
            memchr::memmem::find(&message, b" near ").is_some() && !message.ends_with(b"near <eof>")
        }
        _ => false,
    }
}

fn load_file(vm: &mut Vm) -> NativeResult {
    let path = vm.opt_str(1)?;
    let mode = vm.opt_str(2)?.map_or(&b"bt"[..], |mode| mode.bytes());
    match vm.load_file(path.map(|path| path.bytes()), mode) {
        Ok(function) => {
            if vm.has_arg(3)
                && let Some(closure) = function.as_closure()
                && closure.n_upvals() > 0
            {
                let env = vm.arg(3);
                closure.upval(0).set(env);
                vm.heap.collector.barrier(closure.upval(0), env);
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
