//! `lua`: the stand-alone interpreter's command line, messages and exit codes (lua.c).
//!
//! A package of its own, so that the program `lua` maps only what it needs: as a part of the command
//! `moonproof` it starts slower and takes half a megabyte more.
#![forbid(unsafe_code)]

mod prompt;

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moonproof_bytecode::{header, load};
use moonproof_compiler::{compile, read_error, read_file, skip_shebang};
use moonproof_verifier::{VerifiedChunk, verify};
use moonproof_vm::Lua;

/// What `-v` says: the version that this command stands in for.
pub const VERSION: &str = "Lua 5.4.9  Copyright (C) 1994-2026 Lua.org, PUC-Rio";

/// Runs the command; the first argument is its name in messages. Returns the exit code. Mirrors
/// `main` and `pmain`.
pub fn run(args: &[OsString]) -> u8 {
    let name = match args.first() {
        Some(name) if !name.is_empty() => name.as_os_str(),
        _ => OsStr::new("lua"),
    };
    let options = match Options::parse(args) {
        Ok(options) => options,
        Err(bad_option) => {
            print_usage(name, bad_option);
            return 1;
        }
    };
    let lua = if options.ignore_environment { Lua::ignoring_environment() } else { Lua::new() };
    let mut session = Session { lua, name };
    session.lua.set_generational(true);
    session.lua.catch_sigint();
    session.lua.keep_environment();
    u8::from(session.run(args, &options).is_err())
}

/// What can be said of the arguments before anything is run.
struct Options {
    version: bool,
    interactive: bool,
    has_statements: bool,
    ignore_environment: bool,
    /// Index of the script among the arguments; 0 if there is none.
    script: usize,
}

impl Options {
    /// Mirrors `collectargs`. The error is the option that is none.
    fn parse(args: &[OsString]) -> Result<Self, &OsStr> {
        let mut options = Self {
            version: false,
            interactive: false,
            has_statements: false,
            ignore_environment: false,
            script: 0,
        };
        let mut at = 1;
        while let Some(arg) = args.get(at) {
            match arg.as_bytes() {
                b"--" => {
                    options.script = if at + 1 < args.len() { at + 1 } else { 0 };
                    return Ok(options);
                }
                b"-E" => options.ignore_environment = true,
                b"-W" => {}
                b"-i" => {
                    options.interactive = true;
                    options.version = true;
                }
                b"-v" => options.version = true,
                [b'-', letter @ (b'e' | b'l'), rest @ ..] => {
                    options.has_statements |= *letter == b'e';
                    if rest.is_empty() {
                        at += 1;
                        let operand = args.get(at).map(|operand| operand.as_bytes());
                        if operand.is_none_or(|operand| operand.starts_with(b"-")) {
                            return Err(arg);
                        }
                    }
                }
                [b'-', _, ..] => return Err(arg),
                // A script, or `-` for one from standard input.
                _ => {
                    options.script = at;
                    return Ok(options);
                }
            }
            at += 1;
        }
        Ok(options)
    }
}

/// Mirrors `print_usage`.
fn print_usage(name: &OsStr, bad_option: &OsStr) {
    let option = bad_option.as_bytes();
    let mut text = [name.as_bytes(), b": "].concat();
    if matches!(option, [_, b'e' | b'l', ..]) {
        text.extend_from_slice(&[b"'", option, b"' needs argument\n"].concat());
    } else {
        text.extend_from_slice(&[b"unrecognized option '", option, b"'\n"].concat());
    }
    text.extend_from_slice(&[b"usage: ", name.as_bytes(), USAGE.as_bytes()].concat());
    // There is nobody to tell if this fails.
    let _ = io::stderr().write_all(&text);
}

const USAGE: &str = " [options] [script [args]]
Available options are:
  -e stat   execute string 'stat'
  -i        enter interactive mode after executing 'script'
  -l mod    require library 'mod' into global 'mod'
  -l g=mod  require library 'mod' into global 'g'
  -v        show version information
  -E        ignore environment variables
  -W        turn warnings on
  --        stop handling options
  -         stop handling options and execute stdin
";

/// Something failed and was reported.
struct Failed;

struct Session<'a> {
    lua: Lua,
    name: &'a OsStr,
}

impl Session<'_> {
    /// Mirrors `pmain` from where the libraries are open.
    fn run(&mut self, args: &[OsString], options: &Options) -> Result<(), Failed> {
        if options.version {
            print_version();
        }
        self.set_arguments(args, options.script);
        if !options.ignore_environment {
            self.run_environment()?;
        }
        let n_options = if options.script > 0 { options.script } else { args.len() };
        self.run_options(args.get(1..n_options).unwrap_or_default())?;
        if options.script > 0 {
            self.run_script(args, options.script)?;
        }
        if options.interactive {
            prompt::run(&mut self.lua);
        } else if options.script == 0 && !options.has_statements && !options.version {
            if io::stdin().is_terminal() {
                print_version();
                prompt::run(&mut self.lua);
            } else {
                // Quirk: an error in it does not show in the exit code.
                let _ = self.run_file(None);
            }
        }
        Ok(())
    }

    /// Table `arg`. Mirrors `createargtable`.
    fn set_arguments(&mut self, args: &[OsString], script: usize) {
        let list: Vec<(i64, Vec<u8>)> = args
            .iter()
            .enumerate()
            .map(|(i, arg)| (i as i64 - script as i64, arg.as_bytes().to_vec()))
            .collect();
        self.lua.set_args(&list);
    }

    /// Mirrors `handle_luainit`.
    fn run_environment(&mut self) -> Result<(), Failed> {
        for name in ["LUA_INIT_5_4", "LUA_INIT"] {
            let Some(init) = std::env::var_os(name) else { continue };
            return match init.as_bytes() {
                [b'@', path @ ..] => self.run_file(Some(OsStr::from_bytes(path))),
                text => self.run_text(text, format!("={name}").as_bytes()),
            };
        }
        Ok(())
    }

    /// Runs what options ask to run. Mirrors `runargs`.
    fn run_options(&mut self, options: &[OsString]) -> Result<(), Failed> {
        let mut options = options.iter();
        while let Some(option) = options.next() {
            let (letter, operand) = match option.as_bytes() {
                [b'-', letter @ (b'e' | b'l')] => {
                    (*letter, options.next().map_or(&b""[..], |operand| operand.as_bytes()))
                }
                [b'-', letter, operand @ ..] => (*letter, operand),
                _ => continue,
            };
            match letter {
                b'e' => self.run_text(operand, b"=(command line)")?,
                b'l' => self.require(operand)?,
                b'W' => self.run_text(b"warn '@on'", b"=(command line)")?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Loads a library into a global variable. Mirrors `dolibrary`.
    fn require(&mut self, operand: &[u8]) -> Result<(), Failed> {
        let (global, module) = match operand.iter().position(|byte| *byte == b'=') {
            Some(at) => (&operand[..at], &operand[at + 1..]),
            None => (operand.split(|byte| *byte == b'-').next().unwrap_or_default(), operand),
        };
        self.lua.require_global(module, global).map_err(|error| self.report(&error.message))
    }

    /// Mirrors `handle_script`.
    fn run_script(&mut self, args: &[OsString], script: usize) -> Result<(), Failed> {
        let path = args[script].as_os_str();
        let is_stdin = path == "-" && args[script - 1] != "--";
        let chunk = self.load_file((!is_stdin).then_some(path))?;
        self.lua.run_script(chunk).map_err(|error| self.report(&error.message))
    }

    /// Loads and runs a file, or standard input.
    fn run_file(&mut self, path: Option<&OsStr>) -> Result<(), Failed> {
        let chunk = self.load_file(path)?;
        self.run_chunk(chunk)
    }

    /// Loads a file, or standard input (`luaL_loadfile`).
    fn load_file(&mut self, path: Option<&OsStr>) -> Result<VerifiedChunk, Failed> {
        let read = match path {
            Some(path) => read_file(Path::new(path)),
            None => read_stdin(),
        };
        let bytes = read.map_err(|message| self.report(&message))?;
        let name = match path {
            Some(path) => [b"@", path.as_bytes()].concat(),
            None => b"=stdin".to_vec(),
        };
        load_verified(&skip_shebang(&bytes), &name).map_err(|message| self.report(&message))
    }

    /// Loads and runs a source or chunk.
    fn run_text(&mut self, text: &[u8], chunk_name: &[u8]) -> Result<(), Failed> {
        let chunk = load_verified(text, chunk_name).map_err(|message| self.report(&message))?;
        self.run_chunk(chunk)
    }

    fn run_chunk(&mut self, chunk: VerifiedChunk) -> Result<(), Failed> {
        let outcome = self.lua.run(chunk, &[]);
        outcome.map_err(|error| self.report(&error.message))
    }

    /// Mirrors `report`.
    fn report(&self, message: &[u8]) -> Failed {
        let text = [self.name.as_bytes(), b": ", message, b"\n"].concat();
        let _ = io::stderr().write_all(&text);
        Failed
    }
}

fn read_stdin() -> Result<Vec<u8>, Vec<u8>> {
    let mut bytes = Vec::new();
    match io::stdin().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(read_error("read", Path::new("stdin"), &error)),
    }
}

/// A function from source or chunk, or the message why there is none.
fn load_verified(text: &[u8], chunk_name: &[u8]) -> Result<VerifiedChunk, Vec<u8>> {
    let chunk = if text.first() == Some(&header::SIGNATURE[0]) {
        load(text).map_err(|error| error.message(chunk_name))?
    } else {
        compile(text, chunk_name).map_err(|error| error.message().to_vec())?
    };
    verify(chunk).map_err(|rejection| rejection.message(chunk_name))
}

fn print_version() {
    let _ = writeln!(io::stdout(), "{VERSION}");
}
