//! Numbers that people link themselves: the settings in force have them, too, and admins decide about them with buttons.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::{App, BoardHandle, Clock, lock};
use crate::board::{Event, Source};
use crate::calls::{Calls, Denied, Target};
use crate::config::{Config, NumbersUsers, PhoneLinks};
use crate::host::{Button, Host, HostErrorKind, Message, Person, PostId, UserId};
use crate::language::Language;
use crate::language::texts::links as texts;
use crate::messages::{Kept, Messenger};
use crate::node::LINKS_EVENT;
use crate::number::Plan;
use crate::people::{Asked, CodesShown, InForce, Links, NotLinked, fold};
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;
use crate::tasks;
use crate::text::markdown;

/// Where the buttons of the messages to admins lead, relative to the plugin.
pub(crate) const BUTTON_PATH: &str = "api/v1/buttons/link";

/// What a button brings along: who asked.
pub(crate) const USER: &str = "user";

/// What a button brings along: what it decides about.
pub(crate) const TOKEN: &str = "token";

/// What a button brings along: [`APPROVE`], or anything else.
pub(crate) const DECISION: &str = "decision";

/// See [`DECISION`].
pub(crate) const APPROVE: &str = "approve";

/// The most admins who are asked.
pub(crate) const MAX_ADMINS: u32 = 20;

/// How many of their messages are made or changed at once.
const MAX_PARALLEL: usize = 8;

/// What became of the wish for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linking {
    /// The number is theirs.
    Linked,
    /// It rings and shows a code.
    CodeShown,
    /// Admins were asked.
    AdminsAsked,
}

/// Why nothing became of it.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// The admin does not let people link numbers.
    Off,
    /// It cannot be linked.
    Not(NotLinked),
    /// It cannot be called.
    Denied(Denied),
    /// No admin could be asked.
    NobodyAsked,
}

impl From<NotLinked> for LinkError {
    fn from(why: NotLinked) -> Self {
        Self::Not(why)
    }
}

/// Links and the messages about them.
#[derive(Debug)]
pub(super) struct Desk<H> {
    links: Links<H>,
    messenger: Arc<Messenger<H>>,
    /// The messenger waits by it.
    stopping: watch::Sender<bool>,
}

impl<H: Host> Desk<H> {
    pub(super) fn start(host: &Arc<H>, clock: Clock, codes: Arc<CodesShown>) -> Self {
        let stopping = watch::Sender::new(false);
        let messenger = Messenger::new(Arc::clone(host), stopping.subscribe());
        Self {
            links: Links::start(Arc::clone(host), clock, codes),
            messenger: Arc::new(messenger),
            stopping,
        }
    }

    pub(super) fn links(&self) -> &Links<H> {
        &self.links
    }

    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

/// The settings in force: those that the admin made, with the numbers that people linked. This is the one place where the two meet.
pub(super) struct Settings<H> {
    /// What the admin set.
    set: Mutex<Arc<Config>>,
    /// That with the links.
    in_force: Arc<RwLock<Arc<Config>>>,
    links: watch::Receiver<InForce>,
    asterisk: Arc<Asterisk>,
    ovh: Arc<Ovh>,
    calls: Arc<Calls<H, Asterisk>>,
    board: BoardHandle,
    clock: Clock,
    /// Whether this node talks to telephone systems, and tells the board of what the settings change.
    active: bool,
}

impl<H: Host> Settings<H> {
    pub(super) fn new(
        in_force: &Arc<RwLock<Arc<Config>>>,
        links: watch::Receiver<InForce>,
        (asterisk, ovh): (&Arc<Asterisk>, &Arc<Ovh>),
        calls: &Arc<Calls<H, Asterisk>>,
        (board, clock): (&BoardHandle, Clock),
        active: bool,
    ) -> Self {
        let in_force = Arc::clone(in_force);
        let set = {
            let config = in_force.read().unwrap_or_else(PoisonError::into_inner);
            Mutex::new(Arc::clone(&config))
        };
        Self {
            set,
            in_force,
            links,
            asterisk: Arc::clone(asterisk),
            ovh: Arc::clone(ovh),
            calls: Arc::clone(calls),
            board: board.clone(),
            clock,
            active,
        }
    }

    /// Takes what the admin set. Answers what was in force before and what is now, or nothing where that is the same, unless they are
    /// the first settings.
    pub(super) fn set(
        &self,
        config: Arc<Config>,
        first: bool,
    ) -> Option<(Arc<Config>, Arc<Config>)> {
        let mut set = lock(&self.set);
        if **set == *config && !first {
            return None;
        }
        *set = config;
        Some(self.bring(&set))
    }

    /// Brings links into force as they change, until nobody changes them any more.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut links = self.links.clone();
        while links.changed().await.is_ok() {
            self.bring(&lock(&self.set));
        }
    }

    /// The caller holds the lock, so that of two the later one holds everywhere.
    fn bring(&self, set: &Arc<Config>) -> (Arc<Config>, Arc<Config>) {
        let links = Arc::clone(&self.links.borrow());
        let config = match links.is_empty() {
            true => Arc::clone(set),
            false => Arc::new(with_links(set, &links)),
        };
        let before = {
            let mut in_force = self
                .in_force
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *in_force, Arc::clone(&config))
        };
        if !self.active {
            return (before, config);
        }
        let (asterisk, rules) = config.asterisk.clone().unzip();
        self.asterisk.configure(asterisk);
        self.ovh.configure(config.ovh.clone());
        self.calls.configure(rules);
        if before.numbers_users != config.numbers_users {
            let numbers = (before.numbers_users.clone(), config.numbers_users.clone());
            tasks::spawn(forget_lines(self.board.clone(), self.clock, numbers));
        }
        (before, config)
    }
}

/// Has the other nodes of a cluster read links again whenever they changed.
pub(super) async fn tell_others<H: Host>(host: Arc<H>, mut links: watch::Receiver<InForce>) {
    while links.changed().await.is_ok() {
        if let Err(error) = host.tell(LINKS_EVENT, Vec::new()).await {
            tracing::debug!(%error, "other nodes were not told of numbers that people linked");
        }
    }
}

/// Takes from the board what phones told of lines that they tell of under another name from now on: how their calls end is never told
/// of under the name that these have there. Asterisk's source does so itself.
async fn forget_lines(
    board: BoardHandle,
    clock: Clock,
    (before, now): (NumbersUsers, NumbersUsers),
) {
    let Ok(snapshot) = board.snapshot().await else {
        return; // The plugin is stopping.
    };
    let lost = before.who_lost(&now);
    for line in &snapshot.lines {
        let user = &line.user;
        // A number that was nobody's was its own name.
        let found = now.user(user).filter(|owner| *owner != user);
        if lost.contains(user) || (found.is_some() && before.user(user) != found) {
            let event = Event::Gone {
                source: Source::Phone,
                user: Arc::clone(user),
            };
            if board.submit(event, clock()).await.is_err() {
                return;
            }
        }
    }
}

fn with_links(set: &Config, links: &InForce) -> Config {
    let links = links.iter().map(|(number, name)| (&**number, &**name));
    let numbers = set.numbers_users.and(links);
    let mut config = set.clone();
    if let Some((settings, rules)) = &mut config.asterisk {
        settings.numbers = numbers.clone();
        rules.numbers = numbers.clone();
    }
    if let Some(settings) = &mut config.ovh {
        settings.numbers = numbers.clone();
    }
    config.numbers_users = numbers;
    config
}

impl<H: Host> App<H> {
    /// Numbers that people linked.
    pub(crate) fn links(&self) -> &Links<H> {
        self.desk.links()
    }

    pub(super) fn configure_links(&self, config: &Config) {
        self.links()
            .configure(config.phone_links != PhoneLinks::Off);
    }

    /// Somebody says that a number is theirs.
    pub(crate) async fn link(&self, person: &Person, number: &str) -> Result<Linking, LinkError> {
        let config = self.config();
        let numbers = &config.numbers_users;
        match config.phone_links {
            PhoneLinks::Off => Err(LinkError::Off),
            // Who may enter it in the settings needs nobody's leave.
            PhoneLinks::Admin if person.admin => {
                self.links().add(person, number, numbers).await?;
                Ok(Linking::Linked)
            }
            PhoneLinks::Admin => self.ask_admins(person, number).await,
            PhoneLinks::Call => {
                // What rings is what is linked: both are read once, and by whoever dials.
                let target = target(number, numbers.plan(), |text| self.calls.number(text))?;
                let code = self.links().ask_code(person, &target.number, numbers);
                let code = code.await?;
                if let Err(denied) = self.calls.announce(&target, code).await {
                    // Where that is not stored, a code waits that nobody was shown.
                    let _ = self.links().withdraw(&person.id).await;
                    return Err(LinkError::Denied(denied));
                }
                Ok(Linking::CodeShown)
            }
        }
    }

    /// Somebody gives the code that their number showed. Answers the number.
    pub(crate) async fn confirm_link(
        &self,
        person: &Person,
        code: &str,
    ) -> Result<String, LinkError> {
        let config = self.config();
        if config.phone_links != PhoneLinks::Call {
            return Err(LinkError::Off);
        }
        let numbers = &config.numbers_users;
        Ok(self.links().confirm(person, code, numbers).await?)
    }

    /// Whether a number is theirs, by the settings or as they linked it.
    pub(crate) fn has_number(&self, person: &Person, number: &str) -> bool {
        let config = self.config();
        let numbers = &config.numbers_users;
        let user = numbers.user(number);
        user.is_some_and(|user| fold(user) == fold(&person.username))
            || self.links().is_link(&person.id, number, numbers.plan())
    }

    async fn ask_admins(&self, person: &Person, number: &str) -> Result<Linking, LinkError> {
        let config = self.config();
        let (token, before) = self
            .links()
            .ask_admin(person, number, &config.numbers_users)
            .await?;
        if let Some(before) = before {
            self.tell_admins(person, before, withdrawn);
        }
        let admins = match self.host.administrators(MAX_ADMINS).await {
            Ok(admins) => admins,
            Err(error) => {
                tracing::warn!(%error, "the administrators cannot be found whom somebody asks for a number");
                Vec::new()
            }
        };
        let (token, messenger) = (&token, &self.desk.messenger);
        let told = stream::iter(admins).map(|admin| async move {
            let message = question(person, number, token, admin.language);
            let mut kept = Kept::default();
            match messenger.bring(&admin.id, &mut kept, message).await {
                Ok(post) => Some((admin.id, post)),
                Err(error) => {
                    tracing::warn!(%error, "an administrator cannot be asked about somebody's number");
                    None
                }
            }
        });
        let told: Vec<_> = told.buffer_unordered(MAX_PARALLEL).collect().await;
        let told: Vec<(UserId, PostId)> = told.into_iter().flatten().collect();
        if told.is_empty() {
            self.links().withdraw(&person.id).await?;
            return Err(LinkError::NobodyAsked);
        }
        self.links().told_admins(&person.id, token, &told).await?;
        Ok(Linking::AdminsAsked)
    }

    /// Somebody takes a number back; an admin, anybody's. Answers whether there was anything to take back.
    pub(crate) async fn unlink(&self, person: &Person, number: &str) -> Result<bool, NotLinked> {
        let plan = *self.config().numbers_users.plan();
        let own = self.links().is_link(&person.id, number, &plan);
        let anybodys = person.admin && !own;
        let links = self.links();
        let (removed, asked) = links.remove(&person.id, number, anybodys, &plan).await?;
        let was_asked = asked.is_some();
        if let Some(asked) = asked {
            self.tell_admins(person, asked, withdrawn);
        }
        Ok(removed || was_asked)
    }

    /// A button under a message to an admin was pressed, as far as is known. Answers what whoever pressed it reads, as Markdown.
    pub(crate) async fn decide_link(
        &self,
        admin: &Person,
        user: &str,
        token: &str,
        approved: bool,
    ) -> Option<String> {
        let language = admin.language;
        if !admin.admin || admin.deactivated {
            return Some(texts::admins_only(language));
        }
        let user = UserId::from(user);
        let person = match self.host.person(&user).await {
            Ok(person) => person,
            Err(error) if error.kind == HostErrorKind::NotFound => {
                return Some(texts::decided(language));
            }
            Err(error) => {
                tracing::warn!(%error, "it cannot be found out who asked for a number");
                return Some(texts::not_stored(language));
            }
        };
        let config = self.config();
        let is_off = config.phone_links == PhoneLinks::Off && approved;
        let asked = match self.links().decide(&user, token, approved && !is_off).await {
            Ok(asked) => asked,
            Err(NotLinked::NotStored(error)) => {
                tracing::warn!(%error, "what was decided about a number cannot be stored");
                return Some(texts::not_stored(language));
            }
            Err(_) => return Some(texts::decided(language)),
        };
        let number = asked.number.clone();
        if is_off {
            self.tell_admins(&person, asked, withdrawn);
            return Some(texts::off(language));
        }
        if approved {
            let added = self
                .links()
                .add(&person, &number, &config.numbers_users)
                .await;
            let why = match added {
                // It was linked when the button was pressed before, and what follows here failed.
                Ok(()) | Err(NotLinked::Own) => None,
                // The button can be pressed again.
                Err(why @ NotLinked::NotStored(_)) => {
                    return Some(not_linked(&why, &number, language));
                }
                Err(why) => Some(why),
            };
            match self.links().decided(&user, token).await {
                Ok(true) => {}
                Ok(false) => return Some(texts::decided(language)),
                Err(error) => tracing::info!(
                    ?error,
                    "what was decided about a number can be pressed once more"
                ),
            }
            if let Some(why) = why {
                self.tell_admins(&person, asked, withdrawn);
                self.tell_asker(&person, not_linked(&why, &number, person.language));
                return Some(not_linked(&why, &number, language));
            }
        }
        let by = Arc::clone(&admin.username);
        self.tell_admins(
            &person,
            asked,
            move |language, user, number| match approved {
                true => texts::was_approved(language, user, number, &by),
                false => texts::was_refused(language, user, number, &by),
            },
        );
        let number = markdown(&number).into_owned();
        let said = match approved {
            true => texts::you_have_it(person.language, number),
            false => texts::you_do_not_have_it(person.language, number),
        };
        self.tell_asker(&person, said);
        None
    }

    /// Tells whoever asked for a number how that went.
    fn tell_asker(&self, person: &Person, said: String) {
        let (messenger, user) = (Arc::clone(&self.desk.messenger), person.id.clone());
        tasks::spawn(async move { messenger.say(&user, Message::from(said)).await });
    }

    /// Has the messages to admins say how it went, without buttons.
    fn tell_admins(
        &self,
        person: &Person,
        asked: Asked,
        words: impl Fn(Language, &str, &str) -> String + Send + Sync + 'static,
    ) {
        let (host, messenger) = (Arc::clone(&self.host), Arc::clone(&self.desk.messenger));
        let user = Arc::clone(&person.username);
        tasks::spawn(async move {
            let number = markdown(&asked.number).into_owned();
            for (admin, post) in asked.posts {
                let language = host.person(&admin).await.map(|admin| admin.language);
                let text = words(language.unwrap_or_default(), &user, &number);
                let mut kept = Kept::of(post);
                let mut said = messenger
                    .bring(&admin, &mut kept, text.clone().into())
                    .await;
                if said
                    .as_ref()
                    .is_err_and(crate::host::HostError::is_transient)
                {
                    messenger.pause(Duration::from_secs(5)).await;
                    said = messenger.bring(&admin, &mut kept, text.into()).await;
                }
                if let Err(error) = said {
                    // Its buttons say that it is decided.
                    tracing::info!(%error, "a message about somebody's number stays as it is");
                }
            }
        });
    }
}

/// What `dialled` makes of a number, where it is the number that numbers are compared by as well.
fn target(
    text: &str,
    plan: &Plan,
    dialled: impl FnOnce(&str) -> Result<Target, Denied>,
) -> Result<Target, LinkError> {
    let read = plan.read(text).ok_or(NotLinked::NoNumber)?;
    let target = dialled(text).map_err(LinkError::Denied)?;
    match plan.read(&target.number) {
        Some(own) if own.same(&read) => Ok(target),
        _ => Err(NotLinked::NoNumber.into()),
    }
}

fn withdrawn(language: Language, user: &str, number: &str) -> String {
    texts::was_withdrawn(language, user, number)
}

/// What an admin is asked.
fn question(person: &Person, number: &str, token: &str, language: Language) -> Message {
    let button = |id, name, decision: &str, primary| Button {
        id,
        name,
        primary,
        path: BUTTON_PATH,
        context: BTreeMap::from([
            (USER, person.id.as_str().to_owned()),
            (TOKEN, token.to_owned()),
            (DECISION, decision.to_owned()),
        ]),
    };
    Message {
        text: texts::asks(language, &person.username, markdown(number)),
        buttons: vec![
            button("approve", texts::approve(language), APPROVE, true),
            button("refuse", texts::refuse(language), "refuse", false),
        ],
    }
}

/// Why a number is not linked, in a sentence.
pub(crate) fn not_linked(why: &NotLinked, number: &str, language: Language) -> String {
    use crate::people::MAX_OWN_LINKS;
    let number = markdown(number);
    match why {
        NotLinked::NoNumber => texts::no_number(language, number),
        NotLinked::Own => texts::own(language, number),
        NotLinked::Taken => texts::taken(language, number),
        NotLinked::TooManyOwn => texts::too_many_own(language, MAX_OWN_LINKS),
        NotLinked::TooMany => texts::too_many(language),
        NotLinked::TooOften(wait) => {
            let wait = (*wait).max(Duration::from_secs(1));
            texts::too_often(language, language.duration(wait))
        }
        NotLinked::WrongCode(left) if *left > 0 => texts::wrong_code(language, left),
        NotLinked::NotAsked | NotLinked::TooLate | NotLinked::WrongCode(_) => {
            texts::code_is_over(language, number)
        }
        NotLinked::NotStored(error) => {
            tracing::warn!(%error, "a number cannot be linked");
            texts::not_stored(language)
        }
    }
}
