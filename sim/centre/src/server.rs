//! The process: one writer, couriers, HTTP. Thin: what happens is the desk's business.
//!
//! | thread | what it does |
//! | --- | --- |
//! | clerk | the only writer: takes jobs in batches, one transaction each, answers after the commit |
//! | couriers | one a person, some for the superior: read what is due, deliver, tell the clerk |
//! | HTTP | [`delivery`]'s receiver for messages; reads and people's actions for the rest |
//!
//! `SIGTERM` and ctrl-c stop it: no new requests, what is begun is answered, the store is closed.

mod access;
mod api;
mod clerk;
mod courier;
mod fail;
mod health;
mod line;

pub use access::{AccessError, Account, Accounts, Grant};
pub use fail::{FAIL_POINTS, FailPoint};

use crate::config::{Config, ConfigError, Way};
use crate::desk::Desk;
use crate::store::{Destination, Store, StoreError};
use alert::delivery::JsonLines;
use alert::disk::RealDisk;
use base::SimTime;
use base::message::{Channel, DeliveryError};
use clerk::Clerk;
use courier::{Bell, Round};
use delivery::webhook::{Gate, Webhook, WebhookOptions};
use delivery::{Secret, SecretError};
use line::Line;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a receiver may take for one message.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a centre cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its file has mistakes.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of tokens has mistakes.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A key cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A way to a person cannot be opened.
    #[error("the way to `{person}` cannot be opened")]
    Way {
        /// Who.
        person: String,
        /// Why.
        #[source]
        source: DeliveryError,
    },
    /// The address cannot be had.
    #[error("cannot listen on {address}: stop what listens there, or change `listen`")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system gives no thread, or the server failed.
    #[error("the server cannot go on")]
    System(#[source] io::Error),
}

/// What a drill wants of a centre; nothing by default.
#[derive(Debug, Default)]
pub struct Drill {
    /// Where to die.
    pub fail: Option<FailPoint>,
    /// By how many pages the store may still grow.
    pub growth: Option<u32>,
    /// How far the clock on the wall is off.
    pub clock_step: SimTime,
}

/// Serves until `stop` is ready; `ready` is told where it listens.
///
/// # Errors
/// When it cannot begin, or the listener fails.
pub fn serve(
    config: Config,
    drill: Drill,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let accounts = match &config.tokens {
        Some(path) => Accounts::load(path)?,
        None => Accounts::open(),
    };
    let secrets = config
        .senders
        .iter()
        .map(|path| Secret::from_file(path.as_path()));
    let gate = Gate {
        secrets: secrets.collect::<Result<_, _>>()?,
        ..Gate::default()
    };
    let store = Store::open(&config.store)?;
    if let Some(pages) = drill.growth {
        store.limit_growth(pages)?;
    }
    let line = Line::resume(store.book().mark()?, drill.clock_step);
    let fail = Arc::new(drill.fail);
    let bell = Arc::new(Bell::default());
    let rounds = rounds(&config)?;
    let address = config.listen;
    let path = config.store.clone();
    let desk = Arc::new(Desk::new(config));
    let listener = std::net::TcpListener::bind(address)
        .map_err(|source| ServeError::Listen { address, source })?;
    let clerk = Clerk::start(
        store,
        Arc::clone(&desk),
        line.clone(),
        Arc::clone(&bell),
        Arc::clone(&fail),
    )
    .map_err(ServeError::System)?;
    let couriers = courier::start(rounds, &path, &line, &clerk, &bell, &fail)?;
    let damage = Arc::new(OnceLock::new());
    let checker = check_beside(Store::reader(&path)?, Arc::clone(&damage))?;
    let app = api::App {
        damage,
        clerk: clerk.clone(),
        reader: std::sync::Mutex::new(Store::reader(&path)?),
        desk,
        line,
        accounts,
    };
    let router = delivery::webhook::router(Arc::new(clerk.clone()), gate).merge(api::router(app));
    let served = run(listener, router, ready, stop);
    bell.close();
    for courier in couriers {
        drop(courier.join());
    }
    // A long check must not hold up the end; the process takes it along.
    if checker.is_finished() {
        drop(checker.join());
    }
    clerk.stop();
    served.map_err(ServeError::System)
}

/// Checks the whole file while the centre already serves; what is wrong shows in its health.
fn check_beside(
    reader: Store,
    damage: Arc<OnceLock<String>>,
) -> Result<JoinHandle<()>, ServeError> {
    std::thread::Builder::new()
        .name("checker".to_owned())
        .spawn(move || {
            if let Err(error) = reader.check() {
                damage.get_or_init(|| error.to_string());
            }
        })
        .map_err(ServeError::System)
}

fn run(
    listener: std::net::TcpListener,
    router: axum::Router,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        ready(listener.local_addr()?);
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .await
    })
}

/// Ready when the process is asked to stop: `SIGTERM` or ctrl-c.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(interrupt.await);
}

/// Where to and over which ways.
fn rounds(config: &Config) -> Result<Vec<Round>, ServeError> {
    let mut rounds = Vec::new();
    if let Some(superior) = &config.superior {
        let mut channels: Vec<Box<dyn Channel>> = Vec::new();
        for _ in 0..superior.lanes {
            channels.push(Box::new(webhook(
                "superior",
                &superior.url,
                superior.secret_file.as_deref(),
            )?));
        }
        rounds.push(Round::new(Destination::Superior, channels));
    }
    for person in &config.people {
        let channel: Box<dyn Channel> = match &person.channel {
            Way::Webhook { url, secret_file } => {
                Box::new(webhook(&person.id, url, secret_file.as_deref())?)
            }
            Way::File(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(ServeError::System)?;
                }
                let lines = JsonLines::open(path, Box::new(RealDisk));
                let way = |source| ServeError::Way {
                    person: person.id.clone(),
                    source,
                };
                Box::new(lines.map_err(way)?)
            }
        };
        let to = Destination::Person(person.id.clone());
        rounds.push(Round::new(to, vec![channel]));
    }
    Ok(rounds)
}

fn webhook(name: &str, url: &str, secret: Option<&Path>) -> Result<Webhook, SecretError> {
    Ok(Webhook::new(WebhookOptions {
        name: format!("webhook {name}"),
        url: url.to_owned(),
        timeout: PATIENCE,
        ca: None,
        secret: secret.map(Secret::from_file).transpose()?,
    }))
}
