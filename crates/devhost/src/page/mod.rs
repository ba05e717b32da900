//! The page at `/`.

use std::sync::Arc;

use axum::Router;

use crate::host::Shared;

pub(crate) fn routes(_host: Arc<Shared>) -> Router {
    Router::new()
}
