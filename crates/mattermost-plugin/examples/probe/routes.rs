//! The probe's HTTP.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame};
use http_body_util::{BodyExt, Empty, Full, combinators::BoxBody};
use mattermost_plugin::http::{Body, Hijack, RequestInfo, USER_ID_HEADER};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};

use crate::{Probe, api};

type Answer = Response<BoxBody<Bytes, io::Error>>;

const SECRET: &[u8] = b"s";

/// Bytes of one frame of `/source`.
const SOURCE_FRAME: usize = 64 * 1024;

fn boxed(
    body: impl HttpBody<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
) -> BoxBody<Bytes, io::Error> {
    BoxBody::new(body.map_err(|never| match never {}))
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(boxed(Empty::new()));
    *answer.status_mut() = status;
    answer
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(boxed(Full::new(text.into())));
    *answer.status_mut() = status;
    answer
}

pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Answer {
    let mut answer = text(status, value.to_string());
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

/// The value of a query's parameter, unescaped.
pub(crate) fn query(request: &Request<Body>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    let value = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })?;
    let value = value.replace('+', " ");
    Some(
        percent_encoding::percent_decode_str(&value)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

fn number(request: &Request<Body>, name: &str) -> u64 {
    query(request, name)
        .and_then(|value| value.parse().ok())
        .unwrap_or_default()
}

pub(crate) async fn answer(probe: Arc<Probe>, request: Request<Body>) -> Answer {
    let token = query(&request, "token").and_then(|token| HeaderValue::from_str(&token).ok());
    let mut answer = route(&probe, request).await;
    if let Some(token) = token {
        answer
            .headers_mut()
            .insert(HeaderName::from_static("x-token"), token);
    }
    answer
}

async fn route(probe: &Arc<Probe>, request: Request<Body>) -> Answer {
    let path = request.uri().path();
    match path {
        "/empty" => empty(StatusCode::OK),
        "/ok" | "/ignore" => text(StatusCode::OK, "OK"),
        "/echo" => Response::new(BoxBody::new(request.into_body())),
        "/sink" => sink(request.into_body()).await,
        "/source" => {
            let left = number(&request, "bytes");
            Response::new(boxed(Source { left, at: 0 }))
        }
        "/request" => facts(&request),
        "/headers" => {
            let mut answer = empty(StatusCode::OK);
            let headers = answer.headers_mut();
            headers.insert("x-probe", HeaderValue::from_static("1"));
            for cookie in ["a=1", "b=2"] {
                headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
            }
            answer
        }
        "/hijack" => hijack(request).await,
        "/ws" => websocket(request).await,
        "/panic" => panic!("the handler panics"),
        "/sleep" => {
            tokio::time::sleep(Duration::from_millis(number(&request, "ms"))).await;
            text(StatusCode::OK, "OK")
        }
        "/stream" => {
            let every = Duration::from_millis(number(&request, "ms").max(1));
            let lines = number(&request, "n");
            Response::new(boxed(Lines {
                next: 0,
                lines,
                ticks: tokio::time::interval(every),
            }))
        }
        "/early" => empty(StatusCode::PAYLOAD_TOO_LARGE),
        "/statuses" => api::statuses(probe, number(&request, "n")).await,
        "/api" => api::call(probe, &request).await,
        _ if path.starts_with("/request/") => facts(&request),
        _ => match path.strip_prefix("/phone/") {
            Some(phone) => phone_url(probe, phone, query(&request, "secret")),
            None => match path.strip_prefix("/code/").map(str::parse) {
                // What is no status code cannot be said with `http`: that is a handler's panic.
                Some(Ok(code)) => empty(StatusCode::from_u16(code).expect("a status code")),
                _ => empty(StatusCode::NOT_FOUND),
            },
        },
    }
}

fn phone_url(probe: &Probe, phone: &str, secret: Option<String>) -> Answer {
    let mut parts = phone.split('/');
    let (Some(action), Some(user), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return empty(StatusCode::NOT_FOUND);
    };
    if !bool::from(secret.unwrap_or_default().as_bytes().ct_eq(SECRET)) {
        return text(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let mut phones = probe.phones.lock().expect("nothing panics under this lock");
    phones.insert(user.to_owned(), action.to_owned());
    drop(phones);
    text(StatusCode::OK, "OK")
}

async fn sink(body: Body) -> Answer {
    let (mut body, mut bytes, mut hash) = (pin!(body), 0, Sha256::new());
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => {
                bytes += data.len();
                hash.update(&data);
            }
            Ok(Err(_)) => {}
            Err(e) => return text(StatusCode::BAD_REQUEST, e.to_string()),
        }
    }
    let hash: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json(StatusCode::OK, &json!({"bytes": bytes, "sha256": hash}))
}

fn facts(request: &Request<Body>) -> Answer {
    let info = request
        .extensions()
        .get::<RequestInfo>()
        .cloned()
        .unwrap_or_default();
    let words = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers = serde_json::Map::new();
    for name in request
        .headers()
        .keys()
        .filter(|name| **name != header::HOST)
    {
        let values: Vec<_> = request.headers().get_all(name).iter().map(words).collect();
        headers.insert(canonical(name), json!(values));
    }
    let context = &info.context;
    json(
        StatusCode::OK,
        &json!({
            "method": request.method().as_str(),
            "path": percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy(),
            "query": request.uri().query().unwrap_or_default(),
            "request_uri": info.raw_target,
            "host": request.headers().get(header::HOST).map(words).unwrap_or_default(),
            "remote": info.remote_addr,
            "proto": format!("{:?}", request.version()),
            "header": headers,
            "user_id": request.headers().get(USER_ID_HEADER).map(words).unwrap_or_default(),
            "context": {
                "session_id": context.session_id,
                "request_id": context.request_id,
                "ip_address": context.ip_address,
                "accept_language": context.accept_language,
                "user_agent": context.user_agent,
            },
        }),
    )
}

fn canonical(name: &HeaderName) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.as_str()
        .split('-')
        .map(word)
        .collect::<Vec<_>>()
        .join("-")
}

fn upgrade(to: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(to));
    headers
}

async fn hijack(mut request: Request<Body>) -> Answer {
    let Some(hijack) = request.extensions_mut().remove::<Hijack>() else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut connection = match hijack.switch_protocols(&upgrade("echo")).await {
        Ok(connection) => connection,
        Err(e) => return text(StatusCode::INTERNAL_SERVER_ERROR, e.to_string()),
    };
    tokio::spawn(async move {
        let mut bytes = vec![0; 4096];
        while let Ok(n @ 1..) = connection.read(&mut bytes).await {
            if connection.write_all(&bytes[..n]).await.is_err() || connection.flush().await.is_err()
            {
                break;
            }
        }
        let _ = connection.shutdown().await;
    });
    empty(StatusCode::OK)
}

async fn websocket(mut request: Request<Body>) -> Answer {
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).cloned();
    let (Some(key), Some(hijack)) = (key, request.extensions_mut().remove::<Hijack>()) else {
        return empty(StatusCode::UPGRADE_REQUIRED);
    };
    let mut headers = upgrade("websocket");
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    let connection = match hijack.switch_protocols(&headers).await {
        Ok(connection) => connection,
        Err(e) => return text(StatusCode::INTERNAL_SERVER_ERROR, e.to_string()),
    };
    tokio::spawn(async move {
        let mut socket = WebSocketStream::from_raw_socket(connection, Role::Server, None).await;
        while let Some(Ok(message)) = socket.next().await {
            let echo = message.is_text() || message.is_binary();
            if echo && socket.send(message).await.is_err() {
                break;
            }
        }
    });
    empty(StatusCode::OK)
}

/// Byte i is i modulo 251.
struct Source {
    left: u64,
    at: u64,
}

impl HttpBody for Source {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let n = self.left.min(SOURCE_FRAME as u64);
        if n == 0 {
            return Poll::Ready(None);
        }
        let bytes: Bytes = (self.at..self.at + n).map(|i| (i % 251) as u8).collect();
        (self.left, self.at) = (self.left - n, self.at + n);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

/// Lines, one a tick.
struct Lines {
    next: u64,
    lines: u64,
    ticks: tokio::time::Interval,
}

impl HttpBody for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.next == self.lines {
            return Poll::Ready(None);
        }
        if self.ticks.poll_tick(cx).is_pending() {
            return Poll::Pending;
        }
        let line = format!("line {}\n", self.next);
        self.next += 1;
        Poll::Ready(Some(Ok(Frame::data(line.into()))))
    }
}
