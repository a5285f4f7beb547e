//! Reading certificates, function by function.
//!
//! Any bytes may be given. Memory is taken for one function's claims at a time, and in proportion to
//! their bytes. What one reads is not believed: the sweep finds out whether it holds.

use super::{CertificateError, IS_FOLLOWED, SIGNATURE};
use crate::flow::{Kind, Span, Table};

/// What a certificate says of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// One sweep is enough, with the claims that have been read, if any.
    Claims,
    /// That it is to be analysed.
    Analyse,
}

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// Bytes read.
    offset: usize,
    /// Functions before the next one that has an entry; none if no other has.
    n_before_next: Option<u32>,
    table: Table,
}

impl<'a> Reader<'a> {
    /// Begins with a certificate.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, CertificateError> {
        if !bytes.starts_with(SIGNATURE) {
            return Err(CertificateError::Malformed { offset: 0 });
        }
        let table = Table::default();
        let mut reader = Self { bytes, offset: SIGNATURE.len(), n_before_next: None, table };
        reader.n_before_next = reader.gap()?;
        Ok(reader)
    }

    /// Claims about the function that was asked for last.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// What is said of the next function, in preorder.
    #[inline]
    pub(crate) fn next_function(&mut self) -> Result<Entry, CertificateError> {
        self.table.clear();
        match &mut self.n_before_next {
            None => Ok(Entry::Claims),
            Some(0) => self.entry(),
            Some(n) => {
                *n = n.wrapping_sub(1);
                Ok(Entry::Claims)
            }
        }
    }

    /// To be asked when there is no other function.
    pub(crate) fn finish(&self) -> Result<(), CertificateError> {
        if self.n_before_next.is_none() { Ok(()) } else { Err(self.malformed()) }
    }

    fn entry(&mut self) -> Result<Entry, CertificateError> {
        let n_claims = self.number()?;
        let mut pc = 0_usize;
        for i in 0..n_claims {
            let distance = self.number()? as usize;
            if distance == 0 && i != 0 {
                return Err(self.malformed());
            }
            pc = pc.checked_add(distance).ok_or(self.malformed())?;
            self.table.begin(pc);
            self.spans()?;
        }
        self.n_before_next = self.gap()?;
        Ok(if n_claims == 0 { Entry::Analyse } else { Entry::Claims })
    }

    /// The spans of a claim, in order and with space between those of a kind.
    fn spans(&mut self) -> Result<(), CertificateError> {
        let mut previous: Option<Span> = None;
        loop {
            let (head, first, last) = (self.byte()?, self.byte()?, self.byte()?);
            let kind = Kind::ALL.get(usize::from(head & !IS_FOLLOWED)).copied();
            let kind = kind.ok_or(self.malformed())?;
            let is_behind = previous.is_none_or(|before| {
                before.kind < kind || before.kind == kind && first > before.last.saturating_add(1)
            });
            if last < first || !is_behind {
                return Err(self.malformed());
            }
            let span = Span { kind, first, last };
            self.table.push(span);
            previous = Some(span);
            if head & IS_FOLLOWED == 0 {
                return Ok(());
            }
        }
    }

    /// The number at the start of an entry, unless the bytes end there.
    fn gap(&mut self) -> Result<Option<u32>, CertificateError> {
        if self.offset == self.bytes.len() { Ok(None) } else { self.number().map(Some) }
    }

    fn byte(&mut self) -> Result<u8, CertificateError> {
        let byte = self.bytes.get(self.offset).copied().ok_or(self.malformed())?;
        self.offset = self.offset.wrapping_add(1);
        Ok(byte)
    }

    /// A number of up to 32 bits, in as few bytes as it takes.
    fn number(&mut self) -> Result<u32, CertificateError> {
        let mut number = 0_u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                let is_short = byte != 0 || shift == 0;
                let number = u32::try_from(number).ok().filter(|_| is_short);
                return number.ok_or(self.malformed());
            }
            if shift == 28 {
                return Err(self.malformed());
            }
            shift = 7_u32.wrapping_add(shift);
        }
    }

    #[cold]
    fn malformed(&self) -> CertificateError {
        CertificateError::Malformed { offset: self.offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(rest: &[u8]) -> Vec<u8> {
        [SIGNATURE, rest].concat()
    }

    /// Entries of that many functions.
    fn entries(bytes: &[u8], n: usize) -> Result<Vec<Entry>, CertificateError> {
        let mut reader = Reader::new(bytes)?;
        let entries = (0..n).map(|_| reader.next_function()).collect();
        reader.finish()?;
        entries
    }

    #[test]
    fn functions_without_an_entry_have_no_claims() {
        assert_eq!(entries(&bytes(&[]), 3), Ok(vec![Entry::Claims; 3]));
        let certificate = bytes(&[1, 1, 0x85, 1, 2, 7, 9, 0, 0]);
        let mut reader = Reader::new(&certificate).ok().unwrap();
        assert_eq!(reader.next_function(), Ok(Entry::Claims));
        assert_eq!(reader.table(), &Table::default());
        assert_eq!(reader.next_function(), Ok(Entry::Claims));
        let span = Span { kind: Kind::Captured, first: 7, last: 9 };
        assert_eq!(reader.table().iter().collect::<Vec<_>>(), [(133, &[span][..])]);
        assert_eq!(reader.next_function(), Ok(Entry::Analyse));
        assert_eq!(reader.next_function(), Ok(Entry::Claims));
        assert_eq!(reader.table(), &Table::default());
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_malformed() {
        let cases: &[(&str, &[u8])] = &[
            ("a gap alone", &[0]),
            ("a claim too few", &[0, 2, 1, 0, 0, 0]),
            ("no span", &[0, 1, 1]),
            ("half a span", &[0, 1, 1, 0, 3]),
            ("no second span", &[0, 1, 1, 4, 3, 3]),
            ("an unknown kind", &[0, 1, 1, 8, 3, 3]),
            ("a span that ends before it begins", &[0, 1, 1, 0, 3, 2]),
            ("spans out of order", &[0, 1, 1, 4, 3, 3, 0, 1, 1]),
            ("spans side by side", &[0, 1, 1, 4, 3, 3, 0, 4, 4]),
            ("kinds out of order", &[0, 1, 1, 5, 3, 3, 0, 9, 9]),
            ("two claims about one word", &[0, 2, 1, 0, 0, 0, 0, 0, 0, 0]),
            ("a long zero", &[0x80, 0, 0]),
            ("a number beyond 32 bits", &[0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0]),
            ("a number without end", &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0]),
            ("a function too many", &[9, 0]),
        ];
        for (what, rest) in cases {
            let found = entries(&bytes(rest), 5);
            assert!(matches!(found, Err(CertificateError::Malformed { .. })), "{what}: {found:?}");
        }
        for len in 0..SIGNATURE.len() {
            assert!(Reader::new(&SIGNATURE[..len]).is_err());
        }
    }
}
