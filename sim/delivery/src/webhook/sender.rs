//! The sending end.

use super::signature::{Signed, sign};
use super::{ID, Problem, SIGNATURE, TIMESTAMP, header_of};
use crate::Secret;
use base::clock;
use base::message::{Channel, DeliveryError, Message, Receipt};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::StatusCode;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, http::Response};

/// Most of an answer that is read, bytes.
const MAX_ANSWER: u64 = 64 << 10;
/// How much of an answer that is no receipt is told in an error, characters.
const TOLD: usize = 200;

/// How to reach a receiver.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Its name in errors and records.
    pub name: String,
    /// Where to post, path and all.
    pub url: String,
    /// From the first byte sent to the last one received.
    pub timeout: Duration,
    /// Certificates (PEM) of those who may vouch for the receiver; `None`: those that browsers
    /// trust.
    pub ca: Option<Vec<Certificate<'static>>>,
    /// Key to sign with.
    pub secret: Option<Secret>,
}

/// A receiver that cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The file of certificates cannot be read.
    #[error("certificate file {}: make it readable for this user", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file holds no certificate.
    #[error("{} holds no certificate: write it as PEM", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
}

impl WebhookOptions {
    /// The certificates of a PEM file. With only the receiver's own issuer in it, nobody else
    /// can stand in for the receiver.
    pub fn read_ca(path: &Path) -> Result<Vec<Certificate<'static>>, WebhookError> {
        let pem = fs::read(path).map_err(|source| WebhookError::File {
            path: path.to_owned(),
            source,
        })?;
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            let path = path.to_owned();
            return Err(WebhookError::NoCertificate { path });
        }
        Ok(certificates)
    }
}

/// Posts messages to one receiver and waits for its receipt.
#[derive(Debug)]
pub struct Webhook {
    options: WebhookOptions,
    agent: Agent,
    clock: fn() -> i64,
}

impl Webhook {
    /// A way to a receiver; the first connection is made with the first message.
    pub fn new(options: WebhookOptions) -> Self {
        let mut tls = TlsConfig::builder();
        if let Some(ca) = &options.ca {
            tls = tls.root_certs(RootCerts::new_with_certs(ca));
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(options.timeout))
            .max_redirects(0)
            .proxy(None)
            .tls_config(tls.build())
            .build()
            .new_agent();
        Self {
            options,
            agent,
            clock: clock::unix_seconds,
        }
    }

    fn refused(&self, key: &str, why: impl Into<String>) -> DeliveryError {
        DeliveryError::Refused {
            channel: self.options.name.clone(),
            key: key.to_owned(),
            why: why.into(),
        }
    }

    /// The receipt in an answer. Only a receipt that names the message is one, and only a
    /// rejection that names it is final: a proxy on the way can answer with any status.
    fn judge(&self, key: &str, answer: Response<Body>) -> Result<Receipt, DeliveryError> {
        let status = answer.status();
        let mut body = answer.into_body();
        let bytes = body
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_vec()
            .map_err(|e| self.refused(key, format!("{status}, then {e}")))?;
        if status == StatusCode::OK {
            return match serde_json::from_slice::<Receipt>(&bytes) {
                Ok(receipt) if receipt.key == key => Ok(receipt),
                Ok(receipt) => Err(DeliveryError::WrongReceipt {
                    sent: key.to_owned(),
                    got: receipt.key,
                }),
                Err(_) => Err(self.refused(key, format!("{status} without a receipt"))),
            };
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem)
                if problem.is_final
                    && status.is_client_error()
                    && problem.key.as_deref() == Some(&header_of(key)) =>
            {
                Err(DeliveryError::Rejected {
                    channel: self.options.name.clone(),
                    key: key.to_owned(),
                    why: problem.error,
                })
            }
            Ok(problem) => Err(self.refused(key, format!("{status}: {}", problem.error))),
            Err(_) => {
                let told: String = String::from_utf8_lossy(&bytes).chars().take(TOLD).collect();
                Err(self.refused(key, format!("{status}: {told}")))
            }
        }
    }
}

impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.options.name
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        let key = &message.key;
        let body = serde_json::to_vec(message)
            .map_err(|e| e.to_string())
            .map_err(|why| DeliveryError::Encode {
                key: key.clone(),
                why,
            })?;
        let id = header_of(key);
        let timestamp = (self.clock)();
        let mut request = self
            .agent
            .post(&self.options.url)
            .header("content-type", "application/json")
            .header(ID, &id)
            .header(TIMESTAMP, timestamp.to_string());
        if let Some(secret) = &self.options.secret {
            let signed = Signed {
                id: &id,
                timestamp,
                body: &body,
            };
            request = request.header(SIGNATURE, sign(secret, signed));
        }
        let answer = request
            .send(&body[..])
            .map_err(|e| self.refused(key, e.to_string()))?;
        self.judge(key, answer)
    }
}
