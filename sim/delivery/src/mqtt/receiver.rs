//! The receiving end: subscribes, stores, answers, then acknowledges.

use super::link::{Client, Delivery, Heard, Wire, connect};
use super::{Broker, RECONNECT};
use crate::webhook::Problem;
use crate::{Intake, Refusal};
use base::message::Message;
use serde::Serialize;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// What came in so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubscriberStatus {
    /// Connected and subscribed.
    pub connected: bool,
    /// How often a connection was made.
    pub connections: u64,
    /// Messages stored.
    pub taken: u64,
    /// Messages that were there already.
    pub duplicates: u64,
    /// Messages that the intake refused, for now or for good.
    pub refused: u64,
    /// Payloads that are no message.
    pub garbage: u64,
    /// Why the line broke last.
    pub last_error: Option<String>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<SubscriberStatus>);

impl Shared {
    fn status(&self) -> MutexGuard<'_, SubscriberStatus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, why: String) {
        let mut status = self.status();
        status.connected = false;
        status.last_error = Some(why);
    }
}

/// Takes in what all senders of a broker publish, until it is dropped.
#[derive(Debug)]
pub struct Subscriber {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Subscriber {
    /// Connects in the background and keeps trying.
    pub fn start(broker: &Broker, intake: Arc<dyn Intake>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (client, wire) = connect(broker, true, true);
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let (broker, theirs) = (broker.clone(), Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name(format!("mqtt {}", broker.client_id))
            .spawn(move || {
                runtime.block_on(async {
                    let (queue, queued) = mpsc::unbounded_channel();
                    tokio::select! {
                        () = listen(wire, &client, &broker, &theirs, &queue) => {}
                        () = work(queued, &client, &broker, &theirs, &intake) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// How it stands.
    pub fn status(&self) -> SubscriberStatus {
        self.shared.status().clone()
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A message as it came, with the number of the connection that brought it. The broker allows
/// only some to be without acknowledgement, which bounds the queue.
type Queued = (u64, Delivery);

async fn listen(
    mut wire: Wire,
    client: &Client,
    broker: &Broker,
    shared: &Shared,
    queue: &mpsc::UnboundedSender<Queued>,
) {
    loop {
        match wire.poll().await {
            Ok(Heard::Connected) => {
                shared.status().connections += 1;
                if let Err(why) = client.subscribe(&broker.messages("+")) {
                    shared.status().last_error = Some(why);
                }
            }
            Ok(Heard::Subscribed) => shared.status().connected = true,
            Ok(Heard::Message(delivery)) => {
                let connection = shared.status().connections;
                drop(queue.send((connection, delivery)));
            }
            Ok(Heard::Other) => {}
            Err(why) => {
                shared.lost(why);
                tokio::time::sleep(RECONNECT).await;
            }
        }
    }
}

/// One message after the other: acknowledgements must keep the order of arrival (MQTT 3.1.1,
/// 4.6).
async fn work(
    mut queued: mpsc::UnboundedReceiver<Queued>,
    client: &Client,
    broker: &Broker,
    shared: &Shared,
    intake: &Arc<dyn Intake>,
) {
    while let Some((connection, delivery)) = queued.recv().await {
        let topic = delivery.topic();
        match (
            broker.sender_of(&topic),
            serde_json::from_slice::<Message>(delivery.payload()),
        ) {
            (Some(sender), Ok(message)) => {
                let reply = take(message, shared, intake).await;
                // Lost with the line, it is missed by the sender, who sends again.
                drop(client.publish(&broker.receipts(sender), reply));
            }
            _ => shared.status().garbage += 1,
        }
        // A number of an earlier connection means another message by now; what is not
        // acknowledged comes again, and is known by its key.
        if shared.status().connections == connection {
            drop(client.acknowledge(&delivery));
        }
    }
}

/// Stores a message; the answer to its sender.
async fn take(message: Message, shared: &Shared, intake: &Arc<dyn Intake>) -> Vec<u8> {
    let (key, intake) = (message.key.clone(), Arc::clone(intake));
    let taken = tokio::task::spawn_blocking(move || intake.take(message)).await;
    let problem = |error: String, is_final| Problem {
        key: Some(key),
        error,
        is_final,
    };
    let mut status = shared.status();
    match taken {
        Ok(Ok(receipt)) => {
            if receipt.duplicate {
                status.duplicates += 1;
            } else {
                status.taken += 1;
            }
            json(&receipt)
        }
        Ok(Err(refusal)) => {
            status.refused += 1;
            json(&match refusal {
                Refusal::Later(why) => problem(why, false),
                Refusal::Never(why) => problem(why, true),
            })
        }
        Err(panicked) => {
            status.refused += 1;
            json(&problem(panicked.to_string(), false))
        }
    }
}

/// These types have no map with other keys than text, the one thing that could fail.
fn json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}
