//! Nonsense that a network said: dropped, and counted.

use std::fmt;
use std::ops::AddAssign;

/// How often a network's outputs were not believable. None of it stops a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Scores that are not numbers.
    pub score_not_finite: u64,
    /// Scores outside [0, 1].
    pub score_out_of_range: u64,
    /// Boxes above the threshold with an edge that is not a number.
    pub box_not_finite: u64,
    /// Boxes above the threshold without area, or inside out.
    pub box_empty: u64,
    /// Boxes above the threshold that lie wholly outside the picture.
    pub box_outside: u64,
    /// Labels above the threshold that are no class of the network.
    pub label_unknown: u64,
    /// Boxes above the threshold beyond the number that one frame may hold.
    pub flooded: u64,
}

impl Faults {
    /// Name and count of each kind, in a fixed order.
    pub fn counts(&self) -> [(&'static str, u64); 7] {
        [
            ("score not finite", self.score_not_finite),
            ("score out of range", self.score_out_of_range),
            ("box not finite", self.box_not_finite),
            ("box empty", self.box_empty),
            ("box outside", self.box_outside),
            ("label unknown", self.label_unknown),
            ("flooded", self.flooded),
        ]
    }

    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.counts().iter().map(|(_, n)| n).sum()
    }
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.score_not_finite += other.score_not_finite;
        self.score_out_of_range += other.score_out_of_range;
        self.box_not_finite += other.box_not_finite;
        self.box_empty += other.box_empty;
        self.box_outside += other.box_outside;
        self.label_unknown += other.label_unknown;
        self.flooded += other.flooded;
    }
}

/// Prints as `3 box empty, 1 flooded`, or `none`.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut some = self.counts().into_iter().filter(|(_, n)| *n > 0);
        let Some((name, n)) = some.next() else {
            return f.write_str("none");
        };
        write!(f, "{n} {name}")?;
        some.try_for_each(|(name, n)| write!(f, ", {n} {name}"))
    }
}
