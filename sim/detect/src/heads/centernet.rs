//! CenterNet (Zhou et al. 2019, "Objects as points"): a heat map a class whose peaks are
//! centres, a map of sizes and a map of offsets within the cell.
//!
//! Outputs `[1, C, H, W]` (heat), `[1, 2, H, W]` (width, height) and, where there is one,
//! `[1, 2, H, W]` (x, y offset in cells).

use super::cells::level_size;
use super::{Activation, HeadError, Keep, OutputRef, Raw};
use crate::spec::{Section, SpecError};
use base::BBox;

/// Parameters of `kind = "centernet"`.
#[derive(Debug, Clone, PartialEq)]
pub struct CenterNet {
    /// Input pixels per cell.
    pub stride: u32,
    /// Heat map a class.
    pub heatmap: OutputRef,
    /// Width and height.
    pub size: OutputRef,
    /// Offset of the centre within its cell; `None`: the cell's corner is the centre, as the
    /// original decodes it.
    pub offset: Option<OutputRef>,
    /// Sizes are in cells, not in input pixels.
    pub size_in_cells: bool,
    /// What becomes of heat.
    pub activation: Activation,
}

pub(super) const KEYS: &[&str] = &[
    "kind",
    "stride",
    "heatmap",
    "size",
    "offset",
    "size_in_cells",
    "activation",
];

impl CenterNet {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        Ok(Self {
            stride: section.whole("stride", 1..=1024)?.unwrap_or(4),
            heatmap: section.required("heatmap", section.output("heatmap")?)?,
            size: section.required("size", section.output("size")?)?,
            offset: section.output("offset")?,
            size_in_cells: section.flag("size_in_cells")?.unwrap_or(true),
            activation: Activation::read(section)?,
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        let (columns, rows) = level_size(raw, self.stride);
        let heat = self.map(raw, &self.heatmap, raw.n_classes)?;
        let size = self.map(raw, &self.size, 2)?;
        let offset = self
            .offset
            .as_ref()
            .map(|o| self.map(raw, o, 2))
            .transpose()?;
        let plane = columns * rows;
        let stride = self.stride as f32;
        let unit = if self.size_in_cells { stride } else { 1.0 };
        for class in 0..raw.n_classes {
            let map = &heat[class * plane..(class + 1) * plane];
            for (i, &value) in map.iter().enumerate() {
                if value.is_nan() {
                    keep.not_finite();
                    continue;
                }
                let (x, y) = (i % columns, i / columns);
                if !is_peak(map, columns, rows, x, y) {
                    continue;
                }
                keep.offer(class, self.activation.apply(value), || {
                    let (dx, dy) = offset.map_or((0.0, 0.0), |o| (o[i], o[plane + i]));
                    BBox::from_centre(
                        (x as f32 + dx) * stride,
                        (y as f32 + dy) * stride,
                        size[i] * unit,
                        size[plane + i] * unit,
                    )
                });
            }
        }
        Ok(())
    }

    fn map<'a>(
        &self,
        raw: &'a Raw<'_>,
        output: &OutputRef,
        channels: usize,
    ) -> Result<&'a [f32], HeadError> {
        let (columns, rows) = level_size(raw, self.stride);
        let tensor = raw.output(output)?;
        if tensor.shape[..] == [1, channels, rows, columns]
            || tensor.shape[..] == [channels, rows, columns]
        {
            return Ok(&tensor.data);
        }
        Err(raw.shape_error(output, format!("[1, {channels}, {rows}, {columns}]")))
    }
}

/// Not exceeded by any of the eight neighbours; of equal neighbours the first counts, so a flat
/// top of two cells is one object.
fn is_peak(map: &[f32], columns: usize, rows: usize, x: usize, y: usize) -> bool {
    let here = y * columns + x;
    for ny in y.saturating_sub(1)..(y + 2).min(rows) {
        for nx in x.saturating_sub(1)..(x + 2).min(columns) {
            let there = ny * columns + nx;
            if map[there] > map[here] || (map[there] == map[here] && there < here) {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::props::{decode, head};

    #[test]
    fn peaks_are_centres() {
        let head =
            head("kind = \"centernet\"\nstride = 4\nheatmap = 0\nsize = \"out1\"\noffset = 2");
        // A 16 x 8 input: 4 x 2 cells.
        let heat = vec![
            0.1, 0.9, 0.8, 0.1, //
            0.1, 0.5, 0.1, 0.7,
        ];
        let mut size = vec![1.0; 16];
        size[1] = 2.0;
        size[8 + 1] = 3.0;
        let mut offset = vec![0.0; 16];
        offset[1] = 0.5;
        offset[8 + 7] = 0.25;
        let map = |c, data| (vec![1, c, 2, 4], data);
        let outputs = vec![map(1, heat), map(2, size), map(2, offset)];
        let found = decode(&head, (16, 8), 1, outputs).expect("fits");
        assert_eq!(
            found,
            [
                // Centre (1.5, 0) * 4, size (2, 3) * 4.
                (0, 0.9, BBox::new(2.0, -6.0, 10.0, 6.0)),
                // 0.7 is hidden by 0.8, itself no peak: 3 x 3 pooling looks at values only.
            ]
        );
    }

    #[test]
    fn a_flat_top_is_one_object() {
        assert!(is_peak(&[0.5, 0.5, 0.1], 3, 1, 0, 0));
        assert!(!is_peak(&[0.5, 0.5, 0.1], 3, 1, 1, 0));
        assert!(is_peak(&[0.5, 0.1, 0.4], 3, 1, 2, 0));
    }
}
