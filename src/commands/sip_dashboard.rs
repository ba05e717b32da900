//! `/sip-dashboard`: a link to the board's page.

use percent_encoding::utf8_percent_encode;

use super::{Command, Context, Needs, Response, texts};
use crate::site::{self, RESERVED};

pub(super) const COMMAND: Command = Command {
    trigger: "sip-dashboard",
    description: texts::sip_dashboard,
    autocomplete: texts::sip_dashboard_autocomplete,
    subcommands: &[],
    needs: Needs::Nothing,
};

pub(super) fn run(context: &Context<'_>) -> Response {
    Response::private(link(context))
}

/// The link. People see the page by being signed in; only an admin's link carries the secret, for a screen on
/// a wall where nobody is.
fn link(context: &Context<'_>) -> String {
    let Some(site) = site::base(context.site_url) else {
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
