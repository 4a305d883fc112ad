//! The sky: single and multiple scattering by air and haze from daylight to dusk, a soft
//! cloud layer, the sun's disc, and the lights of the night ([`crate::night`]); radiance by direction and the light it sheds on the ground.
//!
//! Units: radiance kcd/m2, irradiance klx, each per colour channel.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | sun outside the air | 133 klx | solar constant in photometric units |
//! | Rayleigh scattering | 5.8, 13.6, 33.1 /Mm, scale height 8 km | Bruneton and Neyret 2008 |
//! | ozone absorption | 0.65, 1.88, 0.085 /Mm, 25 +- 15 km | Bruneton 2017 |
//! | thick haze and fog near the ground | 160 m deep | radiation fog, 100-250 m |
//! | haze scale height, asymmetry | 1.2 km, 0.76 | Bruneton and Neyret 2008 |
//! | multiple scattering | isotropic, geometric series | Hillaire 2020 |

use crate::atmosphere::{CHANNEL_NM, KOSCHMIEDER};
use crate::night::Night;
use crate::noise;
use crate::quick::{clamp, rounded, split};
use base::math::{self, f32::smoothstep};
use glam::Vec3;
use rayon::prelude::*;
use std::f32::consts::PI;

const SUN_ILLUMINANCE: f32 = 133.0;
const EARTH: f32 = 6_360_000.0;
const TOP: f32 = 6_420_000.0;
const RAYLEIGH: Vec3 = Vec3::new(5.802e-6, 13.558e-6, 33.1e-6);
const RAYLEIGH_HEIGHT: f32 = 8_000.0;
const OZONE: Vec3 = Vec3::new(0.650e-6, 1.881e-6, 0.085e-6);
const HAZE_HEIGHT: f32 = 1_200.0;
const HAZE_G: f32 = 0.76;
/// Thicker haze lies in a shallow layer near the ground and is the camera's business, not the sky's.
const HAZE_MAX_DEPTH: f32 = 0.5;
/// Depth of thick haze, metres, and the visibility below which it is told from the sky's own haze.
const SHALLOW: f32 = 160.0;
const THICK: f64 = 8_000.0;
/// Part of a single cloud's share in the town's light that a closed layer would have.
const SINGLE: f32 = 0.35;
/// Cover from which on a layer closes, and how dense it then is at least.
const CLOSING: f32 = 0.85;
const CLOSED: f32 = 0.9;
/// Half angle of the sun, radians.
pub(crate) const SUN_RADIUS: f32 = 0.00465;

/// What the sky depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkySpec {
    /// Unit vector to the sun (x east, y north, z up).
    pub sun: Vec3,
    /// Meteorological visibility, metres.
    pub visibility: f64,
    /// Part of the sky covered, 0-1.
    pub cloud: f32,
    /// Of the clouds' shapes.
    pub seed: u32,
    /// Moon and towns.
    pub night: Night,
}

impl SkySpec {
    /// The cloud in a direction, to so many octaves of detail.
    pub(crate) fn cloud_at(&self, d: Vec3, octaves: u32) -> Cloud {
        if self.cloud < 0.02 {
            return Cloud(0.0);
        }
        // A layer at some height over a curved Earth: the horizon is not infinitely far. Clouds are
        // half as thick as wide, so low ones show their sides: they flatten to a quarter at most.
        let scale = 2.4 / (d.z.max(0.0) + 0.22);
        let (x, y) = (d.x * scale, d.y * scale);
        let warp = noise::fbm(x * 0.9 + 7.0, y * 0.9, 3, self.seed ^ 0x51) - 0.5;
        let (x, y) = (x + 0.5 * warp, y - 0.35 * warp);
        let n = noise::fbm(x, y, octaves, self.seed);
        // fbm of value noise is roughly normal about 0.5 with sigma 0.13.
        let edge = 0.5 - (self.cloud - 0.5) * 0.62;
        let density = smoothstep(edge - 0.06, edge + 0.16, n);
        let least = CLOSED * smoothstep(CLOSING, 1.0, self.cloud);
        Cloud(least + (1.0 - least) * density)
    }

    /// Whether the moon, not the sun, casts the shadows.
    pub(crate) fn moon_rules(&self) -> bool {
        self.sun.z < MOON_RULES && self.night.moon.z > 0.0
    }
}

/// A cloud in some direction, whatever its light: its density, 0-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cloud(pub(crate) f32);

/// What all skies of a scene have in common.
#[derive(Debug)]
pub(crate) struct Weather {
    air: Air,
    sun: SunTable,
    /// Over the texels of a [`Disc`].
    clouds: Vec<Cloud>,
}

impl Weather {
    /// Of a sky and all others of its visibility and clouds.
    pub(crate) fn new(spec: &SkySpec) -> Self {
        let air = Air::new(spec.visibility);
        let cloud = |i| spec.cloud_at(Disc::direction(i), 4);
        Self {
            air,
            sun: SunTable::new(&air),
            clouds: (0..DISC * DISC).into_par_iter().map(cloud).collect(),
        }
    }

    /// A map of a radiance by direction and the cloud there, in up to four planes.
    pub(crate) fn disc(&self, radiance: impl Fn(Vec3, Cloud) -> [f32; 4] + Sync) -> Disc {
        let texel = |(i, cloud): (usize, &Cloud)| radiance(Disc::direction(i), *cloud);
        Disc::new(self.clouds.par_iter().enumerate().map(texel).collect())
    }
}

/// Scattering coefficients at a height.
#[derive(Debug, Clone, Copy)]
struct Air {
    haze: Vec3,
}

impl Air {
    fn new(visibility: f64) -> Self {
        let b = (KOSCHMIEDER / visibility) as f32 - RAYLEIGH.y;
        let b = b.clamp(4e-6, HAZE_MAX_DEPTH / HAZE_HEIGHT);
        let [r, g, bl] = CHANNEL_NM.map(|nm| (550.0 / nm) as f32 * b);
        Self {
            haze: Vec3::new(r, g, bl),
        }
    }

    /// (Rayleigh, haze) scattering and total extinction at a height, 1/m.
    fn at(&self, height: f32) -> (Vec3, Vec3, Vec3) {
        let rayleigh = RAYLEIGH * math::f32::exp(-height / RAYLEIGH_HEIGHT);
        let haze = self.haze * math::f32::exp(-height / HAZE_HEIGHT);
        let ozone = OZONE * (1.0 - (height - 25_000.0).abs() / 15_000.0).max(0.0);
        (rayleigh, haze * 0.93, rayleigh + haze + ozone)
    }
}

fn exp3(v: Vec3) -> Vec3 {
    Vec3::new(
        math::f32::exp(v.x),
        math::f32::exp(v.y),
        math::f32::exp(v.z),
    )
}

/// Distance along a ray from radius `r` at zenith cosine `mu` to a sphere; `None` if missed.
fn to_sphere(r: f32, mu: f32, sphere: f32, far: bool) -> Option<f32> {
    let (r, mu, sphere) = (f64::from(r), f64::from(mu), f64::from(sphere));
    let disc = r * r * (mu * mu - 1.0) + sphere * sphere;
    if disc < 0.0 {
        return None;
    }
    let root = disc.sqrt();
    let t = if far { -r * mu + root } else { -r * mu - root };
    (t > 0.0).then_some(t as f32)
}

/// Light left of the sun's on its way to a point, tabulated by height and zenith cosine.
#[derive(Debug)]
struct SunTable(Vec<Vec3>);

const SUN_HEIGHTS: usize = 24;
const SUN_ANGLES: usize = 96;

impl SunTable {
    fn new(air: &Air) -> Self {
        let rows: Vec<Vec<Vec3>> = (0..SUN_HEIGHTS)
            .into_par_iter()
            .map(|h| {
                let t = h as f32 / (SUN_HEIGHTS - 1) as f32;
                let height = t * t * (TOP - EARTH);
                (0..SUN_ANGLES)
                    .map(|a| Self::march(air, height, Self::mu(a)))
                    .collect()
            })
            .collect();
        Self(rows.concat())
    }

    /// Denser near the horizon.
    fn mu(a: usize) -> f32 {
        let s = 2.0 * a as f32 / (SUN_ANGLES - 1) as f32 - 1.0;
        s * s.abs()
    }

    fn march(air: &Air, height: f32, mu: f32) -> Vec3 {
        let r = EARTH + height + 1.0;
        if to_sphere(r, mu, EARTH, false).is_some() {
            return Vec3::ZERO;
        }
        let length = to_sphere(r, mu, TOP, true).unwrap_or(0.0);
        let n = 32;
        let mut depth = Vec3::ZERO;
        for i in 0..n {
            let t = (i as f32 + 0.5) / n as f32;
            let d = length * t * t;
            let step = length * 2.0 * t / n as f32;
            let h = (r * r + d * d + 2.0 * r * d * mu).sqrt() - EARTH;
            depth += air.at(h.max(0.0)).2 * step;
        }
        exp3(-depth)
    }

    fn at(&self, height: f32, mu: f32) -> Vec3 {
        let h = (height / (TOP - EARTH)).clamp(0.0, 1.0).sqrt() * (SUN_HEIGHTS - 1) as f32;
        let s = mu.abs().sqrt() * mu.signum();
        let a = f32::midpoint(s, 1.0).clamp(0.0, 1.0) * (SUN_ANGLES - 1) as f32;
        let (h0, a0) = (
            (h as usize).min(SUN_HEIGHTS - 2),
            (a as usize).min(SUN_ANGLES - 2),
        );
        let (th, ta) = (h - h0 as f32, a - a0 as f32);
        let p = |h: usize, a: usize| self.0[h * SUN_ANGLES + a];
        p(h0, a0)
            .lerp(p(h0, a0 + 1), ta)
            .lerp(p(h0 + 1, a0).lerp(p(h0 + 1, a0 + 1), ta), th)
    }
}

/// Isotropic radiance of all higher orders of scattering per unit of sun, by height.
struct HigherOrders([Vec3; Self::N]);

impl HigherOrders {
    const N: usize = 8;

    fn new(air: &Air, sun: &SunTable, sun_z: f32) -> Self {
        let mut table = [Vec3::ZERO; Self::N];
        for (i, slot) in table.iter_mut().enumerate() {
            let t = i as f32 / (Self::N - 1) as f32;
            let r = EARTH + 10.0 + t * t * (TOP - EARTH - 20.0);
            let (mut second, mut factor) = (Vec3::ZERO, Vec3::ZERO);
            let directions = 24;
            for k in 0..directions {
                let mu = 1.0 - (2.0 * k as f32 + 1.0) / directions as f32;
                let turn = 2.399_963 * k as f32;
                let side = (1.0 - mu * mu).sqrt() * math::f32::cos(turn);
                let sun_side = (1.0 - sun_z * sun_z).max(0.0).sqrt();
                let ground = to_sphere(r, mu, EARTH, false);
                let length = ground
                    .or_else(|| to_sphere(r, mu, TOP, true))
                    .unwrap_or(0.0);
                let n = 12;
                let mut through = Vec3::ONE;
                for j in 0..n {
                    let u = (j as f32 + 0.5) / n as f32;
                    let d = length * u * u;
                    let step = length * 2.0 * u / n as f32;
                    let rr = (r * r + d * d + 2.0 * r * d * mu).sqrt();
                    let (rayleigh, haze, extinction) = air.at((rr - EARTH).max(0.0));
                    let scatter = rayleigh + haze;
                    let sun_mu = (r * sun_z + d * (mu * sun_z + side * sun_side)) / rr;
                    let part = through * scatter * step;
                    second += part * sun.at(rr - EARTH, sun_mu) / (4.0 * PI);
                    factor += part;
                    through *= exp3(-extinction * step);
                }
                if ground.is_some() {
                    let light = sun.at(0.0, sun_z) * sun_z.max(0.0);
                    second += through * light * (0.15 / PI);
                }
            }
            let scale = 1.0 / directions as f32;
            let (second, factor) = (second * scale, factor * scale);
            *slot = second / (Vec3::ONE - factor.min(Vec3::splat(0.9)));
        }
        Self(table)
    }

    fn at(&self, height: f32) -> Vec3 {
        let t = (height / (TOP - EARTH)).clamp(0.0, 1.0).sqrt() * (Self::N - 1) as f32;
        let i = (t as usize).min(Self::N - 2);
        self.0[i].lerp(self.0[i + 1], t - i as f32)
    }
}

/// Elevations and azimuths (from the sun's, one half) of the table of the clear sky.
const ELEVATIONS: usize = 40;
const AZIMUTHS: usize = 25;
/// Texels across the disc that maps the upper hemisphere, zenith in the middle.
const DISC: usize = 128;

/// Air scattering the light of the sun or the moon, by direction.
#[derive(Debug, Clone)]
struct Scattered {
    table: Vec<Vec3>,
    /// Unit vector in plan to the source.
    plan: [f32; 2],
    /// Light of the source at the clouds' height, klx.
    at_cloud: Vec3,
    /// Towards the source.
    toward: Vec3,
}

impl Scattered {
    /// `strength`: of the source outside the air, klx.
    fn new(air: &Air, sun: &SunTable, toward: Vec3, strength: f32) -> Self {
        let higher = HigherOrders::new(air, sun, toward.z);
        let table = (0..ELEVATIONS * AZIMUTHS)
            .into_par_iter()
            .map(|i| {
                let elevation = Sky::elevation(i / AZIMUTHS);
                let azimuth = PI * (i % AZIMUTHS) as f32 / (AZIMUTHS - 1) as f32;
                clear_radiance(air, sun, &higher, toward.z, elevation, azimuth) * strength
            })
            .collect();
        let plan = (toward.x * toward.x + toward.y * toward.y).sqrt().max(1e-6);
        Self {
            table,
            plan: [toward.x / plan, toward.y / plan],
            at_cloud: sun.at(2_500.0, toward.z) * strength,
            toward,
        }
    }

    /// Radiance in a direction; below the horizon as at it.
    fn at(&self, d: Vec3) -> Vec3 {
        let z = d.z.clamp(0.0, 1.0);
        let plan = (d.x * d.x + d.y * d.y).sqrt().max(1e-6);
        let cos_az = ((d.x * self.plan[0] + d.y * self.plan[1]) / plan).clamp(-1.0, 1.0);
        let az = math::f32::acos(cos_az) / PI * (AZIMUTHS - 1) as f32;
        let el = (math::f32::asin(z) * 2.0 / PI).sqrt() * (ELEVATIONS - 1) as f32;
        let (e0, a0) = (
            (el as usize).min(ELEVATIONS - 2),
            (az as usize).min(AZIMUTHS - 2),
        );
        let (te, ta) = (el - e0 as f32, az - a0 as f32);
        let p = |e: usize, a: usize| self.table[e * AZIMUTHS + a];
        let low = p(e0, a0).lerp(p(e0, a0 + 1), ta);
        low.lerp(p(e0 + 1, a0).lerp(p(e0 + 1, a0 + 1), ta), te)
    }
}

/// Below this height (sine) of the sun the moon is the light that casts shadows.
const MOON_RULES: f32 = -0.05;

/// A sky, ready to be asked.
#[derive(Debug, Clone)]
pub struct Sky {
    spec: SkySpec,
    sunlit: Scattered,
    moonlit: Option<Scattered>,
    /// Light of the sun, or at night of the moon, on a surface that faces it, behind the clouds'
    /// mean, klx.
    pub sun_irradiance: Vec3,
    /// Sky light on level ground, klx.
    pub sky_irradiance: Vec3,
    cloud_light: Vec3,
    disc: Disc,
}

impl Sky {
    /// Computes tables; some ten milliseconds.
    pub fn new(spec: SkySpec) -> Self {
        Self::in_weather(spec, &Weather::new(&spec))
    }

    /// A sky of a weather.
    pub(crate) fn in_weather(spec: SkySpec, weather: &Weather) -> Self {
        let Weather { air, sun, .. } = weather;
        let sunlit = Scattered::new(air, sun, spec.sun, SUN_ILLUMINANCE);
        let Night {
            moon, moonlight, ..
        } = spec.night;
        let moonlit = (spec.moon_rules() && moonlight > 0.0)
            .then(|| Scattered::new(air, sun, moon, SUN_ILLUMINANCE * moonlight));
        // Thin cloud lets a third through, a closed layer about 3 %.
        let open = 1.0 - spec.cloud;
        let through = 0.03 + 0.97 * open * (1.0 - 0.35 * spec.cloud);
        // The disc sets: it is cut by the horizon over half a degree, softened by refraction.
        let (toward, strength) = match &moonlit {
            Some(moonlit) => (moonlit.toward, SUN_ILLUMINANCE * moonlight),
            None => (spec.sun, SUN_ILLUMINANCE),
        };
        let above = smoothstep(-0.012, 0.008, toward.z);
        let at_ground = sun.at(10.0, toward.z.max(0.004)) * strength * above;
        let mut sky = Self {
            spec,
            sunlit,
            moonlit,
            sun_irradiance: at_ground * through,
            sky_irradiance: Vec3::ZERO,
            cloud_light: Vec3::ZERO,
            disc: Disc::new(Vec::new()),
        };
        let clear_light = sky.integrate(Self::clear_at);
        sky.cloud_light = clear_light + sky.sunlit.at_cloud * spec.sun.z.max(0.03);
        if let Some(moonlit) = &sky.moonlit {
            sky.cloud_light += moonlit.at_cloud * moon.z.max(0.03);
        }
        sky.disc = weather.disc(|d, cloud| {
            let radiance = sky.under(d, cloud, sky.clear_at(d));
            radiance.extend(0.0).to_array()
        });
        sky.sky_irradiance = sky.integrate(Self::reflected);
        sky
    }

    /// The specification it was made from.
    pub fn spec(&self) -> &SkySpec {
        &self.spec
    }

    fn elevation(row: usize) -> f32 {
        let t = row as f32 / (ELEVATIONS - 1) as f32;
        t * t * PI / 2.0
    }

    /// Integral of radiance times cosine over the upper hemisphere.
    fn integrate(&self, radiance: impl Fn(&Self, Vec3) -> Vec3) -> Vec3 {
        let (rings, sectors) = (12, 24);
        let mut sum = Vec3::ZERO;
        for ring in 0..rings {
            // Equal steps of sin^2: equal shares of the cosine-weighted hemisphere.
            let s2 = (ring as f32 + 0.5) / rings as f32;
            let (z, side) = (s2.sqrt(), (1.0 - s2).sqrt());
            for sector in 0..sectors {
                let (s, c) = math::f32::sin_cos(2.0 * PI * (sector as f32 + 0.5) / sectors as f32);
                sum += radiance(self, Vec3::new(side * c, side * s, z));
            }
        }
        sum * (PI / (rings * sectors) as f32)
    }

    /// Radiance of the cloudless sky; directions below the horizon count as at it.
    pub(crate) fn clear_at(&self, d: Vec3) -> Vec3 {
        let sunlit = self.sunlit.at(d);
        match &self.moonlit {
            Some(moonlit) => sunlit + moonlit.at(d),
            None => sunlit,
        }
    }

    /// Unit vector to what casts shadows: the sun, or at night the moon.
    pub fn toward(&self) -> Vec3 {
        self.moonlit.as_ref().map_or(self.spec.sun, |m| m.toward)
    }

    /// Opacity and radiance of a cloud in a direction.
    fn cloud(&self, d: Vec3, Cloud(density): Cloud) -> (f32, Vec3) {
        let cover = self.spec.cloud;
        if cover < 0.02 {
            return (0.0, Vec3::ZERO);
        }
        let z = d.z.max(0.0);
        let opacity = density * (0.75 + 0.25 * cover) * smoothstep(0.0, 0.05, z + 0.03);
        // Thick parts are dark below; thin edges near the sun shine.
        let lit = self.moonlit.as_ref().unwrap_or(&self.sunlit);
        let toward = d.dot(lit.toward).max(0.0);
        let t4 = toward * toward * toward * toward;
        let body = 1.0 - 0.42 * density * (0.6 + 0.4 * cover);
        let low = 1.0 - 0.25 * smoothstep(0.5, 0.0, z);
        let diffuse = self.cloud_light * (0.62 / PI) * body * low * (1.0 - 0.45 * cover);
        let rim = lit.at_cloud * (0.11 * t4 * t4 * (1.0 - density) + 0.018 * (1.0 - toward));
        (opacity, diffuse + rim)
    }

    /// Opacity of a cloud in a direction, 0-1.
    pub(crate) fn opacity(&self, d: Vec3, cloud: Cloud) -> f32 {
        self.cloud(d, cloud).0
    }

    /// Radiance without the sun's disc under a cloud; `clear`: as [`Self::clear_at`] has it there.
    fn under(&self, d: Vec3, cloud: Cloud, clear: Vec3) -> Vec3 {
        let (opacity, cloud) = self.cloud(d, cloud);
        clear.lerp(cloud, opacity) + self.nocturnal(d, opacity)
    }

    /// Airglow and town light, where they are not drowned.
    fn nocturnal(&self, d: Vec3, opacity: f32) -> Vec3 {
        if self.spec.sun.z > 0.05 {
            return Vec3::ZERO;
        }
        // Between single clouds light is lost that a closed layer would send back once more.
        let share = SINGLE + (1.0 - SINGLE) * self.spec.cloud;
        self.spec.night.radiance(d, opacity * share)
    }

    /// Part of the sky that the air near the ground hides, by the sine of its height: all of it sinks
    /// into haze at the horizon, and fog is a shallow layer seen through on a slant.
    pub(crate) fn sunk(&self, z: f32) -> f32 {
        let low = 0.85 * smoothstep(0.10, -0.01, z);
        let more = (1.0 / self.spec.visibility.max(1.0) - 1.0 / THICK).max(0.0);
        let depth = (KOSCHMIEDER * more) as f32 * SHALLOW;
        1.0 - (1.0 - low) * math::f32::exp(-depth / z.max(0.004))
    }

    /// Radiance as a camera sees it, sun and moon included.
    pub fn radiance(&self, d: Vec3) -> Vec3 {
        self.seen(d, self.spec.cloud_at(d, 6), self.clear_at(d))
    }

    /// The same under a cloud; `clear`: as [`Self::clear_at`] has it there.
    pub(crate) fn seen(&self, d: Vec3, cloud: Cloud, clear: Vec3) -> Vec3 {
        let (opacity, cloud) = self.cloud(d, cloud);
        let nocturnal = self.nocturnal(d, opacity);
        if self.moonlit.is_some() {
            let (moon, sun) = (self.sun_irradiance, self.spec.sun);
            let moon = self.spec.night.disc(d, sun, moon);
            // Thin cloud dims the disc and spreads it.
            let halo = (1.0 - 0.9 * opacity) * (1.0 - opacity);
            return clear.lerp(cloud, opacity) + moon * halo + nocturnal;
        }
        let off = d.dot(self.spec.sun);
        // 1 - cos of the radius; softened to a few radii by the lens and haze.
        let disc = 0.5 * SUN_RADIUS * SUN_RADIUS;
        let x = (1.0 - off) / disc;
        let glow = 1.0 / (1.0 + x * x);
        let sun = self.sun_irradiance * (glow / (PI * SUN_RADIUS * SUN_RADIUS) * 0.3);
        (clear + sun.min(Vec3::splat(4000.0))).lerp(cloud, opacity) + nocturnal
    }

    /// Radiance near the horizon in a direction of the compass: the colour of distant haze.
    pub fn airlight(&self, d: Vec3) -> Vec3 {
        let plan = Vec3::new(d.x, d.y, 0.0).normalize_or(Vec3::X);
        let low = self.clear_at(Vec3::new(plan.x, plan.y, 0.03));
        let high = self.clear_at(Vec3::new(plan.x, plan.y, 0.3));
        let overcast = self.cloud_light * (0.36 / PI) * (1.0 - 0.45 * self.spec.cloud);
        let mean = (low * 0.7 + high * 0.3).lerp(overcast, 0.85 * self.spec.cloud);
        // Airlight is mixed from all around: a third loses its direction.
        let around = self.sky_irradiance * (1.0 / PI);
        let town = self.nocturnal(Vec3::new(plan.x, plan.y, 0.1), 0.6 * self.spec.cloud);
        mean * 0.75 + around * 0.25 + town * 0.75
    }

    /// Radiance in a direction as water mirrors it: without the disc, slightly soft. Fast.
    pub fn reflected(&self, d: Vec3) -> Vec3 {
        let [r, g, b, _] = self.disc.toward(d);
        Vec3::new(r, g, b)
    }

    /// The map that [`Sky::reflected`] looks up.
    pub(crate) fn disc(&self) -> &Disc {
        &self.disc
    }
}

/// The upper hemisphere on a disc, up to four planes a texel.
#[derive(Debug, Clone)]
pub(crate) struct Disc {
    texels: Vec<[f32; 4]>,
    /// The first plane once more: bands that have no other read a quarter of the memory.
    first: Vec<f32>,
}

impl Disc {
    fn new(texels: Vec<[f32; 4]>) -> Self {
        let first = texels.iter().map(|t| t[0]).collect();
        Self { texels, first }
    }

    /// Where a texel lies.
    fn direction(i: usize) -> Vec3 {
        let at = |k: usize| (2.0 * (k as f32 + 0.5) / DISC as f32 - 1.0) * DISC_REACH;
        let (px, py) = (at(i % DISC), at(i / DISC));
        let r2 = (px * px + py * py).min(1.0);
        let z = (1.0 - r2) / (1.0 + r2);
        let side = 1.0 + z;
        Vec3::new(px * side, py * side, z.max(0.0)).normalize()
    }

    /// The same map of another quantity, by colour.
    pub(crate) fn map(&self, f: impl Fn(Vec3) -> [f32; 4]) -> Self {
        let texels = self.texels.iter();
        Self::new(texels.map(|t| f(Vec3::new(t[0], t[1], t[2]))).collect())
    }

    /// Radiance in an upward direction, a unit vector.
    pub(crate) fn toward(&self, d: Vec3) -> [f32; 4] {
        let (index, tx, ty) = Self::place(d.x, d.y, 1.0 + d.z);
        self.look_up(index, tx, ty)
    }

    /// Where a direction lies on the map: index, and the parts of the way to the next column and
    /// row. `along`: its upward part plus its length.
    #[inline(always)]
    pub(crate) fn place(x: f32, y: f32, along: f32) -> (u32, f32, f32) {
        let scale = (DISC as f32 * 0.5 / DISC_REACH) / along;
        let middle = DISC as f32 * 0.5 - 0.5;
        let limit = (DISC - 2) as f32;
        let (cx, tx) = split(clamp(x * scale + middle, 0.0, limit));
        let (cy, ty) = split(clamp(y * scale + middle, 0.0, limit));
        (rounded(cy * DISC as f32 + cx), tx, ty)
    }

    /// What stands at a place of the map.
    #[inline(always)]
    pub(crate) fn look_up(&self, index: u32, tx: f32, ty: f32) -> [f32; 4] {
        let row = &self.texels[index as usize..index as usize + DISC + 2];
        let (a, b, c, d) = (row[0], row[1], row[DISC], row[DISC + 1]);
        std::array::from_fn(|k| {
            let top = a[k] + (b[k] - a[k]) * tx;
            let bottom = c[k] + (d[k] - c[k]) * tx;
            top + (bottom - top) * ty
        })
    }

    /// The first plane at a place and at the next column, then the same of the next row.
    #[inline(always)]
    pub(crate) fn fetch(&self, index: u32) -> [[f32; 2]; 2] {
        let row = &self.first[index as usize..index as usize + DISC + 2];
        [[row[0], row[1]], [row[DISC], row[DISC + 1]]]
    }
}

/// The disc map reaches slightly past the horizon, so that the horizon can be interpolated.
const DISC_REACH: f32 = 1.04;

fn clear_radiance(
    air: &Air,
    sun: &SunTable,
    higher: &HigherOrders,
    sun_z: f32,
    elevation: f32,
    azimuth: f32,
) -> Vec3 {
    let (mu, side) = math::f32::sin_cos(elevation.max(0.002));
    let sun_side = (1.0 - sun_z * sun_z).max(0.0).sqrt();
    let cos = mu * sun_z + side * sun_side * math::f32::cos(azimuth);
    let rayleigh_phase = 3.0 / (16.0 * PI) * (1.0 + cos * cos);
    let g2 = HAZE_G * HAZE_G;
    let base = 1.0 + g2 - 2.0 * HAZE_G * cos;
    let haze_phase =
        3.0 / (8.0 * PI) * (1.0 - g2) * (1.0 + cos * cos) / ((2.0 + g2) * base * base.sqrt());
    let r = EARTH + 40.0;
    let length = to_sphere(r, mu, TOP, true).unwrap_or(0.0);
    let n = 28;
    let (mut through, mut radiance) = (Vec3::ONE, Vec3::ZERO);
    for i in 0..n {
        let t = (i as f32 + 0.5) / n as f32;
        let d = length * t * t;
        let step = length * 2.0 * t / n as f32;
        let rr = (r * r + d * d + 2.0 * r * d * mu).sqrt();
        let height = (rr - EARTH).max(0.0);
        let (rayleigh, haze, extinction) = air.at(height);
        let sun_mu = (r * sun_z + d * cos) / rr;
        let light = sun.at(height, sun_mu);
        let single = (rayleigh * rayleigh_phase + haze * haze_phase) * light;
        let multiple = (rayleigh + haze) * higher.at(height);
        let decay = exp3(-extinction * step);
        radiance += through * (single + multiple) * (Vec3::ONE - decay) / extinction;
        through *= decay;
    }
    radiance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sky(elevation: f32, cloud: f32) -> Sky {
        let (s, c) = math::f32::sin_cos(elevation.to_radians());
        let sun = Vec3::new(0.0, c, s);
        Sky::new(SkySpec {
            sun,
            visibility: 20_000.0,
            cloud,
            seed: 1,
            night: Night::default(),
        })
    }

    fn luminance(v: Vec3) -> f32 {
        v.dot(Vec3::new(0.2126, 0.7152, 0.0722))
    }

    /// Illuminances of the sky and sun at noon, sunset and the end of civil twilight are within
    /// a factor of two of the usual tables (about 100, 0.4 and 0.003 klx).
    #[test]
    fn light_falls_from_noon_to_dusk_as_it_should() {
        let total = |e: f32| {
            let s = sky(e, 0.0);
            let (sin, _) = math::f32::sin_cos(e.to_radians());
            luminance(s.sun_irradiance) * sin.max(0.0) + luminance(s.sky_irradiance)
        };
        let noon = total(60.0);
        assert!((60.0..150.0).contains(&noon), "{noon}");
        let set = total(0.0);
        assert!((0.2..1.2).contains(&set), "{set}");
        let dusk = total(-6.0);
        assert!((0.0008..0.008).contains(&dusk), "{dusk}");
    }

    #[test]
    fn the_clear_zenith_is_blue_and_the_low_sun_red() {
        let s = sky(40.0, 0.0);
        let zenith = s.radiance(Vec3::Z);
        assert!(zenith.z > 1.6 * zenith.x, "{zenith}");
        let low = sky(2.0, 0.0).sun_irradiance;
        assert!(low.x > 3.0 * low.z, "{low}");
    }
}
