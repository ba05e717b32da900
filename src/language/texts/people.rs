//! What people ask of others' phones and of their own: `/phone status` of one, `/phone dnd`, `/phone notify`.

use crate::language::table::texts;

texts! {
    /// What the account says of itself that speaks to people.
    about_the_bot() {
        en: "Tells you what becomes of your calls.",
        de: "Informiert Sie über Ihre Anrufe.",
        fr: "Vous informe de vos appels.",
    }

    /// The same in a bundle that has video conferences alone.
    about_the_bot_of_conferences() {
        en: "Says who is in a channel's video conference.",
        de: "Sagt, wer in der Videokonferenz eines Kanals ist.",
        fr: "Dit qui est dans la visioconférence d’un canal.",
    }

    /// Somebody, as it is hinted at.
    who_hint() {
        en: "[@user or number]",
        de: "[@Benutzer oder Nummer]",
        fr: "[@utilisateur ou numéro]",
    }

    /// The argument of `/phone status`.
    status_of() {
        en: "Whose phone; everybody's if you do not say",
        de: "Wessen Telefon; ohne Angabe die Telefone aller",
        fr: "De qui ; sans indication, les téléphones de tous",
    }

    /// There is no line of that name or number.
    no_phone_of(who) {
        en: "No phone of {who} is known: neither the board nor the setting `NumbersUsers` has one.",
        de: "Von {who} ist kein Telefon bekannt: Weder die Übersicht noch die Einstellung `NumbersUsers` hat eines.",
        fr: "Aucun téléphone de {who} n’est connu : ni le tableau ni le paramètre `NumbersUsers` n’en a.",
    }

    /// The phone is known by the setting only.
    nothing_reported() {
        en: "nothing was reported yet",
        de: "noch wurde nichts gemeldet",
        fr: "rien n’a encore été signalé",
    }

    /// Somebody's line, and what it is in.
    line(name, state) {
        en: "**{name}**: {state}",
        de: "**{name}**: {state}",
        fr: "**{name}** : {state}",
    }

    /// A call of theirs, and for how long it is so.
    call_since(call, time) {
        en: "- {call}, for {time}",
        de: "- {call}, seit {time}",
        fr: "- {call}, depuis {time}",
    }

    /// When the phone told of its handset, do-not-disturb or the like.
    reported_ago(time) {
        en: "- Last report besides calls: {time} ago.",
        de: "- Letzte Meldung außer zu Anrufen: vor {time}.",
        fr: "- Dernier signal hors appels : il y a {time}.",
    }

    /// Which numbers are theirs.
    numbers(numbers) {
        en: "- Numbers: {numbers}",
        de: "- Nummern: {numbers}",
        fr: "- Numéros : {numbers}",
    }

    /// What they are in a queue.
    queue(queue, state) {
        en: "- Queue {queue}: {state}",
        de: "- Warteschlange {queue}: {state}",
        fr: "- File d’attente {queue} : {state}",
    }

    /// `/phone dnd`.
    dnd() {
        en: "Set do not disturb in the chat, and for your phone where that can be switched",
        de: "„Nicht stören“ im Chat einstellen, und an Ihrem Telefon, wo es sich schalten lässt",
        fr: "Activer « Ne pas déranger » dans la messagerie, et sur votre téléphone s’il peut être commandé",
    }

    /// Its argument, as it is hinted at.
    dnd_hint() {
        en: "[on, off, 30m or until 14:00]",
        de: "[on, off, 30m oder bis 14:00]",
        fr: "[on, off, 30m ou jusqu’à 14:00]",
    }

    /// Its argument.
    dnd_what() {
        en: "on or off, for how long (`30m`, `2h`, `1d`), or until when (`14:00`)",
        de: "on oder off, wie lange (`30m`, `2h`, `1d`) oder bis wann (`14:00`)",
        fr: "on ou off, combien de temps (`30m`, `2h`, `1d`) ou jusqu’à quand (`14:00`)",
    }

    /// Nothing stands behind it.
    dnd_missing() {
        en: "Missing: `on` or `off`, for how long, or until when. For example: `/phone dnd on`, `/phone dnd 30m`, `/phone dnd until 14:00`",
        de: "Bitte angeben: `on` oder `off`, eine Dauer oder eine Uhrzeit. Zum Beispiel: `/phone dnd on`, `/phone dnd 30m`, `/phone dnd until 14:00`",
        fr: "Il manque : `on` ou `off`, combien de temps ou jusqu’à quand. Par exemple : `/phone dnd on`, `/phone dnd 30m`, `/phone dnd until 14:00`",
    }

    /// Something else stands behind it.
    dnd_not_read(what) {
        en: "{what} is no length of time and no time of day. For example: `/phone dnd on`, `/phone dnd off`, `/phone dnd 30m`, `/phone dnd until 14:00`",
        de: "{what} ist weder eine Dauer noch eine Uhrzeit. Zum Beispiel: `/phone dnd on`, `/phone dnd off`, `/phone dnd 30m`, `/phone dnd until 14:00`",
        fr: "{what} n’est ni une durée ni une heure. Par exemple : `/phone dnd on`, `/phone dnd off`, `/phone dnd 30m`, `/phone dnd until 14:00`",
    }

    /// It is too long or too short.
    dnd_out_of_range() {
        en: "It can be set for a time from one minute to seven days, or without an end: `/phone dnd on`",
        de: "Möglich sind eine Minute bis sieben Tage, oder ohne Ende: `/phone dnd on`",
        fr: "La durée va d’une minute à sept jours, ou bien sans fin : `/phone dnd on`",
    }

    /// Nobody knows what clocks show there.
    dnd_no_zone() {
        en: "It is not known what time it is where you are: set your time zone in Mattermost, or say for how long, as `/phone dnd 2h`",
        de: "Es ist nicht bekannt, wie spät es bei Ihnen ist: Stellen Sie in Mattermost Ihre Zeitzone ein, oder sagen Sie, wie lange, etwa `/phone dnd 2h`",
        fr: "L’heure qu’il est chez vous n’est pas connue : réglez votre fuseau horaire dans Mattermost, ou dites combien de temps, comme `/phone dnd 2h`",
    }

    /// The chat's status is this now.
    dnd_on() {
        en: "Your status in the chat is do not disturb.",
        de: "Ihr Status im Chat ist „Nicht stören“.",
        fr: "Votre statut dans la messagerie est « Ne pas déranger ».",
    }

    /// The same until a time.
    dnd_until(until) {
        en: "Your status in the chat is do not disturb {until}.",
        de: "Ihr Status im Chat ist {until} „Nicht stören“.",
        fr: "Votre statut dans la messagerie est « Ne pas déranger » {until}.",
    }

    /// It no longer is.
    dnd_off() {
        en: "Your status in the chat is no longer do not disturb.",
        de: "Ihr Status im Chat ist nicht mehr „Nicht stören“.",
        fr: "Votre statut dans la messagerie n’est plus « Ne pas déranger ».",
    }

    /// It still is, for something else.
    dnd_still_on() {
        en: "Your status in the chat stays do not disturb while a call, a conference or your phone wants that.",
        de: "Ihr Status im Chat bleibt „Nicht stören“, solange ein Gespräch, eine Konferenz oder Ihr Telefon das will.",
        fr: "Votre statut dans la messagerie reste « Ne pas déranger » tant qu’un appel, une conférence ou votre téléphone le veut.",
    }

    /// It was not.
    dnd_not_on() {
        en: "Your status in the chat was not do not disturb.",
        de: "Ihr Status im Chat war nicht „Nicht stören“.",
        fr: "Votre statut dans la messagerie n’était pas « Ne pas déranger ».",
    }

    /// They set it otherwise.
    dnd_other() {
        en: "Your status in the chat is the do not disturb that you chose there: it stays as it is.",
        de: "„Nicht stören“ haben Sie im Chat selbst gewählt: Das bleibt, wie es ist.",
        fr: "Votre statut dans la messagerie est le « Ne pas déranger » que vous y avez choisi : il reste tel quel.",
    }

    /// Another status stands in the way.
    dnd_in_the_way(status) {
        en: "Your status in the chat stays {status}: only the one of somebody who is online is changed.",
        de: "Ihr Status im Chat bleibt {status}: Geändert wird er nur, wenn Sie online sind.",
        fr: "Votre statut dans la messagerie reste {status} : seul celui d’une personne en ligne est changé.",
    }

    /// That status.
    status_away() {
        en: "away",
        de: "„Abwesend“",
        fr: "« Absent »",
    }

    /// That status.
    status_offline() {
        en: "offline",
        de: "„Offline“",
        fr: "« Hors ligne »",
    }

    /// That status.
    status_ooo() {
        en: "out of office",
        de: "„Nicht im Büro“",
        fr: "« Absent du bureau »",
    }

    /// It is done later.
    dnd_pending() {
        en: "Your status in the chat is changed as soon as the server answers.",
        de: "Ihr Status im Chat wird geändert, sobald der Server antwortet.",
        fr: "Votre statut dans la messagerie sera changé dès que le serveur répondra.",
    }

    /// It was not done.
    dnd_failed() {
        en: "Your status in the chat could not be changed: try again.",
        de: "Ihr Status im Chat ließ sich nicht ändern: Versuchen Sie es noch einmal.",
        fr: "Votre statut dans la messagerie n’a pas pu être changé : réessayez.",
    }

    /// The phone is in it.
    phone_on() {
        en: "Your phone refuses calls, too.",
        de: "Ihr Telefon weist Anrufe ebenfalls ab.",
        fr: "Votre téléphone refuse aussi les appels.",
    }

    /// The same until a time.
    phone_until(until) {
        en: "Your phone refuses calls, too, {until}.",
        de: "Ihr Telefon weist {until} ebenfalls Anrufe ab.",
        fr: "Votre téléphone refuse aussi les appels {until}.",
    }

    /// It is no longer in it.
    phone_off() {
        en: "Your phone takes calls.",
        de: "Ihr Telefon nimmt Anrufe an.",
        fr: "Votre téléphone accepte les appels.",
    }

    /// The phone is in it, and its end could not be noted.
    phone_without_end() {
        en: "Your phone refuses calls, too, but it could not be noted until when: end that with `/phone dnd off`.",
        de: "Ihr Telefon weist Anrufe ebenfalls ab, doch bis wann, ließ sich nicht festhalten: Beenden Sie es mit `/phone dnd off`.",
        fr: "Votre téléphone refuse aussi les appels, mais l’heure de fin n’a pas pu être notée : terminez avec `/phone dnd off`.",
    }

    /// The phone is in it, and an end that was set before could not be taken back.
    phone_earlier_end() {
        en: "Your phone refuses calls, too, but an end that was set before could not be taken back: it may take calls again from then on.",
        de: "Ihr Telefon weist Anrufe ebenfalls ab, doch ein früher gesetztes Ende ließ sich nicht zurücknehmen: Von da an nimmt es womöglich wieder Anrufe an.",
        fr: "Votre téléphone refuse aussi les appels, mais une fin fixée auparavant n’a pas pu être annulée : il acceptera peut-être de nouveau les appels à ce moment-là.",
    }

    /// It cannot be switched.
    phone_none() {
        en: "Your phone itself is left as it is: it is none that can be switched from here.",
        de: "Ihr Telefon selbst bleibt, wie es ist: Es lässt sich von hier aus nicht schalten.",
        fr: "Votre téléphone lui-même reste tel quel : il ne peut pas être commandé d’ici.",
    }

    /// It was not switched.
    phone_failed() {
        en: "Your phone could not be switched at this moment.",
        de: "Ihr Telefon ließ sich gerade nicht schalten.",
        fr: "Votre téléphone n’a pas pu être commandé en ce moment.",
    }
}
