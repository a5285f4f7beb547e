//! Functions.

use std::ffi::c_void;

use moonproof_bytecode::Strip;

use super::convert::{FromLuaMulti, IntoLua, IntoLuaMulti};
use super::error::{Error, Result};
use super::handle::{Lua, Root};
use super::table::Table;
use super::value::Value;
use crate::call::Cont;
use crate::closure::{Closure, NativeFn};
use crate::debug_info::{short_source, upvalue_name};
use crate::heap::Gc;
use crate::native::{NativeResult, NativeRet};
use crate::value::Value as Raw;
use crate::vm::Vm;

/// A handle to a function of Lua's or the host's.
///
/// ```
/// use moonproof_vm::{Function, Lua};
///
/// let lua = Lua::new();
/// let divide: Function = lua.load("function(a, b) return a // b, a % b end").eval()?;
/// assert_eq!(divide.call::<(i64, i64)>((17, 5))?, (3, 2));
///
/// let error = divide.call::<i64>((1, 0)).unwrap_err();
/// assert!(error.to_string().contains("divide by zero"));
/// # Ok::<(), moonproof_vm::Error>(())
/// ```
#[derive(Clone)]
pub struct Function(pub(super) Root);

/// What is known of a function, see [`Function::info`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionInfo {
    /// "Lua" for a function of Lua's, "main" for a chunk, "C" for one of the host's.
    pub what: &'static str,
    /// The chunk's name as it was given, and as messages show it.
    pub source: Option<String>,
    /// The chunk's name as messages show it.
    pub short_src: Option<String>,
    /// The line where the definition begins.
    pub line_defined: Option<u32>,
    /// The line where the definition ends.
    pub last_line_defined: Option<u32>,
    /// The number of upvalues.
    pub num_upvalues: usize,
    /// The number of parameters.
    pub num_params: usize,
    /// Whether it takes any number of arguments.
    pub is_vararg: bool,
}

/// Calls any value, for the host.
pub(super) fn call_value<R: FromLuaMulti>(function: &Root, args: impl IntoLuaMulti) -> Result<R> {
    let lua = function.lua();
    let _alive = lua.keep();
    let args = args.into_lua_multi(lua)?;
    let results = function.with(|vm, function| {
        vm.collect_if_due()?;
        vm.call_for_host(function, &args)
    })?;
    R::from_lua_multi(results, lua)
}

impl Vm {
    /// Calls a function with arguments of the host's.
    ///
    /// # Errors
    ///
    /// What was raised and not caught; a handle of another VM.
    pub(super) fn call_for_host(
        &mut self,
        function: Raw,
        args: &super::MultiValue,
    ) -> Result<super::MultiValue> {
        let args = args.iter().map(|arg| self.import(arg)).collect::<Result<Vec<_>>>()?;
        self.protect(|vm| {
            vm.check_stack(args.len() + 1, "")?;
            let position = vm.cur.position(vm.cur.top);
            vm.push(function);
            for arg in &args {
                vm.push(*arg);
            }
            vm.call(args.len())?;
            let first = vm.cur.slot_at(position);
            let results = vm.export_many(first, vm.cur.top.above(first));
            vm.cur.top = first;
            results
        })
    }
}

/// Index of a function's upvalue `_ENV`.
fn environment_index(closure: Gc<Closure>) -> Option<usize> {
    let proto = &closure.proto().shared.proto;
    (0..closure.n_upvals()).find(|i| upvalue_name(proto, *i) == b"_ENV")
}

impl Function {
    /// Calls the function.
    ///
    /// ```
    /// # use moonproof_vm::{Lua, Function};
    /// # let lua = Lua::new();
    /// let max: Function = lua.load("math.max").eval()?;
    /// assert_eq!(max.call::<i64>((3, 9, 4))?, 9);
    /// # Ok::<(), moonproof_vm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What it raises and does not catch; those of the conversions.
    pub fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        call_value(&self.0, args)
    }

    /// A function that calls this one with arguments in front.
    ///
    /// # Errors
    ///
    /// There are more than 250 arguments; those of the conversion.
    pub fn bind(&self, args: impl IntoLuaMulti) -> Result<Self> {
        static BOUND: NativeFn = NativeFn { name: "?", call: call_bound };
        const MOST: usize = 250;
        let args = args.into_lua_multi(self.0.lua())?;
        if args.len() > MOST {
            return Err(Error::runtime("too many arguments to bind"));
        }
        self.0.with(|vm, function| {
            vm.collect_if_due()?;
            let mut upvalues = vec![function];
            for arg in &args {
                upvalues.push(vm.import(arg)?);
            }
            let bound = vm.heap.new_native_closure(&BOUND, &upvalues);
            Ok(Self(vm.root(Raw::native_closure(bound))))
        })
    }

    /// What is known of the function.
    #[must_use]
    pub fn info(&self) -> FunctionInfo {
        self.0.with(|_, function| Ok(info_of(function))).unwrap_or_default()
    }

    /// The function as a binary chunk; `None` if it is not Lua's.
    #[must_use]
    pub fn dump(&self, strip: bool) -> Option<Vec<u8>> {
        let strip = if strip { Strip::DebugInfo } else { Strip::Nothing };
        let dump = self.0.with(|_, function| Ok(crate::stdlib::binary_chunk(function, strip)));
        dump.unwrap_or(None)
    }

    /// The value of its upvalue `_ENV`, if that is a table.
    #[must_use]
    pub fn environment(&self) -> Option<Table> {
        let environment = self.0.with(|vm, function| {
            let closure = function.as_closure();
            let table = closure
                .and_then(|closure| Some(closure.upval(environment_index(closure)?).get()))
                .and_then(Raw::as_table);
            Ok(table.map(|table| Table(vm.root(Raw::table(table)))))
        });
        environment.unwrap_or(None)
    }

    /// Gives it another `_ENV`, which other functions do not see; false if it has none.
    ///
    /// # Errors
    ///
    /// The table is of another VM.
    pub fn set_environment(&self, environment: Table) -> Result<bool> {
        let environment = Value::Table(environment);
        self.0.with(|vm, function| {
            let environment = vm.import(&environment)?;
            let index = function.as_closure().and_then(|c| Some((c, environment_index(c)?)));
            let Some((closure, index)) = index else { return Ok(false) };
            let upval = vm.heap.new_closed_upval(environment);
            closure.set_upval(index, upval);
            vm.heap.collector.barrier_object(closure, upval);
            Ok(true)
        })
    }

    /// The address of the function.
    #[must_use]
    pub fn to_pointer(&self) -> *const c_void {
        self.0.to_pointer()
    }

    /// A Rust function as a value that becomes a Lua function: without an intermediate handle.
    ///
    /// ```
    /// # use moonproof_vm::{Lua, Function};
    /// # let lua = Lua::new();
    /// lua.globals().set("add", Function::wrap(|a: i64, b: i64| Ok(a + b)))?;
    /// assert_eq!(lua.load("add(2, 3)").eval::<i64>()?, 5);
    /// # Ok::<(), moonproof_vm::Error>(())
    /// ```
    pub fn wrap<A, F: NativeCall<A>>(function: F) -> impl IntoLua {
        Wrapped { function, _args: std::marker::PhantomData::<fn(A)> }
    }
}

fn call_bound(vm: &mut Vm) -> NativeResult {
    let Some(function) = vm.cur.frame.function().as_native_closure() else {
        return Ok(NativeRet::Values(0));
    };
    let (n_args, n_bound) = (vm.n_args(), function.n_upvalues());
    vm.check_stack(n_args + n_bound, "")?;
    for i in 0..n_bound {
        vm.push(function.upvalue(i));
    }
    for i in 1..=n_args {
        let arg = vm.arg(i);
        vm.push(arg);
    }
    Ok(vm.then_call(n_args + n_bound - 1, Cont::Results))
}

pub(super) fn info_of(function: Raw) -> FunctionInfo {
    let Some(closure) = function.as_closure() else {
        let n = function.as_native_closure().map_or(0, |closure| closure.n_upvalues());
        return FunctionInfo { what: "C", num_upvalues: n, is_vararg: true, ..Default::default() };
    };
    let shared = &closure.proto().shared;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    FunctionInfo {
        what: if shared.proto.line_defined == 0 { "main" } else { "Lua" },
        source: shared.source.as_deref().map(text),
        short_src: Some(text(&short_source(shared))),
        line_defined: Some(shared.proto.line_defined),
        last_line_defined: Some(shared.proto.last_line_defined),
        num_upvalues: closure.n_upvals(),
        num_params: shared.proto.n_params.into(),
        is_vararg: shared.proto.is_vararg != 0,
    }
}

/// Rust functions of up to six arguments, see [`Function::wrap`].
pub trait NativeCall<A>: Send + 'static {
    /// Makes a Lua function of it.
    ///
    /// # Errors
    ///
    /// The VM is destroyed, or its memory used up.
    fn into_function(self, lua: &Lua) -> Result<Function>;
}

struct Wrapped<A, F> {
    function: F,
    _args: std::marker::PhantomData<fn(A)>,
}

impl<A, F: NativeCall<A>> IntoLua for Wrapped<A, F> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Ok(Value::Function(self.function.into_function(lua)?))
    }
}

/// One implementation for each number of arguments.
macro_rules! native_calls {
    ($(($($arg:ident)*))*) => {$(
        impl<F, R, $($arg,)*> NativeCall<($($arg,)*)> for F
        where
            F: Fn($($arg,)*) -> Result<R> + Send + 'static,
            R: IntoLuaMulti,
            ($($arg,)*): FromLuaMulti,
        {
            #[allow(non_snake_case)]
            fn into_function(self, lua: &Lua) -> Result<Function> {
                lua.create_function(move |_, ($($arg,)*): ($($arg,)*)| self($($arg,)*))
            }
        }
    )*};
}

native_calls! {
    () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E G)
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Function({:p})", self.to_pointer())
    }
}
