//! The device's side: sends alarms and waits for their responses.

use super::form::{DeviceId, Form};
use super::mapping::alarm_of;
use super::sip::{Act, Agent, Letter, Service, SipError, device_of};
use crate::Secret;
use base::message::{Channel, DeliveryError, Message, Receipt};
use rsipstack::sip::{Request, StatusCode};
use rsipstack::transport::SipAddr;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Most responses kept that nobody waits for.
const MAX_LATE: usize = 256;

/// How to reach a platform.
#[derive(Debug, Clone)]
pub struct Gb28181Options {
    /// Its name in errors and records.
    pub name: String,
    /// Where to listen for its responses, UDP.
    pub listen: SocketAddr,
    /// Our number.
    pub device: DeviceId,
    /// The platform's number.
    pub platform: DeviceId,
    /// Where it listens, UDP.
    pub address: SocketAddr,
    /// Password to register with; `None`: the platform takes us unregistered.
    pub password: Option<Secret>,
    /// How long the SIP answer, and then the response, may take.
    pub timeout: Duration,
}

/// Responses that came, by serial number of the alarm.
#[derive(Default)]
struct Mailbox {
    responses: Mutex<BTreeMap<u32, bool>>,
    changed: Condvar,
}

struct Listener {
    device: DeviceId,
    platform: DeviceId,
    address: IpAddr,
    mailbox: Arc<Mailbox>,
}

impl Service for Listener {
    fn message(&self, request: &Request, from: &SipAddr) -> Act {
        // Anybody can send a datagram; only the platform can give a receipt.
        let address = from.get_socketaddr().map(|address| address.ip());
        if address.ok() != Some(self.address) || device_of(request).as_ref() != Some(&self.platform)
        {
            return Act::status(StatusCode::Forbidden);
        }
        match Form::parse(&request.body) {
            Ok(Form::Response { sn, device, ok }) if device == self.device => {
                let mut responses = lock(&self.mailbox);
                responses.insert(sn, ok);
                while responses.len() > MAX_LATE {
                    responses.pop_first();
                }
                drop(responses);
                self.mailbox.changed.notify_all();
                Act::status(StatusCode::OK)
            }
            Ok(_) => Act::status(StatusCode::OK),
            Err(_) => Act::status(StatusCode::BadRequest),
        }
    }

    fn register(&self, _: &Request, _: &SipAddr) -> Act {
        Act::status(StatusCode::MethodNotAllowed)
    }
}

fn lock(mailbox: &Mailbox) -> std::sync::MutexGuard<'_, BTreeMap<u32, bool>> {
    mailbox
        .responses
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Sends what has a form as alarms to one platform.
pub struct Gb28181 {
    options: Gb28181Options,
    mailbox: Arc<Mailbox>,
    agent: Agent,
}

impl Gb28181 {
    /// Listens, and registers in the background where there is a password.
    pub fn start(options: Gb28181Options) -> Result<Self, SipError> {
        let mailbox = Arc::new(Mailbox::default());
        let listener = Listener {
            device: options.device.clone(),
            platform: options.platform.clone(),
            address: options.address.ip(),
            mailbox: Arc::clone(&mailbox),
        };
        let agent = Agent::start(options.device.clone(), options.listen, Arc::new(listener))?;
        if let Some(password) = &options.password {
            agent.register(&options.platform, options.address, password.text());
        }
        Ok(Self {
            options,
            mailbox,
            agent,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.agent.address()
    }

    fn refused(&self, key: &str, why: String) -> DeliveryError {
        DeliveryError::Refused {
            channel: self.options.name.clone(),
            key: key.to_owned(),
            why,
        }
    }
}

impl Channel for Gb28181 {
    fn name(&self) -> &str {
        &self.options.name
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        let key = &message.key;
        let alarm = alarm_of(message, &self.options.device)
            .map_err(|e| e.to_string())
            .map_err(|why| DeliveryError::Encode {
                key: key.clone(),
                why,
            })?;
        let sn = alarm.sn;
        // Of an earlier try only a late OK counts.
        let earlier = lock(&self.mailbox).remove(&sn);
        if earlier != Some(true) {
            let letter = Letter {
                to: self.options.platform.clone(),
                body: Form::Alarm(alarm).write(),
            };
            let status = self
                .agent
                .send(self.options.address, letter, self.options.timeout)
                .map_err(|why| self.refused(key, why))?;
            if status != StatusCode::OK {
                return Err(self.refused(key, format!("SIP {status}")));
            }
            let waiting = |responses: &mut BTreeMap<u32, bool>| !responses.contains_key(&sn);
            let waited = self.mailbox.changed.wait_timeout_while(
                lock(&self.mailbox),
                self.options.timeout,
                waiting,
            );
            let mut responses = match waited {
                Ok((responses, _)) => responses,
                Err(poisoned) => poisoned.into_inner().0,
            };
            match responses.remove(&sn) {
                Some(true) => {}
                Some(false) => {
                    return Err(DeliveryError::Rejected {
                        channel: self.options.name.clone(),
                        key: key.clone(),
                        why: "the response's result is ERROR".to_owned(),
                    });
                }
                None => {
                    let seconds = self.options.timeout.as_secs_f64();
                    let why = format!("SIP 200, but no Response to SN {sn} in {seconds} s");
                    return Err(self.refused(key, why));
                }
            }
        }
        Ok(Receipt {
            key: key.clone(),
            duplicate: false,
        })
    }
}
