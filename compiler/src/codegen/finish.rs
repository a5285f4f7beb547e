//! The last pass over a function's code (`luaK_finish`).

use moonproof_bytecode::{Instruction, OpCode};

use crate::error::R;
use crate::func_state::Pc;
use crate::parser::Parser;

/// How many jumps to jumps are followed. Quirk: a longer chain keeps its remaining hops, and a loop
/// of jumps is cut wherever this count ends.
const MAX_HOPS: u32 = 100;

impl Parser<'_> {
    /// Turns returns into the general form where there is something to close or to undo, and
    /// makes jumps to jumps go straight to the end.
    pub(crate) fn finish(&mut self) -> R<()> {
        let fs = &mut *self.fs;
        let needs_close = fs.needs_close;
        let vararg_shift = if fs.is_vararg { Some(u32::from(fs.n_params) + 1) } else { None };
        let mut jumps = false;
        for word in &mut fs.code {
            match word.opcode() {
                Some(OpCode::Return0 | OpCode::Return1)
                    if needs_close || vararg_shift.is_some() =>
                {
                    *word = finished_return(*word, needs_close, vararg_shift)
                        .with_opcode(OpCode::Return);
                }
                Some(OpCode::Return | OpCode::TailCall) => {
                    *word = finished_return(*word, needs_close, vararg_shift);
                }
                Some(OpCode::Jmp) => jumps = true,
                _ => {}
            }
        }
        if jumps { self.thread_jumps() } else { Ok(()) }
    }

    fn thread_jumps(&mut self) -> R<()> {
        for pc in 0..self.fs.pc() {
            if self.fs.code[pc as usize].opcode() == Some(OpCode::Jmp) {
                let target = final_target(&self.fs.code, pc);
                self.fix_jump(pc, target)?;
            }
        }
        Ok(())
    }
}

fn finished_return(word: Instruction, needs_close: bool, vararg_shift: Option<u32>) -> Instruction {
    let word = if needs_close { word.with_k(true) } else { word };
    vararg_shift.map_or(word, |shift| word.with_c(shift))
}

/// Where a chain of jumps ends. Mirrors `finaltarget`.
fn final_target(code: &[Instruction], mut pc: Pc) -> Pc {
    for _ in 0..MAX_HOPS {
        let word = code[pc as usize];
        if word.opcode() != Some(OpCode::Jmp) {
            break;
        }
        pc += word.sj() + 1;
    }
    pc
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn returns_of_vararg_and_closing_functions() {
        check_code(&[
            ("function f() return 1 end", "CLOSURE 0 0; SETTABUP 0 0 0 | LOADI 0 1; RETURN1 0"),
            (
                "function f(a, b, ...) return 1 end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | VARARGPREP 2; LOADI 2 1; RETURN 2 2 3",
            ),
            (
                "function f(a) local b <close> = a; return b end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | MOVE 1 0; TBC 1; RETURN 1 2 0k",
            ),
            (
                "function f(a) return function() return a end end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | CLOSURE 1 0; RETURN 1 2 0k | GETUPVAL 0 0; RETURN1 0",
            ),
        ]);
    }
}
