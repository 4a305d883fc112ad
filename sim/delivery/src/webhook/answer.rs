//! What a receiver says when it does not take a message.

use serde::{Deserialize, Serialize};

/// The body of an answer that is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Key of the message as the channel writes it (the webhook: as in `webhook-id`), where it
    /// could be told.
    pub key: Option<String>,
    /// What is wrong.
    pub error: String,
    /// The message itself is at fault: trying again is of no use.
    #[serde(rename = "final")]
    pub is_final: bool,
}
