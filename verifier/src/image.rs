//! Binary chunks that are verified while they are read, function by function.

use moonproof_bytecode::{Image, Proto, header};

use crate::diagnostic::Gatherer;
use crate::{Walk, with_kept};

/// A binary chunk of which every rule holds, and whose functions are made one at a time.
///
/// [`verify_image`] is the only way to make one, and there is none to change one.
#[derive(Debug)]
pub struct VerifiedImage(Image);

impl VerifiedImage {
    /// The main function, without those inside it.
    pub fn take_main(&mut self) -> Option<Proto> {
        self.0.take_main()
    }
}

impl core::ops::Deref for VerifiedImage {
    type Target = Image;

    fn deref(&self) -> &Image {
        &self.0
    }
}

/// Verifies a binary chunk, if its functions take not more than about so many bytes of memory, and
/// makes none of them yet. This takes less time and memory than to load it and to
/// [`verify`](crate::verify) it.
///
/// `None` if it does not load, or does not verify: those two say why.
///
/// ```
/// use moonproof_bytecode::{Chunk, Instruction, OpCode, Proto, Strip, dump};
///
/// let code = vec![Instruction::abc(OpCode::Return0, 0, 1, 0, false)];
/// let main = Proto { max_stack: 2, code, ..Proto::default() };
/// let bytes = dump(&Chunk { n_upvalues: 0, main }, Strip::Nothing);
/// let image = moonproof_verifier::verify_image(&bytes, usize::MAX).unwrap();
/// assert_eq!(image.function(0).unwrap().code.len(), 1);
/// assert!(moonproof_verifier::verify_image(&bytes[1..], usize::MAX).is_none());
/// ```
pub fn verify_image(bytes: &[u8], max_bytes: usize) -> Option<VerifiedImage> {
    let n_upvalues = usize::from(*bytes.get(header::LEN)?);
    with_kept(|verifier| {
        let tools = verifier.0.get_or_insert_default();
        let mut reader = core::mem::take(&mut tools.reader);
        let mut walk = Walk::new(tools);
        let accept = |proto: &Proto, parent: Option<&Proto>| {
            // H2, of the main function.
            if parent.is_none() && proto.upvalues.len() != n_upvalues {
                return false;
            }
            let mut out = Gatherer::default();
            walk.check_one(proto, parent, &mut out);
            out.is_empty()
        };
        let image = reader.read(bytes, max_bytes, accept);
        walk.leave();
        verifier.keep_within_bounds();
        if let Some(tools) = &mut verifier.0 {
            tools.reader = reader;
        }
        image.map(VerifiedImage)
    })
}
