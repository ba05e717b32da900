//! Who may: the one place where secrets and memberships are checked.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use mattermost_plugin::http::RequestInfo;
use percent_encoding::{percent_decode, percent_decode_str};

use super::{USER_ID, calls, errors, form, raw};
use crate::app::{Access, App, Door, Verdict};
use crate::config::{Config, Secret, Setting};
use crate::host::{Host, UserId};
use crate::live::Viewer;
use crate::sources::asterisk;
use crate::walls;

/// How long a request waits for new settings to be looked up, before it is answered without.
pub(super) const SETTLE_LIMIT: Duration = Duration::from_secs(3);

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No secret is set for phones, so nobody can know it.
    NoSecretSet,
    /// No secret is set for presence, which is off therefore.
    NoPresenceSecretSet,
    /// The phones' secret is wrong or missing.
    Unauthorized,
    /// That of presence is.
    WrongPresenceSecret,
    /// The Asterisk account's name or secret is.
    WrongAccount,
    /// Any of these was, too often; after so long it may be tried again.
    TooMany(Duration),
    /// The link of a wall is wrong, or was withdrawn.
    WrongWall,
    /// A member who sees the board, and administers neither the channel nor what it is in.
    NoReset,
    /// It opens the board for reading only.
    OnlyReads,
    /// Signed in, but not one of those who may.
    Forbidden,
    /// Not signed in as an administrator of the system.
    NoAdministrator,
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
            Self::NoPresenceSecretSet => {
                let setting = app.setting(Setting::PresenceSecret);
                let what = format!(
                    "presence is off: the plugin's setting {setting} is empty; set a secret there, and the same in the clients"
                );
                errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, json)
            }
            Self::Unauthorized | Self::WrongPresenceSecret | Self::WrongAccount => {
                let what = match self {
                    Self::Unauthorized if json => {
                        "sign in to Mattermost, or send the phones' secret: secret= in the query, or as a bearer token"
                    }
                    // Phones get mattersip's word.
                    Self::Unauthorized => "Unauthorized",
                    Self::WrongAccount => {
                        "user or secret is wrong: they are those of the Asterisk account that is set in the plugin"
                    }
                    _ => {
                        "the secret is wrong or missing: send it as secret= in the query or in a form (application/x-www-form-urlencoded), or as a bearer token"
                    }
                };
                let mut answer = errors::answer(StatusCode::UNAUTHORIZED, what, json);
                // RFC 9110, 11.6.1: a 401 says how to do better.
                let challenge = HeaderValue::from_static("Bearer realm=\"Switchboard\"");
                answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                answer
            }
            Self::TooMany(wait) => {
                let seconds = wait.as_secs() + 1;
                let what = format!(
                    "too many wrong secrets came from your address; try again in {seconds} s"
                );
                let mut answer = errors::answer(StatusCode::TOO_MANY_REQUESTS, &what, json);
                errors::retry_after(&mut answer, *wait);
                answer
            }
            Self::WrongWall => errors::answer(
                StatusCode::UNAUTHORIZED,
                "this link is wrong, or was withdrawn: ask an administrator for a new one (`/phone board wall NAME`)",
                json,
            ),
            Self::OnlyReads => errors::answer(
                StatusCode::FORBIDDEN,
                "a wall's link opens the board for reading only: sign in to Mattermost for this",
                json,
            ),
            Self::NoReset => errors::answer(
                StatusCode::FORBIDDEN,
                "only administrators of the system, of the phones' channel or of its team may begin the counters anew",
                json,
            ),
            Self::Forbidden => errors::answer(
                StatusCode::FORBIDDEN,
                "only members of the phones' channel who are no guests may see this",
                json,
            ),
            Self::NoAdministrator => errors::answer(
                StatusCode::FORBIDDEN,
                "sign in to Mattermost as an administrator of the system to see this",
                json,
            ),
            Self::Unknown(why) => {
                let what = format!("whether you may see this is not known now: {why}; try again");
                errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, json)
            }
        }
    }
}

/// The phones' secret, in the query or as a bearer token. Wrong ones are counted per address.
pub(super) fn phones<H: Host>(app: &App<H>, parts: &Parts) -> Result<(), Refusal> {
    let config = app.config();
    check(&config.phones_secret, raw(parts, app.id()).1, parts)
        .map_err(|refusal| counted(app, parts, refusal))
}

/// The same of a phone's own URL, or the short secret that stands in its path. A wrong one is not [`counted`] yet: a form that follows
/// may have the right one.
pub(super) fn phone_url(
    config: &Config,
    short: Option<&str>,
    query: &str,
    parts: &Parts,
) -> Result<(), Refusal> {
    let Some(short) = short else {
        return check(&config.phones_secret, query, parts);
    };
    if config.phones_secret.is_empty() {
        return Err(Refusal::NoSecretSet);
    }
    let offer: Cow<'_, [u8]> = percent_decode_str(short).into();
    if config.phones_short_secret.matches(&offer) {
        return Ok(());
    }
    Err(Refusal::Unauthorized)
}

/// The same, where settings and query are at hand already.
fn check(secret: &Secret, query: &str, parts: &Parts) -> Result<(), Refusal> {
    if secret.is_empty() {
        return Err(Refusal::NoSecretSet);
    }
    if in_pairs(secret, query) || bearer(parts).is_some_and(|token| secret.matches(token)) {
        return Ok(());
    }
    Err(Refusal::Unauthorized)
}

/// What stands behind `Authorization: Bearer`.
fn bearer(parts: &Parts) -> Option<&[u8]> {
    let value = parts.headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// How many times a secret may be escaped beyond what a URL needs. Outlook's provider escapes it more than once.
const MAX_ESCAPES: usize = 5;

/// The secret of presence, in the query, in a form, or as a bearer token. Wrong ones are counted per address. Answers the
/// settings by which it was judged.
pub(super) fn presence<H: Host>(
    app: &App<H>,
    parts: &Parts,
    form: Option<&str>,
) -> Result<Arc<Config>, Refusal> {
    let config = app.config();
    let secret = &config.presence_secret;
    if secret.is_empty() {
        return Err(Refusal::NoPresenceSecretSet);
    }
    let offers = [
        form::written(raw(parts, app.id()).1, "secret"),
        form.and_then(|form| form::written(form, "secret")),
    ];
    if offers
        .into_iter()
        .flatten()
        .any(|offer| escaped(secret, offer))
        || bearer(parts).is_some_and(|token| secret.matches(token))
    {
        return Ok(config);
    }
    Err(counted(app, parts, Refusal::WrongPresenceSecret))
}

/// Counts that something secret is wrong, and tells whether it was too often from this address. What is no wrong secret stays as it is.
pub(super) fn counted<H: Host>(app: &App<H>, parts: &Parts, wrong: Refusal) -> Refusal {
    let door = match wrong {
        Refusal::Unauthorized => Door::Phones,
        Refusal::WrongWall => Door::Walls,
        Refusal::WrongPresenceSecret => Door::Presence,
        Refusal::WrongAccount => Door::Account,
        _ => return wrong,
    };
    judged(app.attempts().failed(door, &address(parts)), wrong)
}

fn judged(verdict: Verdict, wrong: Refusal) -> Refusal {
    match verdict {
        Verdict::Wrong => wrong,
        Verdict::TooMany(wait) => Refusal::TooMany(wait),
    }
}

/// The Asterisk account's name and secret, both as they were written in a query or a form. Both are always compared. Wrong ones are
/// counted per address. After too many of them a right one is refused, too, where it is so short that it could be guessed: this
/// account's secret opens more than this plugin.
pub(super) fn account<H: Host>(
    app: &App<H>,
    parts: &Parts,
    settings: &asterisk::Settings,
    (user, secret): (&str, &str),
) -> Result<(), Refusal> {
    let name = Secret::new(settings.user.clone());
    let right = || in_writing(&name, user) & in_writing(&settings.secret, secret);
    if !settings.secret.is_guessable() {
        return if right() {
            Ok(())
        } else {
            Err(counted(app, parts, Refusal::WrongAccount))
        };
    }
    app.attempts()
        .strictly(Door::Account, &address(parts), right)
        .map_err(|verdict| judged(verdict, Refusal::WrongAccount))
}

/// Whether `offer` is the secret, escaped once as a URL needs it, or up to [`MAX_ESCAPES`] times more.
fn escaped(secret: &Secret, offer: &str) -> bool {
    let mut offer = Cow::Borrowed(offer.as_bytes());
    for _ in 0..=MAX_ESCAPES {
        // A `+` stands for a blank, as it should, or for itself.
        if offer.contains(&b'+') {
            let blanks: Vec<u8> = offer
                .iter()
                .map(|&byte| if byte == b'+' { b' ' } else { byte })
                .collect();
            if secret.matches(&Cow::from(percent_decode(&blanks))) {
                return true;
            }
        }
        let decoded: Vec<u8> = percent_decode(&offer).collect();
        if secret.matches(&decoded) {
            return true;
        }
        if decoded == *offer {
            return false;
        }
        offer = Cow::Owned(decoded);
    }
    false
}

/// The longest address that is kept, in characters: an IPv6 address with a zone may have so many.
const MAX_ADDRESS: usize = 64;

/// The client's address, as the server's proxy settings find it: where those trust a header that the proxy does not overwrite,
/// whatever the client says.
pub(super) fn address(parts: &Parts) -> String {
    let Some(info) = parts.extensions.get::<RequestInfo>() else {
        return String::new();
    };
    let address = &info.context.ip_address;
    if !address.is_empty() {
        let short: String = address.chars().take(MAX_ADDRESS).collect();
        return crate::text::clean(&short).into_owned();
    }
    let (address, _) = info
        .remote_addr
        .rsplit_once(':')
        .unwrap_or((&info.remote_addr, ""));
    address.trim_matches(['[', ']']).to_owned()
}

/// Whoever may know how the plugin does: the phones' secret, in a bundle without phones that of presence, and in one that has no secret an
/// administrator of the system who is signed in.
pub(super) async fn status<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> Result<(), Refusal> {
    let bundle = app.bundle();
    if bundle.has_phones() {
        return phones(app, parts);
    }
    if bundle.has_presence() {
        return presence(app, parts, None).map(drop);
    }
    let user = calls::signed_in(parts).ok_or(Refusal::NoAdministrator)?;
    match app.person(&user).await {
        Some(person) if person.admin && !person.deactivated => Ok(()),
        Some(_) => Err(Refusal::NoAdministrator),
        None => Err(Refusal::Unknown(
            "Mattermost could not be asked who you are".to_owned(),
        )),
    }
}

/// Whether the first `secret` of a query or a form is the secret. Its `+` may stand for a blank, as it should,
/// or for itself, as phones write it.
pub(super) fn in_pairs(secret: &Secret, pairs: &str) -> bool {
    form::written(pairs, "secret").is_some_and(|offer| in_writing(secret, offer))
}

/// The same of a value as it was written.
fn in_writing(secret: &Secret, offer: &str) -> bool {
    let literal: Cow<'_, [u8]> = percent_decode_str(offer).into();
    let blanks = offer.replace('+', " ");
    let blanks: Cow<'_, [u8]> = percent_decode_str(&blanks).into();
    secret.matches(&literal) | secret.matches(&blanks)
}

/// Who looks at the board: whoever has the phones' secret, a screen by a wall's link, or someone signed in who may. A wall's link that is
/// there counts, whoever is signed in beside it, so that one that was withdrawn shows.
pub(super) async fn board<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> Result<Viewer, Refusal> {
    // Who offers no secret does not try one.
    let query = raw(parts, app.id()).1;
    let offers = form::written(query, "secret").is_some() || bearer(parts).is_some();
    let refusal = if offers {
        match phones(app, parts) {
            Ok(()) => return Ok(Viewer::Secret),
            Err(refusal) => refusal,
        }
    } else if app.config().phones_secret.is_empty() {
        Refusal::NoSecretSet
    } else {
        Refusal::Unauthorized
    };
    if let Some(token) = form::first(query, "wall") {
        return match app.walls().name_of(&token).await {
            Ok(Some(_)) => Ok(Viewer::Wall(walls::mark(&token).into())),
            Ok(None) => Err(counted(app, parts, Refusal::WrongWall)),
            Err(error) => Err(Refusal::Unknown(error.to_string())),
        };
    }
    let user = parts.headers.get(USER_ID);
    let Some(user) = user
        .and_then(|user| user.to_str().ok())
        .filter(|user| !user.is_empty())
    else {
        return Err(refusal);
    };
    app.settled(SETTLE_LIMIT).await;
    let user = UserId::from(user);
    match app.access(&user).await {
        Access::Granted => Ok(Viewer::Member(user)),
        Access::Denied => Err(Refusal::Forbidden),
        Access::Unknown(why) => Err(Refusal::Unknown(why)),
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    #[test]
    fn a_secret_may_be_escaped_more_than_once() {
        let secret = Secret::new("a+b c/d%20é".to_owned());
        let mut offer = secret.reveal().to_owned();
        for _ in 0..=MAX_ESCAPES {
            offer = utf8_percent_encode(&offer, NON_ALPHANUMERIC).to_string();
            assert!(escaped(&secret, &offer), "{offer}");
        }
        let once_more = utf8_percent_encode(&offer, NON_ALPHANUMERIC).to_string();
        assert!(!escaped(&secret, &once_more));
        for wrong in ["", "%", "%zz", "+", "a%2Bb", "a%2Bb+c%2Fd%2520"] {
            assert!(!escaped(&secret, wrong), "{wrong}");
        }
        // A blank as a form has it.
        assert!(escaped(&secret, "a%2Bb+c%2Fd%2520%C3%A9"));
    }

    #[test]
    fn an_empty_secret_lets_nobody_in() {
        assert!(!escaped(&Secret::default(), ""));
    }
}
