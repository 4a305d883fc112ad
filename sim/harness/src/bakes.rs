//! Baked sites, shared between the units that look at them through the same camera.

use base::site::CameraSetup;
use scenario::model::SiteSpec;
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::sync::{Arc, Mutex, PoisonError};

/// Bakes kept; a suite goes through its sites one after the other, so the latest few serve.
const KEPT: usize = 6;

type Baked = (Arc<SiteSpec>, CameraSetup, Arc<SiteBake>);

/// A small store of bakes.
#[derive(Default)]
pub(crate) struct Bakes(Mutex<Vec<Baked>>);

impl Bakes {
    /// A renderer for one camera of a scene; bakes the site where no unit did so before.
    pub(crate) fn renderer(&self, scene: &Scene, setup: &CameraSetup) -> Renderer {
        let known = |(site, camera, _): &&Baked| camera == setup && **site == *scene.site;
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lock().iter().find(known).map(|(_, _, bake)| Arc::clone(bake));
        // Not under the lock: two workers may bake the same site, which costs time but no bytes.
        let bake = found.unwrap_or_else(|| {
            let bake = Arc::new(SiteBake::new(&scene.site, setup));
            let mut kept = lock();
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            kept.push((Arc::clone(&scene.site), setup.clone(), Arc::clone(&bake)));
            bake
        });
        Renderer::with_bake(scene, bake)
    }
}
