use super::*;

#[test]
fn numbers_as_tostring() {
    let check = |value: Number, expected: &str| {
        let mut out = Vec::new();
        number(&mut out, value);
        assert_eq!(String::from_utf8_lossy(&out), expected);
        assert_eq!(NumberBuffer::new().format(value), expected.as_bytes());
    };
    for (i, expected) in [
        (0, "0"),
        (7, "7"),
        (-10, "-10"),
        (12345, "12345"),
        (i64::MAX, "9223372036854775807"),
        (i64::MIN, "-9223372036854775808"),
    ] {
        check(Number::Integer(i), expected);
    }
    for (f, expected) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-10.0, "-10.0"),
        (0.1, "0.1"),
        (1.0 / 3.0, "0.33333333333333"),
        (99_999_999_999_999.0, "99999999999999.0"),
        (1e14, "1e+14"),
        (99_999_999_999_999.5, "1e+14"),
        (123_456_789_012_345.0, "1.2345678901234e+14"),
        (123_456_789_012_335.0, "1.2345678901234e+14"),
        (9_999_999_999_999.5, "9999999999999.5"),
        (1e100, "1e+100"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (9.999_999_999_999_999e-5, "0.0001"),
        (f64::MAX, "1.7976931348623e+308"),
        (5e-324, "4.9406564584125e-324"),
        (-2.2250738585072014e-308, "-2.2250738585072e-308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-f64::NAN, "-nan"),
    ] {
        check(Number::Float(f), expected);
    }
}

/// Reads the flags, width and precision of a specification such as `%-+10.3f`.
fn parse_spec(text: &str) -> (Spec, char) {
    let mut spec = Spec::default();
    let body = text.strip_prefix('%').unwrap();
    let flags_end = body.find(|c| !"-+ #0".contains(c)).unwrap();
    for flag in body[..flags_end].chars() {
        match flag {
            '-' => spec.left = true,
            '+' => spec.plus = true,
            ' ' => spec.space = true,
            '#' => spec.alternate = true,
            _ => spec.zero = true,
        }
    }
    let rest = &body[flags_end..body.len() - 1];
    let (width, precision) = match rest.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse().unwrap_or(0))),
        None => (rest, None),
    };
    spec.width = width.parse().unwrap_or(0);
    spec.precision = precision;
    (spec, body.chars().last().unwrap())
}

fn format_float(spec: &str, value: f64) -> String {
    let (spec, conversion) = parse_spec(spec);
    let style = match conversion.to_ascii_lowercase() {
        'f' => FloatStyle::Fixed,
        'e' => FloatStyle::Exponent,
        'g' => FloatStyle::General,
        _ => FloatStyle::Hex,
    };
    let case = if conversion.is_ascii_uppercase() { Case::Upper } else { Case::Lower };
    let mut out = Vec::new();
    float(&mut out, style, case, value, &spec);
    String::from_utf8(out).unwrap()
}

#[test]
fn floats_as_printf() {
    for (spec, value, expected) in [
        ("%f", 1.5, "1.500000"),
        ("%.0f", 0.5, "0"),
        ("%.0f", 1.5, "2"),
        ("%.0f", 2.5, "2"),
        ("%#.0f", 2.5, "2."),
        ("%.2f", 0.125, "0.12"),
        ("%.2f", 0.375, "0.38"),
        ("%.1f", 0.05, "0.1"),
        ("%.1f", 0.04999, "0.0"),
        ("%.3f", 1e-10, "0.000"),
        ("%.20f", 0.1, "0.10000000000000000555"),
        ("%.2f", 1e22, "10000000000000000000000.00"),
        ("%8.3f", -1.5, "  -1.500"),
        ("%08.3f", -1.5, "-001.500"),
        ("%-8.3f|", 1.5, "1.500   "),
        ("%+.1f", 2.0, "+2.0"),
        ("% .1f", 2.0, " 2.0"),
        ("%e", 0.0, "0.000000e+00"),
        ("%.0e", 15.0, "2e+01"),
        ("%#.0e", 15.0, "2.e+01"),
        ("%.3E", 123456.0, "1.235E+05"),
        ("%.2e", 9.999, "1.00e+01"),
        ("%.30e", 0.1, "1.000000000000000055511151231258e-01"),
        ("%g", 100000.0, "100000"),
        ("%g", 1000000.0, "1e+06"),
        ("%#g", 1.0, "1.00000"),
        ("%#.3g", 0.0, "0.00"),
        ("%#.3g", 999.53, "1.e+03"),
        ("%#.3g", 1000.0, "1.00e+03"),
        ("%#.3g", 9999.53, "1.00e+04"),
        ("%#.3g", 0.99999, "1.00"),
        ("%g", 0.0, "0"),
        ("%.0g", 0.00012, "0.0001"),
        ("%.3g", 999.5, "1e+03"),
        ("%.17g", 0.1, "0.10000000000000001"),
        ("%.99g", 0.5, "0.5"),
        ("%10g|", -0.0, "        -0"),
        ("%010g", f64::INFINITY, "       inf"),
        ("%G", f64::NAN, "NAN"),
        ("%5.1f", f64::NEG_INFINITY, " -inf"),
        ("%+g", f64::NAN, "+nan"),
        ("%a", 1.0, "0x1p+0"),
        ("%a", 0.0, "0x0p+0"),
        ("%a", -0.5, "-0x1p-1"),
        ("%a", 5e-324, "0x0.0000000000001p-1022"),
        ("%.0a", 1.5, "0x2p+0"),
        ("%.0a", 2.5, "0x1p+1"),
        ("%.1a", 1.999, "0x2.0p+0"),
        ("%.15a", 1.5, "0x1.800000000000000p+0"),
        ("%#a", 1.0, "0x1.p+0"),
        ("%A", 10.7, "0X1.5666666666666P+3"),
        ("%012a", 1.5, "0x00001.8p+0"),
    ] {
        let spec_text = spec.trim_end_matches('|');
        assert_eq!(format_float(spec_text, value), expected, "{spec} of {value}");
    }
}

#[test]
fn integers_as_printf() {
    let check = |spec_text: &str, value: i64, expected: &str| {
        let (spec, conversion) = parse_spec(spec_text);
        let mut out = b"<".to_vec();
        match conversion {
            'd' => integer(&mut out, value, &spec),
            'u' => unsigned(&mut out, Radix::Decimal, value as u64, &spec),
            'o' => unsigned(&mut out, Radix::Octal, value as u64, &spec),
            'x' => unsigned(&mut out, Radix::Hex(Case::Lower), value as u64, &spec),
            _ => unsigned(&mut out, Radix::Hex(Case::Upper), value as u64, &spec),
        }
        assert_eq!(String::from_utf8_lossy(&out[1..]), expected, "{spec_text} of {value}");
    };
    check("%d", -42, "-42");
    check("%5d", 42, "   42");
    check("%05d", -42, "-0042");
    check("%-5d", 42, "42   ");
    check("%+d", 42, "+42");
    check("% d", 42, " 42");
    check("%.5d", -42, "-00042");
    check("%08.5d", -42, "  -00042");
    check("%.0d", 0, "");
    check("%+.0d", 0, "+");
    check("%d", i64::MIN, "-9223372036854775808");
    check("%u", -1, "18446744073709551615");
    check("%x", 255, "ff");
    check("%#x", 255, "0xff");
    check("%#X", 255, "0XFF");
    check("%#x", 0, "0");
    check("%#010x", 255, "0x000000ff");
    check("%x", -1, "ffffffffffffffff");
    check("%o", 8, "10");
    check("%#o", 8, "010");
    check("%#o", 0, "0");
    check("%#.0o", 0, "0");
    check("%#.3o", 8, "010");
    check("%#06o", 8, "000010");
    check("%o", -1, "1777777777777777777777");
}

/// The quick and the exact way agree, near ties and away from them.
#[test]
fn both_ways_agree() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..200_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let value = match round % 3 {
            0 => f64::from_bits(state >> 1),
            // Short decimals and dyadic fractions, where ties are.
            1 => (state >> 44) as f64 / 1000.0,
            _ => (state >> 40) as f64 / f64::from(1 << (state & 31)),
        };
        if !value.is_finite() || value == 0.0 {
            continue;
        }
        let n = (state >> 20) as usize % 17 + 1;
        for place in [Place::Digits(n), Place::Decimals(n)] {
            let quick = Decimal::of(value, place);
            let (digits, exponent) = exact::digits(value, place);
            // The quick way may carry zeros at the end that the exact way has no need of.
            let strip = |d: &[u8]| {
                let kept = d.iter().rposition(|b| *b != b'0').map_or(0, |at| at + 1);
                d[..kept].to_vec()
            };
            assert_eq!(strip(quick.digits()), strip(&digits), "{value:e} {place:?}");
            if digits != b"0" {
                assert_eq!(quick.exponent(), exponent, "{value:e} {place:?}");
            }
        }
    }
}
