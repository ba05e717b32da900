//! Teams, channels, posts and events.

use super::*;

#[tokio::test]
async fn teams_and_channels() {
    let team = Team {
        id: "t".into(),
        ..Team::default()
    };
    let member = TeamMember {
        team_id: "t".into(),
        delete_at: 5,
        ..TeamMember::default()
    };
    let channel = Channel {
        id: "c".into(),
        ..Channel::default()
    };
    let in_channel = ChannelMember {
        channel_id: "c".into(),
        ..ChannelMember::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetTeamByName", ok(Some(team.clone())))
        .on::<Texts, _>("GetTeamMember", ok(Some(member.clone())))
        .on::<Text, _>("GetChannel", ok(Some(channel.clone())))
        .on::<Three<String, String, bool>, _>("GetChannelByName", ok(Some(channel.clone())))
        .on::<Texts, _>("GetDirectChannel", ok(Some(channel.clone())))
        .on::<Texts, _>("GetChannelMember", ok(Some(in_channel.clone())));
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_team_by_name("acme").await.unwrap(), team);
    assert_eq!(host.asked::<Text>("GetTeamByName").a, "acme");
    assert_eq!(api.get_team_member("t", "u").await.unwrap(), member);
    assert_eq!(host.asked::<Texts>("GetTeamMember"), texts("t", "u"));
    assert_eq!(api.get_channel("c").await.unwrap(), channel);
    assert_eq!(host.asked::<Text>("GetChannel").a, "c");
    assert_eq!(
        api.get_channel_by_name("t", "phones", true).await.unwrap(),
        channel
    );
    assert_eq!(
        host.asked::<Three<String, String, bool>>("GetChannelByName"),
        Three {
            a: "t".into(),
            b: "phones".into(),
            c: true
        }
    );
    assert_eq!(api.get_direct_channel("a", "b").await.unwrap(), channel);
    assert_eq!(host.asked::<Texts>("GetDirectChannel"), texts("a", "b"));
    assert_eq!(api.get_channel_member("c", "u").await.unwrap(), in_channel);
    assert_eq!(host.asked::<Texts>("GetChannelMember"), texts("c", "u"));
}

#[tokio::test]
async fn posts_and_dialogs() {
    let post = Post::new("u", "c", "Hello.")
        .with_prop("n", 5_i64)
        .with_prop("list", json!([1, {}]));
    let answer = Post {
        id: "p".into(),
        ..post.clone()
    };
    let dialog = OpenDialogRequest {
        trigger_id: "t".into(),
        url: "/plugins/x/d".into(),
        dialog: Dialog {
            title: "Call".into(),
            ..Dialog::default()
        },
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", ok(Some(answer.clone())))
        .on::<One<Post>, _>("UpdatePost", ok(Some(answer.clone())))
        .on::<Text, _>("GetPost", ok(Some(answer.clone())))
        .on::<Two<String, Post>, _>(
            "SendEphemeralPost",
            One {
                a: Some(answer.clone()),
            },
        )
        .on::<One<OpenDialogRequest>, _>(
            "OpenInteractiveDialog",
            Done::<Option<AppError>> { a: None },
        );
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.create_post(&post).await.unwrap(), answer);
    assert_eq!(host.asked::<One<Post>>("CreatePost").a, post);
    assert_eq!(api.update_post(&post).await.unwrap(), answer);
    assert_eq!(host.asked::<One<Post>>("UpdatePost").a, post);
    assert_eq!(api.get_post("p").await.unwrap(), answer);
    assert_eq!(host.asked::<Text>("GetPost").a, "p");
    assert_eq!(api.send_ephemeral_post("u", &post).await.unwrap(), answer);
    assert_eq!(
        host.asked::<Two<String, Post>>("SendEphemeralPost"),
        Two {
            a: "u".into(),
            b: post
        }
    );
    api.open_interactive_dialog(&dialog).await.unwrap();
    assert_eq!(
        host.asked::<One<OpenDialogRequest>>("OpenInteractiveDialog")
            .a,
        dialog
    );
}

#[tokio::test]
async fn events() {
    type WebSocket = Three<String, Props, WebsocketBroadcast>;
    type Cluster = Two<PluginClusterEvent, PluginClusterEventSendOptions>;
    let host = Host::default()
        .on::<WebSocket, _>("PublishWebSocketEvent", Nothing {})
        .on::<Cluster, _>(
            "PublishPluginClusterEvent",
            Done {
                a: OutgoingError::Nil,
            },
        );
    let host = host.start().await;

    let payload: Props = [("line".to_owned(), Any::from(json!({"state": "ringing"})))].into();
    let to = WebsocketBroadcast::to_user("u");
    host.api
        .publish_web_socket_event("board", &payload, &to)
        .await
        .unwrap();
    assert_eq!(
        host.asked::<WebSocket>("PublishWebSocketEvent"),
        Three {
            a: "board".into(),
            b: payload,
            c: to
        }
    );
    let event = PluginClusterEvent {
        id: "e".into(),
        data: vec![0, 1],
    };
    let options = PluginClusterEventSendOptions {
        send_type: send_type::RELIABLE.into(),
        target_id: String::new(),
    };
    host.api
        .publish_plugin_cluster_event(&event, &options)
        .await
        .unwrap();
    assert_eq!(
        host.asked::<Cluster>("PublishPluginClusterEvent"),
        Two {
            a: event,
            b: options
        }
    );
}
