//! One small picture of every class, compared with the one last looked at.
//!
//! `RIVERGAUGE_BLESS=1 cargo test -p sensor pictures` writes them anew: look before committing.

use super::easel::{Tile, draw};
use super::*;
use base::{Seed, WorldPoint};
use scenario::model::CLASSES;
use scenario::truth::ActorId;
use std::path::PathBuf;

/// Longest side, pixels.
const LONGEST: f64 = 160.0;
/// A file larger than this is no small picture, bytes.
const MOST_BYTES: u64 = 15_000;

/// What shows the class best, and its size there: a person's gear reaches further than a person.
fn pose(class: ActorClass) -> (Activity, f64, f64) {
    let (length, width, height) = class.size();
    let whole = length.max(width).max(height);
    match class {
        ActorClass::Sampan => (Activity::SetGear, 0.2, whole * 1.2),
        ActorClass::MotorBoat | ActorClass::SpeedBoat => (Activity::Cruise, 0.2, whole),
        ActorClass::BambooRaft => (Activity::Electrofish, 0.2, whole),
        ActorClass::SandDredger => (Activity::Dredge, 0.1, whole),
        ActorClass::Angler => (Activity::SitAndFish, 0.3, 3.0),
        ActorClass::DipNetter => (Activity::ScoopNet, 0.75, 2.6),
        ActorClass::CastNetter => (Activity::ThrowNet, 0.48, 5.5),
        ActorClass::Electrofisher => (Activity::Electrofish, 0.3, 2.4),
        ActorClass::Dumper => (Activity::Carry, 0.2, whole),
        ActorClass::Walker | ActorClass::Dog => (Activity::Walk, 0.2, whole),
        ActorClass::Washer => (Activity::Wash, 0.2, 1.35),
        ActorClass::Bather => (Activity::Swim, 0.2, 1.2),
        ActorClass::Egret => (Activity::Fly, 0.1, whole),
        ActorClass::Buffalo | ActorClass::Cow => (Activity::Graze, 0.2, whole),
        ActorClass::Excavator => (Activity::Dig, 0.5, whole),
        ActorClass::Truck => (Activity::Dump, 0.3, whole),
        ActorClass::Car => (Activity::Drive, 0.0, whole),
        ActorClass::GillNet | ActorClass::GroundCage => (Activity::Lie, 0.2, 5.0),
        ActorClass::Steam => (Activity::Flow, 0.2, 4.0),
        _ => (Activity::Lie, 0.2, whole),
    }
}

fn picture(class: ActorClass) -> Tile {
    let (activity, phase, longest) = pose(class);
    let state = ActorState {
        id: ActorId(1),
        class,
        look: Seed(7),
        position: WorldPoint::default(),
        heading: 0.0,
        speed: 1.0,
        water_speed: 1.0,
        activity,
        phase,
        extent: class.size().0.min(5.0),
    };
    let scale = (LONGEST / longest) as f32;
    draw(&actor(&state, scale), 120.0, scale)
}

fn file(id: &str) -> PathBuf {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/golden/actor");
    PathBuf::from(golden).join(format!("{id}.png"))
}

#[test]
fn every_class_looks_as_it_did() {
    let bless = std::env::var("RIVERGAUGE_BLESS").is_ok_and(|v| v == "1");
    let (mut changed, mut large) = (Vec::new(), Vec::new());
    for row in &CLASSES {
        // A plume is water.
        if row.0 == ActorClass::Plume {
            continue;
        }
        let tile = picture(row.0);
        let path = file(row.1);
        let bytes: Vec<u8> = tile.pixels.iter().flatten().copied().collect();
        let (w, h) = (tile.w as u32, tile.h as u32);
        if bless {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            image::save_buffer(&path, &bytes, w, h, image::ColorType::Rgb8).expect("a file");
        }
        let size = std::fs::metadata(&path).map_or(0, |m| m.len());
        let same = image::open(&path)
            .is_ok_and(|was| was.width() == w && was.to_rgb8().into_raw() == bytes);
        if size > MOST_BYTES {
            large.push((row.1, size));
        }
        if !same {
            changed.push(row.1);
        }
    }
    assert!(large.is_empty(), "bytes: {large:?}");
    assert!(changed.is_empty(), "look at these: {changed:?}");
}
