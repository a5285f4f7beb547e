//! What the `lua` command needs beyond the rest of the API: running a main chunk with the reference's
//! messages, and standard output.

use moonproof_verifier::VerifiedChunk;

use super::error::Error;
use super::handle::Lua;
use crate::value::Value as Raw;

/// An uncaught error: its message as the `lua` command would print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// The error value as text, with a traceback.
    pub message: Vec<u8>,
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message))
    }
}

impl std::error::Error for RunError {}

impl From<Error> for RunError {
    fn from(error: Error) -> Self {
        Self { message: error.to_string().into_bytes() }
    }
}

impl Lua {
    /// Sets a global variable to a sequence of strings, with some at other indices: `arg`.
    pub fn set_args(&self, args: &[(i64, Vec<u8>)]) {
        // A VM that is gone runs no script, and arguments are not too many for memory.
        let _ = self.with(|vm| {
            let table = vm.heap.new_table();
            for (i, arg) in args {
                let value = Raw::string(vm.heap.new_string(arg));
                vm.protect(|vm| vm.raw_set_int(table, *i, value))?;
            }
            let globals = vm.globals;
            vm.raw_set_name(globals, "arg", Raw::table(table));
            Ok(())
        });
    }

    /// Lets SIGINT interrupt what [`run`](Self::run), [`run_script`](Self::run_script),
    /// [`run_and_print`](Self::run_and_print) and [`require_global`](Self::require_global) run, as
    /// an [`Interrupter`](super::Interrupter) does. A second signal before that has happened ends the
    /// process, as one does at any other time.
    ///
    /// Signals belong to the process: this is for a program with one such VM, which does not handle
    /// SIGINT itself.
    #[cfg(feature = "signals")]
    pub fn catch_sigint(&self) {
        // A VM that is gone runs no script.
        let _ = self.with(|vm| {
            vm.host.catches_sigint = true;
            Ok(())
        });
    }

    /// Promises that the environment variables of the process do not change any more: `os.getenv` may
    /// read all of them once, and answer from what it has read.
    pub fn keep_environment(&self) {
        // A VM that is gone runs no script.
        let _ = self.with(|vm| {
            vm.host.keeps_environment = true;
            Ok(())
        });
    }

    /// Runs a chunk with string arguments, as the `lua` command does.
    ///
    /// # Errors
    ///
    /// An error that the chunk did not catch, with a traceback.
    pub fn run(&self, chunk: VerifiedChunk, args: &[Vec<u8>]) -> Result<(), RunError> {
        self.with(|vm| {
            if vm.host.n_lent == 0 {
                vm.exhausted = None;
            }
            Ok(vm.guarded(|vm| vm.run_with_args(chunk, args)))
        })?
    }

    /// Runs a script with the items of the global table `arg` as its arguments.
    ///
    /// # Errors
    ///
    /// There is no such table, or an error that the script did not catch, with a traceback.
    pub fn run_script(&self, chunk: VerifiedChunk) -> Result<(), RunError> {
        self.with(|vm| Ok(vm.guarded(|vm| vm.run_script(chunk))))?
    }

    /// Runs a chunk and prints its results with the global `print`, as the prompt does.
    ///
    /// # Errors
    ///
    /// An error that the chunk did not catch, with a traceback, or one of `print`.
    pub fn run_and_print(&self, chunk: VerifiedChunk) -> Result<(), RunError> {
        self.with(|vm| Ok(vm.guarded(|vm| vm.run_and_print(chunk))))?
    }

    /// Requires a module into a global variable.
    ///
    /// # Errors
    ///
    /// What `require` raised, with a traceback.
    pub fn require_global(&self, module: &[u8], global: &[u8]) -> Result<(), RunError> {
        self.with(|vm| Ok(vm.guarded(|vm| vm.require_global(module, global))))?
    }

    /// The next line of the standard input, which scripts read, too; none at its end. One that is
    /// longer than the reference takes comes in parts.
    pub fn read_line(&self) -> Option<Vec<u8>> {
        /// Less its end, the reference's buffer (`LUA_MAXINPUT`).
        const MAX_INPUT: usize = 511;
        self.with(|vm| Ok(vm.io_lib.stdin().next_line(MAX_INPUT))).ok()?
    }

    /// A global variable as text, unless it is nil: the prompts.
    pub fn global_text(&self, name: &str) -> Option<Vec<u8>> {
        self.with(|vm| Ok(vm.guarded(|vm| vm.global_text(name)))).ok()?
    }

    /// Writes what `print` and the io library have buffered for standard output.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or the output cannot be written.
    pub fn flush(&self) -> super::Result<()> {
        self.with(|vm| vm.output.flush().map_err(Error::external))
    }
}
