//! Calls and texts that people start, what comes of them, their queues and their voicemail.
//!
//! Who is called is "Bob Miller (6002)" or a number alone, and may be any person or thing: no word agrees with it.

use crate::language::table::texts;

texts! {
    /// The answer to whoever started a call.
    started(to, from) {
        en: "Calling {to}: pick up your phone {from} when it rings. A direct message tells how the call goes.",
        de: "Anruf bei {to}: Nehmen Sie an Ihrem Telefon {from} ab, wenn es klingelt. Wie es weitergeht, sagt Ihnen eine Direktnachricht.",
        fr: "Appel vers {to} : décrochez votre téléphone {from} quand il sonne. Un message privé vous tient au courant de l’appel.",
    }

    /// The order was taken.
    asked(to, from) {
        en: "Calling {to}: your phone {from} is to ring first.",
        de: "Anruf bei {to}: Zuerst soll Ihr Telefon {from} klingeln.",
        fr: "Appel vers {to} : votre téléphone {from} doit d’abord sonner.",
    }

    /// The caller's own phone rings.
    own_rings(to, from) {
        en: "Calling {to}: your phone {from} rings. Once you pick it up, {to} is called.",
        de: "Anruf bei {to}: Ihr Telefon {from} klingelt. Sobald Sie abnehmen, wird {to} angerufen.",
        fr: "Appel vers {to} : votre téléphone {from} sonne. Dès que vous décrochez, l’appel vers {to} est lancé.",
    }

    /// The caller picked up.
    dialling(to) {
        en: "Calling {to}: you picked up, dialling …",
        de: "Anruf bei {to}: Sie haben abgenommen, es wird gewählt …",
        fr: "Appel vers {to} : vous avez décroché, numérotation …",
    }

    /// It rings at the other side.
    other_rings(to) {
        en: "Calling {to}: it rings there.",
        de: "Anruf bei {to}: Dort klingelt es.",
        fr: "Appel vers {to} : cela sonne là-bas.",
    }

    /// Both talk.
    talking(to) {
        en: "You are talking with {to}.",
        de: "Sie sprechen mit {to}.",
        fr: "Vous êtes en communication avec {to}.",
    }

    /// Both talked.
    talked(to, duration) {
        en: "You talked with {to} for {duration}.",
        de: "Sie haben {duration} mit {to} gesprochen.",
        fr: "Vous avez parlé {duration} avec {to}.",
    }

    /// The caller's own phone was in use.
    own_busy(to, from) {
        en: "{to} was not called: your phone {from} is busy.",
        de: "{to} wurde nicht angerufen: Ihr Telefon {from} ist besetzt.",
        fr: "L’appel vers {to} n’a pas eu lieu : votre téléphone {from} est occupé.",
    }

    /// The caller did not pick up.
    own_no_answer(to, from) {
        en: "{to} was not called: you did not pick up your phone {from}.",
        de: "{to} wurde nicht angerufen: Sie haben an Ihrem Telefon {from} nicht abgenommen.",
        fr: "L’appel vers {to} n’a pas eu lieu : vous n’avez pas décroché votre téléphone {from}.",
    }

    /// The caller's own phone refused.
    own_refused(to, from) {
        en: "{to} was not called: your phone {from} refused the call.",
        de: "{to} wurde nicht angerufen: Ihr Telefon {from} hat den Anruf abgelehnt.",
        fr: "L’appel vers {to} n’a pas eu lieu : votre téléphone {from} a refusé l’appel.",
    }

    /// The caller's own phone is not there.
    own_unreachable(to, from) {
        en: "{to} was not called: your phone {from} is not reachable. Is it switched on and registered?",
        de: "{to} wurde nicht angerufen: Ihr Telefon {from} ist nicht erreichbar. Ist es eingeschaltet und registriert?",
        fr: "L’appel vers {to} n’a pas eu lieu : votre téléphone {from} est injoignable. Est-il allumé et enregistré ?",
    }

    /// There is no such extension as the caller is to have.
    own_unknown_number(to, from) {
        en: "{to} was not called: Asterisk knows no extension {from}, which is to be your phone's.",
        de: "{to} wurde nicht angerufen: Asterisk kennt keine Nebenstelle {from}; Ihr Telefon soll sie haben.",
        fr: "L’appel vers {to} n’a pas eu lieu : Asterisk ne connaît pas le poste {from}, qui doit être celui de votre téléphone.",
    }

    /// The call to the caller's own phone was ended.
    own_hung_up(to, from) {
        en: "{to} was not called: the call to your phone {from} was ended before you picked up.",
        de: "{to} wurde nicht angerufen: Der Anruf an Ihr Telefon {from} wurde beendet, bevor Sie abgenommen hatten.",
        fr: "L’appel vers {to} n’a pas eu lieu : l’appel de votre téléphone {from} a pris fin avant que vous ne décrochiez.",
    }

    /// There was no room for the call to the caller's own phone.
    own_congestion(to, from) {
        en: "{to} was not called: Asterisk had no room for a call to your phone {from}.",
        de: "{to} wurde nicht angerufen: Asterisk hatte keine Leitung zu Ihrem Telefon {from} frei.",
        fr: "L’appel vers {to} n’a pas eu lieu : Asterisk n’avait pas de ligne libre vers votre téléphone {from}.",
    }

    /// Nobody knows why.
    own_failed(to, from) {
        en: "{to} was not called: the call to your phone {from} failed, and Asterisk does not tell why.",
        de: "{to} wurde nicht angerufen: Der Anruf an Ihr Telefon {from} ist fehlgeschlagen, und Asterisk sagt nicht, warum.",
        fr: "L’appel vers {to} n’a pas eu lieu : l’appel de votre téléphone {from} a échoué, et Asterisk ne dit pas pourquoi.",
    }

    /// The other side is in a call.
    busy(to) {
        en: "{to} is busy.",
        de: "Bei {to} ist besetzt.",
        fr: "La ligne de {to} est occupée.",
    }

    /// The other side did not pick up.
    no_answer(to) {
        en: "{to} did not answer.",
        de: "{to} hat nicht abgenommen.",
        fr: "{to} n’a pas répondu.",
    }

    /// The other side refused.
    refused(to) {
        en: "{to} refused the call.",
        de: "{to} hat den Anruf abgelehnt.",
        fr: "{to} a refusé l’appel.",
    }

    /// The other side is not there.
    unreachable(to) {
        en: "{to} is not reachable: no phone is registered there, or it does not answer Asterisk.",
        de: "{to} ist nicht erreichbar: Dort ist kein Telefon registriert, oder es antwortet Asterisk nicht.",
        fr: "Impossible de joindre {to} : aucun téléphone n’y est enregistré, ou il ne répond pas à Asterisk.",
    }

    /// There is no such number.
    no_such_number(to) {
        en: "{to} could not be called: there is no such number.",
        de: "{to} konnte nicht angerufen werden: Die Nummer gibt es nicht.",
        fr: "Impossible d’appeler {to} : ce numéro n’existe pas.",
    }

    /// The caller hung up while it rang.
    hung_up(to) {
        en: "You hung up before {to} answered.",
        de: "Sie haben aufgelegt, bevor {to} abgenommen hat.",
        fr: "Vous avez raccroché avant que {to} ne réponde.",
    }

    /// There was no room.
    congestion(to) {
        en: "{to} could not be called: the line or the network had no room.",
        de: "{to} konnte nicht angerufen werden: Die Leitung oder das Netz war überlastet.",
        fr: "Impossible d’appeler {to} : la ligne ou le réseau était saturé.",
    }

    /// Nobody knows why.
    failed(to) {
        en: "The call to {to} failed, and Asterisk does not tell why.",
        de: "Der Anruf bei {to} ist fehlgeschlagen, und Asterisk sagt nicht, warum.",
        fr: "L’appel vers {to} a échoué, et Asterisk ne dit pas pourquoi.",
    }

    /// Nothing was heard of a call.
    never_heard(to) {
        en: "Nothing was heard of the call to {to}: the link to Asterisk broke before your phone rang, or the plugin's account in Asterisk lacks `call` in its `read` line.",
        de: "Vom Anruf bei {to} war nichts zu hören: Die Verbindung zu Asterisk ist abgebrochen, bevor Ihr Telefon klingelte, oder dem Konto des Plugins in Asterisk fehlt `call` in der Zeile `read`.",
        fr: "Aucune nouvelle de l’appel vers {to} : la liaison avec Asterisk s’est rompue avant que votre téléphone ne sonne, ou il manque `call` à la ligne `read` du compte du plugin dans Asterisk.",
    }

    /// The link broke; `when` says how far the call had come.
    link_broke(to, when) {
        en: "The link to Asterisk broke {when}. Nothing more is known of the call to {to}.",
        de: "Die Verbindung zu Asterisk ist abgebrochen, {when}. Mehr ist vom Anruf bei {to} nicht bekannt.",
        fr: "La liaison avec Asterisk s’est rompue {when}. On ne sait rien de plus de l’appel vers {to}.",
    }

    /// The plugin was stopped; `when` says how far the call had come.
    stopped(to, when) {
        en: "The plugin was stopped {when}. Nothing more is told of the call to {to}.",
        de: "Das Plugin wurde beendet, {when}. Mehr wird vom Anruf bei {to} nicht gesagt.",
        fr: "Le plugin a été arrêté {when}. Vous n’aurez pas d’autres nouvelles de l’appel vers {to}.",
    }

    /// When the link broke or the plugin was stopped.
    before_own_rang() {
        en: "before your phone rang",
        de: "bevor Ihr Telefon klingelte",
        fr: "avant que votre téléphone ne sonne",
    }

    /// When the link broke or the plugin was stopped.
    while_own_rang() {
        en: "while your phone rang",
        de: "während Ihr Telefon klingelte",
        fr: "pendant que votre téléphone sonnait",
    }

    /// When the link broke or the plugin was stopped.
    when_picked_up() {
        en: "when you had picked up",
        de: "als Sie abgenommen hatten",
        fr: "alors que vous aviez décroché",
    }

    /// When the link broke or the plugin was stopped.
    while_it_rang() {
        en: "while it rang there",
        de: "während es dort klingelte",
        fr: "pendant que cela sonnait là-bas",
    }

    /// When the link broke or the plugin was stopped.
    while_talking() {
        en: "while you talked",
        de: "während Sie sprachen",
        fr: "pendant que vous parliez",
    }

    /// A text that was accepted.
    text_accepted(to) {
        en: "Asterisk accepted the text for {to}. It does not tell whether it is delivered.",
        de: "Asterisk hat den Text für {to} angenommen. Ob er ankommt, sagt es nicht.",
        fr: "Asterisk a accepté le texte pour {to}. Il ne dit pas s’il est remis.",
    }

    /// The same, in several parts.
    text_accepted_in_parts(to, parts) {
        en: "Asterisk accepted the text for {to} in {parts} parts. It does not tell whether it is delivered.",
        de: "Asterisk hat den Text für {to} in {parts} Teilen angenommen. Ob er ankommt, sagt es nicht.",
        fr: "Asterisk a accepté le texte pour {to} en {parts} parties. Il ne dit pas s’il est remis.",
    }

    /// Calls: of every queue that a phone is in.
    of_all_queues() {
        en: "of all its queues",
        de: "aller seiner Warteschlangen",
        fr: "de toutes ses files d’attente",
    }

    /// Calls: of one queue.
    of_queue(queue) {
        en: "of the queue {queue}",
        de: "der Warteschlange {queue}",
        fr: "de la file d’attente {queue}",
    }

    /// Calls: of several queues.
    of_queues(queues) {
        en: "of the queues {queues}",
        de: "der Warteschlangen {queues}",
        fr: "des files d’attente {queues}",
    }

    /// A pause: in every queue that a phone is in.
    in_all_queues() {
        en: "in all its queues",
        de: "in allen seinen Warteschlangen",
        fr: "dans toutes ses files d’attente",
    }

    /// A pause: in one queue.
    in_queue(queue) {
        en: "in the queue {queue}",
        de: "in der Warteschlange {queue}",
        fr: "dans la file d’attente {queue}",
    }

    /// A pause: in several queues.
    in_queues(queues) {
        en: "in the queues {queues}",
        de: "in den Warteschlangen {queues}",
        fr: "dans les files d’attente {queues}",
    }

    /// An agent logged in.
    logged_in(phone, of_queues) {
        en: "Your phone {phone} takes calls {of_queues}.",
        de: "Ihr Telefon {phone} nimmt jetzt Anrufe {of_queues} an.",
        fr: "Votre téléphone {phone} prend les appels {of_queues}.",
    }

    /// An agent logged out.
    logged_out(phone, of_queues) {
        en: "Your phone {phone} takes no more calls {of_queues}.",
        de: "Ihr Telefon {phone} nimmt keine Anrufe {of_queues} mehr an.",
        fr: "Votre téléphone {phone} ne prend plus les appels {of_queues}.",
    }

    /// An agent pauses.
    pauses(phone, in_queues) {
        en: "Your phone {phone} pauses {in_queues}.",
        de: "Ihr Telefon {phone} macht {in_queues} Pause.",
        fr: "Votre téléphone {phone} est en pause {in_queues}.",
    }

    /// An agent pauses, and says why.
    pauses_because(phone, in_queues, reason) {
        en: "Your phone {phone} pauses {in_queues}: {reason}.",
        de: "Ihr Telefon {phone} macht {in_queues} Pause: {reason}.",
        fr: "Votre téléphone {phone} est en pause {in_queues} : {reason}.",
    }

    /// An agent's pause is over.
    pauses_no_more(phone, of_queues) {
        en: "Your phone {phone} takes calls {of_queues} again.",
        de: "Ihr Telefon {phone} nimmt wieder Anrufe {of_queues} an.",
        fr: "Votre téléphone {phone} prend à nouveau les appels {of_queues}.",
    }

    /// New voicemail: one message.
    one_voicemail(extension) {
        en: "You have 1 new voicemail message for {extension}.",
        de: "Sie haben 1 neue Sprachnachricht für {extension}.",
        fr: "Vous avez 1 nouveau message vocal pour {extension}.",
    }

    /// New voicemail: several messages.
    voicemail(count, extension) {
        en: "You have {count} new voicemail messages for {extension}.",
        de: "Sie haben {count} neue Sprachnachrichten für {extension}.",
        fr: "Vous avez {count} nouveaux messages vocaux pour {extension}.",
    }

    /// What is suggested: a queue in which one caller waits.
    one_waits() {
        en: "1 caller waits",
        de: "1 Anrufer wartet",
        fr: "1 appelant attend",
    }

    /// What is suggested: a queue in which several callers wait.
    many_wait(count) {
        en: "{count} callers wait",
        de: "{count} Anrufer warten",
        fr: "{count} appelants attendent",
    }
}
