//! Refusals, old servers, and servers that do not answer.

use super::*;

#[tokio::test]
async fn a_refusal_keeps_the_servers_words() {
    let refusal = AppError {
        id: "app.post.create".into(),
        message: "The channel is archived.".into(),
        detailed_error: "c".into(),
        request_id: "r".into(),
        status_code: 400,
        where_: "CreatePost".into(),
        skip_translation: false,
    };
    let answer = Two {
        a: None::<Post>,
        b: Some(refusal.clone()),
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", answer)
        .start()
        .await;
    let error = host.api.create_post(&Post::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert!(
        matches!(&error, ApiError::App(e) if **e == refusal),
        "{error:?}"
    );

    // An error with a value beside it is an error, and one without any content is one too.
    let answer = Two {
        a: Some(Post::default()),
        b: Some(AppError::default()),
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", answer)
        .start()
        .await;
    let error = host.api.create_post(&Post::default()).await.unwrap_err();
    assert!(
        matches!(&error, ApiError::App(e) if **e == AppError::default()),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_too_old_is_told_by_its_version() {
    let host = Host::default().start().await;
    let error = host.api.get_users_by_ids(&["a"]).await.unwrap_err();
    assert!(error.is_unknown_method() && !error.is_transient());
    assert_eq!(
        error.to_string(),
        "this server does not know GetUsersByIds, which needs Mattermost 9.8"
    );
    // The stream lives on.
    let error = host.api.get_user_status("u").await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::UnknownMethod {
                method: "GetUserStatus",
                since: "5.2"
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn nothing_is_no_value() {
    let host = Host::default()
        .on::<Text, _>("GetUser", Nothing {})
        .on::<Two<String, Post>, _>("SendEphemeralPost", Nothing {})
        .on::<(), _>("GetConfig", Nothing {});
    let host = host.start().await;
    for error in [
        host.api.get_user("u").await.unwrap_err(),
        host.api
            .send_ephemeral_post("u", &Post::default())
            .await
            .unwrap_err(),
        host.api.get_config().await.unwrap_err(),
    ] {
        assert!(matches!(error, ApiError::Empty { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_given_up() {
    let (host, kept) = Host::default().silent("GetUser");
    let host = host
        .on::<Text, _>("GetChannel", ok(Some(Channel::default())))
        .start()
        .await;
    let patience = Duration::from_secs(2);
    let started = tokio::time::Instant::now();
    let error = host
        .api
        .clone()
        .with_timeout(patience)
        .get_user("u")
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Timeout { method: "GetUser", after } if after == patience),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert_eq!(started.elapsed().as_secs(), 2);
    assert_eq!(kept.lock().unwrap().len(), 1);
    // Other calls are answered all the while.
    host.api.get_channel("c").await.unwrap();
}

#[tokio::test]
async fn a_host_that_is_gone_ends_every_call() {
    let (host, kept) = Host::default().silent("GetUser");
    let host = host.start().await;
    let api = host.api.clone();
    let waiting = tokio::spawn(async move { api.get_user("u").await });
    while kept.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    host.plugin.close();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Call {
                method: "GetUser",
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert!(host.api.get_user("u").await.unwrap_err().is_transient());
}
