//! Posts in channels, and those that only one person sees.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{AppError, Event, World, actions::name_actions};

/// Longest message, in characters. Mattermost's `PostMessageMaxRunesV2`.
pub const MESSAGE_MAX: usize = 16_383;

/// How long a repeated pending id answers the first post instead of making another, in milliseconds.
const PENDING_MS: i64 = 30_000;

/// A post.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Post {
    /// The id; given by the server.
    pub id: String,
    /// Milliseconds since 1970; given by the server.
    pub create_at: i64,
    /// Milliseconds since 1970.
    pub update_at: i64,
    /// Milliseconds since 1970 of the last edit, or zero.
    pub edit_at: i64,
    /// Milliseconds since 1970, or zero.
    pub delete_at: i64,
    /// The author.
    pub user_id: String,
    /// The channel.
    pub channel_id: String,
    /// The post that this one answers, or empty.
    pub root_id: String,
    /// The text, in Markdown.
    pub message: String,
    /// The type; empty for what people write.
    #[serde(rename = "type")]
    pub kind: String,
    /// Free values.
    pub props: Map<String, Value>,
    /// The client's own id, which makes repetition harmless.
    pub pending_post_id: String,
}

/// A post that only one person sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ephemeral {
    /// That person.
    pub user_id: String,
    /// The post.
    pub post: Post,
}

#[derive(Default)]
pub(crate) struct Posts {
    all: Vec<Post>,
    ephemeral: Vec<Ephemeral>,
}

impl World {
    /// Makes a post.
    ///
    /// # Errors
    /// 400 when author, channel or text is none.
    pub fn create_post(&self, mut post: Post) -> Result<Post, AppError> {
        let bad = |id: &str, words: &str| Err(AppError::new("CreatePost", id, words, 400));
        let now = self.now();
        let mut state = self.state();
        if state.people.by_id(&post.user_id).is_none() {
            return bad("model.post.is_valid.user_id.app_error", "Invalid user id.");
        }
        if state.places.channel(&post.channel_id).is_none() {
            return bad(
                "api.context.invalid_param.app_error",
                "Invalid or missing channel_id parameter in request body.",
            );
        }
        if post.message.chars().count() > MESSAGE_MAX {
            return bad(
                "model.post.is_valid.message_length.app_error",
                "Post Message property is longer than the maximum permitted length.",
            );
        }
        if !post.pending_post_id.is_empty() {
            let known = state.posts.all.iter().rev().find(|known| {
                known.pending_post_id == post.pending_post_id && now - known.create_at < PENDING_MS
            });
            if let Some(known) = known {
                return Ok(known.clone());
            }
        }
        name_actions(&mut post.props, &mut state.ids);
        post.id = state.ids.next("post");
        if post.create_at == 0 {
            post.create_at = now;
        }
        post.update_at = post.create_at;
        state.posts.all.push(post.clone());
        drop(state);
        self.tell(Event::Post(post.clone()));
        Ok(post)
    }

    /// Changes a post's text and props.
    ///
    /// # Errors
    /// 404.
    pub fn update_post(&self, new: &Post) -> Result<Post, AppError> {
        let now = self.now();
        let mut props = new.props.clone();
        let mut state = self.state();
        let channel = state.posts.all.iter().find(|post| post.id == new.id);
        let channel = channel.and_then(|post| state.places.channel(&post.channel_id));
        if channel.is_some_and(|channel| channel.delete_at != 0) {
            let id = "api.post.update_post.can_not_update_post_in_deleted.error";
            let words = "Can not update a post in a deleted channel.";
            return Err(AppError::new("UpdatePost", id, words, 400));
        }
        name_actions(&mut props, &mut state.ids);
        let old = state.posts.all.iter_mut().find(|post| post.id == new.id);
        let post = old.ok_or_else(|| no_post("UpdatePost"))?;
        if post.message != new.message {
            post.edit_at = now;
        }
        post.update_at = now;
        post.message.clone_from(&new.message);
        post.props = props;
        let post = post.clone();
        drop(state);
        self.tell(Event::PostEdited(post.clone()));
        Ok(post)
    }

    /// The post with this id.
    ///
    /// # Errors
    /// 404.
    pub fn post(&self, id: &str) -> Result<Post, AppError> {
        let state = self.state();
        state
            .posts
            .all
            .iter()
            .find(|post| post.id == id)
            .cloned()
            .ok_or_else(|| no_post("GetPost"))
    }

    /// All posts, the oldest first.
    pub fn posts(&self) -> Vec<Post> {
        self.state().posts.all.clone()
    }

    /// The texts of the posts in the channel with this id, the oldest first.
    pub fn messages_in(&self, channel: &str) -> Vec<String> {
        let state = self.state();
        let posts = state
            .posts
            .all
            .iter()
            .filter(|post| post.channel_id == channel);
        posts.map(|post| post.message.clone()).collect()
    }

    /// Shows a post to one person.
    pub fn send_ephemeral(&self, user: &str, mut post: Post) -> Post {
        let now = self.now();
        let mut state = self.state();
        post.id = state.ids.next("ephemeral");
        post.create_at = now;
        post.update_at = now;
        post.kind = "system_ephemeral".into();
        let ephemeral = Ephemeral {
            user_id: user.into(),
            post: post.clone(),
        };
        state.posts.ephemeral.push(ephemeral.clone());
        drop(state);
        self.tell(Event::Ephemeral(ephemeral));
        post
    }

    /// All posts that only one person saw, the oldest first.
    pub fn ephemeral_posts(&self) -> Vec<Ephemeral> {
        self.state().posts.ephemeral.clone()
    }
}

fn no_post(at: &str) -> AppError {
    AppError::missing(at, "app.post.get.app_error", "Unable to get the post.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixed_id;

    fn hello(pending: &str) -> Post {
        Post {
            user_id: fixed_id("bob"),
            channel_id: fixed_id("channelphones"),
            message: "hello".into(),
            pending_post_id: pending.into(),
            ..Post::default()
        }
    }

    #[test]
    fn a_repeated_pending_id_makes_one_post_for_thirty_seconds() {
        let world = World::new();
        let first = world.create_post(hello("bob:1")).unwrap();
        assert_eq!(world.create_post(hello("bob:1")).unwrap().id, first.id);
        assert_ne!(world.create_post(hello("bob:2")).unwrap().id, first.id);
        world.advance(std::time::Duration::from_secs(31));
        assert_ne!(world.create_post(hello("bob:1")).unwrap().id, first.id);
        assert_eq!(world.posts().len(), 3);
    }

    #[test]
    fn posts_of_nobody_or_nowhere_are_refused() {
        let world = World::new();
        let nobody = Post {
            user_id: "nobody".into(),
            ..hello("")
        };
        assert_eq!(world.create_post(nobody).unwrap_err().status_code, 400);
        let nowhere = Post {
            channel_id: "nowhere".into(),
            ..hello("")
        };
        assert_eq!(world.create_post(nowhere).unwrap_err().status_code, 400);
        let long = Post {
            message: "ä".repeat(MESSAGE_MAX + 1),
            ..hello("")
        };
        assert_eq!(world.create_post(long).unwrap_err().status_code, 400);
    }
}
