//! Messages to browsers and to other nodes, forms, log lines.

use go_plugin::rpc::Call;
use gob::Gob;
use mattermost_plugin::model::{Any, Props};
use serde_json::{Map, Value as Json};

use super::{
    Api, Served,
    errors::{AnyErrorAlone, Done, ErrorAlone},
    method,
    model::to_json,
};
use crate::{
    host::PluginClusterEvent,
    world::{AppError, Audience, ClusterEvent, Dialog, DialogElement, DialogOption, Level},
};

#[derive(Gob)]
struct WebSocketArgs {
    a: String,
    b: Props,
    c: Option<Broadcast>,
}

#[derive(Default, Gob)]
#[gob(type_name = "WebsocketBroadcast")]
struct Broadcast {
    user_id: String,
    channel_id: String,
    team_id: String,
    connection_id: String,
}

#[derive(Gob)]
struct ClusterArgs {
    a: PluginClusterEvent,
    b: SendOptions,
}

#[derive(Gob)]
#[gob(type_name = "PluginClusterEventSendOptions")]
struct SendOptions {
    send_type: String,
    target_id: String,
}

#[derive(Gob)]
struct DialogArgs {
    a: OpenDialogRequest,
}

#[derive(Gob)]
struct OpenDialogRequest {
    trigger_id: String,
    #[gob(name = "URL")]
    url: String,
    dialog: WireDialog,
}

#[derive(Gob)]
#[gob(type_name = "Dialog")]
struct WireDialog {
    callback_id: String,
    title: String,
    introduction_text: String,
    elements: Vec<WireElement>,
    submit_label: String,
    notify_on_cancel: bool,
    state: String,
}

#[derive(Gob)]
#[gob(type_name = "DialogElement")]
struct WireElement {
    display_name: String,
    name: String,
    #[gob(name = "Type")]
    kind: String,
    sub_type: String,
    default: String,
    placeholder: String,
    help_text: String,
    optional: bool,
    min_length: i64,
    max_length: i64,
    data_source: String,
    options: Vec<WireOption>,
}

#[derive(Gob)]
#[gob(type_name = "PostActionOptions")]
struct WireOption {
    text: String,
    value: String,
}

impl From<WireElement> for DialogElement {
    fn from(element: WireElement) -> Self {
        let option = |option: WireOption| DialogOption {
            text: option.text,
            value: option.value,
        };
        Self {
            display_name: element.display_name,
            name: element.name,
            kind: element.kind,
            subtype: element.sub_type,
            default: element.default,
            placeholder: element.placeholder,
            help_text: element.help_text,
            optional: element.optional,
            min_length: element.min_length,
            max_length: element.max_length,
            data_source: element.data_source,
            options: element.options.into_iter().map(option).collect(),
        }
    }
}

#[derive(Gob)]
struct LogArgs {
    a: String,
    b: Vec<Any>,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "PublishWebSocketEvent" => api.answer::<_, _, Done>(call, |api, args: WebSocketArgs| {
            let to = args.c.unwrap_or_default();
            let audience = Audience {
                user_id: to.user_id,
                channel_id: to.channel_id,
                team_id: to.team_id,
                connection_id: to.connection_id,
            };
            api.world.publish(
                &api.plugin,
                &args.a,
                Json::Object(to_json(args.b)),
                audience,
            );
            Ok(())
        }),
        "PublishPluginClusterEvent" => {
            api.answer::<_, _, AnyErrorAlone>(call, |api, args: ClusterArgs| {
                if !["reliable", "best_effort"].contains(&args.b.send_type.as_str()) {
                    return Err(AppError::new(
                        "PublishPluginClusterEvent",
                        "",
                        "unknown send type",
                        400,
                    ));
                }
                api.world.publish_to_cluster(ClusterEvent {
                    from: api.node.clone(),
                    to: args.b.target_id,
                    plugin_id: api.plugin.clone(),
                    id: args.a.id,
                    data: args.a.data,
                });
                Ok(())
            });
        }
        "OpenInteractiveDialog" => api.answer::<_, _, ErrorAlone>(call, |api, args: DialogArgs| {
            let OpenDialogRequest {
                trigger_id,
                url,
                dialog,
            } = args.a;
            api.world.open_dialog(Dialog {
                user_id: api.world.whose_trigger(&trigger_id)?,
                trigger_id,
                url,
                callback_id: dialog.callback_id,
                title: dialog.title,
                introduction_text: dialog.introduction_text,
                elements: dialog.elements.into_iter().map(Into::into).collect(),
                submit_label: dialog.submit_label,
                notify_on_cancel: dialog.notify_on_cancel,
                state: dialog.state,
            });
            Ok(())
        }),
        "LogDebug" => log(api, call, Level::Debug),
        "LogInfo" => log(api, call, Level::Info),
        "LogWarn" => log(api, call, Level::Warn),
        "LogError" => log(api, call, Level::Error),
        _ => return Err(call),
    }
    Ok(())
}

fn log(api: &Api, call: Call<'_, '_>, level: Level) {
    api.answer::<_, _, Done>(call, move |api, args: LogArgs| {
        let mut fields = Map::new();
        for pair in args.b.chunks(2) {
            if let [key, value] = pair {
                fields.insert(key.as_str().unwrap_or("?").to_owned(), value.to_json());
            }
        }
        api.world.log(level, &api.plugin, args.a, fields);
        Ok(())
    });
}
