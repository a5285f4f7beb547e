//! `luac`: its command line, output, messages and exit codes (luac.c).

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moonproof_bytecode::listing::{Detail, list};
use moonproof_bytecode::{ByteString, Chunk, Strip, dump_function, header, load};
use moonproof_compiler::{compile, read_error, read_file, skip_shebang};
use moonproof_lua::VERSION;

use crate::io::{stdout, stdout_is_terminal, write_stdout};

const PROGRAM: &str = "luac";
const OUTPUT: &str = "luac.out";

/// Runs the command; the first argument is its name in messages. Returns the exit code.
pub(crate) fn main(args: &[OsString]) -> u8 {
    let name = match args.first() {
        Some(name) if !name.is_empty() => name.as_os_str(),
        _ => OsStr::new(PROGRAM),
    };
    match Options::parse(args).and_then(|options| options.map_or(Ok(()), |o| run(&o))) {
        Ok(()) => 0,
        Err(stop) => {
            let mut text = name.as_bytes().to_vec();
            text.extend_from_slice(b": ");
            text.extend_from_slice(&stop.message);
            text.push(b'\n');
            if stop.is_usage {
                text.extend_from_slice(b"usage: ");
                text.extend_from_slice(name.as_bytes());
                text.extend_from_slice(USAGE.as_bytes());
            }
            // There is nobody to tell if this fails.
            let _ = io::stderr().write_all(&text);
            1
        }
    }
}

const USAGE: &str = " [options] [filenames]
Available options are:
  -l       list (use -l -l for full listing)
  -o name  output to file 'name' (default is \"luac.out\")
  -p       parse only
  -s       strip debug information
  -v       show version information
  --       stop handling options
  -        stop handling options and process stdin
";

/// Why the command ends early.
struct Stop {
    message: Vec<u8>,
    is_usage: bool,
}

/// Mirrors `fatal`.
fn fatal(message: impl Into<Vec<u8>>) -> Stop {
    Stop { message: message.into(), is_usage: false }
}

/// Mirrors `cannot`.
fn cannot(what: &str, output: &OsStr, error: &io::Error) -> Stop {
    fatal(read_error(what, Path::new(output), error))
}

/// Mirrors `usage`.
fn usage(message: impl Into<Vec<u8>>) -> Stop {
    Stop { message: message.into(), is_usage: true }
}

struct Options<'a> {
    listing: usize,
    dumping: bool,
    strip: Strip,
    /// `None` for standard output.
    output: Option<&'a OsStr>,
    inputs: Vec<&'a OsStr>,
}

impl<'a> Options<'a> {
    /// Mirrors `doargs`. `Ok(None)` means that there is nothing more to do.
    fn parse(args: &'a [OsString]) -> Result<Option<Self>, Stop> {
        let mut options = Self {
            listing: 0,
            dumping: true,
            strip: Strip::Nothing,
            output: Some(OsStr::new(OUTPUT)),
            inputs: Vec::new(),
        };
        let mut n_version = 0;
        let mut at = 1;
        while let Some(arg) = args.get(at) {
            match arg.as_bytes() {
                b"--" => {
                    at += 1;
                    if n_version > 0 {
                        n_version += 1;
                    }
                    break;
                }
                b"-" => break,
                b"-l" => options.listing += 1,
                b"-o" => {
                    at += 1;
                    let output = args.get(at).map(|output| output.as_os_str());
                    options.output = match output.map(OsStrExt::as_bytes) {
                        None | Some(b"") => return Err(usage("'-o' needs argument")),
                        Some(b"-") => None,
                        Some([b'-', ..]) => return Err(usage("'-o' needs argument")),
                        Some(_) => output,
                    };
                }
                b"-p" => options.dumping = false,
                b"-s" => options.strip = Strip::DebugInfo,
                b"-v" => n_version += 1,
                [b'-', ..] => {
                    let message = [b"unrecognized option '", arg.as_bytes(), b"'"].concat();
                    return Err(usage(message));
                }
                _ => break,
            }
            at += 1;
        }
        options.inputs = args.iter().skip(at).map(OsString::as_os_str).collect();
        if options.inputs.is_empty() && (options.listing > 0 || !options.dumping) {
            options.dumping = false;
            options.inputs.push(OsStr::new(OUTPUT));
        }
        if n_version > 0 {
            write_stdout(format!("{VERSION}\n").as_bytes())
                .map_err(|error| cannot("write", OsStr::new("stdout"), &error))?;
            if n_version == args.len().saturating_sub(1) {
                return Ok(None);
            }
        }
        if options.inputs.is_empty() {
            return Err(usage("no input files given"));
        }
        Ok(Some(options))
    }
}

/// Mirrors `pmain`.
fn run(options: &Options<'_>) -> Result<(), Stop> {
    let chunks: Result<Vec<Chunk>, Stop> =
        options.inputs.iter().map(|name| load_file(name)).collect();
    let chunk = combine(chunks?)?;
    if options.listing > 0 {
        let detail = if options.listing > 1 { Detail::Full } else { Detail::Code };
        print_listing(&chunk, detail)?;
    }
    if options.dumping {
        write_output(options, &chunk)?;
    }
    Ok(())
}

fn print_listing(chunk: &Chunk, detail: Detail) -> Result<(), Stop> {
    let named;
    let chunk = if chunk.main.protos.iter().all(|proto| proto.source.is_some()) {
        chunk
    } else {
        named = with_sources(chunk);
        &named
    };
    let mut out = stdout();
    match list(&mut out, chunk, detail).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(cannot("write", OsStr::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}

/// What was loaded without a source has none even inside a combined chunk, as long as that is in
/// the reference's memory, and is listed so.
fn with_sources(chunk: &Chunk) -> Chunk {
    let mut chunk = chunk.clone();
    if chunk.main.source.as_deref() == Some(COMBINED.as_bytes()) {
        for proto in &mut chunk.main.protos {
            proto.source.get_or_insert_with(|| ByteString::from("=?"));
        }
    }
    chunk
}

/// A file or standard input, as `luaL_loadfile` loads it.
fn load_file(name: &OsStr) -> Result<Chunk, Stop> {
    let (bytes, chunk_name) = if name == "-" {
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| fatal(read_error("read", Path::new("stdin"), &error)))?;
        (bytes, b"=stdin".to_vec())
    } else {
        (read_file(Path::new(name)).map_err(fatal)?, [b"@", name.as_bytes()].concat())
    };
    let text = skip_shebang(&bytes);
    if text.first() == Some(&header::SIGNATURE[0]) {
        load(&text).map_err(|error| fatal(error.message(&chunk_name)))
    } else {
        compile(&text, &chunk_name).map_err(|error| fatal(error.message()))
    }
}

/// Source of a chunk made of several.
const COMBINED: &str = "=(luac)";
/// What the main function of such a chunk does, once for each.
const CALL: &str = "(function()end)();\n";

/// One chunk that runs all of them in turn. Mirrors `combine`: it is compiled from as many calls of
/// empty functions, which are then replaced.
fn combine(mut chunks: Vec<Chunk>) -> Result<Chunk, Stop> {
    if chunks.len() == 1
        && let Some(chunk) = chunks.pop()
    {
        return Ok(chunk);
    }
    let source = CALL.repeat(chunks.len());
    let mut all =
        compile(source.as_bytes(), COMBINED.as_bytes()).map_err(|error| fatal(error.message()))?;
    for (slot, chunk) in all.main.protos.iter_mut().zip(chunks) {
        *slot = chunk.main;
        // Quirk: the first upvalue, whatever it is, becomes the first of the function around.
        if let Some(upvalue) = slot.upvalues.first_mut() {
            upvalue.in_stack = 0;
        }
    }
    Ok(all)
}

fn write_output(options: &Options<'_>, chunk: &Chunk) -> Result<(), Stop> {
    let bytes = dump_function(&chunk.main, chunk.main.source.as_ref(), options.strip);
    match options.output {
        None if stdout_is_terminal() => Err(fatal("refusing to write binary data to a terminal")),
        None => write_stdout(&bytes).map_err(|error| cannot("write", OsStr::new("stdout"), &error)),
        Some(path) => {
            let mut file = File::create(path).map_err(|error| cannot("open", path, &error))?;
            file.write_all(&bytes).map_err(|error| cannot("write", path, &error))
        }
    }
}
