//! How well a camera resolves what it shows: formulas over [`ObjectTruth`].
//!
//! | measure | from | steps |
//! | --- | --- | --- |
//! | DRI | cycles across the critical dimension | detection 1, recognition 4, identification 6.4 |
//! | DORI | pixels per metre at the target | detection 25, observation 62.5, recognition 125, identification 250 |

use super::ObjectTruth;
use base::math;
use serde::{Deserialize, Serialize};

/// What half of trained observers can say of a target (Johnson 1958, *Analysis of Image Forming
/// Systems*), from the line pairs that its critical dimension covers. A line pair, or cycle,
/// takes two pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dri {
    /// Too small to tell that something is there.
    None,
    /// Something is there.
    Detection,
    /// What kind of thing it is.
    Recognition,
    /// Which one of its kind.
    Identification,
}

impl Dri {
    /// Every level, from the lowest.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Detection,
        Self::Recognition,
        Self::Identification,
    ];

    /// Cycles on the critical dimension at which half of the observers succeed.
    pub fn cycles(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Detection => 1.0,
            Self::Recognition => 4.0,
            Self::Identification => 6.4,
        }
    }

    /// The highest level that so many cycles reach.
    pub fn of_cycles(cycles: f64) -> Self {
        highest(Self::ALL, |level| cycles >= level.cycles())
    }

    /// Part of the observers that succeed at this level with so many cycles: the target transfer
    /// probability function r^E / (1 + r^E), r = N / N50, E = 2.7 + 0.7 r (Ratches 1976, NVL
    /// static performance model).
    pub fn probability(self, cycles: f64) -> f64 {
        if self == Self::None {
            return 1.0;
        }
        let r = cycles.max(0.0) / self.cycles();
        let power = math::f64::pow(r, 2.7 + 0.7 * r);
        if power.is_finite() {
            power / (1.0 + power)
        } else {
            1.0
        }
    }

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Detection => "detection",
            Self::Recognition => "recognition",
            Self::Identification => "identification",
        }
    }
}

/// What an operator can say of a person at the target's place (EN 62676-4:2015, annex B), from the
/// resolution there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dori {
    /// Below detection.
    None,
    /// Whether a person is there: 25 px/m.
    Detection,
    /// Characteristic details such as clothes: 62.5 px/m.
    Observation,
    /// Whether it is somebody known: 125 px/m.
    Recognition,
    /// Who it is, beyond reasonable doubt: 250 px/m.
    Identification,
}

impl Dori {
    /// Every class, from the lowest.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Detection,
        Self::Observation,
        Self::Recognition,
        Self::Identification,
    ];

    /// Least resolution, pixels per metre.
    pub fn pixels_per_metre(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Detection => 25.0,
            Self::Observation => 62.5,
            Self::Recognition => 125.0,
            Self::Identification => 250.0,
        }
    }

    /// The highest class that a resolution reaches.
    pub fn of_pixels_per_metre(resolution: f64) -> Self {
        highest(Self::ALL, |class| resolution >= class.pixels_per_metre())
    }

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Detection => "detection",
            Self::Observation => "observation",
            Self::Recognition => "recognition",
            Self::Identification => "identification",
        }
    }
}

/// The last of the steps that is reached; the first one always is.
fn highest<T: Copy, const N: usize>(steps: [T; N], reached: impl Fn(&T) -> bool) -> T {
    let beyond = steps.iter().rposition(reached).unwrap_or(0);
    steps[beyond]
}

impl ObjectTruth {
    /// Cycles across the critical dimension: half the pixels of the shorter side of its box
    /// (Johnson's minimum dimension), as if nothing stood before it.
    pub fn cycles(&self) -> f64 {
        f64::from(self.amodal.width().min(self.amodal.height())) / 2.0
    }

    /// Johnson's level.
    pub fn dri(&self) -> Dri {
        Dri::of_cycles(self.cycles())
    }

    /// Class of EN 62676-4 at its place.
    pub fn dori(&self) -> Dori {
        Dori::of_pixels_per_metre(f64::from(self.pixels_per_metre))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::BBox;
    use base::camera::Pose;
    use base::{Camera, WorldPoint};

    #[test]
    fn half_of_the_observers_succeed_at_the_published_cycles() {
        for (level, cycles) in [
            (Dri::Detection, 1.0),
            (Dri::Recognition, 4.0),
            (Dri::Identification, 6.4),
        ] {
            assert!((level.probability(cycles) - 0.5).abs() < 1e-12);
            assert_eq!(Dri::of_cycles(cycles), level);
            assert!(Dri::of_cycles(cycles - 1e-9) < level);
            // The table printed with the criteria: r against the part that succeeds.
            for (r, part) in [
                (0.25, 0.02),
                (0.5, 0.10),
                (0.75, 0.30),
                (1.5, 0.80),
                (2.0, 0.95),
            ] {
                assert!((level.probability(r * cycles) - part).abs() < 0.025, "{r}");
            }
            assert_eq!(level.probability(0.0), 0.0);
            assert_eq!(level.probability(1e6), 1.0);
        }
    }

    /// f / (p R): 12 mm on 3 um pixels is 4,000 px, so that the classes' limits lie at 160, 64, 32
    /// and 16 m.
    #[test]
    fn dori_distances_of_a_known_lens() {
        let pose = Pose {
            position: WorldPoint::new(0.0, 0.0, 0.0),
            heading: 0.0,
            pitch: 0.0,
            roll: 0.0,
        };
        let camera = Camera::new(pose, 4000.0, 1920, 1080);
        let class = |range: f64| Dori::of_pixels_per_metre(camera.pixels_per_metre(range));
        for (limit, inside, beyond) in [
            (160.0, Dori::Detection, Dori::None),
            (64.0, Dori::Observation, Dori::Detection),
            (32.0, Dori::Recognition, Dori::Observation),
            (16.0, Dori::Identification, Dori::Recognition),
        ] {
            assert_eq!((class(limit), class(limit + 0.01)), (inside, beyond));
        }
    }

    #[test]
    fn two_pixels_are_a_cycle_of_the_shorter_side() {
        let object = ObjectTruth {
            amodal: BBox::new(10.0, 20.0, 40.0, 33.0),
            pixels_per_metre: 70.0,
            ..ObjectTruth::default()
        };
        assert_eq!(object.cycles(), 6.5);
        assert_eq!(object.dri(), Dri::Identification);
        assert_eq!(object.dori(), Dori::Observation);
    }
}
