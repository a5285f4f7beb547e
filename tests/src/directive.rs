//! Sessions of the command, kept in `corpus/cli/*.txt`: what is typed, and what comes back.
//!
//! A session is text before the first line that begins with `== `, which says what it shows, and
//! then sections, in the order in which they happen:
//!
//! | section | does |
//! |---|---|
//! | `== file NAME` | writes a file of the lines that follow |
//! | `== patch NAME OFFSET HEX...` | overwrites bytes of a file |
//! | `== run WORD...` | runs `moonproof`, or a link to it named `lua` or `luac`; no quoting |
//! | `== stdin`, `== stdout`, `== stderr` | lines of the run before; by default none |
//! | `== exit N` | its exit code; by default 0 |
//!
//! ` (no newline)` behind a section's name takes the last line end away. Everything happens in a
//! folder of the session's own. Addresses are hidden. With `BLESS=1` in the environment what comes
//! back is written into the file instead of being compared.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use moonproof_oracle::diff::unified_between;
use moonproof_oracle::normal::hide_addresses;

const MARK: &str = "== ";
const NO_NEWLINE: &str = " (no newline)";

/// A section: its head, without the mark, and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    head: String,
    text: String,
}

impl Section {
    fn new(head: &str, text: String) -> Self {
        Self { head: head.to_owned(), text }
    }

    /// The word that says what it is, and the others.
    fn words(&self) -> (&str, Vec<&str>) {
        let mut words = self.head.strip_suffix(NO_NEWLINE).unwrap_or(&self.head).split(' ');
        (words.next().unwrap_or_default(), words.collect())
    }

    fn content(&self) -> &str {
        if self.head.ends_with(NO_NEWLINE) {
            self.text.strip_suffix('\n').unwrap_or(&self.text)
        } else {
            &self.text
        }
    }
}

fn parse(session: &str) -> (String, Vec<Section>) {
    let mut title = String::new();
    let mut sections: Vec<Section> = Vec::new();
    for line in session.split_inclusive('\n') {
        match (line.strip_prefix(MARK), sections.last_mut()) {
            (Some(head), _) => sections.push(Section::new(head.trim_end(), String::new())),
            (None, Some(section)) => section.text.push_str(line),
            (None, None) => title.push_str(line),
        }
    }
    (title, sections)
}

fn print(title: &str, sections: &[Section]) -> String {
    let mut session = title.to_owned();
    for section in sections {
        // Writing to a string cannot fail.
        let _ = write!(session, "{MARK}{}\n{}", section.head, section.text);
    }
    session
}

/// Replays a session and returns it with what really came back.
///
/// # Errors
///
/// What is wrong with the session, or with the machine.
pub fn replay(session: &str, command: &Path, folder: &Path) -> Result<String, String> {
    let (title, sections) = parse(session);
    let _ = fs::remove_dir_all(folder);
    let links = folder.join("bin");
    let files = folder.join("files");
    for folder in [&links, &files] {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    for name in ["moonproof", "lua", "luac"] {
        symlink(command, links.join(name)).map_err(|error| error.to_string())?;
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(section) = sections.get(at) {
        at += 1;
        out.push(section.clone());
        let (kind, words) = section.words();
        match kind {
            "file" => write_file(&files, &words, section.content())?,
            "patch" => patch(&files, &words)?,
            "run" => {
                let mut stdin = "";
                while let Some(next) = sections.get(at) {
                    match next.words().0 {
                        "stdin" => {
                            stdin = next.content();
                            out.push(next.clone());
                        }
                        "stdout" | "stderr" | "exit" => {}
                        _ => break,
                    }
                    at += 1;
                }
                run(&links, &files, &words, stdin, &mut out)?;
            }
            _ => return Err(format!("unknown section: {}", section.head)),
        }
    }
    Ok(print(&title, &out))
}

/// A path within the session's folder.
fn place(files: &Path, name: Option<&&str>) -> Result<PathBuf, String> {
    let name = name.ok_or("a file without a name")?;
    if name.starts_with('/') || name.contains("..") {
        return Err(format!("{name} lies outside of the session's folder"));
    }
    Ok(files.join(name))
}

fn write_file(files: &Path, words: &[&str], content: &str) -> Result<(), String> {
    let path = place(files, words.first())?;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| error.to_string())?;
    }
    fs::write(path, content).map_err(|error| error.to_string())
}

fn patch(files: &Path, words: &[&str]) -> Result<(), String> {
    let path = place(files, words.first())?;
    let offset: usize = words.get(1).and_then(|word| word.parse().ok()).ok_or("an offset")?;
    let mut bytes = fs::read(&path).map_err(|error| error.to_string())?;
    for (i, word) in words.iter().skip(2).enumerate() {
        let new = u8::from_str_radix(word, 16).map_err(|error| error.to_string())?;
        *bytes.get_mut(offset + i).ok_or("an offset behind the end")? = new;
    }
    fs::write(&path, bytes).map_err(|error| error.to_string())
}

/// Runs a program and adds what came back.
fn run(
    links: &Path,
    files: &Path,
    words: &[&str],
    stdin: &str,
    out: &mut Vec<Section>,
) -> Result<(), String> {
    let [name @ ("moonproof" | "lua" | "luac"), args @ ..] = words else {
        return Err(format!("not a program of a session: {words:?}"));
    };
    let mut command = Command::new(links.join(name));
    for (variable, _) in std::env::vars_os() {
        if variable.as_encoded_bytes().starts_with(b"LUA_") {
            command.env_remove(variable);
        }
    }
    let mut child = command
        .arg0(name)
        .args(args)
        .current_dir(files)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    // It may end without reading.
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(stdin.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    for (kind, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = String::from_utf8_lossy(&hide_addresses(bytes)).into_owned();
        if text.ends_with('\n') {
            out.push(Section::new(kind, text));
        } else if !text.is_empty() {
            out.push(Section::new(&format!("{kind}{NO_NEWLINE}"), text + "\n"));
        }
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => out.push(Section::new(&format!("exit {code}"), String::new())),
        None => return Err(format!("{words:?}: {}", output.status)),
    }
    Ok(())
}

/// Compares a session with what was replayed.
///
/// # Errors
///
/// A diff.
pub fn compare(expected: &str, replayed: &str) -> Result<(), String> {
    if expected == replayed {
        return Ok(());
    }
    Err(unified_between(expected.as_bytes(), "expected", replayed.as_bytes(), "came back"))
}

/// Replays the session in a file and compares it or, if that is asked for, renews it.
///
/// # Errors
///
/// A diff, or why it could not be replayed.
pub fn check(path: &Path, command: &Path, folder: &Path) -> Result<(), String> {
    let session = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let replayed = replay(&session, command, folder)?;
    if std::env::var_os("BLESS").is_some_and(|wish| wish == "1") {
        if std::env::var_os("CI").is_some() {
            return Err("under CI nothing is renewed".to_owned());
        }
        return fs::write(path, replayed).map_err(|error| error.to_string());
    }
    compare(&session, &replayed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_parsed_and_printed() {
        let session = "What it shows.\n== file a.lua\nreturn 1\n== run lua a.lua\n== stdout\n1\n";
        let (title, sections) = parse(session);
        assert_eq!(title, "What it shows.\n");
        assert_eq!(sections[0].words(), ("file", vec!["a.lua"]));
        assert_eq!(sections[0].content(), "return 1\n");
        assert_eq!(print(&title, &sections), session);
        let cut = Section::new("stdin (no newline)", "x\n".to_owned());
        assert_eq!((cut.words().0, cut.content()), ("stdin", "x"));
    }

    #[test]
    fn differences_are_shown() {
        assert_eq!(compare("a\n", "a\n"), Ok(()));
        assert!(compare("a\nb\n", "a\nc\n").unwrap_err().contains("-b\n+c\n"));
    }

    #[test]
    fn sessions_stay_in_their_folder() {
        for name in ["/etc/x", "../x", "a/../../x"] {
            assert!(place(Path::new("f"), Some(&name)).is_err(), "{name}");
        }
    }
}
