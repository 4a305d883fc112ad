//! The ten kinds of alert.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum AlertKind {
    IllegalAngling,
    IllegalBoat,
    NetFishing,
    FryCatching,
    GroundCage,
    Electrofishing,
    SandMining,
    FloatingDebris,
    OutfallDischarge,
    GarbageDumping,
}

/// (kind, id in files, Chinese, alerts of 34 devices in the 12 months to August 2023, severity 1-4).
type Row = (AlertKind, &'static str, &'static str, Option<u32>, u8);

/// Figures: `mission.md`, after the operator's report. Severity: 4 destroys stock or bed.
const TABLE: [Row; 10] = [
    (
        AlertKind::IllegalAngling,
        "illegal_angling",
        "违法垂钓",
        Some(495),
        1,
    ),
    (
        AlertKind::IllegalBoat,
        "illegal_boat",
        "违法渔船",
        Some(267),
        2,
    ),
    (AlertKind::NetFishing, "net_fishing", "网鱼", Some(28), 3),
    (
        AlertKind::FryCatching,
        "fry_catching",
        "违法捞鱼苗",
        Some(25),
        3,
    ),
    (
        AlertKind::GroundCage,
        "ground_cage",
        "违法放地笼",
        Some(9),
        3,
    ),
    (
        AlertKind::Electrofishing,
        "electrofishing",
        "违法电鱼",
        Some(2),
        4,
    ),
    (
        AlertKind::SandMining,
        "sand_mining",
        "非法挖沙采石",
        None,
        4,
    ),
    (
        AlertKind::FloatingDebris,
        "floating_debris",
        "水面漂浮物",
        None,
        1,
    ),
    (
        AlertKind::OutfallDischarge,
        "outfall_discharge",
        "排水口排污",
        None,
        3,
    ),
    (
        AlertKind::GarbageDumping,
        "garbage_dumping",
        "垃圾倾倒",
        None,
        2,
    ),
];

impl AlertKind {
    /// Every kind, in the order of the source's table.
    pub const ALL: [Self; 10] = {
        let mut all = [Self::IllegalAngling; 10];
        let mut i = 0;
        while i < TABLE.len() {
            all[i] = TABLE[i].0;
            i += 1;
        }
        all
    };

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The id used in files.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// The name on the operator's screen.
    pub fn chinese(self) -> &'static str {
        self.row().2
    }

    /// Alerts of this kind in the source's 12 months, where it gives them.
    pub fn alerts_in_source_year(self) -> Option<u32> {
        self.row().3
    }

    /// 1 (advise) to 4 (act at once).
    pub fn severity(self) -> u8 {
        self.row().4
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for AlertKind {
    type Err = UnknownKind;
    fn from_str(s: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|k| k.id() == s)
            .ok_or_else(|| UnknownKind(s.to_owned()))
    }
}

/// No kind has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an alert kind")]
pub struct UnknownKind(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for kind in AlertKind::ALL {
            assert_eq!(kind.row().0, kind);
            assert_eq!(kind.id().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).expect("serialises"), kind.id());
        }
        let year: u32 = AlertKind::ALL
            .iter()
            .filter_map(|k| k.alerts_in_source_year())
            .sum();
        assert_eq!(year, 826);
    }
}
