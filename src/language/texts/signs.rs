//! Words beside the signs for phones, calls, agents and queues, in tables.

use crate::language::table::texts;

texts! {
    /// A phone that refuses calls.
    do_not_disturb() {
        en: "do not disturb",
        de: "Nicht stören",
        fr: "ne pas déranger",
    }

    /// It does no longer.
    do_not_disturb_is_off() {
        en: "do not disturb is off",
        de: "„Nicht stören“ aus",
        fr: "ne pas déranger désactivé",
    }

    /// A phone that was picked up.
    off_the_hook() {
        en: "off the hook",
        de: "abgehoben",
        fr: "décroché",
    }

    /// A phone that was hung up.
    on_the_hook() {
        en: "on the hook",
        de: "aufgelegt",
        fr: "raccroché",
    }

    /// An agent who takes no calls for a while.
    paused() {
        en: "paused",
        de: "in Pause",
        fr: "en pause",
    }

    /// An agent who takes them again.
    no_longer_paused() {
        en: "no longer paused",
        de: "nicht mehr in Pause",
        fr: "n’est plus en pause",
    }

    /// Somebody logged in at the phone.
    logged_in() {
        en: "logged in",
        de: "angemeldet",
        fr: "connecté",
    }

    /// Somebody logged out there.
    logged_out() {
        en: "logged out",
        de: "abgemeldet",
        fr: "déconnecté",
    }

    /// Somebody logged in there as a queue's agent.
    logged_in_as_agent() {
        en: "logged in as agent",
        de: "als Agent angemeldet",
        fr: "connecté comme agent",
    }

    /// Somebody logged out there as a queue's agent.
    logged_out_as_agent() {
        en: "logged out as agent",
        de: "als Agent abgemeldet",
        fr: "déconnecté comme agent",
    }

    /// An agent with a call.
    answers_a_call() {
        en: "answers a call",
        de: "nimmt einen Anruf an",
        fr: "répond à un appel",
    }

    /// Nothing is known of it.
    not_known() {
        en: "not known",
        de: "nicht bekannt",
        fr: "inconnu",
    }

    /// A phone that nobody uses.
    free() {
        en: "free",
        de: "frei",
        fr: "libre",
    }

    /// A phone that rings.
    rings() {
        en: "rings",
        de: "klingelt",
        fr: "sonne",
    }

    /// The same, with who calls.
    rings_from(other) {
        en: "rings, from {other}",
        de: "klingelt, Anruf von {other}",
        fr: "sonne, appel de {other}",
    }

    /// A phone with a call.
    in_a_call() {
        en: "in a call",
        de: "im Gespräch",
        fr: "en communication",
    }

    /// A phone with a call that is on hold.
    in_a_call_on_hold() {
        en: "in a call, on hold",
        de: "im Gespräch, gehalten",
        fr: "en communication, en attente",
    }

    /// A phone that the PBX does not reach.
    not_registered() {
        en: "not registered",
        de: "nicht registriert",
        fr: "non enregistré",
    }

    /// A phone that calls somebody.
    calls() {
        en: "calls",
        de: "ruft an",
        fr: "appelle",
    }

    /// The same, with whom.
    calls_to(other) {
        en: "calls {other}",
        de: "ruft {other} an",
        fr: "appelle {other}",
    }

    /// A phone in a call.
    talks() {
        en: "talks",
        de: "spricht",
        fr: "parle",
    }

    /// The same, with whom.
    talks_with(other) {
        en: "talks with {other}",
        de: "spricht mit {other}",
        fr: "parle avec {other}",
    }

    /// A call on hold.
    on_hold() {
        en: "on hold",
        de: "gehalten",
        fr: "en attente",
    }

    /// The same, with whom.
    on_hold_with(other) {
        en: "on hold, with {other}",
        de: "gehalten, mit {other}",
        fr: "en attente, avec {other}",
    }

    /// How long something lasts: a day.
    one_day() {
        en: "1 day",
        de: "1 Tag",
        fr: "1 jour",
    }

    /// How long something lasts: several days.
    days(count) {
        en: "{count} days",
        de: "{count} Tage",
        fr: "{count} jours",
    }

    /// There are no lines.
    no_lines() {
        en: "No phone has reported yet.",
        de: "Noch hat sich kein Telefon gemeldet.",
        fr: "Aucun téléphone ne s’est encore signalé.",
    }

    /// The heads of the table of lines.
    lines_heads() {
        en: "| Name | Phone | Calls |",
        de: "| Name | Telefon | Gespräche |",
        fr: "| Nom | Téléphone | Appels |",
    }

    /// The heads of the table of queues.
    queues_heads() {
        en: "| Queue | Waiting | Agents | Answered | Abandoned |",
        de: "| Warteschlange | Wartende | Agenten | Angenommen | Aufgegeben |",
        fr: "| File d’attente | En attente | Agents | Pris | Abandonnés |",
    }

    /// Nobody waits.
    nobody() {
        en: "nobody",
        de: "niemand",
        fr: "personne",
    }

    /// How many wait, and who.
    waiting(count, who) {
        en: "{count}: {who}",
        de: "{count}: {who}",
        fr: "{count} : {who}",
    }

    /// A caller without a name and a number.
    unknown_caller() {
        en: "unknown",
        de: "unbekannt",
        fr: "inconnu",
    }

    /// An agent, and what they are in.
    agent(name, state) {
        en: "{name}: {state}",
        de: "{name}: {state}",
        fr: "{name} : {state}",
    }

    /// Before the tables: Asterisk is not there yet.
    pbx_connecting() {
        en: "Asterisk is being connected: its phones and queues are not followed yet.",
        de: "Die Verbindung zu Asterisk wird aufgebaut: Seine Telefone und Warteschlangen werden noch nicht verfolgt.",
        fr: "La connexion à Asterisk est en cours : ses téléphones et files d’attente ne sont pas encore suivis.",
    }

    /// Before the tables: Asterisk is gone.
    pbx_gone() {
        en: "Asterisk is not connected: its phones and queues are not followed at this moment. The plugin's page `/status` tells an administrator why.",
        de: "Asterisk ist nicht verbunden: Seine Telefone und Warteschlangen werden im Moment nicht verfolgt. Warum, sagt der Systemadministration die Seite `/status` des Plugins.",
        fr: "Asterisk n’est pas connecté : ses téléphones et files d’attente ne sont pas suivis en ce moment. La page `/status` du plugin dit pourquoi aux administrateurs.",
    }
}
