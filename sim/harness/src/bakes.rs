//! Baked sites, shared between the units and the cameras that look at them from the same pose
//! through the same lens: bands of one mast head are registered.

use base::Camera;
use base::site::CameraSetup;
use rayon::{ThreadPool, ThreadPoolBuilder};
use scenario::model::SiteSpec;
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bakes kept; a suite goes through its sites one after the other, so the latest few serve.
const KEPT: usize = 6;

struct Baked {
    site: Arc<SiteSpec>,
    camera: Camera,
    /// Empty while the first who asked is baking; the others wait for it.
    bake: Arc<OnceLock<Arc<SiteBake>>>,
}

/// A small store of bakes, and the threads that bake.
pub(crate) struct Bakes {
    kept: Mutex<Vec<Baked>>,
    /// `None` where no threads can be had: whoever asks bakes on its own thread.
    pool: Option<ThreadPool>,
}

impl Bakes {
    /// An empty store that bakes on so many threads.
    pub(crate) fn new(n_threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(n_threads).build().ok();
        Self {
            kept: Mutex::default(),
            pool,
        }
    }

    /// A renderer for one camera of a scene; bakes the site where no unit did so before.
    pub(crate) fn renderer(&self, scene: &Scene, setup: &CameraSetup) -> Renderer {
        let poses = sensor::poses(setup);
        let bakes = poses.iter().map(|pose| self.bake(scene, pose)).collect();
        Renderer::with_bakes(scene, setup, bakes)
    }

    /// The bake for a camera that does not turn.
    fn bake(&self, scene: &Scene, setup: &CameraSetup) -> Arc<SiteBake> {
        let draw = || {
            let bake = || SiteBake::new(&scene.site, setup);
            Arc::new(
                self.pool
                    .as_ref()
                    .map_or_else(bake, |pool| pool.install(bake)),
            )
        };
        let slot = self.slot(scene, setup);
        let bake = slot.get_or_init(draw);
        if bake.fits(setup) {
            return Arc::clone(bake);
        }
        bake.of_camera(setup).map_or_else(draw, Arc::new)
    }

    fn slot(&self, scene: &Scene, setup: &CameraSetup) -> Arc<OnceLock<Arc<SiteBake>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let camera = setup.camera();
        let same = |baked: &&Baked| baked.camera == camera && *baked.site == *scene.site;
        if let Some(found) = kept.iter().find(same) {
            return Arc::clone(&found.bake);
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        let bake = Arc::default();
        kept.push(Baked {
            site: Arc::clone(&scene.site),
            camera,
            bake: Arc::clone(&bake),
        });
        bake
    }
}

/// Makes the calling thread a pool of its own: what it renders runs on it alone, so that machine
/// time is its time, and workers do not wait for each other's pictures. Where it fails the
/// shared pool is used, and only times are less sharp.
pub(crate) fn render_on_this_thread_alone() {
    drop(render_on(1));
}

/// Makes the calling thread one of a pool of so many threads, for as long as the result lives.
pub(crate) fn render_on(n_threads: usize) -> Option<ThreadPool> {
    ThreadPoolBuilder::new()
        .num_threads(n_threads.max(1))
        .use_current_thread()
        .build()
        .ok()
}
