//! Comparison of listings.

use crate::diff;
use crate::normal::number_addresses;

/// The difference between two listings as a diff; `None` if they are equal but for addresses.
pub fn difference(reference: &[u8], ours: &[u8]) -> Option<String> {
    let reference = number_addresses(reference);
    let ours = number_addresses(ours);
    (reference != ours).then(|| diff::unified(&reference, &ours))
}
