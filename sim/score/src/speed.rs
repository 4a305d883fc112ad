//! Service times, waiting and throughput.

use crate::interval::{nearest_rank, values_needed};
use crate::result::{Percentile, SpeedScore, StageTimes, Times};
use base::SimTime;
use base::trace::{FrameRecord, ServiceTimes};

/// Frames' times of one or more units; adding is concatenating.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SpeedTally {
    frames: u64,
    skipped: u64,
    exposure: SimTime,
    machine: SimTime,
    /// By stage, frames not skipped in which it took any time.
    stages: [Vec<SimTime>; 6],
    due_to_done: Vec<SimTime>,
    due_to_issued: Vec<SimTime>,
}

impl SpeedTally {
    /// Adds a unit's camera time and frames.
    pub(crate) fn add(&mut self, exposure: SimTime, frames: &[FrameRecord]) {
        self.exposure += exposure.max(SimTime::ZERO);
        for frame in frames {
            self.frames += 1;
            self.skipped += u64::from(frame.skipped);
            for (i, (_, time)) in frame.service.stages().into_iter().enumerate() {
                self.machine += time;
                if !frame.skipped && time > SimTime::ZERO {
                    self.stages[i].push(time);
                }
            }
            if !frame.skipped {
                self.due_to_done.push(frame.done - frame.due);
                self.due_to_issued.push(frame.issued - frame.due);
            }
        }
    }

    /// The figures.
    pub(crate) fn score(&self) -> SpeedScore {
        let processed = (self.frames - self.skipped) as f64;
        let names = ServiceTimes::default().stages().map(|s| s.0);
        let stages = names.into_iter().zip(&self.stages).map(|(name, sample)| {
            let total_s = sum(sample).secs();
            StageTimes {
                stage: name.to_owned(),
                times: times(sample),
                total_s,
                frames_per_s: (total_s > 0.0).then(|| processed / total_s),
            }
        });
        let stages: Vec<StageTimes> = stages.collect();
        // `render` is ours, not the system's. Of equals, the first.
        let slowest = stages[1..]
            .iter()
            .rev()
            .max_by(|a, b| a.total_s.total_cmp(&b.total_s));
        let camera_days = self.exposure.hours() / 24.0;
        let core_hours = self.machine.hours();
        SpeedScore {
            frames: self.frames,
            skipped: self.skipped,
            camera_days,
            core_hours,
            camera_days_per_core_hour: (core_hours > 0.0).then(|| camera_days / core_hours),
            bottleneck: slowest.filter(|s| s.total_s > 0.0).map(|s| s.stage.clone()),
            stages,
            due_to_done: times(&self.due_to_done),
            due_to_issued: times(&self.due_to_issued),
        }
    }
}

fn sum(sample: &[SimTime]) -> SimTime {
    sample.iter().fold(SimTime::ZERO, |sum, t| sum + *t)
}

fn times(sample: &[SimTime]) -> Times {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    let n = sorted.len();
    let percentile = |p: f64| Percentile {
        ms: sorted.get(nearest_rank(n, p)).map(|t| t.millis()),
        needs: values_needed(p).saturating_sub(n as u64),
    };
    Times {
        count: n as u64,
        mean_ms: (n > 0).then(|| sum(sample).millis() / n as f64),
        p50: percentile(0.5),
        p90: percentile(0.9),
        p99: percentile(0.99),
        max_ms: sorted.last().map(|t| t.millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::CameraId;

    fn frame(i: i64, skipped: bool, detect_ms: i64) -> FrameRecord {
        let due = SimTime::from_millis(200 * i);
        FrameRecord {
            camera: CameraId::from("a"),
            frame_index: i as u64,
            due,
            issued: due + SimTime::from_millis(5),
            done: due + SimTime::from_millis(5 + detect_ms),
            skipped,
            detections: Vec::new(),
            tracks: Vec::new(),
            service: ServiceTimes {
                render: SimTime::from_millis(40),
                detect: SimTime::from_millis(detect_ms),
                rules: SimTime::from_millis(i64::from(i == 3)),
                ..ServiceTimes::default()
            },
        }
    }

    #[test]
    fn stages_latency_and_headline_follow_from_the_frames() {
        let frames: Vec<_> = (0..100).map(|i| frame(i, i == 99, i + 1)).collect();
        let mut tally = SpeedTally::default();
        tally.add(SimTime::from_secs(20), &frames);
        let speed = tally.score();
        assert_eq!((speed.frames, speed.skipped), (100, 1));
        assert_eq!(speed.bottleneck.as_deref(), Some("detect"));
        let detect = &speed.stages[1];
        assert_eq!(detect.times.count, 99);
        assert_eq!(
            detect.times.p90,
            Percentile {
                ms: Some(90.0),
                needs: 0
            }
        );
        assert_eq!(
            detect.times.p99,
            Percentile {
                ms: Some(99.0),
                needs: 662 - 99
            }
        );
        assert_eq!(detect.times.mean_ms, Some(50.0));
        assert_eq!(detect.total_s, 4.95);
        assert_eq!(detect.frames_per_s, Some(99.0 / 4.95));
        assert_eq!(speed.stages[3].times.count, 1);
        assert_eq!(
            speed.stages[4].times,
            Times {
                p50: Percentile {
                    ms: None,
                    needs: 11
                },
                p90: Percentile {
                    ms: None,
                    needs: 64
                },
                p99: Percentile {
                    ms: None,
                    needs: 662
                },
                ..Times::default()
            }
        );
        assert_eq!(speed.due_to_done.p50.ms, Some(55.0));
        assert_eq!(speed.due_to_done.max_ms, Some(104.0));
        assert_eq!(speed.due_to_issued.max_ms, Some(5.0));
        // 20 s of one camera; 100 x 40 ms + 5,050 ms + 1 ms of one core.
        assert_eq!(speed.core_hours, 9.051 / 3600.0);
        let headline = speed.camera_days_per_core_hour.expect("machine time");
        assert!((headline - (20.0 / 86400.0) / (9.051 / 3600.0)).abs() < 1e-12);
    }

    #[test]
    fn nothing_run_is_nothing_measured() {
        let speed = SpeedTally::default().score();
        assert_eq!(speed.camera_days_per_core_hour, None);
        assert_eq!(speed.bottleneck, None);
        assert_eq!(speed.stages.len(), 6);
    }
}
