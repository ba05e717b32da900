//! Channels, who is in them, and what their members' clients are told.

use std::future::Future;
use std::sync::Arc;

use super::{ChannelId, HostError, TeamId, UserId};

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// A team's, public or private.
    Team,
    /// Between two people.
    Direct,
    /// Between a few people.
    Group,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// What kind it is.
    pub kind: ChannelKind,
    /// The name in its URL, unique within its team only. That of a direct message holds both user ids.
    pub name: Arc<str>,
    /// Its team; an empty id for direct and group messages.
    pub team: TeamId,
    /// Whether it is archived.
    pub archived: bool,
}

/// Somebody's membership in a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// As a guest.
    pub guest: bool,
    /// As an administrator of the channel.
    pub admin: bool,
}

/// What somebody calls themselves beside the user name; empty where they said nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The nickname.
    pub nickname: String,
    /// First and last name.
    pub full: String,
    /// What Mattermost shows by its own setting ("Teammate Name Display").
    pub shown: String,
}

/// Whose clients are told something.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// Those of a channel's members.
    Channel(&'a ChannelId),
    /// One person's.
    User(&'a UserId),
    /// Those of everybody who is signed in.
    Everybody,
}

/// What clients are told: fields by their names, as JSON has them. Nothing secret belongs into it.
pub type Told = serde_json::Map<String, serde_json::Value>;

/// Looking at channels, and telling clients.
pub trait Channels {
    /// The channel with this id, an archived one too.
    fn channel(&self, id: &ChannelId) -> impl Future<Output = Result<Channel, HostError>> + Send;

    /// Somebody's membership in it; nothing where they are no member.
    fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Membership>, HostError>> + Send;

    /// Whether somebody administers that team.
    fn administers(
        &self,
        team: &TeamId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, HostError>> + Send;

    /// What somebody calls themselves.
    fn names(&self, user: &UserId) -> impl Future<Output = Result<Names, HostError>> + Send;

    /// The account that speaks for the plugin. It is made when it is asked for first.
    fn own_account(&self) -> impl Future<Output = Result<UserId, HostError>> + Send;

    /// Tells clients that are connected, which know the event as `custom_<plugin id>_<event>`. Nothing says who got it.
    fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> impl Future<Output = Result<(), HostError>> + Send;
}
