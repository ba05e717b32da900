//! Permissions.

use super::{Api, api_calls, wire::One};
use crate::{error::ApiError, model::Permission};

api_calls! {
    //! # Permissions
    //!
    //! Their ids are in [`model::permission`](crate::model::permission); any other id that the server knows will do. The server answers with yes or
    //! no alone: no may also mean that it failed to look.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::permission::CREATE_POST;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! if api.has_permission_to_channel("a user's id", "a channel's id", CREATE_POST).await? {
    //!     // …
    //! }
    //! # Ok(())
    //! # }
    //! ```

    /// As [`Api::has_permission_to`].
    HasPermissionTo "5.3": ask_permission(user_id: &str, permission: Permission)
        -> bool, by One<bool>;

    /// As [`Api::has_permission_to_team`].
    HasPermissionToTeam "5.3": ask_team_permission(user_id: &str, team_id: &str, permission: Permission)
        -> bool, by One<bool>;

    /// As [`Api::has_permission_to_channel`].
    HasPermissionToChannel "5.3": ask_channel_permission(
        user_id: &str, channel_id: &str, permission: Permission
    ) -> bool, by One<bool>;
}

impl Api {
    /// Whether somebody may do this in the whole system. Mattermost's `HasPermissionTo`, from 5.3.
    ///
    /// # Errors
    /// [`ApiError`]: no answer.
    pub async fn has_permission_to(
        &self,
        user_id: &str,
        permission: &str,
    ) -> Result<bool, ApiError> {
        self.ask_permission(
            user_id,
            Permission {
                id: permission.to_owned(),
            },
        )
        .await
    }

    /// Whether somebody may do this in a team. Mattermost's `HasPermissionToTeam`, from 5.3.
    ///
    /// # Errors
    /// [`ApiError`]: no answer.
    pub async fn has_permission_to_team(
        &self,
        user_id: &str,
        team_id: &str,
        permission: &str,
    ) -> Result<bool, ApiError> {
        self.ask_team_permission(
            user_id,
            team_id,
            Permission {
                id: permission.to_owned(),
            },
        )
        .await
    }

    /// Whether somebody may do this in a channel. Mattermost's `HasPermissionToChannel`, from 5.3.
    ///
    /// # Errors
    /// [`ApiError`]: no answer.
    pub async fn has_permission_to_channel(
        &self,
        user_id: &str,
        channel_id: &str,
        permission: &str,
    ) -> Result<bool, ApiError> {
        self.ask_channel_permission(
            user_id,
            channel_id,
            Permission {
                id: permission.to_owned(),
            },
        )
        .await
    }
}
