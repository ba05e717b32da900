//! `POST /api/v1/admin/check`: what the System Console's button *Check* asks: whether what is set works, now.
//!
//! Each part is tried with the settings that are in force (those that were saved): Asterisk's and OVH's connections are looked at, and
//! waited for while they are being made; the conferencing node is asked whether it takes calls, and the PIN is tried in a room of its own;
//! the hosts of callbacks are asked for their
//! root, which has no effect there, as a callback would. All of that happens at once, and is over within twice [`EACH`]. No secret, no
//! key and no path of an address is in the answer.

mod pexip;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::pages::{asterisk_words, ovh_words};
use super::{calls::signed_in, errors};
use crate::app::App;
use crate::config::{
    AllowedHosts, CallValues, Problem, Secret, Setting, Template, label, labelled,
};
use crate::host::Host;
use crate::outbound::{self, Client, OutboundError, Url};
use crate::sources::{asterisk, ovh};

/// How long each part may take.
pub(super) const EACH: Duration = Duration::from_secs(5);

/// The most hosts of callbacks that are asked.
const MAX_HOSTS: usize = 8;

/// The most bytes that are read of what a host answers; more of it changes nothing.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

const SETTINGS: &str = "settings";
const ASTERISK: &str = "asterisk";
const OVH: &str = "ovh";
const CALLBACKS: &str = "callbacks";

/// Lets one check at a time through.
pub(super) type Gate = Arc<Semaphore>;

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// It works.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not.
    Bad,
    /// It is not set.
    Off,
}

/// What was found of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    /// `settings`, `asterisk`, `ovh`, `pexip` or `callbacks`.
    part: &'static str,
    state: Outcome,
    /// How it is, in words, in which settings are called as beside their fields.
    what: String,
    /// What to do about it, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn new(part: &'static str, state: Outcome, what: impl Into<String>) -> Self {
        Self {
            part,
            state,
            what: what.into(),
            remedy: None,
        }
    }

    /// With what to do about it.
    fn with(part: &'static str, state: Outcome, what: impl Into<String>, remedy: &str) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::new(part, state, what)
        }
    }

    fn of(part: &'static str, state: Outcome, problem: &Problem) -> Self {
        Self {
            part,
            state,
            what: words(problem),
            remedy: Some(labelled(&problem.remedy).into_owned()),
        }
    }
}

/// What is wrong with which setting: a sentence of both where what is wrong continues the setting's name.
fn words(problem: &Problem) -> String {
    let what = labelled(&problem.what);
    let Some(label) = label(&problem.setting) else {
        return format!("{}: {what}", problem.setting);
    };
    let goes_on = ["is ", "has ", "lacks ", "holds "];
    let colon = if goes_on.iter().any(|verb| what.starts_with(verb)) {
        ""
    } else {
        ":"
    };
    format!("“{label}”{colon} {what}")
}

/// Checks, for administrators.
pub(super) async fn check<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
    gate: Gate,
) -> Response<Body> {
    let refuse = |status, what: &str| errors::answer(status, what, true);
    if request.method() != Method::POST {
        return errors::method_not_allowed("POST", true);
    }
    let (parts, _) = request.into_parts();
    let Some(user) = signed_in(&parts) else {
        let what = "sign in to Mattermost, and with a session's cookie send X-CSRF-Token too";
        return refuse(StatusCode::UNAUTHORIZED, what);
    };
    let Some(person) = app.person(&user).await else {
        let what = "Mattermost could not be asked who you are; try again";
        return refuse(StatusCode::SERVICE_UNAVAILABLE, what);
    };
    if !person.admin {
        let what = "only those who administer the system may check the settings";
        return refuse(StatusCode::FORBIDDEN, what);
    }
    let Ok(_only) = gate.try_acquire() else {
        let what = "another check is under way; wait for it to end";
        return refuse(StatusCode::TOO_MANY_REQUESTS, what);
    };
    app.settled(EACH).await;
    let (asterisk, ovh, pexip, callbacks) = tokio::join!(
        check_asterisk(&app),
        check_ovh(&app),
        pexip::check(&app),
        check_callbacks(&app)
    );
    let mut found = settings(&app);
    found.extend([asterisk, ovh, pexip, callbacks].concat());
    let body = serde_json::json!({ "checks": found });
    errors::response(StatusCode::OK, errors::JSON, body.to_string())
}

/// To which part a setting belongs that has a check of its own.
fn part_of(setting: &str) -> Option<&'static str> {
    let parts = [
        ("Asterisk", ASTERISK),
        ("Ovh", OVH),
        ("Callback", CALLBACKS),
    ];
    let found = parts.iter().find(|(begin, _)| setting.starts_with(begin));
    found.map(|(_, part)| *part)
}

/// What is wrong with the settings of a part, whether or not it could be tried.
fn wrong<H: Host>(app: &App<H>, part: &'static str, own: &[Problem]) -> Vec<Finding> {
    let problems = app.problems();
    let set = problems
        .iter()
        .filter(|problem| part_of(&problem.setting) == Some(part) && !own.contains(problem));
    set.chain(own)
        .map(|problem| Finding::of(part, Outcome::Bad, problem))
        .collect()
}

/// What is wrong with the settings themselves, and with parts that have no check of their own.
fn settings<H: Host>(app: &App<H>) -> Vec<Finding> {
    let others = [app.asterisk().problems(), app.ovh().problems()].concat();
    let problems = app.problems();
    let own = problems
        .iter()
        .filter(|problem| !others.contains(problem) && part_of(&problem.setting).is_none());
    let found: Vec<_> = own
        .map(|problem| Finding::of(SETTINGS, Outcome::Bad, problem))
        .collect();
    let warnings = app.effects_warnings();
    let warnings = warnings.iter();
    let warnings = warnings.map(|problem| Finding::of(SETTINGS, Outcome::Warning, problem));
    if found.is_empty() {
        let is_all = problems
            .iter()
            .all(|problem| part_of(&problem.setting).is_none());
        let which = if is_all { "all" } else { "all other" };
        let what = format!("{which} settings can be read, and what they name is there");
        let well = Finding::new(SETTINGS, Outcome::Ok, what);
        return warnings.chain([well]).collect();
    }
    found.into_iter().chain(warnings).collect()
}

async fn check_asterisk<H: Host>(app: &App<H>) -> Vec<Finding> {
    if !app.bundle().has_asterisk() {
        return Vec::new();
    }
    let asterisk = app.asterisk();
    asterisk.settled(EACH).await;
    let report = asterisk.report();
    let words = asterisk_words(&report);
    let mut found = wrong(app, ASTERISK, &asterisk.problems());
    match report.state {
        // It is set, and what is wrong with it stands there already.
        asterisk::LinkState::Off if !found.is_empty() => {}
        asterisk::LinkState::Off => found.push(Finding::new(ASTERISK, Outcome::Off, words)),
        asterisk::LinkState::Up => {
            let what = format!("{words}: {} lines, {} queues", report.lines, report.queues);
            found.push(Finding::new(ASTERISK, Outcome::Ok, what));
        }
        asterisk::LinkState::Down(_) if !found.is_empty() => {}
        asterisk::LinkState::Connecting
        | asterisk::LinkState::Seeding
        | asterisk::LinkState::Down(_) => {
            let mut finding = Finding::new(ASTERISK, Outcome::Bad, words);
            let remedy = "Check in a moment again; if this lasts, see that Asterisk answers.";
            finding.remedy = Some(remedy.into());
            found.push(finding);
        }
    }
    let warnings = asterisk.warnings();
    let warnings = warnings.iter();
    found.extend(warnings.map(|problem| Finding::of(ASTERISK, Outcome::Warning, problem)));
    found
}

async fn check_ovh<H: Host>(app: &App<H>) -> Vec<Finding> {
    if !app.bundle().has_ovh() {
        return Vec::new();
    }
    app.ovh().settled(EACH).await;
    let report = app.ovh().report();
    let found = wrong(app, OVH, &app.ovh().problems());
    let words = ovh_words(&report);
    let state = match report.state {
        ovh::LinkState::Off => Outcome::Off,
        ovh::LinkState::Up => Outcome::Ok,
        ovh::LinkState::Connecting | ovh::LinkState::Down(_) => Outcome::Bad,
    };
    if found.is_empty() || state == Outcome::Ok {
        return [vec![Finding::new(OVH, state, words)], found].concat();
    }
    found
}

/// Asks each host of the addresses that the server calls. Pages that viewers open are theirs to reach: they are told of, and not asked.
async fn check_callbacks<H: Host>(app: &App<H>) -> Vec<Finding> {
    if app.bundle().key(Setting::CallbackUrl).is_none() {
        return Vec::new();
    }
    let config = app.config();
    let mut found = wrong(app, CALLBACKS, &[]);
    let pages: Vec<&str> = config
        .callbacks
        .page
        .iter()
        .map(|page| &**page.origin())
        .collect();
    if !pages.is_empty() {
        let what = format!(
            "pages of {} open for those who look at the board or have the phone panel, each as they chose; whether their browsers reach them is not known here",
            listed(&pages)
        );
        found.push(Finding::new(CALLBACKS, Outcome::Ok, what));
    }
    let roots: BTreeSet<String> = config.callbacks.server.iter().filter_map(root).collect();
    if roots.is_empty() {
        if found.is_empty() {
            let what = "this server calls no address, and no page opens";
            found.push(Finding::new(CALLBACKS, Outcome::Off, what));
        }
        return found;
    }
    let asked = roots.iter().take(MAX_HOSTS);
    let asked = asked.map(|root| ask(app.outbound(), &config.allowed_hosts, root));
    found.extend(futures_util::future::join_all(asked).await);
    found
}

/// Hosts, each once.
fn listed(hosts: &[&str]) -> String {
    let hosts: BTreeSet<_> = hosts.iter().map(|host| format!("`{host}`")).collect();
    hosts.into_iter().collect::<Vec<_>>().join(", ")
}

/// The root of the host of an address.
fn root(template: &Template) -> Option<String> {
    let nobody = CallValues {
        calling: "",
        called: "",
        dialed: "",
        event: "",
    };
    let url = Url::parse(&template.fill(&nobody)?).ok()?;
    let scheme = if url.is_https() { "https" } else { "http" };
    Some(format!("{scheme}://{}/", url.origin()))
}

/// A request of which only the answer's status matters.
fn request() -> outbound::Request<'static> {
    static NOTHING: LazyLock<Secret> = LazyLock::new(Secret::default);
    outbound::Request {
        bearer: &NOTHING,
        accept: "*/*",
        limit: EACH,
        max_body: MAX_ANSWER_BYTES,
        status_only: true,
    }
}

async fn ask(client: &Client, hosts: &AllowedHosts, root: &str) -> Finding {
    match client.get(root, hosts, &request()).await {
        Ok(answer) => {
            let what = format!("`{root}` answers ({})", answer.status);
            Finding::new(CALLBACKS, Outcome::Ok, what)
        }
        Err(error) => refused(root, &error),
    }
}

fn refused(root: &str, error: &OutboundError) -> Finding {
    let what = format!("`{root}` is not reached: {error}");
    let mut finding = Finding::new(CALLBACKS, Outcome::Bad, what);
    finding.remedy = Some(error.remedy().into());
    finding
}
