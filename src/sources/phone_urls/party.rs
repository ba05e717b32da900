//! A user or a number as a phone wrote it, taken out of its SIP clothes.

use crate::text;

/// Whether a `+` may have been lost on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    /// A path keeps it.
    Kept,
    /// In a query or a form an unescaped one arrives as a blank: a blank before a digit was one.
    MaybeBlank,
}

/// The user or number in what a phone wrote: `100` of `"Bob" <sip:100@pbx;user=phone>`. Nothing where nothing
/// is left of it, and where the phone left its own variable unfilled.
pub(super) fn clean(value: &str, plus: Plus) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() && c != ' ');
    if is_variable(value.trim()) {
        return None;
    }
    let bare = undress(value);
    let found = if plus == Plus::MaybeBlank && lost_plus(bare) {
        text::clean(&format!("+{}", bare.trim_start())).into_owned()
    } else {
        text::clean(bare).into_owned()
    };
    (!found.is_empty() && !is_variable(&found)).then_some(found)
}

/// A phone's MAC address. What is none stands for the phone all the same, as one short visible line.
pub(super) fn address(value: &str) -> Option<String> {
    let address = text::clean(&filled(value)?).into_owned();
    (!address.is_empty()).then_some(address)
}

/// A value that needs no undressing, such as a call's id.
pub(super) fn filled(value: &str) -> Option<String> {
    let value = value.trim();
    let usable = !value.is_empty() && !is_variable(value) && !value.chars().any(char::is_control);
    usable.then(|| value.to_owned())
}

/// What our own pages have where a variable belongs, and somebody may leave there.
const PLACEHOLDERS: &[&str] = &["<user>", "<number>", "<call-id>"];

/// A name that the phone did not replace: `$remote`, `$call-id`, `${mac}`, `$$REMOTENUMBER$$`, `{remoteNumber}`.
fn is_variable(value: &str) -> bool {
    if PLACEHOLDERS.contains(&value) {
        return true;
    }
    let inner = if let Some(rest) = value.strip_prefix('$') {
        rest.trim_matches(['$', '{', '}'])
    } else if let Some(rest) = value.strip_prefix('{') {
        match rest.strip_suffix('}') {
            Some(inner) => inner,
            None => return false,
        }
    } else {
        return false;
    };
    inner
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn lost_plus(value: &str) -> bool {
    value
        .strip_prefix(' ')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The user part of a SIP or telephone address (RFC 3261 §19.1, RFC 3966), or the value itself.
fn undress(value: &str) -> &str {
    // "Bob" <sip:100@pbx>;tag=1
    let address = match value.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value,
    };
    let trimmed = address.trim_start();
    let (scheme, rest) = match trimmed.split_once(':') {
        // Some write it as if it were a web address.
        Some((scheme, rest)) if is_scheme(scheme) => (true, rest.trim_start_matches('/')),
        _ => (false, address),
    };
    let user = match rest.find('@') {
        // A password may stand behind the user, and parameters may even stand inside it.
        Some(at) => rest[..at].split([':', ';']).next().unwrap_or_default(),
        None if scheme => rest.split([';', '?', ':']).next().unwrap_or_default(),
        None => rest.split(';').next().unwrap_or_default(),
    };
    let user = user.trim_end();
    let unquoted = user
        .trim()
        .strip_prefix('"')
        .and_then(|u| u.strip_suffix('"'));
    unquoted.unwrap_or(user)
}

fn is_scheme(text: &str) -> bool {
    ["sip", "sips", "tel"]
        .iter()
        .any(|scheme| text.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sip_clothes_come_off() {
        for (value, expected) in [
            ("100", "100"),
            ("bob", "bob"),
            ("Bob Miller", "Bob Miller"),
            ("<sip:100@pbx;user=phone>", "100"),
            ("\"Bob\" <sip:101@pbx.example.com>", "101"),
            ("\"A <b>\" <sip:102@pbx>;tag=7", "102"),
            ("Bob <sip:103@pbx", "103"),
            ("sip:104@pbx:5060;transport=tls?x=y", "104"),
            ("sips:105:password@pbx", "105"),
            ("SIP:+49-30-1234;phone-context=x@pbx", "+49-30-1234"),
            ("tel:+49-30-1234;phone-context=example.com", "+49-30-1234"),
            ("TEL:112", "112"),
            ("106@pbx", "106"),
            ("107;user=phone", "107"),
            ("\"Bob\"", "Bob"),
            ("  +49 1234 ", "+49 1234"),
            ("*72", "*72"),
            ("sip:pbx", "pbx"),
            ("sip://108@pbx", "108"),
            ("a\r\nb", "a b"),
        ] {
            assert_eq!(
                clean(value, Plus::Kept).as_deref(),
                Some(expected),
                "{value}"
            );
        }
    }

    #[test]
    fn nothing_and_unfilled_variables_are_no_number() {
        for value in [
            "",
            " ",
            "<>",
            "sip:",
            "sip:@pbx",
            "\"\"",
            "\u{200b}",
            "$",
            "$$",
            "$remote",
            "$call-id",
            "$display_remote",
            "$csta_id",
            "${mac}",
            "$$REMOTENUMBER$$",
            "$$SIPUSERNAME$$",
            "{remoteNumber}",
            "{call-id}",
            "{}",
            "<user>",
            "<number>",
            "sip:$remote@pbx",
            "<sip:$$REMOTENUMBER$$@$ip>",
        ] {
            assert_eq!(clean(value, Plus::MaybeBlank), None, "{value}");
        }
        for value in ["$5 & more", "{a", "a{b}", "#31#"] {
            assert_eq!(clean(value, Plus::Kept).as_deref(), Some(value));
        }
    }

    #[test]
    fn a_plus_that_became_a_blank_comes_back() {
        for (value, expected) in [
            (" 4930", "+4930"),
            ("sip: 4930@pbx", "+4930"),
            ("  4930", "4930"),
            (" bob", "bob"),
            ("+4930", "+4930"),
        ] {
            assert_eq!(
                clean(value, Plus::MaybeBlank).as_deref(),
                Some(expected),
                "{value:?}"
            );
        }
        assert_eq!(clean(" 4930", Plus::Kept).as_deref(), Some("4930"));
    }

    /// The `+` came to what was cut already.
    #[test]
    fn a_number_whose_plus_came_back_was_longer_than_any_other() {
        let long = format!(" 4930{}", "1".repeat(100));
        let cut = clean(&long, Plus::MaybeBlank).expect("a number");
        assert!(cut.starts_with("+49301"), "{cut}");
        assert_eq!(cut.chars().count(), text::MAX_CHARS);
    }

    #[test]
    fn values_without_clothes_are_only_filled_or_not() {
        assert_eq!(filled(" 6d7de1d8 ").as_deref(), Some("6d7de1d8"));
        assert_eq!(filled("a@b;c").as_deref(), Some("a@b;c"));
        for value in ["", "$call_id", "{call-id}", "<call-id>", "a\0b"] {
            assert_eq!(filled(value), None, "{value}");
        }
    }
}
