//! `explain`: a rule of the verifier in words.

use moonproof_verifier::{Keeper, Rule, Strength};

use crate::args::ExplainArgs;
use crate::io::Failure;
use crate::report;

/// Explains a rule, or names them all.
pub(crate) fn run(args: &ExplainArgs) -> Result<bool, Failure> {
    let Some(id) = &args.rule else {
        for rule in Rule::ALL {
            let info = rule.info();
            anstream::println!("{}  {}", report::strong(&format!("{:<4}", info.id)), info.title);
        }
        return Ok(true);
    };
    let Some(rule) = Rule::from_id(id) else {
        return Err(Failure::Message(format!("there is no rule {id}; `explain` names all rules")));
    };
    anstream::println!("{}", text(rule));
    Ok(true)
}

fn text(rule: Rule) -> String {
    let info = rule.info();
    let mut parts = vec![
        format!("{}: {}", report::strong(info.id), info.title),
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
    parts.join("\n")
}

/// What is lost if the rule is broken.
pub(crate) fn stake(strength: Strength) -> &'static str {
    match strength {
        Strength::Memory => "memory or type safety",
        Strength::Assertion => "an assertion; the release build of the reference stays safe",
        Strength::Isolation => "that a function sees no values but its own",
        Strength::Resources => "time or memory out of proportion to the chunk",
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
}
