//! eeCallUs's URL: `/script/?exec=eeCallUs.php&ip=&port=&user=&secret=&from=&to=&msg=&drv=`, for home automation and scripts.
//!
//! It works for the one Asterisk that is set, and for whoever knows its account. What may be dialled is what
//! [`Calls::script_call`](crate::calls::Calls::script_call) lets through; nothing of the request chooses where a connection goes.

mod account;
mod arguments;
mod outcome;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use super::{auth, errors, form, raw};
use crate::app::App;
use crate::calls::{Calls, CallsHost, Pbx};
use crate::config::Setting;
use crate::host::Host;
use crate::sources::asterisk::Settings;
use crate::text::clean;

use arguments::{Order, Script};

/// Makes a call or sends a text, and says what came of it.
pub(super) async fn script<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let json = errors::wants_json(&parts);
    let form = match form::of_body(&parts, body, json).await {
        Ok(form) => form.unwrap_or_default(),
        Err(answer) => return answer,
    };
    let (script, settings) = match permitted(&app, &parts, &form) {
        Ok(permitted) => permitted,
        Err(answer) => return *answer,
    };
    if let Err(why) = account::check(&settings, &script).await {
        return errors::answer(StatusCode::FORBIDDEN, &why.to_string(), json);
    }
    let address = auth::address(&parts);
    perform(app.calls(), script.order(), &address, json).await
}

/// What is asked for by whoever knows the account of the Asterisk that is set.
pub(super) fn permitted<'a, H: Host>(
    app: &App<H>,
    parts: &'a Parts,
    form: &'a str,
) -> Result<(Script<'a>, Settings), Box<Response<Body>>> {
    let json = errors::wants_json(parts);
    // Neither a look ahead (HEAD) nor anything else may make a telephone ring.
    if ![Method::GET, Method::POST].contains(&parts.method) {
        return Err(Box::new(errors::method_not_allowed("GET, POST", json)));
    }
    let script = Script::read(raw(parts, app.id()).1, form)
        .map_err(|wrong| errors::answer(wrong.status(), &wrong.to_string(), json))?;
    let config = app.config();
    let Some((settings, _)) = &config.asterisk else {
        let setting = app.setting(Setting::AsteriskHost);
        let what = format!(
            "no Asterisk is set: fill in {setting} and the settings behind it in the plugin"
        );
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Err(Box::new(errors::answer(status, &what, json)));
    };
    auth::account(app, parts, settings, script.account())
        .map_err(|refusal| refusal.answer(app, json))?;
    Ok((script, settings.clone()))
}

/// Has it done, and tells what came of it.
async fn perform<H: CallsHost, P: Pbx>(
    calls: &Arc<Calls<H, P>>,
    order: &Order,
    address: &str,
    json: bool,
) -> Response<Body> {
    match order {
        Order::Call { from, to } => {
            let (shown_from, shown_to) = (clean(from), clean(to));
            tracing::info!(%address, from = %shown_from, to = %shown_to, "a script asks for a call");
            match calls.script_call(from, to).await {
                Ok(call) => outcome::of_call(&call, json),
                Err(denied) => outcome::of_denied(&denied, json),
            }
        }
        Order::Text {
            driver,
            from,
            to,
            text,
        } => {
            let (shown_from, shown_to) = (clean(from), clean(to));
            tracing::info!(%address, from = %shown_from, to = %shown_to, "a script asks for a text");
            match calls.script_text(*driver, to, from, text).await {
                Ok(text) => outcome::of_text(&text, json),
                Err(denied) => outcome::of_denied(&denied, json),
            }
        }
    }
}

#[cfg(test)]
mod tests;
