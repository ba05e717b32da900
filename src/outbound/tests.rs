//! Asking a server on this machine, whose address is listed, that answers what it is told to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use devhost::asterisk::{Authority, Certificate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;

/// A server: for each connection it reads a question, sends it to the test, and lets the test's function answer.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) questions: mpsc::UnboundedReceiver<String>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// One that answers questions, by their first lines, with these bytes.
    pub(crate) async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_with(move |line, mut stream| {
            let answer = answer(line);
            async move {
                // The client may have gone.
                let _ = stream.write_all(&answer).await;
            }
        })
        .await
    }

    /// One that does this with questions' first lines and connections.
    pub(crate) async fn start_with<F, D>(answer: F) -> Self
    where
        F: Fn(&str, TcpStream) -> D + Send + Sync + 'static,
        D: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, questions) = mpsc::unbounded_channel();
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (sender, answer) = (sender.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut question = Vec::new();
                    // A body may come along with the head.
                    while !question.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                        match stream.read_buf(&mut question).await {
                            Ok(0) | Err(_) => return,
                            Ok(_) => {}
                        }
                    }
                    let question = String::from_utf8(question).expect("ASCII");
                    let line = question.lines().next().unwrap_or_default().to_owned();
                    sender.send(question).ok();
                    answer(&line, stream).await;
                });
            }
        });
        Self {
            address,
            questions,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn hosts(&self) -> AllowedHosts {
        hosts(&self.address.to_string())
    }
}

pub(crate) fn hosts(text: &str) -> AllowedHosts {
    let (hosts, complaints) = AllowedHosts::parse(text);
    assert_eq!(complaints, [""; 0]);
    hosts
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn request(bearer: &Secret) -> Request<'_> {
    Request {
        bearer,
        accept: "application/json",
        limit: Duration::from_secs(20),
        max_body: 1000,
        status_only: false,
    }
}

async fn get(url: &str, hosts: &AllowedHosts, bearer: &str) -> Result<Response, OutboundError> {
    let bearer = secret(bearer);
    Client::default().get(url, hosts, &request(&bearer)).await
}

/// Posts `{}` with a PIN.
async fn post(url: &str, hosts: &AllowedHosts, pin: &str) -> Result<Response, OutboundError> {
    let (nobody, pin) = (Secret::default(), secret(pin));
    let posted = Posted {
        header: Some(("pin", &pin)),
        json: "{}",
    };
    let client = Client::default();
    client.post(url, hosts, &request(&nobody), &posted).await
}

/// What comes of an answer with these bytes.
async fn answered(answer: impl Into<Vec<u8>>) -> Result<Response, OutboundError> {
    let answer = answer.into();
    let server = Server::start(move |_| answer.clone()).await;
    get(&server.url("/"), &server.hosts(), "").await
}

fn body(answer: Result<Response, OutboundError>) -> String {
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body).expect("text")
}

#[tokio::test]
async fn a_question_is_asked_and_answered() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
    let mut server = Server::start(|_| answer.as_bytes().to_vec()).await;
    let got = get(&server.url("/x?n=%2B49"), &server.hosts(), "hush").await;
    let expected = Response {
        status: 200,
        media_type: "application/json".to_owned(),
        body: b"{}".to_vec(),
    };
    assert_eq!(got, Ok(expected));
    let question = server.questions.recv().await.expect("a question");
    let lines: Vec<_> = question.lines().collect();
    assert_eq!(lines[0], "GET /x?n=%2B49 HTTP/1.1");
    for line in [
        &*format!("Host: {}", server.address),
        "Accept: application/json",
        "Accept-Encoding: identity",
        "Authorization: Bearer hush",
        "Connection: close",
    ] {
        assert!(lines.contains(&line), "{line} in {question}");
    }
    get(&server.url("/"), &server.hosts(), "")
        .await
        .expect("an answer");
    let question = server.questions.recv().await.expect("a question");
    assert!(!question.contains("Authorization"), "{question}");
}

#[tokio::test]
async fn bodies_come_in_every_shape() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello and more",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 2\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    ] {
        assert_eq!(body(answered(answer).await), "hello", "{answer}");
    }
    for status in [204, 404, 500] {
        let answer = answered(format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(status));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told_apart() {
    use OutboundError::{Closed, Malformed, TooLong};
    let head = format!(
        "HTTP/1.1 200 OK\r\nX: {}\r\n\r\n",
        "x".repeat(2 * MAX_HEAD_BYTES)
    );
    let headers = format!(
        "HTTP/1.1 200 OK\r\n{}\r\n",
        "X: y\r\n".repeat(MAX_HEADERS + 1)
    );
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    let long_line = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{}",
        "x".repeat(1000)
    );
    let gzip =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    for (answer, expected) in [
        (Vec::new(), Closed),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n".to_vec(), Closed),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel".to_vec(),
            Closed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello".to_vec(),
            Closed,
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            Malformed("it is no HTTP"),
        ),
        (b"\0\x01\x02\x03".to_vec(), Malformed("it is no HTTP")),
        (head.into_bytes(), TooLong("head", MAX_HEAD_BYTES)),
        (headers.into_bytes(), Malformed("it has too many headers")),
        (interim.into_bytes(), Malformed("it never comes to its end")),
        (
            long_line.into_bytes(),
            Malformed("a chunk of it has no length"),
        ),
        (gzip, Malformed("it is compressed, which was not asked for")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n".to_vec(),
            TooLong("body", 1000),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n".to_vec(),
            Malformed("a chunk of it has no length"),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n".to_vec(),
            Malformed("a chunk of it does not end"),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n".to_vec(),
            Malformed("it has an unknown transfer coding"),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n".to_vec(),
            TooLong("body", 1000),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
            Malformed("its length is no number"),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy".to_vec(),
            Malformed("it has two lengths"),
        ),
    ] {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
        assert_eq!(answered(answer).await, Err(expected), "{shown}");
    }
}

#[tokio::test]
async fn ten_megabytes_of_html_are_read_up_to_the_limit() {
    let mut html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec();
    html.resize(10 * 1024 * 1024, b'x');
    let got = answered(html).await;
    assert_eq!(got, Err(OutboundError::TooLong("body", 1000)));
}

#[tokio::test]
async fn endless_answers_end_at_their_limits() {
    for endless in ["X: y\r\n", "1\r\nx\r\n"] {
        let server = Server::start_with(move |_, mut stream| async move {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
            let begin = if endless.starts_with('X') {
                head.to_owned()
            } else {
                format!("{head}\r\n")
            };
            if stream.write_all(begin.as_bytes()).await.is_err() {
                return;
            }
            while stream.write_all(endless.as_bytes()).await.is_ok() {}
        })
        .await;
        let got = get(&server.url("/"), &server.hosts(), "").await;
        assert!(
            matches!(
                got,
                Err(OutboundError::TooLong("body", _)
                    | OutboundError::Malformed("it has too many headers"))
            ),
            "{got:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_its_time_and_no_more() {
    let server = Server::start_with(|_, stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let limit = Duration::from_millis(200);
    let request = Request {
        bearer: &secret(""),
        accept: "*/*",
        limit,
        max_body: 10,
        status_only: false,
    };
    let client = Client::default();
    let got = client
        .get(&server.url("/"), &server.hosts(), &request)
        .await;
    assert_eq!(got, Err(OutboundError::TimedOut(limit)));
    // Also one that waits for a place.
    let all: Vec<_> = client
        .places
        .acquire_many(MAX_AT_ONCE as u32)
        .await
        .into_iter()
        .collect();
    let got = client
        .get(&server.url("/"), &server.hosts(), &request)
        .await;
    assert_eq!(got, Err(OutboundError::TimedOut(limit)));
    drop(all);
}

#[tokio::test]
async fn a_status_counts_though_the_body_never_ends() {
    let server = Server::start_with(|_, mut stream| async move {
        let begin = b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nx";
        // The client goes first.
        let _ = stream.write_all(begin).await;
        std::future::pending::<()>().await;
    })
    .await;
    let request = Request {
        bearer: &secret(""),
        accept: "*/*",
        limit: Duration::from_secs(20),
        max_body: 10,
        status_only: true,
    };
    let client = Client::default();
    let got = client
        .get(&server.url("/"), &server.hosts(), &request)
        .await
        .expect("an answer");
    assert_eq!((got.status, got.body.len()), (202, 0));
}

#[tokio::test]
async fn nobody_is_asked_who_is_not_listed() {
    let server = Server::start(|_| b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    let (url, port) = (server.url("/"), server.address.port());
    let origin = server.address.to_string();
    for list in ["", "10.1.2.3", "127.0.0.1", "127.0.0.1:1", "*.0.0.1"] {
        let (hosts, _) = AllowedHosts::parse(list);
        let got = get(&url, &hosts, "").await;
        assert_eq!(
            got,
            Err(OutboundError::NotAllowed(origin.clone())),
            "{list}"
        );
    }
    // By a name that is listed, too.
    let url = format!("http://localhost:{port}/");
    let list = format!("localhost:{port}");
    let got = get(&url, &hosts(&list), "").await;
    assert!(
        matches!(got, Err(OutboundError::Guarded(_, ip)) if ip.is_loopback()),
        "{got:?}"
    );
    let got = get(&url, &hosts(&format!("{list} 127.0.0.1:{port}")), "").await;
    assert_eq!(got.map(|answer| answer.status), Ok(200));
    let mapped = format!("http://[::ffff:127.0.0.1]:{port}/");
    let got = get(&mapped, &hosts(&format!("[::ffff:127.0.0.1]:{port}")), "").await;
    assert_eq!(got.map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn nobody_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let got = get(
        &format!("http://{address}/"),
        &hosts(&address.to_string()),
        "",
    )
    .await;
    assert_eq!(
        got,
        Err(OutboundError::NotConnected("connection refused".to_owned()))
    );
    let got = get("http://nobody.invalid/", &hosts("nobody.invalid"), "").await;
    assert_eq!(got, Err(OutboundError::NoSuchHost("no such name")));
    let got = get("https://user@a.b/", &hosts("a.b"), "").await;
    assert!(matches!(got, Err(OutboundError::Url(_))), "{got:?}");
}

fn sent_on(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn where_we_are_sent_on_to_is_checked_again() {
    for (to, expected) in [
        (
            "http://169.254.169.254/latest/meta-data/",
            "`169.254.169.254` is none of the allowed hosts",
        ),
        ("http://[::1]:1/", "`[::1]:1` is none of the allowed hosts"),
        (
            "//metadata.invalid/",
            "`metadata.invalid` is none of the allowed hosts",
        ),
        (
            "file:///etc/passwd",
            "it does not begin with `https://` or `http://`",
        ),
        ("http://localhost:9/", "`localhost:9` stands for"),
        ("/again", "it sends us on more than 3 times"),
    ] {
        let mut server = Server::start(move |_| sent_on(to)).await;
        let list = hosts(&format!("{} localhost:9", server.address));
        let got = get(&server.url("/x"), &list, "hush").await;
        let error = got.expect_err(to).to_string();
        assert!(error.starts_with(expected), "{to}: {error}");
        let mut asked = 0;
        while server.questions.try_recv().is_ok() {
            asked += 1;
        }
        assert_eq!(
            asked,
            if to == "/again" { 1 + MAX_REDIRECTS } else { 1 },
            "{to}"
        );
    }
}

#[tokio::test]
async fn a_secret_is_sent_to_nobody_else() {
    let mut other = Server::start(|_| b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec()).await;
    let to = other.url("/there");
    let mut server = Server::start(move |line| match line {
        line if line.contains("/first") => sent_on("/second"),
        _ => sent_on(&to),
    })
    .await;
    let list = hosts(&format!("{} {}", server.address, other.address));
    let got = get(&server.url("/first"), &list, "hush").await;
    assert_eq!(body(got), "hello");
    for _ in 0..2 {
        let question = server.questions.recv().await.expect("a question");
        assert!(question.contains("Bearer hush"), "{question}");
    }
    let question = other.questions.recv().await.expect("a question");
    assert!(
        question.starts_with("GET /there ") && !question.contains("hush"),
        "{question}"
    );
}

#[tokio::test]
async fn what_is_posted_goes_to_that_host_alone_and_a_header_stays_one() {
    let mut other = Server::start(|_| b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec()).await;
    let got = post(&other.url("/here"), &other.hosts(), "0123#").await;
    assert_eq!(body(got), "hello");
    let question = other.questions.recv().await.expect("a question");
    assert!(
        question.starts_with("POST /here HTTP/1.1\r\n"),
        "{question}"
    );
    for line in [
        "pin: 0123#",
        "Content-Type: application/json",
        "Content-Length: 2",
    ] {
        assert!(
            question.lines().any(|own| own == line),
            "{line} in {question}"
        );
    }
    let to = other.url("/there");
    let server = Server::start(move |_| sent_on(&to)).await;
    let list = hosts(&format!("{} {}", server.address, other.address));
    let got = post(&server.url("/"), &list, "0123").await;
    assert_eq!(got, Err(OutboundError::SentOn));
    let got = post(&other.url("/"), &list, "1\r\nX-More: 2").await;
    assert!(matches!(got, Err(OutboundError::Malformed(_))), "{got:?}");
    assert!(other.questions.try_recv().is_err(), "nobody else was asked");
}

#[tokio::test]
async fn no_more_ask_at_once_than_may() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start_with(move |_, mut stream| {
        let (now, most) = (Arc::clone(&counted.0), Arc::clone(&counted.1));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        }
    })
    .await;
    let client = Arc::new(Client::default());
    let all: Vec<_> = (0..4 * MAX_AT_ONCE)
        .map(|_| {
            let (client, url, hosts) = (Arc::clone(&client), server.url("/"), server.hosts());
            tokio::spawn(async move {
                let request = Request {
                    bearer: &Secret::default(),
                    accept: "*/*",
                    limit: Duration::from_secs(20),
                    max_body: 10,
                    status_only: false,
                };
                client
                    .get(&url, &hosts, &request)
                    .await
                    .map(|answer| answer.status)
            })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.expect("no panic"), Ok(200));
    }
    assert!(most.load(Ordering::SeqCst) <= MAX_AT_ONCE);
}

#[test]
fn errors_tell_what_to_do_and_no_secret() {
    let url = "https://user:hush@crm.example.com/hush?key=hush";
    let error = Url::parse(url).expect_err("an error");
    assert!(!error.to_string().contains("hush"));
    let error = OutboundError::NotAllowed(
        Url::parse("http://a.b:81/hush")
            .expect("an address")
            .origin(),
    );
    assert_eq!(error.to_string(), "`a.b:81` is none of the allowed hosts");
    assert!(error.remedy().ends_with('.'));
}

/// A server that answers over TLS with this certificate.
async fn over_tls(certificate: Certificate, answer: Vec<u8>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, questions) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = certificate.accept(stream).await else {
                continue;
            };
            let mut question = Vec::new();
            while !question.ends_with(b"\r\n\r\n") {
                if !matches!(stream.read_buf(&mut question).await, Ok(1..)) {
                    break;
                }
            }
            sender
                .send(String::from_utf8(question).expect("ASCII"))
                .ok();
            // The client may have gone.
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    Server {
        address,
        questions,
        task,
    }
}

#[tokio::test]
async fn over_tls_the_certificate_has_to_be_right() {
    let authority = Authority::new().expect("an authority");
    let answer = b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec();
    let own = authority.issue("127.0.0.1").expect("a certificate");
    let request = Request {
        bearer: &secret("hush"),
        accept: "*/*",
        limit: Duration::from_secs(20),
        max_body: 10,
        status_only: false,
    };
    let mut server = over_tls(own.clone(), answer.clone()).await;
    let url = server.url("/x").replace("http:", "https:");
    let client = Client::trusting(&authority.pem());
    let got = client.get(&url, &server.hosts(), &request).await;
    assert_eq!(body(got), "hello");
    let question = server.questions.recv().await.expect("a question");
    assert!(question.contains("Bearer hush") && question.starts_with("GET /x "));
    // The system does not know who signed it.
    let got = Client::default().get(&url, &server.hosts(), &request).await;
    assert!(matches!(got, Err(OutboundError::Tls(_))), "{got:?}");
    for wrong in [
        authority.issue("127.0.0.2"),
        authority.issue("example.com"),
        authority.issue_expired("127.0.0.1"),
        Certificate::self_signed("127.0.0.1"),
    ] {
        let mut server = over_tls(wrong.expect("a certificate"), answer.clone()).await;
        let url = server.url("/x").replace("http:", "https:");
        let got = client.get(&url, &server.hosts(), &request).await;
        assert!(matches!(got, Err(OutboundError::Tls(_))), "{got:?}");
        assert!(server.questions.try_recv().is_err());
    }
    // No TLS where TLS is wanted: this server waits for the end of a question that never comes.
    let plain = Server::start(|_| b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    let limit = Duration::from_millis(300);
    let short = Request { limit, ..request };
    let url = plain.url("/").replace("http:", "https:");
    let got = client.get(&url, &plain.hosts(), &short).await;
    assert_eq!(got, Err(OutboundError::TimedOut(limit)));
    // From TLS to none.
    let server = over_tls(own, sent_on(&plain.url("/"))).await;
    let list = hosts(&format!("{} {}", server.address, plain.address));
    let url = server.url("/").replace("http:", "https:");
    let got = client.get(&url, &list, &request).await;
    assert_eq!(got, Err(OutboundError::Downgrade));
}
