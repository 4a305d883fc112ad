//! What the river has besides its own bed: tributaries, islands, and the colour and the white of
//! the water.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | mixing | width of the seam sqrt(2 D x / u), D = 0.02 m2/s, u = 0.5 m/s | transverse mixing takes many widths (Fischer et al. 1979) |
//! | jets below a gate | fall to 1/e over 45 m, a tail over 170 m | hydraulic jump, then foam on the tail water |

use crate::channel::Channel;
use crate::model::{BankSpec, BuildingKind, IslandSpec, SiteSpec};
use crate::noise::Noise;
use base::math::f64::{exp, mix, sin_cos, smoothstep};
use glam::DVec2;

/// Width of a barrage's bays, metres: one gate each.
pub const BAY: f64 = 12.0;
/// Banks of two streams run into each other over this far, metres.
const CONFLUENCE: f64 = 9.0;
/// An island's edge departs from its outline by up to this much, metres.
const WANDER: f64 = 7.0;

/// Whether a barrage lets water out at a bay, counted from its first end.
pub fn gate_is_open(bay: usize) -> bool {
    (bay * 7 + 3) % 5 < 2
}

/// The water at a place, apart from its depth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WaterHere {
    /// Part of it that comes from the tributary that differs most from the river, 0-1.
    pub foreign: f64,
    /// Part of the surface that is white, 0-1.
    pub white: f64,
}

#[derive(Debug, Clone)]
struct Tributary {
    channel: Channel,
    /// Distance along the river of its mouth, metres, and on which side: 1 left, -1 right.
    mouth: f64,
    side: f64,
    half_width: f64,
    /// How its turbidity differs from the river's, of the greatest such difference.
    weight: f64,
}

#[derive(Debug, Clone)]
struct Island {
    spec: IslandSpec,
    low: DVec2,
    high: DVec2,
}

#[derive(Debug, Clone, Copy)]
struct Barrage {
    middle: DVec2,
    along: DVec2,
    half: DVec2,
}

/// Tributaries, islands and barrages of a site.
#[derive(Debug, Clone, Default)]
pub(super) struct Waters {
    tributaries: Vec<Tributary>,
    islands: Vec<Island>,
    barrages: Vec<Barrage>,
    /// Turbidity of the tributary that differs most.
    foreign: Option<f64>,
}

/// What the waters make of a place's distance to the river's edge.
pub(super) struct Shore<'a> {
    /// Distance to the water's edge, metres, negative in the water.
    pub(super) distance: f64,
    /// The island that the place belongs to.
    pub(super) island: Option<&'a BankSpec>,
}

impl Waters {
    pub(super) fn new(site: &SiteSpec, river: &Channel) -> Self {
        let differs = |t: f64| (t - site.reach.turbidity).abs();
        let foreign = site
            .tributaries
            .iter()
            .map(|t| t.turbidity)
            .max_by(|a, b| differs(*a).total_cmp(&differs(*b)))
            .filter(|t| differs(*t) > 0.0);
        let tributaries = site
            .tributaries
            .iter()
            .map(|spec| {
                let channel = Channel::new(&crate::check::waters::stream(spec));
                let end = channel.length();
                let half_width = channel.half_width(end);
                // The side that it comes from.
                let from = river.locate(channel.at((end - 3.0 * half_width).max(0.0), 0.0));
                let mouth = river.locate(channel.at(end, 0.0)).along;
                let whole = foreign.map_or(0.0, |t| t - site.reach.turbidity);
                let part = (spec.turbidity - site.reach.turbidity) / whole;
                Tributary {
                    channel,
                    mouth,
                    side: if from.across >= 0.0 { 1.0 } else { -1.0 },
                    half_width,
                    weight: if part.is_finite() { part.max(0.0) } else { 0.0 },
                }
            })
            .collect();
        let islands = site
            .islands
            .iter()
            .map(|spec| {
                let points = || spec.outline.0.iter().map(|&p| DVec2::from(p));
                Island {
                    spec: spec.clone(),
                    low: points().fold(DVec2::INFINITY, DVec2::min),
                    high: points().fold(DVec2::NEG_INFINITY, DVec2::max),
                }
            })
            .collect();
        let barrages = site
            .land
            .buildings
            .iter()
            .filter(|b| b.kind == BuildingKind::Barrage)
            .map(|b| {
                let (sin, cos) = sin_cos(b.heading.to_radians());
                Barrage {
                    middle: b.at.into(),
                    along: DVec2::new(sin, cos),
                    half: DVec2::new(b.size[0], b.size[1]) / 2.0,
                }
            })
            .collect();
        Self {
            tributaries,
            islands,
            barrages,
            foreign,
        }
    }

    /// Turbidity of the water that [`WaterHere::foreign`] counts; `None` if all is the river's.
    pub(super) fn foreign_turbidity(&self) -> Option<f64> {
        self.foreign
    }

    /// Whether any water is foreign or white.
    pub(super) fn vary(&self) -> bool {
        self.foreign.is_some() || !self.barrages.is_empty()
    }

    /// Lets tributaries in: the distance to the nearer water's edge.
    pub(super) fn join(&self, p: DVec2, river: f64) -> f64 {
        let mut shore = river;
        for t in &self.tributaries {
            let there = t.channel.locate(p);
            let beside = there.across.abs() - there.half_width;
            let beyond = there.along - t.channel.length();
            let own = if beyond > 0.0 {
                beside.max(0.0) + beyond
            } else {
                beside
            };
            shore = super::smooth_min(shore, own, CONFLUENCE);
        }
        shore
    }

    /// Lets islands rise from the water.
    pub(super) fn rise(&self, p: DVec2, shore: f64, broad: Noise, fine: Noise) -> Shore<'_> {
        let mut found = Shore {
            distance: shore,
            island: None,
        };
        for island in &self.islands {
            // Beyond this its edge is too far to matter.
            const NEAR: f64 = 60.0;
            if p.cmplt(island.low - NEAR).any() || p.cmpgt(island.high + NEAR).any() {
                continue;
            }
            let warp = DVec2::new(
                broad.fractal(p / 38.0 + 3.0, 3),
                broad.fractal(p / 38.0 + 77.0, 3),
            ) * WANDER;
            let inside =
                -island.spec.outline.signed_distance(p + warp) + 0.35 * fine.fractal(p / 3.3, 2);
            if inside > found.distance {
                found = Shore {
                    distance: inside,
                    island: Some(&island.spec.bank),
                };
            }
        }
        found
    }

    /// Whose water it is and how white. `raw`: distance to the river's own edge, metres, negative
    /// inside it.
    pub(super) fn here(&self, p: DVec2, river: &Channel, noise: Noise) -> WaterHere {
        let mut here = WaterHere::default();
        let at = river.locate(p);
        for t in &self.tributaries {
            let part = t.foreign(p, &at, noise);
            here.foreign = here.foreign.max(part * t.weight);
        }
        for b in &self.barrages {
            here.white = here.white.max(b.white(p, noise));
        }
        here
    }
}

impl Tributary {
    /// How much of the water at a place it has brought, 0-1.
    fn foreign(&self, p: DVec2, at: &crate::channel::ChannelPoint, noise: Noise) -> f64 {
        let below = at.along - self.mouth;
        let width = 2.0 * at.half_width;
        let from_bank = (at.half_width - self.side * at.across) / width;
        let share = self.half_width / (self.half_width + at.half_width);
        let spread = (2.0 * 0.02 * below.max(0.0) / 0.5).sqrt();
        let seam = (1.5 + spread) / width;
        // Eddies billow along the seam.
        let billow = noise.fractal(DVec2::new(at.along / 34.0, at.across / 26.0), 3);
        let ramp = smoothstep(-1.1 * self.half_width, 1.6 * self.half_width, below);
        let limit = share * ramp + 0.035 * billow * ramp;
        let mut part = 1.0 - smoothstep(limit - seam, limit + seam, from_bank);
        if from_bank > 1.0 || ramp <= 0.0 {
            part = 0.0;
        }
        let own = self.channel.locate(p);
        if own.along < self.channel.length() && own.across.abs() < own.half_width + 6.0 {
            // Still in its own bed.
            part = part.max(smoothstep(0.02, -0.06, from_bank + 0.02 * billow));
        }
        part
    }
}

impl Barrage {
    /// White water at a place below it, 0-1.
    fn white(&self, p: DVec2, noise: Noise) -> f64 {
        let d = p - self.middle;
        let below = d.dot(-self.along.perp()) - self.half.y;
        let beside = d.dot(self.along) + self.half.x;
        if below < -self.half.y || below > 600.0 {
            return 0.0;
        }
        let drift = noise.fractal(p / 17.0 + 11.0, 3);
        let place = beside + (1.0 + 0.10 * below.max(0.0)) * 2.2 * drift;
        let (jets, tail) = (self.jet(place, 2.5), self.jet(place, 14.0));
        let near = smoothstep(-1.0, 2.0, below);
        let near = near * mix(tail, jets, exp(-below.max(0.0) / 40.0));
        near * (0.95 * exp(-below.max(0.0) / 45.0) + 0.30 * exp(-below.max(0.0) / 170.0))
    }

    /// How open the gates are at a place along it, with soft sides.
    fn jet(&self, beside: f64, soft: f64) -> f64 {
        let bays = (2.0 * self.half.x / BAY).floor().max(1.0) as usize;
        (0..bays)
            .filter(|&k| gate_is_open(k))
            .map(|k| {
                let off = (beside - (k as f64 + 0.5) * BAY).abs() - 0.5 * BAY;
                1.0 - smoothstep(-soft, soft, off)
            })
            .fold(0.0, f64::max)
    }
}
