//! Checking the settings from the System Console.

use serde_json::{Value, json};

use super::*;
use crate::app::tests::app_of;

const PATH: &str = "/api/v1/admin/check";

async fn checked(more: &Value) -> (Client, Value) {
    let (app, _host) = app_of("switchboard").await;
    let mut settings: Value = serde_json::from_str(SETTINGS).expect("JSON");
    for (key, value) in more.as_object().expect("an object") {
        settings[key] = value.clone();
    }
    app.configure(settings.to_string().as_bytes());
    settle().await;
    let mut client = Client(Service::new(app));
    let (status, body, _) = client.call("POST", PATH, &[(USER_ID, "admin")], "").await;
    assert_eq!(status, 200, "{body}");
    (client, serde_json::from_str(&body).expect("JSON"))
}

/// What was found of a part: how it is, and the words.
fn found<'a>(answer: &'a Value, part: &str) -> Vec<(&'a str, &'a str)> {
    let all = answer["checks"].as_array().expect("findings").iter();
    let own = all.filter(|finding| finding["part"] == part);
    own.map(|finding| {
        let text = |key: &str| finding[key].as_str().expect("text");
        (text("state"), text("what"))
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn only_administrators_may_check() {
    let (app, _host) = app_of("switchboard").await;
    let mut client = Client(Service::new(app));
    for (user, wanted) in [("", 401), ("bob", 403), ("guest", 403), ("nobody", 503)] {
        let headers = [(USER_ID, user)];
        let (status, body, _) = client.call("POST", PATH, &headers, "").await;
        assert_eq!(status, wanted, "{user}: {body}");
    }
    let (status, _, headers) = client.call("GET", PATH, &[(USER_ID, "admin")], "").await;
    assert_eq!((status, headers[ALLOW].to_str().unwrap()), (405, "POST"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_set_is_off_and_what_is_wrong_names_its_remedy() {
    let (_client, answer) = checked(&json!({})).await;
    assert_eq!(found(&answer, "settings")[0].0, "ok", "{answer}");
    for part in ["asterisk", "ovh", "pexip", "callbacks"] {
        assert_eq!(found(&answer, part)[0].0, "off", "{answer}");
    }

    let (_client, answer) = checked(&json!({
        "callbackurl": "https://crm.example.com/key-in-the-path?*CALLING*&token=hidden",
        "perpagestatuses": "many",
    }))
    .await;
    let settings = found(&answer, "settings");
    assert!(
        settings
            .iter()
            .any(|(state, what)| *state == "bad"
                && what.starts_with("“Statuses on a page” is `many`")),
        "{answer}"
    );
    assert!(answer["checks"][0]["remedy"].is_string(), "{answer}");
    // The host is none of those that may be asked, and nothing but the host is named.
    let (state, what) = found(&answer, "callbacks")[0];
    assert_eq!(state, "bad");
    assert!(
        what.contains("`crm.example.com`") && what.contains("not allowed"),
        "{what}"
    );
    let text = answer.to_string();
    for secret in ["hush", "key-in-the-path", "hidden"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

/// The Console shows labels: nobody finds `AsteriskUser` there, and what lacks its account is not "not set".
#[tokio::test(start_paused = true)]
async fn a_half_set_asterisk_was_not_set_and_its_settings_had_other_names_than_their_fields() {
    let (_client, answer) = checked(&json!({"asteriskhost": "127.0.0.1"})).await;
    let what = "“Asterisk: AMI user” is empty";
    assert_eq!(found(&answer, "asterisk"), [("bad", what)]);
    let others = "all other settings can be read, and what they name is there";
    assert_eq!(found(&answer, "settings"), [("ok", others)]);
    let remedy = &answer["checks"][1]["remedy"];
    assert!(
        remedy
            .as_str()
            .is_some_and(|text| text.starts_with("Enter")),
        "{answer}"
    );
    // Where a text itself names another setting.
    let page = json!({"callbackpageurl": "https://crm.example.com/", "callbackframehosts": "a.b"});
    let (_client, answer) = checked(&page).await;
    let label = "the page of “Callbacks: addresses viewers open”'s line 1";
    let (state, what) = found(&answer, "callbacks")[0];
    assert!(state == "bad" && what.contains(label), "{answer}");
    assert!(!answer.to_string().contains("CallbackPageUrl"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn pages_that_viewers_open_were_no_callbacks() {
    let page = json!({"callbackpageurl": "https://crm.example.com/k3y?*CALLING*\nhttps://crm.example.com/x"});
    let (_client, answer) = checked(&page).await;
    let [(state, what)] = found(&answer, "callbacks")[..] else {
        panic!("{answer}");
    };
    assert_eq!(state, "ok");
    assert!(
        what.starts_with("pages of `crm.example.com` open for those who"),
        "{what}"
    );
    assert!(!what.contains("k3y"), "{what}");
}

#[tokio::test(start_paused = true)]
async fn the_bundles_of_others_have_no_check() {
    let (app, _host) = app_of("net.bytemine.sip").await;
    let mut client = Client(Service::new(app));
    let (status, ..) = client.call("POST", PATH, &[(USER_ID, "admin")], "").await;
    assert_ne!(status, 200);
}
