//! What calls ask of Asterisk.

use std::sync::Arc;
use std::time::Duration;

use devhost::asterisk::{Ami, Message, Options, Release};

use super::{asterisk, connected, limits, settings};
use crate::board::Direction;
use crate::calls::{
    AgentAction, AgentRequest, CallKey, Control, Dial, Driver, Impossible, NewCall, NotSwitched,
    Order, Pbx, Refusal, TextMessage,
};
use crate::sources::asterisk::link::Limits;
use crate::sources::asterisk::{Asterisk, DndSwitch, Settings};

fn dial(number: &str) -> Dial {
    Dial::new(number).expect("a number")
}

fn call() -> NewCall {
    NewCall {
        from: dial("6001"),
        to: dial("6002"),
        caller_name: "Bob \"the\" Miller\r\nApplication: System".to_owned(),
        caller_number: dial("6001"),
        ring_limit: Duration::from_secs(30),
        picks_up: None,
    }
}

fn text(text: &str) -> TextMessage {
    TextMessage {
        driver: None,
        to: dial("6001"),
        from: "Bob".to_owned(),
        text: text.to_owned(),
    }
}

fn error(words: &str) -> Vec<Message> {
    vec![Message::new(&[("Response", "Error"), ("Message", words)])]
}

fn success() -> Vec<Message> {
    vec![Message::new(&[("Response", "Success")])]
}

#[tokio::test]
async fn a_call_is_ordered_under_ids_of_ours() {
    let (ami, asterisk) = connected(Options::default()).await;
    let (first, second) = tokio::join!(asterisk.originate(call()), asterisk.originate(call()));
    assert!(first.is_ok() && second.is_ok());
    let orders = ami.actions();
    let orders = orders
        .iter()
        .filter(|a| a.get("Action") == Some("Originate"));
    let orders: Vec<_> = orders.collect();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0].get("Channel"), Some("Local/6001@from-internal/n"));
    let caller = "\"Bob the Miller Application System\" <6001>";
    assert_eq!(orders[0].get("CallerID"), Some(caller));
    for id in ["ActionID", "ChannelId", "OtherChannelId"] {
        assert_ne!(orders[0].get(id), orders[1].get(id));
    }
    for forbidden in ["Application", "Data", "Variable", "Codecs"] {
        assert_eq!(orders[0].get(forbidden), None);
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let (ami, asterisk) = connected(Options::default()).await;
    let refusal = async || asterisk.originate(call()).await.expect_err("refused");
    ami.set_answer("Originate", error("Extension does not exist."));
    let words = "Extension does not exist.".to_owned();
    assert_eq!(refusal().await, Refusal::Rejected(words));
    ami.set_answer("Originate", error("Permission denied"));
    assert_eq!(refusal().await, Refusal::MissingRight("originate"));

    let off = super::asterisk(limits());
    let refused = off.originate(call()).await.expect_err("refused");
    assert_eq!(
        refused,
        Refusal::NotConnected("it is not set up".to_owned())
    );

    ami.stop();
    super::until_down(&asterisk).await;
    let Refusal::NotConnected(why) = refusal().await else {
        panic!("connected?");
    };
    assert!(why.contains("127.0.0.1, port "), "{why}");
}

#[tokio::test]
async fn what_the_account_may_not_is_not_even_asked() {
    let (ami, asterisk) = connected(Options {
        write: vec!["call"],
        ..Options::default()
    })
    .await;
    let refused = asterisk.originate(call()).await.expect_err("refused");
    assert_eq!(refused, Refusal::MissingRight("originate"));
    let refused = asterisk
        .send_text(text("hello"))
        .await
        .expect_err("refused");
    assert_eq!(refused, Refusal::MissingRight("message"));
    let refused = agent(&asterisk, None, AgentAction::Login).await;
    assert_eq!(
        refused.expect_err("refused"),
        Refusal::MissingRight("agent")
    );
    for action in ["Originate", "MessageSend", "QueueAdd"] {
        let asked = ami.actions();
        assert!(!asked.iter().any(|own| own.get("Action") == Some(action)));
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for_for_ever() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    ami.set_answer("Originate", Vec::new());
    let asterisk = asterisk(Limits {
        action: Duration::from_millis(200),
        ..limits()
    });
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(super::PATIENCE).await;
    let orders = (0..100).map(|_| asterisk.originate(call()));
    let ended = futures_util::future::join_all(orders).await;
    let count = |refusal: &Refusal| {
        let same = ended
            .iter()
            .filter(|end| end.as_ref().err() == Some(refusal));
        same.count()
    };
    // As many as may be under way at once; the others are told so at once.
    assert_eq!(
        (count(&Refusal::NoAnswer), count(&Refusal::TooMuch)),
        (64, 36)
    );
    // And then there is room again.
    ami.reset_answer("Originate");
    assert!(asterisk.originate(call()).await.is_ok());
}

#[tokio::test]
async fn an_order_under_way_ends_with_the_connection() {
    let (ami, asterisk) = connected(Options::default()).await;
    ami.set_answer("Originate", Vec::new());
    let (ended, ()) = tokio::join!(asterisk.originate(call()), async {
        ami.wait_for("Originate").await;
        ami.close_all();
    });
    assert_eq!(ended.expect_err("refused"), Refusal::NoAnswer);
}

#[tokio::test]
async fn texts_go_in_as_many_parts_as_they_need() {
    let (ami, asterisk) = connected(Options::default()).await;
    assert_eq!(asterisk.send_text(text("Call me: 6002")).await, Ok(1));
    assert_eq!(
        ami.wait_for("MessageSend").await.get("Body"),
        Some("Call me: 6002")
    );
    let long = "Grüße aus dem Süden. ".repeat(80);
    assert_eq!(asterisk.send_text(text(&long)).await, Ok(3));
    let sent = ami.actions();
    let parts = sent
        .iter()
        .filter(|action| action.get("Base64Body").is_some());
    assert_eq!(parts.count(), 3);

    let Err(Refusal::Impossible(why)) = asterisk.send_text(text(" \n ")).await else {
        panic!("sent?");
    };
    assert_eq!(why, Impossible::TextEmpty);
    let endless = "x".repeat(100_000);
    let Err(Refusal::Impossible(why)) = asterisk.send_text(text(&endless)).await else {
        panic!("sent?");
    };
    assert_eq!(why, Impossible::TextTooLong);

    let nobody = TextMessage {
        to: dial("6000"),
        ..text("hello")
    };
    let refused = asterisk.send_text(nobody).await.expect_err("refused");
    assert_eq!(
        refused,
        Refusal::Rejected("Message failed to send.".to_owned())
    );
}

#[tokio::test]
async fn each_release_has_its_driver() {
    for (release, good, bad) in [
        (Release::TwentyTwo, Driver::Pjsip, Driver::Sip),
        (Release::Eleven, Driver::Sip, Driver::Pjsip),
    ] {
        let (_ami, asterisk) = connected(Options {
            release,
            ..Options::default()
        })
        .await;
        let by = |driver| TextMessage {
            driver: Some(driver),
            ..text("hello")
        };
        assert_eq!(asterisk.send_text(by(good)).await, Ok(1));
        let refused = asterisk.send_text(by(bad)).await.expect_err("refused");
        let words = "Message technology not found.".to_owned();
        assert_eq!(refused, Refusal::Rejected(words));
    }
}

async fn agent(
    asterisk: &Asterisk,
    queue: Option<&str>,
    action: AgentAction,
) -> Result<Vec<Arc<str>>, Refusal> {
    let request = AgentRequest {
        extension: dial("6003"),
        name: "Carol".to_owned(),
        queue: queue.map(Arc::from),
        action,
    };
    asterisk.agent(request).await
}

fn queue(name: &str) -> Message {
    Message::new(&[("Event", "QueueParams"), ("Queue", name), ("Calls", "0")])
}

fn member(queue: &str, interface: &str) -> Message {
    Message::new(&[
        ("Event", "QueueMember"),
        ("Queue", queue),
        ("Name", "Carol"),
        ("Location", interface),
        ("StateInterface", "PJSIP/6003"),
        ("Membership", "dynamic"),
        ("Penalty", "0"),
        ("CallsTaken", "0"),
        ("Status", "1"),
        ("Paused", "0"),
    ])
}

#[tokio::test]
async fn an_agent_logs_in_to_the_only_queue_or_to_the_one_they_name() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    ami.set_list("QueueStatus", vec![queue("sales")]);
    let asterisk = asterisk(limits());
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(super::PATIENCE).await;
    let sales = Ok(vec![Arc::from("sales")]);
    assert_eq!(agent(&asterisk, None, AgentAction::Login).await, sales);
    let added = ami.wait_for("QueueAdd").await;
    assert_eq!(added.get("Interface"), Some("PJSIP/6003"));
    assert_eq!(added.get("MemberName"), Some("Carol"));
    assert_eq!(
        agent(&asterisk, Some("SALES"), AgentAction::Login).await,
        sales
    );
    let nowhere = agent(&asterisk, Some("nowhere"), AgentAction::Login).await;
    let why = Impossible::UnknownQueue(Arc::from("nowhere"), vec![Arc::from("sales")]);
    assert_eq!(nowhere, Err(Refusal::Impossible(why)));
    let nothing = agent(&asterisk, None, AgentAction::Logout).await;
    let why = Impossible::InNoQueue(dial("6003"));
    assert_eq!(nothing, Err(Refusal::Impossible(why)));
}

#[tokio::test]
async fn an_agent_pauses_everywhere_by_the_interface_that_each_queue_has() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let list = vec![
        queue("sales"),
        member("sales", "PJSIP/6003"),
        queue("support"),
        member("support", "Local/6003@from-queue/n"),
        queue("third"),
    ];
    ami.set_list("QueueStatus", list);
    let asterisk = asterisk(limits());
    asterisk.configure(Some(settings(&ami)));
    asterisk.settled(super::PATIENCE).await;
    let reason = Some("lunch".to_owned());
    let paused = agent(&asterisk, None, AgentAction::Pause { reason }).await;
    assert_eq!(paused, Ok(vec![Arc::from("sales"), Arc::from("support")]));
    let sent = ami.actions();
    let pauses: Vec<_> = sent
        .iter()
        .filter(|a| a.get("Action") == Some("QueuePause"))
        .collect();
    let interfaces: Vec<_> = pauses
        .iter()
        .filter_map(|pause| pause.get("Interface"))
        .collect();
    assert_eq!(interfaces, ["PJSIP/6003", "Local/6003@from-queue/n"]);
    assert_eq!(pauses[0].get("Reason"), Some("lunch"));
    let Err(Refusal::Impossible(why)) = agent(&asterisk, None, AgentAction::Login).await else {
        panic!("logged in?");
    };
    let all = ["sales", "support", "third"].map(Arc::from);
    assert_eq!(why, Impossible::SeveralQueues(all.to_vec()));
    ami.set_answer("QueueRemove", error("Member not dynamic"));
    let refused = agent(&asterisk, None, AgentAction::Logout).await;
    let words = "Member not dynamic".to_owned();
    assert_eq!(refused, Err(Refusal::Rejected(words)));
}

#[tokio::test]
async fn that_there_is_no_extension_says_nothing_before_the_lists_came() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let asterisk = asterisk(limits());
    assert!(!asterisk.listing().complete);
    asterisk.configure(Some(settings(&ami)));
    assert!(!asterisk.listing().complete);
    asterisk.settled(super::PATIENCE).await;
    super::until(&asterisk, |own| own.listing().complete.then_some(())).await;
    // What is known is kept while Asterisk is away, and forgotten with it.
    ami.stop();
    super::until_down(&asterisk).await;
    assert!(asterisk.listing().complete);
    asterisk.configure(None);
    assert!(!asterisk.listing().complete);
}

#[tokio::test]
async fn it_is_told_whether_a_phone_may_be_in_do_not_disturb_all_the_same() {
    let ami = Ami::start(Options::default()).await.expect("a port");
    let asterisk = asterisk(Limits {
        action: Duration::from_millis(200),
        ..limits()
    });
    asterisk.configure(Some(Settings {
        dnd: Some(DndSwitch::Database("DND".into())),
        ..settings(&ami)
    }));
    asterisk.settled(super::PATIENCE).await;
    let denied = error("Permission denied");
    for (action, answer, on, refusal, touched) in [
        (
            "DBPut",
            denied.clone(),
            true,
            Refusal::MissingRight("system"),
            false,
        ),
        (
            "Setvar",
            denied.clone(),
            true,
            Refusal::MissingRight("call"),
            true,
        ),
        ("DBPut", Vec::new(), true, Refusal::NoAnswer, true),
        (
            "DBDel",
            denied,
            false,
            Refusal::MissingRight("system"),
            false,
        ),
    ] {
        for accepted in ["DBPut", "DBDel", "Setvar"] {
            ami.set_answer(accepted, success());
        }
        ami.set_answer(action, answer);
        let not = NotSwitched { refusal, touched };
        assert_eq!(asterisk.set_dnd(&dial("6001"), on).await, Err(not));
    }
    ami.set_answer("DBDel", error("Database entry not found"));
    assert_eq!(asterisk.set_dnd(&dial("6001"), false).await, Ok(()));
    ami.stop();
    super::until_down(&asterisk).await;
    let not = asterisk.set_dnd(&dial("6001"), true).await;
    let not = not.expect_err("refused");
    assert!(matches!(not.refusal, Refusal::NotConnected(_)) && !not.touched);
}

/// A call of the line 6001, as the board would name it.
fn key() -> CallKey {
    CallKey {
        line: "6001".into(),
        reference: Some("1.1".into()),
        direction: Direction::Incoming,
        ringing: false,
    }
}

/// Its phone and another one in one bridge, as events tell it.
async fn talks(ami: &Ami, asterisk: &Asterisk) {
    for (channel, id) in [("PJSIP/6001-1", "1.1"), ("PJSIP/6002-1", "1.2")] {
        let own = [
            ("Channel", channel),
            ("Uniqueid", id),
            ("Linkedid", "1.2"),
            ("Privilege", "call,all"),
        ];
        let ring = [&[("Event", "Newstate"), ("ChannelState", "5")], &own[..]].concat();
        ami.event(&ring).await;
        let enter = [("Event", "BridgeEnter"), ("ChannelState", "6")];
        let enter = [&enter[..], &[("BridgeUniqueid", "b")], &own[..]].concat();
        ami.event(&enter).await;
    }
    let both = async {
        while asterisk
            .followed
            .state()
            .sides(&key())
            .is_none_or(|sides| sides.other.is_none())
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::PATIENCE, both)
        .await
        .expect("both are in the bridge");
}

#[tokio::test]
async fn orders_about_a_call_go_to_its_own_channels() {
    let (ami, asterisk) = connected(Options::default()).await;
    assert_eq!(asterisk.controls(), Control::ALL);
    let unknown = asterisk.control(key(), Order::Hangup).await;
    let refusal = Refusal::Impossible(Impossible::UnknownCall);
    assert_eq!(unknown, Err(refusal.clone()));
    talks(&ami, &asterisk).await;

    assert_eq!(asterisk.control(key(), Order::Hangup).await, Ok(None));
    let hangup = ami.wait_for("Hangup").await;
    assert_eq!(hangup.get("Channel"), Some("PJSIP/6001-1"));
    let sent = asterisk.control(key(), Order::Transfer(dial("6003"))).await;
    assert_eq!(sent, Ok(None));
    let transfer = ami.wait_for("BlindTransfer").await;
    assert_eq!(transfer.get("Exten"), Some("6003"));
    // The stand-in's dial plan has no number that begins with 9.
    let nowhere = asterisk.control(key(), Order::Transfer(dial("93"))).await;
    let why = Impossible::NotInDialPlan(dial("93"), "from-internal".to_owned());
    assert_eq!(nowhere, Err(Refusal::Impossible(why)));

    let (parked, ()) = tokio::join!(asterisk.control(key(), Order::Park), async {
        let park = ami.wait_for("Park").await;
        assert_eq!(park.get("Channel"), Some("PJSIP/6002-1"));
        ami.event(&[
            ("Event", "ParkedCall"),
            ("ParkeeUniqueid", "1.2"),
            ("ParkingSpace", "704"),
        ])
        .await;
    });
    assert_eq!(parked, Ok(Some("704".into())));
    ami.set_answer("Hangup", error("No such channel"));
    let over = asterisk.control(key(), Order::Hangup).await;
    assert_eq!(over, Err(Refusal::Rejected("No such channel".to_owned())));

    // Another call of that line, which the phone itself told of: its id is not Asterisk's, and it is the only one that talks.
    let phones = CallKey {
        reference: Some("phone-7".into()),
        ..key()
    };
    ami.reset_answer("Hangup");
    assert_eq!(
        asterisk.control(phones.clone(), Order::Hangup).await,
        Ok(None)
    );
    let rings = CallKey {
        ringing: true,
        ..phones
    };
    assert_eq!(
        asterisk.control(rings.clone(), Order::Hangup).await,
        Err(refusal.clone())
    );
    assert_eq!(asterisk.ringing(&rings), Err(refusal));
}

#[tokio::test]
async fn without_the_right_no_order_about_a_call_is_given() {
    let (ami, asterisk) = connected(Options {
        write: vec!["originate", "message", "agent", "reporting"],
        ..Options::default()
    })
    .await;
    assert_eq!(asterisk.controls(), []);
    for order in [Order::Hangup, Order::Park, Order::Transfer(dial("6002"))] {
        let refused = asterisk.control(key(), order).await;
        assert_eq!(refused, Err(Refusal::MissingRight("call")));
    }
    assert!(
        !ami.actions()
            .iter()
            .any(|own| own.get("Action") == Some("Hangup"))
    );
}
