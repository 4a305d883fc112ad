//! One camera in one scene, whatever it sees by.

use crate::actors::IdBuffer;
use crate::bake::SiteBake;
use crate::cpu::Cpu;
use crate::grey::Grey;
use crate::profile::Profile;
use crate::view::View;
use crate::visible::Visible;
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
#[derive(Debug)]
pub struct Renderer(Mode);

#[derive(Debug)]
enum Mode {
    Visible(Box<View<3, Visible>>),
    Nir(Box<View<1, Grey>>),
    Thermal(Box<View<1, Grey>>),
}

impl Renderer {
    /// Bakes the site for the camera, then lights it for the scene.
    pub fn new(scene: &Scene, camera: &CameraSetup) -> Self {
        Self::with_bake(scene, Arc::new(SiteBake::new(&scene.site, camera)))
    }

    /// Lights a bake of the scene's site that other scenes may share.
    pub fn with_bake(scene: &Scene, bake: Arc<SiteBake>) -> Self {
        Self(match bake.setup.mode {
            CameraMode::Visible => Mode::Visible(Box::new(View::new(scene, bake))),
            CameraMode::Nir => Mode::Nir(Box::new(View::new(scene, bake))),
            CameraMode::Thermal => Mode::Thermal(Box::new(View::new(scene, bake))),
        })
    }

    /// The bake, to light it for another scene.
    pub fn bake(&self) -> &Arc<SiteBake> {
        match &self.0 {
            Mode::Visible(view) => view.bake(),
            Mode::Nir(view) | Mode::Thermal(view) => view.bake(),
        }
    }

    /// Draws with what this processor has instead of its widest vectors. The bytes stay the same.
    pub fn run_on(&mut self, cpu: Cpu) {
        match &mut self.0 {
            Mode::Visible(view) => view.run_on(cpu),
            Mode::Nir(view) | Mode::Thermal(view) => view.run_on(cpu),
        }
    }

    /// Adds the times of the frames to come to a profile.
    pub fn profile(&mut self, profile: Arc<Profile>) {
        match &mut self.0 {
            Mode::Visible(view) => view.profile(profile),
            Mode::Nir(view) | Mode::Thermal(view) => view.profile(profile),
        }
    }

    /// One frame of the scene that it was made for. Frames may come in any order.
    pub fn render(&mut self, scene: &Scene, frame_index: u64, due: SimTime) -> Rendered {
        match &mut self.0 {
            Mode::Visible(view) => view.render(scene, frame_index, due),
            Mode::Nir(view) | Mode::Thermal(view) => view.render(scene, frame_index, due),
        }
    }
}
