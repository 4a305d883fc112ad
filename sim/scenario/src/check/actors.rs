//! The entries of a scenario made whole: who, where, when, and whether that can be.

use super::habit::{Habit, Realm, fishes, is_zoned, offenders};
use crate::channel::Channel;
use crate::error::{Fault, Problems, Quoted};
use crate::file::read::unknown_name;
use crate::file::scenario::{ConfuserFile, OffenceFile};
use crate::file::tree::At;
use crate::model::{
    ActorClass, ActorSpec, Dist, OutletSpec, Path, Place, PlaceKind, Role, SiteSpec,
};
use base::site::ZoneKind;
use base::{AlertKind, ObjectClass};

/// How far from the water's edge the mouth of an outfall can be, metres.
const OUTLET_REACH: f64 = 15.0;

/// The parts that offences and confusers share.
struct Entry<'a> {
    classes: Vec<At<ActorClass>>,
    /// Paths that a class can take here; the first is the default.
    paths: &'a dyn Fn(ActorClass) -> &'static [Path],
    count: &'a At<Dist>,
    place: &'a Option<At<String>>,
    path: &'a Option<At<Path>>,
    from: &'a At<Dist>,
    until: &'a Option<At<Dist>>,
    speed: &'a Option<At<Dist>>,
}

/// What the entries are checked against.
pub(crate) struct Stage<'a> {
    pub(crate) site: &'a SiteSpec,
    pub(crate) channel: &'a Channel,
    /// Length of a scene, seconds.
    pub(crate) duration: f64,
}

impl Stage<'_> {
    /// An offence made whole; `None` when it has no meaning, with the problems saying why.
    pub(crate) fn offence(&self, file: &OffenceFile, problems: &mut Problems) -> Option<ActorSpec> {
        let kind = file.kind.value;
        let able = offenders(kind);
        let classes = file.class.as_ref().map_or_else(
            || {
                vec![At {
                    value: able[0].0,
                    loc: file.kind.loc,
                }]
            },
            |c| c.value.clone(),
        );
        let before = problems.len();
        for class in &classes {
            if able.iter().any(|(c, _)| *c == class.value) {
                continue;
            }
            let names: Vec<_> = able.iter().map(|(c, _)| c.id()).collect();
            problems
                .add(
                    Fault::ClassCannot {
                        class: class.value.id(),
                        kind: kind.id(),
                    },
                    class.loc,
                )
                .label("not an offender of this kind")
                .help(format!("classes that can: {}", Quoted(&names)));
        }
        if problems.len() > before {
            return None;
        }
        let paths = |class| {
            able.iter()
                .find(|(c, _)| *c == class)
                .map_or(&[][..], |(_, paths)| *paths)
        };
        let entry = Entry {
            classes,
            paths: &paths,
            count: &file.count,
            place: &file.place,
            path: &file.path,
            from: &file.from,
            until: &file.until,
            speed: &file.speed,
        };
        let spec = self.entry(&entry, Role::Offence(kind), problems)?;
        if is_zoned(kind) && !self.part_in_zone(&spec.place, true) {
            let loc = file.place.as_ref().map_or(file.kind.loc, |p| p.loc);
            let fault = Fault::NoZoneFor {
                kind: kind.id(),
                place: spec.place.name,
            };
            problems
                .add(fault, loc)
                .label("outside every `no_fishing` zone")
                .help("choose a place in a `no_fishing` zone, or widen a zone of the site");
            return None;
        }
        Some(spec)
    }

    /// A confuser made whole; `None` when it has no meaning.
    pub(crate) fn confuser(
        &self,
        file: &ConfuserFile,
        problems: &mut Problems,
    ) -> Option<ActorSpec> {
        let entry = Entry {
            classes: file.class.value.clone(),
            paths: &|class| Habit::of(class).paths,
            count: &file.count,
            place: &file.place,
            path: &file.path,
            from: &file.from,
            until: &file.until,
            speed: &file.speed,
        };
        for class in &file.class.value {
            self.lawful(class, file, problems);
        }
        let spec = self.entry(&entry, Role::Confuser, problems)?;
        Some(ActorSpec {
            licensed: file.licensed.value && file.class.value.iter().all(|c| licensable(c.value)),
            ..spec
        })
    }

    /// Records what makes a confuser an offence, or a permit of no use.
    fn lawful(&self, class: &At<ActorClass>, file: &ConfuserFile, problems: &mut Problems) {
        let id = class.value.id();
        if file.licensed.value && !licensable(class.value) {
            problems
                .add(Fault::CannotBeLicensed(id), file.licensed.loc)
                .label("only vessels and excavators hold permits")
                .also(class.loc, "not one of them")
                .help("leave `licensed` out");
        }
        if class.value == ActorClass::Electrofisher {
            problems
                .add(Fault::NeverLawful(id), class.loc)
                .label("an offence everywhere")
                .help("make it an `[[offence]]` of the kind `electrofishing`");
        } else if fishes(class.value) {
            let named = file.place.as_ref();
            let realm = Habit::of(class.value).realm;
            let place = match named {
                Some(name) => self.site.places.iter().find(|p| p.name == name.value),
                None => self.site.places.iter().find(|p| realm.allows(p.kind)),
            };
            let Some(place) = place.filter(|p| !self.part_in_zone(p, false)) else {
                return;
            };
            let fault = Fault::OffenceAt {
                class: id,
                place: place.name.clone(),
            };
            problems
                .add(fault, named.map_or(class.loc, |n| n.loc))
                .label("wholly in `no_fishing` zones")
                .help("choose a place outside them, or make it an `[[offence]]`");
        }
    }

    fn entry(&self, e: &Entry<'_>, role: Role, problems: &mut Problems) -> Option<ActorSpec> {
        let mut options = Vec::new();
        for class in &e.classes {
            let habit = Habit::of(class.value);
            let able = (e.paths)(class.value);
            let default = able.first().copied().unwrap_or(Path::Still);
            let path = e.path.as_ref().map_or(default, |p| p.value);
            if !able.contains(&path) {
                let names: Vec<_> = able.iter().map(|p| p.id()).collect();
                let loc = e.path.as_ref().map_or(class.loc, |p| p.loc);
                let id = class.value.id();
                problems
                    .add(
                        Fault::PathCannot {
                            class: id,
                            path: path.id(),
                        },
                        loc,
                    )
                    .label("not a way it moves")
                    .also(class.loc, "this class")
                    .help(format!("paths of `{id}`: {}", Quoted(&names)));
            }
            if let (Some(speed), Path::Drift) = (e.speed, path) {
                problems
                    .add(Fault::SpeedHasNoEffect(path.id()), speed.loc)
                    .label("the current and the wind decide")
                    .help("leave `speed` out, or choose another path");
            }
            self.road(class, problems);
            let place = self.place(e, class, habit.realm, problems);
            let speed = e.speed.as_ref().map(|s| s.value.clone());
            let usual = match role {
                // Who comes to work somewhere comes at his usual speed.
                Role::Offence(kind) if kind != AlertKind::IllegalBoat => habit.speed,
                _ => habit.speed_on(path),
            };
            let speed = speed.unwrap_or(Dist::Fixed(usual));
            options.push((place, (class.value, path, speed)));
        }
        let until = self.times(e, problems);
        let found: Option<Vec<_>> = options.into_iter().map(|(p, o)| Some((p?, o))).collect();
        let mut found = found?.into_iter();
        let ((place, outlet), (class, path, speed)) = found.next()?;
        Some(ActorSpec {
            role,
            class,
            count: e.count.value.clone(),
            place,
            path,
            from: e.from.value.clone(),
            until,
            speed,
            licensed: false,
            others: found.map(|(_, option)| option).collect(),
            outlet,
        })
    }

    /// Records a vehicle on a site without roads.
    fn road(&self, class: &At<ActorClass>, problems: &mut Problems) {
        let drives = class.value.object() == base::ObjectClass::Vehicle;
        if drives && self.site.land.roads.is_empty() {
            problems
                .add(
                    Fault::NoPlaceFor {
                        class: class.value.id(),
                    },
                    class.loc,
                )
                .label("needs a road")
                .help("add a `[[road]]` to the site");
        }
    }

    /// The outlet that a plume or steam comes out of, as a place.
    fn outlet(
        &self,
        e: &Entry<'_>,
        class: &At<ActorClass>,
        problems: &mut Problems,
    ) -> Option<(Place, Option<OutletSpec>)> {
        let outlets = &self.site.outlets;
        let outlet = match e.place {
            Some(name) => {
                let found = outlets.iter().find(|o| o.name == name.value);
                if found.is_none() {
                    let known: Vec<_> = outlets.iter().map(|o| o.name.as_str()).collect();
                    unknown_name(&name.value, "outlet", &known, name.loc, problems);
                }
                found?
            }
            None if outlets.is_empty() => {
                problems
                    .add(
                        Fault::NoPlaceFor {
                            class: class.value.id(),
                        },
                        class.loc,
                    )
                    .label("needs an outlet")
                    .help("add an `[[outlet]]` to the site");
                return None;
            }
            None => outlets.first()?,
        };
        let at = self.channel.locate(outlet.at.into());
        let inland = at.across.abs() - at.half_width;
        if class.value == ActorClass::Plume && !(-OUTLET_REACH..OUTLET_REACH).contains(&inland) {
            let side = if inland > 0.0 {
                "inland"
            } else {
                "in the river"
            };
            let loc = e.place.as_ref().map_or(class.loc, |p| p.loc);
            let fault = Fault::PlaceCannot {
                class: class.value.id(),
                place: outlet.name.clone(),
            };
            problems
                .add(fault, loc)
                .label(format!("its mouth is {:.0}m {side}", inland.abs()))
                .help(format!(
                    "choose an outlet within {OUTLET_REACH}m of the water's edge"
                ));
            return None;
        }
        let kind = if at.across >= 0.0 {
            PlaceKind::LeftBank
        } else {
            PlaceKind::RightBank
        };
        let place = Place {
            name: outlet.name.clone(),
            kind,
            along: [at.along, at.along],
        };
        Some((place, Some(outlet.clone())))
    }

    fn place(
        &self,
        e: &Entry<'_>,
        of: &At<ActorClass>,
        realm: Realm,
        problems: &mut Problems,
    ) -> Option<(Place, Option<OutletSpec>)> {
        if realm == Realm::Outlet {
            return self.outlet(e, of, problems);
        }
        let class = of.value.id();
        let places = &self.site.places;
        // One place for all that a choice names.
        let suits = |p: &&Place| {
            let mut realms = e.classes.iter().map(|c| Habit::of(c.value).realm);
            realms.all(|realm| realm.allows(p.kind))
        };
        let suitable: Vec<_> = places
            .iter()
            .filter(suits)
            .map(|p| p.name.as_str())
            .collect();
        let help = format!("places on {}: {}", realm.words(), Quoted(&suitable));
        let Some(name) = e.place else {
            let first = places.iter().find(suits);
            if first.is_none() && e.classes.len() > 1 {
                problems
                    .add(Fault::NoPlaceFor { class }, of.loc)
                    .label("no place suits all of the choice")
                    .help("choose among classes that share a place, or write an entry for each");
            } else if first.is_none() {
                problems
                    .add(Fault::NoPlaceFor { class }, of.loc)
                    .label(format!("needs {}", realm.words()))
                    .help(format!(
                        "add a `[[place]]` on {} to the site",
                        realm.words()
                    ));
            }
            return first.cloned().map(|place| (place, None));
        };
        let Some(place) = places.iter().find(|p| p.name == name.value) else {
            let known: Vec<_> = places.iter().map(|p| p.name.as_str()).collect();
            unknown_name(&name.value, "place", &known, name.loc, problems);
            return None;
        };
        if !realm.allows(place.kind) {
            let fault = Fault::PlaceCannot {
                class,
                place: place.name.clone(),
            };
            problems
                .add(fault, name.loc)
                .label(format!("not {}", realm.words()))
                .also(of.loc, format!("belongs on {}", realm.words()))
                .help(help);
            return None;
        }
        Some((place.clone(), None))
    }

    /// Checks `from` and `until` in every draw; gives `until`.
    fn times(&self, e: &Entry<'_>, problems: &mut Problems) -> Dist {
        let end = self.duration;
        let shown = crate::units::TIME.show(end);
        let too_late = |what, loc, problems: &mut Problems| {
            problems
                .add(Fault::AfterTheEnd(what), loc)
                .label("later than the last frame")
                .help(format!("the scene lasts {shown}"));
        };
        let latest_from = e.from.value.bounds().1;
        let Some(until) = e.until else {
            if latest_from >= end {
                too_late("from", e.from.loc, problems);
            }
            return Dist::Fixed(end);
        };
        let (earliest, latest) = until.value.bounds();
        if latest > end {
            too_late("until", until.loc, problems);
        }
        if latest_from >= earliest {
            problems
                .add(Fault::FromAfterUntil, e.from.loc)
                .label(format!(
                    "can be as late as {}",
                    crate::units::TIME.show(latest_from)
                ))
                .also(
                    until.loc,
                    format!("can be as early as {}", crate::units::TIME.show(earliest)),
                )
                .help("something must lie between in every draw");
        }
        until.value.clone()
    }

    /// Whether part of a place lies inside (or outside) the zones where nobody may fish.
    fn part_in_zone(&self, place: &Place, inside: bool) -> bool {
        let [from, to] = place.along;
        (0..=10).any(|i| {
            let along = from + (to - from) * f64::from(i) / 10.0;
            let half = self.channel.half_width(along);
            let across = match place.kind {
                PlaceKind::Water => 0.0,
                PlaceKind::LeftBank => half,
                PlaceKind::RightBank => -half,
            };
            let p = self.channel.at(along, across);
            let zones = self.site.zones.iter();
            inside
                == zones
                    .filter(|z| z.kind == ZoneKind::NoFishing)
                    .any(|z| z.polygon.contains(p))
        })
    }
}

/// Whether a class can hold a permit.
fn licensable(class: ActorClass) -> bool {
    class.object().root() == ObjectClass::Boat || class == ActorClass::Excavator
}
