//! A site, its cameras and tracks for the tests of this crate.

use base::camera::Pose;
use base::polygon::Polygon;
use base::site::{CameraMode, CameraSetup, Grid, Installation, Outlet, Permit, Zone, ZoneKind};
use base::{
    Alert, AlertKind, BBox, CameraId, EvidenceRef, Frame, GeoAnchor, LatLon, LatencyTrace,
    ObjectClass, SimTime, Track, TrackId, WorldPoint,
};

fn square(east: [f64; 2], north: [f64; 2]) -> Polygon {
    Polygon(vec![
        [east[0], north[0]],
        [east[1], north[0]],
        [east[1], north[1]],
        [east[0], north[1]],
    ])
}

/// Closed water 200 m wide before the camera, a mooring at its right edge, two grids.
pub(crate) fn installation() -> Installation {
    let camera = |id: &str, east: f64| CameraSetup {
        id: id.into(),
        mode: CameraMode::Visible,
        fps: 5.0,
        pose: Pose {
            position: WorldPoint::new(east, 0.0, 30.0),
            heading: 0.0,
            pitch: 8.0,
            roll: 0.0,
        },
        focal_px: 4000.0,
        width: 1920,
        height: 1080,
        optics: base::site::Optics::default(),
        patrol: None,
    };
    let grid = |id: &str, east, person: &str| Grid {
        id: id.to_owned(),
        county: "Shangyou".to_owned(),
        polygon: square(east, [0.0, 500.0]),
        person: person.to_owned(),
        deputy: "Zhao".to_owned(),
    };
    let zone = |id: &str, kind, polygon| Zone {
        id: id.to_owned(),
        kind,
        polygon,
    };
    Installation {
        site: "bend".to_owned(),
        title: "The bend".to_owned(),
        anchor: GeoAnchor {
            lat: 25.8,
            lon: 114.5,
            height: 100.0,
        },
        water_level: 0.0,
        cameras: vec![camera("hd-1", 0.0), camera("hd-2", 40.0)],
        zones: vec![
            zone(
                "reach",
                ZoneKind::NoFishing,
                square([-100.0, 100.0], [150.0, 300.0]),
            ),
            zone(
                "quay",
                ZoneKind::Mooring,
                square([70.0, 90.0], [180.0, 220.0]),
            ),
        ],
        grids: vec![
            grid("g-1", [-200.0, 0.0], "Chen"),
            grid("g-2", [0.0, 200.0], "Liu"),
        ],
        outlets: vec![Outlet {
            id: "drain".to_owned(),
            at: [-60.0, 200.0],
        }],
        permits: [("A1", "survey"), ("S1", "sand mining")]
            .map(|(vessel, purpose)| Permit {
                vessel: vessel.to_owned(),
                purpose: purpose.to_owned(),
            })
            .into(),
        start: "2023-09-21T18:10:00+08:00".to_owned(),
    }
}

/// A frame of a grey picture, blocks and grain.
pub(crate) fn frame(camera: &str, frame_index: u64, due: SimTime) -> Frame {
    let (width, height) = (64, 36);
    let pixel = |i: u64| {
        let block = (i / 9) % 5 * 12;
        let grain = ((i << 20) ^ frame_index).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61;
        [100 + (block + grain) as u8; 3]
    };
    let rgb = (0..u64::from(width * height)).flat_map(pixel).collect();
    Frame {
        camera: camera.into(),
        frame_index,
        due,
        width,
        height,
        rgb,
    }
}

/// A confirmed track seen well at a place, first seen at the start.
pub(crate) fn track(id: u64, class: ObjectClass, east: f64, north: f64, now: SimTime) -> Track {
    let camera = installation().cameras[0].camera();
    let ground = WorldPoint::new(east, north, 0.0);
    let foot = camera.project(ground).expect("in front of the camera");
    let scale = camera.pixels_per_metre(camera.range(ground));
    let size = if class.root() == ObjectClass::Boat {
        (5.0, 1.5)
    } else {
        (0.7, 1.5)
    };
    let (w, h) = (size.0 * scale, size.1 * scale);
    Track {
        id: TrackId(id),
        camera: "hd-1".into(),
        class,
        detected: Some(class),
        score: 0.8,
        bbox: BBox::from_centre(foot.x as f32, (foot.y - h / 2.0) as f32, w as f32, h as f32),
        ground: Some(ground),
        ground_sigma: 4.0,
        velocity: [0.0, 0.0],
        first_seen: SimTime::ZERO,
        last_seen: now,
        hits: 3,
        confirmed: true,
        in_view: true,
    }
}

/// An alert with every field filled.
pub(crate) fn alert(id: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        kind: AlertKind::IllegalAngling,
        severity: 1,
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30+08:00".to_owned(),
        site: "bend".to_owned(),
        camera: CameraId::from("hd-1"),
        pose: installation().cameras[0].pose,
        frame_index: 150,
        zone: "reach".to_owned(),
        position: Some(WorldPoint::new(5.0, 200.0, 0.0)),
        lat_lon: Some(LatLon {
            lat: 25.8018,
            lon: 114.5,
        }),
        position_sigma: 4.0,
        grid: Some("g-2".to_owned()),
        person: Some("Liu".to_owned()),
        track: TrackId(1),
        bbox: BBox::new(1.0, 2.0, 3.0, 4.0),
        score: 0.8,
        class: Some(ObjectClass::Angler),
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: "00".repeat(32),
        rules_version: "rules-0".to_owned(),
        evidence: Vec::<EvidenceRef>::new(),
        latency: LatencyTrace {
            exposed: SimTime::from_secs(30),
            ..LatencyTrace::default()
        },
    }
}

/// The message that brings such an alert.
pub(crate) fn message(id: &str) -> base::message::Message {
    base::message::Message::of_alert(&alert(id))
}
