//! From a host's name to its addresses, by `/etc/hosts` and DNS (RFC 1035).
//!
//! Not by the C library's `getaddrinfo`: it holds a thread for as long as the name servers take. In a static executable with glibc it
//! loads the modules that `nsswitch.conf` names from the system's own, perhaps older glibc besides: with `resolve` or `myhostname` there
//! (systemd has them), one built with glibc 2.36 aborts on a system with 2.31. Names that only such modules know (mDNS, NIS)
//! are not found; an address always is.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

/// The most that is read of `/etc/hosts` and `/etc/resolv.conf`, in bytes.
const MAX_FILE: usize = 1024 * 1024;

/// The most name servers, as in resolv.conf(5).
const MAX_SERVERS: usize = 3;

/// The most domains to search, as glibc had them before 2.26.
const MAX_DOMAINS: usize = 6;

/// How long a name server may take; then the next is asked, and then all of them once more.
const SERVER_LIMIT: Duration = Duration::from_millis(1_000);

/// The longest answer over UDP without EDNS (RFC 1035, 4.2.1).
const MAX_ANSWER: usize = 512;

/// Types of records: RFC 1035, 3.2.2, and RFC 3596, 2.1.
const TYPES: [u16; 2] = [A, AAAA];
const A: u16 = 1;
const AAAA: u16 = 28;

/// The class of the Internet.
const IN: u16 = 1;

/// The addresses of a host as the connection would look them up, at least one; or why there is none, in words for people. It may take some
/// seconds.
///
/// # Errors
///
/// It is no host's name, nobody knows it, or no name server answers.
pub async fn addresses(host: &str) -> Result<Vec<IpAddr>, &'static str> {
    Names::of_system().lookup(host).await
}

/// Where names are looked up.
#[derive(Debug)]
struct Names {
    hosts: String,
    servers: Vec<SocketAddr>,
    domains: Vec<String>,
    /// With so many dots, a name is tried as it is first.
    dots: usize,
}

impl Names {
    /// As this system has it at this moment.
    fn of_system() -> Self {
        Self::new(read("/etc/hosts"), &read("/etc/resolv.conf"))
    }

    /// From the texts of hosts(5) and resolv.conf(5).
    fn new(hosts: String, resolv_conf: &str) -> Self {
        let mut names = Self {
            hosts,
            servers: Vec::new(),
            domains: Vec::new(),
            dots: 1,
        };
        for line in resolv_conf.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    // A zone (`fe80::1%eth0`) is not understood.
                    let server = words.next().and_then(|word| word.parse::<IpAddr>().ok());
                    names
                        .servers
                        .extend(server.map(|ip| SocketAddr::new(ip, 53)));
                }
                Some("search" | "domain") => {
                    let domains = words.take(MAX_DOMAINS);
                    names.domains = domains.map(|word| word.trim_matches('.').into()).collect();
                }
                Some("options") => {
                    let dots = words.find_map(|word| word.strip_prefix("ndots:"));
                    if let Some(dots) = dots.and_then(|dots| dots.parse().ok()) {
                        names.dots = dots;
                    }
                }
                _ => {}
            }
        }
        names.servers.truncate(MAX_SERVERS);
        if names.servers.is_empty() {
            let own = SocketAddr::from((Ipv4Addr::LOCALHOST, 53));
            names.servers.push(own);
        }
        names
    }

    /// The addresses of a host, at least one; or why there is none.
    async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, &'static str> {
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(host).parse() {
            return Ok(vec![address]);
        }
        let name = host.strip_suffix('.').unwrap_or(host);
        if encode(name).is_none() {
            return Err("it is no name that a host can have");
        }
        let listed = self.listed(name);
        if !listed.is_empty() {
            return Ok(listed);
        }
        // RFC 6761, 6.3 and 6.4.
        let top = name.rsplit('.').next().unwrap_or_default();
        if top.eq_ignore_ascii_case("localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        if top.eq_ignore_ascii_case("invalid") {
            return Err("no such name");
        }
        let mut answered = false;
        for candidate in self.candidates(host) {
            if let Some(found) = self.ask(&candidate).await {
                if !found.is_empty() {
                    return Ok(found);
                }
                answered = true;
            }
        }
        Err(if answered {
            "no such name"
        } else {
            "no name server answers"
        })
    }

    fn listed(&self, name: &str) -> Vec<IpAddr> {
        let lines = self.hosts.lines();
        let found = lines.filter_map(|line| {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let address = words.next()?.parse().ok()?;
            let is_own = words.any(|word| word.eq_ignore_ascii_case(name));
            is_own.then_some(address)
        });
        found.collect()
    }

    /// The names that are asked for in turn, as resolv.conf(5) has it.
    fn candidates(&self, host: &str) -> Vec<String> {
        if let Some(whole) = host.strip_suffix('.') {
            return vec![whole.to_owned()];
        }
        let searched = self.domains.iter().filter(|domain| !domain.is_empty());
        let mut names: Vec<_> = searched.map(|domain| format!("{host}.{domain}")).collect();
        let at = if host.matches('.').count() >= self.dots {
            0
        } else {
            names.len()
        };
        names.insert(at, host.to_owned());
        names
    }

    /// What the first name server says that says anything. Nothing: none does.
    async fn ask(&self, name: &str) -> Option<Vec<IpAddr>> {
        let encoded = encode(name)?;
        for server in self.servers.iter().chain(&self.servers) {
            if let Some(found) = query(*server, &encoded, SERVER_LIMIT).await {
                return Some(found);
            }
        }
        None
    }
}

/// Asks one name server for both kinds of addresses, for so long at most. Nothing: it cannot tell.
async fn query(server: SocketAddr, name: &[u8], limit: Duration) -> Option<Vec<IpAddr>> {
    let deadline = Instant::now() + limit;
    let own: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((own, 0)).await.ok()?;
    // Nobody else's answers are taken from now on.
    socket.connect(server).await.ok()?;
    // Keyed by the system's randomness: whoever cannot see the question cannot guess its number.
    let random = RandomState::new();
    let ids = TYPES.map(|kind| random.hash_one(kind) as u16);
    for (id, kind) in ids.into_iter().zip(TYPES) {
        socket.send(&question(id, name, kind)).await.ok()?;
    }
    let mut found: [Option<Vec<IpAddr>>; 2] = [None, None];
    let mut buffer = [0; MAX_ANSWER];
    // Some servers fail for AAAA, or never answer it (RFC 4074, 4.1 and 4.4): the other kind's addresses are good all the same.
    let mut failed = false;
    while found.iter().any(Option::is_none) {
        let Ok(received) = timeout_at(deadline, socket.recv(&mut buffer)).await else {
            failed = true;
            break;
        };
        let length = received.ok()?;
        for (at, kind) in TYPES.into_iter().enumerate() {
            if let Some(said) = answer(&buffer[..length], ids[at], name, kind) {
                failed |= said.is_err();
                found[at] = Some(said.unwrap_or_default());
            }
        }
    }
    let found: Vec<_> = found.into_iter().flatten().flatten().collect();
    (!found.is_empty() || !failed).then_some(found)
}

/// A name as labels (RFC 1035, 3.1); nothing if it is none of a host. Underscores are let through, as everybody does.
fn encode(name: &str) -> Option<Vec<u8>> {
    let mut labels = Vec::with_capacity(name.len() + 2);
    for label in name.split('.') {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let length = u8::try_from(label.len()).ok()?;
        if !(1..=63).contains(&length) || !label.bytes().all(fits) {
            return None;
        }
        labels.push(length);
        labels.extend(label.to_ascii_lowercase().bytes());
    }
    labels.push(0);
    (labels.len() <= 255).then_some(labels)
}

/// A question that a name server answers for others (RFC 1035, 4.1).
fn question(id: u16, name: &[u8], kind: u16) -> Vec<u8> {
    let mut packet = Vec::with_capacity(name.len() + 16);
    // Recursion desired; one question, and nothing else.
    for word in [id, 0x0100, 1, 0, 0, 0] {
        packet.extend(word.to_be_bytes());
    }
    packet.extend(name);
    packet.extend(kind.to_be_bytes());
    packet.extend(IN.to_be_bytes());
    packet
}

/// The addresses in the answer to a question; an error if the server failed. Nothing if it is no answer to it.
fn answer(packet: &[u8], id: u16, name: &[u8], kind: u16) -> Option<Result<Vec<IpAddr>, ()>> {
    let mut rest = Reader(packet);
    let (own, flags) = (rest.word()?, rest.word()?);
    let (questions, answers) = (rest.word()?, rest.word()?);
    let (_authorities, _additional) = (rest.word()?, rest.word()?);
    let is_answer = flags & 0x8000 != 0;
    if own != id || !is_answer || questions != 1 {
        return None;
    }
    let asked = rest.take(name.len())?;
    if !asked.eq_ignore_ascii_case(name) || rest.word()? != kind || rest.word()? != IN {
        return None;
    }
    let mut found = Vec::new();
    match flags & 0xf {
        // No error; no such name.
        0 => {}
        3 => return Some(Ok(found)),
        _ => return Some(Err(())),
    }
    // Aliases come with what they stand for: whose records these are need not be followed.
    for _ in 0..answers {
        let Some((of, data)) = rest.record() else {
            break;
        };
        match (of, kind, data.len()) {
            (A, A, _) => found.extend(<[u8; 4]>::try_from(data).map(IpAddr::from)),
            (AAAA, AAAA, _) => found.extend(<[u8; 16]>::try_from(data).map(IpAddr::from)),
            _ => {}
        }
    }
    Some(Ok(found))
}

/// What is left of a packet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn word(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    }

    /// A record's type and data.
    fn record(&mut self) -> Option<(u16, &'a [u8])> {
        // Its name: labels up to an empty one or to a pointer, which is its end (RFC 1035, 4.1.4).
        loop {
            match self.take(1)?[0] {
                0 => break,
                length @ 1..=63 => self.take(usize::from(length))?,
                192.. => {
                    self.take(1)?;
                    break;
                }
                _ => return None,
            };
        }
        let (kind, class, _lifetime) = (self.word()?, self.word()?, self.take(4)?);
        let length = self.word()?;
        let data = self.take(usize::from(length))?;
        let kind = if class == IN { kind } else { 0 };
        Some((kind, data))
    }
}

/// A file's text, or what can be read of it.
fn read(path: &str) -> String {
    use std::io::Read;

    let mut text = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        // What is there up to an error is used.
        let _ = file.take(MAX_FILE as u64).read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOSTS: &str = "127.0.0.1 localhost\n192.0.2.7\tpbx.office PBX # the old one\n2001:db8::7 pbx\n#192.0.2.8 gone\n";

    /// A name server that knows `pbx.example.com` by an alias, `other.example.net`, and fails for `broken.example.net`.
    async fn server() -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let reply = reply(&buffer[..length]);
                let _ = socket.send_to(&reply, from).await;
            }
        });
        address
    }

    fn reply(question: &[u8]) -> Vec<u8> {
        let mut packet = question.to_vec();
        let kind = u16::from_be_bytes([question[question.len() - 4], question[question.len() - 3]]);
        let is = |name| question[12..].starts_with(&encode(name).expect("a name"));
        packet[2] |= 0x80;
        // An alias first (type 5), then the address; the names are pointers to the question's.
        let alias = b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c";
        let four = b"\x03foo\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x09";
        let six = b"\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09";
        if is("pbx.example.com") && kind == A {
            packet[7] = 2;
            packet.extend(alias);
            packet.extend(four);
        } else if is("other.example.net") && kind == AAAA {
            packet[7] = 1;
            packet.extend(six);
        } else if is("broken.example.net") {
            packet[3] |= 2;
        } else if !is("other.example.net") && !is("pbx.example.com") {
            packet[3] |= 3;
        }
        packet
    }

    async fn names(resolv_conf: &str) -> Names {
        let mut names = Names::new(HOSTS.to_owned(), resolv_conf);
        names.servers = vec![server().await];
        names
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[tokio::test]
    async fn addresses_and_listed_names_need_no_server() {
        let names = names("").await;
        for (host, found) in [
            ("192.0.2.1", vec![ip("192.0.2.1")]),
            ("2001:db8::1", vec![ip("2001:db8::1")]),
            ("[2001:db8::1]", vec![ip("2001:db8::1")]),
            ("pbx", vec![ip("192.0.2.7"), ip("2001:db8::7")]),
            ("Pbx.Office", vec![ip("192.0.2.7")]),
            ("a.localhost", vec![ip("127.0.0.1"), ip("::1")]),
        ] {
            assert_eq!(names.lookup(host).await, Ok(found), "{host}");
        }
        for host in ["", "a..b", "a b", "pbx/1", "büro", &"a.".repeat(200)] {
            let why = "it is no name that a host can have";
            assert_eq!(names.lookup(host).await, Err(why), "{host}");
        }
    }

    #[tokio::test]
    async fn other_names_are_asked_for() {
        let names = names("search example.org example.com.\noptions ndots:1 rotate\n").await;
        let four = Ok(vec![ip("192.0.2.9")]);
        assert_eq!(names.lookup("pbx.example.com").await, four);
        assert_eq!(names.lookup("PBX.example.com.").await, four);
        let six = Ok(vec![ip("2001:db8::9")]);
        assert_eq!(names.lookup("other.example.net").await, six);
        assert_eq!(
            names.lookup("nobody.example.net").await,
            Err("no such name")
        );
        let silent = Err("no name server answers");
        assert_eq!(names.lookup("broken.example.net.").await, silent);
        let hosts = Names::new(String::new(), "");
        assert_eq!(hosts.servers, ["127.0.0.1:53".parse().expect("an address")]);
    }

    #[tokio::test]
    async fn a_server_that_knows_nothing_of_ipv6_is_good_for_ipv4() {
        for answers in [false, true] {
            let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
            let address = socket.local_addr().expect("an address");
            tokio::spawn(async move {
                let mut buffer = [0; 512];
                while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                    let mut reply = reply(&buffer[..length]);
                    if buffer[length - 3] != A as u8 {
                        // "Not implemented", where it says anything.
                        reply[3] |= 4;
                        if !answers {
                            continue;
                        }
                    }
                    let _ = socket.send_to(&reply, from).await;
                }
            });
            let name = encode("pbx.example.com").expect("a name");
            let limit = Duration::from_millis(if answers { 20_000 } else { 500 });
            let found = query(address, &name, limit).await;
            assert_eq!(found, Some(vec![ip("192.0.2.9")]), "{answers}");
        }
    }

    #[tokio::test]
    async fn short_names_are_searched_for() {
        let mut names = names("domain example.org\nsearch example.com\n").await;
        names.hosts.clear();
        assert_eq!(names.lookup("pbx").await, Ok(vec![ip("192.0.2.9")]));
        assert_eq!(names.candidates("pbx"), ["pbx.example.com", "pbx"]);
        assert_eq!(names.candidates("a.b"), ["a.b", "a.b.example.com"]);
        assert_eq!(names.candidates("pbx."), ["pbx"]);
    }

    proptest! {
        #[test]
        fn whatever_is_answered(mut packet in proptest::collection::vec(any::<u8>(), 0..80), cut in 0..64_usize) {
            let name = encode("pbx.example.com").expect("a name");
            // Often close to an answer, and cut anywhere.
            let mut good = reply(&question(7, &name, A));
            good.truncate(good.len() - cut.min(good.len()));
            good.append(&mut packet);
            if let Some(Ok(found)) = answer(&good, 7, &name, A) {
                prop_assert!(found.len() <= 20);
            }
            let _ = answer(&good[good.len() / 2..], 7, &name, AAAA);
        }

        #[test]
        fn whatever_the_files_say(hosts in any::<String>(), conf in "(nameserver|search|options|domain|ndots:)?[ -~\n]{0,60}", host in any::<String>()) {
            let names = Names::new(hosts, &conf);
            prop_assert!((1..=MAX_SERVERS).contains(&names.servers.len()));
            names.listed(&host);
            prop_assert!(names.candidates(&host).len() <= MAX_DOMAINS + 1);
        }
    }
}
