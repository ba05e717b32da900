//! Calls that have no method of their own.

use std::time::Duration;

use super::*;

/// The part of Go's `model.Reaction` that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Gob)]
struct Reaction {
    user_id: String,
    emoji_name: String,
}

/// A server's, which has more than we ask for and lacks some of it.
#[derive(Clone, Debug, Default, PartialEq, Gob)]
struct ServersReaction {
    emoji_name: String,
    create_at: i64,
}

#[derive(Encode)]
struct Page<'a> {
    a: &'a str,
    b: &'a str,
    c: i64,
    d: i64,
}

#[derive(Debug, PartialEq, Gob)]
struct OwnedPage {
    a: String,
    b: String,
    c: i64,
    d: i64,
}

#[tokio::test]
async fn arguments_and_results_are_the_callers_own() {
    let servers = ServersReaction {
        emoji_name: "tada".into(),
        create_at: 1,
    };
    let host = Host::default()
        .on::<One<Reaction>, _>("AddReaction", ok(Some(servers.clone())))
        .on::<OwnedPage, _>("GetUsersInChannel", ok(vec![user("a"), user("b")]));
    let host = host.start().await;
    let wanted = Reaction {
        user_id: "u".into(),
        emoji_name: "tada".into(),
    };
    let made = host
        .api
        .call_raw::<_, OneOf<Reaction>>("Plugin.AddReaction", &One { a: &wanted })
        .await
        .unwrap();
    let expected = Reaction {
        user_id: String::new(),
        emoji_name: "tada".into(),
    };
    assert_eq!(made, expected);
    assert_eq!(host.asked::<One<Reaction>>("AddReaction").a, wanted);

    let page = Page {
        a: "c",
        b: "username",
        c: 2,
        d: 200,
    };
    let people = host
        .api
        .call_raw::<_, Two<Vec<User>, Option<AppError>>>("Plugin.GetUsersInChannel", &page)
        .await
        .unwrap();
    assert_eq!(people, [user("a"), user("b")]);
    let expected = OwnedPage {
        a: "c".into(),
        b: "username".into(),
        c: 2,
        d: 200,
    };
    assert_eq!(host.asked::<OwnedPage>("GetUsersInChannel"), expected);
}

#[tokio::test]
async fn a_refusal_is_the_servers() {
    let refusal = Two {
        a: None::<ServersReaction>,
        b: Some(not_found()),
    };
    let host = Host::default()
        .on::<One<Reaction>, _>("AddReaction", refusal)
        .start()
        .await;
    let wanted = One {
        a: Reaction::default(),
    };
    let error = host
        .api
        .call_raw::<_, OneOf<Reaction>>("Plugin.AddReaction", &wanted)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    let counted: Vec<_> = host.api.counts().into_iter().map(|(of, _)| of).collect();
    assert_eq!(counted, ["AddReaction"]);
}

/// Which version brought it is not known here, so nothing is said of one.
#[tokio::test]
async fn a_call_that_the_server_does_not_know_is_named() {
    let host = Host::default().start().await;
    for path in ["Plugin.GetTeams", "GetTeams"] {
        let error = host
            .api
            .call_raw::<(), Nothing>(path, &())
            .await
            .unwrap_err();
        assert!(error.is_unknown_method(), "{error:?}");
        assert_eq!(error.to_string(), "this server does not know GetTeams");
    }
}

#[tokio::test]
async fn results_that_do_not_fit_cost_that_call_alone() {
    let host = Host::default()
        .on::<(), _>("GetTeams", One { a: 7_i64 })
        .on::<Text, _>("GetUser", ok(Some(user("a"))))
        .start()
        .await;
    let error = host
        .api
        .call_raw::<(), One<String>>("Plugin.GetTeams", &())
        .await
        .unwrap_err();
    let method = "GetTeams";
    assert!(
        matches!(&error, ApiError::Call { method: of, .. } if *of == method),
        "{error:?}"
    );
    assert_eq!(host.api.get_user("a").await.unwrap(), user("a"));
}

#[tokio::test(start_paused = true)]
async fn it_waits_no_longer_than_others_and_stands_behind_the_gate() {
    let (host, _unanswered) = Host::default().silent("GetTeams");
    let host = host.start().await;
    let limit = Duration::from_secs(3);
    let api = host.api.clone().with_timeout(limit);
    let error = api
        .call_raw::<(), Nothing>("Plugin.GetTeams", &())
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Timeout { method: "GetTeams", after } if after == limit),
        "{error:?}"
    );
    let shut = api.with_gate(Arc::new(|| false));
    let error = shut
        .call_raw::<(), Nothing>("Plugin.GetTeams", &())
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Shut { method: "GetTeams" }),
        "{error:?}"
    );
}
