//! Messages through a broker: MQTT 3.1.1 or 5, QoS 1, with receipts from end to end.
//!
//! | parameter | default | why |
//! | --- | --- | --- |
//! | topic | `rivergauge/<sender>/messages` | one per sender, so that a broker can say who may write where |
//! | receipts | `rivergauge/<sender>/receipts` | the receiver's own word; a PUBACK is only the broker's |
//! | QoS | 1, session kept | what a receiver misses while away, the broker keeps |
//! | keep alive | 15 s | a dead line is noticed after half as much again |
//! | largest packet | 1 MiB | as the webhook's |
//!
//! A message is JSON, a receipt is `{"key":..,"duplicate":..}`, a refusal
//! `{"key":..,"error":..,"final":..}`. The receiver acknowledges to the broker only after its
//! [`Intake`](crate::Intake) has answered, so what it did not live to store comes again.

mod link;
mod open;
mod receiver;
mod sender;

pub use open::{Listener, ListenerStatus};
pub use receiver::{Subscriber, SubscriberStatus};
pub use sender::Mqtt;

use crate::Secret;
use std::time::Duration;

/// Largest packet, bytes.
const MAX_PACKET: usize = 1 << 20;
/// Pause before a broken connection is tried again.
const RECONNECT: Duration = Duration::from_millis(500);

/// Version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// 3.1.1, which every broker speaks.
    #[default]
    V3,
    /// 5.
    V5,
}

/// How to reach a broker.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Host name or address.
    pub host: String,
    /// Usually 1883, with TLS 8883.
    pub port: u16,
    /// Version of the protocol.
    pub version: Version,
    /// Must be the same after a restart and nobody else's: the broker keeps the session under it.
    pub client_id: String,
    /// User name and password.
    pub login: Option<(String, Secret)>,
    /// Certificates (PEM) of those who may vouch for the broker; with them, TLS.
    pub ca: Option<Vec<u8>>,
    /// What all topics begin with.
    pub prefix: String,
    /// Sign of life after so long.
    pub keep_alive: Duration,
}

impl Broker {
    /// A broker without login or TLS.
    pub fn new(host: &str, port: u16, client_id: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            version: Version::default(),
            client_id: client_id.to_owned(),
            login: None,
            ca: None,
            prefix: "rivergauge".to_owned(),
            keep_alive: Duration::from_secs(15),
        }
    }

    fn messages(&self, sender: &str) -> String {
        format!("{}/{sender}/messages", self.prefix)
    }

    fn receipts(&self, sender: &str) -> String {
        format!("{}/{sender}/receipts", self.prefix)
    }

    /// The sender in a topic of messages.
    fn sender_of<'a>(&self, topic: &'a str) -> Option<&'a str> {
        topic
            .strip_prefix(&self.prefix)?
            .strip_prefix('/')?
            .strip_suffix("/messages")
    }
}

/// Whether a name can be one level of a topic.
pub fn is_topic_level(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '+', '#', '\0'])
}
