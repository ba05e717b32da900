//! `/sip-dashboard`: a link to the board's page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Command, Context, Response, texts};

pub(super) const COMMAND: Command = Command {
    trigger: "sip-dashboard",
    description: texts::sip_dashboard,
    autocomplete: texts::sip_dashboard_autocomplete,
    subcommands: &[],
};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn run(context: &Context<'_>) -> Response {
    Response::private(link(context))
}

/// The link. People see the page by being signed in; only an admin's link carries the secret, for a screen on
/// a wall where nobody is.
fn link(context: &Context<'_>) -> String {
    let Some(site) = site(context.site_url) else {
        return texts::no_site_url(context.language());
    };
    let id = context.id;
    match context.secret {
        Some(secret) if !secret.is_empty() => {
            let secret = utf8_percent_encode(secret.reveal(), RESERVED);
            format!("[SIP Dashboard]({site}/plugins/{id}/dashboard?secret={secret})")
        }
        _ => format!("[SIP Dashboard]({site}/plugins/{id}/dashboard)"),
    }
}

/// The site's address without a slash at its end, if it is one that a link can hold.
fn site(url: &str) -> Option<&str> {
    let url = url.trim().trim_end_matches('/');
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    let fits = |b: u8| {
        b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'<' | b'>' | b'?' | b'#' | b'\\')
    };
    (is_url && url.bytes().all(fits)).then_some(url)
}
