//! Blocks, labels, and gotos, `break` among them (lparser.c).
//!
//! Gotos and visible labels of all functions being compiled are kept in two lists; a block
//! remembers where its own start. What belongs to a name is found from the name itself: its
//! [`Entry`](crate::strings::Entry) knows the innermost label and the last pending goto, and these
//! know the ones before them. A goto that has been resolved stays in the list as long as pending
//! ones follow it.

use moonproof_bytecode::OpCode;

use crate::error::{CompileError, R};
use crate::func_state::{Block, Pc};
use crate::parser::{MAX_SHORT, Parser};
use crate::strings::{NONE, StrId};

/// A visible label (`Labeldesc`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) name: StrId,
    pub(crate) pc: Pc,
    pub(crate) line: u32,
    /// Variables active there.
    pub(crate) n_active: u32,
    /// The label of that name that was visible before, in a function around.
    shadowed: u32,
}

/// A goto whose label has not been seen, or had not when it was read (`Labeldesc`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goto {
    name: StrId,
    /// Position of its jump, or of a list of jumps.
    pc: Pc,
    line: u32,
    /// Variables active there, or around the blocks it has been seen to leave.
    n_active: u32,
    /// Whether it leaves the scope of an upvalue.
    closes: bool,
    is_pending: bool,
    /// The pending goto to that name before it.
    previous: u32,
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
    pub(crate) fn enter_block(&mut self) {
        self.push_block(false);
    }

    /// Begins a block that `break` leaves.
    pub(crate) fn enter_loop(&mut self) {
        self.push_block(true);
    }

    fn push_block(&mut self, is_loop: bool) {
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
        self.drop_labels(block.first_label);
        self.fs.blocks.pop();
        if is_nested {
            self.move_gotos_out(&block);
        } else if let Some(goto) = self.gotos[block.first_goto..].iter().find(|g| g.is_pending) {
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
    fn undefined_goto(&self, goto: &Goto) -> CompileError {
        if goto.name == StrId::BREAK {
            let message = format!("break outside loop at line {}", goto.line);
            return self.lex.semantic_error(message.as_bytes());
        }
        let name = self.lex.strings.bytes(goto.name);
        let line = format!("' for <goto> at line {}", goto.line);
        self.lex.semantic_error(&[b"no visible label '", name, line.as_bytes()].concat())
    }

    /// A visible label of that name in the current function. Mirrors `findlabel`.
    pub(crate) fn find_label(&mut self, name: StrId) -> Option<Label> {
        let at = self.lex.strings.entry(name).label;
        if at == NONE || (at as usize) < self.fs.first_label {
            return None;
        }
        Some(self.labels[at as usize])
    }

    /// Makes all labels invisible but the first `n`.
    fn drop_labels(&mut self, n: usize) {
        for label in self.labels.drain(n..).rev() {
            self.lex.strings.entry(label.name).label = label.shadowed;
        }
    }

    /// Adds a goto whose jump, or list of jumps, is at `pc`. Mirrors `newgotoentry`.
    pub(crate) fn new_goto(&mut self, name: StrId, line: u32, pc: Pc) -> R<()> {
        if self.n_pending >= MAX_SHORT {
            return Err(self.too_many("labels/gotos", MAX_SHORT));
        }
        self.n_pending += 1;
        let last = &mut self.lex.strings.entry(name).goto;
        let previous = std::mem::replace(last, self.gotos.len() as u32);
        self.gotos.push(Goto {
            name,
            pc,
            line,
            n_active: self.fs.n_active,
            closes: false,
            is_pending: true,
            previous,
        });
        Ok(())
    }

    /// Adds a label here and resolves the block's gotos to it. Says whether that took a CLOSE.
    /// Mirrors `createlabel`.
    pub(crate) fn create_label(&mut self, name: StrId, line: u32, position: Position) -> R<bool> {
        let pc = self.get_label();
        if self.labels.len() >= MAX_SHORT {
            return Err(self.too_many("labels/gotos", MAX_SHORT));
        }
        let n_active = match position {
            Position::Inside => self.fs.n_active,
            Position::Last => self.fs.block().n_active,
        };
        let innermost = &mut self.lex.strings.entry(name).label;
        let shadowed = std::mem::replace(innermost, self.labels.len() as u32);
        let label = Label { name, pc, line, n_active, shadowed };
        self.labels.push(label);
        let must_close = self.solve_gotos(&label)?;
        if must_close {
            self.emit_abc(OpCode::Close, self.fs.n_var_regs, 0, 0);
        }
        Ok(must_close)
    }

    /// Resolves the current block's gotos to `label`, in their order, and says whether any of them
    /// leaves the scope of an upvalue. Mirrors `solvegotos` and `solvegoto`.
    fn solve_gotos(&mut self, label: &Label) -> R<bool> {
        let first = self.fs.block().first_goto;
        let mut last = self.lex.strings.entry(label.name).goto;
        let mut found = Vec::new();
        while last != NONE && last as usize >= first {
            found.push(last);
            last = self.gotos[last as usize].previous;
        }
        self.lex.strings.entry(label.name).goto = last;
        let mut must_close = false;
        for &at in found.iter().rev() {
            let goto = &mut self.gotos[at as usize];
            goto.is_pending = false;
            must_close |= goto.closes;
            let goto = *goto;
            if goto.n_active < label.n_active {
                return Err(self.jumps_into_scope(&goto));
            }
            self.patch_list(goto.pc, label.pc)?;
        }
        self.n_pending -= found.len();
        while self.gotos.last().is_some_and(|goto| !goto.is_pending) {
            self.gotos.pop();
        }
        Ok(must_close)
    }

    #[cold]
    fn jumps_into_scope(&mut self, goto: &Goto) -> CompileError {
        let variable = self.var(goto.n_active).name;
        let name = self.lex.strings.bytes(goto.name);
        let line = format!("> at line {} jumps into the scope of local '", goto.line);
        let variable = self.lex.strings.bytes(variable);
        self.lex.semantic_error(&[b"<goto ", name, line.as_bytes(), variable, b"'"].concat())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn gotos_close_what_they_leave() {
        check_code(&[
            (
                "do local a <close> = f(); goto b end ::b::",
                "GETTABUP 0 0 0; CALL 0 1 2; TBC 0; JMP 1; CLOSE 0; CLOSE 0",
            ),
            (
                "while x do local a; f(function() return a end); if a then break end end",
                "GETTABUP 0 0 0; TEST 0 0; JMP 9; LOADNIL 0 0; GETTABUP 1 0 1; CLOSURE 2 0; CALL 1 2 1; TEST 0 1; JMP 2; CLOSE 0; JMP -11; CLOSE 0 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "do local a; f(function() return a end); goto b end g() ::b:: h()",
                "LOADNIL 0 0; GETTABUP 1 0 0; CLOSURE 2 0; CALL 1 2 1; JMP 3; CLOSE 0; GETTABUP 0 0 1; CALL 0 1 1; CLOSE 0; GETTABUP 0 0 2; CALL 0 1 1 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "repeat local a; if a then goto c end; f(function() return a end) ::c:: until b",
                "LOADNIL 0 0; TEST 0 0; JMP 1; JMP 3; GETTABUP 1 0 0; CLOSURE 2 0; CALL 1 2 1; GETTABUP 1 0 1; TEST 1 0; JMP 2; CLOSE 0; JMP 2; CLOSE 0; JMP -14 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "for i = 1, 2 do for j = 1, 2 do f(function() return j end) goto out end end ::out::",
                "LOADI 0 1; LOADI 1 2; LOADI 2 1; FORPREP 0 10; LOADI 4 1; LOADI 5 2; LOADI 6 1; FORPREP 4 5; GETTABUP 8 0 0; CLOSURE 9 0; CALL 8 2 1; JMP 3; CLOSE 7; FORLOOP 4 6; FORLOOP 0 11; CLOSE 0 | GETUPVAL 0 0; RETURN1 0",
            ),
        ]);
    }

    #[test]
    fn wrong_labels() {
        check_errors(&[
            ("goto a", "t:1: no visible label \\'a\\' for <goto> at line 1"),
            ("do ::a:: end goto a", "t:1: no visible label \\'a\\' for <goto> at line 1"),
            (
                "goto a; local b; ::a:: f()",
                "t:1: <goto a> at line 1 jumps into the scope of local \\'b\\'",
            ),
            (
                "do goto a; local b; ::a:: ; f() end",
                "t:1: <goto a> at line 1 jumps into the scope of local \\'b\\'",
            ),
            (
                "repeat goto a; local b; ::a:: until b",
                "t:1: <goto a> at line 1 jumps into the scope of local \\'b\\'",
            ),
            ("::a:: do ::a:: end", "t:1: label \\'a\\' already defined on line 1"),
            ("function f() break end", "t:1: break outside loop at line 1"),
            ("while a do end break", "t:1: break outside loop at line 1"),
            (
                "goto a\n\nfunction f() ::a:: end",
                "t:3: no visible label \\'a\\' for <goto> at line 1",
            ),
            (
                "do goto a end; local x; ::a:: f()",
                "t:1: <goto a> at line 1 jumps into the scope of local \\'x\\'",
            ),
        ]);
    }
}
