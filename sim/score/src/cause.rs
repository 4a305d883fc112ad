//! Why an alert was false and why an event was missed.

use scenario::model::{ActorClass, CLASSES};
use scenario::truth::EffectKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What raised a false alarm. In files: its [`id`](fmt::Display).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Cause {
    /// An event was there, but of another kind.
    WrongKind,
    /// An offender before its event began.
    Early,
    /// An offender after its event's window closed.
    Late,
    /// An offender within its event's window, but the alert's position is too far off.
    Misplaced,
    /// A further alert of an event, under a protocol that counts these as false.
    Duplicate,
    /// A small boat with a permit.
    LicensedBoat,
    /// A confuser of this class.
    Actor(ActorClass),
    /// No actor, but something that could be taken for one: glint, a shadow, a drop on the dome.
    Effect(EffectKind),
    /// Nothing that truth knows of: water, plants, buildings.
    Background,
}

impl Cause {
    const FIXED: [(Self, &'static str); 7] = [
        (Self::WrongKind, "wrong_kind"),
        (Self::Early, "early"),
        (Self::Late, "late"),
        (Self::Misplaced, "misplaced"),
        (Self::Duplicate, "duplicate"),
        (Self::LicensedBoat, "licensed_boat"),
        (Self::Background, "background"),
    ];

    /// The id used in files: the class for a confuser, the kind for an effect.
    pub fn id(self) -> &'static str {
        match self {
            Self::Actor(class) => class.id(),
            Self::Effect(kind) => kind.id(),
            other => Self::FIXED
                .iter()
                .find(|row| row.0 == other)
                .map_or("background", |r| r.1),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl From<Cause> for String {
    fn from(cause: Cause) -> Self {
        cause.id().to_owned()
    }
}

/// No cause has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a cause of false alarms")]
pub struct UnknownCause(pub String);

impl TryFrom<String> for Cause {
    type Error = UnknownCause;
    fn try_from(id: String) -> Result<Self, UnknownCause> {
        let fixed = Self::FIXED.iter().find(|row| row.1 == id).map(|row| row.0);
        let class = || {
            CLASSES
                .iter()
                .find(|row| row.1 == id)
                .map(|row| Self::Actor(row.0))
        };
        let effect = || {
            let row = EffectKind::ALL.iter().find(|row| row.1 == id);
            row.map(|row| Self::Effect(row.0))
        };
        let found = fixed.or_else(class).or_else(effect);
        found.ok_or(UnknownCause(id))
    }
}

/// Why an event was missed or could not be shown: the first stage that lost it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissReason {
    /// Undetectable: never inside any camera's picture.
    OutOfFrame,
    /// Undetectable: mostly hidden behind something.
    Occluded,
    /// Undetectable: too few pixels.
    TooSmall,
    /// Undetectable: too dark or too like its surround.
    LowContrast,
    /// Undetectable: well visible, but for less than 10 s and than half of the event.
    TooBrief,
    /// The system skipped every frame that showed it.
    Skipped,
    /// No detection of its class overlapped it.
    NeverDetected,
    /// Detected in fewer than a tenth of the frames that showed it.
    RarelyDetected,
    /// Detected, but confirmed tracks held it in fewer than half as many frames.
    NotTracked,
    /// Tracked, and an alert meant it, but at the wrong time or place or with the wrong kind.
    Misreported,
    /// Tracked, but no rule fired.
    NoRule,
}

impl MissReason {
    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::OutOfFrame => "out_of_frame",
            Self::Occluded => "occluded",
            Self::TooSmall => "too_small",
            Self::LowContrast => "low_contrast",
            Self::TooBrief => "too_brief",
            Self::Skipped => "skipped",
            Self::NeverDetected => "never_detected",
            Self::RarelyDetected => "rarely_detected",
            Self::NotTracked => "not_tracked",
            Self::Misreported => "misreported",
            Self::NoRule => "no_rule",
        }
    }
}

impl fmt::Display for MissReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
