//! One camera in one scene, whatever it sees by.

use crate::actors::IdBuffer;
use crate::bake::SiteBake;
use crate::cpu::Cpu;
use crate::effects::Warp;
use crate::light;
use crate::nir::Nir;
use crate::profile::Profile;
use crate::ptz;
use crate::thermal::{self, Thermal};
use crate::view::View;
use crate::visible::Visible;
use base::patrol::Aim;
use base::site::{CameraMode, CameraSetup};
use base::{Frame, SimTime};
use scenario::scene::Scene;
use scenario::truth::FrameTruth;
use std::sync::Arc;

/// What a render gives.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The picture.
    pub frame: Frame,
    /// What is in it.
    pub truth: FrameTruth,
    /// Who owns each pixel.
    pub ids: IdBuffer,
}

/// One camera of one scene. It runs in whatever thread pool its caller installs; the bytes do
/// not depend on the number of threads.
///
/// A camera on patrol has a view for each of its presets, lit when it is first looked at; of long
/// patrols some are lit anew each time round.
#[derive(Debug)]
pub struct Renderer {
    setup: CameraSetup,
    /// By preset; one for a fixed camera.
    bakes: Vec<Arc<SiteBake>>,
    views: Vec<Option<Mode>>,
    cpu: Option<Cpu>,
    profile: Option<Arc<Profile>>,
}

/// Views of presets that are kept lit at most: each takes as much memory as some pictures.
const LIT: usize = 5;

/// Lowest sun (sine of its height) by which a camera defogs.
const DEFOG_SUN: f32 = 0.02;

#[derive(Debug)]
enum Mode {
    Visible(Box<View<3, Visible>>),
    Nir(Box<View<1, Nir>>),
    Thermal(Box<View<1, Thermal>>),
}

impl Mode {
    fn new(scene: &Scene, bake: Arc<SiteBake>) -> Self {
        match bake.setup.mode {
            CameraMode::Visible if !defogs(scene, &bake.setup) => {
                Self::Visible(Box::new(View::new(scene, bake)))
            }
            CameraMode::Visible | CameraMode::Nir => Self::Nir(Box::new(View::new(scene, bake))),
            CameraMode::Thermal => Self::Thermal(Box::new(View::new(scene, bake))),
        }
    }

    fn run_on(&mut self, cpu: Cpu) {
        match self {
            Self::Visible(view) => view.run_on(cpu),
            Self::Nir(view) => view.run_on(cpu),
            Self::Thermal(view) => view.run_on(cpu),
        }
    }

    fn profile(&mut self, profile: Arc<Profile>) {
        match self {
            Self::Visible(view) => view.profile(profile),
            Self::Nir(view) => view.profile(profile),
            Self::Thermal(view) => view.profile(profile),
        }
    }

    fn render(&mut self, scene: &Scene, index: u64, due: SimTime, warp: Option<Warp>) -> Rendered {
        match self {
            Self::Visible(view) => view.render(scene, index, due, warp),
            Self::Nir(view) => view.render(scene, index, due, warp),
            Self::Thermal(view) => thermal::render(view, scene, index, due, warp),
        }
    }
}

/// The cameras, fixed, for which a camera needs bakes: one for each of its presets, or itself.
pub fn poses(setup: &CameraSetup) -> Vec<CameraSetup> {
    let presets = setup.patrol.as_ref().map_or(0, |p| p.presets.len());
    if presets == 0 {
        return vec![setup.clone()];
    }
    (0..presets).map(|i| setup.at_preset(i)).collect()
}

impl Renderer {
    /// Bakes the site for the camera, then lights it for the scene.
    pub fn new(scene: &Scene, camera: &CameraSetup) -> Self {
        let bake = |pose: &CameraSetup| Arc::new(SiteBake::new(&scene.site, pose));
        Self::with_bakes(scene, camera, poses(camera).iter().map(bake).collect())
    }

    /// Lights a bake of the scene's site that other scenes may share, for a fixed camera.
    pub fn with_bake(scene: &Scene, bake: Arc<SiteBake>) -> Self {
        let setup = bake.setup.clone();
        Self::with_bakes(scene, &setup, vec![bake])
    }

    /// The same for a camera on patrol: bakes of its [`poses`], in their order, at least one.
    pub fn with_bakes(scene: &Scene, setup: &CameraSetup, bakes: Vec<Arc<SiteBake>>) -> Self {
        let mut views: Vec<Option<Mode>> = bakes.iter().map(|_| None).collect();
        if let (Some(view), Some(bake)) = (views.first_mut(), bakes.first()) {
            *view = Some(Mode::new(scene, Arc::clone(bake)));
        }
        Self {
            setup: setup.clone(),
            bakes,
            views,
            cpu: None,
            profile: None,
        }
    }

    /// The bake of the fixed camera or its first preset, to light it for another scene.
    pub fn bake(&self) -> &Arc<SiteBake> {
        &self.bakes[0]
    }

    /// Draws with what this processor has instead of its widest vectors. The bytes stay the same.
    pub fn run_on(&mut self, cpu: Cpu) {
        self.cpu = Some(cpu);
        for view in self.views.iter_mut().flatten() {
            view.run_on(cpu);
        }
    }

    /// Adds the times of the frames to come to a profile.
    pub fn profile(&mut self, profile: Arc<Profile>) {
        for view in self.views.iter_mut().flatten() {
            view.profile(Arc::clone(&profile));
        }
        self.profile = Some(profile);
    }

    /// Lets go of a view if one more would be too many: of those that are lit, the one whose turn
    /// on the patrol comes last.
    fn make_room(&mut self, preset: usize) {
        let n = self.views.len();
        if self.views[preset].is_some() || self.views.iter().flatten().count() < LIT {
            return;
        }
        let lit = (0..n).filter(|p| self.views[*p].is_some());
        if let Some(last) = lit.max_by_key(|p| (p + n - preset) % n) {
            self.views[last] = None;
        }
    }

    /// The view of a preset, lit when it is first asked for.
    fn view(&mut self, scene: &Scene, preset: usize) -> &mut Mode {
        let preset = preset.min(self.bakes.len() - 1);
        self.make_room(preset);
        let bake = &self.bakes[preset];
        let (cpu, profile) = (self.cpu, &self.profile);
        self.views[preset].get_or_insert_with(|| {
            let mut view = Mode::new(scene, Arc::clone(bake));
            if let Some(cpu) = cpu {
                view.run_on(cpu);
            }
            if let Some(profile) = profile {
                view.profile(Arc::clone(profile));
            }
            view
        })
    }

    /// One frame of the scene that it was made for. Frames may come in any order. While the camera
    /// turns or settles, truth lists nothing.
    pub fn render(&mut self, scene: &Scene, frame_index: u64, due: SimTime) -> Rendered {
        if self.bakes.len() < 2 {
            return self.view(scene, 0).render(scene, frame_index, due, None);
        }
        let setup = self.setup.clone();
        let size = [setup.width as usize, setup.height as usize];
        match setup.aim(due) {
            Aim::Steady { preset } => {
                let view = self.view(scene, preset);
                view.render(scene, frame_index, due, None)
            }
            Aim::Settling { preset, part } => {
                let seconds = setup.patrol.as_ref().map_or(1.0, |p| p.settle.secs());
                let warp = |rgb: &[u8]| ptz::settling(rgb, size, part as f32, seconds as f32);
                let view = self.view(scene, preset);
                view.render(scene, frame_index, due, Some(&warp))
            }
            Aim::Slewing { from, to, part } => {
                let nearest = if part < 0.5 { from } else { to };
                let fixed = setup.at_preset(nearest);
                let warp = |rgb: &[u8]| ptz::turning(rgb, &fixed, &setup, due);
                let view = self.view(scene, nearest);
                view.render(scene, frame_index, due, Some(&warp))
            }
        }
    }
}

/// Whether a visible camera looks through its near-infrared filter: by daylight only, decided once
/// for a scene.
fn defogs(scene: &Scene, setup: &CameraSetup) -> bool {
    let half = SimTime(scene.duration.0 / 2);
    setup.optics.defog && light::direction(scene.sun.at(half)).z > DEFOG_SUN
}
