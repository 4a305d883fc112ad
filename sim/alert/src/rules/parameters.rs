//! The rule set's parameters, from a file or by default.

use super::calendar::{Calendar, CalendarParameters};
use super::error::RuleError;
use super::floating_debris::FloatingDebrisParameters;
use super::garbage_dumping::GarbageDumpingParameters;
use super::gear::GearParameters;
use super::illegal_angling::IllegalAnglingParameters;
use super::illegal_boat::IllegalBoatParameters;
use super::outfall_discharge::OutfallDischargeParameters;
use super::sand_mining::SandMiningParameters;
use super::work::WorkParameters;
use super::{electrofishing, fry_catching, ground_cage, net_fishing};
use crate::cases::CaseParameters;
use crate::picture::PictureParameters;
use base::hash::blake3_hex;
use serde::{Deserialize, Serialize};

/// Everything that decides when an alert is raised. In `rules.toml` each part is a table;
/// whatever the file leaves out has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleParameters {
    /// When fishing is banned.
    pub calendar: CalendarParameters,
    /// Which events are one case.
    pub cases: CaseParameters,
    /// Which pictures are not to be trusted.
    pub picture: PictureParameters,
    /// Boats.
    pub illegal_boat: IllegalBoatParameters,
    /// Anglers.
    pub illegal_angling: IllegalAnglingParameters,
    /// Nets.
    pub net_fishing: GearParameters,
    /// Dip nets.
    pub fry_catching: WorkParameters,
    /// Cages.
    pub ground_cage: GearParameters,
    /// Electrodes.
    pub electrofishing: WorkParameters,
    /// Dredgers and diggers.
    pub sand_mining: SandMiningParameters,
    /// Rafts of rubbish.
    pub floating_debris: FloatingDebrisParameters,
    /// Plumes.
    pub outfall_discharge: OutfallDischargeParameters,
    /// Bags and heaps.
    pub garbage_dumping: GarbageDumpingParameters,
}

impl Default for RuleParameters {
    fn default() -> Self {
        Self {
            calendar: CalendarParameters::default(),
            cases: CaseParameters::default(),
            picture: PictureParameters::default(),
            illegal_boat: IllegalBoatParameters::default(),
            illegal_angling: IllegalAnglingParameters::default(),
            net_fishing: net_fishing::DEFAULT,
            fry_catching: fry_catching::DEFAULT,
            ground_cage: ground_cage::DEFAULT,
            electrofishing: electrofishing::DEFAULT,
            sand_mining: SandMiningParameters::default(),
            floating_debris: FloatingDebrisParameters::default(),
            outfall_discharge: OutfallDischargeParameters::default(),
            garbage_dumping: GarbageDumpingParameters::default(),
        }
    }
}

/// A unit's own range, by the end of the key: seconds up to a day, metres up to 10 km, shares and
/// scores up to 1.
pub(super) fn range(key: &str) -> (f64, f64) {
    let last = key.rsplit(['_', '.']).next();
    let high = match last {
        Some("s") => 86_400.0,
        Some("m") => 10_000.0,
        Some("share" | "threshold") => 1.0,
        _ => 255.0,
    };
    (0.0, high)
}

impl RuleParameters {
    /// Every number, by its key with its table.
    fn numbers(&self) -> Vec<(String, f64)> {
        let Ok(serde_json::Value::Object(tables)) = serde_json::to_value(self) else {
            return Vec::new();
        };
        let mut numbers = Vec::new();
        for (table, value) in &tables {
            let serde_json::Value::Object(keys) = value else {
                continue;
            };
            for (key, value) in keys {
                // JSON has no word for what is not a number: it comes out as null.
                let number = if value.is_null() {
                    Some(f64::NAN)
                } else {
                    value.as_f64()
                };
                numbers.extend(number.map(|n| (format!("{table}.{key}"), n)));
            }
        }
        numbers
    }

    /// Reads the calendar and checks every number's range.
    pub(super) fn check(&self) -> Result<Calendar, RuleError> {
        for (key, value) in self.numbers() {
            let (low, high) = range(&key);
            if !(low..=high).contains(&value) {
                return Err(RuleError::Range {
                    key,
                    value,
                    low,
                    high,
                });
            }
        }
        Calendar::new(&self.calendar)
    }

    pub(super) fn version(&self) -> String {
        // Fields in the order of declaration: the order of a JSON map depends on build features.
        let text = serde_json::to_string(self).unwrap_or_default();
        format!("rules-{}", &blake3_hex(text.as_bytes())[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::super::RuleSet;
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    proptest! {
        #[test]
        fn any_text_is_a_rule_set_or_an_error(
            table in "(cases|calendar|illegal_boat|illegal_angling|picture|x)",
            key in "(dwell_s|max_speed|cooldown_s|settle_s|closed|[a-z_]{0,8})",
            value in "(-?[0-9]{1,30}(\\.[0-9]{1,4})?|nan|-?inf|true|\\PC{0,8})",
        ) {
            if let Ok(set) = from(&format!("[{table}]\n{key} = {value}")) {
                prop_assert!(set.parameters().check().is_ok());
            }
        }
    }

    fn from(text: &str) -> Result<RuleSet, RuleError> {
        RuleSet::from_toml(Path::new("rules.toml"), text)
    }

    #[test]
    fn the_version_is_that_of_the_parameters() {
        let default = RuleSet::default();
        assert_eq!(from("").expect("parses"), default);
        assert_eq!(default.version(), "rules-8fff1060d3027318");
        let stricter = from("[illegal_boat]\ndwell_s = 10.0").expect("parses");
        assert_eq!(stricter.parameters().illegal_boat.dwell_s, 10.0);
        assert_ne!(stricter.version(), default.version());
        let written = toml::to_string(stricter.parameters()).expect("writes");
        assert_eq!(from(&written).expect("parses"), stricter);
    }

    /// The file that shows every parameter says what holds without any file.
    #[test]
    fn the_example_file_has_every_parameter_with_its_default() {
        let text = include_str!("../../../../fixtures/rules/built-in.toml");
        assert_eq!(from(text).expect("parses"), RuleSet::default());
        let written: serde_json::Value = toml::from_str(text).expect("TOML");
        let all = serde_json::to_value(RuleParameters::default()).expect("writes");
        for (table, keys) in all.as_object().expect("tables") {
            for key in keys.as_object().expect("keys").keys() {
                assert!(written[table].get(key).is_some(), "{table}.{key}");
            }
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line_and_what_was_meant() {
        for (text, line, what, help) in [
            (
                "[illegal_boat]\ndwel_s = 10.0",
                2,
                "`illegal_boat.dwel_s`: unknown key",
                "did you mean `dwell_s`?",
            ),
            (
                "\n[ilegal_boat]\ndwell_s = 1",
                2,
                "`ilegal_boat`: unknown key",
                "did you mean `illegal_boat`?",
            ),
            ("[cases]\nfrobnicate = 1", 2, "unknown key", "one of "),
            (
                "[illegal_boat]\ndwell_s = \"20 s\"",
                2,
                "must be a number, not a string",
                "",
            ),
            ("illegal_boat = 3", 1, "must be a table, not a number", ""),
            (
                "[calendar]\nclosed = [3]",
                2,
                "must be a list of strings, not of a number",
                "",
            ),
            (
                "[illegal_boat]\ndwell_s = -1.0",
                2,
                "is out of range",
                "a number from 0 to 86400",
            ),
            (
                "[illegal_angling]\n\ndwell_angler_s = nan",
                3,
                "is out of range",
                "from 0",
            ),
            (
                "[cases]\nsame_place_m = inf",
                2,
                "is out of range",
                "from 0 to 10000",
            ),
            (
                "[illegal_boat]\nscore_threshold = 1.5",
                2,
                "is out of range",
                "from 0 to 1",
            ),
            ("[illegal_boat\n", 1, "not valid TOML", ""),
        ] {
            let Err(RuleError::Invalid { problems, .. }) = from(text) else {
                panic!("{text}");
            };
            let first = &problems[0];
            assert_eq!(first.line(), line, "{text}");
            assert!(first.what.contains(what), "{text}: {}", first.what);
            let said = first.help.clone().unwrap_or_default();
            assert!(said.contains(help), "{text}: {said}");
        }
        let two = from("[illegal_boat]\nx = 1\ny = 2").expect_err("two mistakes");
        assert_eq!(
            two.to_string(),
            "`rules.toml` is not a rule set: line 2: `illegal_boat.x`: unknown key; \
             line 3: `illegal_boat.y`: unknown key"
        );
        let span = from("[calendar]\nclosed = [\"May\"]").expect_err("no span");
        assert!(matches!(span, RuleError::Span { .. }), "{span}");
    }
}
