//! The world does what a real server did: every recording in `tests/statuses/recordings` is played
//! again, and each answer and everything that was looked at then is compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{AppError, CustomStatus, NewBot, Preference, Status, World};

/// A world with the people of a recording.
struct Stage {
    world: World,
    /// The people's ids, by the names that the recording calls them.
    ids: BTreeMap<String, String>,
    /// Messages to browsers that were looked at.
    heard: usize,
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/statuses/recordings");
    let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let files = files.map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

fn custom(value: &Value) -> CustomStatus {
    serde_json::from_value(value.clone()).unwrap()
}

/// An answer as recorded: what it is, or the id and the status of the error.
fn answer<T>(result: Result<T, AppError>, say: impl Fn(T) -> Value) -> Value {
    match result {
        Ok(value) => json!({ "ok": say(value) }),
        Err(e) => json!({ "error": { "id": e.id, "status_code": e.status_code } }),
    }
}

impl Stage {
    fn new(recording: &Value) -> Self {
        let world = World::empty();
        let ids = recording["people"].as_object().unwrap().iter();
        let ids = ids.map(|(name, kind)| {
            let id = if kind == "bot" {
                let bot = NewBot {
                    username: name.clone(),
                    ..NewBot::default()
                };
                world.create_bot("recorded", &bot).unwrap().id
            } else {
                world.add_user(name, "", "")
            };
            (name.clone(), id)
        });
        let ids = ids.collect();
        let heard = world.websocket_events().len();
        Self { world, ids, heard }
    }

    /// A name's id, and what is no name as it is.
    fn id(&self, name: &str) -> String {
        self.ids.get(name).cloned().unwrap_or_else(|| name.into())
    }

    fn status(&self, status: &Status) -> Value {
        let name = self.ids.iter().find(|(_, id)| **id == status.user_id);
        json!({
            "user_id": name.map_or(&*status.user_id, |(name, _)| name),
            "status": status.word(),
            "manual": status.manual,
            "last_activity_at": status.last_activity_at,
            "dnd_end_time": status.dnd_end_time,
            "prev_status": status.prev_status.map_or("", super::Presence::as_str),
        })
    }

    /// As `/api/v4` has it: without the status to which it returns.
    fn rest(&self, status: &Status) -> Value {
        let mut status = self.status(status);
        status.as_object_mut().unwrap().remove("prev_status");
        status
    }

    fn done(result: Result<(), AppError>) -> Value {
        answer(result, |()| Value::Null)
    }

    fn rest_done(result: Result<(), AppError>) -> Value {
        answer(result, |()| json!({ "status": "OK" }))
    }

    fn preferences(&self, user: &str) -> Value {
        let own = self.world.preferences(user).into_iter();
        own.map(|p| {
            json!({ "user_id": p.user_id, "category": p.category, "name": p.name, "value": p.value })
        })
        .collect()
    }

    /// A plugin's call.
    fn plugin(&self, step: &Value) -> Value {
        let (world, args) = (&self.world, step["args"].as_array().unwrap());
        let user = self.id(args[0].as_str().unwrap());
        let status = |status: Status| self.status(&status);
        match text(step, "plugin") {
            "GetUserStatus" => answer(world.status(&user), status),
            "UpdateUserStatus" => {
                let word = args[1].as_str().unwrap();
                answer(world.set_status(&user, word), status)
            }
            "SetUserStatusTimedDND" => {
                let end = args[1].as_i64().unwrap();
                answer(world.set_timed_dnd(&user, end), status)
            }
            "UpdateUserCustomStatus" => {
                Self::done(world.set_custom_status(&user, &custom(&args[1])))
            }
            "RemoveUserCustomStatus" => Self::done(world.remove_custom_status(&user)),
            "GetPreferencesForUser" => json!({ "ok": self.preferences(&user) }),
            "UpdatePreferencesForUser" => {
                let new = args[1].as_array().unwrap().iter().map(|p| Preference {
                    user_id: self.id(text(p, "user_id")),
                    category: text(p, "category").into(),
                    name: text(p, "name").into(),
                    value: text(p, "value").into(),
                });
                Self::done(world.set_preferences(&user, new.collect()))
            }
            other => panic!("a plugin calls {other}"),
        }
    }

    /// What a person does.
    fn person(&self, step: &Value) -> Value {
        let (world, user) = (&self.world, self.id(text(step, "person")));
        match text(step, "does") {
            "signs_in" => drop(world.sign_in(&user)),
            "opens" => world.opens_mattermost(&user),
            "closes" => world.closes_mattermost(&user),
            "is_active" => world.person_is_active(&user),
            "is_idle" => world.person_is_idle(&user),
            "answers_automatically" => drop(world.set_out_of_office(&user).unwrap()),
            "stops_answering_automatically" => drop(world.back_in_office(&user).unwrap()),
            "chooses" => {
                let end = step["dnd_end_time"].as_i64().unwrap_or_default();
                let chosen = world.choose_status(&user, text(step, "status"), end);
                return answer(chosen, |status| self.rest(&status));
            }
            "sets_custom" => {
                return Self::rest_done(
                    world.choose_custom_status(&user, &custom(&step["custom"])),
                );
            }
            "removes_custom" => return Self::rest_done(world.drop_custom_status(&user)),
            "forgets_recent" => {
                let status = custom(&step["custom"]);
                return Self::rest_done(world.forget_recent_custom_status(&user, &status));
            }
            other => panic!("a person does {other}"),
        }
        Value::Null
    }

    fn settings(&self, settings: &Map<String, Value>) {
        for (key, value) in settings {
            self.world.configure(|config| match key.as_str() {
                "EnableUserStatuses" => config.enable_user_statuses = value == true,
                "EnableCustomUserStatuses" => config.enable_custom_user_statuses = value == true,
                "UserStatusAwayTimeout" => {
                    let seconds = value.as_u64().unwrap();
                    config.user_status_away_timeout = Duration::from_secs(seconds);
                }
                other => panic!("the setting {other}"),
            });
        }
    }

    /// What happens in a step. Answers what was answered.
    fn happens(&self, step: &Value) -> Value {
        if step.get("plugin").is_some() {
            return self.plugin(step);
        }
        if let Some(settings) = step["settings"].as_object() {
            self.settings(settings);
        } else if let Some(deed) = step["admin"].as_str() {
            let user = self.id(text(step, "person"));
            match deed {
                "deactivates" => self.world.deactivate(&user).unwrap(),
                "activates" => self.world.reactivate(&user).unwrap(),
                other => panic!("an admin {other}"),
            }
        } else if let Some(deed) = step["server"].as_str() {
            match deed {
                "restarts" => self.world.restart_server(),
                "ends_timed_dnd" => self.world.end_timed_dnd(),
                other => panic!("the server {other}"),
            }
        } else if step.get("person").is_some() {
            return self.person(step);
        } else {
            assert_eq!(step["time"], "passes", "{step}");
        }
        Value::Null
    }

    /// What was looked at after a step.
    fn look(&self, user: &str, what: &str) -> Value {
        let world = &self.world;
        let id = self.id(user);
        let page = || world.statuses(std::slice::from_ref(&id));
        match what {
            "status" => answer(world.status(&id), |status| self.status(&status)),
            "page" => json!({ "ok": page().iter().map(|s| self.status(s)).collect::<Vec<_>>() }),
            "rest" => match page().first() {
                Some(status) => json!({ "ok": self.rest(status) }),
                None => {
                    json!({ "error": { "id": "api.status.user_not_found.app_error", "status_code": 404 } })
                }
            },
            "custom" => {
                let user = world.user(&id).unwrap();
                user.props.get("customStatus").cloned().into()
            }
            "recent" => {
                let own = world.preferences(&id).into_iter();
                let mut own = own.filter(|p| p.name == "recent_custom_statuses");
                own.next().map(|p| p.value).into()
            }
            other => panic!("{other} was looked at"),
        }
    }

    /// Tells whether every client heard that this account changed.
    fn told(&mut self) -> Vec<String> {
        let events = self.world.websocket_events();
        let new = events[self.heard..].iter().map(|event| event.name.clone());
        let new: BTreeSet<String> = new.collect();
        self.heard = events.len();
        new.into_iter().collect()
    }
}

fn play(file: &Path) -> Vec<String> {
    let recording: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut stage = Stage::new(&recording);
    let mut differences = Vec::new();
    for (number, step) in recording["steps"].as_array().unwrap().iter().enumerate() {
        stage.world.stop_clock_at(step["at"].as_i64().unwrap());
        let mut compare = |what: &str, ours: &Value, recorded: &Value| {
            if ours != recorded {
                let name = file.file_stem().unwrap().display();
                differences.push(format!(
                    "{name} {number} {what}\n  ours     {ours}\n  recorded {recorded}\n"
                ));
            }
        };
        let answered = stage.happens(step);
        if let Some(recorded) = step.get("answered") {
            compare("answered", &answered, recorded);
        }
        let told: BTreeSet<&str> = step["told"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|event| event.as_str().unwrap())
            .collect();
        compare("told", &json!(stage.told()), &json!(told));
        let whom = text(step, "of").to_owned();
        for (what, recorded) in step["seen"].as_object().unwrap() {
            compare(what, &stage.look(&whom, what), recorded);
        }
    }
    differences
}

#[test]
fn every_recording_is_played_again() {
    let files = recordings();
    assert!(!files.is_empty());
    let differences: Vec<String> = files.iter().flat_map(|file| play(file)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
