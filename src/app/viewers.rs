//! Whether those who look at the board still may: asked every minute of who is signed in, and at once where a wall's link is withdrawn.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep_until};

use super::App;
use super::members::Access;
use crate::config::Config;
use crate::host::{Host, HostErrorKind};
use crate::live::{CHECK_EVERY, Check, Found, Live, Viewer};

/// How many are asked about at once.
const MAX_PARALLEL: usize = 8;

/// How soon after one round of checks the next one is, at the earliest.
const BETWEEN: Duration = Duration::from_secs(1);

/// Sends those away who may not look any more, while there is an app.
pub(super) async fn run<H: Host>(app: Weak<App<H>>) {
    let Some((live, mut walls)) = app
        .upgrade()
        .map(|app| (Arc::clone(&app.live), app.walls.changes()))
    else {
        return;
    };
    let mut walls_read = Instant::now();
    loop {
        let check = live.viewers().next_check();
        let check = check.map(|due| due.max(Instant::now() + BETWEEN));
        let read = walls_read + CHECK_EVERY;
        let wait = |at: Option<Instant>| async move {
            match at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = walls.changed() => {
                let (Ok(()), Some(app)) = (changed, app.upgrade()) else { return };
                app.dismiss_walls();
            }
            () = live.viewers().came() => {}
            () = wait(check) => {
                let Some(app) = app.upgrade() else { return };
                app.check_viewers(&live).await;
            }
            () = wait(live.viewers().has_walls().then_some(read)) => {
                let Some(app) = app.upgrade() else { return };
                walls_read = Instant::now();
                // Those that were withdrawn on another node show as changes.
                if let Err(error) = app.walls.read().await {
                    tracing::warn!(%error, "links for walls could not be read");
                }
            }
        }
    }
}

impl<H: Host> App<H> {
    /// The settings changed: who came by another secret goes. `before`: nothing where these are the first settings that this sees. Viewers
    /// may be there all the same, as the stream lasts.
    pub(super) fn configure_live(&self, before: Option<&Config>, config: &Config) {
        self.live.configure(&config.board);
        self.days.notify_one();
        if before.is_some_and(|before| before.phones_secret != config.phones_secret) {
            self.live.dismiss(|viewer| *viewer == Viewer::Secret);
        }
    }

    fn dismiss_walls(&self) {
        let withdrawn = |viewer: &Viewer| match viewer {
            Viewer::Wall(mark) => !self.walls.knows(mark),
            Viewer::Secret | Viewer::Member(_) => false,
        };
        self.live.dismiss(withdrawn);
    }

    async fn check_viewers(&self, live: &Live) {
        let checks = stream::iter(live.viewers().due());
        let checks = checks.map(|check| async move {
            let found = self.may_look(&check).await;
            live.checked(&check, found);
        });
        checks.buffer_unordered(MAX_PARALLEL).collect::<()>().await;
    }

    async fn may_look(&self, check: &Check) -> Found {
        let channel = self.current().and_then(|resolved| resolved.channel());
        let access = self.members.access(&*self.host, channel, &check.user);
        match access.await {
            Access::Granted => {}
            Access::Denied => return Found::MayNot,
            Access::Unknown(_) => return Found::Unknown,
        }
        let Some(session) = &check.session else {
            return Found::May;
        };
        match self.host.session(session).await {
            Ok(session) if session.user != check.user => Found::MayNot,
            Ok(session) => match session.ends {
                Some(ends) if ends <= (self.clock)().0 => Found::NoSession,
                _ => Found::May,
            },
            Err(error) if error.kind == HostErrorKind::Transient => Found::Unknown,
            Err(_) => Found::NoSession,
        }
    }
}
