mod classic;
mod flap;
mod posting;

use super::*;
use crate::board::{Action, Peer};

fn event(user: &str, action: &str, number: Option<&str>) -> Report {
    Report {
        dialed: None,
        own_number: None,
        source: crate::board::Source::Phone,
        user: Arc::from(user),
        action: Action::from_name(action).expect("an action"),
        peer: number.map(Peer::new),
        reference: None,
        linked: None,
        queue: None,
    }
}
