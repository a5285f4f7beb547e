//! How a type declares what scripts can do with it.

use crate::api::convert::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::api::error::Result;
use crate::api::handle::Lua;

use super::AnyUserData;

/// The events that a type can define.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetaMethod {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// Unary `-`
    Unm,
    /// `//`
    IDiv,
    /// `&`
    BAnd,
    /// `|`
    BOr,
    /// Binary `~`
    BXor,
    /// Unary `~`
    BNot,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `..`
    Concat,
    /// `#`
    Len,
    /// `==`
    Eq,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// Reading of a field that is neither a method nor declared.
    Index,
    /// Setting of a field that is not declared.
    NewIndex,
    /// A call.
    Call,
    /// `tostring`
    ToString,
    /// `pairs`
    Pairs,
    /// The end of a to-be-closed variable.
    Close,
    /// The name of the type in messages, a string.
    Type,
}

impl MetaMethod {
    /// The key in a metatable.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "__add",
            Self::Sub => "__sub",
            Self::Mul => "__mul",
            Self::Div => "__div",
            Self::Mod => "__mod",
            Self::Pow => "__pow",
            Self::Unm => "__unm",
            Self::IDiv => "__idiv",
            Self::BAnd => "__band",
            Self::BOr => "__bor",
            Self::BXor => "__bxor",
            Self::BNot => "__bnot",
            Self::Shl => "__shl",
            Self::Shr => "__shr",
            Self::Concat => "__concat",
            Self::Len => "__len",
            Self::Eq => "__eq",
            Self::Lt => "__lt",
            Self::Le => "__le",
            Self::Index => "__index",
            Self::NewIndex => "__newindex",
            Self::Call => "__call",
            Self::ToString => "__tostring",
            Self::Pairs => "__pairs",
            Self::Close => "__close",
            Self::Type => "__name",
        }
    }
}

impl AsRef<str> for MetaMethod {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

impl From<MetaMethod> for String {
    fn from(event: MetaMethod) -> Self {
        event.name().to_owned()
    }
}

/// Declares methods, functions and metamethods.
pub trait UserDataMethods<T> {
    /// A method that reads the value: `value:name(...)`.
    fn add_method<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        method: impl Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
    );

    /// A method that changes the value. While it runs nothing else can borrow the value.
    fn add_method_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        method: impl FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
    );

    /// A function: the value is an argument as others, or none.
    fn add_function<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        function: impl Fn(&Lua, A) -> Result<R> + Send + 'static,
    );

    /// A function that changes what it captures.
    fn add_function_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        name: impl Into<String>,
        function: impl FnMut(&Lua, A) -> Result<R> + Send + 'static,
    );

    /// A metamethod that reads the value, which must be the first operand: see
    /// [`UserDataMethods::add_meta_function`] for one that may be the second.
    fn add_meta_method<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        method: impl Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
    );

    /// A metamethod that changes the value.
    fn add_meta_method_mut<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        method: impl FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
    );

    /// A metamethod with all operands as arguments.
    fn add_meta_function<A: FromLuaMulti, R: IntoLuaMulti>(
        &mut self,
        event: impl Into<String>,
        function: impl Fn(&Lua, A) -> Result<R> + Send + 'static,
    );
}

/// Declares fields.
pub trait UserDataFields<T> {
    /// A field with a value of its own, the same for all userdata of the type.
    fn add_field(&mut self, name: impl Into<String>, value: impl IntoLua + Send + 'static);

    /// A field that is read from the value.
    fn add_field_method_get<R: IntoLua>(
        &mut self,
        name: impl Into<String>,
        method: impl Fn(&Lua, &T) -> Result<R> + Send + 'static,
    );

    /// A field that is set in the value.
    fn add_field_method_set<A: FromLua>(
        &mut self,
        name: impl Into<String>,
        method: impl FnMut(&Lua, &mut T, A) -> Result<()> + Send + 'static,
    );

    /// A field that is read by a function of the userdata.
    fn add_field_function_get<R: IntoLua>(
        &mut self,
        name: impl Into<String>,
        function: impl Fn(&Lua, AnyUserData) -> Result<R> + Send + 'static,
    );

    /// A field that is set by a function of the userdata.
    fn add_field_function_set<A: FromLua>(
        &mut self,
        name: impl Into<String>,
        function: impl FnMut(&Lua, AnyUserData, A) -> Result<()> + Send + 'static,
    );

    /// A field of the metatable, such as `__name`.
    fn add_meta_field(&mut self, event: impl Into<String>, value: impl IntoLua + Send + 'static);

    /// A field of the metatable that is made in the VM.
    fn add_meta_field_with<R: IntoLua>(
        &mut self,
        event: impl Into<String>,
        value: impl FnOnce(&Lua) -> Result<R> + 'static,
    );
}
