//! Truth of frames without rendering them: boxes of what stands and lies where, by geometry alone.
//!
//! Nothing hides anything, no lens or air dims it; what a band cannot see at all is left out: by night
//! a camera for visible light sees nothing, and a thermal one sees no nets, floats or plumes. So it asks more of
//! tracker and rules than pictures do where those hide people from each other, and less where
//! pictures are too poor.

use base::site::{CameraMode, CameraSetup};
use base::{BBox, Camera, ObjectClass, SimTime, WorldPoint};
use glam::DVec2;
use scenario::scene::{ActorState, Scene};
use scenario::truth::{FrameTruth, ObjectTruth};

/// Part of a box that an object's own pixels fill, about.
const FILL: f64 = 0.55;

/// Every frame of every camera, each `every` (a whole number of frames), in the order of time.
pub(crate) fn frames(scene: &Scene, every: SimTime) -> Vec<FrameTruth> {
    let dark = scene.conditions().iter().any(|c| c == "night");
    let mut frames = Vec::new();
    for setup in &scene.cameras {
        let n = (scene.duration.secs() * setup.fps).ceil() as u64;
        let step = (every.secs() * setup.fps).round().max(1.0) as usize;
        for frame_index in (0..n).step_by(step) {
            let due = SimTime::of_frame(frame_index, setup.fps);
            frames.push(frame(scene, setup, dark, frame_index, due));
        }
    }
    let number = |f: &FrameTruth| scene.cameras.iter().position(|c| c.id == f.camera);
    frames.sort_by_key(|f| (f.due, number(f)));
    frames
}

fn frame(
    scene: &Scene,
    setup: &CameraSetup,
    dark: bool,
    frame_index: u64,
    due: SimTime,
) -> FrameTruth {
    let moving = !setup.aim(due).is_steady();
    let camera = setup.at(due).camera();
    let blind = dark && setup.mode == CameraMode::Visible;
    let states = scene.actors_at(due);
    let seen = states.iter().filter(|_| !moving && !blind);
    let objects = seen.filter_map(|state| {
        let called = scene.called(state);
        let cold = matches!(
            called.root(),
            ObjectClass::Net | ObjectClass::Cage | ObjectClass::Plume | ObjectClass::Debris
        );
        (!(cold && setup.mode == CameraMode::Thermal)).then_some(())?;
        object(&camera, state, called)
    });
    FrameTruth {
        camera: setup.id.clone(),
        frame_index,
        due,
        mode: setup.mode,
        moving,
        effects: Vec::new(),
        objects: objects.collect(),
    }
}

fn object(camera: &Camera, state: &ActorState, called: ObjectClass) -> Option<ObjectTruth> {
    let points = corners(state, called).map(|p| camera.project(p));
    let mut whole = BBox::new(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for point in points {
        let p = point?;
        whole.x0 = whole.x0.min(p.x as f32);
        whole.y0 = whole.y0.min(p.y as f32);
        whole.x1 = whole.x1.max(p.x as f32);
        whole.y1 = whole.y1.max(p.y as f32);
    }
    let inside = whole.clipped(camera.width() as f32, camera.height() as f32);
    if !inside.is_sane() {
        return None;
    }
    let range = camera.range(state.position);
    Some(ObjectTruth {
        actor: state.id,
        object: Some(called),
        amodal: inside,
        visible: inside,
        pixels: (f64::from(inside.area()) * FILL) as u32,
        visible_fraction: 1.0,
        in_frame_fraction: inside.area() / whole.area().max(1e-3),
        range: range as f32,
        ground: state.position,
        speed: state.speed as f32,
        pixels_per_metre: camera.pixels_per_metre(range) as f32,
        contrast: 0.5,
        ..ObjectTruth::default()
    })
}

/// The corners of a cuboid about it. A net lies astern of its end, a plume downstream of its mouth.
fn corners(state: &ActorState, called: ObjectClass) -> [WorldPoint; 8] {
    let (length, width, height) = state.class.size();
    let [back, front] = match called.root() {
        ObjectClass::Net | ObjectClass::Cage => [state.extent, 0.0],
        ObjectClass::Plume => [0.0, state.extent],
        ObjectClass::Debris => [0.5 * state.extent, 0.5 * state.extent],
        _ => [0.5 * length, 0.5 * length],
    };
    let (s, c) = base::math::f64::sin_cos(state.heading.to_radians());
    let (ahead, right) = (DVec2::new(s, c), DVec2::new(c, -s));
    let foot = state.position;
    std::array::from_fn(|i| {
        let along = if i & 1 == 0 { -back } else { front };
        let across = if i & 2 == 0 { -0.5 } else { 0.5 } * width;
        let up = if i & 4 == 0 { 0.0 } else { height };
        let p = foot.plan() + ahead * along + right * across;
        WorldPoint::new(p.x, p.y, foot.up + up)
    })
}
