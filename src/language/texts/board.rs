//! What the board's page says.

use crate::language::table::texts;

texts! {
    /// The page's name.
    title() {
        en: "Phone board",
        de: "Telefontafel",
        fr: "Tableau téléphonique",
    }

    /// The heading of the page for whoever may not see the board.
    refused() {
        en: "The board cannot be shown",
        de: "Die Tafel kann nicht gezeigt werden",
        fr: "Le tableau ne peut pas être affiché",
    }

    /// The link of a wall is wrong, or was withdrawn.
    refused_link() {
        en: "This link is wrong, or it was withdrawn. Ask an administrator for a new one; they make it with `/phone board wall NAME`.",
        de: "Dieser Link ist falsch oder wurde zurückgezogen. Bitten Sie die Administration um einen neuen; sie erstellt ihn mit `/phone board wall NAME`.",
        fr: "Ce lien est erroné ou a été retiré. Demandez-en un nouveau à un administrateur, qui le crée avec `/phone board wall NAME`.",
    }

    /// Nobody is signed in.
    refused_stranger() {
        en: "Sign in to Mattermost in this browser, then load this page again. For a screen on which nobody signs in, an administrator makes a link with `/phone board wall NAME`.",
        de: "Melden Sie sich in diesem Browser bei Mattermost an und laden Sie die Seite dann neu. Für einen Bildschirm ohne Anmeldung erstellt die Administration einen Link mit `/phone board wall NAME`.",
        fr: "Connectez-vous à Mattermost dans ce navigateur, puis rechargez cette page. Pour un écran sans connexion, un administrateur crée un lien avec `/phone board wall NAME`.",
    }

    /// Somebody is signed in who is no member of the phones' channel, or a guest.
    refused_member() {
        en: "Only members of the phones' channel who are no guests may see the board.",
        de: "Nur Mitglieder des Telefonkanals, die keine Gäste sind, dürfen die Tafel sehen.",
        fr: "Seuls les membres du canal des téléphones qui ne sont pas invités peuvent voir le tableau.",
    }

    /// The server does not say whether they are.
    refused_unknown() {
        en: "Whether you may see the board is not known at the moment. Load this page again in a minute.",
        de: "Ob Sie die Tafel sehen dürfen, ist gerade nicht bekannt. Laden Sie die Seite in einer Minute neu.",
        fr: "On ne sait pas pour l’instant si vous pouvez voir le tableau. Rechargez cette page dans une minute.",
    }

    /// Leads past the controls, for keyboards.
    skip() {
        en: "Skip to the board",
        de: "Zur Tafel springen",
        fr: "Aller au tableau",
    }

    /// The links to the parts of the page.
    sections() {
        en: "Parts of the page",
        de: "Teile der Seite",
        fr: "Parties de la page",
    }

    /// Before the first message came.
    connecting() {
        en: "Connecting…",
        de: "Wird verbunden…",
        fr: "Connexion…",
    }

    /// What is shown is as it is now.
    live() {
        en: "Live",
        de: "Live",
        fr: "En direct",
    }

    /// The connection is lost.
    not_live(time) {
        en: "Not live since {time}: everything below is as it was then. Connecting again…",
        de: "Nicht live seit {time}: Alles hier ist so, wie es da war. Wird wieder verbunden…",
        fr: "Plus en direct depuis {time} : tout est affiché tel que c’était alors. Reconnexion…",
    }

    /// No connection came about yet.
    never_live() {
        en: "Not live: everything below is as it was when the page was loaded. Connecting again…",
        de: "Nicht live: Alles hier ist so, wie es beim Laden der Seite war. Wird wieder verbunden…",
        fr: "Pas en direct : tout est affiché tel que c’était au chargement de la page. Reconnexion…",
    }

    /// Membership, session, secret or link ended.
    ended() {
        en: "You may no longer see this board: the sign-in, the membership or the link has ended. What is below is old. Reload the page, or ask for a new link.",
        de: "Sie dürfen diese Tafel nicht mehr sehen: Anmeldung, Mitgliedschaft oder Link sind beendet. Was hier steht, ist alt. Laden Sie die Seite neu oder bitten Sie um einen neuen Link.",
        fr: "Vous ne pouvez plus voir ce tableau : la session, l’adhésion ou le lien a pris fin. Ce qui est affiché est ancien. Rechargez la page ou demandez un nouveau lien.",
    }

    /// For screen readers.
    live_again() {
        en: "The board is live again.",
        de: "Die Tafel ist wieder live.",
        fr: "Le tableau est de nouveau en direct.",
    }

    /// Without JavaScript.
    as_of(time) {
        en: "As of {time}. The page asks for itself anew every 5 seconds.",
        de: "Stand: {time}. Die Seite lädt sich alle 5 Sekunden neu.",
        fr: "État à {time}. La page se recharge toutes les 5 secondes.",
    }

    /// Where no time zone is set.
    utc() {
        en: "Times are UTC.",
        de: "Zeiten in UTC.",
        fr: "Heures UTC.",
    }

    /// A source that tells.
    source_up(name) {
        en: "{name} is connected",
        de: "{name} ist verbunden",
        fr: "{name} est connecté",
    }

    /// A source that does not, and since when.
    source_down(name, time) {
        en: "{name} is not connected since {time}: what it told last is shown",
        de: "{name} ist seit {time} nicht verbunden: Gezeigt wird, was zuletzt bekannt war",
        fr: "{name} n’est plus connecté depuis {time} : le dernier état connu est affiché",
    }

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
        en: "nothing known yet",
        de: "noch nichts bekannt",
        fr: "rien de connu",
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

    /// The field to filter by text.
    filter() {
        en: "Find",
        de: "Suchen",
        fr: "Chercher",
    }

    /// What may be typed there.
    filter_hint() {
        en: "Name, number, agent…",
        de: "Name, Nummer, Agent…",
        fr: "Nom, numéro, agent…",
    }

    /// A box.
    only_calls() {
        en: "Only in a call",
        de: "Nur im Gespräch",
        fr: "Seulement en appel",
    }

    /// The menu of how the board looks.
    display() {
        en: "Display",
        de: "Anzeige",
        fr: "Affichage",
    }

    /// Light or dark.
    colours() {
        en: "Colours",
        de: "Farben",
        fr: "Couleurs",
    }

    /// As the system has it.
    colours_auto() {
        en: "as the system",
        de: "wie das System",
        fr: "comme le système",
    }

    /// A choice.
    colours_light() {
        en: "light",
        de: "hell",
        fr: "clair",
    }

    /// A choice.
    colours_dark() {
        en: "dark",
        de: "dunkel",
        fr: "sombre",
    }

    /// A box.
    contrast() {
        en: "High contrast",
        de: "Hoher Kontrast",
        fr: "Contraste élevé",
    }

    /// A box.
    keep_sorted() {
        en: "Sort again as things change",
        de: "Bei Änderungen neu sortieren",
        fr: "Trier à nouveau lors des changements",
    }

    /// A box.
    shortcuts() {
        en: "Keys: / finds, Esc clears, w wall",
        de: "Tasten: / sucht, Esc leert, w Wand",
        fr: "Touches : / cherche, Esc efface, w mur",
    }

    /// The page's language.
    language() {
        en: "Language",
        de: "Sprache",
        fr: "Langue",
    }

    /// A button: for a screen on the wall.
    wall() {
        en: "Wall",
        de: "Wandanzeige",
        fr: "Mode mural",
    }

    /// A button.
    leave_wall() {
        en: "Leave the wall",
        de: "Wandanzeige verlassen",
        fr: "Quitter le mode mural",
    }

    /// A button.
    reset() {
        en: "Reset counters",
        de: "Zähler zurücksetzen",
        fr: "Remettre les compteurs à zéro",
    }

    /// The question before it.
    reset_all() {
        en: "Begin all counters anew? Everybody's board shows them, and what was counted is gone. Calls that ended stay in the list.",
        de: "Alle Zähler neu beginnen? Sie stehen auf aller Tafeln, und das Gezählte ist dann weg. Beendete Anrufe bleiben in der Liste.",
        fr: "Remettre tous les compteurs à zéro ? Chacun les voit sur son tableau, et ce qui a été compté est perdu. Les appels terminés restent dans la liste.",
    }

    /// The question before it, for one queue.
    reset_queue(queue) {
        en: "Begin the counters of {queue} anew? Everybody's board shows them, and what was counted is gone. Calls that ended stay in the list.",
        de: "Die Zähler von {queue} neu beginnen? Sie stehen auf aller Tafeln, und das Gezählte ist dann weg. Beendete Anrufe bleiben in der Liste.",
        fr: "Remettre à zéro les compteurs de {queue} ? Chacun les voit sur son tableau, et ce qui a été compté est perdu. Les appels terminés restent dans la liste.",
    }

    /// It was not done.
    reset_failed(why) {
        en: "The counters were not reset: {why}",
        de: "Die Zähler wurden nicht zurückgesetzt: {why}",
        fr: "Les compteurs n’ont pas été remis à zéro : {why}",
    }

    /// A button.
    cancel() {
        en: "Cancel",
        de: "Abbrechen",
        fr: "Annuler",
    }

    /// A button.
    close() {
        en: "Close",
        de: "Schließen",
        fr: "Fermer",
    }

    /// What is done with the page of a caller.
    rings() {
        en: "Caller's page when it rings",
        de: "Seite zum Anrufer beim Klingeln",
        fr: "Page de l’appelant à la sonnerie",
    }

    /// A choice.
    rings_off() {
        en: "do not open",
        de: "nicht öffnen",
        fr: "ne pas ouvrir",
    }

    /// A choice.
    rings_here() {
        en: "open here",
        de: "hier öffnen",
        fr: "ouvrir ici",
    }

    /// A choice.
    rings_window() {
        en: "open in a window",
        de: "in einem Fenster öffnen",
        fr: "ouvrir dans une fenêtre",
    }

    /// The pop-up's heading: who calls, and whose line or which queue.
    ring_for(place, caller) {
        en: "Call for {place}: {caller}",
        de: "Anruf für {place}: {caller}",
        fr: "Appel pour {place} : {caller}",
    }

    /// A button.
    ring_next(count) {
        en: "Next call ({count})",
        de: "Nächster Anruf ({count})",
        fr: "Appel suivant ({count})",
    }

    /// The browser opens no window.
    ring_blocked() {
        en: "The browser did not open a window. Allow pop-ups for this page, or open it here:",
        de: "Der Browser hat kein Fenster geöffnet. Erlauben Sie Pop-ups für diese Seite, oder öffnen Sie es hier:",
        fr: "Le navigateur n’a pas ouvert de fenêtre. Autorisez les fenêtres pour cette page, ou ouvrez-la ici :",
    }

    /// A link.
    ring_open() {
        en: "Open the caller's page",
        de: "Seite zum Anrufer öffnen",
        fr: "Ouvrir la page de l’appelant",
    }

    /// For screen readers: nobody waited there before.
    waits_now(queues) {
        en: "Someone waits now: {queues}",
        de: "Jetzt wartet jemand: {queues}",
        fr: "Quelqu’un attend maintenant : {queues}",
    }

    /// Calls that are not put in while the pointer is on the list.
    held_back(count) {
        en: "{count} more will be added when you leave the list",
        de: "{count} weitere kommen dazu, wenn Sie die Liste verlassen",
        fr: "{count} de plus s’ajouteront quand vous quitterez la liste",
    }

    /// How many the filter lets through.
    shown_of(shown, total) {
        en: "{shown} of {total}",
        de: "{shown} von {total}",
        fr: "{shown} sur {total}",
    }

    /// How many agents are free.
    wall_free() {
        en: "free",
        de: "frei",
        fr: "libres",
    }

    /// How many agents have a call.
    wall_busy() {
        en: "busy",
        de: "besetzt",
        fr: "occupés",
    }

    /// How many agents pause.
    wall_paused() {
        en: "paused",
        de: "Pause",
        fr: "en pause",
    }

    /// Somebody waits longer than the service level asks for.
    wall_late(seconds) {
        en: "over {seconds} s",
        de: "über {seconds} s",
        fr: "plus de {seconds} s",
    }

    /// Where the wall has several pages.
    wall_page(page, pages) {
        en: "Page {page} of {pages}",
        de: "Seite {page} von {pages}",
        fr: "Page {page} sur {pages}",
    }

    /// A queue was asked for that is not there.
    no_such_queue(queue) {
        en: "There is no queue \"{queue}\".",
        de: "Es gibt keine Warteschlange „{queue}“.",
        fr: "Il n’y a pas de file « {queue} ».",
    }

    /// There is neither a queue nor a line.
    wall_empty() {
        en: "There is no queue and no line yet.",
        de: "Noch gibt es weder eine Warteschlange noch eine Leitung.",
        fr: "Il n’y a encore ni file d’attente ni ligne.",
    }
}
