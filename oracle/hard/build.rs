//! Builds the hard reference: an executable, since sanitizers do not mix with a Rust program, and a
//! second one without sanitizers.
//!
//! The sources are those that `moonproof-reference` builds. They are copied, a few lines are added
//! to them ([`PATCHES`]), and all is compiled with ASan, UBSan, assertions and checks of the API,
//! and with a stack that moves whenever it may.
//!
//! Where there is no compiler or it has no sanitizers, the crate is built all the same and says so
//! when asked.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

/// Lines that are added to one of the reference's files, behind the only line that contains the
/// anchor.
struct Patch {
    file: &'static str,
    anchor: &'static str,
    lines: &'static str,
}

const PATCHES: [Patch; 7] = [
    // Everything that runs bytecode reads this header, with the types the checks need above.
    Patch { file: "lgc.h", anchor: "void luaC_changemode (", lines: "#include \"checks.h\"\n" },
    Patch {
        file: "lvm.c",
        anchor: "#define vmdispatch(",
        lines: "#undef vmdispatch\n#define vmdispatch(o) switch (i = moonproof_step(L, ci, k, pc), (o))\n",
    },
    Patch {
        file: "ldo.c",
        anchor: "CallInfo *luaD_precall (",
        lines: "moonproof_call(L, func);\n",
    },
    Patch { file: "ldo.c", anchor: "L->ci = ci->previous;", lines: "moonproof_return(L, ci);\n" },
    // A value can lose its metamethod before it is closed, in valid source as well. The copy of an
    // absent entry that comes of it trips an assertion, and nothing else.
    Patch {
        file: "lfunc.c",
        anchor: "tm = luaT_gettmbyobj(L, obj, TM_CLOSE);",
        lines: "if (notm(tm)) tm = &G(L)->nilvalue;\n",
    },
    // The message for who resumes what cannot be resumed is made in the latter's name. If there is no
    // memory for it, the error goes past everything up to the main thread, or, the next time, to where
    // somebody has been: whatever the chunks are. So there always is.
    Patch {
        file: "ldo.c",
        anchor: "static int resume_error (",
        lines: "moonproof_must_succeed = 1;\n",
    },
    Patch {
        file: "ldo.c",
        anchor: "setsvalue2s(L, L->top.p, luaS_new(L, msg));",
        lines: "moonproof_must_succeed = 0;\n",
    },
];

/// Parts of the reference that are left out: what reaches outside a state.
const WITHOUT: [&str; 4] = ["liolib.c", "loslib.c", "loadlib.c", "linit.c"];

const DRIVER: [&str; 3] = ["checks.c", "checks.h", "gauntlet.c"];

/// An executable: its name, the variable that tells the crate where it is, and flags of its own.
struct Variant {
    name: &'static str,
    variable: &'static str,
    flags: &'static [&'static str],
}

const VARIANTS: [Variant; 2] = [
    Variant {
        name: "gauntlet",
        variable: "MOONPROOF_HARD",
        flags: &[
            "-O2",
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
            "-DMOONPROOF_SANITIZED",
        ],
    },
    Variant { name: "monitored", variable: "MOONPROOF_HARD_MONITORED", flags: &["-O2"] },
];

const FLAGS: [&str; 11] = [
    "-c",
    "-g1",
    "-fno-omit-frame-pointer",
    "-DLUA_USE_LINUX",
    "-DLUA_COMPAT_5_3",
    "-DLUAI_ASSERT",
    "-DLUA_USE_APICHECK",
    "-DHARDSTACKTESTS",
    // Instructions pass through one place.
    "-DLUA_USE_JUMPTABLE=0",
    // A chunk does the same each time.
    "-Dluai_makeseed(L)=((void)(L),0x6d6f6f6eu)",
    "-Wno-attributes",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=driver");
    println!("cargo:rerun-if-env-changed=CC");
    match build() {
        Ok(executables) => {
            for (variant, executable) in VARIANTS.iter().zip(executables) {
                println!("cargo:rustc-env={}={}", variant.variable, executable.display());
            }
        }
        Err(error) => {
            let reason = error.to_string().replace('\n', " ");
            println!("cargo:warning=the hard reference could not be built: {reason}");
            println!("cargo:rustc-env=MOONPROOF_HARD_ERROR={reason}");
        }
    }
}

fn build() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let reference = env::var_os("DEP_MOONPROOF_REFERENCE_SOURCES")
        .ok_or("the reference itself could not be built")?;
    let folder = out_dir.join("src");
    fs::create_dir_all(&folder)?;
    let files = copy_sources(Path::new(&reference), &folder)?;
    for patch in &PATCHES {
        apply(patch, &folder)?;
    }
    VARIANTS.iter().map(|variant| link(variant, &files, &out_dir)).collect()
}

fn link(variant: &Variant, files: &[PathBuf], out_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let to = out_dir.join("objects").join(variant.name);
    fs::create_dir_all(&to)?;
    let objects = compile(variant, files, &to)?;
    let executable = out_dir.join(variant.name);
    run(compiler()?.args(variant.flags).args(&objects).arg("-lm").arg("-o").arg(&executable))?;
    Ok(executable)
}

fn compiler() -> Result<Command, Box<dyn Error>> {
    let mut build = cc::Build::new();
    // Its own ideas of optimisation and warnings do not matter here.
    build.no_default_flags(true).warnings(false).cargo_metadata(false);
    Ok(build.try_get_compiler()?.to_command())
}

/// Copies the reference and the driver into a folder. Returns what is to be compiled.
fn copy_sources(reference: &Path, folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(reference)? {
        sources.push(entry?.path());
    }
    sources.extend(DRIVER.map(|name| Path::new("driver").join(name)));
    let mut files = Vec::new();
    for source in sources {
        let name = source.file_name().ok_or("a file without name")?.to_owned();
        let name = name.to_string_lossy();
        let is_code = name.ends_with(".c");
        if WITHOUT.contains(&&*name) || !is_code && !name.ends_with(".h") {
            continue;
        }
        let copy = folder.join(&*name);
        // Not copied as a file: permission to write need not come with it.
        fs::write(&copy, fs::read(&source)?)?;
        if is_code {
            files.push(copy);
        }
    }
    files.sort();
    Ok(files)
}

fn apply(patch: &Patch, folder: &Path) -> Result<(), Box<dyn Error>> {
    let path = folder.join(patch.file);
    let text = fs::read_to_string(&path)?;
    let mut places = text.match_indices(patch.anchor);
    let (Some((at, _)), None) = (places.next(), places.next()) else {
        return Err(format!("{}: '{}' is not there once", patch.file, patch.anchor).into());
    };
    let end = text[at..].find('\n').map_or(text.len(), |len| at + len + 1);
    fs::write(&path, [&text[..end], patch.lines, &text[end..]].concat())?;
    Ok(())
}

/// Compiles every file, as many at a time as the build may.
fn compile(
    variant: &Variant,
    files: &[PathBuf],
    to: &Path,
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let n_jobs = env::var("NUM_JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_usize);
    let queue = Mutex::new(files.iter());
    let errors = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..n_jobs.clamp(1, 16) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some(file) = next else { return };
                    if let Err(error) = compile_one(variant, file, to)
                        && let Ok(mut errors) = errors.lock()
                    {
                        errors.push(error.to_string());
                    }
                }
            });
        }
    });
    match errors.into_inner().unwrap_or_default().first() {
        Some(error) => Err(error.clone().into()),
        None => Ok(files.iter().map(|file| object(file, to)).collect()),
    }
}

fn object(file: &Path, to: &Path) -> PathBuf {
    to.join(file.file_name().unwrap_or_default()).with_extension("o")
}

fn compile_one(variant: &Variant, file: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let sources = file.parent().ok_or("a file in no folder")?;
    let mut command = compiler()?;
    command.args(variant.flags).args(FLAGS).arg("-I").arg(sources).arg(file);
    run(command.arg("-o").arg(object(file, to)))
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}", text.trim()).into())
}
