//! Requests to other plugins.

use super::*;

/// Go's `http.Request`, as far as it is looked at here.
#[derive(Gob)]
struct HttpRequest {
    method: String,
    #[gob(name = "URL")]
    url: Option<Opaque>,
    proto: String,
    proto_major: i64,
    proto_minor: i64,
    header: MapEntries<String, Vec<String>>,
    host: String,
    #[gob(name = "RequestURI")]
    request_uri: String,
    request_body_is_elsewhere: bool,
}

/// An URL that owns its bytes.
#[derive(Gob)]
struct Opaque(Value);

#[derive(Gob)]
struct HttpArgs {
    request: Option<HttpRequest>,
    request_body: Vec<u8>,
}

#[derive(Gob)]
struct HttpResponse {
    status: String,
    status_code: i64,
    header: MapEntries<String, Vec<String>>,
}

#[derive(Gob)]
struct HttpReturns {
    response: Option<HttpResponse>,
    response_body: Vec<u8>,
}

#[tokio::test]
async fn requests_to_other_plugins() {
    let answer = HttpReturns {
        response: Some(HttpResponse {
            status: "201 Created".into(),
            status_code: 201,
            header: vec![
                ("X-Many".into(), owned(&["a", "b"])),
                ("Content-Type".into(), owned(&["text/plain"])),
                ("no header\n".into(), owned(&["x"])),
                ("X-Bad".into(), owned(&["a\nb"])),
            ]
            .into(),
        }),
        response_body: b"made".to_vec(),
    };
    let host = Host::default()
        .on::<HttpArgs, _>("PluginHTTP", answer)
        .start()
        .await;
    let request = Request::post("/other/a%2Fb?q=1")
        .header("content-type", "application/json")
        .header("x-a", "1")
        .header("x-a", "2")
        .header("host", "h.example")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let response = host.api.plugin_http(request).await.unwrap();
    assert_eq!(
        (response.status(), &response.body()[..]),
        (StatusCode::CREATED, &b"made"[..])
    );
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
    assert_eq!(response.headers().get_all("x-many").iter().count(), 2);
    assert_eq!(response.headers().len(), 3);

    let sent = host.asked::<HttpArgs>("PluginHTTP");
    assert_eq!(sent.request_body, b"{}");
    let sent = sent.request.unwrap();
    assert_eq!(
        (sent.method.as_str(), sent.request_uri.as_str()),
        ("POST", "/other/a%2Fb?q=1")
    );
    assert_eq!(
        (sent.proto.as_str(), sent.proto_major, sent.proto_minor),
        ("HTTP/1.1", 1, 1)
    );
    assert_eq!(sent.host, "h.example");
    let Some(Opaque(Value::Opaque(url))) = sent.url else {
        panic!("no URL")
    };
    assert_eq!(url.data, b"/other/a%2Fb?q=1");
    let mut header = sent.header.0;
    header.sort();
    let expected = [
        ("Content-Type", &["application/json"][..]),
        ("X-A", &["1", "2"]),
    ];
    assert_eq!(
        header,
        expected.map(|(name, values)| (name.to_owned(), owned(values)))
    );

    for status_code in [0, 99, 1000, -1] {
        let response = HttpResponse {
            status: String::new(),
            status_code,
            header: MapEntries::default(),
        };
        let answer = HttpReturns {
            response: Some(response),
            response_body: Vec::new(),
        };
        let host = Host::default()
            .on::<HttpArgs, _>("PluginHTTP", answer)
            .start()
            .await;
        let empty = host
            .api
            .plugin_http(Request::new(Bytes::new()))
            .await
            .unwrap_err();
        assert!(matches!(empty, ApiError::Empty { .. }), "{empty:?}");
    }
}
