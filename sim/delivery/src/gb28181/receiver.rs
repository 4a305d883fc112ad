//! The platform's side: takes alarms in and responds.

use super::auth::{Doorkeeper, Entry};
use super::form::{Alarm, DeviceId, Form};
use super::sip::{Act, Agent, CONTENT_TYPE, Letter, Service, SipError, device_of, header};
use crate::{Refusal, Secret};
use rsipstack::sip::{Header, Request, StatusCode};
use rsipstack::transport::SipAddr;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Takes alarms of devices in for good.
pub trait AlarmDesk: Send + Sync + 'static {
    /// Stores an alarm. `Ok` means that it is on the medium. The same alarm (device, serial number
    /// and time) may come again, and is not stored again. May block.
    fn take(&self, alarm: &Alarm) -> Result<(), Refusal>;
}

/// How to listen for devices.
#[derive(Debug, Clone)]
pub struct PlatformOptions {
    /// Where, UDP.
    pub listen: SocketAddr,
    /// The platform's own number.
    pub platform: DeviceId,
    /// Passwords of the devices that may register; then only they may send, and from where they
    /// registered. Empty: anybody may send.
    pub passwords: BTreeMap<DeviceId, Secret>,
}

/// What came in so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlatformStatus {
    /// Alarms stored.
    pub taken: u64,
    /// Alarms that the desk refused, for now or for good.
    pub refused: u64,
    /// Messages that are no form.
    pub garbage: u64,
    /// Requests of devices that may not send.
    pub strangers: u64,
}

/// Takes in alarms until it is dropped.
pub struct Platform {
    agent: Agent,
    status: Arc<Mutex<PlatformStatus>>,
}

impl Platform {
    /// Starts to listen.
    pub fn start(options: PlatformOptions, desk: Arc<dyn AlarmDesk>) -> Result<Self, SipError> {
        let status = Arc::new(Mutex::new(PlatformStatus::default()));
        let service = Reception {
            doorkeeper: Doorkeeper::new(options.platform.domain(), options.passwords),
            desk,
            status: Arc::clone(&status),
        };
        let agent = Agent::start(options.platform, options.listen, Arc::new(service))?;
        Ok(Self { agent, status })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.agent.address()
    }

    /// How it stands.
    pub fn status(&self) -> PlatformStatus {
        lock(&self.status).clone()
    }
}

fn lock(status: &Mutex<PlatformStatus>) -> MutexGuard<'_, PlatformStatus> {
    status.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Reception {
    doorkeeper: Doorkeeper,
    desk: Arc<dyn AlarmDesk>,
    status: Arc<Mutex<PlatformStatus>>,
}

impl Service for Reception {
    fn message(&self, request: &Request, from: &SipAddr) -> Act {
        let sender = device_of(request).filter(|device| self.doorkeeper.admits(device, from));
        let Some(sender) = sender else {
            lock(&self.status).strangers += 1;
            return Act::status(StatusCode::Forbidden);
        };
        let kind = header(request, "Content-Type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(CONTENT_TYPE) {
            lock(&self.status).garbage += 1;
            return Act::status(StatusCode::UnsupportedMediaType);
        }
        match Form::parse(&request.body) {
            Ok(Form::Alarm(alarm)) => Act {
                then: Some(self.taking(alarm, sender)),
                ..Act::status(StatusCode::OK)
            },
            Ok(_) => Act::status(StatusCode::OK),
            Err(_) => {
                lock(&self.status).garbage += 1;
                Act::status(StatusCode::BadRequest)
            }
        }
    }

    fn register(&self, request: &Request, from: &SipAddr) -> Act {
        match self.doorkeeper.register(request, from) {
            Entry::Granted { expires } => Act {
                headers: vec![Header::Expires(expires.into())],
                ..Act::status(StatusCode::OK)
            },
            Entry::Challenge(challenge) => Act {
                headers: vec![Header::WwwAuthenticate(challenge.into())],
                ..Act::status(StatusCode::Unauthorized)
            },
            Entry::Refused => {
                lock(&self.status).strangers += 1;
                Act::status(StatusCode::Forbidden)
            }
        }
    }
}

impl Reception {
    /// Stores the alarm, then responds; to a desk that is busy no response, so that it comes again.
    fn taking(&self, alarm: Alarm, to: DeviceId) -> Box<dyn FnOnce() -> Option<Letter> + Send> {
        let (desk, status) = (Arc::clone(&self.desk), Arc::clone(&self.status));
        Box::new(move || {
            let ok = match desk.take(&alarm) {
                Ok(()) => {
                    lock(&status).taken += 1;
                    true
                }
                Err(refusal) => {
                    lock(&status).refused += 1;
                    if matches!(refusal, Refusal::Later(_)) {
                        return None;
                    }
                    false
                }
            };
            let response = Form::Response {
                sn: alarm.sn,
                device: alarm.device,
                ok,
            };
            Some(Letter {
                to,
                body: response.write(),
            })
        })
    }
}
