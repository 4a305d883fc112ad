//! Times as vendors write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// Seconds since 1970.
    #[default]
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// `2026-11-24T16:35:01.250+08:00`; without an offset it counts as UTC, and the time zone becomes
    /// part of the clock's offset.
    Iso8601,
    /// Seconds into the video.
    VideoSeconds,
}

/// A time as it was written, cut off or rounded after some digit: the clock stood up to half a `unit`
/// before `at`, or up to a whole one after it. Nanoseconds, since 1970 or since the video's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// What was written.
    pub at: i64,
    /// The last digit's worth.
    pub unit: i64,
}

/// Beyond this a time is nonsense, and sums of two no longer fit: the year 2200.
const MOST: i128 = 7_258_118_400_000_000_000;

impl TimeFormat {
    /// Reads a time from JSON: a number, or text; `None` where it is none.
    pub fn read(self, value: &Value) -> Option<Stamp> {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        match self {
            Self::Iso8601 => iso8601(&text),
            Self::UnixMillis => decimal(&text, 1_000_000),
            Self::UnixSeconds | Self::VideoSeconds => decimal(&text, 1_000_000_000),
        }
    }
}

fn stamp(at: i128, unit: i64) -> Option<Stamp> {
    let at = (at.abs() <= MOST).then_some(at)?;
    Some(Stamp {
        at: i64::try_from(at).ok()?,
        unit: unit.max(1),
    })
}

/// A decimal number of units of `one` nanoseconds, digit by digit: a double would lose the last ones.
fn decimal(text: &str, one: i64) -> Option<Stamp> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if digits.contains(['e', 'E']) {
        // Too large or too small to be written out: only its size is certain.
        let number: f64 = digits.parse().ok()?;
        return stamp((number * one as f64) as i128 * sign, one);
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let mut at = whole.parse::<i128>().ok()? * i128::from(one);
    let mut unit = one;
    for digit in part.bytes() {
        if unit % 10 != 0 {
            break;
        }
        unit /= 10;
        at += i128::from(unit) * i128::from(digit - b'0');
    }
    stamp(at * sign, unit)
}

fn iso8601(text: &str) -> Option<Stamp> {
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })?;
    let part = text.split_once(['.', ',']).map_or("", |(_, part)| part);
    let n_digits = part.bytes().take_while(u8::is_ascii_digit).count().min(9);
    let mut unit = 1_000_000_000;
    for _ in 0..n_digits {
        unit /= 10;
    }
    stamp(instant.as_nanosecond(), unit)
}

/// The time of an HTTP `Date` header (RFC 9110, 5.6.7), whole seconds.
pub fn http_date(text: &str) -> Option<Stamp> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    stamp(zoned.timestamp().as_nanosecond(), 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const S: i64 = 1_000_000_000;

    #[test]
    fn times_are_read_with_the_worth_of_their_last_digit() {
        let read = |format: TimeFormat, value: Value| format.read(&value).map(|s| (s.at, s.unit));
        // 1695289800 = 2023-09-21 09:50:00 UTC (`date -u -d @1695289800`).
        let t = 1_695_289_800 * S;
        let unix = TimeFormat::UnixSeconds;
        assert_eq!(read(unix, json!(1_695_289_800)), Some((t, S)));
        assert_eq!(
            read(unix, json!("1695289800.25")),
            Some((t + S / 4, S / 100))
        );
        let ms = TimeFormat::UnixMillis;
        assert_eq!(
            read(ms, json!(1_695_289_800_007_i64)),
            Some((t + 7_000_000, 1_000_000))
        );
        let iso = TimeFormat::Iso8601;
        assert_eq!(read(iso, json!("2023-09-21T17:50:00+08:00")), Some((t, S)));
        assert_eq!(
            read(iso, json!("2023-09-21T09:50:00.5Z")),
            Some((t + S / 2, S / 10))
        );
        assert_eq!(read(iso, json!("2023-09-21 09:50:00")), Some((t, S)));
        assert_eq!(
            read(TimeFormat::VideoSeconds, json!(-1.5)),
            Some((-3 * S / 2, S / 10))
        );
        for nonsense in [
            json!("soon"),
            json!(null),
            json!([1]),
            json!(""),
            json!("1e400"),
        ] {
            for format in [unix, ms, iso] {
                assert_eq!(format.read(&nonsense), None, "{nonsense}");
            }
        }
        let date = http_date("Thu, 21 Sep 2023 09:50:00 GMT").expect("a date");
        assert_eq!((date.at, date.unit), (t, S));
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in ".{0,40}") {
            for format in [TimeFormat::UnixSeconds, TimeFormat::UnixMillis, TimeFormat::Iso8601] {
                if let Some(stamp) = format.read(&Value::String(text.clone())) {
                    prop_assert!(stamp.unit > 0 && i128::from(stamp.at).abs() <= MOST);
                }
            }
            let _ = http_date(&text);
        }

        #[test]
        fn milliseconds_come_back(ms in 0..4_000_000_000_000_i64) {
            let written = format!("{}.{:03}", ms / 1000, ms % 1000);
            let stamp = TimeFormat::UnixSeconds.read(&Value::String(written));
            prop_assert_eq!(stamp, Some(Stamp { at: ms * 1_000_000, unit: 1_000_000 }));
        }
    }
}
