//! The server itself: its settings and the plugin's, its version, slash commands.

use go_plugin::rpc::Call;
use gob::Gob;
use serde_json::Value as Json;

use super::{
    Api, Served,
    errors::{Alone, AnyErrorAlone, WithAnyError},
    method,
    model::Command,
    people::TwoTexts,
};
use crate::world::{AppError, SlashCommand};

#[derive(Gob)]
struct CommandArgs {
    a: Option<Command>,
}

#[derive(Default, Gob)]
struct Config {
    service_settings: ServiceSettings,
    team_settings: TeamSettings,
    cluster_settings: ClusterSettings,
}

#[derive(Default, Gob)]
struct ServiceSettings {
    #[gob(name = "SiteURL")]
    site_url: Option<String>,
    enable_user_statuses: Option<bool>,
}

#[derive(Default, Gob)]
struct TeamSettings {
    teammate_name_display: Option<String>,
    enable_custom_user_statuses: Option<bool>,
}

#[derive(Default, Gob)]
struct ClusterSettings {
    enable: Option<bool>,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        // The server's own answer is bytes of JSON and nothing else; its Go side makes errors of them.
        "LoadPluginConfiguration" => api.answer::<_, _, Alone<_>>(call, |api, (): ()| {
            let settings = Json::Object(api.world.plugin_settings(&api.plugin));
            Ok(settings.to_string().into_bytes())
        }),
        "RegisterCommand" => api.answer::<_, _, AnyErrorAlone>(call, |api, args: CommandArgs| {
            let command = args
                .a
                .ok_or_else(|| AppError::new("RegisterCommand", "", "no command", 400))?;
            api.world.register_command(SlashCommand {
                plugin_id: api.plugin.clone(),
                trigger: command.trigger,
                auto_complete: command.auto_complete,
                description: command.auto_complete_desc,
                hint: command.auto_complete_hint,
            })
        }),
        "UnregisterCommand" => api.answer::<_, _, AnyErrorAlone>(call, |api, args: TwoTexts| {
            // The first is the team, which the server leaves empty for plugins' commands.
            api.world.unregister_command(&api.plugin, &args.b);
            Ok(())
        }),
        "GetConfig" => api.answer::<_, _, Alone<_>>(call, |api, (): ()| {
            let config = api.world.config();
            Ok(Some(Config {
                service_settings: ServiceSettings {
                    site_url: Some(config.site_url),
                    enable_user_statuses: Some(config.enable_user_statuses),
                },
                team_settings: TeamSettings {
                    teammate_name_display: Some(config.teammate_name_display),
                    enable_custom_user_statuses: Some(config.enable_custom_user_statuses),
                },
                cluster_settings: ClusterSettings {
                    enable: Some(config.cluster),
                },
            }))
        }),
        "GetServerVersion" => {
            api.answer::<_, _, Alone<_>>(call, |api, (): ()| Ok(api.world.config().version));
        }
        "GetBundlePath" => api.answer::<_, _, WithAnyError<_>>(call, |api, (): ()| {
            Ok(api.bundle.display().to_string())
        }),
        _ => return Err(call),
    }
    Ok(())
}
