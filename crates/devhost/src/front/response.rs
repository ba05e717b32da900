//! The response, as the plugin makes it call by call.
//!
//! Like Go's server it holds back up to [`BUFFER`] bytes until a flush or the end; what ends
//! within them gets its length told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use go_plugin::rpc::{Call, Reply, Service};
use gob::{ByteString, MapEntries, Time};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use super::hijack::{TakeOver, TakenOver};
use crate::host::Header;

/// Bytes that Go's server gathers before it sends. Source: `net/http`, `bufferBeforeChunkingSize`
/// and the connection's buffered writer.
const BUFFER: usize = 4096;

/// Pieces of a body that wait for the client; then the plugin's `Write` waits too.
const PIECES: usize = 4;

type Headers = BTreeMap<String, Vec<Vec<u8>>>;

/// The half-made response.
struct Exchange {
    headers: Headers,
    /// The status, and the headers as they were when it was given.
    status: Option<(StatusCode, Headers)>,
    gathered: BytesMut,
    head: Option<oneshot::Sender<Response<Body>>>,
    body: Option<mpsc::Sender<Bytes>>,
}

/// What the plugin calls to answer one request.
#[derive(Clone)]
pub(super) struct ResponseServer {
    exchange: Arc<AsyncMutex<Exchange>>,
    over: TakeOver,
    taken: Arc<Mutex<Option<Arc<TakenOver>>>>,
}

impl ResponseServer {
    /// The server, and where the response arrives once its head is certain.
    pub(super) fn new(over: TakeOver) -> (Self, oneshot::Receiver<Response<Body>>) {
        let (head, response) = oneshot::channel();
        let exchange = Exchange {
            headers: Headers::new(),
            status: None,
            gathered: BytesMut::new(),
            head: Some(head),
            body: None,
        };
        let exchange = Arc::new(AsyncMutex::new(exchange));
        (
            Self {
                exchange,
                over,
                taken: Arc::default(),
            },
            response,
        )
    }

    pub(super) fn taken(&self) -> Option<Arc<TakenOver>> {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The plugin has returned from the request: what is gathered goes out.
    pub(super) async fn finish(&self) {
        if self.taken().is_none() {
            self.exchange.lock().await.finish().await;
        }
    }

    /// The plugin failed: 500, if nothing has gone out yet.
    pub(super) async fn fail(&self) {
        let mut exchange = self.exchange.lock().await;
        if exchange.head.is_some() && self.taken().is_none() {
            exchange.headers = Headers::from([("Content-Type".into(), vec![PLAIN_TEXT.into()])]);
            exchange.status = Some((StatusCode::INTERNAL_SERVER_ERROR, exchange.headers.clone()));
            exchange.gathered = BytesMut::from("500 internal server error\n");
            exchange.finish().await;
        }
    }

    async fn hijack(&self) -> Result<(), String> {
        if self.taken().is_some() {
            return Err("response was already hijacked".into());
        }
        if self.exchange.lock().await.head.is_none() {
            return Err("response cannot be hijacked".into());
        }
        let taken = self.over.take().await?;
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(taken));
        Ok(())
    }
}

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// The type of a body that has none, much as Go finds it; none for no body.
fn sniff(body: &[u8]) -> Option<&'static str> {
    if body.is_empty() {
        return None;
    }
    let start = body.trim_ascii_start();
    let html = ["<!doctype html", "<html"].iter().any(|tag| {
        start
            .get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    });
    Some(match std::str::from_utf8(body) {
        Ok(_) if html => "text/html; charset=utf-8",
        Ok(_) => PLAIN_TEXT,
        Err(_) => "application/octet-stream",
    })
}

impl Exchange {
    fn write_header(&mut self, status: i64) -> Result<(), String> {
        let Some(status) = u16::try_from(status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
        else {
            return Err("invalid http status code".into());
        };
        // Informational ones announce others and are not the answer.
        if self.status.is_none()
            && !(status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS)
        {
            self.status = Some((status, self.headers.clone()));
        }
        Ok(())
    }

    async fn write(&mut self, data: &[u8]) -> Result<(), String> {
        if self.status.is_none() {
            self.status = Some((StatusCode::OK, self.headers.clone()));
        }
        self.gathered.extend_from_slice(data);
        if self.gathered.len() >= BUFFER {
            self.flush().await
        } else {
            Ok(())
        }
    }

    async fn flush(&mut self) -> Result<(), String> {
        if self.head.is_some() {
            let (sender, receiver) = mpsc::channel::<Bytes>(PIECES);
            let pieces = stream::unfold(receiver, |mut receiver| async move {
                let piece = receiver.recv().await?;
                Some((Ok::<_, std::convert::Infallible>(piece), receiver))
            });
            self.body = Some(sender);
            self.send_head(sniff(&self.gathered), Body::from_stream(pieces));
        }
        if self.gathered.is_empty() {
            return Ok(());
        }
        let piece = self.gathered.split().freeze();
        let sent = match &self.body {
            Some(body) => body.send(piece).await.is_ok(),
            None => false,
        };
        if sent {
            Ok(())
        } else {
            Err("write: broken pipe".into())
        }
    }

    async fn finish(&mut self) {
        if self.head.is_some() {
            let body = self.gathered.split().freeze();
            self.send_head(sniff(&body), Body::from(body));
        } else {
            // The client may have left.
            let _ = self.flush().await;
        }
        self.body = None;
    }

    fn send_head(&mut self, kind: Option<&'static str>, body: Body) {
        let (status, headers) = self
            .status
            .take()
            .unwrap_or_else(|| (StatusCode::OK, self.headers.clone()));
        let mut response = Response::new(body);
        *response.status_mut() = status;
        for (name, values) in headers {
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
                continue;
            };
            for value in values
                .iter()
                .filter_map(|value| HeaderValue::from_bytes(value).ok())
            {
                response.headers_mut().append(&name, value);
            }
        }
        let typed = [header::CONTENT_TYPE, header::CONTENT_ENCODING]
            .iter()
            .any(|name| response.headers().contains_key(name));
        if let Some(kind) = kind.filter(|_| !typed) {
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        self.status = Some((status, Headers::new()));
        if let Some(head) = self.head.take() {
            let _ = head.send(response);
        }
    }

    fn header(&self) -> Header {
        let value = |value: &Vec<u8>| ByteString(value.clone().into());
        let headers = self.headers.iter();
        headers
            .map(|(name, values)| (name.clone(), values.iter().map(value).collect()))
            .collect()
    }
}

impl Service for ResponseServer {
    fn call(&self, call: Call<'_, '_>) {
        let exchange = Arc::clone(&self.exchange);
        match call.method().strip_prefix("Plugin.").unwrap_or_default() {
            "Header" => with(call, move |(): ()| async move {
                Ok(exchange.lock().await.header())
            }),
            "SyncHeader" => {
                let taken: Option<(MapEntries<&str, Vec<ByteString<'_>>>, Reply)> = call.argument();
                if let Some((header, reply)) = taken {
                    let values = |values: Vec<ByteString<'_>>| {
                        values
                            .into_iter()
                            .map(|value| value.0.into_owned())
                            .collect()
                    };
                    let headers: Headers = header
                        .into_iter()
                        .map(|(name, of_it)| (name.to_owned(), values(of_it)))
                        .collect();
                    reply.run(async move {
                        exchange.lock().await.headers = headers;
                        Ok(())
                    });
                }
            }
            "WriteHeader" => {
                with(call, move |status: i64| async move {
                    exchange.lock().await.write_header(status)
                });
            }
            "Write" => with(call, move |data: Vec<u8>| async move {
                exchange.lock().await.write(&data).await
            }),
            "Flush" => with(call, move |(): ()| async move {
                exchange.lock().await.flush().await
            }),
            "HijackResponse" => {
                let server = self.clone();
                with(call, move |(): ()| async move { server.hijack().await });
            }
            _ => self.call_taken(call),
        }
    }
}

impl ResponseServer {
    /// Calls on a connection that is taken over.
    fn call_taken(&self, call: Call<'_, '_>) {
        let taken = self
            .taken()
            .ok_or_else(|| "response is not hijacked".to_owned());
        match call.method().strip_prefix("Plugin.").unwrap_or_default() {
            "HjConnRead" => with(call, move |wanted: i64| async move {
                taken?.read(usize::try_from(wanted).unwrap_or(0)).await
            }),
            "HjConnRWRead" => {
                with(call, move |wanted: Vec<u8>| async move {
                    taken?.read_buffered(wanted.len()).await
                });
            }
            "HjConnWrite" => with(call, move |data: Vec<u8>| async move {
                taken?.write(&data).await.map(|()| data.len() as i64)
            }),
            "HjConnRWWrite" => with(call, move |data: Vec<u8>| async move {
                taken?
                    .write_buffered(&data)
                    .await
                    .map(|()| data.len() as i64)
            }),
            "HjConnClose" => with(call, move |(): ()| async move { taken?.close().await }),
            "HjConnSetDeadline" => deadline(call, taken, true, true),
            "HjConnSetReadDeadline" => deadline(call, taken, true, false),
            "HjConnSetWriteDeadline" => deadline(call, taken, false, true),
            _ => call.unknown(),
        }
    }
}

fn deadline(call: Call<'_, '_>, taken: Result<Arc<TakenOver>, String>, read: bool, write: bool) {
    with(call, move |at: Time| async move {
        let at = if at.is_zero() {
            None
        } else {
            at.to_system_time()
        };
        taken?.set_deadline(read, write, at);
        Ok(())
    });
}

/// Answers `call` with what `work` makes of its argument.
pub(super) fn with<A, T, F>(call: Call<'_, '_>, work: impl FnOnce(A) -> F)
where
    A: gob::DecodeOwned,
    T: gob::Encode + 'static,
    F: Future<Output = Result<T, String>> + Send + 'static,
{
    let taken: Option<(A, Reply)> = call.argument();
    if let Some((argument, reply)) = taken {
        reply.run(work(argument));
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn server() -> (ResponseServer, oneshot::Receiver<Response<Body>>) {
        let (nobody, _) = mpsc::channel(1);
        ResponseServer::new(TakeOver::new(nobody))
    }

    async fn body(response: Response<Body>) -> Bytes {
        response.into_body().collect().await.unwrap().to_bytes()
    }

    #[tokio::test]
    async fn what_ends_within_the_buffer_is_one_piece_of_known_length() {
        let (server, response) = server();
        {
            let mut exchange = server.exchange.lock().await;
            assert!(exchange.write_header(42).is_err());
            exchange.write_header(103).unwrap();
            exchange.write_header(418).unwrap();
            exchange.write_header(200).unwrap();
            exchange
                .headers
                .insert("Too-Late".into(), vec![b"1".into()]);
            exchange.write(b"short ").await.unwrap();
            exchange.write(b"and stout").await.unwrap();
        }
        server.finish().await;
        let response = response.await.unwrap();
        assert_eq!(response.status(), 418);
        assert!(!response.headers().contains_key("too-late"));
        assert_eq!(response.headers()[header::CONTENT_TYPE], PLAIN_TEXT);
        let length = hyper::body::Body::size_hint(response.body()).exact();
        assert_eq!(length, Some(15));
        assert_eq!(body(response).await, "short and stout");
    }

    #[tokio::test]
    async fn a_flush_sends_the_head_before_the_end() {
        let (server, response) = server();
        server.exchange.lock().await.write(b"now").await.unwrap();
        server.exchange.lock().await.flush().await.unwrap();
        let mut response = response.await.unwrap();
        let first = response.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "now");
        drop(response);
        let mut exchange = server.exchange.lock().await;
        exchange.write(b"too late").await.unwrap();
        assert!(exchange.flush().await.is_err(), "the client has left");
    }

    #[tokio::test]
    async fn a_plugin_that_fails_answers_500_unless_it_began_to_answer() {
        let (server, response) = server();
        server.exchange.lock().await.write(b"half").await.unwrap();
        server.fail().await;
        let response = response.await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(body(response).await, "500 internal server error\n");
    }
}
