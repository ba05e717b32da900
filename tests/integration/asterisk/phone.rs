//! A SIP phone, on SIPp.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::process::Program;
use super::relay::Relay;
use super::sip::{Message, Way};
use super::{FILES, ports};

/// A second of silence in µ-law, played over and over: where no audio flows, Asterisk joins no Local halves.
const SILENCE: [u8; 8000] = [0xff; 8000];

/// Seconds that a registration holds: longer than any test.
const REGISTRATION: &str = "600";

/// A phone that is registered as one extension. It rings, for as long as the caller likes, when it is called, and takes
/// texts; the rest it does when it is told to. Gone, without saying good-bye, when dropped.
pub(crate) struct Phone {
    extension: String,
    folder: PathBuf,
    relay: Arc<Relay>,
    programs: Mutex<Vec<Program>>,
    /// Calls and texts that were handed out.
    handed: Mutex<HashSet<String>>,
}

impl Phone {
    /// Starts it and waits until it is registered. Its password is `phone-` and the extension.
    pub(crate) async fn registered(extension: &str, sip_port: u16, folder: &Path) -> Self {
        let relay = Relay::new(sip_port).await;
        let folder = folder.join(format!("{extension}-{}", relay.port()));
        fs::create_dir_all(&folder).expect("a new folder");
        fs::write(folder.join("silence.ulaw"), SILENCE).expect("written");
        let phone = Self {
            extension: extension.to_owned(),
            folder,
            relay: Arc::new(relay),
            programs: Mutex::default(),
            handed: Mutex::default(),
        };
        let (callee, _) = phone.play("callee", extension, extension, &[]);
        let (texts, _) = phone.play("texts", extension, extension, &[]);
        phone.relay.set_ports(callee, texts);
        phone.register().await;
        phone
    }

    /// Registers once more, as phones do every few minutes: a killed Asterisk forgets those of its last second.
    pub(crate) async fn register(&self) {
        self.register_for(REGISTRATION).await;
    }

    /// Takes its registration back.
    pub(crate) async fn unregister(&self) {
        self.register_for("0").await;
    }

    /// Waits for the next call to ring.
    pub(crate) async fn rings(&self) -> Call {
        let invite = self.next("a call", "INVITE").await;
        let call = self.call(&invite, Way::In);
        call.wait("180", 0, |m| {
            m.way == Way::Out && m.status() == Some((180, "INVITE"))
        })
        .await;
        call
    }

    /// Calls a number; [`Call::ringing`], [`Call::answered`] and [`Call::failed`] say what comes of it.
    pub(crate) async fn calls(&self, number: &str) -> Call {
        self.calls_as(&self.extension, number).await
    }

    /// The same with another number as the caller's, which a trunk has.
    pub(crate) async fn calls_as(&self, from: &str, number: &str) -> Call {
        let more = ["-m", "1", "-set", "user", from];
        let (_, id) = self.play("caller", number, &self.extension, &more);
        let of_it = |m: &Message| m.is(Way::Out, "INVITE") && m.call_id() == id;
        let (invite, _) = self.relay.wait("the INVITE", 0, of_it).await;
        self.call(&invite, Way::Out)
    }

    /// Waits for the next text and answers it.
    pub(crate) async fn text(&self) -> String {
        let text = self.next("a text", "MESSAGE").await;
        text.body().to_owned()
    }

    async fn register_for(&self, seconds: &str) {
        let more = ["-m", "1", "-key", "expires", seconds];
        let (_, id) = self.play("register", &self.extension, &self.extension, &more);
        let done = |m: &Message| m.call_id() == id && m.status() == Some((200, "REGISTER"));
        self.relay.wait("the registration", 0, done).await;
    }

    /// The next request of this kind that begins something new.
    async fn next(&self, what: &str, method: &str) -> Arc<Message> {
        let new = |m: &Message| {
            let handed = self.handed.lock().expect("no panic while it was locked");
            m.is(Way::In, method) && !handed.contains(m.call_id()) && m.tag("To").is_empty()
        };
        let what = format!("{what} to {}", self.extension);
        let (found, _) = self.relay.wait(&what, 0, new).await;
        let mut handed = self.handed.lock().expect("no panic while it was locked");
        handed.insert(found.call_id().to_owned());
        found
    }

    fn call(&self, invite: &Message, way: Way) -> Call {
        Call {
            relay: self.relay.clone(),
            id: invite.call_id().to_owned(),
            way,
        }
    }

    /// Starts SIPp, and answers its port and the Call-ID of its first call.
    fn play(&self, scenario: &str, service: &str, user: &str, more: &[&str]) -> (u16, String) {
        static PLAYED: AtomicU32 = AtomicU32::new(0);
        let token = format!("{user}-{}", PLAYED.fetch_add(1, Ordering::Relaxed));
        // One for SIP, two for audio, two for video.
        let port = ports::free(6);
        let asterisk = format!("127.0.0.1:{}", self.relay.port());
        let file = format!("{FILES}/sipp/{scenario}.xml");
        let (sip, media) = (port.to_string(), (port + 2).to_string());
        let (call_id, password) = (format!("%u-{token}"), format!("phone-{user}"));
        let mut arguments = vec!["sipp", &asterisk, "-sf", &file, "-i", "127.0.0.1"];
        arguments.extend(["-p", &sip, "-mp", &media, "-nostdin", "-nd", "-aa"]);
        arguments.extend([
            "-cid_str", &call_id, "-s", service, "-au", user, "-ap", &password,
        ]);
        arguments.extend(more);
        let log = self.folder.join(format!("{scenario}-{token}.log"));
        let program = Program::start(&arguments, &self.folder, &log);
        let mut programs = self.programs.lock().expect("no panic while it was locked");
        programs.push(program);
        (port, format!("1-{token}"))
    }
}

/// A call as one phone has it.
pub(crate) struct Call {
    relay: Arc<Relay>,
    id: String,
    /// [`Way::Out`]: this phone called.
    way: Way,
}

impl Call {
    /// What the display shows of the caller: the `From` of the call.
    pub(crate) fn from(&self) -> String {
        self.invite().header("From").to_owned()
    }

    /// Takes a call that rings.
    pub(crate) async fn answer(&self) {
        let place = self
            .tell("X-ANSWER", |m| m.status() == Some((200, "INVITE")))
            .await;
        self.wait("ACK", place, |m| m.is(Way::In, "ACK")).await;
    }

    /// Answers 486 to a call that rings.
    pub(crate) async fn busy(&self) {
        self.refuse("X-BUSY", 486).await;
    }

    /// Answers 603 to a call that rings: somebody pressed "decline".
    pub(crate) async fn decline(&self) {
        self.refuse("X-DECLINE", 603).await;
    }

    /// Answers 480 to a call that rings.
    pub(crate) async fn unavailable(&self) {
        self.refuse("X-UNAVAILABLE", 480).await;
    }

    /// Waits until the other side rings.
    pub(crate) async fn ringing(&self) {
        let rings = |m: &Message| m.way == Way::In && m.status() == Some((180, "INVITE"));
        self.wait("180", 0, rings).await;
    }

    /// Waits until the other side answers.
    pub(crate) async fn answered(&self) {
        let (_, place) = self.answer_to_invite().await;
        self.wait("ACK", place, |m| m.is(Way::Out, "ACK")).await;
    }

    /// Waits until the call fails, and answers the status: 486, 603 …
    pub(crate) async fn failed(&self) -> u16 {
        // 401 asks for the password and ends nothing.
        let status = |m: &Message| {
            m.status()
                .map(|(code, _)| code)
                .filter(|c| *c >= 300 && *c != 401)
        };
        let (found, _) = self
            .wait("a refusal", 0, |m| m.way == Way::In && status(m).is_some())
            .await;
        status(&found).expect("that is what was waited for")
    }

    /// Hangs up while the other side rings.
    pub(crate) async fn give_up(&self) {
        let place = self.tell("X-GIVE-UP", |m| m.is(Way::Out, "CANCEL")).await;
        self.wait("487", place, |m| m.status() == Some((487, "INVITE")))
            .await;
    }

    /// Hangs up.
    pub(crate) async fn hang_up(&self) {
        let place = self.tell("X-HANGUP", |m| m.is(Way::Out, "BYE")).await;
        self.wait("200", place, |m| m.status() == Some((200, "BYE")))
            .await;
    }

    /// Puts the other side on hold.
    pub(crate) async fn hold(&self) {
        self.invite_again("X-HOLD").await;
    }

    /// Takes it back.
    pub(crate) async fn resume(&self) {
        self.invite_again("X-RESUME").await;
    }

    /// Sends the other side to a number and leaves (blind transfer). Asterisk does it only when both have entered a bridge,
    /// which is some moments after the answer: wait for the events first.
    pub(crate) async fn transfer(&self, number: &str) {
        self.refer(&format!("<sip:{number}@127.0.0.1>")).await;
    }

    /// Joins the other side with that of `consulted`, a call of the same phone to `number`, and leaves (attended
    /// transfer, RFC 3891). Wait for the events as for [`Self::transfer`].
    pub(crate) async fn transfer_to(&self, consulted: &Self, number: &str) {
        let (answer, _) = consulted.answer_to_invite().await;
        let (to, from) = (answer.tag("To"), answer.tag("From"));
        let id = &consulted.id;
        let target =
            format!("<sip:{number}@127.0.0.1?Replaces={id}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}>");
        self.refer(&target).await;
    }

    /// Waits until the other side, or the PBX, ends the call.
    pub(crate) async fn ended(&self) {
        let end = |m: &Message| m.is(Way::In, "BYE") || m.is(Way::In, "CANCEL");
        self.wait("the end of the call", 0, end).await;
    }

    async fn refuse(&self, how: &str, status: u16) {
        let place = self
            .tell(how, |m| m.status() == Some((status, "INVITE")))
            .await;
        self.wait("ACK", place, |m| m.is(Way::In, "ACK")).await;
    }

    async fn invite_again(&self, how: &str) {
        let place = self.tell(how, |m| m.is(Way::Out, "INVITE")).await;
        self.wait("ACK", place, |m| m.is(Way::Out, "ACK")).await;
    }

    /// Asterisk tells how it goes (RFC 3515), which SIPp answers by itself; told that it rings, or went well, the phone
    /// hangs up, as real ones do.
    async fn refer(&self, target: &str) {
        let more = format!("Refer-To: {target}\r\n");
        let refers = |m: &Message| m.is(Way::Out, "REFER");
        let invite = self.invite();
        let place = self.relay.tell(&invite, "X-TRANSFER", &more, refers).await;
        let told = |m: &Message| m.is(Way::In, "NOTIFY") && !m.body().starts_with("SIP/2.0 100");
        let (told, _) = self.wait("what becomes of the transfer", place, told).await;
        let good = ["SIP/2.0 180", "SIP/2.0 200"];
        let is_good = good.iter().any(|status| told.body().starts_with(status));
        assert!(
            is_good,
            "not transferred: {} (both sides must have entered a bridge)",
            told.body()
        );
        self.hang_up().await;
    }

    async fn answer_to_invite(&self) -> (Arc<Message>, usize) {
        self.wait("the answer", 0, |m| {
            m.way == Way::In && m.status() == Some((200, "INVITE"))
        })
        .await
    }

    async fn tell(&self, method: &str, effect: impl Fn(&Message) -> bool) -> usize {
        let invite = self.invite();
        self.relay.tell(&invite, method, "", effect).await
    }

    /// The latest INVITE. While the other side rings that is the one with the password, whose headers CANCEL repeats.
    fn invite(&self) -> Arc<Message> {
        let of_it = |m: &Message| m.is(self.way, "INVITE") && m.call_id() == self.id;
        self.relay.last(of_it).expect("a call begins with one")
    }

    async fn wait(
        &self,
        what: &str,
        place: usize,
        fits: impl Fn(&Message) -> bool,
    ) -> (Arc<Message>, usize) {
        let of_it = |m: &Message| m.call_id() == self.id && fits(m);
        let what = format!("{what} in {}", self.id);
        self.relay.wait(&what, place, of_it).await
    }
}
