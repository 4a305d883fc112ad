//! What a vendor's message says, by the description of its form. Nothing in it is believed.

use crate::config::{AlertMap, BoxConfig, BoxForm};
use crate::stamp::Stamp;
use base::{AlertKind, BBox, CameraId, LatLon};
use serde_json::Value;

/// Most alerts read of one message.
const MOST_ALERTS: usize = 1000;
/// Greatest confidence that is believed: some count in per cent.
const MOST_SURE: f64 = 100.0;
/// Longest id that is kept, characters.
const LONGEST_ID: usize = 200;

/// What one part of a message says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// An alert.
    Alert(Box<Claim>),
    /// A sign of life with its time.
    Heartbeat(Option<Stamp>),
    /// Something that is none of our kinds, by the description.
    Ignored,
    /// Nothing that can be used: name and details of the fault.
    Fault(&'static str, String),
}

/// An alert as the vendor has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claim {
    pub(crate) id: Option<String>,
    pub(crate) kind: AlertKind,
    pub(crate) camera: CameraId,
    pub(crate) time: Option<Stamp>,
    pub(crate) onset: Option<Stamp>,
    pub(crate) frame: Option<u64>,
    pub(crate) confidence: Option<f32>,
    pub(crate) place: Option<LatLon>,
    pub(crate) bbox: Option<BBox>,
    pub(crate) grid: Option<String>,
    /// Fields that could not be read, by name.
    pub(crate) garbled: Vec<&'static str>,
}

/// A camera that a message may name, and its picture's size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Channel {
    pub(crate) camera: CameraId,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Everything that a message says.
pub(crate) fn read(config: &BoxConfig, channels: &[Channel], body: &[u8]) -> Vec<Said> {
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(&body[..body.len().min(80)]);
        let what = format!("no JSON: {}", text.escape_debug());
        return vec![Said::Fault("garbled alert", what)];
    };
    let map = &config.alert;
    if let Some(pointer) = &map.heartbeat
        && message.pointer(pointer).is_some()
    {
        return vec![Said::Heartbeat(time(map, &message))];
    }
    let Some(each) = &map.each else {
        return vec![one(config, channels, &message)];
    };
    match message.pointer(each) {
        Some(Value::Array(list)) => {
            let read = list.iter().take(MOST_ALERTS);
            let mut said: Vec<Said> = read.map(|item| one(config, channels, item)).collect();
            if list.len() > MOST_ALERTS {
                let what = format!("{} alerts in one message", list.len());
                said.push(Said::Fault("flooded", what));
            }
            said
        }
        _ => vec![Said::Fault("field missing", format!("no list at `{each}`"))],
    }
}

fn time(map: &AlertMap, item: &Value) -> Option<Stamp> {
    map.time_format.read(item.pointer(map.time.as_ref()?)?)
}

/// A name or a number, as text.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.chars().take(LONGEST_ID).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|n: &f64| n.is_finite())
}

fn one(config: &BoxConfig, channels: &[Channel], item: &Value) -> Said {
    let map = &config.alert;
    let text = |pointer: &str| item.pointer(pointer).and_then(word);
    let missing = |pointer: &str| {
        let what = format!("neither text nor number at `{pointer}`");
        Said::Fault("field missing", what)
    };
    let Some(kind) = text(&map.kind) else {
        return missing(&map.kind);
    };
    let kind = match config.kinds.get(&kind) {
        Some(Some(kind)) => *kind,
        Some(None) => return Said::Ignored,
        None => return Said::Fault("unknown kind", format!("`{}`", kind.escape_debug())),
    };
    let Some(camera) = text(&map.camera) else {
        return missing(&map.camera);
    };
    let named = |channel: &&Channel| config.channel(&channel.camera) == camera;
    let Some(channel) = channels.iter().find(named) else {
        return Said::Fault("unknown camera", format!("`{}`", camera.escape_debug()));
    };
    let mut fields = Fields {
        item,
        there: Vec::new(),
    };
    let mut field = |name, pointer: &Option<String>| fields.get(name, pointer.as_deref());
    let read_time = |value: Option<&Value>| value.and_then(|v| map.time_format.read(v));
    let claim = Claim {
        id: field("id", &map.id).and_then(word),
        kind,
        camera: channel.camera.clone(),
        time: read_time(field("time", &map.time)),
        onset: read_time(field("onset", &map.onset)),
        frame: field("frame", &map.frame)
            .and_then(number)
            .filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n < 1e15)
            .map(|n| n as u64),
        confidence: field("confidence", &map.confidence)
            .and_then(number)
            .filter(|n| n.abs() <= MOST_SURE)
            .map(|n| n as f32),
        place: place(
            field("lat", &map.lat).and_then(number),
            field("lon", &map.lon).and_then(number),
        ),
        bbox: field("bbox", &map.bbox).and_then(|v| bbox(map, channel, v)),
        grid: field("grid", &map.grid).and_then(word),
        garbled: Vec::new(),
    };
    let read: [(&str, bool); 9] = [
        ("id", claim.id.is_some()),
        ("time", claim.time.is_some()),
        ("onset", claim.onset.is_some()),
        ("frame", claim.frame.is_some()),
        ("confidence", claim.confidence.is_some()),
        ("lat", claim.place.is_some()),
        ("lon", claim.place.is_some()),
        ("bbox", claim.bbox.is_some()),
        ("grid", claim.grid.is_some()),
    ];
    let there = fields.there.into_iter();
    let garbled = there.filter(|name| read.iter().any(|(n, ok)| n == name && !ok));
    Said::Alert(Box::new(Claim {
        garbled: garbled.collect(),
        ..claim
    }))
}

/// The fields of an alert, and which of them are there. What is null is not.
struct Fields<'a> {
    item: &'a Value,
    there: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn get(&mut self, name: &'static str, pointer: Option<&str>) -> Option<&'a Value> {
        let value = self.item.pointer(pointer?).filter(|v| !v.is_null())?;
        self.there.push(name);
        Some(value)
    }
}

fn place(lat: Option<f64>, lon: Option<f64>) -> Option<LatLon> {
    let (lat, lon) = (lat?, lon?);
    let on_earth = lat.abs() <= 90.0 && lon.abs() <= 180.0;
    on_earth.then_some(LatLon { lat, lon })
}

/// A box of four numbers, cut to the picture; `None` where nothing of it is left.
fn bbox(map: &AlertMap, channel: &Channel, value: &Value) -> Option<BBox> {
    let numbers: Vec<f64> = match value {
        Value::Array(list) => list.iter().map(number).collect::<Option<_>>()?,
        _ => return None,
    };
    let [x, y, c, d] = numbers.try_into().ok()?;
    let (right, bottom) = match map.bbox_form {
        BoxForm::Corners => (c, d),
        BoxForm::Size => (x + c, y + d),
    };
    let (width, height) = (f64::from(channel.width), f64::from(channel.height));
    let (sx, sy) = if map.bbox_fraction {
        (width, height)
    } else {
        (1.0, 1.0)
    };
    let [x0, x1] = [x, right].map(|v| (v * sx).clamp(0.0, width) as f32);
    let [y0, y1] = [y, bottom].map(|v| (v * sy).clamp(0.0, height) as f32);
    (x1 > x0 && y1 > y0).then(|| BBox::new(x0, y0, x1, y1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::example;
    use proptest::prelude::*;
    use serde_json::json;

    fn channels() -> Vec<Channel> {
        vec![Channel {
            camera: "hd-1".into(),
            width: 640,
            height: 360,
        }]
    }

    fn said(message: &Value) -> Said {
        let mut all = read(&example(), &channels(), message.to_string().as_bytes());
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn honest() -> Value {
        json!({"event": {"uuid": "a-7", "type": 3, "score": "0.75"}, "ch": "CH01",
            "ts": 1_695_289_800_250_i64, "frame": 41, "gps": {"lat": 25.9, "lng": 114.6},
            "rect": [0.25, 0.5, 0.25, 0.25]})
    }

    #[test]
    fn an_honest_alert_is_read_whole() {
        let Said::Alert(claim) = said(&honest()) else {
            panic!("{:?}", said(&honest()));
        };
        assert_eq!(claim.id.as_deref(), Some("a-7"));
        assert_eq!(claim.kind, AlertKind::IllegalBoat);
        assert_eq!(claim.camera, CameraId::from("hd-1"));
        assert_eq!(claim.confidence, Some(0.75));
        assert_eq!(claim.frame, Some(41));
        assert_eq!(claim.bbox, Some(BBox::new(160.0, 180.0, 320.0, 270.0)));
        assert_eq!(claim.place.map(|p| p.lat), Some(25.9));
        assert!(claim.garbled.is_empty());
    }

    #[test]
    fn each_fault_has_its_name() {
        let with = |path: &str, value: Value| {
            let mut message = honest();
            *message.pointer_mut(path).expect("a field") = value;
            match said(&message) {
                Said::Fault(name, _) => name,
                Said::Ignored => "ignored",
                Said::Alert(claim) => claim.garbled.first().copied().unwrap_or("honest"),
                Said::Heartbeat(_) => "heartbeat",
            }
        };
        assert_eq!(with("/event/type", json!(99)), "unknown kind");
        assert_eq!(with("/event/type", json!(1)), "ignored");
        assert_eq!(with("/event/type", json!({})), "field missing");
        assert_eq!(with("/ch", json!("CH99")), "unknown camera");
        assert_eq!(with("/ts", json!("yesterday")), "time");
        assert_eq!(with("/frame", json!(-3)), "frame");
        assert_eq!(with("/gps/lat", json!(1e9)), "lat");
        assert_eq!(with("/rect", json!([0.5, 0.5, 0, 0])), "bbox");
        assert_eq!(with("/rect", json!(null)), "honest");
        let garbage = read(&example(), &channels(), b"\xff{");
        assert!(matches!(garbage[..], [Said::Fault("garbled alert", _)]));
        assert!(matches!(said(&json!({"alive": 1})), Said::Heartbeat(None)));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|f| json!(f)),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("event|type|ch|ts|rect|gps|lat|uuid", inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(value in any_json()) {
            prop_assert!(!read(&example(), &channels(), value.to_string().as_bytes()).is_empty());
        }

        #[test]
        fn any_value_in_any_field_keeps_boxes_in_the_picture(
            field in prop::sample::select(vec!["/ts", "/rect", "/gps", "/frame", "/event/score"]),
            value in any_json(),
        ) {
            let mut message = honest();
            *message.pointer_mut(field).expect("a field") = value;
            if let Said::Alert(claim) = said(&message) {
                let inside = claim.bbox.is_none_or(|b| {
                    b.is_sane() && b.x0 >= 0.0 && b.y0 >= 0.0 && b.x1 <= 640.0 && b.y1 <= 360.0
                });
                prop_assert!(inside, "{claim:?}");
                prop_assert!(claim.confidence.is_none_or(f32::is_finite));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!read(&example(), &channels(), &bytes).is_empty());
        }
    }
}
