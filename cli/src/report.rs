//! How things look on a terminal. Where output is no terminal, or colours are not wanted, the
//! printing macros of `anstream` drop them again.

use anstyle::{AnsiColor, Style};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// What is wrong.
pub(crate) fn error(text: &str) -> String {
    styled(ERROR, text)
}

/// What is right.
pub(crate) fn good(text: &str) -> String {
    styled(GOOD, text)
}

/// What is to be noticed first.
pub(crate) fn strong(text: &str) -> String {
    styled(STRONG, text)
}

/// What need not be noticed.
pub(crate) fn faint(text: &str) -> String {
    styled(FAINT, text)
}

/// A unified diff, coloured by line.
pub(crate) fn diff(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let line = match line.as_bytes().first() {
            Some(b'-') => styled(BAD, line),
            Some(b'+') => styled(GOOD, line),
            Some(b'@') => styled(PLACE, line),
            _ => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// A text of someone else's, with control characters made visible: nothing in a file may give
/// orders to the terminal.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' && c != '\t' {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_to_the_terminal_are_shown() {
        assert_eq!(harmless("a\tb\n\x1b[2J\u{9b}é"), "a\tb\n\\u{1b}[2J\\u{9b}é");
    }

    #[test]
    fn diffs_are_coloured_by_line() {
        let text = anstream::adapter::strip_str(&diff("@@ 1 @@\n-a\n+b\n c\n")).to_string();
        assert_eq!(text, "@@ 1 @@\n-a\n+b\n c\n");
        assert_eq!(diff(" c\n"), " c\n");
        assert_ne!(diff("-a\n"), "-a\n");
    }
}
