//! Pages of Mattermost's that are open: they ask `GET /api/v1/webapp` when they are loaded, and again when they are told that there is
//! something new.

use std::sync::Arc;

use super::App;
use crate::config::Config;
use crate::host::{Audience, Host, Told};
use crate::tasks;

/// The event by which pages learn that the settings changed, everybody's or those of one person who linked a number. It says nothing else: each asks for what concerns its own person,
/// after a random wait of its own.
pub(crate) const SETTINGS_CHANGED: &str = "settings_changed";

/// Whether `GET /api/v1/webapp` may answer somebody else than before.
fn is_new(before: &Config, config: &Config) -> bool {
    let video = match (&before.video, &config.video) {
        (Some(before), Some(now)) => !before.shows_as(now),
        (None, None) => false,
        _ => true,
    };
    // Who has a phone, who sees the board, and what can be done to calls.
    let phone = |own: &Config| {
        let channel = (own.team_name.clone(), own.channel_name.clone());
        (channel, own.callbacks.page.is_empty())
    };
    video || before.asterisk != config.asterisk || phone(before) != phone(config)
}

impl<H: Host> App<H> {
    /// Tells everybody's pages, if there is something to tell. Who is not told asks when the connection to the server is there again.
    pub(super) fn configure_pages(&self, before: &Config, config: &Config) {
        if !is_new(before, config) {
            return;
        }
        let host = Arc::clone(&self.host);
        tasks::spawn(async move {
            let told = host.tell_clients(SETTINGS_CHANGED, Audience::Everybody, Told::new());
            if let Err(error) = told.await {
                tracing::debug!(%error, "pages were not told of new settings");
            }
        });
    }
}
