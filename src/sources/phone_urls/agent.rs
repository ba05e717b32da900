//! What a phone says of itself in the header `User-Agent`.

/// What stands before the phone's address there: `Mitel6867i MAC:00-08-5D-4A-1B-2C V:5.1.0.1024-SIP`.
const MARK: &[u8] = b"mac:";

/// A MAC address has so many hexadecimal digits.
const DIGITS: usize = 12;

/// The phone's MAC address, in twelve small letters and digits, if it says it there. Case does not matter, nor which of `-`, `:` and
/// `.` parts the digits, if any does.
pub(super) fn mac(agent: &str) -> Option<String> {
    let mut places = agent.as_bytes().windows(MARK.len());
    let at = places.position(|place| place.eq_ignore_ascii_case(MARK))?;
    let behind = agent[at + MARK.len()..].trim_start().bytes();
    let digits = behind
        .take_while(|b| b.is_ascii_hexdigit() || matches!(b, b'-' | b':' | b'.'))
        .filter(u8::is_ascii_hexdigit)
        .map(|b| char::from(b.to_ascii_lowercase()));
    // One more than there are tells that it is something else.
    let digits: String = digits.take(DIGITS + 1).collect();
    (digits.len() == DIGITS).then_some(digits)
}

/// Whether a phone takes an answer that is no XML of its own kind for an error, and shows that: Mitel's and Aastra's do ("IP Phones
/// Administrator Guide" 4.2, "Action URIs").
#[must_use]
pub fn wants_xml(agent: &str) -> bool {
    ["aastra", "mitel"].iter().any(|maker| {
        let begin = agent.get(..maker.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(maker))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_leniently_and_nothing_else_is_one() {
        for agent in [
            "Aastra6731i MAC:00-08-5D-4A-1B-2C V:3.3.1.4305-SIP",
            "Mitel6867i MAC:00:08:5d:4a:1b:2c V:5.1.0.1024-SIP",
            "Mitel6930 mac: 00085D4A1B2C",
            "x MAC:0008.5d4a.1b2c",
        ] {
            assert_eq!(mac(agent).as_deref(), Some("00085d4a1b2c"), "{agent}");
        }
        for agent in [
            "",
            "Mitel6867i",
            "MAC:",
            "MAC:00-08-5D-4A-1B V:5",
            "MAC:00-08-5D-4A-1B-2C-3D",
            "MAC:$mac",
            "Yealink SIP-T46S 66.85.0.5 00:15:65:aa:bb:cc",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)",
        ] {
            assert_eq!(mac(agent), None, "{agent}");
        }
    }

    #[test]
    fn only_mitels_phones_want_xml() {
        for agent in ["Aastra55i MAC:x", "Mitel6867i", "MITEL", "aastra"] {
            assert!(wants_xml(agent), "{agent}");
        }
        for agent in [
            "",
            "Mite",
            "Yealink SIP-T46S",
            "Mozilla/5.0 Mitel",
            "Mité",
            "snom",
        ] {
            assert!(!wants_xml(agent), "{agent}");
        }
    }
}
