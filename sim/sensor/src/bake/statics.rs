//! Places the site's plants, buildings and stones for one camera.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | coarse shapes below | 6 pixels per metre | sprays of leaves are finer than a pixel |
//! | the coarsest in the mirror view below | 3 pixels per metre | waves soften it |
//! | kept behind the camera | 80 m | its shadow may reach into the picture |
//! | kept clear | plants within 95 m that cover more than 7 % of the picture's height, and within 220 m those with their foot below it | whoever sets up a camera has its view cut free |

use super::world::Instance;
use crate::lens::Lens;
use crate::mesh::Mesh;
use crate::models::statics::statics;
use glam::Vec3;
use scenario::model::SiteSpec;
use scenario::terrain::Terrain;
use std::sync::Arc;

const FINE_FROM: f32 = 6.0;
const MIRRORED_FROM: f32 = 3.0;
const BEHIND: f32 = 80.0;
const CLEARED: f32 = 95.0;
const CLEARED_PART: f32 = 0.07;
/// Plants whose foot is below the picture are cut up to this distance, metres.
const FOOTLESS: f32 = 220.0;

/// All that stands in the camera's view or near it.
pub(crate) fn place(site: &SiteSpec, terrain: &Terrain, lens: &Lens) -> Vec<Instance> {
    let all = statics(site, terrain);
    let meshes: Vec<_> = all.meshes.into_iter().map(Arc::new).collect();
    all.instances
        .iter()
        .filter_map(|s| {
            let origin = s.position.vec().as_vec3();
            let to = origin - lens.eye;
            // In the picture's cone widened by half, or near enough to shade it.
            let side = to.dot(lens.right).abs() - 60.0;
            let ahead = to.dot(lens.forward);
            let cone = 1.5 * lens.centre[0] / lens.focal;
            if ahead < -BEHIND || side > cone * ahead.max(0.0) + BEHIND {
                return None;
            }
            if s.plant && in_the_way(lens, &meshes[s.mesh], origin, s.scale) {
                return None;
            }
            let pixels = lens.focal / to.length().max(1.0);
            let mesh = if pixels >= FINE_FROM {
                s.mesh
            } else {
                s.far_mesh
            };
            let mirrored = if pixels >= MIRRORED_FROM {
                mesh
            } else {
                s.caster
            };
            let shape = |k: usize| meshes.get(k).cloned();
            let yaw = s.yaw_deg.to_radians();
            Some(Instance::new(
                [shape(mesh)?, shape(mirrored)?, shape(s.caster)?],
                origin,
                yaw,
                s.scale,
                s.tint,
                s.plant,
            ))
        })
        .collect()
}

/// Whether a plant stands before the lens.
fn in_the_way(lens: &Lens, mesh: &Mesh, origin: Vec3, scale: f32) -> bool {
    let to = origin - lens.eye;
    let away = to.truncate().length();
    if away > FOOTLESS {
        return false;
    }
    let Some((low, high)) = mesh.bounds() else {
        return false;
    };
    let top = to + Vec3::Z * high.z * scale;
    let radius = 0.5 * (high - low).truncate().max_element() * scale;
    let ahead = top.dot(lens.forward);
    if ahead < 1.0 {
        return false;
    }
    let px = lens.focal / ahead;
    let [x, y] = [top.dot(lens.right), top.dot(lens.down)].map(|v| v * px);
    let beside = x.abs() - radius * px > lens.centre[0];
    let covers = lens.centre[1] - y;
    let footless = to.dot(lens.down) * lens.focal > lens.centre[1] * to.dot(lens.forward);
    let large = away < CLEARED && covers > 2.0 * CLEARED_PART * lens.centre[1];
    !beside && (large || footless && covers > 0.0)
}
