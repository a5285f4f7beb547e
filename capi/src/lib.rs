//! The verifier for hosts in C: what `include/moonproof.h` declares.
//!
//! This crate only translates. Whatever the caller hands over is looked at once, nothing is kept,
//! and a panic ends at the boundary as [`FAILED`]. Its three functions are the only unsafe code: each
//! relies on what the header asks of the caller, and on nothing else.
#![deny(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use moonproof_bytecode::load_with_offsets;
use moonproof_verifier::{Finding, Rule, check};

/// `MOONPROOF_ABI`.
pub const ABI: c_uint = 1;
/// `MOONPROOF_VERIFIED`.
pub const VERIFIED: c_int = 0;
/// `MOONPROOF_REJECTED`.
pub const REJECTED: c_int = 1;
/// `MOONPROOF_FAILED`.
pub const FAILED: c_int = 2;
/// `MOONPROOF_NO_PC`.
pub const NO_PC: u32 = u32::MAX;
/// `MOONPROOF_NO_OFFSET`.
pub const NO_OFFSET: usize = usize::MAX;

/// `moonproof_report`: the first thing that is wrong with a chunk.
#[repr(C)]
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the header says what each field is")]
pub struct Report {
    pub rule: [u8; 8],
    pub function: [u8; 64],
    pub message: [u8; 512],
    pub findings: usize,
    pub offset: usize,
    pub line: u32,
    pub pc: u32,
}

impl Report {
    /// Nothing is wrong.
    pub const EMPTY: Self = Self {
        rule: [0; 8],
        function: [0; 64],
        message: [0; 512],
        findings: 0,
        offset: NO_OFFSET,
        line: 0,
        pc: NO_PC,
    };

    fn failure(message: &str) -> Self {
        let mut report = Self::EMPTY;
        put(&mut report.message, message);
        report
    }
}

/// Copies as much of a text as fits in front of a zero, and no part of a character.
fn put(place: &mut [u8], text: &str) {
    let mut len = text.len().min(place.len().saturating_sub(1));
    while !text.is_char_boundary(len) {
        len -= 1;
    }
    place.fill(0);
    for (to, from) in place.iter_mut().zip(text.bytes().take(len)) {
        *to = from;
    }
}

/// Verifies a chunk: status and report, as for C.
pub fn verify(bytes: &[u8]) -> (c_int, Report) {
    let (chunk, offsets) = match load_with_offsets(bytes) {
        Ok(loaded) => loaded,
        Err(error) => {
            let mut report = Report { findings: 1, offset: error.offset(), ..Report::EMPTY };
            put(&mut report.rule, Rule::of_load_error(error.kind()).id());
            put(&mut report.function, &function(error.path()));
            put(&mut report.message, &error.to_string());
            return (REJECTED, report);
        }
    };
    let Err(mut rejection) = check(&chunk) else { return (VERIFIED, Report::EMPTY) };
    rejection.locate(&offsets);
    let mut report = match rejection.findings().first() {
        Some(finding) => of_finding(finding),
        None => Report::failure("no reason was given"),
    };
    report.findings = rejection.findings().len().saturating_add(rejection.n_omitted());
    (REJECTED, report)
}

fn of_finding(finding: &Finding) -> Report {
    let mut report = Report {
        offset: finding.offset.unwrap_or(NO_OFFSET),
        line: finding.line.unwrap_or(0),
        pc: finding.pc().unwrap_or(NO_PC),
        ..Report::EMPTY
    };
    put(&mut report.rule, finding.rule.id());
    put(&mut report.function, &function(&finding.path));
    put(&mut report.message, &finding.to_string());
    report
}

fn function(path: &[u32]) -> String {
    if path.is_empty() {
        return "main".to_owned();
    }
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// `moonproof_verify`.
///
/// # Safety
///
/// `chunk` points to `size` bytes that nobody writes meanwhile, unless `size` is zero. `report` is
/// null or points to room for a report that nobody else uses meanwhile.
#[expect(unsafe_code, reason = "called from C")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn moonproof_verify(
    chunk: *const c_void,
    size: usize,
    report: *mut Report,
) -> c_int {
    let outcome = catch_unwind(|| {
        if size == 0 {
            return verify(&[]);
        }
        if chunk.is_null() || isize::try_from(size).is_err() {
            return (FAILED, Report::failure("no chunk was given"));
        }
        // SAFETY: the pointer is not null, the size is one that a slice may have, and the caller
        // promises the bytes.
        let bytes = unsafe { std::slice::from_raw_parts(chunk.cast::<u8>(), size) };
        verify(bytes)
    });
    let (status, written) =
        outcome.unwrap_or_else(|_| (FAILED, Report::failure("the verifier itself has failed")));
    if !report.is_null() {
        // SAFETY: not null, and the caller promises room for a report.
        unsafe { report.write(written) };
    }
    status
}

/// `moonproof_rule`.
///
/// # Safety
///
/// `id` is null or points to a text that ends with a zero.
#[expect(unsafe_code, reason = "called from C")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn moonproof_rule(id: *const c_char) -> *const c_char {
    if id.is_null() {
        return std::ptr::null();
    }
    // SAFETY: not null, and the caller promises a zero at the end.
    let id = AssertUnwindSafe(unsafe { CStr::from_ptr(id) });
    let claim = catch_unwind(move || id.to_str().ok().and_then(claim));
    claim.ok().flatten().map_or(std::ptr::null(), CStr::as_ptr)
}

/// What the catalogue says of a rule, with a zero behind it.
fn claim(id: &str) -> Option<&'static CStr> {
    static CLAIMS: std::sync::OnceLock<Vec<std::ffi::CString>> = std::sync::OnceLock::new();
    let rule = Rule::from_id(id)?;
    let claims = CLAIMS.get_or_init(|| {
        let claims = Rule::ALL.iter().map(|rule| rule.info().claim);
        claims.map(|claim| std::ffi::CString::new(claim).unwrap_or_default()).collect()
    });
    let at = Rule::ALL.iter().position(|listed| *listed == rule)?;
    claims.get(at).map(|claim| claim.as_c_str())
}

/// `moonproof_abi`.
#[expect(unsafe_code, reason = "its name is promised to C")]
#[unsafe(no_mangle)]
pub extern "C" fn moonproof_abi() -> c_uint {
    ABI
}

#[cfg(test)]
#[expect(unsafe_code, reason = "calls what C calls")]
mod tests {
    use super::*;
    use moonproof_bytecode::asm::assemble;

    fn text(bytes: &[u8]) -> &str {
        CStr::from_bytes_until_nul(bytes).unwrap().to_str().unwrap()
    }

    /// Status and report, as C gets them.
    fn called(chunk: &[u8]) -> (c_int, Report) {
        let mut report = Report::failure("not written");
        // SAFETY: a slice and a report of our own.
        let status =
            unsafe { moonproof_verify(chunk.as_ptr().cast(), chunk.len(), &raw mut report) };
        (status, report)
    }

    #[test]
    fn reports() {
        let good = assemble("RETURN0").unwrap().bytes;
        let (status, report) = called(&good);
        assert_eq!((status, report.findings, text(&report.rule)), (VERIFIED, 0, ""));

        let bad = ".line 7\nCLOSURE R0 F0\nRETURN1 R0\n.function\n.stack 2\n.line 8\nMOVE R0 R9\n\
                   RETURN1 R3\n.end";
        let (status, report) = called(&assemble(bad).unwrap().bytes);
        assert_eq!((status, report.findings, report.line, report.pc), (REJECTED, 2, 8, 0));
        assert_eq!((text(&report.rule), text(&report.function)), ("S2", "0"));
        assert!(text(&report.message).ends_with("expected a register below 2, found B = 9"));
        assert!(report.offset > 32);

        let (status, report) = called(&good[..20]);
        assert_eq!((status, text(&report.rule), report.pc), (REJECTED, "H3", NO_PC));
        assert_eq!(called(b"").0, REJECTED);
    }

    #[test]
    fn mistakes_of_callers() {
        // SAFETY: null is not followed.
        let status = unsafe { moonproof_verify(std::ptr::null(), 7, std::ptr::null_mut()) };
        assert_eq!(status, FAILED);
        // SAFETY: null is not followed, and texts end with a zero.
        unsafe {
            assert!(moonproof_rule(std::ptr::null()).is_null());
            assert!(moonproof_rule(c"Z9".as_ptr()).is_null());
            let claim = CStr::from_ptr(moonproof_rule(c"s2".as_ptr()));
            assert_eq!(claim.to_str().unwrap(), Rule::S2.info().claim);
        }
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        let mut place = [9; 4];
        put(&mut place, "aäé");
        assert_eq!(place, *b"a\xc3\xa4\0");
        put(&mut place, "aaäé");
        assert_eq!(place, *b"aa\0\0");
    }

    #[test]
    fn any_number_of_threads() {
        let bad = assemble("MOVE R0 R9\n.stack 2\nRETURN0").unwrap().bytes;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        assert_eq!(called(&bad).0, REJECTED);
                    }
                });
            }
        });
    }
}
