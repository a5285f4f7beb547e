//! Table access: fields, items, constructors, length.

use super::control::{self, Outcome, follow, settle, slow};
use super::unchecked::{Place, running};
use super::{Insn, SLOT_BYTES, handlers, next};
use crate::debug_info::Operand;
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::string::Str;
use crate::table::{Replaced, Table, float_key};
use crate::value::{Tag, Value};
use crate::vm::Vm;

/// Adds a key that the table does not have; false if it cannot grow.
#[inline(never)]
fn add_key(vm: &mut Vm, table: Gc<Table>, key: Value, value: Value) -> bool {
    vm.heap.collector.barrier_table(table, value);
    vm.heap.collector.barrier_table(table, key);
    table.set(&mut vm.heap, key, value).is_ok()
}

/// Adds a key that no node of the table has; false if that is no key, or the table cannot grow.
#[inline(never)]
fn insert_key(vm: &mut Vm, table: Gc<Table>, key: Value, value: Value) -> bool {
    vm.heap.collector.barrier_table(table, value);
    vm.heap.collector.barrier_table(table, key);
    table.insert(&mut vm.heap, key, value).is_ok()
}

/// Whether new keys are the table's own, as far as can be told at a glance.
#[inline(always)]
fn keeps_new_keys(table: Gc<Table>) -> bool {
    table.metatable().is_none_or(|metatable| metatable.lacks(Event::NewIndex))
}

/// Sets register A if the value is not nil.
macro_rules! found {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $value:expr) => {{
        let value = $value;
        if !value.is_nil() {
            $base.reg($i.a()).set(value);
            next!($vm, $pc, $base, $k, $t)
        }
    }};
}

/// Sets register A to what the whole table has; nil may be a matter for a metatable.
macro_rules! found_or_nil {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $table:expr, $value:expr) => {{
        let (table, value) = ($table, $value);
        found!($vm, $pc, $base, $k, $i, $t, value);
        if table.metatable().is_none() {
            $base.reg($i.a()).set(Value::NIL);
            next!($vm, $pc, $base, $k, $t)
        }
    }};
}

/// A table in a place, without looking at anything else.
macro_rules! table_at {
    ($place:expr) => {{
        let place = $place;
        if place.tag() == Tag::TABLE { Some(Gc::<Table>::from_addr(place.payload())) } else { None }
    }};
}

/// How far the fast path goes along tables in `__index` and `__newindex`.
const MAX_CLASSES: usize = 16;

/// The value that `look` finds, along tables in `__index`. A dead key's tag says that the search met
/// something else; the payload is then the table that has it in its metatable, and does not have the
/// key, or 0 if the search was given up.
#[inline(always)]
fn inherited(vm: &Vm, table: Gc<Table>, look: impl Fn(Gc<Table>) -> Value) -> Value {
    let index = vm.names.events[Event::Index as usize];
    let mut table = table;
    for _ in 0..MAX_CLASSES {
        let value = look(table);
        if !value.is_nil() {
            return value;
        }
        let Some(metatable) = table.metatable() else { return Value::NIL };
        if metatable.lacks(Event::Index) {
            return Value::NIL;
        }
        let handler = metatable.get_name(index);
        match handler.as_table() {
            Some(class) => table = class,
            None if handler.is_nil() => {
                metatable.note_absence(Event::Index);
                return Value::NIL;
            }
            None => return Value::from_parts(Tag::DEAD_KEY, table.addr()),
        }
    }
    Value::from_parts(Tag::DEAD_KEY, 0)
}

/// A key whose equality is that of its bits: a number as tables hold it, or an object but strings.
#[derive(Clone, Copy)]
struct Plain(Value);

impl Plain {
    #[inline(always)]
    fn of(key: Value) -> Option<Self> {
        match key.tag() {
            Tag::INT => Some(Self(key)),
            Tag::FLOAT => Some(Self(float_key(key.float_bits()).map_or(key, Value::int))),
            tag if tag.is_collectable() && !tag.is_string() => Some(Self(key)),
            _ => None,
        }
    }

    #[inline(always)]
    fn value_in(self, table: Gc<Table>) -> Value {
        match self.0.as_int() {
            Some(int) => table.get_int(int),
            None => table.get_same(self.0),
        }
    }

    /// Replaces a value that is not nil; the caller sees to the barrier.
    #[inline(always)]
    fn replace_in(self, table: Gc<Table>, value: Value) -> Replaced {
        match self.0.as_int() {
            Some(int) if table.array_replace(int, value) => Replaced::Yes,
            // It may be anywhere.
            Some(_) => Replaced::Removed,
            None => table.replace_same(self.0, value),
        }
    }
}

/// Who an assignment goes to.
enum Receiver {
    Table(Gc<Table>),
    /// The handler of the table itself.
    Function(Value),
    /// This is for the slow path.
    Other,
}

/// Who gets a key that a table may have or not, along tables in `__newindex`; `look` finds its value
/// in a table.
#[inline(always)]
fn receiver(vm: &Vm, first: Gc<Table>, look: impl Fn(Gc<Table>) -> Value) -> Receiver {
    let new_index = vm.names.events[Event::NewIndex as usize];
    let mut table = first;
    for _ in 0..MAX_CLASSES {
        let Some(metatable) = table.metatable() else { return Receiver::Table(table) };
        if metatable.lacks(Event::NewIndex) || !look(table).is_nil() {
            return Receiver::Table(table);
        }
        let handler = metatable.get_name(new_index);
        match handler.as_table() {
            Some(next) => table = next,
            None if handler.is_nil() => {
                metatable.note_absence(Event::NewIndex);
                return Receiver::Table(table);
            }
            None if handler.tag().is_function() && table == first => {
                return Receiver::Function(handler);
            }
            None => break,
        }
    }
    Receiver::Other
}

/// Sets register A to what a search along `__index` comes to.
macro_rules! found_along {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $value:expr, $key:expr) => {{
        let value: Value = $value;
        if value.tag() != Tag::DEAD_KEY {
            $base.reg($i.a()).set(value);
            next!($vm, $pc, $base, $k, $t)
        }
        $vm.cur.frame.pc.set($pc);
        let outcome = if value.payload() == 0 {
            get_step($vm, $i, $base.reg($i.b()).get(), $key)
        } else {
            index_step($vm, $i, Gc::from_addr(value.payload()), $key)
        };
        follow!($vm, $t, outcome)
    }};
}

/// Assigns to the receiver: in the way that is given, or as any key is added. Goes on behind it if
/// there is no receiver.
macro_rules! put {
    (
        $vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident,
        $receiver:expr, $key:expr, |$table:ident, $value:ident| $way:expr
    ) => {{
        match $receiver {
            Receiver::Table($table) => {
                let $value = $k.or_register($i.k(), $base, $i.c());
                if $way {
                    $vm.heap.collector.barrier_table($table, $value);
                    $vm.heap.collector.barrier_table($table, $key);
                    next!($vm, $pc, $base, $k, $t)
                }
                if add_key($vm, $table, $key, $value) {
                    next!($vm, $pc, $base, $k, $t)
                }
            }
            Receiver::Function(handler) => {
                $vm.cur.frame.pc.set($pc);
                let outcome = handler_step($vm, $i, handler, $key);
                follow!($vm, $t, outcome)
            }
            Receiver::Other => {}
        }
    }};
}

/// A read along `__index`, of what the fast path has not; the place is saved.
#[inline(never)]
fn get_step(vm: &mut Vm, i: Insn, object: Value, key: Value) -> Outcome {
    let next = vm.get_into(i, object, key, Operand::reg(i.b()));
    settle(vm, next)
}

/// A read of a key that a table does not have, but `__index`, which is neither a table nor nil; the
/// place is saved.
#[inline(never)]
fn index_step(vm: &mut Vm, i: Insn, table: Gc<Table>, key: Value) -> Outcome {
    let index = vm.names.events[Event::Index as usize];
    let handler = table.metatable().map_or(Value::NIL, |metatable| metatable.get_name(index));
    let next = if handler.tag().is_function() {
        vm.call_handler(handler, [Value::table(table), key])
    } else {
        vm.get_into(i, Value::table(table), key, Operand::reg(i.b()))
    };
    settle(vm, next)
}

/// A write along `__newindex`; the place is saved.
#[inline(never)]
fn set_step(vm: &mut Vm, i: Insn, key: Value) -> Outcome {
    let frame = vm.cur.frame;
    let object = frame.base.get().reg(i.a()).get();
    let value = frame.consts.get().or_register(i.k(), frame.base.get(), i.c());
    let next = vm.set_op(object, key, value, Operand::reg(i.a()));
    settle(vm, next)
}

/// A write that a function gets; the place is saved.
#[inline(never)]
fn handler_step(vm: &mut Vm, i: Insn, handler: Value, key: Value) -> Outcome {
    let frame = vm.cur.frame;
    let object = frame.base.get().reg(i.a()).get();
    let value = frame.consts.get().or_register(i.k(), frame.base.get(), i.c());
    let next = vm.call_handler(handler, [object, key, value]);
    settle(vm, next)
}

// Handlers whose names end in `_walk` go along a chain of colliding keys, or find a key absent.
handlers! {
    fn get_tab_up(vm, pc, base, k, i, t) {
        if let Some(table) = running(base).upval(i.b()).get().as_table() {
            let (addr, hash) = k.name(i.c());
            found!(vm, pc, base, k, i, t, table.probe_short(addr, hash))
        }
        return get_tab_up_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn get_tab_up_walk(vm, pc, base, k, i, t) {
        if let Some(table) = running(base).upval(i.b()).get().as_table() {
            let (addr, hash) = k.name(i.c());
            found_or_nil!(vm, pc, base, k, i, t, table, table.get_short(addr, hash))
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn get_table(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) {
            let key = base.reg(i.c());
            if key.tag() == Tag::INT {
                if let Some(value) = table.array_get(key.int()) {
                    found!(vm, pc, base, k, i, t, value)
                }
            } else if key.tag() == Tag::SHORT_STR {
                let name = Gc::<Str>::from_addr(key.payload());
                found!(vm, pc, base, k, i, t, table.probe_short(name.addr(), name.short_hash()))
            }
        }
        return get_table_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn get_table_walk(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) {
            let key = base.reg(i.c());
            if key.tag() == Tag::INT {
                let value = inherited(vm, table, |table| table.get_int(key.int()));
                found_along!(vm, pc, base, k, i, t, value, key.get())
            }
            if key.tag() == Tag::SHORT_STR {
                let name = Gc::<Str>::from_addr(key.payload());
                let value = inherited(vm, table, |table| table.get_name(name));
                found_along!(vm, pc, base, k, i, t, value, key.get())
            }
            if let Some(plain) = Plain::of(key.get()) {
                let value = inherited(vm, table, |table| plain.value_in(table));
                found_along!(vm, pc, base, k, i, t, value, key.get())
            }
        }
        vm.cur.frame.pc.set(pc);
        let outcome = get_step(vm, i, base.reg(i.b()).get(), base.reg(i.c()).get());
        follow!(vm, t, outcome)
    }

    fn get_i(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b()))
            && let Some(value) = table.array_get(i.c() as i64)
        {
            found!(vm, pc, base, k, i, t, value)
        }
        return get_i_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn get_i_walk(vm, pc, base, k, i, t) {
        let key = i.c() as i64;
        if let Some(table) = table_at!(base.reg(i.b())) {
            let value = inherited(vm, table, |table| table.get_int(key));
            found_along!(vm, pc, base, k, i, t, value, Value::int(key))
        }
        vm.cur.frame.pc.set(pc);
        let outcome = get_step(vm, i, base.reg(i.b()).get(), Value::int(key));
        follow!(vm, t, outcome)
    }

    fn get_field(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) {
            let (addr, hash) = k.name(i.c());
            found!(vm, pc, base, k, i, t, table.probe_short(addr, hash))
        }
        return get_field_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn get_field_walk(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) {
            let (addr, hash) = k.name(i.c());
            let value = inherited(vm, table, |table| table.get_short(addr, hash));
            found_along!(vm, pc, base, k, i, t, value, k.value(i.c()))
        }
        vm.cur.frame.pc.set(pc);
        let outcome = get_step(vm, i, base.reg(i.b()).get(), k.value(i.c()));
        follow!(vm, t, outcome)
    }

    fn set_tab_up(vm, pc, base, k, i, t) {
        if let Some(table) = running(base).upval(i.a()).get().as_table() {
            let (addr, hash) = k.name(i.b());
            let value = k.or_register(i.k(), base, i.c());
            if table.replace_short(addr, hash, value) {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_table(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.a())) {
            let key = base.reg(i.b());
            if key.tag() == Tag::INT {
                let value = k.or_register(i.k(), base, i.c());
                if value.tag().is_collectable() && table.erase().is_black() {
                    return table_barrier(vm, pc, base, k, i, t);
                }
                if table.array_replace(key.int(), value)
                    || table.metatable().is_none() && table.array_set(key.int(), value)
                {
                    next!(vm, pc, base, k, t)
                }
                return set_table_new(vm, pc, base, k, i, t);
            }
        }
        return set_table_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn set_table_walk(vm, pc, base, k, i, t) {
        if let Some(table) = base.reg(i.a()).get().as_table() {
            let key = base.reg(i.b()).get();
            let value = k.or_register(i.k(), base, i.c());
            let replaced = match key.as_string() {
                Some(name) => {
                    let is_done = name.is_short()
                        && table.replace_short(name.addr(), name.short_hash(), value);
                    if is_done { Replaced::Yes } else { Replaced::Removed }
                }
                None => Plain::of(key)
                    .map_or(Replaced::Removed, |plain| plain.replace_in(table, value)),
            };
            if replaced == Replaced::Yes {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
            if replaced == Replaced::Absent
                && keeps_new_keys(table)
                && insert_key(vm, table, key, value)
            {
                next!(vm, pc, base, k, t)
            }
        }
        return set_table_new(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn set_table_new(vm, pc, base, k, i, t) {
        let key = base.reg(i.b()).get();
        if let Some(table) = table_at!(base.reg(i.a()))
            && (key.tag() == Tag::SHORT_STR || Plain::of(key).is_some())
        {
            let found = receiver(vm, table, |table| match Plain::of(key) {
                Some(plain) => plain.value_in(table),
                None => table.get_name(Gc::from_addr(key.payload())),
            });
            put!(vm, pc, base, k, i, t, found, key, |table, value| {
                key.tag() == Tag::INT && table.array_set(key.int_bits(), value)
            })
        }
        vm.cur.frame.pc.set(pc);
        let outcome = set_step(vm, i, key);
        follow!(vm, t, outcome)
    }

    fn set_i(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.a())) {
            let value = k.or_register(i.k(), base, i.c());
            if value.tag().is_collectable() && table.erase().is_black() {
                return table_barrier(vm, pc, base, k, i, t);
            }
            if table.array_replace(i.b() as i64, value)
                || table.metatable().is_none() && table.array_set(i.b() as i64, value)
            {
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_field(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.a())) {
            let (addr, hash) = k.name(i.b());
            let value = k.or_register(i.k(), base, i.c());
            if value.tag().is_collectable() && table.erase().is_black() {
                return table_barrier(vm, pc, base, k, i, t);
            }
            if table.probe_replace(addr, hash, value) {
                next!(vm, pc, base, k, t)
            }
        }
        return set_field_walk(vm, pc, base, k, i, t);
    }

    #[inline(never)]
    fn set_field_walk(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.a())) {
            let (addr, hash) = k.name(i.b());
            let value = k.or_register(i.k(), base, i.c());
            if table.replace_short(addr, hash, value) {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
            let found = receiver(vm, table, |table| table.get_short(addr, hash));
            put!(vm, pc, base, k, i, t, found, k.value(i.b()), |table, value| {
                table.replace_short(addr, hash, value)
                    || table.insert_at_home(addr, hash, value)
            })
        }
        vm.cur.frame.pc.set(pc);
        let outcome = set_step(vm, i, k.value(i.b()));
        follow!(vm, t, outcome)
    }

    /// Tells the collector of an assignment to the table in register A, and executes it again.
    #[cold]
    #[inline(never)]
    fn table_barrier(vm, pc, base, k, i, t) {
        if let Some(table) = base.reg(i.a()).get().as_table() {
            vm.heap.collector.barrier_back(table.erase());
        }
        return super::run::plain(i)(vm, pc, base, k, i, t);
    }

    fn self_op(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) && i.k() {
            let (addr, hash) = k.name(i.c());
            let value = table.probe_short(addr, hash);
            if !value.is_nil() {
                base.reg(i.a() + SLOT_BYTES).set(Value::table(table));
                base.reg(i.a()).set(value);
                next!(vm, pc, base, k, t)
            }
        }
        return self_walk(vm, pc, base, k, i, t);
    }

    /// The method of a class.
    #[inline(never)]
    fn self_walk(vm, pc, base, k, i, t) {
        if let Some(table) = table_at!(base.reg(i.b())) && i.k() {
            let (addr, hash) = k.name(i.c());
            let value = inherited(vm, table, |table| table.get_short(addr, hash));
            // A method with a long name is a constant, too, but not in any node by address.
            if value.tag() != Tag::DEAD_KEY && k.place(i.c()).tag() == Tag::SHORT_STR {
                base.reg(i.a() + SLOT_BYTES).set(Value::table(table));
                base.reg(i.a()).set(value);
                next!(vm, pc, base, k, t)
            }
        }
        return self_other(vm, pc, base, k, i, t);
    }

    /// The method of a string: its metatable's `__index` is the string library.
    #[inline(never)]
    fn self_other(vm, pc, base, k, i, t) {
        let object = base.reg(i.b()).get();
        if let Some(name) = k.or_register(i.k(), base, i.c()).as_string()
            && name.is_short()
            && object.tag().is_string()
            && let Some(metatable) = vm.metatable_of(object)
            && let Some(class) = metatable.get_name(vm.names.events[Event::Index as usize]).as_table()
        {
            let value = class.get_name(name);
            if !value.is_nil() {
                base.reg(i.a() + SLOT_BYTES).set(object);
                base.reg(i.a()).set(value);
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn new_table(vm, pc, base, k, i, t) {
        let n_hash = if i.b() == 0 { 0 } else { 1_u32 << (i.b() - 1) };
        let n_array = i.c() as u32 + if i.k() { pc.fetch().wide() as u32 * 256 } else { 0 };
        let table = if n_hash | n_array == 0 {
            vm.heap.new_table()
        } else {
            vm.heap.new_table_sized(n_array, n_hash)
        };
        let target = base.reg(i.a());
        target.set(Value::table(table));
        if vm.heap.is_step_due() {
            return control::collect(vm, pc.next(), target.add(1), k, i, t);
        }
        next!(vm, pc.next(), base, k, t)
    }

    fn len(vm, pc, base, k, i, t) {
        let value = base.reg(i.b()).get();
        if let Some(table) = value.as_table()
            && table.metatable().is_none()
        {
            base.reg(i.a()).set(Value::int(table.border()));
            next!(vm, pc, base, k, t)
        }
        if let Some(string) = value.as_string() {
            base.reg(i.a()).set(Value::int(string.len() as i64));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_list(vm, pc, base, k, i, t) {
        let target = base.reg(i.a());
        let n = if i.b() == 0 { vm.cur.top.above(target.add(1)) } else { i.b() };
        let (mut first, mut pc) = (i.c(), pc);
        if i.k() {
            first += pc.fetch().wide() as usize * 256;
            pc = pc.next();
        }
        if let Some(table) = target.get().as_table() {
            vm.set_items(table, first, target.add(1), n);
            next!(vm, pc, base, k, t)
        }
        return control::malformed(vm, pc, base, k, i, t);
    }
}
