//! One question and its answer in HTTP/1.1 (RFC 9112), on a connection of their own.
//!
//! What is asked for is never compressed, and what comes is never decompressed.

use httparse::{EMPTY_HEADER, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

use super::connect::Stream;
use super::{
    MAX_HEAD_BYTES, MAX_HEADERS, OutboundError, Posted, Response, UNWANTED_BODY_LIMIT, Url,
};
use crate::config::Secret;

/// The most answers that only say that another one comes (RFC 9110, 15.2).
const MAX_INTERIM: usize = 8;

/// The longest line with a chunk's length.
const MAX_CHUNK_LINE: usize = 256;

/// How much is read at once, in bytes.
const READ: usize = 8 * 1024;

/// What is asked.
pub(super) struct Asked<'a> {
    pub(super) url: &'a Url,
    pub(super) bearer: &'a Secret,
    pub(super) posted: Option<&'a Posted<'a>>,
    pub(super) accept: &'static str,
    pub(super) max_body: usize,
    pub(super) status_only: bool,
    /// When all of it has to be over.
    pub(super) deadline: Instant,
}

/// What came.
pub(super) enum Answer {
    Whole(Response),
    /// The answer is at another address.
    Elsewhere(String),
}

/// Asks, and reads the answer.
pub(super) async fn exchange(
    mut stream: Box<dyn Stream>,
    asked: &Asked<'_>,
) -> Result<Answer, OutboundError> {
    let question = question(asked);
    // A server may answer and close before it has read everything; what it answered counts.
    let written = stream.write_all(question.as_bytes()).await;
    if written.is_ok() {
        let _ = stream.flush().await;
    }
    let mut reader = Reader {
        stream,
        bytes: Vec::new(),
    };
    let mut head = reader.head().await?;
    for _ in 0..MAX_INTERIM {
        if head.status >= 200 {
            break;
        }
        head = reader.head().await?;
    }
    match (head.status, head.location) {
        (..200, _) => Err(OutboundError::Malformed("it never comes to its end")),
        (301..=303 | 307 | 308, Some(location)) => Ok(Answer::Elsewhere(location)),
        (status, _) => {
            let body = reader.body(&head.length, asked.max_body);
            let body = if asked.status_only {
                let left = asked.deadline.saturating_duration_since(Instant::now());
                // Whatever becomes of it, the status is known.
                let _ = timeout(UNWANTED_BODY_LIMIT.min(left / 2), body).await;
                Vec::new()
            } else {
                body.await?
            };
            Ok(Answer::Whole(Response {
                body,
                media_type: head.media_type,
                status,
            }))
        }
    }
}

fn question(asked: &Asked<'_>) -> String {
    let (target, host) = (asked.url.target(), asked.url.origin());
    let method = asked.posted.map_or("GET", |_| "POST");
    let mut text = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Switchboard/{}\r\nAccept: {}\r\n\
         Accept-Encoding: identity\r\nConnection: close\r\n",
        env!("CARGO_PKG_VERSION"),
        asked.accept,
    );
    if !asked.bearer.is_empty() {
        text.push_str(&format!(
            "Authorization: Bearer {}\r\n",
            asked.bearer.reveal()
        ));
    }
    let Some(Posted { header, json }) = asked.posted else {
        text.push_str("\r\n");
        return text;
    };
    if let Some((name, value)) = header {
        text.push_str(&format!("{name}: {}\r\n", value.reveal()));
    }
    let length = json.len();
    text.push_str(&format!(
        "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
    ));
    text
}

/// How long the body is.
#[derive(Debug, PartialEq, Eq)]
enum Length {
    Known(usize),
    Chunked,
    /// Up to the connection's end.
    Open,
}

struct Head {
    status: u16,
    location: Option<String>,
    media_type: String,
    length: Length,
}

impl Head {
    fn of(response: &httparse::Response<'_, '_>) -> Result<Self, OutboundError> {
        let status = response.code.unwrap_or_default();
        let mut head = Self {
            status,
            location: None,
            media_type: String::new(),
            length: Length::Open,
        };
        for header in response.headers.iter() {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            let value = std::str::from_utf8(header.value).map(str::trim);
            let Ok(value) = value else { continue };
            if is("location") {
                head.location = Some(value.to_owned());
            } else if is("content-type") {
                let media = value.split(';').next().unwrap_or_default();
                head.media_type = media.trim().to_ascii_lowercase();
            } else if is("content-encoding") && !value.eq_ignore_ascii_case("identity") {
                return Err(OutboundError::Malformed(
                    "it is compressed, which was not asked for",
                ));
            } else if is("transfer-encoding") {
                if !value.eq_ignore_ascii_case("chunked") {
                    return Err(OutboundError::Malformed(
                        "it has an unknown transfer coding",
                    ));
                }
                head.length = Length::Chunked;
            } else if is("content-length") {
                let length = value.parse().ok().filter(|_| !value.starts_with('+'));
                let length = Length::Known(
                    length.ok_or(OutboundError::Malformed("its length is no number"))?,
                );
                match head.length {
                    Length::Chunked => {}
                    Length::Known(_) if head.length != length => {
                        return Err(OutboundError::Malformed("it has two lengths"));
                    }
                    _ => head.length = length,
                }
            }
        }
        if status < 200 || status == 204 || status == 304 {
            head.length = Length::Known(0);
        }
        Ok(head)
    }
}

struct Reader {
    stream: Box<dyn Stream>,
    /// What has been read and not been used.
    bytes: Vec<u8>,
}

impl Reader {
    /// Reads some more. Answers whether there was more.
    async fn more(&mut self) -> Result<bool, OutboundError> {
        self.bytes.reserve(READ);
        let read = (&mut self.stream)
            .take(READ as u64)
            .read_buf(&mut self.bytes)
            .await;
        read.map(|count| count > 0)
            .map_err(|_| OutboundError::Closed)
    }

    async fn head(&mut self) -> Result<Head, OutboundError> {
        loop {
            let mut headers = [EMPTY_HEADER; MAX_HEADERS];
            let mut response = httparse::Response::new(&mut headers);
            match response.parse(&self.bytes) {
                Ok(Status::Complete(end)) => {
                    let head = Head::of(&response)?;
                    self.bytes.drain(..end);
                    return Ok(head);
                }
                Ok(Status::Partial) => {}
                Err(httparse::Error::TooManyHeaders) => {
                    return Err(OutboundError::Malformed("it has too many headers"));
                }
                Err(_) => return Err(OutboundError::Malformed("it is no HTTP")),
            }
            if self.bytes.len() >= MAX_HEAD_BYTES {
                return Err(OutboundError::TooLong("head", MAX_HEAD_BYTES));
            }
            if !self.more().await? {
                return Err(OutboundError::Closed);
            }
        }
    }

    async fn body(&mut self, length: &Length, limit: usize) -> Result<Vec<u8>, OutboundError> {
        match *length {
            Length::Known(length) if length > limit => Err(OutboundError::TooLong("body", limit)),
            Length::Known(length) => self.take(length).await,
            Length::Chunked => self.chunks(limit).await,
            Length::Open => {
                while self.bytes.len() <= limit {
                    if !self.more().await? {
                        return Ok(std::mem::take(&mut self.bytes));
                    }
                }
                Err(OutboundError::TooLong("body", limit))
            }
        }
    }

    async fn take(&mut self, count: usize) -> Result<Vec<u8>, OutboundError> {
        while self.bytes.len() < count {
            if !self.more().await? {
                return Err(OutboundError::Closed);
            }
        }
        Ok(self.bytes.drain(..count).collect())
    }

    /// A body in chunks (RFC 9112, 7.1). What stands behind the last one is not read.
    async fn chunks(&mut self, limit: usize) -> Result<Vec<u8>, OutboundError> {
        let mut body = Vec::new();
        loop {
            let length = self.chunk_length().await?;
            if length == 0 {
                return Ok(body);
            }
            let too_long = OutboundError::TooLong("body", limit);
            let length = usize::try_from(length).map_err(|_| too_long.clone())?;
            if length > limit - body.len() {
                return Err(too_long);
            }
            body.append(&mut self.take(length).await?);
            if self.take(2).await? != *b"\r\n" {
                return Err(OutboundError::Malformed("a chunk of it does not end"));
            }
        }
    }

    async fn chunk_length(&mut self) -> Result<u64, OutboundError> {
        loop {
            match httparse::parse_chunk_size(&self.bytes) {
                Ok(Status::Complete((end, length))) => {
                    self.bytes.drain(..end);
                    return Ok(length);
                }
                Ok(Status::Partial) if self.bytes.len() < MAX_CHUNK_LINE => {}
                _ => return Err(OutboundError::Malformed("a chunk of it has no length")),
            }
            if !self.more().await? {
                return Err(OutboundError::Closed);
            }
        }
    }
}
