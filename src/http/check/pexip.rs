//! What *Check* finds of the conferencing node: whether it takes calls, makes rooms, and takes the PIN.
//!
//! Pexip's client REST API tells whether a PIN is right only by letting in whoever has it (`request_token`). So a room is asked for that is
//! no channel's, by an alias that nobody else knows, and left at once (`release_token`). Without media whoever asks takes no place of a
//! call. The PIN is sent only to what asks for one as a node does.

use serde_json::Value;
use tokio::time::timeout;

use super::{EACH, Finding, MAX_ANSWER_BYTES, Outcome, request};
use crate::app::App;
use crate::config::{AllowedHosts, Secret, Setting, VideoRooms, VideoSettings, label};
use crate::host::Host;
use crate::outbound::{self, Client, OutboundError, Posted};
use crate::video;

const PART: &str = "pexip";

/// The most characters of a token that is sent back.
const MAX_TOKEN: usize = 8 * 1024;

/// What who asks is called, should somebody look at the node.
const NAME: &str = r#"{"display_name": "Check of Switchboard's settings"}"#;

/// Where neither the node's rooms nor the PIN was tried.
const UNTRIED: &str = "Whether it makes rooms and takes the PIN was not tried.";

/// What stands beside the PIN's field.
fn pin_label() -> &'static str {
    label("Pin").unwrap_or("Pin")
}

fn pin_remedy() -> String {
    let label = pin_label();
    format!(
        "Enter under “{label}” the one that the policy script, or the room in Pexip Infinity, has as the host PIN."
    )
}

/// What a node answers who asks for a room.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// They are in.
    In {
        host: bool,
        token: Option<String>,
    },
    /// It asks for a PIN.
    PinWanted,
    WrongPin,
    NoRoom,
    /// Something else, by its status.
    Other(u16),
}

pub(super) async fn check<H: Host>(app: &App<H>) -> Vec<Finding> {
    if app.bundle().key(Setting::Node).is_none() {
        return Vec::new();
    }
    let config = app.config();
    let Some(video) = &config.video else {
        let what = "no conferencing node is set";
        return vec![Finding::new(PART, Outcome::Off, what)];
    };
    let node = Node {
        client: app.outbound(),
        origin: video.node.origin(),
        hosts: AllowedHosts::parse(&video.node.authority()).0,
    };
    // Both at once, so that all is over in time.
    let (status, room) = tokio::join!(node.status(), timeout(EACH, room(&node, video)));
    if status.state != Outcome::Ok {
        let what = format!("{}. {UNTRIED}", status.what);
        return vec![Finding { what, ..status }];
    }
    let late = || {
        let what = format!("it does not say in time whether there are rooms. {UNTRIED}");
        Finding::with(PART, Outcome::Warning, what, "Check in a moment again.")
    };
    vec![status, room.unwrap_or_else(|_| late())]
}

struct Node<'a> {
    client: &'a Client,
    origin: String,
    hosts: AllowedHosts,
}

impl Node<'_> {
    /// Whether it takes calls: it answers 200, or 503 while it is being maintained (`/api/client/v2/status`).
    async fn status(&self) -> Finding {
        let origin = &self.origin;
        let url = format!("{origin}/api/client/v2/status");
        match self.client.get(&url, &self.hosts, &request()).await {
            Ok(answer) if answer.status == 200 => {
                let what = format!("`{origin}` answers, and takes calls");
                Finding::new(PART, Outcome::Ok, what)
            }
            Ok(answer) if answer.status == 503 => Finding::with(
                PART,
                Outcome::Bad,
                format!("`{origin}` takes no calls now (503)"),
                "Wait for the end of its maintenance, or see to it in the Management Node.",
            ),
            Ok(answer) => Finding::with(
                PART,
                Outcome::Warning,
                format!(
                    "`{origin}` answers {}, which a conferencing node does not",
                    answer.status
                ),
                "Check that it is a conferencing node, and no Management Node or other server.",
            ),
            Err(error) => Finding::with(
                PART,
                Outcome::Bad,
                format!("`{origin}` is not reached from this server: {error}"),
                error.remedy(),
            ),
        }
    }

    async fn post(
        &self,
        alias: &str,
        action: &str,
        posted: &Posted<'_>,
    ) -> Result<outbound::Response, OutboundError> {
        let url = format!("{}/api/client/v2/conferences/{alias}/{action}", self.origin);
        let request = outbound::Request {
            accept: "application/json",
            max_body: MAX_ANSWER_BYTES,
            status_only: false,
            ..request()
        };
        self.client.post(&url, &self.hosts, &request, posted).await
    }

    /// Asks for a room, and leaves it again.
    async fn ask(&self, alias: &str, pin: Option<&Secret>) -> Result<Answer, OutboundError> {
        let posted = Posted {
            header: pin.map(|pin| ("pin", pin)),
            json: NAME,
        };
        let response = self.post(alias, "request_token", &posted).await?;
        let answer = answer(&response);
        if let Answer::In {
            token: Some(token), ..
        } = &answer
        {
            let token = Secret::new(token.clone());
            let posted = Posted {
                header: Some(("token", &token)),
                json: "{}",
            };
            // Without it the node lets go of us by itself, after two minutes.
            let _ = self.post(alias, "release_token", &posted).await;
        }
        Ok(answer)
    }
}

/// What a node's answer means.
fn answer(response: &outbound::Response) -> Answer {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let result = &body["result"];
    let text = |name: &str| result[name].as_str();
    match response.status {
        200 if result.is_object() => Answer::In {
            host: text("role") == Some("HOST"),
            token: text("token")
                .filter(|token| token.len() <= MAX_TOKEN)
                .map(str::to_owned),
        },
        403 if text("pin") == Some("required") => Answer::PinWanted,
        403 if result.as_str() == Some("Invalid PIN") => Answer::WrongPin,
        404 => Answer::NoRoom,
        status => Answer::Other(status),
    }
}

/// Whether the node makes rooms of aliases like the channels', and takes the PIN.
async fn room(node: &Node<'_>, video: &VideoSettings) -> Finding {
    let Some(alias) = video::trial(video) else {
        let what = "the system has no random numbers to make a room's alias of";
        return Finding::new(PART, Outcome::Warning, format!("{what}. {UNTRIED}"));
    };
    let found = |state, what: &str, remedy: &str| Finding::with(PART, state, what, remedy);
    let failed = |error: &OutboundError| {
        let what = format!("its rooms cannot be asked for: {error}. {UNTRIED}");
        Finding::with(PART, Outcome::Warning, what, error.remedy())
    };
    let other = |status: u16| {
        let what = format!(
            "who asks for a room is answered {status}. Whether it takes the PIN was not tried."
        );
        let remedy = "See why in the Management Node, under the logs.";
        Finding::with(PART, Outcome::Warning, what, remedy)
    };
    let without = match node.ask(&alias, None).await {
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    let has_pin = !video.pin.is_empty();
    match without {
        Answer::In { .. } if has_pin => {
            return found(
                Outcome::Warning,
                "whoever comes in hosts without a PIN, although one is set here; so it could not be tried",
                &format!(
                    "Give the rooms the PIN in the policy script, or leave “{}” empty.",
                    pin_label()
                ),
            );
        }
        Answer::In { .. } => {
            return Finding::new(
                PART,
                Outcome::Ok,
                "it makes rooms, which have no PIN, as is set (tried in a room that is no channel's, and left at once)",
            );
        }
        Answer::PinWanted if !has_pin => {
            return found(
                Outcome::Warning,
                "its rooms have a PIN, and none is set here: nobody hosts by the plugin",
                &pin_remedy(),
            );
        }
        Answer::PinWanted => {}
        Answer::NoRoom if video.rooms == VideoRooms::Name => {
            return found(
                Outcome::Warning,
                "it has no room of a name that is no channel's, so whether it takes the PIN was not tried",
                "Join a conference to see whether the PIN is right.",
            );
        }
        Answer::NoRoom => {
            return found(
                Outcome::Bad,
                "it makes no rooms of aliases like the channels', so nobody can join; whether it takes the PIN was not tried",
                "Check the policy script: its prefix, and that its policy profile is chosen for the node's location.",
            );
        }
        Answer::WrongPin => return other(403),
        Answer::Other(status) => return other(status),
    }
    match node.ask(&alias, Some(&video.pin)).await {
        Ok(Answer::In { host: true, .. }) => Finding::new(
            PART,
            Outcome::Ok,
            "it makes rooms, and takes the PIN (tried in a room that is no channel's, and left at once); sound and picture were not tried",
        ),
        Ok(Answer::In { host: false, .. }) => found(
            Outcome::Bad,
            "the PIN is the guests': nobody hosts by it",
            &pin_remedy(),
        ),
        Ok(Answer::WrongPin | Answer::PinWanted) => found(
            Outcome::Bad,
            "it does not take the PIN that is set here, so those who may host cannot join",
            &pin_remedy(),
        ),
        Ok(Answer::NoRoom) => other(404),
        Ok(Answer::Other(status)) => other(status),
        Err(error) => failed(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Answer {
        answer(&outbound::Response {
            status,
            media_type: String::new(),
            body: body.into(),
        })
    }

    #[test]
    fn what_a_node_answers_is_understood_and_what_is_no_node_is_let_in_nowhere() {
        let token = |role: &str| {
            format!(r#"{{"status":"success","result":{{"token":"abc","role":"{role}"}}}}"#)
        };
        for (role, host) in [("HOST", true), ("GUEST", false)] {
            let expected = Answer::In {
                host,
                token: Some("abc".into()),
            };
            assert_eq!(read(200, &token(role)), expected);
        }
        let wanted = r#"{"status":"failed","result":{"pin":"required","guest_pin":"none"}}"#;
        assert_eq!(read(403, wanted), Answer::PinWanted);
        let wrong = r#"{"status":"failed","result":"Invalid PIN"}"#;
        assert_eq!(read(403, wrong), Answer::WrongPin);
        assert_eq!(read(404, "<html>"), Answer::NoRoom);
        for (status, body) in [(200, "<html>"), (200, "[]"), (403, "{}"), (503, "")] {
            assert_eq!(read(status, body), Answer::Other(status), "{body}");
        }
        let long = format!(
            r#"{{"result":{{"token":"{}"}}}}"#,
            "x".repeat(MAX_TOKEN + 1)
        );
        let expected = Answer::In {
            host: false,
            token: None,
        };
        assert_eq!(read(200, &long), expected);
    }
}
