//! Nonsense that a detector said: dropped, and counted.

use std::fmt;
use std::ops::AddAssign;

/// How often a detector's answers were not believable. None of it stops a run.
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
    /// Answers that are none: no record, too long, of another shape.
    pub garbled: u64,
    /// Answers to frames that were never sent.
    pub unasked: u64,
    /// Second answers to a frame.
    pub duplicate: u64,
    /// Answers that came after their time.
    pub late: u64,
    /// Frames without an answer in time.
    pub timed_out: u64,
    /// Times that the program ended, hung or closed its pipe.
    pub broken: u64,
}

impl Faults {
    /// Name of [`Self::timed_out`].
    pub const TIMED_OUT: &'static str = "no answer in time";
    /// Name of [`Self::broken`].
    pub const BROKEN: &'static str = "broken off";

    /// Name and count of each kind, in a fixed order.
    pub fn counts(&self) -> [(&'static str, u64); 13] {
        [
            ("score not finite", self.score_not_finite),
            ("score out of range", self.score_out_of_range),
            ("box not finite", self.box_not_finite),
            ("box empty", self.box_empty),
            ("box outside", self.box_outside),
            ("label unknown", self.label_unknown),
            ("flooded", self.flooded),
            ("garbled answer", self.garbled),
            ("answer to no frame", self.unasked),
            ("second answer", self.duplicate),
            ("late answer", self.late),
            (Self::TIMED_OUT, self.timed_out),
            (Self::BROKEN, self.broken),
        ]
    }

    /// What has come on top of an earlier count.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut more = *self;
        more.score_not_finite -= earlier.score_not_finite;
        more.score_out_of_range -= earlier.score_out_of_range;
        more.box_not_finite -= earlier.box_not_finite;
        more.box_empty -= earlier.box_empty;
        more.box_outside -= earlier.box_outside;
        more.label_unknown -= earlier.label_unknown;
        more.flooded -= earlier.flooded;
        more.garbled -= earlier.garbled;
        more.unasked -= earlier.unasked;
        more.duplicate -= earlier.duplicate;
        more.late -= earlier.late;
        more.timed_out -= earlier.timed_out;
        more.broken -= earlier.broken;
        more
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
        self.garbled += other.garbled;
        self.unasked += other.unasked;
        self.duplicate += other.duplicate;
        self.late += other.late;
        self.timed_out += other.timed_out;
        self.broken += other.broken;
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
