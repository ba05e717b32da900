//! The report of the day.

use crate::language::table::texts;

texts! {
    /// Its heading: from when to when.
    heading(from, to) {
        en: "#### Calls from {from} to {to}",
        de: "#### Anrufe von {from} bis {to}",
        fr: "#### Appels du {from} au {to}",
    }

    /// A day and a time on it.
    moment(date, time) {
        en: "{date}, {time}",
        de: "{date}, {time} Uhr",
        fr: "{date} à {time}",
    }

    /// All calls together.
    totals(calls, answered, lost, percent) {
        en: "**{calls} calls**: {answered} answered, {lost} lost, {percent}% answered.",
        de: "**{calls} Anrufe**: {answered} angenommen, {lost} verloren, {percent} % angenommen.",
        fr: "**{calls} appels** : {answered} pris, {lost} perdus, {percent} % pris.",
    }

    /// The same of a single one.
    total_one(answered, lost) {
        en: "**One call**: {answered} answered, {lost} lost.",
        de: "**Ein Anruf**: {answered} angenommen, {lost} verloren.",
        fr: "**Un appel** : {answered} pris, {lost} perdu.",
    }

    /// The heads of a table of queues.
    queues_heads() {
        en: "| Queue | Calls | Answered | Lost | % | Average wait | Longest | Average talk | In time |",
        de: "| Warteschlange | Anrufe | Angenommen | Verloren | % | Wartezeit im Mittel | Längste | Gespräch im Mittel | Rechtzeitig |",
        fr: "| File d’attente | Appels | Pris | Perdus | % | Attente moyenne | Maximale | Conversation moyenne | À temps |",
    }

    /// The heads of a table of agents.
    agents_heads() {
        en: "| Agent | Answered | Talked | Average talk |",
        de: "| Agent | Angenommen | Gesprochen | Gespräch im Mittel |",
        fr: "| Agent | Pris | En conversation | Conversation moyenne |",
    }

    /// The calls that came from no queue, in the queues' place.
    lines() {
        en: "*Calls without a queue*",
        de: "*Anrufe ohne Warteschlange*",
        fr: "*Appels sans file d’attente*",
    }

    /// A share of a hundred.
    percent(percent) {
        en: "{percent}%",
        de: "{percent} %",
        fr: "{percent} %",
    }

    /// Below a table that is cut.
    more(count) {
        en: "… and {count} more.",
        de: "… und {count} weitere.",
        fr: "… et {count} de plus.",
    }

    /// Above a chart: what the signs stand for.
    legend(answered, lost) {
        en: "{answered} answered, {lost} lost",
        de: "{answered} angenommen, {lost} verloren",
        fr: "{answered} pris, {lost} perdus",
    }
}
