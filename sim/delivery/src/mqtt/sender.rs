//! The sending end.

use super::link::{Client, Heard, Wire, connect};
use super::{Broker, RECONNECT};
use crate::webhook::Problem;
use base::message::{Channel, DeliveryError, Message, Receipt};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::oneshot;

/// Most answers kept that nobody has asked for yet.
const MAX_LATE: usize = 1024;

/// What a receiver said of a message.
#[derive(Debug, Clone)]
enum Answer {
    Receipt(Receipt),
    Problem(Problem),
}

#[derive(Debug)]
struct Mail {
    /// `Err`: why there is no line to the broker.
    line: Result<(), String>,
    answers: BTreeMap<String, Answer>,
}

#[derive(Debug)]
struct Mailbox {
    mail: Mutex<Mail>,
    changed: Condvar,
}

impl Mailbox {
    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_line(&self, line: Result<(), String>) {
        self.mail().line = line;
        self.changed.notify_all();
    }

    fn put(&self, key: String, answer: Answer) {
        let mut mail = self.mail();
        mail.answers.insert(key, answer);
        while mail.answers.len() > MAX_LATE {
            mail.answers.pop_first();
        }
        drop(mail);
        self.changed.notify_all();
    }
}

/// Publishes messages and waits for the receiver's receipts.
#[derive(Debug)]
pub struct Mqtt {
    name: String,
    topic: String,
    timeout: Duration,
    client: Client,
    mailbox: Arc<Mailbox>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Mqtt {
    /// A way to whoever listens to `sender`'s messages at a broker. Connects in the background;
    /// `timeout` is how long a receipt may take.
    pub fn start(name: &str, broker: &Broker, sender: &str, timeout: Duration) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (client, wire) = connect(broker, false, true);
        let mailbox = Arc::new(Mailbox {
            mail: Mutex::new(Mail {
                line: Err("not connected yet".to_owned()),
                answers: BTreeMap::new(),
            }),
            changed: Condvar::new(),
        });
        let (stop, stopped) = oneshot::channel();
        let receipts = broker.receipts(sender);
        let (their_client, their_mailbox) = (client.clone(), Arc::clone(&mailbox));
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = listen(wire, &their_client, &receipts, &their_mailbox) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            name: name.to_owned(),
            topic: broker.messages(sender),
            timeout,
            client,
            mailbox,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    fn refused(&self, key: &str, why: String) -> DeliveryError {
        DeliveryError::Refused {
            channel: self.name.clone(),
            key: key.to_owned(),
            why,
        }
    }
}

impl Drop for Mqtt {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Keeps the line and sorts what comes in.
async fn listen(mut wire: Wire, client: &Client, receipts: &str, mailbox: &Mailbox) {
    loop {
        match wire.poll().await {
            Ok(Heard::Connected) => {
                if let Err(why) = client.subscribe(receipts) {
                    mailbox.set_line(Err(why));
                }
            }
            Ok(Heard::Subscribed) => mailbox.set_line(Ok(())),
            Ok(Heard::Message(delivery)) => {
                if let Some((key, answer)) = read(delivery.payload()) {
                    mailbox.put(key, answer);
                }
            }
            Ok(Heard::Other) => {}
            Err(why) => {
                mailbox.set_line(Err(format!("no line to the broker: {why}")));
                tokio::time::sleep(RECONNECT).await;
            }
        }
    }
}

/// A receipt or a refusal; what is neither says nothing.
fn read(payload: &[u8]) -> Option<(String, Answer)> {
    if let Ok(receipt) = serde_json::from_slice::<Receipt>(payload) {
        return Some((receipt.key.clone(), Answer::Receipt(receipt)));
    }
    let problem: Problem = serde_json::from_slice(payload).ok()?;
    Some((problem.key.clone()?, Answer::Problem(problem)))
}

impl Channel for Mqtt {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        let key = &message.key;
        let payload = serde_json::to_vec(message)
            .map_err(|e| e.to_string())
            .map_err(|why| DeliveryError::Encode {
                key: key.clone(),
                why,
            })?;
        let mut mail = self.mailbox.mail();
        // The receipt of an earlier try counts; its refusal does not.
        if let Some(Answer::Receipt(receipt)) = mail.answers.remove(key) {
            return Ok(receipt);
        }
        if let Err(why) = &mail.line {
            return Err(self.refused(key, why.clone()));
        }
        drop(mail);
        self.client
            .publish(&self.topic, payload)
            .map_err(|why| self.refused(key, why))?;
        let waiting = |mail: &mut Mail| !mail.answers.contains_key(key);
        let waited =
            self.mailbox
                .changed
                .wait_timeout_while(self.mailbox.mail(), self.timeout, waiting);
        let mut mail = match waited {
            Ok((mail, _)) => mail,
            Err(poisoned) => poisoned.into_inner().0,
        };
        match mail.answers.remove(key) {
            Some(Answer::Receipt(receipt)) => Ok(receipt),
            Some(Answer::Problem(problem)) if problem.is_final => Err(DeliveryError::Rejected {
                channel: self.name.clone(),
                key: key.clone(),
                why: problem.error,
            }),
            Some(Answer::Problem(problem)) => Err(self.refused(key, problem.error)),
            None => {
                let seconds = self.timeout.as_secs_f64();
                let line = mail.line.clone().err().unwrap_or_default();
                let why = format!("no receipt from the receiver in {seconds} s {line}");
                Err(self.refused(key, why.trim_end().to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_a_broker_it_says_so_at_once() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = closed.local_addr().expect("an address").port();
        drop(closed);
        let broker = Broker::new("127.0.0.1", port, "bend");
        let mut mqtt =
            Mqtt::start("mqtt county", &broker, "bend", Duration::from_mins(1)).expect("starts");
        let error = mqtt
            .deliver(&crate::testing::canary("a"))
            .expect_err("no broker");
        assert!(matches!(error, DeliveryError::Refused { .. }), "{error}");
    }

    proptest! {
        #[test]
        fn any_payload_is_an_answer_or_nothing(
            payload in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "\\{\"key\":(\"k\"|null),(\"duplicate\":(true|1)|\"error\":\"\",\"final\":(true|0))\\}".prop_map(String::into_bytes),
            ],
        ) {
            if let Some((key, answer)) = read(&payload) {
                prop_assert_eq!(key, "k");
                if let Answer::Receipt(receipt) = answer {
                    prop_assert_eq!(receipt.key, "k");
                }
            }
        }
    }
}
