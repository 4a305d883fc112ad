//! One camera of one scene in one spectral band: the still scene under the scene's light and wind,
//! and its frames.

use crate::actors::{Drawn, IdBuffer, Stage};
use crate::atmosphere::Haze;
use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, SiteBake};
use crate::band::{Band, Lit, Shot, Still};
use crate::clouds::CloudShade;
use crate::compose::{Row, cast_shadow, place_actors};
use crate::confusing::{self, Cells, Scenery};
use crate::cpu::{Cpu, Kernel, prefetch};
use crate::crowns::Crowns;
use crate::effects::{Air, Effects, Instant, Warp};
use crate::imaging;
use crate::layers::SHARE;
use crate::light;
use crate::pieces;
use crate::profile::{Profile, Stage as Part};
use crate::renderer::Rendered;
use crate::still::{Packed, Sunlit, radiance};
use crate::sway;
use crate::truth;
use crate::water::lanes::Lanes;
use crate::water::optics::Roughness;
use crate::water::plume::Plume;
use crate::water::shade::WaterFrame;
use crate::water::stain::Stain;
use crate::water::surface::{BAND, BLOCK, Gusts, Surface};
use crate::water::through::Through;
use crate::water::wake::Wake;
use crate::water::waves::{Slopes, Waves};
use base::{Frame, SimTime, Stream, math};
use glam::{DVec2, Vec3};
use rayon::prelude::*;
use scenario::scene::{ActorState, Scene};
use scenario::truth::EffectTruth;
use std::ops::Range;
use std::sync::Arc;

/// A camera's view of a scene in `P` planes.
#[derive(Debug)]
pub(crate) struct View<const P: usize, B: Band<P>> {
    bake: Arc<SiteBake>,
    haze: Haze,
    sun: Vec3,
    shadow: SunShadow,
    /// Shadows of trees, where the band sees any.
    trees: Vec<EffectTruth>,
    surface: Surface,
    through: Through<P>,
    stain: Option<Stain<P>>,
    /// What the sun adds to the still scene, where clouds may take it away.
    sunlit: Option<Sunlit<P>>,
    waves: Waves,
    gusts: Gusts,
    roughness: Roughness,
    wind: [f32; 2],
    current: [f32; 2],
    camera_number: u64,
    effects: Effects,
    crowns: Option<Crowns>,
    cells: Cells,
    band: B,
    /// Which part of the scene the sun's shadows are for.
    part: i64,
    cpu: Cpu,
    profile: Option<Arc<Profile>>,
    /// The light of the latest light step used.
    now: Option<Now<P, B::Light>>,
    radiance: [Vec<f32>; P],
    /// The same as the lens distorts it; empty for one that does not.
    picture: [Vec<f32>; P],
}

#[derive(Debug)]
struct Now<const P: usize, L> {
    step: i64,
    lit: Lit<P>,
    still: Packed<P>,
    light: L,
    /// Where the sun glints.
    glint: Vec<EffectTruth>,
}

impl<const P: usize, B: Band<P>> View<P, B> {
    /// Lights a bake of the scene's site that other scenes may share.
    pub(crate) fn new(scene: &Scene, bake: Arc<SiteBake>) -> Self {
        Self::in_part(scene, bake, 0)
    }

    /// The same with the sun's shadows of a part of the scene.
    fn in_part(scene: &Scene, bake: Arc<SiteBake>, part: i64) -> Self {
        let weather = &scene.weather;
        let haze = Haze::new(weather.visibility).with_rain(weather.rain);
        let half = light::middle_of_part(scene.duration, part);
        let sun = light::key(scene, half);
        let shadow = SunShadow::new(&bake.casters, sun, bake.lens.eye);
        let from = weather.wind_from.to_radians();
        let (s, c) = math::f64::sin_cos(from);
        let waves = Waves::new(weather.wind, from + std::f64::consts::PI, scene.seed);
        let from_plan = [s as f32, c as f32];
        let surface = Surface::new(&bake, &waves, from_plan, &shadow, B::clarity(scene));
        let still = Still {
            bake: &bake,
            haze: &haze,
            middle: half,
            sun,
            shadow: &shadow,
            clouds: light::clouds(scene),
        };
        let band = B::new(scene, &still, &surface);
        let drift = 0.6 * weather.wind as f32;
        let number = scene
            .cameras
            .iter()
            .position(|k| k.id == bake.setup.id)
            .unwrap_or(0);
        let pixels = bake.width * bake.height;
        let effects = Effects::new(scene, &bake, number as u64);
        let speed = weather.wind as f32;
        let cells = Cells::new(&bake);
        Self {
            crowns: Crowns::new(&bake, from_plan.map(|v| -v * speed)),
            haze,
            sun,
            trees: band.direct().map_or_else(Vec::new, |_| {
                confusing::tree_shadows(&bake, &cells, &shadow, sun)
            }),
            cells,
            shadow,
            stain: Stain::new(&bake, B::body),
            sunlit: effects
                .clouds
                .as_ref()
                .and(band.direct())
                .map(|direct| Sunlit::new(direct, surface.order)),
            through: Through::new(&bake, &surface, band.extinction()),
            surface,
            waves,
            gusts: Gusts::new(scene.seed.at(Stream::Waves, 9, 0).0 as u32),
            roughness: B::roughness(),
            wind: [-from_plan[0] * drift, -from_plan[1] * drift],
            current: mean_current(&bake),
            camera_number: number as u64,
            effects,
            band,
            part,
            profile: None,
            cpu: Cpu::widest(),
            now: None,
            radiance: std::array::from_fn(|_| vec![0.0; pixels]),
            picture: std::array::from_fn(|_| Vec::new()),
            bake,
        }
    }

    /// Draws with what this processor has instead of its widest vectors.
    pub(crate) fn run_on(&mut self, cpu: Cpu) {
        self.cpu = cpu;
    }

    /// Adds times to a profile from now on.
    pub(crate) fn profile(&mut self, profile: Arc<Profile>) {
        self.profile = Some(profile);
    }

    pub(crate) fn bake(&self) -> &Arc<SiteBake> {
        &self.bake
    }

    /// Radiance of the latest frame's pixels, before lens blur and noise.
    pub(crate) fn radiance(&self) -> &[Vec<f32>; P] {
        match self.bake.distort {
            Some(_) => &self.picture,
            None => &self.radiance,
        }
    }

    /// What the band keeps of the light of the latest frame.
    pub(crate) fn light(&self) -> Option<&B::Light> {
        self.now.as_ref().map(|now| &now.light)
    }

    /// Seed of what stays with the camera.
    pub(crate) fn fixed_seed(&self, scene: &Scene) -> u32 {
        imaging::noise_seed(scene.seed, self.camera_number, u64::MAX)
    }

    /// One frame of the scene that it was made for. Frames may come in any order.
    /// `warp`: changes the picture of a camera that moves, of which nothing then counts.
    pub(crate) fn render(
        &mut self,
        scene: &Scene,
        frame_index: u64,
        due: SimTime,
        warp: Option<Warp<'_>>,
    ) -> Rendered {
        let profile = self.profile.clone();
        let asked = profile.as_deref();
        Profile::count(asked, self.bake.width * self.bake.height);
        let now = Profile::time(asked, Part::Light, || self.now_at(scene, due));
        let states = scene.actors_at(due);
        // Side by side: neither keeps all processors busy.
        let (mut drawn, (slopes, ids)) = rayon::join(
            || Profile::time(asked, Part::Actors, || self.draw(scene, &now, &states, due)),
            || {
                let at = due.secs();
                let slopes = Profile::time(asked, Part::Waves, || self.waves.at(at, self.cpu));
                (slopes, vec![0u32; self.bake.width * self.bake.height])
            },
        );
        let showing = self.band.showing(
            &now.lit,
            &now.light,
            &Instant {
                bake: &self.bake,
                states: &states,
                effects: &self.effects,
            },
        );
        let shift = self.effects.shift(due).unwrap_or_default();
        let whole = shift.map(|v| (v + 0.5).floor() as i32);
        let mut air = self.effects.air(&self.bake, showing, frame_index, due);
        let plume = |state| {
            let plume = Plume::of(scene, state)?;
            let dye = self.band.dye(&now.lit, &plume.effluent);
            Some((plume, dye))
        };
        air.plumes = states.iter().filter_map(plume).collect();
        let mut dazzle = Vec::new();
        air.dazzle(&self.bake, shift, &mut dazzle);
        let mut radiance =
            std::mem::replace(&mut self.radiance, std::array::from_fn(|_| Vec::new()));
        let wakes = wakes(scene, &self.bake, &states, due);
        let water = (&slopes, &wakes[..]);
        let mut ids = self.compose(scene, &now, water, &mut drawn, &air, (&mut radiance, ids));
        self.radiance = radiance;
        for (plume, _) in &air.plumes {
            let seconds = due.secs() as f32;
            drawn.extend(plume.own(&self.bake, &self.gusts, seconds, &mut ids));
        }
        let [width, height] = self.bake.picture();
        if let Some(distort) = &self.bake.distort {
            distort.planes(&self.radiance, &mut self.picture);
            ids = IdBuffer {
                width: width as u32,
                height: height as u32,
                ids: distort.ids(&ids.ids),
            };
        }
        if whole != [0, 0] {
            ids.ids = sway::shift_ids(&ids.ids, width, whole);
            for d in &mut drawn {
                d.layer.x0 += whole[0];
                d.layer.y0 += whole[1];
            }
        }
        let setup = &self.bake.setup;
        let mut truth = Profile::time(asked, Part::Truth, || {
            truth::of_frame::<P, B>(
                setup,
                scene.site.anchor,
                frame_index,
                due,
                (&drawn, self.bake.distort.as_ref()),
                &ids,
                (self.radiance(), whole),
                |brightness| self.band.noise(&now.light, brightness),
            )
        });
        for object in &mut truth.objects {
            let state = states.iter().find(|s| s.id == object.actor);
            object.object = state.map(|state| scene.called(state));
        }
        truth.effects = dazzle;
        let seen = self.confusing(&now, &wakes, &air, shift);
        truth.effects.extend(seen);
        let shot = Shot {
            noise: imaging::noise_seed(scene.seed, self.camera_number, frame_index),
            fixed: self.fixed_seed(scene),
            frame_index,
            due,
            cpu: self.cpu,
        };
        truth.effects.extend(self.band.effects(&now.light, &shot));
        let mut rgb = Profile::time(asked, Part::Develop, || {
            let picture = match &self.bake.distort {
                Some(_) => &self.picture,
                None => &self.radiance,
            };
            self.band.develop(picture, &now.light, &shot)
        });
        if warp.is_some() {
            truth.moving = true;
            truth.objects.clear();
            truth.effects.clear();
            ids.ids.fill(0);
        }
        if self.effects.touch_bytes() || warp.is_some() {
            rgb = self
                .effects
                .finish(rgb.to_vec(), due, warp, &mut truth.effects)
                .into();
        }
        let frame = Frame {
            camera: setup.id.clone(),
            frame_index,
            due,
            width: setup.width,
            height: setup.height,
            rgb,
        };
        self.now = Some(now);
        Rendered { frame, truth, ids }
    }

    /// The light of an instant; computed anew when its step differs from the latest used.
    fn now_at(&mut self, scene: &Scene, due: SimTime) -> Now<P, B::Light> {
        let part = light::part_at(scene.duration, due);
        if part != self.part {
            let (cpu, profile) = (self.cpu, self.profile.take());
            *self = Self::in_part(scene, Arc::clone(&self.bake), part);
            (self.cpu, self.profile) = (cpu, profile);
        }
        let step = due.0.div_euclid(light::STEP.0);
        match self.now.take() {
            Some(now) if now.step == step => now,
            _ => {
                let still = Still {
                    bake: &self.bake,
                    haze: &self.haze,
                    middle: light::middle_of_part(scene.duration, self.part),
                    sun: self.sun,
                    shadow: &self.shadow,
                    clouds: light::clouds(scene),
                };
                // The frame's own planes serve until it is drawn.
                let base = &mut self.radiance;
                let (lit, light) = self.band.light(scene, &still, &self.surface, step, base);
                Now {
                    step,
                    still: Packed::new(base, self.surface.order),
                    glint: self.scenery(&lit).glint(),
                    lit,
                    light,
                }
            }
        }
    }

    fn scenery<'a>(&'a self, lit: &'a Lit<P>) -> Scenery<'a, P> {
        Scenery {
            bake: &self.bake,
            cells: &self.cells,
            lit,
            shadow: &self.shadow,
            roughness: &self.roughness,
            variance: 0.5 * self.waves.total_variance,
            weights: B::BRIGHTNESS,
        }
    }

    /// What the light does that could be taken for someone; boxes are moved by `shift`.
    fn confusing(
        &self,
        now: &Now<P, B::Light>,
        wakes: &[(Wake, [f32; 4])],
        air: &Air<'_, P>,
        shift: [f32; 2],
    ) -> Vec<EffectTruth> {
        let scenery = self.scenery(&now.lit);
        let mut found = now.glint.clone();
        found.extend(scenery.wakes(wakes));
        if scenery.is_sunny() {
            found.extend_from_slice(&self.trees);
        }
        if let (Some(clouds), Some(_)) = (&self.effects.clouds, self.band.direct()) {
            found.extend(scenery.clouds(clouds, air.due.secs() as f32));
        }
        found.extend(scenery.lamps(&air.showing.lamps));
        let size = self.bake.picture();
        let moved = |e: EffectTruth| {
            let bbox = pieces::moved(self.bake.in_picture(e.bbox), shift, size)?;
            Some(EffectTruth { bbox, ..e })
        };
        found.into_iter().filter_map(moved).collect()
    }

    /// Everyone who moves, each in buffers of its own.
    fn draw(
        &self,
        scene: &Scene,
        now: &Now<P, B::Light>,
        states: &[ActorState],
        due: SimTime,
    ) -> Vec<Drawn<P>> {
        let stage = Stage {
            bake: &self.bake,
            shadow: &self.shadow,
            band: &self.band,
            lit: &now.lit,
            light: &now.light,
            scene,
            due,
            seconds: due.secs(),
            exposure: self.band.exposed(&now.light),
            clouds: self.effects.clouds.as_ref(),
            wind: self.effects.wind_speed,
        };
        states
            .par_iter()
            .filter_map(|state| stage.draw(state))
            .collect()
    }

    /// Fills the planes of radiance, and says who owns each pixel: `ids` come as noughts.
    fn compose(
        &self,
        scene: &Scene,
        now: &Now<P, B::Light>,
        (slopes, wakes): (&Slopes, &[(Wake, [f32; 4])]),
        drawn: &mut [Drawn<P>],
        air: &Air<'_, P>,
        (radiance, mut ids): (&mut [Vec<f32>; P], Vec<u32>),
    ) -> IdBuffer {
        let due = air.due;
        let mirrors: Vec<_> = drawn.iter_mut().filter_map(|d| d.mirror.take()).collect();
        let asked = self.profile.as_deref();
        let (bake, band, lit) = (&self.bake, &self.band, &now.lit);
        let water = WaterFrame {
            bake,
            surface: &self.surface,
            through: &self.through,
            lit,
            slopes,
            roughness: &self.roughness,
            gusts: &self.gusts,
            wakes,
            mirrors: &mirrors,
            lamps: &air.showing.lamps,
            plumes: &air.plumes,
            rain: self.effects.roughness(),
            stain: self.stain.as_ref(),
            carried: self
                .surface
                .variance
                .map(|finer| (0.5 * self.waves.total_variance - finer).max(0.0).sqrt()),
            axis: self.waves.axis,
            wind: self.wind,
            current: self.current,
            flow: scene.site.reach.flow as f32,
            seconds: due.secs() as f32,
            lamp: band.lamp(&now.light),
        };
        let (width, height) = (bake.width, bake.height);
        let (sun, direct) = (lit.sun.irradiance.map(|v| v * SHARE), band.direct());
        let cpu = self.cpu;
        let n = width * BAND;
        bands(radiance, n)
            .into_par_iter()
            .zip(ids.par_chunks_mut(n))
            .enumerate()
            .for_each_init(Lanes::default, |lanes, (number, (mut planes, ids))| {
                let rows = number * BAND..(number * BAND + ids.len() / width);
                let still = StillRows {
                    water: &water,
                    still: &now.still,
                    clouds: self.effects.clouds.as_ref(),
                    sunlit: self.sunlit.as_ref(),
                    rows: rows.clone(),
                    planes: planes.each_mut().map(|p| &mut **p),
                    lanes,
                };
                Profile::time(asked, Part::Water, || cpu.run(still));
                Profile::time(asked, Part::Compose, || {
                    for (i, y) in rows.clone().enumerate() {
                        let at = i * width..(i + 1) * width;
                        let mut row = Row(planes.each_mut().map(|p| &mut p[at.clone()]));
                        if let Some(crowns) = &self.crowns {
                            crowns.sway(y, &mut row.0, &self.gusts, due.secs() as f32);
                        }
                        if let Some(direct) = direct {
                            let direct = direct.each_ref().map(|d| &d[y * width..(y + 1) * width]);
                            for d in &*drawn {
                                cast_shadow(d, y, direct, sun, &mut row);
                            }
                        }
                        let ids = &mut ids[at];
                        place_actors(bake, drawn, y, &mut row, ids);
                        air.row(y, &mut row.0, ids);
                    }
                    let planes = planes.each_mut().map(|p| &mut **p);
                    cpu.run(Corners { air, rows, planes });
                });
            });
        IdBuffer {
            width: width as u32,
            height: height as u32,
            ids,
        }
    }
}

/// Numbers of a plane in a line of the cache.
const LINE: usize = 16;

/// Rows of what stands still and of the water.
struct StillRows<'a, const P: usize> {
    water: &'a WaterFrame<'a, P>,
    still: &'a Packed<P>,
    clouds: Option<&'a CloudShade>,
    sunlit: Option<&'a Sunlit<P>>,
    rows: Range<usize>,
    planes: [&'a mut [f32]; P],
    lanes: &'a mut Lanes<P>,
}

impl<const P: usize> Kernel for StillRows<'_, P> {
    #[inline(always)]
    fn run(self) {
        let Self {
            water,
            still,
            clouds,
            sunlit,
            rows,
            mut planes,
            lanes,
        } = self;
        let (width, order) = (water.bake.width, water.surface.order);
        let from = rows.start * width;
        // No closures: those are not compiled for the kernel's vectors.
        let mut shade = None;
        if let Some(clouds) = clouds {
            shade = Some(clouds.over(&rows, water.seconds));
        }
        // Block by block down the band: neighbours look up the same places.
        for column in 0..order.across() {
            for y in rows.clone() {
                let number = order.at(y, column);
                let left = y * width + column * BLOCK;
                water.surface.prefetch(number + 1);
                still.prefetch(number + 1);
                for plane in &planes {
                    let below = left + width - from;
                    for soon in plane
                        .get(below..below + BLOCK)
                        .unwrap_or_default()
                        .iter()
                        .step_by(LINE)
                    {
                        prefetch(soon);
                    }
                }
                let mut block = None;
                if let Some(shade) = &shade {
                    block = Some(shade.block(y, column));
                }
                let shade = block;
                let wet = water.block([y, column], shade.as_ref(), lanes);
                let right = (left + BLOCK).min((y + 1) * width);
                let at = left - from..right - from;
                for (k, plane) in planes.iter_mut().enumerate() {
                    let (numbers, unit) = still.block(number, k);
                    for (v, number) in plane[at.clone()].iter_mut().zip(numbers) {
                        *v = radiance(*number, unit);
                    }
                }
                let sunlit = sunlit.and_then(|sunlit| sunlit.block(number));
                if let Some((numbers, shade)) = sunlit.zip(shade.as_ref()) {
                    let sun = water.lit.sun.irradiance;
                    for (k, plane) in planes.iter_mut().enumerate() {
                        let gain = Sunlit::<P>::UNIT * sun[k];
                        let more = numbers[k].iter().zip(shade);
                        for (v, (number, more)) in plane[at.clone()].iter_mut().zip(more) {
                            *v += f32::from(*number) * gain * more;
                        }
                    }
                }
                if let Some(wet) = wet {
                    for (k, plane) in planes.iter_mut().enumerate() {
                        let water = lanes.through[k].iter().zip(&lanes.radiance[k]);
                        let water = wet.cover.iter().zip(water);
                        for (v, (cover, (through, out))) in plane[at.clone()].iter_mut().zip(water)
                        {
                            *v += f32::from(*cover) * 0.25 * through * out;
                        }
                    }
                }
            }
        }
    }
}

/// Rows of a finished picture that lose light towards its corners.
struct Corners<'a, const P: usize> {
    air: &'a Air<'a, P>,
    rows: Range<usize>,
    planes: [&'a mut [f32]; P],
}

impl<const P: usize> Kernel for Corners<'_, P> {
    #[inline(always)]
    fn run(self) {
        let mut planes = self.planes;
        let width = planes[0].len() / self.rows.len().max(1);
        for (i, y) in self.rows.enumerate() {
            let at = i * width..(i + 1) * width;
            let mut row = planes.each_mut().map(|p| &mut p[at.clone()]);
            self.air.corners(y, &mut row);
        }
    }
}

/// The planes in bands of `n` pixels.
pub(crate) fn bands<T, const P: usize>(planes: &mut [Vec<T>; P], n: usize) -> Vec<[&mut [T]; P]> {
    let mut chunks = planes.each_mut().map(|p| p.chunks_mut(n));
    let mut out = Vec::new();
    loop {
        let next = chunks.each_mut().map(Iterator::next);
        if next.iter().any(Option::is_none) {
            return out;
        }
        out.push(next.map(Option::unwrap_or_default));
    }
}

/// Wakes of those under way, and what each may touch of the picture.
fn wakes(
    scene: &Scene,
    bake: &SiteBake,
    states: &[ActorState],
    due: SimTime,
) -> Vec<(Wake, [f32; 4])> {
    let each = states.iter().filter_map(|s| Wake::of(scene, s, due));
    each.filter_map(|wake| {
        let bounds = wake.bounds(bake)?;
        Some((wake, bounds))
    })
    .collect()
}

/// Velocity of the water near the middle of the reach in view, m/s east and north.
fn mean_current(bake: &SiteBake) -> [f32; 2] {
    let mut sum = DVec2::ZERO;
    let mut count = 0.0;
    let channel = bake.channel();
    for i in 0..64 {
        let (x, y) = (i % 8, i / 8);
        let (x, y) = (
            x * bake.width / 8 + bake.width / 16,
            y * bake.height / 8 + bake.height / 16,
        );
        let at = y * bake.width + x;
        if bake.samples(at)[0].kind == Kind::Water {
            let p = bake.lens.place(x as f32, y as f32, bake.w(at)[0]);
            sum += channel.flow(p.truncate().as_dvec2());
            count += 1.0;
        }
    }
    let mean = sum / f64::max(count, 1.0);
    [mean.x as f32, mean.y as f32]
}

mod bench;
