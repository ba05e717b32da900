//! What belongs to one person, and what the server is like.

use std::future::Future;
use std::time::Duration;

use super::{Dialog, HostError, Store, UserId};
use crate::language::Language;

/// One person's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalStatus {
    /// In the server's words: `online`, `away`, `dnd`, `offline`, `ooo`; empty where the server has statuses turned off (its setting
    /// `EnableUserStatuses`), and then setting one changes nothing, without an error.
    pub status: String,
    /// Whether it was chosen, and so stays whatever the person does. Online never is.
    pub manual: bool,
    /// When a timed do-not-disturb ends, in seconds since 1970; 0 for none, or where the server forgot. One that is over early may
    /// still stand there, and then ends whatever do-not-disturb follows.
    pub dnd_end: i64,
    /// What it was before do-not-disturb; empty where the server forgot.
    pub previous: String,
}

/// The emoji and the words beside a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CustomStatus {
    /// The emoji's name, without colons.
    pub emoji: String,
    /// The words.
    pub text: String,
    /// How the person chose its end: empty for none, `thirty_minutes`, `today`, `date_and_time` and so on.
    pub duration: String,
    /// When it ends, in milliseconds since 1970; 0 for never. One that is over may still stand there.
    pub expires_at: u64,
}

/// Reading and changing what one person is in. What can be given back, and what must never be touched, is the status sink's to know.
pub trait PersonalStatuses {
    /// Somebody's status. "Not found" for someone who never signed in.
    fn personal_status(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<PersonalStatus, HostError>> + Send;

    /// Sets it: `online`, `away`, `dnd` or `offline`; all but online are manual then. The end of a timed do-not-disturb before it stays
    /// where it is, but for offline.
    fn set_status(
        &self,
        user: &UserId,
        status: &str,
    ) -> impl Future<Output = Result<(), HostError>> + Send;

    /// Sets do-not-disturb until `end`, in seconds since 1970; 0 for one that does not end. The server looks only every five minutes
    /// whether it is over; a second one makes do-not-disturb the status that it returns to.
    fn set_timed_dnd(
        &self,
        user: &UserId,
        end: i64,
    ) -> impl Future<Output = Result<(), HostError>> + Send;

    /// Somebody's custom status as it stands in the account, also one that is over.
    fn custom_status(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<CustomStatus>, HostError>> + Send;

    /// Sets it; `None` removes it. Every client learns of it, and one that is set joins the person's recent ones.
    fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> impl Future<Output = Result<(), HostError>> + Send;

    /// The list of recent custom statuses, as JSON in the server's form; `None` where there never was one.
    fn recent_custom_statuses(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<String>, HostError>> + Send;

    /// Sets that list.
    fn set_recent_custom_statuses(
        &self,
        user: &UserId,
        json: &str,
    ) -> impl Future<Output = Result<(), HostError>> + Send;
}

/// Showing forms.
pub trait Dialogs {
    /// Shows a form to whoever the trigger id is of, which a command or a button carries and which is good for a few seconds.
    fn open_dialog(
        &self,
        trigger_id: &str,
        dialog: Dialog,
    ) -> impl Future<Output = Result<(), HostError>> + Send;
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// When it ends, in milliseconds since 1970; nothing for never. The server may put it off while the session is used.
    pub ends: Option<u64>,
}

/// Looking sessions up.
pub trait Sessions {
    /// The session with this id. One that is over, or was never there, is an error that is not transient; so is a database that could
    /// not be asked (`GetSessionById` of Mattermost 9.11).
    fn session(&self, id: &str) -> impl Future<Output = Result<Session, HostError>> + Send;
}

/// What became of the calls of one method of the server's API so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiCalls {
    /// The method's name.
    pub method: &'static str,
    /// Calls that ended.
    pub calls: u64,
    /// Those of them that the server could not answer; a refusal is an answer.
    pub failed: u64,
    /// How long all of them took together.
    pub took: Duration,
}

/// What the server is like.
pub trait Server {
    /// Its version, such as `9.11.3`.
    fn version(&self) -> impl Future<Output = Result<String, HostError>> + Send;

    /// What became of calls of its API, by method.
    fn api_calls(&self) -> Vec<ApiCalls>;

    /// The address under which people reach it (its setting `SiteURL`), without a slash at its end; empty where none is set.
    fn site_url(&self) -> impl Future<Output = Result<String, HostError>> + Send;

    /// The language of what is said to nobody in particular (its setting `DefaultServerLocale`).
    fn server_language(&self) -> impl Future<Output = Result<Language, HostError>> + Send;

    /// Whether people can have custom statuses (its setting `EnableCustomUserStatuses`).
    fn custom_statuses_enabled(&self) -> impl Future<Output = Result<bool, HostError>> + Send;
}

/// Records that only one task writes, so that no comparison is needed.
pub trait Records: Store {
    /// Stores `value`, whatever was there; `None` deletes the key. A key has at most 50 characters.
    fn put(
        &self,
        key: &str,
        value: Option<&[u8]>,
    ) -> impl Future<Output = Result<(), HostError>> + Send;

    /// All keys that begin with this, in no order. The whole store is listed for it: seldom, at a start for example.
    fn keys(&self, prefix: &str) -> impl Future<Output = Result<Vec<String>, HostError>> + Send;
}
