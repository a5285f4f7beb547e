//! Many VMs on many threads, which share a chunk: it is compiled and verified once.

use std::thread;

use moonproof_vm::{Lua, Result};

/// Sums of what each VM computed, by thread.
pub(crate) fn run(n_threads: i64, n_vms: i64) -> Result<Vec<i64>> {
    let source =
        b"local seed, sum = ..., 0 for i = 1, 1000 do sum = sum + i * seed % 7 end return sum";
    let chunk =
        moonproof_compiler::compile(source, b"=shared").map_err(moonproof_vm::Error::external)?;
    let chunk = moonproof_verifier::verify(chunk).map_err(moonproof_vm::Error::external)?;
    let threads: Vec<_> = (0..n_threads)
        .map(|id| {
            let chunk = chunk.clone();
            thread::spawn(move || -> Result<i64> {
                // A VM is made here, and could have been made elsewhere and moved.
                let vms: Vec<Lua> = (0..n_vms).map(|_| Lua::new()).collect();
                let results =
                    vms.iter().map(|lua| lua.load_verified(chunk.clone())?.call::<i64>(id));
                results.sum()
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap_or_else(|_| Err(moonproof_vm::Error::runtime("panic"))))
        .collect()
}

fn main() -> Result<()> {
    println!("{:?}", run(4, 250)?);
    Ok(())
}
