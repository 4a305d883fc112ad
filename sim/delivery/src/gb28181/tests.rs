use super::form::{Alarm, DeviceId, Form};
use super::mapping::{alarm_of, carries};
use super::receiver::{AlarmDesk, Platform, PlatformOptions};
use super::sender::{Gb28181, Gb28181Options};
use crate::testing::{alert, canary, fault};
use crate::{Refusal, Secret};
use base::AlertKind;
use base::handling::State;
use base::message::{Body, Channel, DeliveryError, FaultKind, Message, Step};
use encoding_rs::GBK;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn device(n: u32) -> DeviceId {
    DeviceId::new(&format!("3302110000132{n:07}")).expect("20 digits")
}

#[derive(Default)]
struct Desk {
    alarms: Mutex<Vec<Alarm>>,
    refusal: Mutex<Option<Refusal>>,
}

impl AlarmDesk for Desk {
    fn take(&self, alarm: &Alarm) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal.lock().expect("no panic").clone() {
            return Err(refusal);
        }
        self.alarms.lock().expect("no panic").push(alarm.clone());
        Ok(())
    }
}

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn platform(desk: &Arc<Desk>, passwords: BTreeMap<DeviceId, Secret>) -> Platform {
    let options = PlatformOptions {
        listen: local(),
        platform: device(9),
        passwords,
    };
    let desk: Arc<dyn AlarmDesk> = desk.clone();
    Platform::start(options, desk).expect("listens")
}

fn sender(to: SocketAddr, password: Option<&str>, timeout: Duration) -> Gb28181 {
    Gb28181::start(Gb28181Options {
        name: "police".to_owned(),
        listen: local(),
        device: device(1),
        platform: device(9),
        address: to,
        password: password.map(|p| Secret::from_text(p).expect("a secret")),
        timeout,
    })
    .expect("listens")
}

const SOON: Duration = Duration::from_secs(10);

#[test]
fn an_alert_goes_over_sip_and_its_response_is_the_receipt() {
    let desk = Arc::new(Desk::default());
    let platform = platform(&desk, BTreeMap::new());
    let mut sender = sender(platform.address(), None, SOON);
    let message = Message::of_alert(&alert("bend-1", AlertKind::Electrofishing));
    let receipt = sender.deliver(&message).expect("a response");
    assert_eq!(receipt.key, "bend-1");
    let alarms = desk.alarms.lock().expect("no panic").clone();
    let expected = alarm_of(&message, &device(1)).expect("fits");
    let [alarm] = alarms.as_slice() else {
        panic!("{alarms:?}");
    };
    assert_eq!(alarm.description, expected.description);
    assert_eq!(
        (alarm.sn, alarm.priority, alarm.kind),
        (expected.sn, 1, Some(6))
    );
    let lon = alarm.longitude.expect("given");
    assert!((lon - 121.123_456_78).abs() < 1e-6);
}

#[test]
fn a_sip_200_without_a_response_is_no_receipt_and_an_error_is_a_rejection() {
    let desk = Arc::new(Desk::default());
    let platform = platform(&desk, BTreeMap::new());
    let mut sender = sender(platform.address(), None, Duration::from_secs(2));
    *desk.refusal.lock().expect("no panic") = Some(Refusal::Later("disk full".to_owned()));
    let error = sender.deliver(&canary("a")).expect_err("no response");
    assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("no Response")));
    *desk.refusal.lock().expect("no panic") = Some(Refusal::Never("unknown".to_owned()));
    let error = sender.deliver(&canary("a")).expect_err("an error");
    assert!(matches!(error, DeliveryError::Rejected { .. }), "{error}");
    *desk.refusal.lock().expect("no panic") = None;
    assert!(sender.deliver(&canary("a")).is_ok());
    assert_eq!(platform.status().refused, 2);
}

/// A datagram of somebody else that says "response" is no receipt.
#[test]
fn only_the_platform_can_give_a_receipt() {
    struct Forger;
    impl AlarmDesk for Forger {
        fn take(&self, _: &Alarm) -> Result<(), Refusal> {
            Ok(())
        }
    }
    // It listens where the platform should, but has another number.
    let options = PlatformOptions {
        listen: local(),
        platform: device(8),
        passwords: BTreeMap::new(),
    };
    let forger = Platform::start(options, Arc::new(Forger)).expect("listens");
    let mut sender = sender(forger.address(), None, Duration::from_secs(2));
    let error = sender.deliver(&canary("a")).expect_err("a forged response");
    assert!(error.to_string().contains("no Response"), "{error}");
}

#[test]
fn only_a_registered_device_may_send_where_there_are_passwords() {
    let desk = Arc::new(Desk::default());
    let passwords = || {
        let secret = Secret::from_text("river-1234").expect("a secret");
        BTreeMap::from([(device(1), secret)])
    };
    let platform = platform(&desk, passwords());
    for password in [None, Some("wrong-password")] {
        let mut stranger = sender(platform.address(), password, Duration::from_secs(2));
        let error = stranger.deliver(&canary("a")).expect_err("a stranger");
        assert!(error.to_string().contains("403"), "{error}");
    }
    let mut known = sender(platform.address(), Some("river-1234"), SOON);
    let registered = (0..100).any(|_| known.deliver(&canary("a")).is_ok());
    assert!(registered, "{:?}", platform.status());
    assert_eq!(desk.alarms.lock().expect("no panic").len(), 1);
}

#[test]
fn severities_turn_over_and_what_has_no_form_says_so() {
    for kind in AlertKind::ALL {
        let message = Message::of_alert(&alert("bend-1", kind));
        let alarm = alarm_of(&message, &device(1)).expect("fits");
        assert_eq!(alarm.priority + kind.severity(), 5);
        assert_eq!(alarm.time, "2023-09-21T18:10:30");
        let description = alarm.description.expect("given");
        assert!(description.contains(kind.chinese()), "{description}");
        assert!(description.contains("负责人张三"), "{description}");
    }
    let step = Message {
        body: Body::Step(Step {
            alert: "bend-1".to_owned(),
            from: None,
            to: State::Open,
            who: String::new(),
            why: String::new(),
            at: String::new(),
        }),
        ..canary("bend-1-step-0")
    };
    let over = fault(FaultKind::Frozen, true);
    for message in [step, over] {
        assert!(!carries(&message));
        assert!(alarm_of(&message, &device(1)).is_err());
    }
    let begun = fault(FaultKind::Frozen, false);
    assert!(carries(&begun));
    assert_eq!(alarm_of(&begun, &device(1)).expect("fits").kind, Some(11));
    let mut timeless = canary("a");
    timeless.at = "dusk".to_owned();
    assert!(alarm_of(&timeless, &device(1)).is_err());
}

/// An alarm as cameras send it, in GB2312 and with elements that we do not know.
#[test]
fn an_alarm_of_another_make_is_read() {
    let text = "<?xml version=\"1.0\" encoding=\"GB2312\"?>\n<Notify>\n<CmdType>Alarm</CmdType>\n\
        <SN>17430</SN>\n<DeviceID>34020000001320000001</DeviceID>\n\
        <AlarmPriority>1</AlarmPriority>\n<AlarmMethod>5</AlarmMethod>\n\
        <AlarmTime>2009-12-04T16:23:32</AlarmTime>\n\
        <AlarmDescription>有人&lt;进入&gt;</AlarmDescription>\n<Longitude/>\n\
        <Info>\n<AlarmType>6</AlarmType>\n<AlarmTypeParam><EventType>1</EventType>\
        </AlarmTypeParam></Info>\n<ExtraInfo a=\"1\">x</ExtraInfo>\n</Notify>\n";
    let Ok(Form::Alarm(alarm)) = Form::parse(&GBK.encode(text).0) else {
        panic!("no alarm");
    };
    assert_eq!((alarm.sn, alarm.priority, alarm.method), (17430, 1, 5));
    assert_eq!(alarm.description.as_deref(), Some("有人<进入>"));
    assert_eq!((alarm.kind, alarm.event), (Some(6), Some(1)));
    assert_eq!(alarm.longitude, None);
}

#[test]
fn what_is_no_form_is_named() {
    let form = |inner: &str| format!("<Notify><CmdType>Alarm</CmdType>{inner}</Notify>");
    let cases = [
        (String::new(), "ends early"),
        ("<Notify>".to_owned(), "ends early"),
        (form(""), "`SN` is missing"),
        (form("<SN>x</SN>"), "`SN` cannot be `x`"),
        (
            form("<SN>1</SN><DeviceID>7</DeviceID>"),
            "`DeviceID` cannot be `7`",
        ),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]><Notify>&b;</Notify>".to_owned(),
            "document type",
        ),
        (form("&b;"), "unknown entity"),
        ("<a>".repeat(20), "deeper than"),
        (
            "<?xml version=\"1.0\" encoding=\"Big5\"?><a/>".to_owned(),
            "Big5",
        ),
    ];
    for (text, told) in cases {
        let error = Form::parse(text.as_bytes())
            .expect_err("no form")
            .to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
    let invalid = b"<?xml version=\"1.0\" encoding=\"GB2312\"?><Notify>\xff\xff</Notify>";
    assert!(Form::parse(invalid).is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        sn in any::<u32>(),
        priority in 1u8..=4,
        method in 1u8..=7,
        description in prop::option::of("\\PC{1,30}|[ -~]{1,30}|[一-龥]{1,9}"),
        longitude in prop::option::of(-180_000_000i32..=180_000_000),
        kind in prop::option::of(any::<u32>()),
        event in prop::option::of(any::<u32>()),
        ok in any::<bool>(),
    ) {
        let alarm = Alarm {
            sn,
            device: device(3),
            priority,
            method,
            time: "2023-09-21T18:10:30".to_owned(),
            description: description.map(|d| d.trim().to_owned()).filter(|d| !d.is_empty()),
            longitude: longitude.map(|l| f64::from(l) / 1e6),
            latitude: None,
            kind,
            event: event.filter(|_| kind.is_some()),
        };
        let form = Form::Alarm(alarm);
        prop_assert_eq!(Form::parse(&form.write()), Ok(form));
        let response = Form::Response { sn, device: device(4), ok };
        prop_assert_eq!(Form::parse(&response.write()), Ok(response));
    }

    #[test]
    fn any_bytes_are_a_form_or_an_error(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(<\\?xml version=\"1.0\" encoding=\"(GB2312|utf-8|gbk|x)\"\\?>)?(<(Notify|Response|SN|CmdType|/SN|/Notify|!\\[CDATA\\[|!--)?>?|Alarm|&#?[a-z0-9]{0,4};?|\\PC){0,20}".prop_map(String::into_bytes),
        ],
    ) {
        // GBK and truncated at will: no panic, no endless loop.
        drop(Form::parse(&bytes));
        let mut declared = b"<?xml version=\"1.0\" encoding=\"GB2312\"?>".to_vec();
        declared.extend_from_slice(&bytes);
        drop(Form::parse(&declared));
    }

    /// One byte of a good form changed.
    #[test]
    fn a_damaged_form_is_a_form_or_an_error(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let message = Message::of_alert(&alert("bend-1", AlertKind::GroundCage));
        let mut bytes = Form::Alarm(alarm_of(&message, &device(1)).expect("fits")).write();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(Form::Alarm(alarm)) = Form::parse(&bytes) {
            prop_assert!((1..=4).contains(&alarm.priority) && (1..=7).contains(&alarm.method));
        }
    }
}
