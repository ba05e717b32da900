//! Slash commands: what they and their words do, and their answers. Those of calls, texts and queues stand in `calls`.

use crate::language::table::texts;

texts! {
    /// The answer to a command that is none of the plugin's.
    unknown_command() {
        en: "This plugin does not know that command.",
        de: "Dieses Plugin kennt den Befehl nicht.",
        fr: "Ce plugin ne connaît pas cette commande.",
    }

    /// Nobody knows who asks.
    who_are_you() {
        en: "Mattermost could not be asked who you are. Try again.",
        de: "Mattermost konnte nicht gefragt werden, wer Sie sind. Versuchen Sie es noch einmal.",
        fr: "Impossible de demander à Mattermost qui vous êtes. Réessayez.",
    }

    /// A guest asks.
    no_guests() {
        en: "Guests cannot see the phones.",
        de: "Gäste können die Telefone nicht sehen.",
        fr: "Les invités ne peuvent pas voir les téléphones.",
    }

    /// The plugin is about to end.
    stopping() {
        en: "The plugin is stopping. Try again in a moment.",
        de: "Das Plugin wird gerade beendet. Versuchen Sie es gleich noch einmal.",
        fr: "Le plugin est en cours d’arrêt. Réessayez dans un instant.",
    }

    /// `/phone` in a list of commands.
    phone() {
        en: "The team's phones",
        de: "Die Telefone des Teams",
        fr: "Les téléphones de l’équipe",
    }

    /// `/phone` while it is typed.
    phone_autocomplete() {
        en: "See who is on the phone, call them, send texts to phones",
        de: "Sehen, wer telefoniert, anrufen, Texte an Telefone senden",
        fr: "Voir qui est au téléphone, appeler, envoyer des textes aux téléphones",
    }

    /// `/phone status`.
    status() {
        en: "Show everyone's phone, here and only to you",
        de: "Die Telefone aller anzeigen, hier und nur für Sie",
        fr: "Afficher le téléphone de chacun, ici et pour vous seul",
    }

    /// `/phone board`.
    board() {
        en: "Show who is in a call and how the queues are doing, with the link to the live board",
        de: "Zeigen, wer telefoniert und wie es um die Warteschlangen steht, mit dem Link zur Live-Übersicht",
        fr: "Afficher qui est en ligne et l’état des files d’attente, avec le lien du tableau en direct",
    }

    /// `/phone help`.
    help() {
        en: "List the subcommands",
        de: "Alle Unterbefehle anzeigen",
        fr: "Afficher les sous-commandes",
    }

    /// A line of the help: what is typed, with hints, and what it does.
    help_line(line, what) {
        en: "- `/{line}`: {what}",
        de: "- `/{line}`: {what}",
        fr: "- `/{line}` : {what}",
    }

    /// The same with an example.
    help_line_example(line, what, example) {
        en: "- `/{line}`: {what}. For example: `{example}`",
        de: "- `/{line}`: {what}. Zum Beispiel: `{example}`",
        fr: "- `/{line}` : {what}. Par exemple : `{example}`",
    }

    /// Below the help: what is not offered because of settings.
    help_missing(settings, words) {
        en: "Once an administrator has set {settings} in the plugin's settings, there are also {words}.",
        de: "Sobald die Systemadministration {settings} in den Einstellungen des Plugins gesetzt hat, gibt es auch {words}.",
        fr: "Une fois que l’administrateur a renseigné {settings} dans les paramètres du plugin, il y a aussi {words}.",
    }

    /// Before the help, where somebody typed another word.
    no_such_word() {
        en: "There is no such subcommand. There are:",
        de: "Diesen Unterbefehl gibt es nicht. Es gibt:",
        fr: "Cette sous-commande n’existe pas. Il y a :",
    }

    /// Where a subcommand needs a PBX and there is none.
    no_pbx() {
        en: "There is no Asterisk to ask for that: an administrator has to set `AsteriskHost`, `AsteriskUser` and `AsteriskSecret` in the plugin's settings.",
        de: "Dafür gibt es kein Asterisk: Die Systemadministration muss `AsteriskHost`, `AsteriskUser` und `AsteriskSecret` in den Einstellungen des Plugins setzen.",
        fr: "Il n’y a pas d’Asterisk pour cela : un administrateur doit renseigner `AsteriskHost`, `AsteriskUser` et `AsteriskSecret` dans les paramètres du plugin.",
    }

    /// Arguments are missing.
    missing(what, example) {
        en: "Missing: {what}. For example: `{example}`",
        de: "Es fehlt: {what}. Zum Beispiel: `{example}`",
        fr: "Il manque : {what}. Par exemple : `{example}`",
    }

    /// `/phone call`.
    call() {
        en: "Ring your phone, then call a number or a person",
        de: "Ihr Telefon klingeln lassen, dann eine Nummer oder jemanden anrufen",
        fr: "Faire sonner votre téléphone, puis appeler un numéro ou quelqu’un",
    }

    /// Its argument, as it is hinted at.
    call_hint() {
        en: "[number, @user or name]",
        de: "[Nummer, @Benutzer oder Name]",
        fr: "[numéro, @utilisateur ou nom]",
    }

    /// Its argument.
    call_to() {
        en: "A number as you would write it, @ and a user name, or a name from the phones' list",
        de: "Eine Nummer, wie Sie sie schreiben würden, @ und ein Benutzername oder ein Name aus der Liste der Telefone",
        fr: "Un numéro tel que vous l’écririez, @ et un nom d’utilisateur, ou un nom de la liste des téléphones",
    }

    /// Its argument, where it is missing.
    call_whom() {
        en: "the number, @user or name to call",
        de: "wer anzurufen ist, als Nummer, @Benutzer oder Name",
        fr: "qui appeler, par son numéro, @utilisateur ou son nom",
    }

    /// `/phone message`.
    message() {
        en: "Send a text to a phone's display",
        de: "Einen Text auf das Display eines Telefons senden",
        fr: "Envoyer un texte à l’écran d’un téléphone",
    }

    /// Its first argument, as it is hinted at.
    message_hint() {
        en: "[extension or @user]",
        de: "[Nebenstelle oder @Benutzer]",
        fr: "[poste ou @utilisateur]",
    }

    /// Its first argument.
    message_to() {
        en: "Whose phone: an extension, or @ and a user name",
        de: "Wessen Telefon: eine Nebenstelle oder @ und ein Benutzername",
        fr: "À qui : un poste, ou @ et un nom d’utilisateur",
    }

    /// Its first argument, where it is missing.
    message_whom() {
        en: "the extension or @user",
        de: "die Nebenstelle oder @Benutzer",
        fr: "le poste ou @utilisateur",
    }

    /// Its second argument, as it is hinted at.
    text_hint() {
        en: "[text]",
        de: "[Text]",
        fr: "[texte]",
    }

    /// Its second argument.
    text_what() {
        en: "What it says",
        de: "Was dort steht",
        fr: "Ce qui s’affiche",
    }

    /// Its second argument, where it is missing.
    text_missing() {
        en: "the text",
        de: "der Text",
        fr: "le texte",
    }

    /// An example of it.
    message_example() {
        en: "/phone message @bob I am on my way",
        de: "/phone message @bob Ich bin unterwegs",
        fr: "/phone message @bob J’arrive",
    }

    /// `/phone queue`.
    queue() {
        en: "Take calls of a queue, or pause",
        de: "Anrufe einer Warteschlange annehmen oder pausieren",
        fr: "Prendre les appels d’une file d’attente, ou faire une pause",
    }

    /// `/phone queue login`.
    queue_login() {
        en: "Take calls of a queue",
        de: "Anrufe einer Warteschlange annehmen",
        fr: "Prendre les appels d’une file d’attente",
    }

    /// `/phone queue logout`.
    queue_logout() {
        en: "Take no more calls of a queue",
        de: "Keine Anrufe einer Warteschlange mehr annehmen",
        fr: "Ne plus prendre les appels d’une file d’attente",
    }

    /// `/phone queue pause`.
    queue_pause() {
        en: "Take no calls of your queues for a while",
        de: "Eine Zeit lang keine Anrufe Ihrer Warteschlangen annehmen",
        fr: "Ne pas prendre les appels de vos files d’attente pour un moment",
    }

    /// `/phone queue unpause`.
    queue_unpause() {
        en: "Take calls of your queues again",
        de: "Wieder Anrufe Ihrer Warteschlangen annehmen",
        fr: "Prendre à nouveau les appels de vos files d’attente",
    }

    /// The reason of a pause, as it is hinted at.
    reason_hint() {
        en: "[reason]",
        de: "[Grund]",
        fr: "[raison]",
    }

    /// The reason of a pause.
    reason_what() {
        en: "Why, for your colleagues; you need not say",
        de: "Warum, für Ihre Kollegen; Sie können es auch weglassen",
        fr: "Pourquoi, pour vos collègues ; vous pouvez ne rien dire",
    }

    /// A queue, as it is hinted at.
    queue_hint() {
        en: "[queue]",
        de: "[Warteschlange]",
        fr: "[file d’attente]",
    }

    /// A queue.
    queue_which() {
        en: "Which queue; you need not say where there is only one",
        de: "Welche Warteschlange; gibt es nur eine, können Sie es weglassen",
        fr: "Quelle file d’attente ; inutile de le dire s’il n’y en a qu’une",
    }

    /// `/phone queue` alone; `actions` is what may follow it.
    queue_what(actions) {
        en: "what to do, {actions}",
        de: "was zu tun ist, {actions}",
        fr: "ce qu’il faut faire, {actions}",
    }

    /// An example of it.
    queue_example() {
        en: "/phone queue pause lunch",
        de: "/phone queue pause Mittagessen",
        fr: "/phone queue pause déjeuner",
    }

    /// `/phone queue` and a word that may not follow it.
    queue_unknown(word, actions) {
        en: "`/phone queue` knows no {word}; it takes {actions}.",
        de: "`/phone queue` kennt kein {word}; es versteht {actions}.",
        fr: "`/phone queue` ne connaît pas {word} ; il comprend {actions}.",
    }

    /// Something stands behind `/phone queue unpause`.
    queue_unpause_alone() {
        en: "Nothing stands behind `/phone queue unpause`: it ends your pause in all your queues.",
        de: "Hinter `/phone queue unpause` steht nichts: Es beendet Ihre Pause in all Ihren Warteschlangen.",
        fr: "Rien ne suit `/phone queue unpause` : il met fin à votre pause dans toutes vos files d’attente.",
    }

    /// `/sip-dashboard` in a list of commands.
    sip_dashboard() {
        en: "Request a link to the SIP dashboard",
        de: "Einen Link zum SIP-Dashboard anfordern",
        fr: "Demander un lien vers le tableau de bord SIP",
    }

    /// `/sip-dashboard` while it is typed.
    sip_dashboard_autocomplete() {
        en: "Get link to SIP dashboard",
        de: "Link zum SIP-Dashboard erhalten",
        fr: "Obtenir le lien du tableau de bord SIP",
    }

    /// The server does not know its own address.
    no_site_url() {
        en: "The link needs the server's address: set the Site URL in the System Console, under Environment, Web Server.",
        de: "Für den Link fehlt die Adresse des Servers: Setzen Sie die Site-URL in der Systemkonsole unter Umgebung, Webserver.",
        fr: "Il manque l’adresse du serveur pour le lien : renseignez l’URL du site dans la console système, sous Environnement, Serveur web.",
    }

    /// `/sip-status`, in a list of commands and while it is typed.
    sip_status() {
        en: "Show status of SIP clients",
        de: "Status der SIP-Clients anzeigen",
        fr: "Afficher le statut des clients SIP",
    }

    /// There is nothing to show.
    sip_status_empty() {
        en: "No phone has reported its status yet.",
        de: "Noch hat kein Telefon seinen Status gemeldet.",
        fr: "Aucun téléphone n’a encore signalé son statut.",
    }

    /// In a cluster: nothing was done, because no node leads at the moment.
    no_leader() {
        en: "Nothing was done: at the moment no server of the cluster is in charge of this. Try again in a few seconds.",
        de: "Nichts wurde getan: Im Moment ist kein Server des Clusters dafür zuständig. Versuchen Sie es in einigen Sekunden erneut.",
        fr: "Rien n’a été fait : aucun serveur de la grappe n’en est chargé pour le moment. Réessayez dans quelques secondes.",
    }

    /// In a cluster: the node that leads was asked and did not answer.
    leader_unknown() {
        en: "The server of the cluster that is in charge of this did not answer. It may have been done or not: look before you try again.",
        de: "Der dafür zuständige Server des Clusters hat nicht geantwortet. Es kann getan sein oder nicht: Sehen Sie nach, bevor Sie es erneut versuchen.",
        fr: "Le serveur de la grappe qui en est chargé n’a pas répondu. C’est peut-être fait, peut-être pas : vérifiez avant de réessayer.",
    }

    /// Under a table that is cut; `command` shows the rest.
    left_out(count, command) {
        en: "and {count} more; see `{command}`.",
        de: "und {count} weitere; siehe `{command}`.",
        fr: "et {count} de plus ; voir `{command}`.",
    }
}
