//! A queue's missed calls go where the setting says.

use super::*;
use crate::board::{Departure, QueueEvent, QueueReport};

impl House {
    fn queue(&mut self, event: QueueEvent) {
        self.apply(Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue: "support".into(),
            event,
        }));
    }

    /// A caller waits for so long, and then that.
    async fn caller(&mut self, number: &str, waits: Duration, how: Departure) {
        self.queue(QueueEvent::Waits {
            dialed: None,
            own_number: None,
            caller: "L1".into(),
            peer: Some(Peer::new(number)),
            since: clock(),
        });
        sleep(waits).await;
        self.queue(QueueEvent::Left {
            caller: "L1".into(),
            how,
        });
        sleep(SOON).await;
    }

    fn posts(&self) -> Vec<(String, String, String)> {
        let posts = lock(&self.server.0.posts);
        let post = |post: &crate::host::NewPost| {
            let channel = post.channel.as_str().to_owned();
            (
                channel,
                post.author.as_str().to_owned(),
                post.message.clone(),
            )
        };
        posts.iter().map(post).collect()
    }

    fn found(&self) {
        self.target.send_replace(Some(Target {
            channel: ChannelId::from("phones-id"),
            author: UserId::from("author-id"),
        }));
    }
}

const A_MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn in_a_channel() {
    let mut house = House::with("support: ~helpdesk").await;
    house.server.channel("sales", "helpdesk");
    house.found();
    house.missed().set_language(Language::German);
    house.caller("6001", A_MINUTE, Departure::Abandoned).await;
    house
        .caller("6002", A_MINUTE, Departure::Answered { agent: None })
        .await;
    assert_eq!(
        house.posts(),
        [(
            "helpdesk-id".to_owned(),
            "author-id".to_owned(),
            "Verpasster Anruf in der Warteschlange support: 6001, Wartezeit 1 min 0 s.".to_owned()
        )]
    );
    assert_eq!(lock(&house.server.0.direct).len(), 0);
    assert_eq!(house.missed().counts().posts.made, 1);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_not_there_is_a_problem_until_it_is() {
    let mut house = House::with("support: ~helpdesk").await;
    house.found();
    house.caller("6001", A_MINUTE, Departure::Abandoned).await;
    let problems = house.missed().problems("QueueMissedCalls");
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].to_string(),
        "QueueMissedCalls: there is no channel `helpdesk` in the team. Enter the channel's name as it stands in its URL, not the one that is displayed."
    );
    house.server.channel("sales", "helpdesk");
    sleep(A_MINUTE).await;
    assert_eq!(house.missed().problems("QueueMissedCalls"), []);
    assert_eq!(house.posts().len(), 1, "it waited for its channel");
    // Another setting.
    house.config.queue_missed_calls = crate::config::QueueMissedCalls::default();
    house.missed().configure(&house.config);
    house.caller("6001", A_MINUTE, Departure::Abandoned).await;
    assert_eq!(house.posts().len(), 1);
    assert_eq!(
        house.missed().counts().posts.made,
        1,
        "what was counted stays counted"
    );
}

#[tokio::test(start_paused = true)]
async fn people() {
    let mut house = House::with("support: @bob, @eve, @nobody").await;
    let eve = house.server.person("eve");
    house.caller("6001", A_MINUTE, Departure::Abandoned).await;
    let expected = "Missed call from 6001 (queue support) at 12:06 (UTC).";
    assert_eq!(house.told(), [expected]);
    assert_eq!(house.server.told(&eve.id)[0].text, expected);
    assert_eq!(house.missed().counts().given_up, 0);
    // They can call back.
    assert_eq!(
        house.press(house.button("Call back")).await,
        Pressed::Call("6001".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn an_agents_ring_is_told_where_the_setting_says_so() {
    for (setting, told) in [("support: agents", 1), ("support: none", 0), ("", 0)] {
        let mut house = House::with(setting).await;
        let ring = |house: &mut House, action: &str| {
            let mut report = report("bob", action, "6001");
            report.source = Source::Asterisk;
            (report.linked, report.reference) = (Some("L1".into()), Some("r".into()));
            report.queue = Some("support".into());
            house.apply(report);
        };
        house.queue(QueueEvent::Waits {
            dialed: None,
            own_number: None,
            caller: "L1".into(),
            peer: Some(Peer::new("6001")),
            since: clock(),
        });
        ring(&mut house, "incoming-call");
        sleep(Duration::from_secs(15)).await;
        ring(&mut house, "missed-call");
        sleep(A_MINUTE).await;
        assert_eq!(house.told().len(), 0, "{setting}: the caller waits");
        house.queue(QueueEvent::Left {
            caller: "L1".into(),
            how: Departure::Abandoned,
        });
        sleep(2 * SOON).await;
        assert_eq!(house.told().len(), told, "{setting}");
    }
}
