//! What phones may send, whoever made them; what each vendor's do is in `vendors`.

mod vendors;

use proptest::prelude::*;

use super::*;

fn numbers() -> NumbersUsers {
    let text = "100:bob,101:alice,+49301234567:bob,0004f2abcdef:bob,00:15:65:aa:bb:cc:alice";
    let (numbers, complaints) = NumbersUsers::parse(text);
    assert_eq!(complaints, [""; 0]);
    numbers
}

/// An event in words: action, user, other side, call id.
fn words(event: &Report) -> String {
    let peer = event.peer.as_ref().map_or("-", Peer::shown);
    let id = event.reference.as_deref().unwrap_or("-");
    format!("{} {} {peer} {id}", event.action.name(), event.user)
}

fn get(url: &str) -> Result<String, IntakeError> {
    get_as("", url)
}

/// The same of a phone that calls itself something.
fn get_as(agent: &str, url: &str) -> Result<String, IntakeError> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let request = PhoneRequest {
        path,
        query,
        body: Body::None,
        agent,
    };
    read(&request, &numbers()).map(|events| {
        assert_eq!(events.len(), 1);
        words(&events[0])
    })
}

fn post(xml: &str) -> Result<Vec<String>, IntakeError> {
    let request = PhoneRequest {
        path: "polycom",
        query: "",
        body: Body::Posted(xml.as_bytes()),
        agent: "",
    };
    read(&request, &numbers()).map(|events| events.iter().map(words).collect())
}

#[test]
fn the_originals_urls_mean_what_they_did() {
    for (url, expected) in [
        ("dnd-on/bob", "dnd-on bob - -"),
        ("dnd-on/100", "dnd-on bob - -"),
        ("onhook/102", "onhook 102 - -"),
        ("incoming-call/bob/1234567", "incoming-call bob 1234567 -"),
        ("incoming-conf/100/101", "incoming-conf bob alice -"),
        ("unknown-exten/bob/999", "unknown-exten bob 999 -"),
        ("answering-call/bob", "answering-call bob - -"),
    ] {
        assert_eq!(get(url).as_deref(), Ok(expected), "{url}");
    }
    for name in Action::names() {
        assert_eq!(get(&format!("{name}/bob")), Ok(format!("{name} bob - -")));
    }
}

#[test]
fn what_phones_and_people_make_of_a_url_is_put_up_with() {
    for (what, url, expected) in [
        (
            "escaped twice",
            "incoming-call/bob/%252B49301112222",
            "incoming-call bob +49301112222 -",
        ),
        (
            "a slash in a number",
            "incoming-call/bob/030%2F1112222",
            "incoming-call bob 030/1112222 -",
        ),
        (
            "a plus in a path",
            "incoming-call/bob/+49301112222",
            "incoming-call bob +49301112222 -",
        ),
        (
            "blanks",
            "incoming-call/%20bob%20/%20030%20111%20",
            "incoming-call bob 030 111 -",
        ),
        (
            "an empty number",
            "incoming-call/bob/",
            "incoming-call bob - -",
        ),
        (
            "a user's other number, in another form",
            "incoming-call/100/0301234567",
            "incoming-call bob - -",
        ),
        (
            "a user's own unmapped number",
            "incoming-call/0240404040/+33240404040",
            "incoming-call 0240404040 - -",
        ),
        (
            "a number mapped in another form",
            "incoming-call/alice/+49 30 1234567",
            "incoming-call alice bob -",
        ),
        (
            "path and query",
            "incoming-call/bob?number=5&call_id=1",
            "incoming-call bob 5 1",
        ),
        (
            "a path's unfilled user",
            "offhook/$active_user?mac=0004f2abcdef",
            "offhook bob - -",
        ),
        (
            "an unmapped address",
            "offhook?mac=aabbccddeeff",
            "offhook aabbccddeeff - -",
        ),
        (
            "an ampersand out of XML",
            "incoming-call?user=100&amp;number=5&amp;call_id=7",
            "incoming-call bob 5 7",
        ),
        (
            "parameters in capitals",
            "incoming-call?USER=100&Number=5&CallId=7",
            "incoming-call bob 5 7",
        ),
        (
            "parameters by their variables' names",
            "incoming-call?active_user=100&remote=5&local=100&call-id=7&MAC=001565aabbcc",
            "incoming-call bob 5 7",
        ),
        (
            "a name where there is no number",
            "incoming-call?user=100&number=&display_remote=Eve%20Miller",
            "incoming-call bob Eve Miller -",
        ),
        (
            "a name beside a number",
            "incoming-call?user=100&display_remote=Eve&remote=5",
            "incoming-call bob 5 -",
        ),
        (
            "the phone's own number beside a person's name",
            "outgoing-call?user=carol&active_user=300&local=5&number=sip:300@pbx",
            "outgoing-call carol 5 -",
        ),
        (
            "the same in a path",
            "outgoing-call/carol/300?user=300&number=5",
            "outgoing-call carol 5 -",
        ),
        ("a code", "i/100?n=5", "incoming-call bob 5 -"),
        ("a code in the query form", "d1?user=100", "dnd-on bob - -"),
        ("a name in the path by its code", "u/bob", "offhook bob - -"),
    ] {
        assert_eq!(get(url).as_deref(), Ok(expected), "{what}");
    }
}

#[test]
fn forms_are_read_like_queries() {
    let request = PhoneRequest {
        path: "incoming-call",
        query: "secret=x",
        body: Body::Form("user=100&number=%2B49301112222&call_id=5"),
        agent: "",
    };
    let events = read(&request, &numbers()).expect("a form");
    assert_eq!(words(&events[0]), "incoming-call bob +49301112222 5");
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let unknown = get("ring-ring/bob").expect_err("unknown");
    assert!(matches!(unknown, IntakeError::UnknownAction(_)));
    let line = unknown.to_string();
    assert!(
        line.starts_with("unknown action `ring-ring`; the known ones are dnd-on dnd-off offhook ")
    );
    assert!(line.ends_with(" polycom"), "{line}");
    for url in [
        "",
        "/",
        "dnd-on",
        "dnd-on/",
        "dnd-on?user=$user",
        "a/b/c/d",
        "dnd-on/bob/1/2",
        "/bob",
        "dnd-on//1",
    ] {
        assert!(matches!(get(url), Err(IntakeError::Malformed(_))), "{url}");
    }
    assert!(
        matches!(get("ring%0aring%1b/bob"), Err(IntakeError::UnknownAction(a)) if a == "ring ring")
    );
    assert_eq!(get("polycom"), Err(IntakeError::WantsPost));
    let long = get(&format!("{}/bob", "x".repeat(9999))).expect_err("unknown");
    assert!(long.to_string().len() < 600);
}

#[test]
fn what_is_long_is_bounded() {
    let user = get(&format!("dnd-on/{}", "x".repeat(9999))).expect("a long name");
    assert!(user.chars().count() < 80);
    let id = get(&format!("incoming-call/bob?call_id={}", "x".repeat(200)));
    assert_eq!(id.as_deref(), Ok("incoming-call bob - -"));
}

/// A phone that nobody has goes by what it gives for its address, which was neither cut nor cleaned: 64 KB of it stood on the board.
#[test]
fn what_a_phone_gives_for_its_address_was_shown_as_it_came() {
    let user = get(&format!("offhook?mac={}", "x".repeat(8000))).expect("an address");
    assert!(user.chars().count() < 80, "{user}");
    let turned = get("offhook?mac=00%E2%80%AE04f2%0Aab");
    assert_eq!(
        turned,
        Err(get("offhook").expect_err("no user")),
        "a line end"
    );
    let turned = get("offhook?mac=00%E2%80%AE04f2");
    assert_eq!(turned.as_deref(), Ok("offhook 0004f2 - -"));
    let long = format!(
        "<OffHookEvent><MACAddress>{}</MACAddress></OffHookEvent>",
        "ÿ".repeat(100)
    );
    let events = post(&long).expect("an event");
    assert!(events[0].chars().count() < 80, "{events:?}");
    assert!(
        get("offhook?mac=%E2%80%8B").is_err(),
        "nothing that is seen"
    );
}

#[test]
fn the_reference_of_a_polycoms_call_was_taken_with_control_characters() {
    let rings = |reference: &str| {
        post(&format!(
            "<IncomingCallEvent><MACAddress>0004f2abcdef</MACAddress><CallingPartyNumber>5</CallingPartyNumber>\
             <CallReference>{reference}</CallReference></IncomingCallEvent>"
        ))
    };
    let plain = rings("6d7de1d8").expect("an event");
    assert!(plain[0].ends_with(" 6d7de1d8"), "{plain:?}");
    let controls = rings("6d7d\u{7f}e1d8").expect("an event");
    assert!(controls[0].ends_with(" -"), "{controls:?}");
}

proptest! {
    #[test]
    fn any_request_is_read_without_harm(path in "[a-z/%$.0-9+-]{0,40}", query in "[a-z=&%$+0-9]{0,60}") {
        let request = PhoneRequest { path: &path, query: &query, body: Body::None, agent: "" };
        if let Ok(events) = read(&request, &numbers()) {
            for event in events {
                prop_assert!(!event.user.is_empty());
            }
        }
    }

    #[test]
    fn any_xml_is_read_without_harm(xml in "(<|>|/|[a-c]| |&|;|=|\"|<OffHookEvent>|</OffHookEvent>|<MACAddress>|</MACAddress>){0,60}") {
        let _ = post(&xml);
    }
}
