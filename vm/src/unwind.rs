//! Errors on their way: who looks at one, who catches it, and what is closed in between.
//!
//! An error is in `Vm::error`, and whatever returned [`Raised`] has left the frames as they were.
//! They are unwound here, in one loop and from the top down: closing a variable may raise the next
//! error, which takes the place of the first.

use crate::call::{BODY, CONT, Cont, Flow, HOST, Next, cont_of, counts_as_c_call};
use crate::metamethod::Event;
use crate::stack::{FrameRef, Slot};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What looks at an error where it is raised.
enum Watcher {
    None,
    /// The host, which wants a traceback.
    Host,
    /// A message handler.
    Function(Value),
}

impl Vm {
    /// Finds who catches the error in `self.error` and goes on there (`luaD_throw`, `precover`).
    ///
    /// # Errors
    ///
    /// The error reached the host's call, whose frame is gone.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(&mut self) -> Result<Flow, Raised> {
        loop {
            self.run_message_handler();
            let depth = self.catcher();
            let frame = self.cur.frame_at(depth);
            let outcome = match frame.want.get() {
                _ if self.catches(frame) => {
                    let n = (depth + 1..=self.cur.depth())
                        .filter(|d| counts_as_c_call(self.cur.frame_at(*d).want.get()))
                        .count();
                    self.uncount_c_calls(n as u32);
                    self.cur.frame = frame;
                    self.catch().and_then(|next| self.drive(next))
                }
                HOST => {
                    self.cur.frame = frame;
                    let func = self.func_slot(frame);
                    let is_native = !frame.is_lua();
                    if !is_native {
                        self.cur.pop_frame();
                    }
                    // A native function stays below the handlers, as the one that called.
                    self.close_upvals(func);
                    self.close_for_host(func);
                    if is_native {
                        self.cur.pop_frame();
                    }
                    return Err(Raised);
                }
                // The frames stay, for a traceback.
                BODY => self.fail_body().and_then(|next| self.drive(next)),
                _ => return Err(Raised),
            };
            if let Ok(flow) = outcome {
                return Ok(flow);
            }
        }
    }

    /// Whether a frame is a protected call's that waits for its function.
    fn catches(&self, frame: FrameRef) -> bool {
        self.exhausted.is_none()
            && !frame.is_lua()
            && matches!(
                cont_of(frame),
                Cont::Pcall
                    | Cont::Xpcall
                    | Cont::Closing
                    | Cont::XpcallClosing
                    | Cont::HostProtected
                    | Cont::HostClosing
            )
    }

    /// The depth of the frame at which an error ends: a protected call, the host's, or a
    /// coroutine's body.
    fn catcher(&self) -> usize {
        let mut depth = self.cur.depth();
        while depth > 0 {
            let frame = self.cur.frame_at(depth);
            if self.catches(frame) || matches!(frame.want.get(), HOST | BODY) {
                break;
            }
            depth -= 1;
        }
        depth
    }

    /// The protected call on top has caught an error: its function's variables are closed, and it
    /// returns false and the error.
    fn catch(&mut self) -> Result<Next, Raised> {
        let frame = self.cur.frame;
        if matches!(cont_of(frame), Cont::HostProtected | Cont::HostClosing) {
            return self.catch_for_host();
        }
        let closing = match cont_of(frame) {
            Cont::Xpcall | Cont::XpcallClosing => Cont::XpcallClosing,
            _ => Cont::Closing,
        };
        frame.info.set(closing as u32);
        // The function's own place: nothing is captured there, and its variables are above.
        frame.base.get().set(self.error);
        self.shrink_after_overflow();
        self.close_protected()
    }

    /// Lets the handler of the nearest `xpcall` look at the error where it was raised, once
    /// (`luaG_errormsg`).
    pub(crate) fn run_message_handler(&mut self) {
        if self.error_handled || self.exhausted.is_some() {
            return;
        }
        self.error_handled = true;
        let handler = match self.message_handler() {
            Watcher::None => return,
            Watcher::Host => return self.note_trace(),
            Watcher::Function(handler) => handler,
        };
        let error = self.error;
        self.cur.top = self.frame_top().max(self.cur.top);
        // A failure was shown to the handler in its turn.
        if let Ok(value) = self.call_for_one(handler, &[error]) {
            self.error = value;
        }
        self.error_handled = true;
    }

    /// Calls something from Rust whose errors the message handlers of scripts and of the host do not
    /// see: they end here (`lua_pcall` without a handler).
    pub(crate) fn shielded<R>(&mut self, action: impl FnOnce(&mut Self) -> R) -> R {
        let shield = self.shield.replace((self.thread, self.cur.depth()));
        let host_handler = self.host_handler.take();
        let result = action(self);
        self.shield = shield;
        self.host_handler = host_handler;
        result
    }

    /// Who looks at an error before anything is unwound: the nearest protected call decides.
    fn message_handler(&self) -> Watcher {
        let host = self.host_handler.filter(|host| host.thread == self.thread);
        for depth in (0..=self.cur.depth()).rev() {
            if self.shield == Some((self.thread, depth)) {
                return Watcher::None;
            }
            if let Some(host) = host.filter(|host| host.depth == depth) {
                return host.handler.map_or(Watcher::Host, Watcher::Function);
            }
            let frame = self.cur.frame_at(depth);
            if frame.is_lua() {
                continue;
            }
            match cont_of(frame) {
                Cont::Xpcall | Cont::XpcallClosing => {
                    return Watcher::Function(frame.base.get().add(1).get());
                }
                Cont::HostProtected => return Watcher::Host,
                Cont::Pcall | Cont::Closing | Cont::HostClosing => return Watcher::None,
                _ => {}
            }
        }
        Watcher::None
    }

    /// Closes what the failed function left open, one variable a call; then returns.
    pub(crate) fn close_protected(&mut self) -> Result<Next, Raised> {
        let base = self.cur.frame.base.get();
        self.close_upvals(base.add(1));
        if let Some(variable) = self.take_to_close(base.add(1)) {
            return self.call_close(variable, base.get(), CONT);
        }
        let error = base.get();
        let first = base.sub(1);
        first.set(Value::bool(false));
        base.set(error);
        self.cur.top = base.add(1);
        // Errors may be all that a loop allocates.
        if self.heap.is_step_due() {
            self.safepoint()?;
        }
        Ok(Next::ret(self.cur.frame.base.get().sub(1), 2))
    }

    /// Variables that a failed call of the host's left open; their handlers cannot yield, and an
    /// error in one replaces the error.
    fn close_for_host(&mut self, level: Slot) {
        let position = self.cur.position(level);
        if self.exhausted.is_some() {
            // Nothing more is to run.
            while self.take_to_close(level).is_some() {}
            return;
        }
        while let Some(variable) = self.take_to_close(self.cur.slot_at(position)) {
            let (value, error) = (variable.get(), self.error);
            self.cur.top = variable.add(1);
            self.pinned.push(error);
            let handler = self.handler(value, Event::Close);
            let result = self.call_for_one(handler, &[value, error]);
            self.pinned.pop();
            if result.is_ok() {
                self.error = error;
            }
            self.close_upvals(self.cur.slot_at(position));
        }
    }

    /// After an overflow was caught, the stack goes back to its normal size.
    pub(crate) fn shrink_after_overflow(&mut self) {
        let max = self.max_slots;
        if self.cur.capacity() > max && self.cur.position(self.cur.frame.base.get()) + 1000 < max {
            self.resize_stack(max);
        }
    }
}
