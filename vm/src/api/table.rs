//! Tables.

use std::ffi::c_void;
use std::marker::PhantomData;

use super::convert::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use super::error::{Error, Result};
use super::function::call_value;
use super::handle::{Lua, Root};
use super::value::Value;
use crate::heap::Gc;
use crate::table::Table as RawTable;
use crate::value::Value as Raw;
use crate::vm::Vm;

/// A handle to a table.
///
/// ```
/// use moonproof_vm::{Lua, Table};
///
/// let lua = Lua::new();
/// let point: Table = lua.load("{x = 1, y = 2}").eval()?;
/// point.set("x", point.get::<f64>("y")? * 1.5)?;
/// assert_eq!(point.get::<f64>("x")?, 3.0);
///
/// let list = lua.create_sequence_from(["a", "b"])?;
/// list.push("c")?;
/// let items = list.sequence_values::<String>().collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(items.concat(), "abc");
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone)]
pub struct Table(pub(super) Root);

impl Table {
    /// Works on the table itself.
    fn with<R>(&self, action: impl FnOnce(&mut Vm, Gc<RawTable>) -> Result<R>) -> Result<R> {
        self.0.with(|vm, value| match value.as_table() {
            Some(table) => action(vm, table),
            None => Err(Error::VmDestroyed),
        })
    }

    fn lua(&self) -> &Lua {
        self.0.lua()
    }

    /// The value at a key; `__index` is called.
    ///
    /// # Errors
    ///
    /// Those of a metamethod and of the conversions.
    pub fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        V::from_lua(get_of(&self.0, key)?, self.lua())
    }

    /// Sets the value at a key; `__newindex` is called.
    ///
    /// # Errors
    ///
    /// The key is nil or not a number; those of a metamethod and of the conversions.
    pub fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        set_of(&self.0, key, value)
    }

    /// The value at a key, without metamethods.
    ///
    /// # Errors
    ///
    /// Those of the conversions.
    pub fn raw_get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        let value = key.pass(self.lua(), |key| {
            self.with(|vm, table| {
                vm.collect_if_due()?;
                let key = vm.import_passed(key)?;
                let value = vm.raw_get(table, key);
                Ok(vm.export(value))
            })
        })?;
        V::from_lua(value, self.lua())
    }

    /// Sets the value at a key, without metamethods.
    ///
    /// # Errors
    ///
    /// The key is nil or not a number; those of the conversions.
    pub fn raw_set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        let lua = self.lua();
        key.pass(lua, |key| {
            value.pass(lua, |value| {
                self.with(|vm, table| {
                    vm.collect_if_due()?;
                    let (key, value) = (vm.import_passed(key)?, vm.import_passed(value)?);
                    vm.protect(|vm| vm.raw_set(table, key, value))
                })
            })
        })
    }

    /// Whether there is a value at a key; `__index` is called.
    ///
    /// # Errors
    ///
    /// As [`Table::get`].
    pub fn contains_key(&self, key: impl IntoLua) -> Result<bool> {
        Ok(!get_of(&self.0, key)?.is_nil())
    }

    /// The length, as `#` gives it; `__len` is called.
    ///
    /// # Errors
    ///
    /// Those of a metamethod.
    pub fn len(&self) -> Result<i64> {
        self.with(|vm, table| vm.protect(|vm| vm.length(Raw::table(table))))
    }

    /// The length, without metamethods; 0 if the VM is destroyed.
    #[must_use]
    pub fn raw_len(&self) -> usize {
        self.with(|_, table| Ok(table.border() as usize)).unwrap_or(0)
    }

    /// Whether there are no values at all, without metamethods; true if the VM is destroyed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.with(|_, table| Ok(table.next_at(0).is_none())).unwrap_or(true)
    }

    /// Appends a value; metamethods are called.
    ///
    /// # Errors
    ///
    /// As [`Table::set`].
    pub fn push(&self, value: impl IntoLua) -> Result<()> {
        if self.with(|_, table| Ok(table.metatable().is_none()))? {
            return self.raw_push(value);
        }
        let n = self.len()?;
        self.set(n.wrapping_add(1), value)
    }

    /// Takes the last value; metamethods are called.
    ///
    /// # Errors
    ///
    /// As [`Table::get`] and [`Table::set`].
    pub fn pop<V: FromLua>(&self) -> Result<V> {
        let n = self.len()?;
        let value = self.get(n)?;
        self.set(n, Value::Nil)?;
        Ok(value)
    }

    /// Appends a value, without metamethods.
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn raw_push(&self, value: impl IntoLua) -> Result<()> {
        value.pass(self.lua(), |value| {
            self.with(|vm, table| {
                // A collection runs destructors, which may push as well: the length comes after it.
                vm.collect_if_due()?;
                let value = vm.import_passed(value)?;
                let key = Raw::int(table.border().wrapping_add(1));
                vm.protect(|vm| vm.raw_set(table, key, value))
            })
        })
    }

    /// Takes the last value, without metamethods.
    ///
    /// # Errors
    ///
    /// Those of the conversion.
    pub fn raw_pop<V: FromLua>(&self) -> Result<V> {
        let n = self.raw_len() as i64;
        let value = self.raw_get(n)?;
        if n > 0 {
            self.raw_set(n, Value::Nil)?;
        }
        Ok(value)
    }

    /// Inserts a value at a position, without metamethods; those from there on move up.
    ///
    /// # Errors
    ///
    /// The position is not between 1 and one behind the last; those of the conversion.
    pub fn raw_insert(&self, at: i64, value: impl IntoLua) -> Result<()> {
        let n = self.raw_len() as i64;
        if !(1..=n + 1).contains(&at) {
            return Err(Error::runtime("index out of bounds"));
        }
        let value = value.into_lua(self.lua())?;
        self.raw_set(n + 1, Value::Nil)?;
        self.with(|vm, table| {
            vm.protect(|vm| {
                (at..=n).rev().try_for_each(|i| vm.raw_set_int(table, i + 1, table.get_int(i)))
            })
        })?;
        self.raw_set(at, value)
    }

    /// Removes the value at a key, without metamethods; behind an integer key the values move
    /// down.
    ///
    /// # Errors
    ///
    /// An integer key is not between 1 and the last; those of the conversion.
    pub fn raw_remove(&self, key: impl IntoLua) -> Result<()> {
        let key = key.into_lua(self.lua())?;
        let Value::Integer(at) = key else { return self.raw_set(key, Value::Nil) };
        let n = self.raw_len() as i64;
        if n == 0 && at == 0 {
            return Ok(());
        }
        if !(1..=n).contains(&at) {
            return Err(Error::runtime("index out of bounds"));
        }
        self.with(|vm, table| {
            vm.protect(|vm| {
                (at..n).try_for_each(|i| vm.raw_set_int(table, i, table.get_int(i + 1)))?;
                vm.raw_set_int(table, n, Raw::NIL)
            })
        })
    }

    /// Removes all values, without metamethods; the metatable stays.
    ///
    /// # Errors
    ///
    /// The VM is destroyed.
    pub fn clear(&self) -> Result<()> {
        self.with(|_, table| {
            table.sweep_items(|_| false);
            table.sweep_nodes(|_, _| false);
            Ok(())
        })
    }

    /// The pairs in the table's order, without metamethods.
    ///
    /// A value may be changed or removed meanwhile, but a new key may end the traversal with an
    /// error, as with Lua's `next`.
    pub fn pairs<K: FromLua, V: FromLua>(&self) -> TablePairs<'_, K, V> {
        TablePairs { table: self, key: Some(Value::Nil), _types: PhantomData }
    }

    /// Calls a function with each pair, without metamethods, see [`Table::pairs`].
    ///
    /// # Errors
    ///
    /// The first of the function's or a conversion.
    pub fn for_each<K: FromLua, V: FromLua>(
        &self,
        mut visit: impl FnMut(K, V) -> Result<()>,
    ) -> Result<()> {
        self.pairs().try_for_each(|pair| {
            let (key, value) = pair?;
            visit(key, value)
        })
    }

    /// The values at 1, 2 and so on up to the first nil, without metamethods.
    pub fn sequence_values<V: FromLua>(&self) -> TableSequence<'_, V> {
        TableSequence { table: self, next: 1, _type: PhantomData }
    }

    /// The metatable; `None` if there is none.
    #[must_use]
    pub fn metatable(&self) -> Option<Self> {
        let metatable = self.with(|vm, table| {
            Ok(table.metatable().map(|metatable| Self(vm.root(Raw::table(metatable)))))
        });
        metatable.unwrap_or(None)
    }

    /// Sets or removes the metatable, whatever its `__metatable` says.
    ///
    /// # Errors
    ///
    /// The metatable is of another VM.
    pub fn set_metatable(&self, metatable: Option<Self>) -> Result<()> {
        self.with(|vm, table| {
            let metatable = match metatable {
                Some(metatable) => vm.import(&Value::Table(metatable))?.as_table(),
                None => None,
            };
            vm.set_table_metatable(table, metatable);
            Ok(())
        })
    }

    /// Whether Lua finds both equal; `__eq` is called.
    ///
    /// # Errors
    ///
    /// Those of a metamethod; the other is of another VM.
    pub fn equals(&self, other: &Self) -> Result<bool> {
        equals_of(&self.0, &Value::Table(other.clone()))
    }

    /// The address of the table.
    #[must_use]
    pub fn to_pointer(&self) -> *const c_void {
        self.0.to_pointer()
    }

    /// Calls the table by its `__call`.
    ///
    /// # Errors
    ///
    /// Those of the call and of the conversions.
    pub fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        call_value(&self.0, args)
    }

    /// Calls the function at a key with the table and arguments: `table:name(...)`.
    ///
    /// # Errors
    ///
    /// Those of the call and of the conversions.
    pub fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        let mut args = args.into_lua_multi(self.lua())?;
        args.push_front(Value::Table(self.clone()));
        self.call_function(name, args)
    }

    /// Calls the function at a key: `table.name(...)`.
    ///
    /// # Errors
    ///
    /// Those of the call and of the conversions.
    pub fn call_function<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        self.get::<super::Function>(name)?.call(args)
    }
}

/// `object[key]` of any object.
pub(super) fn get_of(object: &Root, key: impl IntoLua) -> Result<Value> {
    key.pass(object.lua(), |key| {
        object.with(|vm, object| {
            vm.collect_if_due()?;
            let key = vm.import_passed(key)?;
            if let Some(table) = object.as_table() {
                let value = vm.raw_get(table, key);
                if !value.is_nil() || table.metatable().is_none() {
                    return Ok(vm.export(value));
                }
            }
            let value = vm.protect(|vm| vm.index(object, key))?;
            Ok(vm.export(value))
        })
    })
}

/// `object[key] = value` of any object.
pub(super) fn set_of(object: &Root, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
    let lua = object.lua();
    key.pass(lua, |key| {
        value.pass(lua, |value| {
            object.with(|vm, object| {
                vm.collect_if_due()?;
                let (key, value) = (vm.import_passed(key)?, vm.import_passed(value)?);
                vm.protect(|vm| vm.set_index(object, key, value))
            })
        })
    })
}

/// `object == other`.
pub(super) fn equals_of(object: &Root, other: &Value) -> Result<bool> {
    object.with(|vm, object| {
        let other = vm.import(other)?;
        vm.protect(|vm| vm.equals(object, other))
    })
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({:p})", self.to_pointer())
    }
}

/// See [`Table::pairs`].
#[derive(Debug)]
pub struct TablePairs<'a, K, V> {
    table: &'a Table,
    /// The last key; `None` when all is over.
    key: Option<Value>,
    _types: PhantomData<fn() -> (K, V)>,
}

impl<K: FromLua, V: FromLua> Iterator for TablePairs<'_, K, V> {
    type Item = Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        let last = self.key.take()?;
        let pair = self.table.with(|vm, table| {
            let last = vm.import(&last)?;
            match table.next(&vm.heap, last) {
                Ok(Some((key, value))) => Ok(Some((vm.export(key), vm.export(value)))),
                Ok(None) => Ok(None),
                Err(_) => Err(Error::runtime("invalid key to 'next'")),
            }
        });
        let (key, value) = match pair {
            Ok(pair) => pair?,
            Err(error) => return Some(Err(error)),
        };
        self.key = Some(key.clone());
        let lua = self.table.lua();
        Some(K::from_lua(key, lua).and_then(|key| Ok((key, V::from_lua(value, lua)?))))
    }
}

/// See [`Table::sequence_values`].
#[derive(Debug)]
pub struct TableSequence<'a, V> {
    table: &'a Table,
    next: i64,
    _type: PhantomData<fn() -> V>,
}

impl<V: FromLua> Iterator for TableSequence<'_, V> {
    type Item = Result<V>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.table.raw_get(self.next);
        match value {
            Ok(Value::Nil) => None,
            Ok(value) => {
                self.next += 1;
                Some(V::from_lua(value, self.table.lua()))
            }
            Err(error) => {
                // There will be no better answer.
                self.next = 0;
                Some(Err(error))
            }
        }
    }
}

impl Lua {
    /// An empty table.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    pub fn create_table(&self) -> Result<Table> {
        self.create_table_with_capacity(0, 0)
    }

    /// An empty table with room for items and pairs.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory would be used up.
    pub fn create_table_with_capacity(&self, n_items: usize, n_pairs: usize) -> Result<Table> {
        /// More is reserved when it is used.
        const MOST: usize = 1 << 24;
        let (n_items, n_pairs) = (n_items.min(MOST), n_pairs.min(MOST));
        self.with(|vm| {
            vm.collect_if_due()?;
            let table = vm.protect(|vm| {
                vm.find_memory(n_items * 16 + n_pairs * 40)?;
                Ok(vm.heap.new_table_sized(n_items as u32, n_pairs as u32))
            })?;
            Ok(Table(vm.root(Raw::table(table))))
        })
    }

    /// A table with values at 1, 2 and so on.
    ///
    /// # Errors
    ///
    /// Those of the conversions; the VM is destroyed, or its memory used up.
    pub fn create_sequence_from<T: IntoLua>(
        &self,
        values: impl IntoIterator<Item = T>,
    ) -> Result<Table> {
        let values = values.into_iter();
        let table = self.create_table_with_capacity(values.size_hint().0, 0)?;
        for (i, value) in (1_i64..).zip(values) {
            table.raw_set(i, value)?;
        }
        Ok(table)
    }

    /// A table with pairs of keys and values.
    ///
    /// # Errors
    ///
    /// A key is nil or not a number; those of the conversions; the VM is destroyed, or its memory
    /// used up.
    pub fn create_table_from<K: IntoLua, V: IntoLua>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Table> {
        let pairs = pairs.into_iter();
        let table = self.create_table_with_capacity(0, pairs.size_hint().0)?;
        for (key, value) in pairs {
            table.raw_set(key, value)?;
        }
        Ok(table)
    }

    /// The table of global variables; a handle to nothing if the VM is destroyed.
    #[must_use]
    pub fn globals(&self) -> Table {
        self.with(|vm| Ok(Table(vm.root(Raw::table(vm.globals)))))
            .unwrap_or_else(|_| Table(Root::dead(self)))
    }

    /// Replaces the table of globals for chunks that are loaded from now on.
    ///
    /// # Errors
    ///
    /// The table is of another VM.
    pub fn set_globals(&self, globals: Table) -> Result<()> {
        self.with(|vm| {
            if let Some(table) = vm.import(&Value::Table(globals))?.as_table() {
                vm.globals = table;
                let registry = vm.registry;
                vm.protect(|vm| vm.raw_set_int(registry, 2, Raw::table(table)))?;
            }
            Ok(())
        })
    }
}
