//! A site: names unique, areas simple, everything inside the reach.

use super::{camera, land, waters};
use crate::channel::Channel;
use crate::error::{Fault, Problems};
use crate::file::site::{GridFile, LampFile, OutletFile, PlaceFile, SiteFile, ZoneFile};
use crate::file::tree::{At, Loc};
use crate::model::{LampSpec, OutletSpec, Place, ReachSpec, SiteSpec};
use base::GeoAnchor;
use base::polygon::Polygon;
use base::site::{Grid, Permit, Zone};
use glam::DVec2;
use std::collections::BTreeMap;

/// Width of the strip of a bank that belongs to an area given by `along`, metres: beyond the
/// reach of a rod from the water's edge.
const MARGIN: f64 = 12.0;
/// Distance between the points of an outline made from the river, metres.
const OUTLINE_STEP: f64 = 25.0;

/// The site as meant; check `problems` before using it. `None` when its river has no course.
pub(crate) fn site(name: &str, file: &SiteFile, problems: &mut Problems) -> Option<SiteSpec> {
    let reach = ReachSpec {
        centre_line: file
            .reach
            .centre_line
            .value
            .iter()
            .map(|p| p.value)
            .collect(),
        water_level: file.reach.water_level.value,
        flow: file.reach.flow.value,
        turbidity: file.reach.turbidity.value,
    };
    unique("camera", file.cameras.iter().map(|c| &c.id), problems);
    unique("place", file.places.iter().map(|p| &p.name), problems);
    unique("zone", file.zones.iter().map(|z| &z.id), problems);
    unique("grid", file.grids.iter().map(|g| &g.id), problems);
    unique("outlet", file.outlets.iter().map(|o| &o.name), problems);
    unique("vessel", file.permits.iter().map(|p| &p.vessel), problems);
    if file.cameras.is_empty() {
        problems
            .add(Fault::MissingKey("camera"), file.mast.at.loc)
            .label("no camera on it")
            .help("a site needs at least one `[[camera]]` with `id` and `heading`");
    }
    // Nothing along the river means anything without a sound centre line.
    if !land::centre_line(&file.reach.centre_line, problems) {
        return None;
    }
    let channel = Channel::new(&reach);
    land::turns(&channel, file.reach.centre_line.loc, problems);
    land::mast(&channel, &file.mast.at, problems);
    land::buildings(&channel, &file.buildings, problems);
    let tributaries = waters::tributaries(&channel, &file.tributaries, problems);
    let islands = waters::islands(&channel, &file.islands, problems);
    Some(SiteSpec {
        name: name.to_owned(),
        title: file.site.title.value.clone(),
        seed: file.site.seed.value,
        anchor: GeoAnchor {
            lat: file.site.lat.value,
            lon: file.site.lon.value,
            height: file.site.height.value,
        },
        mast: file.mast.at.value,
        mast_height: file.mast.height.value,
        cameras: file
            .cameras
            .iter()
            .map(|c| camera::mounted(c, problems))
            .collect(),
        tributaries,
        islands,
        land: land::land(file, problems),
        places: file
            .places
            .iter()
            .map(|p| place(p, &channel, problems))
            .collect(),
        zones: file
            .zones
            .iter()
            .filter_map(|z| zone(z, &channel, problems))
            .collect(),
        grids: file
            .grids
            .iter()
            .filter_map(|g| grid(g, &channel, problems))
            .collect(),
        lamps: file.lamps.iter().map(lamp).collect(),
        outlets: file.outlets.iter().map(outlet).collect(),
        glow: file.site.glow.value,
        permits: file
            .permits
            .iter()
            .map(|p| Permit {
                vessel: p.vessel.value.clone(),
                purpose: p.purpose.value.clone(),
            })
            .collect(),
        reach,
    })
}

/// Records names that are given twice.
pub(crate) fn unique<'a>(
    what: &'static str,
    names: impl Iterator<Item = &'a At<String>>,
    problems: &mut Problems,
) {
    let mut seen: BTreeMap<&str, Loc> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, name.loc) {
            problems
                .add(
                    Fault::Duplicate {
                        name: name.value.clone(),
                        what,
                    },
                    name.loc,
                )
                .label("given again")
                .also(first, "first given here")
                .help(format!("each {what} needs a name of its own"));
        }
    }
}

fn lamp(file: &LampFile) -> LampSpec {
    LampSpec {
        at: file.at.value,
        height: file.height.value,
        lumens: file.flux.value,
        colour: file.colour.value,
    }
}

fn outlet(file: &OutletFile) -> OutletSpec {
    OutletSpec {
        name: file.name.value.clone(),
        at: file.at.value,
        diameter: file.diameter.value,
        warmer: file.warmer.value,
    }
}

fn place(file: &PlaceFile, channel: &Channel, problems: &mut Problems) -> Place {
    stretch(&file.along, channel, problems);
    Place {
        name: file.name.value.clone(),
        kind: file.kind.value,
        along: file.along.value,
    }
}

/// Whether `along` is a stretch of the reach.
fn stretch(along: &At<[f64; 2]>, channel: &Channel, problems: &mut Problems) -> bool {
    let [from, to] = along.value;
    let length = channel.length();
    if from >= to {
        problems
            .add(Fault::EmptyInterval("along".to_owned()), along.loc)
            .label("nothing lies between")
            .help("write the upstream end first: distances grow downstream");
        return false;
    }
    if to > length {
        problems
            .add(Fault::BeyondReach, along.loc)
            .label("ends beyond the reach")
            .help(format!("the reach is {length:.0}m long"));
        return false;
    }
    true
}

fn zone(file: &ZoneFile, channel: &Channel, problems: &mut Problems) -> Option<Zone> {
    let area = Area {
        outline: &file.outline,
        along: &file.along,
        margin: &file.margin,
    };
    let polygon = area.polygon(channel, problems)?;
    Some(Zone {
        id: file.id.value.clone(),
        kind: file.kind.value,
        polygon,
    })
}

fn grid(file: &GridFile, channel: &Channel, problems: &mut Problems) -> Option<Grid> {
    let area = Area {
        outline: &file.outline,
        along: &file.along,
        margin: &file.margin,
    };
    Some(Grid {
        id: file.id.value.clone(),
        county: file.county.value.clone(),
        polygon: area.polygon(channel, problems)?,
        person: file.person.value.clone(),
        deputy: file.deputy.value.clone(),
    })
}

/// An area as written: an outline, or a stretch of the river.
struct Area<'a> {
    outline: &'a Option<At<Vec<At<[f64; 2]>>>>,
    along: &'a Option<At<[f64; 2]>>,
    margin: &'a Option<At<f64>>,
}

impl Area<'_> {
    fn polygon(&self, channel: &Channel, problems: &mut Problems) -> Option<Polygon> {
        let Some(outline) = self.outline else {
            let whole = [0.0, channel.length()];
            let along = match self.along {
                Some(along) => stretch(along, channel, problems).then_some(along.value)?,
                None => whole,
            };
            let margin = self.margin.as_ref().map_or(MARGIN, |m| m.value);
            return Some(strip(channel, along, margin));
        };
        let given = [
            ("along", self.along.as_ref().map(|a| a.loc)),
            ("margin", self.margin.as_ref().map(|m| m.loc)),
        ];
        for (key, loc) in given {
            if let Some(loc) = loc {
                problems
                    .add(Fault::Together(key, "outline"), loc)
                    .label("has no effect")
                    .also(outline.loc, "because this is given")
                    .help("keep one: an `outline`, or a stretch `along` the river");
            }
        }
        land::outline(outline, problems)
    }
}

/// The water between two distances along the river, and a strip of each bank.
fn strip(channel: &Channel, [from, to]: [f64; 2], margin: f64) -> Polygon {
    let steps = ((to - from) / OUTLINE_STEP).ceil().max(1.0) as usize;
    let side = |i: usize, sign: f64| -> [f64; 2] {
        let along = from + (to - from) * i as f64 / steps as f64;
        let p: DVec2 = channel.at(along, sign * (channel.half_width(along) + margin));
        p.into()
    };
    let left = (0..=steps).map(|i| side(i, 1.0));
    let right = (0..=steps).rev().map(|i| side(i, -1.0));
    Polygon(left.chain(right).collect())
}
