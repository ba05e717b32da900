//! Buttons and menus under posts.

use serde_json::{Map, Value};

use super::{AppError, Post, World, ids::Ids};

/// Props that stay when the answer to a button gives a post others.
const KEPT_PROPS: [&str; 4] = [
    "from_webhook",
    "override_icon_emoji",
    "override_icon_url",
    "override_username",
];

/// A button or a menu of a post, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its id in the post.
    pub id: String,
    /// What stands on it.
    pub name: String,
    /// The values of a menu; none of a button.
    pub options: Vec<String>,
}

/// Whom the server tells of a press, and what.
pub(crate) struct Integration {
    pub(crate) url: String,
    pub(crate) context: Value,
    /// `button` or `select`.
    pub(crate) kind: String,
    pub(crate) data_source: String,
}

fn text(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}

/// All buttons and menus in a post's props.
fn actions(props: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let attachments = props.get("attachments").and_then(Value::as_array);
    let attachments = attachments.into_iter().flatten();
    attachments
        .filter_map(|attachment| attachment["actions"].as_array())
        .flatten()
}

fn actions_mut(props: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let attachments = props.get_mut("attachments").and_then(Value::as_array_mut);
    let attachments = attachments.into_iter().flatten();
    attachments
        .filter_map(|attachment| attachment.get_mut("actions")?.as_array_mut())
        .flatten()
        .filter_map(Value::as_object_mut)
}

/// Gives an id to every button that has none, as the server does it.
pub(super) fn name_actions(props: &mut Map<String, Value>, ids: &mut Ids) {
    for action in actions_mut(props) {
        let named = action.get("id").and_then(Value::as_str);
        if named.is_none_or(str::is_empty) {
            action.insert("id".into(), ids.next("action").into());
        }
    }
}

impl Post {
    /// Its buttons and menus.
    pub fn buttons(&self) -> Vec<Button> {
        let options = |action: &Value| {
            let options = action["options"].as_array();
            let options = options.into_iter().flatten();
            options.map(|option| text(option, "value")).collect()
        };
        actions(&self.props)
            .map(|action| Button {
                id: text(action, "id"),
                name: text(action, "name"),
                options: options(action),
            })
            .collect()
    }

    /// The post as a client gets it: it never learns whom a button tells, and what.
    pub fn for_clients(&self) -> Self {
        let mut post = self.clone();
        for action in actions_mut(&mut post.props) {
            action.remove("integration");
        }
        post
    }

    /// Whom a press of this button tells.
    ///
    /// # Errors
    /// 404 when there is no such button, as when the post was changed since.
    pub(crate) fn integration(&self, action: &str) -> Result<Integration, AppError> {
        let pressable = action.bytes().all(|b| b.is_ascii_alphanumeric());
        if !pressable {
            let id = "api.context.404.app_error";
            let words = "Only letters and digits can be in the id of a button.";
            return Err(AppError::missing("DoPostAction", id, words));
        }
        let found = actions(&self.props).find(|known| known["id"] == action);
        let found = found.filter(|known| known["integration"].is_object());
        let found = found.ok_or_else(|| {
            let id = "api.post.do_action.action_id.app_error";
            AppError::missing("DoPostAction", id, "Invalid action id.")
        })?;
        Ok(Integration {
            url: text(&found["integration"], "url"),
            context: found["integration"]["context"].clone(),
            kind: text(found, "type"),
            data_source: text(found, "data_source"),
        })
    }
}

impl World {
    /// Changes a post as the answer to a button wants it. Its text becomes the one that is given, also
    /// when none is; props that are given take the place of all there were.
    pub(crate) fn update_as_answered(&self, post: &str, update: &Value) -> Result<(), AppError> {
        let mut post = self.post(post)?;
        post.message = text(update, "message");
        if let Some(props) = update["props"].as_object() {
            let mut props = props.clone();
            for kept in KEPT_PROPS {
                if let Some(value) = post.props.remove(kept) {
                    props.insert(kept.into(), value);
                }
            }
            post.props = props;
        }
        self.update_post(&post).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::fixed_id;

    fn post(world: &World) -> Post {
        let action = |id: &str, name: &str| {
            json!({ "id": id, "type": "button", "name": name,
                    "integration": { "url": "/plugins/x/y", "context": { "k": 1 } } })
        };
        let props = json!({ "override_username": "Desk", "from_bot": "true",
            "attachments": [{ "text": "box", "actions": [action("call", "Call back"), action("", "Done"), action("a_b", "Odd")] }] });
        let post = Post {
            user_id: fixed_id("bob"),
            channel_id: fixed_id("channelphones"),
            message: "Missed".into(),
            props: props.as_object().unwrap().clone(),
            ..Post::default()
        };
        world.create_post(post).unwrap()
    }

    #[test]
    fn a_button_without_an_id_gets_one_and_clients_see_no_integration() {
        let world = World::new();
        let post = post(&world);
        let buttons = post.buttons();
        assert_eq!((&*buttons[0].id, &*buttons[1].name), ("call", "Done"));
        assert_eq!(buttons[1].id.len(), 26);
        assert_eq!(
            post.integration(&buttons[1].id).unwrap().url,
            "/plugins/x/y"
        );
        let seen = serde_json::to_string(&post.for_clients().props).unwrap();
        assert!(
            seen.contains("Done") && !seen.contains("integration"),
            "{seen}"
        );
        let problem = |id| post.integration(id).err().unwrap().id;
        assert_eq!(problem("gone"), "api.post.do_action.action_id.app_error");
        assert_eq!(problem("a_b"), "api.context.404.app_error");
    }

    #[test]
    fn an_update_gives_the_text_always_and_the_props_if_there_are_any() {
        let world = World::new();
        let id = post(&world).id;
        let update = |update: Value| {
            world.update_as_answered(&id, &update).unwrap();
            world.post(&id).unwrap()
        };
        let kept = update(json!({ "message": "Called", "is_pinned": true }));
        assert_eq!((&*kept.message, kept.buttons().len()), ("Called", 3));
        let changed = update(json!({ "props": { "attachments": [] } }));
        assert_eq!((&*changed.message, changed.buttons().len()), ("", 0));
        assert_eq!(changed.props["override_username"], "Desk");
        assert!(!changed.props.contains_key("from_bot"));
        assert!(changed.edit_at > 0);
    }
}
