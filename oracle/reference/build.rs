//! Builds the reference and the driver around it.
//!
//! `lua-src` builds the library, with the settings it has for everyone. The driver needs the
//! headers that Lua keeps to itself as well, and so the folder the sources are in. Where that is,
//! `lua-src` does not tell; but it copies the public headers from there, and names the folder when
//! it cannot. A folder in the way of the first header makes sure that it cannot.
//!
//! Without a C compiler the crate is built all the same and says so when asked.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HEADER: &str = "lauxlib.h";
const DRIVER: [&str; 4] = ["compile.c", "list.c", "run.c", "time.c"];

fn main() {
    println!("cargo:rustc-check-cfg=cfg(reference)");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=driver");
    println!("cargo:rerun-if-env-changed=CC");
    match build() {
        Ok(()) => println!("cargo:rustc-cfg=reference"),
        Err(error) => {
            let reason = error.to_string().replace('\n', " ");
            println!("cargo:warning=the reference Lua could not be built: {reason}");
            println!("cargo:rustc-env=MOONPROOF_REFERENCE_ERROR={reason}");
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    // Asked first, since its error names the compiler that is missing.
    driver_build().try_get_compiler()?;
    let sources = build_library(&out_dir)?;
    println!("cargo:rustc-link-search=native={}", out_dir.join("lib").display());
    driver_build()
        .include(&sources)
        .files(DRIVER.map(|name| Path::new("driver").join(name)))
        .try_compile("moonproof_driver")?;
    println!("cargo:sources={}", sources.display());
    println!("cargo:rustc-link-lib=static=lua5.4");
    println!("cargo:rustc-link-lib=m");
    // Only measurements miss it.
    if let Err(error) = link_program(&out_dir) {
        println!("cargo:warning=the reference is no program to be measured: {error}");
    }
    Ok(())
}

/// Links the program as the reference's makefile does: with the C library shared, and so without
/// the compiler's flags for this project's own programs.
fn link_program(out_dir: &Path) -> Result<(), Box<dyn Error>> {
    let program = out_dir.join("lua");
    let status = Command::new(driver_build().get_compiler().path())
        .args(["driver/main.c", "-Wl,-E", "-o"])
        .arg(&program)
        .arg(out_dir.join("libmoonproof_driver.a"))
        .arg(out_dir.join("lib").join("liblua5.4.a"))
        .args(["-lm", "-ldl"])
        .status()?;
    if !status.success() {
        return Err("the C compiler cannot link a program".into());
    }
    println!("cargo:rustc-env=MOONPROOF_REFERENCE_PROGRAM={}", program.display());
    Ok(())
}

fn driver_build() -> cc::Build {
    let mut build = cc::Build::new();
    build.define("LUA_USE_LINUX", None).define("LUA_COMPAT_5_3", None).opt_level(2);
    build
}

/// Builds the library and returns the folder of its sources.
fn build_library(out_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let obstacle = out_dir.join("include").join(HEADER);
    if obstacle.is_file() {
        fs::remove_file(&obstacle)?;
    }
    fs::create_dir_all(&obstacle)?;
    let outcome = lua_src::Build::new().opt_level("2").debug(false).try_build(lua_src::Lua54);
    let Err(error) = outcome else {
        return Err("the obstacle to copying headers was none".into());
    };
    let message = error.to_string();
    let folder = message
        .split('\'')
        .find_map(|quoted| quoted.strip_suffix(HEADER))
        .map(PathBuf::from)
        .filter(|folder| folder.join("lundump.h").is_file());
    folder.ok_or_else(|| message.into())
}
