//! What this plugin may ask over HTTP: `AllowedHosts`, and the number look-up.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::values::Values;
use super::{Secret, Setting, shown};
use crate::outbound::Address;

/// The longest list that is read, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// The most hosts that may be asked.
pub const MAX_ALLOWED_HOSTS: usize = 200;

/// The most wrong entries that are named one by one.
const MAX_COMPLAINTS: usize = 20;

/// The ports of a host that is listed without one: HTTP's and HTTPS's.
const USUAL_PORTS: [u16; 2] = [80, 443];

/// What stands for the number in `NumberLookupUrl`.
pub const NUMBER: &str = "{number}";

/// The longest address of a look-up that is read, in bytes.
const MAX_URL: usize = 2048;

const HOSTS_REMEDY: &str =
    "Write hosts as `crm.example.com`, `*.example.org` or `10.1.2.3:8080`, separated by commas.";

/// The hosts that may be asked something over HTTP. Cheap to clone; the default allows none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(Arc<[Allowed]>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowed {
    host: Pattern,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// A name, in lower case.
    Name(Box<str>),
    /// All names that end with this, which begins with a dot.
    Below(Box<str>),
    Address(IpAddr),
}

impl AllowedHosts {
    /// Reads `crm.example.com, *.example.org, 10.1.2.3:8080`: names, all names below one, and addresses (IPv6 in brackets where a port
    /// follows), each with its port or without, separated by commas, semicolons, blanks or line ends. Wrong entries are left out and
    /// described; the others work.
    #[must_use]
    pub fn parse(input: &str) -> (Self, Vec<String>) {
        let (mut hosts, mut complaints, mut unnamed) = (Vec::new(), Vec::new(), 0);
        if input.len() > MAX_BYTES {
            let what = format!("is longer than {MAX_BYTES} bytes, and was not read");
            return (Self::default(), vec![what]);
        }
        let separates = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
        let (mut place, mut goes_on) = (0, false);
        for piece in input.split_inclusive(separates) {
            let entry = piece.trim_end_matches(separates);
            // Addresses may have commas and semicolons themselves: what follows one without a blank may be its key.
            let may_be_rest = goes_on;
            let is_more = may_be_rest || entry.contains(['/', '?', '@', '=']);
            goes_on = is_more && !piece.ends_with(char::is_whitespace);
            if entry.is_empty() {
                continue;
            }
            place += 1;
            let read = match hosts.len() {
                MAX_ALLOWED_HOSTS.. => Err("is one more than are kept"),
                _ => Allowed::parse(entry),
            };
            match read {
                Ok(host) => hosts.push(host),
                Err(why) if complaints.len() < MAX_COMPLAINTS => {
                    let shown = shown::host(entry).filter(|_| !may_be_rest);
                    complaints.push(shown::complaint(&format!("entry {place}"), shown, why));
                }
                Err(_) => unnamed += 1,
            }
        }
        if unnamed > 0 {
            complaints.push(format!("has {unnamed} more entries that are wrong"));
        }
        (Self(hosts.into()), complaints)
    }

    /// Whether that host may be asked at that port.
    #[must_use]
    pub fn allows(&self, host: &Address, port: u16) -> bool {
        self.0.iter().any(|allowed| {
            let is_host = match (&allowed.host, host) {
                (Pattern::Name(own), Address::Name(name)) => **own == **name,
                (Pattern::Below(end), Address::Name(name)) => {
                    name.len() > end.len() && name.ends_with(&**end)
                }
                (Pattern::Address(own), Address::Ip(ip)) => own == ip,
                _ => false,
            };
            is_host && allowed.has_port(port)
        })
    }

    /// Whether this very address is listed, which is what addresses need that are refused otherwise.
    #[must_use]
    pub fn lists(&self, address: IpAddr, port: u16) -> bool {
        self.allows(&Address::Ip(address), port)
    }
}

impl Allowed {
    fn parse(entry: &str) -> Result<Self, &'static str> {
        if entry.contains("://") || entry.contains('/') || entry.contains('@') {
            return Err(
                "is more than a host: leave out `https://`, the path and names of accounts",
            );
        }
        if let Ok(ip) = entry.parse() {
            return Ok(Self {
                host: Pattern::Address(ip),
                port: None,
            });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => {
                let number = port.parse().ok().filter(|port| *port > 0);
                (
                    host,
                    Some(number.ok_or("has no port from 1 to 65535 behind its colon")?),
                )
            }
            None => (entry, None),
        };
        let name = host.strip_prefix("*.");
        match Address::parse(name.unwrap_or(host)) {
            Some(Address::Name(own)) => Ok(Self {
                host: match name {
                    Some(_) => Pattern::Below(format!(".{own}").into()),
                    None => Pattern::Name(own),
                },
                port,
            }),
            Some(Address::Ip(ip)) if name.is_none() => Ok(Self {
                host: Pattern::Address(ip),
                port,
            }),
            _ if host.contains('*') => {
                Err("has a `*` in another place than before a name: `*.example.org`")
            }
            _ => Err("is no name or address of a host"),
        }
    }

    fn has_port(&self, port: u16) -> bool {
        match self.port {
            Some(own) => own == port,
            None => USUAL_PORTS.contains(&port),
        }
    }
}

/// The service that is asked for names of numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct NumberLookup {
    /// The address, with [`NUMBER`] in place of the number. It may hold a key.
    pub url: Arc<str>,
    /// What shows it that it is us who ask; empty: nothing does.
    pub secret: Secret,
    /// The hosts that may be asked.
    pub hosts: AllowedHosts,
}

/// The address may hold a key, so it is not shown.
impl fmt::Debug for NumberLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberLookup")
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

/// The hosts that may be asked, and the service for names, if one is set.
pub(super) fn read(values: &mut Values<'_>) -> (AllowedHosts, Option<NumberLookup>) {
    let text = values.text(Setting::AllowedHosts).unwrap_or_default();
    let (hosts, complaints) = AllowedHosts::parse(&text);
    for what in complaints {
        values.problem(Setting::AllowedHosts, what, HOSTS_REMEDY);
    }
    let lookup = lookup(values, &hosts);
    (hosts, lookup)
}

fn lookup(values: &mut Values<'_>, hosts: &AllowedHosts) -> Option<NumberLookup> {
    let url = values.text(Setting::NumberLookupUrl).unwrap_or_default();
    let secret = values.text(Setting::NumberLookupSecret);
    let secret = Secret::new(secret.unwrap_or_default());
    let url = url.trim();
    if url.is_empty() {
        return None;
    }
    let problem = |values: &mut Values<'_>, what: String, remedy: &str| {
        values.problem(Setting::NumberLookupUrl, what, remedy);
        None
    };
    if !url.contains(NUMBER) || url.len() > MAX_URL {
        let what = if url.len() > MAX_URL {
            format!("is longer than {MAX_URL} bytes, so nobody is asked")
        } else {
            format!("has no `{NUMBER}` in it, so nobody is asked")
        };
        let remedy = "Enter an address such as `https://crm.example.com/lookup?number={number}`.";
        return problem(values, what, remedy);
    }
    // The number may not choose whom it is told to.
    let host = |number: &str| crate::outbound::Url::parse(&url.replace(NUMBER, number));
    let (one, other) = match (host("1"), host("2")) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(error), _) | (_, Err(error)) => {
            let what = format!("cannot be asked: {error}");
            let remedy =
                "Enter an address such as `https://crm.example.com/lookup?number={number}`.";
            return problem(values, what, remedy);
        }
    };
    if one.host() != other.host() || one.port() != other.port() {
        let what = format!("has `{NUMBER}` in its host, so nobody is asked");
        return problem(values, what, "Let it stand in the path or behind the `?`.");
    }
    if !hosts.allows(one.host(), one.port()) {
        let what = format!(
            "has a host that is not allowed: `{}`, so nobody is asked",
            one.origin()
        );
        let remedy = format!("Add `{}` to the allowed hosts.", one.origin());
        return problem(values, what, &remedy);
    }
    if !secret.reveal().bytes().all(|b| b.is_ascii_graphic()) {
        let what = "has a character that a header cannot have, so nobody is asked";
        let remedy = "Enter letters, digits and signs of ASCII without blanks, or nothing.";
        values.problem(Setting::NumberLookupSecret, what, remedy);
        return None;
    }
    Some(NumberLookup {
        url: Arc::from(url),
        secret,
        hosts: hosts.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Bundle, Config};
    use proptest::prelude::*;

    fn hosts(text: &str) -> AllowedHosts {
        let (hosts, complaints) = AllowedHosts::parse(text);
        assert_eq!(complaints, [""; 0], "{text}");
        hosts
    }

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text)
    }

    #[test]
    fn hosts_are_allowed_as_they_are_listed() {
        let hosts = hosts(
            "CRM.example.com, *.example.org;10.1.2.3:8080\n[fd00::5]:81 fd00::6 localhost:8065",
        );
        for (host, port, expected) in [
            ("crm.example.com", 443, true),
            ("Crm.Example.Com.", 80, true),
            ("crm.example.com", 8080, false),
            ("example.com", 443, false),
            ("x.crm.example.com", 443, false),
            ("a.example.org", 443, true),
            ("a.b.example.org", 80, true),
            ("example.org", 443, false),
            ("badexample.org", 443, false),
            ("10.1.2.3", 8080, true),
            ("10.1.2.3", 80, false),
            ("[fd00::5]", 81, true),
            ("[fd00::6]", 443, true),
            ("localhost", 8065, true),
            ("127.0.0.1", 8065, false),
        ] {
            assert_eq!(
                hosts.allows(&address(host), port),
                expected,
                "{host}:{port}"
            );
        }
        assert!(!AllowedHosts::default().allows(&address("a.b"), 443));
    }

    #[test]
    fn wrong_entries_are_named_and_the_others_work() {
        let text = "https://a.b, a.b/c, a.*.b, *, a.b:0, a.b:99999, ü.example, *.1.2.3.4, u@a.b, good.example";
        let (hosts, complaints) = AllowedHosts::parse(text);
        assert_eq!(complaints.len(), 9, "{complaints:?}");
        assert!(complaints[2].starts_with("entry 3 `a.*.b` has a `*`"));
        assert!(hosts.allows(&address("good.example"), 443));
        assert!(complaints[0].starts_with("entry 1 `a.b` is more than a host"));
        let many: String = (0..=MAX_ALLOWED_HOSTS)
            .map(|n| format!("h{n}.x "))
            .collect();
        assert_eq!(AllowedHosts::parse(&many).1.len(), 1);
        assert_eq!(AllowedHosts::parse(&"x".repeat(MAX_BYTES + 1)).1.len(), 1);
        let wrong = "/ ".repeat(MAX_COMPLAINTS + 5);
        let (_, complaints) = AllowedHosts::parse(&wrong);
        assert_eq!(
            complaints[MAX_COMPLAINTS],
            "has 5 more entries that are wrong"
        );
    }

    #[test]
    fn accounts_and_keys_of_pasted_addresses_were_told() {
        for text in [
            "https://zoe:hush@crm/x?key=hush",
            "https://zoe:hu/sh@crm/x?key=hush",
            "https://zoe:hu,sh@crm/x;y?key=hush;hush=1,9hush&x",
            "zoe:hush@crm, zoe@crm/?hush ?hush",
            "https://zoe:hush",
        ] {
            let json = serde_json::json!({
                "AllowedHosts": text, "NumberLookupUrl": format!("{text}{{number}}"), "AsteriskHost": text,
            });
            let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
            for setting in ["AllowedHosts", "NumberLookupUrl", "AsteriskHost"] {
                let ours = |p: &&crate::config::Problem| p.setting == setting;
                let problems: Vec<_> = config.problems.iter().filter(ours).collect();
                assert_ne!(problems.len(), 0, "{text}");
                for problem in problems {
                    for secret in ["hu", "sh@", "zoe"] {
                        assert!(!problem.what.contains(secret), "{problem}");
                        assert!(!problem.remedy.contains(secret), "{problem}");
                    }
                }
            }
        }
        let (_, complaints) = AllowedHosts::parse("https://zoe:hush@crm/x?key=hush, a.*.b");
        assert!(complaints[0].starts_with("entry 1 `crm` is more than a host"));
        assert!(complaints[1].starts_with("entry 2 `a.*.b` has a `*`"));
    }

    #[test]
    fn the_look_up_is_set_or_says_why_not() {
        for (url, secret, problem) in [
            ("https://crm.example.com/x?n={number}", "hush", ""),
            ("http://crm.example.com/{number}", "", ""),
            ("https://crm.example.com/x", "", "no `{number}`"),
            ("crm.example.com/{number}", "", "cannot be asked"),
            ("ftp://crm.example.com/{number}", "", "cannot be asked"),
            (
                "https://x:y@crm.example.com/{number}",
                "",
                "cannot be asked",
            ),
            ("https://{number}.example.com/", "", "in its host"),
            ("https://other.example.com/{number}", "", "not allowed"),
            (
                "https://crm.example.com:8443/{number}",
                "",
                "not allowed: `crm.example.com:8443`",
            ),
            (
                "https://crm.example.com/{number}",
                "a b",
                "a header cannot have",
            ),
        ] {
            let json = serde_json::json!({
                "AllowedHosts": "crm.example.com", "NumberLookupUrl": url, "NumberLookupSecret": secret,
            });
            let config = Config::parse(Bundle::of("switchboard"), json.to_string().as_bytes());
            let ours = |p: &&crate::config::Problem| p.setting.starts_with("NumberLookup");
            let problems: Vec<_> = config.problems.iter().filter(ours).collect();
            assert_eq!(config.number_lookup.is_some(), problem.is_empty(), "{url}");
            assert_eq!(problems.len(), usize::from(!problem.is_empty()), "{url}");
            if let Some(said) = problems.first() {
                assert!(said.to_string().contains(problem), "{said}");
            }
            assert!(!format!("{config:?}").contains("hush"));
        }
    }

    proptest! {
        #[test]
        fn any_list_is_read_without_harm(text in "[a-z0-9*.:\\[\\], ]{0,60}") {
            let (hosts, complaints) = AllowedHosts::parse(&text);
            prop_assert!(hosts.0.len() + complaints.len() <= text.len());
        }
    }
}
