//! The command line of `moonproof`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ValueEnum;

/// Lua 5.4 bytecode: compile, list, verify, run, and compare with the reference.
#[derive(Debug, clap::Parser)]
#[command(name = "moonproof", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Compare compiled bytes, listing and behaviour with the reference Lua.
    Check(CheckArgs),
    /// Run scripts and chunks as `lua` does, with its command line.
    #[command(disable_help_flag = true)]
    Lua(PassedOn),
    /// Compile and list as `luac` does, with its command line.
    #[command(disable_help_flag = true)]
    Luac(PassedOn),
    /// Verify chunks, and say what is wrong with them.
    Verify(VerifyArgs),
    /// Explain a rule of the verifier.
    Explain(ExplainArgs),
    /// List a source or chunk.
    List(ListArgs),
    /// Make a chunk of the text that `list --asm` prints, or that was written by hand.
    Asm(AsmArgs),
    /// Show what differs between two sources or chunks, function by function.
    Diff(DiffArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct PassedOn {
    /// Arguments of that command.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<OsString>,
}

/// How a comparison is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    Json,
    Junit,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Lua files, folders with such files, or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Compare what the files compile to, and do not run them.
    #[arg(long)]
    pub(crate) no_run: bool,
    /// Files compared at the same time; by default, one for each processor.
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZero<usize>>,
    /// Seconds that a file may take to compile, or to run.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub(crate) timeout: f64,
    /// How to tell the result.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
}

/// A length of time that makes sense.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(seconds),
        _ => Err("expected a number of seconds above zero".to_owned()),
    }
}

/// How rejections are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    Human,
    Json,
    Sarif,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Chunks, sources, or chunks as text (*.luasm, as `asm` reads it); - for standard input, which
    /// is no text.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How to tell the result.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Human)]
    pub(crate) format: VerifyFormat,
    /// Verify one chunk by means of its certificate, in one look at each instruction. Whatever is in
    /// it, no chunk passes that would not without it.
    #[arg(long, value_name = "CERTIFICATE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Write the certificate of one chunk, if it verifies.
    #[arg(long, value_name = "CERTIFICATE", conflicts_with = "certificate")]
    pub(crate) certify: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A rule, such as S2; without one, all rules are named.
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// A source, a chunk, or a chunk as text (*.luasm, as `asm` reads it); - for standard input,
    /// which is no text.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only the code: no constants, local variables and upvalues.
    #[arg(long, conflicts_with = "cfg")]
    pub(crate) code: bool,
    /// The control-flow graph of each function, as DOT.
    #[arg(long)]
    pub(crate) cfg: bool,
    /// A text that says everything in the chunk, from which `asm` makes the same bytes.
    #[arg(long, conflicts_with_all = ["cfg", "code"])]
    pub(crate) asm: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AsmArgs {
    /// A text, or - for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where the chunk goes; by default, to standard output if that is no terminal.
    #[arg(long, short, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// A source, a chunk, or a chunk as text (*.luasm, as `asm` reads it).
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Another one.
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
}
