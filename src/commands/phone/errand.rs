//! What takes a while, but for what the PBX is asked for.

use super::{board, dnd, link, notify, settings, setup, status, test};
use crate::app::App;
use crate::host::{Host, Person};

/// What somebody wants to have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Errand {
    /// The board, or something of it.
    Board(board::Wish),
    /// Something of their settings.
    Settings(settings::Wish),
    /// To be left alone.
    Dnd(dnd::Wish),
    /// Something about which number is theirs.
    Link(link::Wish),
    /// To be told when somebody is off the phone.
    Notify(notify::Wish),
    /// To see what the phone of somebody of whom nothing is known yet does.
    Status(status::Wish),
    /// To get what to paste into a phone of somebody else.
    Setup(setup::Wish),
    /// To see what their phone sends.
    Test(test::Wish),
}

/// Who wants it.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Asker<'a> {
    pub(in crate::commands) person: &'a Person,
    /// With it a form can be shown to them; may be empty.
    pub(in crate::commands) trigger_id: &'a str,
}

impl Errand {
    /// Does it, and answers in Markdown.
    pub(in crate::commands) async fn perform<H: Host>(
        self,
        app: &App<H>,
        asker: &Asker<'_>,
    ) -> String {
        match self {
            Self::Board(wish) => wish.grant(app, asker).await,
            Self::Settings(wish) => wish.grant(app, asker).await,
            Self::Dnd(wish) => wish.grant(app, asker).await,
            Self::Link(wish) => wish.grant(app, asker).await,
            Self::Notify(wish) => wish.grant(app, asker).await,
            Self::Status(wish) => wish.grant(app, asker).await,
            Self::Setup(wish) => wish.grant(app, asker).await,
            Self::Test(wish) => wish.grant(app, asker),
        }
    }
}
