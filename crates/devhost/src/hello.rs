//! What the `devhost` program says once the plugin runs: where to look, and what to try.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::DevHost;

/// Phones' URLs to try, without the secret.
const PHONES: [&str; 5] = [
    "/sip/incoming-call/bob/0240404040",
    "/sip/offhook/bob",
    "/sip/onhook/bob",
    "/sip/dnd-on/alice",
    "/sip/incoming-call?user=carol&number=123",
];

/// Parts of a settings text that say whose number is whose.
fn numbers(text: &str) -> Vec<(&str, &str)> {
    let pairs = text.split([',', '\n']);
    let pairs = pairs.filter_map(|pair| pair.split_once(':'));
    pairs
        .map(|(number, user)| (number.trim(), user.trim()))
        .collect()
}

/// What to try with an Asterisk, if one is set: a slash command, and the query of a URL of eeCallUs's kind.
fn with_asterisk(page: &str, settings: &Map<String, Value>) -> Option<(String, String)> {
    let text = |key: &str| {
        let text = settings.get(key).and_then(Value::as_str);
        text.unwrap_or_default().trim()
    };
    let host = text("asteriskhost");
    if host.is_empty() {
        return None;
    }
    let numbers = numbers(text("numbersusers"));
    let (from, caller) = *numbers.first()?;
    let (to, callee) = *numbers.iter().find(|(_, user)| *user != caller)?;
    let try_it = format!(
        "With the Asterisk at {host}, as {caller} on the page, whose direct messages tell how it goes:\n\n  \
         {page}/?as={caller}\n\n  \
         /phone call @{callee}\n  /phone call {to}\n  /phone message @{callee} Lunch?\n  /phone status\n"
    );
    let query: Vec<_> = [
        ("exec", "eeCall.php"),
        ("ip", host),
        ("port", text("asteriskport")),
        ("user", text("asteriskuser")),
        ("secret", text("asterisksecret")),
        ("from", from),
        ("to", to),
        ("msg", ""),
        ("drv", ""),
    ]
    .iter()
    .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    .collect();
    Some((try_it, query.join("&")))
}

/// The text, with a line end. It holds the run's secrets, and an Asterisk's: whoever started the host is to use them.
pub fn hello(host: &DevHost) -> String {
    let bundle = host.bundle();
    let process = host
        .process_id()
        .map(|id| format!(", process {id}"))
        .unwrap_or_default();
    let id = bundle.id();
    let named = match bundle.name() {
        "" => id.to_owned(),
        name => format!("{name} {} ({id})", bundle.version()),
    };
    let mut text = format!("{named} runs{process}.\n\n");
    let mut line = |what: &str, url: &str| {
        // A string takes everything.
        let _ = writeln!(text, "  {what:<15} {url}");
    };
    line("What happens", &format!("{}/", host.url()));
    if bundle.webapp().is_some() {
        let page = format!("{}/acme/channels/phones?as=bob", host.url());
        line("With its webapp", &page);
    }
    let (phones, presence) = (host.phones_secret(), host.presence_secret());
    if let Some(secret) = &phones {
        let url = |path: &str| host.plugin_url(&format!("{path}?secret={secret}"));
        line("The board", &url("/dashboard"));
    }
    if let Some(secret) = phones.as_ref().or(presence.as_ref()) {
        line(
            "Its health",
            &host.plugin_url(&format!("/status?secret={secret}")),
        );
    }
    if let Some(url) = host.metrics_url() {
        line("Its metrics", &url);
    }
    if let Some(secret) = &presence {
        let status = format!("/api/v1/status?page=0&secret={secret}");
        line("Who is there", &host.plugin_url(&status));
        let feed = host.plugin_url(&format!("/api/v1/ws?secret={secret}"));
        line("As it changes", &feed.replacen("http", "ws", 1));
    }
    if let Some(secret) = &phones {
        text.push_str("\nPhones' URLs to try; the page shows what they do:\n\n");
        for path in PHONES {
            let joint = if path.contains('?') { '&' } else { '?' };
            let url = host.plugin_url(&format!("{path}{joint}secret={secret}"));
            let _ = writeln!(text, "  curl '{url}'");
        }
    }
    let settings = host.world().plugin_settings(id);
    if let Some((try_it, query)) = with_asterisk(host.url(), &settings) {
        let url = host.plugin_url(&format!("/script/?{query}"));
        let _ = write!(text, "\n{try_it}\n  curl '{url}'\n");
    }
    text.push_str("\nCtrl-C ends it.\n");
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(host: &str, numbers: &str) -> Map<String, Value> {
        let settings = json!({
            "asteriskhost": host, "asteriskuser": "desk", "asterisksecret": "pa ss&",
            "numbersusers": numbers,
        });
        settings.as_object().unwrap().clone()
    }

    #[test]
    fn with_an_asterisk_there_is_a_call_to_try_between_two_people() {
        let settings = settings("pbx", "6001:alice, 6009:alice,\n6002:bob");
        let (try_it, query) = with_asterisk("http://127.0.0.1:8065", &settings).unwrap();
        assert!(
            try_it.contains("http://127.0.0.1:8065/?as=alice\n"),
            "{try_it}"
        );
        assert!(try_it.contains("/phone call @bob\n"), "{try_it}");
        assert!(try_it.contains("/phone call 6002\n"), "{try_it}");
        assert_eq!(
            query,
            "exec=eeCall%2Ephp&ip=pbx&port=&user=desk&secret=pa%20ss%26&from=6001&to=6002&msg=&drv="
        );
    }

    #[test]
    fn without_an_asterisk_or_two_people_there_is_none() {
        assert_eq!(
            with_asterisk("", &settings("", "6001:alice,6002:bob")),
            None
        );
        assert_eq!(with_asterisk("", &settings("pbx", "6001:alice")), None);
        assert_eq!(with_asterisk("", &Map::new()), None);
    }
}
