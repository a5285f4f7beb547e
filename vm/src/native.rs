//! What native functions see: their arguments, and how they return, call, or fail.
//!
//! A native function reads its arguments with [`Vm::arg`] and the `check_*` and `opt_*` methods,
//! whose errors are those of lauxlib.c. It pushes results and returns how many. No collection
//! happens while it runs, unless it calls a Lua function or asks for one, so that it may hold
//! objects freely (invariant G1 of `heap`).

use moonproof_bytecode::number::format::NumberBuffer;
use moonproof_bytecode::number::{self, Number};

use crate::call::Cont;
use crate::heap::Gc;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::value::{LuaType, Tag, Value};
use crate::vm::{Raised, Vm};

/// How a native function ends.
pub(crate) enum NativeRet {
    /// With this many results, the last pushed.
    Values(usize),
    /// By calling the function that stands under as many pushed values ([`Vm::then_call`]).
    Call(usize),
    /// By resuming a coroutine with as many pushed values ([`Vm::then_resume`]).
    Resume(usize),
    /// By yielding the last pushed values.
    Yield(usize),
    /// The same, with a continuation of the host's in the first slot.
    YieldHost(usize),
}

/// What a native function returns; the error value is in the VM. It fits into two registers.
pub(crate) type NativeResult = Result<NativeRet, Raised>;

const _: () = assert!(size_of::<NativeResult>() == 16);

impl Vm {
    /// First argument's slot.
    #[inline(always)]
    pub(crate) fn n_args(&self) -> usize {
        self.cur.top.above(self.cur.frame.base.get())
    }

    /// Argument `i`, from 1; nil if there are fewer.
    #[inline(always)]
    pub(crate) fn arg(&self, i: usize) -> Value {
        let slot = self.cur.frame.base.get().add(i - 1);
        if slot < self.cur.top { slot.get() } else { Value::NIL }
    }

    /// Whether argument `i` is there, nil or not.
    #[inline(always)]
    pub(crate) fn has_arg(&self, i: usize) -> bool {
        self.cur.frame.base.get().add(i - 1) < self.cur.top
    }

    /// Replaces argument `i`, which must be there.
    pub(crate) fn set_arg(&mut self, i: usize, value: Value) {
        debug_assert!(self.has_arg(i));
        self.cur.frame.base.get().add(i - 1).set(value);
    }

    /// Cuts or fills the arguments to `n`.
    pub(crate) fn set_n_args(&mut self, n: usize) {
        let have = self.n_args();
        let base = self.cur.frame.base.get();
        if n > have {
            base.add(have).clear(n - have);
        }
        self.cur.top = base.add(n);
    }

    /// Pushes a value. A native function may push 20 without asking for room, as in C.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: Value) {
        debug_assert!(self.cur.top < self.cur.end());
        self.cur.top.set(value);
        self.cur.top = self.cur.top.add(1);
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Value {
        self.cur.top = self.cur.top.sub(1);
        self.cur.top.get()
    }

    /// Makes room for `n` more pushes (`luaL_checkstack`).
    ///
    /// # Errors
    ///
    /// "stack overflow", with `what` if it is not empty.
    pub(crate) fn check_stack(&mut self, n: usize, what: &str) -> Result<(), Raised> {
        if self.has_room(n) || self.try_grow_stack(n) {
            return Ok(());
        }
        Err(if what.is_empty() {
            self.error_at_caller(b"stack overflow")
        } else {
            self.error_at_caller(format!("stack overflow ({what})").as_bytes())
        })
    }

    pub(crate) fn push_str(&mut self, bytes: &[u8]) {
        let string = self.heap.new_string(bytes);
        self.push(Value::string(string));
    }

    /// Ends by calling the function that stands under the last `n_args` pushed values; `cont` goes
    /// on when it returns, with all its results in the function's place and above.
    pub(crate) fn then_call(&mut self, n_args: usize, cont: Cont) -> NativeRet {
        self.cur.frame.info.set(cont as u32);
        NativeRet::Call(n_args)
    }

    /// Ends by resuming a coroutine with the last `n_args` pushed values.
    pub(crate) fn then_resume(
        &mut self,
        thread: Gc<Thread>,
        n_args: usize,
        cont: Cont,
    ) -> NativeRet {
        self.cur.frame.info.set(cont as u32);
        self.resumed = Some(thread);
        NativeRet::Resume(n_args)
    }

    /// Returns one value.
    #[inline(always)]
    pub(crate) fn ret(&mut self, value: Value) -> NativeResult {
        self.push(value);
        Ok(NativeRet::Values(1))
    }

    #[inline(always)]
    pub(crate) fn ret_str(&mut self, bytes: &[u8]) -> NativeResult {
        let string = self.heap.new_string(bytes);
        self.ret(Value::string(string))
    }

    /// Returns nil, a message, and more: the convention of functions that fail without error.
    pub(crate) fn ret_fail(&mut self, message: &[u8]) -> NativeResult {
        self.push(Value::NIL);
        self.push_str(message);
        Ok(NativeRet::Values(2))
    }

    /// "bad argument #i to 'f' (what)" (`luaL_argerror`).
    #[cold]
    pub(crate) fn arg_error(&mut self, i: usize, what: &str) -> Raised {
        self.arg_error_bytes(i, what.as_bytes())
    }

    /// "... (expected expected, got actual)" (`luaL_typeerror`).
    #[cold]
    pub(crate) fn type_error(&mut self, i: usize, expected: &str) -> Raised {
        let actual =
            if self.has_arg(i) { self.type_name_of(self.arg(i)) } else { b"no value".to_vec() };
        let mut what = format!("{expected} expected, got ").into_bytes();
        what.extend_from_slice(&actual);
        self.arg_error_bytes(i, &what)
    }

    /// The name of a value's type, or the `__name` of its metatable (`luaL_typeerror`).
    pub(crate) fn type_name_of(&self, value: Value) -> Vec<u8> {
        if let Some(metatable) = self.metatable_of(value)
            && let Some(name) =
                metatable.get(&self.heap, Value::string(self.names.name)).as_string()
        {
            return name.bytes().to_vec();
        }
        if value.tag() == Tag::LIGHT {
            return b"light userdata".to_vec();
        }
        value.tag().lua_type().name().as_bytes().to_vec()
    }

    pub(crate) fn check_any(&mut self, i: usize) -> Result<Value, Raised> {
        if self.has_arg(i) { Ok(self.arg(i)) } else { Err(self.arg_error(i, "value expected")) }
    }

    #[inline]
    pub(crate) fn check_table(&mut self, i: usize) -> Result<Gc<Table>, Raised> {
        match self.arg(i).as_table() {
            Some(table) => Ok(table),
            None => Err(self.type_error(i, "table")),
        }
    }

    pub(crate) fn check_type(&mut self, i: usize, expected: LuaType) -> Result<Value, Raised> {
        let value = self.arg(i);
        if self.has_arg(i) && value.tag().lua_type() == expected {
            Ok(value)
        } else {
            Err(self.type_error(i, expected.name()))
        }
    }

    /// An integer, or what converts to one without loss (`luaL_checkinteger`).
    #[inline]
    pub(crate) fn check_int(&mut self, i: usize) -> Result<i64, Raised> {
        let value = self.arg(i);
        if let Some(int) = value.as_int() {
            return Ok(int);
        }
        self.charge_for_text(value);
        match to_integer(value) {
            Some(int) => Ok(int),
            None => Err(self.int_error(i)),
        }
    }

    #[cold]
    fn int_error(&mut self, i: usize) -> Raised {
        if to_number(self.arg(i)).is_some() {
            self.arg_error(i, "number has no integer representation")
        } else {
            self.type_error(i, "number")
        }
    }

    #[inline]
    pub(crate) fn opt_int(&mut self, i: usize, default: i64) -> Result<i64, Raised> {
        if self.arg(i).is_nil() { Ok(default) } else { self.check_int(i) }
    }

    /// A number, or a string that is one, as a float (`luaL_checknumber`).
    #[inline]
    pub(crate) fn check_float(&mut self, i: usize) -> Result<f64, Raised> {
        let value = self.arg(i);
        if let Some(float) = value.to_float() {
            return Ok(float);
        }
        self.charge_for_text(value);
        match to_number(value) {
            Some(Number::Integer(int)) => Ok(int as f64),
            Some(Number::Float(float)) => Ok(float),
            None => Err(self.type_error(i, "number")),
        }
    }

    pub(crate) fn opt_float(&mut self, i: usize, default: f64) -> Result<f64, Raised> {
        if self.arg(i).is_nil() { Ok(default) } else { self.check_float(i) }
    }

    /// A string; a number is converted, and takes the argument's place (`luaL_checklstring`).
    #[inline]
    pub(crate) fn check_str(&mut self, i: usize) -> Result<Gc<Str>, Raised> {
        if let Some(string) = self.arg(i).as_string() {
            return Ok(string);
        }
        match self.number_to_string(self.arg(i)) {
            Some(string) => {
                self.set_arg(i, Value::string(string));
                Ok(string)
            }
            None => Err(self.type_error(i, "string")),
        }
    }

    pub(crate) fn opt_str(&mut self, i: usize) -> Result<Option<Gc<Str>>, Raised> {
        if self.arg(i).is_nil() { Ok(None) } else { self.check_str(i).map(Some) }
    }

    /// One of a list of words, by position (`luaL_checkoption`).
    pub(crate) fn check_option(
        &mut self,
        i: usize,
        default: Option<&str>,
        options: &[&str],
    ) -> Result<usize, Raised> {
        let given = match default {
            Some(default) if self.arg(i).is_nil() => default.as_bytes().to_vec(),
            _ => self.check_str(i)?.bytes().to_vec(),
        };
        match options.iter().position(|option| option.as_bytes() == given) {
            Some(position) => Ok(position),
            None => {
                let what = [b"invalid option '".as_slice(), &given, b"'"].concat();
                Err(self.arg_error_bytes(i, &what))
            }
        }
    }

    /// A number's text as a string; `None` for anything else.
    pub(crate) fn number_to_string(&mut self, value: Value) -> Option<Gc<Str>> {
        Some(self.heap.new_string(NumberBuffer::new().format(value.as_number()?)))
    }
}

/// A number, or a string that is one (`lua_tonumberx`).
pub(crate) fn to_number(value: Value) -> Option<Number> {
    value.as_number().or_else(|| number::parse(value.as_string()?.bytes()))
}

/// An integer, or a float or string with an integer value (`lua_tointegerx`).
pub(crate) fn to_integer(value: Value) -> Option<i64> {
    match to_number(value)? {
        Number::Integer(int) => Some(int),
        Number::Float(float) => number::convert::float_to_integer(float),
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(int) => Self::int(int),
            Number::Float(float) => Self::float(float),
        }
    }
}
