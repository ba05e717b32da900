//! Codes that phones show, as a real Asterisk tells of it.

use super::*;

const PLAYS: [&str; 2] = ["link-code-answered", "link-code-no-answer"];

/// A code was the number of the other side, so that everybody read it on the board.
#[test]
fn a_code_that_a_phone_shows_was_told_to_everybody() {
    for play in PLAYS {
        let messages = recording(play);
        let has_code = |message: &RawAmiMessage| {
            let mut headers = message.headers.iter();
            headers.any(|(_, value)| value.contains("345678"))
        };
        assert!(messages.iter().any(has_code), "{play}: Asterisk tells it");
        let mut it = Play::recording(play);
        assert_eq!(it.shown(), [], "{play}");
        assert_eq!(it.news, [""; 0], "{play}");
        let of_phone = |change: &Change| &*change.subject == "6001";
        assert!(it.changes.iter().any(of_phone), "its device rings");
        it.act(State::expire);
        let told = format!("{:?} {:?}", it.changes, it.board.snapshot());
        assert!(!told.contains("345678"), "{play}: {told}");
        it.nothing_is_left(play);
    }
}

/// An Asterisk before 12 does not take ids, so that these are calls as others are.
#[test]
fn a_code_is_in_no_number_either() {
    for play in PLAYS {
        let mut messages = recording(play);
        for (_, value) in messages.iter_mut().flat_map(|m| &mut m.headers) {
            *value = value.replace("switchboard-link-1", "1795250591.3");
        }
        let mut it = Play::new("");
        it.seed(&messages);
        let shown = it.shown();
        let [("6001", says)] = &*shown else {
            panic!("{shown:?}");
        };
        assert!(says.starts_with("<0 ringing, "), "{says}");
        let told = format!("{:?}", it.changes);
        assert!(!told.contains("345678"), "{play}: {told}");
        it.nothing_is_left(play);
    }
}
