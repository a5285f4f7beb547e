//! Readable differences between two texts.

use std::time::Duration;

use similar::TextDiff;

/// Lines of a difference that are shown.
const MAX_LINES: usize = 60;

/// A unified diff from the reference's text to ours, cut after a screenful. Bytes that are not
/// UTF-8 show as question marks.
pub(crate) fn unified(reference: &[u8], ours: &[u8]) -> String {
    let reference = String::from_utf8_lossy(reference);
    let ours = String::from_utf8_lossy(ours);
    let diff = TextDiff::configure()
        .timeout(Duration::from_secs(2))
        .diff_lines(reference.as_ref(), ours.as_ref());
    let text = diff.unified_diff().context_radius(3).header("reference", "moonproof").to_string();
    let n_lines = text.lines().count();
    if n_lines <= MAX_LINES {
        return text;
    }
    let mut cut: String = text.lines().take(MAX_LINES).flat_map(|line| [line, "\n"]).collect();
    cut.push_str(&format!("... and {} more lines\n", n_lines - MAX_LINES));
    cut
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
