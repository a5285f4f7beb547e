//! Medians and means.

/// The middle value, or the mean of the two in the middle; NaN if there is none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The mean of ratios.
pub(crate) fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

/// Takes `--rounds N` out of the arguments.
pub(crate) fn rounds<'a>(
    args: &[&'a str],
    by_default: usize,
) -> Result<(usize, Vec<&'a str>), String> {
    let mut rest = Vec::new();
    let mut n = by_default;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if *arg == "--rounds" {
            let value = args.next().and_then(|value| value.parse().ok());
            n = value.filter(|n| *n > 0).ok_or("--rounds wants a number above zero")?;
        } else {
            rest.push(*arg);
        }
    }
    Ok((n, rest))
}
