//! `summary.json`: the whole score for programs.

use crate::manifest::Manifest;
use crate::words::{NO_PROOF, Outcome};
use score::result::RunScore;
use serde::Serialize;
use serde_json::Value;

/// Name and version of the layout; the number grows when a field changes its meaning or goes.
pub const SCHEMA: &str = "rivergauge.summary/2";

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    meaning: &'static str,
    verdict: Outcome,
    headline: Headline,
    manifest: &'a Manifest,
    score: &'a RunScore,
}

/// The figures that are compared first; all of them are in `score` with their intervals too.
#[derive(Serialize)]
struct Headline {
    pd: Option<f64>,
    false_alarms_per_camera_hour: Option<f64>,
    false_alarms_per_camera_day: Option<f64>,
    field_precision: Option<f64>,
    time_to_alert_median_s: Option<f64>,
    ap50: Option<f64>,
    camera_days_per_core_hour: Option<f64>,
    bottleneck: Option<String>,
}

/// The content of `summary.json`: schema, verdict, headline, manifest and the whole score.
/// Figures that do not exist are `null`.
pub fn summary(run: &RunScore, manifest: &Manifest) -> Result<Value, serde_json::Error> {
    let total = &run.total;
    serde_json::to_value(Summary {
        schema: SCHEMA,
        meaning: NO_PROOF,
        verdict: Outcome::of_run(run),
        headline: Headline {
            pd: total.events.pd.value,
            false_alarms_per_camera_hour: total.events.false_alarms_per_camera_hour.value,
            false_alarms_per_camera_day: total.events.false_alarms_per_camera_day.value,
            field_precision: total.events.field_precision,
            time_to_alert_median_s: total.hits.time_to_alert.median,
            ap50: total.frames.ap50,
            camera_days_per_core_hour: total.speed.camera_days_per_core_hour,
            bottleneck: total.speed.bottleneck.clone(),
        },
        manifest,
        score: run,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_summary_holds_schema_verdict_and_the_whole_score() {
        let run = sample::run();
        let value = summary(&run, &sample::manifest()).expect("serialises");
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["verdict"], "fail");
        assert_eq!(
            value["headline"]["pd"],
            value["score"]["total"]["events"]["pd"]["value"]
        );
        let back: RunScore = serde_json::from_value(value["score"].clone()).expect("reads");
        assert_eq!(back, run);
    }
}
