//! Registers: a stack above the active variables.

use moonproof_bytecode::limits::MAX_REGS;

use crate::error::{CompileError, R};
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::Reg;
use crate::parser::Parser;

impl Parser<'_> {
    /// Sees to it that the frame has `n` registers above the ones in use. Mirrors
    /// `luaK_checkstack`.
    #[inline]
    pub(crate) fn check_stack(&mut self, n: u32) -> R<()> {
        let size = self.fs.free_reg + n;
        if size > u32::from(self.fs.max_stack) {
            if size >= MAX_REGS {
                return Err(self.too_many_registers());
            }
            self.fs.max_stack = size as u8;
        }
        Ok(())
    }

    #[cold]
    fn too_many_registers(&self) -> CompileError {
        self.lex.syntax_error(b"function or expression needs too many registers")
    }

    /// Mirrors `luaK_reserveregs`.
    #[inline]
    pub(crate) fn reserve_regs(&mut self, n: u32) -> R<()> {
        self.check_stack(n)?;
        self.fs.free_reg += n;
        Ok(())
    }

    /// Frees a register unless it is a variable's. Mirrors `freereg`.
    #[inline]
    pub(super) fn free_reg(&mut self, reg: Reg) {
        if reg >= self.fs.n_var_regs {
            self.fs.free_reg -= 1;
            debug_assert_eq!(reg, self.fs.free_reg, "registers are freed from the top");
        }
    }

    /// Frees the register an expression is in, if it is in one. Mirrors `freeexp`.
    #[inline]
    pub(super) fn free_exp(&mut self, e: &ExpDesc) {
        if let Kind::NonReloc(reg) = e.kind {
            self.free_reg(reg);
        }
    }

    /// Frees two registers, the higher one first. Mirrors `freeregs`.
    pub(super) fn free_regs(&mut self, a: Reg, b: Reg) {
        self.free_reg(a.max(b));
        self.free_reg(a.min(b));
    }

    /// Frees the registers of two expressions. Mirrors `freeexps`.
    pub(super) fn free_exps(&mut self, a: &ExpDesc, b: &ExpDesc) {
        match (a.kind, b.kind) {
            (Kind::NonReloc(a), Kind::NonReloc(b)) => self.free_regs(a, b),
            _ => {
                self.free_exp(a);
                self.free_exp(b);
            }
        }
    }
}
