//! `/phone link`: people say which number is theirs.

use crate::language::table::texts;

texts! {
    /// `/phone link`.
    link() {
        en: "Say which number is yours, or see which are",
        de: "Eigene Nummer angeben oder die eigenen Nummern anzeigen",
        fr: "Indiquer votre numéro, ou afficher vos numéros",
    }

    /// Its argument, as it is hinted at.
    link_hint() {
        en: "[number] [code]",
        de: "[Nummer] [Code]",
        fr: "[numéro] [code]",
    }

    /// Its argument.
    link_what() {
        en: "Your number, and behind it the code that its display showed",
        de: "Ihre Nummer, dahinter der Code, den das Display des Telefons zeigt",
        fr: "Votre numéro, suivi du code que son écran a montré",
    }

    /// `/phone unlink`.
    unlink() {
        en: "Say that a number is yours no longer",
        de: "Eine verknüpfte Nummer wieder freigeben",
        fr: "Dissocier un numéro qui n’est plus le vôtre",
    }

    /// Its argument, as it is hinted at.
    unlink_hint() {
        en: "[number]",
        de: "[Nummer]",
        fr: "[numéro]",
    }

    /// Its argument.
    unlink_what() {
        en: "The number that you linked",
        de: "Die Nummer, die Sie verknüpft haben",
        fr: "Le numéro que vous avez associé",
    }

    /// The number is missing.
    number() {
        en: "the number",
        de: "die Nummer",
        fr: "le numéro",
    }

    /// The administrator does not allow it.
    off() {
        en: "People cannot link their own numbers here: an administrator can allow it with the setting `PhoneLinks`, or enter your number in `NumbersUsers`.",
        de: "Hier lassen sich eigene Nummern nicht verknüpfen: Die Systemadministration kann es mit der Einstellung `PhoneLinks` erlauben oder Ihre Nummer in `NumbersUsers` eintragen.",
        fr: "Il n’est pas possible ici d’associer soi-même son numéro : un administrateur peut l’autoriser avec le paramètre `PhoneLinks`, ou inscrire votre numéro dans `NumbersUsers`.",
    }

    /// It is no number.
    no_number(text) {
        en: "{text} is no phone number. For example: `/phone link 6001`",
        de: "{text} ist keine Telefonnummer. Zum Beispiel: `/phone link 6001`",
        fr: "{text} n’est pas un numéro de téléphone. Par exemple : `/phone link 6001`",
    }

    /// It is theirs.
    own(number) {
        en: "{number} is your number already.",
        de: "{number} ist schon Ihre Nummer.",
        fr: "{number} est déjà votre numéro.",
    }

    /// It is somebody else's.
    taken(number) {
        en: "{number} belongs to somebody else. If that is wrong, ask an administrator.",
        de: "{number} gehört jemand anderem. Falls das falsch ist, fragen Sie die Systemadministration.",
        fr: "{number} appartient à quelqu’un d’autre. Si c’est une erreur, demandez à un administrateur.",
    }

    /// They have too many.
    too_many_own(most) {
        en: "You have linked {most} numbers already, which is the most. `/phone unlink` takes one back.",
        de: "Sie haben schon {most} Nummern verknüpft, mehr sind nicht möglich. `/phone unlink` hebt eine Verknüpfung auf.",
        fr: "Vous avez déjà associé {most} numéros, c’est le maximum. `/phone unlink` en dissocie un.",
    }

    /// All have too many.
    too_many() {
        en: "No more numbers can be linked on this server: ask an administrator to enter yours in `NumbersUsers`.",
        de: "Auf diesem Server lassen sich keine weiteren Nummern verknüpfen: Bitten Sie die Systemadministration, Ihre in `NumbersUsers` einzutragen.",
        fr: "Aucun autre numéro ne peut être associé sur ce serveur : demandez à un administrateur d’inscrire le vôtre dans `NumbersUsers`.",
    }

    /// They asked too often.
    too_often(time) {
        en: "That was asked too often. Try again in {time}.",
        de: "Das wurde zu oft versucht. Versuchen Sie es in {time} noch einmal.",
        fr: "Cela a été demandé trop souvent. Réessayez dans {time}.",
    }

    /// The phone rings.
    code_shown(number) {
        en: "{number} rings now, and its display shows a code of six digits, which is also said when you answer. Enter it within five minutes, for example: `/phone link {number} 123456`",
        de: "{number} klingelt jetzt, und das Display zeigt einen sechsstelligen Code, der auch angesagt wird, wenn Sie abnehmen. Geben Sie ihn innerhalb von fünf Minuten ein, zum Beispiel: `/phone link {number} 123456`",
        fr: "{number} sonne maintenant, et son écran montre un code à six chiffres, qui est aussi énoncé si vous décrochez. Entrez-le dans les cinq minutes, par exemple : `/phone link {number} 123456`",
    }

    /// It is linked.
    linked(number) {
        en: "{number} is your number from now on.",
        de: "{number} ist ab jetzt Ihre Nummer.",
        fr: "{number} est désormais votre numéro.",
    }

    /// A code is wrong, and there are more attempts.
    wrong_code(left) {
        en: "That is not the code. Attempts left: {left}.",
        de: "Das ist nicht der Code. Verbleibende Versuche: {left}.",
        fr: "Ce n’est pas le code. Tentatives restantes : {left}.",
    }

    /// A code is wrong, or comes too late.
    code_is_over(number) {
        en: "This code counts no more. `/phone link {number}` calls for another one.",
        de: "Dieser Code gilt nicht mehr. `/phone link {number}` fordert einen neuen an.",
        fr: "Ce code n’est plus valable. `/phone link {number}` en demande un autre.",
    }

    /// It was not stored.
    not_stored() {
        en: "Mattermost could not store that. Try again.",
        de: "Mattermost konnte das nicht speichern. Versuchen Sie es noch einmal.",
        fr: "Mattermost n’a pas pu l’enregistrer. Réessayez.",
    }

    /// An administrator decides.
    admins_asked(number) {
        en: "The administrators were asked whether {number} is yours. You get a message once one of them has decided.",
        de: "Die Systemadministration wurde gefragt, ob {number} Ihnen gehört. Sie bekommen eine Nachricht, sobald entschieden ist.",
        fr: "Les administrateurs doivent confirmer que {number} est bien à vous. Vous recevrez un message dès que l’un d’eux aura décidé.",
    }

    /// No administrator could be asked.
    nobody_asked() {
        en: "No administrator could be asked. Try again later.",
        de: "Die Systemadministration ließ sich nicht erreichen. Versuchen Sie es später noch einmal.",
        fr: "Aucun administrateur n’a pu être joint. Réessayez plus tard.",
    }

    /// What administrators are asked.
    asks(user, number) {
        en: "@{user} says that the phone number {number} is theirs. Is that so?",
        de: "@{user} beansprucht die Telefonnummer {number} für sich. Stimmt das?",
        fr: "@{user} dit que le numéro de téléphone {number} est le sien. Est-ce exact ?",
    }

    /// A button.
    approve() {
        en: "Approve",
        de: "Bestätigen",
        fr: "Approuver",
    }

    /// A button.
    refuse() {
        en: "Refuse",
        de: "Ablehnen",
        fr: "Refuser",
    }

    /// What the administrators' messages say afterwards.
    was_approved(user, number, admin) {
        en: "@{user} has the phone number {number}: approved by @{admin}.",
        de: "@{user} hat die Telefonnummer {number}: bestätigt von @{admin}.",
        fr: "@{user} a le numéro de téléphone {number} : approuvé par @{admin}.",
    }

    /// The same.
    was_refused(user, number, admin) {
        en: "@{user} does not get the phone number {number}: refused by @{admin}.",
        de: "@{user} bekommt die Telefonnummer {number} nicht: abgelehnt von @{admin}.",
        fr: "@{user} n’obtient pas le numéro de téléphone {number} : refusé par @{admin}.",
    }

    /// The same, where it was taken back.
    was_withdrawn(user, number) {
        en: "@{user} no longer asks for the phone number {number}.",
        de: "@{user} hat die Anfrage nach der Telefonnummer {number} zurückgezogen.",
        fr: "@{user} a retiré sa demande pour le numéro {number}.",
    }

    /// What whoever asked is told.
    you_have_it(number) {
        en: "An administrator has approved it: {number} is your number from now on.",
        de: "Die Systemadministration hat es bestätigt: {number} ist ab jetzt Ihre Nummer.",
        fr: "Un administrateur l’a approuvé : {number} est désormais votre numéro.",
    }

    /// The same.
    you_do_not_have_it(number) {
        en: "An administrator has refused it: {number} is not linked to you.",
        de: "Die Systemadministration hat es abgelehnt: {number} ist nicht mit Ihnen verknüpft.",
        fr: "Un administrateur l’a refusé : {number} ne vous est pas associé.",
    }

    /// Somebody who is no administrator pressed the button.
    admins_only() {
        en: "Only administrators of the system decide about that.",
        de: "Darüber entscheidet nur die Systemadministration.",
        fr: "Seuls les administrateurs du système en décident.",
    }

    /// The button comes too late.
    decided() {
        en: "This is decided already, or no longer asked.",
        de: "Darüber ist schon entschieden, oder die Anfrage wurde zurückgezogen.",
        fr: "C’est déjà décidé, ou ce n’est plus demandé.",
    }

    /// What is theirs.
    yours(numbers) {
        en: "Your numbers: {numbers}.",
        de: "Ihre Nummern: {numbers}.",
        fr: "Vos numéros : {numbers}.",
    }

    /// Nothing is theirs.
    none(example) {
        en: "You have no number yet. For example: `{example}`",
        de: "Sie haben noch keine Nummer. Zum Beispiel: `{example}`",
        fr: "Vous n’avez pas encore de numéro. Par exemple : `{example}`",
    }

    /// What waits for a code.
    waits_for_code(number) {
        en: "{number} waits for the code that its display showed.",
        de: "{number} wartet auf den Code, den das Display gezeigt hat.",
        fr: "{number} attend le code que son écran a montré.",
    }

    /// What waits for an administrator.
    waits_for_admin(number) {
        en: "{number} waits for an administrator.",
        de: "{number} wartet auf die Systemadministration.",
        fr: "{number} attend un administrateur.",
    }

    /// It was taken back.
    unlinked(number) {
        en: "{number} is no longer linked.",
        de: "{number} ist nicht mehr verknüpft.",
        fr: "{number} ne vous est plus associé.",
    }

    /// There was none to take back.
    not_linked(number) {
        en: "{number} is no number that you linked. What stands in `NumbersUsers`, only an administrator changes.",
        de: "{number} ist keine Nummer, die Sie verknüpft haben. Was in `NumbersUsers` steht, ändert nur die Systemadministration.",
        fr: "{number} n’est pas un numéro que vous avez associé. Seul un administrateur change ce qui figure dans `NumbersUsers`.",
    }
}
