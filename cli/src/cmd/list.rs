//! `list`: the listing or control-flow graph of a source or chunk.

use std::io::Write;

use moonproof_bytecode::asm::disassemble_chunk;
use moonproof_bytecode::listing::{Detail, list};

use crate::args::ListArgs;
use crate::cfg;
use crate::io::{Failure, Input, Loaded, stdout};

/// Lists a file.
pub(crate) fn run(args: &ListArgs) -> Result<bool, Failure> {
    let input = Input::read_any_form(&args.file)?;
    let Loaded { chunk, bytes, .. } = match input.chunk() {
        Ok(loaded) => loaded,
        Err(refusal) => {
            anstream::eprintln!("{}", crate::report::harmless(&refusal.describe(&input.name)));
            return Ok(false);
        }
    };
    let mut out = stdout();
    if args.asm {
        disassemble_chunk(&mut out, &chunk, bytes.as_deref())?;
    } else if args.cfg {
        cfg::write_dot(&mut out, &chunk)?;
    } else {
        let detail = if args.code { Detail::Code } else { Detail::Full };
        list(&mut out, &chunk, detail)?;
    }
    out.flush()?;
    Ok(true)
}
