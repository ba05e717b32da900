//! Permissions. Their ids are in [`crate::model::permission`].
//!
//! The server answers these with yes or no alone: no may also mean that it failed to look.

use super::{Api, api_calls, wire::One};
use crate::{error::ApiError, model::Permission};

api_calls! {
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
