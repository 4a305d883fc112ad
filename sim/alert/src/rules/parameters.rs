//! The rule set's parameters, from a file or by default.

use super::illegal_angling::IllegalAnglingParameters;
use super::illegal_boat::IllegalBoatParameters;
use crate::cases::CaseParameters;
use base::hash::blake3_hex;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Everything that decides when an alert is raised. In `rules.toml` each part is a table;
/// whatever the file leaves out has its default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleParameters {
    /// Fishing is banned now; the ten-year ban of the Yangtze knows no open season.
    pub closed_season: bool,
    /// Which events are one case.
    pub cases: CaseParameters,
    /// Boats.
    pub illegal_boat: IllegalBoatParameters,
    /// Anglers.
    pub illegal_angling: IllegalAnglingParameters,
}

impl Default for RuleParameters {
    fn default() -> Self {
        Self {
            closed_season: true,
            cases: CaseParameters::default(),
            illegal_boat: IllegalBoatParameters::default(),
            illegal_angling: IllegalAnglingParameters::default(),
        }
    }
}

/// Why a rule set could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is not a rule set.
    #[error("{} is not a rule set", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A number is out of range.
    #[error("rule parameter `{key}` is {value}: it must be a number from {low} to {high}")]
    Range {
        /// The key, with its tables.
        key: String,
        /// What it is.
        value: f64,
        /// Least allowed.
        low: f64,
        /// Most allowed.
        high: f64,
    },
}

impl RuleParameters {
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, RuleError> {
        toml::from_str(text).map_err(|e| RuleError::Parse {
            path: path.to_owned(),
            source: Box::new(e),
        })
    }

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

    /// A unit's own range: seconds up to a day, metres up to 10 km, shares and scores up to 1.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        for (key, value) in self.numbers() {
            let high = match key.rsplit('_').next() {
                Some("s") => 86_400.0,
                Some("m") => 10_000.0,
                Some("share" | "threshold") => 1.0,
                _ => 100.0,
            };
            if !(0.0..=high).contains(&value) {
                return Err(RuleError::Range {
                    key,
                    value,
                    low: 0.0,
                    high,
                });
            }
        }
        Ok(())
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

    proptest! {
        #[test]
        fn any_text_is_a_rule_set_or_an_error(
            table in "(cases|illegal_boat|illegal_angling|closed_season|x)",
            key in "(dwell_s|max_speed|cooldown_s|settle_s|[a-z_]{0,8})",
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
        assert_eq!(default.version(), "rules-5cc782a68acadb5a");
        let stricter = from("[illegal_boat]\ndwell_s = 10.0").expect("parses");
        assert_eq!(stricter.parameters().illegal_boat.dwell_s, 10.0);
        assert_ne!(stricter.version(), default.version());
        let written = toml::to_string(stricter.parameters()).expect("writes");
        assert_eq!(from(&written).expect("parses"), stricter);
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = from("[illegal_boat]\ndwel_s = 10.0").expect_err("unknown key");
        let said = std::error::Error::source(&unknown)
            .expect("a source")
            .to_string();
        assert!(said.contains("dwel_s") && said.contains("line 2"), "{said}");
        for text in [
            "[illegal_boat]\ndwell_s = -1.0",
            "[illegal_angling]\ndwell_angler_s = nan",
            "[cases]\nsame_place_m = inf",
            "[illegal_boat]\nscore_threshold = 1.5",
        ] {
            assert!(matches!(from(text), Err(RuleError::Range { .. })), "{text}");
        }
    }
}
