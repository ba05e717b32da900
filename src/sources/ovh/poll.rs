//! One poll after the other, by one token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout_at};

use super::Shared;
use super::answer::Answer;
use super::link::{Followed, Phase, Trouble};
use crate::backoff::Backoff;
use crate::config::Secret;
use crate::outbound::{OutboundError, Request, Response};

/// How long all of it may take, and how much may come. Tests have others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How long a poll may take: the service answers within a minute also where nothing happens.
    pub(super) poll: Duration,
    /// The most bytes of an answer.
    pub(super) body: usize,
    /// After how long without a word a poll counts as one that waits for events: what is wrong is answered at once.
    pub(super) silence: Duration,
    /// A poll that was cut off after that long is no failure: something between here and there lets none wait longer.
    pub(super) long: Duration,
    /// The least time between two polls.
    pub(super) pace: Duration,
    /// The same where nothing came: of a service that does not let polls wait no more is asked.
    pub(super) idle_pace: Duration,
    /// The least wait after an error.
    pub(super) error_pause: Duration,
    /// The longest one, before jitter.
    pub(super) longest_pause: Duration,
    /// The wait after a token was refused, before jitter.
    pub(super) refused_pause: Duration,
    /// How long the service may be gone before what was told of is in doubt.
    pub(super) gone: Duration,
    /// How often it is logged that it is still gone.
    pub(super) log_again: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(100),
            body: 4 * 1024 * 1024,
            silence: Duration::from_secs(2),
            long: Duration::from_secs(20),
            pace: Duration::from_millis(100),
            idle_pace: Duration::from_secs(1),
            error_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            refused_pause: Duration::from_secs(15 * 60),
            gone: Duration::from_secs(10 * 60),
            log_again: Duration::from_secs(60 * 60),
        }
    }
}

/// What came of a poll.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Events, or none.
    Answer(Answer),
    /// Nothing for as long as a poll may take.
    Quiet,
    /// The session is not known any more.
    NoSession,
    /// Something else is wrong.
    Trouble(Trouble),
}

/// Polls until it is aborted.
pub(super) async fn run(shared: Arc<Shared>, followed: Followed) {
    let limits = shared.limits;
    let mut session: Option<String> = None;
    let mut backoff = Backoff::up_to(limits.longest_pause);
    let mut failing: Option<Instant> = None;
    let mut in_doubt = false;
    loop {
        shared.room().await;
        let began = Instant::now();
        // One that failed is not taken for one that waits as soon as nothing comes for a moment.
        let silence = match failing {
            Some(_) => limits.long,
            None => limits.silence,
        };
        let outcome = poll(&shared, &followed, session.as_deref(), silence).await;
        let trouble = match outcome {
            Outcome::Answer(answer) => {
                let pace = match answer.events.is_empty() {
                    true => limits.idle_pace,
                    false => limits.pace,
                };
                shared.set_phase(&followed, Phase::Up, true);
                shared.answered(&followed, &answer);
                if answer.is_cut {
                    shared.gap(&followed);
                }
                session = answer.session.or(session);
                backoff = Backoff::up_to(limits.longest_pause);
                (failing, in_doubt) = (None, false);
                sleep(pace.saturating_sub(began.elapsed())).await;
                continue;
            }
            Outcome::Quiet => {
                shared.set_phase(&followed, Phase::Up, true);
                (failing, in_doubt) = (None, false);
                sleep(limits.idle_pace.saturating_sub(began.elapsed())).await;
                continue;
            }
            Outcome::NoSession => {
                // What happened since the last answer is lost.
                session = None;
                shared.gap(&followed);
                None
            }
            Outcome::Trouble(trouble) => Some(trouble),
        };
        shared.failed();
        let is_refused = matches!(trouble, Some(Trouble::Refused(_)));
        if let Some(trouble) = trouble {
            // What it told of by that is told of only once.
            let is_lost = matches!(
                trouble,
                Trouble::NotUnderstood | Trouble::Asking(OutboundError::TooLong(..))
            );
            shared.set_phase(&followed, Phase::Down(trouble), true);
            let is_gone = failing.get_or_insert(began).elapsed() >= limits.gone;
            if (is_lost || is_gone) && !std::mem::replace(&mut in_doubt, true) {
                shared.gap(&followed);
            }
        }
        let wait = if is_refused {
            let jitter = 1.0 - fastrand::f64() / 2.0;
            limits.refused_pause.mul_f64(jitter)
        } else {
            backoff.next_wait()
        };
        sleep(wait.max(limits.error_pause)).await;
    }
}

async fn poll(
    shared: &Shared,
    followed: &Followed,
    session: Option<&str>,
    silence: Duration,
) -> Outcome {
    let limits = shared.limits;
    let mut url = format!("{}?token={}", followed.url, followed.token.reveal());
    if let Some(session) = session {
        url.push_str("&session=");
        url.extend(utf8_percent_encode(session, NON_ALPHANUMERIC));
    }
    let bearer = Secret::default();
    let request = Request {
        bearer: &bearer,
        accept: "application/json",
        limit: limits.poll,
        max_body: limits.body,
        status_only: false,
    };
    let began = Instant::now();
    let (connected, is_connected) = (Notify::new(), AtomicBool::new(false));
    let tell = || {
        is_connected.store(true, Ordering::Relaxed);
        connected.notify_one();
    };
    let asking = shared
        .client
        .get_telling(&url, &followed.hosts, &request, &tell);
    let waiting = async {
        connected.notified().await;
        sleep(silence).await;
        shared.set_phase(followed, Phase::Up, false);
        std::future::pending::<()>().await;
    };
    let answer = tokio::select! {
        answer = asking => answer,
        () = waiting => Err(OutboundError::Closed),
    };
    shared.polled();
    let was_long = began.elapsed() >= limits.long;
    match answer {
        Ok(response) => read(&response, session.is_some(), was_long),
        Err(OutboundError::TimedOut(_)) if is_connected.load(Ordering::Relaxed) => Outcome::Quiet,
        Err(OutboundError::Closed) if was_long => Outcome::Quiet,
        Err(error) => Outcome::Trouble(Trouble::Asking(error)),
    }
}

/// What an answer means. `had_session` says whether the poll carried one, `was_long` whether it waited.
fn read(response: &Response, had_session: bool, was_long: bool) -> Outcome {
    match response.status {
        200 => {}
        204 => return Outcome::Quiet,
        // Gateways end polls so that wait for too long.
        408 | 502 | 504 if was_long => return Outcome::Quiet,
        // It may be the session alone that is wrong.
        400 | 401 | 403 | 404 | 410 if had_session => return Outcome::NoSession,
        status @ (400 | 401 | 403 | 404 | 410) => {
            let message = Answer::read(&response.body).unwrap_or_default().message;
            return Outcome::Trouble(Trouble::Refused(refusal(status, &message)));
        }
        status => return Outcome::Trouble(Trouble::Status(status)),
    }
    let Some(answer) = Answer::read(&response.body) else {
        return Outcome::Trouble(Trouble::NotUnderstood);
    };
    if answer.session.is_some() || !answer.events.is_empty() || answer.malformed > 0 {
        return Outcome::Answer(answer);
    }
    let message = answer.message.to_ascii_lowercase();
    if message.contains("token") {
        let why = refusal(200, &answer.message);
        return Outcome::Trouble(Trouble::Refused(why));
    }
    if message.contains("session") && had_session {
        return Outcome::NoSession;
    }
    if answer.has_events {
        return Outcome::Answer(answer);
    }
    Outcome::Trouble(Trouble::NotUnderstood)
}

/// What the service said, without anything that could be a token.
fn refusal(status: u16, message: &str) -> String {
    let is_part = |word: &str| word.len() >= 8 && word.contains(|c: char| c.is_ascii_digit());
    let words = message.split_whitespace();
    let words: Vec<&str> = words
        .map(|word| match word.contains('-') || is_part(word) {
            true => "…",
            false => word,
        })
        .collect();
    match words.is_empty() {
        true => format!("it answers {status}"),
        false => format!("it answers {status}: {}", words.join(" ")),
    }
}

impl Shared {
    /// Waits until the board took most of what came.
    async fn room(&self) {
        loop {
            let drained = self.drained.notified();
            if self.state().backlog() <= super::MAX_BACKLOG {
                return;
            }
            // Where a notice is missed, it looks again.
            let _ = timeout_at(Instant::now() + Duration::from_secs(1), drained).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response {
            status,
            media_type: String::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn answers_mean_what_they_say() {
        use Outcome::{NoSession, Quiet};
        let refused = |why: &str| Outcome::Trouble(Trouble::Refused(why.to_owned()));
        let garbage = || Outcome::Trouble(Trouble::NotUnderstood);
        for (status, body, had_session, was_long, expected) in [
            (204, "", false, false, Quiet),
            (504, "", true, true, Quiet),
            (504, "", true, false, Outcome::Trouble(Trouble::Status(504))),
            (500, "", true, true, Outcome::Trouble(Trouble::Status(500))),
            (
                429,
                "",
                false,
                false,
                Outcome::Trouble(Trouble::Status(429)),
            ),
            (410, "", true, false, NoSession),
            (404, "", true, false, NoSession),
            (404, "", false, false, refused("it answers 404")),
            (
                403,
                r#"{"Message":"Bad token ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB now"}"#,
                false,
                false,
                refused("it answers 403: Bad token … now"),
            ),
            (
                200,
                r#"{"Message":"Invalid token"}"#,
                true,
                false,
                refused("it answers 200: Invalid token"),
            ),
            (
                200,
                r#"{"Session":"","Message":"Unknown session","Events":[]}"#,
                true,
                false,
                NoSession,
            ),
            (200, "{}", true, false, garbage()),
            (200, "<html>", true, false, garbage()),
            (200, "", false, false, garbage()),
            (200, r#"{"Session":"a","Events":["#, false, false, garbage()),
        ] {
            assert_eq!(
                read(&response(status, body), had_session, was_long),
                expected,
                "{status} {body}"
            );
        }
        for body in [
            r#"{"Session":"a","Message":"timeout of token","Events":[]}"#,
            r#"{"Session":"","Message":"nothing","Events":[]}"#,
            r#"{"Events":null}"#,
            "[]",
        ] {
            let outcome = read(&response(200, body), false, false);
            assert!(matches!(outcome, Outcome::Answer(_)), "{body} {outcome:?}");
        }
    }

    #[test]
    fn no_error_is_followed_by_a_poll_within_a_second() {
        let limits = Limits::default();
        assert!(limits.error_pause >= Duration::from_secs(1));
        assert!(limits.idle_pace >= Duration::from_secs(1));
        assert!(limits.refused_pause / 2 >= Duration::from_secs(5 * 60));
    }
}
