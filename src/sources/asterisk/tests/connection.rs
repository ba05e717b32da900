//! How a connection is made, kept, and made again.

use std::time::Duration;

use devhost::asterisk::{Ami, Certificate, Message, Options, Release, SECRET};

use super::{PATIENCE, asterisk, connected, limits, settings, tls, until, until_down, until_state};
use crate::config::{DialPatterns, Secret};
use crate::sources::asterisk::link::Limits;
use crate::sources::asterisk::{Asterisk, LinkState, Settings};

#[tokio::test]
async fn it_logs_in_without_showing_the_secret_and_asks_for_everything() {
    let (ami, asterisk) = connected(Options::default()).await;
    let actions = ami.actions();
    let names: Vec<_> = actions
        .iter()
        .filter_map(|action| action.get("Action"))
        .collect();
    let expected = [
        "Challenge",
        "Login",
        "ListCommands",
        "Status",
        "DeviceStateList",
        "ExtensionStateList",
        "QueueStatus",
        "CoreSettings",
    ];
    assert_eq!(names, expected);
    assert_eq!(actions[1].get("Events"), Some("system,call,agent"));
    let report = asterisk.report();
    assert_eq!(report.version.as_deref(), Some("22"));
    assert_eq!(
        (report.missing_rights, report.dropped, report.reseeds),
        (Vec::new(), 0, 0)
    );
    assert!(asterisk.problems().is_empty() && asterisk.warnings().is_empty());
    let said = format!("{actions:?} {asterisk:?} {:?}", asterisk.report());
    assert!(!said.contains(SECRET));
}

/// As an Asterisk does that shuts down, and whoever pretends to be one.
#[tokio::test]
async fn without_a_challenge_the_secret_is_sent_within_tls_only() {
    let shuts_down = Message::new(&[
        ("Response", "Error"),
        ("Message", "Asterisk is shutting down"),
    ]);
    let ami = Ami::start(Options::default()).await.expect("a port");
    ami.set_answer("Challenge", vec![shuts_down]);
    ami.change(|options| options.challenge = false);
    let plain = asterisk(limits());
    plain.configure(Some(settings(&ami)));
    let why = until_down(&plain).await;
    assert!(
        why.ends_with("refuses the login: “Asterisk is shutting down”"),
        "{why}"
    );
    assert!(!format!("{:?}", ami.actions()).contains(SECRET));

    let certificate = Certificate::self_signed("127.0.0.1").expect("keys");
    let pem = certificate.pem().to_owned();
    let ami = Ami::start(Options {
        challenge: false,
        tls: Some(certificate),
        ..Options::default()
    });
    let ami = ami.await.expect("a port");
    let within_tls = asterisk(limits());
    within_tls.configure(Some(Settings {
        tls: tls(&pem),
        ..settings(&ami)
    }));
    assert_eq!(ami.wait_for("Login").await.get("Secret"), Some(SECRET));
}

#[tokio::test]
async fn an_asterisk_that_was_upgraded_has_its_new_version() {
    let version = |version| {
        let answer = [("Response", "Success"), ("AsteriskVersion", version)];
        vec![Message::new(&answer)]
    };
    let ami = Ami::start(Options::default()).await.expect("a port");
    ami.set_answer("CoreSettings", version("20.9.1"));
    let asterisk = asterisk(limits());
    asterisk.configure(Some(settings(&ami)));
    let is = |wanted: &'static str| {
        move |own: &Asterisk| {
            let report = own.report();
            (report.state == LinkState::Up && report.version.as_deref() == Some(wanted))
                .then(|| own.warnings().len())
        }
    };
    assert_eq!(until(&asterisk, is("20.9.1")).await, 1);
    ami.set_answer("CoreSettings", version("20.9.2"));
    ami.close_all();
    assert_eq!(until(&asterisk, is("20.9.2")).await, 0);
}

#[tokio::test]
async fn it_comes_back_when_asterisk_does() {
    let (ami, asterisk) = connected(Options::default()).await;
    ami.close_all();
    let ended = format!(
        "127.0.0.1, port {} closed the connection",
        ami.address().port()
    );
    assert_eq!(until_down(&asterisk).await, ended);
    assert_eq!(asterisk.problems().len(), 1);
    until_state(&asterisk, &LinkState::Up).await;
    assert_eq!(ami.logins(), 2);
    // And after a longer time without any.
    ami.stop();
    let nothing = format!(
        "nothing listens at 127.0.0.1, port {}",
        ami.address().port()
    );
    until(&asterisk, |own| {
        (own.report().state == LinkState::Down(nothing.clone())).then_some(())
    })
    .await;
    ami.start_again().await.expect("the same port");
    until_state(&asterisk, &LinkState::Up).await;
    // Each time everything was asked for.
    let asked = ami.actions();
    let asked = asked
        .iter()
        .filter(|action| action.get("Action") == Some("Status"));
    assert_eq!(asked.count(), 3);
}

#[tokio::test]
async fn a_frozen_asterisk_is_noticed() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let asterisk = asterisk(Limits {
        ping_every: Duration::from_millis(50),
        ping: Duration::from_millis(300),
        login: Duration::from_millis(300),
        ..limits()
    });
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(PATIENCE).await;
    ami.wait_for("Ping").await;
    ami.freeze();
    let deaf = format!("127.0.0.1, port {} stopped answering", ami.address().port());
    assert_eq!(until_down(&asterisk).await, deaf);
    ami.thaw();
    until_state(&asterisk, &LinkState::Up).await;
}

#[tokio::test]
async fn a_deaf_asterisk_that_still_talks_is_noticed_later() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    ami.set_answer("Ping", Vec::new());
    let asterisk = asterisk(Limits {
        ping_every: Duration::from_millis(20),
        ping: Duration::from_millis(100),
        deaf: Duration::from_millis(500),
        ..limits()
    });
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(PATIENCE).await;
    let talking = async {
        loop {
            ami.event(&[("Event", "PeerStatus"), ("Privilege", "system,all")])
                .await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = talking => {}
        why = until_down(&asterisk) => assert!(why.ends_with("stopped answering"), "{why}"),
    }
    assert!(asterisk.report().events > 20, "{:?}", asterisk.report());
}

#[tokio::test]
async fn only_another_connection_is_made_anew() {
    let (ami, asterisk) = connected(Options::default()).await;
    let first = settings(&ami);
    asterisk.configure(Some(first.clone()));
    let (extensions, _) = DialPatterns::parse("7XXX");
    asterisk.configure(Some(Settings {
        extensions,
        ..first.clone()
    }));
    asterisk.settled(PATIENCE).await;
    assert_eq!(asterisk.report().state, LinkState::Up);
    assert_eq!(ami.connections(), 1);

    let secret = "another".to_owned();
    ami.change(|options| options.secret.clone_from(&secret));
    let secret = Secret::new(secret);
    asterisk.configure(Some(Settings { secret, ..first }));
    asterisk.settled(PATIENCE).await;
    assert_eq!(asterisk.report().state, LinkState::Up);
    assert_eq!(ami.logins(), 2);
    ami.wait_for("Logoff").await;
}

#[tokio::test]
async fn switched_off_it_says_good_bye() {
    let (ami, asterisk) = connected(Options::default()).await;
    asterisk.configure(None);
    ami.wait_for("Logoff").await;
    let report = asterisk.report();
    assert_eq!((report.on, report.state), (false, LinkState::Off));
    assert!(asterisk.problems().is_empty());

    let (ami, asterisk) = connected(Options::default()).await;
    asterisk.stop(PATIENCE).await;
    assert_eq!(asterisk.report().state, LinkState::Off);
    ami.wait_for("Logoff").await;
    assert_eq!(ami.connections(), 1);
}

#[tokio::test]
async fn an_asterisk_that_starts_is_asked_until_it_is_there() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let unknown = |name| {
        let words = format!(
            "Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
        );
        vec![Message::new(&[("Response", "Error"), ("Message", &*words)])]
    };
    // While it starts, it has few commands, and a list of hints without any.
    ami.set_answer(
        "ListCommands",
        vec![Message::new(&[("Response", "Success")])],
    );
    for list in ["DeviceStateList", "QueueStatus"] {
        ami.set_answer(list, unknown(list));
    }
    let asterisk = asterisk(limits());
    asterisk.configure(Some(settings(&ami)));
    let asks = |actions: &[Message]| {
        let asked = actions
            .iter()
            .filter(|a| a.get("Action") == Some("DeviceStateList"));
        (asked.count() >= 3).then_some(())
    };
    ami.wait_until(asks).await;
    let report = asterisk.report();
    assert_eq!(
        (report.state, report.missing_rights),
        (LinkState::Seeding, Vec::new())
    );
    for list in ["ListCommands", "DeviceStateList", "QueueStatus"] {
        ami.reset_answer(list);
    }
    asterisk.settled(PATIENCE).await;
    let report = asterisk.report();
    assert_eq!(
        (report.state, report.missing_rights),
        (LinkState::Up, Vec::new())
    );
}

#[tokio::test]
async fn asterisk_11_is_followed_too() {
    let (ami, asterisk) = connected(Options {
        release: Release::Eleven,
        write: vec!["originate", "message", "call", "agent", "reporting"],
        ..Options::default()
    })
    .await;
    assert_eq!(asterisk.report().version.as_deref(), Some("11.25.3"));
    let problems = asterisk.warnings();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].what.contains("CVE-2024-42365"), "{problems:?}");
    assert_eq!(ami.connections(), 1);
}

#[tokio::test]
async fn what_the_account_may_not_is_named() {
    for (write, missing) in [
        (vec!["message", "call", "agent"], vec!["write=originate"]),
        (vec!["originate", "call", "agent"], vec!["write=message"]),
        (
            vec!["originate", "message"],
            vec!["write=reporting", "write=agent"],
        ),
    ] {
        let (_ami, asterisk) = connected(Options {
            write,
            ..Options::default()
        })
        .await;
        let rights = asterisk.report().missing_rights;
        let rights: Vec<_> = rights.iter().map(|missing| missing.right).collect();
        assert_eq!(rights, missing);
        let problems = asterisk.warnings();
        assert_eq!(problems.len(), missing.len());
        for (problem, right) in problems.iter().zip(missing) {
            let (kind, class) = right.split_once('=').expect("kind and class");
            let words = format!("no `{class}` in its `{kind}` in manager.conf");
            assert!(problem.what.contains(&words), "{problem}");
        }
    }
}

/// A task that panicked would leave the board as it was, and the connection as if it were followed.
#[tokio::test]
async fn a_source_that_is_no_longer_followed_says_so() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let (out, taken) = tokio::sync::mpsc::channel(64);
    let asterisk = Asterisk::with_limits(out, crate::app::system_clock, limits());
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(PATIENCE).await;
    drop(taken);
    ami.event(&[
        ("Event", "DeviceStateChange"),
        ("Device", "PJSIP/6001"),
        ("State", "INUSE"),
    ])
    .await;
    let stopped = until(&asterisk, |asterisk| {
        let problems = asterisk.problems();
        problems.into_iter().find(|p| p.setting == "asterisk")
    });
    assert!(stopped.await.remedy.starts_with("Disable and enable"));
}
