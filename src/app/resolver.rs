//! Finds the team, the channel and the author that the settings name: in the background, again until it
//! succeeds, and anew when the server refuses a post for good.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::backoff::Backoff;
use crate::config::{Bundle, Config, Problem, Setting};
use crate::host::{ChannelId, Host, HostError, HostErrorKind, UserId};
use crate::sinks::posts::{Posting, Target};

/// How long to wait before something that was not found is looked for again: an admin may be making it.
pub const RETRY_NOT_FOUND: Duration = Duration::from_secs(30);

/// How long one look-up may take.
pub const RESOLVE_LIMIT: Duration = Duration::from_secs(15);

/// After a refused post, how long to wait before everything is looked up anew.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// What is to be found. A part that is empty is not looked for: the settings' own problems tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    team: String,
    channel: String,
    mail: String,
}

impl Wanted {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            team: config.team_name.clone(),
            channel: config.channel_name.clone(),
            mail: config.user_mail.clone(),
        }
    }
}

/// What was found, and what was not.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    /// What was looked for.
    wanted: Wanted,
    channel: Option<ChannelId>,
    author: Option<UserId>,
    failures: Vec<Failure>,
}

#[derive(Clone, Debug)]
struct Failure {
    setting: Setting,
    name: String,
    error: HostError,
}

impl Resolved {
    /// Whether this is what became of `wanted`, and not of settings before those.
    pub(super) fn answers(&self, wanted: &Wanted) -> bool {
        self.wanted == *wanted
    }

    pub(super) fn channel(&self) -> Option<ChannelId> {
        self.channel.clone()
    }

    pub(super) fn target(&self) -> Option<Target> {
        Some(Target {
            channel: self.channel.clone()?,
            author: self.author.clone()?,
        })
    }

    pub(super) fn problems(&self, bundle: &Bundle) -> Vec<Problem> {
        self.failures
            .iter()
            .map(|failure| {
                let setting = bundle.key(failure.setting).unwrap_or("settings");
                let name = crate::text::clean(&failure.name);
                if failure.error.kind == HostErrorKind::NotFound {
                    let (what, remedy) = not_found(failure.setting);
                    return Problem::new(setting, format!("there is no {what} `{name}`"), remedy);
                }
                let error = crate::text::clean(&failure.error.message);
                Problem::new(
                    setting,
                    format!("`{name}` could not be looked up: {error}"),
                    "It is tried again; see the server's log if this lasts.",
                )
            })
            .collect()
    }

    fn wait(&self, backoff: &mut Backoff) -> Option<Duration> {
        if self.failures.is_empty() {
            return None;
        }
        if self.failures.iter().any(|f| f.error.is_transient()) {
            return Some(backoff.next_wait());
        }
        Some(RETRY_NOT_FOUND)
    }
}

fn not_found(setting: Setting) -> (&'static str, &'static str) {
    match setting {
        Setting::TeamName => (
            "team",
            "Enter the team's name as it stands in its URL, not the one that is displayed.",
        ),
        Setting::ChannelName => (
            "channel in that team",
            "Enter the channel's name as it stands in its URL, not the one that is displayed.",
        ),
        _ => (
            "person with the e-mail address",
            "Enter the address that the account has in Mattermost.",
        ),
    }
}

/// Runs until it is ended.
pub(super) async fn run<H: Host>(
    host: Arc<H>,
    posts: Arc<Posting<H>>,
    mut wanted: watch::Receiver<Wanted>,
    resolved: watch::Sender<Resolved>,
    target: watch::Sender<Option<Target>>,
) {
    let mut backoff = Backoff::default();
    let mut said = Vec::new();
    loop {
        let current = wanted.borrow_and_update().clone();
        let found = resolve(&*host, &current).await;
        log(&found, &mut said);
        let wait = found.wait(&mut backoff);
        if wait.is_none() {
            backoff = Backoff::default();
        }
        {
            // Held meanwhile, so that new settings either come before and count, or withdraw the target after.
            let now = wanted.borrow();
            let new = found.target().filter(|_| *now == current);
            target.send_if_modified(|target| {
                let changed = *target != new;
                *target = new;
                changed
            });
        }
        resolved.send_replace(found);
        tokio::select! {
            changed = wanted.changed() => {
                if changed.is_err() {
                    return;
                }
                backoff = Backoff::default();
            }
            () = pause(wait) => {}
            () = refused(&posts) => {}
        }
    }
}

async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => sleep(wait).await,
        None => std::future::pending().await,
    }
}

async fn refused<H: Host>(posts: &Posting<H>) {
    posts.refused().await;
    sleep(AFTER_REFUSAL).await;
}

async fn resolve<H: Host>(host: &H, wanted: &Wanted) -> Resolved {
    let mut resolved = Resolved {
        wanted: wanted.clone(),
        ..Resolved::default()
    };
    let mut failed = |setting, name: &str, error| {
        resolved.failures.push(Failure {
            setting,
            name: name.to_owned(),
            error,
        });
    };
    let mut channel = None;
    if !wanted.team.is_empty() {
        match limited(host.team_by_name(&wanted.team)).await {
            Ok(team) if !wanted.channel.is_empty() => {
                match limited(host.channel_by_name(&team, &wanted.channel)).await {
                    Ok(found) => channel = Some(found),
                    Err(error) => failed(Setting::ChannelName, &wanted.channel, error),
                }
            }
            Ok(_) => {}
            Err(error) => failed(Setting::TeamName, &wanted.team, error),
        }
    }
    let mut author = None;
    if !wanted.mail.is_empty() {
        match limited(host.user_by_mail(&wanted.mail)).await {
            Ok(person) => author = Some(person.id),
            Err(error) => failed(Setting::UserMail, &wanted.mail, error),
        }
    }
    resolved.channel = channel;
    resolved.author = author;
    resolved
}

async fn limited<T>(asking: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
    match timeout(RESOLVE_LIMIT, asking).await {
        Ok(answer) => answer,
        Err(_) => Err(HostError::transient("the server did not answer in time")),
    }
}

/// Says each failure once, and once more when all is found.
fn log(found: &Resolved, said: &mut Vec<String>) {
    let now: Vec<String> = found
        .failures
        .iter()
        .map(|f| format!("{:?} {} {}", f.setting, f.name, f.error))
        .collect();
    if now == *said {
        return;
    }
    for failure in &found.failures {
        tracing::warn!(
            setting = ?failure.setting,
            name = %failure.name,
            error = %failure.error,
            "what a setting names was not found"
        );
    }
    if now.is_empty() {
        tracing::info!("channel and author were found");
    }
    *said = now;
}
