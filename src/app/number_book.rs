//! Names of outside numbers, on their way to the board.

use std::sync::Arc;

use tokio::task::AbortHandle;

use super::{BoardHandle, Clock};
use crate::board::Event;
use crate::number_book::{Asks, Lookup, MAX_ASKED_AT_ONCE};
use crate::outbound::Client;
use crate::tasks;

/// Starts what asks for names and tells the board of them.
pub(super) fn start(
    lookup: &Arc<Lookup>,
    asks: Asks,
    client: &Arc<Client>,
    board: &BoardHandle,
    clock: Clock,
) -> Vec<AbortHandle> {
    let asks = Arc::new(asks);
    let one = || {
        let (lookup, asks) = (Arc::clone(lookup), Arc::clone(&asks));
        let asking = ask(lookup, asks, Arc::clone(client), board.clone(), clock);
        tasks::spawn(asking).abort_handle()
    };
    (0..MAX_ASKED_AT_ONCE).map(|_| one()).collect()
}

async fn ask(
    lookup: Arc<Lookup>,
    asks: Arc<Asks>,
    client: Arc<Client>,
    board: BoardHandle,
    clock: Clock,
) {
    while let Ok(name) = lookup.next(&asks, &client).await {
        if let Some(peer) = name
            && board.submit(Event::Named(peer), clock()).await.is_err()
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use crate::app::App;
    use crate::app::tests::FakeHost;
    use crate::board::{Action, CallAction, Peer, Report, Source};
    use crate::outbound::tests::Server;

    #[tokio::test]
    async fn a_caller_is_shown_at_once_and_by_name_a_moment_later() {
        let server = Server::start(|line| {
            assert!(line.starts_with("GET /%2B49301234567 "), "{line}");
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"name\":\"Miller & Sons\"}"
                .to_vec()
        })
        .await;
        let (url, host) = (server.url("/{number}"), server.address);
        let app = App::new("switchboard", FakeHost::default());
        let json =
            format!(r#"{{"Country": "DE", "NumberLookupUrl": "{url}", "AllowedHosts": "{host}"}}"#);
        app.configure(json.as_bytes());
        let report = Report {
            dialed: None,
            own_number: None,
            source: Source::Phone,
            user: "bob".into(),
            action: Action::Call(CallAction::IncomingCall),
            peer: Some(Peer::new("030 1234567")),
            reference: None,
            linked: None,
            queue: None,
        };
        app.submit(report.into()).await.expect("running");
        let shown = async || {
            let board = app.snapshot().await.expect("running");
            let peer = board.lines[0].calls[0].peer.clone();
            peer.expect("a peer").shown().to_owned()
        };
        assert_eq!(shown().await, "030 1234567");
        let named = async {
            while shown().await != "Miller & Sons" {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), named)
            .await
            .expect("in time");
        assert_eq!(app.lookup_counts().found, 1);
        let label = app.labels().known("0049 30 1234567", &app.config());
        assert_eq!(label.as_deref(), Some("Miller & Sons"));
    }
}
