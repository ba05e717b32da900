//! What the admin set of OVH.

use std::sync::Arc;

use super::values::Values;
use super::{AllowedHosts, NumbersUsers, Setting};
use crate::outbound::{Address, Url};
use crate::sources::ovh::{MAX_TOKENS, Settings, Token};

/// OVH's own address.
const DEFAULT_URL: &str = "https://events.voip.ovh.net/";

/// The longest text of tokens that is read, in bytes: as many as there may be, several times over.
const MAX_BYTES: usize = 8 * 1024;

/// The longest address that is read, in bytes.
const MAX_URL: usize = 1024;

const TOKENS_REMEDY: &str =
    "Paste tokens alone, as `ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB`, separated by commas.";

const URL_REMEDY: &str = "Leave it empty for OVH's own, `https://events.voip.ovh.net/`.";

/// Reads it; nothing where no token is set, or where nobody can be asked.
pub(super) fn read(values: &mut Values<'_>, numbers: &NumbersUsers) -> Option<Settings> {
    let text = values.text(Setting::OvhTokens).unwrap_or_default();
    let url = values.text(Setting::OvhUrl).unwrap_or_default();
    let tokens = tokens(values, &text);
    let place = url_and_hosts(values, url.trim());
    let (url, hosts) = place.filter(|_| !tokens.is_empty())?;
    Some(Settings {
        tokens,
        url,
        hosts,
        numbers: numbers.clone(),
    })
}

/// Tokens, separated by commas, semicolons, blanks or line ends. What is wrong is named by its place only: it may be another secret.
fn tokens(values: &mut Values<'_>, text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    if text.len() > MAX_BYTES {
        let what = format!("is longer than {MAX_BYTES} bytes, and was not read");
        values.problem(Setting::OvhTokens, what, TOKENS_REMEDY);
        return tokens;
    }
    let separates = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    let entries = text.split(separates).filter(|entry| !entry.is_empty());
    for (at, entry) in entries.enumerate() {
        let place = at + 1;
        let (what, remedy) = match Token::parse(entry) {
            Some(token) => match tokens.iter().position(|other| other.is(&token)) {
                Some(_) => (
                    format!("has a token twice: entry {place} ({token}), which counts once"),
                    "Remove one of them.".to_owned(),
                ),
                None if tokens.len() >= MAX_TOKENS => {
                    let what = format!(
                        "has more than {MAX_TOKENS} tokens; those from entry {place} on are left out"
                    );
                    let remedy =
                        "Take tokens of billing accounts, each of which has all its numbers.";
                    values.problem(Setting::OvhTokens, what, remedy);
                    return tokens;
                }
                None => {
                    tokens.push(token);
                    continue;
                }
            },
            None if entry.contains("://") || entry.contains("token=") => (
                format!("has an address as entry {place}, which was left out"),
                "Paste only what stands behind `token=` in it.".to_owned(),
            ),
            None => (
                format!("has an entry {place} that is no token, and was left out"),
                TOKENS_REMEDY.to_owned(),
            ),
        };
        values.problem(Setting::OvhTokens, what, remedy);
    }
    tokens
}

/// The address, and its host as the only one that is asked.
fn url_and_hosts(values: &mut Values<'_>, text: &str) -> Option<(Arc<str>, AllowedHosts)> {
    let text = if text.is_empty() { DEFAULT_URL } else { text };
    let mut refuse = |what: &str, remedy: &str| {
        values.problem(
            Setting::OvhUrl,
            format!("{what}, so OVH is not followed"),
            remedy,
        );
        None
    };
    if text.len() > MAX_URL {
        return refuse(&format!("is longer than {MAX_URL} bytes"), URL_REMEDY);
    }
    if text.contains("token=") {
        let remedy =
            "Enter the token in its own field, and leave this one empty for OVH's own address.";
        return refuse("has a token in it", remedy);
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return refuse(&format!("cannot be asked: {error}"), URL_REMEDY),
    };
    if text.contains(['?', '#']) {
        return refuse("has a `?` or a `#` in it", URL_REMEDY);
    }
    let is_local = match url.host() {
        Address::Name(name) => **name == *"localhost",
        Address::Ip(address) => crate::outbound::is_private(*address),
    };
    if !url.is_https() && !is_local {
        let what = "is not `https`, by which others could read the tokens on their way";
        return refuse(what, URL_REMEDY);
    }
    let port = url.port();
    let mut hosts = format!("{}:{port}", url.host());
    // The admin chose this machine by its name.
    if matches!(url.host(), Address::Name(_)) && is_local {
        hosts.push_str(&format!(", 127.0.0.1:{port}, [::1]:{port}"));
    }
    let (hosts, _) = AllowedHosts::parse(&hosts);
    Some((Arc::from(text), hosts))
}

#[cfg(test)]
mod tests {
    use crate::config::{Bundle, Config};

    const ONE: &str = "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD0001";
    const TWO: &str = "abcdefab-cdef-abcd-efab-cdefabcd0002";

    fn parse(tokens: &str, url: &str) -> Config {
        let json = serde_json::json!({"OvhTokens": tokens, "OvhUrl": url});
        Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes())
    }

    fn said(config: &Config) -> Vec<String> {
        let ours = config.problems.iter();
        let ours = ours.filter(|problem| problem.setting.starts_with("Ovh"));
        ours.map(ToString::to_string).collect()
    }

    #[test]
    fn tokens_are_read_however_they_are_separated() {
        for text in [
            format!("{ONE},{TWO}"),
            format!(" {ONE}\n{TWO}\n"),
            format!("{ONE}; {TWO};"),
            format!("{ONE} {TWO}"),
        ] {
            let config = parse(&text, "");
            assert_eq!(said(&config), [""; 0], "{text}");
            let settings = config.ovh.expect("settings");
            let tokens: Vec<_> = settings.tokens.iter().map(|token| token.reveal()).collect();
            assert_eq!(tokens, [ONE, TWO]);
            assert_eq!(&*settings.url, "https://events.voip.ovh.net/");
        }
        assert_eq!(parse("", "").ovh, None);
        assert_eq!(said(&parse("", "")), [""; 0]);
    }

    #[test]
    fn wrong_tokens_are_named_by_their_place_and_the_others_work() {
        let text = format!(
            "https://events.voip.ovh.net/?token={ONE},hunter2,{TWO},{}",
            TWO.to_uppercase()
        );
        let config = parse(&text, "");
        assert_eq!(config.ovh.as_ref().map(|s| s.tokens.len()), Some(1));
        let said = said(&config);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("an address as entry 1") && said[0].contains("behind `token=`"));
        assert!(said[1].contains("entry 2 that is no token"));
        assert!(said[2].contains("twice: entry 4 (…0002)"));
        for secret in [ONE, TWO, "hunter2"] {
            assert!(!said.concat().contains(secret), "{said:?}");
        }
        assert!(!format!("{config:?}").to_lowercase().contains(TWO));
        let many: Vec<String> = (0..25)
            .map(|n| format!("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD00{n:02}"))
            .collect();
        let config = parse(&many.join(","), "");
        assert_eq!(config.ovh.map(|settings| settings.tokens.len()), Some(20));
        assert!(parse(&"x".repeat(9000), "").ovh.is_none());
    }

    #[test]
    fn addresses_that_cannot_be_asked_are_complained_of() {
        for (url, why) in [
            ("events.voip.ovh.net", "cannot be asked"),
            ("ftp://events.voip.ovh.net", "cannot be asked"),
            ("http://events.voip.ovh.net/", "not `https`"),
            ("http://8.8.8.8/", "not `https`"),
            (
                &format!("https://events.voip.ovh.net/?token={ONE}"),
                "has a token in it",
            ),
            ("https://events.voip.ovh.net/?x=1", "has a `?`"),
            (&format!("https://a.b/{}", "x".repeat(2000)), "longer than"),
        ] {
            let config = parse(ONE, url);
            assert_eq!(config.ovh, None, "{url}");
            let said = said(&config);
            assert_eq!(said.len(), 1, "{url} {said:?}");
            assert!(said[0].contains(why) && !said[0].contains(ONE), "{said:?}");
        }
        for url in [
            "http://127.0.0.1:8080/x",
            "http://localhost:8080",
            "http://10.1.2.3/",
            "http://[::1]:81/",
            "https://a.b/x",
        ] {
            let config = parse(ONE, url);
            assert_eq!(said(&config), [""; 0], "{url}");
            assert!(config.ovh.is_some(), "{url}");
        }
    }

    #[test]
    fn other_bundles_have_no_ovh() {
        let json = serde_json::json!({"OvhTokens": ONE, "OvhPosts": true}).to_string();
        let config = Config::parse(Bundle::of("net.bytemine.sip"), json.as_bytes());
        assert_eq!((config.ovh, config.ovh_posts), (None, false));
    }
}
