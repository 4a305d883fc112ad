//! What each class does by itself, where it can be, and who can commit what.

use crate::model::{ActorClass, Path, PlaceKind};
use base::AlertKind;

/// Where a class can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm {
    /// On the water.
    Water,
    /// At a bank.
    Bank,
    /// Either.
    Both,
    /// At one of the site's outlets.
    Outlet,
}

impl Realm {
    /// Whether a place of a kind is in it.
    pub(crate) fn allows(self, kind: PlaceKind) -> bool {
        match self {
            Self::Water => kind == PlaceKind::Water,
            Self::Bank => kind != PlaceKind::Water,
            Self::Both => true,
            Self::Outlet => false,
        }
    }

    /// For messages and tables.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Water => "water",
            Self::Bank => "a bank",
            Self::Both => "water or a bank",
            Self::Outlet => "an outlet",
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
                Self::new(Realm::Bank, &[Path::Along, Path::Still], 1.0, 0.4)
            }
            ActorClass::Dumper => Self::new(Realm::Bank, &[Path::Along, Path::Still], 1.2, 0.6),
            ActorClass::Excavator => Self::new(Realm::Bank, &[Path::Still], 0.8, 0.3),
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
            ActorClass::GillNet | ActorClass::GroundCage => {
                Self::new(Realm::Water, &[Path::Still], 0.0, 0.0)
            }
            ActorClass::Bags => Self::new(Realm::Bank, &[Path::Still], 0.0, 0.0),
            ActorClass::Plume | ActorClass::Steam => {
                Self::new(Realm::Outlet, &[Path::Still], 0.0, 0.0)
            }
            ActorClass::Driftwood
            | ActorClass::FoamPatch
            | ActorClass::Hyacinth
            | ActorClass::Litter
            | ActorClass::LeafPatch => Self::new(Realm::Water, AFLOAT, 0.0, 0.0),
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

/// A class that can commit a kind, and the paths it can take doing it; the first is the default.
pub(crate) type Offender = (ActorClass, &'static [Path]);

const BESIDE: &[Path] = &[Path::Along, Path::Still];
const AT_WORK: &[Path] = &[Path::Loiter];
const SITS: &[Path] = &[Path::Still];
const DRIFTS: &[Path] = &[Path::Drift];
/// An unlicensed boat may be there in any way; what it mostly does is loiter.
const ABOUT: &[Path] = &[
    Path::Loiter,
    Path::Downstream,
    Path::Upstream,
    Path::Cross,
    Path::Still,
    Path::Drift,
];

/// Who can commit a kind; the first does unless the file says otherwise.
pub(crate) fn offenders(kind: AlertKind) -> &'static [Offender] {
    use ActorClass as C;
    match kind {
        AlertKind::IllegalAngling => &[
            (C::Angler, BESIDE_STILL),
            (C::Sampan, SITS),
            (C::BambooRaft, SITS),
        ],
        AlertKind::IllegalBoat => &[
            (C::Sampan, ABOUT),
            (C::MotorBoat, ABOUT),
            (C::BambooRaft, ABOUT),
            (C::SpeedBoat, ABOUT),
        ],
        AlertKind::NetFishing => &[
            (C::Sampan, AT_WORK),
            (C::MotorBoat, AT_WORK),
            (C::BambooRaft, AT_WORK),
            (C::CastNetter, BESIDE),
        ],
        AlertKind::FryCatching => &[(C::DipNetter, BESIDE)],
        AlertKind::GroundCage => &[
            (C::Sampan, AT_WORK),
            (C::MotorBoat, AT_WORK),
            (C::BambooRaft, AT_WORK),
        ],
        AlertKind::Electrofishing => &[
            (C::Electrofisher, BESIDE),
            (C::Sampan, AT_WORK),
            (C::MotorBoat, AT_WORK),
        ],
        AlertKind::SandMining => &[(C::SandDredger, AT_WORK), (C::Excavator, SITS)],
        AlertKind::FloatingDebris => &[
            (C::Litter, DRIFTS),
            (C::Hyacinth, DRIFTS),
            (C::Driftwood, DRIFTS),
            (C::FoamPatch, DRIFTS),
        ],
        AlertKind::OutfallDischarge => &[(C::Plume, SITS)],
        AlertKind::GarbageDumping => &[(C::Dumper, SITS), (C::Truck, SITS)],
    }
}

const BESIDE_STILL: &[Path] = &[Path::Still, Path::Along];

/// Whether a kind is an offence in `no_fishing` zones only; the others are everywhere.
pub(crate) fn is_zoned(kind: AlertKind) -> bool {
    matches!(
        kind,
        AlertKind::IllegalAngling
            | AlertKind::IllegalBoat
            | AlertKind::NetFishing
            | AlertKind::FryCatching
            | AlertKind::GroundCage
            | AlertKind::Electrofishing
    )
}

/// Whether a class takes fish or fry wherever it is: lawful outside `no_fishing` zones only.
pub(crate) fn fishes(class: ActorClass) -> bool {
    class.object().is(base::ObjectClass::Angler)
        || matches!(class, ActorClass::GillNet | ActorClass::GroundCage)
}

/// Whether a class takes sand, for which its permit must say so.
pub(crate) fn mines(class: ActorClass) -> bool {
    matches!(class, ActorClass::SandDredger | ActorClass::Excavator)
}
