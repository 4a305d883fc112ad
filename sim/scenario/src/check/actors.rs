//! What each class does by itself, where it can be, and the entries of a scenario made whole.

use crate::channel::Channel;
use crate::error::{Fault, Problems, Quoted};
use crate::file::read::unknown_name;
use crate::file::scenario::{ConfuserFile, OffenceFile};
use crate::file::tree::At;
use crate::model::{ActorClass, ActorSpec, Dist, Path, Place, PlaceKind, Role, SiteSpec};
use base::site::{Zone, ZoneKind};
use base::{AlertKind, ObjectClass};

/// Where a class can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm {
    /// On the water.
    Water,
    /// At a bank.
    Bank,
    /// Either.
    Both,
}

impl Realm {
    fn allows(self, kind: PlaceKind) -> bool {
        match self {
            Self::Water => kind == PlaceKind::Water,
            Self::Bank => kind != PlaceKind::Water,
            Self::Both => true,
        }
    }

    /// For messages and tables.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Water => "water",
            Self::Bank => "a bank",
            Self::Both => "water or a bank",
        }
    }
}

/// What a class does by itself.
pub(crate) struct Habit {
    pub(crate) realm: Realm,
    /// How it can move; the first is the default.
    pub(crate) paths: &'static [Path],
    /// Speed over ground on its way, m/s.
    pub(crate) speed: f64,
    /// Speed while it loiters, m/s.
    pub(crate) slow: f64,
    /// Speed in the air, m/s.
    pub(crate) air: f64,
}

const BOAT: &[Path] = &[
    Path::Downstream,
    Path::Upstream,
    Path::Cross,
    Path::Loiter,
    Path::Still,
    Path::Drift,
];
const AFLOAT: &[Path] = &[Path::Drift, Path::Still];

impl Habit {
    const fn new(realm: Realm, paths: &'static [Path], speed: f64, slow: f64) -> Self {
        Self {
            realm,
            paths,
            speed,
            slow,
            air: 0.0,
        }
    }

    /// Rowed boats make 1 to 1.5 m/s, ferries and barges 8 to 13 km/h; people walk at 1.2 to
    /// 1.4 m/s; an egret flies at about 9 m/s, a duck at 14 m/s.
    pub(crate) fn of(class: ActorClass) -> Self {
        match class {
            ActorClass::Sampan => Self::new(Realm::Water, BOAT, 1.3, 0.5),
            ActorClass::MotorBoat => Self::new(Realm::Water, BOAT, 4.0, 0.8),
            ActorClass::BambooRaft => Self::new(Realm::Water, BOAT, 0.9, 0.4),
            ActorClass::SpeedBoat => Self::new(Realm::Water, BOAT, 8.0, 1.0),
            ActorClass::SandDredger => Self::new(Realm::Water, BOAT, 1.6, 0.3),
            ActorClass::PatrolBoat => Self::new(Realm::Water, BOAT, 5.5, 1.5),
            ActorClass::Ferry => Self::new(Realm::Water, BOAT, 3.2, 0.8),
            ActorClass::CargoBarge => Self::new(Realm::Water, BOAT, 2.4, 0.6),
            ActorClass::DipNetter | ActorClass::CastNetter | ActorClass::Electrofisher => {
                Self::new(Realm::Bank, &[Path::Still, Path::Along], 1.0, 0.4)
            }
            ActorClass::Dumper => Self::new(Realm::Bank, &[Path::Still, Path::Along], 1.2, 0.6),
            ActorClass::Excavator => Self::new(Realm::Bank, &[Path::Still, Path::Along], 0.8, 0.3),
            ActorClass::Truck | ActorClass::Car => {
                Self::new(Realm::Bank, &[Path::Along, Path::Still], 6.0, 1.5)
            }
            ActorClass::Cow => Self::new(
                Realm::Both,
                &[Path::Loiter, Path::Still, Path::Along],
                0.8,
                0.3,
            ),
            ActorClass::Angler => Self::new(Realm::Bank, &[Path::Still, Path::Along], 1.2, 0.5),
            ActorClass::Walker => Self::new(
                Realm::Bank,
                &[Path::Along, Path::Loiter, Path::Still],
                1.3,
                0.6,
            ),
            ActorClass::Washer => Self::new(Realm::Bank, &[Path::Still, Path::Loiter], 1.2, 0.5),
            ActorClass::Bather => Self::new(
                Realm::Both,
                &[Path::Loiter, Path::Still, Path::Cross],
                0.8,
                0.4,
            ),
            ActorClass::Egret => Self {
                air: 9.0,
                ..Self::new(
                    Realm::Both,
                    &[Path::Still, Path::Loiter, Path::Fly],
                    0.4,
                    0.2,
                )
            },
            ActorClass::Duck => Self {
                air: 14.0,
                ..Self::new(
                    Realm::Water,
                    &[Path::Loiter, Path::Drift, Path::Fly],
                    0.5,
                    0.3,
                )
            },
            ActorClass::Buffalo => Self::new(
                Realm::Both,
                &[Path::Loiter, Path::Still, Path::Along],
                0.7,
                0.3,
            ),
            ActorClass::Dog => Self::new(
                Realm::Bank,
                &[Path::Along, Path::Loiter, Path::Still],
                1.6,
                0.7,
            ),
            ActorClass::Driftwood
            | ActorClass::FoamPatch
            | ActorClass::Hyacinth
            | ActorClass::Litter
            | ActorClass::LeafPatch
            | ActorClass::Bags
            | ActorClass::GillNet
            | ActorClass::GroundCage
            | ActorClass::Plume
            | ActorClass::Steam => Self::new(Realm::Water, AFLOAT, 0.0, 0.0),
        }
    }

    /// Speed on a path unless the file says otherwise, m/s.
    pub(crate) fn speed_on(&self, path: Path) -> f64 {
        match path {
            Path::Fly => self.air,
            Path::Loiter => self.slow,
            Path::Drift => 0.0,
            _ => self.speed,
        }
    }
}

/// The class that commits an offence unless the file says otherwise, the path it takes, and what
/// else could commit it; `None` for kinds that have no behaviour yet.
pub(crate) fn offender(kind: AlertKind) -> Option<(ActorClass, Path, ObjectClass)> {
    match kind {
        AlertKind::IllegalBoat => Some((ActorClass::Sampan, Path::Loiter, ObjectClass::Boat)),
        AlertKind::IllegalAngling => Some((ActorClass::Angler, Path::Still, ObjectClass::Angler)),
        _ => None,
    }
}

/// The parts that offences and confusers share.
struct Entry<'a> {
    class: At<ActorClass>,
    count: &'a At<Dist>,
    place: &'a Option<At<String>>,
    path: &'a Option<At<Path>>,
    default_path: Path,
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
        let Some((class, default_path, object)) = offender(kind) else {
            problems
                .add(Fault::UnsupportedKind(kind.id()), file.kind.loc)
                .label("cannot be simulated")
                .help("kinds with a behaviour: `illegal_angling`, `illegal_boat`");
            return None;
        };
        let class = file.class.clone().unwrap_or(At {
            value: class,
            loc: file.kind.loc,
        });
        if class.value.object() != object {
            let able: Vec<_> = crate::model::CLASSES
                .iter()
                .filter(|row| row.2 == object)
                .map(|row| row.1)
                .collect();
            problems
                .add(
                    Fault::ClassCannot {
                        class: class.value.id(),
                        kind: kind.id(),
                    },
                    class.loc,
                )
                .label("not an offender of this kind")
                .help(format!("classes that can: {}", Quoted(&able)));
            return None;
        }
        let entry = Entry {
            class,
            count: &file.count,
            place: &file.place,
            path: &file.path,
            default_path,
            from: &file.from,
            until: &file.until,
            speed: &file.speed,
        };
        let spec = self.entry(&entry, Role::Offence(kind), problems)?;
        if !forbidden_at(&spec.place, self.site, self.channel) {
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
        let class = file.class.value;
        let entry = Entry {
            class: file.class.clone(),
            count: &file.count,
            place: &file.place,
            path: &file.path,
            default_path: Habit::of(class).paths[0],
            from: &file.from,
            until: &file.until,
            speed: &file.speed,
        };
        let is_boat = class.object().root() == ObjectClass::Boat;
        if file.licensed.value && !is_boat {
            problems
                .add(Fault::CannotBeLicensed(class.id()), file.licensed.loc)
                .label("only vessels hold permits")
                .also(file.class.loc, "not a vessel")
                .help("leave `licensed` out");
        }
        let spec = self.entry(&entry, Role::Confuser, problems)?;
        Some(ActorSpec {
            licensed: file.licensed.value && is_boat,
            ..spec
        })
    }

    fn entry(&self, e: &Entry<'_>, role: Role, problems: &mut Problems) -> Option<ActorSpec> {
        let class = e.class.value;
        let habit = Habit::of(class);
        let path = e.path.as_ref().map_or(e.default_path, |p| p.value);
        if !habit.paths.contains(&path) {
            let able: Vec<_> = habit.paths.iter().map(|p| p.id()).collect();
            let loc = e.path.as_ref().map_or(e.class.loc, |p| p.loc);
            problems
                .add(
                    Fault::PathCannot {
                        class: class.id(),
                        path: path.id(),
                    },
                    loc,
                )
                .label("not a way it moves")
                .also(e.class.loc, "this class")
                .help(format!("paths of `{}`: {}", class.id(), Quoted(&able)));
        }
        if let (Some(speed), Path::Drift) = (e.speed, path) {
            problems
                .add(Fault::SpeedHasNoEffect(path.id()), speed.loc)
                .label("the current and the wind decide")
                .help("leave `speed` out, or choose another path");
        }
        let place = self.place(e, habit.realm, problems);
        let until = self.times(e, problems);
        let speed = e.speed.as_ref().map(|s| s.value.clone());
        Some(ActorSpec {
            role,
            class,
            count: e.count.value.clone(),
            place: place?,
            path,
            from: e.from.value.clone(),
            until,
            speed: speed.unwrap_or(Dist::Fixed(habit.speed_on(path))),
            licensed: false,
        })
    }

    fn place(&self, e: &Entry<'_>, realm: Realm, problems: &mut Problems) -> Option<Place> {
        let class = e.class.value.id();
        let places = &self.site.places;
        let suits = |p: &&Place| realm.allows(p.kind);
        let suitable: Vec<_> = places
            .iter()
            .filter(suits)
            .map(|p| p.name.as_str())
            .collect();
        let help = format!("places on {}: {}", realm.words(), Quoted(&suitable));
        let Some(name) = e.place else {
            let first = places.iter().find(suits);
            if first.is_none() {
                problems
                    .add(Fault::NoPlaceFor { class }, e.class.loc)
                    .label(format!("needs {}", realm.words()))
                    .help(format!(
                        "add a `[[place]]` on {} to the site",
                        realm.words()
                    ));
            }
            return first.cloned();
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
                .also(e.class.loc, format!("belongs on {}", realm.words()))
                .help(help);
            return None;
        }
        Some(place.clone())
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
}

/// Whether part of a place lies in a zone where nobody may fish.
fn forbidden_at(place: &Place, site: &SiteSpec, channel: &Channel) -> bool {
    let forbids = |z: &&Zone| z.kind == ZoneKind::NoFishing;
    let [from, to] = place.along;
    (0..=10).any(|i| {
        let along = from + (to - from) * f64::from(i) / 10.0;
        let half = channel.half_width(along);
        let across = match place.kind {
            PlaceKind::Water => 0.0,
            PlaceKind::LeftBank => half,
            PlaceKind::RightBank => -half,
        };
        let p = channel.at(along, across);
        site.zones
            .iter()
            .filter(forbids)
            .any(|z| z.polygon.contains(p))
    })
}
