//! A small HTTP client: one request, one connection, as phones do it.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no answer.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// GETs an `http://` URL.
///
/// # Errors
/// [`Error`] when there is no answer within 30 s.
pub async fn get(url: &str) -> Result<Answer, Error> {
    send(Method::GET, url, &[], Bytes::new()).await
}

/// Sends a request to an `http://` URL.
///
/// # Errors
/// [`Error`] when the URL is none, or there is no answer within 30 s.
pub async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<Answer, Error> {
    let work = async {
        let uri: Uri = url.parse().map_err(|e| Error(format!("{url}: {e}")))?;
        let authority = uri
            .authority()
            .ok_or_else(|| Error(format!("{url} names no host")))?;
        let host = authority.as_str().to_owned();
        let gone = |e: &dyn fmt::Display| Error(format!("{host}: {e}"));
        let stream = TcpStream::connect(&host).await.map_err(|e| gone(&e))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| gone(&e))?;
        let driver = tokio::spawn(connection);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("Host", &host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).map_err(|e| gone(&e))?;
        let response = sender.send_request(request).await.map_err(|e| gone(&e))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| gone(&e))?.to_bytes();
        driver.abort();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    };
    timeout(TIMEOUT, work)
        .await
        .unwrap_or_else(|_| Err(Error(format!("no answer within {} s", TIMEOUT.as_secs()))))
}
