//! Formats of `pack` and `unpack`: options, sizes and alignment.

/// Largest integer that can be packed, in bytes (`MAXINTSIZE`).
pub(super) const MAX_INT_SIZE: usize = 16;

/// Alignment that `!` alone asks for: the one of the machine.
const NATIVE_ALIGN: usize = 8;

/// What an option stands for (`KOption`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PackOption {
    Int,
    Uint,
    Float,
    /// Also a Lua number.
    Double,
    /// A string of fixed length.
    Char,
    /// A string behind its length.
    Text,
    /// A string that ends with a zero.
    Zero,
    /// A byte that means nothing.
    Padding,
    /// Alignment alone.
    Align,
    /// A setting, or a space.
    Nothing,
}

impl PackOption {
    pub(super) fn takes_value(self) -> bool {
        !matches!(self, Self::Padding | Self::Align | Self::Nothing)
    }
}

/// What is wrong with a format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Problem {
    /// An error with this message.
    Error(Vec<u8>),
    /// The format is a bad argument.
    Argument(&'static str),
}

/// Settings that a format changes as it goes (`Header`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Format {
    pub(super) is_little: bool,
    max_align: usize,
}

/// An option with what follows from the place where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Details {
    pub(super) option: PackOption,
    /// Its size; that of a string's length for `Text`.
    pub(super) size: usize,
    /// Bytes before it.
    pub(super) n_align: usize,
    pub(super) format: Format,
}

/// The options of a format, one by one.
pub(super) struct Options<'a> {
    rest: &'a [u8],
    format: Format,
}

impl<'a> Options<'a> {
    /// A format ends where a C string does.
    pub(super) fn new(format: &'a [u8]) -> Self {
        let end = format.iter().position(|byte| *byte == 0).unwrap_or(format.len());
        Self {
            rest: &format[..end],
            format: Format { is_little: cfg!(target_endian = "little"), max_align: 1 },
        }
    }

    /// The next option at `position` in the data (`getdetails`).
    #[inline(always)]
    pub(super) fn next(&mut self, position: usize) -> Result<Option<Details>, Box<Problem>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (option, size) = self.read()?;
        let align = if option == PackOption::Align { self.aligned_to()? } else { size };
        let mut n_align = 0;
        if align > 1 && option != PackOption::Char {
            let align = align.min(self.format.max_align);
            if !align.is_power_of_two() {
                return Err(Box::new(Problem::Argument(
                    "format asks for alignment not power of 2",
                )));
            }
            n_align = position.wrapping_neg() & (align - 1);
        }
        Ok(Some(Details { option, size, n_align, format: self.format }))
    }

    /// The size of the option behind an `X`.
    #[inline(never)]
    fn aligned_to(&mut self) -> Result<usize, Box<Problem>> {
        const MESSAGE: &str = "invalid next option for option 'X'";
        let next = if self.rest.is_empty() { None } else { Some(self.read()?) };
        match next {
            None | Some((PackOption::Char, _) | (_, 0)) => {
                Err(Box::new(Problem::Argument(MESSAGE)))
            }
            Some((_, size)) => Ok(size),
        }
    }

    /// Reads an option and its size (`getoption`).
    #[inline(always)]
    fn read(&mut self) -> Result<(PackOption, usize), Box<Problem>> {
        let Some((&letter, rest)) = self.rest.split_first() else {
            return Ok((PackOption::Nothing, 0));
        };
        self.rest = rest;
        let option = match letter {
            b'b' => (PackOption::Int, 1),
            b'B' => (PackOption::Uint, 1),
            b'h' => (PackOption::Int, 2),
            b'H' => (PackOption::Uint, 2),
            b'l' | b'j' => (PackOption::Int, 8),
            b'L' | b'J' | b'T' => (PackOption::Uint, 8),
            b'f' => (PackOption::Float, 4),
            b'n' | b'd' => (PackOption::Double, 8),
            b'i' => (PackOption::Int, self.int_size(4)?),
            b'I' => (PackOption::Uint, self.int_size(4)?),
            b's' => (PackOption::Text, self.int_size(8)?),
            b'c' => match self.number() {
                Some(size) => (PackOption::Char, size),
                None => {
                    let message = b"missing size for format option 'c'";
                    return Err(Box::new(Problem::Error(message.to_vec())));
                }
            },
            b'z' => (PackOption::Zero, 0),
            b'x' => (PackOption::Padding, 1),
            b'X' => (PackOption::Align, 0),
            b' ' | b'<' | b'>' | b'=' | b'!' => {
                self.setting(letter)?;
                (PackOption::Nothing, 0)
            }
            _ => {
                let message = [b"invalid format option '".as_slice(), &[letter], b"'"].concat();
                return Err(Box::new(Problem::Error(message)));
            }
        };
        Ok(option)
    }

    fn setting(&mut self, letter: u8) -> Result<(), Box<Problem>> {
        match letter {
            b'<' => self.format.is_little = true,
            b'>' => self.format.is_little = false,
            b'=' => self.format.is_little = cfg!(target_endian = "little"),
            b'!' => self.format.max_align = self.int_size(NATIVE_ALIGN)?,
            _ => {}
        }
        Ok(())
    }

    /// A numeral, if there is one. Digits that would make it greater than an `int` are left
    /// (`getnum`).
    #[inline]
    fn number(&mut self) -> Option<usize> {
        const MAX: usize = (i32::MAX as usize - 9) / 10;
        let mut n = None;
        while let [digit @ b'0'..=b'9', rest @ ..] = self.rest
            && n.unwrap_or(0) <= MAX
        {
            n = Some(n.unwrap_or(0) * 10 + usize::from(digit - b'0'));
            self.rest = rest;
        }
        n
    }

    /// A size of integers (`getnumlimit`).
    #[inline]
    fn int_size(&mut self, default: usize) -> Result<usize, Box<Problem>> {
        let size = self.number().unwrap_or(default);
        if (1..=MAX_INT_SIZE).contains(&size) {
            return Ok(size);
        }
        let message = format!("integral size ({size}) out of limits [1,{MAX_INT_SIZE}]");
        Err(Box::new(Problem::Error(message.into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Options with their sizes and alignments, as if each took its size.
    fn read_all(format: &str) -> Result<Vec<(PackOption, usize, usize)>, Box<Problem>> {
        let mut options = Options::new(format.as_bytes());
        let (mut found, mut position) = (Vec::new(), 0);
        while let Some(Details { option, size, n_align, .. }) = options.next(position)? {
            found.push((option, size, n_align));
            position += size + n_align;
        }
        Ok(found)
    }

    #[test]
    fn options_have_sizes_and_alignments() {
        use PackOption::*;
        let check = |format, expected: &[_]| {
            assert_eq!(read_all(format), Ok(expected.to_vec()), "{format}");
        };
        check("", &[]);
        check("bHi", &[(Int, 1, 0), (Uint, 2, 0), (Int, 4, 0)]);
        check(
            "<b !i",
            &[(Nothing, 0, 0), (Int, 1, 0), (Nothing, 0, 0), (Nothing, 0, 0), (Int, 4, 3)],
        );
        check("!4bi8", &[(Nothing, 0, 0), (Int, 1, 0), (Int, 8, 3)]);
        check("c0c12z", &[(Char, 0, 0), (Char, 12, 0), (Zero, 0, 0)]);
        check("!xXi4", &[(Nothing, 0, 0), (Padding, 1, 0), (Align, 0, 3)]);
        check("s1s", &[(Text, 1, 0), (Text, 8, 0)]);
        check("b\0?", &[(Int, 1, 0)]);
    }

    #[test]
    fn wrong_formats_are_refused() {
        let error = |message: &str| Problem::Error(message.as_bytes().to_vec());
        let check =
            |format, problem| assert_eq!(read_all(format), Err(Box::new(problem)), "{format}");
        check("i0", error("integral size (0) out of limits [1,16]"));
        check("i17", error("integral size (17) out of limits [1,16]"));
        check("c", error("missing size for format option 'c'"));
        check("r", error("invalid format option 'r'"));
        check("i2147483640", error("integral size (214748364) out of limits [1,16]"));
        check("X", Problem::Argument("invalid next option for option 'X'"));
        check("Xc1", Problem::Argument("invalid next option for option 'X'"));
        check("Xz", Problem::Argument("invalid next option for option 'X'"));
        check("!i3", Problem::Argument("format asks for alignment not power of 2"));
    }
}
