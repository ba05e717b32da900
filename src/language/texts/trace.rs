//! `/phone test`: what phones send, as it arrives.

use crate::language::table::texts;

texts! {
    /// What the subcommand does.
    test() {
        en: "Show what your phone sends, as it arrives, for five minutes",
        de: "Fünf Minuten lang zeigen, was Ihr Telefon sendet, sobald es ankommt",
        fr: "Montrer pendant cinq minutes ce que votre téléphone envoie, dès que cela arrive",
    }

    /// Its argument, as it is hinted at.
    test_hint() {
        en: "[stop]",
        de: "[stop]",
        fr: "[stop]",
    }

    /// Its argument.
    test_what() {
        en: "`stop` ends it; an administrator may name a number, a MAC or IP address, or `all`",
        de: "`stop` beendet es; die Systemadministration kann eine Nummer, eine MAC- oder IP-Adresse oder `all` angeben",
        fr: "`stop` y met fin ; un administrateur peut donner un numéro, une adresse MAC ou IP, ou `all`",
    }

    /// The answer: it goes on.
    started() {
        en: "What arrives is shown for five minutes in a direct message of the bot. Lift the handset, set do not disturb, or have somebody call. `/phone test stop` ends it.",
        de: "Was ankommt, steht fünf Minuten lang in einer Direktnachricht des Bots. Heben Sie ab, stellen Sie „Nicht stören“ ein oder lassen Sie sich anrufen. `/phone test stop` beendet es.",
        fr: "Ce qui arrive est montré pendant cinq minutes dans un message privé du bot. Décrochez, activez « Ne pas déranger » ou faites-vous appeler. `/phone test stop` y met fin.",
    }

    /// The answer: it was ended.
    stopped() {
        en: "The test has ended.",
        de: "Der Test ist beendet.",
        fr: "Le test est terminé.",
    }

    /// The answer: there was none to end.
    none_to_stop() {
        en: "You have no test that goes on.",
        de: "Bei Ihnen läuft kein Test.",
        fr: "Vous n’avez aucun test en cours.",
    }

    /// The answer: there are too many.
    too_many() {
        en: "Too many people test their phones at this moment. Try again in five minutes.",
        de: "Gerade testen zu viele ihr Telefon. Versuchen Sie es in fünf Minuten noch einmal.",
        fr: "Trop de personnes testent leur téléphone en ce moment. Réessayez dans cinq minutes.",
    }

    /// The answer: somebody who is no administrator asked for others' phones.
    admins_only() {
        en: "Only administrators see what other phones send. `/phone test` alone shows what yours does.",
        de: "Was andere Telefone senden, sieht nur die Systemadministration. `/phone test` allein zeigt, was Ihres sendet.",
        fr: "Seuls les administrateurs voient ce que les autres téléphones envoient. `/phone test` seul montre ce que le vôtre envoie.",
    }

    /// The message's head, of one's own phone.
    own() {
        en: "**What your phone sends**",
        de: "**Was Ihr Telefon sendet**",
        fr: "**Ce que votre téléphone envoie**",
    }

    /// The same of what an administrator named.
    only(what) {
        en: "**What arrives of {what}**",
        de: "**Was von {what} ankommt**",
        fr: "**Ce qui arrive de {what}**",
    }

    /// The same of all phones.
    all() {
        en: "**What all phones send**",
        de: "**Was alle Telefone senden**",
        fr: "**Ce que tous les téléphones envoient**",
    }

    /// Events that are no longer shown.
    earlier(count) {
        en: "(Earlier ones, no longer shown: {count})",
        de: "(Frühere, nicht mehr gezeigt: {count})",
        fr: "(Plus anciens, qui ne sont plus montrés : {count})",
    }

    /// Events that came too fast.
    lost(count) {
        en: "(Not shown because they came too fast: {count})",
        de: "(Nicht gezeigt, weil sie zu schnell kamen: {count})",
        fr: "(Non montrés, car arrivés trop vite : {count})",
    }

    /// There is nothing to show yet.
    nothing_yet() {
        en: "Nothing has arrived yet. A phone whose requests name somebody else, or do not reach this server, shows nothing here.",
        de: "Noch ist nichts angekommen. Ein Telefon, dessen Anfragen jemand anderen nennen oder diesen Server nicht erreichen, zeigt hier nichts.",
        fr: "Rien n’est encore arrivé. Un téléphone dont les requêtes nomment quelqu’un d’autre, ou n’atteignent pas ce serveur, ne montre rien ici.",
    }

    /// The message's foot while it goes on.
    until(time) {
        en: "*This goes on until {time}.*",
        de: "*Das läuft bis {time}.*",
        fr: "*Cela dure jusqu’à {time}.*",
    }

    /// The same when its time is over.
    over() {
        en: "*The five minutes are over. `/phone test` starts again.*",
        de: "*Die fünf Minuten sind vorbei. `/phone test` beginnt von vorn.*",
        fr: "*Les cinq minutes sont écoulées. `/phone test` recommence.*",
    }

    /// The same when it was ended.
    ended() {
        en: "*The test was ended. `/phone test` starts again.*",
        de: "*Der Test wurde beendet. `/phone test` beginnt von vorn.*",
        fr: "*Le test a été arrêté. `/phone test` recommence.*",
    }

    /// A request was understood.
    understood(what) {
        en: "✔ understood: {what}",
        de: "✔ verstanden: {what}",
        fr: "✔ compris : {what}",
    }

    /// A PBX told something.
    pbx(what) {
        en: "✔ Asterisk tells: {what}",
        de: "✔ Asterisk meldet: {what}",
        fr: "✔ Asterisk signale : {what}",
    }

    /// A request that is right and tells of nothing that matters.
    says_nothing() {
        en: "✔ understood, but it tells of nothing that is shown",
        de: "✔ verstanden, sagt aber nichts, was gezeigt wird",
        fr: "✔ compris, mais cela ne dit rien qui soit montré",
    }

    /// A request was refused; why, in the English that the phone got.
    refused(why) {
        en: "✖ refused: {why}",
        de: "✖ abgewiesen: {why}",
        fr: "✖ refusé : {why}",
    }

    /// Its secret was wrong.
    wrong_secret() {
        en: "✖ refused: the secret is wrong or missing",
        de: "✖ abgewiesen: Das Geheimnis ist falsch oder fehlt",
        fr: "✖ refusé : le secret est incorrect ou absent",
    }

    /// From where it came.
    from(address) {
        en: "from {address}",
        de: "von {address}",
        fr: "de {address}",
    }

    /// Whose line, and what happened there.
    whose(name, what) {
        en: "**{name}**: {what}",
        de: "**{name}**: {what}",
        fr: "**{name}** : {what}",
    }

    /// The other side of a call.
    other_side(who) {
        en: "other side {who}",
        de: "Gegenseite {who}",
        fr: "correspondant {who}",
    }

    /// A call's id.
    call_id(id) {
        en: "call {id}",
        de: "Anruf {id}",
        fr: "appel {id}",
    }
}
