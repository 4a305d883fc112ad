use super::*;
use crate::testing::{Memory, alert, canary};
use crate::{Intake, Refusal, Secret, Server};
use base::AlertKind;
use base::message::{Channel, DeliveryError, Message, Receipt};
use proptest::prelude::*;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn secret(text: &str) -> Secret {
    Secret::from_text(text).expect("a secret")
}

fn serve(intake: &Arc<Memory>, gate: Gate) -> Server {
    let intake: Arc<dyn Intake> = intake.clone();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    Server::start(any, router(intake, gate)).expect("serves")
}

fn hook(address: SocketAddr, secret: Option<Secret>) -> Webhook {
    Webhook::new(WebhookOptions {
        name: "webhook county".to_owned(),
        url: format!("http://{address}{PATH}"),
        timeout: Duration::from_secs(10),
        ca: None,
        secret,
    })
}

/// A peer that reads one request and answers with given bytes, whatever it was asked.
fn peer(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut buffer = [0; 8192];
            let mut seen = Vec::new();
            while !seen.ends_with(b"}}") {
                match stream.read(&mut buffer) {
                    Ok(n) if n > 0 => seen.extend_from_slice(&buffer[..n]),
                    _ => break,
                }
            }
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    address
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[test]
fn an_alert_arrives_whole_and_once() {
    let memory = Arc::new(Memory::default());
    let gate = Gate {
        secrets: vec![secret("key of another"), secret("key of bend")],
        ..Gate::default()
    };
    let server = serve(&memory, gate);
    let mut hook = hook(server.address(), Some(secret("key of bend")));
    let message = Message::of_alert(&alert("河湾-1 %", AlertKind::Electrofishing));
    let first = hook.deliver(&message).expect("a receipt");
    assert_eq!((first.key.as_str(), first.duplicate), ("河湾-1 %", false));
    let second = hook.deliver(&message).expect("a receipt");
    assert!(second.duplicate);
    assert_eq!(*memory.taken.lock().expect("no panic"), [message]);
}

#[test]
fn only_a_fault_of_the_message_itself_is_final() {
    let memory = Arc::new(Memory::default());
    let server = serve(&memory, Gate::default());
    let mut hook = hook(server.address(), None);
    memory.refuse(Some(Refusal::Later("disk full".to_owned())));
    let error = hook.deliver(&canary("a")).expect_err("busy");
    assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("disk full")));
    memory.refuse(Some(Refusal::Never("no such site".to_owned())));
    let error = hook.deliver(&canary("a")).expect_err("never");
    assert!(matches!(&error, DeliveryError::Rejected { why, .. } if why == "no such site"));
    memory.refuse(None);
    assert!(hook.deliver(&canary("a")).is_ok());
}

#[test]
fn a_forged_or_unsigned_message_is_not_taken() {
    let memory = Arc::new(Memory::default());
    let gate = Gate {
        secrets: vec![secret("key of bend")],
        ..Gate::default()
    };
    let server = serve(&memory, gate);
    for key in [None, Some(secret("key of thief"))] {
        let error = hook(server.address(), key)
            .deliver(&canary("a"))
            .expect_err("unknown sender");
        // A key can be set right: the message must wait for that, not be given up.
        assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("401")));
    }
    assert!(memory.keys().is_empty());
}

#[test]
fn a_message_beyond_the_limit_is_rejected() {
    let memory = Arc::new(Memory::default());
    let gate = Gate {
        max_bytes: 1000,
        ..Gate::default()
    };
    let server = serve(&memory, gate);
    let mut large = canary("large");
    large.origin = "x".repeat(2000);
    let error = hook(server.address(), None)
        .deliver(&large)
        .expect_err("too large");
    assert!(matches!(error, DeliveryError::Rejected { .. }), "{error}");
}

#[test]
fn no_status_alone_is_a_receipt_or_a_rejection() {
    let named = r#"{"key":"a","error":"bad","final":true}"#;
    let cases = [
        (answer("200 OK", ""), "without a receipt"),
        (answer("200 OK", "received"), "without a receipt"),
        (answer("204 No Content", ""), "204"),
        (answer("301 Moved", ""), "301"),
        (answer("400 Bad Request", "<html>proxy</html>"), "proxy"),
        (
            answer("400 Bad", r#"{"key":"b","error":"bad","final":true}"#),
            "bad",
        ),
        (answer("500 Internal", named), "bad"),
        (
            answer(
                "429 Too Many",
                r#"{"key":"a","error":"busy","final":false}"#,
            ),
            "busy",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_owned(),
            "",
        ),
        ("rubbish\r\n\r\n".to_owned(), ""),
        (String::new(), ""),
    ];
    for (answer, told) in cases {
        let error = hook(peer(answer.clone()), None)
            .deliver(&canary("a"))
            .expect_err("no receipt");
        let refused = matches!(&error, DeliveryError::Refused { why, .. } if why.contains(told));
        assert!(refused, "{answer:?} gave {error}");
    }
    let other = answer("200 OK", r#"{"key":"b","duplicate":false}"#);
    let error = hook(peer(other), None).deliver(&canary("a"));
    assert!(matches!(error, Err(DeliveryError::WrongReceipt { .. })));
    let error = hook(peer(answer("422 No", named)), None).deliver(&canary("a"));
    assert!(matches!(error, Err(DeliveryError::Rejected { .. })));
}

#[test]
fn an_absent_or_silent_receiver_is_given_up_in_time() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    assert!(matches!(
        hook(address, None).deliver(&canary("a")),
        Err(DeliveryError::Refused { .. })
    ));
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut hook = Webhook::new(WebhookOptions {
        name: "webhook county".to_owned(),
        url: format!("http://{}{PATH}", silent.local_addr().expect("an address")),
        timeout: Duration::from_millis(200),
        ca: None,
        secret: None,
    });
    let error = hook.deliver(&canary("a")).expect_err("silence");
    assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("timeout")));
}

/// While one message is being stored, a second finds no place and is told to come again.
#[test]
fn a_flood_is_told_to_come_again() {
    struct Slow(Mutex<Receiver<()>>, Sender<()>);
    impl Intake for Slow {
        fn take(&self, message: Message) -> Result<Receipt, Refusal> {
            self.1.send(()).expect("awaited");
            self.0.lock().expect("no panic").recv().expect("released");
            let (key, duplicate) = (message.key, false);
            Ok(Receipt { key, duplicate })
        }
    }
    let (release, released) = channel();
    let (begin, begun) = channel();
    let gate = Gate {
        max_busy: 1,
        ..Gate::default()
    };
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let slow = Arc::new(Slow(Mutex::new(released), begin));
    let server = Server::start(any, router(slow, gate)).expect("serves");
    let address = server.address();
    let first = thread::spawn(move || hook(address, None).deliver(&canary("a")));
    begun.recv().expect("the first is in");
    let error = hook(address, None).deliver(&canary("b")).expect_err("full");
    assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("429")));
    release.send(()).expect("awaited");
    assert!(first.join().expect("ends").is_ok());
}

#[test]
fn a_panic_of_the_store_is_an_answer() {
    struct Broken;
    impl Intake for Broken {
        fn take(&self, _: Message) -> Result<Receipt, Refusal> {
            panic!("the store is broken")
        }
    }
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Server::start(any, router(Arc::new(Broken), Gate::default())).expect("serves");
    let error = hook(server.address(), None)
        .deliver(&canary("a"))
        .expect_err("broken");
    assert!(matches!(&error, DeliveryError::Refused { why, .. } if why.contains("500")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is posted, an answer comes that is a receipt or a problem, and nothing is stored
    /// but what is a message.
    #[test]
    fn any_body_gets_an_answer(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "\\{\"key\":\"[a-z]{0,3}\",\"origin\":\"\\PC{0,5}\",\"at\":\"\",\"body\":\\{\"type\":\"(canary|alert|step)\",\"serial\":[0-9]{1,3}\\}\\}".prop_map(String::into_bytes),
        ],
    ) {
        let memory = Arc::new(Memory::default());
        let server = serve(&memory, Gate::default());
        let mut answer = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent()
            .post(format!("http://{}{PATH}", server.address()))
            .header("content-type", "application/json; charset=utf-8")
            .send(&body[..])
            .expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        let is_message = serde_json::from_slice::<Message>(&body).is_ok();
        prop_assert_eq!(answer.status() == 200, is_message);
        prop_assert_eq!(memory.keys().len(), usize::from(is_message));
        if !is_message {
            prop_assert!(serde_json::from_str::<Problem>(&text).is_ok_and(|p| p.is_final));
        }
    }

    #[test]
    fn a_key_in_a_header_is_visible_and_unmistakable(a in "\\PC{0,8}", b in "\\PC{0,8}") {
        prop_assert!(header_of(&a).bytes().all(|c| c.is_ascii_graphic()));
        prop_assert_eq!(header_of(&a) == header_of(&b), a == b);
    }
}
