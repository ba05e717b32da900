//! Asterisk and FreePBX: by AMI, which needs no URL, or by the dial plan, whose `CURL` calls one.

use super::super::maker::{Block, Form, Maker, Part, Says, Variable, Variables, escaped};
use super::{SAFE_CHARS, Vendor};
use crate::language::Text;
use crate::language::texts::setup as texts;
use crate::setup::Whose;

pub(super) const VENDOR: Vendor = Vendor {
    word: "asterisk",
    aliases: &["freepbx"],
    name: |_| "Asterisk".to_owned(),
    what: |_| "Asterisk, FreePBX".to_owned(),
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::asterisk_curl, texts::asterisk_freepbx],
};

/// The account for AMI, as in `docs/asterisk.md`.
pub(in crate::setup) const ACCOUNT: &str = "\
[switchboard]
secret = A-LONG-RANDOM-TEXT
deny = 0.0.0.0/0.0.0.0
permit = 192.0.2.10/255.255.255.255     ; the Mattermost server
read = call,agent,system
write = originate,message,agent,reporting
writetimeout = 5000";

/// What the routine below reads. Nothing that a caller chose stands between brackets: a `)` in it, which `URIENCODE` leaves alone, would end
/// `U(…)` and begin options of `Dial`.
const VARIABLES: Variables = Variables {
    user: Variable::new("${SB_USER}"),
    own: false,
    mac: None,
    call_id: Some(Variable::new("${CHANNEL(linkedid)}")),
    number: Variable::new("${SB_NUMBER}"),
    local: None,
};

const CALLER: &str = "${URIENCODE(${CALLERID(num)})}";
const DIALLED: &str = "${URIENCODE(${EXTEN})}";

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let url = maker.url_of(
        Part::Variable(Variable::new("${ARG1}")),
        Part::Variable(VARIABLES.user),
        &VARIABLES,
        Says::Caller,
    );
    let (called, caller) = match maker.whose() {
        Whose::Person(name) => (escaped(name), escaped(name)),
        Whose::Everyone => (DIALLED.to_owned(), CALLER.to_owned()),
    };
    vec![
        block(texts::asterisk_account, ACCOUNT.to_owned()),
        block(
            texts::asterisk_routine,
            format!(
                "[switchboard]
exten => report,1,Set(CURLOPT(conntimeout)=2)
 same => n,Set(CURLOPT(httptimeout)=2)
 same => n,Set(DONE=${{CURL({url})}})
 same => n,Return()
exten => s,1,Gosub(switchboard,report,1(call-established))
 same => n,Return()
exten => in,1,Set(SB_END=call-terminated)
 same => n,ExecIf($[\"${{DIALSTATUS}}\" = \"BUSY\"]?Set(SB_END=refused-call))
 same => n,ExecIf($[\"${{DIALSTATUS}}\" = \"NOANSWER\" | \"${{DIALSTATUS}}\" = \"CANCEL\"]?Set(SB_END=missed-call))
 same => n,Gosub(switchboard,report,1(${{SB_END}}))
 same => n,Return()
exten => out,1,Gosub(switchboard,report,1(call-terminated))
 same => n,Return()"
            ),
        ),
        block(
            texts::asterisk_incoming,
            around("incoming-call", "in", &called, CALLER, "PJSIP/${EXTEN}"),
        ),
        block(
            texts::asterisk_outgoing,
            around(
                "outgoing-call",
                "out",
                &caller,
                DIALLED,
                "PJSIP/${EXTEN}@trunk",
            ),
        ),
    ]
}

/// The lines before a `Dial`, and it.
fn around(begins: &str, ends: &str, user: &str, number: &str, dial: &str) -> String {
    format!(
        " same => n,Set(__SB_USER={user})
 same => n,Set(__SB_NUMBER={number})
 same => n,Gosub(switchboard,report,1({begins}))
 same => n,Set(CHANNEL(hangup_handler_push)=switchboard,{ends},1)
 same => n,Dial({dial},30,U(switchboard))"
    )
}

fn block(title: Text, text: String) -> Block {
    Block {
        title,
        kind: "ini",
        text,
    }
}
