//! What another node says, and what is to be done because of it.

use std::time::Duration;

use super::whole::Read;
use super::{Deed, Errand, Peers, Side};
use crate::board::Event;
use crate::cluster::relay::{Asked, Message, Outcome, Place, decode};
use crate::journal::Entry;

impl Peers {
    /// A message of another node.
    pub(in crate::app) fn received(&mut self, data: &[u8]) -> Deed {
        let message = match decode::<Entry, Event>(data) {
            Ok(message) => message,
            Err(error) => {
                if !self.unread {
                    tracing::warn!("a message of another node cannot be read: {error}");
                }
                self.unread = true;
                return Deed::Nothing;
            }
        };
        let now = self.now();
        let deed = self.heard(now, message);
        self.forwards.led_by(now, self.leader());
        deed
    }

    fn heard(&mut self, now: Duration, message: Message<Entry, Event>) -> Deed {
        let leads = self.leads();
        match (&mut self.side, message) {
            (Side::Leads(leader, _), Message::Want { have }) => leader.wanted(now, have),
            (Side::Leads(..), Message::Forward { node, base, items }) if leads => {
                return Deed::Take(node, base, items);
            }
            (
                Side::Leads(_, answers),
                Message::Ask {
                    node,
                    number,
                    term,
                    body,
                },
            ) => match answers.asked(&node, number, term) {
                Asked::Do => {
                    let errand = Errand { node, number, body };
                    if let Err(full) = self.ways.errands.try_send(errand) {
                        let Errand { node, number, .. } = full.into_inner();
                        let data = answers.refused(&node, number);
                        self.send(data);
                    }
                }
                Asked::Send(data) => self.send(data),
                Asked::Nothing => {}
            },
            (
                Side::Follows(follower),
                Message::Entries {
                    lineage,
                    first,
                    stored,
                    entries,
                },
            ) => {
                let place = Place {
                    lineage,
                    first,
                    stored,
                };
                return Deed::Apply(follower.entries(now, place, entries));
            }
            (
                Side::Follows(follower),
                Message::Whole {
                    lineage,
                    index,
                    part,
                    parts,
                    bytes,
                },
            ) => {
                let whole = follower.whole(now, lineage, (index, part, parts), bytes);
                if let Some((index, bytes)) = whole {
                    return match serde_json::from_slice::<Read>(&bytes) {
                        Ok(read) if read.index == index => {
                            follower.loaded(index);
                            let replica = read.into_replica();
                            self.rebased(&replica);
                            Deed::Load(Box::new(replica))
                        }
                        Ok(_) => Deed::Nothing,
                        Err(error) => {
                            tracing::error!(
                                "the board of the node that leads cannot be read: {error}"
                            );
                            Deed::Nothing
                        }
                    };
                }
            }
            (
                Side::Follows(follower),
                Message::Beside {
                    lineage,
                    first,
                    stored,
                    body,
                },
            ) => {
                let place = Place {
                    lineage,
                    first,
                    stored,
                };
                // None came, so there is none to apply.
                drop(follower.entries::<Entry>(now, place, Vec::new()));
                if follower.leader() == Some(lineage.term) {
                    return Deed::Hear(body);
                }
            }
            (
                Side::Follows(_),
                Message::Answer {
                    node,
                    number,
                    done,
                    body,
                },
            ) => {
                if let Some(asker) = self.asks.answered(&node, number) {
                    let _ = asker.send(match done {
                        true => Outcome::Done(body),
                        false => Outcome::NotDone,
                    });
                }
            }
            _ => {}
        }
        Deed::Nothing
    }
}
