//! Teams and channels.

use super::{api_calls, wire::OneOf};
use crate::model::{Channel, ChannelMember, Team, TeamMember};

api_calls! {
    //! # Teams and channels
    //!
    //! What does not exist is an error for which [`is_not_found`](crate::error::ApiError::is_not_found) is true.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let team = api.get_team_by_name("engineering").await?;
    //! let channel = match api.get_channel_by_name(&team.id, "phones", false).await {
    //!     Ok(channel) => Some(channel),
    //!     Err(e) if e.is_not_found() => None,
    //!     Err(e) => return Err(e),
    //! };
    //! # Ok(())
    //! # }
    //! ```

    /// The team with this name in its URL.
    pub GetTeamByName "5.2": get_team_by_name(name: &str) -> Team, by OneOf<Team>;

    /// Somebody's membership in a team. Look at
    /// [`delete_at`](crate::model::TeamMember::delete_at): those who left are found as well.
    pub GetTeamMember "5.2": get_team_member(team_id: &str, user_id: &str)
        -> TeamMember, by OneOf<TeamMember>;

    /// The channel with this id.
    pub GetChannel "5.2": get_channel(channel_id: &str) -> Channel, by OneOf<Channel>;

    /// The channel of a team with this name in its URL; archived ones too, if wanted.
    pub GetChannelByName "5.2": get_channel_by_name(team_id: &str, name: &str, include_deleted: bool)
        -> Channel, by OneOf<Channel>;

    /// The channel for messages between these two, made if there is none yet.
    pub GetDirectChannel "5.2": get_direct_channel(user_id: &str, other_user_id: &str)
        -> Channel, by OneOf<Channel>;

    /// Somebody's membership in a channel.
    pub GetChannelMember "5.2": get_channel_member(channel_id: &str, user_id: &str)
        -> ChannelMember, by OneOf<ChannelMember>;
}
