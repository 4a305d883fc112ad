//! A description, ports, and a session driven with made-up pictures.

use base::clock::{Clock, WallClock};
use base::live::{LiveSystem, Pace};
use base::site::Installation;
use base::trace::{ClockOffset, TraceRecord};
use base::{Alert, Frame, Seed, SimTime};
use blackbox::{BoxConfig, Session};
use scenario::model::Scenario;
use scenario::scene::Scene;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) const SHAM: &str = env!("CARGO_BIN_EXE_sham-box");

/// A description of the sham with these arguments; `rest` are further lines, `[video]` among them.
pub(crate) fn config(arguments: &[&str], rest: &str) -> BoxConfig {
    let words = arguments.iter().map(|a| format!(", \"{a}\""));
    let words: String = words.collect();
    let text = format!(
        "name = \"sham\"\nprogram = [\"{SHAM}\"{words}]\n\
         lead_in_s = 0.5\ngrace_s = 1\n{rest}\n\
         [alert]\nid = \"/id\"\nkind = \"/kind\"\ncamera = \"/camera\"\n\
         confidence = \"/score\"\nframe = \"/frame\"\n"
    );
    let text = if text.contains("files = ") {
        format!("{text}time = \"/video_s\"\ntime_format = \"video_s\"\n")
    } else {
        format!("{text}time = \"/time\"\ntime_format = \"unix_s\"\n")
    };
    match BoxConfig::parse("box.toml", Path::new("."), &text) {
        Ok(config) => config,
        Err(mistake) => panic!("{mistake}: {text}"),
    }
}

pub(crate) fn brief() -> Scenario {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/it/brief.toml");
    scenario::load(Path::new(path)).expect("a valid scenario")
}

/// A site with one small camera, 10 frames a second.
pub(crate) fn small() -> Installation {
    let mut site = Scene::sample(&brief(), Seed(1), 0).installation();
    site.cameras.truncate(1);
    site.cameras[0].width = 64;
    site.cameras[0].height = 36;
    site.cameras[0].fps = 10.0;
    site
}

/// What a box said of `n` made-up pictures.
pub(crate) struct Heard {
    pub(crate) alerts: Vec<Alert>,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) clock: Option<ClockOffset>,
}

pub(crate) fn drive(config: &BoxConfig, folder: &Path, n: u64) -> Heard {
    let site = small();
    let mut session = Session::open(config, &site, folder).expect("opens");
    let mut records: Vec<TraceRecord> = Vec::new();
    let fault = |faults: Vec<base::trace::Fault>, records: &mut Vec<TraceRecord>| {
        records.extend(faults.into_iter().map(TraceRecord::Fault));
    };
    let found = session.prepare().expect("prepares");
    fault(found, &mut records);
    let clock = WallClock::start();
    session.begin(clock);
    for frame_index in 0..n {
        let due = SimTime::of_frame(frame_index, 10.0);
        if session.pace() == Pace::Real {
            clock.wait_until(due);
        }
        let pixel = |i: u64| (i * 37 + frame_index * 11) as u8;
        let frame = Frame {
            camera: site.cameras[0].id.clone(),
            frame_index,
            due,
            width: 64,
            height: 36,
            rgb: (0..64 * 36 * 3).map(pixel).collect(),
        };
        session.show(&frame).expect("shows");
        fault(session.faults(), &mut records);
    }
    let until = SimTime::of_frame(n, 10.0);
    records.extend(session.finish(until, true).expect("finishes"));
    let mut heard = Heard {
        alerts: Vec::new(),
        faults: BTreeMap::new(),
        clock: None,
    };
    for record in records {
        match record {
            TraceRecord::Alert(alert) => heard.alerts.push(*alert),
            TraceRecord::Fault(f) => *heard.faults.entry(f.name).or_default() += f.n,
            TraceRecord::Clock(clock) => heard.clock = Some(clock),
            other => panic!("{other:?}"),
        }
    }
    heard
}
