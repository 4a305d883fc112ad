//! The forms: what is in an alarm and in its response (GB/T 28181-2016, A.2.5 and A.2.6).

use super::xml::{self, XmlError};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use std::fmt::{self, Write as _};

/// Longest form read, bytes.
const MAX_BYTES: usize = 64 << 10;

/// A device's number: 20 decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// From 20 digits; `None` for anything else.
    pub fn new(text: &str) -> Option<Self> {
        let well_formed = text.len() == 20 && text.bytes().all(|b| b.is_ascii_digit());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The SIP domain that it belongs to: its first ten digits.
    pub fn domain(&self) -> &str {
        &self.0[..10]
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An alarm: `Notify` with `CmdType` `Alarm`.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// Serial number that its response names.
    pub sn: u32,
    /// The device that raised it.
    pub device: DeviceId,
    /// 1 (gravest) to 4.
    pub priority: u8,
    /// By what: 1 telephone, 2 device, 3 short message, 4 satellite position, 5 video, 6 device
    /// failure, 7 other.
    pub method: u8,
    /// Local time, `2023-09-21T18:10:30`.
    pub time: String,
    /// What happened.
    pub description: Option<String>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// `AlarmType`, whose meaning depends on the method.
    pub kind: Option<u32>,
    /// `EventType` of an intrusion: 1 enters, 2 leaves.
    pub event: Option<u32>,
}

/// A form as it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// An alarm.
    Alarm(Alarm),
    /// The answer to one.
    Response {
        /// The alarm's serial number.
        sn: u32,
        /// The device it came from.
        device: DeviceId,
        /// Taken, or not.
        ok: bool,
    },
    /// A form of another kind, such as a sign of life.
    Other {
        /// `CmdType`.
        command: String,
    },
}

/// Why bytes are no form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Too long.
    #[error("{0} bytes are too many for a form")]
    TooLong(usize),
    /// Not in the encoding that it names, or an unknown one.
    #[error("not in the encoding it names (`{0}`): write GB2312, GBK, GB18030 or UTF-8")]
    Encoding(String),
    /// Not XML of the kind.
    #[error("not the XML of a form: {0}")]
    Xml(#[from] XmlError),
    /// An element that must be there.
    #[error("element `{0}` is missing")]
    Missing(&'static str),
    /// An element with a value that it cannot have.
    #[error("element `{element}` cannot be `{value}`")]
    Value {
        /// The element.
        element: &'static str,
        /// What is in it.
        value: String,
    },
}

impl Form {
    /// As bytes to send. Characters that GB2312 lacks become numeric references, which XML has for
    /// that; characters that XML forbids become spaces.
    pub fn write(&self) -> Vec<u8> {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n");
        match self {
            Self::Alarm(alarm) => write_alarm(&mut text, alarm),
            Self::Response { sn, device, ok } => {
                let result = if *ok { "OK" } else { "ERROR" };
                text.push_str("<Response>\r\n");
                element(&mut text, "CmdType", "Alarm");
                element(&mut text, "SN", sn);
                element(&mut text, "DeviceID", device);
                element(&mut text, "Result", result);
                text.push_str("</Response>\r\n");
            }
            Self::Other { command } => {
                text.push_str("<Notify>\r\n");
                element(&mut text, "CmdType", command);
                text.push_str("</Notify>\r\n");
            }
        }
        GBK.encode(&text).0.into_owned()
    }

    /// From bytes that came. Elements unknown here are passed over.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        if bytes.len() > MAX_BYTES {
            return Err(FormError::TooLong(bytes.len()));
        }
        let text = decode(bytes)?;
        let leaves = xml::leaves(&text)?;
        let find = |name: &str| leaves.get(name).map(str::trim).filter(|v| !v.is_empty());
        let need = |name: &'static str| find(name).ok_or(FormError::Missing(name));
        let command = need("CmdType")?;
        if command != "Alarm" || leaves.root() == "Query" || leaves.root() == "Control" {
            return Ok(Self::Other {
                command: command.to_owned(),
            });
        }
        let sn = number("SN", need("SN")?)?;
        let device = need("DeviceID")?;
        let device = DeviceId::new(device).ok_or_else(|| wrong("DeviceID", device))?;
        if leaves.root() == "Response" {
            let result = need("Result")?;
            let ok = match result.to_ascii_uppercase().as_str() {
                "OK" => true,
                "ERROR" => false,
                _ => return Err(wrong("Result", result)),
            };
            return Ok(Self::Response { sn, device, ok });
        }
        let time = need("AlarmTime")?;
        let optional = |name: &'static str| find(name).map(|v| number(name, v)).transpose();
        Ok(Self::Alarm(Alarm {
            sn,
            device,
            priority: within("AlarmPriority", need("AlarmPriority")?, 4)?,
            method: within("AlarmMethod", need("AlarmMethod")?, 7)?,
            time: time.to_owned(),
            description: find("AlarmDescription").map(str::to_owned),
            longitude: find("Longitude")
                .map(|v| degrees("Longitude", v, 180.0))
                .transpose()?,
            latitude: find("Latitude")
                .map(|v| degrees("Latitude", v, 90.0))
                .transpose()?,
            kind: optional("AlarmType")?,
            event: optional("EventType")?,
        }))
    }
}

fn write_alarm(text: &mut String, alarm: &Alarm) {
    text.push_str("<Notify>\r\n");
    element(text, "CmdType", "Alarm");
    element(text, "SN", alarm.sn);
    element(text, "DeviceID", &alarm.device);
    element(text, "AlarmPriority", alarm.priority);
    element(text, "AlarmMethod", alarm.method);
    element(text, "AlarmTime", &alarm.time);
    if let Some(description) = &alarm.description {
        element(text, "AlarmDescription", description);
    }
    for (name, value) in [("Longitude", alarm.longitude), ("Latitude", alarm.latitude)] {
        if let Some(value) = value {
            element(text, name, format_args!("{value:.6}"));
        }
    }
    if let Some(kind) = alarm.kind {
        text.push_str("<Info>\r\n");
        element(text, "AlarmType", kind);
        if let Some(event) = alarm.event {
            text.push_str("<AlarmTypeParam>\r\n");
            element(text, "EventType", event);
            text.push_str("</AlarmTypeParam>\r\n");
        }
        text.push_str("</Info>\r\n");
    }
    text.push_str("</Notify>\r\n");
}

fn element(text: &mut String, name: &str, value: impl fmt::Display) {
    let value = xml::escape(&value.to_string());
    // Writing to a string cannot fail.
    let _ = write!(text, "<{name}>{value}</{name}>\r\n");
}

/// The text in the encoding that its declaration names; UTF-8 where it names none.
fn decode(bytes: &[u8]) -> Result<String, FormError> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]);
    let declaration = head
        .trim_start_matches('\u{feff}')
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map_or("", |(declaration, _)| declaration);
    let label = declaration
        .split_once("encoding")
        .and_then(|(_, rest)| rest.split(['"', '\'']).nth(1))
        .unwrap_or("utf-8");
    let error = || FormError::Encoding(label.chars().take(20).collect());
    let encoding = Encoding::for_label(label.as_bytes())
        .filter(|e| [GBK, GB18030, UTF_8].contains(e))
        .ok_or_else(error)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(error)
}

fn wrong(element: &'static str, value: &str) -> FormError {
    FormError::Value {
        element,
        value: value.chars().take(40).collect(),
    }
}

fn number(element: &'static str, value: &str) -> Result<u32, FormError> {
    let Ok(number) = value.parse() else {
        return Err(wrong(element, value));
    };
    Ok(number)
}

fn within(element: &'static str, value: &str, most: u8) -> Result<u8, FormError> {
    match value.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(wrong(element, value)),
    }
}

fn degrees(element: &'static str, value: &str, most: f64) -> Result<f64, FormError> {
    match value.parse::<f64>() {
        Ok(number) if number.abs() <= most => Ok(number),
        _ => Err(wrong(element, value)),
    }
}
