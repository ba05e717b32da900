//! Arguments and answers of the hooks, by Mattermost's field names.

use gob::{ByteString, Decode, Encode, Gob, Interface, MapEntries, Url, Value};

use crate::{
    api::{Post, User},
    world::AppError,
};

/// Whom a call is made for.
#[derive(Clone, Debug, Default, Gob)]
pub(crate) struct Context {
    pub(crate) session_id: String,
    pub(crate) request_id: String,
    #[gob(name = "IPAddress")]
    pub(crate) ip_address: String,
    pub(crate) accept_language: String,
    pub(crate) user_agent: String,
}

#[derive(Gob)]
#[gob(type_name = "Z_OnActivateArgs")]
pub(crate) struct OnActivateArgs {
    #[gob(name = "APIMuxId")]
    pub(crate) api_mux_id: u32,
    pub(crate) driver_mux_id: u32,
}

/// An error behind Go's `error`.
#[derive(Debug, Decode)]
pub(crate) enum AnyError {
    #[gob(nil)]
    None,
    ErrorString(ErrorString),
    AppError(WireError),
    #[gob(other)]
    Other(Interface<Value>),
}

impl AnyError {
    /// Its words, if it is an error.
    pub(crate) fn words(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::ErrorString(error) => Some(error.err),
            Self::AppError(error) => Some(AppError::from(error).to_string()),
            Self::Other(other) => Some(format!("an error of the type {}", other.name)),
        }
    }
}

#[derive(Clone, Debug, Default, Gob)]
pub(crate) struct ErrorString {
    pub(crate) code: i64,
    pub(crate) err: String,
}

/// `model.AppError`.
#[derive(Clone, Debug, Default, Gob)]
#[gob(type_name = "AppError")]
pub(crate) struct WireError {
    pub(crate) id: String,
    pub(crate) message: String,
    pub(crate) detailed_error: String,
    pub(crate) request_id: String,
    pub(crate) status_code: i64,
    #[gob(name = "Where")]
    pub(crate) at: String,
}

impl From<AppError> for WireError {
    fn from(e: AppError) -> Self {
        Self {
            id: e.id,
            message: e.message,
            detailed_error: e.detailed_error,
            request_id: String::new(),
            status_code: e.status_code.into(),
            at: e.at,
        }
    }
}

impl From<WireError> for AppError {
    fn from(e: WireError) -> Self {
        Self {
            id: e.id,
            message: e.message,
            detailed_error: e.detailed_error,
            status_code: u16::try_from(e.status_code).unwrap_or(500),
            at: e.at,
        }
    }
}

#[derive(Decode)]
pub(crate) struct ErrorReturns {
    pub(crate) a: AnyError,
}

#[derive(Encode)]
#[gob(type_name = "Z_GenerateSupportDataArgs")]
pub(crate) struct SupportArgs {
    pub(crate) a: Option<Context>,
}

#[derive(Decode)]
pub(crate) struct SupportReturns {
    pub(crate) a: Vec<FileData>,
    pub(crate) b: AnyError,
}

/// A file of a Support Packet.
#[derive(Decode)]
pub(crate) struct FileData {
    pub(crate) filename: String,
    pub(crate) body: Vec<u8>,
}

/// Go's `http.Header`: values are bytes.
pub(crate) type Header = MapEntries<String, Vec<ByteString<'static>>>;

#[derive(Encode)]
#[gob(type_name = "Z_ServeHTTPArgs")]
pub(crate) struct ServeHttpArgs {
    pub(crate) response_writer_stream: u32,
    pub(crate) request: Option<Request>,
    pub(crate) context: Option<Context>,
    pub(crate) request_body_stream: u32,
}

/// What Mattermost 11 sends of a request; earlier servers send all of Go's `http.Request`.
#[derive(Encode)]
#[gob(type_name = "HTTPRequestSubset")]
pub(crate) struct Request {
    pub(crate) method: String,
    #[gob(name = "URL")]
    pub(crate) url: Option<Url<'static>>,
    pub(crate) proto: String,
    pub(crate) proto_major: i64,
    pub(crate) proto_minor: i64,
    pub(crate) header: Header,
    pub(crate) host: String,
    pub(crate) remote_addr: String,
    #[gob(name = "RequestURI")]
    pub(crate) request_uri: String,
}

#[derive(Gob)]
#[gob(type_name = "Z_ExecuteCommandArgs")]
pub(crate) struct ExecuteCommandArgs {
    pub(crate) a: Option<Context>,
    pub(crate) b: Option<CommandArgs>,
}

#[derive(Clone, Debug, Default, Gob)]
pub(crate) struct CommandArgs {
    pub(crate) user_id: String,
    pub(crate) channel_id: String,
    pub(crate) team_id: String,
    pub(crate) root_id: String,
    pub(crate) trigger_id: String,
    pub(crate) command: String,
    #[gob(name = "SiteURL")]
    pub(crate) site_url: String,
}

#[derive(Decode)]
pub(crate) struct ExecuteCommandReturns {
    pub(crate) a: Option<CommandResponse>,
    pub(crate) b: Option<WireError>,
}

/// What the one who typed a command sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, Decode)]
pub struct CommandResponse {
    /// `ephemeral` for that person alone, `in_channel` for everybody.
    pub response_type: String,
    /// The text, in Markdown.
    pub text: String,
    /// A page to be opened.
    pub goto_location: String,
}

#[derive(Gob)]
#[gob(type_name = "Z_OnWebSocketConnectArgs")]
pub(crate) struct ConnectionArgs {
    pub(crate) a: String,
    pub(crate) b: String,
}

#[derive(Gob)]
#[gob(type_name = "Z_UserHasBeenCreatedArgs")]
pub(crate) struct UserArgs {
    pub(crate) a: Option<Context>,
    pub(crate) b: Option<User>,
}

#[derive(Gob)]
#[gob(type_name = "Z_MessageHasBeenPostedArgs")]
pub(crate) struct PostArgs {
    pub(crate) a: Option<Context>,
    pub(crate) b: Option<Post>,
}

#[derive(Gob)]
#[gob(type_name = "Z_OnPluginClusterEventArgs")]
pub(crate) struct ClusterEventArgs {
    pub(crate) a: Option<Context>,
    pub(crate) b: PluginClusterEvent,
}

/// A message between a plugin's nodes.
#[derive(Clone, Debug, Default, Gob)]
pub(crate) struct PluginClusterEvent {
    pub(crate) id: String,
    pub(crate) data: Vec<u8>,
}
