//! Files: of the page, of the bundle.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Component, Path},
};

use axum::{
    body::Body,
    extract::{Path as Named, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use super::Host;
use crate::host::{Shared, State as PluginState};

/// Types by the endings of names, as Go's `mime` has them on most systems.
const TYPES: [(&str, &str); 10] = [
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("wasm", "application/wasm"),
];

/// What to say when the page's own files have not been built.
pub(super) fn missing(host: &Shared, file: &str) -> String {
    format!(
        "The page's own script {} is missing. `make run` builds it, and so does `python3 scripts/webapp.py dev-host` (with \
         Node.js and npm). It is looked for where --webapp says, beginning at the folder in which the dev host was started.\n",
        host.webapp.join(file).display()
    )
}

/// A file of the page's.
pub(super) async fn of_page(State(host): State<Host>, Named(file): Named<String>) -> Response {
    match send(&host.webapp, &file) {
        Some(response) => response,
        None => (StatusCode::NOT_FOUND, missing(&host, &file)).into_response(),
    }
}

/// The name under which Mattermost serves the bundle's script, which changes with what is in it: none where the plugin has none.
pub(super) fn bundle_name(host: &Shared) -> Option<String> {
    let script = std::fs::read(host.bundle.webapp()?).ok()?;
    let mut hash = DefaultHasher::new();
    script.hash(&mut hash);
    Some(format!("{}_{:016x}_bundle.js", host.id, hash.finish()))
}

/// The bundle's script.
pub(super) async fn bundle(
    State(host): State<Host>,
    Named((id, file)): Named<(String, String)>,
) -> Response {
    let script = host.bundle.webapp();
    match script {
        Some(script) if id == host.id && bundle_name(&host).as_ref() == Some(&file) => {
            let folder = script.parent().unwrap_or(&script);
            let name = script.file_name().unwrap_or_default().to_string_lossy();
            send(folder, &name).unwrap_or_else(not_found)
        }
        _ => not_found(),
    }
}

/// A file of the bundle's folder `public`, which anybody may read; none where the path is another.
pub(crate) fn public(host: &Shared, path: &str) -> Option<Response> {
    let below = path.strip_prefix(&format!("/plugins/{}/public/", host.id))?;
    let enabled = matches!(
        host.plugin.state(),
        PluginState::Running | PluginState::Dead
    );
    let file = enabled
        .then(|| send(&host.bundle.folder().join("public"), below))
        .flatten();
    Some(file.unwrap_or_else(not_found))
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "404 page not found\n").into_response()
}

/// The file at a path below `folder`, and nowhere else.
fn send(folder: &Path, below: &str) -> Option<Response> {
    let below = percent_encoding::percent_decode_str(below)
        .decode_utf8()
        .ok()?;
    let below = Path::new(below.as_ref());
    let inside = below
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return None;
    }
    let text = std::fs::read(folder.join(below)).ok()?;
    let ending = below.extension().and_then(|ending| ending.to_str());
    let kind = TYPES.iter().find(|(own, _)| Some(*own) == ending);
    let kind = kind.map_or("application/octet-stream", |(_, kind)| kind);
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_folder_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("public")).unwrap();
        std::fs::write(folder.path().join("public/a.wasm"), "x").unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        let public = folder.path().join("public");
        let found = send(&public, "a.wasm").unwrap();
        assert_eq!(found.headers()[header::CONTENT_TYPE], "application/wasm");
        for path in ["../secret", "%2e%2e/secret", "/etc/passwd", "b", ""] {
            assert!(send(&public, path).is_none(), "{path}");
        }
    }
}
