//! `/video`: how to come into the channel's conference, for keyboards and for apps that have no button.

use super::{Command, Needs, Response};
use crate::app::App;
use crate::config::is_id;
use crate::host::{ChannelId, Host, Person};
use crate::language::texts::video as texts;
use crate::video::Refused;

pub(super) const COMMAND: Command = Command {
    trigger: "video",
    description: texts::command,
    autocomplete: texts::command,
    subcommands: &[],
    needs: Needs::Video,
};

/// The link, for who may join; guests of the channel, too.
pub(super) async fn link<H: Host>(app: &App<H>, person: &Person, channel: &str) -> Response {
    let language = person.language;
    let link = match is_id(channel) {
        true => app.video().link(person, &ChannelId::from(channel)).await,
        false => Err(Refused::NoChannel),
    };
    Response::private(match link {
        Ok((window, sip)) => texts::link(language, window, sip),
        Err(why) => texts::no_link(language, why.sentence(language)),
    })
}
