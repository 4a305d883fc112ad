//! Who may send: registration with digest (RFC 3261, 22; GB/T 28181-2016, 9.1.2.1).

use super::form::DeviceId;
use super::sip::{device_of, header};
use crate::Secret;
use base::clock;
use ring::hmac;
use rsipstack::dialog::authenticate::verify_digest;
use rsipstack::sip::typed::Authorization;
use rsipstack::sip::{Method, Request};
use rsipstack::transaction::random_text;
use rsipstack::transport::SipAddr;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// How long a challenge may be answered, seconds.
const CHALLENGE: i64 = 60;
/// Longest registration, seconds.
const LONGEST: u32 = 86_400;

/// What becomes of a REGISTER.
pub(super) enum Entry {
    Granted { expires: u32 },
    Challenge(String),
    Refused,
}

/// Knows the devices' passwords and where they registered from.
pub(super) struct Doorkeeper {
    realm: String,
    passwords: BTreeMap<DeviceId, Secret>,
    key: hmac::Key,
    clock: fn() -> i64,
    /// Address and end of each registration.
    registered: Mutex<BTreeMap<DeviceId, (String, i64)>>,
}

impl Doorkeeper {
    pub(super) fn new(realm: &str, passwords: BTreeMap<DeviceId, Secret>) -> Self {
        Self {
            realm: realm.to_owned(),
            passwords,
            key: hmac::Key::new(hmac::HMAC_SHA256, random_text(32).as_bytes()),
            clock: clock::unix_seconds,
            registered: Mutex::default(),
        }
    }

    /// Whether a device may send from an address.
    pub(super) fn admits(&self, device: &DeviceId, from: &SipAddr) -> bool {
        if self.passwords.is_empty() {
            return true;
        }
        let registered = self.registered.lock();
        let registered = registered.unwrap_or_else(PoisonError::into_inner);
        registered
            .get(device)
            .is_some_and(|(address, end)| *address == host(from) && (self.clock)() < *end)
    }

    pub(super) fn register(&self, request: &Request, from: &SipAddr) -> Entry {
        let expires = header(request, "Expires").and_then(|v| v.trim().parse().ok());
        let expires: u32 = expires.unwrap_or(3600).min(LONGEST);
        let Some(device) = device_of(request) else {
            return Entry::Refused;
        };
        if self.passwords.is_empty() {
            return Entry::Granted { expires };
        }
        let Some(password) = self.passwords.get(&device) else {
            return Entry::Refused;
        };
        let Some(raw) = header(request, "Authorization") else {
            return self.challenge();
        };
        let now = (self.clock)();
        let Ok(said) = Authorization::parse(raw) else {
            return Entry::Refused;
        };
        if !self.is_ours(&said.nonce, now) {
            return self.challenge();
        }
        let known = said.username == device.as_str()
            && said.realm == self.realm
            && verify_digest(&said, &password.text(), &Method::Register, raw);
        if !known {
            return Entry::Refused;
        }
        let end = now.saturating_add(i64::from(expires));
        let registered = self.registered.lock();
        let mut registered = registered.unwrap_or_else(PoisonError::into_inner);
        registered.insert(device, (host(from), end));
        Entry::Granted { expires }
    }

    fn challenge(&self) -> Entry {
        let nonce = self.nonce((self.clock)());
        let realm = &self.realm;
        Entry::Challenge(format!(
            "Digest realm=\"{realm}\",nonce=\"{nonce}\",algorithm=MD5"
        ))
    }

    /// A time that only we can have signed: nothing is kept for challenges that are not answered.
    fn nonce(&self, at: i64) -> String {
        let tag = hmac::sign(&self.key, &at.to_be_bytes());
        let mut nonce = format!("{at:x}x");
        for byte in &tag.as_ref()[..16] {
            // Writing to a string cannot fail.
            let _ = write!(nonce, "{byte:02x}");
        }
        nonce
    }

    fn is_ours(&self, nonce: &str, now: i64) -> bool {
        let at = nonce.split('x').next().unwrap_or_default();
        i64::from_str_radix(at, 16).is_ok_and(|at| {
            (0..=CHALLENGE).contains(&now.saturating_sub(at)) && self.nonce(at) == nonce
        })
    }
}

fn host(address: &SipAddr) -> String {
    address.addr.host.to_string()
}
