//! Sites that raise alerts, people who answer them, and the files of their centres.

use crate::desk::Act;
use base::camera::Pose;
use base::handling::State;
use base::message::{Body, DeviceFault, FaultKind, Message};
use base::{Alert, AlertKind, BBox, CameraId, Dice, LatencyTrace, SimTime, TrackId, WorldPoint};
use std::collections::{BTreeMap, BTreeSet};

/// Sites and the centre (index) that each reports to.
pub(super) const SITES: [(&str, usize); 3] = [("bend", 2), ("weir", 2), ("ford", 3)];

/// The centres' files, the province first; and whom each reports to.
pub(super) fn centres() -> [(String, Option<usize>); 4] {
    let people = |ids: &[&str]| {
        ids.iter().fold(String::new(), |text, id| {
            text + &format!(
                "[[person]]\nid = \"{id}\"\nchannel = \"file\"\npath = \"{id}.jsonl\"\n"
            )
        })
    };
    let up = "[superior]\nurl = \"http://localhost/v1/messages\"\n";
    let county = |id: &str, grids: [&str; 2]| {
        let grid =
            |g: &str| format!("[[grid]]\nid = \"{g}\"\nholder = \"chen-{g}\"\ndeputy = \"zhao\"\n");
        let holders = grids.map(|g| format!("chen-{g}"));
        format!(
            "[centre]\nid = \"{id}\"\nlevel = \"county\"\nofficer = \"wang\"\n{up}\
             [canary]\nevery = \"20min\"\nwithin = \"5min\"\nto = \"wang\"\n{}{}{}",
            people(&["wang", "zhao", &holders[0], &holders[1]]),
            grid(grids[0]),
            grid(grids[1]),
        )
    };
    let city = format!(
        "[centre]\nid = \"city\"\nlevel = \"city\"\nofficer = \"li\"\n{up}{}\
         [[watch]]\norigin = \"county-a\"\nevery = \"70min\"\n",
        people(&["li"])
    );
    let province = format!(
        "[centre]\nid = \"province\"\nlevel = \"province\"\nofficer = \"gao\"\n{}",
        people(&["gao"])
    );
    [
        (province, None),
        (city, Some(0)),
        (county("county-a", ["a-1", "a-2"]), Some(1)),
        (county("county-b", ["b-1", "b-2"]), Some(1)),
    ]
}

/// A site: what it raised and has no receipt for.
#[derive(Debug, Default)]
pub(super) struct Site {
    pub(super) outbox: BTreeMap<String, Message>,
    pub(super) raised: BTreeSet<String>,
    pub(super) receipted: BTreeSet<String>,
}

/// The alert of a site that comes `n`th. Few tracks, so that some alerts are one case.
pub(super) fn alert(site: usize, n: usize, dice: &mut Dice) -> Message {
    let (name, centre) = SITES[site];
    let letter = if centre == 2 { 'a' } else { 'b' };
    let kind = dice.pick(&AlertKind::ALL).copied();
    let kind = kind.unwrap_or(AlertKind::NetFishing);
    let alert = Alert {
        id: format!("{name}-{n}"),
        kind: if dice.chance(0.6) {
            AlertKind::IllegalBoat
        } else {
            kind
        },
        severity: 1 + dice.below(4) as u8,
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30+08:00".to_owned(),
        site: name.to_owned(),
        camera: CameraId::from("hd-1"),
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, 30.0),
            heading: 0.0,
            pitch: 8.0,
            roll: 0.0,
        },
        frame_index: 150,
        zone: "reach".to_owned(),
        position: None,
        lat_lon: None,
        position_sigma: 4.0,
        grid: Some(format!("{letter}-{}", 1 + dice.below(2))),
        person: None,
        track: TrackId(dice.below(3)),
        bbox: BBox::new(1.0, 2.0, 3.0, 4.0),
        score: 0.75,
        class: None,
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: String::new(),
        rules_version: "rules-0".to_owned(),
        evidence: Vec::new(),
        latency: LatencyTrace::default(),
    };
    Message::of_alert(&alert)
}

/// A camera that is blinded, or is not any more.
pub(super) fn fault(site: usize, n: usize, cleared: bool) -> Message {
    let name = SITES[site].0;
    let end = if cleared { "over" } else { "begun" };
    let at = format!("2023-09-21T18:{:02}:00+08:00", 10 + n % 40);
    Message {
        key: format!("{name}~blinded~{n}~{end}"),
        origin: name.to_owned(),
        at: at.clone(),
        body: Body::Fault(DeviceFault {
            site: name.to_owned(),
            camera: Some(CameraId::from("hd-1")),
            kind: FaultKind::Blinded,
            since: at,
            cleared,
            detail: "dazzled".to_owned(),
        }),
        head: None,
    }
}

/// What somebody who is told of a case does, one after the other, with the time before each.
pub(super) fn answers(alert: &str, who: &str, dice: &mut Dice) -> Vec<(SimTime, Act)> {
    if dice.chance(0.35) {
        return Vec::new();
    }
    let ends = [State::CaseFiled, State::ClosedNoOffence, State::FalseAlarm];
    let way = [
        State::Acknowledged,
        State::Dispatched,
        State::OnScene,
        dice.pick(&ends).copied().unwrap_or(State::CaseFiled),
    ];
    let n = 1 + dice.below(4) as usize;
    let mut after = SimTime::ZERO;
    let step = |to| {
        after += SimTime::from_secs_f64(dice.range(10.0, 900.0));
        let act = Act::Step {
            alert: alert.to_owned(),
            to,
            who: who.to_owned(),
            why: "seen".to_owned(),
        };
        (after, act)
    };
    way[..n].iter().copied().map(step).collect()
}
