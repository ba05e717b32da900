//! The probe's `/api`: every call, with its arguments and its answer as JSON.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use mattermost_plugin::{
    error::ApiError,
    http::Body,
    model::{PluginClusterEvent, PluginClusterEventSendOptions, PluginKvSetOptions, Status},
};
use serde_json::{Value, json};

use crate::{
    Probe,
    routes::{json as json_answer, query},
};

type Answer = Response<BoxBody<Bytes, std::io::Error>>;

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) async fn statuses(probe: &Arc<Probe>, n: u64) -> Answer {
    let ids: Vec<String> = (0..n).map(|i| format!("user{i:04}")).collect();
    match probe.api.get_user_statuses_by_ids(&ids).await {
        Ok(statuses) => json_answer(StatusCode::OK, &json!(statuses)),
        Err(e) => json_answer(StatusCode::BAD_GATEWAY, &failure(e)),
    }
}

pub(crate) async fn call(probe: &Arc<Probe>, request: &Request<Body>) -> Answer {
    let method = query(request, "method").unwrap_or_default();
    let args = query(request, "args").filter(|args| !args.is_empty());
    let args: Vec<Value> = match serde_json::from_str(args.as_deref().unwrap_or("[]")) {
        Ok(args) => args,
        Err(e) => return bad(&format!("args: {e}")),
    };
    match by_name(probe, &method, args).await {
        Ok(Ok(result)) => json_answer(StatusCode::OK, &json!({"result": result, "error": null})),
        Ok(Err(e)) => json_answer(
            StatusCode::OK,
            &json!({"result": null, "error": failure(e)}),
        ),
        Err(why) => bad(&why),
    }
}

fn bad(why: &str) -> Answer {
    json_answer(StatusCode::BAD_REQUEST, &json!({"error": why}))
}

fn failure(error: ApiError) -> Value {
    match error {
        ApiError::App(e) => json!({
            "id": e.id,
            "message": e.message,
            "detailed_error": e.detailed_error,
            "status_code": e.status_code,
        }),
        other => json!({"message": other.to_string()}),
    }
}

/// One argument, from its JSON.
fn take<T: serde::de::DeserializeOwned>(args: &mut std::vec::IntoIter<Value>) -> Result<T, String> {
    let value = args.next().ok_or("args: too few")?;
    serde_json::from_value(value).map_err(|e| format!("args: {e}"))
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64_STANDARD
        .decode(value.as_str().unwrap_or_default())
        .unwrap_or_default()
}

/// The outer error is the caller's, the inner one the server's.
type Outcome = Result<Result<Value, ApiError>, String>;

/// Calls whose arguments are JSON as they are: taken in order, by reference.
macro_rules! plain {
    ($api:ident, $method:ident, $args:ident, { $($wire:literal => $name:ident($($arg:ident: $type:ty),*),)* }) => {
        match $method {
            $($wire => {
                $(let $arg: $type = take(&mut $args)?;)*
                let result = $api.$name($(&$arg),*).await;
                return Ok(result.map(|value| json!(value)));
            })*
            _ => {}
        }
    };
}

async fn by_name(probe: &Arc<Probe>, method: &str, args: Vec<Value>) -> Outcome {
    let api = &probe.api;
    let mut args = args.into_iter();
    plain!(api, method, args, {
        "GetServerVersion" => get_server_version(),
        "GetBundlePath" => get_bundle_path(),
        "RegisterCommand" => register_command(command: _),
        "GetTeamByName" => get_team_by_name(name: String),
        "GetChannel" => get_channel(id: String),
        "GetUser" => get_user(id: String),
        "GetUserByEmail" => get_user_by_email(email: String),
        "GetUserByUsername" => get_user_by_username(name: String),
        "GetUsers" => get_users(options: _),
        "GetUserStatus" => get_user_status(id: String),
        "UpdateUserCustomStatus" => update_user_custom_status(id: String, status: _),
        "RemoveUserCustomStatus" => remove_user_custom_status(id: String),
        "CreatePost" => create_post(post: _),
        "UpdatePost" => update_post(post: _),
        "GetPost" => get_post(id: String),
        "SendEphemeralPost" => send_ephemeral_post(user: String, post: _),
        "EnsureBotUser" => ensure_bot_user(bot: _),
        "CreateBot" => create_bot(bot: _),
        "KVDelete" => kv_delete(key: String),
        "PublishWebSocketEvent" => publish_web_socket_event(event: String, payload: _, broadcast: _),
        "GetSession" => get_session(id: String),
        "GetPreferencesForUser" => get_preferences_for_user(id: String),
        "OpenInteractiveDialog" => open_interactive_dialog(dialog: _),
    });
    two_texts(probe, method, args).await
}

/// Calls with two ids, lists, numbers or bytes.
async fn two_texts(
    probe: &Arc<Probe>,
    method: &str,
    mut args: std::vec::IntoIter<Value>,
) -> Outcome {
    let api = &probe.api;
    let args = &mut args;
    macro_rules! text {
        () => {
            &take::<String>(args)?
        };
    }
    Ok(match method {
        "UnregisterCommand" => api
            .unregister_command(text!(), text!())
            .await
            .map(|()| json!(null)),
        "GetTeamMember" => api
            .get_team_member(text!(), text!())
            .await
            .map(|v| json!(v)),
        "GetChannelMember" => api
            .get_channel_member(text!(), text!())
            .await
            .map(|v| json!(v)),
        "GetDirectChannel" => api
            .get_direct_channel(text!(), text!())
            .await
            .map(|v| json!(v)),
        "UpdateUserStatus" => api
            .update_user_status(text!(), text!())
            .await
            .map(|v| json!(v)),
        "HasPermissionTo" => {
            let (user, permission) = (text!(), take::<Value>(args)?);
            let id = permission["id"].as_str().unwrap_or_default();
            api.has_permission_to(user, id).await.map(|v| json!(v))
        }
        "HasPermissionToChannel" => {
            let (user, channel, permission) = (text!(), text!(), take::<Value>(args)?);
            let id = permission["id"].as_str().unwrap_or_default();
            api.has_permission_to_channel(user, channel, id)
                .await
                .map(|v| json!(v))
        }
        "GetChannelByName" => {
            let (team, name, deleted) = (text!(), text!(), take(args)?);
            api.get_channel_by_name(team, name, deleted)
                .await
                .map(|v| json!(v))
        }
        "GetUsersByIds" => {
            let ids: Vec<String> = take(args)?;
            api.get_users_by_ids(&ids).await.map(|v| json!(v))
        }
        "GetUserStatusesByIds" => {
            let ids: Vec<String> = take(args)?;
            let statuses: Result<Vec<Status>, _> = api.get_user_statuses_by_ids(&ids).await;
            statuses.map(|v| json!(v))
        }
        "SetUserStatusTimedDND" => {
            let (user, end) = (text!(), take(args)?);
            api.set_user_status_timed_dnd(user, end)
                .await
                .map(|v| json!(v))
        }
        "SetProfileImage" => {
            let (user, image) = (text!(), bytes(&take(args)?));
            api.set_profile_image(user, &image)
                .await
                .map(|()| json!(null))
        }
        "KVGet" => {
            let value = api.kv_get(text!()).await;
            value.map(|value| json!(value.map(|value| base64(&value))))
        }
        "KVList" => {
            let (page, per_page) = (take(args)?, take(args)?);
            api.kv_list(page, per_page).await.map(|v| json!(v))
        }
        "KVSetWithOptions" => {
            let (key, value, options) = (text!(), bytes(&take(args)?), take::<Value>(args)?);
            let options = PluginKvSetOptions {
                atomic: options["Atomic"].as_bool().unwrap_or_default(),
                old_value: bytes(&options["OldValue"]),
                expire_in_seconds: options["ExpireInSeconds"].as_i64().unwrap_or_default(),
            };
            api.kv_set_with_options(key, &value, &options)
                .await
                .map(|v| json!(v))
        }
        "PublishPluginClusterEvent" => {
            let (event, options) = (take::<Value>(args)?, take::<Value>(args)?);
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let event = PluginClusterEvent {
                id: word(&event["Id"]),
                data: bytes(&event["Data"]),
            };
            let options = PluginClusterEventSendOptions {
                send_type: word(&options["SendType"]),
                target_id: word(&options["TargetId"]),
            };
            api.publish_plugin_cluster_event(&event, &options)
                .await
                .map(|()| json!(null))
        }
        "UpdatePreferencesForUser" => {
            let (user, preferences) = (text!(), take::<Vec<_>>(args)?);
            api.update_preferences_for_user(user, &preferences)
                .await
                .map(|()| json!(null))
        }
        "GetConfig" => api
            .get_config()
            .await
            .map(|c| json!({"ServiceSettings": {"SiteURL": c.service_settings.site_url}})),
        "LoadPluginConfiguration" => api.load_plugin_configuration::<Value>().await,
        "LogDebug" | "LogInfo" | "LogWarn" | "LogError" => {
            let message = text!();
            let rest: Vec<String> = args
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect();
            let fields: Vec<_> = rest
                .chunks_exact(2)
                .map(|pair| (pair[0].as_str(), pair[1].as_str()))
                .collect();
            let written = match method {
                "LogDebug" => api.log_debug(message, &fields).await,
                "LogInfo" => api.log_info(message, &fields).await,
                "LogWarn" => api.log_warn(message, &fields).await,
                _ => api.log_error(message, &fields).await,
            };
            written.map(|()| json!(null))
        }
        _ => return Err(format!("unknown method {method:?}")),
    })
}
