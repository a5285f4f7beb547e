//! Writing certificates.

use alloc::vec::Vec;

use moonproof_bytecode::Proto;

use super::{IS_FOLLOWED, SIGNATURE};
use crate::flow::{Flow, Span, Table};

/// The certificate of a main function, of which every rule holds.
pub(super) fn certificate(main: &Proto) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    let mut flow = Flow::default();
    let mut n_between = 0_u32;
    // Verified chunks are not nested deeply (H6); lists of functions are gone through in place.
    let mut lists = Vec::from([core::slice::from_ref(main).iter()]);
    while let Some(list) = lists.last_mut() {
        let Some(proto) = list.next() else {
            lists.pop();
            continue;
        };
        lists.push(proto.protos.iter());
        match entry(&mut flow, proto) {
            Some(entry) => {
                push_number(&mut out, n_between);
                out.extend_from_slice(&entry);
                n_between = 0;
            }
            None => n_between = n_between.saturating_add(1),
        }
    }
    out
}

/// A function's entry, if it needs one. Claims that would take more space than the code, which only
/// code that was made for it needs, are left to be found out.
fn entry(flow: &mut Flow, proto: &Proto) -> Option<Vec<u8>> {
    let table = flow.certify(proto);
    if table.as_ref().is_some_and(|table| table.iter().len() == 0) {
        return None;
    }
    let entry = table.map(|table| of_table(&table)).unwrap_or_default();
    let is_small = !entry.is_empty() && entry.len() <= proto.code.len().saturating_mul(2);
    Some(if is_small { entry } else { Vec::from([0]) })
}

fn of_table(table: &Table) -> Vec<u8> {
    let mut out = Vec::new();
    let claims = table.iter();
    push_number(&mut out, u32::try_from(claims.len()).unwrap_or(0));
    let mut previous = 0;
    for (pc, spans) in claims {
        push_number(&mut out, u32::try_from(pc.wrapping_sub(previous)).unwrap_or(u32::MAX));
        previous = pc;
        for (i, &Span { kind, first, last }) in spans.iter().enumerate() {
            let is_followed = i.wrapping_add(1) < spans.len();
            out.extend([kind as u8 | if is_followed { IS_FOLLOWED } else { 0 }, first, last]);
        }
    }
    out
}

/// Seven bits a byte, the lowest first.
fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
