//! AP and recall by size and by class.

use super::escape::esc;
use super::svg::{self, Scale, pc};
use super::table::{Row, figures, table, words};
use crate::figures::whole;
use crate::terminal::height;
use crate::words::{interval, maybe, part};
use score::result::{FrameScore, Proportion};

/// The section's content.
pub(super) fn section(frames: &FrameScore) -> String {
    let sizes = frames
        .sizes
        .iter()
        .map(|s| row(&height(s), s.objects, s.ap, s.ap50, &s.recall))
        .collect::<Vec<_>>();
    let classes = frames
        .classes
        .iter()
        .map(|(class, s)| row(class.id(), s.objects, s.ap, s.ap50, &s.recall))
        .collect::<Vec<_>>();
    let columns = |first| {
        [
            words(first),
            figures("Objects"),
            figures("AP"),
            figures("AP50"),
            figures("Recall [95 % CI]"),
        ]
    };
    format!(
        "<p>{} detections against {} detectable objects in {} frames: AP {}, AP50 {}. Recall \
         counts detections with a score of at least {}.</p>\n<div class=\"pair\">\n\
         <div><h3>By visible height</h3>\n{}</div>\n<div><h3>By class</h3>\n{}</div>\n</div>\n",
        whole(frames.detections),
        whole(frames.objects),
        whole(frames.frames),
        maybe(frames.ap, part),
        maybe(frames.ap50, part),
        part(f64::from(frames.recall_threshold)),
        table("", &columns("Height"), &sizes),
        table("", &columns("Class"), &classes),
    )
}

fn row(name: &str, objects: u64, ap: Option<f64>, ap50: Option<f64>, recall: &Proportion) -> Row {
    let limits = recall.value.map(|_| recall.interval);
    let scale = Scale::linear(0.0, 1.0);
    let mut bar = svg::rect(0.0, 100.0, 4.0, 4.0, "track", "");
    if let (Some(value), Some([low, high])) = (recall.value, limits) {
        bar += &svg::rect(0.0, scale.at(value), 4.0, 4.0, "accent", "");
        bar += &svg::line(scale.at(low), scale.at(high), 6.0, 6.0, "tick");
        for x in [low, high].map(|x| pc(scale.at(x))) {
            put!(
                bar,
                "<line class=\"tick\" x1=\"{x}\" x2=\"{x}\" y1=\"3\" y2=\"9\"/>"
            );
        }
    }
    Row::new([
        esc(name),
        whole(objects),
        maybe(ap, part),
        maybe(ap50, part),
        format!(
            "<span class=\"num\">{} {}</span><svg class=\"bar\" aria-hidden=\"true\">{bar}</svg>",
            maybe(recall.value, part),
            interval(limits, part),
        ),
    ])
}
