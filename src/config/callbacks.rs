//! `CallbackUrl`, `CallbackPageUrl` and `CallbackFrameHosts`: addresses that are called, or opened, when a call comes in.

use std::fmt;
use std::sync::Arc;

use percent_encoding::utf8_percent_encode;

use super::values::Values;
use super::{AllowedHosts, Setting, shown};
use crate::outbound::{Address, Url};
use crate::site::RESERVED;
use crate::text;

/// The most addresses in one setting.
pub const MAX_TEMPLATES: usize = 10;

/// The longest address in a setting, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 2048;

/// The longest address with the call's values in it, in bytes.
pub const MAX_CALLED_BYTES: usize = 8 * 1024;

/// The most hosts in `CallbackFrameHosts`.
pub const MAX_FRAME_HOSTS: usize = 50;

/// The longest setting that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The most mistakes of a setting that are named one by one.
const MAX_COMPLAINTS: usize = 20;

/// The longest word between two asterisks that is taken for one.
const MAX_WORD: usize = 32;

const REMEDY: &str =
    "Write an address a line, such as `https://crm.example.com/call?from=*CALLING*&to=*CALLED*`.";

/// A value of a call that an address can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Calling,
    Called,
    Dialed,
    Event,
}

impl Word {
    /// As OVH's dashboard has them.
    const ALL: [(&'static str, Self); 4] = [
        ("CALLING", Self::Calling),
        ("CALLED", Self::Called),
        ("DIALED", Self::Dialed),
        ("EVENT", Self::Event),
    ];
}

/// What stands for the words of an address. Numbers are as they were told, and may be empty.
#[derive(Clone, Copy, Debug)]
pub struct CallValues<'a> {
    /// `*CALLING*`: the caller's number.
    pub calling: &'a str,
    /// `*CALLED*`: the number of the line or the queue.
    pub called: &'a str,
    /// `*DIALED*`: the number that the caller dialled.
    pub dialed: &'a str,
    /// `*EVENT*`: what happened.
    pub event: &'a str,
}

/// An address with words such as `*CALLING*` in its path, its query or behind its `#`.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// What stands before each word, and the word; the last one has none.
    parts: Arc<[(Box<str>, Option<Word>)]>,
    origin: Arc<str>,
    line: usize,
}

/// An address may hold a key, so no more than its host is shown.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (self.line, &self.origin);
        f.debug_tuple("Template").field(&shown).finish()
    }
}

impl Template {
    /// The host, with its port unless that is the usual one: what may be shown of the address.
    #[must_use]
    pub fn origin(&self) -> &Arc<str> {
        &self.origin
    }

    /// The line of the setting that it stands in, from 1: what it is called where something is wrong with it.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The address of a call. Every character of a value that could mean something in an address is escaped (RFC 3986, 2.1), so
    /// that it stays in its place; a value of nothing but dots, which as a part of a path would lead out of it and cannot be
    /// escaped, is left out. Nothing where the address would be longer than [`MAX_CALLED_BYTES`].
    #[must_use]
    pub fn fill(&self, values: &CallValues<'_>) -> Option<String> {
        let mut url = String::new();
        for (before, word) in &*self.parts {
            url.push_str(before);
            let value = match word {
                Some(Word::Calling) => values.calling,
                Some(Word::Called) => values.called,
                Some(Word::Dialed) => values.dialed,
                Some(Word::Event) => values.event,
                None => continue,
            };
            let value = text::clean(value);
            if !value.bytes().all(|b| b == b'.') {
                url.extend(utf8_percent_encode(&value, RESERVED));
            }
        }
        (url.len() <= MAX_CALLED_BYTES).then_some(url)
    }

    /// Reads the address in that line of the setting. An error is what is wrong with it.
    fn parse(line: &str, at: usize) -> Result<(Self, Url), String> {
        if line.len() > MAX_TEMPLATE_BYTES {
            return Err(format!("is longer than {MAX_TEMPLATE_BYTES} bytes"));
        }
        let rest = line.split_once("://").map_or("", |(_, rest)| rest);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (mut parts, mut sample) = (Vec::new(), String::new());
        let path = line.len() - rest.len() + end;
        let (head, mut tail) = line.split_at(path);
        // A caller may not choose whom they are told to.
        if head.contains('*') {
            return Err("has a `*` in its scheme or host".to_owned());
        }
        let mut before = head.to_owned();
        while let Some((plain, behind)) = tail.split_once('*') {
            before.push_str(plain);
            let (word, behind) = word(behind)?;
            sample.push_str(&before);
            sample.push('1');
            parts.push((std::mem::take(&mut before).into(), Some(word)));
            tail = behind;
        }
        before.push_str(tail);
        sample.push_str(&before);
        parts.push((before.into(), None));
        let url = Url::parse(&sample).map_err(|error| format!("cannot be called: {error}"))?;
        let template = Self {
            parts: parts.into(),
            origin: url.origin().into(),
            line: at,
        };
        Ok((template, url))
    }
}

/// The word behind an asterisk, and what follows it.
fn word(behind: &str) -> Result<(Word, &str), String> {
    let fits = |word: &&str| {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(is_letter)
    };
    let found = behind.split_once('*').filter(|(word, _)| fits(word));
    let Some((word, behind)) = found else {
        return Err("has a `*` that begins no word; write `%2A` where one is meant".to_owned());
    };
    if let Some((_, known)) = Word::ALL.iter().find(|(name, _)| *name == word) {
        return Ok((*known, behind));
    }
    let same = |(name, _): &&(&str, Word)| word.eq_ignore_ascii_case(name);
    Err(match Word::ALL.iter().find(same) {
        Some((name, _)) => format!("has `*{name}*` in small letters, which is no word"),
        None => match shown::word(word) {
            Some(word) => format!("has the word `*{word}*`, which is unknown"),
            None => "has a word between two `*` that is unknown".to_owned(),
        },
    })
}

/// What is called and opened when a call comes in. Cheap to clone; the default calls nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callbacks {
    /// What the server calls.
    pub server: Arc<[Template]>,
    /// What viewers open.
    pub page: Arc<[Template]>,
    /// The hosts that the board's page may show in a frame, as a Content-Security-Policy has them: `crm.example.com`,
    /// `*.example.org`, `10.1.2.3:8080`.
    pub frame_hosts: Arc<[Box<str>]>,
}

impl Callbacks {
    /// The sources of `frame-src` of the board's Content-Security-Policy: hosts, separated by blanks, or `'none'`.
    #[must_use]
    pub fn frame_sources(&self) -> String {
        if self.page.is_empty() || self.frame_hosts.is_empty() {
            return "'none'".to_owned();
        }
        self.frame_hosts.join(" ")
    }
}

/// Reads the three settings.
pub(super) fn read(values: &mut Values<'_>, hosts: &AllowedHosts) -> Callbacks {
    let server = templates(values, Setting::CallbackUrl, |url| {
        if hosts.allows(url.host(), url.port()) {
            return Ok(());
        }
        let origin = url.origin();
        let what = format!("has a host that is not allowed, `{origin}`, so nothing is called");
        Err((what, format!("Add `{origin}` to the allowed hosts.")))
    });
    let page = templates(values, Setting::CallbackPageUrl, |_| Ok(()));
    let text = values.text(Setting::CallbackFrameHosts).unwrap_or_default();
    let mut frame_hosts = frame_hosts(values, &text);
    if text.trim().is_empty() {
        for template in &page {
            if !frame_hosts.iter().any(|host| **host == *template.origin) {
                frame_hosts.push(template.origin.to_string());
            }
        }
    }
    for template in &page {
        let allowed = |host: &String| frames(host, &template.origin);
        if !frame_hosts.iter().any(allowed) {
            let origin = &template.origin;
            let line = template.line;
            let what = format!(
                "lacks the host `{origin}`, so browsers do not show the page of CallbackPageUrl's line {line} in the board's frame"
            );
            let remedy = format!(
                "Write `{origin}` here beside the others, separated by a comma; or leave this empty, which allows the hosts of CallbackPageUrl."
            );
            values.problem(Setting::CallbackFrameHosts, what, remedy);
        }
    }
    Callbacks {
        server: server.into(),
        page: page.into(),
        frame_hosts: frame_hosts.into_iter().map(Into::into).collect(),
    }
}

/// The addresses of a setting, one a line. Wrong ones are left out and named; the others work. `check` tells what else is wrong with
/// one, and the remedy.
fn templates(
    values: &mut Values<'_>,
    setting: Setting,
    check: impl Fn(&Url) -> Result<(), (String, String)>,
) -> Vec<Template> {
    let text = values.text(setting).unwrap_or_default();
    let mut templates = Vec::new();
    if text.len() > MAX_BYTES {
        let what = format!("is longer than {MAX_BYTES} bytes, and was not read");
        values.problem(setting, what, REMEDY);
        return templates;
    }
    let mut wrong = 0;
    let lines = text.split('\n').map(str::trim);
    for (at, line) in (1..).zip(lines) {
        if line.is_empty() {
            continue;
        }
        let read = if templates.len() < MAX_TEMPLATES {
            Template::parse(line, at).map_err(|what| (what, REMEDY.to_owned()))
        } else {
            let what = format!("is one of more than {MAX_TEMPLATES} addresses");
            Err((what, "Remove it, or another one.".to_owned()))
        };
        match read.and_then(|(template, url)| check(&url).map(|()| template)) {
            Ok(template) => templates.push(template),
            Err((what, remedy)) => {
                wrong += 1;
                if wrong <= MAX_COMPLAINTS {
                    let place = format!("line {at}");
                    let what = shown::complaint(&place, shown::host(line), &what);
                    values.problem(setting, what, remedy);
                }
            }
        }
    }
    if wrong > MAX_COMPLAINTS {
        let what = format!("has {} more lines that are wrong", wrong - MAX_COMPLAINTS);
        values.problem(setting, what, REMEDY);
    }
    templates
}

/// The hosts of the setting.
fn frame_hosts(values: &mut Values<'_>, text: &str) -> Vec<String> {
    let (mut hosts, mut wrong) = (Vec::new(), 0);
    let separates = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    let entries = text.get(..text.len().min(MAX_BYTES)).unwrap_or_default();
    for (at, entry) in entries
        .split(separates)
        .filter(|entry| !entry.is_empty())
        .enumerate()
    {
        let what = match frame_host(entry) {
            Ok(host) if hosts.contains(&host) => continue,
            Ok(host) if hosts.len() < MAX_FRAME_HOSTS => {
                hosts.push(host);
                continue;
            }
            Ok(_) => "is one more than are kept",
            Err(what) => what,
        };
        wrong += 1;
        if wrong <= MAX_COMPLAINTS {
            let place = format!("entry {}", at + 1);
            let what = shown::complaint(&place, shown::host(entry), what);
            let form = "Write hosts as `crm.example.com`, `*.example.org` or `10.1.2.3:8080`, separated by commas.";
            let remedy = match host_alone(entry) {
                Some(host) => format!("Write `{host}` in its place."),
                None => form.to_owned(),
            };
            values.problem(Setting::CallbackFrameHosts, what, remedy);
        }
    }
    hosts
}

/// A host as a Content-Security-Policy names one (CSP level 3, 2.3.1).
fn frame_host(entry: &str) -> Result<String, &'static str> {
    if let Some((_, behind)) = entry.split_once("://") {
        return Err(if behind.contains(['/', '@', '?', '#']) {
            "has more than a host and its port, so its pages are shown in no frame"
        } else {
            "has `http://` or `https://` before the host, which does not belong here, so its pages are shown in no frame"
        });
    }
    if entry.contains(['/', '@', '?', '#']) {
        return Err("has more than a host and its port, so its pages are shown in no frame");
    }
    let (host, port) = entry.split_once(':').unwrap_or((entry, ""));
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if entry.contains(':') && !is_port(port) {
        return Err(
            "has no port from 1 to 65535 behind its colon (browsers know no IPv6 addresses here)",
        );
    }
    let name = host.strip_prefix("*.").unwrap_or(host);
    match Address::parse(name) {
        Some(Address::Ip(_)) if name.len() < host.len() => {
            Err("has a `*` before an address; only names have others below them")
        }
        Some(Address::Ip(_) | Address::Name(_)) => Ok(entry.to_ascii_lowercase()),
        None => Err("is no name or address of a host"),
    }
}

/// The host of what is more than one, if it is one that may stand there and nothing secret can be in it.
fn host_alone(entry: &str) -> Option<String> {
    let host = shown::host(entry)?;
    let is_more = host.len() < entry.len() && !entry.contains('@');
    frame_host(&host).ok().filter(|_| is_more)
}

/// Whether a page of that host may be shown in a frame by this source.
fn frames(source: &str, origin: &str) -> bool {
    match source.strip_prefix('*') {
        Some(end) => {
            let (end, port) = end.split_once(':').unwrap_or((end, ""));
            let (host, own) = origin.split_once(':').unwrap_or((origin, ""));
            host.len() > end.len() && host.ends_with(end) && port == own
        }
        None => source == origin,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
                let third = Template {
                    line: 3,
                    ..template(good)
                };
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
}
