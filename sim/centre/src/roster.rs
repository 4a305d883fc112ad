//! Who is on duty.
//!
//! A grid has a named person and a deputy, the centre has an officer: they are on duty at all hours
//! for which no shift is given. A shift (`[[duty]]`) puts somebody else in their place:
//!
//! | key | default | meaning |
//! | --- | --- | --- |
//! | `role` | `holder` | in whose place: `holder`, `deputy` or `officer` |
//! | `grids` | all | for these grids; no matter for an officer |
//! | `days` | all | `mon` .. `sun`, `holiday`: the day on which it begins |
//! | `from`, `until` | all day | local times; `until` at or before `from` is on the next day |
//! | `person` | - | who |
//!
//! On a date of the calendar's `holidays` only shifts of `holiday` begin, and those of no stated day.
//! The first shift that fits counts.

use crate::config::Role;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;

/// Who is on duty.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The centre's officer when no shift says otherwise.
    pub officer: String,
    /// The grids and their people.
    pub grids: Vec<Grid>,
    /// Shifts, the first that fits counts.
    pub duties: Vec<Duty>,
    /// Days that are no weekdays.
    pub holidays: Vec<Date>,
    /// The local time zone.
    pub offset: Offset,
}

/// An area with clear jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub county: String,
    /// The named person.
    pub holder: String,
    /// Who stands in.
    pub deputy: String,
}

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// In whose place.
    pub role: Role,
    /// For which grids; empty: all.
    pub grids: Vec<String>,
    /// On which days it begins; empty: all.
    pub days: Vec<Day>,
    /// When it begins.
    pub from: Time,
    /// When it ends, on the next day if not after `from`.
    pub until: Time,
    /// Who.
    pub person: String,
}

/// A day of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the day its name says")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
    Holiday,
}

impl Day {
    /// Every day.
    pub const ALL: [Self; 8] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
        Self::Holiday,
    ];

    /// The word in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Monday => "mon",
            Self::Tuesday => "tue",
            Self::Wednesday => "wed",
            Self::Thursday => "thu",
            Self::Friday => "fri",
            Self::Saturday => "sat",
            Self::Sunday => "sun",
            Self::Holiday => "holiday",
        }
    }

    fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl Roster {
    /// The grid with this id.
    pub fn grid(&self, id: &str) -> Option<&Grid> {
        self.grids.iter().find(|g| g.id == id)
    }

    /// Who is on duty in a role, for a grid, at an instant (nanoseconds since 1970). A grid that
    /// the roster does not know is the officer's.
    pub fn on_duty(&self, role: Role, grid: Option<&str>, wall: i64) -> &str {
        let grid = grid.and_then(|id| self.grid(id));
        let role = if grid.is_some() { role } else { Role::Officer };
        let usual = match (role, grid) {
            (Role::Holder, Some(grid)) => &grid.holder,
            (Role::Deputy, Some(grid)) => &grid.deputy,
            _ => &self.officer,
        };
        let now = Timestamp::from_nanosecond(i128::from(wall)).unwrap_or(Timestamp::UNIX_EPOCH);
        let now = self.offset.to_datetime(now);
        let fits = |duty: &&Duty| {
            let here = role == Role::Officer
                || duty.grids.is_empty()
                || grid.is_some_and(|g| duty.grids.contains(&g.id));
            duty.role == role && here && self.covers(duty, now)
        };
        let duty = self.duties.iter().find(fits);
        duty.map_or(usual, |duty| &duty.person)
    }

    fn covers(&self, duty: &Duty, now: DateTime) -> bool {
        let (today, time) = (now.date(), now.time());
        let over_midnight = duty.until <= duty.from;
        let begun_today = time >= duty.from && (over_midnight || time < duty.until);
        let begun_yesterday = over_midnight && time < duty.until;
        (begun_today && self.begins(duty, today))
            || (begun_yesterday && today.yesterday().is_ok_and(|day| self.begins(duty, day)))
    }

    fn begins(&self, duty: &Duty, date: Date) -> bool {
        let day = if self.holidays.contains(&date) {
            Day::Holiday
        } else {
            Day::of(date.weekday())
        };
        duty.days.is_empty() || duty.days.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duty(role: Role, days: &[Day], from: &str, until: &str, person: &str) -> Duty {
        Duty {
            role,
            grids: Vec::new(),
            days: days.to_vec(),
            from: from.parse().expect("a time"),
            until: until.parse().expect("a time"),
            person: person.to_owned(),
        }
    }

    fn at(text: &str) -> i64 {
        let at: Timestamp = text.parse().expect("an instant");
        at.as_nanosecond() as i64
    }

    fn roster() -> Roster {
        let week = [
            Day::Monday,
            Day::Tuesday,
            Day::Wednesday,
            Day::Thursday,
            Day::Friday,
        ];
        Roster {
            officer: "wang".to_owned(),
            grids: vec![Grid {
                id: "g-1".to_owned(),
                county: "Shangyou".to_owned(),
                holder: "chen".to_owned(),
                deputy: "zhao".to_owned(),
            }],
            duties: vec![
                duty(Role::Holder, &[Day::Holiday], "00:00", "00:00", "sun"),
                duty(Role::Holder, &week, "20:00", "06:00", "liu"),
                duty(Role::Officer, &[Day::Saturday], "08:00", "18:00", "he"),
            ],
            holidays: vec!["2023-10-02".parse().expect("a date")],
            offset: Offset::constant(8),
        }
    }

    #[test]
    fn shifts_pass_midnight_and_holidays_are_no_weekdays() {
        let roster = roster();
        let holder = |text| roster.on_duty(Role::Holder, Some("g-1"), at(text));
        assert_eq!(holder("2023-09-21T18:10:00+08:00"), "chen");
        // Thursday night, and Friday morning before six.
        assert_eq!(holder("2023-09-21T20:00:00+08:00"), "liu");
        assert_eq!(holder("2023-09-22T05:59:59+08:00"), "liu");
        assert_eq!(holder("2023-09-22T06:00:00+08:00"), "chen");
        // Friday's shift ends on Saturday; Saturday has none.
        assert_eq!(holder("2023-09-23T05:00:00+08:00"), "liu");
        assert_eq!(holder("2023-09-23T21:00:00+08:00"), "chen");
        // Monday the 2nd of October is a holiday, its night too; Tuesday is not.
        assert_eq!(holder("2023-10-02T12:00:00+08:00"), "sun");
        assert_eq!(holder("2023-10-02T21:00:00+08:00"), "sun");
        assert_eq!(holder("2023-10-03T21:00:00+08:00"), "liu");
    }

    #[test]
    fn a_grid_nobody_knows_is_the_officers() {
        let roster = roster();
        let thursday = at("2023-09-21T12:00:00+08:00");
        assert_eq!(roster.on_duty(Role::Holder, Some("g-9"), thursday), "wang");
        assert_eq!(roster.on_duty(Role::Deputy, None, thursday), "wang");
        assert_eq!(roster.on_duty(Role::Deputy, Some("g-1"), thursday), "zhao");
        let saturday = at("2023-09-23T12:00:00+08:00");
        assert_eq!(roster.on_duty(Role::Officer, None, saturday), "he");
    }
}
