//! `/api/v1/history`: the calls that ended, as JSON and as CSV.

mod csv;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_DISPOSITION};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use mattermost_plugin::model::calendar::rfc3339;

use super::{auth, board, errors, form, raw};
use crate::app::{App, History, Stopped};
use crate::board::Timestamp;
use crate::host::Host;
use crate::text;

/// The most calls in one answer.
pub(super) const MAX_ROWS: usize = 10_000;

/// In pieces of so many bytes an answer goes to the server.
const PIECE: usize = 64 * 1024;

/// After how long who finds no room is to ask again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// What is asked for.
#[derive(Debug, PartialEq)]
struct Asked {
    history: History,
    csv: bool,
}

/// The calls that ended, the newest first.
pub(super) async fn history<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::board(&app, &parts).await {
        return refusal.answer(&app, true);
    }
    if let Some(refused) = errors::unless_reading(&parts.method, true) {
        return refused;
    }
    let mut asked = match asked(&parts, raw(&parts, app.id()).1) {
        Ok(asked) => asked,
        Err(what) => return errors::answer(StatusCode::BAD_REQUEST, &what, true),
    };
    let stopped = |stopped: Stopped| {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        errors::answer(status, &stopped.to_string(), true)
    };
    let mut unknown = None;
    if let Some(name) = &asked.history.queue {
        let board = match app.snapshot().await {
            Ok(board) => board,
            Err(error) => return stopped(error),
        };
        match board.queue(name) {
            Some(queue) => asked.history.queue = Some(Arc::clone(&queue.name)),
            // It may have left the board, but not the history.
            None => unknown = Some(Arc::clone(name)),
        }
    }
    let ended = match app.history_for_viewers(asked.history).await {
        Ok(ended) => ended,
        Err(error) => return stopped(error),
    };
    if let Some(name) = unknown.filter(|_| ended.calls.is_empty()) {
        return board::no_queue(&name);
    }
    if asked.csv {
        let config = app.config();
        let zone = &config.board.time_zone;
        let offset = |at| app.zones().offset(zone, at).unwrap_or_default();
        let table = csv::table(&ended.calls, offset);
        drop(ended);
        let mut response = whole(&app, CSV, table.into());
        if response.status() == StatusCode::OK {
            let name = HeaderValue::from_static("attachment; filename=\"calls.csv\"");
            response.headers_mut().insert(CONTENT_DISPOSITION, name);
        }
        return response;
    }
    let json = serde_json::to_vec(&ended);
    drop(ended);
    match json {
        Ok(json) => whole(&app, errors::JSON, json.into()),
        Err(error) => {
            tracing::error!(%error, "ended calls could not be written as JSON");
            let what = "the calls could not be written";
            errors::answer(StatusCode::INTERNAL_SERVER_ERROR, what, true)
        }
    }
}

/// The answer, where there is room for one more of its length.
fn whole<H: Host>(app: &App<H>, kind: HeaderValue, text: Bytes) -> Response<Body> {
    let kilobytes = u32::try_from(text.len().div_ceil(1024)).unwrap_or(u32::MAX);
    let Some(room) = app.history_room(kilobytes) else {
        let what = "ended calls are being sent to too many at once: ask again in a few seconds, or for fewer";
        let mut answer = errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true);
        errors::retry_after(&mut answer, ASK_AGAIN);
        return answer;
    };
    // The room is taken until the last piece is, or the client is gone.
    let pieces = (0..text.len()).step_by(PIECE).map(move |from| {
        let _room = &room;
        Ok::<_, Infallible>(text.slice(from..text.len().min(from + PIECE)))
    });
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    errors::response(StatusCode::OK, kind, body)
}

fn asked(parts: &Parts, query: &str) -> Result<Asked, String> {
    let value = |name: &str| form::first(query, name).filter(|value| !value.is_empty());
    let time = |name: &str| {
        match value(name) {
        None => Ok(None),
        Some(value) => read_time(&value).map(Some).ok_or_else(|| {
            format!(
                "{name} is `{}`: it must be a time as in 2026-11-21T08:00:00+01:00 (RFC 3339; + is written %2B in a URL), or in milliseconds since 1970",
                text::clean(&value)
            )
        }),
    }
    };
    let most = match value("limit") {
        None => MAX_ROWS,
        Some(limit) => match limit.parse() {
            Ok(limit) if (1..=MAX_ROWS).contains(&limit) => limit,
            _ => {
                return Err(format!(
                    "limit is `{}`: it must be a whole number from 1 to {MAX_ROWS}",
                    text::clean(&limit)
                ));
            }
        },
    };
    let csv = match value("format").as_deref() {
        Some("csv") => true,
        Some("json") => false,
        None => accepts_csv(parts),
        Some(other) => {
            return Err(format!(
                "format is `{}`: it must be json or csv",
                text::clean(other)
            ));
        }
    };
    let history = History {
        from: time("from")?,
        to: time("to")?,
        queue: form::queue(query).map(Into::into),
        most,
    };
    if let (Some(from), Some(to)) = (history.from, history.to)
        && from >= to
    {
        return Err("from must be before to".to_owned());
    }
    Ok(Asked { history, csv })
}

/// A time in milliseconds since 1970, or as RFC 3339 has it; one before 1970 counts as its beginning.
fn read_time(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Timestamp);
    }
    // The + of an offset, which stands for a blank in a query.
    let plus = text.len() > 6 && text.as_bytes()[text.len() - 6] == b' ';
    let time = if plus {
        let (head, zone) = text.split_at_checked(text.len() - 6)?;
        rfc3339::parse(&format!("{head}+{}", zone.trim_start()))
    } else {
        rfc3339::parse(text)
    }?;
    let millis = time
        .unix()
        .checked_mul(1000)?
        .checked_add(i64::from(time.nanos() / 1_000_000))?;
    Some(Timestamp(u64::try_from(millis).unwrap_or_default()))
}

/// Whether CSV is wanted rather than JSON (RFC 9110, 12.5.1, without weights: whoever wants both says so in the query).
fn accepts_csv(parts: &Parts) -> bool {
    let lists = parts.headers.get_all(ACCEPT).into_iter();
    let texts = lists.filter_map(|list| list.to_str().ok());
    let mut kinds = texts.flat_map(|list| list.split(','));
    kinds.any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("text/csv")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, accept: &str) -> Result<Asked, String> {
        let request = Request::get("/").header(ACCEPT, accept);
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        asked(&parts, query)
    }

    #[test]
    fn times_are_milliseconds_or_rfc_3339() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1763712000123", Some(1_763_712_000_123)),
            ("1970-01-01T00:00:01Z", Some(1_000)),
            ("1970-01-01T01:00:01.5+01:00", Some(1_500)),
            ("1970-01-01T01:00:01 01:00", Some(1_000)),
            ("1969-12-31T00:00:00Z", Some(0)),
            ("", None),
            ("yesterday", None),
            ("-1", None),
            ("99999999999999999999", None),
            ("1970-02-30T00:00:00Z", None),
            ("1970-01-01", None),
            ("ü 01:00", None),
        ] {
            let expected = expected.map(Timestamp);
            let read = if text.is_empty() {
                None
            } else {
                read_time(text)
            };
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let all = History {
            most: MAX_ROWS,
            ..History::default()
        };
        for (query, accept) in [
            ("", ""),
            ("from=&to=&queue=&format=", "*/*"),
            ("format=json", "text/csv"),
        ] {
            let asked = read(query, accept).expect(query);
            assert_eq!((&asked.history, asked.csv), (&all, false), "{query}");
        }
        assert!(read("", "text/html, text/csv;q=0.9").expect("asked").csv);
        let asked = read(
            "from=1970-01-01T01:00:01%2B01:00&to=5000&queue=Erste+Hilfe&limit=7&format=csv",
            "",
        );
        let history = History {
            from: Some(Timestamp(1000)),
            to: Some(Timestamp(5000)),
            queue: Some("Erste Hilfe".into()),
            most: 7,
        };
        assert_eq!(asked, Ok(Asked { history, csv: true }));
    }

    #[test]
    fn what_is_wrong_is_named_with_a_remedy() {
        for (query, named, remedy) in [
            ("from=x", "from is `x`", "RFC 3339"),
            (
                "to=2026-13-01T00:00:00Z",
                "to is `2026-13-01T00:00:00Z`",
                "milliseconds",
            ),
            ("limit=0", "limit is `0`", "1 to 10000"),
            ("limit=10001", "limit is `10001`", "1 to 10000"),
            ("format=xml", "format is `xml`", "json or csv"),
            ("from=2&to=1", "from must be before to", ""),
        ] {
            let error = read(query, "").expect_err(query);
            assert!(error.contains(named) && error.contains(remedy), "{error}");
        }
    }
}
