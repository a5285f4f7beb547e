//! The programs of `benchmarks/`: which there are, and what each is about.
//!
//! Every program prints what it computed, so that engines can be compared. It takes one argument:
//! how much work to do. Without it, it does what is measured; with `1`, what tests have time for.

use std::path::{Path, PathBuf};

use crate::corpus::files;

/// The argument with which tests run programs.
pub const SMALLEST: &str = "1";

/// What a program mostly spends its time with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Calling: functions, methods, metamethods, coroutines, protected calls.
    Calls,
    /// Arithmetic in registers and arrays of numbers.
    Numeric,
    /// Reading and writing tables, and iterating over them.
    Tables,
    /// Making, searching and taking apart strings.
    Strings,
    /// Allocating, and collecting what has become garbage.
    Collection,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 5] =
        [Self::Calls, Self::Numeric, Self::Tables, Self::Strings, Self::Collection];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Numeric => "numeric",
            Self::Tables => "tables",
            Self::Strings => "strings",
            Self::Collection => "collection",
        }
    }

    /// The programs of this class, by the names of their files.
    pub fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Calls => &[
                "brainfuck",
                "closures",
                "coroutine",
                "errors",
                "events",
                "fib",
                "metamethods",
                "oop",
                "pcall",
                "permutations",
                "proxies",
                "recursion",
                "richards",
                "scheduler",
                "stackvm",
                "tailcalls",
                "varargs",
            ],
            Self::Numeric => &[
                "bigint",
                "cloth",
                "crc32",
                "fannkuch",
                "floyd",
                "gotoloops",
                "loop_float",
                "loop_int",
                "mandelbrot",
                "matmul",
                "nbody",
                "raytrace",
                "sha256",
                "spectral",
            ],
            Self::Tables => &[
                "dijkstra",
                "fields",
                "floodfill",
                "flowgraph",
                "globals",
                "hashes",
                "iter",
                "life",
                "lru",
                "queens",
                "records",
                "sieve",
                "sort",
                "sort_cmp",
                "sudoku",
                "tinsert",
            ],
            Self::Strings => &[
                "base64",
                "buffers",
                "bytes",
                "editdistance",
                "formats",
                "json",
                "keys",
                "knucleotide",
                "lexer_bytes",
                "lexer_patterns",
                "lzw",
                "strcat",
                "strformat",
                "strpat",
                "templates",
                "utf8text",
                "wordcount",
            ],
            Self::Collection => {
                &["binarytrees", "churn", "gcclosures", "gcstrings", "liveheap", "tblnew", "weak"]
            }
        }
    }
}

/// A program, and the group that its figures are averaged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The file's name without its ending.
    pub name: String,
    /// The name of its class; of a part of the library, the name of that library.
    pub group: String,
    /// The file, relative to the root of the repository.
    pub path: PathBuf,
}

/// Whole programs, class by class.
pub fn programs() -> Vec<Program> {
    let of_class = |class: Class| {
        class.programs().iter().map(move |name| Program {
            name: (*name).to_owned(),
            group: class.name().to_owned(),
            path: Path::new("benchmarks").join(name).with_extension("lua"),
        })
    };
    Class::ALL.into_iter().flat_map(of_class).collect()
}

/// Single functions of the library: files of `benchmarks/library/`, which begin with the name of
/// their library and an underscore.
pub fn library() -> Vec<Program> {
    let programs = files("benchmarks/library", "lua").into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let group = name.split('_').next().unwrap_or_default().to_owned();
        Program { name, group, path }
    });
    programs.collect()
}
