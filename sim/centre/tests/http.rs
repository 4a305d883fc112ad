//! The HTTP API as its users see it.

use base::SimTime;
use base::clock::{Clock as _, WallClock};
use base::message::Message;
use centre::config::Config;
use centre::server::{Drill, serve};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

#[path = "drill/client.rs"]
#[expect(dead_code, reason = "only the alert is wanted here")]
mod client;

/// What the client's module asks its parent for.
fn pause(span: SimTime) {
    WallClock::start().wait_until(span);
}

const FILE: &str = r#"
[centre]
id = "county"
level = "county"
listen = "127.0.0.1:0"
officer = "wang"
[canary]
every = "5min"
to = "wang"
[[person]]
id = "chen"
channel = "file"
path = "chen.jsonl"
[[person]]
id = "wang"
name = "Wang Fang"
channel = "file"
path = "wang.jsonl"
[[grid]]
id = "g-1"
holder = "chen"
deputy = "wang"
[[grid]]
id = "g-2"
holder = "chen"
deputy = "wang"
"#;

/// More than any body may have, bytes.
const TOO_LONG: usize = 2 << 20;

/// A centre in this process.
struct Centre {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    agent: ureq::Agent,
}

impl Centre {
    fn start(folder: &Path, tokens: &str) -> Self {
        let mut text = FILE.to_owned();
        if !tokens.is_empty() {
            std::fs::write(folder.join("tokens.toml"), tokens).expect("written");
            text = text.replace("officer =", "tokens = \"tokens.toml\"\nofficer =");
        }
        let config = Config::parse(&folder.join("county.toml"), &text).expect("sound");
        let (tell, told) = channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let ready = |address| tell.send(address).expect("heard");
            let stopped = async move { drop(stopped.await) };
            serve(config, Drill::default(), ready, stopped).expect("served");
        });
        Self {
            address: told.recv().expect("it listens"),
            stop: Some(stop),
            thread: Some(thread),
            agent: ureq::Agent::config_builder()
                .http_status_as_error(false)
                // A connection that was shut on a body too long is of no use for the next.
                .max_idle_connections(0)
                .build()
                .new_agent(),
        }
    }

    fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let request = self.agent.get(url);
        let request = request.header("authorization", format!("Bearer {token}"));
        answer(request.call().expect("answered"))
    }

    fn post(&self, path: &str, token: &str, body: &[u8]) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let request = self.agent.post(url);
        let request = request
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        // Told early that it is too much, the client may find the door shut while it still sends.
        match request.send(body) {
            Err(ureq::Error::Io(_)) if body.len() > TOO_LONG => (413, Value::Null),
            sent => answer(sent.expect("answered")),
        }
    }

    fn alert(&self, id: u64, grid: &str) {
        let mut alert = client::alert("bend", id);
        alert.grid = Some(grid.to_owned());
        let body = serde_json::to_vec(&Message::of_alert(&alert)).expect("writes");
        let (status, receipt) = self.post("/v1/messages", "", &body);
        assert_eq!(
            (status, &receipt["duplicate"]),
            (200, &json!(false)),
            "{receipt}"
        );
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let text = response.body_mut().read_to_string().unwrap_or_default();
    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (response.status().as_u16(), value)
}

impl Drop for Centre {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            assert!(thread.join().is_ok(), "it ends well");
        }
    }
}

#[test]
fn alerts_are_listed_opened_and_brought_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::start(folder.path(), "");
    for n in 0..5 {
        centre.alert(n, "g-1");
    }
    let (status, page) = centre.get("/v1/alerts?limit=2&state=open", "");
    assert_eq!(status, 200);
    assert_eq!(page["alerts"][0]["id"], "bend-4");
    let next = page["next"].as_i64().expect("there is more");
    let (_, rest) = centre.get(&format!("/v1/alerts?limit=100&before={next}"), "");
    assert_eq!(rest["alerts"].as_array().map(Vec::len), Some(3));
    assert_eq!(rest["next"], Value::Null);

    let step = |to: &str| {
        let body = json!({ "to": to, "why": "seen" }).to_string();
        centre.post("/v1/alerts/bend-0/steps", "", body.as_bytes())
    };
    let (status, said) = step("on_scene");
    assert_eq!(status, 409, "{said}");
    let (status, said) = step("acknowledged");
    assert_eq!(
        (status, &said["case"]["state"]),
        (200, &json!("acknowledged"))
    );
    let (_, open) = centre.get("/v1/alerts/bend-0", "");
    assert_eq!(open["steps"].as_array().map(Vec::len), Some(2));
    assert_eq!(open["steps"][1]["who"], "local");
    assert_eq!(open["told"][0]["person"], "chen");
    assert_eq!(centre.get("/v1/alerts/nobody", "").0, 404);
    assert_eq!(centre.get("/v1/alerts?stat=open", "").0, 400);
    assert_eq!(centre.get("/v1/alerts?state=ajar", "").0, 400);

    let (status, made) = centre.post(
        "/v1/silences",
        "",
        br#"{"reason": "regatta", "lasts_s": 60}"#,
    );
    assert_eq!(status, 200, "{made}");
    let (_, silences) = centre.get("/v1/silences", "");
    assert_eq!(silences["silences"][0]["reason"], "regatta");
    let (status, said) = centre.post("/v1/silences", "", br#"{"reason": "", "lasts_s": 60}"#);
    assert_eq!(status, 422, "{said}");
    let (_, roster) = centre.get("/v1/roster", "");
    assert_eq!(roster["officer"]["name"], "Wang Fang");
    let (_, audit) = centre.get("/v1/audit", "");
    assert!(
        audit["audit"][0]["what"]
            .as_str()
            .is_some_and(|w| w.contains("regatta"))
    );
}

#[test]
fn health_is_of_the_way_to_a_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::start(folder.path(), "");
    let clock = WallClock::start();
    loop {
        let (status, health) = centre.get("/v1/health", "");
        if health["canary"]["answered"] == json!(0) {
            assert_eq!((status, &health["status"]), (200, &json!("ok")), "{health}");
            assert!(
                health["canary"]["round_trip"]
                    .as_i64()
                    .is_some_and(|ns| ns >= 0)
            );
            break;
        }
        assert!(clock.now() < SimTime::from_secs(60), "no canary: {health}");
        pause(SimTime::from_millis(20));
    }
    let lines = std::fs::read_to_string(folder.path().join("wang.jsonl")).expect("there");
    assert!(lines.contains("canary"), "it went the whole way");
}

#[test]
fn a_token_opens_its_own_grids_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let account = |name: &str, role: &str, rest: &str| {
        let hash = Sha256::digest(name.as_bytes());
        let hash = hash
            .iter()
            .fold(String::new(), |t, b| t + &format!("{b:02x}"));
        format!("[[account]]\nname = \"{name}\"\nrole = \"{role}\"\nsha256 = \"{hash}\"\n{rest}\n")
    };
    let tokens = account("chen", "officer", "grids = [\"g-1\"]") + &account("guest", "viewer", "");
    let centre = Centre::start(folder.path(), &tokens);
    centre.alert(0, "g-1");
    centre.alert(1, "g-2");
    assert_eq!(centre.get("/v1/alerts", "").0, 401);
    assert_eq!(centre.get("/v1/alerts", "wrong").0, 401);
    assert_eq!(centre.get("/v1/health", "").0 / 100, 2);
    let (_, all) = centre.get("/v1/alerts", "guest");
    assert_eq!(all["alerts"].as_array().map(Vec::len), Some(2));
    let (_, own) = centre.get("/v1/alerts", "chen");
    assert_eq!(own["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["alerts"][0]["id"], "bend-0");
    assert_eq!(centre.get("/v1/alerts?grid=g-2", "chen").0, 403);
    assert_eq!(centre.get("/v1/alerts/bend-1", "chen").0, 403);
    let step = br#"{"to": "acknowledged"}"#;
    assert_eq!(centre.post("/v1/alerts/bend-1/steps", "chen", step).0, 403);
    assert_eq!(centre.post("/v1/alerts/bend-0/steps", "guest", step).0, 403);
    assert_eq!(centre.post("/v1/alerts/bend-0/steps", "chen", step).0, 200);
    let (_, open) = centre.get("/v1/alerts/bend-0", "chen");
    assert_eq!(
        open["steps"][1]["who"], "chen",
        "who acts is who holds the token"
    );
    let silence = br#"{"reason": "all of it", "lasts_s": 60}"#;
    assert_eq!(centre.post("/v1/silences", "chen", silence).0, 403);
    assert_eq!(centre.get("/v1/audit", "chen").0, 403);
}

#[test]
fn any_body_is_taken_or_refused_and_the_centre_lives() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::start(folder.path(), "");
    centre.alert(0, "g-1");
    let sound =
        serde_json::to_string(&Message::of_alert(&client::alert("bend", 1))).expect("writes");
    let paths = [
        "/v1/messages",
        "/v1/alerts/bend-0/steps",
        "/v1/alerts/bend-0/hand-over",
        "/v1/silences",
    ];
    let bodies = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "\\{(\"(to|why|grid|reason|lasts_s|key|origin|at|body|type)\":(\"\\PC{0,9}\"|-?[0-9]{1,20}|null|\\{\\}),?){0,6}\\}".prop_map(String::into_bytes),
        (0..sound.len(), "\\PC{0,3}").prop_map(move |(at, put)| {
            let at = (at..=sound.len()).find(|i| sound.is_char_boundary(*i)).unwrap_or(0);
            format!("{}{put}{}", &sound[..at], sound.get(at + 1..).unwrap_or("")).into_bytes()
        }),
    ];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(600));
    runner
        .run(
            &(prop::sample::select(paths.to_vec()), bodies),
            |(path, body)| {
                let (status, said) = centre.post(path, "", &body);
                prop_assert!((200..500).contains(&status), "{path} {status} {said}");
                Ok(())
            },
        )
        .expect("holds");
    let long = vec![b' '; TOO_LONG + 1];
    assert_eq!(centre.post("/v1/silences", "", &long).0, 413);
    assert_eq!(centre.post("/v1/messages", "", &long).0, 413);
    centre.alert(2, "g-1");
}
