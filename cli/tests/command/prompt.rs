//! The prompt of `lua` on a pseudo-terminal: keys in, screen out.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

const PATIENCE: Duration = Duration::from_secs(30);
const UP: &str = "\x1b[A";
const CTRL_C: &str = "\x03";
const CTRL_R: &str = "\x12";
/// Announces to the terminal that a line is about to be read.
const NEXT: &str = "\x1b[?2004h";
const CTRL_D: &str = "\x04";

/// A session of `moonproof lua`, and what it has shown since the last look.
struct Session {
    child: Child,
    terminal: File,
    output: Receiver<Vec<u8>>,
    shown: String,
}

impl Session {
    fn start(state_home: &Path) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let side = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).custom_flags(OFlags::NOCTTY.bits() as i32);
            options.open(OsStr::from_bytes(name.to_bytes())).unwrap()
        };
        let child = Command::new(env!("CARGO_BIN_EXE_moonproof"))
            .arg("lua")
            .env("TERM", "xterm")
            .env("XDG_STATE_HOME", state_home)
            .env_remove("LUA_INIT")
            .env_remove("LUA_INIT_5_4")
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .spawn()
            .unwrap();
        let terminal = File::from(terminal);
        let mut reader = terminal.try_clone().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It fails when the last process on the other side has gone.
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut session = Self { child, terminal, output, shown: String::new() };
        session.expect("Lua 5.4.9");
        session.expect("> ");
        session
    }

    /// Types keys, and waits until each of these has been shown, in this order.
    fn types(&mut self, keys: &str, expected: &[&str]) {
        self.terminal.write_all(keys.as_bytes()).unwrap();
        for text in expected {
            self.expect(text);
        }
    }

    fn expect(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown.find(text) {
                self.shown.drain(..at + text.len());
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.output.recv_timeout(left) else {
                panic!("{text:?} is not in {:?}", self.shown);
            };
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn leave(mut self) {
        self.types(CTRL_D, &[]);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // For when a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn prompt_on_a_terminal() {
    let folder = super::folder("prompt", &[]);
    let mut session = Session::start(&folder);
    session.types("=6 * 7\r", &["\n42\r\n", "> "]);
    session.types("'a', nil\r", &["\na\tnil\r\n", "> "]);
    session.types("=coro\t.sta\t == coroutine.status\r", &["\ntrue\r\n", "> "]);
    session.types("=('x'):rep(3)\x1b[D\x7f5\r", &["\nxxxxx\r\n", "> "]);
    // Lines that are typed ahead wait for their turn.
    session.types("y = 5\r=y * 7\r", &["\n35\r\n", "> "]);
    session.types("error('no', 0)\r", &["\nno\r\n", "> "]);
    session.types("x = = 1\r", &["unexpected symbol near '='\r\n", "> "]);
    session.types("while true do\r", &[">> "]);
    session.types(CTRL_C, &["\n", "> "]);
    session.types("os.exit(9) --", &["--"]);
    session.types(CTRL_C, &["\n", "> "]);
    session.types("if true then\r", &[">> "]);
    session.types(CTRL_D, &["'end' expected near <eof>\r\n", "> "]);
    session.types("_PROMPT, _PROMPT2 = 'moon> ', 'and> '\r", &[NEXT, "moon> "]);
    session.types("for i = 1, 2 do\r", &[NEXT, "and> "]);
    session.types("print(i * 11) end\r", &["\n11\r\n22\r\n", NEXT, "moon> "]);
    session.leave();

    // Entries of several lines come back as one.
    let mut session = Session::start(&folder);
    session.types(&format!("{UP}\r"), &["\n11\r\n22\r\n", NEXT, "> "]);
    session.types(&format!("{CTRL_R}6 *\r"), &["\n42\r\n", NEXT, "> "]);
    session.leave();
}
