//! People, what they may and what they prefer.

use super::*;

#[tokio::test]
async fn people() {
    let session = Session {
        id: "s".into(),
        user_id: "u".into(),
        ..Session::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetUser", ok(Some(user("1"))))
        .on::<Text, _>("GetUserByEmail", ok(Some(user("2"))))
        .on::<Text, _>("GetUserByUsername", ok(Some(user("3"))))
        .on::<One<UserGetOptions>, _>("GetUsers", ok(vec![user("4"), user("5")]))
        .on::<One<Vec<String>>, _>("GetUsersByIds", ok(vec![user("6")]))
        .on::<Text, _>("GetSession", ok(Some(session.clone())))
        .on::<Two<String, Vec<u8>>, _>("SetProfileImage", Done::<Option<AppError>> { a: None });
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_user("u").await.unwrap(), user("1"));
    assert_eq!(host.asked::<Text>("GetUser").a, "u");
    assert_eq!(api.get_user_by_email("a@b").await.unwrap(), user("2"));
    assert_eq!(host.asked::<Text>("GetUserByEmail").a, "a@b");
    assert_eq!(api.get_user_by_username("alice").await.unwrap(), user("3"));
    assert_eq!(host.asked::<Text>("GetUserByUsername").a, "alice");
    let options = UserGetOptions {
        active: true,
        page: 2,
        per_page: 200,
        ..UserGetOptions::default()
    };
    assert_eq!(
        api.get_users(&options).await.unwrap(),
        [user("4"), user("5")]
    );
    assert_eq!(host.asked::<One<UserGetOptions>>("GetUsers").a, options);
    assert_eq!(
        api.get_users_by_ids(&["a", "b"]).await.unwrap(),
        [user("6")]
    );
    assert_eq!(
        host.asked::<One<Vec<String>>>("GetUsersByIds").a,
        owned(&["a", "b"])
    );
    assert_eq!(api.get_session("s").await.unwrap(), session);
    assert_eq!(host.asked::<Text>("GetSession").a, "s");
    api.set_profile_image("u", &[1, 2, 3]).await.unwrap();
    assert_eq!(
        host.asked::<Two<String, Vec<u8>>>("SetProfileImage"),
        Two {
            a: "u".into(),
            b: vec![1, 2, 3]
        }
    );
}

#[tokio::test]
async fn statuses() {
    let away = Status {
        user_id: "u".into(),
        status: status::AWAY.into(),
        ..Status::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetUserStatus", ok(Some(away.clone())))
        .on::<One<Vec<String>>, _>("GetUserStatusesByIds", ok(vec![away.clone()]))
        .on::<Texts, _>("UpdateUserStatus", ok(Some(away.clone())))
        .on::<Two<String, i64>, _>("SetUserStatusTimedDND", ok(Some(away.clone())))
        .on::<Two<String, CustomStatus>, _>(
            "UpdateUserCustomStatus",
            Done::<Option<AppError>> { a: None },
        )
        .on::<Text, _>(
            "RemoveUserCustomStatus",
            Done {
                a: Some(not_found()),
            },
        );
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_user_status("u").await.unwrap(), away);
    assert_eq!(host.asked::<Text>("GetUserStatus").a, "u");
    let ids: [Arc<str>; 2] = ["a".into(), "b".into()];
    assert_eq!(
        api.get_user_statuses_by_ids(&ids).await.unwrap(),
        std::slice::from_ref(&away)
    );
    assert_eq!(
        host.asked::<One<Vec<String>>>("GetUserStatusesByIds").a,
        owned(&["a", "b"])
    );
    assert_eq!(
        api.update_user_status("u", status::DND).await.unwrap(),
        away
    );
    assert_eq!(host.asked::<Texts>("UpdateUserStatus"), texts("u", "dnd"));
    assert_eq!(
        api.set_user_status_timed_dnd("u", 1_795_228_800)
            .await
            .unwrap(),
        away
    );
    assert_eq!(
        host.asked::<Two<String, i64>>("SetUserStatusTimedDND"),
        Two {
            a: "u".into(),
            b: 1_795_228_800
        }
    );
    let custom = CustomStatus {
        emoji: "phone".into(),
        expires_at: Time::from_unix(1_795_228_800, 7),
        ..CustomStatus::default()
    };
    api.update_user_custom_status("u", &custom).await.unwrap();
    assert_eq!(
        host.asked::<Two<String, CustomStatus>>("UpdateUserCustomStatus"),
        Two {
            a: "u".into(),
            b: custom
        }
    );
    let refused = api.remove_user_custom_status("u").await.unwrap_err();
    assert!(refused.is_not_found(), "{refused:?}");
}

#[tokio::test]
async fn commands_and_preferences() {
    let command = Command {
        trigger: "phone".into(),
        auto_complete: true,
        autocomplete_data: Some(AutocompleteData::new("phone", "", "").with_text("n", "", "")),
        ..Command::default()
    };
    let preference = Preference {
        user_id: "u".into(),
        category: "c".into(),
        ..Preference::default()
    };
    let refusal = OutgoingError::ErrorString(ErrorString {
        code: 0,
        err: "no such command".into(),
    });
    let host = Host::default()
        .on::<One<Command>, _>(
            "RegisterCommand",
            Done {
                a: OutgoingError::Nil,
            },
        )
        .on::<Texts, _>("UnregisterCommand", Done { a: refusal })
        .on::<Text, _>("GetPreferencesForUser", ok(vec![preference.clone()]))
        .on::<Two<String, Vec<Preference>>, _>(
            "UpdatePreferencesForUser",
            Done::<Option<AppError>> { a: None },
        );
    let host = host.start().await;
    let api = &host.api;

    api.register_command(&command).await.unwrap();
    assert_eq!(host.asked::<One<Command>>("RegisterCommand").a, command);
    let refused = api.unregister_command("", "phone").await.unwrap_err();
    assert!(
        matches!(&refused, ApiError::Plugin(e) if e.err == "no such command"),
        "{refused:?}"
    );
    assert_eq!(host.asked::<Texts>("UnregisterCommand"), texts("", "phone"));
    assert_eq!(
        api.get_preferences_for_user("u").await.unwrap(),
        std::slice::from_ref(&preference)
    );
    assert_eq!(host.asked::<Text>("GetPreferencesForUser").a, "u");
    api.update_preferences_for_user("u", std::slice::from_ref(&preference))
        .await
        .unwrap();
    assert_eq!(
        host.asked::<Two<String, Vec<Preference>>>("UpdatePreferencesForUser"),
        Two {
            a: "u".into(),
            b: vec![preference]
        }
    );
}

#[tokio::test]
async fn permissions() {
    #[derive(Debug, PartialEq, Gob)]
    struct Theirs {
        id: String,
        name: String,
        scope: String,
    }
    let read = |id: &str| Theirs {
        id: id.into(),
        name: String::new(),
        scope: String::new(),
    };
    let host = Host::default()
        .on::<Two<String, Theirs>, _>("HasPermissionTo", One { a: true })
        .on::<Three<String, String, Theirs>, _>("HasPermissionToTeam", One { a: false })
        .on::<Three<String, String, Theirs>, _>("HasPermissionToChannel", One { a: true });
    let host = host.start().await;
    let api = &host.api;

    assert!(
        api.has_permission_to("u", permission::MANAGE_SYSTEM)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Two<String, Theirs>>("HasPermissionTo"),
        Two {
            a: "u".into(),
            b: read("manage_system")
        }
    );
    assert!(
        !api.has_permission_to_team("u", "t", permission::VIEW_TEAM)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Three<String, String, Theirs>>("HasPermissionToTeam"),
        Three {
            a: "u".into(),
            b: "t".into(),
            c: read("view_team")
        }
    );
    assert!(
        api.has_permission_to_channel("u", "c", permission::CREATE_POST)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Three<String, String, Theirs>>("HasPermissionToChannel"),
        Three {
            a: "u".into(),
            b: "c".into(),
            c: read("create_post")
        }
    );
}
