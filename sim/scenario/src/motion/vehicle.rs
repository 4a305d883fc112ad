//! Cars and trucks on the site's roads, and a truck that backs down to the water and tips its load.

use super::stage::{Attempt, Stage, bearing, heading_vector, steps, turn};
use super::trajectory::{DT, Pose, Trajectory};
use crate::model::{Path, PlaceKind};
use crate::scene::Activity;
use glam::{DVec2, DVec3};

/// Distance between two points of a way, metres.
const GRAIN: f64 = 0.5;
/// Distance over which a vehicle rounds a bend, metres.
const BEND: f64 = 5.0;
/// Radius of the arc by which a truck backs off the road, metres.
const ARC: f64 = 9.0;
/// Seconds in which a truck's bed goes up, stays and comes down.
const TIP: f64 = 36.0;
/// Speed backwards and off the road, m/s.
const SLOW: f64 = 1.6;
/// Shore distance at which a truck tips, metres.
const TIPPING_SHORE: [f64; 2] = [4.5, 6.5];

/// Points of a course at equal distances, with the vehicle's heading at each.
type Course = Vec<(DVec2, f64)>;

/// Drives along a road, or stands beside it.
pub(super) fn on_road(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let near = beside_place(stage, attempt);
    let Some((mut road, nearest)) = nearest_road(stage, near) else {
        return Trajectory::default();
    };
    if stage.path == Path::Still {
        let (at, heading) = headed(&road, false)[nearest];
        let side = heading_vector(heading + 90.0) * attempt.dice.range(1.0, 2.2);
        return parked(stage, at + side, heading);
    }
    if attempt.dice.chance(0.5) {
        road.reverse();
    }
    let course: Course = keep_right(headed(&road, false));
    let mut log = Log::new(stage, stage.from.max(0));
    // What is there at frame 0 is somewhere on its way.
    let skip = if stage.from <= 0 {
        (course.len() as f64 * attempt.dice.range(0.0, 0.6)) as usize
    } else {
        0
    };
    log.drive(
        &course[skip.min(course.len().saturating_sub(1))..],
        stage.speed.clamp(1.0, 20.0),
    );
    log.finish()
}

/// Comes along the road, backs to the water's edge, tips, and drives off.
pub(super) fn tipper(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let shore = attempt.dice.range(TIPPING_SHORE[0], TIPPING_SHORE[1]);
    let along = stage.along(attempt);
    let side = stage.side(&mut attempt.dice);
    let spot = stage.off_edge(along, side, shore);
    let Some((mut road, mut nearest)) = nearest_road(stage, spot) else {
        return Trajectory::default();
    };
    if attempt.dice.chance(0.5) {
        road.reverse();
        nearest = road.len() - 1 - nearest;
    }
    let back = (nearest as f64).min(ARC / GRAIN) as usize;
    let ahead = (nearest + back).min(road.len() - 1);
    let gate = road[nearest];
    let down = (spot - gate).normalize_or_zero();
    let inner = gate + down * ARC.min(0.5 * gate.distance(spot));
    let arc = curve(road[ahead], gate, inner);
    let lane = line(inner, spot);
    let reverse: Vec<DVec2> = arc.iter().chain(&lane).copied().collect();
    let mut forth = reverse.clone();
    forth.reverse();
    forth.extend(&road[ahead..]);
    let speed = stage.speed.clamp(1.0, 8.0);
    let way_in = headed(&road[..=ahead], false);
    let way_back = headed(&reverse, true);
    let lead = way_in.len() as f64 * GRAIN / speed + way_back.len() as f64 * GRAIN / SLOW;
    let start = stage.from - steps(lead + 3.0);
    let mut log = Log::new(stage, start);
    if stage.from <= 0 {
        // It stands there already.
        log = Log::new(stage, 0);
        log.place(way_back.last().copied());
    } else {
        log.drive(&way_in, speed);
        log.drive(&way_back, SLOW);
    }
    log.stand(stage.from - 1, Activity::Park, TIP);
    let tipped = (stage.from + steps(TIP) - 1).min(stage.until);
    log.stand(tipped, Activity::Dump, TIP);
    let rest = tipped + steps(attempt.dice.range(8.0, 20.0));
    log.stand(rest.min(stage.stop), Activity::Park, TIP);
    let away = headed(&forth, false);
    log.drive(&away, 0.6 * speed);
    log.finish()
}

/// Stands from one lattice instant up to another, then drives to the nearest road and along it, the
/// way that it faces. Where there is no road it stays.
pub(super) fn drives_off(
    stage: &Stage<'_>,
    (at, heading): (DVec2, f64),
    first: i64,
    go: i64,
) -> Trajectory {
    let mut log = Log::new(stage, first);
    log.place(Some((at, heading)));
    let Some((mut road, mut nearest)) = nearest_road(stage, at) else {
        log.stand(stage.stop, Activity::Park, TIP);
        return log.finish();
    };
    log.stand(go, Activity::Park, TIP);
    let ends = [nearest.saturating_sub(1), (nearest + 1).min(road.len() - 1)];
    let faces = heading_vector(heading);
    if (road[ends[1]] - road[ends[0]]).dot(faces) < 0.0 {
        road.reverse();
        nearest = road.len() - 1 - nearest;
    }
    let away = at.distance(road[nearest]);
    let joins = (nearest + (1.5 * away / GRAIN) as usize).min(road.len() - 1);
    let mut course = curve(at, at + faces * ARC.min(0.5 * away), road[joins]);
    course.extend(&road[joins..]);
    log.drive(&headed(&course, false), stage.speed.clamp(SLOW, 5.0));
    log.finish()
}

fn beside_place(stage: &Stage<'_>, attempt: &mut Attempt) -> DVec2 {
    let along = stage.along(attempt);
    let side = match stage.place.kind {
        PlaceKind::RightBank => -1.0,
        _ => 1.0,
    };
    stage.off_edge(along, side, 12.0)
}

/// The road that comes nearest to a place, in grains, and the index of its nearest point.
fn nearest_road(stage: &Stage<'_>, p: DVec2) -> Option<(Vec<DVec2>, usize)> {
    let grains = stage.roads.iter().map(|road| {
        let ends = road.windows(2);
        let points: Vec<DVec2> = ends
            .flat_map(|pair| line(pair[0].into(), pair[1].into()))
            .collect();
        points
    });
    let mut best: Option<(f64, Vec<DVec2>, usize)> = None;
    for road in grains.filter(|road| road.len() >= 4) {
        let nearest = (0..road.len())
            .min_by(|&a, &b| road[a].distance(p).total_cmp(&road[b].distance(p)))
            .unwrap_or(0);
        let distance = road[nearest].distance(p);
        if best.as_ref().is_none_or(|(least, ..)| distance < *least) {
            best = Some((distance, road, nearest));
        }
    }
    best.map(|(_, road, nearest)| (road, nearest))
}

/// Points from one place up to another, a grain apart.
fn line(a: DVec2, b: DVec2) -> Vec<DVec2> {
    let n = (a.distance(b) / GRAIN).ceil().max(1.0) as usize;
    (0..n).map(|i| a.lerp(b, i as f64 / n as f64)).collect()
}

/// A quadratic curve between two places about a corner, in grains.
fn curve(a: DVec2, corner: DVec2, b: DVec2) -> Vec<DVec2> {
    let n = ((a.distance(corner) + corner.distance(b)) / GRAIN)
        .ceil()
        .max(2.0) as usize;
    let at = |i: usize| {
        let t = i as f64 / n as f64;
        a.lerp(corner, t).lerp(corner.lerp(b, t), t)
    };
    (0..n).map(at).collect()
}

/// A course along points: each heading from what lies behind to what lies ahead, the other way
/// round when it backs.
fn headed(points: &[DVec2], backs: bool) -> Course {
    let reach = (BEND / GRAIN) as usize;
    let heading = |i: usize| {
        let (a, b) = (
            points[i.saturating_sub(reach)],
            points[(i + reach).min(points.len() - 1)],
        );
        bearing(if backs { a - b } else { b - a })
    };
    let headings = (0..points.len()).map(heading);
    points.iter().copied().zip(headings).collect()
}

/// The right-hand lane of a course.
fn keep_right(course: Course) -> Course {
    let right = |(p, heading): (DVec2, f64)| (p + heading_vector(heading + 90.0) * 1.1, heading);
    course.into_iter().map(right).collect()
}

fn parked(stage: &Stage<'_>, at: DVec2, heading: f64) -> Trajectory {
    let mut log = Log::new(stage, 0);
    log.place(Some((at, heading)));
    log.stand(stage.stop, Activity::Park, 10.0);
    log.finish()
}

/// What a vehicle did so far.
struct Log<'a> {
    stage: &'a Stage<'a>,
    first: i64,
    here: Option<(DVec2, f64)>,
    speed: f64,
    poses: Vec<Pose>,
}

impl<'a> Log<'a> {
    fn new(stage: &'a Stage<'a>, first: i64) -> Self {
        Self {
            stage,
            first,
            here: None,
            speed: 0.0,
            poses: Vec::new(),
        }
    }

    fn now(&self) -> i64 {
        self.first + self.poses.len() as i64
    }

    fn place(&mut self, at: Option<(DVec2, f64)>) {
        self.here = at;
    }

    fn note(&mut self, activity: Activity, phase: f64) {
        let Some((p, heading)) = self.here else {
            return;
        };
        let stand = self.stage.terrain.stand(p);
        self.poses.push(Pose {
            at: DVec3::new(p.x, p.y, stand.up),
            heading,
            speed: self.speed,
            water_speed: 0.0,
            activity,
            phase,
            extent: None,
        });
    }

    /// Stands until a lattice instant; `cycle` is the activity's period in seconds.
    fn stand(&mut self, until: i64, activity: Activity, cycle: f64) {
        self.speed = 0.0;
        let began = self.now();
        while self.here.is_some() && self.now() <= until.min(self.stage.stop) {
            let phase = (self.now() - began) as f64 * DT / cycle;
            self.note(activity, phase);
        }
    }

    /// Along a course at a speed, slower at its ends where it stood or has to stop.
    fn drive(&mut self, course: &[(DVec2, f64)], speed: f64) {
        let length = course.len().saturating_sub(1) as f64 * GRAIN;
        let mut done = 0.0;
        let starts = self.here.is_some();
        while done < length && self.now() <= self.stage.stop {
            let index = done / GRAIN;
            let (i, part) = (index as usize, index.fract());
            let (a, b) = (course[i], course[(i + 1).min(course.len() - 1)]);
            let heading = (a.1 + turn(a.1, b.1) * part).rem_euclid(360.0);
            self.here = Some((a.0.lerp(b.0, part), heading));
            let start = if starts { 0.6 + 0.35 * done } else { speed };
            let pace = speed.min(start).min(0.5 + 0.35 * (length - done)).max(0.4);
            self.speed = pace;
            self.note(Activity::Drive, done / 10.0);
            done += pace * DT;
        }
    }

    fn finish(self) -> Trajectory {
        Trajectory::new(self.first, self.poses)
    }
}
