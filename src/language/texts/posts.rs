//! Posts in the channel: cards of calls, and what is said of a phone that flaps.

use crate::language::table::texts;

texts! {
    /// It rings.
    rings(caller, called) {
        en: "🔔 {caller} calls {called}",
        de: "🔔 {caller} ruft {called} an",
        fr: "🔔 {caller} appelle {called}",
    }

    /// Both sides talk.
    talks(caller, called) {
        en: "📞 {caller} is talking to {called}",
        de: "📞 {caller} spricht mit {called}",
        fr: "📞 {caller} parle avec {called}",
    }

    /// It is on hold.
    held(caller, called) {
        en: "⏸ {caller} is talking to {called} (on hold)",
        de: "⏸ {caller} spricht mit {called} (gehalten)",
        fr: "⏸ {caller} parle avec {called} (en attente)",
    }

    /// It was answered, and ended.
    talked(caller, called, duration) {
        en: "✔ {caller} talked to {called} for {duration}",
        de: "✔ {caller} hat {duration} mit {called} gesprochen",
        fr: "✔ {caller} a parlé {duration} avec {called}",
    }

    /// It was answered, and nobody told of its end.
    talked_on(caller, called) {
        en: "✔ {caller} talked to {called}; the end of the call was not reported",
        de: "✔ {caller} hat mit {called} gesprochen; das Ende des Gesprächs wurde nicht gemeldet",
        fr: "✔ {caller} a parlé avec {called} ; la fin de l’appel n’a pas été signalée",
    }

    /// Nobody answered it.
    missed(caller, called) {
        en: "❌ {caller} called {called}: missed",
        de: "❌ {caller} hat {called} angerufen: verpasst",
        fr: "❌ {caller} a appelé {called} : appel manqué",
    }

    /// Somebody else answered it.
    elsewhere(caller, called) {
        en: "✔ {caller} called {called}: answered elsewhere",
        de: "✔ {caller} hat {called} angerufen: anderswo angenommen",
        fr: "✔ {caller} a appelé {called} : appel pris sur un autre poste",
    }

    /// It was refused.
    refused(caller, called) {
        en: "❌ {caller} called {called}: refused",
        de: "❌ {caller} hat {called} angerufen: abgelehnt",
        fr: "❌ {caller} a appelé {called} : appel refusé",
    }

    /// It ended without an answer, as far as a PBX knows, which does.
    unanswered(caller, called) {
        en: "❌ {caller} called {called}: no answer",
        de: "❌ {caller} hat {called} angerufen: keine Antwort",
        fr: "❌ {caller} a appelé {called} : pas de réponse",
    }

    /// It ended, and a phone that may not tell of answers told of none.
    over(caller, called) {
        en: "✔ {caller} called {called}: the call has ended",
        de: "✔ {caller} hat {called} angerufen: Der Anruf ist beendet",
        fr: "✔ {caller} a appelé {called} : l’appel est terminé",
    }

    /// It rang, and nobody told of its end.
    rang_on(caller, called) {
        en: "✔ {caller} called {called}; the end of the call was not reported",
        de: "✔ {caller} hat {called} angerufen; das Ende des Anrufs wurde nicht gemeldet",
        fr: "✔ {caller} a appelé {called} ; la fin de l’appel n’a pas été signalée",
    }

    /// The plugin stops, and will not know how it goes on.
    unfollowed(card) {
        en: "{card} … (no longer followed)",
        de: "{card} … (wird nicht weiter verfolgt)",
        fr: "{card} … (n’est plus suivi)",
    }

    /// Who calls, or is called, where that is not known.
    somebody() {
        en: "an unknown number",
        de: "Unbekannt",
        fr: "un numéro inconnu",
    }

    /// What a phone reported too often to be posted each time.
    flapped(line, action, times) {
        en: "{line}'s phone reported `{action}` {times}; not posted",
        de: "Das Telefon von {line} hat {times} `{action}` gemeldet; das steht hier nicht einzeln",
        fr: "Le téléphone de {line} a signalé `{action}` {times} ; ce n’est pas publié",
    }

    /// The same of calls with one other side.
    flapped_with(line, action, other, times) {
        en: "{line}'s phone reported `{action}` {times}, each with {other}; not posted",
        de: "Das Telefon von {line} hat {times} `{action}` gemeldet, stets mit {other}; das steht hier nicht einzeln",
        fr: "Le téléphone de {line} a signalé `{action}` {times}, toujours avec {other} ; ce n’est pas publié",
    }

    /// How often: once.
    once_more() {
        en: "1 more time",
        de: "noch einmal",
        fr: "1 fois de plus",
    }

    /// How often: several times.
    more_times(count) {
        en: "{count} more times",
        de: "noch {count}-mal",
        fr: "{count} fois de plus",
    }
}
