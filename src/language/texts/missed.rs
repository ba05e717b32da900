//! Missed calls.

use crate::language::table::texts;

texts! {
    /// A message about one call. `when` stands behind a verb: "at 14:05".
    one(who, when) {
        en: "Missed call from {who} {when}.",
        de: "Verpasster Anruf von {who} {when}.",
        fr: "Appel manqué : {who}, {when}.",
    }

    /// A message about several calls from one caller.
    several(count, who, when) {
        en: "{count} missed calls from {who}, the last one {when}.",
        de: "{count} verpasste Anrufe von {who}, zuletzt {when}.",
        fr: "{count} appels manqués : {who}, le dernier {when}.",
    }

    /// The line above a list.
    heading() {
        en: "Missed calls",
        de: "Verpasste Anrufe",
        fr: "Appels manqués",
    }

    /// The same, once somebody pressed the button for it.
    heading_done() {
        en: "Missed calls (done)",
        de: "Verpasste Anrufe (erledigt)",
        fr: "Appels manqués (traités)",
    }

    /// Below a message whose calls, where they are not done with, are in the next one together with those that came since.
    continued() {
        en: "Continued in the newer message below.",
        de: "Fortsetzung in der neueren Nachricht weiter unten.",
        fr: "Suite dans le message plus récent ci-dessous.",
    }

    /// A caller in a list, with one call.
    listed(who, when) {
        en: "{who}, {when}",
        de: "{who}, {when}",
        fr: "{who}, {when}",
    }

    /// A caller in a list, with several.
    listed_several(who, count, when) {
        en: "{who}, {count} times, the last time {when}",
        de: "{who}, {count}-mal, zuletzt {when}",
        fr: "{who}, {count} fois, la dernière {when}",
    }

    /// Below a list that is cut, where one caller more was.
    one_more() {
        en: "and one more caller",
        de: "und noch jemand",
        fr: "et une autre personne",
    }

    /// The same with several.
    more(count) {
        en: "and {count} more callers",
        de: "und {count} weitere",
        fr: "et {count} autres personnes",
    }

    /// Who called, where no number was shown.
    no_number() {
        en: "a caller without a number",
        de: "Unbekannt",
        fr: "un numéro masqué",
    }

    /// Who called through which queue.
    through_queue(who, queue) {
        en: "{who} (queue {queue})",
        de: "{who} (Warteschlange {queue})",
        fr: "{who} (file d’attente {queue})",
    }

    /// A post in a queue's channel: who called, and for how long they waited.
    of_queue(queue, who, waited) {
        en: "Missed call in the queue {queue}: {who} waited for {waited}.",
        de: "Verpasster Anruf in der Warteschlange {queue}: {who}, Wartezeit {waited}.",
        fr: "Appel manqué dans la file d’attente {queue} : {who}, attente de {waited}.",
    }

    /// A button.
    call_back() {
        en: "Call back",
        de: "Zurückrufen",
        fr: "Rappeler",
    }

    /// The same where there are several callers.
    call_back_who(who) {
        en: "Call {who} back",
        de: "{who} zurückrufen",
        fr: "Rappeler {who}",
    }

    /// A button.
    done() {
        en: "Done",
        de: "Erledigt",
        fr: "Traité",
    }

    /// The answer to the button *Done* where the server lets the message be changed no more.
    done_unchanged() {
        en: "Done. The message itself stays as it is: this Mattermost does not let it be changed any more.",
        de: "Erledigt. Die Nachricht selbst bleibt, wie sie ist: Dieses Mattermost lässt keine Änderung mehr zu.",
        fr: "C’est noté. Le message lui-même reste tel quel : ce Mattermost ne permet plus de le modifier.",
    }

    /// The answer to a button of a message that is no longer the one.
    stale() {
        en: "Nothing was done: this button is no longer good. Its message is done with, or a newer one took its place, or it is not to you.",
        de: "Es ist nichts geschehen: Diese Schaltfläche gilt nicht mehr. Die Nachricht ist bereits erledigt, wurde durch eine neuere ersetzt oder ist nicht für Sie bestimmt.",
        fr: "Rien n’a été fait : ce bouton n’est plus valable. Son message est traité, ou un plus récent l’a remplacé, ou il ne vous est pas adressé.",
    }

    /// The answer to one that is too old.
    too_old() {
        en: "Nothing was done: this message is more than a week old.",
        de: "Es ist nichts geschehen: Diese Nachricht ist über eine Woche alt.",
        fr: "Rien n’a été fait : ce message a plus d’une semaine.",
    }

    /// The answer to one for a caller who is no longer listed.
    caller_gone() {
        en: "Nothing was done: this caller is no longer listed.",
        de: "Es ist nichts geschehen: Dieser Anrufer steht nicht mehr in der Liste.",
        fr: "Rien n’a été fait : cet appelant ne figure plus dans la liste.",
    }

    /// The answer to one that was pressed twice.
    under_way() {
        en: "Nothing more was done: you pressed this a moment ago, and the call is under way.",
        de: "Es ist nichts weiter geschehen: Sie haben gerade erst darauf geklickt, und der Anruf läuft bereits.",
        fr: "Rien de plus n’a été fait : vous venez d’appuyer sur ce bouton, et l’appel est en cours.",
    }

    /// The answer where the server did not do it.
    try_again() {
        en: "Mattermost could not do it at this moment. Please press the button again.",
        de: "Mattermost konnte das gerade nicht ausführen. Bitte klicken Sie noch einmal.",
        fr: "Mattermost n’a pas pu le faire pour l’instant. Veuillez appuyer de nouveau sur le bouton.",
    }

    /// The answer where there is no Asterisk to call with. The number is a link that phones and programs understand.
    call_yourself(number) {
        en: "Switchboard has no Asterisk to call with. The number to call: {number}",
        de: "Von hier kann nicht angerufen werden, weil kein Asterisk eingestellt ist. Die Nummer: {number}",
        fr: "Switchboard n’a pas d’Asterisk pour appeler. Le numéro : {number}",
    }
}
