//! Statuses.

use super::{
    api_calls,
    users::Id,
    wire::{Done, OneOf, Two},
};
use crate::{
    error::AppError,
    model::{CustomStatus, Status},
};

api_calls! {
    //! # Statuses
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::status::DND;
    //! use std::time::{SystemTime, UNIX_EPOCH};
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! if api.get_user_status("a user's id").await?.status != DND {
    //!     // Until an hour from now, in seconds since 1970.
    //!     let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    //!     api.set_user_status_timed_dnd("a user's id", now as i64 + 3600).await?;
    //! }
    //! # Ok(())
    //! # }
    //! ```

    /// Somebody's status. Someone who never signed in has none: that is a "not found".
    pub GetUserStatus "5.2": get_user_status(user_id: &str) -> Status, by OneOf<Status>;

    /// The statuses of these people, in no order. Someone who never signed in is offline; nobody is
    /// among them where the server has statuses turned off. The server's cache holds 35,000.
    pub GetUserStatusesByIds "5.2": get_user_statuses_by_ids(user_ids: &[impl Id])
        -> Vec<Status>, by Two<Vec<Status>, Option<AppError>>;

    /// Sets somebody's status: online, away, dnd or offline, of
    /// [`status`](crate::model::status). All but online are manual then: they stay, whatever the
    /// person does. An end that [`set_user_status_timed_dnd`](Self::set_user_status_timed_dnd) left
    /// stays, too, and ends a dnd that is set here later. Where statuses are turned off, nothing is
    /// set and the answer is an empty status.
    pub UpdateUserStatus "5.2": update_user_status(user_id: &str, status: &str)
        -> Status, by OneOf<Status>;

    /// Sets somebody's status to "do not disturb" until `end`, in **seconds** since 1970. The server
    /// looks every five minutes whether it is over. Doing so twice makes dnd the status to which it
    /// returns. An `end` of 0 is no end.
    pub SetUserStatusTimedDND "5.35": set_user_status_timed_dnd(user_id: &str, end: i64)
        -> Status, by OneOf<Status>;

    /// Sets somebody's custom status. Every client learns of it, and it joins their recent ones.
    /// Its emoji must be one of the server's, or there must be none. A plugin may do so while the
    /// server has custom statuses turned off: clients show none then.
    pub UpdateUserCustomStatus "6.2": update_user_custom_status(user_id: &str, status: &CustomStatus)
        -> (), by Done;

    /// Removes somebody's custom status.
    pub RemoveUserCustomStatus "6.2": remove_user_custom_status(user_id: &str) -> (), by Done;
}
