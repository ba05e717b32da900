//! HTTP under `/plugins/<id>/`, as the host hands it to the plugin.
//!
//! A request arrives as [`http::Request`] with a streaming [`Body`] and is answered by any
//! [`tower_service::Service`], an axum `Router` for example. A connection can be taken over with
//! [`Hijack`].
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
pub use request::{RequestInfo, USER_ID_HEADER};
pub use response::Unflushed;
pub use service::HttpService;

pub(crate) use request::ServeHttpArgs;
pub(crate) use response::canonical;
pub(crate) use service::{Shared, serve};
