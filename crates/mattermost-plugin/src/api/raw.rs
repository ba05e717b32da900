//! The way out: calls that have no method here.

use gob::{DecodeOwned, Encode};

use super::{Api, wire::Answer};
use crate::error::ApiError;

/// What net/rpc puts before the name of each call.
const SERVICE: &str = "Plugin.";

impl Api {
    /// Makes a call that this crate has no method for, with arguments and results of the caller's own types.
    ///
    /// `path` is `Plugin.` and the call's name in Go's `plugin.API`. Arguments travel as one struct with the fields A,
    /// B and so on, results likewise: [`wire`](super::wire) has such structs, and says which of Go's types are which of
    /// ours. A type of one's own has the fields that are wanted of Go's, under the same names; the rest of them is
    /// skipped, and what Go does not know is skipped there.
    ///
    /// ```
    /// # use mattermost_plugin::Api;
    /// use mattermost_plugin::{
    ///     api::wire::{One, OneOf, Two},
    ///     error::{ApiError, AppError},
    ///     gob::{Encode, Gob},
    ///     model::User,
    /// };
    ///
    /// /// Go's `model.Reaction`.
    /// #[derive(Clone, Debug, Default, Gob)]
    /// #[gob(crate = "mattermost_plugin::gob")]
    /// struct Reaction {
    ///     user_id: String,
    ///     post_id: String,
    ///     emoji_name: String,
    /// }
    ///
    /// /// More arguments than `wire` has structs for.
    /// #[derive(Encode)]
    /// #[gob(crate = "mattermost_plugin::gob")]
    /// struct Page<'a> {
    ///     a: &'a str,
    ///     b: &'a str,
    ///     c: i64,
    ///     d: i64,
    /// }
    ///
    /// # async fn example(api: &Api, reaction: Reaction) -> Result<(), ApiError> {
    /// // AddReaction(reaction *model.Reaction) (*model.Reaction, *model.AppError)
    /// let made: Reaction = api
    ///     .call_raw::<_, OneOf<Reaction>>("Plugin.AddReaction", &One { a: &reaction })
    ///     .await?;
    ///
    /// // GetUsersInChannel(channelID, sortBy string, page, perPage int) ([]*model.User, *model.AppError)
    /// let page = Page { a: "a channel's id", b: "username", c: 0, d: 200 };
    /// let people: Vec<User> = api
    ///     .call_raw::<_, Two<Vec<User>, Option<AppError>>>("Plugin.GetUsersInChannel", &page)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It has the limits of every other call: [`CALL_TIMEOUT`](super::CALL_TIMEOUT), the gate, and
    /// [`gob::limits`] for what travels. Calls whose arguments are streams (`InstallPlugin`, `UploadData`) cannot be
    /// made so. Nothing checks the types before they are sent: a field under another name is empty on the other side.
    ///
    /// # Errors
    /// [`ApiError`]: the server's refusal, or no answer. [`ApiError::UnknownMethod`], whose `since` is then empty, for a
    /// call that this server does not know. [`ApiError::Call`] when a type of one's own does not fit Go's.
    pub async fn call_raw<A, R>(
        &self,
        path: &'static str,
        arguments: &A,
    ) -> Result<R::Value, ApiError>
    where
        A: Encode + ?Sized,
        R: Answer + DecodeOwned + Send + 'static,
    {
        let method = path.strip_prefix(SERVICE).unwrap_or(path);
        self.call::<A, R>(method, path, "", arguments).await
    }
}
