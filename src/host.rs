//! What the product asks of the Mattermost server: narrow traits, and nothing of its wire protocol.
//!
//! The composition root implements them over the plugin API; tests implement them with a few lines. Every
//! method may be called at any time and from several tasks at once.

mod channels;
#[cfg(test)]
pub(crate) mod fake;
mod message;
mod personal;

pub use channels::{Audience, Channel, ChannelKind, Channels, Membership, Names, Told};
pub use message::{Button, Dialog, Element, ElementKind, Message};
pub use personal::{
    ApiCalls, CustomStatus, Dialogs, PersonalStatus, PersonalStatuses, Records, Server, Session,
    Sessions,
};

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::language::Language;
use crate::store::Damaged;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub Arc<str>);

        impl $name {
            /// The id as Mattermost writes it: 26 characters of `[a-z0-9]`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(Arc::from(id))
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(Arc::from(id))
            }
        }
    };
}

id! {
    /// A team's id.
    TeamId
}
id! {
    /// A channel's id.
    ChannelId
}
id! {
    /// A person's or a bot's id.
    UserId
}
id! {
    /// A post's id.
    PostId
}

/// Why the server did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    /// What the caller may do about it.
    pub kind: HostErrorKind,
    /// The server's own words, for logs and the status page.
    pub message: String,
}

/// What a caller may do about a [`HostError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostErrorKind {
    /// The thing asked for does not exist (the server's status 404).
    NotFound,
    /// It may go better later: the connection, a timeout, too many requests, or the server's own fault.
    Transient,
    /// It will fail the same way again.
    Permanent,
}

impl HostError {
    /// An error of the server's, by its HTTP status: 404 is not found; 408, 429, 5xx and 0 (no status at
    /// all, as when the connection broke) are transient; anything else is permanent.
    #[must_use]
    pub fn from_status(status: u16, message: impl Into<String>) -> Self {
        let kind = match status {
            404 => HostErrorKind::NotFound,
            0 | 408 | 429 | 500..=599 => HostErrorKind::Transient,
            _ => HostErrorKind::Permanent,
        };
        Self {
            kind,
            message: message.into(),
        }
    }

    /// An error of the way to the server: worth repeating.
    #[must_use]
    pub fn transient(message: impl Into<String>) -> Self {
        Self {
            kind: HostErrorKind::Transient,
            message: message.into(),
        }
    }

    /// Whether repeating the call later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.kind == HostErrorKind::Transient
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HostError {}

/// A post to be made. Every post of the product carries the prop `sent_by_plugin: true`, as the original's
/// did; the implementation sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// Where it goes.
    pub channel: ChannelId,
    /// Who says it.
    pub author: UserId,
    /// The text, already safe Markdown (see [`crate::text`]).
    pub message: String,
    /// The post's `pending_post_id`, of the form `<user id>:<milliseconds>`. The server makes one post of
    /// repeated attempts with the same one for 30 s, so a repeated attempt after a timeout doubles nothing.
    pub pending_id: String,
    /// When it was told what it says, in milliseconds since 1970: where it stands in the channel. Nothing where the server shall say when
    /// it was made.
    pub told_at: Option<u64>,
}

/// What the repeated attempts at one post have in common, and no two posts of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pending(u64);

/// For how long a post stands where it was told, in milliseconds (5 s). One that is made later stands where it was made: above what people
/// have read already, nobody would see it.
pub const RECENT: u64 = 5_000;

/// The system's time, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

impl Pending {
    /// Of a new post.
    #[must_use]
    pub fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let now = now();
        let next = |last: u64| now.max(last + 1);
        let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            Some(next(last))
        });
        Self(next(last.unwrap_or_else(|last| last)))
    }

    /// When that was, in milliseconds since 1970, while it is [`RECENT`]. No two are the same, so posts of different lines, which are made
    /// side by side, stand in the order in which they were told.
    #[must_use]
    pub fn recent(self) -> Option<u64> {
        let age = now().saturating_sub(self.0);
        (age <= RECENT).then_some(self.0)
    }

    /// The post's `pending_post_id`, with its author's user id: see [`NewPost::pending_id`].
    #[must_use]
    pub fn id(self, author: &str) -> String {
        format!("{author}:{}", self.0)
    }
}

/// Making posts.
pub trait Posts {
    /// Makes the post. A repetition of the same post is to be sent with the same `pending_id`.
    fn create_post(&self, post: NewPost) -> impl Future<Output = Result<PostId, HostError>> + Send;

    /// Changes the text of one that was made, unless it is that already. "Not found" where somebody deleted it.
    fn change_post(
        &self,
        post: &PostId,
        text: String,
    ) -> impl Future<Output = Result<(), HostError>> + Send;
}

/// Direct messages between the plugin's bot and one person. They stay, and can be changed as things go on.
pub trait Messages {
    /// Sends one, and answers its post. A repetition of the same message is to be sent with the same `pending`, and may be answered
    /// with the post that an earlier attempt made, in that attempt's words, where only its answer was lost: the server makes one post
    /// of attempts within 30 s.
    fn send_message(
        &self,
        to: &UserId,
        message: Message,
        pending: Pending,
    ) -> impl Future<Output = Result<PostId, HostError>> + Send;

    /// Changes text and buttons of one that was sent, unless they are those already. "Not found" where somebody deleted it.
    fn change_message(
        &self,
        post: &PostId,
        message: Message,
    ) -> impl Future<Output = Result<(), HostError>> + Send;
}

/// Finding teams, channels and people by what an admin types into a setting.
pub trait Directory {
    /// The team with this name, as in its URL.
    fn team_by_name(&self, name: &str) -> impl Future<Output = Result<TeamId, HostError>> + Send;

    /// The channel of that team with this name, as in its URL.
    fn channel_by_name(
        &self,
        team: &TeamId,
        name: &str,
    ) -> impl Future<Output = Result<ChannelId, HostError>> + Send;

    /// The person with this e-mail address.
    fn user_by_mail(&self, mail: &str) -> impl Future<Output = Result<Person, HostError>> + Send;

    /// The person with this user name (without `@`).
    fn user_by_name(&self, name: &str) -> impl Future<Output = Result<Person, HostError>> + Send;
}

/// What the product wants to know about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name behind `@`.
    pub username: Arc<str>,
    /// What people call them: first and last name, else the nickname, else the user name.
    pub display_name: Arc<str>,
    /// The language they read.
    pub language: Language,
    /// Their time zone by its IANA name, `Europe/Berlin`, as their account has it; empty where it has none.
    pub time_zone: Arc<str>,
    /// Whether they are a guest (role `system_guest`).
    pub guest: bool,
    /// Whether they administer the system (role `system_admin`).
    pub admin: bool,
    /// Whether their account is deactivated.
    pub deactivated: bool,
}

/// Who may see what.
pub trait Members {
    /// The person with this id.
    fn person(&self, user: &UserId) -> impl Future<Output = Result<Person, HostError>> + Send;

    /// People who administer the system and are active, so many at most, in no order.
    fn administrators(
        &self,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Person>, HostError>> + Send;

    /// Whether that person is a member of that channel. "Not found" from the server is `Ok(false)`.
    fn is_member(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, HostError>> + Send;
}

/// An account, as far as presence goes. Bots have one, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub id: UserId,
    /// The e-mail address as Mattermost writes it.
    pub email: String,
    /// Whether it is active, that is, not deactivated.
    pub active: bool,
}

/// How many accounts one page of [`Accounts::accounts`] may have at most: profiles come whole.
pub const MAX_ACCOUNTS_A_PAGE: u32 = 200;

/// Listing accounts.
pub trait Accounts {
    /// A page of the active accounts, counted from 0, sorted by user name. While accounts come and go, pages shift.
    fn accounts(
        &self,
        page: u32,
        per_page: u32,
    ) -> impl Future<Output = Result<Vec<Account>, HostError>> + Send;

    /// The account with this id, deactivated or not.
    fn account(&self, user: &UserId) -> impl Future<Output = Result<Account, HostError>> + Send;
}

/// Reading statuses.
pub trait Statuses {
    /// The statuses of these people in the server's words (`online`, `away`, `dnd`, `offline`, `ooo`), in no order. Someone
    /// without a record may be left out. Where the server has statuses turned off, everybody is.
    fn statuses(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<(UserId, String)>, HostError>> + Send;

    /// Whether the server keeps statuses at all (its setting `EnableUserStatuses`).
    fn statuses_enabled(&self) -> impl Future<Output = Result<bool, HostError>> + Send;
}

/// The plugin's copies on other nodes of a cluster.
pub trait Nodes {
    /// Whether the server is one of a cluster (its setting `ClusterSettings.Enable`).
    fn clustered(&self) -> impl Future<Output = Result<bool, HostError>> + Send;

    /// Sends an event to the copies on all other nodes. That it was sent says nothing of its arrival.
    fn tell(&self, kind: &str, data: Vec<u8>)
    -> impl Future<Output = Result<(), HostError>> + Send;
}

/// The plugin's key-value store.
pub trait Store {
    /// Where the records are noted that could not be read and were [set aside](crate::store::set_aside); nowhere, unless told.
    fn damaged(&self) -> Option<&Damaged> {
        None
    }

    /// The value of a key, maybe of a moment ago: it may come from a replica of the database.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, HostError>> + Send;

    /// Stores `value` (`None` deletes the key) if `old` is there now, and says whether it was. An empty value is none.
    fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> impl Future<Output = Result<bool, HostError>> + Send;
}

/// All of the above, which is what [`crate::app::App`] takes.
pub trait Host:
    Posts
    + Messages
    + Dialogs
    + Directory
    + Members
    + Channels
    + Accounts
    + Statuses
    + PersonalStatuses
    + Server
    + Sessions
    + Nodes
    + Store
    + Records
    + Send
    + Sync
    + 'static
{
}

impl<T> Host for T where
    T: Posts
        + Messages
        + Dialogs
        + Directory
        + Members
        + Channels
        + Accounts
        + Statuses
        + PersonalStatuses
        + Server
        + Sessions
        + Nodes
        + Store
        + Records
        + Send
        + Sync
        + 'static
{
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_what_may_be_repeated() {
        for (status, kind) in [
            (0, HostErrorKind::Transient),
            (400, HostErrorKind::Permanent),
            (403, HostErrorKind::Permanent),
            (404, HostErrorKind::NotFound),
            (408, HostErrorKind::Transient),
            (429, HostErrorKind::Transient),
            (500, HostErrorKind::Transient),
            (503, HostErrorKind::Transient),
        ] {
            assert_eq!(HostError::from_status(status, "x").kind, kind, "{status}");
        }
    }
}
