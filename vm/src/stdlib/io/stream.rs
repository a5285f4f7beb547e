//! Buffered files after C's `FILE`: when bytes reach the system is what the reference's library
//! does, since other handles and other processes can see it.
//!
//! A stream either reads or writes at a time; going over from one to the other writes out what is
//! pending, or seeks back over what was read ahead.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read, Seek, SeekFrom, Write};

/// Bytes of a buffer, as glibc takes them for files and pipes.
pub(super) const BUFFER: usize = 4096;
/// Bytes that are read at once where there is no limit.
pub(crate) const READ_AT_ONCE: usize = 1 << 16;
/// C's `EINVAL` and `EBADF`, the same on every Unix.
const INVALID_ARGUMENT: i32 = 22;
const BAD_DESCRIPTOR: i32 = 9;

/// The three files that every process has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standard {
    Input,
    Output,
    Error,
}

enum Source {
    File(File),
    /// A standard file that was not used yet.
    Unopened(Standard),
}

/// When what is written reaches the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Buffering {
    /// That of lines if it is a terminal; found out when it is first written to.
    Undecided,
    None,
    Line,
    Full,
}

/// A buffered file.
pub(crate) struct Stream {
    source: Source,
    readable: bool,
    writable: bool,
    buffering: Buffering,
    /// What was read and not consumed, from `start` to `end`, or all of it is to be written.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    writing: bool,
    /// The end was reached in the current operation.
    at_end: bool,
    error: Option<io::Error>,
}

impl Stream {
    pub(crate) fn new(file: File, readable: bool, writable: bool) -> Self {
        Self::of(Source::File(file), (readable, writable), Buffering::Undecided)
    }

    /// A standard file, opened when it is first used.
    pub(crate) fn standard(which: Standard) -> Self {
        let is_error = which == Standard::Error;
        let buffering = if is_error { Buffering::None } else { Buffering::Undecided };
        let is_input = which == Standard::Input;
        Self::of(Source::Unopened(which), (is_input, !is_input), buffering)
    }

    fn of(source: Source, (readable, writable): (bool, bool), buffering: Buffering) -> Self {
        Self {
            source,
            readable,
            writable,
            buffering,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            writing: false,
            at_end: false,
            error: None,
        }
    }

    /// The file itself.
    fn file(&mut self) -> io::Result<&mut File> {
        if let Source::Unopened(which) = self.source {
            self.source = Source::File(duplicate(which)?);
        }
        match &mut self.source {
            Source::File(file) => Ok(file),
            Source::Unopened(_) => Err(io::Error::from_raw_os_error(BAD_DESCRIPTOR)),
        }
    }

    /// Quirk: what is not buffered stays so, since glibc has taken its buffer away.
    pub(super) fn set_buffering(&mut self, buffering: Buffering) {
        if self.buffering != Buffering::None {
            self.buffering = buffering;
        }
    }

    /// Begins an operation that reads: forgets the end and errors met before.
    pub(crate) fn begin_reading(&mut self) {
        self.at_end = false;
        self.error = None;
        if !self.readable {
            self.error = Some(io::Error::from_raw_os_error(BAD_DESCRIPTOR));
        } else if self.writing {
            if let Err(error) = self.flush() {
                self.error = Some(error);
            }
            self.forget_buffer();
        }
    }

    /// The error that the current operation met.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// What is in the buffer; reads more if there is nothing. Empty at the end, or after an error.
    fn available(&mut self) -> &[u8] {
        if self.start == self.end && !self.at_end && self.error.is_none() {
            self.fill();
        }
        &self.buffer[self.start..self.end]
    }

    fn fill(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(BUFFER, 0);
        self.end = self.read_once(&mut buffer);
        self.buffer = buffer;
        self.start = 0;
    }

    /// Reads what is there, but waits for something; notes the end, or an error.
    fn read_once(&mut self, target: &mut [u8]) -> usize {
        // One that a signal interrupts has failed, as in C.
        match self.file().and_then(|file| file.read(target)) {
            Ok(n) => {
                self.at_end = n == 0;
                n
            }
            Err(error) => {
                self.error = Some(error);
                0
            }
        }
    }

    /// The next byte, left where it is.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.available().first().copied()
    }

    /// Goes behind the byte that was peeked at.
    pub(super) fn skip(&mut self) {
        self.start += 1;
    }

    /// Goes behind blanks, at most so many; true if there are no more of them.
    pub(super) fn skip_blanks(&mut self, most: usize) -> bool {
        for _ in 0..most {
            let Some(b' ' | b'\t'..=b'\r') = self.peek() else { return true };
            self.skip();
        }
        false
    }

    /// The bytes up to and including a newline, as far as they are in the buffer, or `None` if
    /// there are no more; and whether the line is complete.
    pub(super) fn read_line_part(&mut self) -> Option<(&[u8], bool)> {
        let available = self.available();
        if available.is_empty() {
            return None;
        }
        let newline = memchr::memchr(b'\n', available);
        let n = newline.map_or(available.len(), |at| at + 1);
        let start = self.start;
        self.start += n;
        Some((&self.buffer[start..start + n], newline.is_some()))
    }

    /// The next line with its newline, if there is one; none at the end. Of a line that is longer
    /// than `most` bytes, these, as from `fgets`.
    pub(crate) fn next_line(&mut self, most: usize) -> Option<Vec<u8>> {
        self.begin_reading();
        let mut line = Vec::new();
        while line.len() < most {
            let Some(byte) = self.peek() else { break };
            self.skip();
            line.push(byte);
            if byte == b'\n' {
                break;
            }
        }
        (!line.is_empty()).then_some(line)
    }

    /// The line that begins here, without its newline, if all of it is in the buffer.
    pub(super) fn whole_line(&mut self) -> Option<&[u8]> {
        let newline = memchr::memchr(b'\n', self.available())?;
        let start = self.start;
        self.start += newline + 1;
        Some(&self.buffer[start..start + newline])
    }

    /// The next `n` bytes, if that many are in the buffer; tries to read if it is empty.
    pub(super) fn whole_block(&mut self, n: usize) -> Option<&[u8]> {
        if n > BUFFER || self.available().len() < n {
            return None;
        }
        let start = self.start;
        self.start += n;
        Some(&self.buffer[start..start + n])
    }

    /// Appends `n` bytes to `out`, or fewer at the end or after an error.
    pub(super) fn read_bytes(&mut self, out: &mut Vec<u8>, n: usize) {
        let mut missing = n;
        while missing > 0 {
            if self.start == self.end && missing >= BUFFER {
                return self.read_directly(out, missing);
            }
            let available = self.available();
            if available.is_empty() {
                return;
            }
            let n = missing.min(available.len());
            out.extend_from_slice(&available[..n]);
            self.start += n;
            missing -= n;
        }
    }

    /// Reads past the buffer, which is empty.
    fn read_directly(&mut self, out: &mut Vec<u8>, n: usize) {
        if n >= READ_AT_ONCE {
            // Does not make the memory zero first.
            out.reserve(n);
            match self.file().and_then(|file| file.take(n as u64).read_to_end(out)) {
                Ok(read) => self.at_end = read < n,
                Err(error) => self.error = Some(error),
            }
            return;
        }
        let mut filled = out.len();
        let target = filled + n;
        out.resize(target, 0);
        while filled < target && !self.at_end && self.error.is_none() {
            filled += self.read_once(&mut out[filled..]);
        }
        out.truncate(filled);
    }

    /// Appends what comes next, a good deal of it, once reading has begun; false at the end.
    pub(crate) fn read_more(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        self.read_bytes(text, READ_AT_ONCE);
        match self.take_error() {
            Some(error) => Err(error),
            None => Ok(!self.at_end),
        }
    }

    /// Writes bytes: all of them, or it is an error (`fwrite`).
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.writing {
            self.begin_writing()?;
        }
        match self.buffering {
            // The common case: there is room.
            Buffering::Full if bytes.len() <= BUFFER - self.buffer.len() => {
                self.buffer.extend_from_slice(bytes);
                Ok(())
            }
            Buffering::Full | Buffering::Undecided => self.write_blocks(bytes),
            Buffering::Line => self.write_lines(bytes),
            Buffering::None => {
                self.flush()?;
                self.file()?.write_all(bytes)
            }
        }
    }

    #[cold]
    fn begin_writing(&mut self) -> io::Result<()> {
        if !self.writable {
            return Err(io::Error::from_raw_os_error(BAD_DESCRIPTOR));
        }
        let is_undecided = self.buffering == Buffering::Undecided;
        let file = self.file()?;
        if is_undecided {
            let is_terminal = file.is_terminal();
            self.buffering = if is_terminal { Buffering::Line } else { Buffering::Full };
        }
        self.drop_read_ahead()?;
        self.buffer.clear();
        (self.start, self.end) = (0, 0);
        self.writing = true;
        Ok(())
    }

    /// Fills the buffer and writes it out, then whole blocks; the rest stays in the buffer.
    fn write_blocks(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (head, rest) =
            bytes.split_at(BUFFER.saturating_sub(self.buffer.len()).min(bytes.len()));
        self.buffer.extend_from_slice(head);
        self.flush()?;
        let (blocks, tail) = rest.split_at(rest.len() - rest.len() % BUFFER);
        self.file()?.write_all(blocks)?;
        self.buffer.extend_from_slice(tail);
        Ok(())
    }

    /// Writes out everything up to the last newline.
    fn write_lines(&mut self, bytes: &[u8]) -> io::Result<()> {
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => {
                let (lines, rest) = bytes.split_at(last + 1);
                self.write_blocks(lines)?;
                self.flush()?;
                self.write_blocks_if_full(rest)
            }
            None => self.write_blocks_if_full(bytes),
        }
    }

    fn write_blocks_if_full(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() <= BUFFER.saturating_sub(self.buffer.len()) {
            self.buffer.extend_from_slice(bytes);
            Ok(())
        } else {
            self.write_blocks(bytes)
        }
    }

    /// Writes out what is pending (`fflush`). After an error the rest of it is lost, as in glibc.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if !self.writing || self.buffer.is_empty() {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut done = 0;
        let result = self.file().and_then(|file| {
            while done < buffer.len() {
                match file.write(&buffer[done..]) {
                    Ok(0) => return Err(ErrorKind::WriteZero.into()),
                    Ok(n) => done += n,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        });
        buffer.clear();
        self.buffer = buffer;
        result
    }

    /// Writes out what is pending if somebody may be looking.
    pub(super) fn flush_to_terminal(&mut self) {
        if self.buffering == Buffering::Line {
            // A failure shows in the next write.
            let _ = self.flush();
        }
    }

    /// Puts the file back where reading has come to.
    fn drop_read_ahead(&mut self) -> io::Result<()> {
        let ahead = self.n_ahead();
        if ahead > 0 { self.file()?.seek(SeekFrom::Current(-ahead)).map(|_| ()) } else { Ok(()) }
    }

    /// Bytes that were read and not consumed.
    fn n_ahead(&self) -> i64 {
        (self.end - self.start) as i64
    }

    /// Begins with an empty buffer, to read.
    fn forget_buffer(&mut self) {
        if self.writing {
            self.buffer.clear();
        }
        self.writing = false;
        self.at_end = false;
        (self.start, self.end) = (0, 0);
    }

    /// Moves to another position, and returns it (`fseek`, `ftell`).
    pub(super) fn seek(&mut self, whence: Whence, offset: i64) -> io::Result<u64> {
        let invalid = || io::Error::from_raw_os_error(INVALID_ARGUMENT);
        let target = match whence {
            Whence::Start => SeekFrom::Start(u64::try_from(offset).map_err(|_| invalid())?),
            Whence::Current => {
                SeekFrom::Current(offset.checked_sub(self.n_ahead()).ok_or_else(invalid)?)
            }
            Whence::End => SeekFrom::End(offset),
        };
        self.flush()?;
        // What was read ahead of a pipe, which has no position, must survive the failure.
        let position = self.file()?.seek(target)?;
        self.forget_buffer();
        Ok(position)
    }

    /// Where the next byte is read or written in a file that appends: its end.
    pub(super) fn seek_to_end(&mut self) {
        // What cannot seek has no position.
        if let Ok(file) = self.file() {
            let _ = file.seek(SeekFrom::End(0));
        }
    }
}

/// What a position is counted from.
#[derive(Clone, Copy)]
pub(super) enum Whence {
    Start,
    Current,
    End,
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.flush();
    }
}

/// A file of our own for a standard one: with the same position, but not closed when ours is.
#[cfg(unix)]
fn duplicate(which: Standard) -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(match which {
        Standard::Input => io::stdin().as_fd().try_clone_to_owned(),
        Standard::Output => io::stdout().as_fd().try_clone_to_owned(),
        Standard::Error => io::stderr().as_fd().try_clone_to_owned(),
    }?))
}

/// A file of our own for a standard one: with the same position, but not closed when ours is.
#[cfg(windows)]
fn duplicate(which: Standard) -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(match which {
        Standard::Input => io::stdin().as_handle().try_clone_to_owned(),
        Standard::Output => io::stdout().as_handle().try_clone_to_owned(),
        Standard::Error => io::stderr().as_handle().try_clone_to_owned(),
    }?))
}
