//! What the host is told of a response.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context as TaskContext, Poll},
};

use ::http::{HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use go_plugin::rpc::Reply;
use http_body::{Frame, SizeHint};

use super::*;
use crate::http::{Body, Hijack, RequestInfo, Unflushed};

/// A body of some bytes, that then ends or fails.
struct Pieces {
    left: usize,
    fails: bool,
    sized: bool,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))));
        }
        Poll::Ready(self.fails.then_some(Err("on purpose")))
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized {
            SizeHint::with_exact(self.left as u64 + u64::from(self.fails))
        } else {
            SizeHint::default()
        }
    }
}

struct Routes;

impl Plugin for Routes {
    async fn activate(_: Api) -> Result<Self, HookError> {
        Ok(Self)
    }

    fn http(self: &Arc<Self>) -> HttpService {
        HttpService::from_fn(|mut request: Request<Body>| async move {
            let (code, left, fails, sized) = match request.uri().path() {
                "/ok" => (200, 2, false, true),
                "/204" => (204, 2, false, true),
                "/events" => (200, 1, false, false),
                "/304" => (304, 2, false, true),
                "/fails" => (200, 3, true, false),
                "/fails-short" => (200, 3, true, true),
                "/context" => {
                    let info = &request.extensions().get::<RequestInfo>().unwrap().context;
                    assert_eq!(info.user_agent, "Tel\u{fffd}fon");
                    assert_eq!(info.accept_language, "d\u{fffd}");
                    (200, 0, false, true)
                }
                "/hijack" => {
                    let hijack = request.extensions_mut().remove::<Hijack>().unwrap();
                    let mut asked = Box::pin(hijack.hijack());
                    poll_fn(|cx| {
                        assert!(asked.as_mut().poll(cx).is_pending());
                        Poll::Ready(())
                    })
                    .await;
                    (200, 0, false, true)
                }
                other => panic!("{other}"),
            };
            let mut response = Response::new(Pieces { left, fails, sized });
            *response.status_mut() = StatusCode::from_u16(code).unwrap();
            if request.uri().path() == "/events" {
                let kind = HeaderValue::from_static("text/event-stream");
                response.headers_mut().insert("content-type", kind);
                let mut instead = Response::new(Bytes::from_static(b"ask otherwise"));
                *instead.status_mut() = StatusCode::NOT_IMPLEMENTED;
                response.extensions_mut().insert(Unflushed(instead));
            }
            if let Some(vary) = request.headers().get("x-vary") {
                response.headers_mut().insert("vary", vary.clone());
                response.headers_mut().insert("x-ours", vary.clone());
            }
            response
        })
    }
}

/// Serves metrics, and nothing else.
struct Metrics;

impl Plugin for Metrics {
    const HOOKS: &'static [Hook] = &[Hook::ServeMetrics];

    async fn activate(_: Api) -> Result<Self, HookError> {
        Ok(Self)
    }

    fn metrics(self: &Arc<Self>) -> HttpService {
        HttpService::from_fn(|request: Request<Body>| async move {
            Response::new(format!("answered {}", request.uri()))
        })
    }
}

async fn routes() -> Setting<Routes> {
    let setting = Setting::start().await;
    let service = &setting.service;
    service.activate(setting.activation()).await.unwrap();
    setting
}

#[tokio::test]
async fn metrics_are_asked_for_by_a_hook_of_their_own() {
    let setting = Setting::<Metrics>::start().await;
    let asked: Vec<String> = setting.hooks.call("Plugin.Implemented", &()).await.unwrap();
    assert!(asked.contains(&"ServeMetrics".to_owned()), "{asked:?}");
    let ask = async |hook, path| {
        let context = SentContext::default();
        let (outcome, told) = setting
            .request_of(hook, get("GET", path), context, None)
            .await;
        outcome.unwrap();
        all(told)
    };
    assert_eq!(ask("Plugin.ServeMetrics", "/").await, [Told::Status(404)]);
    let service = &setting.service;
    service.activate(setting.activation()).await.unwrap();
    let text = |text: &str| [Told::Written(text.as_bytes().to_vec())];
    // The host cuts its prefix off, which may leave nothing.
    assert_eq!(ask("Plugin.ServeMetrics", "").await, text("answered /"));
    let more = ask("Plugin.ServeMetrics", "/more?a=1").await;
    assert_eq!(more, text("answered /more?a=1"));
    assert_eq!(ask("Plugin.ServeHTTP", "/").await, [Told::Status(404)]);
}

fn all(mut told: UnboundedReceiver<Told>) -> Vec<Told> {
    std::iter::from_fn(|| told.try_recv().ok()).collect()
}

#[tokio::test]
async fn answers_without_content_have_neither_body_nor_length() {
    let setting = routes().await;
    let length = || Told::Headers(vec![header("Content-Length", &[b"2"])]);
    for (method, path, expected) in [
        ("GET", "/ok", vec![Told::Written(b"xx".to_vec())]),
        ("HEAD", "/ok", vec![length()]),
        ("GET", "/204", vec![Told::Status(204)]),
        ("HEAD", "/204", vec![Told::Status(204)]),
        ("GET", "/304", vec![Told::Status(304)]),
    ] {
        let context = SentContext::default();
        let headers = Some(WireHeaders::default());
        let (outcome, told) = setting.request(get(method, path), context, headers).await;
        outcome.unwrap();
        assert_eq!(all(told), expected, "{method} {path}");
    }
}

#[tokio::test]
async fn a_body_that_fails_at_once_is_a_500() {
    let setting = routes().await;
    for path in ["/fails", "/fails-short"] {
        let context = SentContext::default();
        let (outcome, told) = setting.request(get("GET", path), context, None).await;
        outcome.unwrap();
        assert_eq!(all(told), [Told::Status(500)], "{path}");
    }
}

#[tokio::test]
async fn a_request_may_hold_any_byte() {
    let setting = routes().await;
    let context = SentContext {
        accept_language: text(b"d\xeb"),
        user_agent: text(b"Tel\xf6fon"),
    };
    let (outcome, told) = setting.request(get("GET", "/context"), context, None).await;
    outcome.unwrap();
    assert_eq!(all(told), []);
}

fn varying() -> SentRequest {
    SentRequest {
        header: [header("X-Vary", &[b"Accept"])].into_iter().collect(),
        ..get("GET", "/204")
    }
}

#[tokio::test]
async fn headers_are_merged_with_those_of_the_host() {
    let setting = routes().await;
    let theirs = [
        header("Vary", &[b"Origin"]),
        header("X-Ours", &[b"theirs"]),
        header("X-Theirs", &[b"Tel\xf6fon"]),
    ];
    let theirs = Some(theirs.into_iter().collect());
    let context = SentContext::default();
    let (outcome, told) = setting.request(varying(), context, theirs).await;
    outcome.unwrap();
    let mut told = all(told);
    assert_eq!(told.pop(), Some(Told::Status(204)));
    let Some(Told::Headers(mut headers)) = told.pop() else {
        panic!("no headers");
    };
    headers.sort();
    assert_eq!(
        headers,
        [
            header("Vary", &[b"Origin", b"Accept"]),
            header("X-Ours", &[b"Accept"]),
            header("X-Theirs", &[b"Tel\xf6fon"]),
        ]
    );
}

/// The host would take it for an empty 200.
#[tokio::test]
async fn an_answer_that_cannot_be_told_is_an_error() {
    let setting = routes().await;
    let context = SentContext::default();
    let (outcome, told) = setting.request(varying(), context, None).await;
    assert!(matches!(outcome, Err(CallError::Remote(_))), "{outcome:?}");
    assert_eq!(all(told), []);
}

/// A host that leaves each call for the test to answer.
struct Withholding(UnboundedSender<(String, Reply)>);

impl Service for Withholding {
    fn call(&self, call: Call<'_, '_>) {
        let method = call.method().to_owned();
        let Some(((), reply)) = call.argument() else {
            return;
        };
        self.0.send((method, reply)).unwrap();
    }
}

/// Go's server panics when it hijacks what it takes for answered.
#[tokio::test]
async fn a_hijack_that_is_given_up_is_waited_for_and_closes_the_connection() {
    let setting = routes().await;
    for refused in [false, true] {
        let (id, host) = (setting.host.next_id(), setting.host.clone());
        let (sender, mut asked) = unbounded_channel();
        tokio::spawn(async move {
            let stream = host.accept(id).await.unwrap();
            serve(stream, Arc::new(Withholding(sender))).await
        });
        let args = ServeHttp {
            response_writer_stream: id,
            request: get("GET", "/hijack"),
            context: SentContext::default(),
        };
        let mut served = pin!(setting.hooks.call::<_, ()>("Plugin.ServeHTTP", &args));
        let asked_first = async {
            let first = asked.recv().await.unwrap();
            // Everybody does what can be done now.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            first
        };
        let (method, hijack) = tokio::select! {
            biased;
            outcome = &mut served => panic!("answered before the hijack was: {outcome:?}"),
            first = asked_first => first,
        };
        assert_eq!(method, "Plugin.HijackResponse");
        if refused {
            hijack.error("response cannot be hijacked");
        } else {
            hijack.ok(&());
        }
        served.await.unwrap();
        if !refused {
            let (method, close) = asked.recv().await.unwrap();
            assert_eq!(method, "Plugin.HjConnClose");
            close.ok(&());
        }
        assert!(asked.recv().await.is_none());
    }
}

/// A host's response writer that can send what it has, or cannot; it notes what it was asked for.
struct Flushing {
    flushes: bool,
    asked: UnboundedSender<String>,
}

impl Service for Flushing {
    fn call(&self, call: Call<'_, '_>) {
        let note = |what: String| self.asked.send(what).unwrap();
        match call.method() {
            "Plugin.Header" => {
                let ((), reply) = call.argument().unwrap();
                reply.ok(&WireHeaders::default());
            }
            "Plugin.SyncHeader" => {
                let (headers, reply) = call.argument::<WireHeaders>().unwrap();
                let names = headers
                    .iter()
                    .map(|(name, _)| String::from_utf8_lossy(&name.0.0));
                note(format!("headers {}", names.collect::<Vec<_>>().join(" ")));
                reply.ok(&());
            }
            "Plugin.WriteHeader" => {
                let (status, reply) = call.argument::<i64>().unwrap();
                note(format!("status {status}"));
                reply.ok(&());
            }
            "Plugin.Write" => {
                let (data, reply) = call.argument::<Vec<u8>>().unwrap();
                note(String::from_utf8(data).unwrap());
                reply.ok(&());
            }
            "Plugin.Flush" if self.flushes => {
                let ((), reply) = call.argument().unwrap();
                note("flush".to_owned());
                reply.ok(&());
            }
            _ => call.unknown(),
        }
    }
}

/// What is made to be sent as it comes is answered otherwise where the host sends nothing before the end. The host is tried once.
#[tokio::test]
async fn a_stream_has_another_answer_where_the_host_cannot_flush() {
    let other = ["headers ", "status 501", "ask otherwise"];
    for (flushes, first, second) in [
        (
            true,
            &["headers Content-Type", "flush", "x"][..],
            &["headers Content-Type", "x"][..],
        ),
        (
            false,
            &["headers Content-Type", other[0], other[1], other[2]],
            &other[1..],
        ),
    ] {
        let setting = routes().await;
        for expected in [first, second] {
            let (id, host) = (setting.host.next_id(), setting.host.clone());
            let (asked, mut noted) = unbounded_channel();
            tokio::spawn(async move {
                let stream = host.accept(id).await.unwrap();
                serve(stream, Arc::new(Flushing { flushes, asked })).await
            });
            let args = ServeHttp {
                response_writer_stream: id,
                request: get("GET", "/events"),
                context: SentContext::default(),
            };
            setting
                .hooks
                .call::<_, ()>("Plugin.ServeHTTP", &args)
                .await
                .unwrap();
            let noted: Vec<String> = std::iter::from_fn(|| noted.try_recv().ok()).collect();
            assert_eq!(noted, expected, "{flushes}");
        }
    }
}
