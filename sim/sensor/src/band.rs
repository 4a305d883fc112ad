//! What differs between spectral bands. The frame path (`view`, `water`, `actors`, `compose`) is
//! written once for `P` planes of radiance: three in the visible, one in the near infrared and in
//! the thermal infrared. A [`Band`] says what the still scene, the water and a mover's surface send
//! out in each plane, and turns planes into bytes.
//!
//! | band | planes | radiance in |
//! | --- | --- | --- |
//! | visible | 3 | kcd/m2 |
//! | any other | 1 | what its module says |

use crate::atmosphere::Haze;
use crate::bake::SiteBake;
use crate::bake::shadow::SunShadow;
use crate::cpu::Cpu;
use crate::effects::{Instant, Showing};
use crate::layers::mirror::MirrorMap;
use crate::material::Material;
use crate::quick::exp_minus;
use crate::sky::{Disc, SkySpec};
use crate::water::optics::Roughness;
use crate::water::plume::{Dye, Effluent};
use crate::water::surface::Surface;
use base::SimTime;
use glam::Vec3;
use scenario::scene::{ActorState, Scene};
use scenario::truth::EffectTruth;
use std::fmt::Debug;
use std::sync::Arc;

/// Radiance or another quantity in each plane.
pub(crate) type Planar<const P: usize> = [f32; P];

/// One spectral band's view of a scene.
pub(crate) trait Band<const P: usize>: Debug + Send + Sync + Sized {
    /// What else the band keeps of a light step: its sky, its exposure.
    type Light: Debug + Send + Sync;

    /// Weights of the planes in brightness, for the contrast of targets.
    const BRIGHTNESS: Planar<P>;

    /// Signed contrast of an actor's mean brightness to its surround's; 0.05 is the least that
    /// counts as seen.
    fn contrast(own: f64, surround: f64) -> f64 {
        (own - surround) / surround
    }

    /// For one camera in one scene.
    fn new(scene: &Scene, still: &Still<'_>, surface: &Surface) -> Self;

    /// Part of the view of a bottom at unit depth that a metre of water takes, 1/m.
    fn clarity(scene: &Scene) -> f32;

    /// Reflectance of a body of water by its turbidity (0-1), where a tributary's differs from the
    /// river's; `None` in a band that sees no difference.
    fn body(turbidity: f32) -> Option<Planar<P>> {
        let _ = turbidity;
        None
    }

    /// What comes out of an outlet, or is stirred up, as the band sees it.
    fn dye(&self, lit: &Lit<P>, effluent: &Effluent) -> Dye<P>;

    /// What water mirrors by angle and roughness.
    fn roughness() -> Roughness {
        Roughness::new()
    }

    /// The still scene under the light of a step, at its middle. `base` gets the radiance of all
    /// but the water itself.
    fn light(
        &self,
        scene: &Scene,
        still: &Still<'_>,
        surface: &Surface,
        step: i64,
        base: &mut [Vec<f32>; P],
    ) -> (Lit<P>, Self::Light);

    /// Extinction of the air in each plane, 1/m.
    fn extinction(&self) -> Planar<P>;

    /// What the sun's irradiance adds to each pixel, in units of [`crate::layers::SHARE`], for
    /// shadows that movers cast; `None` where shadows do not show.
    fn direct(&self) -> Option<&[Vec<u16>; P]>;

    /// Radiance of a mover's surface towards its viewer, before the air.
    fn surface(&self, lit: &Lit<P>, light: &Self::Light, point: &Point<'_>) -> Planar<P>;

    /// Radiance after `range` metres of air, seen at a place in the picture.
    fn through_air(
        &self,
        lit: &Lit<P>,
        light: &Self::Light,
        radiance: Planar<P>,
        range: f32,
        at: [i32; 2],
    ) -> Planar<P> {
        let _ = light;
        let extinction = self.extinction();
        let air = &lit.air[at[0].clamp(0, lit.air.len() as i32 - 1) as usize];
        std::array::from_fn(|k| {
            let through = exp_minus(extinction[k] * range);
            radiance[k] * through + air[k] * (1.0 - through)
        })
    }

    /// Radiance of a shining eye of a mover, before the air: eyes are too small for triangles.
    /// `None` where eyes do not shine. The point's normal looks where the head does.
    fn eye(&self, light: &Self::Light, point: &Point<'_>) -> Option<Planar<P>> {
        let _ = (light, point);
        None
    }

    /// Irradiance that a lamp beside the camera adds on the water at each pixel, in every plane;
    /// `None` without one.
    fn lamp<'a>(&self, light: &'a Self::Light) -> Option<&'a [f32]> {
        let _ = light;
        None
    }

    /// How long a moment of the picture lasts, seconds.
    fn exposed(&self, light: &Self::Light) -> f32;

    /// What hangs before the lens, could be taken for something and is no actor.
    fn effects(&self, light: &Self::Light, shot: &Shot) -> Vec<EffectTruth> {
        let _ = (light, shot);
        Vec::new()
    }

    /// What fog, rain and lamps look like in a frame.
    fn showing(&self, lit: &Lit<P>, light: &Self::Light, instant: &Instant<'_>) -> Showing<P> {
        let _ = (lit, light, instant);
        Showing::default()
    }

    /// Deviation of a pixel's brightness in the picture, by its mean; `None` where it is not known.
    /// Truth tells signal-to-noise ratios by it.
    fn noise(&self, _light: &Self::Light, _brightness: f32) -> Option<f32> {
        None
    }

    /// Bytes of the picture, three a pixel, from planes of radiance.
    fn develop(&mut self, planes: &[Vec<f32>; P], light: &Self::Light, shot: &Shot) -> Arc<[u8]>;
}

/// What does not move and does not depend on the band.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Still<'a> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) haze: &'a Haze,
    /// When `shadow` was made for.
    pub(crate) middle: SimTime,
    /// Towards the sun of that instant.
    pub(crate) sun: Vec3,
    pub(crate) shadow: &'a SunShadow,
    /// The scene's clouds.
    pub(crate) clouds: SkySpec,
}

/// The radiance of everything that does not move, under one light.
#[derive(Debug, Clone)]
pub(crate) struct Lit<const P: usize> {
    /// Airlight by column.
    pub(crate) air: Vec<Planar<P>>,
    /// The banks mirrored in the water, softened by its roughness.
    pub(crate) mirror: MirrorMap<P>,
    /// What water mirrors of the sky: radiance by direction.
    pub(crate) sky: Disc,
    pub(crate) sun: Sun<P>,
    pub(crate) water: WaterLight<P>,
}

/// The sun as a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sun<const P: usize> {
    /// Unit vector to it.
    pub(crate) toward: Vec3,
    /// Irradiance of what faces it.
    pub(crate) irradiance: Planar<P>,
    /// Most radiance of its glint in a pixel.
    pub(crate) glint_limit: f32,
}

/// What comes out of the water: reflectance times irradiance over pi. A band that emits gives pi
/// as its skylight and radiances as reflectances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaterLight<const P: usize> {
    /// Reflectance of the water's body.
    pub(crate) body: Planar<P>,
    /// And of the bed, seen through shallows.
    pub(crate) bed: Planar<P>,
    /// And of foam.
    pub(crate) foam: Planar<P>,
    /// How much silt and lanes change the body, 0-1.
    pub(crate) silt: f32,
    /// Sunlight on the level surface.
    pub(crate) level_sun: Planar<P>,
    /// And skylight.
    pub(crate) level_sky: Planar<P>,
    /// Whether a dark line runs where water meets what stands in it.
    pub(crate) contact_line: bool,
}

/// A place on a mover's surface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point<'a> {
    pub(crate) actor: &'a ActorState,
    /// Linear red, green, blue.
    pub(crate) albedo: Vec3,
    pub(crate) material: Material,
    /// Unit normal on the viewer's side.
    pub(crate) normal: Vec3,
    pub(crate) place: Vec3,
    /// Where the viewer is, mirrored in the water for the mirror image.
    pub(crate) eye: Vec3,
    /// Height above the actor's foot, metres.
    pub(crate) above: f32,
    /// Part of the sun's irradiance that falls on it: cosine and shadows.
    pub(crate) sun: f32,
    /// Part of the sky's irradiance, light from the ground included.
    pub(crate) sky: f32,
}

/// Which picture it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shot {
    /// Of the noise of this frame.
    pub(crate) noise: u32,
    /// Of what stays with the camera: its fixed pattern.
    pub(crate) fixed: u32,
    pub(crate) frame_index: u64,
    pub(crate) due: SimTime,
    /// For kernels.
    pub(crate) cpu: Cpu,
}

/// A number for each plane.
pub(crate) fn planar<const P: usize>(f: impl FnMut(usize) -> f32) -> Planar<P> {
    std::array::from_fn(f)
}
