//! How the plugin is doing, for programs: `/status` as JSON, and the Support Packet that the server makes for those who help its admin.
//!
//! Neither has a secret, nor a text that an admin entered but what a problem quotes of it.

use serde_json::{Value, json};

use crate::app::{App, Door};
use crate::board::Timestamp;
use crate::config::{Problem, summary};
use crate::host::Host;
use crate::sinks::metrics::{self, Process};
use crate::sources::asterisk::{self, LinkState};
use crate::sources::ovh;

/// The plugin's version, which is the manifest's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The machine that it was built for, as Mattermost calls it: `linux-amd64`, `linux-arm64`.
#[must_use]
pub fn platform() -> String {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}-{machine}", std::env::consts::OS)
}

/// Everything that is known of how it is doing. docs/operations.md says what each part means.
pub async fn report<H: Host>(app: &App<H>) -> Value {
    let problems = app.problems();
    let board = app.snapshot().await.ok();
    let presence = app.presence().report();
    let server = app.server_version().await;
    let (posts, statuses, missed) = (
        app.post_counts(),
        app.statuses().counts(),
        app.missed().counts(),
    );
    let notices = app.notice_counts();
    let events = app.waiting_events();
    let process = Process::read();
    let mut warnings = app.asterisk().warnings();
    warnings.extend(app.effects_warnings());
    warnings.extend(app.secret_warnings(&app.config()));
    json!({
        "healthy": problems.is_empty(),
        "problems": problems.iter().map(problem).collect::<Vec<_>>(),
        "warnings": warnings.iter().map(problem).collect::<Vec<_>>(),
        "plugin": {
            "id": app.id(),
            "version": VERSION,
            "platform": platform(),
            "startedAt": app.started().0,
        },
        "server": { "version": server },
        "cluster": {
            "leads": app.leads(),
            "readsStatuses": presence.on.then_some(presence.reading),
        },
        "sources": {
            "asterisk": asterisk_state(&app.asterisk().report(), app.now()),
            "ovh": ovh_state(&app.ovh().report()),
            "phones": { "reports": app.phone_counts().reports() },
        },
        "board": board.map(|board| json!({
            "lines": board.lines.len(),
            "calls": board.lines.iter().map(|line| line.calls.len()).sum::<usize>(),
            "queues": board.queues.len(),
            "waiting": board.queues.iter().map(|queue| queue.waiting.len()).sum::<usize>(),
            "changes": board.sequence,
        })),
        "waiting": {
            "events": events.board,
            "eventsForLeader": events.leader,
            "posts": posts.waiting,
            "notices": notices.waiting,
            "queueMissedCalls": missed.posts.waiting,
            "missedCallsHeld": missed.held,
            "statuses": statuses.waiting,
            "callbacks": app.callbacks().counts().waiting,
        },
        "failing": {
            "posts": posts.given_up,
            "notices": notices.given_up,
            "missedCalls": missed.given_up,
            "statuses": statuses.failing,
            "callbacks": app.callbacks().counts().failed,
        },
        "clients": { "board": app.live().count(), "presence": presence.clients },
        "wrongSecrets": Door::ALL
            .map(|door| (door.name().to_owned(), json!(app.attempts().wrong(door).all)))
            .into_iter()
            .collect::<serde_json::Map<_, _>>(),
        "process": {
            "residentBytes": process.resident,
            "openFiles": process.open_fds,
            "maxFiles": process.max_fds,
            "cpuSeconds": process.cpu.map(|cpu| cpu.as_secs_f64()),
        },
    })
}

fn problem(problem: &Problem) -> Value {
    json!({ "about": problem.setting, "what": problem.what, "remedy": problem.remedy })
}

fn asterisk_state(report: &asterisk::Report, now: Timestamp) -> Value {
    if !report.on {
        return Value::Null;
    }
    let (state, why) = match &report.state {
        LinkState::Off => ("off", None),
        LinkState::Connecting => ("connecting", None),
        LinkState::Seeding => ("seeding", None),
        LinkState::Up => ("up", None),
        LinkState::Down(why) => ("down", Some(why)),
    };
    json!({
        "state": state,
        "why": why,
        "since": now.0.saturating_sub(u64::try_from(report.turned.as_millis()).unwrap_or(u64::MAX)),
        "forSeconds": report.turned.as_secs(),
        "version": report.version,
        "events": report.events,
        "dropped": report.dropped,
        "lines": report.lines,
        "calls": report.calls,
        "queues": report.queues,
    })
}

fn ovh_state(report: &ovh::Report) -> Value {
    if !report.on {
        return Value::Null;
    }
    let (state, why) = match &report.state {
        ovh::LinkState::Off => ("off", None),
        ovh::LinkState::Connecting => ("connecting", None),
        ovh::LinkState::Up => ("up", None),
        ovh::LinkState::Down(why) => ("down", Some(why)),
    };
    json!({
        "state": state,
        "why": why,
        "since": report.since.0,
        "tokens": report.tokens,
        "tokensUp": report.up,
        "events": report.events,
        "gaps": report.gaps,
        "lines": report.lines,
        "calls": report.calls,
        "queues": report.queues,
    })
}

/// A file of the Support Packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportFile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub body: Vec<u8>,
}

/// What the plugin adds to the Support Packet: its [`report`] with what is [set](summary), and its metrics.
pub async fn support<H: Host>(app: &App<H>) -> Vec<SupportFile> {
    let mut report = report(app).await;
    report["settings"] = summary(app.bundle(), &app.raw_settings());
    let board = app.snapshot().await.ok();
    let id = app.id();
    let file = |name: String, body: String| SupportFile {
        name,
        body: body.into_bytes(),
    };
    vec![
        file(format!("{id}-status.json"), format!("{report:#}\n")),
        file(
            format!("{id}-metrics.txt"),
            metrics::text(app, board.as_deref()),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::{app_of, settle};

    /// Every secret that can be set, and keys in addresses.
    const SECRETS: [(&str, &str); 9] = [
        ("Secret", "phones-9d3f1a-planted"),
        ("PresenceSecret", "presence-77c0e2-planted"),
        ("AsteriskSecret", "asterisk-51b8d4-planted"),
        ("OvhTokens", "ABCDEFAB-CDEF-ABCD-EFAB-CDEF77AA1234"),
        ("NumberLookupSecret", "lookup-20fa66-planted"),
        ("Pin", "84261937"),
        ("NumberLookupUrl", "key-e01c9b-planted"),
        ("CallbackUrl", "key-3c44d7-planted"),
        ("CallbackPageUrl", "key-b81f05-planted"),
    ];

    /// Settings with all of them.
    fn planted() -> String {
        let mut settings = json!({
            "TeamName": "sales", "ChannelName": "phones", "UserMail": "phones@example.com",
            "AsteriskHost": "127.0.0.1", "AsteriskPort": "1", "AsteriskUser": "switchboard",
            "OvhUrl": "http://127.0.0.1:1/", "AllowedHosts": "127.0.0.1:1",
            "Node": "pexip.example.com", "Prefix": "meet-",
        });
        for (key, secret) in SECRETS {
            settings[key] = match key {
                "NumberLookupUrl" => format!("http://127.0.0.1:1/{{number}}?key={secret}"),
                "CallbackUrl" | "CallbackPageUrl" => {
                    format!("http://127.0.0.1:1/?key={secret}&of=*CALLING*")
                }
                _ => secret.to_owned(),
            }
            .into();
        }
        settings.to_string()
    }

    #[test]
    fn every_setting_that_the_manifest_calls_secret_is_planted() {
        let manifest: Value =
            serde_json::from_str(include_str!("../plugin.json")).expect("a manifest");
        let settings = manifest["settings_schema"]["settings"].as_array();
        let secret = settings
            .expect("settings")
            .iter()
            .filter(|setting| setting["secret"] == true);
        let keys: Vec<_> = secret
            .filter_map(|setting| setting["key"].as_str())
            .collect();
        assert!(keys.len() >= 6, "{keys:?}");
        for key in keys {
            assert!(SECRETS.iter().any(|(own, _)| *own == key), "{key}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_secret_is_in_the_support_packet_metrics_or_debug() {
        let (app, _host) = app_of("switchboard").await;
        assert!(app.configure(planted().as_bytes()));
        settle().await;
        let mut texts: Vec<(String, String)> = vec![
            (
                "Debug of the settings".to_owned(),
                format!("{:?}", app.config()),
            ),
            ("Debug of the app".to_owned(), format!("{app:?}")),
            ("the report".to_owned(), report(&app).await.to_string()),
        ];
        for file in support(&app).await {
            let body = String::from_utf8(file.body).expect("text");
            assert!(body.len() > 500, "{}: {body}", file.name);
            texts.push((file.name, body));
        }
        let config = app.config();
        let derived = config.phones_short_secret.reveal();
        assert!(!derived.is_empty() && config.asterisk.is_some() && config.ovh.is_some());
        let secrets = SECRETS.iter().map(|(_, secret)| *secret).chain([derived]);
        for secret in secrets {
            for (name, text) in &texts {
                assert!(!text.contains(secret), "{name} has {secret}:\n{text}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_support_packet_says_what_is_set_and_how_it_does() {
        let (app, _host) = app_of("switchboard").await;
        assert!(app.configure(planted().as_bytes()));
        settle().await;
        let files = support(&app).await;
        let names: Vec<_> = files.iter().map(|file| &*file.name).collect();
        assert_eq!(
            names,
            ["switchboard-status.json", "switchboard-metrics.txt"]
        );
        let status: Value = serde_json::from_slice(&files[0].body).expect("JSON");
        assert_eq!(status["plugin"]["id"], "switchboard");
        assert_eq!(status["plugin"]["version"], VERSION);
        assert_eq!(status["server"]["version"], "9.11.3");
        let asterisk = &status["sources"]["asterisk"];
        assert_eq!(asterisk["queues"], 0);
        // When it turned so, as OVH says it, and for how long that is.
        let ago = app.now().0 - asterisk["since"].as_u64().expect("a time");
        assert_eq!(
            ago / 1000,
            asterisk["forSeconds"].as_u64().expect("how long")
        );
        assert!(status["sources"]["ovh"]["since"].is_u64());
        assert_eq!(status["settings"]["Secret"]["characters"], 21);
        assert_eq!(status["settings"]["AsteriskPort"], "1");
        let metrics = String::from_utf8_lossy(&files[1].body);
        assert!(metrics.contains("switchboard_build_info{id=\"switchboard\""));
    }
}
