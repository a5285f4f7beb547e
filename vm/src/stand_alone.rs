//! What the `lua` command does with a VM (lua.c): scripts that get their arguments from the table
//! `arg`, libraries loaded by option, lines of a prompt.
//!
//! Everything runs on top of a native frame, that of the reference's `pmain`: it shows in
//! tracebacks, and the depth that recursion can reach is the same.

use moonproof_verifier::VerifiedChunk;

use crate::api::RunError;
use crate::call::Cont;
use crate::closure::NativeFn;
#[cfg(feature = "signals")]
use crate::interrupt::catch_sigint;
use crate::native::NativeResult;
use crate::stdlib::MESSAGE_HANDLER;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Calls its fourth argument with those behind it.
static MAIN: NativeFn = NativeFn { name: "?", call: run_main };

fn run_main(vm: &mut Vm) -> NativeResult {
    Ok(vm.then_call(vm.n_args() - 4, Cont::Results))
}

impl Vm {
    /// Runs a script with the items of the global table `arg` as its arguments.
    pub(crate) fn run_script(&mut self, chunk: VerifiedChunk) -> Result<(), RunError> {
        let function = self.load_verified(chunk);
        let failure = |message: &[u8]| Err(RunError { message: message.to_vec() });
        let Some(list) = self.global("arg").as_table() else {
            return failure(b"'arg' is not a table");
        };
        let n = list.border();
        let position = self.begin_main(function);
        if self.check_stack(usize::try_from(n).unwrap_or(0) + 3, "").is_err() {
            self.cur.top = self.cur.slot_at(position);
            return failure(b"stack overflow (too many arguments to script)");
        }
        for i in 1..=n {
            self.push(list.get_int(i));
        }
        let result = self.run_above(position);
        self.cur.top = self.cur.slot_at(position);
        result
    }

    /// Runs a script with arguments that are given.
    pub(crate) fn run_with_args(
        &mut self,
        chunk: VerifiedChunk,
        args: &[Vec<u8>],
    ) -> Result<(), RunError> {
        let function = self.load_verified(chunk);
        let position = self.begin_main(function);
        let result = if self.check_stack(args.len(), "").is_err() {
            Err(RunError { message: b"too many arguments to script".to_vec() })
        } else {
            args.iter().for_each(|arg| self.push_str(arg));
            self.run_above(position)
        };
        self.cur.top = self.cur.slot_at(position);
        result
    }

    /// Runs a chunk and prints its results.
    pub(crate) fn run_and_print(&mut self, chunk: VerifiedChunk) -> Result<(), RunError> {
        let function = self.load_verified(chunk);
        let position = self.begin_main(function);
        let mut result = self.run_above(position);
        let n_results = self.cur.top.above(self.cur.slot_at(position));
        if result.is_ok() && n_results > 0 {
            result = self.print_results(n_results);
        }
        self.cur.top = self.cur.slot_at(position);
        result
    }

    /// Mirrors `l_print`.
    fn print_results(&mut self, n: usize) -> Result<(), RunError> {
        let print = self.global("print");
        if self.check_stack(20, "too many results to print").is_err() {
            return Err(self.failure());
        }
        self.push(Value::NIL);
        let first = self.cur.top.sub(n + 1);
        for i in (0..n).rev() {
            first.add(i + 1).set(first.add(i).get());
        }
        first.set(print);
        self.call(n).map_err(|Raised| {
            let problem = self.failure().message;
            RunError { message: [b"error calling 'print' (", &problem[..], b")"].concat() }
        })
    }

    /// Mirrors `dolibrary`.
    pub(crate) fn require_global(&mut self, module: &[u8], global: &[u8]) -> Result<(), RunError> {
        let require = self.global("require");
        let position = self.begin_main(require);
        self.push_str(module);
        let mut result = self.run_above(position);
        let first = self.cur.slot_at(position);
        let module = if first < self.cur.top { first.get() } else { Value::NIL };
        if result.is_ok() {
            let key = Value::string(self.heap.new_string(global));
            let globals = Value::table(self.globals);
            result = self.set_index(globals, key, module).map_err(|Raised| self.failure());
        }
        self.cur.top = self.cur.slot_at(position);
        result
    }

    /// A global variable as text, unless it is nil.
    pub(crate) fn global_text(&mut self, name: &str) -> Option<Vec<u8>> {
        let value = self.global(name);
        if value.is_nil() {
            return None;
        }
        self.display(value).ok().map(|text| text.bytes().to_vec())
    }

    fn global(&mut self, name: &str) -> Value {
        let key = Value::string(self.heap.new_string(name.as_bytes()));
        let globals = Value::table(self.globals);
        self.index(globals, key).unwrap_or(Value::NIL)
    }

    /// Pushes the main function and what it is to call; its arguments are pushed next. Returns the
    /// position where its results will be.
    fn begin_main(&mut self, function: Value) -> usize {
        let position = self.cur.position(self.cur.top);
        let handler = Value::native(&MESSAGE_HANDLER);
        for value in [Value::native(&MAIN), Value::NIL, Value::NIL, handler, function] {
            self.push(value);
        }
        position
    }

    fn run_above(&mut self, position: usize) -> Result<(), RunError> {
        let n_args = self.cur.top.above(self.cur.slot_at(position)) - 1;
        let handler = Value::native(&MESSAGE_HANDLER);
        #[cfg(feature = "signals")]
        let _caught = self.host.catches_sigint.then(|| catch_sigint(&self.interrupter()));
        self.call_protected(n_args, handler).map_err(|Raised| self.failure())
    }

    /// The error, which is then nobody's.
    fn failure(&mut self) -> RunError {
        let error = std::mem::replace(&mut self.error, Value::NIL);
        let message = match error.as_string() {
            Some(text) => text.bytes().to_vec(),
            None => b"(error object is not a string)".to_vec(),
        };
        RunError { message }
    }
}
