//! "Tell me when free".

use crate::language::table::texts;

texts! {
    /// The one message.
    off_the_phone(name) {
        en: "{name} is off the phone now.",
        de: "{name} telefoniert nicht mehr.",
        fr: "{name} n’est plus au téléphone.",
    }

    /// `/phone notify`.
    notify() {
        en: "Tell me once when somebody is off the phone",
        de: "Einmal Bescheid geben, sobald jemand nicht mehr telefoniert",
        fr: "Me prévenir une fois quand quelqu’un n’est plus au téléphone",
    }

    /// Its argument.
    notify_whom() {
        en: "Who; `cancel`, alone or with a name, withdraws it; leave it empty to see whom you wait for",
        de: "Wer; `cancel` allein oder mit einem Namen zieht es zurück; ohne Angabe: auf wen Sie warten",
        fr: "Qui ; `cancel`, seul ou suivi d’un nom, l’annule ; sans rien : la liste de vos attentes",
    }

    /// The answer: it is taken.
    waiting(name, until) {
        en: "You get one message once {name} is off the phone. That holds {until}.",
        de: "Sie bekommen eine Nachricht, sobald {name} nicht mehr telefoniert. Das gilt {until}.",
        fr: "Vous recevrez un message dès que {name} ne sera plus au téléphone. Cela vaut {until}.",
    }

    /// The same where it is not known whether that person is on the phone: no source told anything of calls there.
    waiting_unheard(name, until) {
        en: "Nothing has been heard of {name}'s phone since the start, so it is not known whether it is free. You get one message once a call there has ended. That holds {until}.",
        de: "Vom Telefon von {name} war seit dem Start nichts zu hören, deshalb ist nicht bekannt, ob es frei ist. Sie bekommen eine Nachricht, sobald dort ein Gespräch zu Ende ist. Das gilt {until}.",
        fr: "Rien n’a été reçu du téléphone de {name} depuis le démarrage ; on ne sait donc pas s’il est libre. Vous recevrez un message dès qu’un appel y aura pris fin. Cela vaut {until}.",
    }

    /// The answer: it was asked before.
    already(name, until) {
        en: "You are already waiting for {name}, {until} at the latest.",
        de: "Sie warten schon auf {name}, längstens {until}.",
        fr: "Vous serez déjà prévenu pour {name}, {until} au plus tard.",
    }

    /// The answer: there is nothing to wait for.
    free_now(name) {
        en: "{name} is off the phone now.",
        de: "{name} telefoniert gerade nicht.",
        fr: "{name} n’est pas au téléphone en ce moment.",
    }

    /// The answer: no more is taken.
    too_many(most) {
        en: "You wait for too many people: {most} is the most. `/phone notify cancel` withdraws all of it.",
        de: "Sie warten auf zu viele: Mehr als {most} geht nicht. `/phone notify cancel` zieht alles zurück.",
        fr: "Vous attendez trop de personnes : {most} au plus. `/phone notify cancel` annule tout.",
    }

    /// The answer: somebody named themselves.
    yourself() {
        en: "That is your own phone.",
        de: "Das ist Ihr eigenes Telefon.",
        fr: "C’est votre propre téléphone.",
    }

    /// The answer: it is withdrawn.
    cancelled() {
        en: "No message will come.",
        de: "Es kommt keine Nachricht mehr.",
        fr: "Vous ne recevrez pas de message.",
    }

    /// The answer: there was nothing to withdraw.
    nothing_to_cancel() {
        en: "You do not wait for that.",
        de: "Darauf warten Sie nicht.",
        fr: "Vous n’attendez rien de tel.",
    }

    /// The answer: whom they wait for.
    waiting_for() {
        en: "You wait for these people to be off the phone:",
        de: "Sie warten darauf, dass diese nicht mehr telefonieren:",
        fr: "Vous attendez que ces personnes ne soient plus au téléphone :",
    }

    /// One of them, and until when.
    waiting_line(name, until) {
        en: "- {name}, {until} at the latest",
        de: "- {name}, längstens {until}",
        fr: "- {name}, {until} au plus tard",
    }

    /// The answer: they wait for nobody.
    nobody(example) {
        en: "You wait for nobody. For example: `{example}`",
        de: "Sie warten auf niemanden. Zum Beispiel: `{example}`",
        fr: "Vous n’attendez personne. Par exemple : `{example}`",
    }
}
