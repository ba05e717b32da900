//! `/phone board`.

use crate::language::table::texts;

texts! {
    /// What may stand behind the word.
    hint() {
        en: "[queue, or reset, wall, walls, withdraw, erase]",
        de: "[Warteschlange oder reset, wall, walls, withdraw, erase]",
        fr: "[file d’attente, ou reset, wall, walls, withdraw, erase]",
    }

    /// What that means.
    argument() {
        en: "A queue to see who waits and who answers; administrators set counters to zero with `reset`, and make links for screens with `wall`",
        de: "Eine Warteschlange: wer wartet und wer annimmt; die Administration setzt mit `reset` Zähler auf null und legt mit `wall` Links für Bildschirme an",
        fr: "Une file d’attente, pour voir qui attend et qui répond ; les administrateurs remettent les compteurs à zéro avec `reset` et créent des liens pour écrans avec `wall`",
    }

    /// What the word `reset` does, in the list of what may be typed.
    offer_reset() {
        en: "set the counters to zero",
        de: "die Zähler auf null setzen",
        fr: "remettre les compteurs à zéro",
    }

    /// The same of `wall`.
    offer_wall() {
        en: "make a link for a screen",
        de: "einen Link für einen Bildschirm anlegen",
        fr: "créer un lien pour un écran",
    }

    /// The same of `walls`.
    offer_walls() {
        en: "list these links",
        de: "diese Links auflisten",
        fr: "lister ces liens",
    }

    /// The same of `withdraw`.
    offer_withdraw() {
        en: "withdraw such a link",
        de: "einen solchen Link zurückziehen",
        fr: "révoquer un tel lien",
    }

    /// The same of `erase`.
    offer_erase() {
        en: "make somebody nobody in all calls that are remembered",
        de: "jemanden in allen gemerkten Anrufen unkenntlich machen",
        fr: "rendre quelqu’un anonyme dans tous les appels mémorisés",
    }

    /// Whoever asks may erase nobody.
    admins_erase() {
        en: "People are erased from the history by administrators of the system.",
        de: "Personen löscht die Systemadministration aus dem Verlauf.",
        fr: "Les personnes sont effacées de l’historique par les administrateurs du système.",
    }

    /// Somebody is erased.
    erased(name) {
        en: "Whoever is called {name} is erased: in calls, the report and lists of missed calls that are remembered they are nobody now, and older records are deleted. Posts and messages stay.",
        de: "Wer {name} heißt, ist gelöscht: In gespeicherten Anrufen, im Bericht und in Listen verpasster Anrufe steht dort niemand mehr, und ältere Aufzeichnungen sind weg. Beiträge und Nachrichten bleiben.",
        fr: "Qui s’appelle {name} est effacé : dans les appels mémorisés, le rapport et les listes d’appels manqués, c’est désormais personne, et les enregistrements plus anciens sont supprimés. Les messages restent.",
    }

    /// There was nothing of whom to erase.
    nobody_to_erase(name) {
        en: "Nothing was found of {name}: no call, line, report or missed call that is remembered has that name or number.",
        de: "Von {name} wurde nichts gefunden: Kein gespeicherter Anruf, keine Leitung, kein Bericht und kein verpasster Anruf hat diesen Namen oder diese Nummer.",
        fr: "Rien n’a été trouvé de {name} : aucun appel, ligne, rapport ou appel manqué mémorisé n’a ce nom ou ce numéro.",
    }

    /// Nobody was named who is to be erased.
    erase_whom() {
        en: "Say whom to erase: `/phone board erase name`, with the name of a line or an agent, or a number.",
        de: "Bitte sagen, wer gelöscht werden soll: `/phone board erase name`, mit dem Namen einer Leitung oder eines Agenten oder einer Nummer.",
        fr: "Dites qui effacer : `/phone board erase name`, avec le nom d’une ligne ou d’un agent, ou un numéro.",
    }

    /// Somebody is erased, but not yet from the store.
    erased_later(name, why) {
        en: "{name} is erased from the board, but not yet from the store, which fails ({why}). It is tried again until it is done.",
        de: "{name} ist aus der Übersicht gelöscht, aber noch nicht aus dem Speicher, der versagt ({why}). Es wird wiederholt, bis es gelingt.",
        fr: "{name} est effacé du tableau, mais pas encore du stockage, qui échoue ({why}). Cela est répété jusqu’à réussir.",
    }

    /// Whoever asks may not see the board.
    not_yours() {
        en: "The board is for members of the channel in which the phones' posts appear. Ask to be added there.",
        de: "Die Übersicht ist für Mitglieder des Kanals, in dem die Beiträge der Telefone erscheinen. Lassen Sie sich dort hinzufügen.",
        fr: "Le tableau est réservé aux membres du canal où paraissent les messages des téléphones. Demandez à y être ajouté.",
    }

    /// It is not known whether they may.
    not_known() {
        en: "Nobody can tell at this moment whether you may see the board. The plugin's page `/status` tells an administrator why.",
        de: "Im Moment lässt sich nicht sagen, ob Sie die Übersicht sehen dürfen. Warum, sagt der Systemadministration die Seite `/status` des Plugins.",
        fr: "Impossible de savoir pour l’instant si vous pouvez voir le tableau. La page `/status` du plugin dit pourquoi aux administrateurs.",
    }

    /// Below the tables.
    link(url) {
        en: "[The live board]({url})",
        de: "[Zur Live-Übersicht]({url})",
        fr: "[Le tableau en direct]({url})",
    }

    /// The heads of the table of lines.
    lines_heads() {
        en: "| Name | Call | For |",
        de: "| Name | Gespräch | Dauer |",
        fr: "| Nom | Appel | Durée |",
    }

    /// There are no calls.
    no_calls() {
        en: "Nobody is in a call.",
        de: "Niemand telefoniert.",
        fr: "Personne n’est en ligne.",
    }

    /// The heads of the table of queues.
    queues_heads() {
        en: "| Queue | Waiting | Longest | Answered | Lost | % | In time |",
        de: "| Warteschlange | Wartende | Längste | Angenommen | Verloren | % | Rechtzeitig |",
        fr: "| File d’attente | En attente | Maximale | Pris | Perdus | % | À temps |",
    }

    /// The heads of the table of those who wait.
    waiting_heads() {
        en: "| Caller | Waiting for |",
        de: "| Anrufer | Wartet seit |",
        fr: "| Appelant | Attend depuis |",
    }

    /// Nobody does.
    nobody_waits() {
        en: "Nobody is waiting.",
        de: "Niemand wartet.",
        fr: "Personne n’attend.",
    }

    /// The heads of the table of agents.
    agents_heads() {
        en: "| Agent | State | Calls |",
        de: "| Agent | Zustand | Anrufe |",
        fr: "| Agent | État | Appels |",
    }

    /// There is no such queue.
    no_queue(queue) {
        en: "There is no queue {queue} on the board.",
        de: "Auf der Übersicht gibt es keine Warteschlange {queue}.",
        fr: "Il n’y a pas de file d’attente {queue} sur le tableau.",
    }

    /// There is none at all.
    no_queues() {
        en: "There are no queues on the board.",
        de: "Auf der Übersicht gibt es keine Warteschlangen.",
        fr: "Il n’y a pas de file d’attente sur le tableau.",
    }

    /// Somebody may not reset counters.
    reset_denied() {
        en: "Counters are set to zero for everybody who looks at the board, so this is for administrators of the system, of the phones' channel or of its team.",
        de: "Zähler werden für alle, die die Übersicht sehen, auf null gesetzt. Das ist daher der Administration des Systems, des Telefonkanals oder seines Teams vorbehalten.",
        fr: "Les compteurs sont remis à zéro pour tous ceux qui voient le tableau. C’est donc réservé aux administrateurs du système, du canal des téléphones ou de son équipe.",
    }

    /// The counters of a queue were reset.
    reset(queue) {
        en: "The counters of {queue} begin at zero from now on.",
        de: "Die Zähler von {queue} beginnen ab jetzt bei null.",
        fr: "Les compteurs de {queue} repartent de zéro à partir de maintenant.",
    }

    /// Those of all queues were.
    reset_all(count) {
        en: "The counters of all {count} queues begin at zero from now on.",
        de: "Die Zähler aller {count} Warteschlangen beginnen ab jetzt bei null.",
        fr: "Les compteurs des {count} files d’attente repartent de zéro à partir de maintenant.",
    }

    /// Somebody else than an administrator wants something with links.
    admins_only() {
        en: "Links for screens are made and withdrawn by administrators of the system.",
        de: "Links für Bildschirme legt die Systemadministration an, und sie zieht sie zurück.",
        fr: "Les liens pour écrans sont créés et révoqués par les administrateurs du système.",
    }

    /// A link was made.
    wall_made(name, url) {
        en: "Open this link on the screen of {name}. It shows the board without signing in, until somebody withdraws it, and is told only once: {url}",
        de: "Öffnen Sie diesen Link auf dem Bildschirm {name}. Er zeigt die Übersicht ohne Anmeldung, bis ihn jemand zurückzieht, und wird nur einmal genannt: {url}",
        fr: "Ouvrez ce lien sur l’écran {name}. Il montre le tableau sans connexion, jusqu’à ce que quelqu’un le révoque, et n’est donné qu’une fois : {url}",
    }

    /// The heads of the table of links.
    walls_heads() {
        en: "| Screen | Made |",
        de: "| Bildschirm | Angelegt |",
        fr: "| Écran | Créé |",
    }

    /// There are none.
    no_walls() {
        en: "There are no links for screens. Make one with `/phone board wall NAME`.",
        de: "Es gibt keine Links für Bildschirme. Legen Sie einen an: `/phone board wall NAME`.",
        fr: "Il n’y a aucun lien pour écran. Créez-en un : `/phone board wall NAME`.",
    }

    /// One was withdrawn.
    withdrawn(name) {
        en: "The link of {name} is withdrawn; whoever watched by it is disconnected.",
        de: "Der Link von {name} ist zurückgezogen; wer über ihn zusah, ist getrennt.",
        fr: "Le lien de {name} est révoqué ; ceux qui regardaient par lui sont déconnectés.",
    }

    /// The word has no name behind it.
    wall_needs_name(word) {
        en: "Say which screen: `/phone board {word} lobby`.",
        de: "Sagen Sie, welcher Bildschirm: `/phone board {word} lobby`.",
        fr: "Dites quel écran : `/phone board {word} lobby`.",
    }

    /// The word has another one behind it that is no name.
    wall_is_withdrawn_so(name) {
        en: "No link was made or withdrawn. To withdraw one, leave out `wall`: /phone board withdraw {name}",
        de: "Es wurde kein Link angelegt oder zurückgezogen. Zum Zurückziehen lassen Sie `wall` weg: /phone board withdraw {name}",
        fr: "Aucun lien n’a été créé ni révoqué. Pour en révoquer un, omettez `wall` : /phone board withdraw {name}",
    }

    /// The name is too long.
    wall_long_name(most) {
        en: "A screen's name has at most {most} characters.",
        de: "Der Name eines Bildschirms hat höchstens {most} Zeichen.",
        fr: "Le nom d’un écran a au plus {most} caractères.",
    }

    /// There is a link of that name.
    wall_taken(name) {
        en: "There is a link of {name} already. Withdraw it first, or choose another name.",
        de: "Einen Link von {name} gibt es schon. Ziehen Sie ihn erst zurück, oder wählen Sie einen anderen Namen.",
        fr: "Il y a déjà un lien de {name}. Révoquez-le d’abord, ou choisissez un autre nom.",
    }

    /// There are too many.
    walls_full(most) {
        en: "There are {most} links already. Withdraw one first.",
        de: "Es gibt schon {most} Links. Ziehen Sie erst einen zurück.",
        fr: "Il y a déjà {most} liens. Révoquez-en un d’abord.",
    }

    /// There is none of that name.
    wall_unknown(name) {
        en: "There is no link of {name}. Those there are: `/phone board walls`.",
        de: "Einen Link von {name} gibt es nicht. Welche es gibt: `/phone board walls`.",
        fr: "Il n’y a pas de lien de {name}. Ceux qui existent : `/phone board walls`.",
    }

    /// The server did not do it.
    wall_failed() {
        en: "Mattermost could not do it at this moment. Please try again.",
        de: "Mattermost konnte das gerade nicht ausführen. Versuchen Sie es bitte noch einmal.",
        fr: "Mattermost n’a pas pu le faire pour l’instant. Veuillez réessayer.",
    }
}
