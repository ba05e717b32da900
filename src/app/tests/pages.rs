//! What pages of Mattermost's that are open learn of settings.

use super::*;
use crate::app::pages::SETTINGS_CHANGED;

/// How often everybody was told so far. Nothing but the event's name is said.
fn told(host: &FakeHost) -> usize {
    let events = lock(&host.personal().0.events);
    let settings = events.iter().filter(|(name, ..)| name == SETTINGS_CHANGED);
    settings
        .map(|(_, to, told)| assert_eq!((&**to, told.len()), ("", 0)))
        .count()
}

/// It was never published: pages that were open learnt of new settings when their connection had been lost.
#[tokio::test(start_paused = true)]
async fn pages_are_told_when_what_they_may_see_of_the_settings_changes() {
    let (app, host) = app_of("switchboard").await;
    assert_eq!(told(&host), 0, "a page that is loaded asks by itself");
    let with = |more: &str| SETTINGS.replacen('{', &format!("{{{more},"), 1);
    let mut expected = 0;
    for (more, seen) in [
        (r#""node":"pexip.example.com""#, true),
        (r#""node":"pexip.example.com","pin":"1234""#, false),
        (r#""node":"pexip.example.com","prefix":"x-""#, false),
        (r#""node":"pexip.example.com","embedded":false"#, true),
        (
            r#""node":"pexip.example.com","videochannels":"direct","embedded":false"#,
            true,
        ),
        (
            r#""node":"","callbackpageurl":"https://crm.example.com/{number}""#,
            true,
        ),
        (r#""node":"","callbackpageurl":"""#, true),
        (
            r#""node":"","presencesecret":"a secret of presence that is long""#,
            false,
        ),
    ] {
        app.configure(with(more).as_bytes());
        settle().await;
        expected += usize::from(seen);
        assert_eq!(told(&host), expected, "{more}");
    }
    let other = with(r#""node":"""#).replace(r#""phones""#, r#""switchboard""#);
    app.configure(other.as_bytes());
    settle().await;
    assert_eq!(told(&host), expected + 1, "others see the board now");
}
