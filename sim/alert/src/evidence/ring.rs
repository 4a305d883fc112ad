//! The last seconds of a camera, held in memory until an alert wants them.

use base::{Frame, SimTime};
use std::collections::VecDeque;

/// Frames of one camera, oldest first. They are shared, not copied.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    frames: VecDeque<Frame>,
    /// Every so many frames is held: 1, 2, 4, ... It grows when memory does not hold more, and
    /// stays, so that a clip is even from its first frame to its last.
    stride: u64,
    last: Option<SimTime>,
}

impl Ring {
    /// Takes a frame; returns whether it is held, which one that is not later than the last is not.
    pub(crate) fn push(&mut self, frame: &Frame, before: SimTime, max_bytes: usize) -> bool {
        self.stride = self.stride.max(1);
        if self.last.is_some_and(|last| frame.due <= last) {
            return false;
        }
        self.last = Some(frame.due);
        while self
            .frames
            .front()
            .is_some_and(|f| frame.due - f.due > before)
        {
            self.frames.pop_front();
        }
        if !frame.frame_index.is_multiple_of(self.stride) {
            return false;
        }
        self.frames.push_back(frame.clone());
        while self.bytes() > max_bytes && self.frames.len() > 1 {
            self.stride = self.stride.saturating_mul(2);
            let stride = self.stride;
            self.frames.retain(|f| f.frame_index.is_multiple_of(stride));
        }
        frame.frame_index.is_multiple_of(self.stride)
    }

    fn bytes(&self) -> usize {
        self.frames.iter().map(|f| f.rgb.len()).sum()
    }

    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.frames.iter()
    }

    pub(crate) fn latest(&self) -> Option<&Frame> {
        self.frames.back()
    }

    /// Every so many frames is held.
    pub(crate) fn stride(&self) -> u64 {
        self.stride.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::frame;
    use proptest::prelude::*;
    use std::sync::Arc;

    const BEFORE: SimTime = SimTime::from_secs(5);

    fn held(ring: &Ring) -> Vec<u64> {
        ring.frames().map(|f| f.frame_index).collect()
    }

    #[test]
    fn frames_are_held_for_their_time_and_shared() {
        let mut ring = Ring::default();
        for i in 0..100 {
            let frame = frame("hd-1", i, SimTime::of_frame(i, 5.0));
            assert!(ring.push(&frame, BEFORE, usize::MAX));
            let latest = ring.latest().expect("just pushed");
            assert!(Arc::ptr_eq(&latest.rgb, &frame.rgb));
        }
        assert_eq!(held(&ring), (74..100).collect::<Vec<_>>());
        assert!(!ring.push(&frame("hd-1", 100, SimTime::ZERO), BEFORE, usize::MAX));
    }

    #[test]
    fn what_memory_does_not_hold_is_thinned_evenly() {
        let mut ring = Ring::default();
        let bytes = frame("hd-1", 0, SimTime::ZERO).rgb.len();
        for i in 0..100 {
            let frame = frame("hd-1", i, SimTime::of_frame(i, 5.0));
            ring.push(&frame, BEFORE, 10 * bytes);
        }
        assert_eq!(ring.stride(), 4);
        assert_eq!(held(&ring), [76, 80, 84, 88, 92, 96]);
    }

    proptest! {
        #[test]
        fn it_is_bounded_whatever_comes(
            frames in prop::collection::vec((0u64..1000, -10_000i64..10_000), 0..80),
            room in 0usize..20,
        ) {
            let mut ring = Ring::default();
            let bytes = frame("hd-1", 0, SimTime::ZERO).rgb.len();
            for (index, ms) in frames {
                ring.push(&frame("hd-1", index, SimTime::from_millis(ms)), BEFORE, room * bytes);
                prop_assert!(ring.frames().count() <= room.max(1));
                prop_assert!(ring.frames().is_sorted_by_key(|f| f.due));
            }
        }
    }
}
