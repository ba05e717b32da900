//! Posts and dialogs.

use super::{
    api_calls,
    wire::{Done, One, OneOf},
};
use crate::model::{OpenDialogRequest, Post};

api_calls! {
    //! # Posts and dialogs
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::Post;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let mut post = Post::new("the bot's id", "a channel's id", "**Missed call** from 0240404040");
    //! post.root_id = "the post whose thread it belongs to".into();
    //! let made = api.create_post(&post).await?;
    //!
    //! // Change what the server gave, rather than a post made anew: what it lacks would be emptied.
    //! let mut post = api.get_post(&made.id).await?;
    //! post.message.push_str(" (called back)");
    //! api.update_post(&post).await?;
    //! # Ok(())
    //! # }
    //! ```

    /// Creates a post and gives it back with its id.
    ///
    /// With a [`pending_post_id`](crate::model::Post::pending_post_id) a repetition within half a
    /// minute creates none anew, as long as it reaches the same node.
    pub CreatePost "5.2": create_post(post: &Post) -> Post, by OneOf<Post>;

    /// Changes a post: its message, props, files, and whether it is pinned.
    pub UpdatePost "5.2": update_post(post: &Post) -> Post, by OneOf<Post>;

    /// The post with this id.
    pub GetPost "5.2": get_post(post_id: &str) -> Post, by OneOf<Post>;

    /// Shows a post to one person, until their next reload. Nothing tells whether they saw it.
    pub SendEphemeralPost "5.2": send_ephemeral_post(user_id: &str, post: &Post)
        -> Post, by One<Option<Post>>;

    /// Shows a form to whoever the trigger id is of.
    pub OpenInteractiveDialog "5.6": open_interactive_dialog(dialog: &OpenDialogRequest)
        -> (), by Done;
}
