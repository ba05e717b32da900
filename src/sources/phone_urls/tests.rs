//! What each vendor's phones send, as their manuals and provisioning files have it.

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
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let request = PhoneRequest {
        path,
        query,
        body: Body::None,
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
fn every_vendors_urls_are_understood() {
    for (vendor, url, expected) in [
        (
            "Yealink",
            "incoming-call?user=100&number=sip:0240404040@10.0.0.5&call_id=17&mac=001565aabbcc",
            "incoming-call bob 0240404040 17",
        ),
        (
            "Yealink, $active_user empty",
            "offhook?user=&mac=001565aabbcc",
            "offhook alice - -",
        ),
        (
            "Yealink, variables unfilled",
            "missed-call?user=$active_user&mac=00:15:65:aa:bb:cc&number=$remote&call_id=$call_id",
            "missed-call alice - -",
        ),
        (
            "Yealink, in a path",
            "call-established/100/%3Csip%3A0240404040%4010.0.0.5%3E",
            "call-established bob 0240404040 -",
        ),
        (
            "Snom",
            "incoming-call?user=100&number=%22Eve%22%20%3Csip:eve@pbx;user=phone%3E&call_id=3c26700a@snom",
            "incoming-call bob eve 3c26700a@snom",
        ),
        (
            "Snom, $remote is the user",
            "incoming-call?user=100&number=100@pbx&number=0240404040@pbx",
            "incoming-call bob 0240404040 -",
        ),
        (
            "Snom, its own names",
            "call-terminated?user=100&local=sip:100@pbx&remote=sip:101@pbx&call-id=x",
            "call-terminated bob alice x",
        ),
        (
            "Snom, dnd",
            "dnd-on?user=$active_user&mac=0004F2ABCDEF",
            "dnd-on bob - -",
        ),
        (
            "Grandstream GXP",
            "incoming-call?mac=0004f2abcdef&number=+49301112222&user=",
            "incoming-call bob +49301112222 -",
        ),
        (
            "Grandstream GRP261x",
            "incoming-call?user={account}&mac=0004f2abcdef&number={remoteNumber}&call_id={call-id}",
            "incoming-call bob - -",
        ),
        (
            "Grandstream GRP261x, filled",
            "outgoing-call?user=101&number=555&call_id=9",
            "outgoing-call alice 555 9",
        ),
        (
            "Mitel/Aastra",
            "incoming-call/101/$$REMOTENUMBER$$",
            "incoming-call alice - -",
        ),
        (
            "Mitel/Aastra, filled",
            "incoming-call?user=101&number=0301112222",
            "incoming-call alice 0301112222 -",
        ),
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
    ] {
        assert_eq!(get(url).as_deref(), Ok(expected), "{vendor}");
    }
}

#[test]
fn forms_are_read_like_queries() {
    let request = PhoneRequest {
        path: "incoming-call",
        query: "secret=x",
        body: Body::Form("user=100&number=%2B49301112222&call_id=5"),
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

const IN: &str = "<IncomingCallEvent><PhoneIP>172.24.132.135</PhoneIP><MACAddress>0004F2ABCDEF</MACAddress>\
    <CallingPartyName>Eve &amp; Co</CallingPartyName><CallingPartyNumber>20701@172.18.186.94</CallingPartyNumber>\
    <CalledPartyName>20300</CalledPartyName><CalledPartyNumber>20300</CalledPartyNumber>\
    <TimeStamp>2008-07-11T13:19:53-08:00</TimeStamp></IncomingCallEvent>";

#[test]
fn polycoms_events_are_read_with_and_without_their_wrapper() {
    let out = IN.replace("Incoming", "Outgoing");
    let off = "<OffHookEvent><PhoneIP>1.2.3.4</PhoneIP><MACAddress>0004f2abcdef</MACAddress></OffHookEvent>";
    let on = off.replace("OffHook", "OnHook");
    for (xml, expected) in [
        (IN, "incoming-call bob 20701 -"),
        (&out, "outgoing-call bob 20300 -"),
        (off, "offhook bob - -"),
        (&on, "onhook bob - -"),
    ] {
        assert_eq!(post(xml), Ok(vec![expected.to_owned()]));
        let wrapped = format!(
            "<?xml version=\"1.0\"?>\r\n<PolycomIPPhone>\r\n{xml}\r\n</PolycomIPPhone>\r\n"
        );
        assert_eq!(post(&wrapped), Ok(vec![expected.to_owned()]));
    }
    let both = format!("<PolycomIPPhone>{off}{on}</PolycomIPPhone>");
    assert_eq!(post(&both).map(|events| events.len()), Ok(2));
}

#[test]
fn polycoms_call_states_are_read() {
    let xml = |state: &str, kind: &str| {
        format!(
            "<CallStateChangeEvent CallReference=\"6d7de1d8\" CallState=\"{state}\"><PhoneIP>1.2.3.4</PhoneIP>\
             <MACAddress>0004f2abcdef</MACAddress><CallLineInfo><LineKeyNum>1</LineKeyNum><LineDirNum>100</LineDirNum>\
             <LineState>Active</LineState>\
             <CallInfo><CallState>Hold</CallState><CallType>Incoming</CallType><CallingPartyDirNum>sip:777@pbx</CallingPartyDirNum>\
             <CallReference>other</CallReference></CallInfo>\
             <CallInfo><CallState>{state}</CallState><CallType>{kind}</CallType><UIAppearanceIndex>1*</UIAppearanceIndex>\
             <CalledPartyName>Bob</CalledPartyName><CalledPartyDirNum>sip:100@pbx</CalledPartyDirNum>\
             <CallingPartyName/><CallingPartyDirNum>sip:555@pbx</CallingPartyDirNum>\
             <CallReference>6d7de1d8</CallReference><CallDuration>0</CallDuration></CallInfo>\
             </CallLineInfo></CallStateChangeEvent>"
        )
    };
    for (state, expected) in [
        ("Offering", "incoming-call"),
        ("Connected", "call-established"),
        ("Hold", "call-held"),
        ("Held", "call-held"),
        ("Disconnected", "call-terminated"),
        ("Free", "call-terminated"),
    ] {
        let expected = format!("{expected} bob 555 6d7de1d8");
        assert_eq!(post(&xml(state, "Incoming")), Ok(vec![expected]), "{state}");
    }
    for state in ["Dialtone", "Setup", "Ncas", ""] {
        assert_eq!(post(&xml(state, "Outgoing")), Ok(vec![]), "{state}");
    }
    // The far side is dialled, the near side is bob's own, so neither is taken for the other.
    let out = xml("Ringback", "Outgoing")
        .replace("100@pbx", "556@pbx")
        .replace("sip:555@pbx", "100");
    assert_eq!(
        post(&out),
        Ok(vec!["outgoing-call bob 556 6d7de1d8".to_owned()])
    );
}

#[test]
fn polycoms_unmapped_phones_go_by_their_number_or_address() {
    let other = IN.replace("0004F2ABCDEF", "0004f2000001");
    assert_eq!(
        post(&other),
        Ok(vec!["incoming-call 20300 20701 -".to_owned()])
    );
    let off = "<OffHookEvent><MACAddress>0004f2000001</MACAddress></OffHookEvent>";
    assert_eq!(post(off), Ok(vec!["offhook 0004f2000001 - -".to_owned()]));
    let anonymous = IN
        .replace("20701@172.18.186.94", "")
        .replace("Eve &amp; Co", "");
    assert_eq!(
        post(&anonymous),
        Ok(vec!["incoming-call bob - -".to_owned()])
    );
    let named = IN.replace("20701@172.18.186.94", "");
    assert_eq!(
        post(&named),
        Ok(vec!["incoming-call bob Eve & Co -".to_owned()])
    );
}

#[test]
fn other_events_of_polycom_are_let_pass() {
    for xml in [
        "<PolycomIPPhone><LineRegistrationEvent><MACAddress>0004f2abcdef</MACAddress></LineRegistrationEvent></PolycomIPPhone>",
        "<PhoneLockedEvent/>",
    ] {
        assert_eq!(post(xml), Ok(vec![]));
    }
}

#[test]
fn bad_xml_is_refused() {
    let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
    let many = format!("<a>{}</a>", "<b/>".repeat(5000));
    let events = format!(
        "<a>{}</a>",
        "<OffHookEvent><MACAddress>0004f2abcdef</MACAddress></OffHookEvent>".repeat(17)
    );
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><OffHookEvent><MACAddress>&b;</MACAddress></OffHookEvent>";
    let entity = IN.replace("&amp;", "&b;");
    let nobody = "<OffHookEvent><PhoneIP>1.2.3.4</PhoneIP></OffHookEvent>";
    for xml in [
        "",
        "  ",
        "hello",
        "<a",
        "<a>",
        "<a></b>",
        "</a>",
        &IN[..80],
        &deep,
        &many,
        &events,
        bomb,
        &entity,
        nobody,
    ] {
        let error = post(xml).expect_err(xml);
        assert!(matches!(error, IntakeError::Malformed(_)), "{xml}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn latin_1_and_a_byte_order_mark_are_read() {
    let mut xml = IN
        .replace("20701@172.18.186.94", "")
        .replace("Eve &amp; Co", "J#rg")
        .into_bytes();
    let at = xml.iter().position(|&b| b == b'#').expect("a mark");
    xml[at] = 0xf6;
    let request = PhoneRequest {
        path: "polycom",
        query: "",
        body: Body::Posted(&xml),
    };
    let events = read(&request, &numbers()).expect("Latin-1");
    assert_eq!(words(&events[0]), "incoming-call bob Jörg -");
    assert_eq!(
        post(&format!("\u{feff}{IN}")).map(|events| events.len()),
        Ok(1)
    );
}

proptest! {
    #[test]
    fn any_request_is_read_without_harm(path in "[a-z/%$.0-9+-]{0,40}", query in "[a-z=&%$+0-9]{0,60}") {
        let request = PhoneRequest { path: &path, query: &query, body: Body::None };
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
