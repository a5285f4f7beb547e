//! Chance: the seeds of string hashes, which the order of `next` depends on, and of `math.random`.

use std::hash::{BuildHasher, RandomState};

/// Numbers that nobody can foresee, or that follow from one that the host chose.
pub(crate) struct Chance(Option<u64>);

impl Chance {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed)
    }

    /// The next number; of a chosen seed, as SplitMix64 makes them.
    pub(crate) fn draw(&mut self) -> u64 {
        let Some(state) = &mut self.0 else { return RandomState::new().hash_one(0) };
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the generator that SplitMix64's author published, from seed 1234567.
    #[test]
    fn a_seed_gives_the_known_numbers() {
        let mut chance = Chance::new(Some(1_234_567));
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        assert_eq!([chance.draw(), chance.draw()], expected);
        assert_ne!(Chance::new(None).draw(), Chance::new(None).draw());
    }
}
