//! Our side: what this project makes of a file.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moonproof_bytecode::listing::{Detail, list};
use moonproof_bytecode::{Chunk, Strip, dump, dump_function, header, load};
use moonproof_compiler::{compile, read_file, skip_shebang};
use moonproof_reference::Compiled;

use crate::server::{Answer, Job, Remark};

/// Our answer to a request.
pub(crate) fn answer(job: Job) -> Answer {
    let (text, chunk_name) = match job {
        Job::File(path) => match read_file(&path) {
            Ok(bytes) => (skip_shebang(&bytes).into_owned(), file_chunk_name(&path)),
            Err(message) => return Answer::Refused(message),
        },
        Job::Text { source, chunk_name } => (source, chunk_name),
    };
    if text.first() == Some(&header::SIGNATURE[0]) {
        return match load(&text) {
            Ok(chunk) => accepted(&chunk, false),
            Err(error) => Answer::Refused(error.message(&chunk_name)),
        };
    }
    match compile(&text, &chunk_name) {
        Ok(chunk) => accepted(&chunk, true),
        Err(error) => Answer::Refused(error.message().to_vec()),
    }
}

fn file_chunk_name(path: &Path) -> Vec<u8> {
    [b"@", path.as_os_str().as_bytes()].concat()
}

/// Everything that is compared about a chunk, and what is wrong with it by itself.
fn accepted(chunk: &Chunk, is_compiled: bool) -> Answer {
    let source = chunk.main.source.as_ref();
    let (plain, stripped) = if is_compiled {
        (dump(chunk, Strip::Nothing), dump(chunk, Strip::DebugInfo))
    } else {
        // A chunk that was loaded is dumped as what the reference then has in memory.
        (
            dump_function(&chunk.main, source, Strip::Nothing),
            dump_function(&chunk.main, source, Strip::DebugInfo),
        )
    };
    let mut listing = Vec::new();
    // Writing to memory does not fail.
    let _ = list(&mut listing, chunk, Detail::Full);
    let mut remarks = Vec::new();
    if is_compiled {
        round_trip(chunk, &plain, &mut remarks);
        round_trip_stripped(chunk, &stripped, &mut remarks);
        if let Err(rejection) = moonproof_verifier::check(chunk) {
            remarks.push(Remark::Verification(rejection.to_string()));
        }
    }
    Answer::Accepted(Compiled { plain, stripped, listing }, remarks)
}

fn round_trip(chunk: &Chunk, bytes: &[u8], remarks: &mut Vec<Remark>) {
    match load(bytes) {
        Err(error) => {
            remarks.push(Remark::RoundTrip(format!("the dump does not load: {error}")));
        }
        Ok(loaded) if loaded != *chunk => {
            remarks.push(Remark::RoundTrip("the loaded dump is another chunk".to_owned()));
        }
        Ok(loaded) if dump(&loaded, Strip::Nothing) != bytes => {
            remarks.push(Remark::RoundTrip("the loaded dump is dumped differently".to_owned()));
        }
        Ok(_) => {}
    }
}

fn round_trip_stripped(chunk: &Chunk, bytes: &[u8], remarks: &mut Vec<Remark>) {
    let mut stripped = chunk.clone();
    stripped.main.strip();
    round_trip(&stripped, bytes, remarks);
}
