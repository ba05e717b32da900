//! What the server sends when somebody presses a button, and what it wants to hear. JSON only.

use serde::{Deserialize, Serialize};

use super::{Post, Props, null_is_empty};

/// A button was pressed or an entry of a menu chosen.
///
/// Who it was is what the request's `Mattermost-User-Id` header says: anybody who can reach the
/// plugin's URL can write a body.
///
/// ```
/// use axum::{Json, http::{HeaderMap, StatusCode}};
/// use mattermost_plugin::{
///     http::user_id,
///     model::{PostActionIntegrationRequest, PostActionIntegrationResponse},
/// };
///
/// /// `POST /plugins/<id>/done`, where the button's URL leads.
/// async fn done(
///     headers: HeaderMap,
///     Json(pressed): Json<PostActionIntegrationRequest>,
/// ) -> Result<Json<PostActionIntegrationResponse>, StatusCode> {
///     let user = user_id(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
///     let call = pressed.context.get("call").and_then(|call| call.as_str());
///     tracing::info!(user, call, "done");
///     Ok(Json(PostActionIntegrationResponse {
///         ephemeral_text: "It is off the list.".into(),
///         ..PostActionIntegrationResponse::default()
///     }))
/// }
/// # let _ = axum::Router::<()>::new().route("/done", axum::routing::post(done));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostActionIntegrationRequest {
    /// Who it claims to be.
    pub user_id: String,
    /// Their user name.
    pub user_name: String,
    /// Where the post is.
    pub channel_id: String,
    /// The channel's name.
    pub channel_name: String,
    /// The channel's team.
    pub team_id: String,
    /// The team's name.
    #[serde(rename = "team_domain")]
    pub team_name: String,
    /// The post.
    pub post_id: String,
    /// With it a dialog can be opened, within three seconds (30 on newer servers).
    pub trigger_id: String,
    /// `button` or `select`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a menu of `users` or `channels`.
    pub data_source: String,
    /// The integration's context; with a menu, also `selected_option`.
    #[serde(deserialize_with = "null_is_empty")]
    pub context: Props,
}

/// The answer to a [`PostActionIntegrationRequest`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostActionIntegrationResponse {
    /// What the post is to become.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Post>,
    /// A message that only the one who pressed sees.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ephemeral_text: String,
}
