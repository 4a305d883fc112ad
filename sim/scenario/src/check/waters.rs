//! Streams that join the river and land within it.

use super::land;
use crate::channel::Channel;
use crate::error::{Fault, Problems};
use crate::file::site::{IslandFile, TributaryFile};
use crate::model::{BankSpec, IslandSpec, ReachSpec, TributarySpec};

/// The tributaries as meant: each can be followed and ends in the river.
pub(crate) fn tributaries(
    river: &Channel,
    files: &[TributaryFile],
    problems: &mut Problems,
) -> Vec<TributarySpec> {
    files
        .iter()
        .filter_map(|file| {
            if !land::centre_line(&file.centre_line, problems) {
                return None;
            }
            let points = &file.centre_line.value;
            let spec = TributarySpec {
                centre_line: points.iter().map(|p| p.value).collect(),
                turbidity: file.turbidity.value,
            };
            let own = Channel::new(&stream(&spec));
            land::turns(&own, file.centre_line.loc, problems);
            let mouth = points.last()?;
            let there = river.locate(land::plan(&mouth.value));
            let short = there.across.abs() - there.half_width;
            if short > 0.0 || !(0.0..=river.length()).contains(&there.along) {
                problems
                    .add(Fault::MouthOutsideRiver, mouth.loc)
                    .label("its last point is not in the river")
                    .help("let it end between the river's edges: water flows down to its mouth");
            }
            Some(spec)
        })
        .collect()
}

/// A tributary as a river of its own.
pub(crate) fn stream(spec: &TributarySpec) -> ReachSpec {
    ReachSpec {
        centre_line: spec.centre_line.clone(),
        water_level: 0.0,
        flow: 0.0,
        turbidity: spec.turbidity,
    }
}

/// The islands as meant: simple outlines that leave the middle of the river open.
pub(crate) fn islands(
    river: &Channel,
    files: &[IslandFile],
    problems: &mut Problems,
) -> Vec<IslandSpec> {
    /// Distance between the places of the centre line that are tried, metres.
    const STEP: f64 = 4.0;
    files
        .iter()
        .filter_map(|file| {
            let outline = land::outline(&file.outline, problems)?;
            let steps = (river.length() / STEP) as usize;
            let blocked = (0..=steps)
                .map(|i| i as f64 * STEP)
                .find(|along| outline.contains(river.at(*along, 0.0)));
            if let Some(along) = blocked {
                problems
                    .add(Fault::IslandInChannel, file.outline.loc)
                    .label(format!("covers the centre line {along:.0}m along it"))
                    .help("boats keep to the middle: lay the centre line around it");
            }
            Some(IslandSpec {
                outline,
                bank: BankSpec {
                    surface: file.surface.value,
                    slope: file.slope.value,
                    height: file.height.value,
                    trees: file.trees.value,
                    reeds: file.reeds.value,
                },
            })
        })
        .collect()
}
