//! The prompt of `lua`: reads lines, runs them, prints what they return (`doREPL`, lua.c).
//!
//! On a terminal lines can be edited and called back; otherwise they are read as they come.

use std::io::{self, BufRead, IsTerminal, Write};

use moonproof_bytecode::{Chunk, OpCode};
use moonproof_compiler::compile;
use moonproof_vm::Lua;
use rustyline::DefaultEditor;
use rustyline::error::{ReadlineError, Signal};

use super::lua::load_verified;

const CHUNK_NAME: &[u8] = b"=stdin";

/// Reads and runs until the input ends.
pub(super) fn run(lua: &mut Lua) {
    let mut lines = Lines::new();
    while let Some(line) = lines.next(Prompt::First) {
        if let Err(message) = run_line(lua, &mut lines, line) {
            // Without a name in front, as in the reference.
            let _ = io::stderr().write_all(&[&message[..], b"\n"].concat());
        }
    }
    let _ = writeln!(io::stdout());
}

/// Runs a line and those that complete it.
fn run_line(lua: &mut Lua, lines: &mut Lines, line: String) -> Result<(), Vec<u8>> {
    let line = match line.strip_prefix('=') {
        Some(expression) => format!("return {expression}"),
        None => line,
    };
    let text = if compile(format!("return {line};").as_bytes(), CHUNK_NAME).is_ok() {
        lines.remember(&line);
        print_results_of(&line)
    } else {
        let (text, chunk) = complete(lines, line);
        lines.remember(&text);
        if chunk.is_some_and(|chunk| returns_values(&chunk)) {
            print_results_of(&format!("(function(...) {text}\nend)(...)"))
        } else {
            text
        }
    };
    let chunk = load_verified(text.as_bytes(), CHUNK_NAME)?;
    lua.run(chunk, &[]).map_err(|error| error.message)
}

/// A text that prints the results of an expression list, if there are any. Errors in it have the
/// same place and traceback as if it stood alone.
fn print_results_of(expressions: &str) -> String {
    format!("(function(...) if select('#', ...) > 0 then print(...) end end)({expressions}\n)")
}

/// Reads more lines until the statement is complete, or wrong, or input ends. Mirrors `multiline`.
fn complete(lines: &mut Lines, mut text: String) -> (String, Option<Chunk>) {
    loop {
        match compile(text.as_bytes(), CHUNK_NAME) {
            Ok(chunk) => return (text, Some(chunk)),
            Err(error) if !error.is_incomplete() => return (text, None),
            Err(_) => match lines.next(Prompt::Continuation) {
                Some(line) => text = format!("{text}\n{line}"),
                None => return (text, None),
            },
        }
    }
}

/// Whether a chunk may return something.
fn returns_values(chunk: &Chunk) -> bool {
    chunk.main.code.iter().any(|word| match word.opcode() {
        Some(OpCode::Return1 | OpCode::TailCall) => true,
        Some(OpCode::Return) => word.b() != 1,
        _ => false,
    })
}

#[derive(Clone, Copy)]
enum Prompt {
    First,
    Continuation,
}

impl Prompt {
    fn text(self) -> &'static str {
        match self {
            Self::First => "> ",
            Self::Continuation => ">> ",
        }
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
    fn next(&mut self, prompt: Prompt) -> Option<String> {
        match self {
            Self::Terminal(editor) => loop {
                match editor.readline(prompt.text()) {
                    Ok(line) => return Some(line),
                    Err(ReadlineError::Signal(Signal::Resize)) => {}
                    Err(_) => return None,
                }
            },
            Self::Pipe => {
                print!("{}", prompt.text());
                let _ = io::stdout().flush();
                let mut line = Vec::new();
                match io::stdin().lock().read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => None,
                    Ok(_) => {
                        if line.last() == Some(&b'\n') {
                            line.pop();
                        }
                        Some(String::from_utf8_lossy(&line).into_owned())
                    }
                }
            }
        }
    }

    fn remember(&mut self, line: &str) {
        if let Self::Terminal(editor) = self
            && !line.is_empty()
        {
            let _ = editor.add_history_entry(line);
        }
    }
}
