//! The process: started, killed, started again, ended.

use devhost::{DevHost, Options, State};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::harness::{SECRET, bundle, call, host, options, phone, posts, start, status, stop};

fn process(host: &DevHost) -> Pid {
    let id = host
        .process_id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    id.expect("the plugin runs")
}

#[tokio::test]
async fn a_killed_plugin_is_started_by_the_next_health_check() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    let before = process(&host);
    host.kill().await;
    assert_eq!(host.state(), State::Dead);
    assert_eq!(call(&host, "dnd-off/bob").await.status, 500);
    host.check_health().await;
    assert_eq!(host.state(), State::Running);
    assert_ne!(process(&host), before);
    phone(&host, "offhook/bob").await;
    assert_eq!(posts(&host, 2).await, ["bob DND on", "bob connected"]);
    stop(host).await;
}

#[tokio::test]
async fn a_third_death_within_an_hour_disables_it_and_enabling_helps() {
    let host = host().await;
    for state in [State::Running, State::Running, State::Stopped] {
        host.kill().await;
        host.check_health().await;
        assert_eq!(host.state(), state);
    }
    host.enable().await.expect("it starts");
    phone(&host, "dnd-on/bob").await;
    assert_eq!(posts(&host, 1).await, ["bob DND on"]);
    stop(host).await;
}

#[tokio::test]
async fn a_plugin_that_lives_is_left_alone_by_health_checks() {
    let host = host().await;
    let before = process(&host);
    for _ in 0..5 {
        host.check_health().await;
    }
    assert_eq!(process(&host), before);
    stop(host).await;
}

#[tokio::test]
async fn the_hosts_ctrl_c_does_not_end_the_plugin() {
    let host = host().await;
    let before = process(&host);
    kill_process(before, Signal::INT).expect("a signal can be sent");
    phone(&host, "dnd-on/bob").await;
    host.check_health().await;
    assert_eq!(process(&host), before);
    stop(host).await;
}

#[tokio::test]
async fn it_can_be_disabled_and_enabled_again_and_again() {
    let host = host().await;
    for _ in 0..5 {
        let before = process(&host);
        let ended = host.disable().await.expect("it was running");
        assert!(ended.by_itself && ended.problem.is_none(), "{ended:?}");
        assert!(
            test_kill_process(before).is_err(),
            "the process is still there"
        );
        assert_eq!(call(&host, "dnd-on/bob").await.status, 500);
        host.enable().await.expect("it starts");
        assert_eq!(status(&host, 200).await, "OK");
    }
    phone(&host, "dnd-on/bob").await;
    assert_eq!(posts(&host, 1).await, ["bob DND on"]);
    stop(host).await;
}

#[tokio::test]
async fn it_ends_when_its_host_is_gone_and_takes_its_socket_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let environment = vec![(
        "PLUGIN_UNIX_SOCKET_DIR".into(),
        folder.path().display().to_string(),
    )];
    let sockets = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let host = start(Options {
        environment,
        ..options()
    })
    .await;
    assert_eq!(sockets(), 1);
    stop(host).await;
    assert_eq!(sockets(), 0);
}

#[tokio::test]
async fn the_drop_in_for_mattersip_has_its_urls_settings_and_commands() {
    let id = "net.bytemine.sip";
    let host = start(Options {
        bundle: bundle(id),
        ..options()
    })
    .await;
    assert!(
        host.plugin_url("/status")
            .ends_with("/plugins/net.bytemine.sip/status")
    );
    phone(&host, "incoming-call/123/0240404040").await;
    assert_eq!(
        posts(&host, 1).await,
        ["incoming call for bob from 0240404040"]
    );
    assert_eq!(status(&host, 200).await, "OK");
    let commands: Vec<_> = host
        .world()
        .commands()
        .into_iter()
        .map(|command| command.trigger)
        .collect();
    assert_eq!(commands, ["sip-dashboard", "sip-status"]);
    stop(host).await;
}

#[tokio::test]
async fn nothing_in_the_log_is_an_error_and_nothing_holds_the_secret() {
    let host = host().await;
    phone(&host, "incoming-call/bob/0240404040").await;
    call(&host, "no-such-action/bob").await;
    posts(&host, 1).await;
    let world = host.world().clone();
    stop(host).await;
    for line in world.logs() {
        assert!(line.level < devhost::world::Level::Error, "{line:?}");
        assert!(!format!("{line:?}").contains(SECRET), "{line:?}");
    }
}
