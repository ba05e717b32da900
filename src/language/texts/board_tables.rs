//! What the board's tables say: queues, agents, lines and ended calls.

use crate::language::table::texts;

texts! {
    /// A part of the page.
    queues() {
        en: "Queues",
        de: "Warteschlangen",
        fr: "Files d’attente",
    }

    /// A part of the page.
    lines() {
        en: "Lines",
        de: "Leitungen",
        fr: "Lignes",
    }

    /// A part of the page, and a column.
    agents() {
        en: "Agents",
        de: "Agenten",
        fr: "Agents",
    }

    /// A part of the page.
    history() {
        en: "Calls that ended",
        de: "Beendete Anrufe",
        fr: "Appels terminés",
    }

    /// A part of the page.
    chart() {
        en: "The day by the hour",
        de: "Der Tag nach Stunden",
        fr: "La journée par heure",
    }

    /// A column.
    queue() {
        en: "Queue",
        de: "Warteschlange",
        fr: "File d’attente",
    }

    /// A column: how many wait now.
    waiting() {
        en: "Waiting",
        de: "Wartende",
        fr: "En attente",
    }

    /// A column: since when the first one waits.
    longest_wait() {
        en: "Longest wait",
        de: "Längste Wartezeit",
        fr: "Plus longue attente",
    }

    /// A column.
    answered() {
        en: "Answered",
        de: "Angenommen",
        fr: "Pris",
    }

    /// A column: they waited in vain.
    lost() {
        en: "Lost",
        de: "Verloren",
        fr: "Perdus",
    }

    /// A column: answered and lost.
    total() {
        en: "Total",
        de: "Gesamt",
        fr: "Total",
    }

    /// A column.
    answered_percent() {
        en: "% answered",
        de: "% angenommen",
        fr: "% pris",
    }

    /// A column.
    average_wait() {
        en: "Average wait",
        de: "Ø Wartezeit",
        fr: "Attente moyenne",
    }

    /// A column.
    average_talk() {
        en: "Average talk",
        de: "Ø Gespräch",
        fr: "Durée moyenne",
    }

    /// A column: the service level.
    within(seconds) {
        en: "Within {seconds} s",
        de: "In {seconds} s",
        fr: "En {seconds} s",
    }

    /// Before the callers who were answered.
    in_calls() {
        en: "In calls",
        de: "Im Gespräch",
        fr: "En communication",
    }

    /// The row of sums, and the filter that lets all through.
    all_queues() {
        en: "All queues",
        de: "Alle Warteschlangen",
        fr: "Toutes les files",
    }

    /// There is none that the filter lets through.
    no_queues() {
        en: "No queue matches the filter.",
        de: "Keine Warteschlange passt zum Filter.",
        fr: "Aucune file ne correspond au filtre.",
    }

    /// There is none that the filter lets through.
    no_agents() {
        en: "No agent matches the filter.",
        de: "Kein Agent passt zum Filter.",
        fr: "Aucun agent ne correspond au filtre.",
    }

    /// There is none that the filter lets through.
    no_match() {
        en: "No line matches the filter.",
        de: "Keine Leitung passt zum Filter.",
        fr: "Aucune ligne ne correspond au filtre.",
    }

    /// There are no lines.
    no_lines() {
        en: "No phone has reported yet.",
        de: "Noch hat sich kein Telefon gemeldet.",
        fr: "Aucun téléphone ne s’est encore signalé.",
    }

    /// No call ended yet, or none that the filter lets through.
    no_calls() {
        en: "No call to show.",
        de: "Kein Anruf zu zeigen.",
        fr: "Aucun appel à afficher.",
    }

    /// Where a list is cut.
    and_more(count) {
        en: "and {count} more",
        de: "und {count} weitere",
        fr: "et {count} de plus",
    }

    /// A column.
    name() {
        en: "Name",
        de: "Name",
        fr: "Nom",
    }

    /// A column.
    kind() {
        en: "Type",
        de: "Art",
        fr: "Type",
    }

    /// A column.
    state() {
        en: "State",
        de: "Zustand",
        fr: "État",
    }

    /// A column: calls in progress.
    calls() {
        en: "Calls",
        de: "Gespräche",
        fr: "Appels",
    }

    /// Calls in progress, and how many there may be.
    of(count, most) {
        en: "{count} of {most}",
        de: "{count} von {most}",
        fr: "{count} sur {most}",
    }

    /// A column: with whom, and since when.
    who() {
        en: "With whom",
        de: "Mit wem",
        fr: "Avec qui",
    }

    /// A column.
    registered() {
        en: "Registered",
        de: "Registriert",
        fr: "Enregistré",
    }

    /// A column.
    agent() {
        en: "Agent",
        de: "Agent",
        fr: "Agent",
    }

    /// A column: how long they are in their state.
    since() {
        en: "Since",
        de: "Seit",
        fr: "Depuis",
    }

    /// A column: how many calls they answered.
    calls_today() {
        en: "Calls today",
        de: "Anrufe heute",
        fr: "Appels du jour",
    }

    /// A column.
    time() {
        en: "Time",
        de: "Zeit",
        fr: "Heure",
    }

    /// A column: where the call was.
    place() {
        en: "Queue or line",
        de: "Warteschlange oder Leitung",
        fr: "File ou ligne",
    }

    /// A column.
    caller() {
        en: "Caller",
        de: "Anrufer",
        fr: "Appelant",
    }

    /// A column.
    wait() {
        en: "Wait",
        de: "Wartezeit",
        fr: "Attente",
    }

    /// A column.
    talk() {
        en: "Talk",
        de: "Gespräch",
        fr: "Durée",
    }

    /// A column.
    ending() {
        en: "How it ended",
        de: "Ende",
        fr: "Fin",
    }

    /// Whom a line called.
    to(other) {
        en: "to {other}",
        de: "an {other}",
        fr: "à {other}",
    }

    /// How a call ended.
    ended_answered() {
        en: "answered",
        de: "angenommen",
        fr: "pris",
    }

    /// How a call ended.
    ended_abandoned() {
        en: "hung up while waiting",
        de: "aufgelegt beim Warten",
        fr: "a raccroché en attente",
    }

    /// How a call ended.
    ended_timedout() {
        en: "the queue gave up",
        de: "Warteschlange gab auf",
        fr: "la file a renoncé",
    }

    /// How a call ended.
    ended_missed() {
        en: "missed",
        de: "verpasst",
        fr: "manqué",
    }

    /// How a call ended.
    ended_unanswered() {
        en: "no answer",
        de: "keine Antwort",
        fr: "sans réponse",
    }

    /// How a call ended.
    ended_refused() {
        en: "refused",
        de: "abgelehnt",
        fr: "refusé",
    }

    /// How a call ended.
    ended_elsewhere() {
        en: "went elsewhere",
        de: "ging woandershin",
        fr: "parti ailleurs",
    }

    /// How a call ended.
    ended_unknown() {
        en: "not known",
        de: "nicht bekannt",
        fr: "inconnu",
    }

    /// Somebody without a name and a number.
    unknown_caller() {
        en: "unknown",
        de: "unbekannt",
        fr: "inconnu",
    }

    /// Why an agent pauses.
    paused_because(reason) {
        en: "paused: {reason}",
        de: "in Pause: {reason}",
        fr: "en pause : {reason}",
    }

    /// An agent who pauses in some queues only.
    paused_in(queues) {
        en: "paused in {queues}",
        de: "in Pause bei {queues}",
        fr: "en pause dans {queues}",
    }

    /// A line of which nothing is known.
    no_state() {
        en: "unknown",
        de: "unbekannt",
        fr: "état inconnu",
    }

    /// A phone that calls somebody.
    calling() {
        en: "calling",
        de: "ruft an",
        fr: "appelle",
    }

    /// A phone whose call is on hold.
    held() {
        en: "on hold",
        de: "gehalten",
        fr: "en garde",
    }

    /// A share.
    percent(count) {
        en: "{count}%",
        de: "{count} %",
        fr: "{count} %",
    }
}
