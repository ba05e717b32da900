//! `/phone setup`: what to paste into a phone.

use crate::language::table::texts;

texts! {
    /// What the subcommand does.
    setup() {
        en: "Get what to paste into a phone, so that it reports to this server",
        de: "Zeigen, was in ein Telefon einzutragen ist, damit es an diesen Server meldet",
        fr: "Afficher ce qu’il faut saisir dans un téléphone pour qu’il informe ce serveur",
    }

    /// Whose phone, as it is hinted at.
    whose_hint() {
        en: "[@user|all]",
        de: "[@Benutzer|all]",
        fr: "[@utilisateur|all]",
    }

    /// The same in words.
    whose_what() {
        en: "Whose phone: yours if you leave it out; `all` for administrators",
        de: "Wessen Telefon: Ihres, wenn Sie es weglassen; `all` für die Systemadministration",
        fr: "Pour qui : vous-même sans indication ; `all` pour les administrateurs",
    }

    /// Phones on lines of OVH, in a list.
    ovh() {
        en: "Phones on lines of OVH",
        de: "Telefone an Leitungen von OVH",
        fr: "Téléphones sur des lignes OVH",
    }

    /// Whatever else there is, in a list.
    other() {
        en: "Every other phone that can call a URL",
        de: "Jedes andere Telefon, das eine URL aufrufen kann",
        fr: "Tout autre téléphone capable d’appeler une URL",
    }

    /// The same in a heading.
    other_name() {
        en: "Other phones",
        de: "Andere Telefone",
        fr: "Autres téléphones",
    }

    /// An `@` alone is nobody.
    whose(vendor) {
        en: "Whose phone is it? Behind `/phone setup {vendor}` stands `@` and a user name, or `all`; nothing there means your own.",
        de: "Wessen Telefon ist es? Hinter `/phone setup {vendor}` steht `@` und ein Benutzername, oder `all`; steht dort nichts, ist es Ihres.",
        fr: "À qui est le téléphone ? Après `/phone setup {vendor}`, mettez `@` et un nom d’utilisateur, ou `all` ; sans rien, c’est le vôtre.",
    }

    /// What the lines are for: one person's phone.
    person(vendor, name) {
        en: "**{vendor}: the phone of {name}**",
        de: "**{vendor}: das Telefon von {name}**",
        fr: "**{vendor} : le téléphone de {name}**",
    }

    /// The same of everybody's.
    everyone(vendor) {
        en: "**{vendor}: all phones**",
        de: "**{vendor}: alle Telefone**",
        fr: "**{vendor} : tous les téléphones**",
    }

    /// No vendor was named.
    which(list) {
        en: "Which phone is it? Behind `/phone setup` stands one of {list}, for example `/phone setup yealink`.",
        de: "Welches Telefon ist es? Hinter `/phone setup` steht eines von {list}, zum Beispiel `/phone setup yealink`.",
        fr: "De quel téléphone s’agit-il ? Après `/phone setup` vient l’un de {list}, par exemple `/phone setup yealink`.",
    }

    /// Another vendor was named.
    unknown(word, list) {
        en: "There are no lines for {word}. There are those for {list}; `other` is for every phone that can call a URL.",
        de: "Für {word} gibt es keine Zeilen. Es gibt sie für {list}; `other` ist für jedes Telefon, das eine URL aufrufen kann.",
        fr: "Il n’y a pas de lignes pour {word}. Il y en a pour {list} ; `other` vaut pour tout téléphone capable d’appeler une URL.",
    }

    /// Somebody who is no administrator asked for everybody's phones.
    everyone_refused(vendor) {
        en: "The lines for all phones are for administrators. Those for your own phone: `/phone setup {vendor}`.",
        de: "Die Zeilen für alle Telefone sind für die Systemadministration. Die für Ihr eigenes Telefon: `/phone setup {vendor}`.",
        fr: "Les lignes pour tous les téléphones sont réservées aux administrateurs. Celles de votre propre téléphone : `/phone setup {vendor}`.",
    }

    /// Lines for a user name that nobody has.
    nobody(name) {
        en: "Nobody here has the user name {name}. What this phone reports is shown under that name all the same.",
        de: "Hier hat niemand den Benutzernamen {name}. Was dieses Telefon meldet, wird trotzdem unter diesem Namen gezeigt.",
        fr: "Personne ici n’a le nom d’utilisateur {name}. Ce que ce téléphone signale est tout de même montré sous ce nom.",
    }

    /// The server's address is not set, or is none.
    no_site() {
        en: "The lines need the server's address: an administrator has to set the Site URL in the System Console, under Environment, Web Server.",
        de: "Für die Zeilen fehlt die Adresse des Servers: Die Systemadministration muss die Site-URL in der Systemkonsole unter Umgebung, Webserver eintragen.",
        fr: "Il manque l’adresse du serveur : un administrateur doit renseigner l’URL du site dans la console système, sous Environnement, Serveur web.",
    }

    /// The secret is not shown to this reader.
    placeholder() {
        en: "`SECRET` stands for the phones' secret: an administrator puts it in.",
        de: "`SECRET` steht für das Geheimnis der Telefone: Die Systemadministration setzt es ein.",
        fr: "`SECRET` tient la place du secret des téléphones : un administrateur le remplace par le vrai.",
    }

    /// The same where the short one belongs there.
    short_placeholder() {
        en: "`SECRET` stands for the phones' short secret. It is not the one of the settings: this command shows it to administrators, who put it in.",
        de: "`SECRET` steht für das kurze Geheimnis der Telefone. Es ist nicht das der Einstellungen: Dieser Befehl zeigt es der Systemadministration, die es einsetzt.",
        fr: "`SECRET` tient la place du secret court des téléphones. Ce n’est pas celui des paramètres : cette commande le montre aux administrateurs, qui le remplacent par le vrai.",
    }

    /// No secret is set, and an administrator asks.
    no_secret(setting) {
        en: "No secret is set, so every phone is refused. Enter a long random one in the plugin's setting `{setting}`, save, and ask again: it then stands in place of `SECRET`.",
        de: "Es ist kein Geheimnis gesetzt, deshalb wird jedes Telefon abgewiesen. Tragen Sie in der Einstellung `{setting}` des Plugins ein langes zufälliges ein, speichern Sie, und fragen Sie noch einmal: Dann steht es anstelle von `SECRET`.",
        fr: "Aucun secret n’est défini, donc tout téléphone est refusé. Mettez-en un long et aléatoire dans le paramètre `{setting}` du plugin, enregistrez et redemandez : il prend alors la place de `SECRET`.",
    }

    /// The lines hold a secret.
    keep_secret() {
        en: "These lines hold a secret of the phones: pass them on to nobody who may not have it.",
        de: "Diese Zeilen enthalten ein Geheimnis der Telefone: Geben Sie sie niemandem, der es nicht haben darf.",
        fr: "Ces lignes contiennent un secret des téléphones : ne les transmettez qu’à ceux qui ont le droit de le connaître.",
    }

    /// For one person: what else an administrator does.
    own_number(name) {
        en: "Enter the phone's number in the plugin's setting *Numbers and users* as well, for example `100:{name}`: then others read the name when this phone calls them.",
        de: "Tragen Sie die Nummer des Telefons auch in die Einstellung *Numbers and users* des Plugins ein, zum Beispiel `100:{name}`: Dann lesen andere den Namen, wenn dieses Telefon sie anruft.",
        fr: "Mettez aussi le numéro du téléphone dans le paramètre *Numbers and users* du plugin, par exemple `100:{name}` : les autres lisent alors le nom quand ce téléphone les appelle.",
    }

    /// For everybody: where the names come from.
    numbers() {
        en: "The phone puts in its own number. Whose that is stands in the plugin's setting *Numbers and users*, for example `100:bob`.",
        de: "Das Telefon setzt seine eigene Nummer ein. Wem sie gehört, steht in der Einstellung *Numbers and users* des Plugins, zum Beispiel `100:bob`.",
        fr: "Le téléphone met son propre numéro. À qui il appartient se lit dans le paramètre *Numbers and users* du plugin, par exemple `100:bob`.",
    }

    /// Where the URLs have the phone's MAC address: what that is good for.
    numbers_or_mac() {
        en: "The phone sends its MAC address as well, which counts where it has no number to put in. That may stand there, too, for example `001565abcdef:bob`.",
        de: "Das Telefon sendet auch seine MAC-Adresse. Sie zählt, wo es keine Nummer einzusetzen hat, und darf ebenfalls dort stehen, zum Beispiel `001565abcdef:bob`.",
        fr: "Le téléphone envoie aussi son adresse MAC, qui compte là où il n’a pas de numéro à mettre. Elle peut y figurer aussi, par exemple `001565abcdef:bob`.",
    }

    /// A person's name does not fit.
    name_too_long(name, limit) {
        en: "With the name {name} the lines would have more than {limit} characters, so the phone puts in its own number: enter whose it is in the plugin's setting *Numbers and users*.",
        de: "Mit dem Namen {name} hätten die Zeilen mehr als {limit} Zeichen, deshalb setzt das Telefon seine eigene Nummer ein: Tragen Sie in der Einstellung *Numbers and users* des Plugins ein, wem sie gehört.",
        fr: "Avec le nom {name}, les lignes auraient plus de {limit} caractères ; le téléphone met donc son propre numéro : indiquez à qui il appartient dans le paramètre *Numbers and users* du plugin.",
    }

    /// The host's name does not fit.
    host_too_long(host, limit, room) {
        en: "With {host} the URLs would have more characters than the {limit} that are safe here. Give the server another name in DNS (and in its certificate) that has at most {room} characters, its port included, and put that in place of `HOST`.",
        de: "Mit {host} hätten die URLs mehr Zeichen als die {limit}, die hier sicher sind. Geben Sie dem Server im DNS (und in seinem Zertifikat) noch einen Namen, der mit dem Port höchstens {room} Zeichen hat, und setzen Sie ihn anstelle von `HOST` ein.",
        fr: "Avec {host}, les URL auraient plus de caractères que les {limit} qui sont sûrs ici. Donnez au serveur un autre nom dans le DNS (et dans son certificat), de {room} caractères au plus avec le port, et mettez-le à la place de `HOST`.",
    }

    /// Nor does any other.
    nothing_fits(limit) {
        en: "The server's address is so long that no URL fits into the {limit} characters that are safe here. Give the server another address, in DNS and in its reverse proxy: a short name, and a short path or none.",
        de: "Die Adresse des Servers ist so lang, dass keine URL in die {limit} Zeichen passt, die hier sicher sind. Geben Sie dem Server im DNS und in seinem Reverse-Proxy noch eine Adresse: einen kurzen Namen und einen kurzen Pfad oder keinen.",
        fr: "L’adresse du serveur est si longue qu’aucune URL ne tient dans les {limit} caractères qui sont sûrs ici. Donnez au serveur une autre adresse, dans le DNS et dans son reverse proxy : un nom court, et un chemin court ou aucun.",
    }

    /// How to see whether it works.
    check() {
        en: "To see what arrives from your phone, use `/phone test`.",
        de: "Was von Ihrem Telefon ankommt, zeigt `/phone test`.",
        fr: "Pour voir ce qui arrive de votre téléphone, utilisez `/phone test`.",
    }

    /// Not every line is needed.
    leave_out() {
        en: "Take the lines you want, and those that the phone has. What a phone does not report is not shown.",
        de: "Nehmen Sie die Zeilen, die Sie wollen und die das Telefon hat. Was ein Telefon nicht meldet, wird nicht gezeigt.",
        fr: "Prenez les lignes que vous voulez et que le téléphone connaît. Ce qu’un téléphone ne signale pas n’est pas montré.",
    }

    /// Not every phone's events have an id of the call.
    no_call_id() {
        en: "Not all firmware fills in `$call-id`. Where it stays as it is, two calls from one number at the same time count as one.",
        de: "Nicht jede Firmware füllt `$call-id` aus. Wo es stehen bleibt, zählen zwei Anrufe von einer Nummer zur selben Zeit als einer.",
        fr: "Tous les firmwares ne remplissent pas `$call-id`. S’il reste tel quel, deux appels simultanés du même numéro comptent pour un seul.",
    }

    /// Where Yealink's lines go.
    yealink_lines() {
        en: "For the provisioning file; on the phone's page the same URLs go under Features, Action URL. Phones of Sangoma, ClearlyIP and Akuvox have the same variables:",
        de: "Für die Provisionierungsdatei; auf der Seite des Telefons gehören dieselben URLs unter Features, Action URL. Telefone von Sangoma, ClearlyIP und Akuvox haben dieselben Variablen:",
        fr: "Pour le fichier de provisionnement ; sur la page du téléphone, les mêmes URL vont sous Features, Action URL. Les téléphones de Sangoma, ClearlyIP et Akuvox ont les mêmes variables :",
    }

    /// A line of Yealink's that is not used.
    yealink_canceled() {
        en: "Leave `action_url.call_remote_canceled` empty: `action_url.missed_call` tells the same.",
        de: "Lassen Sie `action_url.call_remote_canceled` leer: `action_url.missed_call` sagt dasselbe.",
        fr: "Laissez `action_url.call_remote_canceled` vide : `action_url.missed_call` dit la même chose.",
    }

    /// Where Snom's URLs go.
    snom_page() {
        en: "On the phone's page, under Setup, Action URL Settings:",
        de: "Auf der Seite des Telefons, unter Setup, Action URL Settings:",
        fr: "Sur la page du téléphone, sous Setup, Action URL Settings :",
    }

    /// The same as a file.
    snom_file() {
        en: "Or in the provisioning file:",
        de: "Oder in der Provisionierungsdatei:",
        fr: "Ou dans le fichier de provisionnement :",
    }

    /// Snom's two sides.
    snom_remote() {
        en: "On some firmware `$remote` is the caller, on other the other side, so some lines send both sides. The phone's own number is told apart by `$active_user`, or by the plugin's setting *Numbers and users*.",
        de: "Bei mancher Firmware ist `$remote` der Anrufer, bei anderer die Gegenseite. Deshalb senden einige Zeilen beide Seiten. Die eigene Nummer des Telefons wird an `$active_user` oder an der Einstellung *Numbers and users* des Plugins erkannt.",
        fr: "Selon le firmware, `$remote` est l’appelant ou l’autre partie ; certaines lignes envoient donc les deux. Le numéro du téléphone lui-même se reconnaît à `$active_user` ou au paramètre *Numbers and users* du plugin.",
    }

    /// Snom's variables that stay as they are.
    snom_unfilled() {
        en: "Some variables are not filled in on some events. A variable that is not counts as empty.",
        de: "Manche Variablen werden bei manchen Ereignissen nicht ausgefüllt. Eine solche Variable zählt als leer.",
        fr: "Certaines variables ne sont pas remplies lors de certains événements. Une telle variable compte comme vide.",
    }

    /// Where Grandstream's URLs go.
    grandstream_page() {
        en: "On the phone's page, under Settings, Outbound Notification, Action URL:",
        de: "Auf der Seite des Telefons, unter Settings, Outbound Notification, Action URL:",
        fr: "Sur la page du téléphone, sous Settings, Outbound Notification, Action URL :",
    }

    /// The same as a file.
    grandstream_file() {
        en: "Or in the provisioning file:",
        de: "Oder in der Provisionierungsdatei:",
        fr: "Ou dans le fichier de provisionnement :",
    }

    /// The GRP261x's other way.
    grandstream_notification() {
        en: "Or, on a GRP261x, by its outbound notification, which has other variables:",
        de: "Oder, bei einem GRP261x, mit dessen Outbound Notification, die andere Variablen hat:",
        fr: "Ou, sur un GRP261x, par sa notification sortante, qui a d’autres variables :",
    }

    /// Where Mitel's lines go.
    mitel_lines() {
        en: "For the configuration file (`startup.cfg`, on older phones `aastra.cfg`, or the file of one phone); on the phone's page the same URLs go under Advanced Settings, Action URI. These phones take 128 characters, so the URLs are in their short form:",
        de: "Für die Konfigurationsdatei (`startup.cfg`, bei älteren Telefonen `aastra.cfg`, oder die Datei eines Telefons); auf der Seite des Telefons gehören dieselben URLs unter Advanced Settings, Action URI. Diese Telefone nehmen 128 Zeichen, deshalb haben die URLs ihre kurze Form:",
        fr: "Pour le fichier de configuration (`startup.cfg`, sur les téléphones plus anciens `aastra.cfg`, ou le fichier d’un téléphone) ; sur la page du téléphone, les mêmes URL vont sous Advanced Settings, Action URI. Ces téléphones acceptent 128 caractères, d’où la forme courte des URL :",
    }

    /// The lines in which Mitel's phones do not say whose they are.
    mitel_nameless() {
        en: "At these three events the phones do not know their user, but they name their MAC address: enter whose phone that is in the plugin's setting *Numbers and users*, for example `00085dabcdef:bob`, beside the number of the phone. Or have a provisioning server write each phone's user in place of `$$SIPUSERNAME$$`:",
        de: "Bei diesen drei Ereignissen kennen die Telefone ihren Benutzer nicht, nennen aber ihre MAC-Adresse: Tragen Sie in der Einstellung *Numbers and users* des Plugins ein, wessen Telefon das ist, zum Beispiel `00085dabcdef:bob`, neben der Nummer des Telefons. Oder lassen Sie einen Provisionierungsserver anstelle von `$$SIPUSERNAME$$` den Benutzer jedes Telefons einsetzen:",
        fr: "Lors de ces trois événements, les téléphones ne connaissent pas leur utilisateur, mais donnent leur adresse MAC : indiquez de qui est ce téléphone dans le paramètre *Numbers and users* du plugin, par exemple `00085dabcdef:bob`, à côté du numéro du téléphone. Ou bien un serveur de provisionnement met l’utilisateur de chaque téléphone à la place de `$$SIPUSERNAME$$` :",
    }

    /// What Mitel's phones do not tell, and what they tell at a call's end.
    mitel_missed() {
        en: "Missed calls are recognised by their end (`disconnected`). These phones do not tell of do not disturb, nor which call an event belongs to.",
        de: "Verpasste Anrufe werden an ihrem Ende erkannt (`disconnected`). Diese Telefone melden weder „Nicht stören“ noch, zu welchem Anruf ein Ereignis gehört.",
        fr: "Les appels manqués se reconnaissent à leur fin (`disconnected`). Ces téléphones ne signalent ni le mode « ne pas déranger », ni à quel appel appartient un événement.",
    }

    /// Where Polycom's settings go.
    polycom_file() {
        en: "For the provisioning file, or by the phone's page under Utilities, Import & Export Configuration:",
        de: "Für die Provisionierungsdatei, oder über die Seite des Telefons unter Utilities, Import & Export Configuration:",
        fr: "Pour le fichier de provisionnement, ou par la page du téléphone sous Utilities, Import & Export Configuration :",
    }

    /// Whose phone it is, where there is only its address.
    polycom_mac() {
        en: "Off-hook and on-hook carry nothing but the phone's MAC address. Enter whose phone that is in the plugin's setting *Numbers and users*, for example `0004f2abcdef:bob`, beside the number of the phone.",
        de: "Abheben und Auflegen übermitteln nur die MAC-Adresse des Telefons. Tragen Sie in der Einstellung *Numbers and users* des Plugins ein, wessen Telefon das ist, zum Beispiel `0004f2abcdef:bob`, neben der Nummer des Telefons.",
        fr: "Le décroché et le raccroché ne transmettent que l’adresse MAC du téléphone. Indiquez de qui est ce téléphone dans le paramètre *Numbers and users* du plugin, par exemple `0004f2abcdef:bob`, à côté du numéro du téléphone.",
    }

    /// Old firmware.
    polycom_older() {
        en: "Firmware that knows no `apps.telNotification.callStateChangeEvent` tells of calls by `apps.telNotification.incomingEvent` and `apps.telNotification.outgoingEvent`. Switch on the one or the two, not all three: each of them would tell of the same call.",
        de: "Firmware, die kein `apps.telNotification.callStateChangeEvent` kennt, meldet Anrufe mit `apps.telNotification.incomingEvent` und `apps.telNotification.outgoingEvent`. Schalten Sie entweder das eine oder die beiden ein, nicht alle drei: Jedes würde denselben Anruf melden.",
        fr: "Un firmware qui ne connaît pas `apps.telNotification.callStateChangeEvent` signale les appels par `apps.telNotification.incomingEvent` et `apps.telNotification.outgoingEvent`. Activez le premier ou les deux autres, pas les trois : chacun signalerait le même appel.",
    }

    /// Asterisk by AMI.
    asterisk_account() {
        en: "Best by AMI: the plugin then sees all extensions and queues, and no phone needs a URL. An account in `manager.conf` (on FreePBX in `manager_custom.conf`), with a secret of its own, and then the Asterisk settings of the plugin:",
        de: "Am besten mit AMI: Dann sieht das Plugin alle Nebenstellen und Warteschlangen, und kein Telefon braucht eine URL. Ein Konto in `manager.conf` (bei FreePBX in `manager_custom.conf`) mit einem eigenen Geheimnis, und dann die Asterisk-Einstellungen des Plugins:",
        fr: "Le mieux est d’utiliser AMI : le plugin voit alors tous les postes et toutes les files, et aucun téléphone n’a besoin d’URL. Un compte dans `manager.conf` (sur FreePBX dans `manager_custom.conf`), avec son propre secret, puis les paramètres Asterisk du plugin :",
    }

    /// Asterisk by its dial plan.
    asterisk_routine() {
        en: "Without AMI, by the dial plan. Once, in `extensions.conf`:",
        de: "Ohne AMI, mit dem Wählplan. Einmal, in `extensions.conf`:",
        fr: "Sans AMI, par le plan de numérotation. Une fois, dans `extensions.conf` :",
    }

    /// Around a call to an extension.
    asterisk_incoming() {
        en: "Where an extension is called, before its `Dial`, whose options get `U(switchboard)` added:",
        de: "Wo eine Nebenstelle angerufen wird, vor ihrem `Dial`, zu dessen Optionen `U(switchboard)` kommt:",
        fr: "Là où un poste est appelé, avant son `Dial`, dont les options reçoivent `U(switchboard)` :",
    }

    /// Around a call from an extension.
    asterisk_outgoing() {
        en: "Where an extension calls outside, in the same way:",
        de: "Wo eine Nebenstelle nach außen anruft, auf dieselbe Weise:",
        fr: "Là où un poste appelle l’extérieur, de la même manière :",
    }

    /// What the dial plan needs.
    asterisk_curl() {
        en: "Asterisk needs its module `func_curl` for that. A call waits for each of these URLs, two seconds at most.",
        de: "Asterisk braucht dafür sein Modul `func_curl`. Ein Anruf wartet auf jede dieser URLs, höchstens zwei Sekunden.",
        fr: "Asterisk a besoin pour cela de son module `func_curl`. Un appel attend chacune de ces URL, deux secondes au plus.",
    }

    /// FreePBX writes its dial plan itself.
    asterisk_freepbx() {
        en: "FreePBX writes its dial plan itself and keeps only what stands in files such as `extensions_custom.conf`: take AMI there.",
        de: "FreePBX schreibt seinen Wählplan selbst und behält nur, was in Dateien wie `extensions_custom.conf` steht: Nehmen Sie dort AMI.",
        fr: "FreePBX écrit lui-même son plan de numérotation et ne garde que ce qui se trouve dans des fichiers comme `extensions_custom.conf` : utilisez AMI dans ce cas.",
    }

    /// What an OVH line's phone can tell.
    ovh_phone() {
        en: "A line of OVH says nothing to this plugin by itself: the phone on it does. A Yealink, a Snom or another phone whose settings are yours takes the lines of its vendor, for example `/phone setup yealink`. Where OVH provisions the phone, its settings may not be yours to change.",
        de: "Eine Leitung von OVH sagt diesem Plugin von sich aus nichts: Das tut das Telefon daran. Ein Yealink, ein Snom oder ein anderes Telefon, das Sie selbst einstellen, nimmt die Zeilen seines Herstellers, zum Beispiel `/phone setup yealink`. Wo OVH das Telefon provisioniert, lassen sich seine Einstellungen vielleicht nicht ändern.",
        fr: "Une ligne OVH ne dit rien d’elle-même à ce plugin : c’est le téléphone qui le fait. Un Yealink, un Snom ou un autre téléphone que vous réglez vous-même prend les lignes de son fabricant, par exemple `/phone setup yealink`. Si OVH provisionne le téléphone, ses réglages peuvent ne pas être modifiables.",
    }

    /// What an Asterisk on an OVH line does.
    ovh_asterisk() {
        en: "With an Asterisk or FreePBX on OVH's trunk, see `/phone setup asterisk`.",
        de: "Mit einem Asterisk oder FreePBX an einem Trunk von OVH: siehe `/phone setup asterisk`.",
        fr: "Avec un Asterisk ou un FreePBX sur un trunk OVH, voyez `/phone setup asterisk`.",
    }

    /// URLs for whatever phone.
    other_lines() {
        en: "A URL for each event:",
        de: "Eine URL für jedes Ereignis:",
        fr: "Une URL pour chaque événement :",
    }

    /// What is to be put in.
    other_variables() {
        en: "Put the phone's own variables in place of what stands in angle brackets: the other side's number, the call's id, the phone's user. Leave out the parameters for which it has none.",
        de: "Setzen Sie anstelle dessen, was in spitzen Klammern steht, die Variablen des Telefons ein: die Nummer der Gegenseite, die Kennung des Anrufs, den Benutzer des Telefons. Lassen Sie die Parameter weg, für die es keine hat.",
        fr: "Remplacez ce qui est entre chevrons par les variables du téléphone : le numéro de l’autre partie, l’identifiant de l’appel, l’utilisateur du téléphone. Omettez les paramètres pour lesquels il n’en a pas.",
    }
}
