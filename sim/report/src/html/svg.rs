//! Small parts of drawings. Sizes along x are per cent, so that a drawing fits any width while
//! its text and marks keep their size.

use super::escape::esc;
use crate::figures::fixed;

/// A linear or logarithmic scale onto 0 to 100 per cent of the width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// From `low` at the left edge to `high` at the right one.
    pub(super) fn linear(low: f64, high: f64) -> Self {
        Self {
            low,
            high: if high > low { high } else { low + 1.0 },
            log: false,
        }
    }

    /// Whole decades that hold `low` to `high`; both above zero.
    pub(super) fn decades(low: f64, high: f64) -> Self {
        let low = base::math::f64::log10(low.max(1e-12)).floor();
        let high = base::math::f64::log10(high.max(1e-12)).ceil();
        Self {
            low,
            high: high.max(low + 1.0),
            log: true,
        }
    }

    /// Per cent of the width, kept within it.
    pub(super) fn at(&self, x: f64) -> f64 {
        let x = if self.log {
            base::math::f64::log10(x.max(1e-12))
        } else {
            x
        };
        ((x - self.low) / (self.high - self.low) * 100.0).clamp(0.0, 100.0)
    }

    /// Where decades begin, edges included.
    pub(super) fn decade_ticks(&self) -> Vec<f64> {
        (self.low as i32..=self.high as i32)
            .map(|e| base::math::f64::pow(10.0, f64::from(e)))
            .collect()
    }

    /// Minutes or other whole seconds of a scene for a clock axis.
    pub(super) fn clock_ticks(&self, most: f64) -> Vec<f64> {
        let span = self.high - self.low;
        let steps = [
            5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 14400.0,
        ];
        let step = steps
            .into_iter()
            .find(|s| span / s <= most)
            .unwrap_or(86400.0);
        let n_ticks = (span / step + 1e-9) as u32;
        (0..=n_ticks)
            .map(|i| self.low + step * f64::from(i))
            .collect()
    }
}

/// Per cent with enough digits for a pixel of a wide screen.
pub(super) fn pc(x: f64) -> String {
    format!("{}%", fixed(x, 2))
}

/// A rectangle from `x0` to `x1` per cent, at least a hair wide, with a hover title.
pub(super) fn rect(x0: f64, x1: f64, y: f64, height: f64, class: &str, title: &str) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{y}\" height=\"{height}\">{}</rect>",
        pc(x0),
        pc((x1 - x0).max(0.15)),
        title_of(title),
    )
}

/// A line from per cent to per cent.
pub(super) fn line(x0: f64, x1: f64, y0: f64, y1: f64, class: &str) -> String {
    format!(
        "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{y0}\" y2=\"{y1}\"/>",
        pc(x0),
        pc(x1),
    )
}

/// Text whose anchor keeps it inside the drawing near the edges.
pub(super) fn label(x: f64, y: f64, class: &str, text: &str) -> String {
    let anchor = match x {
        _ if x < 4.0 => "start",
        _ if x > 96.0 => "end",
        _ => "middle",
    };
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
        pc(x),
        esc(text),
    )
}

/// A shape drawn in pixels about a point at `x` per cent, `y` pixels, with a hover title.
pub(super) fn mark(x: f64, y: f64, class: &str, path: &str, title: &str) -> String {
    format!(
        "<svg x=\"{}\" y=\"{y}\" width=\"1\" height=\"1\" class=\"at\"><path class=\"{class}\" d=\"{path}\">{}</path></svg>",
        pc(x),
        title_of(title),
    )
}

fn title_of(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!("<title>{}</title>", esc(title))
    }
}

/// A drawing as wide as its place and `height` pixels high, with a description.
pub(super) fn drawing(height: f64, description: &str, content: &str) -> String {
    format!(
        "<svg role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{height}\">{content}</svg>",
        esc(description),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_map_their_ends_to_the_edges() {
        let linear = Scale::linear(0.0, 8.0);
        assert_eq!(
            [0.0, 2.0, 8.0, 99.0].map(|x| linear.at(x)),
            [0.0, 25.0, 100.0, 100.0]
        );
        let log = Scale::decades(0.3, 40.0);
        assert_eq!(log.decade_ticks().len(), 4);
        assert!((log.at(1.0) - 100.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn ticks_are_whole_and_few() {
        assert_eq!(
            Scale::linear(0.0, 150.0).clock_ticks(6.0),
            [0.0, 30.0, 60.0, 90.0, 120.0, 150.0]
        );
    }
}
