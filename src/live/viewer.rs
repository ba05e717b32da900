//! Who looks at the board.

use std::sync::Arc;

use crate::host::UserId;

/// Who may see the board, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Whoever knows the phones' secret.
    Secret,
    /// A screen, by a link that an admin made for it, of which this is the [mark](crate::walls::mark): for reading only.
    Wall(Arc<str>),
    /// Someone who is signed in, is a member of the phones' channel and no guest.
    Member(UserId),
}

impl Viewer {
    /// Whether it is a wall's.
    pub(super) const fn is_wall(&self) -> bool {
        matches!(self, Self::Wall(_))
    }
}
