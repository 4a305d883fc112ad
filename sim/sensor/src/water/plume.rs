//! Plumes in the river: what outfalls and dredgers let out, carried and spread by the flow.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | way downstream | where the current carries it: the same part of the width | stream lines of the channel |
//! | way out from a pipe | r d 2.05 (x / r d)^0.28, r jet over current, d the diameter | Pratte and Baines 1967, jet in a cross-flow |
//! | deviation across | sqrt(s0^2 + 2 (D / U) x), s0 of the source | Fischer et al. 1979, Gaussian plume |
//! | transverse diffusivity D | 0.6 h u*, u* = 0.07 U, 2 m deep: D / U = 0.084 m | Fischer et al. 1979, natural streams |
//! | towards the bank | nothing passes it: the water between fills up | the same, boundaries |
//! | concentration | falls with the deviation: what is let out stays | the same |
//! | eddies | noise that runs with the river, 35 % | |
//! | owned | pixels where a fifth of the colour is the plume's | |

use super::surface::Gusts;
use crate::actors::{Drawn, IdBuffer, Layer};
use crate::bake::{Kind, SiteBake};
use crate::quick::{clamp, exp_minus, max, smoothstep};
use base::math;
use glam::{Vec2, Vec3};
use scenario::channel::Channel;
use scenario::model::{ActorClass, OutletSpec, Role};
use scenario::scene::{ActorState, Scene};

/// Transverse diffusivity over the current's speed, metres.
const DIFFUSIVITY: f32 = 0.084;
/// Slowest current that carries one, m/s: it spreads by itself.
const SLOWEST: f32 = 0.15;
/// Speed at which what a pipe lets out reaches the river, m/s.
const JET: f32 = 1.5;
/// Furthest that a jet gets, of half the river's width.
const FURTHEST: f32 = 0.45;
/// Part of the way from a jet to the bank that is one deviation of what fills up there.
const FILLED: f32 = 0.8;
/// Part of the plume's colour from which a pixel counts as its own.
const SHOWS: f32 = 0.2;
/// Beyond this many deviations there is nothing.
const WIDE: f32 = 2.6;
/// Places along a plume at which its course is worked out: close at its source, where it bends.
const STATIONS: usize = 24;

/// A plume at an instant, in channel coordinates.
#[derive(Debug, Clone)]
pub(crate) struct Plume {
    state: ActorState,
    pub(crate) effluent: Effluent,
    along: f32,
    /// Metres downstream that it has reached.
    reach: f32,
    /// Deviation at the source, metres.
    source: f32,
    /// The bank that it comes from: 1 left, -1 right.
    side: f32,
    stations: [Station; STATIONS + 1],
    flow: f32,
    /// Area of the channel it may touch: along from and to, across from and to.
    area: [f32; 4],
}

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Effluent {
    /// Reflectance of the water that is all effluent, linear red, green, blue.
    pub(crate) colour: Vec3,
    /// Sand and clay, as bright in the near infrared.
    pub(crate) silty: bool,
    /// Above the river's temperature, kelvin.
    pub(crate) warmer: f32,
    /// Part of the water's colour that it takes at the source.
    strength: f32,
}

/// A band's plume: what water that is all effluent sends out, as the band gives reflectances, and
/// how it mixes with the river's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dye<const P: usize> {
    pub(crate) reflectance: [f32; P],
    pub(crate) mixing: Mixing,
}

/// How much of what is seen is the effluent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mixing {
    /// As colour does: what little there is of a strong dye still shows.
    Dye,
    /// As heat does.
    Heat,
}

/// A place along a plume.
#[derive(Debug, Clone, Copy, Default)]
struct Station {
    /// Distance of its axis from the middle of the river, metres.
    axis: f32,
    /// Square of its deviation to the open water and to the bank, m2.
    open: f32,
    bank: f32,
}

impl Effluent {
    /// Part of what is seen that is the effluent's, by its concentration: Beer's law for colours.
    #[inline(always)]
    pub(crate) fn part(&self, concentration: f32, mixing: Mixing) -> f32 {
        match mixing {
            Mixing::Dye => self.strength * (1.0 - exp_minus(2.4 * concentration)),
            Mixing::Heat => clamp(concentration, 0.0, 1.0),
        }
    }
}

impl Plume {
    /// Of an actor; `None` for any other class.
    pub(crate) fn of(scene: &Scene, state: &ActorState) -> Option<Self> {
        if state.class != ActorClass::Plume || state.extent < 0.5 {
            return None;
        }
        let actor = scene.actors.get((state.id.0 as usize).checked_sub(1)?)?;
        let mut outlets = scene.site.outlets.iter();
        let outlet = outlets.find(|o| Some(&o.name) == actor.outlet.as_ref());
        let foul = matches!(actor.role, Role::Offence(_));
        Some(Self::from(state, outlet, foul, scene.terrain().channel()))
    }

    /// Of a plume out of an outlet, or of a boat that stirs up the bed.
    fn from(
        state: &ActorState,
        outlet: Option<&OutletSpec>,
        foul: bool,
        channel: &Channel,
    ) -> Self {
        let place = channel.locate(state.position.plan());
        let (along, across) = (place.along as f32, place.across as f32);
        let reach = state.extent as f32;
        let (source, strength, colour) = match outlet {
            None => (2.6, 0.95, Vec3::new(0.190, 0.140, 0.078)),
            // Foul: near black, a touch of brown and yellow.
            Some(_) if foul => (0.9, 0.97, Vec3::new(0.012, 0.010, 0.007)),
            // Clear water.
            Some(_) => (1.0, 0.45, Vec3::new(0.020, 0.032, 0.026)),
        };
        let side = if across >= 0.0 { 1.0 } else { -1.0 };
        let jet = outlet.map(|o| Jet {
            diameter: o.diameter as f32,
            side,
            // What floats off after its source has stopped keeps to its way.
            passed: (along - channel.locate(o.at.into()).along as f32).max(0.0),
        });
        let stations = stations(channel, [along, across], reach, source, jet);
        let shown = |s: &Station| {
            let (open, bank) = (WIDE * s.open.sqrt() + 3.0, WIDE * s.bank.sqrt() + 3.0);
            let ends = [s.axis - side * open, s.axis + side * bank];
            [ends[0].min(ends[1]), ends[0].max(ends[1])]
        };
        let wide = stations.iter().map(shown);
        let [left, right] = wide.fold([f32::INFINITY, f32::NEG_INFINITY], |all, s| {
            [all[0].min(s[0]), all[1].max(s[1])]
        });
        let middle = channel.at(
            f64::from(along + 0.5 * reach),
            f64::from(stations[STATIONS * 2 / 3].axis),
        );
        Self {
            state: *state,
            effluent: Effluent {
                colour,
                silty: outlet.is_none(),
                warmer: outlet.map_or(0.0, |o| o.warmer as f32),
                strength,
            },
            along,
            reach,
            source,
            side,
            stations,
            flow: (channel.flow(middle).length() as f32).max(SLOWEST),
            area: [along - 3.0, along + reach + 2.0, left, right],
        }
    }

    /// Whether a row of places between two ends may lie in it.
    pub(crate) fn may_touch(&self, [a, b]: [[f32; 2]; 2]) -> bool {
        let [from, to, left, right] = self.area;
        // Bends of the channel between the ends.
        let slack = 8.0;
        a[0].max(b[0]) > from - slack
            && a[0].min(b[0]) < to + slack
            && a[1].max(b[1]) > left - slack
            && a[1].min(b[1]) < right + slack
    }

    /// What it is like so many metres downstream of its source.
    #[inline(always)]
    fn station(&self, x: f32) -> Station {
        let s = (clamp(x / self.reach, 0.0, 1.0)).sqrt() * STATIONS as f32;
        let k = (s as usize).min(STATIONS - 1);
        let t = s - k as f32;
        let (a, b) = (&self.stations[k], &self.stations[k + 1]);
        Station {
            axis: a.axis + (b.axis - a.axis) * t,
            open: a.open + (b.open - a.open) * t,
            bank: a.bank + (b.bank - a.bank) * t,
        }
    }

    /// Concentration at a place of the channel, of what comes out; somewhat above 1 in eddies.
    pub(crate) fn at(&self, [along, across]: [f32; 2], gusts: &Gusts, seconds: f32) -> f32 {
        let [from, to, left, right] = self.area;
        if along < from || along > to || across < left || across > right {
            return 0.0;
        }
        let x = along - self.along;
        let drift = self.flow * 0.8 * seconds;
        // Billows move the axis, more so further down, and tear the edges.
        let eddy = gusts.at(2.2 * (along - drift), 5.0 * across + 13.0) - 0.5;
        let x = x + 2.0 * eddy;
        let station = self.station(x);
        let swing =
            (gusts.at(0.9 * (along - drift), 71.0) - 0.5) * (0.4 + 0.06 * max(x, 0.0)).min(3.0);
        let back = max(-x, 0.0);
        let off = across - station.axis - swing;
        let squared = if off * self.side > 0.0 {
            station.bank
        } else {
            station.open
        };
        let lateral = off * off / (2.0 * squared) + back * back * 0.5;
        let end = smoothstep(self.reach, 0.8 * self.reach - 1.0, x + 6.0 * eddy);
        let kept = self.source / station.open.sqrt();
        max(kept * exp_minus(lateral) * end * (1.0 + 1.4 * eddy), 0.0)
    }

    /// Draws its pixels for truth, and takes those that nobody else owns. `None` where nothing of it
    /// shows.
    pub(crate) fn own<const P: usize>(
        &self,
        bake: &SiteBake,
        gusts: &Gusts,
        seconds: f32,
        ids: &mut IdBuffer,
    ) -> Option<Drawn<P>> {
        let [x0, y0, x1, y1] = self.bounds(bake)?;
        let width = x1 - x0;
        let mut layer = Layer {
            x0: x0 as i32,
            y0: y0 as i32,
            width,
            height: y1 - y0,
            w: vec![[0.0; 4]; width * (y1 - y0)],
            radiance: vec![[0.0; P]; width * (y1 - y0)],
        };
        let mut any = false;
        // Every second pixel each way stands for four.
        for y in (y0..y1).step_by(2) {
            for x in (x0..x1).step_by(2) {
                let at = y * bake.width + x;
                let w = bake.w(at)[0];
                if bake.samples(at)[0].kind != Kind::Water || w <= 0.0 {
                    continue;
                }
                let river = bake.river(bake.lens.place(x as f32 + 0.5, y as f32 + 0.5, w));
                let there = self.at([river.along, river.across], gusts, seconds);
                if self.effluent.part(there, Mixing::Dye) < SHOWS {
                    continue;
                }
                for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                    let at = y * bake.width + x;
                    if x >= x1 || y >= y1 {
                        continue;
                    }
                    let samples = bake.samples(at);
                    let wet = samples.iter().filter(|s| s.kind == Kind::Water);
                    if wet.count() < 2 {
                        continue;
                    }
                    layer.w[(y - y0) * width + x - x0] = [w; 4];
                    any = true;
                    if ids.ids[at] == 0 {
                        ids.ids[at] = self.state.id.0;
                    }
                }
            }
        }
        any.then(|| Drawn {
            state: self.state,
            range: bake.lens.range(self.state.position),
            layer,
            rods: Vec::new(),
            shadow: None,
            mirror: None,
            smear: None,
        })
    }

    /// Pixels it may touch: left, top, right, bottom.
    fn bounds(&self, bake: &SiteBake) -> Option<[usize; 4]> {
        let channel = bake.channel();
        let [from, to, left, right] = self.area;
        let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        let steps = 24;
        for i in 0..=steps {
            let along = from + (to - from) * i as f32 / steps as f32;
            for across in [left, right] {
                let p = channel.at(f64::from(along), f64::from(across)).as_vec2();
                let v = bake.lens.vertex(p.extend(bake.water_level));
                if v.w > 0.0 {
                    low = low.min(Vec2::new(v.x, v.y));
                    high = high.max(Vec2::new(v.x, v.y));
                }
            }
        }
        let size = Vec2::new(bake.width as f32, bake.height as f32);
        let (low, high) = (
            (low - 2.0).clamp(Vec2::ZERO, size),
            (high + 2.0).clamp(Vec2::ZERO, size),
        );
        let out = [low.x, low.y, high.x, high.y].map(|v| v as usize);
        (out[0] < out[2] && out[1] < out[3]).then_some(out)
    }
}

/// What has left a pipe.
#[derive(Debug, Clone, Copy)]
struct Jet {
    /// Of the pipe, metres.
    diameter: f32,
    /// The bank that it stands at: 1 left, -1 right.
    side: f32,
    /// How far the nearest of it has floated, metres.
    passed: f32,
}

/// A plume's course from its source on.
fn stations(
    channel: &Channel,
    [along, across]: [f32; 2],
    reach: f32,
    source: f32,
    jet: Option<Jet>,
) -> [Station; STATIONS + 1] {
    let half = |x: f32| channel.half_width(f64::from(along + x)) as f32;
    let first = half(0.0);
    let passed = jet.map_or(0.0, |jet| jet.passed);
    // The current that bends a jet: a fifth of the way out from the bank.
    let beside = channel.at(f64::from(along), f64::from(0.8 * across));
    let crossing = (channel.flow(beside).length() as f32).max(SLOWEST);
    std::array::from_fn(|k| {
        let part = k as f32 / STATIONS as f32;
        let x = part * part * reach;
        let width = half(x);
        // The current keeps it at the same part of the width.
        let carried = across / first * width;
        let out = jet.map_or(0.0, |jet| {
            let scale = jet.diameter * JET / crossing;
            let bent = 2.05 * scale * math::f32::pow((x + jet.passed) / scale, 0.28);
            bent.min(FURTHEST * width)
        });
        let axis = carried - jet.map_or(0.0, |jet| jet.side) * out;
        let squared = source * source + 2.0 * DIFFUSIVITY * (x + passed);
        let bank = FILLED * out;
        Station {
            axis,
            open: squared,
            bank: squared.max(bank * bank),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Seed, WorldPoint};
    use scenario::model::ReachSpec;
    use scenario::scene::Activity;
    use scenario::truth::ActorId;

    /// A river that bends left through a quarter of a circle of 200 m, 80 m wide.
    fn bend() -> Channel {
        let arc = (0..=12).map(|i| {
            let turn = f64::from(i) * std::f64::consts::FRAC_PI_2 / 12.0;
            let (s, c) = math::f64::sin_cos(turn);
            [200.0 * s, 200.0 - 200.0 * c, 80.0]
        });
        Channel::new(&ReachSpec {
            centre_line: arc.collect(),
            water_level: 0.0,
            flow: 0.8,
            turbidity: 0.5,
        })
    }

    fn plume(channel: &Channel, activity: Activity, across: f64, warmer: Option<f64>) -> Plume {
        let at = channel.at(60.0, across);
        let outlet = warmer.map(|warmer| OutletSpec {
            name: "pipe".to_owned(),
            at: at.into(),
            diameter: 0.8,
            warmer,
        });
        let state = ActorState {
            id: ActorId(1),
            class: ActorClass::Plume,
            look: Seed(1),
            position: WorldPoint::from(at.extend(0.0)),
            heading: 0.0,
            speed: 0.0,
            water_speed: 0.0,
            activity,
            phase: 0.0,
            extent: 110.0,
        };
        Plume::from(&state, outlet.as_ref(), true, channel)
    }

    /// Middle of the concentration across the river at so many metres downstream, and its deviation.
    fn across(plume: &Plume, x: f32) -> (f32, f32) {
        let gusts = Gusts::new(3);
        let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
        for i in -400..400 {
            let y = 0.1 * i as f32;
            // Eddies pass by: their mean is nothing.
            let c: f32 = (0..40)
                .map(|t| plume.at([plume.along + x, y], &gusts, 17.0 * t as f32))
                .sum();
            sum += c;
            first += c * y;
            second += c * y * y;
        }
        let mean = first / sum;
        (mean, (second / sum - mean * mean).sqrt())
    }

    /// What a dredger stirs up in mid-stream stays in mid-stream round the bend, and spreads as
    /// sqrt(s0^2 + 2 D x / U).
    #[test]
    fn silt_follows_the_bend_and_spreads() {
        let channel = bend();
        let plume = plume(&channel, Activity::Dredge, 0.0, None);
        for x in [20.0f32, 70.0] {
            let (middle, deviation) = across(&plume, x);
            assert!(middle.abs() < 0.6, "{x} {middle}");
            let expected = (2.6 * 2.6 + 2.0 * DIFFUSIVITY * x).sqrt();
            assert!(
                (deviation / expected - 1.0).abs() < 0.25,
                "{x} {deviation} {expected}"
            );
        }
    }

    /// A jet leaves its bank at right angles and bends downstream (Pratte and Baines 1967).
    #[test]
    fn a_jet_bends_downstream() {
        let plume = plume(&bend(), Activity::Flow, 38.0, Some(6.0));
        let axis = |x: f32| 38.0 - plume.station(x).axis;
        assert!(axis(0.0).abs() < 0.1);
        let (near, far) = (axis(2.0), axis(16.0));
        assert!(near > 3.0 && far < FURTHEST * 40.0, "{near} {far}");
        // Eight times as far downstream, 8^0.28 times as far out.
        let power = math::f32::ln(far / near) / math::f32::ln(8.0);
        assert!((power - 0.28).abs() < 0.04, "{power}");
        assert_eq!(plume.effluent.warmer, 6.0);
        // And what lies between it and the bank is foul too.
        let gusts = Gusts::new(3);
        let shore = plume.at([plume.along + 30.0, 38.0], &gusts, 0.0);
        let open = plume.at([plume.along + 30.0, -10.0], &gusts, 0.0);
        assert!(shore > 0.1 && open < 0.02, "{shore} {open}");
    }

    /// Heat mixes in proportion, colour more strongly.
    #[test]
    fn heat_thins_out_sooner_than_colour() {
        let effluent = plume(&bend(), Activity::Flow, 38.0, Some(6.0)).effluent;
        let (dye, heat) = (
            effluent.part(0.1, Mixing::Dye),
            effluent.part(0.1, Mixing::Heat),
        );
        assert_eq!(heat, 0.1);
        assert!((0.2..0.24).contains(&dye), "{dye}");
    }
}
