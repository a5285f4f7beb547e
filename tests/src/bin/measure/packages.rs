//! Sources that other people wrote, in Debian packages: what the reference makes of each file
//! equals what we make of it.
//!
//! Packages are downloaded with `apt-get download` to `target/packages` and unpacked there, without
//! being installed. Instead, folders or files can be named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use moonproof_tests::corpus;
use moonproof_tests::gates::{self, Compilations};

const PACKAGES: [&str; 4] = ["nmap-common", "prosody", "lua-penlight", "luarocks"];

/// What is compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files and folders; by default, Debian packages.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Compares everything and prints a table.
pub(crate) fn main(options: &Options) -> Result<bool, String> {
    moonproof_reference::check()?;
    let mut all_well = true;
    println!(
        "{:16} {:>6} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8}",
        "package", "files", "MB", "plain", "stripped", "listing", "verified", "refused"
    );
    for (name, folder) in folders(&options.paths)? {
        let mut row = Row::default();
        for path in sources(&folder) {
            row.add(&path);
        }
        println!(
            "{name:16} {:6} {:7.2} {:7} {:8} {:8} {:8} {:8}",
            row.files,
            row.bytes as f64 / 1e6,
            row.plain,
            row.stripped,
            row.listing,
            row.verified,
            row.refused
        );
        for failure in &row.failures {
            println!("  {failure}");
        }
        all_well &= row.failures.is_empty() && row.files > 0;
    }
    println!(
        "Each column counts files that are equal; refused ones are so by both, with one message."
    );
    Ok(all_well)
}

/// Names and folders to be compared: those given, or the packages.
pub(crate) fn folders(paths: &[PathBuf]) -> Result<Vec<(String, PathBuf)>, String> {
    if !paths.is_empty() {
        return Ok(paths
            .iter()
            .map(|path| {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                (name.into_owned(), path.clone())
            })
            .collect());
    }
    PACKAGES.iter().map(|package| Ok(((*package).to_owned(), unpack(package)?))).collect()
}

/// Downloads and unpacks a package, unless that has been done.
fn unpack(package: &str) -> Result<PathBuf, String> {
    let all = corpus::root().join("target/packages");
    let folder = all.join(package);
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(&all).map_err(|error| error.to_string())?;
    let run = |program: &str, args: &[&str]| {
        let status = Command::new(program).args(args).current_dir(&all).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{program} {}: {status}", args.join(" "))),
            Err(error) => Err(format!("{program}: {error}")),
        }
    };
    run("apt-get", &["-q", "download", package])?;
    let prefix = format!("{package}_");
    let archive = fs::read_dir(&all)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .find(|name| name.starts_with(&prefix) && name.ends_with(".deb"))
        .ok_or_else(|| format!("{package} was not downloaded"))?;
    run("dpkg-deb", &["-x", &archive, package])?;
    Ok(folder)
}

/// Lua files below a folder, or the file itself.
pub(crate) fn sources(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(path, &mut found);
    found
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) {
    let Ok(kind) = fs::symlink_metadata(path) else { return };
    if kind.is_dir() {
        let Ok(entries) = fs::read_dir(path) else { return };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            walk(&path, found);
        }
    } else if kind.is_file() && path.extension().is_some_and(|e| e == "lua" || e == "nse") {
        found.push(path.to_path_buf());
    }
}

/// How many files of a package are equal in which regard.
#[derive(Default)]
struct Row {
    files: usize,
    bytes: u64,
    plain: usize,
    stripped: usize,
    listing: usize,
    verified: usize,
    refused: usize,
    failures: Vec<String>,
}

impl Row {
    fn add(&mut self, path: &Path) {
        self.files += 1;
        self.bytes += fs::metadata(path).map_or(0, |data| data.len());
        let both = Compilations::of_file(path);
        if both.reference.is_err() {
            match gates::same_message(&both) {
                Ok(_) => self.refused += 1,
                Err(why) => self.failures.push(format!("{}: {why}", path.display())),
            }
            return;
        }
        let (reference, ours) = match both.accepted() {
            Ok(accepted) => accepted,
            Err(why) => return self.failures.push(format!("{}: {why}", path.display())),
        };
        let mut count =
            |counter: fn(&mut Self) -> &mut usize, result: Result<(), String>| match result {
                Ok(()) => *counter(self) += 1,
                Err(why) => self.failures.push(format!("{}: {why}", path.display())),
            };
        count(|row| &mut row.plain, gates::plain_bytes(reference, ours));
        count(|row| &mut row.stripped, gates::stripped_bytes(reference, ours));
        count(|row| &mut row.listing, gates::same_listing(&reference.listing, ours));
        let verified = [&reference.plain, &reference.stripped]
            .into_iter()
            .try_for_each(|bytes| gates::round_trip(bytes).and_then(|()| gates::verifies(bytes)));
        count(|row| &mut row.verified, verified);
    }
}
