//! Mutators that each go for one family of rules.
//!
//! Chance finds none of the rules about lifetimes: too much has to be right for a chunk to get as
//! far as being wrong there. Each of these edits knows what the code around it means, keeps the
//! rest consistent (jumps follow what is inserted, debug information too) and breaks, or just does
//! not break, what the rule is about. Most of the results must be rejected; those that are not are
//! what a verifier is tested with.

mod attack;
mod close;
mod code;
mod facts;
mod flow;
mod frame;
mod open;

pub(crate) use code::{nothing, remove};
use moonproof_bytecode::{Chunk, Proto};

use crate::Rng;

/// An edit of a function. It says whether there was anything to edit.
type Edit = fn(&mut Proto, &mut Rng) -> Option<()>;

/// An edit with its name.
#[derive(Clone, Copy, Debug)]
pub struct Mutator {
    /// Name, for statistics.
    pub name: &'static str,
    edit: Edit,
}

macro_rules! mutators {
    ($($module:ident: $($name:ident)*;)*) => {
        /// All of them.
        pub const DIRECTED: &[Mutator] = &[
            $($(Mutator { name: stringify!($name), edit: $module::$name },)*)*
        ];
    };
}

mutators! {
    close: tbc_twice tbc_lower tbc_anywhere tbc_before_call tbc_overwritten tbc_in_generic_loop
        close_removed close_moved;
    attack: captured_redirected captured_added plant_setter plant_setter_before_loop closure_copied;
    open: count_flipped producer_removed consumer_shifted consumer_separated consumer_retargeted
        result_count;
    flow: return_k return_shortened return_lengthened shift_field tail_call_made tail_call_followed
        prep_to_jump skip_edge loop_target loop_shifted control_overwritten control_captured
        into_second_half jump_anywhere jump_inserted pairing generic_target;
    facts: list_table_overwritten list_shifted self_key self_key_overwritten liveness_lowered
        concat_count loop_doubled constant_swapped extra_argument;
    frame: registers_swapped register_replaced frame_shrunk params_changed vararg_toggled
        words_transplanted nested_swapped lines_damaged locals_crowded opcode_unknown;
}

impl Mutator {
    /// Edits a function of the chunk. `None` if it was not to be edited in this way.
    pub fn apply(self, chunk: &mut Chunk, rng: &mut Rng) -> Option<()> {
        let n = count(&chunk.main);
        // Where one function has nothing to edit, another one may.
        for _ in 0..4 {
            let mut idx = rng.below(n);
            let proto = super::chunk::nth(&mut chunk.main, &mut idx)?;
            if (self.edit)(proto, rng).is_some() {
                chunk.n_upvalues = u8::try_from(chunk.main.upvalues.len()).ok()?;
                return Some(());
            }
        }
        None
    }
}

fn count(proto: &Proto) -> usize {
    super::chunk::count(proto)
}

#[cfg(test)]
mod tests {
    use moonproof_bytecode::load;

    use super::*;
    use crate::seeds;

    /// Every mutator finds something to do, and mostly changes something.
    #[test]
    fn all_mutators_work() {
        let chunks: Vec<Chunk> =
            seeds("campaign").iter().filter_map(|seed| load(&seed.bytes).ok()).collect();
        assert!(chunks.len() >= 200, "{} seeds", chunks.len());
        for mutator in DIRECTED {
            let (mut n_applied, mut n_changed) = (0, 0);
            for (i, chunk) in chunks.iter().enumerate() {
                let mut mutant = chunk.clone();
                if mutator.apply(&mut mutant, &mut Rng::new(i as u64)).is_some() {
                    n_applied += 1;
                    n_changed += usize::from(mutant != *chunk);
                }
            }
            let name = mutator.name;
            assert!(n_applied >= 10, "{name} applies to {n_applied} of {} seeds", chunks.len());
            assert!(n_changed * 2 > n_applied, "{name} changes {n_changed} of {n_applied}");
        }
    }
}
