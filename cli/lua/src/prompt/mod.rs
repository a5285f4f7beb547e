//! The prompt of `lua`: reads lines, runs them, prints what they return (`doREPL`, lua.c).
//!
//! On a terminal lines can be edited, completed and called back, Ctrl-C drops what was typed, and
//! Ctrl-D leaves; otherwise lines are read as they come.

mod completion;
mod history;

use std::io::{self, IsTerminal, Write};

use moonproof_compiler::compile;
use moonproof_vm::Lua;
use rustyline::config::{CompletionType, Config};
use rustyline::error::{ReadlineError, Signal};
use rustyline::history::FileHistory;

use super::load_verified;
use completion::Names;
use history::History;

const CHUNK_NAME: &[u8] = b"=stdin";

/// Reads and runs until the input ends.
pub(super) fn run(lua: &mut Lua) {
    let mut lines = Lines::new(lua);
    loop {
        let outcome = match lines.next(lua, Prompt::First) {
            Input::Line(line) => run_line(lua, &mut lines, line),
            Input::Dropped => Ok(()),
            Input::End => break,
        };
        if let Err(message) = outcome {
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
        let Some(text) = complete(lua, lines, line) else { return Ok(()) };
        lines.remember(&text);
        text
    };
    let chunk = load_verified(&text, CHUNK_NAME)?;
    lua.run_and_print(chunk).map_err(|error| error.message)
}

/// Reads more lines until the statement is complete, or wrong, or input ends; `None` if it is
/// dropped. Mirrors `multiline`.
fn complete(lua: &mut Lua, lines: &mut Lines, mut text: Vec<u8>) -> Option<Vec<u8>> {
    while compile(&text, CHUNK_NAME).is_err_and(|error| error.is_incomplete()) {
        match lines.next(lua, Prompt::Continuation) {
            Input::Line(line) => text = [&text[..], b"\n", &line].concat(),
            Input::Dropped => return None,
            Input::End => break,
        }
    }
    Some(text)
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

/// What reading a line comes to.
enum Input {
    /// A line without its end.
    Line(Vec<u8>),
    /// The user has thought better of it.
    Dropped,
    End,
}

type Editor = rustyline::Editor<Names, FileHistory>;

/// Where lines come from.
enum Lines {
    Terminal { editor: Box<Editor>, history: History },
    Pipe,
}

impl Lines {
    fn new(lua: &Lua) -> Self {
        let editor = if io::stdin().is_terminal() { editor(lua).ok() } else { None };
        editor.map_or(Self::Pipe, |mut editor| {
            let history = History::load(&mut editor);
            Self::Terminal { editor: Box::new(editor), history }
        })
    }

    fn next(&mut self, lua: &mut Lua, prompt: Prompt) -> Input {
        let prompt = prompt.text(lua);
        match self {
            Self::Terminal { editor, .. } => loop {
                match editor.readline(&*String::from_utf8_lossy(&prompt)) {
                    Ok(line) => return Input::Line(line.into_bytes()),
                    Err(ReadlineError::Signal(Signal::Resize)) => {}
                    Err(ReadlineError::Interrupted) => return Input::Dropped,
                    Err(_) => return Input::End,
                }
            },
            Self::Pipe => {
                let _ = io::stdout().write_all(&prompt);
                let _ = io::stdout().flush();
                let Some(mut line) = lua.read_line() else { return Input::End };
                if line.last() == Some(&b'\n') {
                    line.pop();
                }
                Input::Line(line)
            }
        }
    }

    fn remember(&mut self, entry: &[u8]) {
        if let Self::Terminal { editor, history } = self
            && !entry.is_empty()
        {
            history.add(editor, &String::from_utf8_lossy(entry));
        }
    }
}

fn editor(lua: &Lua) -> rustyline::Result<Editor> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(history::MAX_ENTRIES)?
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Names::new(lua.clone())));
    Ok(editor)
}
