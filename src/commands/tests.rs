use super::*;
use crate::board::{Action, Board, Report, Timestamp};
use crate::config::Bundle;

fn snapshot(events: &[(&str, &str)]) -> Snapshot {
    let mut board = Board::new();
    for (user, action) in events {
        let event = Report {
            dialed: None,
            own_number: None,
            source: crate::board::Source::Phone,
            user: Arc::from(*user),
            action: Action::from_name(action).expect("an action"),
            peer: None,
            reference: None,
            linked: None,
            queue: None,
        };
        board.apply(event, Timestamp(1));
    }
    board.snapshot()
}

/// Somebody who is no admin, and settings without anything: both last as long as the tests.
fn nobody_special() -> (&'static Person, &'static Config) {
    static ONCE: std::sync::OnceLock<(Person, Config)> = std::sync::OnceLock::new();
    let (person, config) = ONCE.get_or_init(|| {
        let person = crate::host::fake::FakeServer::default().person("bob");
        (person, Config::default())
    });
    (person, config)
}

fn context<'a>(snapshot: &'a Snapshot, secret: Option<&'a Secret>) -> Context<'a> {
    let (person, config) = nobody_special();
    Context {
        arguments: "",
        id: "net.bytemine.sip",
        site_url: "https://chat.example.com/team",
        person,
        config,
        secret,
        snapshot,
        features: Features::default(),
        gone: None,
    }
}

/// What is said at once.
fn said(step: Step) -> Response {
    match step {
        Step::Say(response) => response,
        other => panic!("{other:?}"),
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
        said(phone::run(&Context {
            arguments,
            ..context(&snapshot, None)
        }))
    };
    for arguments in ["", "help", "what"] {
        assert!(run(arguments).text.contains("`/phone status "));
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
    let text = said(phone::run(&Context {
        arguments: "status",
        ..context(&snapshot, None)
    }))
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
    let long = said(phone::run(&Context {
        arguments: "status",
        ..context(&self::snapshot(&events), None)
    }))
    .text;
    assert!(long.len() < sip_status::MAX_TABLE_BYTES + 100);
    assert!(long.contains(" more; see `/phone board`"));
}

#[test]
fn phone_status_of_one_tells_all_of_them() {
    let snapshot = snapshot(&[("bob", "dnd-on"), ("zoe", "call-established")]);
    let config = Config {
        numbers_users: crate::config::NumbersUsers::parse("6001:bob,6002:bob,6003:eve").0,
        ..Config::default()
    };
    let status = |of: &str| {
        let arguments = format!("status {of}");
        let context = Context {
            arguments: &arguments,
            config: &config,
            ..context(&snapshot, None)
        };
        said(phone::run(&context)).text
    };
    for of in ["@bob", "6001", "\"Bob\""] {
        let text = status(of);
        assert!(text.starts_with("**bob**: 🚫 do not disturb\n"), "{text}");
        assert!(text.ends_with("\n- Numbers: 6001 and 6002"), "{text}");
    }
    assert!(status("zoe").starts_with("**zoe**: in a call\n- talks, for "));
    assert_eq!(
        status("@eve"),
        "**eve**: nothing was reported yet\n- Numbers: 6003"
    );
}

#[test]
fn phone_status_said_nothing_was_reported_after_a_call_and_a_ringing_phone_was_in_one() {
    let heading = |events: &[(&str, &str)]| {
        let snapshot = snapshot(events);
        let context = Context {
            arguments: "status zoe",
            ..context(&snapshot, None)
        };
        let text = said(phone::run(&context)).text;
        text.lines().next().unwrap_or_default().to_owned()
    };
    let rings = ("zoe", "incoming-call");
    assert_eq!(heading(&[rings]), "**zoe**: rings");
    let talks = ("zoe", "call-established");
    assert_eq!(heading(&[rings, talks]), "**zoe**: in a call");
    let ends = ("zoe", "call-terminated");
    assert_eq!(heading(&[rings, talks, ends]), "**zoe**: free");
    assert_eq!(heading(&[("zoe", "outgoing-call")]), "**zoe**: calls");
}

/// The setting may write a name otherwise than the board does.
#[test]
fn phone_status_tells_the_numbers_of_a_name_that_is_written_otherwise() {
    let snapshot = snapshot(&[("bob", "dnd-on")]);
    let config = Config {
        numbers_users: crate::config::NumbersUsers::parse("6001:Bob").0,
        ..Config::default()
    };
    let context = Context {
        arguments: "status @bob",
        config: &config,
        ..context(&snapshot, None)
    };
    let text = said(phone::run(&context)).text;
    assert!(text.starts_with("**bob**: 🚫 do not disturb\n"), "{text}");
    assert!(text.ends_with("\n- Numbers: 6001"), "{text}");
}

#[test]
fn an_at_sign_alone_is_nobody() {
    for (line, example) in [
        ("call @", "/phone call "),
        ("message @ hi", "/phone message "),
    ] {
        let answer = asks(line).expect_err("it misses something");
        assert!(answer.starts_with("Missing: the "), "{answer}");
        assert!(answer.contains(example), "{answer}");
    }
}

#[test]
fn the_table_says_first_that_asterisk_is_gone() {
    use crate::sources::asterisk::LinkState;

    let snapshot = snapshot(&[("bob", "onhook")]);
    let text = |state: &LinkState| {
        let context = Context {
            arguments: "status",
            gone: state.gone(),
            ..context(&snapshot, None)
        };
        said(phone::run(&context)).text
    };
    let table = text(&LinkState::Up);
    assert!(table.starts_with("| Name |"), "{table}");
    let gone = text(&LinkState::Down(
        "nothing listens at pbx, port 5038".to_owned(),
    ));
    let expected = format!(
        "Asterisk is not connected: its phones and queues are not followed at this moment. The plugin's page `/status` tells an administrator why.\n\n{table}"
    );
    assert_eq!(gone, expected);
    let soon = text(&LinkState::Connecting);
    assert!(soon.starts_with("Asterisk is being connected"), "{soon}");
}

/// What `/phone` makes of its arguments where there is an Asterisk.
fn asks(arguments: &str) -> Result<phone::Request, String> {
    let snapshot = snapshot(&[]);
    let step = phone::run(&Context {
        arguments,
        features: Features {
            pbx: true,
            links: false,
            video: false,
        },
        ..context(&snapshot, None)
    });
    match step {
        Step::Ask(request) => Ok(request),
        Step::Say(response) => Err(response.text),
        Step::Do(errand) => panic!("{errand:?}"),
    }
}

#[test]
fn phone_call_takes_all_of_it_as_whom_to_call() {
    for (line, expected) in [
        ("call 6002", "6002"),
        ("CALL  +33 2 40 40 40 40", "+33 2 40 40 40 40"),
        ("call @bob", "@bob"),
        ("call \"Bob Miller\"", "Bob Miller"),
        ("call Bob Miller", "Bob Miller"),
    ] {
        let to = expected.to_owned();
        assert_eq!(asks(line), Ok(phone::Request::Call { to }), "{line}");
    }
    for line in ["call", "call \"\""] {
        let said = asks(line).unwrap_err();
        assert!(said.contains("number, @user or name"), "{said}");
        assert!(said.contains("`/phone call +33"), "{said}");
    }
}

#[test]
fn phone_message_keeps_the_text_as_it_was_typed() {
    for (line, to, text) in [
        ("message 6001 hi", "6001", "hi"),
        (
            "message @bob  I'm  \"on\" my\n\tway\n\nbye",
            "@bob",
            "I'm  \"on\" my\n\tway\n\nbye",
        ),
        ("message \"Bob Miller\" \"hi\"", "Bob Miller", "\"hi\""),
        ("message 6001\nhi", "6001", "hi"),
    ] {
        let (to, text) = (to.to_owned(), text.to_owned());
        assert_eq!(
            asks(line),
            Ok(phone::Request::Message { to, text }),
            "{line}"
        );
    }
    let both = asks("message").unwrap_err();
    assert!(
        both.contains("the extension or @user and the text"),
        "{both}"
    );
    let one = asks("message @bob ").unwrap_err();
    assert!(
        one.starts_with("Missing: the text. For example: `/phone message @bob "),
        "{one}"
    );
}

#[test]
fn phone_queue_reads_what_to_do_and_where() {
    use crate::calls::AgentAction::{Login, Logout, Pause, Unpause};
    let reason = |reason: &str| Pause {
        reason: Some(reason.to_owned()),
    };
    for (line, queue, action) in [
        ("queue login", None, Login),
        ("Queue LOGIN support", Some("support"), Login),
        ("queue logout \"first line\"", Some("first line"), Logout),
        ("queue pause", None, Pause { reason: None }),
        ("queue pause at\nlunch", None, reason("at lunch")),
        ("queue unpause", None, Unpause),
    ] {
        let queue = queue.map(str::to_owned);
        assert_eq!(
            asks(line),
            Ok(phone::Request::Agent { queue, action }),
            "{line}"
        );
    }
    for (line, says) in [
        ("queue", "Missing: what to do, `login [queue]`"),
        ("queue leave", "knows no leave; it takes `login [queue]`"),
        ("queue unpause support", "ends your pause in all"),
    ] {
        let said = asks(line).unwrap_err();
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn what_needs_an_asterisk_says_so_where_there_is_none() {
    let snapshot = snapshot(&[]);
    let run = |arguments| {
        let context = Context {
            arguments,
            ..context(&snapshot, None)
        };
        said(phone::run(&context)).text
    };
    for line in ["call 6002", "call", "message", "queue pause"] {
        assert!(run(line).contains("`AsteriskHost`"), "{line}");
    }
    let help = run("help");
    assert!(!help.contains("/phone call") && !help.contains("/phone queue"));
    let help = asks("help").unwrap_err();
    for line in [
        "- `/phone call [number, @user or name]`: ",
        "- `/phone message [extension or @user] [text]`: ",
        "- `/phone queue [login|logout|pause|unpause]`: ",
        "For example: `/phone queue pause lunch`",
        "- `/phone board [queue, or reset, wall, walls, withdraw, erase]`: Show who is in a call",
    ] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn help_lists_what_works_and_names_the_settings_of_the_rest() {
    let snapshot = snapshot(&[]);
    let help = |id: &'static str, json: &str| {
        let config = Config::parse(Bundle::of(id), json.as_bytes());
        let context = Context {
            id,
            config: &config,
            features: Features::of(&config),
            ..context(&snapshot, None)
        };
        said(phone::run(&Context {
            arguments: "help",
            ..context
        }))
        .text
    };
    let little = help("switchboard", r#"{"CallStatus":false,"MissedCalls":false}"#);
    for says in [
        "Once an administrator has set `AsteriskHost`, `AsteriskUser` and `AsteriskSecret` in the plugin's settings, there are also `call`, \
            `message` and `queue`.",
        "Once an administrator has set `PhoneLinks` in the plugin's settings, there are also `link` and `unlink`.",
        "- `/phone settings [status|phone-dnd]`: ",
        "For example: `/phone settings phone-dnd off`",
    ] {
        assert!(little.contains(says), "{little}");
    }
    let asterisk = r#"{"AsteriskHost":"pbx","AsteriskUser":"a","AsteriskSecret":"hush-hush","PhoneLinks":"call","CallStatus":true,"MissedCalls":true}"#;
    let all = help("switchboard", asterisk);
    assert!(all.contains("/phone call") && all.contains("/phone link"));
    assert!(
        all.contains("For example: `/phone settings missed off`"),
        "{all}"
    );
    assert!(!all.contains("Once an administrator"), "{all}");
    // Where there is no such setting, nobody can set it.
    let original = help("net.bytemine.sip", "{}");
    assert!(!original.contains("Once an administrator"), "{original}");
}

/// What `/phone` makes of its arguments where it is neither an answer nor the PBX's.
fn errand(arguments: &str) -> Result<phone::Errand, String> {
    let snapshot = snapshot(&[]);
    let step = phone::run(&Context {
        arguments,
        ..context(&snapshot, None)
    });
    match step {
        Step::Do(errand) => Ok(errand),
        Step::Say(response) => Err(response.text),
        Step::Ask(request) => panic!("{request:?}"),
    }
}

#[test]
fn phone_settings_reads_a_name_and_a_value() {
    for line in ["settings", "Settings status away", "settings STATUS Dnd"] {
        assert!(errand(line).is_ok(), "{line}");
    }
    for (line, says) in [
        (
            "settings colour",
            "There is no setting colour; there are `status` and `phone-dnd`.",
        ),
        ("settings missed off", "`missed` cannot be chosen here"),
        (
            "settings status",
            "`status` is one of `unchanged`, `dnd` or `away`.",
        ),
        ("settings status ooo", "`status` is one of "),
        (
            "settings phone-dnd maybe",
            "`phone-dnd` is one of `on` or `off`.",
        ),
    ] {
        let said = errand(line).unwrap_err();
        assert!(said.starts_with(says), "{said}");
    }
}

#[test]
fn answers_are_in_the_language_of_whoever_asks() {
    let snapshot = snapshot(&[("bob", "dnd-on"), ("zoe", "call-established")]);
    let german = Person {
        language: Language::German,
        ..nobody_special().0.clone()
    };
    let context = Context {
        person: &german,
        ..context(&snapshot, None)
    };
    let says = |arguments| {
        let context = Context {
            arguments,
            ..context
        };
        said(phone::run(&context)).text
    };
    assert_eq!(
        says("status"),
        "| Name | Telefon | Gespräche |\n|---|---|---|\n| bob | 🚫 Nicht stören |  |\n| zoe |  | spricht |\n"
    );
    let help = says("help");
    assert!(
        help.contains("`: Zeigen, wer telefoniert und wie es um die Warteschlangen steht"),
        "{help}"
    );
    assert!(says("queue").contains("`AsteriskHost`"));
    let with_pbx = Context {
        arguments: "message",
        features: Features {
            pbx: true,
            ..context.features
        },
        ..context
    };
    let missing = said(phone::run(&with_pbx)).text;
    let expected = "Es fehlt: die Nebenstelle oder @Benutzer und der Text. Zum Beispiel: `/phone message @bob Ich bin unterwegs`";
    assert_eq!(missing, expected);
    // The original's table has no words.
    assert_eq!(sip_status::run(&context).text, "|bob|\n|---|\n|🚫|\n");
}

#[test]
fn every_bundles_commands_are_there() {
    for bundle in crate::config::BUNDLES {
        for trigger in bundle.commands {
            assert!(all().any(|command| command.trigger == *trigger));
        }
    }
}
