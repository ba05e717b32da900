//! The smallest plugin that does something: a page, and a line in the server's log.
//!
//! `GET /plugins/com.example.hello/` greets whoever is signed in by name.

use std::{process::ExitCode, sync::Arc};

use http::Response;
use mattermost_plugin::{
    Api, Hook, Plugin,
    error::HookError,
    http::{HttpService, user_id},
};

struct Hello {
    api: Api,
}

impl Plugin for Hello {
    // A hook that is not named here is never called.
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp];

    async fn activate(api: Api) -> Result<Self, HookError> {
        tracing::info!("hello is there");
        Ok(Self { api })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let this = Arc::clone(self);
        HttpService::from_fn(move |request| {
            let this = Arc::clone(&this);
            async move {
                let name = match user_id(request.headers()) {
                    Some(id) => this.api.get_user(id).await.map(|user| user.username),
                    None => Ok("stranger".into()),
                };
                let text = name.map_or_else(|e| e.to_string(), |name| format!("Hello, {name}!"));
                Response::new(text)
            }
        })
    }
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Hello>()
}
