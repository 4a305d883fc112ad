//! One client for both versions of the protocol.

use super::{Broker, MAX_PACKET, Version};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4;
use rumqttc::v5::mqttbytes::QoS as QoS5;
use rumqttc::v5::mqttbytes::v5;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, Transport};

/// Requests that may wait for the network.
const QUEUE: usize = 64;
/// How long a broker keeps the session of a client that is away, seconds (MQTT 5): a month.
const SESSION: u32 = 30 * 24 * 3600;

/// The side that sends requests.
#[derive(Debug, Clone)]
pub(super) enum Client {
    V3(AsyncClient),
    V5(rumqttc::v5::AsyncClient),
}

/// The side that moves bytes.
pub(super) enum Wire {
    V3(Box<EventLoop>),
    V5(Box<rumqttc::v5::EventLoop>),
}

/// A published message that is to be acknowledged.
#[derive(Debug)]
pub(super) enum Delivery {
    V3(v4::Publish),
    V5(Box<v5::Publish>),
}

/// What the wire brought.
#[derive(Debug)]
pub(super) enum Heard {
    Connected,
    Subscribed,
    Message(Delivery),
    Other,
}

impl Delivery {
    pub(super) fn topic(&self) -> String {
        match self {
            Self::V3(publish) => publish.topic.clone(),
            Self::V5(publish) => String::from_utf8_lossy(&publish.topic).into_owned(),
        }
    }

    pub(super) fn payload(&self) -> &[u8] {
        match self {
            Self::V3(publish) => &publish.payload,
            Self::V5(publish) => &publish.payload,
        }
    }
}

/// A client; with `kept` the broker keeps its session. With `manual_acks` the broker hears of a
/// message's safety only by [`Client::acknowledge`].
pub(super) fn connect(broker: &Broker, manual_acks: bool, kept: bool) -> (Client, Wire) {
    let transport = broker
        .ca
        .clone()
        .map_or_else(Transport::tcp, |ca| Transport::tls(ca, None, None));
    let (id, host, port) = (broker.client_id.as_str(), broker.host.as_str(), broker.port);
    match broker.version {
        Version::V3 => {
            let mut options = MqttOptions::new(id, host, port);
            options
                .set_transport(transport)
                .set_keep_alive(broker.keep_alive)
                .set_max_packet_size(MAX_PACKET, MAX_PACKET)
                .set_clean_session(!kept)
                .set_manual_acks(manual_acks);
            if let Some((user, password)) = &broker.login {
                options.set_credentials(user, password.text());
            }
            let (client, wire) = AsyncClient::new(options, QUEUE);
            (Client::V3(client), Wire::V3(Box::new(wire)))
        }
        Version::V5 => {
            let mut options = rumqttc::v5::MqttOptions::new(id, host, port);
            options
                .set_transport(transport)
                .set_keep_alive(broker.keep_alive)
                .set_max_packet_size(u32::try_from(MAX_PACKET).ok())
                .set_clean_start(!kept)
                .set_session_expiry_interval(kept.then_some(SESSION))
                .set_manual_acks(manual_acks);
            if let Some((user, password)) = &broker.login {
                options.set_credentials(user, password.text());
            }
            let (client, wire) = rumqttc::v5::AsyncClient::new(options, QUEUE);
            (Client::V5(client), Wire::V5(Box::new(wire)))
        }
    }
}

impl Client {
    /// Queues a message at once, or says why not.
    pub(super) fn publish(&self, topic: &str, payload: Vec<u8>) -> Result<(), String> {
        match self {
            Self::V3(client) => client
                .try_publish(topic, QoS::AtLeastOnce, false, payload)
                .map_err(|e| e.to_string()),
            Self::V5(client) => client
                .try_publish(topic, QoS5::AtLeastOnce, false, payload)
                .map_err(|e| e.to_string()),
        }
    }

    /// Asks for the messages of a filter.
    pub(super) fn subscribe(&self, filter: &str) -> Result<(), String> {
        match self {
            Self::V3(client) => client
                .try_subscribe(filter, QoS::AtLeastOnce)
                .map_err(|e| e.to_string()),
            Self::V5(client) => client
                .try_subscribe(filter, QoS5::AtLeastOnce)
                .map_err(|e| e.to_string()),
        }
    }

    /// Tells the broker that a message is safe.
    pub(super) fn acknowledge(&self, delivery: &Delivery) -> Result<(), String> {
        match (self, delivery) {
            (Self::V3(client), Delivery::V3(publish)) => {
                client.try_ack(publish).map_err(|e| e.to_string())
            }
            (Self::V5(client), Delivery::V5(publish)) => {
                client.try_ack(publish).map_err(|e| e.to_string())
            }
            _ => Err("a message of another version".to_owned()),
        }
    }
}

impl Wire {
    /// Moves bytes until something happens. After an error the next call connects anew.
    pub(super) async fn poll(&mut self) -> Result<Heard, String> {
        match self {
            Self::V3(wire) => match wire.poll().await.map_err(|e| e.to_string())? {
                Event::Incoming(Packet::ConnAck(_)) => Ok(Heard::Connected),
                Event::Incoming(Packet::SubAck(ack)) => {
                    let refused = v4::SubscribeReasonCode::Failure;
                    granted(!ack.return_codes.contains(&refused))
                }
                Event::Incoming(Packet::Publish(publish)) => {
                    Ok(Heard::Message(Delivery::V3(publish)))
                }
                _ => Ok(Heard::Other),
            },
            Self::V5(wire) => match wire.poll().await.map_err(|e| e.to_string())? {
                rumqttc::v5::Event::Incoming(v5::Packet::ConnAck(_)) => Ok(Heard::Connected),
                rumqttc::v5::Event::Incoming(v5::Packet::SubAck(ack)) => {
                    let success = |code: &v5::SubscribeReasonCode| {
                        matches!(code, v5::SubscribeReasonCode::Success(_))
                    };
                    granted(ack.return_codes.iter().all(success))
                }
                rumqttc::v5::Event::Incoming(v5::Packet::Publish(publish)) => {
                    Ok(Heard::Message(Delivery::V5(Box::new(publish))))
                }
                _ => Ok(Heard::Other),
            },
        }
    }
}

fn granted(granted: bool) -> Result<Heard, String> {
    if granted {
        Ok(Heard::Subscribed)
    } else {
        Err("the broker grants no subscription: set this client's rights there".to_owned())
    }
}
