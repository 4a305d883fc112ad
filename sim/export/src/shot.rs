//! One frame with all that is known of it.

use base::{Frame, Mask, ObjectClass};
use scenario::truth::{ActorTruth, FrameTruth, ObjectTruth, SceneTruth};
use sensor::IdBuffer;

/// One frame of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Shot<'a> {
    /// Label of the scene, a word fit for file names.
    pub unit: &'a str,
    /// What happens in the scene.
    pub scene: &'a SceneTruth,
    /// The picture.
    pub frame: &'a Frame,
    /// What it shows.
    pub truth: &'a FrameTruth,
    /// Who owns each pixel.
    pub ids: &'a IdBuffer,
    /// Frames per second that are written of this camera.
    pub rate: f64,
}

/// An object in a frame, and who it is.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// In this frame.
    pub object: &'a ObjectTruth,
    /// In the scene.
    pub actor: &'a ActorTruth,
}

impl<'a> Shot<'a> {
    /// Scene and camera, for file names.
    pub fn sequence(&self) -> String {
        format!("{}-{}", self.unit, self.frame.camera)
    }

    /// Scene, camera and frame, for file names; they sort in the order of time.
    pub fn stem(&self) -> String {
        format!("{}-{:06}", self.sequence(), self.frame.frame_index)
    }

    /// Everything in the picture, hidden or not.
    pub fn objects(&self) -> impl Iterator<Item = Seen<'a>> + use<'a> {
        seen(self.scene, self.truth)
    }

    /// What has at least one visible pixel.
    pub fn visible(&self) -> impl Iterator<Item = Seen<'a>> + use<'a> {
        self.objects().filter(|seen| seen.object.pixels > 0)
    }

    /// The pixels an object owns.
    pub fn mask(&self, object: &ObjectTruth) -> Mask {
        let ids = self.ids;
        Mask::within(ids.width, ids.height, object.visible, |x, y| {
            ids.ids[y as usize * ids.width as usize + x as usize] == object.actor.0
        })
    }
}

/// The objects of a frame with who they are.
pub fn seen<'a>(
    scene: &'a SceneTruth,
    truth: &'a FrameTruth,
) -> impl Iterator<Item = Seen<'a>> + use<'a> {
    truth.objects.iter().filter_map(|object| {
        let actor = scene.actors.iter().find(|a| a.id == object.actor)?;
        Some(Seen { object, actor })
    })
}

/// Number of a class in files whose classes count from 0.
pub fn class_index(class: ObjectClass) -> usize {
    ObjectClass::ALL
        .iter()
        .position(|c| *c == class)
        .unwrap_or(0)
}
