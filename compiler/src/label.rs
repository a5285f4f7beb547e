//! Blocks, labels, and gotos, `break` among them (lparser.c).
//!
//! Pending gotos and visible labels of all functions being compiled are kept in two lists; a block
//! remembers where its own start.

use moonproof_bytecode::OpCode;

use crate::error::{CompileError, R};
use crate::func_state::{Block, Pc};
use crate::parser::{MAX_SHORT, Parser};
use crate::strings::StrId;

/// A label, or a goto whose label has not been seen (`Labeldesc`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) name: StrId,
    /// Position of the label, or of the goto's jump (or of a list of jumps).
    pub(crate) pc: Pc,
    pub(crate) line: u32,
    /// Variables active there.
    pub(crate) n_active: u32,
    /// Whether the goto leaves the scope of an upvalue.
    pub(crate) closes: bool,
}

/// Where a label stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// Somewhere in its block.
    Inside,
    /// At the end of its block, so that it counts as outside the scope of the block's variables.
    Last,
}

impl Parser<'_> {
    /// Mirrors `enterblock`.
    pub(crate) fn enter_block(&mut self, is_loop: bool) {
        let block = Block {
            first_label: self.labels.len(),
            first_goto: self.gotos.len(),
            n_active: self.fs.n_active,
            has_upvalue: false,
            is_loop,
            inside_tbc: self.fs.blocks.last().is_some_and(|outer| outer.inside_tbc),
        };
        self.fs.blocks.push(block);
    }

    /// Ends the innermost block and returns it. Mirrors `leaveblock`.
    pub(crate) fn leave_block(&mut self) -> R<Block> {
        let block = *self.fs.block();
        let outer_level = self.reg_level(block.n_active);
        self.deactivate_locals(block.n_active);
        let has_closed = block.is_loop && self.create_label(StrId::BREAK, 0, Position::Inside)?;
        let is_nested = self.fs.blocks.len() > 1;
        if !has_closed && is_nested && block.has_upvalue {
            self.emit_abc(OpCode::Close, outer_level, 0, 0);
        }
        self.fs.free_reg = outer_level;
        self.labels.truncate(block.first_label);
        self.fs.blocks.pop();
        if is_nested {
            self.move_gotos_out(&block);
        } else if let Some(goto) = self.gotos.get(block.first_goto) {
            return Err(self.undefined_goto(goto));
        }
        self.vars.truncate(self.fs.first_local + block.n_active as usize);
        Ok(block)
    }

    /// Makes the pending gotos of a block that has ended those of the block around it. Mirrors
    /// `movegotosout`.
    fn move_gotos_out(&mut self, block: &Block) {
        let outer_level = self.reg_level(block.n_active);
        for at in block.first_goto..self.gotos.len() {
            let leaves_scope = self.reg_level(self.gotos[at].n_active) > outer_level;
            let goto = &mut self.gotos[at];
            goto.closes |= leaves_scope && block.has_upvalue;
            goto.n_active = block.n_active;
        }
    }

    #[cold]
    fn undefined_goto(&self, goto: &Label) -> CompileError {
        if goto.name == StrId::BREAK {
            let message = format!("break outside loop at line {}", goto.line);
            return self.lex.semantic_error(message.as_bytes());
        }
        let name = self.lex.strings.bytes(goto.name);
        let line = format!("' for <goto> at line {}", goto.line);
        self.lex.semantic_error(&[b"no visible label '", name, line.as_bytes()].concat())
    }

    /// A label of that name in the current function. Mirrors `findlabel`.
    pub(crate) fn find_label(&self, name: StrId) -> Option<Label> {
        self.labels[self.fs.first_label..].iter().find(|label| label.name == name).copied()
    }

    fn new_label(&self, name: StrId, line: u32, pc: Pc) -> Label {
        Label { name, pc, line, n_active: self.fs.n_active, closes: false }
    }

    /// Adds a goto whose jump, or list of jumps, is at `pc`. Mirrors `newgotoentry`.
    pub(crate) fn new_goto(&mut self, name: StrId, line: u32, pc: Pc) -> R<()> {
        if self.gotos.len() >= MAX_SHORT {
            return Err(self.too_many("labels/gotos", MAX_SHORT));
        }
        self.gotos.push(self.new_label(name, line, pc));
        Ok(())
    }

    /// Adds a label here and resolves the block's gotos to it. Says whether that took a CLOSE.
    /// Mirrors `createlabel`.
    pub(crate) fn create_label(&mut self, name: StrId, line: u32, position: Position) -> R<bool> {
        let pc = self.get_label();
        if self.labels.len() >= MAX_SHORT {
            return Err(self.too_many("labels/gotos", MAX_SHORT));
        }
        let mut label = self.new_label(name, line, pc);
        if position == Position::Last {
            label.n_active = self.fs.block().n_active;
        }
        self.labels.push(label);
        let must_close = self.solve_gotos(&label)?;
        if must_close {
            self.emit_abc(OpCode::Close, self.fs.n_var_regs, 0, 0);
        }
        Ok(must_close)
    }

    /// Resolves the current block's gotos to `label` and says whether any of them leaves the scope
    /// of an upvalue. Mirrors `solvegotos` and `solvegoto`.
    fn solve_gotos(&mut self, label: &Label) -> R<bool> {
        let first = self.fs.block().first_goto;
        let mut must_close = false;
        let mut kept = first;
        for at in first..self.gotos.len() {
            let goto = self.gotos[at];
            if goto.name != label.name {
                self.gotos[kept] = goto;
                kept += 1;
                continue;
            }
            must_close |= goto.closes;
            if goto.n_active < label.n_active {
                return Err(self.jumps_into_scope(&goto));
            }
            self.patch_list(goto.pc, label.pc)?;
        }
        self.gotos.truncate(kept);
        Ok(must_close)
    }

    #[cold]
    fn jumps_into_scope(&mut self, goto: &Label) -> CompileError {
        let variable = self.var(goto.n_active).name;
        let name = self.lex.strings.bytes(goto.name);
        let line = format!("> at line {} jumps into the scope of local '", goto.line);
        let variable = self.lex.strings.bytes(variable);
        self.lex.semantic_error(&[b"<goto ", name, line.as_bytes(), variable, b"'"].concat())
    }
}
