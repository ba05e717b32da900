//! What people ask of others' phones and of their own: `/phone status` of one, `/phone dnd`, `/phone notify`.

use crate::language::table::texts;

texts! {
    /// What the account says of itself that speaks to people.
    about_the_bot() {
        en: "Tells you what becomes of your calls.",
        de: "Sagt Ihnen, was aus Ihren Anrufen wird.",
        fr: "Vous dit ce que deviennent vos appels.",
    }

    /// Somebody, as it is hinted at.
    who_hint() {
        en: "[@user or number]",
        de: "[@Benutzer oder Nummer]",
        fr: "[@utilisateur ou numéro]",
    }

    /// The argument of `/phone status`.
    status_of() {
        en: "Whose phone; everybody's if you do not say",
        de: "Wessen Telefon; ohne Angabe die Telefone aller",
        fr: "Le téléphone de qui ; sinon, ceux de tous",
    }

    /// There is no line of that name or number.
    no_phone_of(who) {
        en: "No phone of {who} is known: neither the board nor the setting `NumbersUsers` has one.",
        de: "Von {who} ist kein Telefon bekannt: Weder die Übersicht noch die Einstellung `NumbersUsers` hat eines.",
        fr: "Aucun téléphone de {who} n’est connu : ni le tableau ni le paramètre `NumbersUsers` n’en a.",
    }

    /// The phone is known by the setting only.
    nothing_reported() {
        en: "nothing was reported yet",
        de: "noch wurde nichts gemeldet",
        fr: "rien n’a encore été signalé",
    }

    /// Somebody's line, and what it is in.
    line(name, state) {
        en: "**{name}**: {state}",
        de: "**{name}**: {state}",
        fr: "**{name}** : {state}",
    }

    /// A call of theirs, and for how long it is so.
    call_since(call, time) {
        en: "- {call}, for {time}",
        de: "- {call}, seit {time}",
        fr: "- {call}, depuis {time}",
    }

    /// When the phone itself reported something last.
    reported_ago(time) {
        en: "- The phone itself reported something last {time} ago.",
        de: "- Das Telefon selbst hat zuletzt vor {time} etwas gemeldet.",
        fr: "- Le téléphone lui-même a signalé quelque chose il y a {time} pour la dernière fois.",
    }

    /// Which numbers are theirs.
    numbers(numbers) {
        en: "- Numbers: {numbers}",
        de: "- Nummern: {numbers}",
        fr: "- Numéros : {numbers}",
    }

    /// What they are in a queue.
    queue(queue, state) {
        en: "- Queue {queue}: {state}",
        de: "- Warteschlange {queue}: {state}",
        fr: "- File d’attente {queue} : {state}",
    }
}
