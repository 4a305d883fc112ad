//! The detector that runs a network: tiles in, boxes out.

use crate::heads::{Keep, Raw};
use crate::suppress::{Placed, is_cut, suppress};
use crate::{
    Backend, DetectError, Detector, DetectorSpec, Faults, StageTimes, Tensor, Tile, prepare, tiles,
};
use base::clock::timed;
use base::{Detection, Frame, ObjectClass};
use std::sync::Arc;

/// A network with everything around it.
pub struct NetworkDetector {
    shared: Arc<Shared>,
    backend: Box<dyn Backend>,
    faults: Faults,
    times: StageTimes,
}

/// What copies for other threads have in common.
struct Shared {
    spec: DetectorSpec,
    sha256: String,
    reported: Vec<ObjectClass>,
    /// By class of the network: ours and its threshold.
    classes: Vec<Option<(ObjectClass, f32)>>,
}

impl NetworkDetector {
    /// Puts a backend and its description together, and runs it once on a black picture: outputs
    /// that do not fit the head are an error now, not in the middle of a run. `sha256` is the
    /// model file's, in hexadecimal.
    pub fn new(
        spec: DetectorSpec,
        sha256: String,
        backend: Box<dyn Backend>,
    ) -> Result<Self, DetectError> {
        let of_model = spec.classes.of_model.iter();
        let classes = of_model
            .map(|c| c.map(|c| (c, spec.thresholds.of(c))))
            .collect();
        let reported = spec.classes.reported();
        let shared = Arc::new(Shared {
            spec,
            sha256,
            reported,
            classes,
        });
        let mut detector = Self::with(shared, backend);
        let shape = detector.shared.spec.input.shape();
        let n = shape.iter().product();
        let outputs = detector.infer(Tensor::new(shape, vec![0.0; n]))?;
        detector.decode(&outputs)?;
        Ok(Self::with(detector.shared, detector.backend))
    }

    /// How the network is described.
    pub fn spec(&self) -> &DetectorSpec {
        &self.shared.spec
    }

    fn with(shared: Arc<Shared>, backend: Box<dyn Backend>) -> Self {
        Self {
            shared,
            backend,
            faults: Faults::default(),
            times: StageTimes::default(),
        }
    }

    fn infer(&mut self, input: Tensor) -> Result<Vec<Tensor>, DetectError> {
        let result = self.backend.run(input);
        let detector = || self.shared.spec.name.clone();
        result.map_err(|source| DetectError::Backend {
            detector: detector(),
            source,
        })
    }

    fn decode(&self, outputs: &[Tensor]) -> Result<Keep<'_>, DetectError> {
        let spec = &self.shared.spec;
        let raw = Raw {
            outputs,
            names: self.backend.output_names(),
            width: spec.input.width,
            height: spec.input.height,
            n_classes: spec.classes.n_model(),
        };
        let mut keep = Keep::new(&self.shared.classes);
        let result = spec.head.decode(&raw, &mut keep);
        result.map_err(|source| DetectError::Head {
            detector: spec.name.clone(),
            source,
        })?;
        Ok(keep)
    }

    /// One pass: what the network sees in a tile, in frame pixels.
    fn look(
        &mut self,
        frame: &Frame,
        pass: usize,
        tile: Tile,
        found: &mut Vec<Placed>,
    ) -> Result<(), DetectError> {
        let input = &self.shared.spec.input;
        let ((data, placement), spent) = timed(|| prepare(frame, tile, input));
        self.times.prepare += spent;
        let tensor = Tensor::new(input.shape(), data);
        let (outputs, spent) = timed(|| self.infer(tensor));
        self.times.infer += spent;
        let outputs = outputs?;
        let (kept, spent) = timed(|| self.decode(&outputs).map(|k| (k.found, k.faults)));
        self.times.decode += spent;
        self.times.n_passes += 1;
        let (candidates, faults) = kept?;
        self.faults += faults;
        let margin = placement.pixel_size();
        for candidate in candidates {
            let bbox = within(placement.to_frame(candidate.bbox), tile);
            if !bbox.is_sane() {
                self.faults.box_outside += 1;
                continue;
            }
            found.push(Placed {
                detection: Detection {
                    class: candidate.class,
                    score: candidate.score,
                    bbox,
                },
                pass,
                cut: is_cut(bbox, tile, (frame.width, frame.height), margin),
            });
        }
        Ok(())
    }
}

impl Detector for NetworkDetector {
    fn name(&self) -> &str {
        &self.shared.spec.name
    }

    fn classes(&self) -> &[ObjectClass] {
        &self.shared.reported
    }

    fn model_sha256(&self) -> &str {
        &self.shared.sha256
    }

    fn detect(&mut self, frame: &Frame) -> Result<Vec<Detection>, DetectError> {
        let n_bytes = u64::from(frame.width) * u64::from(frame.height) * 3;
        if n_bytes == 0 || n_bytes != frame.rgb.len() as u64 {
            return Err(DetectError::BadFrame {
                camera: frame.camera.to_string(),
                frame_index: frame.frame_index,
                width: frame.width,
                height: frame.height,
                bytes: frame.rgb.len(),
            });
        }
        let mut found = Vec::new();
        let passes = tiles(frame.width, frame.height, self.shared.spec.tiling.as_ref());
        for (pass, tile) in passes.into_iter().enumerate() {
            self.look(frame, pass, tile, &mut found)?;
        }
        let limits = &self.shared.spec.thresholds;
        let ((detections, surplus), spent) =
            timed(|| suppress(found, limits.nms_iou, limits.max_detections));
        self.times.decode += spent;
        self.times.n_frames += 1;
        self.faults.flooded += surplus;
        Ok(detections)
    }

    fn faults(&self) -> Faults {
        self.faults
    }

    fn stage_times(&self) -> StageTimes {
        self.times
    }

    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError> {
        let backend = self
            .backend
            .try_clone()
            .map_err(|source| DetectError::Backend {
                detector: self.shared.spec.name.clone(),
                source,
            })?;
        Ok(Box::new(Self::with(Arc::clone(&self.shared), backend)))
    }
}

/// The part of a box within a tile.
fn within(bbox: base::BBox, tile: Tile) -> base::BBox {
    let (left, top) = (tile.x as f32, tile.y as f32);
    let (right, bottom) = ((tile.x + tile.width) as f32, (tile.y + tile.height) as f32);
    base::BBox::new(
        bbox.x0.clamp(left, right),
        bbox.y0.clamp(top, bottom),
        bbox.x1.clamp(left, right),
        bbox.y1.clamp(top, bottom),
    )
}

#[cfg(test)]
mod tests;
