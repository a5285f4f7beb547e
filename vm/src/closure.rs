//! Functions as values: Lua closures, and native functions with and without upvalues.

use crate::heap::{Gc, Header};
use crate::native::NativeResult;
use crate::proto::FuncProto;
use crate::value::Tag;
use crate::vm::Vm;

/// A Lua closure. The header's `small` is the number of upvalues, which stand behind it ([G6]).
#[repr(C)]
pub(crate) struct Closure {
    header: Header,
    proto: Gc<FuncProto>,
}

impl Closure {
    pub(crate) fn new(proto: Gc<FuncProto>, n_upvals: u8) -> Self {
        let header = Header::new(Tag::CLOSURE);
        header.small.set(n_upvals);
        Self { header, proto }
    }

    #[inline(always)]
    pub(crate) fn proto(&self) -> Gc<FuncProto> {
        self.proto
    }

    pub(crate) fn n_upvals(&self) -> usize {
        usize::from(self.header.small.get())
    }
}

/// A function of the host. Arguments are read from the VM, results left on its stack.
#[derive(Clone, Copy)]
pub(crate) struct NativeFn {
    /// Name for messages, without the library's.
    pub(crate) name: &'static str,
    pub(crate) call: fn(&mut Vm) -> NativeResult,
}

/// A native function with values of its own, which stand behind it ([G6]). The header's `small` is
/// their number.
#[repr(C)]
pub(crate) struct NativeClosure {
    header: Header,
    def: &'static NativeFn,
}

impl NativeClosure {
    pub(crate) fn new(def: &'static NativeFn, n_upvalues: u8) -> Self {
        let header = Header::new(Tag::NATIVE_CLOSURE);
        header.small.set(n_upvalues);
        Self { header, def }
    }

    pub(crate) fn def(&self) -> &'static NativeFn {
        self.def
    }

    pub(crate) fn n_upvalues(&self) -> usize {
        usize::from(self.header.small.get())
    }
}
