//! Variables: declaration, activity, look-up, upvalues (lparser.c).
//!
//! All functions being compiled share one list of variables, innermost last. A name's
//! [`binding`](crate::strings::Entry::binding) is the position of the innermost *active* variable
//! of that name, and each variable remembers the binding it shadows. So a local variable is found
//! at once, and a name without binding is known to be global without a search.

use moonproof_bytecode::limits::{MAX_UPVALUES, MAX_VARS};

use crate::error::{CompileError, R};
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{FuncState, LocalInfo, Reg, Upvalue, Value};
use crate::parser::{MAX_SHORT, Parser};
use crate::strings::{NONE, StrId};

/// What a variable was declared to be; the number is that of the chunk format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum VarKind {
    Regular = 0,
    /// `<const>`, but of a value only known at run time.
    Const = 1,
    /// `<close>`.
    Close = 2,
    /// `<const>` that lives in no register.
    CompileTime = 3,
}

/// A declared variable (`Vardesc`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct VarDesc {
    pub(crate) name: StrId,
    pub(crate) kind: VarKind,
    pub(crate) reg: Reg,
    /// Its place in the function's debug information.
    pub(crate) debug_idx: u32,
    /// Binding of its name before it became active.
    shadowed: u32,
    /// Value of a compile-time constant.
    pub(crate) value: Value,
}

impl Parser<'_> {
    /// Declares a variable, not active yet, and returns its number in the function. Mirrors
    /// `new_localvar`.
    pub(crate) fn new_local(&mut self, name: StrId) -> R<u32> {
        let number = self.vars.len() - self.fs.first_local;
        if number >= MAX_VARS {
            return Err(self.too_many_in(self.fs.line_defined, MAX_VARS, "local variables"));
        }
        // The reference asks for one entry more than it needs here.
        if self.vars.len() + 1 >= MAX_SHORT {
            return Err(self.too_many("local variables", MAX_SHORT));
        }
        self.vars.push(VarDesc {
            name,
            kind: VarKind::Regular,
            reg: 0,
            debug_idx: 0,
            shadowed: NONE,
            value: Value::Nil,
        });
        Ok(number as u32)
    }

    /// A variable of the current function (`getlocalvardesc`).
    #[inline]
    pub(crate) fn var(&mut self, number: u32) -> &mut VarDesc {
        &mut self.vars[self.fs.first_local + number as usize]
    }

    /// Registers that the first `n_vars` variables of the current function occupy (`reglevel`).
    pub(crate) fn reg_level(&self, n_vars: u32) -> Reg {
        let first = self.fs.first_local;
        self.vars[first..first + n_vars as usize]
            .iter()
            .rev()
            .find(|var| var.kind != VarKind::CompileTime)
            .map_or(0, |var| var.reg + 1)
    }

    /// Starts the scope of the first `n_vars` variables declared but not yet active. Mirrors
    /// `adjustlocalvars`.
    pub(crate) fn activate_locals(&mut self, n_vars: u32) -> R<()> {
        for _ in 0..n_vars {
            let reg = self.fs.n_var_regs;
            let pc = self.fs.pc();
            if self.fs.locals.len() >= MAX_SHORT {
                return Err(self.too_many("local variables", MAX_SHORT));
            }
            let debug_idx = self.fs.locals.len() as u32;
            let var = self.activate();
            var.reg = reg;
            var.debug_idx = debug_idx;
            let name = var.name;
            self.fs.locals.push(LocalInfo { name, start_pc: pc, end_pc: 0 });
            self.fs.n_var_regs = reg + 1;
        }
        Ok(())
    }

    /// Starts the scope of the next variable, a compile-time constant without register or debug
    /// information.
    pub(crate) fn activate_constant(&mut self, value: Value) {
        let var = self.activate();
        var.kind = VarKind::CompileTime;
        var.value = value;
    }

    /// Makes the next variable the one that its name means.
    fn activate(&mut self) -> &mut VarDesc {
        let position = self.fs.first_local + self.fs.n_active as usize;
        self.fs.n_active += 1;
        let var = &mut self.vars[position];
        let binding = &mut self.lex.strings.entry(var.name).binding;
        var.shadowed = *binding;
        *binding = position as u32;
        var
    }

    /// Ends the scope of all but the first `n_vars` variables, which stay in the list: the caller
    /// may still ask for their registers before it drops them. Mirrors `removevars`.
    pub(crate) fn deactivate_locals(&mut self, n_vars: u32) {
        let pc = self.fs.pc();
        while self.fs.n_active > n_vars {
            self.fs.n_active -= 1;
            let var = &self.vars[self.fs.first_local + self.fs.n_active as usize];
            self.lex.strings.entry(var.name).binding = var.shadowed;
            if var.kind != VarKind::CompileTime {
                self.fs.locals[var.debug_idx as usize].end_pc = pc;
            }
        }
        self.fs.n_var_regs = self.reg_level(n_vars);
    }

    /// Debug information of an active variable that has a register (`localdebuginfo`).
    pub(crate) fn local_info(&mut self, number: u32) -> &mut LocalInfo {
        let debug_idx = self.var(number).debug_idx;
        &mut self.fs.locals[debug_idx as usize]
    }

    /// Fails if `e` is a variable that must not be assigned to. Mirrors `check_readonly`.
    pub(crate) fn check_writable(&mut self, e: &ExpDesc) -> R<()> {
        let name = match e.kind {
            Kind::CompileTime(position) => self.vars[position as usize].name,
            Kind::Local { var, .. } => match self.var(var) {
                var if var.kind != VarKind::Regular => var.name,
                _ => return Ok(()),
            },
            Kind::Upval(idx) => match self.fs.upvalues[idx as usize] {
                upvalue if upvalue.kind != VarKind::Regular => upvalue.name,
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        Err(self.assigns_constant(name))
    }

    #[cold]
    fn assigns_constant(&self, name: StrId) -> CompileError {
        let name = self.lex.strings.bytes(name);
        self.lex.semantic_error(&[b"attempt to assign to const variable '", name, b"'"].concat())
    }

    /// What `name` means here, globals included. Mirrors `singlevar`.
    pub(crate) fn single_var(&mut self, name: StrId) -> R<ExpDesc> {
        let found = self.find_var(name)?;
        if !matches!(found, Kind::Void) {
            return Ok(ExpDesc::new(found));
        }
        let mut env = ExpDesc::new(self.find_var(StrId::ENV)?);
        self.exp_to_any_reg_or_upvalue(&mut env)?;
        let mut key = ExpDesc::new(Kind::Str(name));
        self.index(&mut env, &mut key)?;
        Ok(env)
    }

    /// What `name` means in the current function, [`Kind::Void`] for a global.
    #[inline]
    fn find_var(&mut self, name: StrId) -> R<Kind> {
        let binding = self.lex.strings.entry(name).binding;
        if binding == NONE && name != StrId::ENV {
            return Ok(Kind::Void);
        }
        if binding != NONE && binding as usize >= self.fs.first_local {
            return Ok(self.local_kind(binding as usize, self.fs.first_local));
        }
        self.find_upvalue(self.outer.len(), name, binding)
    }

    fn local_kind(&self, position: usize, first_local: usize) -> Kind {
        let var = &self.vars[position];
        if var.kind == VarKind::CompileTime {
            Kind::CompileTime(position as u32)
        } else {
            Kind::Local { reg: var.reg, var: (position - first_local) as u32 }
        }
    }

    /// What `name`, which is no local variable of the function at `level`, means there. If that is
    /// a variable of a function around it, it becomes an upvalue of all functions in between.
    /// Mirrors `singlevaraux` from the point where it knows this.
    fn find_upvalue(&mut self, level: usize, name: StrId, binding: u32) -> R<Kind> {
        let upvalues = &self.function(level).upvalues;
        if let Some(idx) = upvalues.iter().position(|upvalue| upvalue.name == name) {
            return Ok(Kind::Upval(idx as u32));
        }
        let Some(outer) = level.checked_sub(1) else {
            return Ok(Kind::Void);
        };
        let first_local = self.outer[outer].first_local;
        let found = if binding != NONE && binding as usize >= first_local {
            self.local_kind(binding as usize, first_local)
        } else {
            self.find_upvalue(outer, name, binding)?
        };
        let upvalue = match found {
            Kind::Local { reg, var } => {
                mark_upvalue(&mut self.outer[outer], var);
                let kind = self.vars[binding as usize].kind;
                Upvalue { name, in_stack: true, idx: reg as u8, kind }
            }
            Kind::Upval(idx) => {
                let kind = self.outer[outer].upvalues[idx as usize].kind;
                Upvalue { name, in_stack: false, idx: idx as u8, kind }
            }
            other => return Ok(other),
        };
        self.add_upvalue(level, upvalue)
    }

    /// Mirrors `newupvalue`.
    fn add_upvalue(&mut self, level: usize, upvalue: Upvalue) -> R<Kind> {
        let function = self.function(level);
        let idx = function.upvalues.len();
        if idx >= MAX_UPVALUES {
            let line = function.line_defined;
            return Err(self.too_many_in(line, MAX_UPVALUES, "upvalues"));
        }
        function.upvalues.push(upvalue);
        Ok(Kind::Upval(idx as u32))
    }

    /// The function being compiled at that nesting level, 0 for the main function.
    fn function(&mut self, level: usize) -> &mut FuncState {
        if level == self.outer.len() { &mut self.fs } else { &mut self.outer[level] }
    }

    /// Notes that the current block has a variable to be closed. Mirrors `marktobeclosed`.
    pub(crate) fn mark_to_be_closed(&mut self) {
        let block = self.fs.block();
        block.has_upvalue = true;
        block.inside_tbc = true;
        self.fs.needs_close = true;
    }
}

/// Notes in the block that declared variable `var` that it is an upvalue. Mirrors `markupval`.
fn mark_upvalue(function: &mut FuncState, var: u32) {
    if let Some(block) = function.blocks.iter_mut().rev().find(|block| block.n_active <= var) {
        block.has_upvalue = true;
    }
    function.needs_close = true;
}

#[cfg(test)]
mod tests {
    use crate::testing::check_code;

    #[test]
    fn upvalues() {
        check_code(&[
            (
                "local a; function f() return function() return a end end",
                "LOADNIL 0 0; CLOSURE 1 0; SETTABUP 0 0 1 | CLOSURE 0 0; RETURN1 0 | GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "local a; function f(b) return function() a = b; return a end end",
                "LOADNIL 0 0; CLOSURE 1 0; SETTABUP 0 0 1 | CLOSURE 1 0; RETURN 1 2 0k | GETUPVAL 0 1; SETUPVAL 0 0; GETUPVAL 0 0; RETURN1 0",
            ),
            (
                "function f() return x end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | GETTABUP 0 0 0; RETURN1 0",
            ),
            ("local _ENV = {}; x = 1", "NEWTABLE 0 0 0; EXTRAARG 0; SETFIELD 0 0 1k"),
            ("local _ENV <const> = nil; return x", "LOADNIL 0 0; GETFIELD 0 0 0; RETURN 0 2 1"),
            (
                "function f(_ENV) return x end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | GETFIELD 1 0 0; RETURN1 1",
            ),
            (
                "local a <const> = 1; function f() return a end",
                "CLOSURE 0 0; SETTABUP 0 0 0 | LOADI 0 1; RETURN1 0",
            ),
            ("local a = 1; local a = a; return a", "LOADI 0 1; MOVE 1 0; RETURN 1 2 1"),
            (
                "local x <const>, y = 1; function f() return x, y end",
                "LOADI 0 1; LOADNIL 1 0; CLOSURE 2 0; SETTABUP 0 0 2 | GETUPVAL 0 0; GETUPVAL 1 1; RETURN 0 3 0",
            ),
        ]);
    }
}
