//! The upper centre: a ledger of what it receipted, in this process, which nobody kills.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base::message::{Body, Message, Receipt};
use delivery::Server;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// What it received.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Key and how often it came.
    pub came: BTreeMap<String, u64>,
    /// Ids of alerts, and how often they were new.
    pub alerts: BTreeMap<String, u64>,
    /// It says "received" and forgets.
    pub forgets: bool,
    /// How often it did.
    pub forgotten: u64,
}

type Shared = Arc<Mutex<Ledger>>;

pub(crate) struct Superior {
    pub ledger: Shared,
    pub address: SocketAddr,
    server: Option<Server>,
}

impl Superior {
    pub(crate) fn start() -> Self {
        let ledger = Shared::default();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(address, router(&ledger)).expect("listens");
        Self {
            address: server.address(),
            server: Some(server),
            ledger,
        }
    }

    /// The way to it is cut.
    pub(crate) fn cut(&mut self) {
        self.server = None;
    }

    /// The way is there again.
    pub(crate) fn heal(&mut self) {
        self.server = Some(Server::start(self.address, router(&self.ledger)).expect("listens"));
    }

    pub(crate) fn forgets(&self, forgets: bool) {
        self.ledger.lock().expect("sound").forgets = forgets;
    }

    pub(crate) fn alerts(&self) -> BTreeMap<String, u64> {
        self.ledger.lock().expect("sound").alerts.clone()
    }
}

fn router(ledger: &Shared) -> Router {
    Router::new()
        .route("/v1/messages", post(take))
        .with_state(Arc::clone(ledger))
}

async fn take(State(ledger): State<Shared>, text: String) -> Response {
    let Ok(message) = serde_json::from_str::<Message>(&text) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut ledger = ledger.lock().expect("sound");
    if ledger.forgets {
        ledger.forgotten += 1;
        return (StatusCode::OK, "received, thank you").into_response();
    }
    let n = ledger.came.entry(message.key.clone()).or_default();
    *n += 1;
    let duplicate = *n > 1;
    if let Body::Alert(alert) = &message.body
        && !duplicate
    {
        *ledger.alerts.entry(alert.id.clone()).or_default() += 1;
    }
    let receipt = Receipt {
        key: message.key,
        duplicate,
    };
    axum::Json(receipt).into_response()
}
