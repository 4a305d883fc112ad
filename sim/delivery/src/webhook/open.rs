//! An open door: whatever is posted, to whatever path, goes to a [`RawIntake`].

use crate::RawIntake;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Largest body, bytes: some systems send their snapshot along.
const MAX_BYTES: usize = 8 << 20;
/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

struct Door {
    intake: Arc<dyn RawIntake>,
    answer: Bytes,
}

/// Takes every POST and PUT; `answer` is the JSON that the sender wants to hear.
pub fn open_router(intake: Arc<dyn RawIntake>, answer: &str) -> Router {
    let answer = Bytes::copy_from_slice(answer.as_bytes());
    Router::new()
        .fallback(hear)
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(Arc::new(Door { intake, answer }))
}

async fn hear(State(door): State<Arc<Door>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let refuse = |status: StatusCode, why: String| {
        door.intake.turned_away(&path, &why);
        (status, why).into_response()
    };
    if ![Method::POST, Method::PUT].contains(request.method()) {
        let why = format!("{} instead of POST", request.method());
        return refuse(StatusCode::METHOD_NOT_ALLOWED, why);
    }
    match timeout(PATIENCE, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) if door.intake.take(&path, &body) => {
            let kind = (header::CONTENT_TYPE, "application/json");
            ([kind], door.answer.clone()).into_response()
        }
        Ok(Ok(_)) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(Err(rejection)) => refuse(rejection.status(), rejection.body_text()),
        Err(late) => refuse(StatusCode::REQUEST_TIMEOUT, late.to_string()),
    }
}
