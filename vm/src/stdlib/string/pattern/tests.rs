//! Programs and matches. What the reference gives was taken from it.

use super::compile::{Scratch, compile};
use super::*;

fn program(pattern: &str) -> Program {
    compile(pattern.as_bytes(), true, &mut Scratch::default())
}

/// The range of the first match and the texts of its captures, or the error.
fn search(pattern: &str, subject: &str) -> String {
    let program = program(pattern);
    let mut captures = [Capture::default(); MAX_CAPTURES];
    let outcome =
        Matcher::new(&program, subject.as_bytes(), &mut captures, u64::MAX).search(0, None);
    match outcome {
        Outcome::Found { start, end } => {
            let mut text = format!("{start}..{end}");
            for capture in &captures[..program.n_captures] {
                text += &match capture.end {
                    Capture::POSITION => format!(" @{}", capture.start),
                    Capture::UNFINISHED => " ?".to_owned(),
                    end => format!(" {:?}", &subject[capture.start..end]),
                };
            }
            text
        }
        Outcome::NotFound => "none".to_owned(),
        Outcome::Raised(error) => error.message(),
    }
}

#[test]
fn matches_are_the_reference_s() {
    let check = |pattern: &str, subject: &str, expected: &str| {
        assert_eq!(search(pattern, subject), expected, "{pattern} on {subject:?}");
    };
    check("", "abc", "0..0");
    check("b", "abc", "1..2");
    check(".", "abc", "0..1");
    check("^.", "abc", "0..1");
    check(".", "", "none");
    check("[^a]", "aab", "2..3");
    check("[^a]", "aa", "none");
    check("(%d)", "a1", "1..2 \"1\"");
    check("^b", "abc", "none");
    check("bc$", "abc", "1..3");
    check("b$", "abc", "none");
    check("a$c", "a$c", "0..3");
    check("a*", "baa", "0..0");
    check("a+", "baa", "1..3");
    check("a*ab", "aaab", "0..4");
    check("a-b", "aaab", "0..4");
    check(".-", "abc", "0..0");
    check("a?b?c", "ac", "0..2");
    check("a?a", "a", "0..1");
    check("x*x-x?x", "xx", "0..2");
    check("[^%s]+", " ab c", "1..3");
    check("%d+%.%d*", "v12.5", "1..5");
    check("^%s*(.-)%s*$", "  a b ", "0..6 \"a b\"");
    check("(%w+)=(%w+)", "; key=value", "2..11 \"key\" \"value\"");
    check("(%w+)=%1", "ab=b", "1..4 \"b\"");
    check("()ll()", "hello", "2..4 @2 @4");
    check("((a)(b))", "xab", "1..3 \"ab\" \"a\" \"b\"");
    check("(a", "a", "0..1 ?");
    check("()%1", "a", "none");
    check("%b()", "f(a(b)c)d)", "1..8");
    check("%bxx", "axbxc", "1..4");
    check("%b()", "((a)", "1..4");
    check("%f[%w]%w+", " ab", "1..3");
    check("%f[%z]", "ab", "2..2");
    check("%f[%w]", "  ", "none");
    check("[]]", "a]", "1..2");
    check("[a-]+", "x-a", "1..3");
    check("%-%-%[%[(.*)%]%]", "--[[a]]b]]", "0..10 \"a]]b\"");
    check("<(.-)>", "<a><b>", "0..3 \"a\"");
    check(".-(%d+)$", "ab12", "0..4 \"12\"");
}

#[test]
fn errors_are_raised_where_a_match_meets_them() {
    let check = |pattern: &str, subject: &str, expected: &str| {
        assert_eq!(search(pattern, subject), expected, "{pattern} on {subject:?}");
    };
    check("%", "", "malformed pattern (ends with '%')");
    check("a%", "b", "none");
    check("a%", "a", "malformed pattern (ends with '%')");
    check("[a", "", "malformed pattern (missing ']')");
    check("[]", "a", "malformed pattern (missing ']')");
    check("[a%]", "a", "malformed pattern (missing ']')");
    check("%b(", "(", "malformed pattern (missing arguments to '%b')");
    check("%f", "a", "missing '[' after '%f' in pattern");
    check("a)", "a", "invalid pattern capture");
    check("%1", "a", "invalid capture index %1");
    check("(a%1)", "a", "invalid capture index %1");
    check("%0", "a", "invalid capture index %0");
    check(&"()".repeat(32), "", &("0..0".to_owned() + &" @0".repeat(32)));
    check(&"()".repeat(33), "", "too many captures");
    // The match itself is the first of 200 levels.
    check(&"a?".repeat(199), &"a".repeat(300), "0..199");
    check(&"a?".repeat(200), &"a".repeat(300), "pattern too complex");
    check(&"a?".repeat(200), "b", "0..0");
    check(&("a*".repeat(150) + &"()".repeat(50)), "a", "too many captures");
}

#[test]
fn repetitions_go_back_only_where_they_must() {
    let check = |pattern, is_expected: fn(Op) -> bool| {
        let ops = program(pattern).ops;
        assert!(is_expected(ops[0]), "{pattern}: {ops:?}");
    };
    check("%a*", |op| matches!(op, Op::Span { plus: false, .. }));
    check("%a+%d", |op| matches!(op, Op::Span { plus: true, .. }));
    check("%a+%w", |op| matches!(op, Op::Greedy { plus: true, next: Filter::Set(_), .. }));
    check("%a*x", |op| matches!(op, Op::Greedy { next: Filter::Byte(b'x'), .. }));
    check("%a*%s*%d", |op| matches!(op, Op::Span { .. }));
    check("%a*%s*a?", |op| matches!(op, Op::Greedy { next: Filter::Nothing, .. }));
    check("%a*$", |op| matches!(op, Op::Span { .. }));
    check("%a*%f[%A]", |op| matches!(op, Op::Span { .. }));
    check("%a*%f[%w]", |op| matches!(op, Op::Greedy { .. }));
    check("a-b", |op| matches!(op, Op::Span { .. }));
    check("a-", |op| matches!(op, Op::Lazy { .. }));
    check(".-b", |op| matches!(op, Op::Lazy { next: Filter::Byte(b'b'), .. }));
    check("a?b", |op| matches!(op, Op::Take(_)));
    check("a?a", |op| matches!(op, Op::Optional { .. }));
    check("a*%", |op| matches!(op, Op::Span { .. }));
    check("abc", |op| matches!(op, Op::Literal { len: 3, .. }));
    check("a", |op| op == Op::One(Item::Byte(b'a')));
}

#[test]
fn searches_know_where_matches_begin() {
    let check = |pattern, is_expected: fn(&Program) -> bool| {
        assert!(is_expected(&program(pattern)), "{pattern}");
    };
    check("abc+", |p| matches!(p.start, Start::Literal { len: 2, .. }));
    check("(abc)", |p| matches!(p.start, Start::Literal { len: 3, .. }));
    check("a+b", |p| p.start == Start::Byte(b'a'));
    check("a?b", |p| matches!(p.start, Start::Set(_)));
    check("a*", |p| p.start == Start::Everywhere);
    check("^abc", |p| p.start == Start::Everywhere && p.anchored);
    check("(%a+) ", |p| matches!(p.shape, Shape::Lead { rest: 2, .. }));
    check("(%a+) %1", |p| p.shape == Shape::General);
    check("(%a*)", |p| matches!(p.shape, Shape::Span { plus: false, captured: true, .. }));
    check("%a+", |p| matches!(p.shape, Shape::Span { plus: true, captured: false, .. }));
    check("%a", |p| p.shape == Shape::One { captured: false });
    check("(%a%d+)", |p| matches!(p.shape, Shape::Two { plus: true, captured: true, .. }));
    check("[%a_][%w_]*", |p| matches!(p.shape, Shape::Two { plus: false, captured: false, .. }));
    check("%a%a-", |p| p.shape == Shape::General);
}

#[test]
fn work_is_bounded() {
    let program = program(".-.-.-.-b");
    let subject = vec![b'a'; 10_000];
    let mut captures = [Capture::default(); MAX_CAPTURES];
    let mut matcher = Matcher::new(&program, &subject, &mut captures, 100_000);
    assert_eq!(matcher.search(0, None), Outcome::Raised(PatternError::OutOfFuel));
    assert!(matcher.work() > 100_000);
}
