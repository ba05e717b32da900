//! What people read when they end, send on, park or take over a call.

use crate::language::table::texts;

texts! {
    /// It was ended.
    hung_up() {
        en: "The call was ended.",
        de: "Der Anruf wurde beendet.",
        fr: "L’appel a été terminé.",
    }

    /// It was refused.
    refused() {
        en: "The call was refused.",
        de: "Der Anruf wurde abgelehnt.",
        fr: "L’appel a été refusé.",
    }

    /// The other side was sent on.
    transferred(to) {
        en: "The call was sent on to {to}.",
        de: "Der Anruf wurde an {to} weitergegeben.",
        fr: "L’appel a été transféré à {to}.",
    }

    /// The other side waits, in a place that is known.
    parked_at(space) {
        en: "The call is parked: dial {space} at any phone to take it back.",
        de: "Der Anruf ist geparkt: Wählen Sie an einem beliebigen Telefon {space}, um ihn zurückzuholen.",
        fr: "L’appel est parqué : composez {space} sur n’importe quel téléphone pour le reprendre.",
    }

    /// The other side waits; the phone tells where.
    parked() {
        en: "The call is parked. Asterisk did not tell where; your phone may say it.",
        de: "Der Anruf ist geparkt. Asterisk hat nicht mitgeteilt, wo; Ihr Telefon sagt es eventuell an.",
        fr: "L’appel est parqué. Asterisk n’a pas indiqué où ; votre téléphone l’annonce peut-être.",
    }

    /// Two calls became one.
    joined() {
        en: "Both calls were connected with each other.",
        de: "Beide Anrufe wurden miteinander verbunden.",
        fr: "Les deux appels ont été reliés.",
    }

    /// One's own phone rings for a colleague's call.
    picks_up(own) {
        en: "Your phone {own} rings: answer it to take the call.",
        de: "Ihr Telefon {own} klingelt: Nehmen Sie ab, um den Anruf zu übernehmen.",
        fr: "Votre téléphone {own} sonne : décrochez pour prendre l’appel.",
    }

    /// It is somebody else's.
    not_yours() {
        en: "This call is not yours: only the calls of your own line can be changed.",
        de: "Das ist nicht Ihr Anruf: Nur die Anrufe der eigenen Leitung lassen sich ändern.",
        fr: "Cet appel n’est pas le vôtre : on ne peut agir que sur les appels de sa propre ligne.",
    }

    /// There is none of that number.
    over() {
        en: "This call is over.",
        de: "Dieser Anruf ist schon beendet.",
        fr: "Cet appel est terminé.",
    }

    /// The phone alone told of it.
    not_the_pbxs() {
        en: "Asterisk does not know this call, so nothing can be done to it from here.",
        de: "Asterisk kennt diesen Anruf nicht, deshalb lässt er sich von hier aus nicht ändern.",
        fr: "Asterisk ne connaît pas cet appel ; on ne peut donc pas agir dessus d’ici.",
    }

    /// It was answered meanwhile, or goes out.
    rings_not() {
        en: "This call does not ring any more.",
        de: "Dieser Anruf klingelt nicht mehr.",
        fr: "Cet appel ne sonne plus.",
    }

    /// It was not answered yet.
    talks_not() {
        en: "This call was not answered yet.",
        de: "Dieser Anruf ist noch nicht angenommen.",
        fr: "Cet appel n’a pas encore été pris.",
    }

    /// It rings at one's own phone.
    own_rings() {
        en: "This call rings at your own phone: answer it there.",
        de: "Dieser Anruf klingelt an Ihrem eigenen Telefon: Nehmen Sie ihn dort an.",
        fr: "Cet appel sonne sur votre propre téléphone : décrochez.",
    }

    /// There is no second call to connect it with.
    with_what() {
        en: "The other call is missing: `with` must name another call of your line that was answered.",
        de: "Der andere Anruf fehlt: `with` muss einen anderen, angenommenen Anruf Ihrer Leitung nennen.",
        fr: "Il manque l’autre appel : `with` doit désigner un autre appel pris de votre ligne.",
    }

    /// Nobody is there who could be parked.
    no_other_side() {
        en: "There is nobody at the other side of this call who could be sent on: it is an announcement, a conference, or not connected yet.",
        de: "Auf der anderen Seite dieses Anrufs ist niemand, der sich weitergeben ließe: Es ist eine Ansage, eine Konferenz oder noch nicht verbunden.",
        fr: "Il n’y a personne à l’autre bout de cet appel qui puisse être transféré : c’est une annonce, une conférence, ou il n’est pas encore établi.",
    }
}
