//! The settings, as they come and change.

use std::sync::Arc;

use super::{App, lock, resolver, restart};
use crate::config::{Config, GUESSABLE, Problem, Secret, Setting};
use crate::feed::CloseCode;
use crate::host::Host;
use crate::presence::{self, CLOSE_LIMIT};
use crate::tasks;

impl<H: Host> App<H> {
    /// Takes the settings as `LoadPluginConfiguration` gives them, and tells whether anything changed. The
    /// server calls for this after every save of any of its settings, so nothing happens when nothing of ours
    /// changed; and when something did, the board and waiting posts stay as they are.
    pub fn configure(&self, json: &[u8]) -> bool {
        let first = {
            let mut raw = lock(&self.raw);
            if raw.as_deref() == Some(json) {
                return false;
            }
            raw.replace(json.to_vec()).is_none()
        };
        let config = Arc::new(Config::parse(self.bundle, json));
        // The first settings are told of even where they are as empty as those before them.
        let Some((before, config)) = self.settings.set(config, first) else {
            return false;
        };
        if first && self.active {
            restart::leave_sources(&config, &self.board, self.clock);
        }
        self.configure_presence((!first).then_some(&*before), &config);
        if self.active {
            self.configure_statuses(&config);
            self.video.configure(config.video.clone());
            self.missed.configure(&config);
            self.effects.configure(&config);
        }
        self.configure_live((!first).then_some(&*before), &config);
        self.configure_links(&config);
        if !first && self.active {
            self.configure_pages(&before, &config);
        }
        let warnings = self.secret_warnings(&config);
        for problem in config.problems.iter().chain(&warnings) {
            tracing::warn!(
                setting = %problem.setting,
                what = %problem.what,
                remedy = %problem.remedy,
                "a setting needs attention"
            );
        }
        let wanted = resolver::Wanted::of(&config);
        self.wanted.send_if_modified(|current| {
            let changed = *current != wanted;
            *current = wanted;
            if changed {
                // Posts wait until the new channel is found.
                self.target.send_replace(None);
            }
            changed
        });
        true
    }

    /// `before`: nothing where these are the first settings that this sees. Clients may be there all the same, as presence lasts.
    fn configure_presence(&self, before: Option<&Config>, config: &Config) {
        let on = !config.presence_secret.is_empty();
        self.presence.configure(on.then_some(presence::Settings {
            calls_per_second: config.presence_calls_per_second,
        }));
        let changed = |before: &Config| before.presence_secret != config.presence_secret;
        if on && before.is_some_and(changed) {
            let presence = Arc::clone(&self.presence);
            tasks::spawn(async move {
                let why = "the secret was changed";
                presence
                    .close_clients(CloseCode::POLICY, why, CLOSE_LIMIT)
                    .await;
            });
        }
    }

    /// Secrets that could be guessed, which is no problem where nobody else reaches the server.
    pub(crate) fn secret_warnings(&self, config: &Config) -> Vec<Problem> {
        let short = short_secrets(config).into_iter();
        short
            .map(|setting| {
                let what = format!(
                    "has fewer than {GUESSABLE} characters, and whoever reaches this server may try it"
                );
                let remedy = match setting {
                    Setting::PhonesSecret => {
                        "Choose a longer random text. Phones with little room have the short secret, which `/phone setup` shows."
                    }
                    _ => "Choose a longer random text.",
                };
                Problem::new(self.setting(setting), what, remedy)
            })
            .collect()
    }

    /// The settings as they came, with their secrets.
    pub(crate) fn raw_settings(&self) -> Vec<u8> {
        lock(&self.raw).clone().unwrap_or_default()
    }
}

/// Secrets that are short enough to be guessed. That of Asterisk is one of them because of eeCallUs's URL, which takes it from
/// whoever reaches this server, even where a firewall lets nobody else reach Asterisk itself.
pub(super) fn short_secrets(config: &Config) -> Vec<Setting> {
    let asterisk = config.asterisk.as_ref();
    [
        (Some(&config.phones_secret), Setting::PhonesSecret),
        (Some(&config.presence_secret), Setting::PresenceSecret),
        (
            asterisk.map(|(settings, _)| &settings.secret),
            Setting::AsteriskSecret,
        ),
    ]
    .into_iter()
    .filter(|(secret, _)| secret.is_some_and(Secret::is_guessable))
    .map(|(_, setting)| setting)
    .collect()
}
