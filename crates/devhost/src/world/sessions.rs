//! Logins.

use std::collections::BTreeMap;

use super::{AppError, World};

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id, which a plugin may learn.
    pub id: String,
    /// The token in the browser's cookie, which it may not.
    pub token: String,
    /// What a page must send with a POST.
    pub csrf: String,
    /// Who is signed in.
    pub user_id: String,
}

#[derive(Default)]
pub(crate) struct Sessions {
    by_token: BTreeMap<String, Session>,
}

impl World {
    /// Signs someone in.
    pub fn sign_in(&self, user: &str) -> Session {
        let mut state = self.state();
        let session = Session {
            id: state.ids.next("session"),
            token: state.ids.next("token"),
            csrf: state.ids.next("csrf"),
            user_id: user.into(),
        };
        state
            .sessions
            .by_token
            .insert(session.token.clone(), session.clone());
        session
    }

    /// Signs whoever has this token out.
    pub fn sign_out(&self, token: &str) {
        self.state().sessions.by_token.remove(token);
    }

    /// The login with this token.
    pub fn session_by_token(&self, token: &str) -> Option<Session> {
        self.state().sessions.by_token.get(token).cloned()
    }

    /// The login with this id (`GetSession`).
    ///
    /// # Errors
    /// 401, as the server answers.
    pub fn session(&self, id: &str) -> Result<Session, AppError> {
        let state = self.state();
        let mut sessions = state.sessions.by_token.values();
        sessions
            .find(|session| session.id == id)
            .cloned()
            .ok_or_else(|| {
                let id = "api.context.invalid_token.error";
                AppError::new("GetSession", id, "Invalid session token.", 401)
            })
    }
}
