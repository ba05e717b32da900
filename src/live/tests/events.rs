use futures_util::{Stream, StreamExt};

use super::*;

/// The next piece, as text.
async fn next(
    events: &mut (impl Stream<Item = Result<bytes::Bytes, std::convert::Infallible>> + Unpin),
) -> String {
    let piece = timeout(Duration::from_secs(60), events.next()).await;
    let Ok(piece) = piece.expect("in time").expect("more");
    String::from_utf8(piece.to_vec()).expect("text")
}

#[tokio::test(start_paused = true)]
async fn events_are_the_same_messages_under_their_numbers() {
    let (app, _) = live_app().await;
    phone(&app, "bob", "dnd-on").await;
    let events = app.live().events(who(Viewer::Secret), None, &|| true).await;
    let mut events = Box::pin(events.expect("taken"));
    let epoch = app.live().epoch();
    let first = next(&mut events).await;
    let start =
        format!("retry: 3000\nid: {epoch}.0\ndata: {{\"n\":0,\"board\":{{\"epoch\":\"{epoch}\",");
    assert!(
        first.starts_with(&start) && first.ends_with("}\n\n"),
        "{first}"
    );
    let whole = next(&mut events).await;
    let ids: Vec<&str> = whole
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .collect();
    assert_eq!(ids, [format!("{epoch}.1"), format!("{epoch}.3")]);
    for data in whole.lines().filter_map(|line| line.strip_prefix("data: ")) {
        serde_json::from_str::<Value>(data).expect("JSON");
    }
    phone(&app, "bob", "dnd-off").await;
    assert!(next(&mut events).await.contains("\"dnd\":false"));
    assert_eq!(app.live().count(), 1);
    drop(events);
    assert_eq!(app.live().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_says_why() {
    let (app, _) = live_app().await;
    let events = app.live().events(who(Viewer::Secret), None, &|| true).await;
    let mut events = Box::pin(events.expect("taken"));
    assert!(app.configure(SETTINGS.replace("hush", "another").as_bytes()));
    let close = next(&mut events).await;
    assert_eq!(
        close,
        "event: close\ndata: {\"code\":1008,\"reason\":\"you may no longer see the board\"}\n\n"
    );
    assert!(events.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn their_number_is_limited() {
    let (app, _) = live_app().await;
    let mut all = Vec::new();
    for _ in 0..MAX_EVENT_STREAMS {
        let events = app.live().events(who(Viewer::Secret), None, &|| true).await;
        all.push(events.expect("taken"));
    }
    let one_more = app.live().events(who(Viewer::Secret), None, &|| true).await;
    assert_eq!(one_more.err(), Some(NotTaken::Full));
    all.pop();
    let another = app.live().events(who(Viewer::Secret), None, &|| true).await;
    assert!(another.is_ok());
}
