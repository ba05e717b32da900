//! The other side of a call, compared with many.

use crate::board::Peer;

/// How many digits of a number are compared before the whole: forms of one number differ where they begin.
const LAST_DIGITS: usize = 4;

/// An other side.
#[derive(Debug)]
pub(super) struct Side {
    peer: Option<Peer>,
    /// Its number's last digits, the last one first.
    digits: [u8; LAST_DIGITS],
}

impl Side {
    pub(super) fn new(peer: Option<Peer>) -> Self {
        let mut digits = [0; LAST_DIGITS];
        if let Some(peer) = &peer {
            let number = peer.number.bytes().rev();
            let number = number.filter(u8::is_ascii_digit);
            for (digit, own) in number.zip(&mut digits) {
                *own = digit;
            }
        }
        Self { peer, digits }
    }

    /// Whether both are one. Of callers who show no number nobody knows; they are where they came `at_once`.
    pub(super) fn is(&self, other: &Self, at_once: bool) -> bool {
        match (&self.peer, &other.peer) {
            (Some(own), Some(others)) => {
                // Of two who have names nobody looks at the numbers.
                let may_be =
                    (own.name.is_some() && others.name.is_some()) || self.digits == other.digits;
                may_be && own.is(others)
            }
            (None, None) => at_once,
            _ => false,
        }
    }
}

/// Whether both may be one other side: one of the two may not be told.
pub(super) fn same_or_unknown(a: Option<&Peer>, b: Option<&Peer>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.is(b),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Name;

    #[test]
    fn a_side_is_what_the_board_takes_for_one() {
        let peer = |number: &str, name: &str| Peer {
            name: (!name.is_empty()).then(|| Name::from(name)),
            ..Peer::new(number)
        };
        let peers = [
            peer("+49301234567", ""),
            peer("030 1234567", ""),
            peer("0301234568", ""),
            peer("12", ""),
            peer("1-2", ""),
            peer("2", ""),
            peer("bob", ""),
            peer("bob@pbx", ""),
            peer("6001", "alice"),
            peer("0151777", "alice"),
            peer("6001", ""),
            peer("6001", "eve"),
        ];
        for a in &peers {
            for b in &peers {
                let sides = (Side::new(Some(a.clone())), Side::new(Some(b.clone())));
                assert_eq!(sides.0.is(&sides.1, false), a.is(b), "{a:?} {b:?}");
            }
            let (side, nobody) = (Side::new(Some(a.clone())), Side::new(None));
            assert!(!side.is(&nobody, true) && !nobody.is(&side, true));
        }
        assert!(Side::new(None).is(&Side::new(None), true));
        assert!(!Side::new(None).is(&Side::new(None), false));
    }
}
