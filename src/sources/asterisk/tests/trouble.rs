//! Every way in which a connection fails, and its own words.

use std::time::Duration;

use devhost::asterisk::{Ami, Authority, Certificate, Greeting, Message, Options, SECRET};

use super::{asterisk, limits, settings, tls};
use crate::config::Secret;
use crate::sources::asterisk::link::Limits;
use crate::sources::asterisk::{LinkState, Settings};

/// What an admin reads: the setting, and what is wrong.
async fn failure(settings: Settings) -> (String, String) {
    let asterisk = asterisk(Limits {
        connect: Duration::from_millis(300),
        login: Duration::from_millis(300),
        ..limits()
    });
    let port = settings.port;
    asterisk.configure(Some(settings));
    asterisk.settled(super::PATIENCE).await;
    let mut problems = asterisk.problems();
    let LinkState::Down(why) = asterisk.report().state else {
        panic!("{:?}", asterisk.report());
    };
    assert_eq!(problems.len(), 1, "{problems:?}");
    let problem = problems.remove(0);
    assert_eq!(problem.what, why);
    assert!(problem.remedy.ends_with('.'), "{}", problem.remedy);
    assert!(!format!("{problem:?}").contains(SECRET));
    (problem.setting, why.replace(&port.to_string(), "N"))
}

async fn failure_with(options: Options) -> (String, String) {
    let ami = Ami::start(options).await.expect("a port");
    failure(settings(&ami)).await
}

fn is(found: &(String, String), setting: &str, what: &str) {
    assert_eq!((&*found.0, &*found.1), (setting, what));
}

#[tokio::test]
async fn nothing_is_there() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let there = settings(&ami);
    ami.stop();
    let found = failure(there.clone()).await;
    is(
        &found,
        "AsteriskPort",
        "nothing listens at 127.0.0.1, port N",
    );
    // RFC 6761: no such name, ever.
    let host = "asterisk.invalid".to_owned();
    let found = failure(Settings { host, ..there }).await;
    assert_eq!(found.0, "AsteriskHost");
    let words = "the host asterisk.invalid is not known (";
    assert!(found.1.starts_with(words), "{}", found.1);
}

#[tokio::test]
async fn something_else_is_there() {
    let greets = |greeting| {
        failure_with(Options {
            greeting,
            ..Options::default()
        })
    };
    for (greeting, setting, what) in [
        (
            Greeting::Silence,
            "AsteriskPort",
            "127.0.0.1, port N takes the connection, and then says nothing",
        ),
        (
            Greeting::Close,
            "AsteriskPort",
            "127.0.0.1, port N closes the connection without a word",
        ),
        (
            Greeting::Words("SSH-2.0-OpenSSH_9.2\r\n".to_owned()),
            "AsteriskPort",
            "127.0.0.1, port N greets with “SSH-2.0-OpenSSH_9.2”, not as an Asterisk's manager interface does",
        ),
        (
            Greeting::Words("Asterisk Call".to_owned()),
            "AsteriskPort",
            "127.0.0.1, port N does not greet as an Asterisk's manager interface does",
        ),
        (
            Greeting::Words("x".repeat(100_000)),
            "AsteriskPort",
            "127.0.0.1, port N does not greet as an Asterisk's manager interface does",
        ),
        (
            // A fatal alert, as TLS servers send it to whom they do not understand (RFC 8446, 6).
            Greeting::Words("\u{15}\u{3}\u{1}\0\u{2}\u{2}F".to_owned()),
            "AsteriskTls",
            "127.0.0.1, port N speaks TLS, which is off",
        ),
        (
            Greeting::BannerOnly,
            "AsteriskHost",
            "127.0.0.1, port N greets, and then does not answer to the login",
        ),
    ] {
        is(&greets(greeting).await, setting, what);
    }
}

#[tokio::test]
async fn the_login_is_refused() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let good = settings(&ami);
    let refused = "127.0.0.1, port N refuses the user and secret";
    let secret = Secret::new("wrong".to_owned());
    let found = failure(Settings {
        secret,
        ..good.clone()
    })
    .await;
    is(&found, "AsteriskSecret", refused);
    let user = "nobody".to_owned();
    let found = failure(Settings {
        user,
        ..good.clone()
    })
    .await;
    is(&found, "AsteriskSecret", refused);
    let user = "bob\r\nAction: Originate".to_owned();
    let found = failure(Settings {
        user,
        ..good.clone()
    })
    .await;
    is(
        &found,
        "AsteriskUser",
        "the AsteriskUser cannot be sent as it is",
    );
    // An Asterisk that shuts down is not a wrong password.
    let words = [
        ("Response", "Error"),
        ("Message", "Asterisk is shutting down"),
    ];
    ami.set_login(Some(Message::new(&words)));
    let found = failure(good).await;
    let refused = "127.0.0.1, port N refuses the login: “Asterisk is shutting down”";
    is(&found, "AsteriskUser", refused);
    let sent = format!("{:?}", ami.actions());
    assert!(!sent.contains("Originate"), "{sent}");
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_again_at_once() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let asterisk = asterisk(limits());
    let good = settings(&ami);
    let secret = Secret::new("wrong".to_owned());
    asterisk.configure(Some(Settings {
        secret,
        ..good.clone()
    }));
    asterisk.settled(super::PATIENCE).await;
    // A correction is tried at once, and the wrong one was tried once.
    asterisk.configure(Some(good));
    asterisk.settled(super::PATIENCE).await;
    assert_eq!(asterisk.report().state, LinkState::Up);
    assert_eq!((ami.connections(), ami.logins()), (2, 1));
    assert!(asterisk.problems().is_empty());
}

#[tokio::test]
async fn certificates_are_judged() {
    let authority = Authority::new().expect("keys");
    let other = Authority::new().expect("keys");
    let with = async |certificate: &Certificate, pem: &str| {
        let ami = Ami::start(Options {
            tls: Some(certificate.clone()),
            ..Options::default()
        });
        let ami = ami.await.expect("a port");
        let settings = Settings {
            tls: tls(pem),
            ..settings(&ami)
        };
        let asterisk = asterisk(limits());
        asterisk.configure(Some(settings));
        asterisk.settled(super::PATIENCE).await;
        let problem = asterisk.problems().pop();
        let port = ami.address().port().to_string();
        problem.map(|problem| (problem.setting, problem.what.replace(&port, "N")))
    };
    let good = authority.issue("127.0.0.1").expect("a certificate");
    let unknown = Some((
        "AsteriskCertificates".to_owned(),
        "the certificate of 127.0.0.1, port N is signed by nobody who is trusted".to_owned(),
    ));
    assert_eq!(with(&good, &authority.pem()).await, None);
    let both = other.pem() + &authority.pem();
    assert_eq!(with(&good, &both).await, None);
    assert_eq!(with(&good, &other.pem()).await, unknown);
    // None pasted: the system's authorities.
    assert_eq!(with(&good, " \n").await, unknown);

    let misnamed = authority.issue("pbx.example.com").expect("a certificate");
    let wrong_name = (
        "AsteriskHost".to_owned(),
        "the certificate of 127.0.0.1, port N is for another name".to_owned(),
    );
    assert_eq!(with(&misnamed, &authority.pem()).await, Some(wrong_name));
    // The server's own, pasted: whatever its name is.
    assert_eq!(with(&misnamed, misnamed.pem()).await, None);
    let alone = Certificate::self_signed("pbx.example.com").expect("a certificate");
    assert_eq!(with(&alone, alone.pem()).await, None);
    assert_eq!(with(&alone, good.pem()).await, unknown);

    let expired = authority.issue_expired("127.0.0.1").expect("a certificate");
    let old = (
        "AsteriskCertificates".to_owned(),
        "the certificate of 127.0.0.1, port N has expired, or is not valid yet".to_owned(),
    );
    assert_eq!(with(&expired, &authority.pem()).await, Some(old));

    for (pem, why) in [
        ("hello", "there is none in it"),
        (
            "-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n",
            "a part of it is damaged",
        ),
    ] {
        let bad = (
            "AsteriskCertificates".to_owned(),
            format!("the trusted certificates cannot be read ({why})"),
        );
        assert_eq!(with(&good, pem).await, Some(bad));
    }

    let of_setting = |what: &str| Some(("AsteriskCertificates".to_owned(), what.to_owned()));
    let lost = authority.pem().replace('\n', " ");
    let expected = "the trusted certificates cannot be read (their line breaks were lost)";
    assert_eq!(with(&good, &lost).await, of_setting(expected));
    for kind in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
        let key = format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n");
        let expected = "the setting holds a private key, so nothing of it is used";
        for pem in [authority.pem() + &key, key + &authority.pem()] {
            for pem in [pem.replace('\n', " "), pem] {
                assert_eq!(with(&good, &pem).await, of_setting(expected));
            }
        }
    }
}

#[tokio::test]
async fn tls_on_one_side_only() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let found = failure(Settings {
        tls: tls(""),
        ..settings(&ami)
    });
    is(
        &found.await,
        "AsteriskTls",
        "127.0.0.1, port N does not speak TLS",
    );
    let certificate = Certificate::self_signed("127.0.0.1").expect("a certificate");
    let found = failure_with(Options {
        tls: Some(certificate),
        ..Options::default()
    });
    let what = "127.0.0.1, port N takes the connection, and then says nothing";
    is(&found.await, "AsteriskPort", what);
}
