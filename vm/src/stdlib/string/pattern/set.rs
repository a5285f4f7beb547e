//! Sets of bytes: character classes and brackets.

/// A set of bytes, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) const EMPTY: Self = Self([0; 4]);
    pub(super) const ALL: Self = Self([u64::MAX; 4]);

    pub(super) const fn of(byte: u8) -> Self {
        Self::range(byte, byte)
    }

    /// The bytes from `first` to `last`, none if they are the other way round.
    pub(super) const fn range(first: u8, last: u8) -> Self {
        let mut set = Self::EMPTY;
        let mut byte = first as u32;
        while byte <= last as u32 {
            set.0[(byte >> 6) as usize] |= 1 << (byte & 63);
            byte += 1;
        }
        set
    }

    pub(super) const fn or(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a | e, b | f, c | g, d | h])
    }

    pub(super) const fn and(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a & e, b & f, c & g, d & h])
    }

    pub(super) const fn not(self) -> Self {
        let [a, b, c, d] = self.0;
        Self([!a, !b, !c, !d])
    }

    pub(super) const fn contains(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] >> (byte & 63) & 1 != 0
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The least member.
    pub(super) fn first(&self) -> Option<u8> {
        let i = self.0.iter().position(|word| *word != 0)?;
        Some((i as u32 * 64 + self.0[i].trailing_zeros()) as u8)
    }

    /// Sets the bits of `mask` in the table's bytes at the members.
    pub(super) fn mark(&self, table: &mut [u8; 256], mask: u8) {
        let bytes = self.0.iter().flat_map(|word| word.to_le_bytes());
        for (eight, bits) in table.as_chunks_mut::<8>().0.iter_mut().zip(bytes) {
            // The bit of each byte of the word, moved to its low end: a one in each byte that counts.
            let spread = (u64::from(bits) * 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
            let ones = ((spread + 0x0040_6070_787C_7E7F) >> 7) & 0x0101_0101_0101_0101;
            let marked = u64::from_le_bytes(*eight) | (ones * u64::from(mask));
            *eight = marked.to_le_bytes();
        }
    }
}

const DIGIT: ByteSet = ByteSet::range(b'0', b'9');
const UPPER: ByteSet = ByteSet::range(b'A', b'Z');
const LOWER: ByteSet = ByteSet::range(b'a', b'z');
const ALPHA: ByteSet = UPPER.or(LOWER);
const ALNUM: ByteSet = ALPHA.or(DIGIT);
const GRAPH: ByteSet = ByteSet::range(b'!', b'~');
const PUNCT: ByteSet = GRAPH.and(ALNUM.not());
const CNTRL: ByteSet = ByteSet::range(0, 31).or(ByteSet::of(127));
const SPACE: ByteSet = ByteSet::range(9, 13).or(ByteSet::of(b' '));
const XDIGIT: ByteSet = DIGIT.or(ByteSet::range(b'a', b'f')).or(ByteSet::range(b'A', b'F'));

/// The classes by how often they are met, each followed by its complement.
const CLASSES: [ByteSet; 20] = {
    let classes = [ALPHA, SPACE, DIGIT, ALNUM, PUNCT, LOWER, UPPER, XDIGIT, CNTRL, GRAPH];
    let mut all = [ByteSet::EMPTY; 20];
    let mut i = 0;
    while i < classes.len() {
        all[2 * i] = classes[i];
        all[2 * i + 1] = classes[i].not();
        i += 1;
    }
    all
};

/// Tables with the classes, eight each, one a bit.
pub(super) static CLASS_TABLES: [[u8; 256]; CLASSES.len().div_ceil(8)] = {
    let mut tables = [[0; 256]; CLASSES.len().div_ceil(8)];
    let mut i = 0;
    while i < CLASSES.len() {
        let mut byte = 0;
        while byte < 256 {
            if CLASSES[i].contains(byte as u8) {
                tables[i / 8][byte] |= 1 << (i % 8);
            }
            byte += 1;
        }
        i += 1;
    }
    tables
};

/// The place of a set among the classes.
pub(super) fn class_index(set: ByteSet) -> Option<usize> {
    CLASSES.iter().position(|class| *class == set)
}

/// What `%letter` stands for in the "C" locale; another character stands for itself
/// (`match_class`).
pub(super) fn class(letter: u8) -> ByteSet {
    let set = match letter.to_ascii_lowercase() {
        b'a' => ALPHA,
        b'c' => CNTRL,
        b'd' => DIGIT,
        b'g' => GRAPH,
        b'l' => LOWER,
        b'p' => PUNCT,
        b's' => SPACE,
        b'u' => UPPER,
        b'w' => ALNUM,
        b'x' => XDIGIT,
        // Deprecated, from the time when patterns could hold no zeros.
        b'z' => ByteSet::of(0),
        _ => return ByteSet::of(letter),
    };
    if letter.is_ascii_uppercase() { set.not() } else { set }
}

/// The set of a bracket expression; `start` is where it opens and `end` where its last bracket is
/// (`matchbracketclass`).
pub(super) fn bracket(pattern: &[u8], start: usize, end: usize) -> ByteSet {
    let mut set = ByteSet::EMPTY;
    let mut i = start + 1;
    let negated = pattern[i] == b'^';
    if negated {
        i += 1;
    }
    while i < end {
        if pattern[i] == b'%' {
            // Quirk: behind a range that ends in `%`, another `%` may escape the last bracket.
            set = set.or(class(pattern[i + 1]));
            i += 2;
        } else if pattern[i + 1] == b'-' && i + 2 < end {
            set = set.or(ByteSet::range(pattern[i], pattern[i + 2]));
            i += 3;
        } else {
            set = set.or(ByteSet::of(pattern[i]));
            i += 1;
        }
    }
    if negated { set.not() } else { set }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(set: ByteSet) -> Vec<u8> {
        let bytes: Vec<u8> = (0..=255).filter(|byte| set.contains(*byte)).collect();
        assert_eq!(bytes.len(), set.len() as usize);
        assert_eq!(bytes.first().copied(), set.first());
        let mut table = [2; 256];
        set.mark(&mut table, 4);
        for byte in 0..=255 {
            assert_eq!(table[usize::from(byte)], if set.contains(byte) { 6 } else { 2 });
        }
        bytes
    }

    #[test]
    fn classes_have_tables() {
        for (i, class) in CLASSES.iter().enumerate() {
            assert_eq!(class_index(*class), Some(i));
            for byte in 0..=255 {
                let bit = CLASS_TABLES[i / 8][usize::from(byte)] >> (i % 8) & 1;
                assert_eq!(bit != 0, class.contains(byte));
            }
        }
        assert_eq!(class_index(ByteSet::of(b'a')), None);
    }

    #[test]
    fn classes_are_those_of_the_c_locale() {
        let check = |letter, is_member: fn(u8) -> bool| {
            for byte in 0..=255 {
                assert_eq!(class(letter).contains(byte), is_member(byte), "{letter} {byte}");
                let upper = letter.to_ascii_uppercase();
                assert_eq!(class(upper).contains(byte), !is_member(byte), "{upper} {byte}");
            }
        };
        check(b'a', |b| b.is_ascii_alphabetic());
        check(b'c', |b| b.is_ascii_control());
        check(b'd', |b| b.is_ascii_digit());
        check(b'g', |b| b.is_ascii_graphic());
        check(b'l', |b| b.is_ascii_lowercase());
        check(b'p', |b| b.is_ascii_punctuation());
        check(b's', |b| matches!(b, 9..=13 | b' '));
        check(b'u', |b| b.is_ascii_uppercase());
        check(b'w', |b| b.is_ascii_alphanumeric());
        check(b'x', |b| b.is_ascii_hexdigit());
        check(b'z', |b| b == 0);
        assert_eq!(members(class(b'.')), b".");
        assert_eq!(members(class(b'B')), b"B");
    }

    #[test]
    fn brackets_are_read_as_the_reference_reads_them() {
        let check = |pattern: &[u8], expected: &[u8]| {
            assert_eq!(members(bracket(pattern, 0, pattern.len() - 1)), expected, "{pattern:?}");
        };
        check(b"[abc]", b"abc");
        check(b"[]]", b"]");
        check(b"[]-a]", b"]^_`a");
        check(b"[a-]", b"-a");
        check(b"[-a]", b"-a");
        check(b"[a-c-e]", b"-abce");
        check(b"[%a-z]", &members(ALPHA.or(ByteSet::of(b'-'))));
        check(b"[%]x]", b"]x");
        check(b"[z-a]", b"");
        check(b"[a-%%]", b"]");
        assert_eq!(members(bracket(b"[^%s%S]", 0, 6)), b"");
        assert_eq!(bracket(b"[^^]", 0, 3).len(), 255);
    }
}
