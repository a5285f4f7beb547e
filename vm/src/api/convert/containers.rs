//! Sequences, maps, and wrappers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

use super::{FromLua, IntoLua};
use crate::api::error::{Error, Result};
use crate::api::handle::Lua;
use crate::api::table::Table;
use crate::api::value::Value;

impl<T: IntoLua> IntoLua for Option<T> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        self.map_or(Ok(Value::Nil), |value| value.into_lua(lua))
    }
}

impl<T: FromLua> FromLua for Option<T> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        match value {
            Value::Nil => Ok(None),
            value => T::from_lua(value, lua).map(Some),
        }
    }
}

fn table_of(value: Value, to: &'static str) -> Result<Table> {
    match value {
        Value::Table(table) => Ok(table),
        other => Err(Error::from_lua_because(other.type_name(), to, "expected table")),
    }
}

/// Sequences are tables with items from 1.
macro_rules! sequences {
    ($($name:literal: [$($bounds:tt)*] $type:ty;)*) => {$(
        impl<T: IntoLua $($bounds)*> IntoLua for $type {
            fn into_lua(self, lua: &Lua) -> Result<Value> {
                Ok(Value::Table(lua.create_sequence_from(self)?))
            }
        }

        impl<T: FromLua $($bounds)*> FromLua for $type {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                table_of(value, $name)?.sequence_values().collect()
            }
        }
    )*};
}

sequences! {
    "Vec": [] Vec<T>;
    "VecDeque": [] VecDeque<T>;
    "Box<[T]>": [] Box<[T]>;
}

impl<T: IntoLua + Clone> IntoLua for &[T] {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::Table(lua.create_sequence_from(self.iter().cloned())?))
    }
}

impl<T: IntoLua, const N: usize> IntoLua for [T; N] {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::Table(lua.create_sequence_from(self)?))
    }
}

impl<T: FromLua, const N: usize> FromLua for [T; N] {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let items = Vec::from_lua(value, lua)?;
        items.try_into().map_err(|items: Vec<T>| {
            let message = format!("expected {N} items, got {}", items.len());
            Error::from_lua_because("table", "array", message)
        })
    }
}

impl<K: IntoLua, V: IntoLua, S> IntoLua for HashMap<K, V, S> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::Table(lua.create_table_from(self)?))
    }
}

impl<K: FromLua + Eq + Hash, V: FromLua, S: BuildHasher + Default> FromLua for HashMap<K, V, S> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        table_of(value, "HashMap")?.pairs().collect()
    }
}

impl<K: IntoLua, V: IntoLua> IntoLua for BTreeMap<K, V> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::Table(lua.create_table_from(self)?))
    }
}

impl<K: FromLua + Ord, V: FromLua> FromLua for BTreeMap<K, V> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        table_of(value, "BTreeMap")?.pairs().collect()
    }
}

impl<T: IntoLua, S> IntoLua for HashSet<T, S> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        let pairs = self.into_iter().map(|item| (item, true));
        Ok(Value::Table(lua.create_table_from(pairs)?))
    }
}

impl<T: IntoLua> IntoLua for BTreeSet<T> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        let pairs = self.into_iter().map(|item| (item, true));
        Ok(Value::Table(lua.create_table_from(pairs)?))
    }
}

/// The items of a sequence, or the keys of a table without one.
fn members<T: FromLua>(value: Value, to: &'static str) -> Result<Vec<T>> {
    let table = table_of(value, to)?;
    if table.raw_len() > 0 {
        table.sequence_values().collect()
    } else {
        table.pairs::<T, Value>().map(|pair| pair.map(|(key, _)| key)).collect()
    }
}

impl<T: FromLua + Eq + Hash, S: BuildHasher + Default> FromLua for HashSet<T, S> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(members(value, "HashSet")?.into_iter().collect())
    }
}

impl<T: FromLua + Ord> FromLua for BTreeSet<T> {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(members(value, "BTreeSet")?.into_iter().collect())
    }
}
