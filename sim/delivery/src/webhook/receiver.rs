//! The receiving end: a router that hands what comes in to an [`Intake`].

use super::signature::{SignatureFault, Signed, verify};
use super::{ID, PATH, Problem, SIGNATURE, TIMESTAMP, header_of};
use crate::{Intake, Refusal, Secret};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base::clock;
use base::message::Message;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Who may send what.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Keys of the senders; one of them must have signed. None: unsigned messages are taken.
    pub secrets: Vec<Secret>,
    /// Largest body, bytes.
    pub max_bytes: usize,
    /// How far a signature's time may be from ours, seconds.
    pub tolerance: i64,
    /// How long a body may take to come.
    pub patience: Duration,
    /// Most messages being stored at a time; more are told to come again.
    pub max_busy: usize,
    /// Seconds since 1970.
    pub clock: fn() -> i64,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            secrets: Vec::new(),
            max_bytes: 1 << 20,
            tolerance: 300,
            patience: Duration::from_secs(20),
            max_busy: 64,
            clock: clock::unix_seconds,
        }
    }
}

struct Door {
    intake: Arc<dyn Intake>,
    places: Semaphore,
    gate: Gate,
}

/// `POST /v1/messages` for an intake, to be served alone or merged into another router.
pub fn router(intake: Arc<dyn Intake>, gate: Gate) -> Router {
    let limit = DefaultBodyLimit::max(gate.max_bytes);
    Router::new()
        .route(PATH, post(receive))
        .layer(limit)
        .with_state(Arc::new(Door {
            intake,
            places: Semaphore::new(gate.max_busy),
            gate,
        }))
}

/// A refusal on its way out.
struct Refused {
    status: StatusCode,
    problem: Problem,
}

/// The statuses that are final: the message itself is at fault. What a wrong key, a wrong
/// address or a busy disk brings about may be mended while the message waits.
fn refused(status: StatusCode, key: Option<&str>, error: impl Into<String>) -> Refused {
    let is_final = matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
    );
    Refused {
        status,
        problem: Problem {
            key: key.map(str::to_owned),
            error: error.into(),
            is_final,
        },
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.problem)).into_response();
        if [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        ]
        .contains(&self.status)
        {
            let seconds = header::HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

async fn receive(State(door): State<Arc<Door>>, request: Request) -> Response {
    match accept(&door, request).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

async fn accept(door: &Door, request: Request) -> Result<Response, Refused> {
    let headers = request.headers().clone();
    let id = text(&headers, ID);
    if !is_json(&headers) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(refused(status, id, "send `content-type: application/json`"));
    }
    let body = match timeout(door.gate.patience, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return Err(refused(rejection.status(), id, rejection.body_text())),
        Err(late) => return Err(refused(StatusCode::REQUEST_TIMEOUT, id, late.to_string())),
    };
    check_signature(&door.gate, &headers, &body)
        .map_err(|fault| refused(StatusCode::UNAUTHORIZED, id, fault.to_string()))?;
    let message: Message = serde_json::from_slice(&body)
        .map_err(|e| refused(StatusCode::BAD_REQUEST, id, format!("no message: {e}")))?;
    let key = header_of(&message.key);
    if id.is_some_and(|id| id != key) {
        let why = format!("`{ID}` names another message than the body, which has `{key}`");
        return Err(refused(StatusCode::BAD_REQUEST, id, why));
    }
    let busy = |_| refused(StatusCode::TOO_MANY_REQUESTS, Some(&key), "busy");
    let _place = door.places.try_acquire().map_err(busy)?;
    let intake = Arc::clone(&door.intake);
    let taken = tokio::task::spawn_blocking(move || intake.take(message)).await;
    match taken {
        Ok(Ok(receipt)) => Ok(Json(receipt).into_response()),
        Ok(Err(Refusal::Later(why))) => {
            Err(refused(StatusCode::SERVICE_UNAVAILABLE, Some(&key), why))
        }
        Ok(Err(Refusal::Never(why))) => {
            Err(refused(StatusCode::UNPROCESSABLE_ENTITY, Some(&key), why))
        }
        Err(panicked) => Err(refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            Some(&key),
            panicked.to_string(),
        )),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn check_signature(gate: &Gate, headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureFault> {
    if gate.secrets.is_empty() {
        return Ok(());
    }
    let wanted = |name| text(headers, name).ok_or(SignatureFault::Missing);
    let (id, timestamp, signature) = (wanted(ID)?, wanted(TIMESTAMP)?, wanted(SIGNATURE)?);
    let Ok(timestamp) = timestamp.parse() else {
        return Err(SignatureFault::Timestamp);
    };
    let signed = Signed {
        id,
        timestamp,
        body,
    };
    verify(
        &gate.secrets,
        signed,
        signature,
        (gate.clock)(),
        gate.tolerance,
    )
}
