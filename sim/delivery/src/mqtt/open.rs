//! An open ear: whatever is published to some topics goes to a [`RawIntake`].

use super::link::{Client, Heard, Wire, connect};
use super::{Broker, RECONNECT};
use crate::RawIntake;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// How a listener stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListenerStatus {
    /// Connected, and every topic granted.
    pub connected: bool,
    /// How often the line broke or could not be made.
    pub broken: u64,
    /// Why, last.
    pub last_error: Option<String>,
}

/// Listens until it is dropped. The broker keeps nothing for it: what was published before is not
/// heard.
#[derive(Debug)]
pub struct Listener {
    status: Arc<Mutex<ListenerStatus>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Connects in the background and keeps trying. `topics` are filters, `+` and `#` among them.
    pub fn start(
        broker: &Broker,
        topics: Vec<String>,
        intake: Arc<dyn RawIntake>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (client, wire) = connect(broker, false, false);
        let status = Arc::new(Mutex::new(ListenerStatus::default()));
        let (stop, stopped) = oneshot::channel();
        let theirs = Arc::clone(&status);
        let thread = thread::Builder::new()
            .name(format!("mqtt {}", broker.client_id))
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = listen(wire, &client, &topics, &theirs, intake.as_ref()) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            status,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// How it stands.
    pub fn status(&self) -> ListenerStatus {
        lock(&self.status).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn lock(status: &Mutex<ListenerStatus>) -> MutexGuard<'_, ListenerStatus> {
    status.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost(status: &Mutex<ListenerStatus>, why: String) {
    let mut status = lock(status);
    status.connected = false;
    status.broken += 1;
    status.last_error = Some(why);
}

async fn listen(
    mut wire: Wire,
    client: &Client,
    topics: &[String],
    status: &Mutex<ListenerStatus>,
    intake: &dyn RawIntake,
) {
    let mut granted = 0;
    loop {
        match wire.poll().await {
            Ok(Heard::Connected) => {
                granted = 0;
                for topic in topics {
                    if let Err(why) = client.subscribe(topic) {
                        lock(status).last_error = Some(why);
                    }
                }
            }
            Ok(Heard::Subscribed) => {
                granted += 1;
                lock(status).connected = granted >= topics.len();
            }
            Ok(Heard::Message(delivery)) => {
                intake.take(&delivery.topic(), delivery.payload());
            }
            Ok(Heard::Other) => {}
            Err(why) => {
                lost(status, why);
                tokio::time::sleep(RECONNECT).await;
            }
        }
    }
}
