//! Memory that one compilation leaves for the next: programs that compile many short texts would
//! spend much of their time with asking for it.

use moonproof_bytecode::Chunk;

use crate::error::CompileError;
use crate::func_state::FuncState;
use crate::parser::Parser;
use crate::scope::VarDesc;
use crate::strings;

/// Sources up to this length leave their memory: some kilobytes as a rule, as much as they needed at
/// most.
const MAX_LEN: usize = 4096;

/// So many states of nested functions are kept.
const MAX_SPARE: usize = 2;

/// What a compilation may use again, and how much it may take. What was compiled before has no
/// influence on results.
pub struct Memory {
    kept: Option<Box<Kept>>,
    limit: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { kept: None, limit: usize::MAX }
    }
}

/// Lists that are empty, and the state of a function that is over.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) strings: strings::Memory,
    pub(crate) fs: Box<FuncState>,
    #[expect(clippy::vec_box, reason = "states change places with `fs`")]
    pub(crate) spare: Vec<Box<FuncState>>,
    pub(crate) vars: Vec<VarDesc>,
}

impl Memory {
    /// Refuses from now on what needs more than about so many bytes, the chunk included, with the
    /// error "not enough memory".
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// As [`compile_nested`](crate::compile_nested), with memory of the last time.
    ///
    /// # Errors
    ///
    /// As [`compile`](crate::compile).
    pub fn compile_nested(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        n_c_calls: u32,
    ) -> Result<Chunk, CompileError> {
        if u32::try_from(source.len()).is_err() {
            return Err(CompileError::out_of_memory(1));
        }
        let end = chunk_name.iter().position(|&byte| byte == 0).unwrap_or(chunk_name.len());
        let chunk_name = &chunk_name[..end];
        let mut kept = self.kept.take().unwrap_or_default();
        let mut parser = Parser::new(source, chunk_name, n_c_calls, std::mem::take(&mut *kept));
        parser.max_bytes = self.limit;
        let result = parser.chunk(chunk_name);
        if source.len() <= MAX_LEN {
            *kept = parser.into_memory();
            kept.spare.truncate(MAX_SPARE);
            self.kept = Some(kept);
        }
        result
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use moonproof_bytecode::Proto;

    use super::*;
    use crate::{ErrorKind, compile_nested};

    fn bytes(proto: &Proto) -> usize {
        proto.list_bytes() + proto.protos.iter().map(bytes).sum::<usize>()
    }

    /// Whatever a source has many of is counted: it is refused with less memory than its chunk takes.
    #[test]
    fn limits_hold_for_everything_that_sources_repeat() {
        for (head, piece, tail) in [
            ("", "a=1 ", ""),
            ("", "x{}", ""),
            ("x", "()", ""),
            ("x", "''", ""),
            ("local a = x", ".b", ""),
            ("return 1", "+a", ""),
            ("return {", "2.5,", "}"),
            ("return {", "'#',", "}"),
            ("", "x=#.5 ", ""),
            ("", "x='a string that is not kept in place #'", ""),
            ("", "x='\\n a string with an escape #'", ""),
            ("", "::a#:: f() ", ""),
            ("", "do local a# end ", ""),
            ("", "do local function f() end end ", ""),
            ("", "while a do b = c end ", ""),
        ] {
            let pieces: String = (0..20_000).map(|i| piece.replace('#', &i.to_string())).collect();
            let source = format!("{head}{pieces}{tail}");
            let mut memory = Memory::default();
            memory.set_limit(source.len() * 100);
            let chunk = memory.compile_nested(source.as_bytes(), b"=test", 1);
            let chunk = chunk.unwrap_or_else(|error| panic!("{piece}: {error}"));
            memory.set_limit(bytes(&chunk.main) - bytes(&chunk.main) / 8);
            let error = memory.compile_nested(source.as_bytes(), b"=test", 1).err();
            assert_eq!(error.map(|e| e.kind()), Some(ErrorKind::Memory), "{piece}");
        }
    }

    #[test]
    fn what_was_compiled_before_leaves_no_trace() {
        let mut memory = Memory::default();
        let long = format!("return {{{}}}", "'long', ".repeat(1000));
        for source in [
            "local a <const>, b = 1, 'text' return a, b, 1.5, 'text'",
            "goto done; local function f(x) return x .. 'text', a end ::done::",
            "local x = = 1",
            "for i = 1, 10 do local t = {i, n = 1.5} end return 'text', 2",
            "goto nowhere",
            &long,
            "local a = function() return function() return a, _ENV end end",
            "",
        ]
        .iter()
        .cycle()
        .take(20)
        {
            let fresh = compile_nested(source.as_bytes(), b"=test", 1);
            let again = memory.compile_nested(source.as_bytes(), b"=test", 1);
            match (fresh, again) {
                (Ok(fresh), Ok(again)) => assert_eq!(fresh, again, "{source}"),
                (Err(fresh), Err(again)) => assert_eq!(fresh.message(), again.message()),
                (fresh, again) => panic!("{source}: {fresh:?}, {again:?}"),
            }
        }
    }
}
