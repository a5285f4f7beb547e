//! Memory that one compilation leaves for the next: programs that compile many short texts would
//! spend much of their time with asking for it.

use moonproof_bytecode::Chunk;

use crate::error::{CompileError, ErrorKind};
use crate::func_state::FuncState;
use crate::parser::Parser;
use crate::scope::VarDesc;
use crate::strings;

/// Sources up to this length leave their memory: some kilobytes as a rule, as much as they needed at
/// most.
const MAX_LEN: usize = 4096;

/// So many states of nested functions are kept.
const MAX_SPARE: usize = 2;

/// What a compilation may use again. It has no influence on results.
#[derive(Default)]
pub struct Memory(Option<Box<Kept>>);

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
            return Err(CompileError::new(ErrorKind::Memory, 1, b"not enough memory".to_vec()));
        }
        let end = chunk_name.iter().position(|&byte| byte == 0).unwrap_or(chunk_name.len());
        let chunk_name = &chunk_name[..end];
        let mut kept = self.0.take().unwrap_or_default();
        let mut parser = Parser::new(source, chunk_name, n_c_calls, std::mem::take(&mut *kept));
        let result = parser.chunk(chunk_name);
        if source.len() <= MAX_LEN {
            *kept = parser.into_memory();
            kept.spare.truncate(MAX_SPARE);
            self.0 = Some(kept);
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
    use super::*;
    use crate::compile_nested;

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
