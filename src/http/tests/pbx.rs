//! A PBX of a few lines, for what calls and scripts answer.

use std::sync::Mutex;

use tokio::sync::mpsc;

use crate::app::tests::FakeHost;
use crate::board::Name;
use crate::calls::{
    AgentRequest, Calls, Code, Dial, Listing, NewCall, NotSwitched, Pbx, Progress, Refusal,
    TextMessage,
};
use crate::config::{CallRules, DialPatterns, NumbersUsers};

use super::*;

/// Takes every order, or refuses each, and tells of a call what it was given.
#[derive(Debug, Default)]
pub(crate) struct FakePbx {
    pub(crate) refusal: Option<Refusal>,
    pub(crate) progress: Vec<Progress>,
    pub(crate) calls: Mutex<Vec<NewCall>>,
    pub(crate) texts: Mutex<Vec<TextMessage>>,
    /// Calls that are under way: their ends stay open.
    pub(crate) open: Mutex<Vec<mpsc::Sender<Progress>>>,
}

impl FakePbx {
    fn answer<T>(&self, answer: T) -> Result<T, Refusal> {
        self.refusal.clone().map_or(Ok(answer), Err)
    }
}

impl Pbx for FakePbx {
    async fn originate(&self, call: NewCall) -> Result<mpsc::Receiver<Progress>, Refusal> {
        self.calls.lock().unwrap().push(call);
        let (sender, receiver) = mpsc::channel(16);
        for progress in &self.progress {
            sender.try_send(progress.clone()).expect("room");
        }
        self.open.lock().unwrap().push(sender);
        self.answer(receiver)
    }

    async fn send_text(&self, message: TextMessage) -> Result<usize, Refusal> {
        self.texts.lock().unwrap().push(message);
        self.answer(1)
    }

    async fn agent(&self, _: AgentRequest) -> Result<Vec<Name>, Refusal> {
        self.answer(Vec::new())
    }

    async fn announce(&self, _: &Dial, _: Code) -> Result<(), Refusal> {
        self.answer(())
    }

    async fn set_dnd(&self, _: &Dial, _: bool) -> Result<(), NotSwitched> {
        Ok(self.answer(())?)
    }

    fn listing(&self) -> Listing {
        Listing::default()
    }
}

/// Calls over it: bob has 6001, eve 6002, and numbers of four digits are extensions.
pub(crate) fn calls(pbx: FakePbx) -> (Arc<Calls<FakeHost, FakePbx>>, Arc<FakePbx>) {
    let pbx = Arc::new(pbx);
    let calls = Calls::new(Arc::new(FakeHost::default()), Arc::clone(&pbx));
    calls.configure(Some(CallRules {
        extensions: DialPatterns::parse("XXXX").0,
        international_prefix: "00".to_owned(),
        calls_per_minute: 6,
        numbers: NumbersUsers::parse("6001:bob,6002:eve").0,
        ..CallRules::default()
    }));
    (calls, pbx)
}

/// An answer as a client sees it.
pub(crate) async fn seen(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    (status, String::from_utf8(bytes.to_vec()).expect("text"))
}
