//! The HTTP API beside `POST /v1/messages`: reads, and what people do.
//!
//! | request | for | what |
//! | --- | --- | --- |
//! | `GET /v1/health` | all | 200 or 503 with the reasons |
//! | `GET /v1/alerts?state=&kind=&site=&grid=&since=&before=&limit=` | viewer | cases, newest first; `next` continues |
//! | `GET /v1/alerts/ID` | viewer | case, alerts, steps, who was told |
//! | `POST /v1/alerts/ID/steps` `{to, why}` | officer | brings it on |
//! | `POST /v1/alerts/ID/hand-over` `{grid, why}` | officer | another grid's people |
//! | `POST /v1/alerts/ID/take-over` `{why}` | officer | from a centre below |
//! | `GET`, `POST /v1/silences` `{reason, lasts_s, site, camera, grid, kind}`, `DELETE /v1/silences/ID` | officer | silences |
//! | `GET /v1/roster` | viewer | who is on duty now |
//! | `GET /v1/audit` | admin | the last 200 lines |
//!
//! Errors are `{"error": "..."}`: 400 for a body that is none, 401 without a token, 403 for another's
//! grid, 404, 409 for a step that is not allowed, 503 when the store takes nothing.

use super::access::{Account, Accounts, Grant};
use super::clerk::{Clerk, Job};
use super::health::Health;
use super::line::Line;
use crate::clock::{Moment, written};
use crate::config::Role;
use crate::desk::{Act, Desk, DeskError, Refusal, Silencing};
use crate::store::{Case, Filter, Store, StoreError};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use base::SimTime;
use base::handling;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::oneshot;

/// Largest body of a person's action, bytes.
const MAX_BODY: usize = 16 << 10;
/// Cases of one answer, if none or too many are asked for.
const PAGE: u32 = 100;
/// Lines of the audit that are shown.
const AUDIT: u32 = 200;

/// What the handlers share.
pub(super) struct App {
    pub(super) clerk: Clerk,
    pub(super) reader: Mutex<Store>,
    pub(super) desk: Arc<Desk>,
    pub(super) line: Line,
    pub(super) accounts: Accounts,
    /// What the check of the whole file found wrong.
    pub(super) damage: Arc<OnceLock<String>>,
}

impl App {
    pub(super) fn now(&self) -> Moment {
        self.line.now()
    }
}

type Shared = State<Arc<App>>;

/// An answer that is an error.
struct Trouble(StatusCode, String);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            DeskError::Refused(refusal) => match refusal {
                Refusal::UnknownAlert(_) | Refusal::UnknownSilence(_) => StatusCode::NOT_FOUND,
                Refusal::NotAllowed { .. }
                | Refusal::NotOwner { .. }
                | Refusal::AlreadyOwner(_) => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
        };
        Self(status, error.to_string())
    }
}

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/alerts", get(list))
        .route("/v1/alerts/{id}", get(show))
        .route("/v1/alerts/{id}/steps", post(step))
        .route("/v1/alerts/{id}/hand-over", post(hand_over))
        .route("/v1/alerts/{id}/take-over", post(take_over))
        .route("/v1/silences", get(silences).post(silence))
        .route("/v1/silences/{id}", delete(end_silence))
        .route("/v1/roster", get(roster))
        .route("/v1/audit", get(audit))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(app))
}

fn enter(app: &App, headers: &HeaderMap, needed: Grant) -> Result<Account, Trouble> {
    let Some(account) = app.accounts.of(headers) else {
        let help = "send `authorization: Bearer TOKEN` with a token of this centre";
        return Err(Trouble(StatusCode::UNAUTHORIZED, help.to_owned()));
    };
    if account.grant < needed {
        let what = format!("`{}` may not do that", account.name);
        return Err(Trouble(StatusCode::FORBIDDEN, what));
    }
    Ok(account)
}

/// Reads off the threads that serve: SQLite may wait.
async fn read<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App, &Store) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let app = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || {
        let store = app.reader.lock().unwrap_or_else(PoisonError::into_inner);
        work(&app, &store)
    });
    match done.await {
        Ok(result) => result,
        Err(error) => Err(Trouble(
            StatusCode::INTERNAL_SERVER_ERROR,
            error.to_string(),
        )),
    }
}

async fn act(app: &Arc<App>, act: Act) -> Result<Option<i64>, Trouble> {
    let (answer, answered) = oneshot::channel();
    let clerk = app.clerk.clone();
    let say = Box::new(move |result| drop(answer.send(result)));
    // The queue may be full: wait where waiting is allowed.
    drop(tokio::task::spawn_blocking(move || clerk.give(Job::Act(act, say))).await);
    match answered.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(Trouble(
            StatusCode::SERVICE_UNAVAILABLE,
            "the centre is closing".to_owned(),
        )),
    }
}

fn body<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|e| Trouble(StatusCode::BAD_REQUEST, e.to_string()))
}

async fn health(State(app): Shared) -> Result<Response, Trouble> {
    let health = read(&app, |app, store| Ok(Health::of(app, &app.clerk, store)?)).await?;
    let status = if health.reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok((status, Json(health)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    state: Option<String>,
    kind: Option<String>,
    site: Option<String>,
    grid: Option<String>,
    since: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

fn bad(what: &impl ToString) -> Trouble {
    Trouble(StatusCode::BAD_REQUEST, what.to_string())
}

fn filter(wanted: Wanted, account: &Account) -> Result<Filter, Trouble> {
    let state = wanted.state.map(|id| {
        handling::State::from_id(&id).ok_or_else(|| bad(&format!("`{id}` is not a state")))
    });
    let since = wanted.since.map(|text| {
        let at: Result<jiff::Timestamp, _> = text.parse();
        at.map(|at| i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX))
            .map_err(|e| {
                bad(&format!(
                    "`since` is no instant ({e}): write it as 2023-09-21T18:10:00Z"
                ))
            })
    });
    let grids = match (wanted.grid, &account.grids) {
        (Some(grid), _) if !account.covers(Some(&grid)) => {
            let what = format!("`{}` may not see grid `{grid}`", account.name);
            return Err(Trouble(StatusCode::FORBIDDEN, what));
        }
        (Some(grid), _) => Some(vec![grid]),
        (None, grids) => grids.clone(),
    };
    Ok(Filter {
        state: state.transpose()?,
        kind: wanted
            .kind
            .map(|id| id.parse())
            .transpose()
            .map_err(|e| bad(&e))?,
        site: wanted.site,
        grids,
        since: since.transpose()?,
        before: wanted.before,
        limit: wanted.limit.unwrap_or(PAGE).clamp(1, PAGE),
    })
}

async fn list(
    State(app): Shared,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Viewer)?;
    let filter = filter(wanted, &account)?;
    let limit = filter.limit as usize;
    let found = read(&app, move |_, store| Ok(store.book().find(&filter)?)).await?;
    let next = (found.len() == limit).then(|| found.last().map(|f| f.row));
    Ok(Json(json!({ "alerts": found, "next": next.flatten() })))
}

/// The case of an alert, when it is the account's business.
fn case(store: &Store, account: &Account, id: &str) -> Result<Case, Trouble> {
    let case = store.book().case_of(id)?;
    let case = case.ok_or_else(|| DeskError::from(Refusal::UnknownAlert(id.to_owned())))?;
    if account.covers(case.grid.as_deref()) {
        return Ok(case);
    }
    let what = format!("`{id}` is not in a grid of `{}`", account.name);
    Err(Trouble(StatusCode::FORBIDDEN, what))
}

async fn show(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Viewer)?;
    read(&app, move |_, store| {
        let case = case(store, &account, &id)?;
        let book = store.book();
        Ok(Json(json!({
            "case": case,
            "alerts": book.alerts_of(&case.id)?,
            "steps": book.steps(&case.id)?,
            "told": book.assignments(&case.id)?,
        })))
    })
    .await
}

/// Checks that a case is the account's business, then does something with it.
async fn act_on(
    app: Arc<App>,
    account: Account,
    id: String,
    deed: Act,
) -> Result<Json<Value>, Trouble> {
    let found = id.clone();
    read(&app, move |_, store| {
        case(store, &account, &found).map(drop)
    })
    .await?;
    act(&app, deed).await?;
    read(&app, move |_, store| {
        let case = store.book().case_of(&id)?;
        Ok(Json(json!({ "case": case })))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepBody {
    to: handling::State,
    #[serde(default)]
    why: String,
}

async fn step(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    text: String,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Officer)?;
    let StepBody { to, why } = body(&text)?;
    let deed = Act::Step {
        alert: id.clone(),
        to,
        who: account.name.clone(),
        why,
    };
    act_on(app, account, id, deed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverBody {
    grid: String,
    #[serde(default)]
    why: String,
}

async fn hand_over(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    text: String,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Officer)?;
    let HandOverBody { grid, why } = body(&text)?;
    let deed = Act::HandOver {
        alert: id.clone(),
        grid,
        who: account.name.clone(),
        why,
    };
    act_on(app, account, id, deed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TakeOverBody {
    #[serde(default)]
    why: String,
}

async fn take_over(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    text: String,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Officer)?;
    let TakeOverBody { why } = body(&text)?;
    let deed = Act::TakeOver {
        alert: id.clone(),
        who: account.name.clone(),
        why,
    };
    act_on(app, account, id, deed).await
}

async fn silences(State(app): Shared, headers: HeaderMap) -> Result<Json<Value>, Trouble> {
    enter(&app, &headers, Grant::Viewer)?;
    read(&app, |app, store| {
        let silences = store.book().silences(app.now().at)?;
        Ok(Json(json!({ "silences": silences })))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SilenceBody {
    reason: String,
    lasts_s: f64,
    site: Option<String>,
    camera: Option<String>,
    grid: Option<String>,
    kind: Option<String>,
}

async fn silence(
    State(app): Shared,
    headers: HeaderMap,
    text: String,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Officer)?;
    let wanted: SilenceBody = body(&text)?;
    if account.grids.is_some()
        && !wanted
            .grid
            .as_deref()
            .is_some_and(|g| account.covers(Some(g)))
    {
        let what = format!("`{}` may only silence one of its grids", account.name);
        return Err(Trouble(StatusCode::FORBIDDEN, what));
    }
    let deed = Act::Silence(Silencing {
        author: account.name,
        reason: wanted.reason,
        site: wanted.site,
        camera: wanted.camera,
        grid: wanted.grid,
        kind: wanted.kind,
        lasts: SimTime::from_secs_f64(wanted.lasts_s),
    });
    let id = act(&app, deed).await?;
    Ok(Json(json!({ "id": id })))
}

async fn end_silence(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Json<Value>, Trouble> {
    let account = enter(&app, &headers, Grant::Officer)?;
    let who = account.name;
    act(&app, Act::EndSilence { id, who }).await?;
    Ok(Json(json!({ "id": id })))
}

async fn roster(State(app): Shared, headers: HeaderMap) -> Result<Json<Value>, Trouble> {
    enter(&app, &headers, Grant::Viewer)?;
    let wall = app.now().wall;
    let config = app.desk.config();
    let roster = &config.roster;
    let name = |id: &str| config.person(id).map(|p| p.name.as_str());
    let grids: Vec<_> = roster
        .grids
        .iter()
        .map(|grid| {
            let [holder, deputy] =
                [Role::Holder, Role::Deputy].map(|role| roster.on_duty(role, Some(&grid.id), wall));
            json!({
                "grid": grid.id, "county": grid.county,
                "holder": { "id": holder, "name": name(holder) },
                "deputy": { "id": deputy, "name": name(deputy) },
            })
        })
        .collect();
    let officer = roster.on_duty(Role::Officer, None, wall);
    Ok(Json(json!({
        "at": written(wall, config.offset),
        "officer": { "id": officer, "name": name(officer) },
        "grids": grids,
    })))
}

async fn audit(State(app): Shared, headers: HeaderMap) -> Result<Json<Value>, Trouble> {
    enter(&app, &headers, Grant::Admin)?;
    let offset = app.desk.config().offset;
    read(&app, move |_, store| {
        let lines = store.book().audit_lines(AUDIT)?;
        let line = |(wall, who, what): (i64, String, String)| json!({ "at": written(wall, offset), "who": who, "what": what });
        Ok(Json(json!({ "audit": lines.into_iter().map(line).collect::<Vec<_>>() })))
    })
    .await
}
