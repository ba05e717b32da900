//! Video conferences, as browsers ask for them: with a session's cookie, and for each POST with the token of the server's own pages.

mod check;
mod comes_from;
mod goes_on;
mod refused;

use devhost::client::Answer;
use devhost::world::{Session, fixed_id};
use devhost::{DevHost, Options};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{options, send, start};

/// The host PIN in every test.
const PIN: &str = "2468";

fn with_video() -> Options {
    options()
        .with("Node", "https://pexip.example.com/")
        .with("Pin", PIN)
        .with("DisplayNameType", "firstAndLastName")
}

/// A host with a conferencing node.
async fn video() -> DevHost {
    start(with_video()).await
}

/// The id of ~town-square.
fn town() -> String {
    fixed_id("channeltownsquare")
}

/// Somebody's browser, in which they are signed in.
struct Browser<'a> {
    host: &'a DevHost,
    session: Session,
}

impl<'a> Browser<'a> {
    fn of(host: &'a DevHost, user: &str) -> Self {
        let session = host.world().sign_in(&fixed_id(user));
        Self { host, session }
    }

    fn cookie(&self) -> String {
        format!("MMAUTHTOKEN={}", self.session.token)
    }

    async fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie();
        send(self.host, Method::GET, path, &[("cookie", &cookie)], "").await
    }

    /// As the webapp sends it.
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let cookie = self.cookie();
        let headers = [
            ("cookie", &*cookie),
            ("x-csrf-token", &*self.session.csrf),
            ("content-type", "application/json"),
        ];
        let answer = send(self.host, Method::POST, path, &headers, &body.to_string()).await;
        let text = answer.text();
        (
            answer.status.as_u16(),
            serde_json::from_str(&text).unwrap_or_default(),
        )
    }

    async fn join(&self, channel: &str) -> (u16, Value) {
        let body = json!({"channelId": channel, "tab": "tab-1"});
        self.post("/api/v1/video/join", &body).await
    }

    /// Says something of a participation.
    async fn says(&self, what: &str, participation: &Value) -> (u16, Value) {
        let body = json!({ "participation": participation });
        self.post(&format!("/api/v1/video/{what}"), &body).await
    }

    /// Joins ~town-square and is in; answers by what.
    async fn enters(&self) -> Value {
        let (status, joined) = self.join(&town()).await;
        assert_eq!(status, 200, "{joined}");
        let id = joined["participation"].clone();
        assert_eq!(self.says("joined", &id).await.0, 200);
        id
    }
}
