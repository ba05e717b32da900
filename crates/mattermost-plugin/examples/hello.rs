//! A whole plugin: a page, a slash command and a line in the log.
//!
//! Build it, name it under `server.executables` in a `plugin.json`, and upload both as a bundle.

use std::{process::ExitCode, sync::Arc};

use http::Response;
use mattermost_plugin::{
    Api, Context, Hook, Plugin,
    error::{AppError, HookError},
    http::{HttpService, USER_ID_HEADER},
    model::{Command, CommandArgs, CommandResponse},
};

struct Hello {
    api: Api,
}

impl Plugin for Hello {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp, Hook::ExecuteCommand];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let command = Command {
            trigger: "hello".into(),
            ..Command::default()
        };
        api.register_command(&command).await?;
        tracing::info!("hello is there");
        Ok(Self { api })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let this = Arc::clone(self);
        HttpService::from_fn(move |request| {
            let this = Arc::clone(&this);
            async move {
                let user = request.headers().get(USER_ID_HEADER);
                let name = match user.and_then(|id| id.to_str().ok()) {
                    Some(id) => this.api.get_user(id).await.map(|user| user.username),
                    None => Ok("stranger".into()),
                };
                let text = name.map_or_else(|e| e.to_string(), |name| format!("Hello, {name}!"));
                Response::new(text)
            }
        })
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let text = format!("You said: {}", args.command);
        Ok(CommandResponse::ephemeral(text))
    }
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Hello>()
}
