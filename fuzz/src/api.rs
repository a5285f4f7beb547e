//! Any sequence of calls of the embedding API.
//!
//! A host that uses several VMs at a time, keeps handles longer than their VMs, gives those of one
//! to another and goes on from inside its own callbacks, hooks, iterations and borrows gets errors
//! at worst: no panic, no access to what is gone, no limit that does not hold. Where two VMs meet
//! it must be an error.
//!
//! The input says what to do next, a byte or a few for each call, and what is done by callbacks as
//! well: they go on reading where the call in which they are had come to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moonproof_vm::{
    Error, HookTriggers, Limits, Lua, LuaOptions, MetaMethod, MultiValue, RegistryKey, Result,
    StdLib, Step, Stress, UserData, UserDataFields, UserDataMethods, Value, Variadic,
};

use crate::Reached;

/// What became of the calls, those inside of others included.
pub static REACHED: Reached<4> = Reached::new(["done", "failed", "limited", "refused"]);
/// Index in [`REACHED`] of calls that did what they do.
pub const DONE: usize = 0;
/// Index in [`REACHED`] of calls that ended with an error.
pub const FAILED: usize = 1;
/// Index in [`REACHED`] of calls that a limit ended.
pub const LIMITED: usize = 2;
/// Index in [`REACHED`] of calls with handles that are foreign or dead.
pub const REFUSED: usize = 3;

/// VMs at a time.
const N_VMS: usize = 3;
/// Values that the host keeps.
const N_VALUES: usize = 24;
/// Callbacks inside of callbacks in which the host does something itself.
const MAX_DEPTH: usize = 6;
/// Calls of the API for an input: there may be many for each of its bytes.
const MAX_CALLS: usize = 400;
/// Instructions that a VM may execute until it gets new limits.
const FUEL: u64 = 5_000;
/// The same, if every safepoint is a collection.
const STRESS_FUEL: u64 = 500;
/// Bytes of heap of each VM.
const MEMORY: usize = 4 << 20;
/// Steps of an iteration.
const N_STEPS: usize = 8;

/// Bytes of memory that [`run`] may hold at a time for an input of that length: the heaps, and what
/// the host holds.
pub fn memory_bound(len: usize) -> usize {
    2 * N_VMS * MEMORY + 512 * len + (4 << 20)
}

/// Runs the body over one input. Says whether it is worth keeping for further mutation: if there
/// were any calls.
///
/// # Panics
///
/// If a promise is broken.
pub fn run(input: &[u8]) -> bool {
    let tape = Vec::from(input).into_iter();
    let host = Arc::new(Host { tape: Mutex::new(tape), ..Host::default() });
    while host.has_more() {
        let result = host.step();
        host.count(&result);
    }
    let n_calls = host.n_calls.load(Ordering::Relaxed);
    // Callbacks hold the host, which holds the VMs.
    let left = std::mem::take(&mut *lock(&host.kept));
    drop(left);
    n_calls > 0
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a host has.
#[derive(Default)]
struct Kept {
    vms: [Option<(usize, Lua)>; N_VMS],
    /// Values with the number of their VM, the oldest first.
    values: Vec<(usize, Value)>,
    keys: Vec<RegistryKey>,
}

#[derive(Default)]
struct Host {
    tape: Mutex<std::vec::IntoIter<u8>>,
    kept: Mutex<Kept>,
    n_vms: AtomicUsize,
    n_calls: AtomicUsize,
    depth: AtomicUsize,
}

/// Something of the host's inside a VM.
struct Thing {
    host: Arc<Host>,
    n: i64,
}

impl UserData for Thing {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("n", |_, thing| Ok(thing.n));
        fields.add_field_method_set("n", |_, thing, n| {
            thing.n = n;
            Ok(())
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("go", |lua, thing, args: MultiValue| thing.host.go_on(lua, args));
        methods.add_method_mut("change", |lua, thing, args: MultiValue| {
            thing.n += 1;
            let host = Arc::clone(&thing.host);
            host.go_on(lua, args)
        });
        methods.add_meta_method(MetaMethod::Call, |lua, thing, args: MultiValue| {
            thing.host.go_on(lua, args)
        });
        methods.add_meta_method(MetaMethod::Close, |lua, thing, args: MultiValue| {
            thing.host.go_on(lua, args)
        });
        methods.add_meta_function(MetaMethod::Concat, |_, args: Variadic<Value>| Ok(args.len()));
    }
}

/// What scripts a host runs; they get what else there is as `...`.
const SCRIPTS: [&str; 16] = [
    "return ...",
    "return function(...) return select('#', ...), ... end",
    "return coroutine.create(function(...) for i = 1, 3 do coroutine.yield(i, ...) end error('end') end)",
    "local f = ... return coroutine.wrap(function(...) return f(...) end)",
    "local t = setmetatable({}, {__index = function(t, k) return k end, __gc = function() end}) return t",
    "local f, a, b = ... return f(a, b)",
    "local f, a, b = ... return pcall(f, a, b)",
    "local t, k, v = ... t[k] = v return t[k], #t",
    "local x <close> = ... local t = {} for i = 1, 20 do t[i] = {i} end return t",
    "local f = ... table.sort({3, 1, 2, 5, 4}, f) return ('x'):gsub('x', f)",
    "local x, y = ... return x == y, x ~= nil and x .. y, x < y",
    "while true do end",
    "local t = {} while true do t[#t + 1] = {t} end",
    "local function f(...) return f(..., 1) end return pcall(f)",
    "local f = ... debug.sethook(f, 'crl', 3) for i = 1, 9 do end debug.sethook()",
    "global, other = ... return load('return ...', '=x', 't', {})(global), string.dump(function() end)",
];

impl Host {
    fn has_more(&self) -> bool {
        lock(&self.tape).len() > 0 && self.n_calls.load(Ordering::Relaxed) < MAX_CALLS
    }

    fn byte(&self) -> usize {
        lock(&self.tape).next().unwrap_or(0).into()
    }

    fn below(&self, n: usize) -> usize {
        self.byte() % n.max(1)
    }

    fn count(&self, result: &Result<()>) {
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        REACHED.count(match result {
            Ok(()) => DONE,
            Err(error) => match error.root_cause() {
                Error::LimitExceeded { .. } | Error::MemoryError(_) => LIMITED,
                Error::ForeignHandle | Error::VmDestroyed => REFUSED,
                _ => FAILED,
            },
        });
    }

    /// A VM, a new one if there is none in that place.
    fn vm(self: &Arc<Self>) -> (usize, Lua) {
        let at = self.below(N_VMS);
        if let Some((id, lua)) = &lock(&self.kept).vms[at] {
            return (*id, lua.clone());
        }
        let (all, io) = (StdLib::ALL, StdLib::IO);
        let options = LuaOptions::new().ignore_environment(true).seed(0);
        // As `Lua::sandboxed` makes them, or with everything that leaves the machine alone.
        let (libraries, options) = match self.below(4) {
            0 => (all - io - StdLib::DEBUG, options.text_chunks_only(true).sandboxed(true)),
            _ => (all - io - StdLib::OS - StdLib::PACKAGE, options),
        };
        let lua = Lua::new_with(libraries, options).expect("the libraries are there");
        let mut fuel = FUEL;
        match self.below(8) {
            n @ 0..2 => {
                lua.set_stress(if n == 0 { Stress::Collections } else { Stress::Steps });
                fuel = STRESS_FUEL;
            }
            2 | 3 => lua.set_generational(true),
            _ => {}
        }
        lua.set_limits(Limits::new().fuel(fuel).memory(MEMORY).stack_slots(2000));
        let id = self.n_vms.fetch_add(1, Ordering::Relaxed);
        let old = lock(&self.kept).vms[at].replace((id, lua.clone()));
        drop(old);
        (id, lua)
    }

    fn keep(&self, id: usize, value: Value) {
        let old = {
            let mut kept = lock(&self.kept);
            kept.values.push((id, value));
            (kept.values.len() > N_VALUES).then(|| kept.values.remove(0))
        };
        // Dropping a value may run the host's code.
        drop(old);
    }

    fn keep_all(&self, id: usize, values: MultiValue) -> Result<()> {
        for value in values.into_vec().into_iter().take(3) {
            self.keep(id, value);
        }
        Ok(())
    }

    /// A value of some VM: one that is kept, or a small one, which is anybody's.
    fn value(&self) -> (Option<usize>, Value) {
        let at = self.byte();
        let small = match at {
            0..20 => Value::Integer(at as i64 - 4),
            20..24 => Value::Nil,
            24..28 => Value::Boolean(at.is_multiple_of(2)),
            28..32 => Value::Number(at as f64 / 4.0),
            _ => match lock(&self.kept).values.get(at % N_VALUES) {
                Some((id, value)) => return (is_handle(value).then_some(*id), value.clone()),
                None => Value::Nil,
            },
        };
        (None, small)
    }

    fn values(&self) -> (Vec<Option<usize>>, MultiValue) {
        let (owners, values): (_, Vec<Value>) = (0..self.below(4)).map(|_| self.value()).unzip();
        (owners, values.into())
    }

    /// The first value of a kind that is kept, from some place on.
    fn pick<T>(&self, kind: impl Fn(&Value) -> Option<T>) -> Option<(usize, T)> {
        let from = self.byte();
        let kept = lock(&self.kept);
        let n = kept.values.len();
        (0..n).find_map(|i| {
            let (id, value) = &kept.values[(from + i) % n];
            Some((*id, kind(value)?))
        })
    }

    /// What a callback does: it goes on, and gives its arguments back, or something else, or an error.
    fn go_on(self: &Arc<Self>, lua: &Lua, args: MultiValue) -> Result<MultiValue> {
        if self.depth.fetch_add(1, Ordering::Relaxed) < MAX_DEPTH {
            for _ in 0..self.below(4) {
                let result = self.step();
                self.count(&result);
            }
        }
        self.depth.fetch_sub(1, Ordering::Relaxed);
        match self.below(8) {
            0 => Err(Error::runtime("the host is not pleased")),
            1 => Ok(self.values().1),
            2 => lua.globals().get::<Value>("global").map(|value| MultiValue::from(vec![value])),
            _ => Ok(args),
        }
    }

    /// As [`go_on`](Self::go_on), as a step.
    fn go_a_step(self: &Arc<Self>, lua: &Lua, args: MultiValue) -> Result<Step> {
        let args = self.go_on(lua, args)?;
        let host = Arc::clone(self);
        let then = move |lua: &Lua, args: MultiValue| {
            if host.has_more() { host.go_a_step(lua, args) } else { Step::done(lua, args) }
        };
        let function = self.pick(|value| value.as_function().cloned());
        match (self.below(5), function) {
            (0, _) => Step::yield_with(lua, args, then),
            (1, Some((_, function))) => Step::call(lua, &function, args, then),
            (2, Some((_, function))) => {
                Step::pcall(lua, &function, args, move |lua, results: Result<MultiValue>| {
                    then(lua, results.unwrap_or_default())
                })
            }
            (3, Some((_, function))) => Step::tail_call(lua, &function, args),
            _ => Step::done(lua, args),
        }
    }

    /// A call of the API, and what it is to lead to.
    fn step(self: &Arc<Self>) -> Result<()> {
        match self.below(16) {
            0..3 => self.script(),
            3..6 => self.create(),
            6..9 => self.table(),
            9 | 10 => self.function(),
            11 => self.thread(),
            12 => self.userdata(),
            13 => self.registry(),
            14 => self.settings(),
            _ => self.others(),
        }
    }

    fn script(self: &Arc<Self>) -> Result<()> {
        let (id, lua) = self.vm();
        let script = SCRIPTS[self.below(SCRIPTS.len())];
        let (ids, args) = self.values();
        let results = lua.load(script).set_name("=script").call::<MultiValue>(args);
        check_owners(id, &ids, &results);
        self.keep_all(id, results?)
    }

    fn create(self: &Arc<Self>) -> Result<()> {
        let (id, lua) = self.vm();
        let host = Arc::clone(self);
        let value = match self.below(10) {
            0 => Value::String(lua.create_string(vec![b'x'; self.byte() * 8])?),
            1 => Value::Table(lua.create_table()?),
            2 => Value::Table(lua.create_table_with_capacity(1 << self.below(40), self.byte())?),
            3 => Value::Table(lua.create_sequence_from(self.values().1.into_vec())?),
            4 | 5 => Value::Function(
                lua.create_function(move |lua, args: MultiValue| host.go_on(lua, args))?,
            ),
            6 => {
                let mut n = 0;
                Value::Function(lua.create_function_mut(move |lua, args: MultiValue| {
                    n += 1;
                    if n > 100 { Ok(args) } else { host.go_on(lua, args) }
                })?)
            }
            7 => Value::Function(
                lua.create_step_function(move |lua, args: MultiValue| host.go_a_step(lua, args))?,
            ),
            8 => Value::UserData(lua.create_userdata(Thing { host, n: 0 })?),
            _ => {
                let Some((_, function)) = self.pick(|value| value.as_function().cloned()) else {
                    return Ok(());
                };
                Value::Thread(lua.create_thread(function)?)
            }
        };
        self.keep(id, value);
        Ok(())
    }

    fn table(self: &Arc<Self>) -> Result<()> {
        let Some((id, table)) = self.pick(|value| value.as_table().cloned()) else { return Ok(()) };
        let ((key_owner, key), (owner, value)) = (self.value(), self.value());
        let set = |result: Result<()>| {
            check_owners(id, &[key_owner, owner], &result);
            result
        };
        match self.below(18) {
            0 | 1 => set(table.set(key, value)),
            2 => set(table.raw_set(key, value)),
            3 => table.get(key).map(|value| self.keep(id, value)),
            4 => table.raw_get(key).map(|value| self.keep(id, value)),
            5 => table.push(value),
            6 => table.pop().map(|value| self.keep(id, value)),
            7 => table.raw_insert(self.byte() as i64 - 2, value),
            8 => table.raw_remove(key),
            9 => table.clear(),
            10 => table.len().map(|_| ()),
            11 => table.pairs().take(N_STEPS).try_for_each(|pair| {
                let (_, value): (Value, Value) = pair?;
                self.keep(id, value);
                self.step()
            }),
            12 => table
                .for_each(|_: Value, _: Value| if self.has_more() { self.step() } else { Ok(()) }),
            13 => table.sequence_values::<Value>().take(N_STEPS).try_for_each(|v| v.map(|_| ())),
            14 => {
                let metatable = self.pick(|value| value.as_table().cloned());
                table.set_metatable(metatable.map(|(_, metatable)| metatable))
            }
            15 => table.call::<MultiValue>(value).and_then(|values| self.keep_all(id, values)),
            16 => table.call_method::<MultiValue>("go", value).map(|_| ()),
            _ => {
                let other = self.pick(|value| value.as_table().cloned());
                other.map_or(Ok(()), |(_, other)| table.equals(&other).map(|_| ()))
            }
        }
    }

    fn function(self: &Arc<Self>) -> Result<()> {
        let Some((id, function)) = self.pick(|value| value.as_function().cloned()) else {
            return Ok(());
        };
        let (ids, args) = self.values();
        match self.below(8) {
            0..4 => {
                let results = function.call::<MultiValue>(args);
                check_owners(id, &ids, &results);
                self.keep_all(id, results?)
            }
            4 => function.bind(args).map(|bound| self.keep(id, Value::Function(bound))),
            5 => {
                let _ = function.info();
                let Some(bytes) = function.dump(self.byte().is_multiple_of(2)) else {
                    return Ok(());
                };
                let (id, lua) = self.vm();
                let loaded = lua.load(&bytes).into_function()?;
                self.keep(id, Value::Function(loaded));
                Ok(())
            }
            6 => {
                if let Some(environment) = function.environment() {
                    self.keep(id, Value::Table(environment));
                }
                Ok(())
            }
            _ => {
                let table = self.pick(|value| value.as_table().cloned());
                table.map_or(Ok(()), |(_, table)| function.set_environment(table).map(|_| ()))
            }
        }
    }

    fn thread(self: &Arc<Self>) -> Result<()> {
        let Some((id, thread)) = self.pick(|value| value.as_thread().cloned()) else {
            return Ok(());
        };
        let host = Arc::clone(self);
        match self.below(8) {
            0..4 => thread.resume(self.values().1).and_then(|values| self.keep_all(id, values)),
            4 => thread.close(),
            5 => {
                let function = self.pick(|value| value.as_function().cloned());
                function.map_or(Ok(()), |(_, function)| thread.reset(function))
            }
            6 => {
                let _ = (thread.status(), thread.is_resumable(), thread.traceback());
                Ok(())
            }
            _ => thread.set_hook(self.triggers(), move |lua, _| {
                host.go_on(lua, MultiValue::default()).map(|_| ())
            }),
        }
    }

    fn userdata(self: &Arc<Self>) -> Result<()> {
        let Some((id, data)) = self.pick(|value| value.as_userdata().cloned()) else {
            return Ok(());
        };
        match self.below(12) {
            0 => {
                let borrowed = data.borrow::<Thing>()?;
                let n = borrowed.n;
                let result = self.step();
                assert_eq!(borrowed.n, n, "changed while it was borrowed");
                result
            }
            1 => {
                let mut borrowed = data.borrow_mut::<Thing>()?;
                borrowed.n = borrowed.n.wrapping_add(1);
                self.step()
            }
            2 => data.take::<Thing>().map(drop),
            3 => data.destroy(),
            4 => data.set_nth_user_value(self.below(5), self.value().1),
            5 => data.nth_user_value(self.below(5)).map(|value| self.keep(id, value)),
            6 => data.get("go").map(|value| self.keep(id, value)),
            7 => data.set("n", self.value().1),
            8 => data.call_method::<MultiValue>("change", self.values().1).map(|_| ()),
            9 => data.call::<MultiValue>(self.values().1).map(|_| ()),
            10 => data.borrow::<String>().map(drop),
            _ => {
                if let Some(metatable) = data.metatable() {
                    self.keep(id, Value::Table(metatable));
                }
                Ok(())
            }
        }
    }

    fn registry(self: &Arc<Self>) -> Result<()> {
        let (id, lua) = self.vm();
        let key = {
            let mut kept = lock(&self.kept);
            if kept.keys.is_empty() { None } else { Some(kept.keys.swap_remove(0)) }
        };
        match (self.below(7), key) {
            (0, Some(key)) => {
                let value = lua.registry_value::<Value>(&key);
                assert_eq!(value.is_ok(), lua.owns_registry_value(&key), "{value:?}");
                lock(&self.kept).keys.push(key);
                value.map(|value| self.keep(id, value))
            }
            (1, Some(mut key)) => {
                let result = lua.replace_registry_value(&mut key, self.value().1);
                lock(&self.kept).keys.push(key);
                result
            }
            (2, Some(key)) => lua.remove_registry_value(key),
            (3, _) => lua.set_named_registry_value("name", self.value().1),
            (4, _) => lua.named_registry_value("name").map(|value| self.keep(id, value)),
            (5, _) => {
                lua.expire_registry_values();
                lua.unset_named_registry_value("name")
            }
            (_, key) => {
                let more = lua.create_registry_value(self.value().1)?;
                let mut kept = lock(&self.kept);
                kept.keys.extend(key);
                kept.keys.push(more);
                kept.keys.truncate(N_VALUES);
                Ok(())
            }
        }
    }

    fn triggers(&self) -> HookTriggers {
        let bits = self.byte();
        let mut triggers = HookTriggers::new();
        triggers.on_calls = bits & 1 != 0;
        triggers.on_returns = bits & 2 != 0;
        triggers.every_line = bits & 4 != 0;
        triggers.every_nth_instruction = (bits & 8 != 0).then_some(1 + bits as u32 / 16);
        triggers
    }

    fn settings(self: &Arc<Self>) -> Result<()> {
        let (_, lua) = self.vm();
        let host = Arc::clone(self);
        match self.below(10) {
            0 => {
                let memory = MEMORY >> self.below(8);
                let limits = Limits::new().fuel(STRESS_FUEL >> self.below(8)).memory(memory);
                lua.set_limits(limits.stack_slots(100 * self.byte()));
                Ok(())
            }
            1 => {
                lua.set_limits(Limits::new().fuel(STRESS_FUEL).memory(MEMORY).stack_slots(2000));
                Ok(())
            }
            2 => lua.gc_collect(),
            3 => lua.gc_step_kbytes(self.byte() as i32 - 9).map(|_| ()),
            4 => {
                match self.below(4) {
                    0 => lua.gc_stop(),
                    1 => lua.gc_restart(),
                    2 => drop(lua.gc_inc(self.byte() as u32 * 4, self.byte() as u32 * 4)),
                    _ => drop(lua.gc_gen(self.byte() as u32, self.byte() as u32)),
                }
                Ok(())
            }
            5 => lua.set_hook(self.triggers(), move |lua, event| {
                let _ = event.activation(lua);
                host.go_on(lua, MultiValue::default()).map(|_| ())
            }),
            6 => {
                lua.remove_hook();
                Ok(())
            }
            7 => {
                lua.set_warning_function(move |lua, _, _| {
                    host.go_on(lua, MultiValue::default()).map(|_| ())
                });
                lua.warning("of the host");
                lua.remove_warning_function();
                Ok(())
            }
            8 => {
                let lua = lua.interrupter()?;
                lua.interrupt();
                Ok(())
            }
            _ => lua.load_std_libs(StdLib::STRING | StdLib::TABLE),
        }
    }

    fn others(self: &Arc<Self>) -> Result<()> {
        let (id, lua) = self.vm();
        match self.below(10) {
            0 => {
                let gone = lock(&self.kept).vms[self.below(N_VMS)].take();
                drop(gone);
                Ok(())
            }
            1 => {
                let weak = lua.weak();
                drop(lua);
                let _ = weak.try_upgrade();
                Ok(())
            }
            2 => {
                lua.set_app_data(self.byte());
                let borrowed = lua.app_data_ref::<usize>();
                let result = self.step();
                drop((borrowed, lua.app_data_mut::<usize>(), lua.remove_app_data::<usize>()));
                result
            }
            3 => {
                let ((_, a), (_, b)) = (self.value(), self.value());
                let _ = (a == b, a.to_pointer(), a.as_error(), format!("{a:?}"));
                a.to_string()?;
                a.equals(&b).map(|_| ())
            }
            4 => {
                let _ =
                    (lua.traceback(Some("text"), self.below(3)), lua.inspect_stack(self.below(3)));
                let _ = (lua.fuel(), lua.used_memory(), lua.gc_is_running());
                self.keep(id, Value::Thread(lua.current_thread()));
                Ok(())
            }
            5 => {
                self.keep(id, Value::Table(lua.globals()));
                Ok(())
            }
            6 => {
                let table = self.pick(|value| value.as_table().cloned());
                table.map_or(Ok(()), |(_, table)| lua.set_globals(table))
            }
            7 => {
                let value = self.value().1;
                let convert =
                    |lua: &Lua| lua.create_function(|_, _: (i64, String)| Ok(()))?.call(value);
                convert(&lua)
            }
            8 => {
                let values = std::mem::take(&mut lock(&self.kept).values);
                drop(values);
                Ok(())
            }
            _ => {
                let script = [b"return ", &[self.byte() as u8; 9][..]].concat();
                lua.load(&script).exec()
            }
        }
    }
}

fn is_handle(value: &Value) -> bool {
    matches!(
        value,
        Value::String(_)
            | Value::Table(_)
            | Value::Function(_)
            | Value::Thread(_)
            | Value::UserData(_)
    )
}

/// What is another VM's must not have got into this one.
fn check_owners<T: std::fmt::Debug>(id: usize, owners: &[Option<usize>], result: &Result<T>) {
    if owners.iter().flatten().any(|owner| *owner != id) {
        assert!(result.is_err(), "a foreign handle was taken: {result:?}");
    }
}
