//! SIPp as the platform: checks the alarm, answers 200, then responds, or does not.

use crate::peers::need;
use crate::support::{Running, free_udp_port, local};
use base::camera::Pose;
use base::message::{Channel as _, DeliveryError, Message};
use base::{Alert, AlertKind, BBox, CameraId, LatLon, LatencyTrace, SimTime, TrackId, WorldPoint};
use delivery::gb28181::{DeviceId, Gb28181, Gb28181Options};
use encoding_rs::GBK;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Takes a MESSAGE that is a well-formed alarm of gravest priority, and answers 200.
const TAKE: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="platform">
<recv request="MESSAGE">
 <action>
  <ereg regexp="^ *Application/MANSCDP\+xml" search_in="hdr" header="Content-Type:" check_it="true" assign_to="type"/>
  <ereg regexp="^ *&lt;sip:33021100001320000001@3302110000&gt;;tag=" search_in="hdr" header="From:" check_it="true" assign_to="from"/>
  <ereg regexp="encoding=.GB2312." search_in="body" check_it="true" assign_to="charset"/>
  <ereg regexp="&lt;CmdType&gt;Alarm&lt;/CmdType&gt;" search_in="body" check_it="true" assign_to="command"/>
  <ereg regexp="&lt;DeviceID&gt;33021100001320000001&lt;/DeviceID&gt;" search_in="body" check_it="true" assign_to="device"/>
  <ereg regexp="&lt;AlarmPriority&gt;1&lt;/AlarmPriority&gt;" search_in="body" check_it="true" assign_to="priority"/>
  <ereg regexp="&lt;AlarmMethod&gt;5&lt;/AlarmMethod&gt;" search_in="body" check_it="true" assign_to="method"/>
  <ereg regexp="&lt;SN&gt;([0-9]+)&lt;/SN&gt;" search_in="body" check_it="true" assign_to="whole,sn"/>
 </action>
</recv>
<send>
<![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]>
</send>
"#;

const RESPOND: &str = r#"<send retrans="500">
<![CDATA[
MESSAGE sip:33021100001320000001@3302110000 SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:33021100002000000001@3302110000>;tag=r[call_number]
To: <sip:33021100001320000001@3302110000>
Call-ID: [call_id]
CSeq: 20 MESSAGE
Max-Forwards: 70
Content-Type: Application/MANSCDP+xml
Content-Length: [len]

<?xml version="1.0"?>
<Response>
<CmdType>Alarm</CmdType>
<SN>[$sn]</SN>
<DeviceID>33021100001320000001</DeviceID>
<Result>OK</Result>
</Response>
]]>
</send>
<recv response="200"/>
"#;

const END: &str = r#"<Reference variables="type,from,charset,command,device,priority,method,whole,sn"/>
</scenario>
"#;

fn platform(folder: &Path, port: u16, scenario: &str) -> Running {
    let file = folder.join("platform.xml");
    fs::write(&file, scenario).expect("written");
    let child = Command::new("sipp")
        .arg("-sf")
        .arg(&file)
        .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-m", "1"])
        .args(["-nostdin", "-timeout", "60", "-trace_msg", "-message_file"])
        .arg(folder.join("messages.log"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Running(child.expect("starts"))
}

fn device(digits: &str) -> DeviceId {
    DeviceId::new(digits).expect("20 digits")
}

fn sender(port: u16, timeout: Duration) -> Gb28181 {
    Gb28181::start(Gb28181Options {
        name: "police".to_owned(),
        listen: local(0),
        device: device("33021100001320000001"),
        platform: device("33021100002000000001"),
        address: local(port),
        password: None,
        timeout,
    })
    .expect("listens")
}

fn alert() -> Message {
    Message::of_alert(&Alert {
        id: "bend-1".to_owned(),
        kind: AlertKind::Electrofishing,
        severity: 4,
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30.25+08:00".to_owned(),
        site: "bend".to_owned(),
        camera: CameraId::from("c1"),
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, 18.0),
            heading: 90.0,
            pitch: 4.0,
            roll: 0.0,
        },
        frame_index: 150,
        zone: "core".to_owned(),
        position: None,
        lat_lon: Some(LatLon {
            lat: 29.8765,
            lon: 121.1234,
        }),
        position_sigma: 2.5,
        grid: Some("G12".to_owned()),
        person: Some("张三".to_owned()),
        track: TrackId(4),
        bbox: BBox::new(10.0, 20.0, 30.0, 60.0),
        score: 0.875,
        class: None,
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: "00".repeat(32),
        rules_version: "2023-09".to_owned(),
        evidence: Vec::new(),
        latency: LatencyTrace::default(),
    })
}

#[test]
fn a_platform_takes_the_alarm_and_its_response_is_the_receipt() {
    need!("sipp");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_udp_port();
    let mut sipp = platform(folder.path(), port, &[TAKE, RESPOND, END].concat());
    let receipt = sender(port, Duration::from_secs(30)).deliver(&alert());
    assert_eq!(receipt.expect("a receipt").key, "bend-1");
    let code = sipp.0.wait().expect("ends").code();
    assert_eq!(code, Some(0), "SIPp found a fault");
    let log = fs::read(folder.path().join("messages.log")).expect("a log");
    let words = GBK.encode("违法电鱼 区域core 网格G12 负责人张三").0;
    assert!(
        log.windows(words.len()).any(|w| w == &*words),
        "the description is not in GB2312"
    );
}

#[test]
fn a_platform_that_says_200_and_forgets_has_not_got_it() {
    need!("sipp");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_udp_port();
    let _sipp = platform(folder.path(), port, &[TAKE, END].concat());
    let error = sender(port, Duration::from_secs(5)).deliver(&alert());
    let error = error.expect_err("no response");
    assert!(
        matches!(&error, DeliveryError::Refused { why, .. } if why.contains("no Response")),
        "{error}"
    );
}
