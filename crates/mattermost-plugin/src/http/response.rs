//! The response, in as few calls to the host as it can be told in.
//!
//! Each call costs the host some thirty microseconds and the client a round trip, and none may
//! overtake another. An empty 200 needs none, a small body with the type that Go finds by itself
//! needs one. A small response is always one `Write`: the writer that answers message buttons
//! keeps only the last.

use std::{
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::{Buf, Bytes};
use go_plugin::rpc::{CallError, Caller};
use gob::{ByteString, MapEntries, Owned};
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, VARY},
};
use http_body::{Frame, SizeHint};

use super::sniff::is_plain_text;

/// Bytes handed to the host in one `Write`. Less is gathered as long as more comes at once.
const WRITE_SIZE: usize = 64 * 1024;

/// Bytes for which Go's server computes the length by itself, when the handler ends without
/// having flushed. Source: `net/http`, `server.go`, `bufferBeforeChunkingSize`.
const GO_COUNTS_UP_TO: usize = 2048;

/// How long "the host sets no headers of its own" is believed.
const HEADERS_BELIEVED: Duration = Duration::from_secs(60);

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// What was learned of the host while answering.
#[derive(Debug, Default)]
pub(crate) struct HostFacts {
    state: Mutex<Learned>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Learned {
    /// When the host was last seen to set no headers before the plugin is asked.
    no_headers: Option<Instant>,
    /// Whether it sends what it has before the end, once that was tried.
    flushes: Option<bool>,
}

impl HostFacts {
    fn with<R>(&self, f: impl FnOnce(&mut Learned) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What of the request the answer depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) head: bool,
    /// A request from another origin, for which the host may have set CORS headers.
    pub(super) origin: bool,
}

/// What is answered in place of a stream where the host sends nothing before the end (Mattermost before 11.0 has no
/// `Flush`): an extension of a response with status 200 that is made for being sent as it comes.
///
/// ```
/// use bytes::Bytes;
/// use http::{Response, StatusCode, header::{CONTENT_TYPE, HeaderValue}};
/// use mattermost_plugin::http::Unflushed;
///
/// /// Events as they happen, and 501 where they would all come at the end.
/// fn events<B>(body: B) -> Response<B> {
///     let mut instead = Response::new(Bytes::from_static(b"This server sends no events.\n"));
///     *instead.status_mut() = StatusCode::NOT_IMPLEMENTED;
///     let mut response = Response::new(body);
///     let kind = HeaderValue::from_static("text/event-stream");
///     response.headers_mut().insert(CONTENT_TYPE, kind);
///     response.extensions_mut().insert(Unflushed(instead));
///     response
/// }
/// # let _ = events("data: 1\n\n".to_owned());
/// ```
#[derive(Clone, Debug)]
pub struct Unflushed(pub Response<Bytes>);

/// How much of the answer the host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    /// Headers that may not be meant.
    Headers,
    /// The status 200 and all headers.
    Head,
}

/// Answers one request.
///
/// # Errors
/// [`CallError`] when the host could be told neither a status nor a byte. Failures after that are
/// logged: the client has an answer, or is gone itself.
pub(super) async fn write<B>(
    host: &mut Caller,
    facts: &HostFacts,
    asked: Asked,
    mut response: Response<B>,
) -> Result<(), CallError>
where
    B: http_body::Body,
    B::Error: fmt::Display,
{
    let instead = response.extensions_mut().remove::<Unflushed>();
    let Some(Unflushed(instead)) = instead.filter(|_| !asked.head) else {
        return write_as_it_is(host, facts, asked, response, Told::Nothing).await;
    };
    let mut told = Told::Nothing;
    if facts.with(|l| l.flushes).is_none() {
        // A flush sends the head, so the headers have to be there; where there is none, nothing was sent.
        send_headers(host, facts, asked, response.headers()).await?;
        flush(host, facts).await?;
        told = Told::Headers;
    }
    match (facts.with(|l| l.flushes), told) {
        (Some(true), Told::Headers) => {
            write_as_it_is(host, facts, asked, response, Told::Head).await
        }
        (Some(true), _) => write_as_it_is(host, facts, asked, response, told).await,
        _ => {
            drop(response);
            let instead = instead.map(Whole);
            write_as_it_is(host, facts, asked, instead, told).await
        }
    }
}

/// A body that is all there.
struct Whole(Bytes);

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = std::mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

async fn write_as_it_is<B>(
    host: &mut Caller,
    facts: &HostFacts,
    asked: Asked,
    response: Response<B>,
    head: Told,
) -> Result<(), CallError>
where
    B: http_body::Body,
    B::Error: fmt::Display,
{
    let (mut parts, body) = response.into_parts();
    let mut body = pin!(body);
    let mut size = body.size_hint().exact();
    let mut rest = None;
    let events = is_event_stream(&parts.headers);
    let lengthless = has_no_content(parts.status);
    let mut piece = Vec::new();
    let mut state = if lengthless || asked.head {
        State::End
    } else {
        // Nothing is decided before the first piece is full or the body ends: most bodies end
        // here.
        gather(body.as_mut(), &mut rest, &mut piece, size.is_some(), events).await
    };
    if matches!(state, State::Failed) {
        // Nothing has left yet, so the client can still be told by the status.
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        parts.headers.clear();
        piece.clear();
        (state, size) = (State::End, None);
    }
    let small = matches!(state, State::End) && piece.len() <= GO_COUNTS_UP_TO && !asked.head;
    if lengthless {
        parts.headers.remove(CONTENT_LENGTH);
    } else {
        settle_headers(&mut parts.headers, small.then_some(&piece[..]), size);
    }
    let mut status = None;
    if head != Told::Head {
        if !parts.headers.is_empty() || head == Told::Headers {
            send_headers(host, facts, asked, &parts.headers).await?;
        }
        status = (parts.status != StatusCode::OK || (events && piece.is_empty()))
            .then(|| i64::from(parts.status.as_u16()));
    }
    let body = (body, rest);
    let told = tell(host, facts, status, piece, state, body, size.is_some()).await;
    if let Err(e) = told {
        tracing::debug!("a response did not reach its client: {e}");
    }
    Ok(())
}

/// Tells the host the status, the first piece of the body, and what comes of it after that.
async fn tell<B>(
    host: &mut Caller,
    facts: &HostFacts,
    status: Option<i64>,
    mut piece: Vec<u8>,
    mut state: State,
    (mut body, mut rest): (Pin<&mut B>, Option<Bytes>),
    sized: bool,
) -> Result<(), CallError>
where
    B: http_body::Body,
    B::Error: fmt::Display,
{
    if let Some(status) = status {
        host.call::<_, ()>("Plugin.WriteHeader", &status).await?;
    }
    loop {
        if !piece.is_empty() {
            host.call::<_, ()>("Plugin.Write", &piece[..]).await?;
            piece.clear();
        }
        match state {
            // A body that fails behind its first piece stops short: the host has no way to be
            // told, and the client sees it only where a length was announced.
            State::End | State::Failed => return Ok(()),
            State::Waiting => flush(host, facts).await?,
            State::Full => {}
        }
        state = gather(body.as_mut(), &mut rest, &mut piece, sized, false).await;
    }
}

/// Answers that have neither a body nor a length. Source: RFC 9110, 8.6 and 15; Go's server
/// refuses a body for the same.
fn has_no_content(status: StatusCode) -> bool {
    status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/event-stream"))
}

/// Leaves out what Go's server says by itself, and adds the length it cannot know.
fn settle_headers(headers: &mut HeaderMap, small: Option<&[u8]>, size: Option<u64>) {
    let Some(body) = small else {
        if let Some(size) = size {
            headers
                .entry(CONTENT_LENGTH)
                .or_insert_with(|| HeaderValue::from(size));
        }
        return;
    };
    headers.remove(CONTENT_LENGTH);
    let plain = |t: &HeaderValue| t == PLAIN_TEXT && is_plain_text(body);
    if headers.len() == 1 && headers.get(CONTENT_TYPE).is_some_and(plain) {
        headers.clear();
    }
}

/// Why [`gather`] stopped.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The body is all there.
    End,
    /// There is a whole piece to write.
    Full,
    /// More will come, but not now.
    Waiting,
    /// The body broke off.
    Failed,
}

/// Gathers what the body has ready. With nothing ready it waits, unless `at_once`; a body whose
/// size is known is gathered until a piece is full. What of a frame does not fit into the piece is the `rest`, which the next one begins
/// with: a body of megabytes that comes as one frame is not copied as a whole once more.
async fn gather<B>(
    mut body: Pin<&mut B>,
    rest: &mut Option<Bytes>,
    piece: &mut Vec<u8>,
    sized: bool,
    at_once: bool,
) -> State
where
    B: http_body::Body,
    B::Error: fmt::Display,
{
    poll_fn(|cx| {
        while piece.len() < WRITE_SIZE {
            if let Some(data) = rest {
                let taken = data.len().min(WRITE_SIZE - piece.len());
                piece.extend_from_slice(&data.split_to(taken));
                if data.is_empty() {
                    *rest = None;
                }
                continue;
            }
            match body.as_mut().poll_frame(cx) {
                Poll::Ready(None) => return Poll::Ready(State::End),
                Poll::Ready(Some(Ok(frame))) => {
                    // The host has no trailers to send.
                    // Of `Bytes`, as nearly all bodies have them, this copies nothing.
                    let data = frame.into_data().ok();
                    let data = data.map(|mut data| data.copy_to_bytes(data.remaining()));
                    *rest = data.filter(Bytes::has_remaining);
                }
                Poll::Ready(Some(Err(e))) => {
                    tracing::warn!("the body of a response broke off: {e}");
                    return Poll::Ready(State::Failed);
                }
                Poll::Pending if at_once || !(sized || piece.is_empty()) => {
                    return Poll::Ready(State::Waiting);
                }
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(State::Full)
    })
    .await
}

/// Sends what the host has buffered to the client, where the host can.
async fn flush(host: &mut Caller, facts: &HostFacts) -> Result<(), CallError> {
    if facts.with(|l| l.flushes == Some(false)) {
        return Ok(());
    }
    let outcome = host.call::<_, ()>("Plugin.Flush", &()).await;
    match outcome {
        Err(e) if e.is_unknown_method() => {
            facts.with(|l| l.flushes = Some(false));
            Ok(())
        }
        Ok(()) => {
            facts.with(|l| l.flushes = Some(true));
            Ok(())
        }
        other => other,
    }
}

/// Header values, or a name, as bytes: neither the host nor Go holds them to UTF-8.
type Text = Owned<ByteString<'static>>;

fn text(bytes: &[u8]) -> Text {
    Owned(ByteString(bytes.to_vec().into()))
}

/// Merges our headers into those of the host, which would otherwise be deleted. Ours replace those
/// of the same name, but for `Vary`, a list that both have a say in.
async fn send_headers(
    host: &mut Caller,
    facts: &HostFacts,
    asked: Asked,
    headers: &HeaderMap,
) -> Result<(), CallError> {
    let mut all: MapEntries<Text, Vec<Text>> = MapEntries::default();
    let believed = facts
        .with(|l| l.no_headers)
        .is_some_and(|t| t.elapsed() < HEADERS_BELIEVED);
    if asked.origin || !believed {
        all = host.call("Plugin.Header", &()).await?;
        if !asked.origin {
            facts.with(|l| l.no_headers = all.is_empty().then(Instant::now));
        }
    }
    for name in headers.keys() {
        let values = headers.get_all(name).iter().map(|v| text(v.as_bytes()));
        let wire = text(canonical(name).as_bytes());
        match all.iter_mut().find(|(there, _)| *there == wire) {
            Some((_, there)) if name == VARY => there.extend(values),
            Some((_, there)) => *there = values.collect(),
            None => all.push((wire, values.collect())),
        }
    }
    host.call("Plugin.SyncHeader", &all).await
}

/// A header's name as Go writes it, `Content-Type`: its server looks for headers by that form.
pub(crate) fn canonical(name: &HeaderName) -> String {
    let mut start = true;
    let letter = |c: char| {
        let upper = std::mem::replace(&mut start, c == '-');
        if upper { c.to_ascii_uppercase() } else { c }
    };
    name.as_str().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_canonical_as_in_go() {
        for (name, go) in [
            ("content-type", "Content-Type"),
            ("etag", "Etag"),
            ("x-a-b", "X-A-B"),
        ] {
            assert_eq!(canonical(&HeaderName::from_static(name)), go);
        }
    }

    /// It was written in one piece, and copied as a whole for that: of a body of megabytes, the plugin held four copies at once.
    #[tokio::test]
    async fn a_body_of_one_frame_was_one_write_however_long_it_is() {
        let whole: Vec<u8> = (0..3 * WRITE_SIZE + 5).map(|at| at as u8).collect();
        let mut body = pin!(Whole(Bytes::from(whole.clone())));
        let (mut rest, mut piece, mut written) = (None, Vec::new(), Vec::new());
        let mut pieces = Vec::new();
        loop {
            let state = gather(body.as_mut(), &mut rest, &mut piece, true, false).await;
            pieces.push(piece.len());
            written.append(&mut piece);
            if !matches!(state, State::Full) {
                break;
            }
        }
        assert_eq!(pieces, [WRITE_SIZE, WRITE_SIZE, WRITE_SIZE, 5]);
        assert!(written == whole, "every byte once, in its order");
    }

    #[test]
    fn headers_that_go_writes_itself_are_left_out() {
        let plain = || {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(PLAIN_TEXT));
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("2"));
            headers
        };
        let mut headers = plain();
        settle_headers(&mut headers, Some(b"OK"), Some(2));
        assert!(headers.is_empty());

        let mut headers = plain();
        settle_headers(&mut headers, Some(b"<p>"), Some(3));
        assert_eq!(headers.keys().collect::<Vec<_>>(), [CONTENT_TYPE]);

        let mut headers = plain();
        headers.insert("x-a", HeaderValue::from_static("1"));
        settle_headers(&mut headers, Some(b"OK"), Some(2));
        assert_eq!(headers.len(), 2);

        let mut headers = HeaderMap::new();
        settle_headers(&mut headers, None, Some(100_000));
        assert_eq!(headers[CONTENT_LENGTH], "100000");
    }
}
