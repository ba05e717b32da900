//! Why somebody did not get what they asked for, and what they or the administrator can do about it.
//!
//! What is called `setting`, `numbers`, `extensions`, `outside` or `context` here is the key of a setting, as it is to be copied.

use crate::language::table::texts;

texts! {
    /// No Asterisk is set.
    off(setting) {
        en: "No Asterisk is set, so nobody can be called from here. The administrator sets one under {setting}.",
        de: "Es ist kein Asterisk eingestellt, deshalb kann von hier niemand angerufen werden. Die Systemadministration trägt es unter {setting} ein.",
        fr: "Aucun Asterisk n’est configuré : on ne peut appeler personne d’ici. L’administrateur l’indique dans {setting}.",
    }

    /// The plugin is about to end.
    stopping() {
        en: "The plugin is stopping. Try again in a minute.",
        de: "Das Plugin wird gerade beendet. Versuchen Sie es in einer Minute noch einmal.",
        fr: "Le plugin est en cours d’arrêt. Réessayez dans une minute.",
    }

    /// Guests may not.
    guest() {
        en: "Guests cannot call, write to phones or use queues.",
        de: "Gäste können weder anrufen noch an Telefone schreiben oder Warteschlangen nutzen.",
        fr: "Les invités ne peuvent ni appeler, ni écrire aux téléphones, ni utiliser les files d’attente.",
    }

    /// Nor may people who are gone.
    deactivated() {
        en: "This account is deactivated.",
        de: "Dieses Konto ist deaktiviert.",
        fr: "Ce compte est désactivé.",
    }

    /// They have no number.
    no_number(numbers, example) {
        en: "No phone is linked to you yet. The administrator links one by adding its extension and your user name to {numbers}, for example {example}.",
        de: "Ihnen ist noch kein Telefon zugeordnet. Die Systemadministration ordnet eines zu, indem sie dessen Nebenstelle und Ihren Benutzernamen bei {numbers} einträgt, zum Beispiel {example}.",
        fr: "Aucun téléphone ne vous est encore associé. L’administrateur en associe un en ajoutant son poste et votre nom d’utilisateur à {numbers}, par exemple {example}.",
    }

    /// None of their numbers is an extension.
    no_extension(number, numbers, extensions, example) {
        en: "Your number {number} in {numbers} is no extension: no pattern in {extensions} fits it. The administrator adds your extension, for example {example}, or a pattern.",
        de: "Ihre Nummer {number} in {numbers} ist keine Nebenstelle: Kein Muster in {extensions} passt dazu. Die Systemadministration trägt Ihre Nebenstelle ein, zum Beispiel {example}, oder ein Muster.",
        fr: "Votre numéro {number} dans {numbers} n’est pas un poste : aucun modèle de {extensions} ne lui correspond. L’administrateur ajoute votre poste, par exemple {example}, ou un modèle.",
    }

    /// They asked for nothing.
    nothing_to_call() {
        en: "It does not say whom. Type a number, an extension, a user name with its @, or a name.",
        de: "Es fehlt, wer angerufen werden soll. Geben Sie eine Nummer, eine Nebenstelle, einen Benutzernamen mit @ oder einen Namen ein.",
        fr: "Il manque la personne ou le numéro à appeler. Saisissez un numéro, un poste, un nom d’utilisateur avec son @, ou un nom.",
    }

    /// Longer than any number or name.
    target_too_long(digits, chars) {
        en: "That is too long to be a number or a name: a number has at most {digits} digits, a name at most {chars} characters.",
        de: "Das ist zu lang für eine Nummer oder einen Namen: Eine Nummer hat höchstens {digits} Ziffern, ein Name höchstens {chars} Zeichen.",
        fr: "C’est trop long pour un numéro ou un nom : un numéro a au plus {digits} chiffres, un nom au plus {chars} caractères.",
    }

    /// Something that no number and no name has.
    control_character() {
        en: "There is a line end or another character in it that no number and no name has. Type the number alone.",
        de: "Darin ist ein Zeilenende oder ein anderes Zeichen, das keine Nummer und kein Name hat. Geben Sie nur die Nummer ein.",
        fr: "Il contient une fin de ligne ou un autre caractère que n’ont ni les numéros ni les noms. Saisissez le numéro seul.",
    }

    /// It begins like a number, and is none.
    not_a_number(text) {
        en: "{text} cannot be dialled. A number has digits, * and #, maybe a + at its beginning, and blanks, points, hyphens, slashes and parentheses between them.",
        de: "{text} kann nicht gewählt werden. Eine Nummer hat Ziffern, * und #, vielleicht ein + am Anfang, und dazwischen Leerzeichen, Punkte, Bindestriche, Schrägstriche und Klammern.",
        fr: "{text} ne peut pas être composé. Un numéro a des chiffres, * et #, éventuellement un + au début, et entre eux des espaces, points, tirets, barres obliques et parenthèses.",
    }

    /// No pattern fits the extension.
    extension_not_allowed(number, extensions) {
        en: "The extension {number} may not be called: no pattern in {extensions} fits it. The administrator can add one.",
        de: "Die Nebenstelle {number} darf nicht angerufen werden: Kein Muster in {extensions} passt dazu. Die Systemadministration kann eines hinzufügen.",
        fr: "Le poste {number} ne peut pas être appelé : aucun modèle de {extensions} ne lui correspond. L’administrateur peut en ajouter un.",
    }

    /// No pattern fits the code.
    code_not_allowed(number, extensions, outside) {
        en: "The code {number} may not be dialled: no pattern in {extensions} or {outside} fits it. The administrator can add one.",
        de: "Der Code {number} darf nicht gewählt werden: Kein Muster in {extensions} oder {outside} passt dazu. Die Systemadministration kann eines hinzufügen.",
        fr: "Le code {number} ne peut pas être composé : aucun modèle de {extensions} ou {outside} ne lui correspond. L’administrateur peut en ajouter un.",
    }

    /// Numbers outside are not called at all.
    none_outside_allowed(number, extensions, outside) {
        en: "{number} may not be called: it is no extension by the patterns in {extensions}, and {outside} allows no other numbers. The administrator can add patterns there.",
        de: "{number} darf nicht angerufen werden: Nach den Mustern in {extensions} ist es keine Nebenstelle, und {outside} erlaubt keine anderen Nummern. Die Systemadministration kann dort Muster hinzufügen.",
        fr: "{number} ne peut pas être appelé : ce n’est pas un poste selon les modèles de {extensions}, et {outside} n’autorise pas d’autres numéros. L’administrateur peut y ajouter des modèles.",
    }

    /// This one is not.
    outside_not_allowed(number, extensions, outside) {
        en: "{number} may not be called: it is no extension by the patterns in {extensions}, and no pattern in {outside} fits it. The administrator can add one.",
        de: "{number} darf nicht angerufen werden: Nach den Mustern in {extensions} ist es keine Nebenstelle, und kein Muster in {outside} passt dazu. Die Systemadministration kann eines hinzufügen.",
        fr: "{number} ne peut pas être appelé : ce n’est pas un poste selon les modèles de {extensions}, et aucun modèle de {outside} ne lui correspond. L’administrateur peut en ajouter un.",
    }

    /// There is nobody of that name.
    nobody(name) {
        en: "Nobody is called {name}. Type a number, a user name with its @, or a name as it stands in the chat.",
        de: "Niemand heißt {name}. Geben Sie eine Nummer, einen Benutzernamen mit @ oder einen Namen ein, wie er im Chat steht.",
        fr: "Personne ne s’appelle {name}. Saisissez un numéro, un nom d’utilisateur avec son @, ou un nom tel qu’il figure dans la messagerie.",
    }

    /// Somebody has no number.
    they_have_no_number(name, numbers, example) {
        en: "{name} has no phone that is known here. The administrator links one by adding its extension and their user name to {numbers}, for example {example}.",
        de: "Von {name} ist hier kein Telefon bekannt. Die Systemadministration ordnet eines zu, indem sie dessen Nebenstelle und den Benutzernamen bei {numbers} einträgt, zum Beispiel {example}.",
        fr: "Aucun téléphone de {name} n’est connu ici. L’administrateur en associe un en ajoutant son poste et le nom d’utilisateur à {numbers}, par exemple {example}.",
    }

    /// Several are called so.
    ambiguous(name, matches) {
        en: "Several people are called {name}: {matches}. Type one of these user names.",
        de: "Mehrere heißen {name}: {matches}. Geben Sie einen dieser Benutzernamen ein.",
        fr: "Plusieurs personnes s’appellent {name} : {matches}. Saisissez l’un de ces noms d’utilisateur.",
    }

    /// Mattermost did not tell who somebody is.
    lookup_failed(name) {
        en: "Mattermost did not say who {name} is. Try again in a moment, or type the number.",
        de: "Mattermost hat nicht gesagt, wer {name} ist. Versuchen Sie es gleich noch einmal, oder geben Sie die Nummer ein.",
        fr: "Mattermost n’a pas dit qui est {name}. Réessayez dans un instant, ou saisissez le numéro.",
    }

    /// It is their own.
    own_phone(number) {
        en: "{number} is your own phone. Type whom to call from it.",
        de: "{number} ist Ihr eigenes Telefon. Geben Sie ein, wen Sie damit anrufen möchten.",
        fr: "{number} est votre propre téléphone. Saisissez qui appeler avec lui.",
    }

    /// They asked for too much; `wait` is a time, or [`a_minute`].
    too_many(limit, setting, wait) {
        en: "You may ask for {limit} calls, texts and changes in queues a minute ({setting}). Try again in {wait}.",
        de: "Sie dürfen {limit} Anrufe, Texte und Änderungen an Warteschlangen pro Minute veranlassen ({setting}). Versuchen Sie es in {wait} noch einmal.",
        fr: "Vous pouvez demander {limit} appels, textes et changements de files d’attente par minute ({setting}). Réessayez dans {wait}.",
    }

    /// After which time.
    a_minute() {
        en: "a minute",
        de: "einer Minute",
        fr: "une minute",
    }

    /// All together asked for too much.
    too_many_at_once() {
        en: "Too many calls are under way at this moment. Try again in a moment.",
        de: "Im Moment laufen zu viele Anrufe. Versuchen Sie es gleich noch einmal.",
        fr: "Trop d’appels sont en cours en ce moment. Réessayez dans un instant.",
    }

    /// No text was given.
    text_empty() {
        en: "The text is empty. Type it behind the extension or the name.",
        de: "Der Text ist leer. Geben Sie ihn hinter der Nebenstelle oder dem Namen ein.",
        fr: "Le texte est vide. Saisissez-le après le poste ou le nom.",
    }

    /// More than a phone takes.
    text_too_long(chars, most) {
        en: "The text has {chars} characters; a phone takes {most} at most. Shorten it, or write in the chat.",
        de: "Der Text hat {chars} Zeichen; ein Telefon nimmt höchstens {most} an. Kürzen Sie ihn, oder schreiben Sie im Chat.",
        fr: "Le texte a {chars} caractères ; un téléphone en accepte {most} au plus. Raccourcissez-le, ou écrivez dans la messagerie.",
    }

    /// The same where it is not said how long it is.
    text_far_too_long() {
        en: "The text is too long: a phone gets 68 KB at most.",
        de: "Der Text ist zu lang: Ein Telefon bekommt höchstens 68 KB.",
        fr: "Le texte est trop long : un téléphone reçoit 68 Ko au plus.",
    }

    /// A character that no phone shows.
    text_nul() {
        en: "The text has a NUL character in it, which no phone shows. Remove it.",
        de: "Im Text ist ein NUL-Zeichen, das kein Telefon anzeigt. Entfernen Sie es.",
        fr: "Le texte contient un caractère NUL, qu’aucun téléphone n’affiche. Supprimez-le.",
    }

    /// A text for a number outside.
    text_outside(number, extensions) {
        en: "Texts go to extensions only, and {number} is none by the patterns in {extensions}.",
        de: "Texte gehen nur an Nebenstellen, und {number} ist nach den Mustern in {extensions} keine.",
        fr: "Les textes ne vont qu’aux postes, et {number} n’en est pas un selon les modèles de {extensions}.",
    }

    /// There is no such queue.
    unknown_queue(name, known) {
        en: "There is no queue {name}. These are known: {known}.",
        de: "Es gibt keine Warteschlange {name}. Bekannt sind: {known}.",
        fr: "Il n’y a pas de file d’attente {name}. Celles-ci sont connues : {known}.",
    }

    /// There are several queues.
    name_a_queue(known) {
        en: "There are several queues. Name one of these: {known}.",
        de: "Es gibt mehrere Warteschlangen. Nennen Sie eine davon: {known}.",
        fr: "Il y a plusieurs files d’attente. Indiquez l’une d’elles : {known}.",
    }

    /// There is none.
    no_queue() {
        en: "Asterisk has no queue.",
        de: "Asterisk hat keine Warteschlange.",
        fr: "Asterisk n’a pas de file d’attente.",
    }

    /// The agent is in none.
    in_no_queue(extension) {
        en: "{extension} is in no queue.",
        de: "{extension} ist in keiner Warteschlange.",
        fr: "{extension} n’est dans aucune file d’attente.",
    }

    /// The agent is in this queue.
    in_queue_already(extension, queue) {
        en: "Your phone {extension} takes calls of {queue} already.",
        de: "Ihr Telefon {extension} nimmt bereits Anrufe von {queue} an.",
        fr: "Votre téléphone {extension} prend déjà les appels de {queue}.",
    }

    /// The same where no queue was named.
    in_that_queue_already(extension) {
        en: "Your phone {extension} takes calls of that queue already.",
        de: "Ihr Telefon {extension} nimmt bereits Anrufe dieser Warteschlange an.",
        fr: "Votre téléphone {extension} prend déjà les appels de cette file d’attente.",
    }

    /// The agent is not in this queue.
    not_in_queue(extension, queue) {
        en: "Your phone {extension} is not in the queue {queue}.",
        de: "Ihr Telefon {extension} ist nicht in der Warteschlange {queue}.",
        fr: "Votre téléphone {extension} n’est pas dans la file d’attente {queue}.",
    }

    /// The agent was in it a moment ago.
    left_a_queue(extension) {
        en: "Your phone {extension} has just left a queue. Look at the board, and try again.",
        de: "Ihr Telefon {extension} hat gerade eine Warteschlange verlassen. Sehen Sie in der Übersicht nach, und versuchen Sie es noch einmal.",
        fr: "Votre téléphone {extension} vient de quitter une file d’attente. Regardez le tableau, et réessayez.",
    }

    /// The dial plan does not know the number.
    not_in_dial_plan(number, context, setting) {
        en: "Nobody was called: there is no number {number} in Asterisk's dial plan (context {context}). Check the number; the administrator checks {setting}.",
        de: "Niemand wurde angerufen: In Asterisks Wählplan (Kontext {context}) gibt es keine Nummer {number}. Prüfen Sie die Nummer; die Systemadministration prüft {setting}.",
        fr: "Personne n’a été appelé : le plan de numérotation d’Asterisk (contexte {context}) n’a pas de numéro {number}. Vérifiez le numéro ; l’administrateur vérifie {setting}.",
    }

    /// There is no phone at that number.
    no_phone(number) {
        en: "The text for {number} was not accepted: the phone is not registered, or there is none. Is it switched on?",
        de: "Der Text für {number} wurde nicht angenommen: Das Telefon ist nicht registriert, oder es gibt keines. Ist es eingeschaltet?",
        fr: "Le texte pour {number} n’a pas été accepté : le téléphone n’est pas enregistré, ou il n’y en a pas. Est-il allumé ?",
    }

    /// There was one at first.
    no_phone_any_more(number, accepted, parts) {
        en: "The text for {number} was not accepted: the phone is not registered, or there is none ({accepted} of {parts} parts were accepted). Is it switched on?",
        de: "Der Text für {number} wurde nicht angenommen: Das Telefon ist nicht registriert, oder es gibt keines ({accepted} von {parts} Teilen wurden angenommen). Ist es eingeschaltet?",
        fr: "Le texte pour {number} n’a pas été accepté : le téléphone n’est pas enregistré, ou il n’y en a pas ({accepted} parties sur {parts} ont été acceptées). Est-il allumé ?",
    }

    /// Asterisk has not that driver.
    no_driver(number, setting) {
        en: "The text for {number} was not accepted: Asterisk has no such driver for phones. Asterisk 21 and newer have pjsip only; the administrator chooses it under {setting}, a script by drv=.",
        de: "Der Text für {number} wurde nicht angenommen: Asterisk hat diesen Treiber für Telefone nicht. Ab Asterisk 21 gibt es nur pjsip; die Systemadministration wählt ihn unter {setting}, ein Skript mit drv=.",
        fr: "Le texte pour {number} n’a pas été accepté : Asterisk n’a pas ce pilote de téléphones. Depuis Asterisk 21, il n’y a que pjsip ; l’administrateur le choisit dans {setting}, un script par drv=.",
    }

    /// Asterisk does not know the order.
    unknown_order() {
        en: "Asterisk does not know this order: it is still starting, or the module for it is not loaded. Try again in a moment.",
        de: "Asterisk kennt diesen Auftrag nicht: Es startet noch, oder das Modul dafür ist nicht geladen. Versuchen Sie es gleich noch einmal.",
        fr: "Asterisk ne connaît pas cet ordre : il est encore en train de démarrer, ou le module nécessaire n’est pas chargé. Réessayez dans un instant.",
    }

    /// Asterisk is not there, and that was a call. Everybody reads it, so it does not tell where Asterisk is.
    not_connected_no_call() {
        en: "Asterisk cannot be reached at this moment, so nobody was called. Try again later; the plugin's page /status tells an administrator why.",
        de: "Asterisk ist im Moment nicht erreichbar, deshalb wurde niemand angerufen. Versuchen Sie es später noch einmal; warum, sagt der Systemadministration die Seite /status des Plugins.",
        fr: "Asterisk est injoignable en ce moment ; personne n’a donc été appelé. Réessayez plus tard ; la page /status du plugin dit pourquoi aux administrateurs.",
    }

    /// That was a text.
    not_connected_no_text() {
        en: "Asterisk cannot be reached at this moment, so nothing was sent. Try again later; the plugin's page /status tells an administrator why.",
        de: "Asterisk ist im Moment nicht erreichbar, deshalb wurde nichts gesendet. Versuchen Sie es später noch einmal; warum, sagt der Systemadministration die Seite /status des Plugins.",
        fr: "Asterisk est injoignable en ce moment ; rien n’a donc été envoyé. Réessayez plus tard ; la page /status du plugin dit pourquoi aux administrateurs.",
    }

    /// That was a change in a queue.
    not_connected_no_change() {
        en: "Asterisk cannot be reached at this moment, so nothing was changed. Try again later; the plugin's page /status tells an administrator why.",
        de: "Asterisk ist im Moment nicht erreichbar, deshalb wurde nichts geändert. Versuchen Sie es später noch einmal; warum, sagt der Systemadministration die Seite /status des Plugins.",
        fr: "Asterisk est injoignable en ce moment ; rien n’a donc été changé. Réessayez plus tard ; la page /status du plugin dit pourquoi aux administrateurs.",
    }

    /// That was anything.
    not_connected() {
        en: "Asterisk cannot be reached at this moment, so nothing was done. Try again later; the plugin's page /status tells an administrator why.",
        de: "Asterisk ist im Moment nicht erreichbar, deshalb ist nichts geschehen. Versuchen Sie es später noch einmal; warum, sagt der Systemadministration die Seite /status des Plugins.",
        fr: "Asterisk est injoignable en ce moment ; rien n’a donc été fait. Réessayez plus tard ; la page /status du plugin dit pourquoi aux administrateurs.",
    }

    /// The account in Asterisk may not.
    missing_right(right, line) {
        en: "The account that the plugin has in Asterisk lacks the right {right}. The administrator adds it to the account's {line} line in manager.conf and reloads Asterisk's manager.",
        de: "Dem Konto des Plugins in Asterisk fehlt das Recht {right}. Die Systemadministration fügt es in manager.conf zur Zeile {line} des Kontos hinzu und lädt Asterisks Manager neu.",
        fr: "Il manque au compte du plugin dans Asterisk le droit {right}. L’administrateur l’ajoute à la ligne {line} du compte dans manager.conf et recharge le manager d’Asterisk.",
    }

    /// Asterisk's own words, with their full stop.
    rejected(why) {
        en: "Asterisk refused: {why}",
        de: "Asterisk hat abgelehnt: {why}",
        fr: "Asterisk a refusé : {why}",
    }

    /// It is not known whether it was done.
    no_answer() {
        en: "Asterisk did not answer in time, so it is not known whether it was done. Look before you ask again.",
        de: "Asterisk hat nicht rechtzeitig geantwortet; ob es geschehen ist, ist nicht bekannt. Sehen Sie nach, bevor Sie es noch einmal verlangen.",
        fr: "Asterisk n’a pas répondu à temps ; on ne sait pas si c’est fait. Vérifiez avant de redemander.",
    }

    /// Asterisk has too much to do.
    too_much() {
        en: "Asterisk is asked for too much at this moment. Try again in a moment.",
        de: "Von Asterisk wird im Moment zu viel verlangt. Versuchen Sie es gleich noch einmal.",
        fr: "Asterisk est trop sollicité en ce moment. Réessayez dans un instant.",
    }

    /// What would be sent to Asterisk is not fit.
    unfit(header) {
        en: "What would be sent to Asterisk as {header} is empty, too long, or has a control character in it.",
        de: "Was als {header} an Asterisk ginge, ist leer, zu lang oder hat ein Steuerzeichen.",
        fr: "Ce qui serait envoyé à Asterisk comme {header} est vide, trop long, ou contient un caractère de contrôle.",
    }

    /// The setting has no context.
    wrong_context(context, setting) {
        en: "The context {context} in {setting} is none that Asterisk's dial plan can have.",
        de: "Den Kontext {context} in {setting} kann Asterisks Wählplan nicht haben.",
        fr: "Le contexte {context} dans {setting} ne peut pas exister dans le plan de numérotation d’Asterisk.",
    }

    /// The setting has no place for an extension.
    wrong_interface(setting, place) {
        en: "{setting} has no {place} in it, so nobody can log in to a queue.",
        de: "In {setting} steht kein {place}, deshalb kann sich niemand an einer Warteschlange anmelden.",
        fr: "{setting} ne contient pas {place} ; personne ne peut donc entrer dans une file d’attente.",
    }

    /// Phones' do-not-disturb is not set up.
    dnd_not_set(setting) {
        en: "{setting} is not set, so do-not-disturb of phones is not switched.",
        de: "{setting} ist nicht gesetzt, deshalb wird „Nicht stören“ von Telefonen nicht geschaltet.",
        fr: "{setting} n’est pas renseigné ; le mode « Ne pas déranger » des téléphones n’est donc pas modifié.",
    }
}
