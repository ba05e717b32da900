//! `/phone settings`, in words and as a form.

use crate::language::table::texts;

texts! {
    /// What the subcommand does.
    settings() {
        en: "Choose what your phone does to your status, and what you are told",
        de: "Wählen, was Ihr Telefon an Ihrem Status ändert und worüber Sie benachrichtigt werden",
        fr: "Choisir ce que votre téléphone change à votre statut, et ce dont vous êtes averti",
    }

    /// The form's title, of at most 24 characters.
    title() {
        en: "Phone settings",
        de: "Telefoneinstellungen",
        fr: "Réglages du téléphone",
    }

    /// What the form's button says.
    save() {
        en: "Save",
        de: "Speichern",
        fr: "Enregistrer",
    }

    /// The label of `calls`, of at most 24 characters, as are those that follow.
    calls() {
        en: "Calls",
        de: "Gespräche",
        fr: "Appels",
    }

    /// What it does, of at most 150 characters, as are those that follow.
    calls_what() {
        en: "My custom status says that I am on a call",
        de: "Mein benutzerdefinierter Status zeigt, dass ich im Gespräch bin",
        fr: "Mon statut personnalisé indique que je suis en appel",
    }

    /// The label of `name`.
    name() {
        en: "Name",
        de: "Name",
        fr: "Nom",
    }

    /// What it does.
    name_what() {
        en: "It also says with whom, for everybody to see",
        de: "Er zeigt auch, mit wem, für alle sichtbar",
        fr: "Il indique aussi avec qui, à la vue de tous",
    }

    /// The label of `status`.
    status() {
        en: "Status during calls",
        de: "Status im Gespräch",
        fr: "Statut pendant un appel",
    }

    /// What it does.
    status_what() {
        en: "What becomes of your status while you are on a call, if you are online; afterwards you are online again",
        de: "Was im Gespräch aus Ihrem Status wird, wenn Sie online sind; danach sind Sie wieder online",
        fr: "Ce que devient votre statut pendant un appel, si vous êtes en ligne ; ensuite vous l’êtes à nouveau",
    }

    /// A value of `status`.
    status_unchanged() {
        en: "Unchanged",
        de: "Unverändert",
        fr: "Inchangé",
    }

    /// A value of `status`.
    status_dnd() {
        en: "Do not disturb",
        de: "Nicht stören",
        fr: "Ne pas déranger",
    }

    /// A value of `status`.
    status_away() {
        en: "Away",
        de: "Abwesend",
        fr: "Absent",
    }

    /// The label of `phone-dnd`.
    phone_dnd() {
        en: "Do not disturb (phone)",
        de: "Nicht stören (Telefon)",
        fr: "Ne pas déranger (tél.)",
    }

    /// What it does.
    phone_dnd_what() {
        en: "When my phone is set to do not disturb, so is my status in the chat",
        de: "Steht mein Telefon auf „Nicht stören“, dann auch mein Status im Chat",
        fr: "Quand mon téléphone est sur « Ne pas déranger », mon statut l’est aussi",
    }

    /// The label of `chat-dnd`.
    chat_dnd() {
        en: "Do not disturb (chat)",
        de: "Nicht stören (Chat)",
        fr: "Ne pas déranger (chat)",
    }

    /// What it does.
    chat_dnd_what() {
        en: "When my status in the chat is do not disturb, so is my phone",
        de: "Steht mein Status im Chat auf „Nicht stören“, dann auch mein Telefon",
        fr: "Quand mon statut est « Ne pas déranger », mon téléphone l’est aussi",
    }

    /// The label of `missed`.
    missed() {
        en: "Missed calls",
        de: "Verpasste Anrufe",
        fr: "Appels manqués",
    }

    /// What it does.
    missed_what() {
        en: "I get a message of calls that I missed",
        de: "Ich bekomme eine Nachricht über verpasste Anrufe",
        fr: "Je reçois un message pour mes appels manqués",
    }

    /// A value.
    on() {
        en: "on",
        de: "an",
        fr: "activé",
    }

    /// A value.
    off() {
        en: "off",
        de: "aus",
        fr: "désactivé",
    }

    /// What stands before the list of what somebody chose.
    what_holds() {
        en: "What you have chosen:",
        de: "Was Sie gewählt haben:",
        fr: "Ce que vous avez choisi :",
    }

    /// A line of that list: a label, a value, what the setting does, and what is typed to change it.
    line(label, value, what, example) {
        en: "- **{label}**: {value}. {what}. To change it: `{example}`",
        de: "- **{label}**: {value}. {what}. Zum Ändern: `{example}`",
        fr: "- **{label}** : {value}. {what}. Pour changer : `{example}`",
    }

    /// What stands before that list where the form could not be shown.
    no_form() {
        en: "The form could not be shown here, so this is done in words.",
        de: "Das Formular ließ sich hier nicht anzeigen, daher in Textform.",
        fr: "Le formulaire n’a pas pu être affiché ici ; cela se fait donc par écrit.",
    }

    /// What the answer is when the form is shown.
    form_is_open() {
        en: "Your settings are in the form.",
        de: "Ihre Einstellungen stehen im Formular.",
        fr: "Vos réglages sont dans le formulaire.",
    }

    /// What holds now.
    chosen(label, value) {
        en: "{label}: {value}. That holds from now on.",
        de: "{label}: {value}. Das gilt ab jetzt.",
        fr: "{label} : {value}. Pris en compte immédiatement.",
    }

    /// There is no such setting.
    unknown(name, names) {
        en: "There is no setting {name}; there are {names}.",
        de: "Es gibt keine Einstellung {name}; es gibt {names}.",
        fr: "Il n’y a pas de réglage {name} ; il y a {names}.",
    }

    /// There is, and an administrator has not turned on what it is about.
    turned_off(name) {
        en: "`{name}` cannot be chosen here: an administrator has not turned on what it needs.",
        de: "`{name}` lässt sich hier nicht wählen: Die Systemadministration hat nicht eingeschaltet, was es braucht.",
        fr: "`{name}` ne peut pas être choisi ici : les administrateurs n’ont pas activé ce qu’il lui faut.",
    }

    /// A value is missing or wrong.
    values(name, values) {
        en: "`{name}` is one of {values}.",
        de: "Mögliche Werte für `{name}`: {values}.",
        fr: "`{name}` peut valoir {values}.",
    }

    /// The administrator turned off all that could be chosen.
    nothing_to_choose() {
        en: "There is nothing to choose: an administrator has turned off all of it.",
        de: "Hier gibt es nichts einzustellen: Die Systemadministration hat alles abgeschaltet.",
        fr: "Il n’y a rien à choisir : un administrateur a tout désactivé.",
    }

    /// It was not stored.
    not_stored() {
        en: "Mattermost could not store that. Try again.",
        de: "Mattermost konnte das nicht speichern. Versuchen Sie es noch einmal.",
        fr: "Mattermost n’a pas pu l’enregistrer. Réessayez.",
    }

    /// It was not read.
    not_read() {
        en: "Mattermost could not tell what you have chosen. Try again.",
        de: "Mattermost konnte nicht sagen, was Sie gewählt haben. Versuchen Sie es noch einmal.",
        fr: "Mattermost n’a pas pu dire ce que vous avez choisi. Réessayez.",
    }
}
