//! Channels as a configuration file describes them: `[[channel]]`, one table a receiver.
//!
//! | key | of | meaning (default) |
//! | --- | --- | --- |
//! | `name` | all | the receiver's name, unique in the file |
//! | `type` | all | `webhook`, `mqtt`, `gb28181` |
//! | `timeout_s` | all | seconds until a try counts as failed (10) |
//! | `url` | webhook | `https://host/v1/messages` |
//! | `ca` | webhook, mqtt | PEM file of who may vouch for the receiver, relative to this file |
//! | `secret_file`, `secret_env` | webhook | where the key to sign with is |
//! | `host`, `port` | mqtt | the broker (port 1883; 8883 with `ca`) |
//! | `version` | mqtt | `3.1.1` or `5` (3.1.1) |
//! | `sender` | mqtt | our level of the topics |
//! | `client_id` | mqtt | name of the session (`rivergauge-` and the sender) |
//! | `prefix` | mqtt | what topics begin with (`rivergauge`) |
//! | `user`, `password_file`, `password_env` | mqtt | login |
//! | `listen` | gb28181 | our UDP address (`0.0.0.0:5060`) |
//! | `device`, `platform` | gb28181 | our number and theirs, 20 digits |
//! | `address` | gb28181 | the platform's UDP address |
//! | `password_file`, `password_env` | gb28181 | to register with |
//!
//! A secret is never in the file itself, and is read when the channel is opened.

mod error;
mod read;
#[cfg(test)]
mod tests;

pub use error::{ConfigError, ConfigProblem};
pub use read::channels;

use crate::gb28181::{self, DeviceId, Gb28181, Gb28181Options, SipError};
use crate::mqtt::{Broker, Mqtt, Version};
use crate::webhook::{Webhook, WebhookError, WebhookOptions};
use crate::{Secret, SecretError};
use base::message::{Channel, Message};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In a file, relative to the configuration's folder.
    File(PathBuf),
    /// In an environment variable.
    Variable(String),
}

impl SecretSource {
    /// Fetches it.
    pub fn read(&self, folder: &Path) -> Result<Secret, SecretError> {
        match self {
            Self::File(path) => Secret::from_file(&folder.join(path)),
            Self::Variable(name) => Secret::from_variable(name),
        }
    }
}

/// One receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelConfig {
    /// Its name.
    pub name: String,
    /// How long a try may take.
    pub timeout: Duration,
    /// What it is.
    pub kind: ChannelKind,
}

/// What a receiver is, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelKind {
    /// HTTP POST.
    Webhook {
        /// Where to post.
        url: String,
        /// Who may vouch for the receiver.
        ca: Option<PathBuf>,
        /// Key to sign with.
        secret: Option<SecretSource>,
    },
    /// Through a broker.
    Mqtt {
        /// The broker's host.
        host: String,
        /// The broker's port.
        port: u16,
        /// Version of the protocol.
        version: Version,
        /// Our level of the topics.
        sender: String,
        /// Name of the session.
        client_id: String,
        /// What topics begin with.
        prefix: String,
        /// User name and where the password is.
        login: Option<(String, SecretSource)>,
        /// Who may vouch for the broker; with it, TLS.
        ca: Option<PathBuf>,
    },
    /// As an alarm over SIP.
    Gb28181 {
        /// Our address.
        listen: SocketAddr,
        /// Our number.
        device: DeviceId,
        /// The platform's number.
        platform: DeviceId,
        /// The platform's address.
        address: SocketAddr,
        /// Where the password to register with is.
        password: Option<SecretSource>,
    },
}

/// A channel that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its secret cannot be had.
    #[error("channel `{name}`")]
    Secret {
        /// The channel.
        name: String,
        /// Why.
        #[source]
        source: SecretError,
    },
    /// Its certificates cannot be had.
    #[error("channel `{name}`")]
    Webhook {
        /// The channel.
        name: String,
        /// Why.
        #[source]
        source: WebhookError,
    },
    /// Its certificate file cannot be read, or it gets no thread.
    #[error("channel `{name}`: {what}")]
    Io {
        /// The channel.
        name: String,
        /// What was tried.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// SIP does not start.
    #[error("channel `{name}`")]
    Sip {
        /// The channel.
        name: String,
        /// Why.
        #[source]
        source: SipError,
    },
}

impl ChannelConfig {
    /// Whether such a receiver can be told a message at all; what it cannot is not to be offered to
    /// it.
    pub fn carries(&self, message: &Message) -> bool {
        match &self.kind {
            ChannelKind::Gb28181 { .. } => gb28181::carries(message),
            ChannelKind::Webhook { .. } | ChannelKind::Mqtt { .. } => true,
        }
    }

    /// Opens the channel; paths are relative to `folder`. No receiver needs to be there yet.
    pub fn open(&self, folder: &Path) -> Result<Box<dyn Channel>, OpenError> {
        let name = || self.name.clone();
        let secret = |source: &SecretSource| {
            source.read(folder).map_err(|source| OpenError::Secret {
                name: name(),
                source,
            })
        };
        match &self.kind {
            ChannelKind::Webhook {
                url,
                ca,
                secret: key,
            } => {
                let ca = ca
                    .as_ref()
                    .map(|ca| WebhookOptions::read_ca(&folder.join(ca)));
                let ca = ca.transpose().map_err(|source| OpenError::Webhook {
                    name: name(),
                    source,
                })?;
                Ok(Box::new(Webhook::new(WebhookOptions {
                    name: name(),
                    url: url.clone(),
                    timeout: self.timeout,
                    ca,
                    secret: key.as_ref().map(secret).transpose()?,
                })))
            }
            ChannelKind::Mqtt {
                host,
                port,
                version,
                sender,
                client_id,
                prefix,
                login,
                ca,
            } => {
                let io = |what: String| {
                    let name = name();
                    move |source| OpenError::Io { name, what, source }
                };
                let ca = ca.as_ref().map(|ca| {
                    let path = folder.join(ca);
                    let what = format!("certificate file {}: make it readable", path.display());
                    std::fs::read(&path).map_err(io(what))
                });
                let mut broker = Broker::new(host, *port, client_id);
                broker.version = *version;
                broker.prefix.clone_from(prefix);
                broker.ca = ca.transpose()?;
                if let Some((user, password)) = login {
                    broker.login = Some((user.clone(), secret(password)?));
                }
                let mqtt = Mqtt::start(&self.name, &broker, sender, self.timeout)
                    .map_err(io("no thread for it".to_owned()))?;
                Ok(Box::new(mqtt))
            }
            ChannelKind::Gb28181 {
                listen,
                device,
                platform,
                address,
                password,
            } => {
                let options = Gb28181Options {
                    name: name(),
                    listen: *listen,
                    device: device.clone(),
                    platform: platform.clone(),
                    address: *address,
                    password: password.as_ref().map(secret).transpose()?,
                    timeout: self.timeout,
                };
                let channel = Gb28181::start(options).map_err(|source| OpenError::Sip {
                    name: name(),
                    source,
                })?;
                Ok(Box::new(channel))
            }
        }
    }
}
