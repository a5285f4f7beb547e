//! Random programs that a compiler accepts, for what must verify and for what mutations start from.
//!
//! They are about what makes bytecode difficult: blocks left by `break`, `goto` and `return` with
//! variables captured and variables to be closed, loops in loops, variable arguments, calls at the
//! end of lists, coroutines. What they compute is nonsense. The same seed gives the same program.

use std::fmt::Write;

use crate::Rng;

/// Statements of a program, roughly.
const MAX_STATEMENTS: usize = 40;
/// Blocks within blocks.
const MAX_DEPTH: usize = 6;
/// Locals of a function; a few more are hidden in its loops.
const MAX_LOCALS: usize = 60;

/// A program.
pub fn program(seed: u64) -> String {
    let mut program = Program {
        rng: Rng::new(seed ^ 0x70_726F_6772_616D),
        text: String::new(),
        n_left: MAX_STATEMENTS,
        n_names: 0,
        depth: 0,
        functions: vec![Function::new(true)],
    };
    program.n_left = 4 + program.rng.below(MAX_STATEMENTS);
    while program.n_left > 0 {
        program.block_of_statements();
    }
    program.last_statement();
    program.text
}

/// A function that is being written.
struct Function {
    is_vararg: bool,
    /// Locals in scope, the innermost last; whether they may be assigned to.
    locals: Vec<(String, bool)>,
    /// Loops around the place, each with the label at its end, if it has one.
    loops: Vec<Option<String>>,
    /// Labels that can be jumped back to.
    labels: Vec<String>,
}

impl Function {
    fn new(is_vararg: bool) -> Self {
        Self { is_vararg, locals: Vec::new(), loops: Vec::new(), labels: Vec::new() }
    }
}

struct Program {
    rng: Rng,
    text: String,
    n_left: usize,
    n_names: usize,
    depth: usize,
    functions: Vec<Function>,
}

impl Program {
    fn function(&mut self) -> &mut Function {
        self.functions.last_mut().expect("the main function is never left")
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.n_names += 1;
        format!("{prefix}{}", self.n_names)
    }

    fn declare(&mut self, name: &str, may_assign: bool) {
        self.function().locals.push((name.to_owned(), may_assign));
    }

    /// Writes statements as a block of their own, within what the caller has opened.
    fn block(&mut self) {
        let n_locals = self.function().locals.len();
        let n_labels = self.function().labels.len();
        self.depth += 1;
        for _ in 0..self.rng.below(4) {
            self.statement();
        }
        if self.rng.one_in(5) {
            self.last_statement();
        }
        self.depth -= 1;
        self.function().locals.truncate(n_locals);
        self.function().labels.truncate(n_labels);
    }

    fn block_of_statements(&mut self) {
        for _ in 0..3 {
            self.statement();
        }
    }

    /// What ends a block: a return, a break, or a jump to a loop's end.
    fn last_statement(&mut self) {
        let in_loop = !self.function().loops.is_empty();
        match self.rng.below(6) {
            0 if in_loop => self.line("break"),
            1 if in_loop => self.jump_to_end(),
            2 => {
                let call = self.call(2);
                self.line(&format!("return {call}"));
            }
            3 => self.line("return"),
            _ => {
                let list = self.list(2);
                self.line(&format!("return {list}"));
            }
        }
    }

    fn jump_to_end(&mut self) {
        match self.function().loops.last().cloned().flatten() {
            Some(label) => self.line(&format!("goto {label}")),
            None => self.line("break"),
        }
    }

    fn statement(&mut self) {
        self.n_left = self.n_left.saturating_sub(1);
        let is_deep = self.depth >= MAX_DEPTH || self.n_left == 0;
        let is_full = self.function().locals.len() >= MAX_LOCALS;
        match self.rng.below(if is_deep { 9 } else { 22 }) {
            0..=2 if !is_full => self.local(),
            3 if !is_full => self.closing(),
            0..=4 => self.assignment(),
            5 => {
                let call = self.call(2);
                self.line(&call);
            }
            6 => self.conditional_exit(),
            7 | 8 => self.setting(),
            9 => {
                self.line("do");
                self.block();
                self.line("end");
            }
            10 | 11 => self.conditional(),
            12 | 13 => self.numeric_loop(),
            14 | 15 => self.generic_loop(),
            16 => self.while_loop(),
            17 => self.repeat_loop(),
            18 => self.backward(),
            19 | 20 => self.local_function(),
            _ => self.coroutine(),
        }
    }

    fn local(&mut self) {
        let n = 1 + self.rng.below(3);
        let list = self.list(2);
        let attribute = if self.rng.one_in(8) { " <const>" } else { "" };
        let names: Vec<String> = (0..n).map(|_| self.fresh("v")).collect();
        let declared = names.join(&format!("{attribute}, "));
        if self.rng.one_in(8) && attribute.is_empty() {
            self.line(&format!("local {declared}"));
        } else {
            self.line(&format!("local {declared}{attribute} = {list}"));
        }
        for name in names {
            self.declare(&name, attribute.is_empty());
        }
    }

    /// A variable to be closed. What closes it may do anything a function does.
    fn closing(&mut self) {
        let name = self.fresh("c");
        let value = match self.rng.below(4) {
            0 => "nil".to_owned(),
            1 => "false".to_owned(),
            2 => {
                let body = self.function_body(&["self", "e"], false);
                format!("setmetatable({{}}, {{__close = {body}}})")
            }
            _ => "object".to_owned(),
        };
        let beside = if self.rng.one_in(3) { Some(self.fresh("v")) } else { None };
        let line = match &beside {
            Some(other) => format!("local {name} <close>, {other} = {value}, 1"),
            None => format!("local {name} <close> = {value}"),
        };
        self.line(&line);
        self.declare(&name, false);
        if let Some(other) = beside {
            self.declare(&other, true);
        }
    }

    fn assignment(&mut self) {
        let targets: Vec<String> = (0..1 + self.rng.below(2)).map(|_| self.target()).collect();
        let list = self.list(2);
        let targets = targets.join(", ");
        self.line(&format!("{targets} = {list}"));
    }

    fn target(&mut self) -> String {
        match self.rng.below(4) {
            0 => "g".to_owned(),
            1 => {
                let (object, key) = (self.variable(), self.expression(1));
                format!("{object}[{key}]")
            }
            2 => format!("{}.x", self.variable()),
            _ => {
                let names: Vec<String> = self
                    .functions
                    .iter()
                    .flat_map(|function| &function.locals)
                    .filter(|(_, may_assign)| *may_assign)
                    .map(|(name, _)| name.clone())
                    .collect();
                self.rng.pick(&names).cloned().unwrap_or_else(|| "g".to_owned())
            }
        }
    }

    /// Hands a function that sets a local to somebody who may call it at any time.
    fn setting(&mut self) {
        self.functions.push(Function::new(false));
        let target = self.target();
        self.functions.pop();
        self.line(&format!("handler = function(v) {target} = v end"));
    }

    fn conditional_exit(&mut self) {
        let condition = self.expression(1);
        let _ = write!(self.text, "if {condition} then ");
        let labels = self.function().labels.clone();
        let in_loop = !self.function().loops.is_empty();
        match (self.rng.below(3), self.rng.pick(&labels)) {
            (0, Some(label)) => self.line(&format!("goto {label} end")),
            (1, _) if in_loop => {
                self.jump_to_end();
                self.line("end");
            }
            _ => {
                let list = self.list(1);
                self.line(&format!("return {list} end"));
            }
        }
    }

    fn conditional(&mut self) {
        let condition = self.expression(2);
        self.line(&format!("if {condition} then"));
        self.block();
        if self.rng.one_in(3) {
            let condition = self.expression(1);
            self.line(&format!("elseif {condition} then"));
            self.block();
        }
        if self.rng.one_in(2) {
            self.line("else");
            self.block();
        }
        self.line("end");
    }

    /// Writes a loop's block, with a label at its end now and then.
    fn loop_block(&mut self, may_label: bool) {
        let label = if may_label && self.rng.one_in(2) { Some(self.fresh("l")) } else { None };
        self.function().loops.push(label.clone());
        // What ends a block cannot be followed by a label.
        self.line("do");
        self.block();
        self.line("end");
        self.function().loops.pop();
        if let Some(label) = label {
            self.line(&format!("::{label}::"));
        }
    }

    fn numeric_loop(&mut self) {
        let name = self.fresh("i");
        let bounds = match self.rng.below(6) {
            0 => "3, 1, -1".to_owned(),
            1 => "1.0, 2, 0.5".to_owned(),
            2 => "math.maxinteger - 1, math.maxinteger".to_owned(),
            3 => format!("1, {}", self.expression(1)),
            4 => "'1', 2".to_owned(),
            _ => "1, 3".to_owned(),
        };
        self.line(&format!("for {name} = {bounds} do"));
        let n_locals = self.function().locals.len();
        self.declare(&name, true);
        self.loop_block(true);
        self.function().locals.truncate(n_locals);
        self.line("end");
    }

    fn generic_loop(&mut self) {
        let names: Vec<String> = (0..1 + self.rng.below(3)).map(|_| self.fresh("k")).collect();
        let list = match self.rng.below(5) {
            0 => "pairs({1, 2, x = 3})".to_owned(),
            1 => "ipairs({4, 5})".to_owned(),
            2 => "next, {1, 2}, nil, object".to_owned(),
            3 => "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)".to_owned(),
            _ => self.list(2),
        };
        self.line(&format!("for {} in {list} do", names.join(", ")));
        let n_locals = self.function().locals.len();
        for name in &names {
            self.declare(name, true);
        }
        self.loop_block(true);
        self.function().locals.truncate(n_locals);
        self.line("end");
    }

    fn while_loop(&mut self) {
        let condition = self.expression(2);
        self.line(&format!("while {condition} do"));
        self.loop_block(true);
        self.line("end");
    }

    fn repeat_loop(&mut self) {
        self.line("repeat");
        let n_locals = self.function().locals.len();
        self.local();
        self.loop_block(false);
        // The condition sees the block's variables, and may capture them.
        let condition = if self.rng.one_in(2) {
            let name = self.variable();
            format!("pcall(function() return {name} end)")
        } else {
            self.expression(1)
        };
        self.function().locals.truncate(n_locals);
        self.line(&format!("until {condition}"));
    }

    /// A block that is jumped to the beginning of.
    fn backward(&mut self) {
        let label = self.fresh("b");
        self.line("do");
        self.line(&format!("::{label}::"));
        let n_locals = self.function().locals.len();
        self.function().labels.push(label.clone());
        self.local();
        self.statement();
        let condition = self.expression(1);
        self.line(&format!("if {condition} then goto {label} end"));
        self.function().labels.pop();
        self.function().locals.truncate(n_locals);
        self.line("end");
    }

    fn local_function(&mut self) {
        let name = self.fresh("f");
        if self.rng.one_in(4) {
            let body = self.function_body(&["self", "a"], self.rng.clone().one_in(2));
            self.line(&format!("g.{name} = {body}"));
            return;
        }
        if self.function().locals.len() < MAX_LOCALS {
            // It may call itself.
            self.declare(&name, true);
            let parameter = self.fresh("p");
            let is_vararg = self.rng.one_in(2);
            let body = self.function_body(&[&parameter], is_vararg);
            let rest = body.strip_prefix("function").unwrap_or_default().to_owned();
            self.line(&format!("local function {name}{rest}"));
        }
    }

    fn coroutine(&mut self) {
        let name = self.fresh("co");
        let body = self.function_body(&["a"], true);
        self.line(&format!("local {name} = coroutine.wrap({body})"));
        self.declare(&name, true);
        let list = self.list(1);
        self.line(&format!("pcall({name}, {list})"));
    }

    /// A function, as an expression.
    fn function_body(&mut self, parameters: &[&str], is_vararg: bool) -> String {
        let text = std::mem::take(&mut self.text);
        let mut function = Function::new(is_vararg);
        for parameter in parameters {
            function.locals.push(((*parameter).to_owned(), true));
        }
        self.functions.push(function);
        let dots = if is_vararg { ", ..." } else { "" };
        self.line(&format!("function({}{dots})", parameters.join(", ")));
        self.depth += 2;
        if self.functions.len() < 5 {
            self.block();
        }
        if self.rng.one_in(2) && self.text.ends_with("end\n") {
            let list = self.list(1);
            self.line(&format!("return {list}"));
        }
        self.depth -= 2;
        self.functions.pop();
        self.text.push_str("end");
        std::mem::replace(&mut self.text, text)
    }

    /// A name: a local of any function around, or a global.
    fn variable(&mut self) -> String {
        let names: Vec<String> = self
            .functions
            .iter()
            .flat_map(|function| &function.locals)
            .map(|(name, _)| name.clone())
            .collect();
        match self.rng.pick(&names) {
            // Locals of late, mostly.
            Some(_) if self.rng.one_in(3) => names[names.len() - 1].clone(),
            Some(name) if !self.rng.one_in(5) => name.clone(),
            _ => ["g", "object", "handler", "string"][self.rng.below(4)].to_owned(),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let mut items: Vec<String> =
            (0..1 + self.rng.below(3)).map(|_| self.expression(depth)).collect();
        match self.rng.below(4) {
            0 => items.push(self.call(depth)),
            1 if self.function().is_vararg => items.push("...".to_owned()),
            _ => {}
        }
        items.join(", ")
    }

    fn call(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        match self.rng.below(7) {
            0 => format!("{}:m({})", self.variable(), self.list(depth)),
            1 => format!("select('#', {})", self.list(depth)),
            2 => format!("pcall({}, {})", self.variable(), self.list(depth)),
            3 if self.rng.one_in(3) => format!("coroutine.yield({})", self.list(depth)),
            4 => format!("handler({})", self.list(depth)),
            _ => format!("{}({})", self.variable(), self.list(depth)),
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.simple();
        }
        let depth = depth - 1;
        match self.rng.below(14) {
            0 => {
                let op = ["+", "-", "*", "/", "//", "%", "&", "|", "~", "<<", ">>", "^"];
                let op = op[self.rng.below(op.len())];
                format!("({} {op} {})", self.expression(depth), self.expression(depth))
            }
            1 => format!("({} .. {} .. 'x')", self.expression(depth), self.expression(depth)),
            2 => {
                let op = ["==", "~=", "<", ">", "<=", ">="][self.rng.below(6)];
                format!("({} {op} {})", self.expression(depth), self.expression(depth))
            }
            3 => format!("({} and {})", self.expression(depth), self.expression(depth)),
            4 => format!("({} or {})", self.expression(depth), self.expression(depth)),
            5 => format!("not {}", self.expression(depth)),
            6 => {
                let op = ["-", "#", "~"][self.rng.below(3)];
                format!("{op}{}", self.variable())
            }
            7 => format!("{}.x", self.variable()),
            8 => format!("{}[{}]", self.variable(), self.expression(depth)),
            9 => format!("{{{}, x = {}}}", self.list(depth), self.expression(depth)),
            10 => format!("{{x = 1, {}}}", self.list(depth)),
            11 => self.call(depth),
            12 if self.depth < MAX_DEPTH && self.n_left > 0 => {
                let is_vararg = self.rng.one_in(3);
                format!("({})", self.function_body(&["a", "b"], is_vararg))
            }
            _ => self.simple(),
        }
    }

    fn simple(&mut self) -> String {
        let is_vararg = self.function().is_vararg;
        match self.rng.below(12) {
            0 => "nil".to_owned(),
            1 => "true".to_owned(),
            2 => "false".to_owned(),
            3 => self.rng.below(300).to_string(),
            4 => "1.5".to_owned(),
            5 => "'text'".to_owned(),
            6 if is_vararg => "(...)".to_owned(),
            7 => "{}".to_owned(),
            _ => self.variable(),
        }
    }
}

#[cfg(test)]
mod tests {
    use moonproof_bytecode::{OpCode, Proto};
    use moonproof_compiler::compile;
    use moonproof_verifier::check;

    use super::*;

    fn count(proto: &Proto, counts: &mut [usize; 83]) {
        for op in proto.code.iter().filter_map(|word| word.opcode()) {
            counts[op as usize] += 1;
        }
        for nested in &proto.protos {
            count(nested, counts);
        }
    }

    #[test]
    fn programs_compile_and_verify() {
        let mut counts = [0; 83];
        for seed in 0..2000 {
            let source = program(seed);
            let chunk = match compile(source.as_bytes(), b"=generated") {
                Ok(chunk) => chunk,
                Err(error) => panic!("{seed}: {}\n{source}", error.message().escape_ascii()),
            };
            if let Err(rejection) = check(&chunk) {
                panic!("{seed}: {rejection}\n{source}");
            }
            count(&chunk.main, &mut counts);
        }
        for op in [OpCode::Tbc, OpCode::Close, OpCode::TForCall, OpCode::TailCall, OpCode::Vararg] {
            assert!(counts[op as usize] > 500, "{op:?} occurs {} times", counts[op as usize]);
        }
    }

    #[test]
    fn a_seed_gives_one_program() {
        assert_eq!(program(7), program(7));
        assert_ne!(program(7), program(8));
    }
}
