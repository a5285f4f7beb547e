//! Standard output with C's buffering: whole blocks into a file or pipe, lines to a terminal.

use std::io::{BufWriter, IsTerminal, Stdout, Write};

/// Buffered standard output of one VM.
pub(crate) struct Output {
    writer: BufWriter<Stdout>,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        let stdout = std::io::stdout();
        let is_terminal = stdout.is_terminal();
        Self { writer: BufWriter::with_capacity(8 << 10, stdout), is_terminal }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writer.write_all(bytes)?;
        if self.is_terminal && bytes.contains(&b'\n') { self.writer.flush() } else { Ok(()) }
    }

    /// Writes out what is buffered; failures show in the next write.
    pub(crate) fn flush(&mut self) {
        let _ = self.writer.flush();
    }

    pub(crate) fn try_flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}
