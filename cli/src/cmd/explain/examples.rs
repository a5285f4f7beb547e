//! A chunk for each rule, taken from the corpus as this command was built.

use moonproof_verifier::Rule;

/// The text of a chunk that breaks the rule.
pub(super) fn of(rule: Rule) -> Option<&'static str> {
    EXAMPLES.iter().find(|(broken, _)| *broken == rule).map(|(_, text)| *text)
}

macro_rules! examples {
    ($($rule:ident $name:literal,)*) => {
        const EXAMPLES: &[(Rule, &str)] = &[$((
            Rule::$rule,
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../corpus/reject/",
                stringify!($rule),
                "/",
                $name,
                ".luasm"
            )),
        ),)*];
    };
}

examples! {
    H1 "version",
    H2 "main_closure",
    H3 "source",
    H4 "tag_5",
    H5 "short",
    H6 "two_hundred_thousand_deep",
    F1 "main",
    F2 "falls_off",
    F3 "parameters_over_the_stack",
    F4 "jump_to_prep",
    F5 "foreign_register",
    F6 "items_before_zero",
    F7 "longer_chain",
    D1 "error_message",
    D2 "sparse",
    D3 "overflow",
    D4 "message",
    D5 "setlocal",
    S1 "opcode_127",
    S2 "nils",
    S3 "loadkx",
    S4 "integer_as_name",
    S5 "read",
    S6 "foreign_function",
    S7 "forward",
    S8 "test_without_jump",
    S9 "onto_open_consumer",
    S10 "event_255",
    S11 "varargs_of_a_fixed_function",
    S12 "never_prepared",
    S13 "constant_in_dead_code",
    O1 "list",
    O2 "call",
    T1 "written_in_the_body",
    T3 "integer",
    T4 "table",
    T5 "never_written",
    C1 "lower",
    C2 "return",
    C3 "call",
    C4 "overwritten",
    V1 "loop_counter",
    V2 "function_slot",
    V3 "return",
    V4 "captured_before",
}
