use super::*;
use crate::calls::{Driver, Failure, Impossible, Leg, Progress, Refusal};
use crate::http::tests::pbx::{FakePbx, calls, seen};

fn order() -> Order {
    let (from, to) = ("6001".to_owned(), "6002".to_owned());
    Order::Call { from, to }
}

async fn call(pbx: FakePbx, json: bool) -> (u16, String) {
    let (calls, pbx) = calls(pbx);
    let answer = seen(perform(&calls, &order(), "192.0.2.1", json).await).await;
    let asked = pbx.calls.lock().unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (asked[0].from.as_str(), asked[0].to.as_str()),
        ("6001", "6002")
    );
    answer
}

#[tokio::test(start_paused = true)]
async fn a_calls_status_tells_what_came_of_it() {
    let answered = Progress::Answered(Leg::Own);
    let failed = |failure| vec![answered.clone(), Progress::Failed(Leg::Other, failure)];
    for (progress, status, outcome) in [
        (
            vec![answered.clone(), Progress::Answered(Leg::Other)],
            200,
            "answered",
        ),
        (vec![Progress::Ringing(Leg::Own)], 202, "calling"),
        (
            vec![answered.clone(), Progress::Ringing(Leg::Other)],
            202,
            "calling",
        ),
        (failed(Failure::Busy), 486, "busy"),
        (failed(Failure::NoAnswer), 480, "no-answer"),
        (failed(Failure::Unreachable), 480, "unreachable"),
        (failed(Failure::Refused), 403, "refused"),
        (failed(Failure::NoSuchNumber), 404, "no-such-number"),
        (failed(Failure::HungUp), 487, "hung-up"),
        (failed(Failure::Congestion), 503, "congestion"),
        (failed(Failure::Unknown), 502, "failed"),
        (vec![answered.clone(), Progress::Lost], 504, "unknown"),
    ] {
        let pbx = || FakePbx {
            progress: progress.clone(),
            ..FakePbx::default()
        };
        let (seen, body) = call(pbx(), true).await;
        let json: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(
            (seen, json["outcome"].as_str()),
            (status, Some(outcome)),
            "{body}"
        );
        let (good, bad) = (json["detail"].as_str(), json["error"].as_str());
        assert_eq!(
            (good.is_some(), bad.is_some()),
            (status < 300, status >= 300),
            "{body}"
        );
        let leg = matches!(progress.last(), Some(Progress::Failed(..))).then_some("to");
        assert_eq!(json["failed"].as_str(), leg, "{body}");
        let words = good.or(bad).unwrap_or_default();
        assert!(words.contains("6001") || words.contains("6002"), "{words}");
        assert_eq!(call(pbx(), false).await, (status, format!("{words}\n")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_leg_that_failed_is_told() {
    let pbx = FakePbx {
        progress: vec![Progress::Failed(Leg::Own, Failure::NoAnswer)],
        ..FakePbx::default()
    };
    let (status, body) = call(pbx, true).await;
    assert_eq!(status, 480);
    assert!(body.contains(r#""failed":"from""#), "{body}");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_taken_is_no_success() {
    for (refusal, status) in [
        (
            Refusal::NotConnected("the host is unreachable".to_owned()),
            503,
        ),
        (Refusal::MissingRight("originate"), 502),
        (Refusal::Rejected("Originate failed".to_owned()), 502),
        (
            Refusal::Rejected("Extension does not exist.".to_owned()),
            404,
        ),
        (Refusal::NoAnswer, 504),
        (Refusal::TooMuch, 429),
        (Refusal::Impossible(Impossible::NoQueue), 400),
    ] {
        let pbx = FakePbx {
            refusal: Some(refusal.clone()),
            ..FakePbx::default()
        };
        let (seen, body) = call(pbx, false).await;
        assert_eq!(seen, status, "{refusal:?}: {body}");
        assert_eq!(body.lines().count(), 1, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_tells_an_outcome_has_its_word() {
    for (refusal, status, outcome) in [
        (
            Refusal::Rejected("Extension does not exist.".to_owned()),
            404,
            Some("no-such-number"),
        ),
        (Refusal::NoAnswer, 504, Some("unknown")),
        (Refusal::TooMuch, 429, None),
    ] {
        let pbx = FakePbx {
            refusal: Some(refusal),
            ..FakePbx::default()
        };
        let (seen, body) = call(pbx, true).await;
        let json: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((seen, json["outcome"].as_str()), (status, outcome));
        assert!(json["error"].is_string(), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_is_accepted_not_delivered() {
    let (calls, pbx) = calls(FakePbx::default());
    let order = Order::Text {
        driver: Driver::Sip,
        from: "eedomus".to_owned(),
        to: "6002".to_owned(),
        text: "Alerte débordement cuve".to_owned(),
    };
    let (status, body) = seen(perform(&calls, &order, "", true).await).await;
    assert_eq!(status, 202);
    assert!(body.contains(r#""outcome":"accepted""#), "{body}");
    let sent = pbx.texts.lock().unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].driver, Some(Driver::Sip));
    assert_eq!((sent[0].to.as_str(), &*sent[0].from), ("6002", "eedomus"));
    assert_eq!(sent[0].text, "Alerte débordement cuve");
}

#[tokio::test(start_paused = true)]
async fn only_what_can_be_dialled_reaches_the_pbx() {
    for number in [
        "6001\r\nApplication: System",
        "6001@evil",
        "a b",
        "6001&6002",
        "",
    ] {
        let (calls, pbx) = calls(FakePbx::default());
        let (from, to) = (number.to_owned(), "6002".to_owned());
        let order = Order::Call { from, to };
        let (status, body) = seen(perform(&calls, &order, "", false).await).await;
        assert_eq!(status, 400, "{number:?}: {body}");
        assert_eq!(body.lines().count(), 1, "{body}");
        assert!(pbx.calls.lock().unwrap().is_empty());
    }
}
