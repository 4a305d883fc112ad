//! Plane polygons.

use glam::DVec2;
use serde::{Deserialize, Serialize};

/// A simple polygon in plan (east, north), metres; either orientation; closed implicitly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Polygon(pub Vec<[f64; 2]>);

impl Polygon {
    /// Even-odd test; points on an edge may fall either side.
    pub fn contains(&self, p: DVec2) -> bool {
        let mut inside = false;
        for (a, b) in self.edges() {
            if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
                inside = !inside;
            }
        }
        inside
    }

    /// Distance in metres to the nearest edge, negative inside.
    pub fn signed_distance(&self, p: DVec2) -> f64 {
        let nearest = self
            .edges()
            .map(|(a, b)| {
                let ab = b - a;
                let len2 = ab.length_squared();
                let t = if len2 > 0.0 {
                    ((p - a).dot(ab) / len2).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                (p - (a + ab * t)).length()
            })
            .fold(f64::INFINITY, f64::min);
        if self.contains(p) { -nearest } else { nearest }
    }

    /// Area in square metres.
    pub fn area(&self) -> f64 {
        self.edges()
            .map(|(a, b)| a.x * b.y - b.x * a.y)
            .sum::<f64>()
            .abs()
            / 2.0
    }

    fn edges(&self) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
        let n = self.0.len();
        (0..n).map(move |i| (DVec2::from(self.0[i]), DVec2::from(self.0[(i + 1) % n])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_the_distances_of_a_square() {
        let square = Polygon(vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        assert!(square.contains(DVec2::new(5.0, 5.0)));
        assert!(!square.contains(DVec2::new(15.0, 5.0)));
        assert_eq!(square.signed_distance(DVec2::new(5.0, 5.0)), -5.0);
        assert_eq!(square.signed_distance(DVec2::new(13.0, 14.0)), 5.0);
        assert_eq!(square.area(), 100.0);
    }
}
