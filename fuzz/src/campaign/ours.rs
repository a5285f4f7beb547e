//! Our VM as a machine of a campaign: a process that reads chunks and runs them the ways that
//! `oracle/hard/driver/gauntlet.c` runs them, with the same protocol and the same prelude.
//!
//! A finding is a panic (most likely with the feature `checked`), a crash, or a chunk that goes on
//! in spite of all limits.

use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use moonproof_bytecode::load;
use moonproof_compiler::compile;
use moonproof_hard::{WAYS_SHIFT, Way};
use moonproof_verifier::{VerifiedChunk, verify};
use moonproof_vm::{
    Error, Function, HookTriggers, Limits, Lua, LuaOptions, MultiValue, Result, StdLib, Stress,
    Table, Value,
};

/// Instructions of each way, and of what comes after it.
const FUEL: u64 = 3_000;
/// Bytes of heap.
const MEMORY: usize = 6 << 20;
/// Stack slots of a thread.
const STACK_SLOTS: usize = 20_000;
/// Resumptions of a coroutine.
const MAX_RESUMES: u32 = 150;
/// Seconds that a chunk may take. There is no way to take long, so that much is generous.
const MAX_SECONDS: u64 = 30;

/// Makes a function that looks at its caller in every way there is. Chunks themselves get hold of
/// nothing that reaches outside, not even by `load`.
const LOOK: &str = r#"
    local debug = debug
    _G.debug, _G.dofile, _G.loadfile = nil, nil, nil
    local function look()
        local n = 0
        return function()
            n = n + 1
            local info = debug.getinfo(3, "nSltufrL")
            if not info then return end
            local at = 1
            while debug.getlocal(3, at) do at = at + 1 end
            debug.getlocal(3, -1)
            debug.getlocal(info.func, 1)
            if n % 32 == 0 then debug.traceback("here", 2) end
        end
    end
    return look, debug.setmetatable
"#;

/// What the prelude returns.
struct Prelude {
    arguments: Function,
    environment: Function,
    afterwards: Function,
    /// Makes what the hook calls.
    look: Function,
}

/// Answers requests from standard input until it ends.
///
/// # Errors
///
/// If the other side does not keep to the protocol.
///
/// # Panics
///
/// If the prelude does not work, or the VM breaks.
pub fn serve() -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = io::stdout().lock();
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    let prelude = read_exactly(&mut input, u32::from_ne_bytes(len))?;
    let prelude = verify(compile(&prelude, b"=prelude").expect("a source of ours"));
    let prelude = prelude.expect("a chunk of ours");
    let turns = Arc::new(AtomicU64::new(0));
    watch(Arc::clone(&turns));
    loop {
        match input.read_exact(&mut len) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let mut head = [0; 12];
        input.read_exact(&mut head)?;
        let [f0, f1, f2, f3, seed @ ..] = head;
        let ways = u32::from_ne_bytes([f0, f1, f2, f3]) >> WAYS_SHIFT;
        let chunk = read_exactly(&mut input, u32::from_ne_bytes(len))?;
        turns.fetch_add(1, Ordering::Relaxed);
        let answer = run(&prelude, &chunk, ways, u64::from_ne_bytes(seed));
        turns.fetch_add(1, Ordering::Relaxed);
        output.write_all(&answer)?;
        output.flush()?;
    }
}

/// Reads so many bytes. Room is made as they arrive, whatever was announced.
///
/// # Errors
///
/// If there are fewer.
pub fn read_exactly(input: &mut impl Read, len: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(u64::from(len)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != u64::from(len) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// Ends the process if one chunk takes too long. There is one at work while the number is odd.
fn watch(turns: Arc<AtomicU64>) {
    thread::spawn(move || {
        let (mut last, mut seconds) = (0, 0);
        loop {
            thread::sleep(Duration::from_secs(1));
            let now = turns.load(Ordering::Relaxed);
            seconds = if now == last && now % 2 == 1 { seconds + 1 } else { 0 };
            last = now;
            if seconds > MAX_SECONDS {
                eprintln!("moonproof: a chunk takes too long");
                std::process::abort();
            }
        }
    });
}

/// Goes the ways with a chunk that are given as bits, or all.
fn run(prelude: &VerifiedChunk, bytes: &[u8], ways: u32, seed: u64) -> [u8; 8] {
    let Some(chunk) = load(bytes).ok().and_then(|chunk| verify(chunk).ok()) else {
        return *b"r\0\0\0\0\0\0\0";
    };
    let mut answer = [b'd', 0, 0, 0, 0, 0, 0, 0];
    let mut n_steps = 0;
    let lua = machine(seed);
    // Only because there is not enough memory for this does it ever fail.
    let prelude = begin(&lua, prelude, seed).expect("the prelude runs");
    let is_wanted = |way: &Way| ways == 0 || ways & 1 << *way as u32 != 0;
    for way in Way::ALL.into_iter().filter(is_wanted) {
        let mut bits = crate::Rng::new(seed.wrapping_add(way as u64)).bits();
        limit(&lua, MEMORY);
        lua.set_stress(Stress::Off);
        let stress = match bits & 15 {
            0 => Stress::Collections,
            1 => Stress::Steps,
            _ => Stress::Off,
        };
        lua.set_generational(bits & 16 != 0);
        bits >>= 8;
        let outcome = go(&lua, &prelude, &chunk, way, (stress, bits));
        n_steps += FUEL - lua.fuel().min(FUEL);
        lua.remove_hook();
        limit(&lua, MEMORY);
        let rest = outcome.as_ref().ok().cloned().unwrap_or_default();
        // Whatever becomes of it: the chunk's functions fail, or use up what there is.
        let _ = prelude.afterwards.call::<()>((Value::Nil, rest));
        answer[1] += 1;
        answer[2] += u8::from(outcome.is_err());
    }
    let steps = u32::try_from(n_steps).unwrap_or(u32::MAX).to_ne_bytes();
    answer[4..].copy_from_slice(&steps);
    check_alive(&lua);
    answer
}

fn machine(seed: u64) -> Lua {
    let libraries = StdLib::COROUTINE
        | StdLib::TABLE
        | StdLib::STRING
        | StdLib::UTF8
        | StdLib::MATH
        | StdLib::DEBUG;
    let options = LuaOptions::new().ignore_environment(true).text_chunks_only(true);
    let options = options.sandboxed(true).seed(seed);
    let lua = Lua::new_with(libraries, options).expect("there is memory for a VM");
    lua.set_warning_function(|_, _, _| Ok(()));
    lua
}

fn begin(lua: &Lua, prelude: &VerifiedChunk, seed: u64) -> Result<Prelude> {
    let globals = lua.globals();
    globals.set("print", lua.create_function(|_, _: MultiValue| Ok(()))?)?;
    let (look, set_metatable): (Function, Function) = lua.load(LOOK).eval()?;
    let function = lua.load_verified(prelude.clone())?;
    let (_, arguments, environment, afterwards): (Function, Function, Function, Function) =
        function.call((seed as i64, set_metatable))?;
    Ok(Prelude { arguments, environment, afterwards, look })
}

fn limit(lua: &Lua, memory: usize) {
    lua.set_limits(Limits::new().fuel(FUEL).memory(memory).stack_slots(STACK_SLOTS));
}

fn n_arguments(way: Way, bits: u64) -> i64 {
    let bits = bits as usize;
    match way {
        Way::Called | Way::NoMemory => 0,
        Way::Many => [20, 50, 100, 250, 255, 300, 1000, 3000][bits % 8],
        _ => [1, 2, 3, 3, 5, 9][bits % 6],
    }
}

/// Goes one way, and returns what the chunk returned.
fn go(
    lua: &Lua,
    prelude: &Prelude,
    chunk: &VerifiedChunk,
    way: Way,
    (stress, bits): (Stress, u64),
) -> Result<MultiValue> {
    let environment: Table = prelude.environment.call((way != Way::Called, way == Way::Resumed))?;
    let mut function = lua.load_verified(chunk.clone())?;
    if way == Way::Again {
        let dumped = function.dump(bits & 1 != 0).expect("a Lua function");
        function = lua.load(dumped).into_function()?;
    }
    function.set_environment(environment)?;
    let arguments: MultiValue = prelude.arguments.call(n_arguments(way, bits >> 1))?;
    lua.set_stress(stress);
    match way {
        Way::Resumed => return resume(lua, prelude, function, arguments),
        // There is a little left, so that it ends at another place each time.
        Way::NoMemory => {
            limit(lua, lua.used_memory() + (bits >> 16 & 0x7FFF) as usize);
            lua.set_stress(Stress::Off);
        }
        Way::Interrupted => {
            let after = 1 + (bits >> 16) as u32 % 40;
            let triggers = HookTriggers::new().every_nth_instruction(after);
            lua.set_hook(triggers, |lua, _| {
                let traceback = lua.traceback(Some("interrupted"), 0);
                Err(Error::runtime(traceback))
            })?;
        }
        Way::Watched => {
            let look: Function = prelude.look.call(())?;
            let triggers =
                HookTriggers::ON_CALLS | HookTriggers::ON_RETURNS | HookTriggers::EVERY_LINE;
            let triggers = triggers.every_nth_instruction(1 + (bits >> 16) as u32 % 4);
            lua.set_hook(triggers, move |lua, event| {
                drop(event.activation(lua));
                look.call(())
            })?;
        }
        Way::Called | Way::Arguments | Way::Many | Way::Again => {}
    }
    function.call(arguments)
}

fn resume(
    lua: &Lua,
    prelude: &Prelude,
    function: Function,
    mut arguments: MultiValue,
) -> Result<MultiValue> {
    let thread = lua.create_thread(function)?;
    for n in 0..MAX_RESUMES {
        let results = thread.resume(std::mem::take(&mut arguments));
        if !thread.is_resumable() {
            return results;
        }
        if n % 8 == 3 {
            let _ = prelude.afterwards.call::<()>((Value::Nil, results?));
        }
    }
    thread.close()?;
    Ok(MultiValue::default())
}

/// Whatever has happened, the VM works.
fn check_alive(lua: &Lua) {
    // Not with the chunk's finalizers in between, which may use up what there is.
    lua.gc_stop();
    lua.set_limits(Limits::new().fuel(100_000));
    lua.set_stress(Stress::Off);
    let sum =
        "local t = {} for i = 1, 10 do t[i] = function() return i end end return t[3]() + t[7]()";
    let sum: i64 = lua.load(sum).eval().expect("the VM still works");
    assert_eq!(sum, 10);
    lua.gc_restart();
    // The VM is closed next, and finalizers are called.
    limit(lua, MEMORY);
}
