//! The embedding API: so far, running a chunk.

use moonproof_verifier::VerifiedChunk;

use crate::call::Cont;
use crate::closure::NativeFn;
use crate::native::{NativeResult, NativeRet};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// An uncaught error: its message as the `lua` command would print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// The error value as text, with a traceback.
    pub message: Vec<u8>,
}

/// What a script may use. Exceeding a limit ends the call; a script cannot catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Instructions to execute, library work included; `None` for any number.
    pub fuel: Option<u64>,
    /// Bytes of heap.
    pub memory: usize,
    /// Stack slots of a thread, at least 1,000: what bounds the depth of calls.
    pub stack_slots: usize,
}

impl Default for Limits {
    /// No limits but the reference's stack size.
    fn default() -> Self {
        Self { fuel: None, memory: usize::MAX, stack_slots: moonproof_bytecode::limits::MAX_STACK }
    }
}

/// Calls its fourth argument with those behind it.
static MAIN: NativeFn = NativeFn { name: "?", call: run_main };

fn run_main(vm: &mut Vm) -> NativeResult {
    Ok(NativeRet::Call { n_args: vm.n_args() - 4, cont: Cont::Results })
}

/// A Lua VM with its standard libraries.
pub struct Lua {
    vm: Box<Vm>,
}

impl Default for Lua {
    fn default() -> Self {
        Self::new()
    }
}

impl Lua {
    /// A VM with all standard libraries.
    pub fn new() -> Self {
        let mut vm = Vm::new();
        crate::stdlib::open_all(&mut vm);
        Self { vm }
    }

    /// A VM with all standard libraries, whose paths for modules are the default ones: environment
    /// variables do not change them.
    pub fn ignoring_environment() -> Self {
        let mut vm = Vm::new();
        let registry = vm.registry;
        vm.raw_set_name(registry, "LUA_NOENV", Value::bool(true));
        crate::stdlib::open_all(&mut vm);
        Self { vm }
    }

    /// Limits what is run from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        let vm = &mut self.vm;
        vm.metering = limits.fuel.is_some();
        vm.fuel = limits.fuel.unwrap_or(0);
        vm.choose_dispatch();
        vm.memory_limit = limits.memory;
        vm.max_slots = limits.stack_slots.clamp(1000, moonproof_bytecode::limits::MAX_STACK);
        vm.exhausted = None;
    }

    /// Makes each safepoint a whole collection that moves the stack: slow, and hard on anything
    /// that holds what nothing reaches.
    pub fn set_stress(&mut self, stress: bool) {
        self.vm.heap.collector.stress = stress;
        self.vm.heap.collector.threshold = 0;
    }

    /// Chooses between incremental collection, the default, and generational collection, which
    /// the `lua` command begins with.
    pub fn set_generational(&mut self, generational: bool) {
        self.vm.heap.collector.generational = generational;
    }

    /// Fuel that is left.
    pub fn fuel(&self) -> u64 {
        self.vm.fuel
    }

    /// Bytes of heap in use.
    pub fn used_memory(&self) -> usize {
        self.vm.heap.used()
    }

    /// Sets a global variable to a sequence of strings, with some at other indices: `arg`.
    pub fn set_args(&mut self, args: &[(i64, Vec<u8>)]) {
        let table = self.vm.heap.new_table();
        for (i, arg) in args {
            let value = Value::string(self.vm.heap.new_string(arg));
            self.vm.raw_set_int(table, *i, value);
        }
        let globals = self.vm.globals;
        self.vm.raw_set_name(globals, "arg", Value::table(table));
    }

    /// Runs a chunk with string arguments, as the `lua` command does.
    ///
    /// # Errors
    ///
    /// An error that the chunk did not catch, with a traceback.
    pub fn run(&mut self, chunk: VerifiedChunk, args: &[Vec<u8>]) -> Result<(), RunError> {
        self.vm.exhausted = None;
        let function = self.vm.load_verified(chunk);
        // As in the `lua` command, a native function stands below the chunk in tracebacks.
        // With its two arguments and the handler in its frame: the depth that recursion can reach
        // is the same.
        let handler = Value::native(&crate::stdlib::MESSAGE_HANDLER);
        for value in [Value::native(&MAIN), Value::NIL, Value::NIL, handler, function] {
            self.vm.push(value);
        }
        for arg in args {
            if self.vm.check_stack(1, "").is_err() {
                return Err(RunError { message: b"too many arguments to script".to_vec() });
            }
            self.vm.push_str(arg);
        }
        match self.vm.call_protected(args.len() + 4, handler) {
            Ok(()) => Ok(()),
            Err(Raised) => {
                let error = self.vm.error;
                let message = error.as_string().map_or_else(
                    || b"(error object is not a string)".to_vec(),
                    |text| text.bytes().to_vec(),
                );
                Err(RunError { message })
            }
        }
    }
}
