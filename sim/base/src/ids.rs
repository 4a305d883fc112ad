//! Names of things, as types.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A camera's id within its site, such as `hd-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CameraId(Arc<str>);

impl CameraId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for CameraId {
    fn from(s: String) -> Self {
        Self(s.into())
    }
}

impl From<&str> for CameraId {
    fn from(s: &str) -> Self {
        Self(s.into())
    }
}

impl From<CameraId> for String {
    fn from(id: CameraId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A track's number, unique within one camera of one scene.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TrackId(pub u64);
