//! What is behind somebody in their picture, in a browser whose camera plays a film: the plugin's real webapp and worker, the dev host's page
//! with a release server's policy, and what arrives at the other side of a call.

use serde_json::json;

use crate::harness;
use crate::webapp::tools;
use crate::webapp_video::{argument, host, node};

#[tokio::test]
async fn what_is_behind_somebody_is_blurred_or_replaced_in_what_they_send() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "members").await;
    let case = tools.case("video_background", &argument(&host, "bob").to_string());
    let seen = case.done().await;

    assert_eq!(seen["axe"], json!([]));
    let all = json!(["As it is", "Blurred", "Light wall", "Blue wall", "Evening"]);
    assert_eq!(seen["effects"], all);
    assert_eq!(seen["after"], all, "their picture is gone");
    let needed = json!([
        "background.js",
        "selfie-segmentation.tflite",
        "tflite-simd.wasm"
    ]);
    assert_eq!(
        seen["loaded"], needed,
        "what is needed is loaded when it is wanted"
    );
    assert_eq!(
        seen["workers"],
        json!([1, 1, 0, 0]),
        "with the effect, with another camera, without it, after the call"
    );
    assert_eq!(seen["unchanged"], "evening");
    let worst = seen["worst"].as_f64().expect("a number");
    assert!(worst < 20.0, "the books were seen: {worst}");
    assert_eq!(
        seen["page"], "CompileError",
        "the page's policy is a release server's"
    );
    harness::stop(host).await;
}

#[tokio::test]
async fn what_is_behind_somebody_is_not_seen_where_it_cannot_be_hidden() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "members").await;
    let argument = argument(&host, "bob").to_string();
    let seen = tools
        .case("video_background_failed", &argument)
        .done()
        .await;

    assert_eq!(seen["hidden"], 0, "tracks of pictures");
    assert_eq!(seen["truth"], "none none", "what the panel says is on");
    harness::stop(host).await;
}
