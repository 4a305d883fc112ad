//! What comes between a scene and its finished picture, band by band alike: fog, lamps, rain and
//! the lens on planes of radiance, a row at a time; dome, mast, codec and text on bytes.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | vignetting | 14 % less light in the corners, with the square of the distance | lenses at f/2 |

use crate::bake::SiteBake;
use crate::clouds::CloudShade;
use crate::codec::Codec;
use crate::curtain::Curtain;
use crate::dome::Dome;
use crate::fog::FogBank;
use crate::lamps::{Patch, Spark};
use crate::link::Link;
use crate::overlay::Overlay;
use crate::pieces;
use crate::rain::{self, Shutter, Streaks};
use crate::sway::{self, Sway};
use crate::water::lamps::MirroredLamp;
use crate::water::plume::{Dye, Plume};
use base::{BBox, Seed, SimTime, Stream};
use scenario::scene::{ActorState, Scene};
use scenario::truth::EffectTruth;

pub(crate) const CORNER: f32 = 0.14;

/// The effects of one camera in one scene; those that are off are absent.
#[derive(Debug)]
pub(crate) struct Effects {
    /// Columns and rows of the picture, and of what is drawn before the lens distorts it.
    size: [usize; 2],
    canvas: [usize; 2],
    fog: Option<FogBank>,
    pub(crate) clouds: Option<CloudShade>,
    rain: f64,
    curtain: Option<Curtain>,
    /// m/s.
    pub(crate) wind_speed: f32,
    wind: [f32; 2],
    dome: Option<Dome>,
    sway: Option<Sway>,
    overlay: Option<Overlay>,
    codec: Option<Codec>,
    link: Option<Link>,
    seed: Seed,
    camera: u64,
}

/// How a band shows them in a frame.
#[derive(Debug)]
pub(crate) struct Showing<const P: usize> {
    /// Lamps that water mirrors.
    pub(crate) lamps: Vec<MirroredLamp<P>>,
    /// Radiance of fog and of drops, by column; empty where neither shows.
    pub(crate) glow: Vec<[f32; P]>,
    /// How drops are exposed; `None` where they are not drawn.
    pub(crate) shutter: Option<Shutter>,
    /// Bright points.
    pub(crate) sparks: Vec<Spark>,
    /// Light of lamps that move.
    pub(crate) patches: Vec<Patch>,
    /// Part of the light that the lens loses in the corners; 0 where the camera corrects for it.
    pub(crate) corner: f32,
}

impl<const P: usize> Default for Showing<P> {
    fn default() -> Self {
        Self {
            lamps: Vec::new(),
            glow: Vec::new(),
            shutter: None,
            sparks: Vec::new(),
            patches: Vec::new(),
            corner: 0.0,
        }
    }
}

/// What a turning camera does to its picture.
pub(crate) type Warp<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// Who is where in a frame.
#[derive(Debug)]
pub(crate) struct Instant<'a> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) states: &'a [ActorState],
    pub(crate) effects: &'a Effects,
}

/// All that the rows of one frame need.
#[derive(Debug)]
pub(crate) struct Air<'a, const P: usize> {
    effects: &'a Effects,
    pub(crate) showing: Showing<P>,
    streaks: Streaks,
    /// Of the frame's rain.
    drops: u32,
    pub(crate) plumes: Vec<(Plume, Dye<P>)>,
    pub(crate) due: SimTime,
}

impl Effects {
    /// `camera`: its number within the scene.
    pub(crate) fn new(scene: &Scene, bake: &SiteBake, camera: u64) -> Self {
        let weather = &scene.weather;
        let (s, c) = base::math::f64::sin_cos(weather.wind_from.to_radians());
        let wind = [-(s * weather.wind) as f32, -(c * weather.wind) as f32];
        let optics = &bake.setup.optics;
        let dome = scene.seed.at(Stream::Weather, 20, camera).0 as u32;
        let overlay = || {
            let start = scene.installation().start;
            Overlay::new(&bake.setup, &scene.site.name, &start)
        };
        Self {
            size: bake.picture(),
            canvas: [bake.width, bake.height],
            fog: FogBank::new(bake, weather.fog_bank, wind, scene.seed),
            clouds: CloudShade::new(bake, weather.cloud, wind, scene.seed),
            rain: weather.rain,
            curtain: Curtain::new(bake, weather.rain, wind, scene.seed),
            wind_speed: weather.wind as f32,
            wind,
            dome: Dome::new(optics.dirt, weather.rain, dome),
            sway: Sway::new(&bake.setup, weather.wind, scene.seed, camera),
            overlay: optics.overlay.then(overlay),
            codec: Codec::new(optics.codec),
            link: Link::new(optics.link_loss, scene.seed, camera),
            seed: scene.seed,
            camera,
        }
    }

    /// Whether a band has to say how fog and drops glow.
    pub(crate) fn needs_glow(&self) -> bool {
        self.fog.is_some() || self.rain > 0.0
    }

    /// Slope variance that rain adds to the water.
    pub(crate) fn roughness(&self) -> f32 {
        rain::roughness(self.rain)
    }

    /// For the rows of a frame.
    pub(crate) fn air<const P: usize>(
        &self,
        bake: &SiteBake,
        showing: Showing<P>,
        frame_index: u64,
        due: SimTime,
    ) -> Air<'_, P> {
        let drops = self
            .seed
            .at(Stream::Weather, 100 + self.camera, frame_index);
        let drops = drops.0 as u32;
        let streaks = match showing.shutter {
            Some(shutter) if self.rain > 0.0 => {
                Streaks::new(bake, self.rain, self.wind, shutter, drops)
            }
            _ => Streaks::default(),
        };
        Air {
            effects: self,
            showing,
            streaks,
            drops,
            plumes: Vec::new(),
            due,
        }
    }

    /// Where the mast's sway moves the picture, pixels.
    pub(crate) fn shift(&self, due: SimTime) -> Option<[f32; 2]> {
        self.sway.map(|sway| sway.at(due))
    }

    /// Whether anything works on the finished bytes.
    pub(crate) fn touch_bytes(&self) -> bool {
        self.dome.is_some()
            || self.sway.is_some()
            || self.overlay.is_some()
            || self.codec.is_some()
            || self.link.is_some()
    }

    /// Finishes a picture of three bytes a pixel; what a detector may take for something is added
    /// to `truth`.
    pub(crate) fn finish(
        &self,
        mut rgb: Vec<u8>,
        due: SimTime,
        warp: Option<Warp<'_>>,
        truth: &mut Vec<EffectTruth>,
    ) -> Vec<u8> {
        if let Some(shift) = self.shift(due) {
            rgb = sway::shift(&rgb, self.size, shift);
        }
        if let Some(warp) = warp {
            rgb = warp(&rgb);
        }
        if let Some(dome) = &self.dome {
            dome.apply(&mut rgb, self.size, due.secs() as f32, truth);
        }
        self.record(rgb, due, truth)
    }

    /// What becomes of a picture on its way: text, codec, link.
    pub(crate) fn record(
        &self,
        mut rgb: Vec<u8>,
        due: SimTime,
        truth: &mut Vec<EffectTruth>,
    ) -> Vec<u8> {
        if let Some(overlay) = &self.overlay {
            overlay.apply(&mut rgb, self.size, due, truth);
        }
        if let Some(codec) = &self.codec {
            codec.apply(&mut rgb, self.size[0]);
        }
        if let Some(link) = &self.link {
            link.apply(&mut rgb, self.size, due, truth);
        }
        rgb
    }
}

impl<const P: usize> Air<'_, P> {
    /// Works on a row of radiance once everyone stands in it. `ids`: who owns its pixels.
    pub(crate) fn row(&self, y: usize, row: &mut [&mut [f32]; P], ids: &[u32]) {
        let showing = &self.showing;
        for patch in &showing.patches {
            patch.add(y, row, ids);
        }
        if let Some(fog) = &self.effects.fog
            && !showing.glow.is_empty()
        {
            fog.row(y, row, self.due.secs() as f32, |x| showing.glow[x]);
        }
        if let Some(curtain) = &self.effects.curtain
            && !showing.glow.is_empty()
        {
            curtain.row(y, row, self.due.secs() as f32, self.drops, &showing.glow);
        }
        let fy = y as f32;
        for spark in &showing.sparks {
            let [top, bottom] = spark.rows();
            if fy + 1.0 > top && fy < bottom {
                spark.add(y, row);
            }
        }
        if let Some(middle) = showing.glow.get(showing.glow.len() / 2) {
            self.streaks.row(y, row, *middle);
        }
    }

    /// Takes light away towards the corners in a row, the last thing on its way to the sensor.
    #[inline(always)]
    pub(crate) fn corners(&self, y: usize, row: &mut [&mut [f32]; P]) {
        if self.showing.corner > 0.0 {
            vignette(y, row, self.effects.canvas, self.showing.corner);
        }
    }

    /// Boxes of dazzling lamps, moved with the picture.
    pub(crate) fn dazzle(&self, bake: &SiteBake, shift: [f32; 2], truth: &mut Vec<EffectTruth>) {
        for spark in &self.showing.sparks {
            let [x0, y0, x1, y1] = spark.bounds();
            let bbox = bake.in_picture(BBox::new(x0, y0, x1, y1));
            if let Some(bbox) = pieces::moved(bbox, shift, self.effects.size) {
                truth.push(EffectTruth {
                    kind: spark.kind,
                    bbox,
                });
            }
        }
    }
}

/// Less light towards the corners.
#[inline(always)]
fn vignette<const P: usize>(
    y: usize,
    row: &mut [&mut [f32]; P],
    [width, height]: [usize; 2],
    corner: f32,
) {
    let (cx, cy) = (0.5 * width as f32, 0.5 * height as f32);
    let scale = corner / (cx * cx + cy * cy);
    let dy = y as f32 + 0.5 - cy;
    let middle = 1.0 - scale * dy * dy;
    for plane in row {
        for (x, v) in plane.iter_mut().enumerate() {
            let dx = x as u32 as f32 + (0.5 - cx);
            *v *= middle - scale * dx * dx;
        }
    }
}
