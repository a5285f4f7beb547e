//! `explain`: a rule of the verifier in words, with a chunk that breaks it.

mod examples;

use moonproof_verifier::{Keeper, Rule, Strength};

use crate::args::ExplainArgs;
use crate::io::Failure;
use crate::report::{error, faint, strong};

/// Explains a rule, or names them all.
pub(crate) fn run(args: &ExplainArgs) -> Result<bool, Failure> {
    let Some(id) = &args.rule else {
        for rule in Rule::ALL {
            let info = rule.info();
            anstream::println!("{}  {}", strong(&format!("{:<4}", info.id)), info.title);
        }
        return Ok(true);
    };
    let Some(rule) = Rule::from_id(id) else {
        return Err(Failure::Message(no_such_rule(id)));
    };
    anstream::println!("{}", text(rule));
    Ok(true)
}

fn no_such_rule(id: &str) -> String {
    let mut message = format!("there is no rule {id}; `explain` names all rules");
    let near = near(id);
    if !near.is_empty() {
        message.push_str(". Did you mean");
        for (i, rule) in near.iter().enumerate() {
            let separator = match i {
                0 => " ",
                _ if i + 1 == near.len() => " or ",
                _ => ", ",
            };
            message.push_str(&format!("{separator}{} ({})", rule.id(), rule.info().title));
        }
        message.push('?');
    }
    message
}

/// Suggestions are no more than this.
const MAX_NEAR: usize = 4;

/// Rules that may be meant: of the same letter, or with the word in their title.
fn near(id: &str) -> Vec<Rule> {
    let id = id.to_lowercase();
    let number = |id: &str| id.get(1..).and_then(|digits| digits.parse::<i64>().ok());
    let mut found: Vec<(i64, Rule)> = Vec::new();
    for rule in Rule::ALL {
        let own = rule.id().to_lowercase();
        let distance = match (own.get(..1) == id.get(..1), number(&own), number(&id)) {
            (true, Some(own), Some(wanted)) => own.saturating_sub(wanted).saturating_abs(),
            _ if id.len() >= 4 && rule.info().title.to_lowercase().contains(&id) => 0,
            _ => continue,
        };
        found.push((distance, *rule));
    }
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(MAX_NEAR).map(|(_, rule)| rule).collect()
}

fn text(rule: Rule) -> String {
    let info = rule.info();
    let mut parts = vec![
        format!("{}: {}", strong(info.id), info.title),
        String::new(),
        info.claim.to_owned(),
        String::new(),
        format!(
            "Kept by:       the {}",
            match info.keeper {
                Keeper::Loader => "loader",
                Keeper::Verifier => "verifier",
            }
        ),
        format!("At stake:      {}", stake(info.strength)),
        format!("The reference: {}", info.reference),
    ];
    if !info.vm.is_empty() {
        parts.push(format!("Our VM:        {}", info.vm));
    }
    if let Some(example) = examples::of(rule) {
        parts.push(String::new());
        parts.push(format!("A chunk that breaks it ({}):", faint("for `moonproof asm`")));
        parts.push(String::new());
        parts.extend(example.lines().filter_map(example_line));
    }
    parts.join("\n")
}

/// A line of an example, without what only tests want to know.
fn example_line(line: &str) -> Option<String> {
    if line.starts_with("; attack: ") {
        return None;
    }
    let (code, note) = match line.split_once(";!") {
        Some((code, note)) => (code, Some(note)),
        None => (line, None),
    };
    let code = if code.starts_with(';') { faint(code) } else { code.to_owned() };
    let shown = match note {
        Some(note) => format!("{code}{}", error(&format!(";!{note}"))),
        None => code,
    };
    Some(format!("    {shown}").trim_end().to_owned())
}

/// What is lost if the rule is broken.
pub(crate) fn stake(strength: Strength) -> &'static str {
    match strength {
        Strength::Memory => "memory or type safety",
        Strength::Assertion => "an assertion; the release build of the reference stays safe",
        Strength::Resources => "time or memory out of proportion to the chunk",
        Strength::Isolation => "that a function sees no values but its own",
        Strength::Shape => "nothing but the shape that compilers give their output",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_explained() {
        for rule in Rule::ALL {
            let text = text(*rule);
            assert!(text.contains(rule.info().claim), "{text}");
            assert!(text.contains("The reference: "), "{text}");
        }
    }

    /// All but D6, which no chunk can break whose bytes load.
    #[test]
    fn every_rule_has_an_example() {
        let without: Vec<_> =
            Rule::ALL.iter().filter(|rule| examples::of(**rule).is_none()).collect();
        assert_eq!(without, [&Rule::D6]);
        for rule in Rule::ALL {
            let Some(example) = examples::of(*rule) else { continue };
            let is_cited = *rule == Rule::S13 || example.contains(&format!(";! {rule}: "));
            assert!(is_cited, "{rule}");
        }
    }

    #[test]
    fn rules_that_may_be_meant() {
        let check = |id: &str, expected: &[Rule]| assert_eq!(near(id), expected, "{id}");
        check("S99", &[Rule::S13, Rule::S12, Rule::S11, Rule::S10]);
        check("H9", &[Rule::H6, Rule::H5, Rule::H4, Rule::H3]);
        check("opcode", &[Rule::S1]);
        check("Z9", &[]);
        check("", &[]);
        check("é", &[]);
    }
}
