//! The table of handlers, in opcode order, and the way into it.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering, fence};

use super::{Consts, Exit, Insn, Pc, Step};
use super::{arith, calls, compare, concat, control, load, loops, tables};
use crate::hook::{COUNTS, LINES};
use crate::stack::Slot;
use crate::vm::{Raised, Vm};
use moonproof_bytecode::OpCode;

type Handler = fn(&mut Vm, Pc, Slot, Consts, Insn, Table) -> Step;

/// One handler for each number an instruction can begin with. Another thread may overwrite those of
/// a VM that can be interrupted.
pub(crate) struct Handlers([AtomicPtr<()>; 256]);

impl Handlers {
    const fn new(handlers: [Handler; 256]) -> Self {
        let mut all = [const { AtomicPtr::new(control::malformed as Handler as *mut ()) }; 256];
        let mut number = 0;
        while number < all.len() {
            all[number] = AtomicPtr::new(handlers[number] as *mut ());
            number += 1;
        }
        Self(all)
    }

    /// A table to [`copy`](Self::copy) another one to.
    pub(crate) const fn empty() -> Self {
        Self::new([control::malformed; 256])
    }

    pub(crate) fn copy(&self, from: &Self) {
        for (handler, from) in self.0.iter().zip(&from.0) {
            handler.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
    }

    /// Whatever instruction comes next is interrupted.
    pub(crate) fn interrupt(&self) {
        for handler in &self.0 {
            handler.store(control::interrupted as Handler as *mut (), Ordering::Relaxed);
        }
    }

    #[inline(always)]
    pub(super) fn of(&self, i: Insn) -> Handler {
        let handler = self.0[i.op() as usize].load(Ordering::Relaxed);
        // SAFETY: [I1] every entry is a handler at all times: `new`, `copy` and `interrupt` store
        // nothing else.
        unsafe { std::mem::transmute::<*mut (), Handler>(handler) }
    }
}

/// The table in use, which the VM keeps: a static one, or that of its [`Alarm`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Table(NonNull<Handlers>);

impl Table {
    #[inline(always)]
    pub(super) fn of(self, i: Insn) -> Handler {
        // SAFETY: [I2] the table is static, or of the alarm of the VM that runs.
        unsafe { self.0.as_ref() }.of(i)
    }
}

impl From<&Handlers> for Table {
    fn from(handlers: &Handlers) -> Self {
        Self(NonNull::from(handlers))
    }
}

macro_rules! contents {
    ($($opcode:ident => $module:ident :: $handler:ident,)*) => {
        static PLAIN: Handlers = {
            let mut handlers: [Handler; 256] = [control::malformed; 256];
            $(handlers[OpCode::$opcode as usize] = $module::$handler;)*
            Handlers::new(handlers)
        };

        /// Every entry charges fuel and then does what the plain one does.
        static METERED: Handlers = Handlers::new([control::metered; 256]);

        /// Calls and returns are events; the rest is plain.
        static EVENTS: Handlers = {
            let mut handlers: [Handler; 256] = [control::malformed; 256];
            $(handlers[OpCode::$opcode as usize] = $module::$handler;)*
            handlers[OpCode::Call as usize] = calls::call_with_events;
            handlers[OpCode::Return as usize] = calls::return_with_events;
            handlers[OpCode::Return0 as usize] = calls::return_with_events;
            handlers[OpCode::Return1 as usize] = calls::return_with_events;
            handlers[OpCode::VarargPrep as usize] = calls::vararg_prep_with_events;
            handlers[OpCode::TForCall as usize] = loops::t_for_call_with_events;
            Handlers::new(handlers)
        };

        /// Every entry charges fuel, counts, finds new lines, and goes on among the events.
        static TRACED: Handlers = Handlers::new([control::traced; 256]);

        /// Fails to compile when an opcode has no line above.
        #[allow(dead_code)]
        const fn is_listed(op: OpCode) -> bool {
            match op { $(OpCode::$opcode => true,)* }
        }

        /// Dispatches in the form of the loop.
        #[cfg(not(tail_calls))]
        #[inline(always)]
        fn step(vm: &mut Vm, pc: Pc, base: Slot, k: Consts, i: Insn, t: Table) -> Step {
            match OpCode::from_u8(i.op()) {
                $(Some(OpCode::$opcode) => $module::$handler(vm, pc, base, k, i, t),)*
                None => t.of(i)(vm, pc, base, k, i, t),
            }
        }
    };
}

contents! {
    Move => load::mov,
    LoadI => load::load_i,
    LoadF => load::load_f,
    LoadK => load::load_k,
    LoadKx => load::load_kx,
    LoadFalse => load::load_false,
    LFalseSkip => load::false_skip,
    LoadTrue => load::load_true,
    LoadNil => load::load_nil,
    GetUpval => load::get_upval,
    SetUpval => load::set_upval,
    GetTabUp => tables::get_tab_up,
    GetTable => tables::get_table,
    GetI => tables::get_i,
    GetField => tables::get_field,
    SetTabUp => tables::set_tab_up,
    SetTable => tables::set_table,
    SetI => tables::set_i,
    SetField => tables::set_field,
    NewTable => tables::new_table,
    SelfOp => tables::self_op,
    AddI => arith::add_i,
    AddK => arith::add_k,
    SubK => arith::sub_k,
    MulK => arith::mul_k,
    ModK => arith::mod_k,
    PowK => arith::pow_k,
    DivK => arith::div_k,
    IDivK => arith::idiv_k,
    BAndK => arith::band_k,
    BOrK => arith::bor_k,
    BXorK => arith::bxor_k,
    ShrI => arith::shr_i,
    ShlI => arith::shl_i,
    Add => arith::add,
    Sub => arith::sub,
    Mul => arith::mul,
    Mod => arith::modulo,
    Pow => arith::pow,
    Div => arith::div,
    IDiv => arith::idiv,
    BAnd => arith::band,
    BOr => arith::bor,
    BXor => arith::bxor,
    Shl => arith::shl,
    Shr => arith::shr,
    MmBin => control::slow,
    MmBinI => control::slow,
    MmBinK => control::slow,
    Unm => arith::unm,
    BNot => arith::bnot,
    Not => arith::not,
    Len => tables::len,
    Concat => concat::concat,
    Close => control::close,
    Tbc => control::tbc,
    Jmp => control::jmp,
    Eq => compare::eq,
    Lt => compare::lt,
    Le => compare::le,
    EqK => compare::eq_k,
    EqI => compare::eq_i,
    LtI => compare::lt_i,
    LeI => compare::le_i,
    GtI => compare::gt_i,
    GeI => compare::ge_i,
    Test => compare::test,
    TestSet => compare::test_set,
    Call => calls::call,
    TailCall => calls::tail_call,
    Return => calls::ret,
    Return0 => calls::return0,
    Return1 => calls::return1,
    ForLoop => loops::for_loop,
    ForPrep => loops::for_prep,
    TForPrep => loops::t_for_prep,
    TForCall => loops::t_for_call,
    TForLoop => loops::t_for_loop,
    SetList => tables::set_list,
    Closure => calls::closure,
    Vararg => calls::vararg,
    VarargPrep => calls::vararg_prep,
    ExtraArg => control::malformed,
}

/// Which handlers a VM uses. Instrumentation costs nothing where there is none: it is another table.
#[derive(Clone, Copy)]
pub(crate) struct Dispatch(Table);

impl Dispatch {
    pub(crate) fn plain() -> Self {
        Self(Table::from(&PLAIN))
    }

    #[inline(always)]
    pub(crate) fn table(self) -> Table {
        self.0
    }
}

/// The handler of an instruction that knows of hooks of calls and returns.
#[inline(always)]
pub(super) fn with_events(i: Insn) -> Handler {
    EVENTS.of(i)
}

/// The plain handler of an instruction.
#[inline(always)]
pub(super) fn plain(i: Insn) -> Handler {
    PLAIN.of(i)
}

impl Vm {
    /// Uses the handlers that fuel and hooks ask for; those that run change at the next call.
    pub(crate) fn choose_dispatch(&mut self) {
        let handlers = self.handlers();
        self.dispatched_mask = self.hook_mask;
        let in_use = match &self.alarm {
            Some(alarm) => alarm.with_handlers(handlers),
            None => handlers,
        };
        self.dispatch = Dispatch(Table::from(in_use));
    }

    /// The handlers that fuel and hooks ask for.
    pub(super) fn handlers(&self) -> &'static Handlers {
        match (self.hook_mask, self.metering) {
            (0, false) => &PLAIN,
            (0, true) => &METERED,
            (mask, false) if mask & (LINES | COUNTS) == 0 => &EVENTS,
            _ => &TRACED,
        }
    }

    /// Runs the Lua function on top, and what it calls, until the host's call has returned.
    ///
    /// # Errors
    ///
    /// An error that nothing above the host's call caught.
    pub(crate) fn run(&mut self) -> Result<(), Raised> {
        let exit = start(self);
        match exit {
            Exit::Done => Ok(()),
            Exit::Raised => Err(Raised),
        }
    }
}

#[cfg(tail_calls)]
fn start(vm: &mut Vm) -> Exit {
    let (frame, t) = (vm.cur.frame, vm.dispatch.table());
    let i = frame.pc.get().fetch();
    t.of(i)(vm, frame.pc.get().next(), frame.base.get(), frame.consts.get(), i, t)
}

#[cfg(not(tail_calls))]
fn start(vm: &mut Vm) -> Exit {
    let frame = vm.cur.frame;
    let (mut pc, mut base, mut k) = (frame.pc.get(), frame.base.get(), frame.consts.get());
    loop {
        #[cfg(feature = "checked")]
        super::checked::state(vm, pc, base, k);
        let (i, t) = (pc.fetch(), vm.dispatch.table());
        let step = if t == Table::from(&PLAIN) {
            step(vm, pc.next(), base, k, i, t)
        } else {
            t.of(i)(vm, pc.next(), base, k, i, t)
        };
        match step {
            Step::Go(next_pc, next_base, next_k) => (pc, base, k) = (next_pc, next_base, next_k),
            Step::Exit(exit) => return exit,
        }
    }
}
