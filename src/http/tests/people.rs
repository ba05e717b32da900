//! What people choose, ask and link, from what they type to what the server calls for it.

use serde_json::{Value, json};

use super::*;
use crate::app::tests::app_of;
use crate::commands::Invocation;
use crate::host::{ElementKind, HostErrorKind, Message, UserId};

pub(super) struct Server {
    pub(super) client: Client,
    pub(super) host: FakeHost,
}

pub(super) async fn server_with(more: &str) -> Server {
    let (app, host) = app_of("switchboard").await;
    if !more.is_empty() {
        let settings = SETTINGS.replace("\"secret\"", &format!("{more},\"secret\""));
        assert!(app.configure(settings.as_bytes()));
        settle().await;
    }
    let client = Client(Service::new(app));
    Server { client, host }
}

impl Server {
    /// What somebody is answered who types this.
    pub(super) async fn types(&self, user: &str, line: &str, trigger_id: &str) -> String {
        let invocation = Invocation {
            line,
            user: &UserId::from(user),
            channel: "",
            site_url: "https://chat.example.com",
            trigger_id,
        };
        let answer = self.client.0.app.execute(invocation).await;
        assert!(answer.ephemeral);
        answer.text
    }

    pub(super) async fn posts(&mut self, path: &str, user: &str, body: &Value) -> (u16, Value) {
        let headers = [(USER_ID, user)];
        let (status, answer, _) = self
            .client
            .call("POST", path, &headers, &body.to_string())
            .await;
        (status, serde_json::from_str(&answer).expect("JSON"))
    }

    /// The messages to somebody.
    pub(super) fn told(&self, user: &str) -> Vec<Message> {
        let direct = self.host.direct().into_iter();
        let own = direct.filter(|(_, to, _)| to == user);
        own.map(|(_, _, message)| message).collect()
    }
}

const FORM: &str = "/api/v1/dialogs/settings";

fn submitted(submission: &Value) -> Value {
    json!({
        "type": "dialog_submission", "callback_id": "settings", "state": "", "user_id": "eve",
        "channel_id": "c", "team_id": "t", "submission": submission, "cancelled": false,
    })
}

#[tokio::test(start_paused = true)]
async fn the_form_of_the_settings_shows_what_holds_and_stores_what_is_filled_in() {
    let mut server = server_with("").await;
    let answer = server.types("bob", "/phone settings", "trigger").await;
    assert_eq!(answer, "Your settings are in the form.");
    let dialogs = server.host.personal().dialogs();
    let [(trigger, dialog)] = &*dialogs else {
        panic!("{dialogs:?}");
    };
    assert_eq!((&**trigger, dialog.path), ("trigger", &FORM[1..]));
    let names: Vec<&str> = dialog.elements.iter().map(|element| element.name).collect();
    assert_eq!(names, ["calls", "name", "status", "phone-dnd", "missed"]);
    let ElementKind::Checkbox { checked, .. } = dialog.elements[0].kind else {
        panic!("{dialog:?}");
    };
    assert!(checked);

    let filled = json!({ "calls": false, "status": "away", "missed": false });
    let (status, answer) = server.posts(FORM, "bob", &submitted(&filled)).await;
    assert_eq!((status, answer), (200, json!({})));
    let said = server.types("bob", "/phone settings", "").await;
    for line in [
        "- **Calls**: off. ",
        "- **Status during calls**: Away. ",
        "- **Missed calls**: off. ",
        "`/phone settings missed on`",
    ] {
        assert!(said.contains(line), "{said}");
    }
    // The header says who it is, and not the body.
    let said = server.types("eve", "/phone settings", "").await;
    assert!(said.contains("- **Calls**: on. "), "{said}");
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_in_the_form_is_said_beside_the_field_and_nothing_is_stored() {
    let mut server = server_with("").await;
    let before = server.types("bob", "/phone settings", "").await;
    let filled = json!({ "calls": false, "status": "ooo", "unknown": 7 });
    let (status, answer) = server.posts(FORM, "bob", &submitted(&filled)).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({ "errors": { "status": "`status` is one of `unchanged`, `dnd` or `away`." } })
    );
    let mut cancelled = submitted(&json!(null));
    cancelled["type"] = "dialog_cancelled".into();
    cancelled["cancelled"] = true.into();
    let (status, answer) = server.posts(FORM, "bob", &cancelled).await;
    assert_eq!((status, answer), (200, json!({})));
    let (status, answer) = server.posts(FORM, "guest", &submitted(&json!({}))).await;
    assert_eq!(status, 200);
    assert_eq!(answer["error"], "Guests cannot see the phones.");
    let mut other = submitted(&json!({ "calls": false }));
    other["callback_id"] = "other".into();
    assert_eq!(server.posts(FORM, "bob", &other).await.0, 400);
    assert_eq!(server.posts(FORM, "", &other).await.0, 401);
    assert_eq!(server.posts(FORM, "bob", &json!([])).await.0, 400);
    let long = json!({ "x": "y".repeat(70_000) });
    assert_eq!(server.posts(FORM, "bob", &long).await.0, 413);
    assert_eq!(server.types("bob", "/phone settings", "").await, before);
    let personal = server.host.personal();
    personal.fail("compare_and_set", HostErrorKind::Transient);
    let filled = submitted(&json!({ "calls": false }));
    let (status, answer) = server.posts(FORM, "bob", &filled).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer["error"],
        "Mattermost could not store that. Try again."
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_form_the_settings_are_told_and_chosen_in_words() {
    let server = server_with("").await;
    server
        .host
        .personal()
        .fail("open_dialog", HostErrorKind::Permanent);
    let said = server.types("bob", "/phone settings", "old").await;
    assert!(
        said.starts_with("The form could not be shown here"),
        "{said}"
    );
    assert!(said.contains("- **Name**: off. "), "{said}");
    let said = server.types("bob", "/phone settings name ON", "").await;
    assert_eq!(said, "Name: on. That holds from now on.");
    let said = server.types("bob", "/phone settings", "").await;
    assert!(said.contains("- **Name**: on. "), "{said}");
    assert!(said.contains("`/phone settings name off`"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_test_shows_what_reaches_the_server() {
    let mut server = server_with("").await;
    let said = server.types("eve", "/phone test all", "").await;
    assert!(said.starts_with("Only administrators"), "{said}");
    let said = server.types("bob", "/phone test", "").await;
    assert!(said.starts_with("What arrives is shown for five minutes"));
    let polycom = "<PolycomIPPhone><OffHookEvent><PhoneIP>10.0.0.5</PhoneIP><MACAddress>x</MACAddress></OffHookEvent></PolycomIPPhone>";
    for (method, uri, body, status) in [
        ("GET", "/sip/dnd-on/123?secret=hush", "", 200),
        ("GET", "/sip/dnd-on/bob?secret=wrong", "", 401),
        ("POST", "/sip/no-such/bob", "secret=hush&number=7", 404),
        ("GET", "/sip/dnd-on/eve?secret=hush", "", 200),
        ("POST", "/sip/polycom?secret=hush", polycom, 200),
        ("DELETE", "/sip/dnd-on/bob?secret=hush", "", 405),
    ] {
        let answer = server.client.call(method, uri, &[], body).await;
        assert_eq!(answer.0, status, "{uri}");
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let told = server.told("bob");
    let text = &told.last().expect("a message").text;
    for shown in [
        "✔ understood: **bob**: `dnd-on`\n  `GET /sip/dnd-on/123?secret=…`",
        "✖ refused: the secret is wrong or missing\n  `GET /sip/dnd-on/bob?secret=…`",
        "✖ refused: unknown action \\`no-such\\`",
        "  `POST /sip/no-such/bob`\n  `secret=…&number=7`",
        "✖ refused: method not allowed\n  `DELETE ",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains("hush") && !text.contains("wrong`") && !text.contains("eve"));
    assert!(!text.contains("Polycom"), "{text}");
    let said = server.types("bob", "/phone test stop", "").await;
    assert_eq!(said, "The test has ended.");
    let said = server.types("bob", "/phone test stop", "").await;
    assert_eq!(said, "You have no test that goes on.");
}

#[tokio::test(start_paused = true)]
async fn an_admins_test_shows_what_they_name() {
    let mut server = server_with("").await;
    let started = server.types("admin", "/phone test 555", "").await;
    assert!(started.starts_with("What arrives is shown"));
    for uri in ["/sip/dnd-on/555?secret=hush", "/sip/dnd-on/556?secret=hush"] {
        assert_eq!(server.client.get(uri).await.0, 200);
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let text = server.told("admin").pop().expect("a message").text;
    assert!(text.starts_with("**What arrives of 555**"), "{text}");
    assert!(text.contains("/sip/dnd-on/555?secret=…") && !text.contains("556"));
}

pub(super) const LINK: &str = "/api/v1/buttons/link";

pub(super) fn press(message: &Message, button: usize) -> Value {
    json!({ "user_id": "admin", "post_id": "p", "context": message.buttons[button].context })
}

#[tokio::test(start_paused = true)]
async fn an_admin_approves_a_number_with_a_button() {
    let mut server = server_with("\"phonelinks\":\"admin\"").await;
    let said = server.types("bob", "/phone link", "").await;
    assert_eq!(said, "Your numbers: 123.");
    let said = server.types("bob", "/phone link 6001", "").await;
    assert!(said.starts_with("The administrators were asked whether 6001 is yours."));
    let said = server.types("bob", "/phone link", "").await;
    assert_eq!(said, "Your numbers: 123. 6001 waits for an administrator.");
    let question = server.told("admin").pop().expect("a message");
    assert!(
        question
            .text
            .starts_with("@bob says that the phone number 6001 is theirs.")
    );
    assert_eq!(question.buttons[0].path, &LINK[1..]);

    for user in ["bob", "eve", "guest"] {
        let (status, answer) = server.posts(LINK, user, &press(&question, 0)).await;
        assert_eq!(status, 200);
        let said = answer["ephemeral_text"].as_str().expect("a text");
        assert_eq!(said, "Only administrators of the system decide about that.");
    }
    let mut forged = press(&question, 0);
    forged["context"]["token"] = "x".into();
    let (_, answer) = server.posts(LINK, "admin", &forged).await;
    let decided = "This is decided already, or no longer asked.";
    assert_eq!(answer["ephemeral_text"], decided);

    let (status, answer) = server.posts(LINK, "admin", &press(&question, 0)).await;
    assert_eq!((status, answer), (200, json!({})));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let answered = server.told("admin").pop().expect("a message");
    assert_eq!(
        answered.text,
        "@bob has the phone number 6001: approved by @admin."
    );
    assert_eq!(answered.buttons, []);
    let told = server.told("bob").pop().expect("a message").text;
    assert!(told.ends_with("6001 is your number from now on."), "{told}");
    let (_, answer) = server.posts(LINK, "admin", &press(&question, 1)).await;
    assert_eq!(answer["ephemeral_text"], decided, "pressed twice");

    // From now on the phone's own URL may carry the number.
    let phone = "/sip/dnd-on/6001?secret=hush";
    assert_eq!(server.client.get(phone).await.0, 200);
    settle().await;
    assert_eq!(server.host.messages(), ["bob DND on"]);
    let said = server.types("eve", "/phone link 6001", "").await;
    assert!(said.starts_with("6001 belongs to somebody else."), "{said}");
    assert!(!said.contains("bob"));
    let said = server.types("eve", "/phone unlink 6001", "").await;
    assert!(
        said.starts_with("6001 is no number that you linked."),
        "{said}"
    );
    let said = server.types("bob", "/phone unlink 6001", "").await;
    assert_eq!(said, "6001 is no longer linked.");
    settle().await;
    assert_eq!(server.client.get(phone).await.0, 200);
    settle().await;
    assert_eq!(server.host.messages(), ["bob DND on", "6001 DND on"]);
}

#[tokio::test(start_paused = true)]
async fn an_admin_refuses_a_number_or_comes_too_late() {
    let mut server = server_with("\"phonelinks\":\"admin\"").await;
    server.types("bob", "/phone link 6001", "").await;
    let question = server.told("admin").pop().expect("a message");
    server.posts(LINK, "admin", &press(&question, 1)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = server.told("bob").pop().expect("a message").text;
    assert!(told.ends_with("6001 is not linked to you."), "{told}");
    let said = server.types("bob", "/phone link", "").await;
    assert_eq!(said, "Your numbers: 123.");

    server.types("bob", "/phone link 6002", "").await;
    let question = server.told("admin").pop().expect("a message");
    server.types("bob", "/phone unlink 6002", "").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let answered = server.told("admin").pop().expect("a message");
    assert_eq!(
        answered.text,
        "@bob no longer asks for the phone number 6002."
    );
    let (_, answer) = server.posts(LINK, "admin", &press(&question, 0)).await;
    assert!(answer["ephemeral_text"].is_string());
    assert_eq!(
        server.types("bob", "/phone link", "").await,
        "Your numbers: 123."
    );
}

#[tokio::test(start_paused = true)]
async fn an_admin_needs_nobodys_leave_and_nobody_reached_is_said() {
    let server = server_with("\"phonelinks\":\"admin\"").await;
    let said = server.types("admin", "/phone link 6009", "").await;
    assert_eq!(said, "6009 is your number from now on.");
    server.host.fail("administrators", HostErrorKind::Transient);
    let said = server.types("bob", "/phone link 6001", "").await;
    assert_eq!(said, "No administrator could be asked. Try again later.");
    let said = server.types("bob", "/phone link", "").await;
    assert_eq!(said, "Your numbers: 123.");
}

#[tokio::test(start_paused = true)]
async fn where_numbers_are_not_linked_that_is_said_with_who_can_allow_it() {
    let server = server_with("").await;
    let said = server.types("bob", "/phone link 6001", "").await;
    assert!(said.contains("`PhoneLinks`"), "{said}");
    let help = server.types("bob", "/phone help", "").await;
    assert!(!help.contains("/phone link"), "{help}");
    let server = server_with("\"phonelinks\":\"call\"").await;
    let help = server.types("bob", "/phone help", "").await;
    assert!(help.contains("/phone link"), "{help}");
    // There is no Asterisk that could call.
    let said = server.types("bob", "/phone link 6001", "").await;
    assert!(said.contains("`AsteriskHost`"), "{said}");
    let said = server.types("bob", "/phone link", "").await;
    assert_eq!(said, "Your numbers: 123.", "nothing waits");
    for text in ["bob", "*72", "+"] {
        let said = server
            .types("bob", &format!("/phone link {text}"), "")
            .await;
        assert!(said.contains("is no phone number"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn do_not_disturb_says_what_became_of_it() {
    let server = server_with("").await;
    let bob = UserId::from("bob");
    server.host.personal().is(&bob, "online", false);
    let said = server.types("bob", "/phone dnd 30m", "").await;
    assert!(
        said.starts_with("Your status in the chat is do not disturb until "),
        "{said}"
    );
    assert!(said.ends_with(
        "Your phone itself is left as it is: it is none that can be switched from here."
    ));
    let said = server.types("bob", "/phone dnd off", "").await;
    assert!(
        said.starts_with("Your status in the chat is no longer do not disturb."),
        "{said}"
    );
    let said = server.types("bob", "/phone dnd until 14:00", "").await;
    assert!(said.contains("set your time zone in Mattermost"), "{said}");
    server.host.personal().is(&bob, "away", true);
    let said = server.types("bob", "/phone dnd on", "").await;
    assert!(
        said.starts_with("Your status in the chat stays away"),
        "{said}"
    );
}

/// What `/phone setup yealink @eve` prints needs no entry in the setting, so after a start nothing has a line of eve's.
#[tokio::test(start_paused = true)]
async fn somebody_without_an_entry_is_known_before_their_first_event() {
    let mut server = server_with("").await;
    for whom in ["@eve", "@EVE"] {
        let said = server
            .types("bob", &format!("/phone status {whom}"), "")
            .await;
        assert_eq!(said, "**eve**: nothing was reported yet");
    }
    let said = server.types("bob", "/phone notify @eve", "").await;
    assert!(
        said.starts_with("Nothing has been heard of eve's phone since the start, "),
        "{said}"
    );
    let said = server.types("eve", "/phone notify @Eve", "").await;
    assert_eq!(said, "That is your own phone.");
    for command in ["status", "notify"] {
        for whom in ["@nobody", "@no one*", "eve", "6009"] {
            let said = server
                .types("bob", &format!("/phone {command} {whom}"), "")
                .await;
            assert!(said.starts_with("No phone of "), "{said}");
            assert!(said.contains("`NumbersUsers`"), "{said}");
        }
    }
    // The server does not say whether there is somebody of that name.
    server
        .host
        .fail("amy", crate::host::HostErrorKind::Transient);
    let said = server.types("bob", "/phone status @amy", "").await;
    assert!(said.starts_with("Mattermost did not say who "), "{said}");
    let uri = "/sip/onhook/eve?secret=hush";
    assert_eq!(server.client.get(uri).await.0, 200);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let told = server.told("bob").pop().expect("a message").text;
    assert_eq!(told, "eve is off the phone now.");
}

#[tokio::test(start_paused = true)]
async fn somebody_is_told_when_another_is_free() {
    let mut server = server_with("").await;
    let said = server.types("eve", "/phone notify @bob", "").await;
    assert!(
        said.starts_with("Nothing has been heard of bob's phone since the start, "),
        "{said}"
    );
    let said = server.types("eve", "/phone notify 123", "").await;
    assert!(
        said.starts_with("You are already waiting for bob"),
        "{said}"
    );
    let said = server.types("eve", "/phone notify", "").await;
    assert!(said.contains("\n- bob, until "), "{said}");
    let said = server.types("bob", "/phone notify 123", "").await;
    assert_eq!(said, "That is your own phone.");
    let said = server.types("eve", "/phone notify @nobody", "").await;
    assert!(
        said.starts_with("No phone of @\u{200b}nobody is known"),
        "{said}"
    );
    let said = server.types("eve", "/phone notify cancel @bob", "").await;
    assert_eq!(said, "No message will come.");
    let said = server.types("eve", "/phone notify cancel", "").await;
    assert_eq!(said, "You do not wait for that.");
    server.types("eve", "/phone notify @bob", "").await;
    for action in ["call-established", "call-terminated"] {
        let uri = format!("/sip/{action}?user=bob&number=7&call_id=1&secret=hush");
        assert_eq!(server.client.get(&uri).await.0, 200);
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let told = server.told("eve").pop().expect("a message").text;
    assert!(told.contains("bob is off the phone now."), "{told}");
}

#[tokio::test(start_paused = true)]
async fn guests_get_none_of_it() {
    let server = server_with("\"phonelinks\":\"admin\"").await;
    for line in [
        "settings",
        "settings missed off",
        "dnd on",
        "notify @bob",
        "link 6001",
        "test",
        "status @bob",
        "help",
    ] {
        let said = server.types("guest", &format!("/phone {line}"), "t").await;
        assert_eq!(said, "Guests cannot see the phones.", "{line}");
    }
    assert!(server.told("admin").is_empty());
    assert!(server.host.personal().dialogs().is_empty());
}
