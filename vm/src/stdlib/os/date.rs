//! Calendar dates as C's `struct tm`, and their text as `strftime` gives it in the "C" locale.

/// A date and a time of day. Fields have C's ranges and starting points, so that they overflow
/// where C's do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Date {
    /// Years since 1900.
    pub(super) year: i32,
    /// From 0.
    pub(super) month: i32,
    /// Of the month, from 1.
    pub(super) day: i32,
    pub(super) hour: i32,
    pub(super) min: i32,
    pub(super) sec: i32,
    /// From Sunday, 0.
    pub(super) week_day: i32,
    /// From 0.
    pub(super) year_day: i32,
    /// Whether daylight saving time is on, if that is known.
    pub(super) is_dst: Option<bool>,
}

/// What a local time is in relation to UTC.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Offset {
    /// Seconds east of Greenwich.
    pub(super) seconds: i32,
    pub(super) is_dst: bool,
    pub(super) name: String,
}

impl Offset {
    /// As `gmtime` sets it.
    pub(super) fn utc() -> Self {
        Self { seconds: 0, is_dst: false, name: "GMT".to_owned() }
    }
}

pub(super) const SECONDS_A_DAY: i64 = 86_400;
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Days before each month of a common year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days before a month, from 0, of a year.
pub(super) fn days_before(year: i64, month: i64) -> i64 {
    DAYS_BEFORE[month as usize] + i64::from(month > 1 && is_leap(year))
}

/// Days from 1970 to the start of a year.
pub(super) fn days_to_year(year: i64) -> i64 {
    let before = year - 1;
    let leaps = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    (year - 1970) * 365 + leaps - 477
}

impl Date {
    /// The date at a time, in seconds since 1970; `None` if its year has no number in C.
    pub(super) fn at(time: i64, offset: &Offset) -> Option<Self> {
        const DAYS_IN_400_YEARS: i64 = 146_097;
        let local = i128::from(time) + i128::from(offset.seconds);
        let days = local.div_euclid(SECONDS_A_DAY.into()) as i64;
        let second = local.rem_euclid(SECONDS_A_DAY.into()) as i32;
        // An estimate from below, and off by one year at most.
        let mut year = 1970 + (days * 400).div_euclid(DAYS_IN_400_YEARS) - 1;
        while days_to_year(year + 1) <= days {
            year += 1;
        }
        let year_day = days - days_to_year(year);
        let month = (0..12).rfind(|month| days_before(year, *month) <= year_day).unwrap_or(0);
        Some(Self {
            year: i32::try_from(year - 1900).ok()?,
            month: month as i32,
            day: (year_day - days_before(year, month)) as i32 + 1,
            hour: second / 3600,
            min: second / 60 % 60,
            sec: second % 60,
            // The first day of 1970 was a Thursday.
            week_day: (days + 4).rem_euclid(7) as i32,
            year_day: year_day as i32,
            is_dst: Some(offset.is_dst),
        })
    }

    /// The year as C computes it.
    fn full_year(&self) -> i32 {
        self.year.wrapping_add(1900)
    }

    fn hour_of_12(&self) -> i32 {
        (self.hour + 11).rem_euclid(12) + 1
    }

    /// Year and week after ISO 8601.
    fn iso_week(&self) -> (i32, i32) {
        let year = self.full_year();
        let length = |year: i32| 365 + i32::from(is_leap(year.into()));
        let days = days_since_week_1(self.year_day, self.week_day);
        if days < 0 {
            let year = year.wrapping_sub(1);
            let days = days_since_week_1(self.year_day + length(year), self.week_day);
            return (year, days / 7 + 1);
        }
        let in_next = days_since_week_1(self.year_day - length(year), self.week_day);
        if in_next >= 0 { (year.wrapping_add(1), in_next / 7 + 1) } else { (year, days / 7 + 1) }
    }
}

/// Days since the Monday of the year's first ISO week.
fn days_since_week_1(year_day: i32, week_day: i32) -> i32 {
    // The week that holds the fourth of January, whose week day follows from this one's.
    let of_fourth = (week_day - (year_day - 3)).rem_euclid(7);
    let monday = 3 - (of_fourth + 6) % 7;
    year_day - monday
}

/// The longest of C99's conversion specifiers that `text` begins with: a letter, or `E` or `O` and
/// a letter (`LUA_STRFTIMEOPTIONS`). In the "C" locale the modifiers change nothing.
pub(super) fn specifier(text: &[u8]) -> Option<(u8, &[u8])> {
    const LETTERS: &[u8] = b"aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
    const AFTER_E: &[u8] = b"cCxXyY";
    const AFTER_O: &[u8] = b"deHImMSuUVwWy";
    match *text {
        [b'E', letter, ref rest @ ..] if AFTER_E.contains(&letter) => Some((letter, rest)),
        [b'O', letter, ref rest @ ..] if AFTER_O.contains(&letter) => Some((letter, rest)),
        [letter, ref rest @ ..] if LETTERS.contains(&letter) => Some((letter, rest)),
        _ => None,
    }
}

/// Appends what a conversion specifier stands for (`strftime`).
pub(super) fn format(out: &mut Vec<u8>, specifier: u8, date: &Date, offset: &Offset) {
    use std::io::Write;
    let year = date.full_year();
    let day = DAYS[date.week_day as usize % 7];
    let month = MONTHS[date.month as usize % 12];
    let century = year / 100 - i32::from(year % 100 < 0);
    // Writing to a Vec cannot fail.
    let _ = match specifier {
        b'a' => out.write_all(&day.as_bytes()[..3]),
        b'A' => out.write_all(day.as_bytes()),
        b'b' | b'h' => out.write_all(&month.as_bytes()[..3]),
        b'B' => out.write_all(month.as_bytes()),
        b'c' => return format_all(out, b"a b e T Y", date, offset),
        b'C' => write!(out, "{century}"),
        b'd' => write!(out, "{:02}", date.day),
        b'D' | b'x' => return format_all(out, b"m/d/y", date, offset),
        b'e' => write!(out, "{:2}", date.day),
        b'F' => return format_all(out, b"Y-m-d", date, offset),
        b'g' => write!(out, "{:02}", date.iso_week().0.rem_euclid(100)),
        b'G' => write!(out, "{}", date.iso_week().0),
        b'H' => write!(out, "{:02}", date.hour),
        b'I' => write!(out, "{:02}", date.hour_of_12()),
        b'j' => write!(out, "{:03}", date.year_day + 1),
        b'm' => write!(out, "{:02}", date.month + 1),
        b'M' => write!(out, "{:02}", date.min),
        b'n' => out.write_all(b"\n"),
        b'p' => out.write_all(if date.hour > 11 { b"PM" } else { b"AM" }),
        b'r' => return format_all(out, b"I:M:S p", date, offset),
        b'R' => return format_all(out, b"H:M", date, offset),
        b'S' => write!(out, "{:02}", date.sec),
        b't' => out.write_all(b"\t"),
        b'T' | b'X' => return format_all(out, b"H:M:S", date, offset),
        b'u' => write!(out, "{}", (date.week_day + 6) % 7 + 1),
        b'U' => write!(out, "{:02}", (date.year_day - date.week_day + 7) / 7),
        b'V' => write!(out, "{:02}", date.iso_week().1),
        b'w' => write!(out, "{}", date.week_day),
        b'W' => write!(out, "{:02}", (date.year_day - (date.week_day + 6) % 7 + 7) / 7),
        b'y' => write!(out, "{:02}", date.year.rem_euclid(100)),
        b'Y' => write!(out, "{year}"),
        b'z' => {
            let minutes = offset.seconds / 60;
            let sign = if offset.seconds < 0 { '-' } else { '+' };
            write!(out, "{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        b'Z' => out.write_all(offset.name.as_bytes()),
        _ => out.write_all(&[specifier]),
    };
}

/// Appends a pattern of specifiers; what is no letter stands for itself.
fn format_all(out: &mut Vec<u8>, pattern: &[u8], date: &Date, offset: &Offset) {
    for byte in pattern {
        if byte.is_ascii_alphabetic() {
            format(out, *byte, date, offset);
        } else {
            out.push(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &[u8], time: i64, expected: &str) {
        let offset = Offset::utc();
        let date = Date::at(time, &offset).expect("in range");
        let mut out = Vec::new();
        format_all(&mut out, pattern, &date, &offset);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{time}");
    }

    #[test]
    fn dates_are_written_as_in_c() {
        check(b"c", 0, "Thu Jan  1 00:00:00 1970");
        check(b"c", -1, "Wed Dec 31 23:59:59 1969");
        check(b"A, d B Y", 951_782_400, "Tuesday, 29 February 2000");
        check(b"r|I", 43_200, "12:00:00 PM|12");
        check(b"r", 0, "12:00:00 AM");
        check(b"D F T R", 1_234_567_890, "02/13/09 2009-02-13 23:31:30 23:31");
        check(b"u w j", 345_600, "1 1 005");
        check(b"C y G g V", -62_130_222_000, "0 01 1 01 09");
        check(b"C y Y", -65_285_982_000, "-1 01 -99");
        check(b"z Z", 5, "+0000 GMT");
    }

    #[test]
    fn weeks_are_counted_three_ways() {
        // The turns of 2004/05, 2008/09 and 2012/13, with their ISO years.
        check(b"G-V U W", 1_104_451_200, "2004-53 52 52");
        check(b"G-V U W", 1_104_537_600, "2004-53 00 00");
        check(b"G-V U W", 1_104_710_400, "2005-01 01 01");
        check(b"G-V U W", 1_230_681_600, "2009-01 52 52");
        check(b"G-V U W", 1_356_912_000, "2013-01 53 53");
    }

    #[test]
    fn years_end_where_those_of_c_do() {
        let utc = Offset::utc();
        assert_eq!(Date::at(67_768_036_191_676_799, &utc).map(|d| d.year), Some(i32::MAX));
        assert_eq!(Date::at(67_768_036_191_676_800, &utc), None);
        assert_eq!(Date::at(-67_768_040_609_740_800, &utc).map(|d| d.year), Some(i32::MIN));
        assert_eq!(Date::at(-67_768_040_609_740_801, &utc), None);
        assert_eq!(Date::at(i64::MIN, &utc), None);
    }

    #[test]
    fn specifiers_are_those_of_c99() {
        for (text, letter) in [("Y-", b'Y'), ("Ec", b'c'), ("Od", b'd'), ("%", b'%')] {
            assert_eq!(specifier(text.as_bytes()).map(|s| s.0), Some(letter), "{text}");
        }
        for text in ["", "E", "Ez", "O", "Oc", "E%", "f", "k", "P", "s"] {
            assert_eq!(specifier(text.as_bytes()), None, "{text}");
        }
    }
}
