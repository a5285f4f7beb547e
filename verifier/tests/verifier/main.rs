//! Tests of the verifier, over small chunks made by hand.

mod certificate;
mod flow;
mod kit;
mod rules;
