//! Draws the models on a contact sheet, to be looked at: `turntable OUT.png [CLASS..]`.
//!
//! A row is a look and an activity; columns turn it, then show it small. Sun from the upper
//! left behind the viewer with shadows, grey-blue sky light, a view from 10 degrees above.

#[path = "../src/models/easel.rs"]
mod easel;
#[path = "../src/models/sample_site.rs"]
mod sample_site;

use easel::{Tile, draw};
use scenario::model::{ActorClass, CLASSES};
use scenario::scene::{Activity, ActorState};
use scenario::truth::ActorId;
use sensor::mesh::Mesh;
use std::error::Error;

/// Columns: (degrees of turn, pixels of the longest side).
const COLUMNS: [(f32, usize); 8] = [
    (90.0, 300),
    (35.0, 300),
    (90.0, 150),
    (125.0, 150),
    (180.0, 150),
    (90.0, 40),
    (35.0, 40),
    (90.0, 20),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: turntable OUT.png [CLASS..]")?;
    let wanted: Vec<String> = args.collect();
    if wanted.first().is_some_and(|w| w == "statics") {
        let sheets = statics();
        return compose(&sheets, &out);
    }
    let mut rows = Vec::new();
    for row in &CLASSES {
        if wanted.is_empty() || wanted.iter().any(|w| w == row.1) {
            for (k, activity) in activities(row.0).into_iter().enumerate() {
                for look in 0..if wanted.is_empty() { 1 } else { 3 } {
                    rows.push((
                        row.0,
                        activity,
                        11 + look + 10 * k as u64,
                        0.13 + 0.31 * look as f64,
                    ));
                }
            }
        }
    }
    let sheets: Vec<Vec<Tile>> = rows
        .iter()
        .map(|&(class, activity, look, phase)| {
            COLUMNS
                .iter()
                .map(|&(turn, px)| tile(class, activity, look, phase, turn, px))
                .collect()
        })
        .collect();
    compose(&sheets, &out)
}

/// A row for each shape of a sample site: near from two sides, small, and its far shape.
fn statics() -> Vec<Vec<Tile>> {
    let site = sample_site::site();
    let all = sensor::models::statics(&site, &scenario::terrain::Terrain::new(&site));
    let mut seen = vec![false; all.meshes.len()];
    let mut rows = Vec::new();
    for i in &all.instances {
        if !std::mem::replace(&mut seen[i.mesh], true) {
            let (near, far) = (&all.meshes[i.mesh], &all.meshes[i.far_mesh]);
            let Some((lo, hi)) = near.bounds() else {
                continue;
            };
            let scale = 300.0 / (hi - lo).max_element();
            rows.push(vec![
                draw(near, 90.0, scale),
                draw(near, 35.0, scale),
                draw(near, 90.0, scale * 0.3),
                draw(far, 90.0, scale * 0.3),
                draw(near, 90.0, scale * 0.1),
                draw(far, 90.0, scale * 0.1),
            ]);
        }
    }
    rows
}

fn compose(sheets: &[Vec<Tile>], out: &str) -> Result<(), Box<dyn Error>> {
    let columns = sheets.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| sheets.iter().map(|r| r[c].w).max().unwrap_or(0) + 6)
        .collect();
    let heights: Vec<usize> = sheets
        .iter()
        .map(|r| r.iter().map(|t| t.h).max().unwrap_or(0) + 6)
        .collect();
    let (w, h) = (widths.iter().sum::<usize>(), heights.iter().sum::<usize>());
    let mut image = image::RgbImage::from_pixel(w as u32, h as u32, image::Rgb([90, 104, 100]));
    let mut top = 0;
    for (row, height) in sheets.iter().zip(&heights) {
        let mut left = 0;
        for (tile, width) in row.iter().zip(&widths) {
            for y in 0..tile.h {
                for x in 0..tile.w {
                    let rgb = tile.pixels[y * tile.w + x];
                    image.put_pixel((left + x) as u32, (top + y) as u32, image::Rgb(rgb));
                }
            }
            left += width;
        }
        top += height;
    }
    image.save(out)?;
    Ok(())
}

fn activities(class: ActorClass) -> Vec<Activity> {
    use Activity as A;
    match class {
        ActorClass::Sampan
        | ActorClass::BambooRaft
        | ActorClass::MotorBoat
        | ActorClass::SpeedBoat => vec![
            A::Cruise,
            A::Work,
            A::Lie,
            A::SetGear,
            A::HaulGear,
            A::Electrofish,
        ],
        ActorClass::Angler => vec![A::SitAndFish, A::Cast, A::Walk, A::Stand],
        ActorClass::DipNetter => vec![A::ScoopNet, A::Wade, A::Walk],
        ActorClass::CastNetter => vec![A::ThrowNet, A::Stand],
        ActorClass::Electrofisher => vec![A::Electrofish, A::Walk],
        ActorClass::Dumper => vec![A::Carry, A::Dump, A::Stand],
        ActorClass::Washer => vec![A::Wash],
        ActorClass::Bather => vec![A::Swim, A::Stand],
        ActorClass::Egret => vec![A::Graze, A::Fly],
        ActorClass::Duck => vec![A::Lie, A::Fly],
        ActorClass::Buffalo | ActorClass::Cow => vec![A::Graze, A::Walk],
        ActorClass::Walker | ActorClass::Dog => vec![A::Walk, A::Stand],
        ActorClass::SandDredger => vec![A::Dredge, A::Lie],
        ActorClass::Excavator => vec![A::Dig, A::Park],
        ActorClass::Truck => vec![A::Drive, A::Dump],
        ActorClass::Car => vec![A::Drive],
        ActorClass::PatrolBoat | ActorClass::Ferry | ActorClass::CargoBarge => vec![A::Cruise],
        _ => vec![A::Lie],
    }
}

fn tile(
    class: ActorClass,
    activity: Activity,
    look: u64,
    phase: f64,
    turn: f32,
    px: usize,
) -> Tile {
    let (l, w, h) = class.size();
    // An angler's rod is long; show the person at the size of the others.
    let person = matches!(
        class,
        ActorClass::Angler
            | ActorClass::DipNetter
            | ActorClass::CastNetter
            | ActorClass::Electrofisher
    );
    let longest = (l.max(w).max(h) as f32).max(if person { 3.0 } else { 0.0 });
    let scale = px as f32 / longest;
    let state = ActorState {
        id: ActorId(1),
        class,
        look: base::Seed(look),
        position: base::WorldPoint::default(),
        heading: 0.0,
        speed: 1.0,
        water_speed: 1.0,
        activity,
        phase,
        extent: class.size().0,
    };
    let mesh = sensor::models::actor(&state, scale);
    draw(&mesh, turn, scale)
}
