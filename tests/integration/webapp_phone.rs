//! The phone in Mattermost's sidebar, in a real browser: the plugin's own script, loaded as Mattermost loads it, under a release server's
//! Content-Security-Policy. What people do there reaches the Asterisk's stand-in, and what happens there shows.

use std::path::Path;

use devhost::DevHost;
use devhost::asterisk::{Ami, Message, SECRET as AMI_SECRET, USER, office};
use devhost::world::Post;
use serde_json::{Value, json};

use crate::board_page::CallersPages;
use crate::board_page::browser::Tools;
use crate::harness;

/// Alice, bob and carol with phones at an Asterisk, and the webapp that was built before.
struct Desk {
    host: DevHost,
    ami: Ami,
    tools: Tools,
    pages: CallersPages,
}

impl Desk {
    /// Nothing, and a sentence, where something is missing that the tests in a browser need.
    async fn open() -> Option<Self> {
        let tools = crate::webapp::tools()?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built = root.join("webapp/dist");
        let ami = office(AMI_SECRET).await.expect("a port");
        let pages = CallersPages::serve().await;
        let bundle = harness::bundle("switchboard").with_webapp(&built);
        let mut options = harness::options()
            .with("NumbersUsers", "6001:alice,6002:bob,6003:carol")
            .with("AsteriskHost", "127.0.0.1")
            .with("AsteriskPort", ami.address().port().to_string())
            .with("AsteriskUser", USER)
            .with("AsteriskSecret", AMI_SECRET)
            .with("AsteriskOutsideNumbers", "0[1-9]., 00.")
            .with("AsteriskCallsPerMinute", 100)
            .with(
                "CallbackPageUrl",
                format!("http://{}/?caller=*CALLING*", pages.address),
            );
        options.bundle = bundle.expect("a bundle with the webapp");
        options.webapp = root.join("webapp/dev/dist");
        let host = harness::start(options).await;
        let desk = Self {
            host,
            ami,
            tools,
            pages,
        };
        harness::status(&desk.host, 200).await;
        Some(desk)
    }

    /// A page of the chat as somebody who is signed in has it.
    fn page(&self, user: &str, react: u8) -> String {
        let url = self.host.url();
        format!("{url}/acme/channels/phones?as={user}&react={react}")
    }

    /// A channel of a phone becomes this.
    async fn phone(&self, event: &str, extension: &str, call: u32, more: &[(&str, &str)]) {
        let (channel, id) = (
            format!("PJSIP/{extension}-{call}"),
            format!("{extension}.{call}"),
        );
        let linked = format!("linked.{call}");
        let own = [
            ("Event", event),
            ("Privilege", "call,all"),
            ("Channel", &*channel),
            ("Uniqueid", &*id),
            ("Linkedid", &*linked),
        ];
        self.ami.event(&[&own[..], more].concat()).await;
    }

    async fn rings(&self, extension: &str, call: u32, number: &str) {
        let more = [("ChannelState", "5"), ("ConnectedLineNum", number)];
        self.phone("Newstate", extension, call, &more).await;
    }

    /// Both are in one bridge: a phone and whoever called it.
    async fn talk(&self, extension: &str, call: u32, number: &str) {
        let bridge = format!("bridge-{call}");
        let up = [("ChannelState", "6"), ("BridgeUniqueid", &*bridge)];
        let caller = [&up[..], &[("ConnectedLineNum", extension)]].concat();
        self.phone("BridgeEnter", "trunk", call, &caller).await;
        let own = [&up[..], &[("ConnectedLineNum", number)]].concat();
        self.phone("BridgeEnter", extension, call, &own).await;
    }

    async fn ends(&self, extension: &str, call: u32) {
        let more = [("ChannelState", "6"), ("Cause", "16")];
        self.phone("Hangup", extension, call, &more).await;
    }

    /// Waits until the stand-in was told this for the `count`th time.
    async fn told(&self, action: &str, count: usize) -> Message {
        let told = self.ami.wait_until(|actions| {
            let mut named = actions
                .iter()
                .filter(|own| own.get("Action") == Some(action));
            named.nth(count - 1).cloned()
        });
        let told = tokio::time::timeout(devhost::world::PATIENCE, told).await;
        told.unwrap_or_else(|_| panic!("{action} does not come for the {count}. time"))
    }

    async fn close(self) {
        drop(self.pages);
        harness::stop(self.host).await;
    }
}

#[tokio::test]
async fn the_panel_follows_calls_and_changes_them() {
    let Some(desk) = Desk::open().await else {
        return;
    };
    let world = desk.host.world();
    let said = Post {
        user_id: world.user_by_name("bob").expect("bob").id,
        channel_id: harness::phones(),
        message: "Good morning".to_owned(),
        ..Post::default()
    };
    world.create_post(said).expect("a post");
    let mut case = desk.tools.case("phone", &desk.page("alice", 18));
    case.reaches("open").await;
    desk.rings("6001", 1, "0171555001").await;
    case.go_on(Value::Null).await;

    case.reaches("popped").await;
    desk.talk("6001", 1, "0171555001").await;
    case.go_on(Value::Null).await;
    case.reaches("transfer").await;
    case.go_on(Value::Null).await;
    let transfer = desk.told("BlindTransfer", 1).await;
    assert_eq!(transfer.get("Channel"), Some("PJSIP/6001-1"));
    assert_eq!(transfer.get("Exten"), Some("6002"));
    case.reaches("transferred").await;
    case.go_on(Value::Null).await;
    case.reaches("hangup").await;
    case.go_on(Value::Null).await;
    let hangup = desk.told("Hangup", 1).await;
    assert_eq!(hangup.get("Channel"), Some("PJSIP/6001-1"));
    assert_eq!(hangup.get("Cause"), Some("16"));
    desk.ends("6001", 1).await;

    case.reaches("ended").await;
    desk.rings("6001", 2, "0171555002").await;
    case.go_on(Value::Null).await;
    case.reaches("refuse").await;
    let refuse = desk.told("Hangup", 2).await;
    assert_eq!(refuse.get("Cause"), Some("17"));
    desk.ends("6001", 2).await;
    case.go_on(Value::Null).await;

    // A colleague's phone rings: it is picked up.
    case.reaches("colleague").await;
    desk.rings("6002", 3, "0171555003").await;
    case.go_on(Value::Null).await;
    case.reaches("pickup").await;
    let pickup = desk.told("Originate", 1).await;
    assert_eq!(pickup.get("Channel"), Some("Local/6001@from-internal/n"));
    assert_eq!(pickup.get("Data"), Some("PJSIP/6002-3"));
    desk.ends("6002", 3).await;
    case.go_on(Value::Null).await;

    // Calls by a click.
    let called =
        async |case: &mut crate::board_page::browser::Case, step: &str, count, to: &str| {
            case.reaches(step).await;
            let order = desk.told("Originate", count).await;
            assert_eq!(order.get("Exten"), Some(to), "{step}");
            case.go_on(Value::Null).await;
        };
    called(&mut case, "back", 2, "0171555002").await;
    called(&mut case, "link", 3, "0033240404040").await;
    called(&mut case, "profile", 4, "6002").await;
    called(&mut case, "direct", 5, "6002").await;

    // Queues.
    case.reaches("join").await;
    let join = desk.told("QueueAdd", 1).await;
    assert_eq!(join.get("Interface"), Some("PJSIP/6001"));
    case.go_on(Value::Null).await;

    // The caller's page.
    case.reaches("page").await;
    desk.rings("6001", 4, "0171555004").await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert_eq!(seen["pop"], json!(["0171555001"]));
    assert_eq!(seen["popGone"], true);
    assert!(
        seen["asked"]
            .as_str()
            .expect("a text")
            .contains("+33240404040"),
        "{seen}"
    );
    assert_eq!(seen["openedByCtrl"], false, "{seen}");
    assert_eq!(seen["page"], "Caller 0171555004");
    assert_eq!(
        seen["sandbox"],
        "allow-forms allow-popups allow-scripts allow-same-origin"
    );
    desk.close().await;
}

#[tokio::test]
async fn the_panel_comes_back_after_the_plugin_was_away() {
    let Some(desk) = Desk::open().await else {
        return;
    };
    desk.rings("6001", 1, "0171555001").await;
    desk.talk("6001", 1, "0171555001").await;
    let mut case = desk.tools.case("phone-again", &desk.page("alice", 17));
    case.reaches("open").await;
    desk.host.kill().await;
    case.go_on(Value::Null).await;
    case.reaches("lost").await;
    desk.host.check_health().await;
    harness::status(&desk.host, 200).await;
    desk.rings("6001", 2, "0171555009").await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert!(
        seen["lost"]
            .as_str()
            .expect("a text")
            .starts_with("Not live since "),
        "{seen}"
    );
    assert!(seen["coloured"].as_u64() > Some(0), "{seen}");
    // What it had stays and looks like nothing new, the page is not loaded anew, and all is as it was before.
    for (what, expected) in [
        ("kept", json!(true)),
        ("colouredThen", json!(0)),
        ("same", json!(true)),
        ("again", json!(0)),
        ("complaints", json!([])),
    ] {
        assert_eq!(seen[what], expected, "{what}: {seen}");
    }
    desk.close().await;
}

/// Lines whose PBX was not to be reached were shown as free.
#[tokio::test]
async fn nobody_is_free_while_asterisk_is_gone() {
    let Some(desk) = Desk::open().await else {
        return;
    };
    desk.rings("6001", 1, "0171555001").await;
    desk.talk("6001", 1, "0171555001").await;
    let mut case = desk.tools.case("phone-gone", &desk.page("alice", 18));
    case.reaches("there").await;
    desk.ami.stop();
    case.go_on(Value::Null).await;
    case.reaches("gone").await;
    desk.ami.start_again().await.expect("the port");
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    for page in 0..2 {
        for (when, unknown) in [("there", false), ("gone", true), ("back", false)] {
            let now = &seen[when][page];
            let signs = now["signs"].as_array().expect("signs");
            assert!(signs.len() >= 3, "{when}: {seen}");
            let said = now["said"].as_str().expect("a text");
            let told = "Asterisk is not connected since ";
            assert_eq!(said.starts_with(told), unknown, "{when}: {said}");
        }
    }
    assert_eq!(seen["orders"], 0, "nothing is offered that nobody can do");
    let panel = seen["panel"].as_str().expect("a text");
    assert!(
        panel.contains("unknown since ") && !panel.contains("free"),
        "{panel}"
    );
    assert_eq!(seen["axe"], json!([]));
    desk.close().await;
}

#[tokio::test]
async fn everybody_can_use_it() {
    let Some(desk) = Desk::open().await else {
        return;
    };
    desk.rings("6001", 1, "0171555001").await;
    desk.talk("6001", 1, "0171555001").await;
    desk.rings("6001", 2, "0171555002").await;
    desk.rings("6002", 3, "0171555003").await;
    for (number, call) in [("0171555005", 5), ("0171555006", 6)] {
        desk.rings("6001", call, number).await;
        desk.ends("6001", call).await;
    }
    let case = desk.tools.case("phone-axe", &desk.page("alice", 18));
    let seen = case.done().await;
    assert_eq!((&seen["axe"], &seen["looks"]), (&json!([]), &json!(12)));
    desk.close().await;
}
