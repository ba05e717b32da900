//! Polycom: XML to one URL for all events ("Web Application Developer's Guide", UC Software).

use super::*;

#[test]
fn polycoms_xml_reaches_the_intake_by_what_is_printed() {
    for (form, path) in FORMS {
        let printed = printed("polycom", Whose::Everyone, *form);
        let [xml] = &printed[..] else {
            panic!("{printed:?}");
        };
        let line = xml.text.lines().find(|line| line.contains(".URL="));
        let url = line.and_then(|line| line.split('"').nth(1)).expect("a URL");
        let (place, request) = place(url);
        assert_eq!(place, *path);
        assert_eq!(request.split('?').next(), Some("polycom"));
        // Each of these is an event that the tests below read.
        for event in ["callStateChange", "offhook", "onhook"] {
            let setting = format!("apps.telNotification.{event}Event=\"1\"");
            assert!(xml.text.contains(&setting), "{setting}");
        }
        for twice in ["incomingEvent", "outgoingEvent"] {
            assert!(!xml.text.contains(twice), "{twice}");
        }
    }
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
        agent: "",
    };
    let events = read(&request, &numbers()).expect("Latin-1");
    assert_eq!(words(&events[0]), "incoming-call bob Jörg -");
    assert_eq!(
        post(&format!("\u{feff}{IN}")).map(|events| events.len()),
        Ok(1)
    );
}
