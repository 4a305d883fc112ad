//! One object, one box: greedy suppression of doubles within a frame, across its tiles.

use base::{BBox, Detection};

/// Candidates a frame may hold; beyond it the weakest are dropped.
const MOST: usize = 5_000;

/// A box that a tile's edge cuts is dropped when a whole one from elsewhere covers this much of
/// it: the two cover one object, though their overlap by union is small.
const COVERED: f32 = 0.7;

/// A detection in frame pixels, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed {
    pub(crate) detection: Detection,
    /// Which pass found it.
    pub(crate) pass: usize,
    /// It ends at an edge of its tile that is no edge of the frame.
    pub(crate) cut: bool,
}

/// Whether a box ends at an inner edge of a tile, within `margin` pixels.
pub(crate) fn is_cut(bbox: BBox, tile: crate::Tile, frame: (u32, u32), margin: (f32, f32)) -> bool {
    let right = tile.x + tile.width;
    let bottom = tile.y + tile.height;
    (tile.x > 0 && bbox.x0 <= tile.x as f32 + margin.0)
        || (tile.y > 0 && bbox.y0 <= tile.y as f32 + margin.1)
        || (right < frame.0 && bbox.x1 >= right as f32 - margin.0)
        || (bottom < frame.1 && bbox.y1 >= bottom as f32 - margin.1)
}

/// Keeps, of boxes that overlap by more than `iou`, the whole before the cut and the better
/// before the worse; equals in the order they came. Classes of one kin (a boat and a vessel)
/// are doubles of each other. Returns at most `most`, best first, and how many were dropped
/// unseen for being too many.
pub(crate) fn suppress(mut all: Vec<Placed>, iou: f32, most: usize) -> (Vec<Detection>, u64) {
    // Stable, so equal scores stay in the order of passes and cells.
    all.sort_by(|a, b| b.detection.score.total_cmp(&a.detection.score));
    let surplus = all.len().saturating_sub(MOST) as u64;
    all.truncate(MOST);
    all.sort_by_key(|p| p.cut);
    let mut kept: Vec<Placed> = Vec::new();
    for one in all {
        if !kept.iter().any(|better| is_double(&one, better, iou)) {
            kept.push(one);
        }
    }
    let mut detections: Vec<Detection> = kept.into_iter().map(|p| p.detection).collect();
    detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    detections.truncate(most);
    (detections, surplus)
}

fn is_double(one: &Placed, better: &Placed, iou: f32) -> bool {
    let (a, b) = (&one.detection, &better.detection);
    if a.class.root() != b.class.root() {
        return false;
    }
    let covered = one.cut
        && one.pass != better.pass
        && a.bbox.intersection(&b.bbox) > COVERED * a.bbox.area();
    a.bbox.iou(&b.bbox) > iou || covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::ObjectClass;
    use proptest::prelude::*;

    fn at(class: ObjectClass, score: f32, x0: f32, x1: f32) -> Placed {
        let bbox = BBox::new(x0, 0.0, x1, 10.0);
        Placed {
            detection: Detection { class, score, bbox },
            pass: 0,
            cut: false,
        }
    }

    fn scores(all: Vec<Placed>, iou: f32) -> Vec<f32> {
        suppress(all, iou, 100).0.iter().map(|d| d.score).collect()
    }

    #[test]
    fn the_better_of_two_overlapping_stays() {
        use ObjectClass::{Bird, Boat, Vessel};
        // 10 wide, shifted by 2: IoU 8 / 12.
        let pair = |a, b| vec![at(a, 0.5, 0.0, 10.0), at(b, 0.9, 2.0, 12.0)];
        assert_eq!(scores(pair(Boat, Boat), 0.5), [0.9]);
        assert_eq!(scores(pair(Boat, Vessel), 0.5), [0.9]);
        assert_eq!(scores(pair(Boat, Bird), 0.5), [0.9, 0.5]);
        assert_eq!(scores(pair(Boat, Boat), 0.7), [0.9, 0.5]);
    }

    #[test]
    fn suppression_is_greedy_not_transitive() {
        let chain = vec![
            at(ObjectClass::Boat, 0.9, 0.0, 10.0),
            at(ObjectClass::Boat, 0.8, 3.0, 13.0),
            at(ObjectClass::Boat, 0.7, 6.0, 16.0),
        ];
        // The second falls to the first (7 / 13); the third only overlaps the second so much.
        assert_eq!(scores(chain, 0.5), [0.9, 0.7]);
    }

    #[test]
    fn a_piece_yields_to_the_whole_of_another_tile() {
        let whole = at(ObjectClass::Boat, 0.6, 0.0, 100.0);
        let piece = Placed {
            pass: 1,
            cut: true,
            ..at(ObjectClass::Boat, 0.8, 70.0, 100.0)
        };
        assert_eq!(scores(vec![whole, piece], 0.5), [0.6]);
        let own = Placed {
            cut: false,
            ..piece
        };
        assert_eq!(scores(vec![whole, own], 0.5), [0.8, 0.6]);
    }

    #[test]
    fn only_inner_edges_cut() {
        let tile = crate::Tile {
            x: 0,
            y: 0,
            width: 50,
            height: 100,
        };
        let cut = |bbox| is_cut(bbox, tile, (100, 100), (1.0, 1.0));
        assert!(!cut(BBox::new(0.0, 0.0, 20.0, 100.0)));
        assert!(cut(BBox::new(30.0, 10.0, 49.5, 20.0)));
        assert!(!cut(BBox::new(30.0, 10.0, 48.0, 20.0)));
    }

    #[test]
    fn a_flood_is_cut_off_and_counted() {
        let flood = (0..6_000).map(|i| at(ObjectClass::Bird, 0.5, i as f32, i as f32 + 0.5));
        let (kept, surplus) = suppress(flood.collect(), 0.5, 300);
        assert_eq!((kept.len(), surplus), (300, 1_000));
        assert_eq!(kept[0].bbox.x0, 0.0, "equals stay in order");
    }

    proptest! {
        #[test]
        fn what_stays_does_not_overlap_and_is_sorted(
            boxes in prop::collection::vec((0.0f32..100.0, 1.0f32..40.0, 0.0f32..1.0), 0..60),
            iou in 0.1f32..0.9,
        ) {
            let all: Vec<Placed> = boxes
                .iter()
                .map(|(x, w, s)| at(ObjectClass::Boat, *s, *x, x + w))
                .collect();
            let (kept, _) = suppress(all, iou, 100);
            prop_assert_eq!(kept.is_empty(), boxes.is_empty());
            for (i, a) in kept.iter().enumerate() {
                for b in &kept[..i] {
                    prop_assert!(a.bbox.iou(&b.bbox) <= iou && b.score >= a.score);
                }
            }
        }
    }
}
