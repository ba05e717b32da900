//! What the board's page says, and how it and its sources do.

use crate::language::table::texts;

pub use super::board_chart::*;
pub use super::board_controls::*;
pub use super::board_tables::*;

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
        en: "{name} is not connected since {time}: what its lines are in is unknown, and their calls are those of then",
        de: "{name} ist seit {time} nicht verbunden: Der Zustand seiner Leitungen ist unbekannt, ihre Gespräche sind die von damals",
        fr: "{name} n’est plus connecté depuis {time} : l’état de ses lignes est inconnu, leurs appels sont ceux d’alors",
    }
}
