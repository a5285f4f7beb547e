//! `diff`: what differs between two sources or chunks, function by function.

use std::path::Path;

use moonproof_bytecode::listing::{Detail, list};
use moonproof_bytecode::{Chunk, Proto};
use moonproof_oracle::diff::unified_between;

use crate::args::DiffArgs;
use crate::io::{Failure, Input};
use crate::report;

/// Compares two files.
pub(crate) fn run(args: &DiffArgs) -> Result<bool, Failure> {
    let (a, b) = (read(&args.a)?, read(&args.b)?);
    if a == b {
        return Ok(true);
    }
    let mut differences =
        Differences { names: [args.a.display().to_string(), args.b.display().to_string()], n: 0 };
    if a.n_upvalues != b.n_upvalues {
        differences
            .note(&format!("upvalues of the main closure: {} and {}", a.n_upvalues, b.n_upvalues));
    }
    differences.functions(&a.main, &b.main, "main function");
    Ok(differences.n == 0)
}

fn read(path: &Path) -> Result<Chunk, Failure> {
    let input = Input::read_any_form(path)?;
    match input.chunk() {
        Ok(loaded) => {
            let mut chunk = loaded.chunk;
            // That the files have different names is no news.
            chunk.main.source = None;
            Ok(chunk)
        }
        Err(refusal) => Err(Failure::Message(report::harmless(&refusal.describe(&input.name)))),
    }
}

struct Differences {
    names: [String; 2],
    n: usize,
}

impl Differences {
    fn note(&mut self, text: &str) {
        anstream::println!("{}", report::strong(text));
        self.n += 1;
    }

    /// Compares two functions and those nested in them, pair by pair.
    fn functions(&mut self, a: &Proto, b: &Proto, name: &str) {
        let (text_a, text_b) = (own_listing(a), own_listing(b));
        if text_a != text_b {
            let lines = format!("lines {}-{}", a.line_defined, a.last_line_defined);
            self.note(&format!("{name} ({lines})"));
            let [name_a, name_b] = &self.names;
            let diff = unified_between(&text_a, name_a, &text_b, name_b);
            anstream::print!("{}", report::diff(&report::harmless(&diff)));
        } else if own_part(a) != own_part(b) {
            self.note(&format!("{name}: the listings are equal, but not all that is behind them"));
        }
        let inner_name = |i: usize| match name.strip_prefix("function ") {
            Some(path) => format!("function {path}.{i}"),
            None => format!("function {i}"),
        };
        for (i, (a, b)) in a.protos.iter().zip(&b.protos).enumerate() {
            self.functions(a, b, &inner_name(i));
        }
        let n_common = a.protos.len().min(b.protos.len());
        for (protos, file) in [(&a.protos, 0), (&b.protos, 1)] {
            for (i, proto) in protos.iter().enumerate().skip(n_common) {
                let lines = format!("lines {}-{}", proto.line_defined, proto.last_line_defined);
                let text = format!("{} ({lines}): only in {}", inner_name(i), self.names[file]);
                self.note(&text);
            }
        }
    }
}

/// The function without those nested in it.
fn own_part(proto: &Proto) -> Proto {
    Proto { protos: Vec::new(), ..proto.clone() }
}

/// The listing of the function alone, in which nested functions have no addresses.
fn own_listing(proto: &Proto) -> Vec<u8> {
    let chunk = Chunk { n_upvalues: 0, main: own_part(proto) };
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = list(&mut text, &chunk, Detail::Full);
    text
}
