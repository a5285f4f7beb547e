//! Stacks that coroutines have left, for new ones.

use crate::stack::Stack;

/// How many stacks are kept: about 70 KB.
const MAX_STACKS: usize = 64;

/// Stacks of their first size, the last one the next to be used. The heap's account still has them.
#[derive(Default)]
pub(super) struct SpareStacks {
    #[expect(clippy::vec_box, reason = "threads have them boxed")]
    stacks: Vec<Box<Stack>>,
    /// How many, from the first, hold nothing; the others' values are stale ([G3]).
    n_clean: usize,
}

impl SpareStacks {
    /// Keeps a stack that nothing uses any more, if it is as large as new ones and there are not many;
    /// whether it does.
    pub(super) fn keep(&mut self, stack: Box<Stack>) -> bool {
        let is_wanted = self.stacks.len() < MAX_STACKS && stack.has_first_size();
        if is_wanted {
            self.stacks.push(stack);
        }
        is_wanted
    }

    /// The same for a stack whose values may be dead.
    pub(super) fn keep_dead(&mut self, stack: Box<Stack>) -> bool {
        let is_kept = self.keep(stack);
        if is_kept && let Some(stack) = self.stacks.last_mut() {
            stack.wipe();
        }
        is_kept
    }

    /// A stack like a new one, but that slots above the top may hold stale values.
    pub(super) fn take(&mut self) -> Option<Box<Stack>> {
        let mut stack = self.stacks.pop()?;
        self.n_clean = self.n_clean.min(self.stacks.len());
        stack.reset();
        Some(stack)
    }

    /// Forgets all stale values.
    pub(super) fn wipe(&mut self) {
        for stack in &mut self.stacks[self.n_clean..] {
            stack.wipe();
        }
        self.n_clean = self.stacks.len();
    }

    /// Gives all back; how many bytes that was.
    pub(super) fn free(&mut self) -> usize {
        self.n_clean = 0;
        std::mem::take(&mut self.stacks).iter().map(|stack| stack.bytes()).sum()
    }
}
