//! Binary chunks that are read through once, and whose functions are made one at a time.
//!
//! Who wants to run a chunk looks at all of it first, and makes most of its functions later or never.
//! While it is read through, its functions are made in the same memory over and over, with other
//! strings in the place of theirs.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::proto;
use super::wire::{Copies, Counted, Strings, byte};
use super::{ProtoOffsets, check_header, push_nested};
use crate::byte_string::ByteString;
use crate::chunk::{Proto, UpvalDesc};
use crate::limits::{MAX_C_CALLS, MAX_SHORT_LEN};

/// A binary chunk that loads.
#[derive(Debug)]
pub struct Image {
    bytes: Box<[u8]>,
    /// The main function, which is made at once since it is needed first; until it is taken.
    main: Option<Proto>,
    /// In the order in which they begin.
    functions: Box<[Place]>,
}

/// Where a function is, and what it takes.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    /// First byte behind the functions in it.
    second_half: u32,
    /// Index of the first function that is not nested in it.
    after: u32,
    /// Bytes that it takes when it is made, with all functions in it.
    n_bytes: usize,
}

impl Image {
    /// Bytes that it takes as it is.
    pub fn own_bytes(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.functions)
    }

    /// Bytes that a function takes when it is made, with all functions in it.
    pub fn function_bytes(&self, index: u32) -> usize {
        self.functions.get(index as usize).map_or(0, |place| place.n_bytes)
    }

    /// How many functions a function is, with those in it.
    pub fn n_functions(&self, index: u32) -> u32 {
        self.functions.get(index as usize).map_or(0, |place| place.after - index)
    }

    /// The functions that are defined inside a function. The main function is number 0.
    pub fn nested(&self, index: u32) -> impl Iterator<Item = u32> {
        let end = self.functions.get(index as usize).map_or(0, |place| place.after);
        let mut next = index.saturating_add(1);
        core::iter::from_fn(move || {
            let place = self.functions.get(next as usize).filter(|_| next < end)?;
            Some(core::mem::replace(&mut next, place.after))
        })
    }

    /// The main function, without those inside it.
    pub fn take_main(&mut self) -> Option<Proto> {
        self.main.take().or_else(|| self.function(0))
    }

    /// Makes a function, without those inside it. `None` if there is none of that number.
    pub fn function(&self, index: u32) -> Option<Proto> {
        let place = self.functions.get(index as usize)?;
        let mut proto = Proto::default();
        let budget = &mut { usize::MAX };
        begin::<Copies>(self.bytes.get(place.start as usize..)?, &mut proto, budget)?;
        finish::<Copies>(self.bytes.get(place.second_half as usize..)?, &mut proto, budget)?;
        Some(proto)
    }
}

/// Reads chunks through, with the same memory.
#[derive(Debug, Default)]
pub struct ImageReader {
    /// Functions that are open, from the main function to the one being read, and behind them some
    /// that were, for the sake of their lists.
    levels: Vec<Level>,
    n_open: usize,
    places: Vec<Place>,
    /// Lists for the upvalues of functions that others are in.
    spare_upvalues: Vec<Vec<UpvalDesc>>,
}

#[derive(Debug, Default)]
struct Level {
    proto: Proto,
    /// Nested functions still to be read.
    n_missing: u32,
    /// Index of its place.
    index: usize,
}

/// Lists of a function are kept if they take no more bytes than this.
const MAX_KEPT_BYTES: usize = 64 << 10;
/// Room for so many places at most is kept.
const MAX_KEPT_PLACES: usize = 2048;
/// So many levels at most are kept, and twice as many lists of upvalues.
const MAX_KEPT: usize = 8;

impl ImageReader {
    /// Reads a chunk through, if its functions take not more than about so many bytes of memory.
    ///
    /// Each function is shown to `accept` when its end was read, with the function around it as far
    /// as that is known. Of the functions inside it there are the upvalues only, and its names and
    /// strings are others, which are longer than [`MAX_SHORT_LEN`] if the true ones are; but the main
    /// function has its own.
    ///
    /// `None` if the chunk does not load, as [`load_within`](super::load_within) says, or a function
    /// is not accepted.
    pub fn read(
        &mut self,
        bytes: &[u8],
        max_bytes: usize,
        accept: impl FnMut(&Proto, Option<&Proto>) -> bool,
    ) -> Option<Image> {
        u32::try_from(bytes.len()).ok()?;
        let image = self.read_all(bytes, max_bytes.checked_sub(bytes.len())?, accept);
        self.places.clear();
        self.n_open = 0;
        self.levels.truncate(MAX_KEPT);
        for Level { proto, .. } in &mut self.levels {
            if proto.list_bytes() > MAX_KEPT_BYTES {
                *proto = Proto::default();
            }
            // Strings may have memory of their own.
            proto.constants.clear();
            proto.loc_vars.clear();
            proto.upvalue_names.clear();
            proto.source = None;
        }
        if self.places.capacity() > MAX_KEPT_PLACES {
            self.places = Vec::new();
        }
        image
    }

    fn read_all(
        &mut self,
        bytes: &[u8],
        mut budget: usize,
        mut accept: impl FnMut(&Proto, Option<&Proto>) -> bool,
    ) -> Option<Image> {
        let budget = &mut budget;
        let (input, ()) = check_header(bytes).ok()?;
        let (input, _) = byte(input).ok()?;
        let mut input = self.begin(bytes, input, budget)?;
        loop {
            let (parents, top) = self.levels.split_at_mut_checked(self.n_open.checked_sub(1)?)?;
            let (parent, top) = (parents.last_mut(), top.first_mut()?);
            if let Some(n) = top.n_missing.checked_sub(1) {
                top.n_missing = n;
                input = self.begin(bytes, input, budget)?;
                continue;
            }
            let second_half = (bytes.len() - input.len()) as u32;
            let n_string_bytes;
            (input, n_string_bytes) = if parent.is_none() {
                finish::<Copies>(input, &mut top.proto, budget)?
            } else {
                finish::<StandIns>(input, &mut top.proto, budget)?
            };
            if !accept(&top.proto, parent.as_ref().map(|parent| &parent.proto)) {
                return None;
            }
            let after = self.places.len() as u32;
            let place = self.places.get_mut(top.index)?;
            place.second_half = second_half;
            place.after = after;
            place.n_bytes += top.proto.item_bytes() + n_string_bytes;
            let n_bytes = place.n_bytes;
            for nested in &mut top.proto.protos {
                if self.spare_upvalues.len() < 2 * MAX_KEPT {
                    self.spare_upvalues.push(core::mem::take(&mut nested.upvalues));
                }
            }
            top.proto.protos.clear();
            let Some(parent) = parent else {
                let mut main = core::mem::take(&mut top.proto);
                top.proto.protos = core::mem::take(&mut main.protos);
                return Some(Image {
                    bytes: bytes.get(..bytes.len() - input.len())?.into(),
                    main: Some(main),
                    functions: (&*self.places).into(),
                });
            };
            let upvalues = core::mem::take(&mut top.proto.upvalues);
            let nested = Proto { upvalues, ..Proto::default() };
            push_nested(&mut parent.proto.protos, nested, parent.n_missing);
            self.places.get_mut(parent.index)?.n_bytes += n_bytes;
            self.n_open -= 1;
        }
    }

    /// Reads a function's first half and opens it.
    fn begin<'a>(&mut self, bytes: &[u8], input: &'a [u8], budget: &mut usize) -> Option<&'a [u8]> {
        if self.n_open == self.levels.len() {
            self.levels.push(Level::default());
        }
        let level = self.levels.get_mut(self.n_open)?;
        self.n_open += 1;
        if self.n_open > MAX_C_CALLS as usize {
            return None;
        }
        let mut protos = core::mem::take(&mut level.proto.protos);
        protos.clear();
        let (rest, n_missing, n_string_bytes) = if self.n_open == 1 {
            // It is given away: lists that were kept would be larger than it takes.
            level.proto = Proto::default();
            begin::<Copies>(input, &mut level.proto, budget)?
        } else {
            if let Some(upvalues) = self.spare_upvalues.pop() {
                level.proto.upvalues = upvalues;
            }
            begin::<StandIns>(input, &mut level.proto, budget)?
        };
        level.proto.protos = protos;
        level.n_missing = n_missing;
        level.index = self.places.len();
        self.places.push(Place {
            start: (bytes.len() - input.len()) as u32,
            second_half: 0,
            after: 0,
            n_bytes: n_string_bytes,
        });
        Some(rest)
    }
}

/// Reads a function's first half: what is left, how many functions follow, and what its strings take.
#[inline(always)]
fn begin<'a, S: Strings + Default>(
    input: &'a [u8],
    proto: &mut Proto,
    budget: &mut usize,
) -> Option<(&'a [u8], u32, usize)> {
    let strings = Counted::<S>::default();
    let left = &mut ProtoOffsets::default();
    let (rest, n_nested) = proto::begin(input, proto, left, budget, &strings).ok()?;
    Some((rest, n_nested, strings.heap_bytes()))
}

/// The same of its second half.
#[inline(always)]
fn finish<'a, S: Strings + Default>(
    input: &'a [u8],
    proto: &mut Proto,
    budget: &mut usize,
) -> Option<(&'a [u8], usize)> {
    let strings = Counted::<S>::default();
    let left = &mut ProtoOffsets::default();
    let (rest, ()) = proto::finish(input, proto, left, budget, &strings).ok()?;
    Some((rest, strings.heap_bytes()))
}

/// Others take their places.
#[derive(Default)]
struct StandIns;

impl Strings for StandIns {
    #[inline(always)]
    fn short(&self, _: &[u8], len: usize) -> Option<ByteString> {
        ByteString::fits_in_place(len).then(ByteString::default)
    }

    #[inline]
    fn any(&self, input: &[u8], len: usize) -> ByteString {
        if len <= MAX_SHORT_LEN {
            ByteString::default()
        } else {
            ByteString::from_prefix(input, MAX_SHORT_LEN + 1)
        }
    }
}
