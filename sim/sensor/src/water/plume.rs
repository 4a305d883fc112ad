//! Plumes in the river: what outfalls and dredgers let out, carried and spread by the flow.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | deviation across | sqrt(s0^2 + 2 D x / U), s0 of the source | Fischer et al. 1979, Gaussian plume |
//! | transverse diffusivity D | 0.6 h u*: 0.08 m2/s | Fischer et al. 1979, natural streams |
//! | concentration | falls with the deviation: what is let out stays | the same |
//! | eddies | noise that runs with the river, 35 % | |
//! | owned | pixels where a fifth of the colour is the plume's | |

use super::surface::Gusts;
use crate::actors::{Drawn, IdBuffer, Layer};
use crate::bake::{Kind, SiteBake};
use crate::band::WaterLight;
use crate::quick::{exp_minus, max, smoothstep};
use glam::{Vec2, Vec3};
use scenario::channel::Channel;
use scenario::model::ActorClass;
use scenario::scene::{Activity, ActorState};

const DIFFUSIVITY: f32 = 0.08;
/// Part of the plume's colour from which a pixel counts as its own.
const SHOWS: f32 = 0.2;
/// Beyond this many deviations there is nothing.
const WIDE: f32 = 2.6;

/// A plume at an instant, in channel coordinates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plume {
    state: ActorState,
    along: f32,
    across: f32,
    /// Metres downstream that it has reached.
    reach: f32,
    /// Deviation at the source, metres.
    source: f32,
    /// Growth of the deviation's square, m2 a metre.
    spread: f32,
    /// Part of the water's colour that it takes at the source.
    strength: f32,
    flow: f32,
    /// Reflectance, linear red, green, blue.
    colour: Vec3,
    /// Area of the channel it may touch: along from and to, across from and to.
    area: [f32; 4],
}

impl Plume {
    /// Of an actor; `None` for any other class. `flow`: m/s in mid-channel.
    pub(crate) fn of(state: &ActorState, channel: &Channel, flow: f32) -> Option<Self> {
        if state.class != ActorClass::Plume || state.extent < 0.5 {
            return None;
        }
        let place = channel.locate(state.position.plan());
        let (along, across) = (place.along as f32, place.across as f32);
        let reach = state.extent as f32;
        let (source, strength, colour) = match state.activity {
            // Foul: near black, a touch of brown and yellow.
            Activity::Flow => (0.9, 0.97, Vec3::new(0.012, 0.010, 0.007)),
            Activity::Dredge => (2.6, 0.95, Vec3::new(0.190, 0.140, 0.078)),
            // Clear water, or what thins out after.
            _ => (1.0, 0.45, Vec3::new(0.020, 0.032, 0.026)),
        };
        let spread = 2.0 * DIFFUSIVITY / flow.max(0.15);
        let widest = (source * source + spread * reach).sqrt() * WIDE + 2.0;
        Some(Self {
            state: *state,
            along,
            across,
            reach,
            source,
            spread,
            strength,
            flow,
            colour,
            area: [
                along - 3.0,
                along + reach + 2.0,
                across - widest,
                across + widest,
            ],
        })
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

    /// Reflectance in a band's planes; a single plane takes the water's own, a little changed.
    pub(crate) fn reflectance<const P: usize>(&self, water: &WaterLight<P>) -> [f32; P] {
        if P == 3 {
            let colour = self.colour.to_array();
            return std::array::from_fn(|k| colour[k]);
        }
        let silty = self.state.activity == Activity::Dredge;
        water.body.map(|b| if silty { 2.2 * b } else { b })
    }

    /// Part of the water's colour that is the plume's at a place of the channel.
    pub(crate) fn at(&self, [along, across]: [f32; 2], gusts: &Gusts, seconds: f32) -> f32 {
        let [from, to, left, right] = self.area;
        if along < from || along > to || across < left || across > right {
            return 0.0;
        }
        let x = along - self.along;
        let drift = self.flow * 0.8 * seconds;
        // Billows move the axis, more so further down.
        let eddy = gusts.at(2.2 * (along - drift), 5.0 * across + 13.0) - 0.5;
        let swing =
            (gusts.at(0.9 * (along - drift), 71.0) - 0.5) * (0.4 + 0.06 * max(x, 0.0)).min(3.0);
        let back = max(-x, 0.0);
        let squared = self.source * self.source + self.spread * max(x, 0.0);
        let deviation = squared.sqrt();
        let off = across - self.across - swing;
        let lateral = off * off / (2.0 * squared) + back * back * 0.5;
        let end = smoothstep(self.reach, 0.8 * self.reach - 1.0, x + 6.0 * eddy);
        let kept = self.source / deviation;
        // What little there is of a strong dye still colours the water: Beer's law.
        let depth = 2.4 * kept * exp_minus(lateral) * end * (1.0 + 1.4 * eddy);
        self.strength * (1.0 - exp_minus(max(depth, 0.0)))
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
                if self.at([river.along, river.across], gusts, seconds) < SHOWS {
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
