//! Why a leg failed.

use crate::calls::Failure;

/// What `DialStatus` and the cause of the hang-up (ITU-T Q.850) say together; nothing if they tell of no failure. The cause
/// says more: a phone that refuses ends with the status `NOANSWER` and the cause 21.
pub(super) fn failure(status: Option<&str>, cause: Option<u16>) -> Option<Failure> {
    match status {
        Some("CANCEL") => return (cause != Some(26)).then_some(Failure::HungUp),
        Some("ANSWER") => return None,
        _ => {}
    }
    let by_cause = match cause {
        Some(1 | 22 | 28) => Some(Failure::NoSuchNumber),
        Some(17) => Some(Failure::Busy),
        Some(18 | 19) => Some(Failure::NoAnswer),
        Some(21) => Some(Failure::Refused),
        Some(2 | 3 | 6 | 20 | 27) => Some(Failure::Unreachable),
        Some(34 | 38 | 41 | 42 | 43 | 44 | 47 | 58) => Some(Failure::Congestion),
        _ => None,
    };
    by_cause.or(status.map(|status| match status {
        "BUSY" => Failure::Busy,
        "NOANSWER" => Failure::NoAnswer,
        "CHANUNAVAIL" => Failure::Unreachable,
        "CONGESTION" => Failure::Congestion,
        "DONTCALL" | "TORTURE" => Failure::Refused,
        _ => Failure::Unknown,
    }))
}

/// Of the failures of several phones, the one that tells most of what happened: one that rang counts more than one that was
/// busy, and that one more than one that was not there.
pub(super) fn worst(failures: impl Iterator<Item = Failure>) -> Option<Failure> {
    failures.max_by_key(|failure| match failure {
        Failure::HungUp => 7,
        Failure::NoAnswer => 6,
        Failure::Refused => 5,
        Failure::Busy => 4,
        Failure::Congestion => 3,
        Failure::Unreachable => 2,
        Failure::NoSuchNumber => 1,
        Failure::Unknown => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_statuses_are_told_apart() {
        for (status, cause, expected) in [
            (Some("BUSY"), Some(17), Some(Failure::Busy)),
            (Some("NOANSWER"), Some(21), Some(Failure::Refused)),
            (Some("NOANSWER"), Some(19), Some(Failure::NoAnswer)),
            (Some("NOANSWER"), None, Some(Failure::NoAnswer)),
            (Some("CANCEL"), Some(16), Some(Failure::HungUp)),
            (Some("CANCEL"), Some(26), None),
            (Some("CHANUNAVAIL"), None, Some(Failure::Unreachable)),
            (Some("CONGESTION"), Some(34), Some(Failure::Congestion)),
            (Some("ANSWER"), Some(16), None),
            (None, Some(1), Some(Failure::NoSuchNumber)),
            (None, Some(3), Some(Failure::Unreachable)),
            (None, Some(16), None),
            (None, None, None),
        ] {
            assert_eq!(failure(status, cause), expected, "{status:?} {cause:?}");
        }
    }

    #[test]
    fn of_several_phones_the_one_that_rang_counts() {
        let all = [Failure::Unreachable, Failure::NoAnswer, Failure::Busy];
        assert_eq!(worst(all.into_iter()), Some(Failure::NoAnswer));
        assert_eq!(worst(std::iter::empty()), None);
    }
}
