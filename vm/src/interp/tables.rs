//! Table access: fields, items, constructors, length.

use super::{SLOT_BYTES, control, control::slow, handlers, next};
use crate::value::{Tag, Value};

/// Sets register A if the value is there; nil may be a matter for a metatable.
macro_rules! found {
    ($vm:ident, $pc:ident, $base:ident, $k:ident, $i:ident, $t:ident, $table:expr, $value:expr) => {{
        let value = $value;
        if !value.is_nil() || $table.metatable().is_none() {
            $base.byte_add($i.a()).set(if value.is_nil() { Value::NIL } else { value });
            next!($vm, $pc, $base, $k, $t)
        }
        return slow($vm, $pc, $base, $k, $i, $t);
    }};
}

handlers! {
    fn get_tab_up(vm, pc, base, k, i, t) {
        if let Some(closure) = base.sub(1).get().as_closure()
            && let Some(table) = closure.upval(i.b()).get().as_table()
        {
            let (addr, hash) = k.name(i.c());
            found!(vm, pc, base, k, i, t, table, table.get_short(addr, hash))
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn get_table(vm, pc, base, k, i, t) {
        if let Some(table) = base.byte_add(i.b()).get().as_table() {
            let key = base.byte_add(i.c()).get();
            if key.tag() == Tag::INT {
                if let Some(value) = table.array_get(key.int_bits()) {
                    found!(vm, pc, base, k, i, t, table, value)
                }
                found!(vm, pc, base, k, i, t, table, table.get_int_node(key.int_bits()))
            }
            if let Some(name) = key.as_string() && name.is_short() {
                found!(vm, pc, base, k, i, t, table, table.get_name(name))
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn get_i(vm, pc, base, k, i, t) {
        if let Some(table) = base.byte_add(i.b()).get().as_table() {
            if let Some(value) = table.array_get(i.c() as i64) {
                found!(vm, pc, base, k, i, t, table, value)
            }
            found!(vm, pc, base, k, i, t, table, table.get_int_node(i.c() as i64))
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn get_field(vm, pc, base, k, i, t) {
        if let Some(table) = base.byte_add(i.b()).get().as_table() {
            let (addr, hash) = k.name(i.c());
            found!(vm, pc, base, k, i, t, table, table.get_short(addr, hash))
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_tab_up(vm, pc, base, k, i, t) {
        if let Some(closure) = base.sub(1).get().as_closure()
            && let Some(table) = closure.upval(i.a()).get().as_table()
        {
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
        if let Some(table) = base.byte_add(i.a()).get().as_table() {
            let key = base.byte_add(i.b()).get();
            let value = k.or_register(i.k(), base, i.c());
            if key.tag() == Tag::INT {
                if table.array_replace(key.int_bits(), value)
                    || table.metatable().is_none() && table.array_set(key.int_bits(), value)
                {
                    vm.heap.collector.barrier_table(table, value);
                    next!(vm, pc, base, k, t)
                }
            } else if let Some(name) = key.as_string()
                && name.is_short()
                && table.replace_short(name.addr(), name.short_hash(), value)
            {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_i(vm, pc, base, k, i, t) {
        if let Some(table) = base.byte_add(i.a()).get().as_table() {
            let value = k.or_register(i.k(), base, i.c());
            if table.array_replace(i.b() as i64, value)
                || table.metatable().is_none() && table.array_set(i.b() as i64, value)
            {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_field(vm, pc, base, k, i, t) {
        if let Some(table) = base.byte_add(i.a()).get().as_table() {
            let (addr, hash) = k.name(i.b());
            let value = k.or_register(i.k(), base, i.c());
            if table.replace_short(addr, hash, value) {
                vm.heap.collector.barrier_table(table, value);
                next!(vm, pc, base, k, t)
            }
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn self_op(vm, pc, base, k, i, t) {
        let object = base.byte_add(i.b()).get();
        let key = k.or_register(i.k(), base, i.c());
        if let Some(table) = object.as_table()
            && let Some(name) = key.as_string()
            && name.is_short()
        {
            let value = table.get_name(name);
            if !value.is_nil() {
                base.byte_add(i.a() + SLOT_BYTES).set(object);
                base.byte_add(i.a()).set(value);
                next!(vm, pc, base, k, t)
            }
            // The method of a class: one step along `__index`.
            if let Some(metatable) = table.metatable()
                && let Some(class) = metatable.get_name(vm.names.events[0]).as_table()
            {
                let value = class.get_name(name);
                if !value.is_nil() {
                    base.byte_add(i.a() + SLOT_BYTES).set(object);
                    base.byte_add(i.a()).set(value);
                    next!(vm, pc, base, k, t)
                }
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
        let target = base.byte_add(i.a());
        target.set(Value::table(table));
        if vm.heap.is_step_due() {
            return control::collect(vm, pc.next(), target.add(1), k, i, t);
        }
        next!(vm, pc.next(), base, k, t)
    }

    fn len(vm, pc, base, k, i, t) {
        let value = base.byte_add(i.b()).get();
        if let Some(table) = value.as_table()
            && table.metatable().is_none()
        {
            base.byte_add(i.a()).set(Value::int(table.border()));
            next!(vm, pc, base, k, t)
        }
        return slow(vm, pc, base, k, i, t);
    }

    fn set_list(vm, pc, base, k, i, t) {
        let target = base.byte_add(i.a());
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
