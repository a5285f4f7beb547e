//! Local time: the offset at a time, and the time of a local date.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::date::{Date, Offset, SECONDS_A_DAY, days_before, days_to_year};

/// Seconds in 400 years, after which the calendar, and so every rule of a zone, repeats.
const CYCLE: i64 = 146_097 * SECONDS_A_DAY;

/// The system's time zone, as `TZ` or `/etc/localtime` gives it.
pub(super) struct Zone {
    zone: TimeZone,
    /// The offset that the last date was found to have. The same hour twice a year is the one
    /// nearer to it (`localtime_offset` of C libraries).
    last_offset: i64,
}

impl Zone {
    pub(super) fn system() -> Self {
        let zone = default_zone().or_else(|| TimeZone::try_system().ok());
        Self::new(zone.unwrap_or(TimeZone::UTC))
    }

    fn new(zone: TimeZone) -> Self {
        Self { zone, last_offset: 0 }
    }

    /// How local time differs from UTC at a time.
    pub(super) fn offset_at(&self, time: i64) -> Offset {
        let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let known = if time > most {
            most - CYCLE + (time - (most - CYCLE)).rem_euclid(CYCLE)
        } else {
            time.max(least)
        };
        let timestamp = Timestamp::from_second(known).unwrap_or(Timestamp::UNIX_EPOCH);
        let info = self.zone.to_offset_info(timestamp);
        Offset {
            seconds: info.offset().seconds(),
            is_dst: info.dst().is_dst(),
            name: info.abbreviation().to_owned(),
        }
    }

    /// The local date at a time (`localtime`).
    pub(super) fn date_at(&self, time: i64) -> Option<Date> {
        Date::at(time, &self.offset_at(time))
    }

    /// The time of a local date, and the date with every field in its range (`mktime`). The result
    /// is glibc's also where a date has two times or none.
    pub(super) fn time_of(&mut self, date: &Date) -> Option<(i64, Date)> {
        // Seconds out of range, as a leap second is, are left for the end.
        let wanted = Wanted::new(date);
        let guess = -self.last_offset;
        let first = wanted.seconds_from(1970, 0, 0) - guess;
        let (found, date_found) = self.search(&wanted, first, date.is_dst)?;
        self.last_offset = found - first - guess;
        let left = i64::from(date.sec) - wanted.second;
        if left == 0 {
            return Some((found, date_found));
        }
        let time = found.checked_add(left)?;
        Some((time, self.date_at(time)?))
    }

    /// Improves a guess by its error until there is none.
    fn search(&self, wanted: &Wanted, first: i64, is_dst: Option<bool>) -> Option<(i64, Date)> {
        const MAX_PROBES: usize = 6;
        let (mut time, mut previous, mut before) = (first, first, first);
        let mut previous_was_dst = false;
        for _ in 0..MAX_PROBES {
            let date = self.date_at(time)?;
            let error = wanted.error_of(&date);
            let has_dst = date.is_dst == Some(true);
            if error == 0 {
                return match is_dst {
                    Some(is_dst) if is_dst != has_dst => self.with_other_dst(wanted, time, is_dst),
                    _ => Some((time, date)),
                };
            }
            // Back where it was two steps ago: the date is in a gap, and has one time by the offset
            // before it and one by that after it.
            let preferred = match is_dst {
                None => !previous_was_dst || has_dst,
                Some(is_dst) => is_dst != has_dst,
            };
            if time == before && time != previous && preferred {
                return Some((time, date));
            }
            (before, previous) = (previous, time);
            time = time.checked_add(error)?;
            previous_was_dst = has_dst;
        }
        None
    }

    /// The date was found with the other kind of time than asked for: its time by the offset of the
    /// nearest time that has the right kind, or else by an hour more or less.
    fn with_other_dst(&self, wanted: &Wanted, time: i64, is_dst: bool) -> Option<(i64, Date)> {
        /// No zone had a shorter period of either kind.
        const STRIDE: i64 = 601_200;
        /// No zone had a longer one with an offset that is not an hour.
        const FARTHEST: i64 = 457_243_209 / 2 + STRIDE;
        let mut distance = STRIDE;
        while distance < FARTHEST {
            for there in [time.checked_sub(distance)?, time.checked_add(distance)?] {
                let date = self.date_at(there)?;
                if date.is_dst == Some(is_dst) {
                    let time = there + wanted.error_of(&date);
                    if let Some(date) = self.date_at(time) {
                        return Some((time, date));
                    }
                }
            }
            distance += STRIDE;
        }
        let time = if is_dst { time - 3600 } else { time + 3600 };
        Some((time, self.date_at(time)?))
    }
}

/// The zone of a system where `TZ` does not name another, from its file: the database of all zones,
/// in which it may have a name, takes time and memory.
fn default_zone() -> Option<TimeZone> {
    if cfg!(not(unix)) || std::env::var_os("TZ").is_some() {
        return None;
    }
    TimeZone::tzif("Local", &std::fs::read("/etc/localtime").ok()?).ok()
}

/// A local date that may have fields out of range.
struct Wanted {
    year: i64,
    /// From the start of the year.
    day: i64,
    /// Of the day, less seconds out of range.
    second_of_day: i64,
    /// The seconds in it.
    second: i64,
}

impl Wanted {
    fn new(date: &Date) -> Self {
        let month = i64::from(date.month);
        let year = i64::from(date.year) + 1900 + month.div_euclid(12);
        let second = i64::from(date.sec).clamp(0, 59);
        let hours = i64::from(date.hour);
        Self {
            year,
            day: days_before(year, month.rem_euclid(12)) + i64::from(date.day) - 1,
            second_of_day: (hours * 60 + i64::from(date.min)) * 60 + second,
            second,
        }
    }

    /// Seconds from another date to this one, both taken as UTC.
    fn seconds_from(&self, year: i64, day: i64, second_of_day: i64) -> i64 {
        let days = days_to_year(self.year) + self.day - days_to_year(year) - day;
        days * SECONDS_A_DAY + self.second_of_day - second_of_day
    }

    fn error_of(&self, date: &Date) -> i64 {
        let second = (i64::from(date.hour) * 60 + i64::from(date.min)) * 60 + i64::from(date.sec);
        self.seconds_from(i64::from(date.year) + 1900, date.year_day.into(), second)
    }
}
