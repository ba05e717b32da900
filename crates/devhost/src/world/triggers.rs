//! Trigger ids: what a command or a pressed button gives a plugin, with which it may open a form for
//! whoever it was.

use std::{collections::VecDeque, time::Duration};

use super::{AppError, World, events::keep};

/// How long a trigger id is good for. As Mattermost 9.11; older servers give three.
pub const TRIGGER_LIFE: Duration = Duration::from_secs(30);

struct Trigger {
    id: String,
    user: String,
    at: i64,
}

/// The latest ones. One that is older than all of them counts as made up.
#[derive(Default)]
pub(crate) struct Triggers {
    given: VecDeque<Trigger>,
}

fn refused(id: &str, words: &str) -> AppError {
    let id = format!("interactive_message.decode_trigger_id.{id}");
    AppError::new("DecodeAndVerifyTriggerId", &id, words, 400)
}

impl World {
    /// A trigger id of what this person does now.
    pub fn trigger_id(&self, user: &str) -> String {
        let now = self.now();
        let mut state = self.state();
        let id = state.ids.next("trigger");
        let trigger = Trigger {
            id: id.clone(),
            user: user.into(),
            at: now,
        };
        keep(&mut state.triggers.given, trigger);
        id
    }

    /// Whose it is. It may be used more than once, as on a server.
    ///
    /// # Errors
    /// 400 when it is none, made up, or older than [`TRIGGER_LIFE`].
    pub fn whose_trigger(&self, trigger: &str) -> Result<String, AppError> {
        if !trigger.starts_with("trigger") {
            return Err(refused("missing_data", "This is no trigger id."));
        }
        let now = self.now();
        let state = self.state();
        let mut given = state.triggers.given.iter();
        match given.find(|known| known.id == trigger) {
            Some(known) if is_good(known, now) => Ok(known.user.clone()),
            Some(_) => Err(refused("expired", "This trigger id is older than 30 s.")),
            None => Err(refused(
                "verify_signature_failed",
                "This trigger id was made up.",
            )),
        }
    }
}

fn is_good(trigger: &Trigger, now: i64) -> bool {
    let age = u128::try_from(now.saturating_sub(trigger.at)).unwrap_or(0);
    age <= TRIGGER_LIFE.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixed_id;

    fn problem(world: &World, trigger: &str) -> String {
        let error = world.whose_trigger(trigger).unwrap_err();
        assert_eq!(error.status_code, 400);
        error.id.rsplit('.').next().unwrap().to_owned()
    }

    #[test]
    fn a_trigger_id_is_good_for_half_a_minute_and_for_what_it_was_given_for() {
        let (world, bob) = (World::new(), fixed_id("bob"));
        let trigger = world.trigger_id(&bob);
        assert_eq!(world.whose_trigger(&trigger).unwrap(), bob);
        assert_eq!(world.whose_trigger(&trigger).unwrap(), bob);
        assert_eq!(problem(&world, ""), "missing_data");
        assert_eq!(problem(&world, "junk"), "missing_data");
        let made_up = format!("{}9", &trigger[..trigger.len() - 1]);
        assert_ne!(made_up, trigger);
        assert_eq!(problem(&world, &made_up), "verify_signature_failed");
        world.advance(TRIGGER_LIFE + Duration::from_secs(1));
        assert_eq!(problem(&world, &trigger), "expired");
    }
}
