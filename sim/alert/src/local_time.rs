//! From a scene's time to the site's wall clock.

use base::SimTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// The start time is not one.
#[derive(Debug, thiserror::Error)]
#[error(
    "start time `{text}` is not ISO 8601 with an offset: write it as 2023-09-21T18:10:00+08:00"
)]
pub struct TimeError {
    text: String,
    #[source]
    source: Option<jiff::Error>,
}

/// The wall clock at the site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalTime {
    start: Timestamp,
    offset: Offset,
}

/// A day of the year and a time of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    /// 1-12.
    pub(crate) month: u32,
    /// 1-31.
    pub(crate) day: u32,
    /// Minutes since midnight.
    pub(crate) minute: u32,
}

impl LocalTime {
    /// From the scene's start, ISO 8601 with offset.
    pub(crate) fn new(start: &str) -> Result<Self, TimeError> {
        let error = |source| TimeError {
            text: start.to_owned(),
            source,
        };
        let pieces = Pieces::parse(start).map_err(|e| error(Some(e)))?;
        let (Some(time), Some(offset)) = (pieces.time(), pieces.to_numeric_offset()) else {
            return Err(error(None));
        };
        let start = offset
            .to_timestamp(pieces.date().to_datetime(time))
            .map_err(|e| error(Some(e)))?;
        Ok(Self { start, offset })
    }

    fn timestamp(&self, instant: SimTime) -> Timestamp {
        let span = SignedDuration::from_nanos(instant.0);
        self.start.saturating_add(span).unwrap_or(Timestamp::MAX)
    }

    /// Day and time of day.
    pub(crate) fn civil(&self, instant: SimTime) -> Civil {
        let at = self.offset.to_datetime(self.timestamp(instant));
        let whole = |x: i8| u32::try_from(x).unwrap_or(0);
        Civil {
            month: whole(at.month()),
            day: whole(at.day()),
            minute: whole(at.hour()) * 60 + whole(at.minute()),
        }
    }

    /// ISO 8601 with offset; an instant beyond the calendar is its last.
    pub(crate) fn at(&self, instant: SimTime) -> String {
        let at = self.timestamp(instant);
        at.display_with_offset(self.offset).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_and_any_instant_will_do(
            text in "(\\PC{0,30}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2})",
            instant in any::<i64>(),
        ) {
            if let Ok(clock) = LocalTime::new(&text) {
                prop_assert!(LocalTime::new(&clock.at(SimTime(instant))).is_ok());
            }
        }
    }

    #[test]
    fn the_offset_is_kept() {
        let clock = LocalTime::new("2023-09-21T23:59:00+08:00").expect("a time");
        assert_eq!(clock.at(SimTime::ZERO), "2023-09-21T23:59:00+08:00");
        assert_eq!(
            clock.at(SimTime::from_millis(90_500)),
            "2023-09-22T00:00:30.5+08:00"
        );
        assert!(!clock.at(SimTime::MAX).is_empty());
    }

    #[test]
    fn day_and_time_of_day_are_local() {
        let clock = LocalTime::new("2023-12-31T23:59:30+08:00").expect("a time");
        let civil = |month, day, minute| Civil { month, day, minute };
        assert_eq!(clock.civil(SimTime::ZERO), civil(12, 31, 1439));
        assert_eq!(clock.civil(SimTime::from_secs(30)), civil(1, 1, 0));
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        for text in [
            "2023-09-21T18:10:00",
            "dusk",
            "",
            "2023-09-21",
            "2023-13-21T18:10:00Z",
        ] {
            assert!(LocalTime::new(text).is_err(), "{text}");
        }
    }
}
