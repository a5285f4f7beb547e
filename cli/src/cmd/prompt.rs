//! The prompt of `lua`: reads lines, runs them, prints what they return (`doREPL`, lua.c).
//!
//! On a terminal lines can be edited and called back; otherwise they are read as they come.

use std::io::{self, IsTerminal, Write};

use moonproof_compiler::compile;
use moonproof_vm::Lua;
use rustyline::DefaultEditor;
use rustyline::error::{ReadlineError, Signal};

use super::lua::load_verified;

const CHUNK_NAME: &[u8] = b"=stdin";

/// Reads and runs until the input ends.
pub(super) fn run(lua: &mut Lua) {
    let mut lines = Lines::new();
    while let Some(line) = lines.next(lua, Prompt::First) {
        if let Err(message) = run_line(lua, &mut lines, line) {
            // Without a name in front, as in the reference.
            let _ = io::stderr().write_all(&[&message[..], b"\n"].concat());
        }
    }
    let _ = writeln!(io::stdout());
}

/// Runs a line and those that complete it, and prints the results.
fn run_line(lua: &mut Lua, lines: &mut Lines, line: Vec<u8>) -> Result<(), Vec<u8>> {
    let line = match line.strip_prefix(b"=") {
        Some(expression) => [b"return ", expression].concat(),
        None => line,
    };
    let as_expression = [b"return ", &line[..], b";"].concat();
    let text = if compile(&as_expression, CHUNK_NAME).is_ok() {
        lines.remember(&line);
        as_expression
    } else {
        let text = complete(lua, lines, line);
        lines.remember(&text);
        text
    };
    let chunk = load_verified(&text, CHUNK_NAME)?;
    lua.run_and_print(chunk).map_err(|error| error.message)
}

/// Reads more lines until the statement is complete, or wrong, or input ends. Mirrors `multiline`.
fn complete(lua: &mut Lua, lines: &mut Lines, mut text: Vec<u8>) -> Vec<u8> {
    while compile(&text, CHUNK_NAME).is_err_and(|error| error.is_incomplete()) {
        let Some(line) = lines.next(lua, Prompt::Continuation) else { break };
        text = [&text[..], b"\n", &line].concat();
    }
    text
}

#[derive(Clone, Copy)]
enum Prompt {
    First,
    Continuation,
}

impl Prompt {
    /// What a script has set, or the default (`get_prompt`).
    fn text(self, lua: &mut Lua) -> Vec<u8> {
        let (variable, default) = match self {
            Self::First => ("_PROMPT", "> "),
            Self::Continuation => ("_PROMPT2", ">> "),
        };
        lua.global_text(variable).unwrap_or_else(|| default.as_bytes().to_vec())
    }
}

/// Where lines come from.
enum Lines {
    Terminal(Box<DefaultEditor>),
    Pipe,
}

impl Lines {
    fn new() -> Self {
        let editor = if io::stdin().is_terminal() { DefaultEditor::new().ok() } else { None };
        editor.map_or(Self::Pipe, |editor| Self::Terminal(Box::new(editor)))
    }

    /// The next line without its end; none when there are no more.
    fn next(&mut self, lua: &mut Lua, prompt: Prompt) -> Option<Vec<u8>> {
        let prompt = prompt.text(lua);
        match self {
            Self::Terminal(editor) => loop {
                match editor.readline(&*String::from_utf8_lossy(&prompt)) {
                    Ok(line) => return Some(line.into_bytes()),
                    Err(ReadlineError::Signal(Signal::Resize)) => {}
                    Err(_) => return None,
                }
            },
            Self::Pipe => {
                let _ = io::stdout().write_all(&prompt);
                let _ = io::stdout().flush();
                let mut line = lua.read_line()?;
                if line.last() == Some(&b'\n') {
                    line.pop();
                }
                Some(line)
            }
        }
    }

    fn remember(&mut self, line: &[u8]) {
        if let Self::Terminal(editor) = self
            && !line.is_empty()
        {
            let _ = editor.add_history_entry(String::from_utf8_lossy(line).as_ref());
        }
    }
}
