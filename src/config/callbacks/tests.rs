//! Addresses of callbacks, right and wrong.

use proptest::prelude::*;

use super::template::*;
use super::*;
use crate::config::{Bundle, Config};

fn template(line: &str) -> Template {
    Template::parse(line, 1).expect(line).0
}

fn filled(line: &str, calling: &str) -> String {
    let values = CallValues {
        calling,
        called: "6001",
        dialed: "0800",
        event: "start_ringing",
    };
    template(line).fill(&values).expect("an address")
}

fn config(key: &str, text: &str) -> (Callbacks, Vec<String>) {
    let json = serde_json::json!({"AllowedHosts": "crm.example.com, *.example.org", key: text});
    let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
    let ours = |p: &&crate::config::Problem| p.setting.starts_with("Callback");
    let problems = config.problems.iter().filter(ours);
    let problems = problems.map(ToString::to_string).collect();
    (config.callbacks, problems)
}

#[test]
fn words_are_replaced_and_escaped() {
    for (line, calling, expected) in [
        (
            "https://crm.example.com/*CALLED*?from=*CALLING*&d=*DIALED*&e=*EVENT*&x=*CALLING*",
            "+49 30",
            "https://crm.example.com/6001?from=%2B49%2030&d=0800&e=start_ringing&x=%2B49%2030",
        ),
        (
            "http://a.b?n=*CALLING*",
            "a&b=c#d",
            "http://a.b?n=a%26b%3Dc%23d",
        ),
        (
            "http://a.b/x/*CALLING*",
            "../../admin",
            "http://a.b/x/..%2F..%2Fadmin",
        ),
        ("http://a.b/x/*CALLING*/y", "..", "http://a.b/x//y"),
        ("http://a.b/x/.*CALLING*/y", ".", "http://a.b/x/./y"),
        ("http://a.b/#/c/*CALLING*", "a/b", "http://a.b/#/c/a%2Fb"),
        (
            "http://a.b/?*CALLING*",
            "*EVENT*",
            "http://a.b/?%2AEVENT%2A",
        ),
        (
            "http://a.b/?*CALLING*",
            "<b>\u{202e}é\r\n",
            "http://a.b/?%3Cb%3E%C3%A9",
        ),
        ("http://a.b/?*CALLING**CALLED*", "", "http://a.b/?6001"),
        ("http://a.b", "1", "http://a.b"),
    ] {
        assert_eq!(filled(line, calling), expected, "{line}");
    }
}

#[test]
fn a_caller_with_a_long_name_makes_no_endless_address() {
    let line = format!("http://a.b/?{}", "*CALLING*".repeat(200));
    let values = CallValues {
        calling: &"😀".repeat(1000),
        called: "",
        dialed: "",
        event: "",
    };
    assert_eq!(template(&line).fill(&values), None);
    let one = template("http://a.b/*CALLING*").fill(&values);
    assert!(one.expect("an address").len() < 1000);
}

#[test]
fn wrong_addresses_are_named_and_the_others_work() {
    let good = "https://crm.example.com/?n=*CALLING*";
    for (line, what, remedy) in [
        (
            "https://crm.example.com/?n=*CALLER*",
            "line 1 `crm.example.com` has the word `*CALLER*`, which is unknown",
            "*CALLING*",
        ),
        (
            "https://crm.example.com/?n=*k3y*",
            "has a word between two `*` that is unknown",
            "*CALLING*",
        ),
        (
            "https://crm.example.com/?n=*calling*",
            "has `*CALLING*` in small letters",
            "*CALLING*",
        ),
        (
            "https://crm.example.com/?n=*CALLING",
            "has a `*` that begins no word",
            "",
        ),
        (
            "https://crm.example.com/?n=**",
            "has a `*` that begins no word",
            "",
        ),
        (
            "https://*CALLING*.example.org/",
            "has a `*` in its scheme or host",
            "",
        ),
        (
            "https://crm.example.com:*CALLING*/",
            "has a `*` in its scheme or host",
            "",
        ),
        (
            "ftp://crm.example.com/",
            "cannot be called: it does not begin with",
            "",
        ),
        ("javascript:alert(1)//x://y", "cannot be called", ""),
        (
            "javascript:alert('*CALLING*')",
            "has a `*` in its scheme or host",
            "",
        ),
        (
            "crm.example.com/*CALLING*",
            "has a `*` in its scheme or host",
            "",
        ),
        (
            "https://bob:hush@crm.example.com/",
            "it has a user's name in it",
            "",
        ),
        (
            "https://crm.example.com/a b",
            "cannot be called: it has a blank",
            "",
        ),
        ("https:\\\\crm.example.com/", "cannot be called", ""),
    ] {
        for key in ["CallbackUrl", "CallbackPageUrl"] {
            let (callbacks, problems) = config(key, &format!("{line}\n\n {good} \r\n"));
            let found = [callbacks.server, callbacks.page].concat();
            // It keeps its place.
            let third = Template::parse(good, 3).expect(good).0;
            assert_eq!(found, [third], "{line}");
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(
                problems[0].starts_with(&format!("{key}: line 1")),
                "{problems:?}"
            );
            assert!(problems[0].contains(what), "{problems:?}");
            assert!(problems[0].contains(remedy), "{problems:?}");
            assert!(!problems[0].contains("hush") && !problems[0].contains("k3y"));
        }
    }
}

#[test]
fn the_server_calls_allowed_hosts_only() {
    let line = "https://crm.example.com:8443/?key=hush";
    let (callbacks, problems) = config("CallbackUrl", line);
    assert_eq!(callbacks, Callbacks::default());
    let expected = "CallbackUrl: line 1 `crm.example.com:8443` has a host that is not allowed, `crm.example.com:8443`, so \
        nothing is called. Add `crm.example.com:8443` to the allowed hosts.";
    assert_eq!(problems, [expected]);
    let (callbacks, problems) = config("CallbackPageUrl", line);
    assert_eq!((callbacks.page.len(), problems.len()), (1, 0));
    assert!(!format!("{callbacks:?}").contains("hush"));
}

#[test]
fn addresses_that_are_joined_are_not_taken_for_one() {
    let (one, two) = ("https://crm.example.com/a", "https://b.example.org/b");
    for joined in [
        format!("{one},{two}"),
        format!("{one}?n=*CALLING*, {two}"),
        format!("{one};HTTPS{}", &two["https".len()..]),
        format!("{one} {two}"),
    ] {
        let (callbacks, problems) = config("CallbackUrl", &joined);
        assert_eq!(callbacks.server.len(), 0, "{joined}");
        assert_eq!(problems.len(), 1, "{joined}: {problems:?}");
        assert!(
            problems[0].contains("Write each address on a line of its own."),
            "{problems:?}"
        );
    }
    let other = format!("{one}?back={two}&list=1,2\n{two}");
    let (callbacks, problems) = config("CallbackUrl", &other);
    assert_eq!((callbacks.server.len(), problems), (2, Vec::new()));
}

#[test]
fn too_many_are_cut_and_told() {
    let line = |n: usize| format!("https://crm.example.com/{n}\n");
    let many: String = (0..MAX_TEMPLATES + 30).map(line).collect();
    let (callbacks, problems) = config("CallbackUrl", &many);
    assert_eq!(callbacks.server.len(), MAX_TEMPLATES);
    assert_eq!(problems.len(), MAX_COMPLAINTS + 1);
    let long = format!("https://crm.example.com/{}", "x".repeat(MAX_TEMPLATE_BYTES));
    assert_eq!(config("CallbackUrl", &long).1.len(), 1);
    let longer = "https://crm.example.com/\n".repeat(MAX_BYTES / 20);
    assert_eq!(config("CallbackUrl", &longer).1.len(), 1);
}

#[test]
fn frames_are_of_the_hosts_that_are_named() {
    let read = |page: &str, hosts: &str| {
        let json = serde_json::json!({"CallbackPageUrl": page, "CallbackFrameHosts": hosts});
        let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
        let ours = |p: &&crate::config::Problem| p.setting == "CallbackFrameHosts";
        let problems = config.problems.iter().filter(ours).count();
        (config.callbacks.frame_sources(), problems)
    };
    let page = "https://crm.example.com:8443/x\nhttps://a.b/\nhttps://a.b/y";
    for (page, hosts, sources, problems) in [
        ("", "", "'none'", 0),
        ("", "crm.example.com", "'none'", 0),
        (page, "", "crm.example.com:8443 a.b", 0),
        (
            page,
            "A.b, *.example.com:8443;10.0.0.1:80",
            "a.b *.example.com:8443 10.0.0.1:80",
            0,
        ),
        (page, "a.b", "a.b", 1),
        (page, "a.b *.example.com", "a.b *.example.com", 1),
        (
            page,
            "https://x, 'none', *, *.1.2.3.4, a.b:0, [::1]:80, a.b;script-src",
            "a.b script-src",
            7,
        ),
    ] {
        assert_eq!(read(page, hosts), (sources.to_owned(), problems), "{hosts}");
    }
}

#[test]
fn what_is_wrong_with_hosts_of_frames_says_what_to_write() {
    let page = "https://crm.example.com:8443/x?key=k3y";
    let said = |hosts: &str| -> Vec<String> {
        let json = serde_json::json!({"CallbackPageUrl": page, "CallbackFrameHosts": hosts});
        let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
        let ours = |p: &&crate::config::Problem| p.setting == "CallbackFrameHosts";
        let problems = config.problems.iter().filter(ours);
        problems.map(ToString::to_string).collect()
    };
    let lacks = "CallbackFrameHosts: lacks the host `crm.example.com:8443`, so browsers do not show the page of CallbackPageUrl's \
        line 1 in the board's frame. Write `crm.example.com:8443` here beside the others, separated by a comma; or leave this empty, \
        which allows the hosts of CallbackPageUrl.";
    assert_eq!(said("a.b"), [lacks]);
    for (entry, what) in [
        (
            "https://crm.example.com:8443/x",
            "has more than a host and its port",
        ),
        (
            "crm.example.com:8443/x",
            "has more than a host and its port",
        ),
        (
            "http://crm.example.com:8443",
            "has `http://` or `https://` before the host, which does not belong here",
        ),
    ] {
        let whole = format!(
            "CallbackFrameHosts: entry 1 `crm.example.com:8443` {what}, so its pages are shown in no frame. Write \
            `crm.example.com:8443` in its place."
        );
        assert_eq!(said(entry), [whole.as_str(), lacks]);
    }
    let form = "Write hosts as `crm.example.com`, `*.example.org` or `10.1.2.3:8080`, separated by commas.";
    for hosts in ["https://bob:hush@crm.example.com/", "*", "https://"] {
        let said = said(hosts);
        assert!(said[0].ends_with(form), "{said:?}");
        assert!(!said.concat().contains("hush") && !said.concat().contains("k3y"));
    }
}

proptest! {
    #[test]
    fn any_line_is_read_without_harm(line in "(https?://)?[a-zA-Z0-9.:/?#@*%\\[\\] -]{0,60}", calling in any::<String>()) {
        if let Ok((template, url)) = Template::parse(&line, 1) {
            let values = CallValues { calling: &calling, called: "", dialed: "", event: "" };
            if let Some(filled) = template.fill(&values) {
                let filled = Url::parse(&filled).expect("an address");
                prop_assert_eq!(filled.origin(), url.origin());
                prop_assert_eq!(filled.is_https(), url.is_https());
            }
        }
    }
}
