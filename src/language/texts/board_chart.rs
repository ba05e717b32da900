//! What the board's chart says.

use crate::language::table::texts;

texts! {
    /// In the chart's key.
    chart_answered() {
        en: "answered",
        de: "angenommen",
        fr: "pris",
    }

    /// In the chart's key.
    chart_lost() {
        en: "lost",
        de: "verloren",
        fr: "perdus",
    }

    /// What the lower half of the chart shows.
    chart_wait() {
        en: "average wait",
        de: "Ø Wartezeit",
        fr: "attente moyenne",
    }

    /// What the chart shows; a queue or all.
    chart_title(what) {
        en: "{what}: calls and waiting time by the hour",
        de: "{what}: Anrufe und Wartezeit nach Stunden",
        fr: "{what} : appels et attente par heure",
    }

    /// What it shows where it is no queue.
    chart_all() {
        en: "All calls",
        de: "Alle Anrufe",
        fr: "Tous les appels",
    }

    /// The chart in a sentence.
    chart_sum(answered, lost) {
        en: "{answered} answered and {lost} lost so far.",
        de: "Bisher {answered} angenommen und {lost} verloren.",
        fr: "{answered} pris et {lost} perdus jusqu’ici.",
    }

    /// Opens the chart's numbers.
    chart_table() {
        en: "The same as a table",
        de: "Dasselbe als Tabelle",
        fr: "La même chose en tableau",
    }

    /// A column.
    hour() {
        en: "Hour",
        de: "Stunde",
        fr: "Heure",
    }

    /// There was no call yet.
    no_hours() {
        en: "No call was counted yet today.",
        de: "Heute wurde noch kein Anruf gezählt.",
        fr: "Aucun appel n’a encore été compté aujourd’hui.",
    }
}
