//! A websocket: what one client says at `/plugins/com.example.websocket/ws`, all of them hear.
//!
//! The server hands its connection over, and tokio-tungstenite works on it as on any other. A reverse proxy in between has to pass
//! websockets on for this path, as it does for Mattermost's own (`/api/v4/websocket`).

use std::{process::ExitCode, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use mattermost_plugin::{
    Api, Hook, Plugin,
    error::HookError,
    http::{Body, Hijack, Hijacked, HttpService, user_id},
};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};

/// What a slow client may be behind, in messages. Then it misses some.
const BACKLOG: usize = 64;

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 4096;

struct Room {
    api: Api,
    said: broadcast::Sender<Utf8Bytes>,
}

impl Plugin for Room {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let (said, _) = broadcast::channel(BACKLOG);
        Ok(Self { api, said })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let this = Arc::clone(self);
        HttpService::from_fn(move |request| {
            let this = Arc::clone(&this);
            async move {
                let (status, text) = match this.enter(request).await {
                    // The connection is not the server's any more: what is answered here goes nowhere.
                    Ok(()) => (StatusCode::SWITCHING_PROTOCOLS, String::new()),
                    Err(refusal) => refusal,
                };
                let mut response = Response::new(text);
                *response.status_mut() = status;
                response
            }
        })
    }
}

impl Room {
    async fn enter(&self, mut request: Request<Body>) -> Result<(), (StatusCode, String)> {
        let refuse = |status, why: &str| Err((status, why.to_owned()));
        let hijack = request.extensions_mut().remove::<Hijack>();
        let header = |name| {
            request
                .headers()
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        let (Some(hijack), Some(key), "/ws") = (
            hijack,
            header(header::SEC_WEBSOCKET_KEY),
            request.uri().path(),
        ) else {
            return refuse(
                StatusCode::UPGRADE_REQUIRED,
                "This plugin has a websocket at /ws.",
            );
        };
        let Some(user) = user_id(request.headers()) else {
            return refuse(StatusCode::UNAUTHORIZED, "Sign in to Mattermost first.");
        };
        // A browser sends its cookie along from any page: only the server's own may open this. Programs send no Origin.
        if let Some(origin) = header(header::ORIGIN)
            && !self.is_ours(origin).await
        {
            return refuse(StatusCode::FORBIDDEN, "That is another site's page.");
        }
        let user = self.api.get_user(user).await;
        let user = user.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))?;
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
        let accept = accept.map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?;
        let headers = HeaderMap::from_iter([
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::CONNECTION, HeaderValue::from_static("Upgrade")),
            (header::SEC_WEBSOCKET_ACCEPT, accept),
        ]);
        let connection = hijack.switch_protocols(&headers).await;
        let connection = connection.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))?;
        // In a task of its own: as long as the handler runs, the server waits for it.
        tokio::spawn(talk(connection, user.username, self.said.clone()));
        Ok(())
    }

    /// Whether a page with this origin is one of the server's.
    async fn is_ours(&self, origin: &str) -> bool {
        let config = self.api.get_config().await;
        config
            .ok()
            .as_ref()
            .and_then(|config| config.site_url())
            .is_some_and(|site| {
                // The site may be below a path, an origin has none.
                let rest = site.strip_prefix(origin);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

async fn talk(connection: Hijacked, name: String, said: broadcast::Sender<Utf8Bytes>) {
    let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE));
    let mut socket = WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await;
    let mut heard = said.subscribe();
    loop {
        let sent = tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    // Nobody hears it: that is not so, this client does.
                    let _ = said.send(format!("{name}: {text}").into());
                    Ok(())
                }
                // Pings are answered by the library.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => Ok(()),
            },
            text = heard.recv() => match text {
                Ok(text) => socket.send(Message::Text(text)).await,
                Err(RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "a client is slow");
                    Ok(())
                }
                Err(RecvError::Closed) => return,
            },
        };
        if sent.is_err() {
            return;
        }
    }
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Room>()
}
