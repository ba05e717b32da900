use super::super::{Bundle, Config};
use super::*;

fn parse(more: &str) -> Config {
    let json = format!(
        r#"{{"teamname":"sales","channelname":"phones","usermail":"p@example.com","secret":"hush",
            "asteriskhost":"pbx.example.com","asteriskuser":"switchboard","asterisksecret":"ami-hush"{more}}}"#
    );
    Config::parse(Bundle::of("switchboard"), json.as_bytes())
}

fn problems(config: &Config) -> Vec<&str> {
    config.problems.iter().map(|p| &*p.setting).collect()
}

#[test]
fn three_settings_are_enough() {
    let config = parse("");
    assert_eq!(config.problems, []);
    let (asterisk, rules) = config.asterisk.expect("it is set");
    assert_eq!((&*asterisk.host, asterisk.port), ("pbx.example.com", 5038));
    assert_eq!(asterisk.tls, None);
    assert_eq!(asterisk.context, "from-internal");
    assert_eq!(asterisk.queue_interface, "PJSIP/{extension}");
    assert!(rules.extensions.matches("6001") && !rules.extensions.matches("123456"));
    assert!(rules.outside.is_empty());
    assert_eq!(rules.international_prefix, "00");
    assert_eq!(rules.calls_per_minute, DEFAULT_CALLS_PER_MINUTE);
    assert!(!config.asterisk_posts);
}

#[test]
fn an_outside_number_with_its_prefix_is_no_extension_by_default() {
    let rules = |more: &str| parse(more).asterisk.expect("it is set").1;
    assert_eq!(rules("").extensions.to_string(), "XX, XXX, XXXX, XXXXX");
    for (prefix, outside) in [("9", "91183"), ("0", "0112"), ("55", "5512")] {
        let rules = rules(&format!(r#","asteriskoutsideprefix":"{prefix}""#));
        assert!(!rules.extensions.matches(outside), "{prefix}");
        assert!(rules.extensions.matches("6001"), "{prefix}");
    }
    assert!(
        rules(r#","asteriskoutsideprefix":"*1""#)
            .extensions
            .matches("11")
    );
    let own = rules(r#","asteriskoutsideprefix":"9","asteriskextensions":"9XX""#);
    assert!(own.extensions.matches("901"), "what is set holds");
}

#[test]
fn without_a_valid_prefix_no_number_outside_may_be_called() {
    for prefix in ["9w", "123456789", "9 9"] {
        let more = r#","asteriskoutsidenumbers":"0., *97","asteriskoutsideprefix":""#;
        let config = parse(&format!(r#"{more}{prefix}""#));
        let rules = config.asterisk.expect("the rest works").1;
        assert!(rules.outside.is_empty(), "{prefix}");
        assert!(rules.extensions.matches("6001"), "{prefix}");
        let first = &prefix[..1];
        assert!(!rules.extensions.matches(&format!("{first}112")));
        let [problem] = &config.problems[..] else {
            panic!("{:?}", config.problems);
        };
        let said = problem.to_string();
        assert!(said.contains("AsteriskOutsidePrefix"), "{said}");
        assert!(said.contains("no number outside may be called"), "{said}");
    }
}

#[test]
fn without_a_host_there_is_none() {
    let config = parse(r#","AsteriskHost":" ","asteriskhost":"""#);
    assert_eq!(config.asterisk, None);
    assert_eq!(problems(&config), ["AsteriskHost"], "stored twice");
    let other = Config::parse(Bundle::of("net.bytemine.sip"), br#"{"asteriskhost":"x"}"#);
    assert_eq!(other.asterisk, None);
}

#[test]
fn a_port_may_stand_in_several_places() {
    let address = |host: &str, more: &str| {
        let config = parse(more);
        let json = format!("{config:?}");
        assert!(!json.contains("hush"));
        let config = Config::parse(
            Bundle::of("switchboard"),
            format!(
                r#"{{"teamname":"s","channelname":"p","usermail":"p@e","secret":"hush","asteriskhost":"{host}",
                "asteriskuser":"u","asterisksecret":"s"{more}}}"#
            )
            .as_bytes(),
        );
        let problems: Vec<String> = problems(&config).iter().map(|&s| s.to_owned()).collect();
        let address = config
            .asterisk
            .map(|(settings, _)| (settings.host, settings.port));
        (address, problems)
    };
    let at = |host: &str, port| Some((host.to_owned(), port));
    assert_eq!(
        address("pbx", r#","asterisktls":true"#),
        (at("pbx", 5039), vec![])
    );
    assert_eq!(address("pbx:5100", ""), (at("pbx", 5100), vec![]));
    assert_eq!(
        address("pbx:5100", r#","asteriskport":"5200""#),
        (at("pbx", 5200), vec![])
    );
    assert_eq!(address("::1", ""), (at("::1", 5038), vec![]));
    assert_eq!(
        address("[fe80::1%eth0]:99", ""),
        (at("fe80::1%eth0", 99), vec![])
    );
    assert_eq!(
        address("10.0.0.1", r#","asteriskport":0"#),
        (at("10.0.0.1", 5038), vec![])
    );
    assert_eq!(
        address("pbx", r#","asteriskport":70000"#),
        (at("pbx", 5038), vec!["AsteriskPort".to_owned()])
    );
    for wrong in ["http://pbx/", "a b", "pbx/x", "pbx\\r\\nAction: x"] {
        let (address, problems) = address(wrong, "");
        assert_eq!((address, &*problems[0]), (None, "AsteriskHost"), "{wrong}");
    }
}

#[test]
fn each_wrong_setting_is_named_and_has_its_default() {
    for (more, setting) in [
        (r#","asteriskcontext":"from internal""#, "AsteriskContext"),
        (r#","asteriskextensions":"6XXX, [1""#, "AsteriskExtensions"),
        (
            r#","asteriskoutsidenumbers":"0.1""#,
            "AsteriskOutsideNumbers",
        ),
        (
            r#","asteriskoutsidenumbers":"abc""#,
            "AsteriskOutsideNumbers",
        ),
        (r#","asteriskoutsideprefix":"9w""#, "AsteriskOutsidePrefix"),
        (
            r#","asteriskinternationalprefix":"123456789""#,
            "AsteriskInternationalPrefix",
        ),
        (
            r#","asteriskcertificates":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----""#,
            "AsteriskCertificates",
        ),
        (r#","asteriskcallsperminute":0"#, "AsteriskCallsPerMinute"),
        (r#","asteriskdriver":"iax""#, "AsteriskDriver"),
        (
            r#","asteriskqueueinterface":"PJSIP/6001""#,
            "AsteriskQueueInterface",
        ),
        (
            r#","asteriskqueueinterface":"PJSIP/{extension},x""#,
            "AsteriskQueueInterface",
        ),
        (r#","asterisktls":"perhaps""#, "AsteriskTls"),
        (r#","asteriskdnd":"D/ND""#, "AsteriskDnd"),
    ] {
        let config = parse(more);
        assert_eq!(problems(&config), [setting], "{more}");
        let (settings, _) = config.asterisk.expect("the rest works");
        assert_eq!(settings.context, DEFAULT_CONTEXT);
        assert!(settings.queue_interface.starts_with("PJSIP/"));
    }
}

#[test]
fn without_an_account_there_is_none() {
    for (key, setting) in [
        ("asteriskuser", "AsteriskUser"),
        ("asterisksecret", "AsteriskSecret"),
    ] {
        for value in ["", "a\\r\\nAction: Originate"] {
            let json = format!(
                r#"{{"teamname":"s","channelname":"p","usermail":"p@e","secret":"hush","asteriskhost":"pbx",
                "asteriskuser":"u","asterisksecret":"s","{key}":"{value}"}}"#
            );
            let config = Config::parse(Bundle::of("switchboard"), json.as_bytes());
            assert_eq!(config.asterisk, None);
            assert_eq!(problems(&config), [setting]);
        }
    }
}

#[test]
fn do_not_disturb_is_told_in_the_way_that_is_set() {
    for (text, expected) in [
        ("", None),
        (" DND ", Some(DndSwitch::Database("DND".to_owned()))),
        ("Switch", Some(DndSwitch::Device)),
    ] {
        let config = parse(&format!(r#","asteriskdnd":"{text}""#));
        assert_eq!(config.problems, []);
        let (settings, _) = config.asterisk.expect("an Asterisk");
        assert_eq!(settings.dnd, expected);
    }
}
