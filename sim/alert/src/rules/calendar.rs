//! When fishing is banned: closed seasons by date, and nights of open days.

use super::error::RuleError;
use crate::local_time::Civil;
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `closed` | all year | the ten-year ban of the Yangtze knows no open season |
/// | `night` | none | hours of open days, local time, in which it is banned too |
///
/// Dates are `MM-DD..MM-DD`, both included; hours `HH:MM..HH:MM`, the last one not. Either may run
/// over the end of the year or the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarParameters {
    /// Closed seasons.
    pub closed: Vec<String>,
    /// Hours of every day.
    pub night: Vec<String>,
}

impl Default for CalendarParameters {
    fn default() -> Self {
        Self {
            closed: vec!["01-01..12-31".to_owned()],
            night: Vec::new(),
        }
    }
}

/// Spans of numbers round a circle.
type Spans = Vec<(u32, u32)>;

/// The calendar, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Calendar {
    /// Month * 100 + day, both included.
    closed: Spans,
    /// Minutes of the day, the last one excluded.
    night: Spans,
}

impl Calendar {
    pub(super) fn new(parameters: &CalendarParameters) -> Result<Self, RuleError> {
        let spans = |key: &str, texts: &[String], example, number: fn(&str) -> Option<u32>| {
            let span = |text: &String| {
                let (from, to) = text.split_once("..")?;
                Some((number(from.trim())?, number(to.trim())?))
            };
            texts
                .iter()
                .map(|text| {
                    span(text).ok_or_else(|| RuleError::Span {
                        key: format!("calendar.{key}"),
                        text: text.clone(),
                        example,
                    })
                })
                .collect::<Result<Spans, _>>()
        };
        Ok(Self {
            closed: spans("closed", &parameters.closed, "03-01..06-30", day)?,
            night: spans("night", &parameters.night, "20:00..05:00", minute)?,
        })
    }

    /// Whether nobody may fish then.
    pub(crate) fn bans(&self, at: Civil) -> bool {
        let within = |(from, to): (u32, u32), x: u32, last: bool| {
            let before_end = if last { x <= to } else { x < to };
            if from <= to {
                from <= x && before_end
            } else {
                from <= x || before_end
            }
        };
        let day = at.month * 100 + at.day;
        let closed = self.closed.iter().any(|span| within(*span, day, true));
        let night = self
            .night
            .iter()
            .any(|span| within(*span, at.minute, false));
        closed || night
    }
}

/// Days of the months; February's 29th is a day.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn two(text: &str, between: char) -> Option<(u32, u32)> {
    let (a, b) = text.split_once(between)?;
    let number = |s: &str| (s.len() == 2).then(|| s.parse().ok()).flatten();
    Some((number(a)?, number(b)?))
}

fn day(text: &str) -> Option<u32> {
    let (month, day) = two(text, '-')?;
    let days = *DAYS.get(month.checked_sub(1)? as usize)?;
    (1..=days).contains(&day).then_some(month * 100 + day)
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = two(text, ':')?;
    let valid = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    valid.then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(closed: &[&str], night: &[&str]) -> Result<Calendar, RuleError> {
        let owned = |texts: &[&str]| texts.iter().map(|s| (*s).to_owned()).collect();
        Calendar::new(&CalendarParameters {
            closed: owned(closed),
            night: owned(night),
        })
    }

    fn at(month: u32, day: u32, hour: u32, minute: u32) -> Civil {
        Civil {
            month,
            day,
            minute: hour * 60 + minute,
        }
    }

    #[test]
    fn seasons_and_nights_end_where_they_say_and_run_over_the_year() {
        let c = calendar(&["03-01..06-30", "12-20..01-10"], &["20:00..05:00"]).expect("a calendar");
        for (banned, when) in [
            (true, at(3, 1, 12, 0)),
            (true, at(6, 30, 23, 59)),
            (false, at(7, 1, 12, 0)),
            (true, at(12, 31, 12, 0)),
            (true, at(1, 10, 12, 0)),
            (false, at(1, 11, 12, 0)),
            (true, at(8, 1, 20, 0)),
            (true, at(8, 1, 4, 59)),
            (false, at(8, 1, 5, 0)),
            (false, at(8, 1, 19, 59)),
        ] {
            assert_eq!(c.bans(when), banned, "{when:?}");
        }
        let always = Calendar::new(&CalendarParameters::default()).expect("a calendar");
        assert!(always.bans(at(2, 29, 0, 0)));
        assert!(!Calendar::default().bans(at(2, 29, 0, 0)));
    }

    #[test]
    fn what_is_no_span_is_named() {
        for text in [
            "13-01..06-30",
            "03-01",
            "3-1..6-30",
            "02-30..03-01",
            "03-01..",
            "",
            "夏",
        ] {
            let error = calendar(&[text], &[]).expect_err(text).to_string();
            assert!(
                error.contains("calendar.closed") && error.contains("03-01..06-30"),
                "{error}"
            );
        }
        for text in ["20:00..25:00", "8:00..9:00", "20:00-05:00"] {
            assert!(calendar(&[], &[text]).is_err(), "{text}");
        }
    }
}
