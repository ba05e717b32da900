//! Queues in trouble.

use crate::language::table::texts;

texts! {
    /// A queue passes its limits. `time` is when that began: "14:05"; `what` is a list of the following.
    trouble(queue, time, what) {
        en: "⚠️ Queue **{queue}**, since {time}: {what}.",
        de: "⚠️ Warteschlange **{queue}**, seit {time} Uhr: {what}.",
        fr: "⚠️ File d’attente **{queue}**, depuis {time} : {what}.",
    }

    /// It is well again.
    well(queue, until, since, what) {
        en: "✅ Queue **{queue}** is well again since {until}. Since {since} it had passed its limits: {what}.",
        de: "✅ Warteschlange **{queue}**: seit {until} Uhr ist wieder alles im Rahmen. Seit {since} Uhr waren Grenzen überschritten: {what}.",
        fr: "✅ La file d’attente **{queue}** est revenue à la normale depuis {until}. Depuis {since}, elle avait dépassé ses limites : {what}.",
    }

    /// It is followed no longer, or has no limits any more.
    lost(queue, since, what) {
        en: "Queue **{queue}** is no longer followed. Since {since} it had passed its limits: {what}.",
        de: "Warteschlange **{queue}** wird nicht weiter verfolgt. Seit {since} Uhr waren Grenzen überschritten: {what}.",
        fr: "La file d’attente **{queue}** n’est plus suivie. Depuis {since}, elle avait dépassé ses limites : {what}.",
    }

    /// How many wait.
    one_waits(limit) {
        en: "one caller waits (limit: at most {limit})",
        de: "ein Anrufer wartet (Grenze: höchstens {limit})",
        fr: "une personne attend (limite : {limit} au plus)",
    }

    /// The same of several.
    wait(count, limit) {
        en: "{count} callers wait (limit: at most {limit})",
        de: "{count} Anrufer warten (Grenze: höchstens {limit})",
        fr: "{count} personnes attendent (limite : {limit} au plus)",
    }

    /// How long the one waits who waits longest.
    longest(time, limit) {
        en: "the longest wait is {time} (limit: at most {limit})",
        de: "die längste Wartezeit ist {time} (Grenze: höchstens {limit})",
        fr: "l’attente la plus longue est de {time} (limite : {limit} au plus)",
    }

    /// How many were answered in time.
    service(percent, limit) {
        en: "{percent}% answered in time (limit: at least {limit}%)",
        de: "{percent} % rechtzeitig angenommen (Grenze: mindestens {limit} %)",
        fr: "{percent} % pris à temps (limite : {limit} % au moins)",
    }

    /// The worst of what was: how many waited.
    waited_at_most(count) {
        en: "up to {count} waiting",
        de: "bis zu {count} Wartende",
        fr: "jusqu’à {count} en attente",
    }

    /// How long somebody waited.
    longest_at_most(time) {
        en: "the longest wait {time}",
        de: "längste Wartezeit {time}",
        fr: "attente la plus longue {time}",
    }

    /// How many were answered in time at least.
    service_at_least(percent) {
        en: "only {percent}% answered in time",
        de: "nur {percent} % rechtzeitig angenommen",
        fr: "seulement {percent} % pris à temps",
    }
}
