//! Alarms of GB/T 28181 (2016 and 2022): a form in XML, GB2312, over SIP MESSAGE.
//!
//! | parameter | default | why |
//! | --- | --- | --- |
//! | transport | UDP | what every platform listens to |
//! | receipt | 10 s | `Response{CmdType=Alarm}` after the 200 OK |
//! | registration | 3600 s | the standard's example; renewed at three quarters |
//! | largest form | 64 KiB | a datagram holds no more |
//!
//! Only alerts, device faults that begin and canaries have a form; see [`carries`]. A SIP 200 OK is
//! the peer's stack speaking; the receipt is the `Response` with our `SN` and `Result` `OK` that
//! comes back as a MESSAGE of its own (GB/T 28181-2016, 9.4). `Result` `ERROR` is a rejection.
//! "Alarm" is the standard's word.

mod auth;
mod form;
mod mapping;
mod receiver;
mod sender;
mod sip;
#[cfg(test)]
mod tests;
mod xml;

pub use form::{Alarm, DeviceId, Form, FormError};
pub use mapping::{NoForm, alarm_of, carries};
pub use receiver::{AlarmDesk, Platform, PlatformOptions, PlatformStatus};
pub use sender::{Gb28181, Gb28181Options};
pub use sip::SipError;
