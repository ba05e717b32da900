//! Who may see the board, asked of the server when they come, and again while they look.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::App;
use super::lock;
use crate::host::{ChannelId, Host, HostError, HostErrorKind, Members as Ask, UserId};

/// For how long the server's answer about a person is believed: for what one page asks at once, and for their other pages.
pub const BELIEVED: Duration = Duration::from_secs(5);

/// The most people whose answer is remembered.
pub const MAX_REMEMBERED: usize = 10_000;

/// Whether someone may see the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// They may.
    Granted,
    /// They may not: a guest, not a member, or nobody.
    Denied,
    /// Nobody knows at the moment; the text says why.
    Unknown(String),
}

#[derive(Debug, Default)]
pub(super) struct Members {
    remembered: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    channel: Option<ChannelId>,
    answers: HashMap<UserId, (bool, Instant)>,
}

impl Members {
    /// Whether somebody may. What the server said no longer ago than [`BELIEVED`] is believed.
    pub(super) async fn access<H: Ask>(
        &self,
        host: &H,
        channel: Option<ChannelId>,
        user: &UserId,
    ) -> Access {
        let Some(channel) = channel else {
            return Access::Unknown("the configured channel was not found".to_owned());
        };
        if let Some(may) = self.remembered(&channel, user) {
            return access(may);
        }
        match ask(host, &channel, user).await {
            Ok(may) => {
                self.remember(&channel, user, may);
                access(may)
            }
            Err(error) => Access::Unknown(format!("the server could not be asked: {error}")),
        }
    }

    fn remembered(&self, channel: &ChannelId, user: &UserId) -> Option<bool> {
        let remembered = lock(&self.remembered);
        if remembered.channel.as_ref() != Some(channel) {
            return None;
        }
        let (may, at) = remembered.answers.get(user)?;
        (at.elapsed() < BELIEVED).then_some(*may)
    }

    fn remember(&self, channel: &ChannelId, user: &UserId, may: bool) {
        let mut remembered = lock(&self.remembered);
        if remembered.channel.as_ref() != Some(channel) {
            remembered.channel = Some(channel.clone());
            remembered.answers.clear();
        }
        if remembered.answers.len() >= MAX_REMEMBERED {
            remembered
                .answers
                .retain(|_, (_, at)| at.elapsed() < BELIEVED);
            if remembered.answers.len() >= MAX_REMEMBERED {
                return; // asked again next time
            }
        }
        remembered
            .answers
            .insert(user.clone(), (may, Instant::now()));
    }
}

impl<H: Host> App<H> {
    /// Whether a signed-in person may begin the board's counters anew, for everybody: one who may see the board, and administers the
    /// system, the phones' channel or its team.
    pub async fn may_reset(&self, user: &UserId) -> Access {
        let seen = self.access(user).await;
        if seen != Access::Granted {
            return seen;
        }
        let Some(channel) = self.current().and_then(|resolved| resolved.channel()) else {
            return Access::Unknown("the configured channel was not found".to_owned());
        };
        match administers(&*self.host, &channel, user).await {
            Ok(may) => access(may),
            Err(error) => Access::Unknown(format!("the server could not be asked: {error}")),
        }
    }
}

async fn administers<H: Host>(
    host: &H,
    channel: &ChannelId,
    user: &UserId,
) -> Result<bool, HostError> {
    if host.person(user).await?.admin {
        return Ok(true);
    }
    let membership = host.membership(channel, user).await?;
    if membership.is_some_and(|membership| membership.admin) {
        return Ok(true);
    }
    let team = host.channel(channel).await?.team;
    host.administers(&team, user).await
}

fn access(may: bool) -> Access {
    if may { Access::Granted } else { Access::Denied }
}

async fn ask<H: Ask>(host: &H, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
    let person = match host.person(user).await {
        Ok(person) => person,
        Err(error) if error.kind == HostErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if person.guest || person.deactivated {
        return Ok(false);
    }
    host.is_member(channel, user).await
}
