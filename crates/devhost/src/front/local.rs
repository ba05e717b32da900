//! Requests that the server itself makes of a plugin: for a button that was pressed, a form that was
//! filled in.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use go_plugin::rpc::{Call, Service, serve};
use gob::{ByteString, MapEntries, Url};
use http_body_util::Full;

use super::{body, response::with};
use crate::host::{Context, Header, HttpHook, ServeHttpArgs, Shared, WireRequest};

/// What a plugin answers. As in Mattermost 9.11 its status and its headers are of no account, and of
/// several writes **only the last one is kept**.
#[derive(Clone, Default)]
struct LastWrite {
    written: Arc<Mutex<Vec<u8>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service for LastWrite {
    fn call(&self, call: Call<'_, '_>) {
        let this = self.clone();
        match call.method().strip_prefix("Plugin.").unwrap_or_default() {
            "Header" => with(call, move |(): ()| async move { Ok(Header::default()) }),
            "SyncHeader" => with(call, move |_: MapEntries<String, Vec<String>>| async move {
                Ok(())
            }),
            "WriteHeader" => with(call, move |_: i64| async move { Ok(()) }),
            "Write" => with(call, move |data: Vec<u8>| async move {
                *locked(&this.written) = data;
                Ok(())
            }),
            "Flush" => with(call, move |(): ()| async move { Ok(()) }),
            "HijackResponse" => with(call, move |(): ()| async move {
                Err::<(), _>("response cannot be hijacked".to_owned())
            }),
            _ => call.unknown(),
        }
    }
}

/// POSTs JSON to `url`, which is `/plugins/<id>/…`, in the name of `user`. Answers the body.
///
/// # Errors
/// Words, when the URL is not the plugin's or it cannot answer.
pub(crate) async fn post(
    host: &Shared,
    user: &str,
    url: &str,
    json: String,
) -> Result<Bytes, String> {
    let own = format!("/plugins/{}", host.id);
    let path = url.strip_prefix(&own).filter(|path| path.starts_with('/'));
    let path = path.ok_or_else(|| format!("{url:?} is not below {own}/: nobody is told"))?;
    let hooks = host.plugin.hooks().ok_or("the plugin is not running")?;
    if !hooks.implements(HttpHook::ServeHttp.name()) {
        return Err("the plugin takes no requests".into());
    }
    let broker = hooks.broker().clone();
    let (response_id, body_id) = (broker.next_id(), broker.next_id());
    let user_id = ByteString(user.as_bytes().to_vec().into());
    let arguments = ServeHttpArgs {
        response_writer_stream: response_id,
        request: Some(WireRequest {
            method: "POST".into(),
            url: Some(Url(path.to_owned().into())),
            proto: "HTTP/1.1".into(),
            proto_major: 1,
            proto_minor: 1,
            header: Header::from(vec![("Mattermost-User-Id".into(), vec![user_id])]),
            host: String::new(),
            remote_addr: String::new(),
            request_uri: String::new(),
        }),
        context: Some(Context {
            request_id: host.world.request_id(),
            ..Context::default()
        }),
        request_body_stream: body_id,
    };
    let accepting = broker.clone();
    tokio::spawn(async move {
        // A plugin that does not read the body answers without it.
        if let Ok(stream) = accepting.accept(body_id).await {
            body::feed(stream, Full::new(Bytes::from(json))).await;
        }
    });
    let answer = LastWrite::default();
    let server = answer.clone();
    let serving = tokio::spawn(async move {
        if let Ok(stream) = broker.accept(response_id).await {
            // The plugin drops the stream when it likes.
            drop(serve(stream, Arc::new(server)).await);
        }
    });
    let served = hooks.serve(HttpHook::ServeHttp, &arguments).await;
    if let Err(e) = served {
        serving.abort();
        return Err(format!("the plugin failed to answer: {e}"));
    }
    // What it wrote has arrived: the plugin waits for each write before it returns.
    let written = std::mem::take(&mut *locked(&answer.written));
    Ok(written.into())
}
