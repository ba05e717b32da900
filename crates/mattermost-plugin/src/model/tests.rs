use std::fmt::Debug;

use gob::{DecodeOwned, Decoder, Encode, Encoder, Gob, Interface, Time, Value};
use serde_json::json;

use super::*;

/// What arrives of a value, as the `R` that the other side takes it for.
fn through<T: Encode, R: DecodeOwned>(value: &T) -> R {
    let mut bytes = Vec::new();
    Encoder::new().encode(value, &mut bytes).unwrap();
    let mut input = &bytes[..];
    let read = Decoder::new().decode::<R>(&mut input).unwrap().unwrap();
    assert!(input.is_empty());
    read
}

fn round_trip<T: Encode + DecodeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(through::<T, T>(value), *value);
}

/// The Go names of the fields that are sent.
fn go_names(value: &impl Encode) -> Vec<String> {
    let Value::Struct(value) = through::<_, Value>(value) else {
        panic!("not a struct")
    };
    value.fields.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn fields_have_their_names_in_go() {
    let status = Status {
        user_id: "u".into(),
        status: status::DND.into(),
        manual: true,
        last_activity_at: 1,
        dnd_end_time: 2,
        prev_status: status::ONLINE.into(),
    };
    assert_eq!(
        go_names(&status),
        [
            "UserId",
            "Status",
            "Manual",
            "LastActivityAt",
            "DNDEndTime",
            "PrevStatus"
        ]
    );
    let session = Session {
        is_oauth: true,
        ..Session::default()
    };
    assert_eq!(go_names(&session), ["IsOAuth"]);
    let post = Post {
        kind: "custom_call".into(),
        file_ids: vec!["f".into()],
        ..Post::default()
    };
    assert_eq!(go_names(&post), ["Type", "FileIds"]);
    let request = OpenDialogRequest {
        url: "/plugins/x".into(),
        dialog: Dialog {
            icon_url: "i".into(),
            ..Dialog::default()
        },
        ..OpenDialogRequest::default()
    };
    assert_eq!(go_names(&request), ["URL", "Dialog"]);
    assert_eq!(go_names(&request.dialog), ["IconURL"]);
    let element = DialogElement {
        subtype: "tel".into(),
        ..DialogElement::default()
    };
    assert_eq!(go_names(&element), ["SubType"]);
    let args = CommandArgs {
        site_url: "https://x".into(),
        ..CommandArgs::default()
    };
    assert_eq!(go_names(&args), ["SiteURL"]);
    let data = AutocompleteData::new("phone", "", "").for_role("system_admin");
    assert_eq!(go_names(&data), ["Trigger", "RoleID"]);
    let settings = ServiceSettings {
        site_url: "https://x".into(),
        ..ServiceSettings::default()
    };
    assert_eq!(go_names(&settings), ["SiteURL"]);
}

#[test]
fn models_survive_the_way() {
    round_trip(&User {
        id: "u".into(),
        username: "alice".into(),
        roles: "system_user system_guest".into(),
        props: [("customStatus".into(), "{}".into())].into(),
        is_bot: true,
        ..User::default()
    });
    round_trip(&CustomStatus {
        emoji: "phone".into(),
        text: "on the phone".into(),
        duration: "date_and_time".into(),
        expires_at: Time::from_unix(1_795_228_800, 5),
    });
    round_trip(&CommandResponse {
        attachments: vec![Attachment {
            fields: vec![
                AttachmentField::new("Number", "0240404040", true),
                AttachmentField::new("n", 5, false),
            ],
            actions: vec![PostAction::select(
                "Answer",
                "/plugins/x/a",
                [("line".to_owned(), Any::from("123"))].into(),
                vec![PostActionOption::new("a", "b")],
            )],
            ..Attachment::default()
        }],
        extra_responses: vec![CommandResponse::in_channel("all")],
        ..CommandResponse::ephemeral("you")
    });
    round_trip(&WebsocketBroadcast {
        omit_users: [("u".into(), true)].into(),
        ..WebsocketBroadcast::to_channel("c")
    });
    round_trip(&BotPatch {
        description: Some("d".into()),
        ..BotPatch::default()
    });
}

#[test]
fn autocompletion_travels_under_the_names_that_servers_register() {
    let data = AutocompleteData::new("phone", "[command]", "The telephone.")
        .with_command(
            AutocompleteData::new("call", "", "")
                .with_text("Whom", "[number]", "")
                .named("to")
                .optional(),
        )
        .with_command(
            AutocompleteData::new("status", "", "")
                .with_static_list("What", [AutocompleteListItem::new("all", "", "Everybody")]),
        )
        .with_command(
            AutocompleteData::new("line", "", "").with_dynamic_list("Which", "api/lines"),
        );
    round_trip(&data);

    let value: Value = through(&data);
    let names: Vec<_> = value
        .get("SubCommands")
        .and_then(Value::as_slice)
        .unwrap()
        .iter()
        .map(|command| {
            match command.get("Arguments").and_then(Value::as_slice).unwrap()[0].get("Data") {
                Some(Value::Interface(data)) => data.name.clone(),
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(
        names,
        [
            "*model.AutocompleteTextArg",
            "*model.AutocompleteStaticListArg",
            "*model.AutocompleteDynamicListArg"
        ]
    );
    let call = &data.sub_commands[0].arguments[0];
    assert_eq!(
        (call.name.as_str(), call.kind.as_str(), call.required),
        ("to", "TextInput", false)
    );
    assert!(data.sub_commands[1].arguments[0].required);
}

#[test]
fn autocompletion_is_json_by_its_names_in_go() {
    let data: AutocompleteData = serde_json::from_value(json!({
        "Trigger": "phone", "RoleID": "system_admin",
        "Arguments": [
            {"HelpText": "a", "Type": "TextInput", "Required": true, "Data": {"Hint": "h", "Pattern": "p"}},
            {"HelpText": "b", "Type": "StaticList", "Data": {"PossibleArguments": [{"Item": "i"}]}},
            {"HelpText": "c", "Type": "DynamicList", "Data": {"FetchURL": "/f"}},
        ],
    }))
    .unwrap();
    let kinds: Vec<_> = data
        .arguments
        .iter()
        .map(|argument| &argument.data)
        .collect();
    assert!(matches!(kinds[0], AutocompleteArgData::Text(text) if text.hint == "h"));
    assert!(
        matches!(kinds[1], AutocompleteArgData::StaticList(list) if list.possible_arguments[0].item == "i")
    );
    assert!(matches!(kinds[2], AutocompleteArgData::DynamicList(list) if list.fetch_url == "/f"));
    let again: AutocompleteData =
        serde_json::from_value(serde_json::to_value(&data).unwrap()).unwrap();
    assert_eq!(again, data);
}

#[test]
fn props_are_what_go_calls_them() {
    #[derive(Gob)]
    struct Holder {
        props: Props,
    }
    let props: Props = [
        ("bool", Any::from(false)),
        ("int", 0_i64.into()),
        ("float64", 0.5.into()),
        ("string", "".into()),
        ("[]interface {}", Any::List(Vec::new())),
        ("map[string]interface {}", Any::Map(Props::new())),
        ("int64", Any::Int64(i64::MIN)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let sent = Holder {
        props: props.clone(),
    };
    assert_eq!(through::<_, Holder>(&sent).props, props);
    // Each is sent under the name that Go registers its type by.
    let value: Value = through(&sent);
    for (name, expected) in [
        ("bool", Value::Bool(false)),
        ("int", Value::Int(0)),
        ("float64", Value::Float(0.5)),
        ("string", "".into()),
        ("[]interface {}", Value::Slice(Vec::new())),
        ("map[string]interface {}", Value::Map(Vec::new())),
        ("int64", Value::Int(i64::MIN)),
    ] {
        let value = value.get("Props").unwrap().get(name).unwrap();
        assert_eq!(
            *value,
            Value::Interface(Box::new(Interface::new(name, expected))),
            "{name}"
        );
    }
}

#[test]
fn a_servers_own_types_in_props_survive() {
    #[derive(Clone, Gob)]
    struct SlackAttachment {
        text: String,
        timestamp: Option<Interface<i64>>,
    }
    #[derive(Gob)]
    struct Theirs {
        props: BTreeMap<String, Interface<Vec<SlackAttachment>>>,
    }
    const NAME: &str = "[]*model.SlackAttachment";
    let box_ = SlackAttachment {
        text: "on the phone".into(),
        timestamp: Some(Interface::new("int64", 7)),
    };
    let theirs = Theirs {
        props: [("attachments".into(), Interface::new(NAME, vec![box_]))].into(),
    };
    let mut post: Post = through(&theirs);
    let expected = json!([{"Text": "on the phone", "Timestamp": 7}]);
    assert_eq!(post.props["attachments"].to_json(), expected);

    // Sent back, with a change elsewhere, it is of the same type.
    post.props.insert("seen".into(), true.into());
    let again: Post = through(&post);
    assert_eq!(again, post);
    assert!(matches!(&again.props["attachments"], Any::Other(value) if value.name == NAME));
}

#[test]
fn attachments_travel_as_lists_and_maps() {
    let mut post = Post::new("u", "c", "").with_prop("from_bot", "true");
    let integration: Props = [("call".to_owned(), json!({"id": 5, "empty": {}}).into())].into();
    post.set_attachments(&[Attachment {
        title: "Missed call".into(),
        fields: vec![AttachmentField::new("From", "0240404040", true)],
        actions: vec![PostAction::button(
            "Call back",
            "/plugins/x/call",
            integration,
        )],
        ..Attachment::default()
    }]);
    let read: Post = through(&post);
    assert_eq!(
        serde_json::to_value(&read.props).unwrap(),
        json!({"from_bot": "true", "attachments": [{
            "title": "Missed call",
            "fields": [{"title": "From", "value": "0240404040", "short": true}],
            "actions": [{
                "type": "button", "name": "Call back",
                "integration": {"url": "/plugins/x/call", "context": {"call": {"id": 5, "empty": {}}}},
            }],
        }]})
    );
    post.set_attachments(&[]);
    assert!(!post.props.contains_key("attachments"));
}

#[test]
fn any_value_of_json_is_one_of_go() {
    let value =
        json!({"null": null, "list": [1, "two", 3.5, {}, []], "big": u64::MAX, "text": "x"});
    let any = Any::from(value.clone());
    assert_eq!(any.get("list").unwrap().to_json(), value["list"]);
    assert_eq!(any.get("null"), Some(&Any::Nil));
    assert_eq!(any.get("text").and_then(Any::as_str), Some("x"));
    // Beyond Go's int: a float64, as Go itself reads it.
    assert_eq!(
        any.get("big"),
        Some(&Any::Float(18_446_744_073_709_551_615.0))
    );
    assert_eq!(any.get("none"), None);
    for (any, number) in [
        (Any::Int(5), Some(5)),
        (Any::Float(5.0), Some(5)),
        (Any::Float(5.5), None),
        (Any::Float(1e300), None),
        (
            Any::Other(Interface::new("uint32", Value::Uint(5))),
            Some(5),
        ),
        (Any::from("5"), None),
    ] {
        assert_eq!(any.as_i64(), number, "{any:?}");
    }
    assert_eq!(Any::Float(f64::NAN).to_json(), json!(null));
}

#[test]
fn a_custom_status_is_read_from_the_account() {
    let user = |json: &str| User {
        props: [("customStatus".into(), json.into())].into(),
        ..User::default()
    };
    let status = user(
        r#"{"emoji":"calendar","text":"In a meeting","duration":"date_and_time","expires_at":"2026-11-21T04:40:00+02:00"}"#,
    )
    .custom_status()
    .unwrap();
    assert_eq!(
        (status.emoji.as_str(), status.text.as_str()),
        ("calendar", "In a meeting")
    );
    assert_eq!(status.expires_at.unix(), 1_795_228_800);
    assert!(status.is_expired(Time::from_unix(1_795_228_800, 0)));
    assert!(!status.is_expired(Time::from_unix(1_795_228_799, 999_999_999)));

    // Before 5.36 there was no end.
    let endless = user(r#"{"emoji":"palm_tree","text":""}"#)
        .custom_status()
        .unwrap();
    assert!(!endless.is_expired(Time::from_unix(i64::MAX, 0)));
    assert_eq!(
        serde_json::to_string(&endless).unwrap(),
        r#"{"emoji":"palm_tree","text":"","duration":"","expires_at":"0001-01-01T00:00:00Z"}"#
    );
    for none in [
        "",
        "null",
        "{}",
        r#"{"emoji":"","text":""}"#,
        r#"{"emoji":5}"#,
        r#"{"emoji":"x","expires_at":"soon"}"#,
    ] {
        assert_eq!(user(none).custom_status(), None, "{none}");
    }
    assert_eq!(User::default().custom_status(), None);
}

#[test]
fn what_clients_send_is_read() {
    let request: PostActionIntegrationRequest = serde_json::from_value(json!({
        "user_id": "u", "team_domain": "acme", "trigger_id": "t", "type": "select", "post_id": "p",
        "context": {"selected_option": "b", "line": 123}, "of_a_later_version": {},
    }))
    .unwrap();
    assert_eq!(
        (request.kind.as_str(), request.team_name.as_str()),
        ("select", "acme")
    );
    assert_eq!(request.context["selected_option"].as_str(), Some("b"));
    assert_eq!(request.context["line"].as_i64(), Some(123));

    // Go writes an empty map as null.
    let cancelled: SubmitDialogRequest = serde_json::from_value(
        json!({"type": "dialog_cancelled", "submission": null, "cancelled": true}),
    )
    .unwrap();
    assert!(cancelled.cancelled && cancelled.submission.is_empty());

    let answer = PostActionIntegrationResponse {
        ephemeral_text: "done".into(),
        update: None,
    };
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({"ephemeral_text": "done"})
    );
    let errors = SubmitDialogResponse {
        errors: [("number".into(), "not a number".into())].into(),
        ..Default::default()
    };
    assert_eq!(
        serde_json::to_value(errors).unwrap(),
        json!({"errors": {"number": "not a number"}})
    );
}

#[test]
fn the_servers_url_has_no_slash_at_its_end() {
    let config = |url: &str| Config {
        service_settings: ServiceSettings {
            site_url: url.into(),
            ..ServiceSettings::default()
        },
        ..Config::default()
    };
    let url = |config: Config| config.site_url().map(str::to_owned);
    assert_eq!(
        url(config(" https://x.example/chat/ ")).as_deref(),
        Some("https://x.example/chat")
    );
    assert_eq!(url(config("")), None);
    assert_eq!(url(config("/")), None);
}

#[test]
fn what_is_off_and_what_is_missing_arrive_alike() {
    #[derive(Gob)]
    struct Theirs {
        service_settings: TheirSettings,
    }
    #[derive(Gob)]
    struct TheirSettings {
        #[gob(name = "SiteURL")]
        site_url: Option<String>,
        enable_user_statuses: Option<bool>,
        enable_developer: Option<bool>,
        of_another_type: Option<i64>,
    }
    let theirs = Theirs {
        service_settings: TheirSettings {
            site_url: Some("https://x.example".into()),
            enable_user_statuses: Some(false),
            enable_developer: Some(true),
            of_another_type: Some(5),
        },
    };
    let config: Config = through(&theirs);
    assert_eq!(config.site_url(), Some("https://x.example"));
    assert!(config.service_settings.enable_developer);
    assert!(!config.service_settings.enable_user_statuses);
    assert_eq!(config.team_settings, TeamSettings::default());
}

#[test]
fn roles_are_whole_words() {
    let user = User {
        roles: "system_user system_guest".into(),
        ..User::default()
    };
    assert!(user.is_guest() && user.has_role("system_user"));
    assert!(!user.has_role("system") && !user.has_role(""));
}
