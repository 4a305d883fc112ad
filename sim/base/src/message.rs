//! What travels from a site to its command centre and from a centre to its superior.
//!
//! Delivery is at least once: the sender keeps a message until a [`Receipt`] names its key, the
//! receiver tells by the key that it has it. What a channel is made of is no matter of this room.

use crate::handling::State;
use crate::trace::LineError;
use crate::{Alert, CameraId, EvidenceRef};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::str::FromStr;
use std::{fmt, io};

/// One thing to be told, with what delivery needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Idempotency key: messages of one key are one message, however often they arrive.
    pub key: String,
    /// Id of the site or centre that made it.
    pub origin: String,
    /// When it was made there, ISO 8601 with offset.
    pub at: String,
    /// What it says.
    pub body: Body,
    /// How far its maker's log had come: whoever keeps the message is a witness to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<LogHead>,
}

/// How far a store's log has come: the head of a Merkle tree (RFC 9162, 2.1) over BLAKE3. Noted
/// outside, it shows later that nothing that the log held then was changed or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// Leaves.
    pub size: u64,
    /// Hash of the tree's root, lower-case hexadecimal.
    pub root: String,
}

/// `<root>:<size>`, as it is noted on paper and given back to a check.
impl fmt::Display for LogHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.root, self.size)
    }
}

impl FromStr for LogHead {
    type Err = NoLogHead;

    fn from_str(text: &str) -> Result<Self, NoLogHead> {
        let (root, size) = text.split_once(':').ok_or(NoLogHead)?;
        let is_hash = root.len() == 64 && root.bytes().all(|b| b.is_ascii_hexdigit());
        match size.parse() {
            Ok(size) if is_hash => Ok(Self {
                size,
                root: root.to_ascii_lowercase(),
            }),
            _ => Err(NoLogHead),
        }
    }
}

/// A text is no head of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log's head is 64 hexadecimal digits, a colon and the number of leaves")]
pub struct NoLogHead;

impl Message {
    /// The message that brings a new alert; its key is the alert's id.
    pub fn of_alert(alert: &Alert) -> Self {
        Self {
            key: alert.id.clone(),
            origin: alert.site.clone(),
            at: alert.decided_at.clone(),
            body: Body::Alert(Box::new(alert.clone())),
            head: None,
        }
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// A new case.
    Alert(Box<Alert>),
    /// Evidence that was ready only after its alert had gone: the clip.
    Evidence {
        /// The alert's id.
        alert: String,
        /// The file.
        evidence: EvidenceRef,
    },
    /// A step in an alert's handling.
    Step(Step),
    /// An alert that belongs to an earlier alert's case: that one's steps are its own.
    Joined {
        /// The alert's id.
        alert: String,
        /// Id of the case's first alert.
        case: String,
    },
    /// A device that cannot be relied on, or can be again.
    Fault(DeviceFault),
    /// A synthetic alert: proof that a person would be reached.
    Canary {
        /// Counts from 0 at its origin.
        serial: u64,
    },
}

/// A step in an alert's handling, as reported to a superior.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The alert's id.
    pub alert: String,
    /// Counts an alert's steps from 0: a receiver takes them in this order, however they arrive.
    pub serial: u32,
    /// From where; `None` for the first.
    pub from: Option<State>,
    /// To where.
    pub to: State,
    /// Who did it.
    pub who: String,
    /// Why; what raised it, for a false alarm.
    pub why: String,
    /// When, ISO 8601 with offset.
    pub at: String,
}

/// What is wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The lens is covered, fouled or dazzled.
    Blinded,
    /// The picture does not change any more.
    Frozen,
    /// No pictures come.
    Offline,
    /// The mast or the mount shakes.
    Shaking,
    /// The detector fails, hangs or answers with rubbish.
    Detector,
    /// The device's clock is off.
    Clock,
    /// Its disk is full or failing.
    Storage,
    /// What it sends does not reach a person: nobody would hear of an offence.
    Delivery,
}

impl FaultKind {
    /// The short name that it is counted under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blinded => "lens blinded",
            Self::Frozen => "picture frozen",
            Self::Offline => "camera offline",
            Self::Shaking => "camera shaking",
            Self::Detector => "detector failing",
            Self::Clock => "clock off",
            Self::Storage => "storage failing",
            Self::Delivery => "delivery failing",
        }
    }
}

/// A device fault, begun or over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceFault {
    /// The site.
    pub site: String,
    /// The camera; `None`: the whole box.
    pub camera: Option<CameraId>,
    /// What is wrong.
    pub kind: FaultKind,
    /// Since when, ISO 8601 with offset.
    pub since: String,
    /// It is over.
    pub cleared: bool,
    /// What was seen.
    pub detail: String,
}

/// A receiver's word that a message is safe with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The message's key.
    pub key: String,
    /// It had it before.
    pub duplicate: bool,
}

/// Why a message was not delivered. All but [`DeliveryError::Rejected`] and
/// [`DeliveryError::Encode`] may pass: the message is tried again.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The file cannot be written or read.
    #[error("outbox file {}: free space or choose another folder", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file holds something that is no message.
    #[error("outbox file {} is not one: move it away", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line.
        #[source]
        source: LineError,
    },
    /// The message cannot be written in the channel's form.
    #[error("message `{key}` cannot be written: {why}")]
    Encode {
        /// The message.
        key: String,
        /// What the encoder said.
        why: String,
    },
    /// The receiver is away, slow or busy.
    #[error("channel `{channel}` did not take message `{key}`: {why}")]
    Refused {
        /// The channel.
        channel: String,
        /// The message.
        key: String,
        /// What it said.
        why: String,
    },
    /// The receiver will never take it.
    #[error("channel `{channel}` rejects message `{key}`: {why}")]
    Rejected {
        /// The channel.
        channel: String,
        /// The message.
        key: String,
        /// What it said.
        why: String,
    },
    /// The receipt names another message.
    #[error("sent message `{sent}`, the receipt names `{got}`")]
    WrongReceipt {
        /// What was sent.
        sent: String,
        /// What came back.
        got: String,
    },
}

/// A way to a receiver.
pub trait Channel: Send {
    /// Its name in errors and records, such as `webhook county`.
    fn name(&self) -> &str;

    /// Sends a message and waits for the receipt. Its key is the idempotency key.
    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_name_their_type() {
        let message = Message {
            key: "bend-canary-7".to_owned(),
            origin: "bend".to_owned(),
            at: "2023-09-21T18:10:30+08:00".to_owned(),
            body: Body::Canary { serial: 7 },
            head: None,
        };
        let text = serde_json::to_string(&message).expect("writes");
        assert!(
            text.ends_with(r#""body":{"type":"canary","serial":7}}"#),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<Message>(&text).expect("reads"),
            message
        );
    }

    #[test]
    fn heads_are_written_as_they_are_read() {
        let head = LogHead {
            size: 12,
            root: "0a".repeat(32),
        };
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        for text in ["", "12", "0a:12", &format!("{}:x", head.root)] {
            assert_eq!(text.parse::<LogHead>(), Err(NoLogHead), "{text}");
        }
    }
}
