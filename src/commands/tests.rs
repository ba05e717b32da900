use super::*;
use crate::board::{Action, Board, Report, Timestamp};

fn snapshot(events: &[(&str, &str)]) -> Snapshot {
    let mut board = Board::new();
    for (user, action) in events {
        let event = Report {
            source: crate::board::Source::Phone,
            user: Arc::from(*user),
            action: Action::from_name(action).expect("an action"),
            peer: None,
            reference: None,
        };
        board.apply(event, Timestamp(1));
    }
    board.snapshot()
}

fn context<'a>(snapshot: &'a Snapshot, secret: Option<&'a Secret>) -> Context<'a> {
    Context {
        arguments: "",
        id: "net.bytemine.sip",
        site_url: "https://chat.example.com/team",
        secret,
        snapshot,
    }
}

#[test]
fn the_status_table_is_the_originals() {
    let snapshot = snapshot(&[
        ("bob", "dnd-on"),
        ("Zoe", "offhook"),
        ("amy", "dnd-off"),
        ("amy", "login"),
        ("eve", "incoming-call"),
    ]);
    let answer = sip_status::run(&context(&snapshot, None));
    assert_eq!(answer.text, "|Zoe|amy|bob|\n|---|---|---|\n|📞|☎←|🚫|\n");
    assert!(answer.ephemeral);
}

#[test]
fn a_name_does_not_break_the_table() {
    let snapshot = snapshot(&[("a|b*", "onhook")]);
    let answer = sip_status::run(&context(&snapshot, None));
    assert_eq!(answer.text, "|a\\|b\\*|\n|---|\n|✔|\n");
}

#[test]
fn an_empty_or_endless_table_is_said_in_words() {
    let empty = sip_status::run(&context(&snapshot(&[]), None));
    assert_eq!(empty.text, "No phone has reported its status yet.");
    let names: Vec<String> = (0..5000).map(|n| format!("user{n:04}")).collect();
    let events: Vec<_> = names.iter().map(|name| (&**name, "login")).collect();
    let long = sip_status::run(&context(&snapshot(&events), None)).text;
    assert!(long.len() < sip_status::MAX_TABLE_BYTES + 100);
    let columns = long
        .lines()
        .nth(1)
        .map_or(0, |rule| rule.matches("---").count());
    assert!(long.ends_with(&format!(
        "\nand {} more; see `/sip-dashboard`.\n",
        5000 - columns
    )));
}

#[test]
fn the_link_is_made_from_the_sites_address() {
    let snapshot = snapshot(&[]);
    for (site, expected) in [
        (
            "https://chat.example.com",
            "[SIP Dashboard](https://chat.example.com/plugins/net.bytemine.sip/dashboard)",
        ),
        (
            "https://example.com/chat/",
            "[SIP Dashboard](https://example.com/chat/plugins/net.bytemine.sip/dashboard)",
        ),
        (
            "http://localhost:8065",
            "[SIP Dashboard](http://localhost:8065/plugins/net.bytemine.sip/dashboard)",
        ),
    ] {
        let context = Context {
            site_url: site,
            ..context(&snapshot, None)
        };
        assert_eq!(sip_dashboard::run(&context).text, expected);
    }
    for site in [
        "",
        "chat.example.com",
        "https://a b",
        "https://a/)",
        "javascript:alert(1)",
    ] {
        let context = Context {
            site_url: site,
            ..context(&snapshot, None)
        };
        assert!(
            sip_dashboard::run(&context).text.contains("Site URL"),
            "{site}"
        );
    }
}

#[test]
fn the_link_holds_the_secret_for_an_admin_only() {
    let snapshot = snapshot(&[]);
    let secret = Secret::new("a b&c)ü".to_owned());
    let text = sip_dashboard::run(&context(&snapshot, Some(&secret))).text;
    assert!(
        text.ends_with("/dashboard?secret=a%20b%26c%29%C3%BC)"),
        "{text}"
    );
    let text = sip_dashboard::run(&context(&snapshot, None)).text;
    assert!(!text.contains("secret"));
    let text = sip_dashboard::run(&context(&snapshot, Some(&Secret::default()))).text;
    assert!(!text.contains("secret"));
}

#[test]
fn phone_leads_to_the_others() {
    let snapshot = snapshot(&[("bob", "dnd-on")]);
    let run = |arguments| {
        phone::run(&Context {
            arguments,
            ..context(&snapshot, None)
        })
    };
    assert_eq!(run("board"), sip_dashboard::run(&context(&snapshot, None)));
    for arguments in ["", "help", "what"] {
        assert!(run(arguments).text.contains("`/phone status`"));
    }
}

/// Someone who is only in a call is on the phone as well.
#[test]
fn phone_status_shows_calls_too() {
    let snapshot = snapshot(&[
        ("bob", "dnd-on"),
        ("zoe", "call-established"),
        ("eve|x", "login"),
    ]);
    let text = phone::run(&Context {
        arguments: "status",
        ..context(&snapshot, None)
    })
    .text;
    let rows: Vec<_> = text.lines().skip(2).collect();
    assert_eq!(
        rows,
        [
            "| bob | 🚫 do not disturb |  |",
            "| eve\\|x | ☎← logged in |  |",
            "| zoe |  | talks |",
        ]
    );
    let many: Vec<_> = (0..1000).map(|n| format!("user-{n:04}")).collect();
    let events: Vec<_> = many.iter().map(|user| (&**user, "dnd-on")).collect();
    let long = phone::run(&Context {
        arguments: "status",
        ..context(&self::snapshot(&events), None)
    })
    .text;
    assert!(long.len() < sip_status::MAX_TABLE_BYTES + 100);
    assert!(long.contains(" more; see `/phone board`"));
}

#[test]
fn every_bundles_commands_are_there() {
    for bundle in crate::config::BUNDLES {
        for trigger in bundle.commands {
            assert!(ALL.iter().any(|(command, _)| command.trigger == *trigger));
        }
    }
}
