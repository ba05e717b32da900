//! Mattermost's own kind of error.

use std::fmt;

/// An error as the server's API answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppError {
    /// Id of the text, such as `app.user.missing_account.const`.
    pub id: String,
    /// Words for people.
    pub message: String,
    /// Words for the log.
    pub detailed_error: String,
    /// HTTP status.
    pub status_code: u16,
    /// The function of the server that failed.
    pub at: String,
}

impl AppError {
    /// An error of the function `at`.
    pub fn new(at: &str, id: &str, message: impl Into<String>, status_code: u16) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
            detailed_error: String::new(),
            status_code,
            at: at.into(),
        }
    }

    /// Something that is not there.
    pub(crate) fn missing(at: &str, id: &str, message: &str) -> Self {
        Self::new(at, id, message, 404)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)?;
        if !self.detailed_error.is_empty() {
            write!(f, ", {}", self.detailed_error)?;
        }
        Ok(())
    }
}

impl std::error::Error for AppError {}
