//! A host with the plugin in it, and words for what tests do with them.

use std::path::Path;

use bytes::Bytes;
use devhost::client::{self, Answer};
use devhost::world::{PATIENCE, fixed_id};
use devhost::{Bundle, DevHost, Options, World};
use http::Method;

/// The phones' secret in every test.
pub(crate) const SECRET: &str = "hush";

/// The plugin as the bundle with this id has it.
pub(crate) fn bundle(id: &str) -> Bundle {
    let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.json"));
    let executable = Path::new(env!("CARGO_BIN_EXE_switchboard"));
    Bundle::assemble(manifest, executable, Some(id)).expect("a bundle of what cargo built")
}

/// Settings with which everything works: admin posts into ~phones, 123 is bob and 124 alice.
pub(crate) fn options() -> Options {
    Options::new(bundle("switchboard"))
        .with("TeamName", "acme")
        .with("ChannelName", "phones")
        .with("UserMail", "admin@example.com")
        .with("Secret", SECRET)
        .with("NumbersUsers", "123:bob,124:alice,0004f2abcdef:carol")
}

/// A host with [`options`] in a new world.
pub(crate) async fn host() -> DevHost {
    start(options()).await
}

pub(crate) async fn start(options: Options) -> DevHost {
    DevHost::start(World::new(), options)
        .await
        .expect("the plugin starts")
}

/// The id of ~phones.
pub(crate) fn phones() -> String {
    fixed_id("channelphones")
}

/// Calls a phone's URL, as `dnd-on/bob`, and wants it taken: 200 with an empty body.
pub(crate) async fn phone(host: &DevHost, path: &str) {
    let answer = call(host, path).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.text()),
        (200, ""),
        "{path}"
    );
}

/// Calls a phone's URL with the secret.
pub(crate) async fn call(host: &DevHost, path: &str) -> Answer {
    let joint = if path.contains('?') { '&' } else { '?' };
    get(host, &format!("/sip/{path}{joint}secret={SECRET}")).await
}

/// GETs a path of the plugin's.
pub(crate) async fn get(host: &DevHost, path: &str) -> Answer {
    host.get(path).await.expect("an answer")
}

/// Sends anything else.
pub(crate) async fn send(
    host: &DevHost,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let body = Bytes::copy_from_slice(body.as_bytes());
    client::send(method, &host.plugin_url(path), headers, body)
        .await
        .expect("an answer")
}

/// Waits until ~phones has so many posts, and answers their texts.
pub(crate) async fn posts(host: &DevHost, count: usize) -> Vec<String> {
    let what = format!("{count} posts");
    let found = host.world().wait_for(&what, |world| {
        let messages = world.messages_in(&phones());
        (messages.len() >= count).then_some(messages)
    });
    found
        .await
        .unwrap_or_else(|e| panic!("{e}; there are {:?}", host.world().messages_in(&phones())))
}

/// Waits until `/status` answers like this, asking again after whatever the plugin asks of the server.
pub(crate) async fn status(host: &DevHost, wanted: u16) -> String {
    let path = format!("/status?secret={SECRET}");
    let mut changes = host.world().changes();
    let asking = async {
        loop {
            changes.borrow_and_update();
            let answer = get(host, &path).await;
            if answer.status.as_u16() == wanted {
                return answer.text();
            }
            changes.changed().await.expect("the world is there");
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    answer.unwrap_or_else(|_| panic!("/status does not come to answer {wanted}"))
}

/// Ends the host, and wants it to go well.
pub(crate) async fn stop(host: DevHost) {
    let ended = host.stop().await.expect("it was running");
    assert!(ended.by_itself, "the plugin had to be killed");
    assert_eq!(ended.problem, None);
}
