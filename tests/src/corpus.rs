//! The files of the corpus. Paths are relative to the root of the repository, which is the current
//! folder of every suite: they are the names of chunks, and appear in messages.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files below a folder whose names end so, sorted; none if there is no such folder. The folder is
/// relative to the root of the repository, and so are the files.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(Path::new(folder), &mut found);
    found.retain(|path| path.extension().is_some_and(|found| found == extension));
    found
}

/// All files below a folder, sorted.
pub fn all_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(Path::new(folder), &mut found);
    found
}

/// All files below any folder, sorted.
pub fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, &mut found);
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return };
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry of a folder")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        if entry.file_type().expect("a kind of file").is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A file's path below `corpus/`, without its ending, as part of the name of a test.
pub fn test_name(path: &Path) -> String {
    path.strip_prefix("corpus").unwrap_or(path).with_extension("").to_string_lossy().into_owned()
}

/// Standard input for a program: the file of the same name that ends in `.in`, or nothing.
pub fn stdin_of(program: &Path) -> Vec<u8> {
    fs::read(program.with_extension("in")).unwrap_or_default()
}
