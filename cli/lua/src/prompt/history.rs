//! The file in which the prompt keeps what was entered.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rustyline::history::FileHistory;
use rustyline::{Editor, Helper};

/// How many entries are kept.
pub(super) const MAX_ENTRIES: usize = 1000;

/// Remembers entries across sessions; without a place for a file, in this one only.
pub(super) struct History {
    path: Option<PathBuf>,
}

impl History {
    /// Gives the editor the entries of former sessions.
    pub(super) fn load<H: Helper>(editor: &mut Editor<H, FileHistory>) -> Self {
        let path = path(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"));
        if let Some(path) = &path {
            // There is none before the first entry.
            let _ = editor.load_history(path);
        }
        Self { path }
    }

    /// Adds an entry, and writes it at once: a script may end the process.
    pub(super) fn add<H: Helper>(&self, editor: &mut Editor<H, FileHistory>, entry: &str) {
        let is_new = editor.add_history_entry(entry).unwrap_or(false);
        let Some(path) = self.path.as_deref().filter(|_| is_new) else { return };
        // A history that cannot be written is no reason to disturb the session.
        if path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()) {
            let _ = editor.append_history(path);
        }
    }
}

/// The file, by the rules of the XDG base directories: those that are not absolute do not count.
fn path(state_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |folder: Option<OsString>| folder.map(PathBuf::from).filter(|f| f.is_absolute());
    let state = absolute(state_home)
        .or_else(|| absolute(home).map(|home| home.join(Path::new(".local/state"))))?;
    Some(state.join("moonproof/lua_history"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_where_state_belongs() {
        let check = |state_home: Option<&str>, home: Option<&str>, expected: Option<&str>| {
            let found = path(state_home.map(OsString::from), home.map(OsString::from));
            assert_eq!(found.as_deref(), expected.map(Path::new));
        };
        check(Some("/s"), Some("/h"), Some("/s/moonproof/lua_history"));
        check(None, Some("/h"), Some("/h/.local/state/moonproof/lua_history"));
        check(Some(""), Some("/h"), Some("/h/.local/state/moonproof/lua_history"));
        check(Some("s"), Some("h"), None);
        check(None, None, None);
    }
}
