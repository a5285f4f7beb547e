//! The main job of each example.

use moonproof_vm::Lua;

#[allow(dead_code, reason = "`main` is not called here")]
#[path = "../../examples/generator.rs"]
mod generator;
#[allow(dead_code, reason = "`main` is not called here")]
#[path = "../../examples/host.rs"]
mod host;
#[allow(dead_code, reason = "`main` is not called here")]
#[path = "../../examples/limits.rs"]
mod limits;
#[allow(dead_code, reason = "`main` is not called here")]
#[path = "../../examples/min.rs"]
mod min;
#[allow(dead_code, reason = "`main` is not called here")]
#[path = "../../examples/threads.rs"]
mod threads;

#[test]
fn generator_yields_in_order() {
    let expected: Vec<String> = (1..=50).map(|n| n.to_string()).collect();
    assert_eq!(generator::run(&Lua::new(), 50).ok(), Some(expected.join(" ")));
}

#[test]
fn host_types_work() {
    let report = host::run(&Lua::new()).expect("no error");
    let report: Vec<_> = report.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(report, [("ada", "Ada: 70"), ("ben", "Ben has 30"), ("problem", "Ben has only 30")]);
}

#[test]
fn limits_hold() {
    let lua = Lua::sandboxed();
    let outcomes: Vec<String> =
        limits::SCRIPTS.iter().map(|s| limits::run(&lua, s).expect("no error")).collect();
    let expected = [
        "hello, xxx",
        "limit exceeded: Fuel",
        "limit exceeded: Fuel",
        "limit exceeded: Memory",
        "resulting string too large",
        "script:1: stack overflow",
        "nil",
    ];
    for (outcome, expected) in outcomes.iter().zip(expected) {
        assert!(outcome.contains(expected), "{outcome}: {expected}");
    }
}

#[test]
fn minimal_interpreter_runs() {
    assert!(min::run(&Lua::new(), None).is_ok());
    assert!(min::run(&Lua::new(), Some("no such file".to_owned())).is_err());
}

#[test]
fn threads_agree() {
    let sums = threads::run(3, 5).expect("no error");
    let one = |seed: i64| (1..=1000).map(|i| i * seed % 7).sum::<i64>();
    assert_eq!(sums, [5 * one(0), 5 * one(1), 5 * one(2)]);
}
