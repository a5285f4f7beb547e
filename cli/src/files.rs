//! Which files below a path are Lua.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::io::{Failure, is_stdin};

/// Endings of names of Lua sources.
const ENDINGS: [&str; 4] = ["lua", "nse", "rockspec", "wlua"];

/// The files that are named, and the Lua files in the folders that are named, in the order of the
/// paths and sorted within each.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if is_stdin(path) {
            files.push(path.clone());
            continue;
        }
        let kind = fs::metadata(path).map_err(|error| {
            Failure::Message(format!("cannot read {}: {error}", path.display()))
        })?;
        if kind.is_dir() {
            walk(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Adds the Lua files of a folder and those below. Hidden ones are left out, and links to folders
/// are not followed, since they may lead back.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let cannot_read =
        |error| Failure::Message(format!("cannot read {}: {error}", folder.display()));
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(cannot_read)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().map_err(cannot_read)?;
        if kind.is_dir() {
            walk(&path, files)?;
        } else if is_lua(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether the name ends like that of a Lua source, or the first line calls for an interpreter of
/// Lua.
fn is_lua(path: &Path) -> bool {
    match path.extension() {
        Some(ending) => ENDINGS.iter().any(|known| ending == *known) && path.is_file(),
        None => path.is_file() && calls_for_lua(path).unwrap_or(false),
    }
}

fn calls_for_lua(path: &Path) -> std::io::Result<bool> {
    let mut start = [0; 64];
    let len = fs::File::open(path)?.read(&mut start)?;
    let line = start[..len].split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(line.starts_with(b"#!") && line.windows(3).any(|word| word == b"lua"))
}
