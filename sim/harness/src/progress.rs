//! How a run tells that it is alive.

/// Receives progress; called from worker threads.
pub trait Progress: Sync {
    /// A unit begins; it will have at most `n_frames` frames.
    fn unit_started(&self, unit: &str, n_frames: u64);
    /// A unit's scene is being built (seconds, before its first frame).
    fn baking(&self, unit: &str);
    /// A frame of the unit is done.
    fn frame_done(&self, unit: &str);
    /// An alert was delivered.
    fn alert(&self, unit: &str, kind: base::AlertKind);
    /// The unit ended, wholly or not.
    fn unit_ended(&self, unit: &str, complete: bool);
}

/// Tells nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn unit_started(&self, _unit: &str, _n_frames: u64) {}
    fn baking(&self, _unit: &str) {}
    fn frame_done(&self, _unit: &str) {}
    fn alert(&self, _unit: &str, _kind: base::AlertKind) {}
    fn unit_ended(&self, _unit: &str, _complete: bool) {}
}
