//! One unit's events and alerts, counted: what merging adds up.

use crate::align::{Candidate, Match, align, position_error};
use crate::cause::{Cause, MissReason};
use crate::explain::{Explanation, explain};
use crate::protocol::Protocol;
use crate::result::{
    AlertOutcome, AlertStatus, EventCounts, EventOutcome, EventStatus, HitQuality, Spread, View,
};
use crate::sight::{Frames, is_detectable, why_missed, why_undetectable_or_none};
use crate::unit::{ScoreError, UnitRecord};
