//! Where a receiver hands over what came in.

use base::message::{Message, Receipt};
use serde::{Deserialize, Serialize};

/// Takes messages in for good. Servers and listeners of every channel hand theirs to one.
pub trait Intake: Send + Sync + 'static {
    /// Stores a message. `Ok` means that it is on the medium and will survive a crash: the sender
    /// forgets it on this word. A message whose key is there already is not stored again, and
    /// its receipt says so. May block; called from several threads at once.
    fn take(&self, message: Message) -> Result<Receipt, Refusal>;
}

/// Why a receiver does not take a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// Not now: the sender keeps it and tries again.
    #[error("not now: {0}")]
    Later(String),
    /// Never: the message itself is at fault, trying again is of no use.
    #[error("never: {0}")]
    Never(String),
}
