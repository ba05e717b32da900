//! Requests under `/plugins/<id>/`.

use std::{net::SocketAddr, sync::Arc};

use axum::body::Body;
use go_plugin::rpc::serve;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts};
use hyper::body::Incoming;
use serde_json::Map;

use super::{
    Front, TakeOver, body, go_url,
    prepare::{for_metrics, prepare},
    response::ResponseServer,
};
use crate::{
    host::{Context, Hooks, HttpHook, METRICS, ServeHttpArgs, WireRequest},
    world::{Event, Level},
};

fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

/// Where a path goes.
enum Way {
    /// To the plugin, without escapes.
    Plugin(Vec<u8>),
    /// Elsewhere, as the router cleans it.
    Redirect(String),
    Nowhere,
}

fn way(parts: &Parts, id: &str) -> Way {
    let Some(path) = go_url::unescape_path(parts.uri.path()) else {
        return Way::Nowhere;
    };
    let clean = go_url::clean(&path);
    if clean != path {
        let query = parts
            .uri
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        return Way::Redirect(go_url::escape_path(&clean) + &query);
    }
    let ours = path.strip_prefix(format!("/plugins/{id}").as_bytes());
    let ours = ours.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"));
    // The server's routes do not match a line end.
    if ours && !path.contains(&b'\n') {
        Way::Plugin(path)
    } else {
        Way::Nowhere
    }
}

impl Front {
    pub(super) async fn serve_plugin(
        self,
        request: Request<Incoming>,
        peer: SocketAddr,
        over: TakeOver,
    ) -> Response<Body> {
        let (parts, incoming) = request.into_parts();
        let id = self.host.id.clone();
        let path = match way(&parts, &id) {
            Way::Plugin(path) => path,
            Way::Redirect(to) => {
                let mut response = plain(StatusCode::MOVED_PERMANENTLY, "");
                if let Ok(to) = HeaderValue::try_from(to) {
                    response.headers_mut().insert(header::LOCATION, to);
                }
                return response;
            }
            Way::Nowhere => return plain(StatusCode::NOT_FOUND, "404 page not found\n"),
        };
        let response = match self.host.plugin.hooks() {
            Some(hooks) if hooks.implements(HttpHook::ServeHttp.name()) => {
                let world = &self.host.world;
                let (request, context) =
                    prepare(world, &parts, &id, &path, peer, world.request_id());
                self.forward(HttpHook::ServeHttp, hooks, request, context, incoming, over)
                    .await
            }
            Some(_) => plain(StatusCode::NOT_FOUND, "404 page not found\n"),
            None => plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the plugin is not running\n",
            ),
        };
        self.host.world.tell(Event::Request {
            plugin: id,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            status: response.status().as_u16(),
        });
        response
    }

    /// Answers a request for a plugin's metrics as the server's metrics port does: the plugin gets the
    /// path below `…/metrics` and the headers as they came, and learns of nobody's session.
    pub(super) async fn serve_metrics(
        self,
        request: Request<Incoming>,
        peer: SocketAddr,
        over: TakeOver,
    ) -> Response<Body> {
        let (parts, incoming) = request.into_parts();
        let own = format!("{METRICS}{}/metrics", self.host.id);
        let below = parts.uri.path().strip_prefix(&own);
        let below = below.filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let not_found = || plain(StatusCode::NOT_FOUND, "404 page not found\n");
        let (Some(below), Some(hooks)) = (below, self.host.plugin.hooks()) else {
            return not_found();
        };
        if !hooks.implements(HttpHook::ServeMetrics.name()) {
            return not_found();
        }
        let request = for_metrics(&parts, below, peer);
        let context = Context::default();
        self.forward(
            HttpHook::ServeMetrics,
            hooks,
            request,
            context,
            incoming,
            over,
        )
        .await
    }

    /// Hands a request to the plugin. What it answers comes back as soon as its head is certain.
    async fn forward(
        &self,
        hook: HttpHook,
        hooks: Hooks,
        request: WireRequest,
        context: Context,
        incoming: Incoming,
        over: TakeOver,
    ) -> Response<Body> {
        let (world, id) = (self.host.world.clone(), self.host.id.clone());
        let (server, response) = ResponseServer::new(over);
        let broker = hooks.broker().clone();
        let (response_id, body_id) = (broker.next_id(), broker.next_id());
        let arguments = ServeHttpArgs {
            response_writer_stream: response_id,
            request: Some(request),
            context: Some(context),
            request_body_stream: body_id,
        };
        let failed = {
            let (world, id) = (world.clone(), id.clone());
            move |what: &str| world.log(Level::Error, &id, what, Map::new())
        };
        let (accepting, complain) = (broker.clone(), failed.clone());
        tokio::spawn(async move {
            match accepting.accept(body_id).await {
                Ok(stream) => body::feed(stream, incoming).await,
                Err(e) => complain(&format!(
                    "the plugin did not ask for the request's body: {e}"
                )),
            }
        });
        let (serving, stranded, complain) = (server.clone(), self.stranded.clone(), failed.clone());
        tokio::spawn(async move {
            match broker.accept(response_id).await {
                // The plugin drops the stream when it likes; whether it answered shows elsewhere.
                Ok(stream) => drop(serve(stream, Arc::new(serving.clone())).await),
                Err(e) => complain(&format!("the plugin did not ask for the response: {e}")),
            }
            if let Some(taken) = serving.taken().filter(|taken| !taken.is_closed()) {
                stranded.keep(taken);
            }
        });
        // A task of its own: the client's leaving does not end the plugin's work on the request.
        tokio::spawn(async move {
            match hooks.serve(hook, &arguments).await {
                Ok(()) => server.finish().await,
                Err(e) => {
                    failed(&format!("the plugin failed to answer a request: {e}"));
                    server.fail().await;
                }
            }
        });
        // Without a head the connection was taken over, and this answer goes nowhere.
        response
            .await
            .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "no answer\n"))
    }
}
