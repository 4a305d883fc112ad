//! Detections painted on their frame.

use base::canvas::{Canvas, class_colour};
use base::{Detection, Frame};

/// The frame with boxes, classes and scores. The best score is painted last, on top.
pub fn draw(frame: &Frame, detections: &[Detection]) -> Canvas {
    let mut canvas = Canvas::from(frame);
    let mut order: Vec<&Detection> = detections.iter().collect();
    order.sort_by(|a, b| a.score.total_cmp(&b.score));
    for detection in order {
        let label = format!("{} {:.2}", detection.class, detection.score);
        canvas.labelled_box(detection.bbox, &label, class_colour(detection.class));
    }
    canvas
}
