//! Which message becomes which alarm.
//!
//! | message | `AlarmMethod` | `AlarmType` | `AlarmPriority` |
//! | --- | --- | --- | --- |
//! | alert: cage, debris, dumping | 5 video | 3 object left behind | 5 less severity: 4 -> 1 |
//! | alert: outfall | 5 video | 2 moving object | as above |
//! | alert: all others | 5 video | 6 intrusion, `EventType` 1 (enters) | as above |
//! | fault: blinded, frozen, shaking | 5 video | 11 abnormal picture | 2 |
//! | fault: offline | 2 device | 1 video lost | 2 |
//! | fault: storage | 6 device failure | 1 disk | 2 |
//! | fault: detector, clock | 7 other | none | 2 |
//! | canary | 7 other | none | 4 |
//! | evidence, step, fault that is over | no form | | |
//!
//! Codes: GB/T 28181-2016, A.2.5, notes to `AlarmType`.

use super::form::{Alarm, DeviceId};
use base::hash::blake3_hex;
use base::message::{Body, DeviceFault, FaultKind, Message};
use base::{Alert, AlertKind};
use std::fmt::Write as _;

/// Priority of a fault: what fails blinds us, but nobody is at the bank.
const FAULT_PRIORITY: u8 = 2;
/// Priority of a canary.
const CANARY_PRIORITY: u8 = 4;

/// Why a message does not fit the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoForm {
    /// The standard has no alarm for it.
    #[error("GB/T 28181 has no form for this kind of message: do not route it here")]
    Kind,
    /// Its time is none.
    #[error("its time is not ISO 8601")]
    Time,
    /// Its severity is none.
    #[error("its severity is not within 1 to 4")]
    Severity,
}

/// Whether a message has a form; others are not to be routed to such a channel.
pub fn carries(message: &Message) -> bool {
    match &message.body {
        Body::Alert(_) | Body::Canary { .. } => true,
        Body::Fault(fault) => !fault.cleared,
        Body::Evidence { .. } | Body::Step(_) => false,
    }
}

/// The alarm of a message, from a device. Its serial number follows from the message's key: the
/// same at every try.
pub fn alarm_of(message: &Message, device: &DeviceId) -> Result<Alarm, NoForm> {
    let blank = Alarm {
        sn: serial_of(&message.key),
        device: device.clone(),
        priority: CANARY_PRIORITY,
        method: 7,
        time: local_time(&message.at).ok_or(NoForm::Time)?,
        description: Some(format!("巡检测试 编号{}", message.key)),
        longitude: None,
        latitude: None,
        kind: None,
        event: None,
    };
    match &message.body {
        Body::Canary { .. } => Ok(blank),
        Body::Alert(alert) => of_alert(alert, &message.key, blank),
        Body::Fault(fault) if !fault.cleared => Ok(of_fault(fault, &message.key, blank)),
        _ => Err(NoForm::Kind),
    }
}

fn of_alert(alert: &Alert, key: &str, blank: Alarm) -> Result<Alarm, NoForm> {
    if !(1..=4).contains(&alert.severity) {
        return Err(NoForm::Severity);
    }
    let (kind, event) = match alert.kind {
        AlertKind::GroundCage | AlertKind::FloatingDebris | AlertKind::GarbageDumping => (3, None),
        AlertKind::OutfallDischarge => (2, None),
        _ => (6, Some(1)),
    };
    let mut description = format!("{} 区域{}", alert.kind.chinese(), alert.zone);
    // Writing to a string cannot fail.
    for (what, value) in [("网格", &alert.grid), ("负责人", &alert.person)] {
        if let Some(value) = value {
            let _ = write!(description, " {what}{value}");
        }
    }
    let _ = write!(description, " 编号{key}");
    Ok(Alarm {
        priority: 5 - alert.severity,
        method: 5,
        time: local_time(&alert.decided_at).ok_or(NoForm::Time)?,
        description: Some(description),
        longitude: alert.lat_lon.map(|place| place.lon),
        latitude: alert.lat_lon.map(|place| place.lat),
        kind: Some(kind),
        event,
        ..blank
    })
}

fn of_fault(fault: &DeviceFault, key: &str, blank: Alarm) -> Alarm {
    let (method, kind, what) = match fault.kind {
        FaultKind::Blinded => (5, Some(11), "镜头遮挡"),
        FaultKind::Frozen => (5, Some(11), "画面冻结"),
        FaultKind::Shaking => (5, Some(11), "画面抖动"),
        FaultKind::Offline => (2, Some(1), "视频丢失"),
        FaultKind::Storage => (6, Some(1), "磁盘故障"),
        FaultKind::Detector => (7, None, "识别故障"),
        FaultKind::Clock => (7, None, "时钟偏差"),
    };
    let camera = fault.camera.as_ref().map_or("", |c| c.as_str());
    let place = format!("{} {camera}", fault.site);
    Alarm {
        priority: FAULT_PRIORITY,
        method,
        kind,
        description: Some(format!(
            "{what} {} {} 编号{key}",
            place.trim(),
            fault.detail
        )),
        ..blank
    }
}

/// 1 to 2^31: a positive number for the platforms that read it with a sign.
fn serial_of(key: &str) -> u32 {
    let hash = blake3_hex(key.as_bytes());
    u32::from_str_radix(&hash[..8], 16).map_or(1, |n| (n >> 1).max(1))
}

/// `2023-09-21T18:10:30` of `2023-09-21T18:10:30.25+08:00`: the site's own clock, which is what the
/// standard's times are.
fn local_time(iso: &str) -> Option<String> {
    let local = iso.get(..19)?;
    let pattern = "dddd-dd-ddTdd:dd:dd";
    let fits = |(c, p): (u8, u8)| {
        if p == b'd' {
            c.is_ascii_digit()
        } else {
            c == p
        }
    };
    let all = local.bytes().zip(pattern.bytes()).all(fits);
    all.then(|| local.to_owned())
}
