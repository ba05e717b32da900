//! What the board's controls, callers' pages and the wall say.

use crate::language::table::texts;

texts! {
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
