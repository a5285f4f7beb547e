//! Completion of names at the prompt: global variables, fields after `.`, methods after `:`.
//!
//! Invariant: nothing of the user's runs because a key was pressed. Tables are read raw, `__index`
//! is followed only where it is a table, and the collector, which would call finalizers, stands
//! still meanwhile. Work is bounded whatever the tables hold.

use std::collections::BTreeSet;

use moonproof_compiler::compile;
use moonproof_vm::{Lua, Table, Value};
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

/// How many tables are looked into along `__index`.
const MAX_INDEX_CHAIN: usize = 16;

/// How many keys of a table are looked at.
const MAX_KEYS: usize = 20_000;

/// Completes names from the values that a VM holds.
pub(super) struct Names {
    lua: Lua,
}

impl Names {
    pub(super) const fn new(lua: Lua) -> Self {
        Self { lua }
    }

    /// Where the last name of `text` begins, and the names that it can become, sorted.
    fn candidates(&self, text: &str) -> (usize, Vec<String>) {
        let is_running = self.lua.gc_is_running();
        self.lua.gc_stop();
        let place = Place::of(text);
        let names = self.owner(&place).map(|owner| self.names(owner, &place)).unwrap_or_default();
        if is_running {
            self.lua.gc_restart();
        }
        (place.start, names.into_iter().collect())
    }

    /// The value whose fields are wanted.
    fn owner(&self, place: &Place<'_>) -> Option<Value> {
        let globals = Value::Table(self.lua.globals());
        place.path.iter().try_fold(globals, |owner, name| self.field(owner, name))
    }

    fn field(&self, owner: Value, name: &str) -> Option<Value> {
        self.tables(owner)
            .iter()
            .filter_map(|table| table.raw_get::<Value>(name).ok())
            .find(|value| !matches!(value, Value::Nil))
    }

    fn names(&self, owner: Value, place: &Place<'_>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for table in self.tables(owner) {
            for pair in table.pairs::<Value, Value>().take(MAX_KEYS) {
                let Ok((Value::String(key), value)) = pair else { continue };
                let Ok(name) = key.to_str() else { continue };
                let is_wanted = name.starts_with(place.prefix)
                    && (!place.is_method || matches!(value, Value::Function(_)));
                if is_wanted && is_name(&name) {
                    names.insert(String::from(&*name));
                }
            }
        }
        names
    }

    /// The tables in which indexing a value would look, in order, as far as no function is called.
    fn tables(&self, value: Value) -> Vec<Table> {
        let (first, mut metatable) = match value {
            Value::Table(table) => (Some(table.clone()), table.metatable()),
            Value::UserData(userdata) => (None, userdata.metatable()),
            // The table that the library has put into the metatable of strings.
            Value::String(_) => (self.lua.globals().raw_get::<Table>("string").ok(), None),
            _ => (None, None),
        };
        let mut tables: Vec<Table> = first.into_iter().collect();
        while let Some(meta) = metatable.take()
            && tables.len() < MAX_INDEX_CHAIN
            && let Ok(Value::Table(index)) = meta.raw_get("__index")
            && !tables.contains(&index)
        {
            metatable = index.metatable();
            tables.push(index);
        }
        tables
    }
}

/// What stands in front of the cursor.
struct Place<'a> {
    /// Where the name that is to be completed begins.
    start: usize,
    /// What there is of it.
    prefix: &'a str,
    /// The names in front of it: a global variable, its field, and so on.
    path: Vec<&'a str>,
    /// Whether it is behind a colon.
    is_method: bool,
}

impl<'a> Place<'a> {
    fn of(text: &'a str) -> Self {
        let (mut rest, prefix) = split_name(text);
        let start = rest.len();
        let is_method = rest.ends_with(':') && !rest.ends_with("::");
        let mut path = Vec::new();
        while let Some(front) = field_of(rest, is_method && path.is_empty()) {
            let (front, name) = split_name(front);
            // An empty name is for something that no table has: a call, an index, a string.
            path.push(name);
            rest = if name.is_empty() { "" } else { front };
        }
        path.reverse();
        Self { start, prefix, path, is_method }
    }
}

/// What is in front of the point or colon at the end of `text`, unless that is of another token.
fn field_of(text: &str, is_method: bool) -> Option<&str> {
    if is_method {
        return text.strip_suffix(':');
    }
    text.strip_suffix('.').filter(|front| !front.ends_with('.'))
}

/// Splits off the name at the end.
fn split_name(text: &str) -> (&str, &str) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split_at(text.trim_end_matches(is_part).len())
}

/// Whether it can stand as a name in a source: it is no reserved word, and not, say, a number.
fn is_name(text: &str) -> bool {
    let source = ["local ", text].concat();
    split_name(text).1.len() == text.len() && compile(source.as_bytes(), b"=name").is_ok()
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.candidates(line.get(..pos).unwrap_or_default()))
    }
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {}
impl Validator for Names {}
impl Helper for Names {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lua: &Lua, text: &str, expected: (usize, &[&str])) {
        let (start, names) = Names::new(lua.clone()).candidates(text);
        assert_eq!((start, &names.iter().map(String::as_str).collect::<Vec<_>>()[..]), expected);
    }

    #[test]
    fn names_are_completed_where_they_stand() {
        let lua = Lua::new();
        lua.load(
            "point = {x = 1, ['end'] = 2, ['a b'] = 3, [4] = 5, deep = {xyz = {}}, xcall = print}
            derived = setmetatable({own = 1}, {__index = point})
            text = 'abc'",
        )
        .exec()
        .unwrap();
        for (text, expected) in [
            ("coro", (0, &["coroutine"][..])),
            ("x = tos", (4, &["tostring"])),
            ("os.ti", (3, &["time"])),
            ("print(math.ma", (11, &["max", "maxinteger"])),
            ("point.", (6, &["deep", "x", "xcall"])),
            ("point:", (6, &["xcall"])),
            ("point.deep.x", (11, &["xyz"])),
            ("derived.x", (8, &["x", "xcall"])),
            ("derived.ow", (8, &["own"])),
            ("text:rep", (5, &["rep"])),
            ("io.stdout:se", (10, &["seek", "setvbuf"])),
            ("1 ..coro", (4, &["coroutine"])),
            ("::coro", (2, &["coroutine"])),
            ("f().x", (4, &[])),
            ("nothing.x", (8, &[])),
            ("_VERSION.x", (9, &[])),
            ("print.x", (6, &[])),
            ("é.x", (3, &[])),
            ("écoro", (2, &["coroutine"])),
        ] {
            check(&lua, text, expected);
        }
        check(&lua, "point.deep:", (11, &[]));
    }

    #[test]
    fn nothing_of_the_users_runs() {
        let lua = Lua::new();
        lua.load(
            "local function hang() while true do end end
            local traps = {__index = hang, __pairs = hang, __len = hang, __eq = hang, __gc = hang}
            trap = setmetatable({field = 1}, traps)
            setmetatable(_G, traps)
            loop = {}; setmetatable(loop, {__index = loop})
            other = {}; setmetatable(loop, {__index = setmetatable(other, {__index = loop})})
            setmetatable({}, traps)",
        )
        .exec()
        .unwrap();
        check(&lua, "trap.", (5, &["field"]));
        check(&lua, "trap.none.", (10, &[]));
        check(&lua, "loop.", (5, &[]));
        check(&lua, "coro", (0, &["coroutine"]));
        assert!(lua.gc_is_running());
        lua.gc_stop();
        check(&lua, "trap.", (5, &["field"]));
        assert!(!lua.gc_is_running());
        // Finalizers do run when the VM is closed.
        lua.set_limits(moonproof_vm::Limits::new().fuel(1000));
    }
}
