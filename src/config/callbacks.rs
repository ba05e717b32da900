//! `CallbackUrl`, `CallbackPageUrl` and `CallbackFrameHosts`: addresses that are called, or opened, when a call comes in.

mod frames;
mod template;
#[cfg(test)]
mod tests;

pub use frames::MAX_FRAME_HOSTS;
pub use template::{CallValues, MAX_CALLED_BYTES, MAX_TEMPLATE_BYTES, Template};

use std::sync::Arc;

use super::values::Values;
use super::{AllowedHosts, Setting, shown};
use crate::outbound::Url;
use frames::{frame_hosts, frames};

/// The most addresses in one setting.
pub const MAX_TEMPLATES: usize = 10;

/// The longest setting that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The most mistakes of a setting that are named one by one.
const MAX_COMPLAINTS: usize = 20;

const JOINED_REMEDY: &str = "Write each address on a line of its own. What belongs to an address is written `%2C` for a comma and `%20` for a blank.";

const REMEDY: &str =
    "Write an address a line, such as `https://crm.example.com/call?from=*CALLING*&to=*CALLED*`.";

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
            if !frame_hosts.iter().any(|host| **host == **template.origin()) {
                frame_hosts.push(template.origin().to_string());
            }
        }
    }
    for template in &page {
        let allowed = |host: &String| frames(host, template.origin());
        if !frame_hosts.iter().any(allowed) {
            let origin = template.origin();
            let line = template.line();
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
        let read = if is_joined(line) {
            let what = "has another address behind it in the same line".to_owned();
            Err((what, JOINED_REMEDY.to_owned()))
        } else if templates.len() < MAX_TEMPLATES {
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

/// Whether another address stands behind a comma, a semicolon or a blank, as other settings have them.
fn is_joined(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let ends = |before: &str| before.ends_with(|c: char| c.is_whitespace() || ",;".contains(c));
    let schemes = ["http://", "https://"].into_iter();
    let mut begins = schemes.flat_map(|scheme| line.match_indices(scheme));
    begins.any(|(at, _)| line.get(..at).is_some_and(ends))
}
