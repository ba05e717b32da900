//! Events to browsers and to other nodes.

use super::{
    api_calls,
    wire::{Done, Nothing},
};
use crate::{
    error::IncomingError,
    model::{PluginClusterEvent, PluginClusterEventSendOptions, Props, WebsocketBroadcast},
};

api_calls! {
    //! # Events to browsers and to other nodes
    //!
    //! Neither arrives for certain: number what must arrive, and repeat it until it is acknowledged.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::{Props, WebsocketBroadcast};
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let payload = Props::from([("rolled".to_owned(), 6_i64.into())]);
    //! let to = WebsocketBroadcast::to_channel("the id of a channel");
    //! api.publish_web_socket_event("dice", &payload, &to).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// Sends an event to browsers, as `custom_<plugin id>_<event>`. Nothing tells who got it.
    pub PublishWebSocketEvent "5.2": publish_web_socket_event(
        event: &str, payload: &Props, broadcast: &WebsocketBroadcast
    ) -> (), by Nothing;

    /// Sends an event to this plugin's copies on other nodes. That it was sent says nothing of its
    /// arrival; a server without a cluster sends nothing and succeeds.
    pub PublishPluginClusterEvent "5.36": publish_plugin_cluster_event(
        event: &PluginClusterEvent, options: &PluginClusterEventSendOptions
    ) -> (), by Done<IncomingError>;
}
