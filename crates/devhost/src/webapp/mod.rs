//! A page that loads the plugin's webapp as Mattermost's own does: a channel at `/<team>/channels/<name>`, and the
//! System Console's page of the plugin at `/admin_console/plugins/plugin_<id>`.
//!
//! Its scripts are built from `webapp/dev`, with React 17 and the rest as Mattermost 9.11 has them, or React 18 as 11 does
//! (`?react=17`, `?react=18`). It comes with the headers of a release server, so that what their policy forbids fails here, too.
//! The server's own API below `/api/v4` is there as far as this page and the plugin's webapp use it.

mod api;
mod files;
mod socket;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;

pub(crate) use files::public;

use crate::{
    host::Shared,
    page::{signed_in, signed_in_only, with_cookies},
};

type Host = Arc<Shared>;

/// The headers of Mattermost 9.11's page (`web/handlers.go`), with the policy of a release build.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "frame-ancestors 'self'; script-src 'self'",
    ),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache, max-age=31556926, public"),
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
];

/// Reacts there are.
const VERSIONS: [&str; 2] = ["18", "17"];

pub(crate) fn routes(host: &Host) -> Router<Host> {
    let api = Router::new()
        .route("/api/v4/plugins", get(api::plugins))
        .route("/api/v4/plugins/webapp", get(api::webapps))
        .route("/api/v4/users/ids", post(api::users_by_ids))
        .route("/api/v4/users/usernames", post(api::users_by_names))
        .route("/api/v4/users/search", post(api::search_users))
        .route("/api/v4/users/{user}", get(api::user))
        .route("/api/v4/teams", get(api::teams))
        .route("/api/v4/teams/{team}", get(api::team))
        .route("/api/v4/channels/search", post(api::search_channels))
        .route("/api/v4/channels/{channel}", get(api::channel))
        .route("/api/v4/channels/{channel}/posts", get(api::posts))
        .route("/api/v4/posts", post(api::create_post))
        .route("/api/v4/commands/execute", post(api::command))
        .route("/api/v4/config", get(api::config))
        .route("/api/v4/config/patch", put(api::patch_config))
        .route("/devhost/webapp/start", get(view::start))
        .route("/devhost/webapp/socket", get(socket::events))
        .layer(middleware::from_fn_with_state(
            Arc::clone(host),
            signed_in_only,
        ));
    Router::new()
        .merge(api)
        .route("/{team}/channels/{channel}", get(page))
        .route("/{team}/messages/{person}", get(page))
        .route("/admin_console/{*page}", get(page))
        .route("/devhost/webapp/{file}", get(files::of_page))
        .route("/static/plugins/{id}/{file}", get(files::bundle))
}

/// What a page may be asked for in its query.
#[derive(Deserialize)]
struct Wanted {
    #[serde(rename = "as")]
    name: Option<String>,
    react: Option<String>,
    theme: Option<String>,
}

/// The page. Whom `?as=` names is signed in.
async fn page(
    State(host): State<Host>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let react = wanted.react.as_deref().unwrap_or(VERSIONS[0]);
    let theme = wanted.theme.as_deref().unwrap_or("light");
    if !VERSIONS.contains(&react) || !["light", "dark"].contains(&theme) {
        let words = "There are react=17 and react=18, theme=light and theme=dark.\n";
        return (StatusCode::BAD_REQUEST, words).into_response();
    }
    if let Some(name) = wanted.name {
        let Ok(user) = host.world.user_by_name(&name) else {
            return (StatusCode::NOT_FOUND, "There is nobody of that name.\n").into_response();
        };
        let to = format!("{}{}?react={react}&theme={theme}", host.base, uri.path());
        let session = host.world.sign_in(&user.id);
        return with_cookies(Redirect::to(&to).into_response(), &session);
    }
    if signed_in(&host, &headers).is_none() {
        let words = "Nobody is signed in: add ?as=alice to the address, or another name.\n";
        return (StatusCode::UNAUTHORIZED, words).into_response();
    }
    let script = format!("host-{react}.js");
    if !host.webapp.join(&script).is_file() {
        return (StatusCode::NOT_FOUND, files::missing(&host, &script)).into_response();
    }
    let mut response = html(&host.base, &script, theme).into_response();
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn html(base: &str, script: &str, theme: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\" data-base=\"{base}\" data-theme=\"{theme}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Dev host</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"{base}/devhost/webapp/host.css\">\n</head>\n<body>\n<div id=\"root\"></div>\n\
         <script src=\"{base}/devhost/webapp/{script}\" defer></script>\n</body>\n</html>\n"
    )
}
