//! The store, the settings, the log and the bot.

use super::*;

#[tokio::test]
async fn the_key_value_store() {
    type Set = Three<String, Vec<u8>, PluginKvSetOptions>;
    let host = Host::default()
        .on::<Set, _>("KVSetWithOptions", ok(true))
        .on::<Text, _>("KVGet", ok(b"value".to_vec()))
        .on::<Text, _>("KVDelete", Done::<Option<AppError>> { a: None })
        .on::<Two<i64, i64>, _>("KVList", ok(owned(&["a", "b"])));
    let host = host.start().await;
    let api = &host.api;

    api.kv_set("k", b"v").await.unwrap();
    let plain = PluginKvSetOptions::default();
    assert_eq!(
        host.asked::<Set>("KVSetWithOptions"),
        Three {
            a: "k".into(),
            b: b"v".to_vec(),
            c: plain
        }
    );
    for (old, sent) in [(None, &b""[..]), (Some(&b"o"[..]), b"o")] {
        assert!(api.kv_compare_and_set("k", old, b"v").await.unwrap());
        let options = PluginKvSetOptions {
            atomic: true,
            old_value: sent.to_vec(),
            expire_in_seconds: 0,
        };
        assert_eq!(host.asked::<Set>("KVSetWithOptions").c, options);
    }
    assert_eq!(
        api.kv_get("k").await.unwrap().as_deref(),
        Some(&b"value"[..])
    );
    assert_eq!(host.asked::<Text>("KVGet").a, "k");
    api.kv_delete("k").await.unwrap();
    assert_eq!(host.asked::<Text>("KVDelete").a, "k");
    assert_eq!(api.kv_list(1, 100).await.unwrap(), ["a", "b"]);
    assert_eq!(host.asked::<Two<i64, i64>>("KVList"), Two { a: 1, b: 100 });

    // Go sends nothing for nil, and nothing for false.
    let host = Host::default()
        .on::<Text, _>("KVGet", Nothing {})
        .on::<Set, _>("KVSetWithOptions", Nothing {});
    let host = host.start().await;
    assert_eq!(host.api.kv_get("k").await.unwrap(), None);
    assert!(
        !host
            .api
            .kv_compare_and_set("k", Some(b"old"), b"new")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn the_server_itself() {
    let config = Config {
        service_settings: ServiceSettings {
            site_url: "https://x.example".into(),
            enable_user_statuses: true,
            ..ServiceSettings::default()
        },
        ..Config::default()
    };
    let host = Host::default()
        .on::<(), _>(
            "LoadPluginConfiguration",
            One {
                a: br#"{"teamname": "acme", "secret": null}"#.to_vec(),
            },
        )
        .on::<(), _>(
            "GetConfig",
            One {
                a: Some(config.clone()),
            },
        )
        .on::<(), _>(
            "GetServerVersion",
            One {
                a: "9.11.3".to_owned(),
            },
        )
        .on::<(), _>(
            "GetBundlePath",
            Two {
                a: "/plugins/x".to_owned(),
                b: OutgoingError::Nil,
            },
        );
    let host = host.start().await;
    let api = &host.api;

    let settings: serde_json::Value = api.load_plugin_configuration().await.unwrap();
    assert_eq!(settings, json!({"teamname": "acme", "secret": null}));
    let wrong = api
        .load_plugin_configuration::<Vec<u8>>()
        .await
        .unwrap_err();
    assert!(matches!(wrong, ApiError::Json { .. }), "{wrong:?}");
    assert_eq!(api.get_config().await.unwrap(), config);
    assert_eq!(api.get_bundle_path().await.unwrap(), "/plugins/x");

    host.host.seen.lock().unwrap().clear();
    for api in [api.clone(), api.clone()] {
        assert_eq!(
            *api.server_version().await.unwrap(),
            ServerVersion::new(9, 11, 3)
        );
    }
    assert_eq!(
        host.host.seen.lock().unwrap().len(),
        1,
        "known after the first time"
    );
}

#[tokio::test]
async fn a_plugin_without_settings_has_none() {
    for answer in [&b""[..], b"null"] {
        let host =
            Host::default().on::<(), _>("LoadPluginConfiguration", One { a: answer.to_vec() });
        let host = host.start().await;
        let settings: Option<HashMap<String, String>> =
            host.api.load_plugin_configuration().await.unwrap();
        assert_eq!(settings, None);
    }
}

#[tokio::test]
async fn lines_of_the_log_are_texts_in_interfaces() {
    type Line = Two<String, Vec<Interface<Value>>>;
    let host = ["LogDebug", "LogInfo", "LogWarn", "LogError"]
        .into_iter()
        .fold(Host::default(), |host, method| {
            host.on::<Line, _>(method, Nothing {})
        });
    let host = host.start().await;
    let api = &host.api;

    let fields = [("user", "alice"), ("n", "5")];
    let text = |text: &str| Interface::new("string", Value::from(text));
    let expected = Two {
        a: "hello".to_owned(),
        b: vec![text("user"), text("alice"), text("n"), text("5")],
    };
    api.log_debug("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogDebug"), expected);
    api.log_info("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogInfo"), expected);
    api.log_warn("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogWarn"), expected);
    api.log_error("hello", &[]).await.unwrap();
    assert_eq!(
        host.asked::<Line>("LogError"),
        Two {
            a: "hello".into(),
            b: Vec::new()
        }
    );
}

#[tokio::test]
async fn a_bot_is_one_through_upgrades() {
    let bot = Bot {
        username: "phone".into(),
        display_name: "Phone".into(),
        ..Bot::default()
    };
    let known = || Bot {
        user_id: "b".into(),
        ..Bot::default()
    };

    // From 7.1 the server does it all.
    let host = Host::default()
        .on::<One<Bot>, _>(
            "EnsureBotUser",
            Two {
                a: "b".to_owned(),
                b: OutgoingError::Nil,
            },
        )
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    assert_eq!(host.asked::<One<Bot>>("EnsureBotUser").a, bot);

    // Before that: one that was made earlier is brought up to date.
    type Set = Three<String, Vec<u8>, PluginKvSetOptions>;
    let host = Host::default()
        .on::<Text, _>("KVGet", ok(b"b".to_vec()))
        .on::<Two<String, BotPatch>, _>("PatchBot", ok(Some(known())))
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    let patch = host.asked::<Two<String, BotPatch>>("PatchBot");
    assert_eq!(
        (patch.a.as_str(), patch.b.display_name.as_deref()),
        ("b", Some("Phone"))
    );
    assert_eq!(host.asked::<Text>("KVGet").a, "mmi_botid");

    // One that is gone, or never was, is made and remembered.
    let host = Host::default()
        .on::<Text, _>("KVGet", ok(b"gone".to_vec()))
        .on::<Two<String, BotPatch>, _>(
            "PatchBot",
            Two {
                a: None::<Bot>,
                b: Some(not_found()),
            },
        )
        .on::<Text, _>(
            "GetUserByUsername",
            Two {
                a: None::<User>,
                b: Some(not_found()),
            },
        )
        .on::<One<Bot>, _>("CreateBot", ok(Some(known())))
        .on::<Set, _>("KVSetWithOptions", ok(true))
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    let set = host.asked::<Set>("KVSetWithOptions");
    assert_eq!((set.a.as_str(), &set.b[..]), ("mmi_botid", &b"b"[..]));
    assert_eq!(host.asked::<One<Bot>>("CreateBot").a, bot);

    // An account with that name: a bot's is remembered, a person's is not.
    for is_bot in [true, false] {
        let account = User {
            is_bot,
            ..user("a")
        };
        let host = Host::default()
            .on::<Text, _>("KVGet", Nothing {})
            .on::<Text, _>("GetUserByUsername", ok(Some(account)))
            .on::<Set, _>("KVSetWithOptions", ok(true))
            .start()
            .await;
        assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "a");
        let last = host.host.seen.lock().unwrap().pop().unwrap().0;
        assert_eq!(last == "Plugin.KVSetWithOptions", is_bot, "{last}");
    }

    // What fails for another reason is not taken for "it is not there".
    let failed = AppError {
        status_code: 500,
        ..AppError::default()
    };
    let host = Host::default()
        .on::<Text, _>("KVGet", Nothing {})
        .on::<Text, _>(
            "GetUserByUsername",
            Two {
                a: None::<User>,
                b: Some(failed),
            },
        )
        .start()
        .await;
    assert!(
        host.api
            .ensure_bot_user(&bot)
            .await
            .unwrap_err()
            .is_transient()
    );
}
