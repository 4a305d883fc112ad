//! A rendered scene from camera to score, through a box whose clock is 37 s ahead.

use crate::peers::{free_port, need};
use crate::support::{brief, config};
use base::live::{LiveError, LiveSystem};
use base::{Seed, SimTime};
use blackbox::{BoxConfig, Session};
use harness::{RunFolder, Silent, Unit, UnitEnd, run_live};
use score::{Expectations, RunScore, ScoreOptions, UnitRecord};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const AHEAD_S: f64 = 37.0;

/// Twelve seconds of a seated angler, four frames a second.
fn run(config: &BoxConfig) -> RunScore {
    let mut scenario = brief();
    scenario.duration = SimTime::from_secs(12);
    scenario.cameras[0].fps = 4.0;
    let unit = Unit {
        scenario: Arc::new(scenario),
        sample: 0,
    };
    let folder = tempfile::tempdir().expect("a folder");
    let run = RunFolder::create(&folder.path().join("run")).expect("a new folder");
    let open = |site: &base::site::Installation, folder: &harness::UnitFolder| {
        let session = Session::open(config, site, folder.path());
        let session = session.map_err(LiveError::from)?;
        Ok(Box::new(session) as Box<dyn LiveSystem>)
    };
    let cancel = AtomicBool::new(false);
    let at = run.unit(&unit.label());
    let end = run_live(&unit, Seed(1), 1, &at, open, &Silent, &cancel);
    assert_eq!(end.expect("runs"), UnitEnd::Complete);
    let unit = UnitRecord::read(&at.truth(), &at.trace()).expect("reads");
    score::score_run(&[unit], &Expectations::new(), &ScoreOptions::default()).expect("scores")
}

fn check(score: &RunScore, most_bound_s: f64) {
    let clock = &score.clocks[0];
    let error = (clock.offset_s - AHEAD_S).abs();
    assert!(error <= clock.bound_s, "{clock:?}");
    assert!(clock.bound_s < most_bound_s, "{clock:?}");
    let total = &score.total;
    let counts = total.events.counts;
    assert_eq!(
        (counts.hits, counts.misses, counts.false_alarms),
        (1, 0, 0),
        "{counts:?}"
    );
    let alert = &score.alerts[0];
    assert_eq!(alert.view.frame_index, 6);
    // Frame 6 is exposed at 1.5 s; what the box stamped lies 37 s later.
    assert!(alert.decided >= SimTime::from_millis(1500), "{alert:?}");
    assert!(alert.decided <= SimTime::from_secs(12), "{alert:?}");
    assert_eq!(total.frames.ap, None, "nobody detected anything in frames");
    assert_eq!(total.speed.frames, 48);
}

#[test]
fn a_box_that_pulls_its_video_hits_and_its_clock_is_put_right_by_its_alerts() {
    need!("ffmpeg");
    let port = free_port();
    let video = format!("[video]\nurl = \"tcp://127.0.0.1:{port}?listen=1\"\n[webhook]");
    let score = run(&config(&["honest", "clock=37", "after=6"], &video));
    check(&score, 12.0);
}

#[test]
fn a_box_that_gets_rtsp_hits_and_its_clock_is_put_right_by_asking_it() {
    need!("ffmpeg");
    let (port, clock) = (free_port(), free_port());
    let rest = format!(
        "[video]\nurl = \"rtsp://127.0.0.1:{port}/{{channel}}\"\noptions = [\"-rtsp_transport\", \
         \"tcp\"]\n[clock]\nurl = \"http://127.0.0.1:{clock}/\"\ntime = \"/now\"\nevery_s = 0.3\n\
         [webhook]"
    );
    let serve = format!("serve={clock}");
    let score = run(&config(&["honest", "clock=37", "after=6", &serve], &rest));
    check(&score, 2.0);
    assert!(score.clocks[0].measured.round_trips > 10);
}
