//! Any source or chunk, run if it verifies.
//!
//! Whatever verifies runs in our VM without a panic, within its limits of fuel, memory and stack,
//! and leaves a VM that still works. What a chunk does is of no interest here: most are nonsense.
//!
//! Libraries that reach outside the VM are taken away first.

use std::sync::LazyLock;

use moonproof_bytecode::load;
use moonproof_compiler::compile;
use moonproof_verifier::{VerifiedChunk, verify};
use moonproof_vm::{Limits, Lua, LuaOptions, StdLib, Stress};

use crate::Reached;

/// Where inputs of this target end.
pub static REACHED: Reached<4> = Reached::new(["refused", "rejected", "failed", "returned"]);
/// Index in [`REACHED`] of inputs that do not compile or load.
pub const REFUSED: usize = 0;
/// Index in [`REACHED`] of inputs that do not verify.
pub const REJECTED: usize = 1;
/// Index in [`REACHED`] of inputs that end with an error, or at a limit.
pub const FAILED: usize = 2;
/// Index in [`REACHED`] of inputs that run to their end.
pub const RETURNED: usize = 3;

/// Instructions that an input may execute.
const FUEL: u64 = 30_000;
/// The same, if every safepoint is a whole collection, or looks at all objects.
const STRESS_FUEL: u64 = 2_000;
/// Bytes of heap that it may use.
const MEMORY: usize = 16 << 20;
/// Stack slots of each of its threads.
const STACK_SLOTS: usize = 20_000;
/// First byte of a binary chunk.
const SIGNATURE: u8 = 0x1B;
/// Longest input that does not verify and is worth mutating further.
const MAX_REFUSED: usize = 96;

/// Bytes of memory that [`run`] may hold at a time for an input of that length: the VM's limit, an
/// empty VM, and what compiling and verifying take.
pub fn memory_bound(len: usize) -> usize {
    MEMORY + 512 * len + (4 << 20)
}

/// Takes away what reaches outside, and gives some of it back in a harmless form.
const PRELUDE: &str = r#"
    for _, name in ipairs { "io", "package", "require", "dofile", "loadfile", "warn" } do
        _G[name] = nil
    end
    if os then os = { time = os.time, clock = os.clock, date = os.date } end
    if debug then
        local registry = debug.getregistry()
        for key in pairs(registry) do registry[key] = nil end
        debug.debug, debug.getregistry = nil, nil
    end
    local tostring, select = tostring, select
    function print(...)
        for i = 1, select('#', ...) do tostring((select(i, ...))) end
    end
"#;

/// Run after an input to see whether the VM still works. It uses nothing that an input could have
/// changed.
const EPILOGUE: &str = "
    local t = {}
    for i = 1, 10 do t[i] = function() return i end end
    return t[7]()
";

fn trusted(source: &str) -> VerifiedChunk {
    let chunk = compile(source.as_bytes(), b"=trusted").expect("a source of ours");
    verify(chunk).expect("a chunk of ours")
}

static PRELUDE_CHUNK: LazyLock<VerifiedChunk> = LazyLock::new(|| trusted(PRELUDE));
static EPILOGUE_CHUNK: LazyLock<VerifiedChunk> = LazyLock::new(|| trusted(EPILOGUE));

/// Prepares what all inputs share, so that it does not count towards the first one's memory.
pub fn prepare() {
    LazyLock::force(&PRELUDE_CHUNK);
    LazyLock::force(&EPILOGUE_CHUNK);
}

/// Runs the body over one input and counts where it ended. Says whether the input is worth keeping
/// for further mutation.
///
/// # Panics
///
/// If a promise is broken.
pub fn run(input: &[u8]) -> bool {
    let end = reach(input);
    REACHED.count(end);
    end == FAILED || end == RETURNED || input.len() <= MAX_REFUSED
}

fn reach(input: &[u8]) -> usize {
    let is_chunk = input.first() == Some(&SIGNATURE);
    let chunk = if is_chunk { load(input).ok() } else { compile(input, b"=fuzz").ok() };
    let Some(chunk) = chunk else { return REFUSED };
    let verified = match verify(chunk) {
        Ok(verified) => verified,
        Err(_) if is_chunk => return REJECTED,
        Err(rejection) => panic!("what was compiled does not verify: {rejection}"),
    };
    execute(verified)
}

fn execute(chunk: VerifiedChunk) -> usize {
    // So that an input does the same again.
    let options = LuaOptions::new().seed(0);
    let lua = Lua::new_with(StdLib::ALL, options).expect("there is memory for a VM");
    lua.run(PRELUDE_CHUNK.clone(), &[]).expect("the prelude runs");
    let mut limits = Limits::default();
    // Most inputs run in a VM that collects garbage and moves its stack whenever it can, or examines
    // each step of its collector; which do is up to the input, so that it always runs the same.
    let (stress, generational) = match chunk.main().code.len() % 8 {
        0..=2 => (Stress::Collections, false),
        3 => (Stress::Steps, false),
        4 => (Stress::Steps, true),
        5 => (Stress::Off, true),
        _ => (Stress::Off, false),
    };
    let fuel = if stress == Stress::Off { FUEL } else { STRESS_FUEL };
    limits.fuel = Some(fuel);
    limits.memory = MEMORY;
    limits.stack_slots = STACK_SLOTS;
    lua.set_limits(limits);
    lua.set_stress(stress);
    lua.set_generational(generational);
    let end = match lua.run(chunk, &[b"first".to_vec(), b"2".to_vec()]) {
        Ok(()) => RETURNED,
        Err(error) => {
            assert!(error.message.len() <= MEMORY);
            FAILED
        }
    };
    assert!(lua.fuel() <= fuel, "fuel grew");
    assert!(lua.used_memory() <= MEMORY, "{} bytes in use", lua.used_memory());
    lua.set_limits(Limits::default());
    lua.set_stress(Stress::Off);
    // What the input has hooked into everything is not what is looked at.
    lua.remove_hook();
    lua.run(EPILOGUE_CHUNK.clone(), &[]).expect("the VM still works");
    end
}
