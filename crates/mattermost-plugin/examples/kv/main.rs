//! The key-value store in the server's database: how often each person has pressed a button, which outlives the plugin and is right
//! on every node of a cluster.
//!
//! - `POST /plugins/com.example.kv/count` counts, and answers how often it was by now;
//! - `GET …/count` says it.

use std::{process::ExitCode, sync::Arc};

use http::{Method, Request, Response, StatusCode};
use mattermost_plugin::{
    Api, Hook, Plugin,
    error::{ApiError, HookError},
    http::{Body, HttpService, user_id},
};

/// How often it is tried to be the one who writes. Several may press at once, on several nodes.
const TRIES: u32 = 10;

struct Counter {
    api: Api,
}

impl Plugin for Counter {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp];

    async fn activate(api: Api) -> Result<Self, HookError> {
        Ok(Self { api })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let this = Arc::clone(self);
        HttpService::from_fn(move |request| {
            let this = Arc::clone(&this);
            async move {
                let (status, text) = this.answer(&request).await;
                let mut response = Response::new(text);
                *response.status_mut() = status;
                response
            }
        })
    }
}

impl Counter {
    async fn answer(&self, request: &Request<Body>) -> (StatusCode, String) {
        if request.uri().path() != "/count" {
            return (StatusCode::NOT_FOUND, "There is only /count.".into());
        }
        let Some(user) = user_id(request.headers()) else {
            return (
                StatusCode::UNAUTHORIZED,
                "Sign in to Mattermost first.".into(),
            );
        };
        // A key has at most 50 characters on older servers; an id has 26.
        let key = format!("count_{user}");
        let counted = match *request.method() {
            Method::GET => self.read(&key).await.map(|(count, _)| Some(count)),
            Method::POST => self.count(&key).await,
            _ => return (StatusCode::METHOD_NOT_ALLOWED, "GET or POST.".into()),
        };
        match counted {
            Ok(Some(count)) => (StatusCode::OK, count.to_string()),
            Ok(None) => (
                StatusCode::CONFLICT,
                "Too many press at once: try again.".into(),
            ),
            Err(e) => {
                tracing::warn!("the store: {e}");
                (StatusCode::BAD_GATEWAY, e.to_string())
            }
        }
    }

    /// The count, and the bytes that it was read from.
    async fn read(&self, key: &str) -> Result<(u64, Option<Vec<u8>>), ApiError> {
        let bytes = self.api.kv_get(key).await?;
        let count = bytes
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse().ok());
        Ok((count.unwrap_or(0), bytes))
    }

    /// One more, if nobody else wrote since it was read. A plain `kv_set` would lose counts.
    async fn count(&self, key: &str) -> Result<Option<u64>, ApiError> {
        for _ in 0..TRIES {
            let (count, old) = self.read(key).await?;
            let new = count.saturating_add(1);
            let bytes = new.to_string().into_bytes();
            if self
                .api
                .kv_compare_and_set(key, old.as_deref(), &bytes)
                .await?
            {
                return Ok(Some(new));
            }
        }
        Ok(None)
    }
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Counter>()
}
