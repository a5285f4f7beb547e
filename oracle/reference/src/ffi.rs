//! The calls to C. The C side is `driver/driver.h`, which says what each function does.

use std::ffi::{CStr, CString, c_char, c_int, c_uchar, c_uint};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::{Allocations, Compiled, Opcode, Times, Wanted};

/// `moonproof_text`.
#[repr(C)]
struct Text {
    data: *mut c_char,
    len: usize,
    size: usize,
    failed: c_int,
}

/// `moonproof_outcome`.
#[repr(C)]
struct Outcome {
    accepted: c_int,
    message: Text,
    plain: Text,
    stripped: Text,
    listing: Text,
}

unsafe extern "C" {
    fn moonproof_release() -> *const c_char;
    fn moonproof_opcode(number: c_int, name: *mut *const c_char, mode: *mut c_uchar) -> c_int;
    fn moonproof_compile(
        source: *const c_char,
        len: usize,
        name: *const c_char,
        wanted: c_uint,
        memory: usize,
        outcome: *mut Outcome,
    );
    fn moonproof_compile_file(
        path: *const c_char,
        wanted: c_uint,
        memory: usize,
        outcome: *mut Outcome,
    );
    fn moonproof_release_outcome(outcome: *mut Outcome);
    fn moonproof_time(
        source: *const c_char,
        len: usize,
        name: *const c_char,
        times: *mut Times,
    ) -> c_int;
    fn moonproof_time_states(n: c_uint) -> f64;
    fn moonproof_count_state() -> Allocations;
    fn moonproof_run(argc: c_int, argv: *mut *mut c_char) -> c_int;
}

impl Text {
    const EMPTY: Self = Self { data: std::ptr::null_mut(), len: 0, size: 0, failed: 0 };

    fn to_vec(&self) -> Vec<u8> {
        if self.data.is_null() {
            return Vec::new();
        }
        // SAFETY: a text of the driver has `len` bytes at `data`, which live until the outcome is
        // released, and nothing writes to them meanwhile.
        unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.len) }.to_vec()
    }
}

/// Lets `fill` fill an outcome, and takes the results out of it.
fn collect(fill: impl FnOnce(*mut Outcome)) -> Result<Compiled, Vec<u8>> {
    let mut outcome = Outcome {
        accepted: 0,
        message: Text::EMPTY,
        plain: Text::EMPTY,
        stripped: Text::EMPTY,
        listing: Text::EMPTY,
    };
    fill(&raw mut outcome);
    let result = if outcome.accepted != 0 {
        Ok(Compiled {
            plain: outcome.plain.to_vec(),
            stripped: outcome.stripped.to_vec(),
            listing: outcome.listing.to_vec(),
        })
    } else {
        Err(outcome.message.to_vec())
    };
    // SAFETY: the outcome was filled by the driver, or is empty, and is not used any more.
    unsafe { moonproof_release_outcome(&raw mut outcome) };
    result
}

impl Wanted {
    fn bits(self) -> c_uint {
        c_uint::from(self.plain)
            | c_uint::from(self.stripped) << 1
            | c_uint::from(self.listing) << 2
            | c_uint::from(self.text_only) << 3
    }
}

/// The release of the reference, such as "Lua 5.4.9"; `None` if it was not built in.
pub fn release() -> Option<&'static str> {
    // SAFETY: the driver returns a string literal.
    unsafe { CStr::from_ptr(moonproof_release()) }.to_str().ok()
}

/// The reference's opcode of that number, if there is one.
pub fn opcode(number: u8) -> Option<Opcode> {
    let mut name = std::ptr::null();
    let mut mode = 0;
    // SAFETY: both pointers are to variables of ours, written during the call only.
    if unsafe { moonproof_opcode(c_int::from(number), &raw mut name, &raw mut mode) } == 0 {
        return None;
    }
    // SAFETY: for an opcode that exists, the driver gives a string literal.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Opcode { name: name.to_string_lossy().into_owned(), mode })
}

/// Compiles `source`, in this process. `chunk_name` is `@file`, `=name`, or the text itself;
/// `memory` bounds what Lua may allocate, and 0 is no bound.
///
/// # Errors
///
/// The reference's message.
pub fn compile(
    source: &[u8],
    chunk_name: &CStr,
    wanted: Wanted,
    memory: usize,
) -> Result<Compiled, Vec<u8>> {
    collect(|outcome| {
        // SAFETY: source and name outlive the call, the name ends in zero, and the outcome is ours.
        unsafe {
            moonproof_compile(
                source.as_ptr().cast(),
                source.len(),
                chunk_name.as_ptr(),
                wanted.bits(),
                memory,
                outcome,
            );
        }
    })
}

/// Compiles a file as `luac` reads it: a first line beginning with `#` is skipped, and the chunk's
/// name is the path as given.
///
/// # Errors
///
/// The reference's message.
pub fn compile_file(path: &Path, wanted: Wanted, memory: usize) -> Result<Compiled, Vec<u8>> {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return Err(b"the path contains a zero byte".to_vec());
    };
    collect(|outcome| {
        // SAFETY: the path outlives the call and ends in zero, and the outcome is ours.
        unsafe { moonproof_compile_file(path.as_ptr(), wanted.bits(), memory, outcome) }
    })
}

/// How long compiling, dumping and loading take, measured in C; `None` if the source is refused.
pub fn time(source: &[u8], chunk_name: &CStr) -> Option<Times> {
    let mut times = Times::default();
    // SAFETY: source and name outlive the call, the name ends in zero, and the result is a variable
    // of ours of the layout that the driver declares.
    let fine = unsafe {
        moonproof_time(source.as_ptr().cast(), source.len(), chunk_name.as_ptr(), &raw mut times)
    };
    (fine != 0).then_some(times)
}

/// Seconds to make `n` states with their libraries, one after the other, and to close each.
pub fn time_states(n: u32) -> f64 {
    // SAFETY: the states are made and closed within the call.
    unsafe { moonproof_time_states(n) }
}

/// What a fresh state with its libraries holds.
pub fn count_state() -> Allocations {
    // SAFETY: the state is made and closed within the call.
    unsafe { moonproof_count_state() }
}

/// Runs a script as `lua` does: `arguments` are the name for messages, the script or `-`, and its
/// arguments, so at least two. Returns the exit status; the script may also end the process.
pub fn run(arguments: &[CString]) -> i32 {
    if arguments.len() < 2 {
        return 2;
    }
    let mut argv: Vec<*mut c_char> = arguments.iter().map(|a| a.as_ptr().cast_mut()).collect();
    argv.push(std::ptr::null_mut());
    // SAFETY: argv holds the strings announced, which end in zero, and a null pointer behind them.
    // All outlive the call, and the driver writes to none.
    unsafe { moonproof_run(arguments.len() as c_int, argv.as_mut_ptr()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiles_in_process() {
        let compiled = compile(b"return 1", c"=test", Wanted::ALL, 0).unwrap();
        assert!(compiled.plain.starts_with(b"\x1bLua\x54"));
        assert!(compiled.stripped.len() < compiled.plain.len());
        assert!(compiled.listing.starts_with(b"\nmain <test:0,0> (4 instructions at 0x"));
        let message = compile(b"x x", c"@a.lua", Wanted::ALL, 0).unwrap_err();
        assert_eq!(message, b"a.lua:1: syntax error near 'x'");
    }

    #[test]
    fn binary_chunks_can_be_refused() {
        let wanted = Wanted { text_only: true, ..Wanted::default() };
        let message = compile(b"\x1bLua", c"=x", wanted, 0).unwrap_err();
        assert_eq!(message, b"attempt to load a binary chunk (mode is 't')");
    }

    #[test]
    fn memory_is_bounded() {
        let source = "local a = 1\n".repeat(150) + &"x = 'a long string'; ".repeat(100_000);
        let run = |memory| compile(source.as_bytes(), c"=x", Wanted::default(), memory);
        assert_eq!(run(300_000).unwrap_err(), b"not enough memory");
        assert!(run(100_000_000).is_ok());
        assert_eq!(run(100).unwrap_err(), b"not enough memory");
    }

    #[test]
    fn work_is_timed() {
        let times = time(b"return 1", c"=x").unwrap();
        assert!(times.compile > 0.0 && times.dump > 0.0 && times.load > 0.0, "{times:?}");
        assert_eq!(time(b"return return", c"=x"), None);
        assert!(time_states(2) > 0.0);
        let Allocations { bytes, n_requests } = count_state();
        assert!(bytes > 10_000 && n_requests > 50, "{bytes} {n_requests}");
    }

    #[test]
    fn release_is_the_expected_one() {
        assert_eq!(crate::check(), Ok(()));
        assert_eq!(opcode(82).map(|op| op.name), Some("EXTRAARG".to_owned()));
        assert_eq!(opcode(83), None);
    }
}
