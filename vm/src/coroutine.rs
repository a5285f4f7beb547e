//! Resuming and yielding: the stacks of two threads change places (ldo.c).

use crate::call::{BODY, Cont, Next, cont_of};
use crate::heap::Gc;
use crate::metamethod::Event;
use crate::stack::Slot;
use crate::thread::{Status, Thread};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use moonproof_bytecode::limits::MAX_C_CALLS;

impl Vm {
    /// A suspended coroutine with that body.
    pub(crate) fn new_coroutine(&mut self, body: Value) -> Gc<Thread> {
        let mut stack = self.heap.new_stack();
        stack.top.set(body);
        stack.top = stack.top.add(1);
        if let Some(hooks) = self.cur.hooks.as_deref().filter(|hooks| hooks.mask() != 0) {
            stack.hooks = Some(Box::new(hooks.inherited()));
        }
        self.heap.new_thread(Thread::new(Some(stack), Status::Suspended))
    }

    /// Gives a coroutine that has returned a stack again, for those who look into it.
    pub(crate) fn restore_stack(&mut self, thread: Gc<Thread>) {
        if thread.status.get() == Status::Dead && thread.with_stack(|_| ()).is_none() {
            thread.adopt_stack(self.heap.new_stack());
        }
    }

    /// Makes `thread` the running one; the stack of the one that ran goes to its object.
    pub(crate) fn switch_to(&mut self, thread: Gc<Thread>) {
        // A thread that is not running has its stack.
        let Some(mut stack) = thread.take_stack() else { return };
        std::mem::swap(&mut self.cur, &mut *stack);
        self.thread.put_stack(stack);
        self.thread = thread;
        self.adopt_hooks();
    }

    /// Resumes a coroutine for the native function on top with its last `n_args` values.
    pub(crate) fn resume(&mut self, co: Gc<Thread>, n_args: usize) -> Result<Next, Raised> {
        let is_new = co.with_stack(|stack| stack.depth() == 0) == Some(true);
        let refusal: &[u8] = match co.status.get() {
            // The body's call is one more than the resumption.
            Status::Suspended if self.n_c_calls() + u32::from(is_new) >= MAX_C_CALLS => {
                b"C stack overflow"
            }
            Status::Suspended => b"",
            Status::Dead => b"cannot resume dead coroutine",
            Status::Running | Status::Normal => b"cannot resume non-suspended coroutine",
        };
        if !refusal.is_empty() {
            let message = self.heap.new_string(refusal);
            return self.deliver_failure(Value::string(message));
        }
        let resumer = self.thread;
        co.calls_of_resumer.set((self.n_native_calls, self.n_calls_below));
        self.n_native_calls += 1;
        self.n_calls_below = self.n_native_calls;
        let args = self.cur.top.sub(n_args);
        self.cur.top = args;
        resumer.status.set(Status::Normal);
        co.status.set(Status::Running);
        co.resumer.set(Some(resumer));
        self.switch_to(co);
        if !self.has_room(n_args) && !self.try_grow_stack(n_args) {
            let message = self.heap.new_string(b"stack overflow");
            return self.end_coroutine(Status::Dead, Err(Value::string(message)));
        }
        let first = self.cur.top;
        first.copy_from(args, n_args);
        self.cur.top = first.add(n_args);
        if self.cur.depth() == 0 {
            Ok(Next::call(first.sub(1), n_args, BODY))
        } else if !self.cur.frame.is_lua() && cont_of(self.cur.frame) == Cont::HostYielded {
            self.continue_host(first, n_args)
        } else {
            Ok(Next::ret(first, n_args))
        }
    }

    /// Suspends the running coroutine; the last `n` values go to the one that resumed it.
    /// `cont` is what the native function on top does when it is resumed.
    pub(crate) fn yield_values(&mut self, n: usize, cont: Cont) -> Result<Next, Raised> {
        if self.thread.n_native_calls.get() > 0 || self.thread == self.main_thread {
            return Err(if self.thread == self.main_thread {
                self.runtime_error(b"attempt to yield from outside a coroutine")
            } else {
                self.runtime_error(b"attempt to yield across a C-call boundary")
            });
        }
        self.cur.frame.info.set(cont as u32);
        let first = self.cur.top.sub(n);
        self.cur.top = first;
        self.end_coroutine(Status::Suspended, Ok((first, n)))
    }

    /// The body of the running coroutine has returned.
    pub(crate) fn finish_body(&mut self, first: Slot, n: usize) -> Result<Next, Raised> {
        self.cur.top = self.cur.bottom().add(1);
        self.end_coroutine(Status::Dead, Ok((first, n)))
    }

    /// Nothing in the running coroutine has caught the error. Its frames stay, for a traceback.
    pub(crate) fn fail_body(&mut self) -> Result<Next, Raised> {
        self.cur.top = self.frame_top().max(self.cur.top);
        let error = self.error;
        self.thread.failure.set(Some(error));
        self.end_coroutine(Status::Dead, Err(error))
    }

    /// Goes back to the resumer with results or an error.
    fn end_coroutine(
        &mut self,
        status: Status,
        outcome: Result<(Slot, usize), Value>,
    ) -> Result<Next, Raised> {
        let co = self.thread;
        co.status.set(status);
        let Some(resumer) = co.resumer.take() else { return Err(Raised) };
        resumer.status.set(Status::Running);
        (self.n_native_calls, self.n_calls_below) = co.calls_of_resumer.get();
        self.switch_to(resumer);
        match outcome {
            Ok((values, n)) => {
                if !self.has_room(n + 1) && !self.try_grow_stack(n + 1) {
                    let message = self.heap.new_string(b"too many results to resume");
                    return self.deliver_failure(Value::string(message));
                }
                let is_resume = cont_of(self.cur.frame) == Cont::Resume;
                let first = self.cur.top;
                let dest = if is_resume {
                    first.set(Value::bool(true));
                    first.add(1)
                } else {
                    first
                };
                dest.copy_from(values, n);
                self.cur.top = dest.add(n);
                if status == Status::Dead {
                    self.heap.reuse_stack(co);
                }
                Ok(Next::ret(first, n + usize::from(is_resume)))
            }
            Err(error) => self.deliver_failure(error),
        }
    }

    /// The native function on top resumed a coroutine that failed: `resume` returns the error, a
    /// function of `wrap` raises it.
    fn deliver_failure(&mut self, error: Value) -> Result<Next, Raised> {
        if self.exhausted.is_some() {
            return Err(self.raise(error));
        }
        if cont_of(self.cur.frame) == Cont::Resume {
            let first = self.cur.top;
            first.set(Value::bool(false));
            first.add(1).set(error);
            self.cur.top = first.add(2);
            return Ok(Next::ret(first, 2));
        }
        let co =
            self.cur.frame.function().as_native_closure().and_then(|f| f.upvalue(0).as_thread());
        let mut error = error;
        if let Some(co) = co.filter(|co| co.with_stack(|stack| stack.depth() > 0) == Some(true)) {
            // It died by the error: what it left open is closed now (`auxwrap`).
            if co.status.get() == Status::Dead {
                co.failure.set(None);
                error = self.close_coroutine(co, Some(error)).err().unwrap_or(Value::NIL);
            }
        }
        if let Some(message) = error.as_string() {
            let place = self.where_at(1);
            let text = [place.as_slice(), message.bytes()].concat();
            return Err(self.raise_text(&text));
        }
        Err(self.raise(error))
    }

    /// Closes the variables of a coroutine that is suspended or dead, and makes it dead
    /// (`lua_closethread`). `error` is what it died of.
    pub(crate) fn close_coroutine(
        &mut self,
        co: Gc<Thread>,
        error: Option<Value>,
    ) -> Result<(), Value> {
        self.restore_stack(co);
        let resumer = self.thread;
        resumer.status.set(Status::Normal);
        co.resumer.set(Some(resumer));
        self.switch_to(co);
        co.status.set(Status::Running);
        let result = self.close_all(error);
        co.status.set(Status::Dead);
        co.resumer.set(None);
        resumer.status.set(Status::Running);
        self.switch_to(resumer);
        result
    }

    /// Closes the variables of the main thread, whoever runs. Nothing goes on after it
    /// (`lua_close`).
    pub(crate) fn close_main_thread(&mut self) {
        if self.thread != self.main_thread {
            self.thread.status.set(Status::Normal);
            self.switch_to(self.main_thread);
        }
        // There is nobody to tell of an error.
        self.host_handler = None;
        let _ = self.close_all(None);
    }

    /// Leaves all functions of the running thread and closes its variables, whose handlers see the
    /// error so far.
    fn close_all(&mut self, error: Option<Value>) -> Result<(), Value> {
        let mut result = error.map_or(Ok(()), Err);
        while self.cur.depth() > 0 {
            self.cur.pop_frame();
        }
        let level = self.cur.bottom().add(1);
        self.close_upvals(level);
        while let Some(variable) = self.take_to_close(self.cur.bottom().add(1)) {
            let value = variable.get();
            let argument = result.err().unwrap_or(Value::NIL);
            self.cur.top = variable.add(1);
            self.push(argument);
            let handler = self.handler(value, Event::Close);
            if self.call_for_one(handler, &[value, argument]).is_err() {
                result = Err(self.error);
            }
            self.close_upvals(self.cur.bottom().add(1));
        }
        self.cur.top = self.cur.bottom().add(1);
        result
    }
}
