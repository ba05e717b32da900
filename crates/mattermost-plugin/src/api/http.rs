//! HTTP to other plugins.

use bytes::Bytes;
use gob::{ByteString, Decode, Encode, MapEntries, Url};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header::HOST};

use super::{Api, api_calls, wire::Answer};
use crate::{error::ApiError, http::canonical};

/// A request with its body, as the call's arguments.
#[derive(Encode)]
struct Exchange<'a> {
    request: WireRequest<'a>,
    request_body: &'a [u8],
}

/// The part of Go's `http.Request` that the server hands on.
#[derive(Encode)]
#[gob(type_name = "Request")]
struct WireRequest<'a> {
    method: &'a str,
    #[gob(name = "URL")]
    url: Option<Url<'a>>,
    proto: &'a str,
    proto_major: i64,
    proto_minor: i64,
    header: MapEntries<String, Vec<ByteString<'a>>>,
    host: &'a str,
    #[gob(name = "RequestURI")]
    request_uri: &'a str,
}

/// A response with its body.
#[derive(Decode)]
struct Answered {
    response: Option<WireResponse>,
    response_body: Vec<u8>,
}

#[derive(Decode)]
struct WireResponse {
    status_code: i64,
    header: MapEntries<String, Vec<String>>,
}

impl Answer for Answered {
    type Value = Response<Bytes>;

    fn into_value(self, method: &'static str) -> Result<Response<Bytes>, ApiError> {
        let empty = ApiError::Empty { method };
        let Some(answer) = self.response else {
            return Err(empty);
        };
        let status = u16::try_from(answer.status_code).ok();
        let Some(status) = status.and_then(|code| StatusCode::from_u16(code).ok()) else {
            return Err(empty);
        };
        let mut response = Response::new(Bytes::from(self.response_body));
        *response.status_mut() = status;
        *response.headers_mut() = headers(answer.header);
        Ok(response)
    }
}

/// Names and values that HTTP does not allow are left out: another plugin chose them.
fn headers(entries: MapEntries<String, Vec<String>>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, values) in entries {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            continue;
        };
        for value in values {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name.clone(), value);
            }
        }
    }
    headers
}

api_calls! {
    /// As [`Api::plugin_http`].
    PluginHTTP "5.18": exchange(exchange: Exchange<'_>) -> Response<Bytes>, by Answered, whole;
}

impl Api {
    /// Sends a request to another plugin. The path is `/<plugin id>/…`; the other plugin sees what
    /// follows the id, and this plugin's id in the header `Mattermost-Plugin-ID`. Mattermost's
    /// `PluginHTTP`, from 5.18.
    ///
    /// Both bodies are held in memory, here and in the server.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// # use mattermost_plugin::{Api, error::ApiError};
    ///
    /// # async fn example(api: &Api) -> Result<(), ApiError> {
    /// let mut request = Request::new(Bytes::new());
    /// *request.uri_mut() = http::Uri::from_static("/com.example.dice/rolls?of=alice");
    /// let response = api.plugin_http(request).await?;
    /// if response.status().is_success() {
    ///     tracing::info!(bytes = response.body().len(), "the dice have answered");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ApiError`]: no answer. A plugin that is not there is a response with status 404.
    pub async fn plugin_http(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ApiError> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let host = parts
            .headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let header = parts
            .headers
            .keys()
            .filter(|name| *name != HOST)
            .map(|name| {
                let values = parts.headers.get_all(name).iter();
                (
                    canonical(name),
                    values
                        .map(|value| ByteString(value.as_bytes().into()))
                        .collect(),
                )
            })
            .collect();
        let request = WireRequest {
            method: parts.method.as_str(),
            url: Some(Url(path.into())),
            proto: "HTTP/1.1",
            proto_major: 1,
            proto_minor: 1,
            header,
            host,
            request_uri: path,
        };
        self.exchange(Exchange {
            request,
            request_body: &body,
        })
        .await
    }
}
