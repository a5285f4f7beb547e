//! Searching for a text as it is.
//!
//! The rarest byte of the text is looked for, and the rest compared around it. Where that hits too
//! often, a search takes over whose worst case is linear.

use memchr::{memchr, memmem};

/// So many hits of the rarest byte may be nothing.
const MAX_FALSE_HITS: usize = 32;

/// So many bytes of the text are looked at for the rarest one.
const MAX_RANKED: usize = 8;

/// How common a byte is, roughly, in texts and sources; 0 is rare.
static RANKS: [u8; 256] = {
    let mut ranks = [0; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        ranks[byte] = match byte as u8 {
            b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'h' | b'l' | b'd' => 3,
            b'a'..=b'z' | b'\n' => 2,
            b'0'..=b'9' | b'A'..=b'Z' | b'_' | b'.' | b',' | 0 | 128.. => 1,
            _ => 0,
        };
        byte += 1;
    }
    ranks
};

/// The place of a byte that is as rare as any in the text.
#[inline]
pub(super) fn rarest(text: &[u8]) -> usize {
    let (mut place, mut least) = (0, u8::MAX);
    for (i, byte) in text.iter().take(MAX_RANKED).enumerate() {
        let rank = RANKS[usize::from(*byte)];
        if rank < least {
            (place, least) = (i, rank);
        }
    }
    place
}

/// Where `text` is first found; `rare` is the place of a rare byte in it.
#[inline]
pub(super) fn find(subject: &[u8], text: &[u8], rare: usize) -> Option<usize> {
    let Some(&byte) = text.get(rare) else { return Some(0) };
    if text.len() == 1 {
        return memchr(byte, subject);
    }
    let n_starts = (subject.len() + 1).checked_sub(text.len())?;
    // The places where that byte is if the text is there.
    let places = &subject[rare..rare + n_starts];
    let mut from = 0;
    for _ in 0..MAX_FALSE_HITS {
        let i = from + memchr(byte, &places[from..])?;
        if same_bytes(&subject[i..i + text.len()], text) {
            return Some(i);
        }
        from = i + 1;
    }
    memmem::find(&subject[from..], text).map(|i| from + i)
}

/// Whether two texts are equal, most of them short: without a call, eight bytes a step.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let n = a.len();
    if n != b.len() {
        return false;
    }
    if let (Some(last_a), Some(last_b)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        let (words_a, words_b) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
        return words_a.iter().zip(words_b).all(|(a, b)| a == b) && last_a == last_b;
    }
    if let (Some(last_a), Some(last_b)) = (a.last_chunk::<4>(), b.last_chunk::<4>()) {
        return a.first_chunk::<4>() == b.first_chunk::<4>() && last_a == last_b;
    }
    a.iter().zip(b).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_where_they_first_are() {
        let check = |subject: &str, text: &str, expected: Option<usize>| {
            let (subject, text) = (subject.as_bytes(), text.as_bytes());
            assert_eq!(find(subject, text, rarest(text)), expected);
            for rare in 0..text.len() {
                assert_eq!(find(subject, text, rare), expected);
            }
        };
        check("", "", Some(0));
        check("abc", "", Some(0));
        check("", "a", None);
        check("ab", "abc", None);
        check("abc", "abc", Some(0));
        check("aabaabaac", "aac", Some(6));
        check("xyxyxz", "xz", Some(4));
        let many = "ab".repeat(100);
        check(&many, "ba", Some(1));
        check(&many, "bb", None);
        check(&(many.clone() + "b"), "abb", Some(198));
    }

    #[test]
    fn equality_looks_at_every_byte() {
        for len in 0..30 {
            let a: Vec<u8> = (0..len).collect();
            assert!(same_bytes(&a, &a.clone()), "{len}");
            assert!(!same_bytes(&a, &[&a[..], b"x"].concat()), "{len}");
            for i in 0..a.len() {
                let mut b = a.clone();
                b[i] ^= 0x80;
                assert!(!same_bytes(&a, &b), "{len}: {i}");
            }
        }
    }
}
