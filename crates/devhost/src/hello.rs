//! What the `devhost` program says once the plugin runs: where to look, and what to try.

use std::fmt::Write as _;

use crate::DevHost;

/// Phones' URLs to try, without the secret.
const PHONES: [&str; 5] = [
    "/sip/incoming-call/bob/0240404040",
    "/sip/offhook/bob",
    "/sip/onhook/bob",
    "/sip/dnd-on/alice",
    "/sip/incoming-call?user=carol&number=123",
];

/// The text, with a line end. It holds the run's secrets: whoever started the host is to use them.
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
    text.push_str("\nCtrl-C ends it.\n");
    text
}
