//! HTTP under `/plugins/<id>/`, as the host hands it to the plugin.
//!
//! A request arrives as [`http::Request`] with a streaming [`Body`] and is answered by any
//! [`tower_service::Service`], an axum `Router` for example ([`HttpService`]).
//!
//! - Its path is without `/plugins/<id>`; [`RequestInfo`] has what the client sent.
//! - Who is signed in says [`user_id`], and nothing else does: not a body, not a query, not a cookie.
//! - Two extensions are in each request: [`RequestInfo`] and [`Hijack`]. With the latter a connection is taken over, as for a
//!   websocket. hyper's upgrades are none of it, so axum's `WebSocketUpgrade` refuses every request here.
//! - A path and query have 65,534 bytes at most (414 beyond that), a request has 1,024 lines of headers (431).
//! - Bodies stream both ways, with back-pressure. Before Mattermost 11 the server sends nothing before a response's end, unless
//!   it is long: [`Unflushed`].
//!
//! Source: Mattermost 9.11 and 11.6, `server/public/plugin` (`http.go`, `hijack.go`, `io_rpc.go`).

mod body;
mod connections;
mod hijack;
mod request;
mod response;
mod service;
mod sniff;

pub use body::Body;
pub use hijack::{Hijack, HijackError, Hijacked};
pub use request::{RequestInfo, USER_ID_HEADER, user_id};
pub use response::Unflushed;
pub use service::HttpService;

pub(crate) use request::ServeHttpArgs;
pub(crate) use response::canonical;
pub(crate) use service::{Shared, serve};
