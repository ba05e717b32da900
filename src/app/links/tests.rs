use super::*;
use crate::app::tests::{FakeHost, SETTINGS, app_of, settle};

const ASTERISK: &str = r#","asteriskhost":"127.0.0.1","asteriskuser":"sw","asterisksecret":"sixteen characters",
    "asteriskextensions":"6XXX","asteriskoutsidenumbers":"0., 00[1-9].","asteriskoutsideprefix":"9"}"#;

async fn with_asterisk() -> Arc<App<FakeHost>> {
    let (app, _host) = app_of("switchboard").await;
    assert!(app.configure(SETTINGS.replace('}', ASTERISK).as_bytes()));
    settle().await;
    app
}

/// One number rang, and another one was linked, where a text was read in two ways.
#[tokio::test(start_paused = true)]
async fn what_rang_was_not_what_was_linked() {
    let app = with_asterisk().await;
    for plan in [Plan::default(), Plan::of("DE").expect("a country")] {
        for (text, dial, number) in [
            ("6003", "6003", "6003"),
            ("60 03", "6003", "6003"),
            ("02 40 40 40 40", "90240404040", "0240404040"),
            // Norway, not Romania.
            ("004 (0) 712345678", "9004712345678", "+4712345678"),
            ("004(0)712345678", "9004712345678", "+4712345678"),
            ("+4 ( 0 ) 712345678", "9004712345678", "+4712345678"),
            ("0049 (0) 30 1234567", "90049301234567", "+49301234567"),
        ] {
            let target = target(text, &plan, |text| app.calls().number(text));
            let target = target.unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!((target.dial.as_str(), &*target.number), (dial, number));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_read_in_two_ways_is_not_linked() {
    let app = with_asterisk().await;
    let plan = Plan::default();
    let other = target("6003", &plan, |_| app.calls().number("6004"));
    assert!(matches!(other, Err(LinkError::Not(NotLinked::NoNumber))));
    for text in ["bob", "*98", "tel:6003", "sip:6003@pbx", "6003x", ""] {
        let read = target(text, &plan, |text| app.calls().number(text));
        assert!(
            matches!(read, Err(LinkError::Not(NotLinked::NoNumber))),
            "{text}"
        );
    }
    let denied = target("7003", &plan, |text| app.calls().number(text));
    assert!(matches!(denied, Err(LinkError::Denied(_))));
}
