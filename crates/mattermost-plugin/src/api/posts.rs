//! Posts and dialogs.

use super::{
    api_calls,
    wire::{Done, One, OneOf},
};
use crate::model::{OpenDialogRequest, Post};

api_calls! {
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
