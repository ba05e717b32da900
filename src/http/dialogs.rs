//! Forms, when somebody submits one: `POST /api/v1/dialogs/<what>`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use mattermost_plugin::model::SubmitDialogResponse;
use serde_json::{Map, Value};

use super::{buttons, errors};
use crate::app::App;
use crate::commands::SETTINGS_FORM;
use crate::config::Config;
use crate::host::{Host, Person};
use crate::language::Language;
use crate::language::texts::{commands, settings as texts};
use crate::people::{Choice, Preferences};

/// What somebody filled in of `/phone settings`. A field that is not there stays as it is, and one that is unknown is ignored; where
/// one is wrong, nothing is stored.
pub(super) async fn settings<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (person, fields) = match buttons::posted(&app, request).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let text = |name| fields.get(name).and_then(Value::as_str);
    if text("callback_id").unwrap_or_default() != SETTINGS_FORM.id {
        let what = "the form is none of this plugin's";
        return errors::answer(StatusCode::BAD_REQUEST, what, true);
    }
    let cancelled = fields.get("cancelled").and_then(Value::as_bool) == Some(true);
    if cancelled || text("type") == Some("dialog_cancelled") {
        return answer(&SubmitDialogResponse::default());
    }
    let submission = fields.get("submission").and_then(Value::as_object);
    let empty = Map::new();
    answer(&take(&app, &person, submission.unwrap_or(&empty)).await)
}

async fn take<H: Host>(
    app: &App<H>,
    person: &Person,
    submission: &Map<String, Value>,
) -> SubmitDialogResponse {
    let language = person.language;
    let wrong = |error| SubmitDialogResponse {
        error,
        ..SubmitDialogResponse::default()
    };
    if person.guest || person.deactivated {
        return wrong(commands::no_guests(language));
    }
    let values = match read(&app.config(), submission, language) {
        Ok(values) => values,
        Err(errors) => {
            return SubmitDialogResponse {
                errors,
                ..SubmitDialogResponse::default()
            };
        }
    };
    match app.choose(&person.id, |own| choose(own, &values)).await {
        Ok(_) => SubmitDialogResponse::default(),
        Err(error) => {
            tracing::warn!(%error, "what somebody chose cannot be stored");
            wrong(texts::not_stored(language))
        }
    }
}

/// What was chosen, or what is wrong with which field.
fn read<'a>(
    config: &Config,
    submission: &'a Map<String, Value>,
    language: Language,
) -> Result<Vec<(Choice, &'a str)>, BTreeMap<String, String>> {
    let mut values = Vec::new();
    let mut errors = BTreeMap::new();
    for choice in Choice::offered(config) {
        let value = match submission.get(choice.name()) {
            None | Some(Value::Null) => continue,
            Some(Value::Bool(true)) => "on",
            Some(Value::Bool(false)) => "off",
            Some(Value::String(text)) => text,
            Some(_) => "",
        };
        if choice.set(&mut Preferences::default(), value) {
            values.push((choice, value));
        } else {
            errors.insert(choice.name().to_owned(), choice.values_text(language));
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

fn choose(own: &mut Preferences, values: &[(Choice, &str)]) {
    for (choice, value) in values {
        // It was read before whether it is one of its values.
        choice.set(own, value);
    }
}

/// An answer that closes the form, or says what is wrong in it.
fn answer(response: &SubmitDialogResponse) -> Response<Body> {
    // Texts only.
    let body = serde_json::to_string(response).unwrap_or_default();
    errors::response(StatusCode::OK, errors::JSON, body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::people::CallStatus;

    fn submitted(value: Value) -> Result<Preferences, BTreeMap<String, String>> {
        let config = Config {
            call_status: true,
            missed_calls: true,
            ..Config::default()
        };
        let Value::Object(submission) = value else {
            panic!("no object");
        };
        let mut own = Preferences {
            chat_dnd: true,
            ..Preferences::default()
        };
        choose(&mut own, &read(&config, &submission, Language::English)?);
        Ok(own)
    }

    #[test]
    fn what_is_filled_in_is_chosen() {
        let chosen = submitted(json!({
            "calls": false, "name": "true", "status": "away", "phone-dnd": true, "missed": null,
            "chat-dnd": false, "colour": "red",
        }));
        let expected = Preferences {
            show_calls: false,
            show_other: true,
            call_status: CallStatus::Away,
            phone_dnd: true,
            // It is not offered without an Asterisk, and so stays.
            chat_dnd: true,
            missed_calls: true,
        };
        assert_eq!(chosen, Ok(expected));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let errors = submitted(json!({
            "calls": "maybe", "status": "ooo", "missed": 7, "name": [], "phone-dnd": "on",
        }));
        let errors = errors.expect_err("they are wrong");
        let names: Vec<&str> = errors.keys().map(|name| &**name).collect();
        assert_eq!(names, ["calls", "missed", "name", "status"]);
        assert_eq!(
            errors["status"],
            "`status` is one of `unchanged`, `dnd` or `away`."
        );
    }
}
