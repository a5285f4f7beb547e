//! Readable differences between two texts.

use std::time::Duration;

use similar::TextDiff;

/// Lines of a difference that are shown.
const MAX_LINES: usize = 60;

/// A unified diff from the reference's text to ours, cut after a screenful.
pub(crate) fn unified(reference: &[u8], ours: &[u8]) -> String {
    let text = unified_between(reference, "reference", ours, "moonproof");
    let n_lines = text.lines().count();
    if n_lines <= MAX_LINES {
        return text;
    }
    let mut cut: String = text.lines().take(MAX_LINES).flat_map(|line| [line, "\n"]).collect();
    cut.push_str(&format!("... and {} more lines\n", n_lines - MAX_LINES));
    cut
}

/// A unified diff between two named texts. Bytes that are not UTF-8 show as question marks.
pub fn unified_between(a: &[u8], name_a: &str, b: &[u8], name_b: &str) -> String {
    let a = String::from_utf8_lossy(a);
    let b = String::from_utf8_lossy(b);
    let diff =
        TextDiff::configure().timeout(Duration::from_secs(2)).diff_lines(a.as_ref(), b.as_ref());
    diff.unified_diff().context_radius(3).header(name_a, name_b).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_differences_are_cut() {
        let ours: String = (0..1000).map(|i| format!("{i}\n")).collect();
        let text = unified(b"", ours.as_bytes());
        assert_eq!(text.lines().count(), MAX_LINES + 1);
        assert!(text.ends_with("... and 943 more lines\n"), "{text}");
        assert!(text.starts_with("--- reference\n+++ moonproof\n@@"), "{text}");
    }
}
