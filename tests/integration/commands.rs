//! Slash commands.

use devhost::DevHost;
use devhost::world::fixed_id;

use crate::harness::{SECRET, get, host, phone, phones, posts, stop};

async fn say(host: &DevHost, user: &str, line: &str) -> String {
    let answer = host
        .command(&fixed_id(user), &phones(), line)
        .await
        .expect("an answer");
    assert_eq!(answer.response_type, "ephemeral", "{line}");
    answer.text
}

fn triggers(host: &DevHost) -> Vec<String> {
    host.world()
        .commands()
        .into_iter()
        .map(|command| command.trigger)
        .collect()
}

#[tokio::test]
async fn sip_status_is_a_table_with_a_column_a_user() {
    let host = host().await;
    phone(&host, "offhook/bob").await;
    phone(&host, "dnd-on/alice").await;
    posts(&host, 2).await;
    assert_eq!(
        say(&host, "carol", "/sip-status").await,
        "|alice|bob|\n|---|---|\n|🚫|📞|\n"
    );
    stop(host).await;
}

#[tokio::test]
async fn only_an_admin_gets_the_secret() {
    let host = host().await;
    let link = say(&host, "bob", "/sip-dashboard").await;
    let page = host.plugin_url("/dashboard");
    assert_eq!(link, format!("[SIP Dashboard]({page})"));
    assert_eq!(
        say(&host, "admin", "/sip-dashboard").await,
        format!("[SIP Dashboard]({page}?secret={SECRET})")
    );
    stop(host).await;
}

#[tokio::test]
async fn what_is_printed_for_a_phone_lets_it_in_for_an_admin_only() {
    let host = host().await;
    for (user, line, expected) in [
        ("bob", "/phone setup mitel", 401),
        ("admin", "/phone setup mitel @bob", 200),
        ("bob", "/phone setup yealink", 401),
        ("admin", "/phone setup yealink @bob", 200),
    ] {
        let text = say(&host, user, line).await;
        let mut lines = text.lines();
        let line = lines.find(|line| line.starts_with("action") && line.contains("incoming"));
        let url = line.and_then(|line| line.split(' ').next_back());
        let url = url.unwrap_or_else(|| panic!("{text}"));
        let url = url
            .replace("$$REMOTENUMBER$$", "555")
            .replace("$remote", "sip:555@pbx");
        let path = url
            .strip_prefix(&host.plugin_url(""))
            .unwrap_or_else(|| panic!("{url}"));
        assert_eq!(get(&host, path).await.status.as_u16(), expected, "{url}");
    }
    let said = "incoming call for bob from 555";
    assert_eq!(posts(&host, 2).await, [said, said]);
    stop(host).await;
}

#[tokio::test]
async fn commands_come_and_go_with_the_plugin() {
    let host = host().await;
    let known = triggers(&host);
    for trigger in ["phone", "sip-dashboard", "sip-status"] {
        assert!(known.iter().any(|own| own == trigger), "{known:?}");
    }
    host.disable().await.expect("it was running");
    assert!(triggers(&host).is_empty());
    host.enable().await.expect("it starts again");
    assert_eq!(triggers(&host), known);
    stop(host).await;
}
