//! How many bytes of resident memory an object of each kind takes.
//!
//! A script keeps many objects alive in an array. Its peak less that of an array of `true` is what
//! the objects took, with all that allocators add.

use serde_json::json;

use moonproof_tests::corpus;

use crate::Format;
use crate::engine::Engine;

const SCRIPT: &str = "benchmarks/memory/objects.lua";
/// The kind that takes nothing.
const NOTHING: &str = "nothing";

/// Which objects, how many, and how results are told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Kinds of objects that contain this text; by default all.
    #[arg(default_value = "", value_name = "TEXT")]
    kind: String,
    /// How many objects are alive.
    #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// How results are told.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Measures every kind under both sides.
pub(crate) fn main(options: &Options) -> Result<bool, String> {
    moonproof_reference::check()?;
    std::env::set_current_dir(corpus::root()).map_err(|error| error.to_string())?;
    let [reference, ours] = Engine::both()?;
    let listed = reference.run(&[SCRIPT])?.output;
    let listed = String::from_utf8_lossy(&listed);
    let kinds = listed.lines().filter(|kind| *kind != NOTHING && kind.contains(&options.kind));
    let base = [peak(&reference, NOTHING, options)?, peak(&ours, NOTHING, options)?];
    let mut rows = Vec::new();
    let is_table = options.format == Format::Table;
    if is_table {
        println!("{:26} {:>9} {:>9} {:>6}", "bytes for each", "reference", "moonproof", "ratio");
    }
    for kind in kinds {
        let each = |engine, base| {
            Ok::<_, String>((peak(engine, kind, options)? - base) / f64::from(options.count))
        };
        let (theirs, own) = (each(&reference, base[0])?, each(&ours, base[1])?);
        if is_table {
            println!("{kind:26} {theirs:9.0} {own:9.0} {:6.2}", own / theirs);
        }
        rows.push(json!({
            "kind": kind, "reference": theirs, "moonproof": own, "ratio": own / theirs,
        }));
    }
    if !is_table {
        println!("{:#}", json!({ "count": options.count, "bytes_for_each": rows }));
    }
    Ok(true)
}

/// Peak memory with so many objects of a kind, in bytes.
fn peak(engine: &Engine, kind: &str, options: &Options) -> Result<f64, String> {
    let run = engine.run(&[SCRIPT, kind, &options.count.to_string()])?;
    Ok(run.usage.megabytes * 1024.0 * 1024.0)
}
