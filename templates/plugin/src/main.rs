//! A Mattermost plugin with a page, a slash command and a setting.

use std::{
    process::ExitCode,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use mattermost_plugin::{
    Api, Context, Hook, Plugin,
    error::{ApiError, AppError, HookError},
    http::{HttpService, user_id},
    model::{Command, CommandArgs, CommandResponse},
};
use serde_json::Value;

/// The word behind the slash.
const TRIGGER: &str = "{{project-name}}";

/// The greeting where no setting says otherwise.
const GREETING: &str = "Hello";

struct Greeter {
    api: Api,
    greeting: RwLock<String>,
}

impl Plugin for Greeter {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp, Hook::ExecuteCommand];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let command = Command {
            trigger: TRIGGER.into(),
            auto_complete: true,
            auto_complete_desc: "Greet me".into(),
            ..Command::default()
        };
        api.register_command(&command).await?;
        let greeting = RwLock::new(greeting(&settings(&api).await?));
        tracing::info!("ready to greet");
        Ok(Self { api, greeting })
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        let new = greeting(&settings(&self.api).await?);
        *self
            .greeting
            .write()
            .unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    fn http(self: &Arc<Self>) -> HttpService {
        // Paths come without `/plugins/<id>`.
        let router = Router::new().route("/", get(page));
        HttpService::new(router.with_state(Arc::clone(self)))
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let text = match self.greet(&args.user_id).await {
            Ok(text) => text,
            Err(e) => format!("The server could not say who you are: {e}"),
        };
        Ok(CommandResponse::ephemeral(text))
    }
}

impl Greeter {
    async fn greet(&self, user: &str) -> Result<String, ApiError> {
        let name = self.api.get_user(user).await?.username;
        let greeting = self.greeting.read().unwrap_or_else(PoisonError::into_inner);
        Ok(format!("{greeting}, {name}!"))
    }
}

/// `GET /plugins/<id>/`, for those who are signed in.
async fn page(
    State(plugin): State<Arc<Greeter>>,
    headers: HeaderMap,
) -> Result<String, (StatusCode, String)> {
    let Some(user) = user_id(&headers) else {
        let why = "Sign in to Mattermost first.";
        return Err((StatusCode::UNAUTHORIZED, why.to_owned()));
    };
    let text = plugin.greet(user).await;
    text.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))
}

async fn settings(api: &Api) -> Result<Value, ApiError> {
    api.load_plugin_configuration().await
}

/// The greeting that is set. The server hands keys out in whatever case they were stored, and null for no settings at all.
fn greeting(settings: &Value) -> String {
    let mut all = settings.as_object().into_iter().flatten();
    let set = all.find(|(key, _)| key.eq_ignore_ascii_case("Greeting"));
    let text = set
        .and_then(|(_, value)| value.as_str())
        .unwrap_or_default();
    let text = text.trim();
    if text.is_empty() { GREETING } else { text }.to_owned()
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Greeter>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_greeting_is_what_is_set() {
        for (settings, expected) in [
            (json!({"greeting": " Moin "}), "Moin"),
            (json!({"Greeting": ""}), GREETING),
            (json!({"greeting": null}), GREETING),
            (json!(null), GREETING),
        ] {
            assert_eq!(greeting(&settings), expected, "{settings}");
        }
    }
}
