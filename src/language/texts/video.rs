//! Video conferences: posts, refusals and `/video`.

use crate::language::table::texts;

texts! {
    /// The post of a conference that goes on.
    goes_on(people) {
        en: "🎥 Video conference: {people}",
        de: "🎥 Videokonferenz: {people}",
        fr: "🎥 Visioconférence : {people}",
    }

    /// The post of one that ended.
    ended(duration, people) {
        en: "🎥 Video conference, ended after {duration}: {people}",
        de: "🎥 Videokonferenz, beendet nach {duration}: {people}",
        fr: "🎥 Visioconférence, terminée après {duration} : {people}",
    }

    /// What `/video` does.
    command() {
        en: "A link to this channel's video conference",
        de: "Ein Link zur Videokonferenz dieses Kanals",
        fr: "Un lien vers la visioconférence de ce canal",
    }

    /// What it answers: the address in a browser, and the one for SIP devices.
    link(window, sip) {
        en: "[Join this channel's video conference]({window})\nFrom a SIP device: `{sip}`",
        de: "[An der Videokonferenz dieses Kanals teilnehmen]({window})\nVon einem SIP-Gerät: `{sip}`",
        fr: "[Rejoindre la visioconférence de ce canal]({window})\nDepuis un appareil SIP : `{sip}`",
    }

    /// What it answers who may not join.
    no_link(why) {
        en: "There is no video conference for you here: {why}.",
        de: "Hier gibt es für Sie keine Videokonferenz: {why}.",
        fr: "Il n’y a pas de visioconférence pour vous ici : {why}.",
    }

    /// There is no conferencing node.
    off() {
        en: "video is off: an administrator has to set `Node` in the plugin",
        de: "Video ist ausgeschaltet: Ein Administrator muss `Node` im Plugin einstellen",
        fr: "la vidéo est désactivée : un administrateur doit définir `Node` dans le plugin",
    }

    /// There is no such channel.
    no_channel() {
        en: "there is no such channel",
        de: "diesen Kanal gibt es nicht",
        fr: "ce canal n’existe pas",
    }

    /// They are no member of it.
    no_member() {
        en: "only members of the channel may join its conference",
        de: "nur Mitglieder des Kanals können an seiner Konferenz teilnehmen",
        fr: "seuls les membres du canal peuvent rejoindre sa conférence",
    }

    /// It is archived.
    archived() {
        en: "the channel is archived, and has no conferences any more",
        de: "der Kanal ist archiviert und hat keine Konferenzen mehr",
        fr: "le canal est archivé et n’a plus de conférences",
    }

    /// The settings leave it out.
    not_here() {
        en: "an administrator did not allow video in this channel",
        de: "ein Administrator hat Video in diesem Kanal nicht erlaubt",
        fr: "un administrateur n’a pas autorisé la vidéo dans ce canal",
    }

    /// Another tab of theirs is in it.
    elsewhere() {
        en: "you are in this conference already, in another window or on another device",
        de: "Sie sind schon in dieser Konferenz, in einem anderen Fenster oder auf einem anderen Gerät",
        fr: "vous êtes déjà dans cette conférence, dans une autre fenêtre ou sur un autre appareil",
    }

    /// Another tab or device of theirs took its place.
    replaced() {
        en: "you joined from another window or device",
        de: "Sie nehmen jetzt in einem anderen Fenster oder auf einem anderen Gerät teil",
        fr: "vous participez maintenant depuis une autre fenêtre ou un autre appareil",
    }

    /// They do not take part by that any more.
    gone() {
        en: "you are not in this conference any more; join again",
        de: "Sie sind nicht mehr in dieser Konferenz; treten Sie ihr neu bei",
        fr: "vous n’êtes plus dans cette conférence ; rejoignez-la à nouveau",
    }

    /// There are too many.
    full() {
        en: "too many people are in conferences already",
        de: "es sind schon zu viele Personen in Konferenzen",
        fr: "trop de personnes sont déjà en conférence",
    }

    /// They joined too often.
    too_many(seconds) {
        en: "you joined too often; try again in {seconds} s",
        de: "Sie sind zu oft beigetreten; versuchen Sie es in {seconds} s wieder",
        fr: "vous avez rejoint trop de conférences ; réessayez dans {seconds} s",
    }

    /// The server does not tell at the moment.
    unknown() {
        en: "Mattermost could not be asked whether you may join; try again",
        de: "Mattermost konnte nicht gefragt werden, ob Sie teilnehmen dürfen; versuchen Sie es noch einmal",
        fr: "impossible de demander à Mattermost si vous pouvez participer ; réessayez",
    }
}
