//! Who may: the one place where secrets and memberships are checked.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::{USER_ID, errors, raw};
use crate::app::{Access, App};
use crate::config::{Secret, Setting};
use crate::host::{Host, UserId};

/// How long a request waits for new settings to be looked up, before it is answered without.
pub(super) const SETTLE_LIMIT: Duration = Duration::from_secs(3);

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No secret is set, so nobody can know it.
    NoSecretSet,
    /// The secret is wrong or missing.
    Unauthorized,
    /// Signed in, but not one of those who may.
    Forbidden,
    /// Nobody knows at the moment; the text says why.
    Unknown(String),
}

impl Refusal {
    pub(super) fn answer<H: Host>(&self, app: &App<H>, json: bool) -> Response<Body> {
        match self {
            Self::NoSecretSet => {
                let setting = app.setting(Setting::PhonesSecret);
                let what = format!(
                    "the plugin's setting {setting} is empty: enter a long random text there, and the same in the phones' URLs behind secret="
                );
                errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, json)
            }
            Self::Unauthorized => errors::answer(StatusCode::UNAUTHORIZED, "Unauthorized", json),
            Self::Forbidden => errors::answer(
                StatusCode::FORBIDDEN,
                "only members of the phones' channel who are no guests may see this",
                json,
            ),
            Self::Unknown(why) => {
                let what = format!("whether you may see this is not known now: {why}; try again");
                errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, json)
            }
        }
    }
}

/// The phones' secret, in the query or as a bearer token.
pub(super) fn phones<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> Result<(), Refusal> {
    let config = app.config();
    check(&config.phones_secret, raw(parts, app.id()).1, parts)
}

/// The same, where settings and query are at hand already.
pub(super) fn check(secret: &Secret, query: &str, parts: &Parts) -> Result<(), Refusal> {
    if secret.is_empty() {
        return Err(Refusal::NoSecretSet);
    }
    let bearer = || {
        let value = parts.headers.get(AUTHORIZATION)?.as_bytes();
        let (scheme, token) = value.split_at_checked("Bearer ".len())?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
    };
    if in_pairs(secret, query) || bearer().is_some_and(|token| secret.matches(token)) {
        return Ok(());
    }
    Err(Refusal::Unauthorized)
}

/// Whether the first `secret` of a query or a form is the secret. Its `+` may stand for a blank, as it should,
/// or for itself, as phones write it.
pub(super) fn in_pairs(secret: &Secret, pairs: &str) -> bool {
    let Some(offer) = pairs
        .split('&')
        .find_map(|pair| pair.strip_prefix("secret="))
    else {
        return false;
    };
    let literal: Cow<'_, [u8]> = percent_decode_str(offer).into();
    let blanks = offer.replace('+', " ");
    let blanks: Cow<'_, [u8]> = percent_decode_str(&blanks).into();
    secret.matches(&literal) | secret.matches(&blanks)
}

/// The phones' secret, or someone signed in who may see the board.
pub(super) async fn board<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> Result<(), Refusal> {
    let Err(refusal) = phones(app, parts) else {
        return Ok(());
    };
    let user = parts.headers.get(USER_ID);
    let Some(user) = user
        .and_then(|user| user.to_str().ok())
        .filter(|user| !user.is_empty())
    else {
        return Err(refusal);
    };
    app.settled(SETTLE_LIMIT).await;
    match app.access(&UserId::from(user)).await {
        Access::Granted => Ok(()),
        Access::Denied => Err(Refusal::Forbidden),
        Access::Unknown(why) => Err(Refusal::Unknown(why)),
    }
}
