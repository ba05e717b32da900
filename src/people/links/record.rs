//! What is stored of links.

use serde::{Deserialize, Serialize};

use crate::board::Timestamp;
use crate::calls::Code;
use crate::host::{PostId, UserId};

/// The key of the record with all links.
pub(super) const LINKS: &str = "links";

/// The key of what somebody asked for.
pub(super) fn ask_key(user: &UserId) -> String {
    format!("link:{}", user.as_str())
}

/// A number that somebody said is theirs, and that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    /// As it was written.
    pub(super) number: String,
    /// Whose it is, by id.
    pub(super) user: String,
    /// Their user name, as it was last known.
    pub(super) name: String,
    /// When it was confirmed.
    pub(super) since: u64,
}

/// What somebody asked for, until it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ask {
    pub(super) number: String,
    /// After this it counts no more, in milliseconds since 1970.
    pub(super) until: u64,
    pub(super) way: Way,
}

/// How it is to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Way {
    /// By a code that the number's display showed.
    Code {
        code: String,
        /// How often a wrong one may still be given.
        left: u8,
    },
    /// By an admin.
    Admin {
        /// What the buttons bring along.
        token: String,
        /// The messages to admins: to whom, and which.
        posts: Vec<(String, String)>,
        /// One of them approved it, and the number is being linked. It can be approved again, where that failed, but not refused.
        #[serde(default)]
        approved: bool,
    },
}

impl Ask {
    pub(super) fn by_code(number: &str, code: Code, left: u8, until: Timestamp) -> Self {
        let code = code.to_string();
        Self {
            number: number.to_owned(),
            until: until.0,
            way: Way::Code { code, left },
        }
    }

    pub(super) fn by_admin(number: &str, token: &str, until: Timestamp) -> Self {
        Self {
            number: number.to_owned(),
            until: until.0,
            way: Way::Admin {
                token: token.to_owned(),
                posts: Vec::new(),
                approved: false,
            },
        }
    }

    /// The messages to admins.
    pub(super) fn posts(&self) -> Vec<(UserId, PostId)> {
        let posts = match &self.way {
            Way::Admin { posts, .. } => &**posts,
            Way::Code { .. } => &[],
        };
        let id = |(admin, post): &(String, String)| (UserId::from(&**admin), PostId::from(&**post));
        posts.iter().map(id).collect()
    }
}
