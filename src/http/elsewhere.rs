//! What the node of a cluster that leads does for those that follow. Such a node hands on only what could be permitted, so that nobody without
//! a secret or a session gives all nodes work; the one that leads permits it.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::routing::{MethodRouter, any};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use mattermost_plugin::http::RequestInfo;
use tokio::sync::Semaphore;

use super::calls::signed_in;
use super::{auth, errors, form, script, video};
use crate::app::App;
use crate::host::Host;

/// Answers a request on the node that leads.
pub(crate) type Elsewhere = Arc<
    dyn Fn(Request<Bytes>) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> + Send + Sync,
>;

/// The longest address and headers of a request that is handed on, in bytes: a text for a phone may be in its query.
const MAX_HEAD_BYTES: usize = 128 * 1024;

/// The same where nobody need be signed in.
const MAX_OPEN_HEAD_BYTES: usize = 16 * 1024;

/// How many requests for which nobody need be signed in are handed on at once.
const MAX_OPEN: usize = 16;

/// What a request must show to be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// That somebody is signed in.
    Session,
    /// What the board asks for.
    Board,
    /// The Asterisk account.
    Account,
    /// Nothing that this node knows: browsers tell without a session that somebody is in a conference still, or left it.
    Open,
}

/// Routes that are served here, or on the node that leads.
pub(super) struct Led<H> {
    elsewhere: Option<Elsewhere>,
    open: Arc<Semaphore>,
    of: std::marker::PhantomData<fn(H)>,
}

impl<H: Host> Led<H> {
    pub(super) fn new(elsewhere: Option<Elsewhere>) -> Self {
        Self {
            elsewhere,
            open: Arc::new(Semaphore::new(MAX_OPEN)),
            of: std::marker::PhantomData,
        }
    }

    /// A route's `handler`, or what hands on in place of it.
    pub(super) fn route(
        &self,
        pass: Pass,
        handler: MethodRouter<Arc<App<H>>>,
    ) -> MethodRouter<Arc<App<H>>> {
        let Some(elsewhere) = self.elsewhere.clone() else {
            return handler;
        };
        let open = Arc::clone(&self.open);
        any(
            move |State(app): State<Arc<App<H>>>, request: Request<Body>| {
                let (elsewhere, open) = (Arc::clone(&elsewhere), Arc::clone(&open));
                async move {
                    let _place = match pass {
                        Pass::Open => match open.try_acquire_owned() {
                            Ok(place) => Some(place),
                            Err(_) => return busy(),
                        },
                        Pass::Session | Pass::Board | Pass::Account => None,
                    };
                    match passed(&app, pass, request).await {
                        Ok(request) => elsewhere(request).await,
                        Err(answer) => answer,
                    }
                }
            },
        )
    }
}

/// A request that may be handed on, with its body.
async fn passed<H: Host>(
    app: &Arc<App<H>>,
    pass: Pass,
    request: Request<Body>,
) -> Result<Request<Bytes>, Response<Body>> {
    let (parts, body) = request.into_parts();
    let json = parts.uri.path().starts_with("/api/");
    let (most, longest) = match pass {
        Pass::Open => (MAX_OPEN_HEAD_BYTES, video::MAX_BODY_BYTES),
        Pass::Session | Pass::Board | Pass::Account => (MAX_HEAD_BYTES, form::MAX_FORM_BYTES),
    };
    if head_bytes(&parts) > most {
        let what = format!("the address and the headers are longer than {most} bytes");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(errors::answer(status, &what, json));
    }
    match pass {
        Pass::Session if signed_in(&parts).is_none() => return Err(video::nobody()),
        Pass::Board => {
            let viewer = auth::board(app, &parts).await;
            viewer.map_err(|refusal| refusal.answer(app, json))?;
        }
        Pass::Session | Pass::Account | Pass::Open => {}
    }
    let body = to_bytes(body, longest).await;
    let body = body.map_err(|_| errors::too_long(longest, json))?;
    if pass == Pass::Account {
        let form = form::of_body(&parts, Body::from(body.clone()), json).await?;
        let form = form.unwrap_or_default();
        script::permitted(app, &parts, &form).map_err(|refused| *refused)?;
    }
    Ok(Request::from_parts(parts, body))
}

fn head_bytes(parts: &Parts) -> usize {
    let info = parts.extensions.get::<RequestInfo>();
    let target = info.map_or(0, |info| info.raw_target.len());
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
    let query = parts.uri.query().unwrap_or_default().len();
    parts.uri.path().len() + query + target + headers.sum::<usize>()
}

fn busy() -> Response<Body> {
    let what = "too many such requests wait for the node that leads; try again";
    errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true)
}
