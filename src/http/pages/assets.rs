//! The page's script and styles: nothing in them that anyone could not know.

use axum::body::Body;
use axum::extract::Path;
use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, Request, Response, StatusCode};

use super::super::errors;

/// A file that is part of the executable.
#[derive(Clone, Copy)]
struct Asset {
    /// Its path behind `dashboard`.
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

macro_rules! assets {
    ($($name:literal: $kind:ident,)*) => {
        [$(Asset {
            name: $name,
            kind: $kind,
            content: include_str!(concat!("../../../assets/board/", $name)),
        }),*]
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLES: &str = "text/css; charset=utf-8";

const ICON: Asset = Asset {
    name: "icon.svg",
    kind: "image/svg+xml",
    content: include_str!("../../../assets/icon.svg"),
};

macro_rules! styles {
    ($($name:literal)*) => {
        concat!($(include_str!(concat!("../../../assets/board/styles/", $name, ".css"))),*)
    };
}

/// The page's styles, one file, in which a later rule goes before an earlier one.
const STYLE: Asset = Asset {
    name: "dashboard.css",
    kind: STYLES,
    content: styles!("look" "page" "tables" "chart" "rings" "narrow" "wall" "media"),
};

const ASSETS: &[Asset] = &assets! {
    "dashboard.js": SCRIPT,
    "cells.js": SCRIPT,
    "chart.js": SCRIPT,
    "controls.js": SCRIPT,
    "look.js": SCRIPT,
    "model.js": SCRIPT,
    "rings.js": SCRIPT,
    "stream.js": SCRIPT,
    "table.js": SCRIPT,
    "tables.js": SCRIPT,
    "text.js": SCRIPT,
    "wall.js": SCRIPT,
};

/// `/dashboard.css`.
pub(in crate::http) async fn style(request: Request<Body>) -> Response<Body> {
    answer("dashboard.css", &request)
}

/// `/dashboard.js`.
pub(in crate::http) async fn script(request: Request<Body>) -> Response<Body> {
    answer("dashboard.js", &request)
}

/// `/dashboard/…`: what the script is made of.
pub(in crate::http) async fn module(
    Path(name): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    answer(&name, &request)
}

fn answer(name: &str, request: &Request<Body>) -> Response<Body> {
    let (method, headers) = (request.method(), request.headers());
    let mut assets = ASSETS.iter().chain([&ICON, &STYLE]);
    let Some(asset) = assets.find(|asset| asset.name == name) else {
        let what = "there is no such part of the dashboard";
        return errors::answer(StatusCode::NOT_FOUND, what, false);
    };
    if let Some(refused) = errors::unless_reading(method, false) {
        return refused;
    }
    let tag = tag(asset.content);
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok());
    let known = known.is_some_and(|tags| tags.contains(&tag));
    let kind = HeaderValue::from_static(asset.kind);
    let mut response = match known {
        true => errors::response(StatusCode::NOT_MODIFIED, kind, Body::empty()),
        false => errors::response(StatusCode::OK, kind, asset.content),
    };
    let headers = response.headers_mut();
    // Kept, but asked after each time: a page and a script of two versions do not fit.
    let keep = HeaderValue::from_static("public, no-cache");
    headers.insert(CACHE_CONTROL, keep);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// What tells one content from another (RFC 9110, 8.8.3): FNV-1a of it.
fn tag(content: &str) -> String {
    let hash = content
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("\"{hash:016x}\"")
}
