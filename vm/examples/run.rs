//! Runs a Lua file: the smallest host.
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let Some(path) = args.next() else {
        eprintln!("usage: run FILE [ARG…]");
        return ExitCode::from(2);
    };
    let args: Vec<Vec<u8>> = args.map(|arg| arg.into_encoded_bytes()).collect();
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    let name = format!("@{}", path.display());
    let chunk = match moonproof_compiler::compile(
        &moonproof_compiler::skip_shebang(&source),
        name.as_bytes(),
    ) {
        Ok(chunk) => chunk,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(1);
        }
    };
    let chunk = match moonproof_verifier::verify(chunk) {
        Ok(chunk) => chunk,
        Err(rejection) => {
            eprintln!("{rejection}");
            return ExitCode::from(1);
        }
    };
    let lua = moonproof_vm::Lua::new();
    match lua.run(chunk, &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", String::from_utf8_lossy(&error.message));
            ExitCode::from(1)
        }
    }
}
